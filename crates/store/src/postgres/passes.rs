//! Passes and records of accounts.

use async_trait::async_trait;
use policy::target::UserId;
use policy::tenant::TenantId;
use signins::window::Moment;
use sqlx::postgres::PgConnection;
use uuid::Uuid;

use super::Postgres;
use crate::column;
use crate::error::{Error, Result, Subject};
use crate::failure::missing;
use crate::passes::{AccountRecord, Pass, PassColumns, PassKind, Passes, RecordColumns};

async fn put_pass(writing: &mut PgConnection, pass: &Pass) -> Result<()> {
    let value = column::long_word("a pass", &pass.value)?;
    let expires = column::moment("the end of a pass", pass.expires)?;
    // Both wait for whoever writes the same pass just now, and look at what he left.
    let put = match pass.version.0 {
        1 => sqlx::query(
            "INSERT INTO pass (kind, handle, family, version, expires, value)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (kind, handle) DO NOTHING",
        ),
        _ => sqlx::query(
            "UPDATE pass SET family = $3, version = $4, expires = $5, value = $6
             WHERE kind = $1 AND handle = $2 AND version = $4 - 1",
        ),
    };
    let put = put
        .bind(pass.kind.number())
        .bind(pass.handle.as_slice())
        .bind(column::id(pass.family))
        .bind(column::number(pass.version.0))
        .bind(expires)
        .bind(value);
    if put.execute(&mut *writing).await?.rows_affected() > 0 {
        return Ok(());
    }
    let found: Option<i64> =
        sqlx::query_scalar("SELECT version FROM pass WHERE kind = $1 AND handle = $2")
            .bind(pass.kind.number())
            .bind(pass.handle.as_slice())
            .fetch_optional(writing)
            .await?;
    conflict(Subject::Pass, found, pass.version.0)
}

fn conflict(of: Subject, found: Option<i64>, version: u64) -> Result<()> {
    Err(Error::Conflict {
        of,
        expected: version.saturating_sub(1),
        found: column::read_number(found.unwrap_or(0))?,
    })
}

async fn put_record(
    writing: &mut PgConnection,
    tenant: TenantId,
    user: UserId,
    record: &AccountRecord,
) -> Result<()> {
    let name = column::word("the name of a record", &record.name)?;
    let value = column::long_word("a record", &record.value)?;
    let put = match record.version.0 {
        1 => sqlx::query(
            "INSERT INTO account_record (tenant, user_id, name, version, value)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant, user_id, name) DO NOTHING",
        ),
        _ => sqlx::query(
            "UPDATE account_record SET version = $4, value = $5
             WHERE tenant = $1 AND user_id = $2 AND name = $3 AND version = $4 - 1",
        ),
    };
    let put = put
        .bind(column::id(tenant))
        .bind(column::id(user))
        .bind(name)
        .bind(column::number(record.version.0))
        .bind(value)
        .execute(&mut *writing)
        .await
        .map_err(missing(|| Subject::Tenant(tenant)))?;
    if put.rows_affected() > 0 {
        return Ok(());
    }
    let found: Option<i64> = sqlx::query_scalar(
        "SELECT version FROM account_record WHERE tenant = $1 AND user_id = $2 AND name = $3",
    )
    .bind(column::id(tenant))
    .bind(column::id(user))
    .bind(name)
    .fetch_optional(writing)
    .await?;
    conflict(Subject::User(user), found, record.version.0)
}

#[async_trait]
impl Passes for Postgres {
    async fn put_pass(&self, pass: &Pass) -> Result<()> {
        let mut writing = self.write().await?;
        let result = put_pass(&mut writing, pass).await;
        writing.end(result).await
    }

    async fn pass(&self, kind: PassKind, handle: &[u8; 32]) -> Result<Option<Pass>> {
        let mut reading = self.read().await?;
        let row: Option<PassColumns> = sqlx::query_as(
            "SELECT family, version, expires, value FROM pass WHERE kind = $1 AND handle = $2",
        )
        .bind(kind.number())
        .bind(handle.as_slice())
        .fetch_optional(&mut *reading)
        .await?;
        row.map(|row| Pass::read(kind, *handle, row)).transpose()
    }

    async fn drop_passes(&self, family: Uuid) -> Result<u64> {
        let mut writing = self.write().await?;
        let gone = sqlx::query("DELETE FROM pass WHERE family = $1")
            .bind(column::id(family))
            .execute(&mut *writing)
            .await;
        writing
            .end(gone.map(|gone| gone.rows_affected()).map_err(Error::from))
            .await
    }

    async fn forget_passes(&self, before: Moment) -> Result<u64> {
        let mut writing = self.write().await?;
        let gone = sqlx::query("DELETE FROM pass WHERE expires < $1")
            .bind(column::bound(before))
            .execute(&mut *writing)
            .await;
        writing
            .end(gone.map(|gone| gone.rows_affected()).map_err(Error::from))
            .await
    }

    async fn account_records(&self, tenant: TenantId, user: UserId) -> Result<Vec<AccountRecord>> {
        let mut reading = self.read().await?;
        let rows: Vec<RecordColumns> = sqlx::query_as(
            "SELECT name, version, value FROM account_record
             WHERE tenant = $1 AND user_id = $2 ORDER BY name",
        )
        .bind(column::id(tenant))
        .bind(column::id(user))
        .fetch_all(&mut *reading)
        .await?;
        rows.into_iter().map(AccountRecord::read).collect()
    }

    async fn put_account_record(
        &self,
        tenant: TenantId,
        user: UserId,
        record: &AccountRecord,
    ) -> Result<()> {
        let mut writing = self.write().await?;
        let result = put_record(&mut writing, tenant, user, record).await;
        writing.end(result).await
    }

    async fn drop_account_record(&self, tenant: TenantId, user: UserId, name: &str) -> Result<()> {
        let mut writing = self.write().await?;
        let gone = sqlx::query(
            "DELETE FROM account_record WHERE tenant = $1 AND user_id = $2 AND name = $3",
        )
        .bind(column::id(tenant))
        .bind(column::id(user))
        .bind(column::searched(name))
        .execute(&mut *writing)
        .await;
        writing.end(gone.map(drop).map_err(Error::from)).await
    }
}
