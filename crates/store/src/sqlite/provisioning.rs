//! The provisioning log.

use async_trait::async_trait;
use policy::tenant::TenantId;
use rusqlite::Connection;
use signins::window::Moment;
use uuid::Uuid;

use super::Sqlite;
use super::query::Query;
use crate::audit::Order;
use crate::column;
use crate::error::{Result, Subject};
use crate::failure::taken;
use crate::provisioning::{ProvisioningLog, ProvisioningQuery, ProvisioningRecord};
use crate::reading;
use crate::text;
use crate::text::provisioning::ProvisioningText;

/// Appends rows as part of a write.
pub(super) fn append(writing: &Connection, rows: &[ProvisioningRecord]) -> Result<()> {
    for row in rows {
        Query::new(
            "INSERT INTO provisioning (tenant, id, time, job, cycle, value)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )
        .bind(column::id(row.tenant))
        .bind(column::id(row.id))
        .bind(column::moment("the time of a row", row.time)?)
        .bind(column::id(row.job))
        .bind(column::id(row.cycle))
        .bind(text::write::<ProvisioningText, _>(row)?)
        .execute(writing)
        .map_err(taken(|| Subject::AuditEntry))?;
    }
    Ok(())
}

fn page(query: &ProvisioningQuery) -> Query<'_> {
    let mut sql = Query::new("SELECT value FROM provisioning WHERE tenant = ");
    sql.push_bind(column::id(query.tenant));
    if let Some(job) = query.job {
        sql.push(" AND job = ").push_bind(column::id(job));
    }
    if let Some(cycle) = query.cycle {
        sql.push(" AND cycle = ").push_bind(column::id(cycle));
    }
    if let Some(from) = query.from {
        sql.push(" AND time >= ").push_bind(column::bound(from));
    }
    if let Some(until) = query.until {
        sql.push(" AND time <= ").push_bind(column::bound(until));
    }
    let (beyond, order) = match query.order {
        Order::NewestFirst => (" < ", " ORDER BY time DESC, id DESC LIMIT "),
        Order::OldestFirst => (" > ", " ORDER BY time, id LIMIT "),
    };
    if let Some(after) = &query.after {
        sql.push(" AND (time, id)").push(beyond).push("(");
        sql.push_bind(column::bound(after.time)).push(", ");
        sql.push_bind(column::id(after.id)).push(")");
    }
    sql.push(order).push_bind(column::limit(query.limit));
    sql
}

#[async_trait]
impl ProvisioningLog for Sqlite {
    async fn provisioning(&self, query: &ProvisioningQuery) -> Result<Vec<ProvisioningRecord>> {
        let query = query.clone();
        self.read(move |reading| {
            let values: Vec<String> = page(&query).all(reading)?;
            values.into_iter().map(reading::provisioning).collect()
        })
        .await
    }

    async fn provisioning_row(
        &self,
        tenant: TenantId,
        id: Uuid,
    ) -> Result<Option<ProvisioningRecord>> {
        self.read(move |reading| {
            let value: Option<String> =
                Query::new("SELECT value FROM provisioning WHERE tenant = ?1 AND id = ?2")
                    .bind(column::id(tenant))
                    .bind(column::id(id))
                    .optional(reading)?;
            value.map(reading::provisioning).transpose()
        })
        .await
    }

    async fn forget_provisioning(&self, before: Moment) -> Result<u64> {
        self.write(move |writing| {
            let gone = Query::new("DELETE FROM provisioning WHERE time < ?1")
                .bind(column::bound(before))
                .execute(writing)?;
            Ok(u64::try_from(gone).unwrap_or(u64::MAX))
        })
        .await
    }
}
