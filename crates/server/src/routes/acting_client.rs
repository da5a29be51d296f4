//! `/comity/v1/tenants/{id}/clients/{clientId}/actsFor`: for which tenant elsewhere a client acts, that
//! is the server of that tenant, which sends its guests here to sign in.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use policy::target::ApplicationId;
use policy::tenant::TenantId;
use policy::world::Tenant;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::access::surface::{DELETE_ACTING_CLIENT, GET_ACTING_CLIENT, PUT_ACTING_CLIENT};
use crate::body;
use crate::context::Context;
use crate::error::{ApiError, Result};
use crate::principal::Principal;
use crate::registry::{Operator, absent, named};
use crate::sign_in::{register, registered};
use crate::state::App;

/// How many clients of one tenant act for others.
const MANY: usize = 1_000;

/// The tenant and the client that an address names.
async fn both(app: &App, (id, client): &(String, String)) -> Result<(Arc<Tenant>, Uuid)> {
    let id: TenantId = named(id)?;
    let row = app.store.tenant(id).await?.ok_or_else(|| absent(id))?;
    let none = || ApiError::not_found("The tenant has no such client.");
    let client: ApplicationId = client.parse().map_err(|_| none())?;
    let known = app.store.client(client).await?;
    let known = known.is_some_and(|known| known.tenant == id)
        || app.store.application_row(id, client).await?.is_some();
    if !known {
        return Err(none());
    }
    // With its settings, where they are here: then its own log tells of it as well.
    let sheet = app.effective.with(&[id]).await?;
    let known = sheet.get(id).map(|known| Arc::clone(&known.tenant));
    let tenant = known.unwrap_or(row.profile);
    Ok((tenant, Uuid::from_u128(client.as_u128())))
}

fn render(client: Uuid, tenant: Uuid) -> Response {
    body::answer(
        200,
        &json!({"clientId": client.to_string(), "tenantId": tenant.to_string()}),
    )
}

fn none() -> ApiError {
    ApiError::not_found("The client acts for no other tenant.")
}

pub(crate) async fn get_tenant(
    State(app): State<App>,
    principal: Principal,
    Path(path): Path<(String, String)>,
) -> Result<Response> {
    principal.may(&app, &GET_ACTING_CLIENT).await?;
    let (tenant, client) = both(&app, &path).await?;
    let (acting, _) = registered(&app, tenant.id).await?;
    let found = acting.get(&client).copied().ok_or_else(none)?;
    Ok(render(client, found))
}

pub(crate) async fn put_tenant(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path(path): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal.may(&app, &PUT_ACTING_CLIENT).await?;
    let (tenant, client) = both(&app, &path).await?;
    let value = body::json(&headers, body, app.options.body_limit).await?;
    let refuse = |expected: &str| {
        ApiError::bad_body(format!("tenantId: expected {expected}.")).at("tenantId")
    };
    let members = value.as_object().map_or(0, serde_json::Map::len);
    let other = value.get("tenantId").and_then(Value::as_str);
    let other = other.filter(|_| members == 1);
    let other = other.and_then(|id| id.parse::<TenantId>().ok());
    let other = other.ok_or_else(|| refuse("the id of a tenant, and nothing else"))?;
    if other == tenant.id {
        return Err(refuse("another tenant than the client's own"));
    }
    let other = Uuid::from_u128(other.as_u128());
    let (mut acting, revision) = registered(&app, tenant.id).await?;
    acting.insert(client, other);
    if acting.len() > MANY {
        let message = "The tenant has 1000 clients that act for others, and can have no more.";
        return Err(ApiError::conflict(message));
    }
    let operator = Operator {
        app: &app,
        principal: &principal,
        context: &context,
    };
    let done = ("Let client act for tenant", "Update");
    note(&operator, &tenant, client, other, done).await?;
    register(&app, tenant.id, &acting, revision).await?;
    Ok(render(client, other))
}

pub(crate) async fn delete_tenant(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path(path): Path<(String, String)>,
) -> Result<Response> {
    principal.may(&app, &DELETE_ACTING_CLIENT).await?;
    let (tenant, client) = both(&app, &path).await?;
    let (mut acting, revision) = registered(&app, tenant.id).await?;
    let other = acting.remove(&client).ok_or_else(none)?;
    let operator = Operator {
        app: &app,
        principal: &principal,
        context: &context,
    };
    let done = ("Let client act for tenant no more", "Delete");
    note(&operator, &tenant, client, other, done).await?;
    register(&app, tenant.id, &acting, revision).await?;
    Ok(render(client, other))
}

/// The log first: a client that nobody wrote down is worse than an entry too many.
async fn note(
    operator: &Operator<'_>,
    tenant: &Tenant,
    client: Uuid,
    other: Uuid,
    (activity, operation): (&'static str, &'static str),
) -> Result<()> {
    let details = vec![
        ("clientId".to_owned(), client.to_string()),
        ("actsFor".to_owned(), other.to_string()),
    ];
    let entries = operator.noted(tenant, activity, operation, details);
    operator.app.store.append_audit(&entries).await?;
    Ok(())
}
