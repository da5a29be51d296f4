//! `/identity/conditionalAccess/policies`: the tenant's Conditional Access policies.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use graph::conditional_access::wire::{self, SHAPE};
use graph::query::Query;
use policy::conditional_access::ConditionalAccessPolicy;
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

const PLACE: &str = "identity/conditionalAccess/policies";
/// How many policies a tenant can have.
const MOST: usize = 195;

const ADD: Activity = Activity {
    service: "Conditional Access",
    category: "Policy",
    name: "Add conditional access policy",
    operation: "Add",
    target: "Policy",
};
const UPDATE: Activity = Activity {
    name: "Update conditional access policy",
    operation: "Update",
    ..ADD
};
const DELETE: Activity = Activity {
    name: "Delete conditional access policy",
    operation: "Delete",
    ..ADD
};

pub(crate) async fn list_policies(
    State(app): State<App>,
    principal: Principal,
    address: Address,
) -> Result<Response> {
    principal.may(&app, &rights::LIST_CONDITIONS).await?;
    let query = address.query(&SHAPE)?;
    let (tenant, _) = profile::read(&app, &principal).await?;
    odata::page(&address, PLACE, &query, &Json::by("id", all(&tenant)))
}

pub(crate) async fn count_policies(
    State(app): State<App>,
    principal: Principal,
    address: Address,
) -> Result<Response> {
    principal.may(&app, &rights::COUNT_CONDITIONS).await?;
    let query = address.query_of_count(&SHAPE)?;
    let (tenant, _) = profile::read(&app, &principal).await?;
    Ok(odata::count(&query, &Json::by("id", all(&tenant))))
}

pub(crate) async fn get_policy(
    State(app): State<App>,
    principal: Principal,
    address: Address,
    Path(id): Path<String>,
) -> Result<Response> {
    principal.may(&app, &rights::GET_CONDITION).await?;
    let query = address.query_of_one(&SHAPE)?;
    let (tenant, revision) = profile::read(&app, &principal).await?;
    let index = index(&tenant, &id)?;
    let policy = tenant.conditional_access.get(index);
    let value = policy.map_or(Value::Null, wire::render);
    Ok(odata::entity(&address, 200, PLACE, &query, value, revision))
}

pub(crate) async fn create_policy(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let body = body::json(&headers, body, app.options.body_limit).await?;
    principal.may(&app, &rights::CREATE_CONDITION).await?;
    let (id, now) = (
        sts::random::guid().to_string(),
        context.received.to_string(),
    );
    let writing = Writing {
        app: &app,
        principal: &principal,
        context: &context,
        headers: &headers,
    };
    let written = governance::write(&writing, &ADD, &id, |tenant| {
        let policy = wire::create(&id, &now, &body)?;
        fits(tenant, &policy)?;
        if tenant.conditional_access.len() >= MOST {
            let message = format!("A tenant can have at most {MOST} Conditional Access policies.");
            return Err(ApiError::bad_body(message));
        }
        let after = wire::render(&policy);
        let name = policy.display_name.clone();
        tenant.conditional_access.push(policy);
        Ok(Done {
            name,
            before: Value::Null,
            after: after.clone(),
            answer: after,
        })
    })
    .await?;
    let query = Query::all(&SHAPE, address.manner());
    let location = format!("{PLACE}/{id}");
    let (value, revision) = (written.answer, written.revision);
    Ok(odata::created(
        &address, PLACE, &query, value, &location, revision,
    ))
}

pub(crate) async fn update_policy(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let body = body::json(&headers, body, app.options.body_limit).await?;
    principal.may(&app, &rights::UPDATE_CONDITION).await?;
    let now = context.received.to_string();
    let writing = Writing {
        app: &app,
        principal: &principal,
        context: &context,
        headers: &headers,
    };
    let written = governance::write(&writing, &UPDATE, &id, |tenant| {
        let index = index(tenant, &id)?;
        let stored = tenant.conditional_access.get(index);
        let stored = stored.ok_or_else(missing)?;
        let policy = wire::change(stored, &now, &body)?;
        let before = wire::render(stored);
        fits(tenant, &policy)?;
        let after = wire::render(&policy);
        let name = policy.display_name.clone();
        if let Some(place) = tenant.conditional_access.get_mut(index) {
            *place = policy;
        }
        Ok(Done {
            name,
            before,
            after: after.clone(),
            answer: after,
        })
    })
    .await?;
    let query = Query::all(&SHAPE, address.manner());
    let (value, revision) = (written.answer, written.revision);
    Ok(odata::updated(&address, PLACE, &query, || value, revision))
}

pub(crate) async fn delete_policy(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    body::bytes(&headers, body, app.options.body_limit).await?;
    principal.may(&app, &rights::DELETE_CONDITION).await?;
    let writing = Writing {
        app: &app,
        principal: &principal,
        context: &context,
        headers: &headers,
    };
    governance::write(&writing, &DELETE, &id, |tenant| {
        let index = index(tenant, &id)?;
        let policy = tenant.conditional_access.remove(index);
        Ok(Done {
            before: wire::render(&policy),
            after: Value::Null,
            name: policy.display_name,
            answer: (),
        })
    })
    .await?;
    Ok(odata::no_content(()))
}

/// A policy can be bound to authentication contexts that exist.
fn fits(tenant: &Tenant, policy: &ConditionalAccessPolicy) -> Result<()> {
    let contexts = wire::contexts(policy);
    let unknown = contexts
        .iter()
        .find(|context| !tenant.governance.contexts.contains_key(context));
    match unknown {
        None => Ok(()),
        Some(context) => {
            let message = format!("There is no authentication context '{context}'.");
            let place = "conditions.applications.includeAuthenticationContextClassReferences";
            Err(ApiError::bad_body(message).at(place))
        }
    }
}

fn all(tenant: &Tenant) -> Vec<Value> {
    tenant.conditional_access.iter().map(wire::render).collect()
}

fn index(tenant: &Tenant, id: &str) -> Result<usize> {
    let mut policies = tenant.conditional_access.iter();
    let found = policies.position(|policy| policy.id.eq_ignore_ascii_case(id));
    found.ok_or_else(missing)
}

fn missing() -> ApiError {
    ApiError::not_found("There is no Conditional Access policy with this id.")
}
