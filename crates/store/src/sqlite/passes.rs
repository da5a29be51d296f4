//! Passes and records of accounts.

use async_trait::async_trait;
use policy::target::UserId;
use policy::tenant::TenantId;
use rusqlite::Connection;
use signins::window::Moment;
use uuid::Uuid;

use super::Sqlite;
use super::query::Query;
use crate::column;
use crate::error::{Error, Result, Subject};
use crate::failure::missing;
use crate::passes::{AccountRecord, Pass, PassKind, Passes};

fn put_pass(writing: &Connection, pass: &Pass) -> Result<()> {
    let value = column::long_word("a pass", &pass.value)?;
    let expires = column::moment("the end of a pass", pass.expires)?;
    let handle: &[u8] = &pass.handle;
    let found: Option<i64> = Query::new("SELECT version FROM pass WHERE kind = ?1 AND handle = ?2")
        .bind(pass.kind.number())
        .bind(handle)
        .optional(writing)?;
    next(Subject::Pass, found, pass.version.0)?;
    Query::new(
        "INSERT INTO pass (kind, handle, family, version, expires, value)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (kind, handle) DO UPDATE SET family = excluded.family,
             version = excluded.version, expires = excluded.expires, value = excluded.value",
    )
    .bind(pass.kind.number())
    .bind(handle)
    .bind(column::id(pass.family))
    .bind(column::number(pass.version.0))
    .bind(expires)
    .bind(value)
    .execute(writing)?;
    Ok(())
}

/// Whether that version comes after the one that was found.
fn next(of: Subject, found: Option<i64>, version: u64) -> Result<()> {
    let found = column::read_number(found.unwrap_or(0))?;
    match found.checked_add(1) == Some(version) {
        true => Ok(()),
        false => Err(Error::Conflict {
            of,
            expected: version.saturating_sub(1),
            found,
        }),
    }
}

fn put_record(
    writing: &Connection,
    tenant: TenantId,
    user: UserId,
    record: &AccountRecord,
) -> Result<()> {
    let name = column::word("the name of a record", &record.name)?;
    let value = column::long_word("a record", &record.value)?;
    let found: Option<i64> = Query::new(
        "SELECT version FROM account_record WHERE tenant = ?1 AND user_id = ?2 AND name = ?3",
    )
    .bind(column::id(tenant))
    .bind(column::id(user))
    .bind(name)
    .optional(writing)?;
    next(Subject::User(user), found, record.version.0)?;
    Query::new(
        "INSERT INTO account_record (tenant, user_id, name, version, value)
         VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (tenant, user_id, name)
             DO UPDATE SET version = excluded.version, value = excluded.value",
    )
    .bind(column::id(tenant))
    .bind(column::id(user))
    .bind(name)
    .bind(column::number(record.version.0))
    .bind(value)
    .execute(writing)
    .map_err(missing(|| Subject::Tenant(tenant)))?;
    Ok(())
}

#[async_trait]
impl Passes for Sqlite {
    async fn put_pass(&self, pass: &Pass) -> Result<()> {
        let pass = pass.clone();
        self.write(move |writing| put_pass(writing, &pass)).await
    }

    async fn pass(&self, kind: PassKind, handle: &[u8; 32]) -> Result<Option<Pass>> {
        let handle = *handle;
        self.read(move |reading| {
            let row: Option<(Vec<u8>, i64, i64, String)> = Query::new(
                "SELECT family, version, expires, value FROM pass
                 WHERE kind = ?1 AND handle = ?2",
            )
            .bind(kind.number())
            .bind(handle.as_slice())
            .optional(reading)?;
            row.map(|row| Pass::read(kind, handle, row)).transpose()
        })
        .await
    }

    async fn drop_passes(&self, family: Uuid) -> Result<u64> {
        self.write(move |writing| {
            let gone = Query::new("DELETE FROM pass WHERE family = ?1").bind(column::id(family));
            Ok(column::count(gone.execute(writing)?))
        })
        .await
    }

    async fn forget_passes(&self, before: Moment) -> Result<u64> {
        self.write(move |writing| {
            let gone =
                Query::new("DELETE FROM pass WHERE expires < ?1").bind(column::bound(before));
            Ok(column::count(gone.execute(writing)?))
        })
        .await
    }

    async fn account_records(&self, tenant: TenantId, user: UserId) -> Result<Vec<AccountRecord>> {
        self.read(move |reading| {
            let rows: Vec<(String, i64, String)> = Query::new(
                "SELECT name, version, value FROM account_record
                 WHERE tenant = ?1 AND user_id = ?2 ORDER BY name",
            )
            .bind(column::id(tenant))
            .bind(column::id(user))
            .all(reading)?;
            rows.into_iter().map(AccountRecord::read).collect()
        })
        .await
    }

    async fn put_account_record(
        &self,
        tenant: TenantId,
        user: UserId,
        record: &AccountRecord,
    ) -> Result<()> {
        let record = record.clone();
        self.write(move |writing| put_record(writing, tenant, user, &record))
            .await
    }

    async fn drop_account_record(&self, tenant: TenantId, user: UserId, name: &str) -> Result<()> {
        let name = name.to_owned();
        self.write(move |writing| {
            Query::new(
                "DELETE FROM account_record WHERE tenant = ?1 AND user_id = ?2 AND name = ?3",
            )
            .bind(column::id(tenant))
            .bind(column::id(user))
            .bind(column::searched(&name))
            .execute(writing)?;
            Ok(())
        })
        .await
    }
}
