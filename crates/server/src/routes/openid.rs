//! Each tenant as an OpenID Provider: discovery, keys, tokens.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use sts::discovery::Provider;
use sts::{Refusal, grant};

use crate::body;
use crate::context::Context;
use crate::error::{ApiError, Result};
use crate::providers;
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
    Ok(body::answer(200, &provider.document()))
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
    Ok(body::answer(200, &app.verifier.keys().published(&issuer)))
}

pub(crate) async fn create_token(
    State(app): State<App>,
    context: Context,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let form = body::bytes(&headers, body, app.options.body_limit.min(64 * 1024)).await?;
    match token(&app, &name, &headers, &form).await? {
        Ok(token) => {
            let mut response = body::answer(200, &grant::answer(&token));
            let no_store = HeaderValue::from_static("no-store");
            response
                .headers_mut()
                .insert(header::CACHE_CONTROL, no_store);
            Ok(response)
        }
        Err(refusal) => Ok(refused(&context, &refusal)),
    }
}

/// The token, or why there is none; the outer error is ours.
async fn token(
    app: &App,
    name: &str,
    headers: &HeaderMap,
    form: &[u8],
) -> Result<std::result::Result<String, Refusal>> {
    let Some(tenant) = providers::named(app, name).await? else {
        return Ok(Err(Refusal::unknown_tenant(name)));
    };
    let authorization = headers.get(header::AUTHORIZATION);
    let authorization = authorization.map(|value| value.to_str().unwrap_or_default());
    let asked = match grant::read(form, authorization, &app.resource) {
        Ok(asked) => asked,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let Some(client) = providers::client(app, tenant.id, &asked.client_id).await? else {
        let refusal = Refusal::unknown_client(&asked.client_id, &tenant.id.to_string());
        return Ok(Err(refusal));
    };
    if !app.secrets.is_of(&client, &asked.secret).await {
        return Ok(Err(Refusal::wrong_secret(&asked.client_id)));
    }
    let token = app.verifier.mint(&client, app.clock.seconds());
    token.map(Ok).map_err(ApiError::internal)
}

fn refused(context: &Context, refusal: &Refusal) -> Response {
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
