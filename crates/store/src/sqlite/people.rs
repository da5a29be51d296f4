//! Directories.

use async_trait::async_trait;
use policy::target::{ApplicationId, GroupId, UserId};
use policy::tenant::TenantId;
use policy::world::User;
use rusqlite::Connection;

use super::query::Query;
use super::{Sqlite, moves, next_sequence};
use crate::column;
use crate::error::{Error, Result, Subject};
use crate::failure::missing;
use crate::people::{Application, Group, People};
use crate::revision::Sequence;
use crate::text;
use crate::text::people::{ApplicationText, GroupText, UserText};
use crate::writing::{GroupWrite, UserRow, UserWrite};

/// Writes users as part of a write.
pub(super) fn write_users(
    writing: &Connection,
    tenant: TenantId,
    users: &[UserWrite],
) -> Result<()> {
    let tenant = column::id(tenant);
    for user in users {
        let id = column::id(user.id);
        match &user.row {
            None => {
                Query::new("DELETE FROM directory_user WHERE tenant = ?1 AND id = ?2")
                    .bind(&tenant)
                    .bind(&id)
                    .execute(writing)?;
                forget(writing, &tenant, &id)?;
            }
            Some(row) => {
                write_user(writing, &tenant, &id, row)?;
                memberships(writing, &tenant, (USER, &id), &row.groups)?;
            }
        }
        moves::note(writing, &tenant, USER, &id)?;
    }
    Ok(())
}

fn write_user(writing: &Connection, tenant: &[u8], id: &[u8], row: &UserRow) -> Result<()> {
    Query::new(
        "INSERT INTO directory_user
             (tenant, id, name, display, guest, mail, home_tenant, home_user, value)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT (tenant, id) DO UPDATE SET
             name = excluded.name, display = excluded.display, guest = excluded.guest,
             mail = excluded.mail, home_tenant = excluded.home_tenant,
             home_user = excluded.home_user, value = excluded.value,
             version = directory_user.version + 1",
    )
    .bind(tenant)
    .bind(id)
    .bind(&row.name)
    .bind(&row.display)
    .bind(row.guest)
    .bind(&row.mail)
    .bind(&row.home_tenant)
    .bind(&row.home_user)
    .bind(&row.value)
    .execute(writing)?;
    Ok(())
}

/// Writes groups as part of a write.
pub(super) fn write_groups(
    writing: &Connection,
    tenant: TenantId,
    groups: &[GroupWrite],
) -> Result<()> {
    let tenant = column::id(tenant);
    for group in groups {
        let id = column::id(group.id);
        Query::new(
            "INSERT INTO directory_group (tenant, id, display, value) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (tenant, id) DO UPDATE SET
                 display = excluded.display, value = excluded.value,
                 version = directory_group.version + 1",
        )
        .bind(&tenant)
        .bind(&id)
        .bind(&group.display)
        .bind(&group.value)
        .execute(writing)?;
        memberships(writing, &tenant, (GROUP, &id), &group.parents)?;
        moves::note(writing, &tenant, GROUP, &id)?;
    }
    Ok(())
}

/// What kind of member a row of `membership` is about.
pub(super) const USER: i16 = 0;
pub(super) const GROUP: i16 = 1;

/// Writes of which groups this is a member, in the place of what was written before.
fn memberships(
    writing: &Connection,
    tenant: &[u8],
    (kind, member): (i16, &[u8]),
    parents: &[Vec<u8>],
) -> Result<()> {
    Query::new("DELETE FROM membership WHERE tenant = ?1 AND kind = ?2 AND member = ?3")
        .bind(tenant)
        .bind(kind)
        .bind(member)
        .execute(writing)?;
    for parent in parents {
        Query::new("INSERT INTO membership (tenant, parent, kind, member) VALUES (?1, ?2, ?3, ?4)")
            .bind(tenant)
            .bind(parent)
            .bind(kind)
            .bind(member)
            .execute(writing)?;
    }
    Ok(())
}

/// Drops what is kept about a user beside the object.
fn forget(writing: &Connection, tenant: &[u8], user: &[u8]) -> Result<()> {
    for statement in [
        "DELETE FROM membership WHERE tenant = ?1 AND kind = 0 AND member = ?2",
        "DELETE FROM credential WHERE tenant = ?1 AND user_id = ?2",
        "DELETE FROM account_record WHERE tenant = ?1 AND user_id = ?2",
    ] {
        Query::new(statement)
            .bind(tenant)
            .bind(user)
            .execute(writing)?;
    }
    Ok(())
}

