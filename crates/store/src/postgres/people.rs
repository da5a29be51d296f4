//! Directories.

use async_trait::async_trait;
use policy::target::{ApplicationId, GroupId, UserId};
use policy::tenant::TenantId;
use policy::world::User;
use sqlx::QueryBuilder;
use sqlx::postgres::PgConnection;

use super::{Postgres, moves, next_sequence, notify};
use crate::column;
use crate::error::{Error, Result, Subject};
use crate::failure::missing;
use crate::people::{Application, Group, People};
use crate::revision::Sequence;
use crate::text;
use crate::text::people::{ApplicationText, GroupText, UserText};
use crate::writing::{GroupWrite, UserWrite};

/// How many rows one statement writes.
const ROWS: usize = 100;

/// Writes users as part of a write.
pub(super) async fn write_users(
    writing: &mut PgConnection,
    tenant: TenantId,
    users: &[UserWrite],
) -> Result<()> {
    let tenant = column::id(tenant);
    if users.len() > ROWS {
        plan_each(writing).await?;
    }
    for gone in users.iter().filter(|user| user.row.is_none()) {
        sqlx::query("DELETE FROM directory_user WHERE tenant = $1 AND id = $2")
            .bind(&tenant)
            .bind(column::id(gone.id))
            .execute(&mut *writing)
            .await?;
        forget(writing, &tenant, &column::id(gone.id)).await?;
        moves::note(writing, &tenant, USER, std::iter::once(column::id(gone.id))).await?;
    }
    let put = users
        .iter()
        .filter_map(|user| Some((user.id, user.row.as_ref()?)));
    for rows in put.collect::<Vec<_>>().chunks(ROWS) {
        let mut sql = QueryBuilder::<sqlx::Postgres>::new(
            "INSERT INTO directory_user
                 (tenant, id, name, display, guest, mail, home_tenant, home_user, value) ",
        );
        sql.push_values(rows, |mut values, (id, row)| {
            values
                .push_bind(tenant.clone())
                .push_bind(column::id(*id))
                .push_bind(row.name.clone())
                .push_bind(row.display.clone())
                .push_bind(row.guest)
                .push_bind(row.mail.clone())
                .push_bind(row.home_tenant.clone())
                .push_bind(row.home_user.clone())
                .push_bind(row.value.clone());
        });
        sql.push(
            " ON CONFLICT (tenant, id) DO UPDATE SET
                  name = excluded.name, display = excluded.display, guest = excluded.guest,
                  mail = excluded.mail, home_tenant = excluded.home_tenant,
                  home_user = excluded.home_user, value = excluded.value,
                  version = directory_user.version + 1",
        );
        sql.build().execute(&mut *writing).await?;
        let ids = rows.iter().map(|(id, _)| column::id(*id));
        moves::note(writing, &tenant, USER, ids).await?;
        let members = rows.iter().map(|(id, row)| (column::id(*id), &*row.groups));
        memberships(writing, &tenant, USER, members.collect()).await?;
    }
    Ok(())
}

/// Has each statement planned for the tables as they are by then, until the end of the transaction: a
/// plan made while they were empty reads them whole, each time.
async fn plan_each(writing: &mut PgConnection) -> Result<()> {
    let sql = "SET LOCAL plan_cache_mode = force_custom_plan";
    sqlx::query(sql).execute(writing).await?;
    Ok(())
}

/// Writes groups as part of a write.
pub(super) async fn write_groups(
    writing: &mut PgConnection,
    tenant: TenantId,
    groups: &[GroupWrite],
) -> Result<()> {
    let tenant = column::id(tenant);
    if groups.len() > ROWS {
        plan_each(writing).await?;
    }
    for rows in groups.chunks(ROWS) {
        let mut sql = QueryBuilder::<sqlx::Postgres>::new(
            "INSERT INTO directory_group (tenant, id, display, value) ",
        );
        sql.push_values(rows, |mut values, group| {
            values
                .push_bind(tenant.clone())
                .push_bind(column::id(group.id))
                .push_bind(group.display.clone())
                .push_bind(group.value.clone());
        });
        sql.push(
            " ON CONFLICT (tenant, id) DO UPDATE SET
                  display = excluded.display, value = excluded.value,
                  version = directory_group.version + 1",
        );
        sql.build().execute(&mut *writing).await?;
        let ids = rows.iter().map(|group| column::id(group.id));
        moves::note(writing, &tenant, GROUP, ids).await?;
        let members = rows
            .iter()
            .map(|group| (column::id(group.id), &*group.parents));
        memberships(writing, &tenant, GROUP, members.collect()).await?;
    }
    Ok(())
}

