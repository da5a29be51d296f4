//! `/comity/v1/tenants/{id}/identityProvider`: the provider with which the people of a tenant sign in
//! that is not this server. The operator pins its issuer to the tenant, and it speaks for no other
//! one. Its secret is taken and never given back.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use policy::tenant::TenantId;
use policy::world::Tenant;
use serde::Deserialize;
use serde_json::{Value, json};
use sts::upstream::{Mapping, Subject};

use crate::access::surface::{
    DELETE_IDENTITY_PROVIDER, GET_IDENTITY_PROVIDER, PUT_IDENTITY_PROVIDER,
};
use crate::body;
use crate::context::Context;
use crate::error::{ApiError, Result};
use crate::principal::Principal;
use crate::registry::{Operator, absent, named};
use crate::sign_in::Provider;
use crate::state::App;

const LONGEST_ISSUER: usize = 512;
const LONGEST: usize = 256;
const LONGEST_SECRET: usize = 1024;
const MANY: usize = 20;

/// What a body says.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Written {
    issuer: String,
    client_id: String,
    client_secret: Option<String>,
    scopes: Option<Vec<String>>,
    #[serde(default)]
    is_comity: bool,
    mapping: Option<Mapping>,
}

fn refuse(path: &str, expected: &str) -> ApiError {
    ApiError::bad_body(format!("{path}: expected {expected}.")).at(path)
}

fn is_word(text: &str) -> bool {
    let legal = |c: char| c.is_ascii_graphic() && c != '"' && c != '\\';
    (1..=LONGEST).contains(&text.len()) && text.chars().all(legal)
}

impl Written {
    async fn read(app: &App, headers: &HeaderMap, body: Body) -> Result<Self> {
        let value = body::json(headers, body, app.options.body_limit).await?;
        let read: std::result::Result<Written, _> = serde_path_to_error::deserialize(&value);
        let read = read.map_err(|error| {
            let path = error.path().to_string();
            ApiError::bad_body(format!("{path}: {}.", error.inner())).at(path)
        })?;
        Ok(read)
    }

    fn check(&self, app: &App, tenant: &Tenant) -> Result<()> {
        let address = match self.issuer.len() <= LONGEST_ISSUER {
            true => app.upstreams.may_ask(&self.issuer),
            false => Err("it is longer than 512 bytes".to_owned()),
        };
        match address {
            Err(why) => {
                let expected = format!("the issuer of an OpenID provider, and {why}");
                return Err(refuse("issuer", &expected));
            }
            Ok(url) if url.query().is_some() => {
                return Err(refuse("issuer", "an address without a query"));
            }
            Ok(_) => {}
        }
        if !is_word(&self.client_id) {
            return Err(refuse("clientId", "a client id of at most 256 characters"));
        }
        let secret = self.client_secret.as_ref();
        if secret.is_some_and(|secret| secret.is_empty() || secret.len() > LONGEST_SECRET) {
            return Err(refuse("clientSecret", "a secret of at most 1024 bytes"));
        }
        if let Some(scopes) = &self.scopes {
            let legal = scopes.len() <= MANY && scopes.iter().all(|scope| is_word(scope));
            if !legal || !scopes.iter().any(|scope| scope == "openid") {
                return Err(refuse("scopes", "at most 20 scopes, openid among them"));
            }
        }
        self.check_mapping(tenant)
    }

    fn check_mapping(&self, tenant: &Tenant) -> Result<()> {
        let mapping = self.mapping();
        let claims = [Some(&mapping.subject), Some(&mapping.name)];
        let more = [
            mapping.groups.as_ref(),
            mapping.compliant_device.as_ref(),
            mapping.hybrid_joined_device.as_ref(),
        ];
        let mut claims = claims.into_iter().chain(more).flatten();
        if !claims.all(|claim| is_word(claim)) {
            return Err(refuse(
                "mapping",
                "names of claims, of at most 256 characters",
            ));
        }
        for (path, list) in [
            ("mapping.addresses", &mapping.addresses),
            ("mapping.mfaMethods", &mapping.mfa_methods),
            ("mapping.mfaClasses", &mapping.mfa_classes),
        ] {
            if list.len() > MANY || !list.iter().all(|word| is_word(word)) {
                return Err(refuse(path, "at most 20 values"));
            }
        }
        let here = tenant.directory.is_some();
        match (here, mapping.subject_is) {
            (true, Subject::Id) => Err(refuse(
                "mapping.subjectIs",
                "userPrincipalName or externalId, because the people of the tenant are here",
            )),
            (false, Subject::UserPrincipalName | Subject::ExternalId) => Err(refuse(
                "mapping.subjectIs",
                "id, because the people of the tenant are not here",
            )),
            (true, _) if self.is_comity => Err(refuse(
                "isComity",
                "false, because the people of the tenant are here",
            )),
            _ => Ok(()),
        }
    }

