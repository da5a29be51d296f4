//! The audit log.

use async_trait::async_trait;
use policy::tenant::TenantId;
use sqlx::QueryBuilder;
use sqlx::sqlite::SqliteConnection;
use uuid::Uuid;

use super::{Sqlite, next_sequence};
use crate::audit::{AuditLog, AuditQuery, AuditRecord, AuditRow, Checkpoint, Order, Position};
use crate::column;
use crate::error::{Result, Subject};
use crate::failure::taken;
use crate::reading::{self, AuditEntryColumns, CheckpointColumns};
use crate::revision::Sequence;
use crate::writing::AuditColumns;

/// How many rows one statement writes.
const ROWS: usize = 100;

/// Appends entries as part of a write.
pub(super) async fn append(
    writing: &mut SqliteConnection,
    sequence: i64,
    records: &[AuditRecord],
) -> Result<()> {
    let rows = records.iter().map(AuditColumns::of);
    let rows: Vec<AuditColumns> = rows.collect::<Result<_>>()?;
    let rows: Vec<(i64, &AuditColumns)> = (0..).zip(&rows).collect();
    for rows in rows.chunks(ROWS) {
        let mut sql = QueryBuilder::<sqlx::Sqlite>::new(
            "INSERT INTO audit (sequence, entry, tenant, id, time, category, activity, actor,
                 correlation, value) ",
        );
        sql.push_values(rows, |mut values, (entry, row)| {
            values
                .push_bind(sequence)
                .push_bind(*entry)
                .push_bind(row.tenant.clone())
                .push_bind(row.id.clone())
                .push_bind(row.time)
                .push_bind(row.category.clone())
                .push_bind(row.activity.clone())
                .push_bind(row.actor.clone())
                .push_bind(row.correlation.clone())
                .push_bind(row.value.clone());
        });
        let appended = sql.build().execute(&mut *writing).await;
        appended.map_err(taken(|| Subject::AuditEntry))?;
    }
    Ok(())
}

async fn append_alone(writing: &mut SqliteConnection, records: &[AuditRecord]) -> Result<Sequence> {
    let sequence = next_sequence(writing).await?;
    append(writing, sequence, records).await?;
    column::read_number(sequence).map(Sequence)
}

/// The statement of a query, condition by condition.
fn select(query: &AuditQuery) -> QueryBuilder<sqlx::Sqlite> {
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
    let mut sql = QueryBuilder::new("SELECT sequence, entry, value FROM audit WHERE tenant = ");
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
impl AuditLog for Sqlite {
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
            "SELECT sequence, entry, value FROM audit WHERE id = ?1 AND tenant = ?2",
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

    async fn checkpoints(&self, tenant: Option<TenantId>) -> Result<Vec<Checkpoint>> {
        let mut reading = self.read().await?;
        let rows: Vec<CheckpointColumns> = sqlx::query_as(
            "SELECT tenant, sequence, time, statement FROM checkpoint
             WHERE tenant = ?1 ORDER BY sequence",
        )
        .bind(column::optional_id(tenant))
        .fetch_all(&mut *reading)
        .await?;
        rows.into_iter().map(reading::checkpoint).collect()
    }
}

async fn prune(writing: &mut SqliteConnection, checkpoint: &Checkpoint) -> Result<u64> {
    let Checkpoint {
        tenant,
        until,
        time,
        statement,
    } = checkpoint;
    let tenant = column::optional_id(*tenant);
    let gone = sqlx::query("DELETE FROM audit WHERE tenant = ?1 AND sequence <= ?2")
        .bind(&tenant)
        .bind(column::number(until.0))
        .execute(&mut *writing)
        .await?;
    sqlx::query(
        "INSERT INTO checkpoint (tenant, sequence, time, statement) VALUES (?1, ?2, ?3, ?4)",
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
