//! Each tenant as an OpenID Provider: discovery and keys. Signing in is in `sign_in`.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use sts::Refusal;
use sts::discovery::Provider;

use crate::body;
use crate::context::Context;
use crate::error::Result;
use crate::providers;
use crate::sign_in::origin;
use crate::state::App;

pub(crate) async fn get_configuration(
    State(app): State<App>,
    context: Context,
    Path(name): Path<String>,
) -> Result<Response> {
    let Some(tenant) = providers::named(&app, &name).await? else {
        return Ok(refused(&context, &Refusal::unknown_tenant(&name)));
    };
    let provider = Provider {
        public_url: app.verifier.public_url(),
        tenant: tenant.id,
        cloud: tenant.cloud,
        region: providers::region(&tenant),
    };
    Ok(origin::anybody(body::answer(200, &provider.document())))
}

pub(crate) async fn get_keys(
    State(app): State<App>,
    context: Context,
    Path(name): Path<String>,
) -> Result<Response> {
    let Some(tenant) = providers::named(&app, &name).await? else {
        return Ok(refused(&context, &Refusal::unknown_tenant(&name)));
    };
    let issuer = sts::discovery::issuer(app.verifier.public_url(), tenant.id);
    let keys = app.verifier.keys().published(&issuer);
    Ok(origin::anybody(body::answer(200, &keys)))
}

/// A request for a token that was refused.
pub(crate) fn refused(context: &Context, refusal: &Refusal) -> Response {
    let correlation = context.client_request_id();
    let value = refusal.body(context.received, &context.id.to_string(), &correlation);
    let mut response = body::answer(refusal.code.status(), &value);
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if refusal.code.status() == 401 {
        let basic = HeaderValue::from_static("Basic realm=\"comity\"");
        headers.insert(header::WWW_AUTHENTICATE, basic);
    }
    response
}