/// What kind of member a row of `membership` is about.
pub(super) const USER: i16 = 0;
pub(super) const GROUP: i16 = 1;

/// Writes of which groups these are members, in the place of what was written before.
async fn memberships(
    writing: &mut PgConnection,
    tenant: &[u8],
    kind: i16,
    members: Vec<(Vec<u8>, &[Vec<u8>])>,
) -> Result<()> {
    let mut sql = QueryBuilder::<sqlx::Postgres>::new("DELETE FROM membership WHERE tenant = ");
    sql.push_bind(tenant.to_vec());
    sql.push(" AND kind = ").push_bind(kind);
    sql.push(" AND member IN (");
    let mut list = sql.separated(", ");
    for (member, _) in &members {
        list.push_bind(member.clone());
    }
    sql.push(")");
    sql.build().execute(&mut *writing).await?;
    let rows = members
        .iter()
        .flat_map(|(member, parents)| parents.iter().map(move |parent| (member, parent)));
    for rows in rows.collect::<Vec<_>>().chunks(ROWS) {
        let mut sql = QueryBuilder::<sqlx::Postgres>::new(
            "INSERT INTO membership (tenant, parent, kind, member) ",
        );
        sql.push_values(rows, |mut values, (member, parent)| {
            values
                .push_bind(tenant.to_vec())
                .push_bind(parent.to_vec())
                .push_bind(kind)
                .push_bind(member.to_vec());
        });
        sql.build().execute(&mut *writing).await?;
    }
    Ok(())
}

/// Drops what is kept about a user beside the object.
async fn forget(writing: &mut PgConnection, tenant: &[u8], user: &[u8]) -> Result<()> {
    for statement in [
        "DELETE FROM membership WHERE tenant = $1 AND kind = 0 AND member = $2",
        "DELETE FROM credential WHERE tenant = $1 AND user_id = $2",
        "DELETE FROM account_record WHERE tenant = $1 AND user_id = $2",
    ] {
        sqlx::query(statement)
            .bind(tenant)
            .bind(user)
            .execute(&mut *writing)
            .await?;
    }
    Ok(())
}

/// Makes sure that nobody else writes to the tenant; everybody locks it before the counter.
async fn lock(writing: &mut PgConnection, tenant: TenantId) -> Result<()> {
    let found = sqlx::query("SELECT FROM tenant WHERE id = $1 FOR NO KEY UPDATE")
        .bind(column::id(tenant))
        .fetch_optional(writing)
        .await?;
    match found {
        None => Err(Error::NotFound(Subject::Tenant(tenant))),
        Some(_) => Ok(()),
    }
}

/// Notes that the people of a tenant have changed; its directory is known from now on.
pub(super) async fn moved(writing: &mut PgConnection, tenant: TenantId) -> Result<Sequence> {
    let sequence = next_sequence(writing).await?;
    sqlx::query("UPDATE tenant SET directory_known = true, people = $2, moved = $2 WHERE id = $1")
        .bind(column::id(tenant))
        .bind(sequence)
        .execute(&mut *writing)
        .await?;
    moves::number(writing, tenant, sequence).await?;
    notify(writing, sequence).await?;
    column::read_number(sequence).map(Sequence)
}

async fn put_users(
    writing: &mut PgConnection,
    tenant: TenantId,
    users: &[UserWrite],
) -> Result<Sequence> {
    lock(writing, tenant).await?;
    write_users(writing, tenant, users).await?;
    moved(writing, tenant).await
}

