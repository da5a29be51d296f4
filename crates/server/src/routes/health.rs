//! Whether the process lives, whether it can answer, and its numbers.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::body;
use crate::state::App;

/// Older data is worth telling; memory is compared with the store every second.
pub(crate) const STALE_MILLISECONDS: i64 = 5_000;

pub(crate) async fn live() -> Response {
    body::answer(200, &json!({"status": "alive"}))
}

/// Ready means that decisions can be made, from old data if need be. It says how old.
pub(crate) async fn ready(State(app): State<App>) -> Response {
    let age = app.effective.age();
    let (status, code) = match age {
        None => ("starting", 503),
        Some(age) if age > STALE_MILLISECONDS => ("stale", 200),
        Some(_) => ("ready", 200),
    };
    let sheet = app.effective.sheet();
    let value = json!({
        "status": status,
        "store": if age.is_some_and(|age| age <= STALE_MILLISECONDS) { "reachable" } else { "unreachable" },
        "dataAgeSeconds": age.map(|age| age as f64 / 1000.0),
        "sequence": sheet.until.0,
    });
    body::answer(code, &value)
}

pub(crate) async fn metrics(State(app): State<App>) -> Response {
    let age = app.effective.age().unwrap_or(0) / 1000;
    let (tenants, behaviours) = (app.effective.sheet().len(), app.behaviours.count());
    let text = app.metrics.text(tenants, behaviours, age);
    let kind =
        HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}
