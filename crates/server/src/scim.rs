//! SCIM 2.0 (RFC 7643, RFC 7644): an identity provider keeps the people and groups of a tenant
//! current.
//!
//! Contoso's people live in somebody else's product. Its provisioning client is given an address
//! here, `/scim/v2/{tenant}`, and a token of an application with the permission for it; from then on
//! whoever joins, moves or leaves there does so here. What it writes is judged like a write over
//! Graph and stands in the same log.

mod discovery;
mod filter;
mod group;
mod list;
mod patch;
pub(crate) mod pushed;
mod user;

use axum::body::Body;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use graph::document::Document;
use policy::reason::Reason;
use policy::tenant::TenantId;
use serde_json::{Value, json};

use crate::access::directory::PROVISION;
use crate::body;
use crate::context::Context;
use crate::error::{ApiError, Result};
use crate::permission::{DIRECTORY_WRITE, SCIM};
use crate::principal::Principal;
use crate::router::Routes;
use crate::state::App;

/// The collection of people.
const USERS: &str = "Users";
const MEDIA_TYPE: HeaderValue = HeaderValue::from_static("application/scim+json");

/// The addresses.
pub(crate) fn routes() -> Routes {
    let at = |rest: &str| format!("/scim/v2/{{tenant}}{rest}");
    Routes::new()
        .route(&at("/ServiceProviderConfig"), get(discovery::get_config))
        .route(&at("/ResourceTypes"), get(discovery::list_types))
        .route(&at("/ResourceTypes/{id}"), get(discovery::get_type))
        .route(&at("/Schemas"), get(discovery::list_schemas))
        .route(&at("/Schemas/{id}"), get(discovery::get_schema))
        .route(&at("/Users"), get(user::list_users).post(user::create_user))
        .route(
            &at(&format!("/{USERS}/{{id}}")),
            get(user::get_user)
                .put(user::replace_user)
                .patch(user::patch_user)
                .delete(user::delete_user),
        )
        .route(
            &at("/Groups"),
            get(group::list_groups).post(group::create_group),
        )
        .route(
            &at("/Groups/{id}"),
            get(group::get_group)
                .put(group::replace_group)
                .patch(group::patch_group)
                .delete(group::delete_group),
        )
        .route(&at("/Bulk"), post(no_bulk))
}

async fn no_bulk(_: Provisioner) -> ApiError {
    ApiError::not_implemented("Bulk operations are not supported, as ServiceProviderConfig says.")
}

/// A provisioning client in the tenant that the address names.
pub(crate) struct Provisioner {
    pub(crate) app: App,
    pub(crate) principal: Principal,
    pub(crate) context: Context,
    pub(crate) headers: HeaderMap,
    /// `https://localhost:8443/scim/v2/{tenant}`.
    base: String,
    query: String,
    /// The tenant whose people the client pushes, if the target has tied it to one (S12).
    source: Option<TenantId>,
}

impl FromRequestParts<App> for Provisioner {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let principal = Principal::from_request_parts(parts, app).await?;
        let context = Context::from_request_parts(parts, app).await?;
        principal.may(app, &PROVISION).await?;
        let named =
            Path::<std::collections::HashMap<String, String>>::from_request_parts(parts, app);
        let named = named.await.map(|Path(named)| named).unwrap_or_default();
        let tenant = named.get("tenant").map(String::as_str).unwrap_or_default();
        // A caller cannot see that another tenant is here.
        if tenant.parse() != Ok(principal.tenant()) {
            return Err(ApiError::not_found("There is nothing at this address."));
        }
        let source = match principal.program() {
            Some(client) => app.store.sync_source_of(principal.tenant(), client).await?,
            None => None,
        };
        let provisions = principal.is_granted(&[SCIM, DIRECTORY_WRITE]);
        let at_groups = parts.uri.path().contains("/Groups");
        // A client that pushes is never a provisioning client, whatever it was untied from.
        if source.is_none() && !provisions {
            let message = "This client is tied to no source tenant.";
            return Err(ApiError::forbidden_by(
                message,
                Reason::SyncInboundNotAllowed,
            ));
        }
        if source.is_some() && at_groups {
            let message = "A client that pushes people has no groups here.";
            return Err(ApiError::forbidden_by(
                message,
                Reason::SyncInboundNotAllowed,
            ));
        }
        Ok(Provisioner {
            source,
            base: format!("{}/scim/v2/{}", context.origin, principal.tenant()),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            app: app.clone(),
            principal,
            context,
            headers: parts.headers.clone(),
        })
    }
}

