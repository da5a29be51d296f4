//! `/users` and `/me`: the people of the caller's tenant.

use axum::body::Body;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use graph::query::Query;
use graph::user::{SHAPE, group_ids, reference};
use graph::wire::WireError;
use policy::target::UserId;
use policy::world::UserType;
use serde_json::{Map, Value, json};
use store::{DirectoryOrder, DirectoryQuery, GroupRow, Person, Place};
use uuid::Uuid;

use crate::access::directory::{
    ADD_SPONSOR, CHECK_MEMBER_GROUPS, CREATE_USER, DELETE_USER, GET_ME, GET_MEMBER_GROUPS,
    GET_USER, LIST_MEMBER_OF, LIST_SPONSORS, LIST_TRANSITIVE_MEMBER_OF, LIST_USERS, REMOVE_SPONSOR,
    REVOKE_OWN_SESSIONS, REVOKE_SESSIONS_OF, Reach, UPDATE_USER,
};
use crate::administration::IfMatch;
use crate::body;
use crate::context::Context;
use crate::error::{ApiError, Result};
use crate::odata::{self, Address, Json, Row, Source};
use crate::people::membership::{group_object, user_object};
use crate::people::user::{own_domain, render, required, sponsors};
use crate::people::{Desk, unreadable};
use crate::principal::Principal;
use crate::state::App;

pub(crate) const PLACE: &str = "users";
const OBJECTS: &str = "directoryObjects";

/// Which user an address names: `/users/{id}`, or, by `/me`, the caller.
pub(crate) struct Named {
    key: String,
    is_me: bool,
}

impl FromRequestParts<App> for Named {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let named =
            Path::<std::collections::HashMap<String, String>>::from_request_parts(parts, app);
        let id = named
            .await
            .ok()
            .and_then(|Path(mut named)| named.remove("id"));
        match id {
            Some(key) => Ok(Named { key, is_me: false }),
            None => {
                let principal = Principal::from_request_parts(parts, app).await?;
                let id = principal.person().ok_or_else(|| {
                    ApiError::bad_query(
                        "/me request is only valid with delegated authentication flow.",
                    )
                })?;
                Ok(Named {
                    key: id.to_string(),
                    is_me: true,
                })
            }
        }
    }
}

/// `If-Match` against the version of an object.
pub(crate) fn precondition(if_match: Option<&IfMatch>, version: store::Revision) -> Result<()> {
    match if_match.is_none_or(|if_match| if_match.holds(Some(version))) {
        true => Ok(()),
        false => Err(ApiError::precondition_failed()),
    }
}

/// The body of a write, as JSON.
pub(crate) async fn written(app: &App, headers: &HeaderMap, body: Body) -> Result<Value> {
    body::json(headers, body, app.options.body_limit).await
}

pub(crate) async fn list_users(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
) -> Result<Response> {
    principal.may(&app, &LIST_USERS).await?;
    Reach::of(&app, &principal).await?.may_list()?;
    let query = address.query(&SHAPE)?;
    let desk = Desk::of(&app, &principal, &context);
    let users = Users::of(&desk, &query).await?;
    odata::scan(&address, PLACE, &query, &users).await
}

pub(crate) async fn count_users(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
) -> Result<Response> {
    principal.may(&app, &LIST_USERS).await?;
    Reach::of(&app, &principal).await?.may_list()?;
    let query = address.query_of_count(&SHAPE)?;
    let desk = Desk::of(&app, &principal, &context);
    odata::scan_count(&query, &Users::of(&desk, &query).await?).await
}

pub(crate) async fn get_user(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
    named: Named,
) -> Result<Response> {
    principal
        .may(&app, if named.is_me { &GET_ME } else { &GET_USER })
        .await?;
    let reach = Reach::of(&app, &principal).await?;
    let query = address.query_of_one(&SHAPE)?;
    let desk = Desk::of(&app, &principal, &context);
    let person = desk.find_user(&named.key).await;
    // Who may see nobody else does not learn who is there.
    if let Reach::Oneself(own) = &reach {
        match &person {
            Ok(person) if person.user.id == *own => {}
            _ => return Err(ApiError::forbidden()),
        }
    }
    let person = person?;
    let domain = own_domain(&*desk.profile().await?);
    let value = with_sponsors(&desk, &query, &person, render(&person, &domain), &domain).await?;
    let tag = Some(person.version);
    Ok(odata::entity(&address, 200, PLACE, &query, value, tag))
}