/// Notes that the people of a tenant have changed; its directory is known from now on.
pub(super) fn moved(writing: &Connection, tenant: TenantId) -> Result<Sequence> {
    let sequence = next_sequence(writing)?;
    let updated =
        Query::new("UPDATE tenant SET directory_known = 1, people = ?2, moved = ?2 WHERE id = ?1")
            .bind(column::id(tenant))
            .bind(sequence)
            .execute(writing)?;
    if updated == 0 {
        return Err(Error::NotFound(Subject::Tenant(tenant)));
    }
    moves::number(writing, tenant, sequence)?;
    column::read_number(sequence).map(Sequence)
}

/// Whether the tenant is there; otherwise nobody can be put into it.
fn demand(writing: &Connection, tenant: TenantId) -> Result<()> {
    let found: Option<i64> = Query::new("SELECT revision FROM tenant WHERE id = ?1")
        .bind(column::id(tenant))
        .optional(writing)?;
    match found {
        None => Err(Error::NotFound(Subject::Tenant(tenant))),
        Some(_) => Ok(()),
    }
}

fn put_users(writing: &Connection, tenant: TenantId, users: &[UserWrite]) -> Result<Sequence> {
    demand(writing, tenant)?;
    write_users(writing, tenant, users)?;
    moved(writing, tenant)
}

fn put_groups(writing: &Connection, tenant: TenantId, groups: &[GroupWrite]) -> Result<Sequence> {
    demand(writing, tenant)?;
    write_groups(writing, tenant, groups)?;
    moved(writing, tenant)
}

fn delete_user(writing: &Connection, tenant: TenantId, id: UserId) -> Result<Sequence> {
    let gone = Query::new("DELETE FROM directory_user WHERE tenant = ?1 AND id = ?2")
        .bind(column::id(tenant))
        .bind(column::id(id))
        .execute(writing)?;
    match gone {
        0 => Err(Error::NotFound(Subject::User(id))),
        _ => {
            let (owner, user) = (column::id(tenant), column::id(id));
            forget(writing, &owner, &user)?;
            moves::note(writing, &owner, USER, &user)?;
            moved(writing, tenant)
        }
    }
}

fn delete_group(writing: &Connection, tenant: TenantId, id: GroupId) -> Result<Sequence> {
    let gone = Query::new("DELETE FROM directory_group WHERE tenant = ?1 AND id = ?2")
        .bind(column::id(tenant))
        .bind(column::id(id))
        .execute(writing)?;
    if gone == 0 {
        return Err(Error::NotFound(Subject::Group(id)));
    }
    let (owner, group) = (column::id(tenant), column::id(id));
    Query::new("DELETE FROM membership WHERE tenant = ?1 AND kind = 1 AND member = ?2")
        .bind(&owner)
        .bind(&group)
        .execute(writing)?;
    moves::note(writing, &owner, GROUP, &group)?;
    moved(writing, tenant)
}

fn put_application(writing: &Connection, application: &Application) -> Result<()> {
    let value = text::write::<ApplicationText, _>(application)?;
    let put = Query::new(
        "INSERT INTO application (id, tenant, value) VALUES (?1, ?2, ?3)
         ON CONFLICT (id) DO UPDATE SET value = excluded.value, version = application.version + 1
         WHERE tenant = excluded.tenant",
    )
    .bind(column::id(application.id))
    .bind(column::id(application.tenant))
    .bind(value)
    .execute(writing)
    .map_err(missing(|| Subject::Tenant(application.tenant)))?;
    match put {
        0 => Err(Error::Taken(Subject::Application(application.id))),
        _ => Ok(()),
    }
}

fn delete_application(writing: &Connection, tenant: TenantId, id: ApplicationId) -> Result<()> {
    let gone = Query::new("DELETE FROM application WHERE tenant = ?1 AND id = ?2")
        .bind(column::id(tenant))
        .bind(column::id(id))
        .execute(writing)?;
    match gone {
        0 => Err(Error::NotFound(Subject::Application(id))),
        _ => Ok(()),
    }
}

fn user(value: String) -> Result<User> {
    text::read::<UserText, _>("a user", &value)
}

fn group(value: String) -> Result<Group> {
    text::read::<GroupText, _>("a group", &value)
}

fn application(value: String) -> Result<Application> {
    text::read::<ApplicationText, _>("an application", &value)
}

#[async_trait]
impl People for Sqlite {
    async fn put_users(&self, tenant: TenantId, users: &[User]) -> Result<Sequence> {
        let users = UserWrite::all(users)?;
        self.write_and_ring(move |writing| put_users(writing, tenant, &users))
            .await
    }