impl Provisioner {
    pub(crate) fn desk(&self) -> crate::people::Desk<'_> {
        crate::people::Desk::of(&self.app, &self.principal, &self.context)
    }

    /// The counter of a source tenant, if the client speaks for one.
    fn pushing(&self) -> Option<pushed::Pushing<'_>> {
        let source = self.source?;
        Some(pushed::Pushing { from: self, source })
    }

    /// The address of a resource.
    fn at(&self, path: &str) -> String {
        format!("{}/{path}", self.base)
    }

    /// The body, which says `application/scim+json` or `application/json`.
    async fn read(&self, body: Body) -> Result<Value> {
        let bytes = body::bytes(&self.headers, body, self.app.options.body_limit).await?;
        let said = self.headers.get(header::CONTENT_TYPE);
        let said = said
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let essence = said.split(';').next().unwrap_or_default().trim();
        if !["application/scim+json", "application/json"]
            .iter()
            .any(|known| known.eq_ignore_ascii_case(essence))
        {
            return Err(ApiError::unsupported_media(
                "The request body must be application/scim+json.",
            ));
        }
        match Document::parse("body.json", &bytes) {
            Ok(document) if document.value().is_object() => Ok(document.value().clone()),
            Ok(_) => Err(wrong(
                "invalidSyntax",
                "The request body must be an object.",
            )),
            Err(error) => {
                let message = format!("The request body cannot be read: {}.", error.problem);
                Err(wrong("invalidSyntax", message))
            }
        }
    }

    /// Demands that `If-Match` names the ETag of what is there.
    fn precondition(&self, resource: &Value) -> Result<()> {
        let Some(wanted) = self.headers.get(header::IF_MATCH) else {
            return Ok(());
        };
        let wanted = wanted.to_str().unwrap_or_default();
        let strong = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
        let tag = strong(&etag(resource));
        match wanted.trim() == "*" || wanted.split(',').any(|one| strong(one) == tag) {
            true => Ok(()),
            false => Err(ApiError::precondition_failed()),
        }
    }

    /// One resource, as much of it as is asked for, with its ETag.
    fn answer(&self, status: u16, resource: Value) -> Result<Response> {
        let tag = etag(&resource);
        let known = self.headers.get(header::IF_NONE_MATCH);
        let known = known.and_then(|value| value.to_str().ok());
        let mut response = match known {
            Some(known) if status == 200 && known.split(',').any(|one| one.trim() == tag) => {
                StatusCode::NOT_MODIFIED.into_response()
            }
            _ => {
                let location = resource.pointer("/meta/location").cloned();
                let selected = list::Attributes::of(&self.query)?.select(resource);
                let mut response = scim(status, &selected);
                let location = location.as_ref().and_then(Value::as_str);
                let location = location.and_then(|at| HeaderValue::from_str(at).ok());
                if let Some(location) = location.filter(|_| status == 201) {
                    response.headers_mut().insert(header::LOCATION, location);
                }
                response
            }
        };
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            response.headers_mut().insert(header::ETAG, tag);
        }
        Ok(response)
    }
}

/// An answer in SCIM's words.
fn scim(status: u16, value: &Value) -> Response {
    let mut response = body::answer(status, value);
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, MEDIA_TYPE);
    response
}

/// What is written is wrong, in one of the ways of RFC 7644, 3.12.
fn wrong(kind: &'static str, message: impl Into<String>) -> ApiError {
    let message = message.into();
    let mut error = ApiError::bad_body(message.clone());
    error.detail = Some((kind, message));
    error
}

/// The version of a resource: what it says, in short.
fn version(resource: &Value) -> String {
    let digest = sts::jws::digest(resource.to_string().as_bytes());
    let short = digest.iter().take(8);
    let text: String = short.map(|byte| format!("{byte:02x}")).collect();
    format!("W/\"{text}\"")
}

fn etag(resource: &Value) -> String {
    let version = resource.pointer("/meta/version").and_then(Value::as_str);
    version.unwrap_or_default().to_owned()
}

/// The body of a refusal (RFC 7644, 3.12).
pub(crate) fn refusal(error: &ApiError) -> Value {
    let mut value = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
        "status": error.status.as_u16().to_string(),
        "detail": error.message,
    });
    let known = [
        "invalidFilter",
        "tooMany",
        "uniqueness",
        "mutability",
        "invalidSyntax",
        "invalidPath",
        "noTarget",
        "invalidValue",
        "invalidVers",
        "sensitive",
    ];
    let said = error.detail.as_ref().map(|(code, _)| *code);
    let kind = said.filter(|code| known.contains(code));
    let kind = kind.or((error.status == StatusCode::BAD_REQUEST).then_some("invalidValue"));
    let is_reason = |code: &&str| Reason::ALL.iter().any(|reason| reason.as_str() == *code);
    if let Some(members) = value.as_object_mut() {
        if let Some(kind) = kind {
            members.insert("scimType".to_owned(), kind.into());
        }
        // For whoever pushes: which rule it was (S20).
        if let Some(code) = said.filter(is_reason) {
            members.insert("reason".to_owned(), code.into());
        }
    }
    value
}

/// What Graph calls a conflict of two objects is 409 here, and so it is for clients that ask whether
/// somebody is there by making them.
fn in_scims_words(error: ApiError) -> ApiError {
    match error.detail.as_ref().map(|(code, _)| *code) {
        Some("ObjectConflict") => {
            let message = error.message.clone();
            let mut conflict = ApiError::conflict(&message);
            conflict.detail = Some(("uniqueness", message));
            conflict
        }
        _ => error,
    }
}
