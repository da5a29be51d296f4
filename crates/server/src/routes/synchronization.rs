//! `…/partners/{id}/identitySynchronization`: whether that partner may push users (S14.12).

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use graph::settings::shape::SYNCHRONIZATION;
use graph::settings::{Form, synchronization as wire};
use policy::administer::Operation;

use crate::administration;
use crate::body;
use crate::context::Context;
use crate::error::{ApiError, Result};
use crate::odata::{self, Address, Writing};
use crate::principal::Principal;
use crate::state::App;

const PLACE: &str = "policies/crossTenantAccessPolicy/partners";

pub(crate) async fn get_synchronization(
    State(app): State<App>,
    principal: Principal,
    address: Address,
    Path(id): Path<String>,
) -> Result<Response> {
    let query = address.query(&SYNCHRONIZATION)?;
    let key = id.parse().ok();
    let operation = Operation::ReadSynchronization(key);
    let answer = administration::read(&app, &principal, &operation).await?;
    let entry = key.and_then(|key| answer.policy.partners.get(key));
    let found = entry.and_then(|entry| Some((entry.tenant, entry.synchronization.as_ref()?)));
    let (tenant, setting) =
        found.ok_or_else(|| ApiError::internal("synchronization that was read is not there"))?;
    let value = wire::render(tenant, setting, Form::Answer);
    let place = format!("{PLACE}('{tenant}')/identitySynchronization");
    Ok(odata::entity(&address, 200, &place, &query, value, &answer))
}

pub(crate) async fn create_synchronization(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let written = odata::written(&app, &headers, body).await?;
    let operation = Operation::CreateSynchronization(id.parse().ok(), written);
    write(&app, &principal, &context, &headers, &operation).await
}

pub(crate) async fn update_synchronization(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let written = odata::written(&app, &headers, body).await?;
    let operation = Operation::UpdateSynchronization(id.parse().ok(), written);
    write(&app, &principal, &context, &headers, &operation).await
}

pub(crate) async fn delete_synchronization(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    body::bytes(&headers, body, app.options.body_limit).await?;
    let operation = Operation::RemoveSynchronization(id.parse().ok());
    write(&app, &principal, &context, &headers, &operation).await
}

async fn write(
    app: &App,
    principal: &Principal,
    context: &Context,
    headers: &HeaderMap,
    operation: &Operation,
) -> Result<Response> {
    let writing = Writing {
        app,
        principal,
        context,
        headers,
    };
    let answer = writing.carry_out(operation).await?;
    Ok(odata::no_content(&answer))
}
