//! `/comity/v1/signins`: whoever enforces decisions reports what happened.
//!
//! A question is not a sign-in and leaves no rows; what was let in or kept out is told here, in
//! batches, as rows of Graph's sign-in log. A row that came before is not counted again.

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use graph::settings::Mode;
use serde_json::json;
use store::SignInRecord;

use crate::body;
use crate::error::{ApiError, Result};
use crate::principal::Principal;
use crate::state::App;

/// More rows in one request are refused.
const MOST: usize = 10_000;

pub(crate) async fn report(
    State(app): State<App>,
    principal: Principal,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal.may_report()?;
    let value = body::json(&headers, body, app.options.body_limit).await?;
    let rows = value.get("value").unwrap_or(&value);
    let rows = graph::sign_in::read_all(rows, Mode::Import).map_err(|error| {
        let path = error.path.to_string();
        ApiError::bad_body(format!("The request body cannot be read: {error}.")).at(path)
    })?;
    if rows.len() > MOST {
        let message = format!("At most {MOST} rows are taken at once.");
        return Err(ApiError::bad_body(message));
    }
    let own = principal.tenant();
    for (index, row) in rows.iter().enumerate() {
        let concerns = row.home_tenant == Some(own) || row.resource_tenant == Some(own);
        let named = value_names_id(&value, index);
        if !concerns || !named {
            let message = match named {
                true => {
                    format!("[{index}]: homeTenantId or resourceTenantId must be the tenant {own}.")
                }
                false => format!("[{index}].id: this member is missing."),
            };
            return Err(ApiError::bad_body(message).at(format!("[{index}]")));
        }
    }
    let records: Vec<SignInRecord> = rows.into_iter().map(SignInRecord::bare).collect();
    let intake = app.store.keep_sign_ins(own, &records).await?;
    Ok(body::answer(
        200,
        &json!({"kept": intake.kept, "known": intake.known}),
    ))
}

/// A row without an id of its own could not be told from the next one.
fn value_names_id(value: &serde_json::Value, index: usize) -> bool {
    let rows = value.get("value").unwrap_or(value);
    let id = rows.get(index).and_then(|row| row.get("id"));
    id.and_then(|id| id.as_str())
        .is_some_and(|id| !id.is_empty())
}
