//! `/identity/conditionalAccess/authenticationContextClassReferences`: the authentication contexts
//! of the tenant.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use graph::authentication_context::{self as wire, SHAPE};
use graph::conditional_access::wire as conditions;
use graph::query::Query;
use policy::governance::{ContextId, Refusal};
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

const PLACE: &str = "identity/conditionalAccess/authenticationContextClassReferences";

const UPDATE: Activity = Activity {
    service: "Conditional Access",
    category: "Policy",
    name: "Update AuthenticationContext",
    operation: "Update",
    target: "AuthenticationContext",
};
const ADD: Activity = Activity {
    name: "Add AuthenticationContext",
    operation: "Add",
    ..UPDATE
};
const DELETE: Activity = Activity {
    name: "Delete AuthenticationContext",
    operation: "Delete",
    ..UPDATE
};

pub(crate) async fn list_contexts(
    State(app): State<App>,
    principal: Principal,
    address: Address,
) -> Result<Response> {
    principal.may(&app, &rights::LIST_CONTEXTS).await?;
    let query = address.query(&SHAPE)?;
    let (tenant, _) = profile::read(&app, &principal).await?;
    odata::page(&address, PLACE, &query, &Json::by("id", all(&tenant)))
}

pub(crate) async fn count_contexts(
    State(app): State<App>,
    principal: Principal,
    address: Address,
) -> Result<Response> {
    principal.may(&app, &rights::COUNT_CONTEXTS).await?;
    let query = address.query_of_count(&SHAPE)?;
    let (tenant, _) = profile::read(&app, &principal).await?;
    Ok(odata::count(&query, &Json::by("id", all(&tenant))))
}

pub(crate) async fn get_context(
    State(app): State<App>,
    principal: Principal,
    address: Address,
    Path(id): Path<String>,
) -> Result<Response> {
    principal.may(&app, &rights::GET_CONTEXT).await?;
    let query = address.query_of_one(&SHAPE)?;
    let id = key(&id)?;
    let (tenant, revision) = profile::read(&app, &principal).await?;
    let context = tenant.governance.contexts.get(&id);
    let context = context.ok_or(Refusal::NoContext(id))?;
    let value = wire::render(id, context);
    Ok(odata::entity(&address, 200, PLACE, &query, value, revision))
}

/// Documented once, in beta: the id stands in the body, and the answer is 200.
pub(crate) async fn create_context(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let body = body::json(&headers, body, app.options.body_limit).await?;
    principal.may(&app, &rights::CREATE_CONTEXT).await?;
    let id = body.get("id").and_then(Value::as_str);
    let id = id.and_then(|id| id.parse::<ContextId>().ok());
    let writing = Writing {
        app: &app,
        principal: &principal,
        context: &context,
        headers: &headers,
    };
    let about = id.map_or_else(String::new, |id| id.to_string());
    let written = governance::write(&writing, &ADD, &about, |tenant| {
        let wrong = || ApiError::bad_body("An id of c1 to c99 is needed.").at("id");
        let id = id.ok_or_else(wrong)?;
        if tenant.governance.contexts.contains_key(&id) {
            let message = "Another object with the same value for property id already exists.";
            return Err(ApiError::conflict(message).at("id"));
        }
        put(tenant, id, &body)
    })
    .await?;
    let query = Query::all(&SHAPE, address.manner());
    let (value, revision) = (written.answer, written.revision);
    Ok(odata::entity(&address, 200, PLACE, &query, value, revision))
}

pub(crate) async fn update_context(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let body = body::json(&headers, body, app.options.body_limit).await?;
    principal.may(&app, &rights::UPDATE_CONTEXT).await?;
    let id = key(&id)?;
    let writing = Writing {
        app: &app,
        principal: &principal,
        context: &context,
        headers: &headers,
    };
    let judge = |tenant: &mut Tenant| put(tenant, id, &body);
    let written = governance::write(&writing, &UPDATE, &id.to_string(), judge).await?;
    let query = Query::all(&SHAPE, address.manner());
    let (value, revision) = (written.answer, written.revision);
    Ok(odata::updated(&address, PLACE, &query, || value, revision))
}

pub(crate) async fn delete_context(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    body::bytes(&headers, body, app.options.body_limit).await?;
    principal.may(&app, &rights::DELETE_CONTEXT).await?;
    let id = key(&id)?;
    let writing = Writing {
        app: &app,
        principal: &principal,
        context: &context,
        headers: &headers,
    };
    governance::write(&writing, &DELETE, &id.to_string(), |tenant| {
        remove(tenant, id)
    })
    .await?;
    Ok(odata::no_content(()))
}

fn put(tenant: &mut Tenant, id: ContextId, body: &Value) -> Result<Done<Value>> {
    let contexts = &mut tenant.governance.contexts;
    let stored = contexts.get(&id);
    let before = stored.map_or(Value::Null, |stored| wire::render(id, stored));
    let context = wire::change(id, stored, body)?;
    let after = wire::render(id, &context);
    let name = context.display_name.clone();
    contexts.insert(id, context);
    Ok(Done {
        name,
        before,
        after: after.clone(),
        answer: after,
    })
}

/// A context goes only when nobody can ask for it any more.
fn remove(tenant: &mut Tenant, id: ContextId) -> Result<Done<()>> {
    let context = tenant.governance.contexts.get(&id);
    let context = context.ok_or(Refusal::NoContext(id))?;
    if context.available {
        return Err(Refusal::Published(id).into());
    }
    let named = id.to_string();
    let mut protected = tenant.protected_actions.iter();
    let action = protected.find(|(_, context)| **context == named);
    let mut policies = tenant.conditional_access.iter();
    let policy = policies.find(|policy| conditions::contexts(policy).contains(&id));
    let by = match (action, policy) {
        (Some((action, _)), _) => Some(format!("the action `{action}`")),
        (None, Some(policy)) => {
            let name = policy.display_name.as_deref().unwrap_or(&policy.id);
            Some(format!("the Conditional Access policy `{name}`"))
        }
        (None, None) => None,
    };
    if let Some(by) = by {
        return Err(Refusal::Used { context: id, by }.into());
    }
    let (name, before) = (context.display_name.clone(), wire::render(id, context));
    tenant.governance.contexts.remove(&id);
    Ok(Done {
        name,
        before,
        after: Value::Null,
        answer: (),
    })
}

fn all(tenant: &Tenant) -> Vec<Value> {
    let contexts = tenant.governance.contexts.iter();
    contexts
        .map(|(id, context)| wire::render(*id, context))
        .collect()
}

fn key(id: &str) -> Result<ContextId> {
    let missing = || ApiError::not_found("There is no authentication context with this id.");
    id.parse().map_err(|_| missing())
}
