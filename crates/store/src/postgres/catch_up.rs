//! What somebody lacks who has read a tenant before.

use std::collections::BTreeMap;

use policy::tenant::TenantId;
use sqlx::postgres::PgConnection;

use super::{Postgres, world};
use crate::catch_up::{
    CatchUp, Held, Lack, MovedGroupColumns, MovedPeople, MovedUserColumns, Since,
};
use crate::column;
use crate::error::Result;
use crate::snapshot;

impl Postgres {
    pub(super) async fn what_is_lacking(
        &self,
        tenants: &[(TenantId, Option<Held>)],
    ) -> Result<CatchUp> {
        let mut reading = self.read().await?;
        let (sequence, revision, facts) = world::facts(&mut reading).await?;
        let mut settings = Vec::new();
        let mut moved = BTreeMap::new();
        for tenants in tenants.chunks(world::TENANTS) {
            let held: BTreeMap<Vec<u8>, Option<Held>> = tenants
                .iter()
                .map(|(id, held)| (column::id(*id), *held))
                .collect();
            let ids: Vec<Vec<u8>> = held.keys().cloned().collect();
            let mut heads = world::heads(&mut reading, &ids).await?;
            let mut lacks = BTreeMap::new();
            for (id, head) in &heads {
                let held = held.get(id).copied().flatten();
                let (revision, people) = (head.revision.0, head.people.0);
                let (revision, people) = (column::number(revision), column::number(people));
                let lack = Lack::of(held, revision, people, head.directory_known);
                lacks.insert(id.clone(), (lack, people));
            }
            moved.extend(people(&mut reading, &lacks).await?);
            heads.retain(|id, _| lacks.get(id).is_some_and(|(lack, _)| lack.settings));
            let ids: Vec<Vec<u8>> = heads.keys().cloned().collect();
            let mut parts = world::entities(&mut reading, &ids).await?;
            for (id, head) in heads {
                let assembly = parts.remove(&id).unwrap_or_default();
                settings.push(assembly.finish(head.revision, head.people)?);
            }
        }
        Ok(CatchUp {
            settings: snapshot::snapshot((revision, &facts), sequence, settings)?,
            people: moved,
        })
    }
}

/// The people of each tenant that lacks some, tenant by tenant: a statement about one is planned for
/// how many rows it finds, which is mostly one and now and then all.
async fn people(
    reading: &mut PgConnection,
    lacks: &BTreeMap<Vec<u8>, (Lack, i64)>,
) -> Result<BTreeMap<TenantId, MovedPeople>> {
    let mut moved = BTreeMap::new();
    for (id, (lack, until)) in lacks {
        if let Some(since) = lack.people {
            let (users, groups) = match since {
                Since::Everybody => everybody(reading, id).await?,
                Since::Write(number) => since_write(reading, id, number).await?,
            };
            let people = MovedPeople::read(*until, since, users, groups)?;
            moved.insert(column::read_id(id)?, people);
        }
    }
    Ok(moved)
}

type Rows = (Vec<MovedUserColumns>, Vec<MovedGroupColumns>);

async fn everybody(reading: &mut PgConnection, tenant: &[u8]) -> Result<Rows> {
    let users = sqlx::query_as("SELECT id, value, revoked FROM directory_user WHERE tenant = $1");
    let users = users.bind(tenant).fetch_all(&mut *reading).await?;
    let groups = sqlx::query_as("SELECT id, value FROM directory_group WHERE tenant = $1");
    let groups = groups.bind(tenant).fetch_all(&mut *reading).await?;
    Ok((users, groups))
}

async fn since_write(reading: &mut PgConnection, tenant: &[u8], number: i64) -> Result<Rows> {
    let users = sqlx::query_as(
        "SELECT m.id, u.value, u.revoked FROM directory_move m
             LEFT JOIN directory_user u ON u.tenant = m.tenant AND u.id = m.id
         WHERE m.tenant = $1 AND m.sequence > $2 AND m.kind = 0",
    )
    .bind(tenant)
    .bind(number)
    .fetch_all(&mut *reading)
    .await?;
    let groups = sqlx::query_as(
        "SELECT m.id, g.value FROM directory_move m
             LEFT JOIN directory_group g ON g.tenant = m.tenant AND g.id = m.id
         WHERE m.tenant = $1 AND m.sequence > $2 AND m.kind = 1",
    )
    .bind(tenant)
    .bind(number)
    .fetch_all(&mut *reading)
    .await?;
    Ok((users, groups))
}
