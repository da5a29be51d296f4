//! Users who were deleted lately.

use async_trait::async_trait;
use policy::target::UserId;
use policy::tenant::TenantId;
use signins::window::Moment;
use sqlx::postgres::PgConnection;

use super::Postgres;
use crate::column;
use crate::deleted::KEPT_NANOSECONDS;
use crate::deleted_users::{DeletedUser, DeletedUsers};
use crate::error::Result;
use crate::reading::{self, DeletedUserColumns};

/// Keeps a user who is about to go, and forgets whom nobody can take back any more.
pub(super) async fn keep(
    writing: &mut PgConnection,
    tenant: TenantId,
    id: UserId,
    when: Moment,
) -> Result<()> {
    let oldest = Moment::from_nanoseconds(when.as_nanoseconds() - KEPT_NANOSECONDS);
    sqlx::query("DELETE FROM deleted_user WHERE tenant = $1 AND deleted < $2")
        .bind(column::id(tenant))
        .bind(column::bound(oldest))
        .execute(&mut *writing)
        .await?;
    sqlx::query(
        "INSERT INTO deleted_user (tenant, id, deleted, value, details, version)
             SELECT tenant, id, $3, value, details, version FROM directory_user
             WHERE tenant = $1 AND id = $2
         ON CONFLICT (tenant, id) DO UPDATE SET
             deleted = excluded.deleted, value = excluded.value, details = excluded.details,
             version = excluded.version",
    )
    .bind(column::id(tenant))
    .bind(column::id(id))
    .bind(column::moment("the time of a deletion", when)?)
    .execute(writing)
    .await?;
    Ok(())
}

pub(super) async fn forget(writing: &mut PgConnection, tenant: TenantId, id: UserId) -> Result<()> {
    sqlx::query("DELETE FROM deleted_user WHERE tenant = $1 AND id = $2")
        .bind(column::id(tenant))
        .bind(column::id(id))
        .execute(writing)
        .await?;
    Ok(())
}

#[async_trait]
impl DeletedUsers for Postgres {
    async fn deleted_users(
        &self,
        tenant: TenantId,
        since: Moment,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<DeletedUser>> {
        let mut reading = self.read().await?;
        let rows: Vec<DeletedUserColumns> = sqlx::query_as(
            "SELECT value, details, version, deleted FROM deleted_user
             WHERE tenant = $1 AND deleted >= $2 AND id > $3 ORDER BY id LIMIT $4",
        )
        .bind(column::id(tenant))
        .bind(column::bound(since))
        .bind(column::optional_id(after))
        .bind(column::limit(limit))
        .fetch_all(&mut *reading)
        .await?;
        rows.into_iter().map(reading::deleted_user).collect()
    }

    async fn deleted_user(
        &self,
        tenant: TenantId,
        since: Moment,
        id: UserId,
    ) -> Result<Option<DeletedUser>> {
        let mut reading = self.read().await?;
        let row: Option<DeletedUserColumns> = sqlx::query_as(
            "SELECT value, details, version, deleted FROM deleted_user
             WHERE tenant = $1 AND deleted >= $2 AND id = $3",
        )
        .bind(column::id(tenant))
        .bind(column::bound(since))
        .bind(column::id(id))
        .fetch_optional(&mut *reading)
        .await?;
        row.map(reading::deleted_user).transpose()
    }
}
