//! The audit log.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use async_trait::async_trait;
use policy::tenant::TenantId;
use sqlx::QueryBuilder;
use sqlx::postgres::PgConnection;
use uuid::Uuid;

use super::{Postgres, next_sequence};
use crate::Moment;
use crate::audit::{AuditLog, AuditQuery, AuditRecord, AuditRow, Checkpoint, Order, Position};
use crate::chain::Head;
use crate::column;
use crate::error::{Result, Subject};
use crate::failure::taken;
use crate::reading::{self, AuditEntryColumns, CheckpointColumns, HeadColumns, UnchainedColumns};
use crate::revision::Sequence;
use crate::writing::AuditColumns;

/// How many rows one statement writes.
const ROWS: usize = 100;

/// Appends entries as part of a write.
pub(super) async fn append(
    writing: &mut PgConnection,
    sequence: i64,
    records: &[AuditRecord],
) -> Result<()> {
    // The counter is ours until the end of the write, so nobody else is at the end of a log.
    let mut heads = BTreeMap::new();
    for record in records {
        if let Entry::Vacant(vacant) = heads.entry(record.tenant) {
            vacant.insert(head(writing, record.tenant).await?);
        }
    }
    let rows = AuditColumns::chained(&mut heads, sequence, records)?;
    for rows in rows.chunks(ROWS) {
        let mut sql = QueryBuilder::<sqlx::Postgres>::new(
            "INSERT INTO audit (sequence, entry, tenant, id, time, category, activity, actor,
                 correlation, value, link) ",
        );
        sql.push_values(rows, |mut values, (entry, row, link)| {
            values
                .push_bind(sequence)
                .push_bind(i64::from(*entry))
                .push_bind(row.tenant.clone())
                .push_bind(row.id.clone())
                .push_bind(row.time)
                .push_bind(row.category.clone())
                .push_bind(row.activity.clone())
                .push_bind(row.actor.clone())
                .push_bind(row.correlation.clone())
                .push_bind(row.value.clone())
                .push_bind(link.bytes());
        });
        let appended = sql.build().execute(&mut *writing).await;
        appended.map_err(taken(|| Subject::AuditEntry))?;
    }
    put_heads(writing, &heads).await
}

async fn head(reading: &mut PgConnection, log: Option<TenantId>) -> Result<Head> {
    let row: Option<HeadColumns> =
        sqlx::query_as("SELECT sequence, entry, link, entries FROM audit_head WHERE tenant = $1")
            .bind(column::optional_id(log))
            .fetch_optional(reading)
            .await?;
    reading::head(row)
}

async fn put_heads(
    writing: &mut PgConnection,
    heads: &BTreeMap<Option<TenantId>, Head>,
) -> Result<()> {
    for (log, head) in heads {
        sqlx::query(
            "INSERT INTO audit_head (tenant, sequence, entry, link, entries)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (tenant) DO UPDATE SET sequence = excluded.sequence,
                 entry = excluded.entry, link = excluded.link, entries = excluded.entries",
        )
        .bind(column::optional_id(*log))
        .bind(column::number(head.position.sequence.0))
        .bind(i64::from(head.position.entry))
        .bind(head.link.bytes())
        .bind(column::number(head.entries))
        .execute(&mut *writing)
        .await?;
    }
    Ok(())
}

/// Chains the entries that were written before there was a chain, as part of the step of the schema
/// that brings it.
pub(super) async fn chain(writing: &mut PgConnection) -> Result<()> {
    let mut heads = BTreeMap::new();
    let mut last = (-1, -1);
    loop {
        let rows: Vec<UnchainedColumns> = sqlx::query_as(
            "SELECT tenant, sequence, entry, value FROM audit
             WHERE (sequence, entry) > ($1, $2) ORDER BY sequence, entry LIMIT 1000",
        )
        .bind(last.0)
        .bind(last.1)
        .fetch_all(&mut *writing)
        .await?;
        let Some((_, sequence, entry, _)) = rows.last() else {
            return put_heads(writing, &heads).await;
        };
        last = (*sequence, *entry);
        for row in &rows {
            let link = reading::unchained(&mut heads, row)?;
            sqlx::query("UPDATE audit SET link = $1 WHERE sequence = $2 AND entry = $3")
                .bind(link.bytes())
                .bind(row.1)
                .bind(row.2)
                .execute(&mut *writing)
                .await?;
        }
    }
}

async fn append_alone(writing: &mut PgConnection, records: &[AuditRecord]) -> Result<Sequence> {
    let sequence = next_sequence(writing).await?;
    append(writing, sequence, records).await?;
    column::read_number(sequence).map(Sequence)
}

/// The statement of a query, condition by condition.
fn select(query: &AuditQuery) -> QueryBuilder<sqlx::Postgres> {
    let AuditQuery {
        tenant,
        category,
        activity,
        from,
        until,
        actor,
        correlation,
        order,
        after,
        limit,
    } = query;
    let mut sql =
        QueryBuilder::new("SELECT sequence, entry, link, value FROM audit WHERE tenant = ");
    sql.push_bind(column::optional_id(*tenant));
    if let Some(category) = category {
        sql.push(" AND category = ").push_bind(category.clone());
    }
    if let Some(activity) = activity {
        sql.push(" AND activity = ").push_bind(activity.clone());
    }
    if let Some(from) = from {
        sql.push(" AND time >= ").push_bind(column::bound(*from));
    }
    if let Some(until) = until {
        sql.push(" AND time <= ").push_bind(column::bound(*until));
    }
    if let Some(actor) = actor {
        sql.push(" AND actor = ").push_bind(actor.word());
    }
    if let Some(correlation) = correlation {
        sql.push(" AND correlation = ")
            .push_bind(column::id(*correlation));
    }
    if let Some(Position { sequence, entry }) = after {
        sql.push(match order {
            Order::NewestFirst => " AND (sequence, entry) < (",
            Order::OldestFirst => " AND (sequence, entry) > (",
        });
        sql.push_bind(column::number(sequence.0)).push(", ");
        sql.push_bind(i64::from(*entry)).push(")");
    }
    sql.push(match order {
        Order::NewestFirst => " ORDER BY sequence DESC, entry DESC LIMIT ",
        Order::OldestFirst => " ORDER BY sequence, entry LIMIT ",
    });
    sql.push_bind(column::limit(*limit));
    sql
}

