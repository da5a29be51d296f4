//! Signing out, at the wish of an application or without one.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::http::{Method, header};
use axum::response::Response;
use uuid::Uuid;

use super::browser::{self, Browser};
use super::http::{FORM, addresses};
use super::pages;
use super::steps::Sent;
use crate::body;
use crate::error::Result;
use crate::providers;
use crate::state::App;

/// Ends the session of a browser, and sends it back to an application that is known.
pub(crate) async fn logout(
    State(app): State<App>,
    Path(name): Path<String>,
    parts: Parts,
    body: Body,
) -> Result<Response> {
    let form = match parts.method == Method::POST {
        true => body::bytes(&parts.headers, body, FORM).await?,
        false => parts
            .uri
            .query()
            .unwrap_or_default()
            .as_bytes()
            .to_vec()
            .into(),
    };
    let fields = form_urlencoded::parse(&form).into_owned().collect();
    let sent = Sent { fields };
    let browser = Browser::of(&app, &parts.headers).await?;
    browser.end(&app).await?;
    let mut response = match back(&app, &name, &sent).await? {
        Some(address) => pages::to(&address),
        None => pages::signed_out(),
    };
    response
        .headers_mut()
        .insert(header::SET_COOKIE, browser::forget());
    Ok(response)
}

/// Where somebody goes who has signed out: only to an address of the application that says who it
/// is.
async fn back(app: &App, name: &str, sent: &Sent) -> Result<Option<String>> {
    let wanted = sent.field("post_logout_redirect_uri");
    let Some(tenant) = providers::named(app, name)
        .await?
        .filter(|_| !wanted.is_empty())
    else {
        return Ok(None);
    };
    let hint = app
        .verifier
        .hint(sent.field("id_token_hint"), tenant.id)
        .ok();
    let client = hint.map(|hint| hint.audience);
    let client = client.unwrap_or_else(|| sent.field("client_id").to_owned());
    let Ok(client) = Uuid::try_parse(&client) else {
        return Ok(None);
    };
    let known = addresses(app, tenant.id, client).await?;
    if known.and_then(|known| known.kind_of(wanted)).is_none() {
        return Ok(None);
    }
    let state = sent.field("state");
    if state.is_empty() {
        return Ok(Some(wanted.to_owned()));
    }
    let state: String = form_urlencoded::byte_serialize(state.as_bytes()).collect();
    let between = if wanted.contains('?') { '&' } else { '?' };
    Ok(Some(format!("{wanted}{between}state={state}")))
}
