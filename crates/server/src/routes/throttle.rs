//! `/comity/v1/throttle`: has the next requests of Graph refused as too many, so that whoever writes
//! a script sees what it makes of that.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use crate::access::own::REFUSE_NEXT;
use crate::body;
use crate::error::{ApiError, Result};
use crate::principal::Principal;
use crate::state::App;

/// Nobody waits longer than this, and clients give up earlier.
const LONGEST: u32 = 180;
/// More are refused.
const MOST: u32 = 10_000;

pub(crate) async fn refuse_next(
    State(app): State<App>,
    principal: Principal,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal.may(&app, &REFUSE_NEXT).await?;
    let value = body::json(&headers, body, app.options.body_limit).await?;
    let members = value
        .as_object()
        .ok_or_else(|| ApiError::bad_body("The request body must be a JSON object."))?;
    let known = ["requests", "retryAfter"];
    if let Some(unknown) = members.keys().find(|name| !known.contains(&name.as_str())) {
        let unknown: String = unknown.chars().take(64).collect();
        return Err(ApiError::bad_body(format!("Invalid property '{unknown}'.")));
    }
    let requests = number(members.get("requests"), "requests", MOST)?;
    let retry_after = match members.get("retryAfter") {
        None => 1,
        some => number(some, "retryAfter", LONGEST)?,
    };
    app.throttle.refuse_next(requests, retry_after);
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn number(value: Option<&Value>, name: &str, most: u32) -> Result<u32> {
    let number = value.and_then(Value::as_u64);
    let number = number.and_then(|number| u32::try_from(number).ok());
    number.filter(|number| *number <= most).ok_or_else(|| {
        ApiError::bad_body(format!(
            "Invalid value for property '{name}': expected a whole number from 0 to {most}."
        ))
        .at(name)
    })
}
