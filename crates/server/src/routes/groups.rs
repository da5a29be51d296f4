//! `/groups`: the groups of the caller's tenant, and who is in them.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use graph::group::{OBJECTS, SHAPE};
use graph::query::Query;
use graph::user::reference;
use policy::target::GroupId;
use serde_json::Value;
use store::{DirectoryOrder, DirectoryQuery, GroupRow, Member};

use super::users::{place, precondition, written};
use crate::access::directory::{
    ADD_MEMBER, CREATE_GROUP, DELETE_GROUP, GET_GROUP, LIST_GROUPS, LIST_MEMBERS, LIST_OWNERS,
    LIST_PARENTS, LIST_TRANSITIVE_MEMBERS, REMOVE_MEMBER, Reach, UPDATE_GROUP,
};
use crate::administration::IfMatch;
use crate::body;
use crate::context::Context;
use crate::error::Result;
use crate::odata::{self, Address, Json, Row, Source};
use crate::people::group::{render, user_ids};
use crate::people::membership::{group_object, user_object};
use crate::people::user::own_domain;
use crate::people::{Desk, unreadable};
use crate::principal::Principal;
use crate::state::App;

const PLACE: &str = "groups";
const DIRECTORY_OBJECTS: &str = "directoryObjects";

pub(crate) async fn list_groups(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
) -> Result<Response> {
    principal.may(&app, &LIST_GROUPS).await?;
    Reach::of(&app, &principal).await?.may_list()?;
    let query = address.query(&SHAPE)?;
    let desk = Desk::of(&app, &principal, &context);
    odata::scan(&address, PLACE, &query, &Groups::of(&desk, &query)).await
}

pub(crate) async fn count_groups(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
) -> Result<Response> {
    principal.may(&app, &LIST_GROUPS).await?;
    Reach::of(&app, &principal).await?.may_list()?;
    let query = address.query_of_count(&SHAPE)?;
    let desk = Desk::of(&app, &principal, &context);
    odata::scan_count(&query, &Groups::of(&desk, &query)).await
}

pub(crate) async fn get_group(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
    Path(id): Path<String>,
) -> Result<Response> {
    principal.may(&app, &GET_GROUP).await?;
    let reach = Reach::of(&app, &principal).await?;
    reach.may_see_others()?;
    let query = address.query_of_one(&SHAPE)?;
    let row = Desk::of(&app, &principal, &context).find_group(&id).await?;
    reach.may_see_group(&row)?;
    let tag = Some(row.version);
    Ok(odata::entity(
        &address,
        200,
        PLACE,
        &query,
        render(&row),
        tag,
    ))
}

pub(crate) async fn create_group(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal.may(&app, &CREATE_GROUP).await?;
    // Before anything is done: a refusal leaves nothing behind.
    let query = address.query_of_one(&SHAPE)?;
    let value = written(&app, &headers, body).await?;
    let draft = graph::group::read(&value).map_err(unreadable)?;
    for (name, said) in [
        ("mailEnabled", draft.mail_enabled.is_some()),
        ("mailNickname", draft.mail_nickname.value().is_some()),
        ("securityEnabled", draft.security_enabled.is_some()),
    ] {
        if !said {
            let message = format!("A value is required for property '{name}' of resource 'Group'.");
            return Err(crate::error::ApiError::bad_body(message).at(name));
        }
    }
    let desk = Desk::of(&app, &principal, &context);
    let row = desk.create_group(&draft, Default::default()).await?;
    let location = format!("{PLACE}/{}", row.group.id);
    let tag = Some(row.version);
    Ok(odata::created(
        &address,
        PLACE,
        &query,
        render(&row),
        &location,
        tag,
    ))
}

pub(crate) async fn update_group(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal.may(&app, &UPDATE_GROUP).await?;
    let value = written(&app, &headers, body).await?;
    let draft = graph::group::read(&value).map_err(unreadable)?;
    let if_match = IfMatch::of(&headers)?;
    let desk = Desk::of(&app, &principal, &context);
    let holds = |row: &GroupRow| precondition(if_match.as_ref(), row.version);
    let row = desk.update_group(&id, &draft, |_| (), holds).await?;
    // As on creation, a body may name members; they join those who are there.
    if !draft.members.is_empty() {
        desk.change_members(&id, &draft.members, &Default::default())
            .await?;
    }
    Ok(odata::no_content(Some(row.version)))
}

