//! `/policies/crossTenantAccessPolicy`: the name, and the clouds that are enabled.

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use graph::query::Query;
use graph::settings::shape::POLICY;
use graph::settings::{Form, root};
use policy::administer::Operation;

use crate::administration;
use crate::context::Context;
use crate::error::Result;
use crate::odata::{self, Address, Writing};
use crate::principal::Principal;
use crate::state::App;

const PLACE: &str = "policies/crossTenantAccessPolicy";

pub(crate) async fn get_policy(
    State(app): State<App>,
    principal: Principal,
    address: Address,
) -> Result<Response> {
    let query = address.query(&POLICY)?;
    let answer = administration::read(&app, &principal, &Operation::ReadPolicy).await?;
    let value = root::render(&answer.policy, Form::Answer);
    Ok(odata::entity(&address, 200, PLACE, &query, value, &answer))
}

pub(crate) async fn update_policy(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let written = odata::written(&app, &headers, body).await?;
    let writing = Writing {
        app: &app,
        principal: &principal,
        context: &context,
        headers: &headers,
    };
    let answer = writing.carry_out(&Operation::UpdatePolicy(written)).await?;
    let query = Query::all(&POLICY, address.manner());
    let value = || root::render(&answer.policy, Form::Answer);
    Ok(odata::updated(&address, PLACE, &query, value, &answer))
}
