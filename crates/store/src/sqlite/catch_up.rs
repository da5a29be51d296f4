//! What somebody lacks who has read a tenant before.

use std::collections::BTreeMap;

use policy::tenant::TenantId;
use sqlx::sqlite::SqliteConnection;

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
        let mut reading = self.read().await?;
        let (sequence, revision, facts): (i64, i64, String) = world::facts(&mut reading).await?;
        let mut settings = Vec::new();
        let mut moved = BTreeMap::new();
        for (id, held) in tenants {
            let row: Option<(i64, i64, bool)> = sqlx::query_as(
                "SELECT revision, people, directory_known FROM tenant WHERE id = ?1",
            )
            .bind(column::id(*id))
            .fetch_optional(&mut *reading)
            .await?;
            let Some((revision, until, directory)) = row else {
                continue;
            };
            let lack = Lack::of(*held, revision, until, directory);
            if lack.settings {
                settings.extend(world::tenant(&mut reading, *id, Reach::Settings).await?);
            }
            if let Some(since) = lack.people {
                let people = people(&mut reading, &column::id(*id), until, since).await?;
                moved.insert(*id, people);
            }
        }
        Ok(CatchUp {
            settings: snapshot::snapshot((revision, &facts), sequence, settings)?,
            people: moved,
        })
    }
}

async fn people(
    reading: &mut SqliteConnection,
    tenant: &[u8],
    until: i64,
    since: Since,
) -> Result<MovedPeople> {
    let (users, groups, after) = match since {
        Since::Everybody => (
            "SELECT id, value, revoked FROM directory_user WHERE tenant = ?1",
            "SELECT id, value FROM directory_group WHERE tenant = ?1",
            0,
        ),
        Since::Write(number) => (
            "SELECT m.id, u.value, u.revoked FROM directory_move m
                 LEFT JOIN directory_user u ON u.tenant = m.tenant AND u.id = m.id
             WHERE m.tenant = ?1 AND m.sequence > ?2 AND m.kind = 0",
            "SELECT m.id, g.value FROM directory_move m
                 LEFT JOIN directory_group g ON g.tenant = m.tenant AND g.id = m.id
             WHERE m.tenant = ?1 AND m.sequence > ?2 AND m.kind = 1",
            number,
        ),
    };
    let users: Vec<MovedUserColumns> = sqlx::query_as(users)
        .bind(tenant)
        .bind(after)
        .fetch_all(&mut *reading)
        .await?;
    let groups: Vec<MovedGroupColumns> = sqlx::query_as(groups)
        .bind(tenant)
        .bind(after)
        .fetch_all(&mut *reading)
        .await?;
    MovedPeople::read(until, since, users, groups)
}