    fn mapping(&self) -> Mapping {
        match (&self.mapping, self.is_comity) {
            (Some(mapping), _) => mapping.clone(),
            (None, true) => Mapping::of_comity(),
            (None, false) => Mapping::default(),
        }
    }
}

async fn tenant(app: &App, id: &str) -> Result<std::sync::Arc<Tenant>> {
    let id: TenantId = named(id)?;
    let row = app.store.tenant(id).await?.ok_or_else(|| absent(id))?;
    // With its directory, as far as that is known here.
    let sheet = app.effective.with(&[id]).await?;
    let known = sheet
        .get(id)
        .map(|known| std::sync::Arc::clone(&known.tenant));
    Ok(known.unwrap_or(row.profile))
}

fn render(app: &App, provider: &Provider) -> Result<Response> {
    let mapping = serde_json::to_value(&provider.mapping).map_err(ApiError::internal)?;
    let value: Value = json!({
        "issuer": provider.issuer,
        "clientId": provider.client_id,
        "hasSecret": provider.secret.is_some(),
        "scopes": provider.scopes,
        "isComity": provider.is_comity,
        "mapping": mapping,
        "redirectUri": format!("{}/signin/return", app.options.public_url),
    });
    Ok(body::answer(200, &value))
}

fn none() -> ApiError {
    ApiError::not_found("No identity provider is set for the tenant.")
}

pub(crate) async fn get_provider(
    State(app): State<App>,
    principal: Principal,
    Path(id): Path<String>,
) -> Result<Response> {
    principal.may(&app, &GET_IDENTITY_PROVIDER).await?;
    let tenant = tenant(&app, &id).await?;
    let provider = Provider::of(&app, tenant.id).await?;
    render(&app, &provider.ok_or_else(none)?)
}

pub(crate) async fn put_provider(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal.may(&app, &PUT_IDENTITY_PROVIDER).await?;
    let tenant = tenant(&app, &id).await?;
    let written = Written::read(&app, &headers, body).await?;
    written.check(&app, &tenant)?;
    let (before, revision) = Provider::stored(&app, tenant.id).await?;
    if written.client_secret.is_some() && app.master().is_err() {
        let message = "The secret cannot be sealed: only a server that runs has the master key.";
        return Err(ApiError::conflict(message).at("clientSecret"));
    }
    let secret = match (&written.client_secret, &before) {
        (Some(secret), _) => Some(Provider::seal(&app, tenant.id, secret)?),
        // A secret that was given once stays with the provider it was given for.
        (None, Some(before)) if before.issuer == written.issuer => before.secret.clone(),
        (None, _) => None,
    };
    let usual = ["openid", "profile", "email", "offline_access"];
    let provider = Provider {
        secret,
        mapping: written.mapping(),
        issuer: written.issuer,
        client_id: written.client_id,
        scopes: written
            .scopes
            .unwrap_or_else(|| usual.map(str::to_owned).to_vec()),
        is_comity: written.is_comity,
    };
    if !Provider::claim(&app, &provider.issuer, tenant.id).await? {
        let message = "The issuer is pinned to another tenant, and speaks for no other one.";
        return Err(ApiError::conflict(message).at("issuer"));
    }
    let operator = Operator {
        app: &app,
        principal: &principal,
        context: &context,
    };
    let done = ("Set identity provider", "Update");
    note(&operator, &tenant, &provider, done).await?;
    Provider::keep(&app, tenant.id, Some(&provider), revision).await?;
    if let Some(before) = before.filter(|before| before.issuer != provider.issuer) {
        Provider::release(&app, &before.issuer, tenant.id).await?;
    }
    app.upstreams.forget(&provider.issuer);
    render(&app, &provider)
}

pub(crate) async fn delete_provider(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path(id): Path<String>,
) -> Result<Response> {
    principal.may(&app, &DELETE_IDENTITY_PROVIDER).await?;
    let tenant = tenant(&app, &id).await?;
    let (provider, revision) = Provider::stored(&app, tenant.id).await?;
    let provider = provider.ok_or_else(none)?;
    let operator = Operator {
        app: &app,
        principal: &principal,
        context: &context,
    };
    let done = ("Remove identity provider", "Delete");
    note(&operator, &tenant, &provider, done).await?;
    Provider::keep(&app, tenant.id, None, revision).await?;
    Provider::release(&app, &provider.issuer, tenant.id).await?;
    render(&app, &provider)
}

/// The log first: a provider that nobody wrote down is worse than an entry too many.
async fn note(
    operator: &Operator<'_>,
    tenant: &Tenant,
    provider: &Provider,
    (activity, operation): (&'static str, &'static str),
) -> Result<()> {
    let details = vec![
        ("issuer".to_owned(), provider.issuer.clone()),
        ("clientId".to_owned(), provider.client_id.clone()),
    ];
    let entries = operator.noted(tenant, activity, operation, details);
    operator.app.store.append_audit(&entries).await?;
    Ok(())
}
