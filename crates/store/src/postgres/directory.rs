//! Directories as their administrators see them.

use async_trait::async_trait;
use policy::target::{GroupId, UserId};
use policy::tenant::TenantId;
use policy::world::UserType;
use sqlx::QueryBuilder;
use sqlx::postgres::PgConnection;

use super::people::{GROUP, USER, moved, write_groups, write_users};
use super::programs::{put_application, put_service_principal};
use super::{Postgres, audit, deleted_users, moves, next_sequence, notify};
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

/// How many rows one statement looks for.
const ROWS: usize = 100;

/// Whether what the change relies on is still as it was read. All tenants are locked, in the order
/// in which everybody locks them.
async fn check(writing: &mut PgConnection, change: &DirectoryChange) -> Result<()> {
    let mut tenants: Vec<TenantId> = change.checks.keys().copied().collect();
    tenants.push(change.tenant);
    tenants.sort_unstable();
    tenants.dedup();
    for id in tenants {
        let row: Option<(i64, i64)> =
            sqlx::query_as("SELECT revision, people FROM tenant WHERE id = $1 FOR NO KEY UPDATE")
                .bind(column::id(id))
                .fetch_optional(&mut *writing)
                .await?;
        let (revision, people) = row.ok_or(Error::NotFound(Subject::Tenant(id)))?;
        if let Some(check) = change.checks.get(&id) {
            check.against(id, revision, people)?;
        }
    }
    Ok(())
}

pub(super) async fn carry_out(
    writing: &mut PgConnection,
    change: &DirectoryChange,
) -> Result<Sequence> {
    check(writing, change).await?;
    for act in &change.acts {
        one(writing, change.tenant, act).await?;
    }
    let sequence = match change.concerns_people() {
        true => moved(writing, change.tenant).await?,
        false => {
            let sequence = next_sequence(writing).await?;
            notify(writing, sequence).await?;
            Sequence(column::read_number(sequence)?)
        }
    };
    audit::append(writing, column::number(sequence.0), &change.audit).await?;
    Ok(sequence)
}

async fn one(writing: &mut PgConnection, tenant: TenantId, act: &DirectoryAct) -> Result<()> {
    match act {
        DirectoryAct::PutUser {
            user,
            details,
            expected,
        } => {
            let write = UserWrite::put(user)?;
            user_is_as_expected(writing, tenant, &write, *expected).await?;
            write_users(writing, tenant, std::slice::from_ref(&write)).await?;
            put_user_details(writing, (tenant, user.id), details).await
        }
        DirectoryAct::DropUser { id, expected } => {
            let statement = "SELECT version FROM directory_user WHERE tenant = $1 AND id = $2";
            let found = version(writing, statement, tenant, *id).await?;
            expect(Subject::User(*id), Some(*expected), found)?;
            write_users(writing, tenant, &[UserWrite::drop(*id)]).await
        }
        DirectoryAct::RetireUser { id, expected, when } => {
            let statement = "SELECT version FROM directory_user WHERE tenant = $1 AND id = $2";
            let found = version(writing, statement, tenant, *id).await?;
            expect(Subject::User(*id), Some(*expected), found)?;
            deleted_users::keep(writing, tenant, *id, *when).await?;
            write_users(writing, tenant, &[UserWrite::drop(*id)]).await
        }
        DirectoryAct::ForgetUser { id } => deleted_users::forget(writing, tenant, *id).await,
        DirectoryAct::PutGroup {
            group,
            details,
            expected,
        } => {
            let statement = "SELECT version FROM directory_group WHERE tenant = $1 AND id = $2";
            let found = version(writing, statement, tenant, group.id).await?;
            expect(Subject::Group(group.id), *expected, found)?;
            write_groups(writing, tenant, &[GroupWrite::put(group)?]).await?;
            put_group_details(writing, (tenant, group.id), details).await
        }
        DirectoryAct::DropGroup { id, expected } => {
            drop_group(writing, tenant, *id, *expected).await
        }
        DirectoryAct::SetPassword { user, password } => {
            set_password(writing, tenant, *user, password).await
        }
        DirectoryAct::PutApplication { row, expected } => {
            put_application(writing, tenant, row, *expected).await
        }
        DirectoryAct::DropApplication { id, expected } => {
            let statement = "SELECT version FROM application WHERE tenant = $1 AND id = $2";
            let found = version(writing, statement, tenant, *id).await?;
            expect(Subject::Application(*id), Some(*expected), found)?;
            let statement = "DELETE FROM application WHERE tenant = $1 AND id = $2";
            delete(writing, statement, tenant, *id).await
        }
        DirectoryAct::PutServicePrincipal { object, expected } => {
            put_service_principal(writing, tenant, object, *expected).await
        }
        DirectoryAct::DropServicePrincipal { id, expected } => {
            let statement = "SELECT version FROM service_principal WHERE tenant = $1 AND id = $2";
            let found = version(writing, statement, tenant, *id).await?;
            expect(Subject::ServicePrincipal(*id), Some(*expected), found)?;
            let statement = "DELETE FROM service_principal WHERE tenant = $1 AND id = $2";
            delete(writing, statement, tenant, *id).await
        }
    }
}

