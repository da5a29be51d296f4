//! `/comity/v1/tenants/{id}/termsOfUse`: the text that people accept where Conditional Access of the
//! tenant asks for it.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use policy::world::Tenant;
use serde_json::json;

use crate::access::surface::{DELETE_TERMS_OF_USE, GET_TERMS_OF_USE, PUT_TERMS_OF_USE};
use crate::body;
use crate::context::Context;
use crate::error::{ApiError, Result};
use crate::principal::Principal;
use crate::registry::{Operator, absent, named};
use crate::sign_in::Terms;
use crate::state::App;

const LONGEST_VERSION: usize = 64;
const LONGEST_TEXT: usize = 40_000;

fn refuse(path: &str, expected: &str) -> ApiError {
    ApiError::bad_body(format!("{path}: expected {expected}.")).at(path)
}

async fn written(app: &App, headers: &HeaderMap, body: Body) -> Result<Terms> {
    let value = body::json(headers, body, app.options.body_limit).await?;
    let read: std::result::Result<Terms, _> = serde_path_to_error::deserialize(&value);
    let terms = read.map_err(|error| {
        let path = error.path().to_string();
        ApiError::bad_body(format!("{path}: {}.", error.inner())).at(path)
    })?;
    let plain = |c: char| !c.is_control();
    let version = (1..=LONGEST_VERSION).contains(&terms.version.chars().count());
    if !version || !terms.version.chars().all(plain) {
        return Err(refuse("version", "1 to 64 characters on one line"));
    }
    let text = (1..=LONGEST_TEXT).contains(&terms.text.chars().count());
    let legal = |c: char| plain(c) || matches!(c, '\n' | '\r' | '\t');
    if !text || terms.text.trim().is_empty() || !terms.text.chars().all(legal) {
        return Err(refuse("text", "a text of at most 40000 characters"));
    }
    Ok(terms)
}

async fn tenant(app: &App, id: &str) -> Result<std::sync::Arc<Tenant>> {
    let id = named(id)?;
    let row = app.store.tenant(id).await?.ok_or_else(|| absent(id))?;
    // With its settings, as far as they are here.
    let sheet = app.effective.with(&[id]).await?;
    let known = sheet
        .get(id)
        .map(|known| std::sync::Arc::clone(&known.tenant));
    let tenant = known.unwrap_or(row.profile);
    match tenant.policy.is_some() {
        true => Ok(tenant),
        false => {
            let message =
                "The settings of the tenant are not here, so nobody accepts its terms here.";
            Err(ApiError::conflict(message))
        }
    }
}

fn told(terms: &Terms) -> Response {
    body::answer(200, &json!({"version": terms.version, "text": terms.text}))
}

fn none() -> ApiError {
    ApiError::not_found("No terms of use are set for the tenant.")
}

pub(crate) async fn get_terms(
    State(app): State<App>,
    principal: Principal,
    Path(id): Path<String>,
) -> Result<Response> {
    principal.may(&app, &GET_TERMS_OF_USE).await?;
    let tenant = tenant(&app, &id).await?;
    let (terms, _) = Terms::stored(&app, tenant.id).await?;
    Ok(told(&terms.ok_or_else(none)?))
}

pub(crate) async fn put_terms(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal.may(&app, &PUT_TERMS_OF_USE).await?;
    let tenant = tenant(&app, &id).await?;
    let terms = written(&app, &headers, body).await?;
    let (_, revision) = Terms::stored(&app, tenant.id).await?;
    note(
        &app,
        &principal,
        &context,
        &tenant,
        &terms,
        ("Set terms of use", "Update"),
    )
    .await?;
    Terms::keep(&app, tenant.id, Some(&terms), revision).await?;
    Ok(told(&terms))
}

pub(crate) async fn delete_terms(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path(id): Path<String>,
) -> Result<Response> {
    principal.may(&app, &DELETE_TERMS_OF_USE).await?;
    let tenant = tenant(&app, &id).await?;
    let (terms, revision) = Terms::stored(&app, tenant.id).await?;
    let terms = terms.ok_or_else(none)?;
    note(
        &app,
        &principal,
        &context,
        &tenant,
        &terms,
        ("Remove terms of use", "Delete"),
    )
    .await?;
    Terms::keep(&app, tenant.id, None, revision).await?;
    Ok(told(&terms))
}

async fn note(
    app: &App,
    principal: &Principal,
    context: &Context,
    tenant: &Tenant,
    terms: &Terms,
    (activity, operation): (&'static str, &'static str),
) -> Result<()> {
    let operator = Operator {
        app,
        principal,
        context,
    };
    let details = vec![("version".to_owned(), terms.version.clone())];
    let entries = operator.noted(tenant, activity, operation, details);
    app.store.append_audit(&entries).await?;
    Ok(())
}