async fn with_sponsors(
    desk: &Desk<'_>,
    query: &Query,
    person: &Person,
    mut value: Value,
    domain: &str,
) -> Result<Value> {
    if query.expands("sponsors").is_some() {
        let ids: Vec<UserId> = sponsors(person).into_iter().collect();
        let found = desk.app.store.persons_of(desk.tenant(), &ids).await?;
        let found = found.iter().map(|person| user_object(person, domain));
        if let Some(members) = value.as_object_mut() {
            members.insert("sponsors".to_owned(), found.collect());
        }
    }
    Ok(value)
}

pub(crate) async fn create_user(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal.may(&app, &CREATE_USER).await?;
    // Before anything is done: a refusal leaves nothing behind.
    let query = address.query_of_one(&SHAPE)?;
    let value = written(&app, &headers, body).await?;
    let draft = graph::user::read(&value).map_err(unreadable)?;
    // What an account needs before somebody can sign in with it.
    for (name, said) in [
        ("accountEnabled", draft.enabled.value().is_some()),
        ("displayName", draft.display_name.value().is_some()),
        (
            "userPrincipalName",
            draft.user_principal_name.value().is_some(),
        ),
        ("passwordProfile", draft.password.is_some()),
        (
            "mailNickname",
            draft
                .texts
                .iter()
                .any(|(name, text)| name == "mailNickname" && text.is_some()),
        ),
    ] {
        if !said {
            return Err(required(name));
        }
    }
    let desk = Desk::of(&app, &principal, &context);
    let person = desk.create_user(&draft, Default::default()).await?;
    let domain = own_domain(&*desk.profile().await?);
    let location = format!("{PLACE}/{}", person.user.id);
    let tag = Some(person.version);
    let value = render(&person, &domain);
    Ok(odata::created(
        &address, PLACE, &query, value, &location, tag,
    ))
}

pub(crate) async fn update_user(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal.may(&app, &UPDATE_USER).await?;
    let value = written(&app, &headers, body).await?;
    let draft = graph::user::read(&value).map_err(unreadable)?;
    let if_match = IfMatch::of(&headers)?;
    let desk = Desk::of(&app, &principal, &context);
    let holds = |person: &Person| precondition(if_match.as_ref(), person.version);
    let person = desk.update_user(&id, &draft, |_| (), holds).await?;
    Ok(odata::no_content(Some(person.version)))
}

