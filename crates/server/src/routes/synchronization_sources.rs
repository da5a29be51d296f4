//! `/comity/v1/tenants/{id}/synchronization/sources`: which client of a target speaks for which source
//! tenant that lives elsewhere (S12). Whatever such a client pushes is that source's.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use policy::target::ApplicationId;
use policy::tenant::TenantId;
use serde::Deserialize;
use serde_json::{Value, json};
use store::SyncSource;

use super::synchronization_jobs::{Counter, nothing};
use crate::access::synchronization::{DELETE_SOURCE, LIST_SOURCES, PUT_SOURCE};
use crate::body;
use crate::context::Context;
use crate::error::{ApiError, Result};
use crate::people::Deed;
use crate::principal::Principal;
use crate::state::App;
use crate::synchronization::wire;

const TIE: Deed = Deed {
    category: "ProvisioningManagement",
    activity: "Tie a client to a source tenant",
    operation: "Update",
    kind: "SynchronizationSource",
};
const UNTIE: Deed = Deed {
    activity: "Untie a client from a source tenant",
    operation: "Delete",
    ..TIE
};

fn render(source: &SyncSource) -> Value {
    json!({
        "sourceTenantId": source.source.to_string(),
        "clientId": source.client.to_string(),
    })
}

fn named(id: &str) -> Result<TenantId> {
    id.parse()
        .map_err(|_| ApiError::bad_query("source: expected the id of a tenant.").at("source"))
}

pub(crate) async fn list_sources(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path(id): Path<String>,
) -> Result<Response> {
    let counter = Counter::of(&app, &principal, &context, &LIST_SOURCES, &id).await?;
    let sources = app.store.sync_sources(counter.source).await?;
    let sources: Vec<Value> = sources.iter().map(render).collect();
    Ok(body::answer(200, &json!({"sources": sources})))
}

/// `{"clientId": …}`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Wanted {
    client_id: String,
}

pub(crate) async fn put_source(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path((id, source)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let counter = Counter::of(&app, &principal, &context, &PUT_SOURCE, &id).await?;
    let value = body::json(&headers, body, app.options.body_limit).await?;
    let wanted: Wanted = wire::read(value)?;
    let source = named(&source)?;
    let target = counter.source;
    if source == target {
        let message = "source: expected another tenant than the target.";
        return Err(ApiError::bad_query(message).at("source"));
    }
    let absent = || {
        let message = "clientId: expected a client of this tenant.";
        ApiError::bad_body(message).at("clientId")
    };
    let client: ApplicationId = wanted.client_id.parse().map_err(|_| absent())?;
    let found = app.store.client(client).await?;
    if found.is_none_or(|found| found.tenant != target) {
        return Err(absent());
    }
    let note = counter.noted(&TIE, source, client.to_string());
    match app
        .store
        .put_sync_source(target, source, Some(client), &[note])
        .await
    {
        Ok(()) => {}
        Err(store::Error::Taken(_)) => {
            let message = "The client speaks for another source tenant.";
            return Err(ApiError::conflict(message));
        }
        Err(error) => return Err(error.into()),
    }
    let source = SyncSource {
        target,
        source,
        client,
    };
    Ok(body::answer(200, &render(&source)))
}

pub(crate) async fn delete_source(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path((id, source)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let counter = Counter::of(&app, &principal, &context, &DELETE_SOURCE, &id).await?;
    nothing(&app, &headers, body).await?;
    let source = named(&source)?;
    let sources = app.store.sync_sources(counter.source).await?;
    let found = sources.iter().find(|known| known.source == source);
    let found = found.ok_or_else(|| ApiError::not_found("No client speaks for that tenant."))?;
    let note = counter.noted(&UNTIE, source, found.client.to_string());
    app.store
        .put_sync_source(counter.source, source, None, &[note])
        .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
