//! Directories as their administrators see them.

use std::collections::BTreeSet;

use async_trait::async_trait;
use policy::target::{GroupId, UserId};
use policy::tenant::TenantId;
use policy::world::UserType;
use rusqlite::Connection;

use super::people::{GROUP, USER, moved, write_groups, write_users};
use super::programs::{put_application, put_service_principal};
use super::query::Query;
use super::{Sqlite, audit, deleted_users, moves, next_sequence};
use crate::column::{self, Identifier};
use crate::directory::{
    Directories, DirectoryAct, DirectoryChange, DirectoryOrder, DirectoryQuery, GroupDetails,
    GroupRow, Member, Password, Person, UserDetails,
};
use crate::error::{Error, Result, Subject};
use crate::reading::{self, DirectoryColumns, MemberColumns};
use crate::revision::{Revision, Sequence};
use crate::text;
use crate::text::directory::{GroupDetailsText, PasswordText, UserDetailsText};
use crate::writing::{GroupWrite, UserWrite, expect};

/// Whether what the change relies on is still as it was read.
fn check(writing: &Connection, change: &DirectoryChange) -> Result<()> {
    let mut tenants: Vec<TenantId> = change.checks.keys().copied().collect();
    tenants.push(change.tenant);
    tenants.sort_unstable();
    tenants.dedup();
    for id in tenants {
        let row: Option<(i64, i64)> =
            Query::new("SELECT revision, people FROM tenant WHERE id = ?1")
                .bind(column::id(id))
                .optional(writing)?;
        let (revision, people) = row.ok_or(Error::NotFound(Subject::Tenant(id)))?;
        if let Some(check) = change.checks.get(&id) {
            check.against(id, revision, people)?;
        }
    }
    Ok(())
}

pub(super) fn carry_out(writing: &Connection, change: &DirectoryChange) -> Result<Sequence> {
    check(writing, change)?;
    for act in &change.acts {
        one(writing, change.tenant, act)?;
    }
    let sequence = match change.concerns_people() {
        true => moved(writing, change.tenant)?,
        false => Sequence(column::read_number(next_sequence(writing)?)?),
    };
    audit::append(writing, column::number(sequence.0), &change.audit)?;
    Ok(sequence)
}

fn one(writing: &Connection, tenant: TenantId, act: &DirectoryAct) -> Result<()> {
    match act {
        DirectoryAct::PutUser {
            user,
            details,
            expected,
        } => {
            let write = UserWrite::put(user)?;
            user_is_as_expected(writing, tenant, &write, *expected)?;
            write_users(writing, tenant, std::slice::from_ref(&write))?;
            put_user_details(writing, (tenant, user.id), details)
        }
        DirectoryAct::DropUser { id, expected } => {
            let statement = "SELECT version FROM directory_user WHERE tenant = ?1 AND id = ?2";
            let found = version(writing, statement, tenant, *id)?;
            expect(Subject::User(*id), Some(*expected), found)?;
            write_users(writing, tenant, &[UserWrite::drop(*id)])
        }
        DirectoryAct::RetireUser { id, expected, when } => {
            let statement = "SELECT version FROM directory_user WHERE tenant = ?1 AND id = ?2";
            let found = version(writing, statement, tenant, *id)?;
            expect(Subject::User(*id), Some(*expected), found)?;
            deleted_users::keep(writing, tenant, *id, *when)?;
            write_users(writing, tenant, &[UserWrite::drop(*id)])
        }
        DirectoryAct::ForgetUser { id } => deleted_users::forget(writing, tenant, *id),
        DirectoryAct::PutGroup {
            group,
            details,
            expected,
        } => {
            let statement = "SELECT version FROM directory_group WHERE tenant = ?1 AND id = ?2";
            let found = version(writing, statement, tenant, group.id)?;
            expect(Subject::Group(group.id), *expected, found)?;
            write_groups(writing, tenant, &[GroupWrite::put(group)?])?;
            put_group_details(writing, (tenant, group.id), details)
        }
        DirectoryAct::DropGroup { id, expected } => drop_group(writing, tenant, *id, *expected),
        DirectoryAct::SetPassword { user, password } => {
            set_password(writing, tenant, *user, password)
        }
        DirectoryAct::PutApplication { row, expected } => {
            put_application(writing, tenant, row, *expected)
        }
        DirectoryAct::DropApplication { id, expected } => {
            let statement = "SELECT version FROM application WHERE tenant = ?1 AND id = ?2";
            let found = version(writing, statement, tenant, *id)?;
            expect(Subject::Application(*id), Some(*expected), found)?;
            let statement = "DELETE FROM application WHERE tenant = ?1 AND id = ?2";
            delete(writing, statement, tenant, *id)
        }
        DirectoryAct::PutServicePrincipal { object, expected } => {
            put_service_principal(writing, tenant, object, *expected)
        }
        DirectoryAct::DropServicePrincipal { id, expected } => {
            let statement = "SELECT version FROM service_principal WHERE tenant = ?1 AND id = ?2";
            let found = version(writing, statement, tenant, *id)?;
            expect(Subject::ServicePrincipal(*id), Some(*expected), found)?;
            let statement = "DELETE FROM service_principal WHERE tenant = ?1 AND id = ?2";
            delete(writing, statement, tenant, *id)
        }
    }
}

