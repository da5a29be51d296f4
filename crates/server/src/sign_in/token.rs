//! `POST /{tenant}/oauth2/v2.0/token`: for a program itself, or with what a person left it.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use sts::Refusal;
use sts::grant::{self, Grant};
use uuid::Uuid;

use super::grants::{self, Answer, Shower};
use super::{device, http, origin, program};
use crate::body;
use crate::context::Context;
use crate::error::{ApiError, Result};
use crate::providers;
use crate::routes::openid::refused;
use crate::state::App;

pub(crate) async fn create_token(
    State(app): State<App>,
    context: Context,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let form = body::bytes(&headers, body, app.options.body_limit.min(64 * 1024)).await?;
    let mut response = match token(&app, &context, &name, &headers, &form).await? {
        Ok(answer) => body::answer(200, &answer),
        Err(refusal) => refused(&context, &refusal),
    };
    let no_store = HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, no_store);
    readable(&app, &name, &headers, &form, response).await
}

/// Lets the page of an application read the answer, also a refusal.
async fn readable(
    app: &App,
    name: &str,
    headers: &HeaderMap,
    form: &[u8],
    response: Response,
) -> Result<Response> {
    if !headers.contains_key(header::ORIGIN) {
        return Ok(response);
    }
    let client = form_urlencoded::parse(form).find(|(name, _)| name == "client_id");
    let client = client.and_then(|(_, id)| Uuid::try_parse(id.trim()).ok());
    match (providers::named(app, name).await?, client) {
        (Some(tenant), Some(client)) => {
            origin::pages_of(app, tenant.id, client, headers, response).await
        }
        _ => Ok(response),
    }
}

/// The tokens, or why there are none; the outer error is ours.
async fn token(
    app: &App,
    context: &Context,
    name: &str,
    headers: &HeaderMap,
    form: &[u8],
) -> Result<Answer> {
    let Some(tenant) = providers::named(app, name).await? else {
        return Ok(Err(Refusal::unknown_tenant(name)));
    };
    let authorization = headers.get(header::AUTHORIZATION);
    let authorization = authorization.map(|value| value.to_str().unwrap_or_default());
    let asked = match grant::read(form, authorization, &app.resource) {
        Ok(asked) => asked,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let client = providers::client(app, tenant.id, &asked.client_id).await?;
    let proved = match (&client, &asked.secret) {
        (Some(client), Some(secret)) => app.secrets.is_of(client, secret).await,
        _ => false,
    };
    match &asked.grant {
        Grant::Client => {
            let (Some(client), true) = (&client, proved) else {
                return Ok(Err(match client {
                    Some(_) => Refusal::wrong_secret(&asked.client_id),
                    None => Refusal::unknown_client(&asked.client_id, &tenant.id.to_string()),
                }));
            };
            let restrictions = http::restrictions(context, headers);
            if let Some(refusal) = program::restricted(app, context, client, restrictions).await? {
                return Ok(Err(refusal));
            }
            let token = app.verifier.mint(client, app.clock.seconds());
            Ok(Ok(grant::answer(&token.map_err(ApiError::internal)?)))
        }
        with => {
            // A secret that is shown has to be right, also where none is needed.
            if asked.secret.is_some() && !proved {
                return Ok(Err(Refusal::wrong_secret(&asked.client_id)));
            }
            let shower = Shower {
                tenant: tenant.id,
                client: Uuid::nil(),
                proved,
                restrictions: http::restrictions(context, headers),
                context,
            };
            of_person(app, shower, &asked.client_id, with).await
        }
    }
}

async fn of_person(app: &App, shower: Shower<'_>, client: &str, with: &Grant) -> Result<Answer> {
    let unknown = || Refusal::unknown_client(client, &shower.tenant.to_string());
    let Ok(id) = Uuid::try_parse(client.trim()) else {
        return Ok(Err(unknown()));
    };
    if http::addresses(app, shower.tenant, id).await?.is_none() {
        return Ok(Err(unknown()));
    }
    let shower = Shower {
        client: id,
        ..shower
    };
    match with {
        Grant::Client => Ok(Err(Refusal::missing_secret())),
        Grant::Code {
            code,
            redirect_uri,
            verifier,
            claims,
        } => {
            let (redirect_uri, verifier) = (redirect_uri.as_deref(), verifier.as_deref());
            let claims = claims.as_deref();
            grants::by_code(app, &shower, code, redirect_uri, verifier, claims).await
        }
        Grant::Refresh {
            token,
            scope,
            claims,
        } => {
            let (scope, claims) = (scope.as_deref(), claims.as_deref());
            grants::by_refresh(app, &shower, token, scope, claims).await
        }
        Grant::Device { code } => device::poll(app, &shower, code).await,
    }
}