async fn put_groups(
    writing: &mut PgConnection,
    tenant: TenantId,
    groups: &[GroupWrite],
) -> Result<Sequence> {
    lock(writing, tenant).await?;
    write_groups(writing, tenant, groups).await?;
    moved(writing, tenant).await
}

async fn delete_user(writing: &mut PgConnection, tenant: TenantId, id: UserId) -> Result<Sequence> {
    lock(writing, tenant).await?;
    let gone = sqlx::query("DELETE FROM directory_user WHERE tenant = $1 AND id = $2")
        .bind(column::id(tenant))
        .bind(column::id(id))
        .execute(&mut *writing)
        .await?;
    match gone.rows_affected() {
        0 => Err(Error::NotFound(Subject::User(id))),
        _ => {
            let (owner, user) = (column::id(tenant), column::id(id));
            forget(writing, &owner, &user).await?;
            moves::note(writing, &owner, USER, std::iter::once(user)).await?;
            moved(writing, tenant).await
        }
    }
}

async fn delete_group(
    writing: &mut PgConnection,
    tenant: TenantId,
    id: GroupId,
) -> Result<Sequence> {
    lock(writing, tenant).await?;
    let gone = sqlx::query("DELETE FROM directory_group WHERE tenant = $1 AND id = $2")
        .bind(column::id(tenant))
        .bind(column::id(id))
        .execute(&mut *writing)
        .await?;
    if gone.rows_affected() == 0 {
        return Err(Error::NotFound(Subject::Group(id)));
    }
    let (owner, group) = (column::id(tenant), column::id(id));
    sqlx::query("DELETE FROM membership WHERE tenant = $1 AND kind = 1 AND member = $2")
        .bind(&owner)
        .bind(&group)
        .execute(&mut *writing)
        .await?;
    moves::note(writing, &owner, GROUP, std::iter::once(group)).await?;
    moved(writing, tenant).await
}

async fn put_application(writing: &mut PgConnection, application: &Application) -> Result<()> {
    let value = text::write::<ApplicationText, _>(application)?;
    let put = sqlx::query(
        "INSERT INTO application (id, tenant, value) VALUES ($1, $2, $3)
         ON CONFLICT (id) DO UPDATE SET value = excluded.value, version = application.version + 1
         WHERE application.tenant = excluded.tenant",
    )
    .bind(column::id(application.id))
    .bind(column::id(application.tenant))
    .bind(value)
    .execute(writing)
    .await
    .map_err(missing(|| Subject::Tenant(application.tenant)))?;
    match put.rows_affected() {
        0 => Err(Error::Taken(Subject::Application(application.id))),
        _ => Ok(()),
    }
}