pub(super) fn version(
    writing: &Connection,
    statement: &'static str,
    tenant: TenantId,
    id: impl Identifier,
) -> Result<Option<i64>> {
    let found = Query::new(statement)
        .bind(column::id(tenant))
        .bind(column::id(id));
    Ok(found.optional(writing)?)
}

fn delete(
    writing: &Connection,
    statement: &'static str,
    tenant: TenantId,
    id: impl Identifier,
) -> Result<()> {
    Query::new(statement)
        .bind(column::id(tenant))
        .bind(column::id(id))
        .execute(writing)?;
    Ok(())
}

fn put_user_details(
    writing: &Connection,
    (tenant, id): (TenantId, UserId),
    details: &UserDetails,
) -> Result<()> {
    let external_id = details.external_id.as_deref();
    external_id.map_or(Ok(""), |id| column::word("an external id", id))?;
    let revoked = details.sessions_revoked;
    let revoked = revoked.map(|at| column::moment("the end of a session", at));
    Query::new(
        "UPDATE directory_user SET details = ?3, external_id = ?4, revoked = ?5
         WHERE tenant = ?1 AND id = ?2",
    )
    .bind(column::id(tenant))
    .bind(column::id(id))
    .bind(text::write::<UserDetailsText, _>(details)?)
    .bind(external_id)
    .bind(revoked.transpose()?)
    .execute(writing)?;
    Ok(())
}

fn put_group_details(
    writing: &Connection,
    (tenant, id): (TenantId, GroupId),
    details: &GroupDetails,
) -> Result<()> {
    let external_id = details.external_id.as_deref();
    external_id.map_or(Ok(""), |id| column::word("an external id", id))?;
    Query::new(
        "UPDATE directory_group SET details = ?3, external_id = ?4
         WHERE tenant = ?1 AND id = ?2",
    )
    .bind(column::id(tenant))
    .bind(column::id(id))
    .bind(text::write::<GroupDetailsText, _>(details)?)
    .bind(external_id)
    .execute(writing)?;
    Ok(())
}

/// A name that was somebody else's already, before anybody looked, may stay; a new one may not
/// become one.
fn user_is_as_expected(
    writing: &Connection,
    tenant: TenantId,
    write: &UserWrite,
    expected: Option<Revision>,
) -> Result<()> {
    let found: Option<(i64, String)> =
        Query::new("SELECT version, name FROM directory_user WHERE tenant = ?1 AND id = ?2")
            .bind(column::id(tenant))
            .bind(column::id(write.id))
            .optional(writing)?;
    let version = found.as_ref().map(|(version, _)| *version);
    expect(Subject::User(write.id), expected, version)?;
    let Some(row) = &write.row else {
        return Ok(());
    };
    if found.is_some_and(|(_, name)| name == row.name) {
        return Ok(());
    }
    let other: Option<i64> = Query::new(
        "SELECT version FROM directory_user WHERE tenant = ?1 AND name = ?2 AND id <> ?3 LIMIT 1",
    )
    .bind(column::id(tenant))
    .bind(&row.name)
    .bind(column::id(write.id))
    .optional(writing)?;
    match other {
        None => Ok(()),
        Some(_) => Err(Error::Taken(Subject::Address(row.name.clone()))),
    }
}

