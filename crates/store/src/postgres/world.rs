//! Snapshots: few statements, however many tenants.

use std::collections::BTreeMap;

use policy::tenant::TenantId;
use sqlx::postgres::PgConnection;

use super::Postgres;
use crate::column;
use crate::error::Result;
use crate::revision::{Revision, Sequence};
use crate::snapshot::{self, Assembly, EntityRow, Reach, Snapshot};

/// How many tenants one statement reads.
pub(super) const TENANTS: usize = 1_000;

impl Postgres {
    pub(super) async fn snapshot(&self, tenants: &[TenantId], reach: Reach) -> Result<Snapshot> {
        let mut reading = self.read().await?;
        let (sequence, revision, facts) = facts(&mut reading).await?;
        let mut found = Vec::new();
        for tenants in tenants.chunks(TENANTS) {
            let ids: Vec<Vec<u8>> = tenants.iter().map(|id| column::id(*id)).collect();
            let heads = heads(&mut reading, &ids).await?;
            let mut parts = entities(&mut reading, &ids).await?;
            if reach == Reach::Everything {
                people(&mut reading, &heads, &mut parts).await?;
            }
            for (id, head) in heads {
                let assembly = parts.remove(&id).unwrap_or_default();
                found.push(assembly.finish(head.revision, head.people)?);
            }
        }
        snapshot::snapshot((revision, &facts), sequence, found)
    }
}

/// Where all writes stand, and the shared facts with their revision.
pub(super) async fn facts(reading: &mut PgConnection) -> Result<(i64, i64, String)> {
    let facts = sqlx::query_as("SELECT sequence, facts.revision, facts.value FROM counter, facts");
    Ok(facts.fetch_one(reading).await?)
}

/// A tenant's own row.
pub(super) struct Head {
    pub(super) revision: Revision,
    pub(super) people: Sequence,
    pub(super) directory_known: bool,
}

pub(super) async fn heads(
    reading: &mut PgConnection,
    ids: &[Vec<u8>],
) -> Result<BTreeMap<Vec<u8>, Head>> {
    let rows: Vec<(Vec<u8>, i64, i64, bool)> = sqlx::query_as(
        "SELECT id, revision, people, directory_known FROM tenant WHERE id = ANY($1)",
    )
    .bind(ids)
    .fetch_all(reading)
    .await?;
    let head = |(id, revision, people, directory_known)| {
        let head = Head {
            revision: Revision(column::read_number(revision)?),
            people: Sequence(column::read_number(people)?),
            directory_known,
        };
        Ok((id, head))
    };
    rows.into_iter().map(head).collect()
}

pub(super) type Parts = BTreeMap<Vec<u8>, Assembly>;

pub(super) async fn entities(reading: &mut PgConnection, ids: &[Vec<u8>]) -> Result<Parts> {
    type Row = (Vec<u8>, String, Vec<u8>, i64, i64, String);
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT tenant, kind, partner, revision, place, value FROM entity
         WHERE tenant = ANY($1) ORDER BY tenant, place",
    )
    .bind(ids)
    .fetch_all(reading)
    .await?;
    let mut grouped: BTreeMap<Vec<u8>, Vec<EntityRow>> = BTreeMap::new();
    for (tenant, kind, partner, revision, place, value) in rows {
        let rows = grouped.entry(tenant).or_default();
        rows.push((kind, partner, revision, place, value));
    }
    let mut parts = Parts::new();
    for (tenant, rows) in grouped {
        parts.entry(tenant).or_default().entities(rows)?;
    }
    Ok(parts)
}

async fn people(
    reading: &mut PgConnection,
    heads: &BTreeMap<Vec<u8>, Head>,
    parts: &mut Parts,
) -> Result<()> {
    let known = heads.iter().filter(|(_, head)| head.directory_known);
    let known: Vec<&Vec<u8>> = known.map(|(id, _)| id).collect();
    let mut directories: BTreeMap<Vec<u8>, (Vec<String>, Vec<String>)> = known
        .iter()
        .map(|id| ((*id).clone(), Default::default()))
        .collect();
    let users: Vec<(Vec<u8>, String)> =
        sqlx::query_as("SELECT tenant, value FROM directory_user WHERE tenant = ANY($1)")
            .bind(&known)
            .fetch_all(&mut *reading)
            .await?;
    for (tenant, value) in users {
        directories.entry(tenant).or_default().0.push(value);
    }
    let groups: Vec<(Vec<u8>, String)> =
        sqlx::query_as("SELECT tenant, value FROM directory_group WHERE tenant = ANY($1)")
            .bind(&known)
            .fetch_all(&mut *reading)
            .await?;
    for (tenant, value) in groups {
        directories.entry(tenant).or_default().1.push(value);
    }
    for (tenant, (users, groups)) in directories {
        parts.entry(tenant).or_default().people(users, groups)?;
    }
    Ok(())
}
