//! What somebody lacks who has read a tenant before.

use std::collections::BTreeMap;

use policy::tenant::TenantId;
use rusqlite::Connection;

use super::query::Query;
use super::{Sqlite, world};
use crate::catch_up::{
    CatchUp, Held, Lack, MovedGroupColumns, MovedPeople, MovedUserColumns, Since,
};
use crate::column;
use crate::error::Result;
use crate::snapshot::{self, Reach};

impl Sqlite {
    pub(super) async fn what_is_lacking(
        &self,
        tenants: &[(TenantId, Option<Held>)],
    ) -> Result<CatchUp> {
        let tenants = tenants.to_vec();
        self.read(move |reading| {
            let (sequence, revision, facts): (i64, i64, String) = world::facts(reading)?;
            let mut settings = Vec::new();
            let mut moved = BTreeMap::new();
            for (id, held) in &tenants {
                let row: Option<(i64, i64, bool)> = Query::new(
                    "SELECT revision, people, directory_known FROM tenant WHERE id = ?1",
                )
                .bind(column::id(*id))
                .optional(reading)?;
                let Some((revision, until, directory)) = row else {
                    continue;
                };
                let lack = Lack::of(*held, revision, until, directory);
                if lack.settings {
                    settings.extend(world::tenant(reading, *id, Reach::Settings)?);
                }
                if let Some(since) = lack.people {
                    let people = people(reading, &column::id(*id), until, since)?;
                    moved.insert(*id, people);
                }
            }
            Ok(CatchUp {
                settings: snapshot::snapshot((revision, &facts), sequence, settings)?,
                people: moved,
            })
        })
        .await
    }
}

fn people(reading: &Connection, tenant: &[u8], until: i64, since: Since) -> Result<MovedPeople> {
    let (users, groups) = match since {
        Since::Everybody => (
            Query::new("SELECT id, value, revoked FROM directory_user WHERE tenant = ?1"),
            Query::new("SELECT id, value FROM directory_group WHERE tenant = ?1"),
        ),
        Since::Write(number) => (
            Query::new(
                "SELECT m.id, u.value, u.revoked FROM directory_move m
                     LEFT JOIN directory_user u ON u.tenant = m.tenant AND u.id = m.id
                 WHERE m.tenant = ?2 AND m.sequence > ?1 AND m.kind = 0",
            )
            .bind(number),
            Query::new(
                "SELECT m.id, g.value FROM directory_move m
                     LEFT JOIN directory_group g ON g.tenant = m.tenant AND g.id = m.id
                 WHERE m.tenant = ?2 AND m.sequence > ?1 AND m.kind = 1",
            )
            .bind(number),
        ),
    };
    let users: Vec<MovedUserColumns> = users.bind(tenant).all(reading)?;
    let groups: Vec<MovedGroupColumns> = groups.bind(tenant).all(reading)?;
    MovedPeople::read(until, since, users, groups)
}
