//! What was deleted lately.

use async_trait::async_trait;
use policy::tenant::TenantId;
use signins::window::Moment;
use sqlx::sqlite::SqliteConnection;

use super::Sqlite;
use crate::column;
use crate::deleted::{
    self, DeletedColumns, DeletedItem, DeletedItems, DeletedKind, KEPT_NANOSECONDS,
};
use crate::error::Result;
use crate::writing::TenantWrite;

/// Keeps what the commit drops, and forgets what it is told to forget, or what is too old.
pub(super) async fn write(
    writing: &mut SqliteConnection,
    write: &TenantWrite,
    time: Moment,
) -> Result<()> {
    let tenant = column::id(write.tenant);
    for (kind, partner) in &write.forgotten {
        sqlx::query("DELETE FROM deleted_item WHERE tenant = ?1 AND kind = ?2 AND partner = ?3")
            .bind(&tenant)
            .bind(kind.word())
            .bind(column::id(*partner))
            .execute(&mut *writing)
            .await?;
    }
    if write.deleted.is_empty() {
        return Ok(());
    }
    let oldest = Moment::from_nanoseconds(time.as_nanoseconds() - KEPT_NANOSECONDS);
    sqlx::query("DELETE FROM deleted_item WHERE tenant = ?1 AND deleted < ?2")
        .bind(&tenant)
        .bind(column::bound(oldest))
        .execute(&mut *writing)
        .await?;
    for gone in &write.deleted {
        sqlx::query(
            "INSERT INTO deleted_item (tenant, kind, partner, deleted, value)
             VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (tenant, kind, partner) DO UPDATE SET
                 deleted = excluded.deleted, value = excluded.value",
        )
        .bind(&tenant)
        .bind(gone.kind.word())
        .bind(column::id(gone.partner))
        .bind(column::moment("the time of a change", time)?)
        .bind(&gone.value)
        .execute(&mut *writing)
        .await?;
    }
    Ok(())
}

#[async_trait]
impl DeletedItems for Sqlite {
    async fn deleted(
        &self,
        tenant: TenantId,
        kind: DeletedKind,
        since: Moment,
        after: Option<TenantId>,
        limit: u32,
    ) -> Result<Vec<DeletedItem>> {
        let mut reading = self.read().await?;
        let rows: Vec<DeletedColumns> = sqlx::query_as(
            "SELECT kind, deleted, value FROM deleted_item
             WHERE tenant = ?1 AND kind = ?2 AND deleted >= ?3 AND partner > ?4
             ORDER BY partner LIMIT ?5",
        )
        .bind(column::id(tenant))
        .bind(kind.word())
        .bind(column::bound(since))
        .bind(column::optional_id(after))
        .bind(column::limit(limit))
        .fetch_all(&mut *reading)
        .await?;
        rows.into_iter().map(deleted::read).collect()
    }

    async fn deleted_item(
        &self,
        tenant: TenantId,
        kind: DeletedKind,
        since: Moment,
        partner: TenantId,
    ) -> Result<Option<DeletedItem>> {
        let mut reading = self.read().await?;
        let row: Option<DeletedColumns> = sqlx::query_as(
            "SELECT kind, deleted, value FROM deleted_item
             WHERE tenant = ?1 AND kind = ?2 AND deleted >= ?3 AND partner = ?4",
        )
        .bind(column::id(tenant))
        .bind(kind.word())
        .bind(column::bound(since))
        .bind(column::id(partner))
        .fetch_optional(&mut *reading)
        .await?;
        row.map(deleted::read).transpose()
    }
}
