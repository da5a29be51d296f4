//! `/{tenant}/openid/userinfo`: who the bearer of an access token is.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use policy::target::UserId;
use serde_json::{Map, Value};
use sts::{Caller, SignedIn};
use uuid::Uuid;

use super::origin;
use crate::body;
use crate::error::{ApiError, Result};
use crate::principal::Principal;
use crate::providers;
use crate::state::App;

pub(crate) async fn userinfo(
    State(app): State<App>,
    Path(name): Path<String>,
    principal: Principal,
    headers: HeaderMap,
) -> Result<Response> {
    let tenant = principal.tenant();
    let named = providers::named(&app, &name).await?;
    if named.is_none_or(|named| named.id != tenant) {
        return Err(ApiError::forbidden());
    }
    let Caller::Person {
        scopes,
        user_principal_name,
        display_name,
        ..
    } = principal.caller()
    else {
        return Err(ApiError::forbidden());
    };
    let has = |scope: &str| scopes.iter().any(|known| known == scope);
    if !has("openid") {
        return Err(ApiError::forbidden());
    }
    let object = principal.object();
    let mut said = Map::new();
    let mut say = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            said.insert(name.to_owned(), Value::String(value));
        }
    };
    say(
        "sub",
        Some(SignedIn::pairwise(tenant, object, principal.application())),
    );
    say("oid", Some(object.to_string()));
    say("tid", Some(tenant.to_string()));
    if has("profile") {
        say("name", display_name.clone());
        say("preferred_username", user_principal_name.clone());
    }
    if has("email") {
        say("email", mail(&app, tenant, object).await?);
    }
    let answer = body::answer(200, &said);
    let client = principal.application();
    origin::pages_of(&app, tenant, client, &headers, answer).await
}

async fn mail(app: &App, tenant: policy::tenant::TenantId, object: Uuid) -> Result<Option<String>> {
    let sheet = app.effective.with(&[tenant]).await?;
    let known = sheet
        .get(tenant)
        .and_then(|known| known.tenant.directory.as_ref());
    let user = known.and_then(|known| known.users.get(&UserId::from_u128(object.as_u128())));
    Ok(user.and_then(|user| user.mail.clone()))
}
