//! Snapshots.

use policy::tenant::TenantId;
use policy::world::Tenant;
use rusqlite::Connection;

use super::Sqlite;
use super::query::Query;
use crate::column;
use crate::error::Result;
use crate::revision::{Revision, Sequence};
use crate::snapshot::{self, Assembly, EntityRow, Reach, Snapshot, TenantVersion};

impl Sqlite {
    pub(super) async fn snapshot(&self, tenants: &[TenantId], reach: Reach) -> Result<Snapshot> {
        let tenants = tenants.to_vec();
        self.read(move |reading| {
            let (sequence, revision, facts) = facts(reading)?;
            let mut found = Vec::new();
            for id in &tenants {
                found.extend(tenant(reading, *id, reach)?);
            }
            snapshot::snapshot((revision, &facts), sequence, found)
        })
        .await
    }
}

/// Where all writes stand, and the shared facts with their revision.
pub(super) fn facts(reading: &Connection) -> Result<(i64, i64, String)> {
    let facts = Query::new("SELECT sequence, revision, value FROM counter, facts");
    Ok(facts.one(reading)?)
}

pub(super) fn tenant(
    reading: &Connection,
    id: TenantId,
    reach: Reach,
) -> Result<Option<(Tenant, TenantVersion)>> {
    let id = column::id(id);
    let row: Option<(i64, i64, bool)> =
        Query::new("SELECT revision, people, directory_known FROM tenant WHERE id = ?1")
            .bind(&id)
            .optional(reading)?;
    let Some((revision, people, directory_known)) = row else {
        return Ok(None);
    };
    let mut assembly = Assembly::default();
    let entities: Vec<EntityRow> = Query::new(
        "SELECT kind, partner, revision, place, value FROM entity WHERE tenant = ?1
         ORDER BY place",
    )
    .bind(&id)
    .all(reading)?;
    assembly.entities(entities)?;
    if directory_known && reach == Reach::Everything {
        let users = Query::new("SELECT value FROM directory_user WHERE tenant = ?1");
        let users = users.bind(&id).all(reading)?;
        let groups = Query::new("SELECT value FROM directory_group WHERE tenant = ?1");
        let groups = groups.bind(&id).all(reading)?;
        assembly.people(users, groups)?;
    }
    let revision = Revision(column::read_number(revision)?);
    let people = Sequence(column::read_number(people)?);
    assembly.finish(revision, people).map(Some)
}