/// A group goes, and with it what its members say about it.
fn drop_group(
    writing: &Connection,
    tenant: TenantId,
    id: GroupId,
    expected: Revision,
) -> Result<()> {
    let statement = "SELECT version FROM directory_group WHERE tenant = ?1 AND id = ?2";
    let found = version(writing, statement, tenant, id)?;
    expect(Subject::Group(id), Some(expected), found)?;
    loop {
        let values: Vec<String> = Query::new(
            "SELECT value FROM membership JOIN directory_user AS u
                 ON u.tenant = membership.tenant AND u.id = membership.member
             WHERE membership.tenant = ?1 AND parent = ?2 AND kind = 0 LIMIT 500",
        )
        .bind(column::id(tenant))
        .bind(column::id(id))
        .all(writing)?;
        if values.is_empty() {
            break;
        }
        let users = reading::without_group(values, id)?;
        write_users(writing, tenant, &users)?;
    }
    let values: Vec<String> = Query::new(
        "SELECT value FROM membership JOIN directory_group AS g
             ON g.tenant = membership.tenant AND g.id = membership.member
         WHERE membership.tenant = ?1 AND parent = ?2 AND kind = 1",
    )
    .bind(column::id(tenant))
    .bind(column::id(id))
    .all(writing)?;
    let groups = reading::without_parent(values, id)?;
    write_groups(writing, tenant, &groups)?;
    for statement in [
        "DELETE FROM membership WHERE tenant = ?1 AND parent = ?2",
        "DELETE FROM membership WHERE tenant = ?1 AND kind = 1 AND member = ?2",
        "DELETE FROM directory_group WHERE tenant = ?1 AND id = ?2",
    ] {
        delete(writing, statement, tenant, id)?;
    }
    moves::note(writing, &column::id(tenant), GROUP, &column::id(id))
}

fn set_password(
    writing: &Connection,
    tenant: TenantId,
    user: UserId,
    password: &Password,
) -> Result<()> {
    let statement = "SELECT version FROM directory_user WHERE tenant = ?1 AND id = ?2";
    if version(writing, statement, tenant, user)?.is_none() {
        return Err(Error::NotFound(Subject::User(user)));
    }
    Query::new(
        "INSERT INTO credential (tenant, user_id, value) VALUES (?1, ?2, ?3)
         ON CONFLICT (tenant, user_id) DO UPDATE SET value = excluded.value",
    )
    .bind(column::id(tenant))
    .bind(column::id(user))
    .bind(text::write::<PasswordText, _>(password)?)
    .execute(writing)?;
    Ok(())
}

/// The rest of a statement that reads a page: where it begins, its order, its length.
fn page(sql: &mut Query<'_>, query: &DirectoryQuery, key: Option<&'static str>) {
    let (beyond, direction) = match query.descending {
        false => (" > ", ""),
        true => (" < ", " DESC"),
    };
    if let Some(prefix) = &query.display_prefix {
        let prefix = column::order_key(prefix);
        sql.push(" AND display >= ").push_bind(prefix.clone());
        sql.push(" AND display < ")
            .push_bind(column::after_prefix(&prefix));
    }
    match (&query.after, key) {
        (None, _) => {}
        (Some(after), None) => {
            sql.push(" AND id").push(beyond);
            sql.push_bind(column::id(after.id));
        }
        (Some(after), Some(key)) => {
            sql.push(" AND (").push(key).push(", id)").push(beyond);
            sql.push("(").push_bind(after.key.clone());
            sql.push(", ").push_bind(column::id(after.id)).push(")");
        }
    }
    sql.push(" ORDER BY ");
    if let Some(key) = key {
        sql.push(key).push(direction).push(", ");
    }
    sql.push("id").push(direction);
    sql.push(" LIMIT ").push_bind(column::limit(query.limit));
    sql.push(" OFFSET ").push_bind(column::limit(query.skip));
}