pub(crate) async fn delete_group(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal.may(&app, &DELETE_GROUP).await?;
    body::bytes(&headers, body, app.options.body_limit).await?;
    let if_match = IfMatch::of(&headers)?;
    let desk = Desk::of(&app, &principal, &context);
    let holds = |row: &GroupRow| precondition(if_match.as_ref(), row.version);
    desk.delete_group(&id, holds).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The group, if the caller may see who is in it.
async fn visible(desk: &Desk<'_>, id: &str) -> Result<GroupRow> {
    let reach = Reach::of(desk.app, desk.principal).await?;
    reach.may_see_others()?;
    let row = desk.find_group(id).await?;
    reach.may_see_group(&row)?;
    Ok(row)
}

pub(crate) async fn list_members(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
    Path(id): Path<String>,
) -> Result<Response> {
    principal.may(&app, &LIST_MEMBERS).await?;
    let query = address.query(&OBJECTS)?;
    let desk = Desk::of(&app, &principal, &context);
    let members = Members::of(&desk, &id).await?;
    odata::scan(&address, DIRECTORY_OBJECTS, &query, &members).await
}

pub(crate) async fn count_members(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
    Path(id): Path<String>,
) -> Result<Response> {
    principal.may(&app, &LIST_MEMBERS).await?;
    let query = address.query_of_count(&OBJECTS)?;
    let desk = Desk::of(&app, &principal, &context);
    let members = Members::of(&desk, &id).await?;
    odata::scan_count(&query, &members).await
}

pub(crate) async fn list_transitive_members(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
    Path(id): Path<String>,
) -> Result<Response> {
    principal.may(&app, &LIST_TRANSITIVE_MEMBERS).await?;
    let query = address.query(&OBJECTS)?;
    let desk = Desk::of(&app, &principal, &context);
    let group = visible(&desk, &id).await?.group.id;
    let domain = own_domain(&*desk.profile().await?);
    let members = desk.all_members(group).await?;
    let members = All {
        desk: &desk,
        members: members.into_iter().collect(),
        domain,
    };
    odata::scan(&address, DIRECTORY_OBJECTS, &query, &members).await
}

pub(crate) async fn list_parents(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
    Path(id): Path<String>,
) -> Result<Response> {
    principal.may(&app, &LIST_PARENTS).await?;
    let query = address.query(&OBJECTS)?;
    let desk = Desk::of(&app, &principal, &context);
    let parents: Vec<GroupId> = visible(&desk, &id)
        .await?
        .group
        .member_of
        .into_iter()
        .collect();
    let parents = app
        .store
        .group_rows_of(principal.tenant(), &parents)
        .await?;
    let list = Json::by("id", parents.iter().map(group_object));
    odata::page(&address, DIRECTORY_OBJECTS, &query, &list)
}

pub(crate) async fn list_owners(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
    Path(id): Path<String>,
) -> Result<Response> {
    principal.may(&app, &LIST_OWNERS).await?;
    let query = address.query(&OBJECTS)?;
    let desk = Desk::of(&app, &principal, &context);
    let row = visible(&desk, &id).await?;
    let owners = user_ids(&row.details.owners);
    let owners = app.store.persons_of(principal.tenant(), &owners).await?;
    let domain = own_domain(&*desk.profile().await?);
    let list = Json::by(
        "id",
        owners.iter().map(|person| user_object(person, &domain)),
    );
    odata::page(&address, DIRECTORY_OBJECTS, &query, &list)
}

pub(crate) async fn add_member(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal.may(&app, &ADD_MEMBER).await?;
    let value = written(&app, &headers, body).await?;
    let member = reference(&value).map_err(unreadable)?;
    let desk = Desk::of(&app, &principal, &context);
    desk.add_member(&id, &member).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(crate) async fn remove_member(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path((id, member)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal.may(&app, &REMOVE_MEMBER).await?;
    body::bytes(&headers, body, app.options.body_limit).await?;
    let desk = Desk::of(&app, &principal, &context);
    desk.remove_member(&id, &member).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The groups that a query wants, as far as the store can tell.
struct Groups<'a> {
    desk: &'a Desk<'a>,
    rows: DirectoryQuery,
    ids: Option<Vec<GroupId>>,
    is_countable: bool,
}

impl<'a> Groups<'a> {
    fn of(desk: &'a Desk<'a>, query: &Query) -> Self {
        let ids = query.one_of("id").map(|ids| {
            let ids = ids.into_iter().filter_map(|id| id.text()?.parse().ok());
            ids.collect()
        });
        let order = query.order.first();
        let display = query
            .equal_text("displayName")
            .or_else(|| query.start("displayName"));
        Groups {
            desk,
            ids,
            is_countable: query.filter.is_none(),
            rows: DirectoryQuery {
                order: match order.is_some() {
                    true => DirectoryOrder::DisplayName,
                    false => DirectoryOrder::Id,
                },
                descending: order.is_some_and(|order| order.descending),
                display_prefix: display.map(str::to_owned),
                ..DirectoryQuery::default()
            },
        }
    }

    fn row(&self, row: &GroupRow) -> Row {
        let key = match self.rows.order {
            DirectoryOrder::DisplayName => {
                store::order_key(row.group.display_name.as_deref().unwrap_or_default())
            }
            _ => String::new(),
        };
        Row {
            token: format!("{}.{key}", row.group.id),
            value: render(row),
        }
    }
}

impl Source for Groups<'_> {
    async fn read(&self, after: Option<&str>, limit: usize) -> Result<Vec<Row>> {
        let (store, tenant) = (&self.desk.app.store, self.desk.tenant());
        let after = after.map(place).transpose()?;
        if let Some(ids) = &self.ids {
            let found = store.group_rows_of(tenant, ids).await?;
            let beyond = |row: &&GroupRow| {
                after
                    .as_ref()
                    .is_none_or(|after| row.group.id.as_u128() > after.id.as_u128())
            };
            let rows = found.iter().filter(beyond).take(limit);
            return Ok(rows.map(|row| self.row(row)).collect());
        }
        let query = DirectoryQuery {
            after,
            limit: u32::try_from(limit).unwrap_or(u32::MAX),
            ..self.rows.clone()
        };
        let found = store.group_rows(tenant, &query).await?;
        Ok(found.iter().map(|row| self.row(row)).collect())
    }

    async fn count(&self) -> Result<Option<u64>> {
        if !self.is_countable {
            return Ok(None);
        }
        Ok(Some(
            self.desk.app.store.count_groups(self.desk.tenant()).await?,
        ))
    }
}

/// The direct members of a group.
struct Members<'a> {
    desk: &'a Desk<'a>,
    group: GroupId,
    domain: String,
}

impl<'a> Members<'a> {
    /// Those of the group that an address names, if the caller may see it.
    async fn of(desk: &'a Desk<'a>, id: &str) -> Result<Self> {
        Ok(Members {
            desk,
            group: visible(desk, id).await?.group.id,
            domain: own_domain(&*desk.profile().await?),
        })
    }
}

fn member_token(member: Member) -> String {
    match member {
        Member::User(id) => format!("u{id}"),
        Member::Group(id) => format!("g{id}"),
    }
}

fn member_place(token: &str) -> Result<Member> {
    let read = match token.split_at_checked(1) {
        Some(("u", id)) => id.parse().ok().map(Member::User),
        Some(("g", id)) => id.parse().ok().map(Member::Group),
        _ => None,
    };
    read.ok_or_else(odata::foreign_token)
}

/// The members as rows. One who has gone meanwhile leaves an empty row, so that a page is as long as
/// what was read.
async fn rows(desk: &Desk<'_>, members: &[Member], domain: &str) -> Result<Vec<Row>> {
    let mut objects = std::collections::HashMap::new();
    for object in desk.objects(members, domain).await? {
        let id = object.get("id").and_then(Value::as_str).unwrap_or_default();
        objects.insert(id.to_owned(), object);
    }
    let row = |member: &Member| {
        let id = match member {
            Member::User(id) => id.to_string(),
            Member::Group(id) => id.to_string(),
        };
        Some(Row {
            token: member_token(*member),
            value: objects.remove(&id)?,
        })
    };
    Ok(members.iter().filter_map(row).collect())
}

impl Source for Members<'_> {
    async fn read(&self, after: Option<&str>, limit: usize) -> Result<Vec<Row>> {
        let mut after = after.map(member_place).transpose()?;
        let mut found = Vec::new();
        // Fewer rows than asked for would mean that there are no more.
        while found.len() < limit {
            let wanted = limit - found.len();
            let page = u32::try_from(wanted).unwrap_or(u32::MAX);
            let store = &self.desk.app.store;
            let members = store
                .members(self.desk.tenant(), self.group, after, page)
                .await?;
            after = members.last().copied().or(after);
            found.extend(rows(self.desk, &members, &self.domain).await?);
            if members.len() < wanted {
                break;
            }
        }
        Ok(found)
    }
}

/// Members that are known already.
struct All<'a> {
    desk: &'a Desk<'a>,
    members: Vec<Member>,
    domain: String,
}

impl Source for All<'_> {
    async fn read(&self, after: Option<&str>, limit: usize) -> Result<Vec<Row>> {
        let after = after.map(member_place).transpose()?;
        let rest = self.members.iter().copied();
        let mut rest = rest.filter(|member| after.is_none_or(|after| *member > after));
        let mut found = Vec::new();
        while found.len() < limit {
            let wanted = limit - found.len();
            let some: Vec<Member> = rest.by_ref().take(wanted).collect();
            found.extend(rows(self.desk, &some, &self.domain).await?);
            if some.len() < wanted {
                break;
            }
        }
        Ok(found)
    }

    async fn count(&self) -> Result<Option<u64>> {
        Ok(None)
    }
}
