//! Settings: the trait, and what they were before.

use async_trait::async_trait;
use policy::tenant::TenantId;

use super::Sqlite;
use super::query::Query;
use crate::change::{AuditedChange, Committed};
use crate::column;
use crate::error::Result;
use crate::reading::{self, RevisionColumns};
use crate::revision::Revision;
use crate::settings::{At, PastSettings, RevisionRow, Settings};
use crate::snapshot::{EntityRow, Reach, Snapshot};

#[async_trait]
impl Settings for Sqlite {
    async fn world(&self, tenants: &[TenantId], reach: Reach) -> Result<Snapshot> {
        self.snapshot(tenants, reach).await
    }

    async fn commit(&self, change: &AuditedChange) -> Result<Committed> {
        self.commit_change(change).await
    }

    async fn settings_at(&self, tenant: TenantId, at: At) -> Result<Option<PastSettings>> {
        self.read(move |reading| {
            let tenant = column::id(tenant);
            let found = match at {
                At::Revision(revision) => {
                    Query::new("SELECT revision FROM revision WHERE tenant = ?1 AND revision = ?2")
                        .bind(&tenant)
                        .bind(column::number(revision.0))
                }
                At::Time(time) => Query::new(
                    "SELECT r.revision FROM revision r JOIN change USING (sequence)
                 WHERE r.tenant = ?1 AND time <= ?2 ORDER BY r.revision DESC LIMIT 1",
                )
                .bind(&tenant)
                .bind(column::bound(time)),
            };
            let found: Option<i64> = found.optional(reading)?;
            let Some(revision) = found else {
                return Ok(None);
            };
            let rows: Vec<EntityRow> = Query::new(
                "SELECT kind, partner, revision, place, value FROM history h
             WHERE tenant = ?1 AND value IS NOT NULL AND revision = (
                 SELECT MAX(revision) FROM history l
                 WHERE l.tenant = ?1 AND l.kind = h.kind AND l.partner = h.partner
                     AND l.revision <= ?2
             )
             ORDER BY place",
            )
            .bind(&tenant)
            .bind(revision)
            .all(reading)?;
            reading::past_settings(revision, rows).map(Some)
        })
        .await
    }

    async fn revisions(
        &self,
        tenant: TenantId,
        before: Option<Revision>,
        limit: u32,
    ) -> Result<Vec<RevisionRow>> {
        self.read(move |reading| {
            let tenant = column::id(tenant);
            let rows: Vec<RevisionColumns> = Query::new(
                "SELECT r.revision, sequence, id, time, initiator, reason
             FROM revision r JOIN change USING (sequence)
             WHERE tenant = ?1 AND r.revision < ?2 ORDER BY r.revision DESC LIMIT ?3",
            )
            .bind(&tenant)
            .bind(before.map_or(column::AT_THE_END, |before| column::number(before.0)))
            .bind(column::limit(limit))
            .all(reading)?;
            let mut found = Vec::new();
            for row in rows {
                let entities: Vec<(String, Vec<u8>)> = Query::new(
                    "SELECT kind, partner FROM history WHERE tenant = ?1 AND revision = ?2",
                )
                .bind(&tenant)
                .bind(row.0)
                .all(reading)?;
                found.push(reading::revision_row(row, entities)?);
            }
            Ok(found)
        })
        .await
    }
}
