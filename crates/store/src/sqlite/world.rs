//! Snapshots.

use policy::tenant::TenantId;
use policy::world::Tenant;
use sqlx::sqlite::SqliteConnection;

use super::Sqlite;
use crate::column;
use crate::error::Result;
use crate::revision::{Revision, Sequence};
use crate::snapshot::{self, Assembly, EntityRow, Reach, Snapshot, TenantVersion};

impl Sqlite {
    pub(super) async fn snapshot(&self, tenants: &[TenantId], reach: Reach) -> Result<Snapshot> {
        let mut reading = self.read().await?;
        let (sequence, revision, facts) = facts(&mut reading).await?;
        let mut found = Vec::new();
        for id in tenants {
            found.extend(tenant(&mut reading, *id, reach).await?);
        }
        snapshot::snapshot((revision, &facts), sequence, found)
    }
}

/// Where all writes stand, and the shared facts with their revision.
pub(super) async fn facts(reading: &mut SqliteConnection) -> Result<(i64, i64, String)> {
    let facts = sqlx::query_as("SELECT sequence, revision, value FROM counter, facts");
    Ok(facts.fetch_one(reading).await?)
}

pub(super) async fn tenant(
    reading: &mut SqliteConnection,
    id: TenantId,
    reach: Reach,
) -> Result<Option<(Tenant, TenantVersion)>> {
    let id = column::id(id);
    let row: Option<(i64, i64, bool)> =
        sqlx::query_as("SELECT revision, people, directory_known FROM tenant WHERE id = ?1")
            .bind(&id)
            .fetch_optional(&mut *reading)
            .await?;
    let Some((revision, people, directory_known)) = row else {
        return Ok(None);
    };
    let mut assembly = Assembly::default();
    let entities: Vec<EntityRow> = sqlx::query_as(
        "SELECT kind, partner, revision, place, value FROM entity WHERE tenant = ?1
         ORDER BY place",
    )
    .bind(&id)
    .fetch_all(&mut *reading)
    .await?;
    assembly.entities(entities)?;
    if directory_known && reach == Reach::Everything {
        let users = sqlx::query_scalar("SELECT value FROM directory_user WHERE tenant = ?1");
        let users = users.bind(&id).fetch_all(&mut *reading).await?;
        let groups = sqlx::query_scalar("SELECT value FROM directory_group WHERE tenant = ?1");
        let groups = groups.bind(&id).fetch_all(&mut *reading).await?;
        assembly.people(users, groups)?;
    }
    let revision = Revision(column::read_number(revision)?);
    let people = Sequence(column::read_number(people)?);
    assembly.finish(revision, people).map(Some)
}