async fn delete_application(
    writing: &mut PgConnection,
    tenant: TenantId,
    id: ApplicationId,
) -> Result<()> {
    let gone = sqlx::query("DELETE FROM application WHERE tenant = $1 AND id = $2")
        .bind(column::id(tenant))
        .bind(column::id(id))
        .execute(writing)
        .await?;
    match gone.rows_affected() {
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
impl People for Postgres {
    async fn put_users(&self, tenant: TenantId, users: &[User]) -> Result<Sequence> {
        let users = UserWrite::all(users)?;
        let mut writing = self.write().await?;
        let result = put_users(&mut writing, tenant, &users).await;
        writing.end(result).await
    }

    async fn delete_user(&self, tenant: TenantId, id: UserId) -> Result<Sequence> {
        let mut writing = self.write().await?;
        let result = delete_user(&mut writing, tenant, id).await;
        writing.end(result).await
    }

    async fn user(&self, tenant: TenantId, id: UserId) -> Result<Option<User>> {
        let mut reading = self.read().await?;
        let value: Option<String> =
            sqlx::query_scalar("SELECT value FROM directory_user WHERE tenant = $1 AND id = $2")
                .bind(column::id(tenant))
                .bind(column::id(id))
                .fetch_optional(&mut *reading)
                .await?;
        value.map(user).transpose()
    }

    async fn users_by_address(&self, tenant: TenantId, address: &str) -> Result<Vec<User>> {
        let mut reading = self.read().await?;
        let values: Vec<String> = sqlx::query_scalar(
            "SELECT value FROM directory_user WHERE tenant = $1 AND (name = $2 OR mail = $2)
             ORDER BY id",
        )
        .bind(column::id(tenant))
        .bind(column::searched(&address.to_lowercase()))
        .fetch_all(&mut *reading)
        .await?;
        values.into_iter().map(user).collect()
    }

    async fn users_for(
        &self,
        tenant: TenantId,
        home_tenant: TenantId,
        home_user: UserId,
    ) -> Result<Vec<User>> {
        let mut reading = self.read().await?;
        let values: Vec<String> = sqlx::query_scalar(
            "SELECT value FROM directory_user
             WHERE tenant = $1 AND home_tenant = $2 AND home_user = $3 ORDER BY id",
        )
        .bind(column::id(tenant))
        .bind(column::id(home_tenant))
        .bind(column::id(home_user))
        .fetch_all(&mut *reading)
        .await?;
        values.into_iter().map(user).collect()
    }

    async fn users(
        &self,
        tenant: TenantId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<User>> {
        let mut reading = self.read().await?;
        let values: Vec<String> = sqlx::query_scalar(
            "SELECT value FROM directory_user WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3",
        )
        .bind(column::id(tenant))
        .bind(column::optional_id(after))
        .bind(column::limit(limit))
        .fetch_all(&mut *reading)
        .await?;
        values.into_iter().map(user).collect()
    }

    async fn put_groups(&self, tenant: TenantId, groups: &[Group]) -> Result<Sequence> {
        let groups = GroupWrite::all(groups)?;
        let mut writing = self.write().await?;
        let result = put_groups(&mut writing, tenant, &groups).await;
        writing.end(result).await
    }

    async fn delete_group(&self, tenant: TenantId, id: GroupId) -> Result<Sequence> {
        let mut writing = self.write().await?;
        let result = delete_group(&mut writing, tenant, id).await;
        writing.end(result).await
    }

    async fn group(&self, tenant: TenantId, id: GroupId) -> Result<Option<Group>> {
        let mut reading = self.read().await?;
        let value: Option<String> =
            sqlx::query_scalar("SELECT value FROM directory_group WHERE tenant = $1 AND id = $2")
                .bind(column::id(tenant))
                .bind(column::id(id))
                .fetch_optional(&mut *reading)
                .await?;
        value.map(group).transpose()
    }

    async fn groups(
        &self,
        tenant: TenantId,
        after: Option<GroupId>,
        limit: u32,
    ) -> Result<Vec<Group>> {
        let mut reading = self.read().await?;
        let values: Vec<String> = sqlx::query_scalar(
            "SELECT value FROM directory_group WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3",
        )
        .bind(column::id(tenant))
        .bind(column::optional_id(after))
        .bind(column::limit(limit))
        .fetch_all(&mut *reading)
        .await?;
        values.into_iter().map(group).collect()
    }

    async fn put_application(&self, application: &Application) -> Result<()> {
        let mut writing = self.write().await?;
        let result = put_application(&mut writing, application).await;
        writing.end(result).await
    }

    async fn delete_application(&self, tenant: TenantId, id: ApplicationId) -> Result<()> {
        let mut writing = self.write().await?;
        let result = delete_application(&mut writing, tenant, id).await;
        writing.end(result).await
    }

    async fn application(&self, id: ApplicationId) -> Result<Option<Application>> {
        let mut reading = self.read().await?;
        let value: Option<String> =
            sqlx::query_scalar("SELECT value FROM application WHERE id = $1")
                .bind(column::id(id))
                .fetch_optional(&mut *reading)
                .await?;
        value.map(application).transpose()
    }

    async fn applications(
        &self,
        tenant: TenantId,
        after: Option<ApplicationId>,
        limit: u32,
    ) -> Result<Vec<Application>> {
        let mut reading = self.read().await?;
        let values: Vec<String> = sqlx::query_scalar(
            "SELECT value FROM application WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3",
        )
        .bind(column::id(tenant))
        .bind(column::optional_id(after))
        .bind(column::limit(limit))
        .fetch_all(&mut *reading)
        .await?;
        values.into_iter().map(application).collect()
    }
}