pub(super) async fn version(
    writing: &mut PgConnection,
    statement: &'static str,
    tenant: TenantId,
    id: impl Identifier,
) -> Result<Option<i64>> {
    let found = sqlx::query_scalar(statement)
        .bind(column::id(tenant))
        .bind(column::id(id));
    Ok(found.fetch_optional(writing).await?)
}

async fn delete(
    writing: &mut PgConnection,
    statement: &'static str,
    tenant: TenantId,
    id: impl Identifier,
) -> Result<()> {
    sqlx::query(statement)
        .bind(column::id(tenant))
        .bind(column::id(id))
        .execute(writing)
        .await?;
    Ok(())
}

async fn put_user_details(
    writing: &mut PgConnection,
    (tenant, id): (TenantId, UserId),
    details: &UserDetails,
) -> Result<()> {
    let external_id = details.external_id.as_deref();
    external_id.map_or(Ok(""), |id| column::word("an external id", id))?;
    let revoked = details.sessions_revoked;
    let revoked = revoked.map(|at| column::moment("the end of a session", at));
    sqlx::query(
        "UPDATE directory_user SET details = $3, external_id = $4, revoked = $5
         WHERE tenant = $1 AND id = $2",
    )
    .bind(column::id(tenant))
    .bind(column::id(id))
    .bind(text::write::<UserDetailsText, _>(details)?)
    .bind(external_id)
    .bind(revoked.transpose()?)
    .execute(writing)
    .await?;
    Ok(())
}

async fn put_group_details(
    writing: &mut PgConnection,
    (tenant, id): (TenantId, GroupId),
    details: &GroupDetails,
) -> Result<()> {
    let external_id = details.external_id.as_deref();
    external_id.map_or(Ok(""), |id| column::word("an external id", id))?;
    sqlx::query(
        "UPDATE directory_group SET details = $3, external_id = $4
         WHERE tenant = $1 AND id = $2",
    )
    .bind(column::id(tenant))
    .bind(column::id(id))
    .bind(text::write::<GroupDetailsText, _>(details)?)
    .bind(external_id)
    .execute(writing)
    .await?;
    Ok(())
}

/// A name that was somebody else's already, before anybody looked, may stay; a new one may not
/// become one.
async fn user_is_as_expected(
    writing: &mut PgConnection,
    tenant: TenantId,
    write: &UserWrite,
    expected: Option<Revision>,
) -> Result<()> {
    let found: Option<(i64, String)> =
        sqlx::query_as("SELECT version, name FROM directory_user WHERE tenant = $1 AND id = $2")
            .bind(column::id(tenant))
            .bind(column::id(write.id))
            .fetch_optional(&mut *writing)
            .await?;
    let version = found.as_ref().map(|(version, _)| *version);
    expect(Subject::User(write.id), expected, version)?;
    let Some(row) = &write.row else {
        return Ok(());
    };
    if found.is_some_and(|(_, name)| name == row.name) {
        return Ok(());
    }
    let other: Option<i64> = sqlx::query_scalar(
        "SELECT version FROM directory_user WHERE tenant = $1 AND name = $2 AND id <> $3 LIMIT 1",
    )
    .bind(column::id(tenant))
    .bind(&row.name)
    .bind(column::id(write.id))
    .fetch_optional(writing)
    .await?;
    match other {
        None => Ok(()),
        Some(_) => Err(Error::Taken(Subject::Address(row.name.clone()))),
    }
}

