//! The audit log.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use async_trait::async_trait;
use policy::tenant::TenantId;
use rusqlite::Connection;
use uuid::Uuid;

use super::query::Query;
use super::{Sqlite, next_sequence};
use crate::Moment;
use crate::audit::{AuditLog, AuditQuery, AuditRecord, AuditRow, Checkpoint, Order, Position};
use crate::chain::Head;
use crate::column;
use crate::error::{Result, Subject};
use crate::failure::taken;
use crate::reading::{self, AuditEntryColumns, CheckpointColumns, HeadColumns, UnchainedColumns};
use crate::revision::Sequence;
use crate::writing::AuditColumns;

/// Appends entries as part of a write.
pub(super) fn append(writing: &Connection, sequence: i64, records: &[AuditRecord]) -> Result<()> {
    // The counter is ours until the end of the write, so nobody else is at the end of a log.
    let mut heads = BTreeMap::new();
    for record in records {
        if let Entry::Vacant(vacant) = heads.entry(record.tenant) {
            vacant.insert(head(writing, record.tenant)?);
        }
    }
    let rows = AuditColumns::chained(&mut heads, sequence, records)?;
    for (entry, row, link) in rows {
        Query::new(
            "INSERT INTO audit (sequence, entry, tenant, id, time, category, activity, actor,
                 correlation, value, link)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )
        .bind(sequence)
        .bind(entry)
        .bind(row.tenant)
        .bind(row.id)
        .bind(row.time)
        .bind(row.category)
        .bind(row.activity)
        .bind(row.actor)
        .bind(row.correlation)
        .bind(row.value)
        .bind(link.bytes())
        .execute(writing)
        .map_err(taken(|| Subject::AuditEntry))?;
    }
    put_heads(writing, &heads)
}

fn head(reading: &Connection, log: Option<TenantId>) -> Result<Head> {
    let row: Option<HeadColumns> =
        Query::new("SELECT sequence, entry, link, entries FROM audit_head WHERE tenant = ?1")
            .bind(column::optional_id(log))
            .optional(reading)?;
    reading::head(row)
}

fn put_heads(writing: &Connection, heads: &BTreeMap<Option<TenantId>, Head>) -> Result<()> {
    for (log, head) in heads {
        Query::new(
            "INSERT INTO audit_head (tenant, sequence, entry, link, entries)
             VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (tenant) DO UPDATE SET sequence = excluded.sequence,
                 entry = excluded.entry, link = excluded.link, entries = excluded.entries",
        )
        .bind(column::optional_id(*log))
        .bind(column::number(head.position.sequence.0))
        .bind(i64::from(head.position.entry))
        .bind(head.link.bytes())
        .bind(column::number(head.entries))
        .execute(writing)?;
    }
    Ok(())
}

/// Chains the entries that were written before there was a chain, as part of the step of the schema
/// that brings it.
pub(super) fn chain(writing: &Connection) -> Result<()> {
    let mut heads = BTreeMap::new();
    let mut last = (-1, -1);
    loop {
        let rows: Vec<UnchainedColumns> = Query::new(
            "SELECT tenant, sequence, entry, value FROM audit
             WHERE (sequence, entry) > (?1, ?2) ORDER BY sequence, entry LIMIT 1000",
        )
        .bind(last.0)
        .bind(last.1)
        .all(writing)?;
        let Some((_, sequence, entry, _)) = rows.last() else {
            return put_heads(writing, &heads);
        };
        last = (*sequence, *entry);
        for row in &rows {
            let link = reading::unchained(&mut heads, row)?;
            Query::new("UPDATE audit SET link = ?1 WHERE sequence = ?2 AND entry = ?3")
                .bind(link.bytes())
                .bind(row.1)
                .bind(row.2)
                .execute(writing)?;
        }
    }
}

fn append_alone(writing: &Connection, records: &[AuditRecord]) -> Result<Sequence> {
    let sequence = next_sequence(writing)?;
    append(writing, sequence, records)?;
    column::read_number(sequence).map(Sequence)
}

