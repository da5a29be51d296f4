//! `…/default`: what holds for every tenant that is not listed, and its return to the system's.

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use graph::capability;
use graph::query::Query;
use graph::settings::shape::DEFAULT;
use graph::settings::{Form, defaults};
use policy::administer::Operation;

use crate::administration;
use crate::body;
use crate::context::Context;
use crate::error::Result;
use crate::odata::{self, Address, Writing};
use crate::principal::Principal;
use crate::state::App;

const PLACE: &str = "policies/crossTenantAccessPolicy/default";

pub(crate) async fn get_default(
    State(app): State<App>,
    principal: Principal,
    address: Address,
) -> Result<Response> {
    let query = address.query_of_one(&DEFAULT)?;
    let answer = administration::read(&app, &principal, &Operation::ReadDefault).await?;
    let mut value = defaults::render(&answer.policy.defaults, answer.policy.id, Form::Answer);
    if query.expands(capability::MEMBER).is_some() {
        capability::expand(&mut value, &answer.policy.defaults.untreated);
    }
    Ok(odata::entity(&address, 200, PLACE, &query, value, &answer))
}

pub(crate) async fn update_default(
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
    let answer = writing
        .carry_out(&Operation::UpdateDefault(written))
        .await?;
    let query = Query::all(&DEFAULT, address.manner());
    let value = || defaults::render(&answer.policy.defaults, answer.policy.id, Form::Answer);
    Ok(odata::updated(&address, PLACE, &query, value, &answer))
}

pub(crate) async fn reset_default(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    // There is nothing to be said in it, but the JavaScript client announces JSON all the same.
    body::bytes(&headers, body, app.options.body_limit).await?;
    let writing = Writing {
        app: &app,
        principal: &principal,
        context: &context,
        headers: &headers,
    };
    let answer = writing.carry_out(&Operation::ResetDefault).await?;
    Ok(odata::no_content(&answer))
}