/// A group goes, and with it what its members say about it.
async fn drop_group(
    writing: &mut PgConnection,
    tenant: TenantId,
    id: GroupId,
    expected: Revision,
) -> Result<()> {
    let statement = "SELECT version FROM directory_group WHERE tenant = $1 AND id = $2";
    let found = version(writing, statement, tenant, id).await?;
    expect(Subject::Group(id), Some(expected), found)?;
    loop {
        let values: Vec<String> = sqlx::query_scalar(
            "SELECT value FROM membership JOIN directory_user AS u
                 ON u.tenant = membership.tenant AND u.id = membership.member
             WHERE membership.tenant = $1 AND parent = $2 AND kind = 0 LIMIT 500",
        )
        .bind(column::id(tenant))
        .bind(column::id(id))
        .fetch_all(&mut *writing)
        .await?;
        if values.is_empty() {
            break;
        }
        let users = reading::without_group(values, id)?;
        write_users(writing, tenant, &users).await?;
    }
    let values: Vec<String> = sqlx::query_scalar(
        "SELECT value FROM membership JOIN directory_group AS g
             ON g.tenant = membership.tenant AND g.id = membership.member
         WHERE membership.tenant = $1 AND parent = $2 AND kind = 1",
    )
    .bind(column::id(tenant))
    .bind(column::id(id))
    .fetch_all(&mut *writing)
    .await?;
    let groups = reading::without_parent(values, id)?;
    write_groups(writing, tenant, &groups).await?;
    for statement in [
        "DELETE FROM membership WHERE tenant = $1 AND parent = $2",
        "DELETE FROM membership WHERE tenant = $1 AND kind = 1 AND member = $2",
        "DELETE FROM directory_group WHERE tenant = $1 AND id = $2",
    ] {
        delete(writing, statement, tenant, id).await?;
    }
    let group = std::iter::once(column::id(id));
    moves::note(writing, &column::id(tenant), GROUP, group).await?;
    Ok(())
}

async fn set_password(
    writing: &mut PgConnection,
    tenant: TenantId,
    user: UserId,
    password: &Password,
) -> Result<()> {
    let statement = "SELECT version FROM directory_user WHERE tenant = $1 AND id = $2";
    if version(writing, statement, tenant, user).await?.is_none() {
        return Err(Error::NotFound(Subject::User(user)));
    }
    sqlx::query(
        "INSERT INTO credential (tenant, user_id, value) VALUES ($1, $2, $3)
         ON CONFLICT (tenant, user_id) DO UPDATE SET value = excluded.value",
    )
    .bind(column::id(tenant))
    .bind(column::id(user))
    .bind(text::write::<PasswordText, _>(password)?)
    .execute(writing)
    .await?;
    Ok(())
}

