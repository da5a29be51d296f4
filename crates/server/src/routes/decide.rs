//! `/comity/v1/decide`: may this user enter, and why? The answer has its findings and sentences.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use serde_json::Value;

use super::health::STALE_MILLISECONDS;
use crate::body;
use crate::error::{ApiError, Result};
use crate::principal::Principal;
use crate::question::{self, QuestionText};
use crate::state::App;
use crate::visible::Viewer;

pub(crate) async fn decide(
    State(app): State<App>,
    principal: Principal,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let bytes = body::bytes(&headers, body, app.options.body_limit).await?;
    body::expect_json(&headers)?;
    let text: QuestionText<'_> = read(&bytes)?;
    let question = question::permitted(&principal, text.read()?)?;
    let mut tenants = question::concerned(&question);
    let sheet = question::sheet(&app, &question, &mut tenants).await?;
    let world = sheet.world(&tenants);
    let decision = policy::sign_in::decide(&world, &question);
    app.metrics
        .decided(decision.verdict.as_str(), decision.reason.as_str());
    let rendered = Viewer::new(&principal, &question).render(&decision, &world);
    let mut response = body::answer(200, &Value::Object(rendered));
    tell_age(&app, &mut response);
    Ok(response)
}

/// Reads a body that is read often: without a tree in between.
pub(crate) fn read<'a, T: serde::Deserialize<'a>>(bytes: &'a [u8]) -> Result<T> {
    serde_json::from_slice(bytes)
        .map_err(|error| ApiError::bad_body(format!("The request body cannot be read: {error}.")))
}

/// Says how old the settings are that a decision was made from, when they are not of now.
pub(crate) fn tell_age(app: &App, response: &mut Response) {
    let age = app.effective.age().unwrap_or(0);
    if age > STALE_MILLISECONDS {
        let headers = response.headers_mut();
        headers.insert("comity-data-age", HeaderValue::from(age / 1000));
    }
}