pub(crate) async fn delete_user(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal.may(&app, &DELETE_USER).await?;
    body::bytes(&headers, body, app.options.body_limit).await?;
    let if_match = IfMatch::of(&headers)?;
    let desk = Desk::of(&app, &principal, &context);
    let holds = |person: &Person| precondition(if_match.as_ref(), person.version);
    desk.delete_user(&id, holds).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(crate) async fn revoke_sessions(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
    named: Named,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let right = match named.is_me {
        true => &REVOKE_OWN_SESSIONS,
        false => &REVOKE_SESSIONS_OF,
    };
    principal.may(&app, right).await?;
    body::bytes(&headers, body, app.options.body_limit).await?;
    let desk = Desk::of(&app, &principal, &context);
    desk.revoke_sessions(&named.key).await?;
    Ok(value(&address, "Edm.Boolean", json!(true)))
}

/// The result of an action.
fn value(address: &Address, kind: &str, value: Value) -> Response {
    let mut members = Map::new();
    members.insert("@odata.context".to_owned(), address.metadata(kind));
    members.insert("value".to_owned(), value);
    body::answer(200, &Value::Object(members))
}

/// The groups of the user that is named: direct ones, or all.
async fn groups_of(
    app: &App,
    principal: &Principal,
    context: &Context,
    named: &Named,
    is_transitive: bool,
) -> Result<Vec<GroupRow>> {
    let desk = Desk::of(app, principal, context);
    let reach = Reach::of(app, principal).await?;
    if let Reach::Oneself(_) = reach {
        return Err(ApiError::forbidden());
    }
    let person = desk.find_user(&named.key).await?;
    reach.may_see_groups_of(person.user.id)?;
    let direct = person.user.groups.unwrap_or_default();
    match is_transitive {
        true => desk.all_groups(&direct).await,
        false => {
            let ids: Vec<_> = direct.into_iter().collect();
            Ok(app.store.group_rows_of(principal.tenant(), &ids).await?)
        }
    }
}

/// A token with `User.Read` alone is for reading oneself.
async fn may_ask_about(
    app: &App,
    principal: &Principal,
    named: &Named,
    right: &'static crate::access::Right,
) -> Result<()> {
    principal.may(app, right).await?;
    let about_oneself = named.is_me
        || principal
            .person()
            .is_some_and(|id| named.key.parse() == Ok(id));
    let only_oneself = principal.person().is_some() && !principal.is_granted(right.application);
    match about_oneself || !only_oneself {
        true => Ok(()),
        false => Err(ApiError::forbidden()),
    }
}

pub(crate) async fn list_member_of(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
    named: Named,
) -> Result<Response> {
    may_ask_about(&app, &principal, &named, &LIST_MEMBER_OF).await?;
    let query = address.query(&graph::group::OBJECTS)?;
    let groups = groups_of(&app, &principal, &context, &named, false).await?;
    page_of_groups(&address, &query, &groups)
}

pub(crate) async fn list_transitive_member_of(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
    named: Named,
) -> Result<Response> {
    may_ask_about(&app, &principal, &named, &LIST_TRANSITIVE_MEMBER_OF).await?;
    let query = address.query(&graph::group::OBJECTS)?;
    let groups = groups_of(&app, &principal, &context, &named, true).await?;
    page_of_groups(&address, &query, &groups)
}

fn page_of_groups(address: &Address, query: &Query, groups: &[GroupRow]) -> Result<Response> {
    let list = Json::by("id", groups.iter().map(group_object));
    odata::page(address, OBJECTS, query, &list)
}

pub(crate) async fn get_member_groups(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
    named: Named,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    may_ask_about(&app, &principal, &named, &GET_MEMBER_GROUPS).await?;
    let asked = written(&app, &headers, body).await?;
    let asked = asked
        .as_object()
        .ok_or_else(|| ApiError::bad_body("The request body must be a JSON object."))?;
    let only_security = match asked.get("securityEnabledOnly") {
        Some(Value::Bool(only)) => *only,
        None | Some(Value::Null) => false,
        Some(_) => {
            let name = "securityEnabledOnly";
            let message = format!("Invalid value for property '{name}': expected true or false.");
            return Err(ApiError::bad_body(message).at(name));
        }
    };
    let groups = groups_of(&app, &principal, &context, &named, true).await?;
    let wanted = |row: &&GroupRow| !only_security || !row.details.not_for_security;
    let ids = groups
        .iter()
        .filter(wanted)
        .map(|row| Value::from(row.group.id.to_string()));
    Ok(value(&address, "Collection(Edm.String)", ids.collect()))
}

pub(crate) async fn check_member_groups(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
    named: Named,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    may_ask_about(&app, &principal, &named, &CHECK_MEMBER_GROUPS).await?;
    let asked = written(&app, &headers, body).await?;
    let name = match asked.get("ids") {
        Some(_) => "ids",
        None => "groupIds",
    };
    let asked = group_ids(&asked, name).map_err(|error: WireError| unreadable(error))?;
    let groups = groups_of(&app, &principal, &context, &named, true).await?;
    let ids = groups.iter().map(|row| row.group.id.to_string());
    let ids = ids.filter(|id| asked.iter().any(|asked| asked.eq_ignore_ascii_case(id)));
    let ids = ids.map(Value::from).collect();
    Ok(value(&address, "Collection(Edm.String)", ids))
}

pub(crate) async fn list_sponsors(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
    named: Named,
) -> Result<Response> {
    principal.may(&app, &LIST_SPONSORS).await?;
    let query = address.query(&graph::group::OBJECTS)?;
    let desk = Desk::of(&app, &principal, &context);
    let reach = Reach::of(&app, &principal).await?;
    reach.may_see_others()?;
    let person = desk.find_user(&named.key).await?;
    let ids: Vec<UserId> = sponsors(&person).into_iter().collect();
    let domain = own_domain(&*desk.profile().await?);
    let found = app.store.persons_of(principal.tenant(), &ids).await?;
    let list = Json::by(
        "id",
        found.iter().map(|person| user_object(person, &domain)),
    );
    odata::page(&address, OBJECTS, &query, &list)
}

pub(crate) async fn add_sponsor(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal.may(&app, &ADD_SPONSOR).await?;
    let value = written(&app, &headers, body).await?;
    let sponsor = reference(&value).map_err(unreadable)?;
    let desk = Desk::of(&app, &principal, &context);
    desk.change_sponsor(&id, &sponsor, true).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(crate) async fn remove_sponsor(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path((id, sponsor)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal.may(&app, &REMOVE_SPONSOR).await?;
    body::bytes(&headers, body, app.options.body_limit).await?;
    let desk = Desk::of(&app, &principal, &context);
    desk.change_sponsor(&id, &sponsor, false).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The users that a query wants, as far as the store can tell.
struct Users<'a> {
    desk: &'a Desk<'a>,
    query: &'a Query,
    domain: String,
    rows: DirectoryQuery,
    narrowed: Option<Narrowed>,
    /// Nothing is asked but the type: the store can count.
    is_countable: bool,
}

/// Few users at most, found by a key of theirs.
enum Narrowed {
    Ids(Vec<UserId>),
    Address(String),
}

impl<'a> Users<'a> {
    async fn of(desk: &'a Desk<'a>, query: &'a Query) -> Result<Self> {
        let ids = query.one_of("id").map(|ids| {
            let ids = ids.into_iter().filter_map(|id| id.text()?.parse().ok());
            Narrowed::Ids(ids.collect())
        });
        let address = query
            .equal_text("userPrincipalName")
            .or_else(|| query.equal_text("mail"))
            .map(|address| Narrowed::Address(address.to_owned()));
        let user_type = query.equal_text("userType").and_then(|name| {
            [UserType::Member, UserType::Guest]
                .into_iter()
                .find(|user_type| user_type.as_str().eq_ignore_ascii_case(name))
        });
        let order = query.order.first();
        let by = |name: &str| {
            order.is_some_and(|order| order.steps.first().is_some_and(|step| step == name))
        };
        let display = query
            .equal_text("displayName")
            .or_else(|| query.start("displayName"));
        let name = query.start("userPrincipalName");
        Ok(Users {
            desk,
            query,
            domain: own_domain(&*desk.profile().await?),
            is_countable: query.filter.is_none(),
            rows: DirectoryQuery {
                order: match (by("displayName"), by("userPrincipalName")) {
                    (true, _) => DirectoryOrder::DisplayName,
                    (_, true) => DirectoryOrder::UserPrincipalName,
                    _ => DirectoryOrder::Id,
                },
                descending: order.is_some_and(|order| order.descending),
                user_type,
                display_prefix: display.map(str::to_owned),
                name_prefix: name.map(str::to_owned),
                ..DirectoryQuery::default()
            },
            narrowed: ids.or(address),
        })
    }

    fn row(&self, person: &Person) -> Row {
        Row {
            token: place_token(self.rows.order, person),
            value: render(person, &self.domain),
        }
    }
}

/// The place of a user in an order.
fn place_token(order: DirectoryOrder, person: &Person) -> String {
    let key = match order {
        DirectoryOrder::Id => String::new(),
        DirectoryOrder::DisplayName => {
            store::order_key(person.user.display_name.as_deref().unwrap_or_default())
        }
        DirectoryOrder::UserPrincipalName => person.user.user_principal_name.to_lowercase(),
    };
    format!("{}.{key}", person.user.id)
}

/// The place that such a token names.
pub(crate) fn place(token: &str) -> Result<Place> {
    let (id, key) = token.split_once('.').ok_or_else(odata::foreign_token)?;
    Ok(Place {
        key: key.to_owned(),
        id: Uuid::try_parse(id).map_err(|_| odata::foreign_token())?,
    })
}

impl Source for Users<'_> {
    async fn read(&self, after: Option<&str>, limit: usize) -> Result<Vec<Row>> {
        let (store, tenant) = (&self.desk.app.store, self.desk.tenant());
        if let Some(narrowed) = &self.narrowed {
            let mut found = match (after, narrowed) {
                // There are few; all of them were on the first page, or are read again.
                (_, Narrowed::Ids(ids)) => store.persons_of(tenant, ids).await?,
                (_, Narrowed::Address(address)) => {
                    store.persons_by_address(tenant, address).await?
                }
            };
            found.sort_by(|one, other| {
                let (one, other) = (self.row(one).value, self.row(other).value);
                self.query.compare(&one, &other)
            });
            let rows = found.iter().map(|person| self.row(person));
            let seen = after.map(str::to_owned);
            let rows = rows.skip_while(|row| seen.as_ref().is_some_and(|seen| row.token != *seen));
            let passed = usize::from(after.is_some());
            return Ok(rows.skip(passed).take(limit).collect());
        }
        let query = DirectoryQuery {
            after: after.map(place).transpose()?,
            limit: u32::try_from(limit).unwrap_or(u32::MAX),
            ..self.rows.clone()
        };
        let found = store.persons(tenant, &query).await?;
        Ok(found.iter().map(|person| self.row(person)).collect())
    }

    async fn count(&self) -> Result<Option<u64>> {
        if !self.is_countable {
            return Ok(None);
        }
        let (store, tenant) = (&self.desk.app.store, self.desk.tenant());
        Ok(Some(store.count_persons(tenant, None).await?))
    }

    async fn complete(&self, values: Vec<Value>) -> Result<Vec<Value>> {
        if self.query.expands("sponsors").is_none() {
            return Ok(values);
        }
        let mut completed = Vec::with_capacity(values.len());
        for value in values {
            let id = value.get("id").and_then(Value::as_str).unwrap_or_default();
            let person = self.desk.find_user(id).await;
            completed.push(match person {
                Ok(person) => {
                    with_sponsors(self.desk, self.query, &person, value, &self.domain).await?
                }
                // Somebody let the user go in between.
                Err(_) => value,
            });
        }
        Ok(completed)
    }
}