/// The statement of a query, condition by condition.
fn select(query: &AuditQuery) -> Query<'_> {
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
    let mut sql = Query::new("SELECT sequence, entry, link, value FROM audit WHERE tenant = ");
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
        let records = records.to_vec();
        self.write(move |writing| append_alone(writing, &records))
            .await
    }

    async fn audit(&self, query: &AuditQuery) -> Result<Vec<AuditRow>> {
        let query = query.clone();
        self.read(move |reading| {
            let rows: Vec<AuditEntryColumns> = select(&query).all(reading)?;
            rows.into_iter().map(reading::audit).collect()
        })
        .await
    }

    async fn audit_entry(&self, tenant: Option<TenantId>, id: Uuid) -> Result<Option<AuditRow>> {
        self.read(move |reading| {
            let row: Option<AuditEntryColumns> = Query::new(
                "SELECT sequence, entry, link, value FROM audit WHERE id = ?1 AND tenant = ?2",
            )
            .bind(column::id(id))
            .bind(column::optional_id(tenant))
            .optional(reading)?;
            row.map(reading::audit).transpose()
        })
        .await
    }

    async fn prune_audit(&self, checkpoint: &Checkpoint) -> Result<u64> {
        let checkpoint = checkpoint.clone();
        self.write(move |writing| prune(writing, &checkpoint)).await
    }

    async fn audit_head(&self, tenant: Option<TenantId>) -> Result<Head> {
        self.read(move |reading| head(reading, tenant)).await
    }

    async fn audit_logs(&self) -> Result<Vec<Option<TenantId>>> {
        self.read(move |reading| {
            let logs: Vec<Vec<u8>> =
                Query::new("SELECT tenant FROM audit_head ORDER BY tenant").all(reading)?;
            let logs = logs.iter().map(|log| column::read_optional_id(log));
            logs.collect()
        })
        .await
    }

    async fn audit_before(
        &self,
        tenant: Option<TenantId>,
        moment: Moment,
    ) -> Result<Option<AuditRow>> {
        self.read(move |reading| {
            let row: Option<AuditEntryColumns> = Query::new(
                "SELECT sequence, entry, link, value FROM audit
             WHERE tenant = ?1 AND sequence < COALESCE(
                 (SELECT MIN(sequence) FROM audit WHERE tenant = ?1 AND time >= ?2), ?3)
             ORDER BY sequence DESC, entry DESC LIMIT 1",
            )
            .bind(column::optional_id(tenant))
            .bind(column::bound(moment))
            .bind(i64::MAX)
            .optional(reading)?;
            row.map(reading::audit).transpose()
        })
        .await
    }

    async fn audit_feed(&self, after: Position, limit: u32) -> Result<Vec<AuditRow>> {
        self.read(move |reading| {
            let rows: Vec<AuditEntryColumns> = Query::new(
                "SELECT sequence, entry, link, value FROM audit
             WHERE (sequence, entry) > (?1, ?2) ORDER BY sequence, entry LIMIT ?3",
            )
            .bind(column::number(after.sequence.0))
            .bind(i64::from(after.entry))
            .bind(column::limit(limit))
            .all(reading)?;
            rows.into_iter().map(reading::audit).collect()
        })
        .await
    }

    async fn checkpoints(&self, tenant: Option<TenantId>) -> Result<Vec<Checkpoint>> {
        self.read(move |reading| {
            let rows: Vec<CheckpointColumns> = Query::new(
                "SELECT tenant, sequence, time, statement FROM checkpoint
             WHERE tenant = ?1 ORDER BY sequence",
            )
            .bind(column::optional_id(tenant))
            .all(reading)?;
            rows.into_iter().map(reading::checkpoint).collect()
        })
        .await
    }
}

fn prune(writing: &Connection, checkpoint: &Checkpoint) -> Result<u64> {
    let Checkpoint {
        tenant,
        until,
        time,
        statement,
    } = checkpoint;
    let tenant = column::optional_id(*tenant);
    let gone = Query::new("DELETE FROM audit WHERE tenant = ?1 AND sequence <= ?2")
        .bind(&tenant)
        .bind(column::number(until.0))
        .execute(writing)?;
    Query::new(
        "INSERT INTO checkpoint (tenant, sequence, time, statement) VALUES (?1, ?2, ?3, ?4)",
    )
    .bind(&tenant)
    .bind(column::number(until.0))
    .bind(column::moment("the time of a checkpoint", *time)?)
    .bind(column::long_word("a checkpoint", statement)?)
    .execute(writing)
    .map_err(taken(|| Subject::Checkpoint(*until)))?;
    Ok(column::count(gone))
}