    async fn delete_user(&self, tenant: TenantId, id: UserId) -> Result<Sequence> {
        self.write_and_ring(move |writing| delete_user(writing, tenant, id))
            .await
    }

    async fn user(&self, tenant: TenantId, id: UserId) -> Result<Option<User>> {
        self.read(move |reading| {
            let value: Option<String> =
                Query::new("SELECT value FROM directory_user WHERE tenant = ?1 AND id = ?2")
                    .bind(column::id(tenant))
                    .bind(column::id(id))
                    .optional(reading)?;
            value.map(user).transpose()
        })
        .await
    }

    async fn users_by_address(&self, tenant: TenantId, address: &str) -> Result<Vec<User>> {
        let address = address.to_lowercase();
        self.read(move |reading| {
            let values: Vec<String> = Query::new(
                "SELECT value FROM directory_user WHERE tenant = ?1 AND (name = ?2 OR mail = ?2)
             ORDER BY id",
            )
            .bind(column::id(tenant))
            .bind(column::searched(&address))
            .all(reading)?;
            values.into_iter().map(user).collect()
        })
        .await
    }

    async fn users_for(
        &self,
        tenant: TenantId,
        home_tenant: TenantId,
        home_user: UserId,
    ) -> Result<Vec<User>> {
        self.read(move |reading| {
            let values: Vec<String> = Query::new(
                "SELECT value FROM directory_user
             WHERE tenant = ?1 AND home_tenant = ?2 AND home_user = ?3 ORDER BY id",
            )
            .bind(column::id(tenant))
            .bind(column::id(home_tenant))
            .bind(column::id(home_user))
            .all(reading)?;
            values.into_iter().map(user).collect()
        })
        .await
    }

    async fn users(
        &self,
        tenant: TenantId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<User>> {
        self.read(move |reading| {
            let values: Vec<String> = Query::new(
            "SELECT value FROM directory_user WHERE tenant = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
        )
        .bind(column::id(tenant))
        .bind(column::optional_id(after))
        .bind(column::limit(limit))
        .all(reading)?;
            values.into_iter().map(user).collect()
        })
        .await
    }

    async fn put_groups(&self, tenant: TenantId, groups: &[Group]) -> Result<Sequence> {
        let groups = GroupWrite::all(groups)?;
        self.write_and_ring(move |writing| put_groups(writing, tenant, &groups))
            .await
    }

    async fn delete_group(&self, tenant: TenantId, id: GroupId) -> Result<Sequence> {
        self.write_and_ring(move |writing| delete_group(writing, tenant, id))
            .await
    }

    async fn group(&self, tenant: TenantId, id: GroupId) -> Result<Option<Group>> {
        self.read(move |reading| {
            let value: Option<String> =
                Query::new("SELECT value FROM directory_group WHERE tenant = ?1 AND id = ?2")
                    .bind(column::id(tenant))
                    .bind(column::id(id))
                    .optional(reading)?;
            value.map(group).transpose()
        })
        .await
    }

    async fn groups(
        &self,
        tenant: TenantId,
        after: Option<GroupId>,
        limit: u32,
    ) -> Result<Vec<Group>> {
        self.read(move |reading| {
            let values: Vec<String> = Query::new(
            "SELECT value FROM directory_group WHERE tenant = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
        )
        .bind(column::id(tenant))
        .bind(column::optional_id(after))
        .bind(column::limit(limit))
        .all(reading)?;
            values.into_iter().map(group).collect()
        })
        .await
    }

    async fn put_application(&self, application: &Application) -> Result<()> {
        let application = application.clone();
        self.write(move |writing| put_application(writing, &application))
            .await
    }

    async fn delete_application(&self, tenant: TenantId, id: ApplicationId) -> Result<()> {
        self.write(move |writing| delete_application(writing, tenant, id))
            .await
    }

    async fn application(&self, id: ApplicationId) -> Result<Option<Application>> {
        self.read(move |reading| {
            let value: Option<String> = Query::new("SELECT value FROM application WHERE id = ?1")
                .bind(column::id(id))
                .optional(reading)?;
            value.map(application).transpose()
        })
        .await
    }

    async fn applications(
        &self,
        tenant: TenantId,
        after: Option<ApplicationId>,
        limit: u32,
    ) -> Result<Vec<Application>> {
        self.read(move |reading| {
            let values: Vec<String> = Query::new(
                "SELECT value FROM application WHERE tenant = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
            )
            .bind(column::id(tenant))
            .bind(column::optional_id(after))
            .bind(column::limit(limit))
            .all(reading)?;
            values.into_iter().map(application).collect()
        })
        .await
    }
}
