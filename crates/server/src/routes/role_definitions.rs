//! `/roleManagement/directory/roleDefinitions`: the built-in roles, and those the tenant made itself.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use graph::query::Query;
use graph::role_definition::{self as wire, SHAPE};
use policy::governance::CustomRole;
use policy::role::{Role, RoleId};
use policy::world::Tenant;
use serde_json::Value;

use crate::access::governance as rights;
use crate::body;
use crate::context::Context;
use crate::error::{ApiError, Result};
use crate::governance::{self, Activity, Done};
use crate::odata::{self, Address, Json, Writing};
use crate::principal::Principal;
use crate::profile;
use crate::state::App;

const PLACE: &str = "roleManagement/directory/roleDefinitions";
const SERVICE: &str = "Core Directory";
const CATEGORY: &str = "RoleManagement";

const ADD: Activity = Activity {
    service: SERVICE,
    category: CATEGORY,
    name: "Add role definition",
    operation: "Add",
    target: "Role",
};
const UPDATE: Activity = Activity {
    name: "Update role definition",
    operation: "Update",
    ..ADD
};
const DELETE: Activity = Activity {
    name: "Delete role definition",
    operation: "Delete",
    ..ADD
};

pub(crate) async fn list_roles(
    State(app): State<App>,
    principal: Principal,
    address: Address,
) -> Result<Response> {
    principal.may(&app, &rights::LIST_ROLES).await?;
    let query = address.query(&SHAPE)?;
    let (tenant, _) = profile::read(&app, &principal).await?;
    let entries = Json::by("id", all(&tenant, &query));
    odata::page(&address, PLACE, &query, &entries)
}

pub(crate) async fn count_roles(
    State(app): State<App>,
    principal: Principal,
    address: Address,
) -> Result<Response> {
    principal.may(&app, &rights::COUNT_ROLES).await?;
    let query = address.query_of_count(&SHAPE)?;
    let (tenant, _) = profile::read(&app, &principal).await?;
    let entries = Json::by("id", all(&tenant, &query));
    Ok(odata::count(&query, &entries))
}

pub(crate) async fn get_role(
    State(app): State<App>,
    principal: Principal,
    address: Address,
    Path(id): Path<String>,
) -> Result<Response> {
    principal.may(&app, &rights::GET_ROLE).await?;
    let query = address.query_of_one(&SHAPE)?;
    let (tenant, revision) = profile::read(&app, &principal).await?;
    let key = key(&id)?;
    let value = match (tenant.governance.roles.get(&key), built_in(key)) {
        (Some(role), _) => wire::render_custom(role),
        (None, Some(role)) => render_built_in(role, &query),
        (None, None) => return Err(missing(&id)),
    };
    Ok(odata::entity(&address, 200, PLACE, &query, value, revision))
}

pub(crate) async fn create_role(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let body = body::json(&headers, body, app.options.body_limit).await?;
    principal.may(&app, &rights::CREATE_ROLE).await?;
    let id = RoleId::from_u128(sts::random::guid().as_u128());
    let writing = Writing {
        app: &app,
        principal: &principal,
        context: &context,
        headers: &headers,
    };
    let written = governance::write(&writing, &ADD, &id.to_string(), |tenant| {
        let role = wire::create(id, &body)?;
        put(tenant, None, role)
    })
    .await?;
    let query = Query::all(&SHAPE, address.manner());
    let location = format!("{PLACE}/{id}");
    let value = written.answer;
    let revision = written.revision;
    Ok(odata::created(
        &address, PLACE, &query, value, &location, revision,
    ))
}

pub(crate) async fn update_role(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let body = body::json(&headers, body, app.options.body_limit).await?;
    principal.may(&app, &rights::UPDATE_ROLE).await?;
    let key = key(&id)?;
    let writing = Writing {
        app: &app,
        principal: &principal,
        context: &context,
        headers: &headers,
    };
    let written = governance::write(&writing, &UPDATE, &key.to_string(), |tenant| {
        let stored = tenant.governance.changeable(key)?.clone();
        let role = wire::change(&stored, &body)?;
        put(tenant, Some(&stored), role)
    })
    .await?;
    let query = Query::all(&SHAPE, address.manner());
    let (value, revision) = (written.answer, written.revision);
    Ok(odata::updated(&address, PLACE, &query, || value, revision))
}

pub(crate) async fn delete_role(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    body::bytes(&headers, body, app.options.body_limit).await?;
    principal.may(&app, &rights::DELETE_ROLE).await?;
    let key = key(&id)?;
    let writing = Writing {
        app: &app,
        principal: &principal,
        context: &context,
        headers: &headers,
    };
    governance::write(&writing, &DELETE, &key.to_string(), |tenant| {
        let role = tenant.governance.remove_role(key)?;
        Ok(Done {
            before: wire::render_custom(&role),
            after: Value::Null,
            name: Some(role.display_name),
            answer: (),
        })
    })
    .await?;
    Ok(odata::no_content(()))
}

fn put(tenant: &mut Tenant, stored: Option<&CustomRole>, role: CustomRole) -> Result<Done<Value>> {
    let after = wire::render_custom(&role);
    let name = role.display_name.clone();
    tenant.governance.put_role(role)?;
    Ok(Done {
        name: Some(name),
        before: stored.map_or(Value::Null, wire::render_custom),
        after: after.clone(),
        answer: after,
    })
}

/// The built-in roles, then the tenant's own.
fn all(tenant: &Tenant, query: &Query) -> Vec<Value> {
    let built_in = Role::ALL.iter().filter(|role| role.is_built_in());
    let own = tenant.governance.roles.values();
    let built_in = built_in.map(|role| render_built_in(*role, query));
    built_in.chain(own.map(wire::render_custom)).collect()
}

fn render_built_in(role: Role, query: &Query) -> Value {
    wire::render_built_in(role, query.expands("inheritsPermissionsFrom").is_some())
}

fn built_in(id: RoleId) -> Option<Role> {
    Role::from_id(id).filter(|role| role.is_built_in())
}

/// What is no id names no role.
fn key(id: &str) -> Result<RoleId> {
    id.parse().map_err(|_| missing(id))
}

fn missing(id: &str) -> ApiError {
    let id: String = id.chars().take(100).collect();
    ApiError::not_found(format!(
        "Resource '{id}' does not exist or one of its queried reference-property objects are not present."
    ))
}