fn users(tenant: TenantId, query: &DirectoryQuery) -> Query<'_> {
    let mut sql = Query::new("SELECT value, details, version FROM directory_user WHERE tenant = ");
    sql.push_bind(column::id(tenant));
    if let Some(user_type) = query.user_type {
        sql.push(" AND guest = ")
            .push_bind(user_type == UserType::Guest);
    }
    if let Some(prefix) = &query.name_prefix {
        let prefix = column::order_key(prefix);
        sql.push(" AND name >= ").push_bind(prefix.clone());
        sql.push(" AND name < ")
            .push_bind(column::after_prefix(&prefix));
    }
    let key = match query.order {
        DirectoryOrder::Id => None,
        DirectoryOrder::DisplayName => Some("display"),
        DirectoryOrder::UserPrincipalName => Some("name"),
    };
    page(&mut sql, query, key);
    sql
}

fn groups(tenant: TenantId, query: &DirectoryQuery) -> Query<'_> {
    let mut sql = Query::new("SELECT value, details, version FROM directory_group WHERE tenant = ");
    sql.push_bind(column::id(tenant));
    let key = match query.order {
        DirectoryOrder::Id | DirectoryOrder::UserPrincipalName => None,
        DirectoryOrder::DisplayName => Some("display"),
    };
    page(&mut sql, query, key);
    sql
}

/// Looks for several objects of a table by their ids; those that are there, in the order of the ids.
fn listed(
    reading: &Connection,
    select: &'static str,
    tenant: TenantId,
    ids: &BTreeSet<impl Identifier>,
) -> Result<Vec<DirectoryColumns>> {
    let find = |id: &_| {
        let query = Query::new(select)
            .bind(column::id(tenant))
            .bind(column::id(*id));
        query.optional(reading).transpose()
    };
    let found: rusqlite::Result<_> = ids.iter().filter_map(find).collect();
    Ok(found?)
}

/// Passes over what is not a group of this tenant.
fn members(tenant: TenantId, group: GroupId, after: Option<Member>, limit: u32) -> Query<'static> {
    let mut sql = Query::new("SELECT kind, member FROM membership WHERE tenant = ");
    sql.push_bind(column::id(tenant));
    sql.push(" AND parent = ").push_bind(column::id(group));
    if let Some(after) = after {
        let (kind, id) = match after {
            Member::User(id) => (USER, column::id(id)),
            Member::Group(id) => (GROUP, column::id(id)),
        };
        sql.push(" AND (kind, member) > (").push_bind(kind);
        sql.push(", ").push_bind(id).push(")");
    }
    sql.push(" ORDER BY kind, member LIMIT ")
        .push_bind(column::limit(limit));
    sql
}

#[async_trait]
impl Directories for Sqlite {
    async fn person(&self, tenant: TenantId, id: UserId) -> Result<Option<Person>> {
        self.read(move |reading| {
            let row: Option<DirectoryColumns> = Query::new(
                "SELECT value, details, version FROM directory_user WHERE tenant = ?1 AND id = ?2",
            )
            .bind(column::id(tenant))
            .bind(column::id(id))
            .optional(reading)?;
            row.map(reading::person).transpose()
        })
        .await
    }

    async fn persons_of(&self, tenant: TenantId, ids: &[UserId]) -> Result<Vec<Person>> {
        let ids: BTreeSet<UserId> = ids.iter().copied().collect();
        self.read(move |reading| {
            let select =
                "SELECT value, details, version FROM directory_user WHERE tenant = ?1 AND id = ?2";
            let rows = listed(reading, select, tenant, &ids)?;
            rows.into_iter().map(reading::person).collect()
        })
        .await
    }

    async fn persons_by_address(&self, tenant: TenantId, address: &str) -> Result<Vec<Person>> {
        let address = address.to_lowercase();
        self.read(move |reading| {
            let rows: Vec<DirectoryColumns> = Query::new(
                "SELECT value, details, version FROM directory_user
             WHERE tenant = ?1 AND (name = ?2 OR mail = ?2) ORDER BY id",
            )
            .bind(column::id(tenant))
            .bind(column::searched(&address))
            .all(reading)?;
            rows.into_iter().map(reading::person).collect()
        })
        .await
    }

    async fn persons_by_external_id(&self, tenant: TenantId, id: &str) -> Result<Vec<Person>> {
        let id = id.to_owned();
        self.read(move |reading| {
            let rows: Vec<DirectoryColumns> = Query::new(
                "SELECT value, details, version FROM directory_user
             WHERE tenant = ?1 AND external_id = ?2 ORDER BY id",
            )
            .bind(column::id(tenant))
            .bind(column::searched(&id))
            .all(reading)?;
            rows.into_iter().map(reading::person).collect()
        })
        .await
    }

