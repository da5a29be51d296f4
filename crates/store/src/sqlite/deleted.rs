//! What was deleted lately.

use async_trait::async_trait;
use policy::tenant::TenantId;
use rusqlite::Connection;
use signins::window::Moment;

use super::Sqlite;
use super::query::Query;
use crate::column;
use crate::deleted::{
    self, DeletedColumns, DeletedItem, DeletedItems, DeletedKind, KEPT_NANOSECONDS,
};
use crate::error::Result;
use crate::writing::TenantWrite;

/// Keeps what the commit drops, and forgets what it is told to forget, or what is too old.
pub(super) fn write(writing: &Connection, write: &TenantWrite, time: Moment) -> Result<()> {
    let tenant = column::id(write.tenant);
    for (kind, partner) in &write.forgotten {
        Query::new("DELETE FROM deleted_item WHERE tenant = ?1 AND kind = ?2 AND partner = ?3")
            .bind(&tenant)
            .bind(kind.word())
            .bind(column::id(*partner))
            .execute(writing)?;
    }
    if write.deleted.is_empty() {
        return Ok(());
    }
    let oldest = Moment::from_nanoseconds(time.as_nanoseconds() - KEPT_NANOSECONDS);
    Query::new("DELETE FROM deleted_item WHERE tenant = ?1 AND deleted < ?2")
        .bind(&tenant)
        .bind(column::bound(oldest))
        .execute(writing)?;
    for gone in &write.deleted {
        Query::new(
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
        .execute(writing)?;
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
        self.read(move |reading| {
            let rows: Vec<DeletedColumns> = Query::new(
                "SELECT kind, deleted, value FROM deleted_item
             WHERE tenant = ?1 AND kind = ?2 AND deleted >= ?3 AND partner > ?4
             ORDER BY partner LIMIT ?5",
            )
            .bind(column::id(tenant))
            .bind(kind.word())
            .bind(column::bound(since))
            .bind(column::optional_id(after))
            .bind(column::limit(limit))
            .all(reading)?;
            rows.into_iter().map(deleted::read).collect()
        })
        .await
    }

    async fn deleted_item(
        &self,
        tenant: TenantId,
        kind: DeletedKind,
        since: Moment,
        partner: TenantId,
    ) -> Result<Option<DeletedItem>> {
        self.read(move |reading| {
            let row: Option<DeletedColumns> = Query::new(
                "SELECT kind, deleted, value FROM deleted_item
             WHERE tenant = ?1 AND kind = ?2 AND deleted >= ?3 AND partner = ?4",
            )
            .bind(column::id(tenant))
            .bind(kind.word())
            .bind(column::bound(since))
            .bind(column::id(partner))
            .optional(reading)?;
            row.map(deleted::read).transpose()
        })
        .await
    }
}
