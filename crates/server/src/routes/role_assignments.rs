//! `/roleManagement/directory/roleAssignments`: who was given which role.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use graph::query::Query;
use graph::role_assignment::{self as wire, SHAPE};
use graph::role_definition;
use policy::governance::{PrincipalId, RoleAssignment};
use policy::role::{Role, RoleId};
use policy::target::UserId;
use policy::world::Tenant;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::access::governance as rights;
use crate::body;
use crate::context::Context;
use crate::error::{ApiError, Result};
use crate::governance::{self, Activity, Done};
use crate::odata::{self, Address, Json, Writing};
use crate::principal::Principal;
use crate::profile;
use crate::state::App;

const PLACE: &str = "roleManagement/directory/roleAssignments";

/// How many programs are looked at together.
const CLIENTS: u32 = 100;

const ADD: Activity = Activity {
    service: "Core Directory",
    category: "RoleManagement",
    name: "Add member to role",
    operation: "Assign",
    target: "User",
};
const REMOVE: Activity = Activity {
    name: "Remove member from role",
    operation: "Unassign",
    ..ADD
};

pub(crate) async fn list_assignments(
    State(app): State<App>,
    principal: Principal,
    address: Address,
) -> Result<Response> {
    principal.may(&app, &rights::LIST_ASSIGNMENTS).await?;
    let query = address.query(&SHAPE)?;
    let (tenant, _) = profile::read(&app, &principal).await?;
    let entries = Json::by("id", all(&tenant, &query));
    odata::page(&address, PLACE, &query, &entries)
}

pub(crate) async fn count_assignments(
    State(app): State<App>,
    principal: Principal,
    address: Address,
) -> Result<Response> {
    principal.may(&app, &rights::COUNT_ASSIGNMENTS).await?;
    let query = address.query_of_count(&SHAPE)?;
    let (tenant, _) = profile::read(&app, &principal).await?;
    let entries = Json::by("id", all(&tenant, &query));
    Ok(odata::count(&query, &entries))
}

pub(crate) async fn get_assignment(
    State(app): State<App>,
    principal: Principal,
    address: Address,
    Path(id): Path<String>,
) -> Result<Response> {
    principal.may(&app, &rights::GET_ASSIGNMENT).await?;
    let query = address.query_of_one(&SHAPE)?;
    let (tenant, revision) = profile::read(&app, &principal).await?;
    let given = named(&tenant, &id)?;
    let value = render(&tenant, &given, &query);
    Ok(odata::entity(&address, 200, PLACE, &query, value, revision))
}

pub(crate) async fn create_assignment(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let body = body::json(&headers, body, app.options.body_limit).await?;
    principal.may(&app, &rights::CREATE_ASSIGNMENT).await?;
    let given = wire::read(&body);
    let holder = match &given {
        Ok(given) => holder(&app, &principal, given.principal).await?,
        Err(_) => None,
    };
    let writing = Writing {
        app: &app,
        principal: &principal,
        context: &context,
        headers: &headers,
    };
    let about = given.as_ref().map(|given| given.principal.to_string());
    let written = governance::write(&writing, &ADD, &about.unwrap_or_default(), |tenant| {
        let given = given.clone()?;
        let Some(holder) = &holder else {
            let message = "There is no user and no service principal with this id.";
            return Err(ApiError::bad_body(message).at("principalId"));
        };
        let role = role_name(tenant, given.role);
        let role = role.ok_or_else(|| {
            ApiError::bad_body("There is no role definition with this id.").at("roleDefinitionId")
        })?;
        tenant.governance.assign(given)?;
        let value = wire::render(&given, tenant.id);
        Ok(Done {
            name: Some(holder.clone()),
            before: Value::Null,
            after: json!({"Role.DisplayName": role, "Role.ObjectID": given.role.to_string()}),
            answer: value,
        })
    })
    .await?;
    let query = Query::all(&SHAPE, address.manner());
    let (value, revision) = (written.answer, written.revision);
    let id = value.get("id").and_then(Value::as_str).unwrap_or_default();
    let location = format!("{PLACE}/{id}");
    Ok(odata::created(
        &address, PLACE, &query, value, &location, revision,
    ))
}

