//! The outermost layer: what is the same for every request.
//!
//! From the outside in: the request gets its ids, its path one spelling, and a limited time; a
//! panic becomes an answer; whatever was refused gets its body in the words of the wire that was
//! spoken; every answer gets its headers; one line is logged, never a token and never a body.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use serde_json::json;

use crate::context::Context;
use crate::error::ApiError;
use crate::path;
use crate::state::App;

/// Which language an address speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wire {
    Graph,
    AuthZen,
    Scim,
    OAuth,
    Own,
}

impl Wire {
    fn of(path: &str) -> Self {
        let first = path.split('/').nth(1).unwrap_or_default();
        match first {
            "v1.0" | "beta" => Wire::Graph,
            "access" => Wire::AuthZen,
            "scim" => Wire::Scim,
            ".well-known" | "comity" | "livez" | "readyz" | "metrics" | "" => Wire::Own,
            _ => Wire::OAuth,
        }
    }
}

/// The address of a request, before the router takes it apart.
#[derive(Clone, Debug)]
pub(crate) struct Canonical {
    /// In its one spelling.
    pub(crate) uri: Uri,
    /// As the client wrote it.
    pub(crate) written: Uri,
}

/// The route that answered, for logs and metrics.
#[derive(Clone)]
struct Route(Arc<str>);

/// Inside the router: notes which route it was.
pub(crate) async fn note_route(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map(|route| Route(route.as_str().into()));
    let mut response = next.run(request).await;
    if let Some(route) = route {
        response.extensions_mut().insert(route);
    }
    response
}

/// Outside the router.
pub(crate) async fn enter(State(app): State<App>, request: Request, next: Next) -> Response {
    let received = app.clock.now();
    let (mut parts, body) = request.into_parts();
    let context = Context::of(&parts, &app.options, received);
    let method = parts.method.clone();
    let canonical = path::canonical(&parts.uri);
    let wire = Wire::of(canonical.as_ref().unwrap_or(&parts.uri).path());
    let reason = crate::context::reason(&parts.headers);
    let mut response = match (canonical, reason) {
        (None, _) => ApiError::bad_query("The path cannot be read.").into_response(),
        (_, Err(error)) => ApiError::bad_query(format!("{error}.")).into_response(),
        (Some(uri), Ok(_)) => {
            let written = std::mem::replace(&mut parts.uri, uri.clone());
            parts.extensions.insert(Canonical { uri, written });
            parts.extensions.insert(context.clone());
            run(&app, next, Request::from_parts(parts, body)).await
        }
    };
    let error = response.extensions_mut().remove::<Arc<ApiError>>();
    if let Some(error) = &error {
        tell(&mut response, error, wire, &context);
    }
    finish(&mut response, wire, &context);
    log(&app, &method, &response, error.as_deref(), &context);
    response
}

async fn run(app: &App, next: Next, request: Request) -> Response {
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind();
    match tokio::time::timeout(app.options.timeout, answered).await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => ApiError::internal("a handler panicked").into_response(),
        Err(_) => ApiError::timeout().into_response(),
    }
}

/// Writes the body of a refusal.
fn tell(response: &mut Response, error: &ApiError, wire: Wire, context: &Context) {
    let body = match wire {
        Wire::Graph | Wire::Own => {
            let date = context.received.strftime("%Y-%m-%dT%H:%M:%S").to_string();
            error.graph(&date, &context.id.to_string(), &context.client_request_id())
        }
        Wire::AuthZen => error.authzen(),
        Wire::Scim => crate::scim::refusal(error),
        Wire::OAuth => json!({
            "error": match error.status {
                StatusCode::SERVICE_UNAVAILABLE => "temporarily_unavailable",
                StatusCode::INTERNAL_SERVER_ERROR => "server_error",
                _ => "invalid_request",
            },
            "error_description": error.message,
            "error_codes": [],
            "timestamp": context.received.strftime("%Y-%m-%d %H:%M:%SZ").to_string(),
            "trace_id": context.id.to_string(),
            "correlation_id": context.client_request_id(),
        }),
    };
    *response.body_mut() = Body::from(body.to_string());
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
}

fn finish(response: &mut Response, wire: Wire, context: &Context) {
    let empty = response.status() == StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    if empty {
        headers.remove(header::CONTENT_TYPE);
    }
    put(headers, "request-id", &context.id.to_string());
    put(headers, "client-request-id", &context.client_request_id());
    if wire == Wire::Graph {
        put(headers, "odata-version", "4.0");
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        put(headers, "cache-control", "no-cache");
    }
    put(headers, "strict-transport-security", "max-age=31536000");
    put(headers, "x-content-type-options", "nosniff");
    // AuthZEN: the id a client sent comes back.
    if let (Wire::AuthZen, Some(id)) = (wire, &context.request_id) {
        put(headers, "x-request-id", id);
    }
}

fn put(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

fn log(
    app: &App,
    method: &Method,
    response: &Response,
    error: Option<&ApiError>,
    context: &Context,
) {
    let status = response.status().as_u16();
    let route = response.extensions().get::<Route>();
    let route = route.map_or("(none)", |route| &*route.0);
    let took = app.clock.now().duration_since(context.received);
    app.metrics
        .answered(method, route, status, took.as_secs_f64());
    let took = took.as_millis();
    let request = context.id;
    match error.and_then(|error| error.cause.as_deref()) {
        Some(cause) => tracing::error!(
            request.id = %request, http.method = %method, http.route = route, http.status = status,
            took_ms = took, cause, "request failed"
        ),
        None => tracing::debug!(
            request.id = %request, http.method = %method, http.route = route, http.status = status,
            took_ms = took, "request answered"
        ),
    }
}