#[async_trait]
impl AuditLog for Postgres {
    async fn append_audit(&self, records: &[AuditRecord]) -> Result<Sequence> {
        let mut writing = self.write().await?;
        let result = append_alone(&mut writing, records).await;
        writing.end(result).await
    }

    async fn audit(&self, query: &AuditQuery) -> Result<Vec<AuditRow>> {
        let mut reading = self.read().await?;
        let mut sql = select(query);
        let rows = sql.build_query_as::<AuditEntryColumns>();
        let rows = rows.fetch_all(&mut *reading).await?;
        rows.into_iter().map(reading::audit).collect()
    }

    async fn audit_entry(&self, tenant: Option<TenantId>, id: Uuid) -> Result<Option<AuditRow>> {
        let mut reading = self.read().await?;
        let row: Option<AuditEntryColumns> = sqlx::query_as(
            "SELECT sequence, entry, link, value FROM audit WHERE id = $1 AND tenant = $2",
        )
        .bind(column::id(id))
        .bind(column::optional_id(tenant))
        .fetch_optional(&mut *reading)
        .await?;
        row.map(reading::audit).transpose()
    }

    async fn prune_audit(&self, checkpoint: &Checkpoint) -> Result<u64> {
        let mut writing = self.write().await?;
        let result = prune(&mut writing, checkpoint).await;
        writing.end(result).await
    }

    async fn audit_head(&self, tenant: Option<TenantId>) -> Result<Head> {
        let mut reading = self.read().await?;
        head(&mut reading, tenant).await
    }

    async fn audit_logs(&self) -> Result<Vec<Option<TenantId>>> {
        let mut reading = self.read().await?;
        let logs: Vec<Vec<u8>> =
            sqlx::query_scalar("SELECT tenant FROM audit_head ORDER BY tenant")
                .fetch_all(&mut *reading)
                .await?;
        let logs = logs.iter().map(|log| column::read_optional_id(log));
        logs.collect()
    }

    async fn audit_before(
        &self,
        tenant: Option<TenantId>,
        moment: Moment,
    ) -> Result<Option<AuditRow>> {
        let mut reading = self.read().await?;
        let row: Option<AuditEntryColumns> = sqlx::query_as(
            "SELECT sequence, entry, link, value FROM audit
             WHERE tenant = $1 AND sequence < COALESCE(
                 (SELECT MIN(sequence) FROM audit WHERE tenant = $1 AND time >= $2), $3)
             ORDER BY sequence DESC, entry DESC LIMIT 1",
        )
        .bind(column::optional_id(tenant))
        .bind(column::bound(moment))
        .bind(i64::MAX)
        .fetch_optional(&mut *reading)
        .await?;
        row.map(reading::audit).transpose()
    }

    async fn audit_feed(&self, after: Position, limit: u32) -> Result<Vec<AuditRow>> {
        let mut reading = self.read().await?;
        let rows: Vec<AuditEntryColumns> = sqlx::query_as(
            "SELECT sequence, entry, link, value FROM audit
             WHERE (sequence, entry) > ($1, $2) ORDER BY sequence, entry LIMIT $3",
        )
        .bind(column::number(after.sequence.0))
        .bind(i64::from(after.entry))
        .bind(column::limit(limit))
        .fetch_all(&mut *reading)
        .await?;
        rows.into_iter().map(reading::audit).collect()
    }

    async fn checkpoints(&self, tenant: Option<TenantId>) -> Result<Vec<Checkpoint>> {
        let mut reading = self.read().await?;
        let rows: Vec<CheckpointColumns> = sqlx::query_as(
            "SELECT tenant, sequence, time, statement FROM checkpoint
             WHERE tenant = $1 ORDER BY sequence",
        )
        .bind(column::optional_id(tenant))
        .fetch_all(&mut *reading)
        .await?;
        rows.into_iter().map(reading::checkpoint).collect()
    }
}

async fn prune(writing: &mut PgConnection, checkpoint: &Checkpoint) -> Result<u64> {
    let Checkpoint {
        tenant,
        until,
        time,
        statement,
    } = checkpoint;
    let tenant = column::optional_id(*tenant);
    let gone = sqlx::query("DELETE FROM audit WHERE tenant = $1 AND sequence <= $2")
        .bind(&tenant)
        .bind(column::number(until.0))
        .execute(&mut *writing)
        .await?;
    sqlx::query(
        "INSERT INTO checkpoint (tenant, sequence, time, statement) VALUES ($1, $2, $3, $4)",
    )
    .bind(&tenant)
    .bind(column::number(until.0))
    .bind(column::moment("the time of a checkpoint", *time)?)
    .bind(column::long_word("a checkpoint", statement)?)
    .execute(&mut *writing)
    .await
    .map_err(taken(|| Subject::Checkpoint(*until)))?;
    Ok(gone.rows_affected())
}
