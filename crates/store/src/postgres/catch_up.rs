//! What somebody lacks who has read a tenant before: few statements, however many tenants.

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

/// tenant, id, value, the end of the sessions
type UserRow = (Vec<u8>, Vec<u8>, Option<String>, Option<i64>);

type Rows = (Vec<MovedUserColumns>, Vec<MovedGroupColumns>);

async fn people(
    reading: &mut PgConnection,
    lacks: &BTreeMap<Vec<u8>, (Lack, i64)>,
) -> Result<BTreeMap<TenantId, MovedPeople>> {
    let mut rows: BTreeMap<&[u8], Rows> = BTreeMap::new();
    let (mut all, mut some, mut after) = (Vec::new(), Vec::new(), Vec::new());
    for (id, (lack, _)) in lacks {
        match lack.people {
            None => continue,
            Some(Since::Everybody) => all.push(id.as_slice()),
            Some(Since::Write(number)) => {
                some.push(id.as_slice());
                after.push(number);
            }
        }
        rows.insert(id, Rows::default());
    }
    let users: Vec<UserRow> = sqlx::query_as(
        "SELECT tenant, id, value, revoked FROM directory_user WHERE tenant = ANY($1)
         UNION ALL
         SELECT m.tenant, m.id, u.value, u.revoked
         FROM unnest($2::bytea[], $3::bigint[]) AS held (tenant, after)
             JOIN directory_move m ON m.tenant = held.tenant AND m.sequence > held.after
             LEFT JOIN directory_user u ON u.tenant = m.tenant AND u.id = m.id
         WHERE m.kind = 0",
    )
    .bind(&all)
    .bind(&some)
    .bind(&after)
    .fetch_all(&mut *reading)
    .await?;
    for (tenant, id, value, revoked) in users {
        if let Some((users, _)) = rows.get_mut(tenant.as_slice()) {
            users.push((id, value, revoked));
        }
    }
    let groups: Vec<(Vec<u8>, Vec<u8>, Option<String>)> = sqlx::query_as(
        "SELECT tenant, id, value FROM directory_group WHERE tenant = ANY($1)
         UNION ALL
         SELECT m.tenant, m.id, g.value
         FROM unnest($2::bytea[], $3::bigint[]) AS held (tenant, after)
             JOIN directory_move m ON m.tenant = held.tenant AND m.sequence > held.after
             LEFT JOIN directory_group g ON g.tenant = m.tenant AND g.id = m.id
         WHERE m.kind = 1",
    )
    .bind(&all)
    .bind(&some)
    .bind(&after)
    .fetch_all(&mut *reading)
    .await?;
    for (tenant, id, value) in groups {
        if let Some((_, groups)) = rows.get_mut(tenant.as_slice()) {
            groups.push((id, value));
        }
    }
    let mut moved = BTreeMap::new();
    for (id, (lack, until)) in lacks {
        if let (Some(since), Some((users, groups))) = (lack.people, rows.remove(id.as_slice())) {
            let people = MovedPeople::read(*until, since, users, groups)?;
            moved.insert(column::read_id(id)?, people);
        }
    }
    Ok(moved)
}
