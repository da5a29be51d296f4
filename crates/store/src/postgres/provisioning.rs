//! The provisioning log.

use async_trait::async_trait;
use policy::tenant::TenantId;
use signins::window::Moment;
use sqlx::QueryBuilder;
use sqlx::postgres::PgConnection;
use uuid::Uuid;

use super::Postgres;
use crate::audit::Order;
use crate::column;
use crate::error::{Error, Result, Subject};
use crate::failure::taken;
use crate::provisioning::{ProvisioningLog, ProvisioningQuery, ProvisioningRecord};
use crate::reading;
use crate::text;
use crate::text::provisioning::ProvisioningText;

/// Appends rows as part of a write.
pub(super) async fn append(writing: &mut PgConnection, rows: &[ProvisioningRecord]) -> Result<()> {
    for row in rows {
        sqlx::query(
            "INSERT INTO provisioning (tenant, id, time, job, cycle, value)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(column::id(row.tenant))
        .bind(column::id(row.id))
        .bind(column::moment("the time of a row", row.time)?)
        .bind(column::id(row.job))
        .bind(column::id(row.cycle))
        .bind(text::write::<ProvisioningText, _>(row)?)
        .execute(&mut *writing)
        .await
        .map_err(taken(|| Subject::AuditEntry))?;
    }
    Ok(())
}

fn page(query: &ProvisioningQuery) -> QueryBuilder<sqlx::Postgres> {
    let mut sql = QueryBuilder::new("SELECT value FROM provisioning WHERE tenant = ");
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
impl ProvisioningLog for Postgres {
    async fn provisioning(&self, query: &ProvisioningQuery) -> Result<Vec<ProvisioningRecord>> {
        let mut reading = self.read().await?;
        let mut sql = page(query);
        let values = sql.build_query_scalar::<String>();
        let values = values.fetch_all(&mut *reading).await?;
        values.into_iter().map(reading::provisioning).collect()
    }

    async fn provisioning_row(
        &self,
        tenant: TenantId,
        id: Uuid,
    ) -> Result<Option<ProvisioningRecord>> {
        let mut reading = self.read().await?;
        let value: Option<String> =
            sqlx::query_scalar("SELECT value FROM provisioning WHERE tenant = $1 AND id = $2")
                .bind(column::id(tenant))
                .bind(column::id(id))
                .fetch_optional(&mut *reading)
                .await?;
        value.map(reading::provisioning).transpose()
    }

    async fn forget_provisioning(&self, before: Moment) -> Result<u64> {
        let mut writing = self.write().await?;
        let gone = sqlx::query("DELETE FROM provisioning WHERE time < $1")
            .bind(column::bound(before))
            .execute(&mut *writing)
            .await;
        let gone = gone.map(|gone| gone.rows_affected()).map_err(Error::from);
        writing.end(gone).await
    }
}