    async fn persons(&self, tenant: TenantId, query: &DirectoryQuery) -> Result<Vec<Person>> {
        let query = query.clone();
        self.read(move |reading| {
            let rows: Vec<DirectoryColumns> = users(tenant, &query).all(reading)?;
            rows.into_iter().map(reading::person).collect()
        })
        .await
    }

    async fn count_persons(&self, tenant: TenantId, user_type: Option<UserType>) -> Result<u64> {
        self.read(move |reading| {
            let mut sql = Query::new("SELECT COUNT(*) FROM directory_user WHERE tenant = ");
            sql.push_bind(column::id(tenant));
            if let Some(user_type) = user_type {
                sql.push(" AND guest = ")
                    .push_bind(user_type == UserType::Guest);
            }
            let count = sql;
            column::read_number(count.one(reading)?)
        })
        .await
    }

    async fn group_row(&self, tenant: TenantId, id: GroupId) -> Result<Option<GroupRow>> {
        self.read(move |reading| {
            let row: Option<DirectoryColumns> = Query::new(
                "SELECT value, details, version FROM directory_group WHERE tenant = ?1 AND id = ?2",
            )
            .bind(column::id(tenant))
            .bind(column::id(id))
            .optional(reading)?;
            row.map(reading::group_row).transpose()
        })
        .await
    }

    async fn group_rows_of(&self, tenant: TenantId, ids: &[GroupId]) -> Result<Vec<GroupRow>> {
        let ids: BTreeSet<GroupId> = ids.iter().copied().collect();
        self.read(move |reading| {
            let select =
                "SELECT value, details, version FROM directory_group WHERE tenant = ?1 AND id = ?2";
            let rows = listed(reading, select, tenant, &ids)?;
            rows.into_iter().map(reading::group_row).collect()
        })
        .await
    }

    async fn group_rows_by_external_id(&self, tenant: TenantId, id: &str) -> Result<Vec<GroupRow>> {
        let id = id.to_owned();
        self.read(move |reading| {
            let rows: Vec<DirectoryColumns> = Query::new(
                "SELECT value, details, version FROM directory_group
             WHERE tenant = ?1 AND external_id = ?2 ORDER BY id",
            )
            .bind(column::id(tenant))
            .bind(column::searched(&id))
            .all(reading)?;
            rows.into_iter().map(reading::group_row).collect()
        })
        .await
    }

    async fn group_rows(&self, tenant: TenantId, query: &DirectoryQuery) -> Result<Vec<GroupRow>> {
        let query = query.clone();
        self.read(move |reading| {
            let rows: Vec<DirectoryColumns> = groups(tenant, &query).all(reading)?;
            rows.into_iter().map(reading::group_row).collect()
        })
        .await
    }

    async fn count_groups(&self, tenant: TenantId) -> Result<u64> {
        self.read(move |reading| {
            let count: i64 = Query::new("SELECT COUNT(*) FROM directory_group WHERE tenant = ?1")
                .bind(column::id(tenant))
                .one(reading)?;
            column::read_number(count)
        })
        .await
    }

    async fn members(
        &self,
        tenant: TenantId,
        group: GroupId,
        after: Option<Member>,
        limit: u32,
    ) -> Result<Vec<Member>> {
        self.read(move |reading| {
            let rows: Vec<MemberColumns> = members(tenant, group, after, limit).all(reading)?;
            rows.into_iter().map(reading::member).collect()
        })
        .await
    }

    async fn password(&self, tenant: TenantId, user: UserId) -> Result<Option<Password>> {
        self.read(move |reading| {
            let value: Option<String> =
                Query::new("SELECT value FROM credential WHERE tenant = ?1 AND user_id = ?2")
                    .bind(column::id(tenant))
                    .bind(column::id(user))
                    .optional(reading)?;
            let read = |value: String| text::read::<PasswordText, _>("a password", &value);
            value.map(read).transpose()
        })
        .await
    }

    async fn write_directory(&self, change: &DirectoryChange) -> Result<Sequence> {
        let change = change.clone();
        self.write_and_ring(move |writing| carry_out(writing, &change))
            .await
    }
}
