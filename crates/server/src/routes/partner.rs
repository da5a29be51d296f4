//! `…/partners/{id}`: the entry of one organization.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use graph::query::Query;
use graph::settings::shape::PARTNER;
use policy::administer::Operation;

use super::partners::{self, PLACE};
use crate::administration;
use crate::body;
use crate::context::Context;
use crate::error::{ApiError, Result};
use crate::odata::{self, Address, Writing};
use crate::principal::Principal;
use crate::state::App;

pub(crate) async fn get_partner(
    State(app): State<App>,
    principal: Principal,
    address: Address,
    Path(id): Path<String>,
) -> Result<Response> {
    let query = address.query_of_one(&PARTNER)?;
    let key = id.parse().ok();
    let answer = administration::read(&app, &principal, &Operation::ReadPartner(key)).await?;
    let entry = key.and_then(|key| answer.policy.partners.get(key));
    let entry = entry.ok_or_else(|| ApiError::internal("a partner that was read is not there"))?;
    let value = partners::render(entry, &query);
    Ok(odata::entity(&address, 200, PLACE, &query, value, &answer))
}

pub(crate) async fn update_partner(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let written = odata::written(&app, &headers, body).await?;
    let key = id.parse().ok();
    let operation = Operation::UpdatePartner(key, written);
    let writing = Writing {
        app: &app,
        principal: &principal,
        context: &context,
        headers: &headers,
    };
    let answer = writing.carry_out(&operation).await?;
    let query = Query::all(&PARTNER, address.manner());
    let entry = key.and_then(|key| answer.policy.partners.get(key));
    let entry = entry.ok_or_else(|| ApiError::internal("a changed partner is not there"))?;
    let value = || partners::render(entry, &query);
    Ok(odata::updated(&address, PLACE, &query, value, &answer))
}

pub(crate) async fn delete_partner(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    body::bytes(&headers, body, app.options.body_limit).await?;
    let operation = Operation::RemovePartner(id.parse().ok());
    let writing = Writing {
        app: &app,
        principal: &principal,
        context: &context,
        headers: &headers,
    };
    let mut answer = writing.carry_out(&operation).await?;
    // What is gone has no ETag.
    answer.revision = None;
    Ok(odata::no_content(&answer))
}