pub(crate) async fn delete_assignment(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    body::bytes(&headers, body, app.options.body_limit).await?;
    principal.may(&app, &rights::DELETE_ASSIGNMENT).await?;
    let writing = Writing {
        app: &app,
        principal: &principal,
        context: &context,
        headers: &headers,
    };
    let (tenant, _) = profile::read(&app, &principal).await?;
    let about = named(&tenant, &id).map(|given| given.principal.to_string());
    governance::write(&writing, &REMOVE, &about.unwrap_or_default(), |tenant| {
        let given = named(tenant, &id)?;
        tenant.governance.unassign(given)?;
        let role = role_name(tenant, given.role);
        Ok(Done {
            name: None,
            before: json!({"Role.DisplayName": role, "Role.ObjectID": given.role.to_string()}),
            after: Value::Null,
            answer: (),
        })
    })
    .await?;
    Ok(odata::no_content(()))
}

/// The name of whoever has that object id: a user of the tenant, or one of its programs.
async fn holder(app: &App, caller: &Principal, id: PrincipalId) -> Result<Option<String>> {
    let tenant = caller.tenant();
    let user = app.store.user(tenant, UserId::from_u128(id.as_u128()));
    if let Some(user) = user.await? {
        return Ok(Some(user.user_principal_name));
    }
    let wanted = Uuid::from_u128(id.as_u128());
    let mut after = None;
    loop {
        let clients = app.store.clients(tenant, after, CLIENTS).await?;
        let mut all = clients.iter();
        let found = all.find(|client| sts::client::object_of(tenant, client.id) == wanted);
        if let Some(client) = found {
            let name = client.display_name.clone();
            return Ok(Some(name.unwrap_or_else(|| client.id.to_string())));
        }
        match clients.last() {
            Some(last) if clients.len() == CLIENTS as usize => after = Some(last.id),
            _ => return Ok(None),
        }
    }
}

/// The assignment with that id. Addresses arrive without their case, so it is told apart without.
fn named(tenant: &Tenant, id: &str) -> Result<RoleAssignment> {
    let mut given = tenant.governance.assignments.iter();
    let found = given.find(|given| wire::id(given).eq_ignore_ascii_case(id));
    found.copied().ok_or_else(missing)
}

fn role_name(tenant: &Tenant, id: RoleId) -> Option<String> {
    let own = tenant.governance.roles.get(&id);
    let own = own.map(|role| role.display_name.clone());
    let built_in = || Role::from_id(id).filter(|role| role.is_built_in());
    own.or_else(|| built_in().map(|role| role.as_str().to_owned()))
}

fn all(tenant: &Tenant, query: &Query) -> Vec<Value> {
    let given = tenant.governance.assignments.iter();
    given.map(|given| render(tenant, given, query)).collect()
}

fn render(tenant: &Tenant, given: &RoleAssignment, query: &Query) -> Value {
    let mut value = wire::render(given, tenant.id);
    let Value::Object(members) = &mut value else {
        return value;
    };
    if query.expands("roleDefinition").is_some() {
        let own = tenant.governance.roles.get(&given.role);
        let own = own.map(role_definition::render_custom);
        let role = own.or_else(|| {
            let role = Role::from_id(given.role)?;
            Some(role_definition::render_built_in(role, false))
        });
        members.insert("roleDefinition".to_owned(), role.unwrap_or(Value::Null));
    }
    if query.expands("principal").is_some() {
        let principal = principal(tenant, given.principal);
        members.insert("principal".to_owned(), principal);
    }
    value
}

/// Whoever holds the role, as far as it is a user that is known.
fn principal(tenant: &Tenant, id: PrincipalId) -> Value {
    let known = tenant.directory.as_ref();
    let known = known.and_then(|known| known.users.get(&UserId::from_u128(id.as_u128())));
    match known {
        Some(user) => json!({
            "@odata.type": "#microsoft.graph.user",
            "id": id.to_string(),
            "displayName": user.display_name,
            "userPrincipalName": user.user_principal_name,
            "mail": user.mail,
        }),
        None => json!({
            "@odata.type": "#microsoft.graph.servicePrincipal",
            "id": id.to_string(),
        }),
    }
}

fn missing() -> ApiError {
    ApiError::not_found("There is no role assignment with this id.")
}