/// The rest of a statement that reads a page: where it begins, its order, its length.
fn page(sql: &mut QueryBuilder<sqlx::Postgres>, query: &DirectoryQuery, key: Option<&'static str>) {
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

fn users(tenant: TenantId, query: &DirectoryQuery) -> QueryBuilder<sqlx::Postgres> {
    let mut sql =
        QueryBuilder::new("SELECT value, details, version FROM directory_user WHERE tenant = ");
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

fn groups(tenant: TenantId, query: &DirectoryQuery) -> QueryBuilder<sqlx::Postgres> {
    let mut sql =
        QueryBuilder::new("SELECT value, details, version FROM directory_group WHERE tenant = ");
    sql.push_bind(column::id(tenant));
    let key = match query.order {
        DirectoryOrder::Id | DirectoryOrder::UserPrincipalName => None,
        DirectoryOrder::DisplayName => Some("display"),
    };
    page(&mut sql, query, key);
    sql
}

/// Looks for several objects of a table by their ids.
fn listed(
    select: &'static str,
    tenant: TenantId,
    ids: &[impl Identifier],
) -> QueryBuilder<sqlx::Postgres> {
    let mut sql = QueryBuilder::new(select);
    sql.push_bind(column::id(tenant)).push(" AND id IN (");
    let mut list = sql.separated(", ");
    for id in ids {
        list.push_bind(column::id(*id));
    }
    sql.push(") ORDER BY id");
    sql
}

/// Passes over what is not a group of this tenant.
fn members(
    tenant: TenantId,
    group: GroupId,
    after: Option<Member>,
    limit: u32,
) -> QueryBuilder<sqlx::Postgres> {
    let mut sql = QueryBuilder::new("SELECT kind, member FROM membership WHERE tenant = ");
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
impl Directories for Postgres {
    async fn person(&self, tenant: TenantId, id: UserId) -> Result<Option<Person>> {
        let mut reading = self.read().await?;
        let row: Option<DirectoryColumns> = sqlx::query_as(
            "SELECT value, details, version FROM directory_user WHERE tenant = $1 AND id = $2",
        )
        .bind(column::id(tenant))
        .bind(column::id(id))
        .fetch_optional(&mut *reading)
        .await?;
        row.map(reading::person).transpose()
    }

    async fn persons_of(&self, tenant: TenantId, ids: &[UserId]) -> Result<Vec<Person>> {
        let mut reading = self.read().await?;
        let mut found = Vec::new();
        for ids in ids.chunks(ROWS) {
            let select = "SELECT value, details, version FROM directory_user WHERE tenant = ";
            let mut sql = listed(select, tenant, ids);
            let rows = sql.build_query_as::<DirectoryColumns>();
            found.extend(rows.fetch_all(&mut *reading).await?);
        }
        let found = found.into_iter().map(reading::person);
        let mut found: Vec<Person> = found.collect::<Result<_>>()?;
        found.sort_by_key(|person| person.user.id);
        Ok(found)
    }

    async fn persons_by_address(&self, tenant: TenantId, address: &str) -> Result<Vec<Person>> {
        let mut reading = self.read().await?;
        let rows: Vec<DirectoryColumns> = sqlx::query_as(
            "SELECT value, details, version FROM directory_user
             WHERE tenant = $1 AND (name = $2 OR mail = $2) ORDER BY id",
        )
        .bind(column::id(tenant))
        .bind(column::searched(&address.to_lowercase()))
        .fetch_all(&mut *reading)
        .await?;
        rows.into_iter().map(reading::person).collect()
    }

    async fn persons_by_external_id(&self, tenant: TenantId, id: &str) -> Result<Vec<Person>> {
        let mut reading = self.read().await?;
        let rows: Vec<DirectoryColumns> = sqlx::query_as(
            "SELECT value, details, version FROM directory_user
             WHERE tenant = $1 AND external_id = $2 ORDER BY id",
        )
        .bind(column::id(tenant))
        .bind(column::searched(id))
        .fetch_all(&mut *reading)
        .await?;
        rows.into_iter().map(reading::person).collect()
    }

    async fn persons(&self, tenant: TenantId, query: &DirectoryQuery) -> Result<Vec<Person>> {
        let mut reading = self.read().await?;
        let mut sql = users(tenant, query);
        let rows = sql.build_query_as::<DirectoryColumns>();
        let rows = rows.fetch_all(&mut *reading).await?;
        rows.into_iter().map(reading::person).collect()
    }

    async fn count_persons(&self, tenant: TenantId, user_type: Option<UserType>) -> Result<u64> {
        let mut reading = self.read().await?;
        let mut sql = QueryBuilder::<sqlx::Postgres>::new(
            "SELECT COUNT(*) FROM directory_user WHERE tenant = ",
        );
        sql.push_bind(column::id(tenant));
        if let Some(user_type) = user_type {
            sql.push(" AND guest = ")
                .push_bind(user_type == UserType::Guest);
        }
        let count = sql.build_query_scalar::<i64>();
        column::read_number(count.fetch_one(&mut *reading).await?)
    }

    async fn group_row(&self, tenant: TenantId, id: GroupId) -> Result<Option<GroupRow>> {
        let mut reading = self.read().await?;
        let row: Option<DirectoryColumns> = sqlx::query_as(
            "SELECT value, details, version FROM directory_group WHERE tenant = $1 AND id = $2",
        )
        .bind(column::id(tenant))
        .bind(column::id(id))
        .fetch_optional(&mut *reading)
        .await?;
        row.map(reading::group_row).transpose()
    }

    async fn group_rows_of(&self, tenant: TenantId, ids: &[GroupId]) -> Result<Vec<GroupRow>> {
        let mut reading = self.read().await?;
        let mut found = Vec::new();
        for ids in ids.chunks(ROWS) {
            let select = "SELECT value, details, version FROM directory_group WHERE tenant = ";
            let mut sql = listed(select, tenant, ids);
            let rows = sql.build_query_as::<DirectoryColumns>();
            found.extend(rows.fetch_all(&mut *reading).await?);
        }
        let found = found.into_iter().map(reading::group_row);
        let mut found: Vec<GroupRow> = found.collect::<Result<_>>()?;
        found.sort_by_key(|row| row.group.id);
        Ok(found)
    }

    async fn group_rows_by_external_id(&self, tenant: TenantId, id: &str) -> Result<Vec<GroupRow>> {
        let mut reading = self.read().await?;
        let rows: Vec<DirectoryColumns> = sqlx::query_as(
            "SELECT value, details, version FROM directory_group
             WHERE tenant = $1 AND external_id = $2 ORDER BY id",
        )
        .bind(column::id(tenant))
        .bind(column::searched(id))
        .fetch_all(&mut *reading)
        .await?;
        rows.into_iter().map(reading::group_row).collect()
    }

    async fn group_rows(&self, tenant: TenantId, query: &DirectoryQuery) -> Result<Vec<GroupRow>> {
        let mut reading = self.read().await?;
        let mut sql = groups(tenant, query);
        let rows = sql.build_query_as::<DirectoryColumns>();
        let rows = rows.fetch_all(&mut *reading).await?;
        rows.into_iter().map(reading::group_row).collect()
    }

    async fn count_groups(&self, tenant: TenantId) -> Result<u64> {
        let mut reading = self.read().await?;
        let count: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM directory_group WHERE tenant = $1")
                .bind(column::id(tenant))
                .fetch_one(&mut *reading)
                .await?;
        column::read_number(count)
    }

    async fn members(
        &self,
        tenant: TenantId,
        group: GroupId,
        after: Option<Member>,
        limit: u32,
    ) -> Result<Vec<Member>> {
        let mut reading = self.read().await?;
        let mut sql = members(tenant, group, after, limit);
        let rows = sql.build_query_as::<MemberColumns>();
        let rows = rows.fetch_all(&mut *reading).await?;
        rows.into_iter().map(reading::member).collect()
    }

    async fn password(&self, tenant: TenantId, user: UserId) -> Result<Option<Password>> {
        let mut reading = self.read().await?;
        let value: Option<String> =
            sqlx::query_scalar("SELECT value FROM credential WHERE tenant = $1 AND user_id = $2")
                .bind(column::id(tenant))
                .bind(column::id(user))
                .fetch_optional(&mut *reading)
                .await?;
        let read = |value: String| text::read::<PasswordText, _>("a password", &value);
        value.map(read).transpose()
    }

    async fn write_directory(&self, change: &DirectoryChange) -> Result<Sequence> {
        let mut writing = self.write().await?;
        let result = carry_out(&mut writing, change).await;
        writing.end(result).await
    }
}
