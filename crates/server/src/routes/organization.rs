//! `/organization`, `/policies/authorizationPolicy`, `/policies/b2bManagementPolicies`: what a tenant
//! says about itself and lets people do. All of it is the tenant's profile.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use graph::b2b_management::{self, Refused};
use graph::query::Version;
use graph::{authorization_policy, organization};
use policy::reason::Reason;
use policy::world::Tenant;
use serde_json::Value;

use super::users::written;
use crate::access::directory::{
    CREATE_DOMAIN_LIST, DELETE_DOMAIN_LIST, GET_AUTHORIZATION, GET_DOMAIN_LIST, GET_ORGANIZATION,
    LIST_DOMAIN_LISTS, LIST_LEGACY_POLICIES, LIST_ORGANIZATIONS, Reach, UPDATE_AUTHORIZATION,
    UPDATE_DOMAIN_LIST, UPDATE_ORGANIZATION,
};
use crate::administration::IfMatch;
use crate::body;
use crate::context::Context;
use crate::error::{ApiError, Result};
use crate::odata::{self, Address, Json};
use crate::people::{Deed, no_object, unchanged, unreadable};
use crate::principal::Principal;
use crate::profile::{self, Changed, Refusal};
use crate::state::App;

const PLACE: &str = "organization";
const AUTHORIZATION: &str = "policies/authorizationPolicy";
const DOMAINS: &str = "policies/b2bManagementPolicies";
const LEGACY: &str = "legacy/policies";

const UPDATE: Deed = Deed {
    category: "DirectoryManagement",
    activity: "Set Company Information",
    operation: "Update",
    kind: "Organization",
};
const AUTHORIZE: Deed = Deed {
    category: "AuthorizationPolicy",
    activity: "Update authorization policy",
    operation: "Update",
    kind: "Policy",
};
const ADD_POLICY: Deed = Deed {
    category: "Policy",
    activity: "Add policy",
    operation: "Add",
    kind: "Policy",
};
const UPDATE_POLICY: Deed = Deed {
    activity: "Update policy",
    operation: "Update",
    ..ADD_POLICY
};
const DELETE_POLICY: Deed = Deed {
    activity: "Delete policy",
    operation: "Delete",
    ..ADD_POLICY
};

/// A write of the profile: who writes, and on which state.
struct Write<'a> {
    app: &'a App,
    principal: &'a Principal,
    context: &'a Context,
    headers: &'a HeaderMap,
}

impl Write<'_> {
    /// Judges and commits; `change` gives back the new tenant, or why not.
    async fn carry_out(
        &self,
        deed: &Deed,
        render: impl Fn(&Tenant) -> Value,
        change: impl Fn(&Tenant) -> std::result::Result<Tenant, ApiError>,
    ) -> Result<(Value, Option<store::Revision>)> {
        let if_match = IfMatch::of(self.headers)?;
        let judge = |tenant: &Tenant| {
            let id = || Some(tenant.id.to_string());
            let name = || tenant.display_name.clone();
            match change(tenant) {
                Ok(after) => {
                    let (before, now) = (render(tenant), render(&after));
                    let entry = deed.changed(tenant.id, name(), &before, &now);
                    Ok(Changed {
                        tenant: after,
                        entry,
                        answer: now,
                    })
                }
                Err(error) if error.status == StatusCode::NOT_FOUND => Err(Refusal::from(error)),
                Err(error) => {
                    let reason = match error.detail.as_ref().map(|(code, _)| *code) {
                        Some("domain_lists_exclusive") => Reason::DomainListsExclusive,
                        _ => Reason::InvalidProperty,
                    };
                    let entry = deed.entry(id(), name(), Vec::new());
                    Err(Refusal::logged(error, entry, reason))
                }
            }
        };
        let (app, principal, context) = (self.app, self.principal, self.context);
        let written = profile::write(app, principal, context, if_match.as_ref(), judge).await?;
        Ok((written.answer, written.revision))
    }
}

pub(crate) async fn list_organizations(
    State(app): State<App>,
    principal: Principal,
    address: Address,
) -> Result<Response> {
    principal.may(&app, &LIST_ORGANIZATIONS).await?;
    Reach::of(&app, &principal).await?.may_see_others()?;
    let query = address.query(&organization::SHAPE)?;
    let (tenant, _) = profile::read(&app, &principal).await?;
    let list = Json::by("id", [organization::render(&tenant)]);
    odata::page(&address, PLACE, &query, &list)
}

/// The caller's own organization is the only one there is.
fn is_own(id: &str, principal: &Principal) -> Result<()> {
    match id.parse() == Ok(principal.tenant()) {
        true => Ok(()),
        false => Err(no_object(id)),
    }
}

pub(crate) async fn get_organization(
    State(app): State<App>,
    principal: Principal,
    address: Address,
    Path(id): Path<String>,
) -> Result<Response> {
    principal.may(&app, &GET_ORGANIZATION).await?;
    Reach::of(&app, &principal).await?.may_see_others()?;
    let query = address.query_of_one(&organization::SHAPE)?;
    is_own(&id, &principal)?;
    let (tenant, revision) = profile::read(&app, &principal).await?;
    let value = organization::render(&tenant);
    Ok(odata::entity(&address, 200, PLACE, &query, value, revision))
}

pub(crate) async fn update_organization(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal.may(&app, &UPDATE_ORGANIZATION).await?;
    let value = written(&app, &headers, body).await?;
    is_own(&id, &principal)?;
    let draft = organization::read(&value).map_err(unreadable)?;
    let write = Write {
        app: &app,
        principal: &principal,
        context: &context,
        headers: &headers,
    };
    let change = |tenant: &Tenant| {
        unchanged(&draft.echoes, &organization::render(tenant))?;
        let mut after = tenant.clone();
        draft.apply(&mut after);
        Ok(after)
    };
    let (_, revision) = write
        .carry_out(&UPDATE, organization::render, change)
        .await?;
    Ok(odata::no_content(revision))
}

/// v1.0 has one policy at that address, beta a collection of one.
pub(crate) async fn get_authorization_policy(
    State(app): State<App>,
    principal: Principal,
    address: Address,
) -> Result<Response> {
    principal.may(&app, &GET_AUTHORIZATION).await?;
    let (tenant, revision) = profile::read(&app, &principal).await?;
    let value = authorization_policy::render(&tenant);
    if address.manner().version == Version::Beta {
        let query = address.query(&authorization_policy::SHAPE)?;
        return odata::page(&address, AUTHORIZATION, &query, &Json::by("id", [value]));
    }
    let query = address.query_of_one(&authorization_policy::SHAPE)?;
    Ok(odata::entity(
        &address,
        200,
        AUTHORIZATION,
        &query,
        value,
        revision,
    ))
}

/// The policy by its name.
pub(crate) async fn get_named_authorization_policy(
    State(app): State<App>,
    principal: Principal,
    address: Address,
) -> Result<Response> {
    principal.may(&app, &GET_AUTHORIZATION).await?;
    let query = address.query_of_one(&authorization_policy::SHAPE)?;
    let (tenant, revision) = profile::read(&app, &principal).await?;
    let value = authorization_policy::render(&tenant);
    Ok(odata::entity(
        &address,
        200,
        AUTHORIZATION,
        &query,
        value,
        revision,
    ))
}

pub(crate) async fn update_authorization_policy(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal.may(&app, &UPDATE_AUTHORIZATION).await?;
    let value = written(&app, &headers, body).await?;
    let draft = authorization_policy::read(&value).map_err(unreadable)?;
    let write = Write {
        app: &app,
        principal: &principal,
        context: &context,
        headers: &headers,
    };
    let change = |tenant: &Tenant| {
        unchanged(&draft.echoes, &authorization_policy::render(tenant))?;
        let mut after = tenant.clone();
        draft.apply(&mut after);
        Ok(after)
    };
    let render = authorization_policy::render;
    let (_, revision) = write.carry_out(&AUTHORIZE, render, change).await?;
    Ok(odata::no_content(revision))
}

fn domain_lists(tenant: &Tenant, is_legacy: bool) -> Json {
    let policy = b2b_management::exists(tenant).then(|| b2b_management::render(tenant, is_legacy));
    Json::by("id", policy)
}

pub(crate) async fn list_domain_lists(
    State(app): State<App>,
    principal: Principal,
    address: Address,
) -> Result<Response> {
    principal.may(&app, &LIST_DOMAIN_LISTS).await?;
    let query = address.query(&b2b_management::SHAPE)?;
    let (tenant, _) = profile::read(&app, &principal).await?;
    odata::page(&address, DOMAINS, &query, &domain_lists(&tenant, false))
}

pub(crate) async fn list_legacy_policies(
    State(app): State<App>,
    principal: Principal,
    address: Address,
) -> Result<Response> {
    principal.may(&app, &LIST_LEGACY_POLICIES).await?;
    let query = address.query(&b2b_management::SHAPE)?;
    let (tenant, _) = profile::read(&app, &principal).await?;
    odata::page(&address, LEGACY, &query, &domain_lists(&tenant, true))
}

fn is_the_list(tenant: &Tenant, id: &str) -> Result<()> {
    let is_it =
        b2b_management::exists(tenant) && b2b_management::id(tenant).eq_ignore_ascii_case(id);
    match is_it {
        true => Ok(()),
        false => Err(no_object(id)),
    }
}

pub(crate) async fn get_domain_list(
    State(app): State<App>,
    principal: Principal,
    address: Address,
    Path(id): Path<String>,
) -> Result<Response> {
    principal.may(&app, &GET_DOMAIN_LIST).await?;
    let query = address.query_of_one(&b2b_management::SHAPE)?;
    let (tenant, revision) = profile::read(&app, &principal).await?;
    is_the_list(&tenant, &id)?;
    let value = b2b_management::render(&tenant, false);
    Ok(odata::entity(
        &address, 200, DOMAINS, &query, value, revision,
    ))
}

fn draft(value: &Value) -> std::result::Result<b2b_management::DomainDraft, ApiError> {
    b2b_management::read(value).map_err(|refused| match refused {
        Refused::Form(error) => unreadable(error),
        Refused::Exclusive => {
            let reason = Reason::DomainListsExclusive;
            ApiError::ruled_out(reason.sentence(), reason.as_str(), "definition")
        }
    })
}

fn render_list(tenant: &Tenant) -> Value {
    match b2b_management::exists(tenant) {
        true => b2b_management::render(tenant, false),
        false => Value::Null,
    }
}

pub(crate) async fn create_domain_list(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal.may(&app, &CREATE_DOMAIN_LIST).await?;
    // Before anything is done: a refusal leaves nothing behind.
    let query = address.query_of_one(&b2b_management::SHAPE)?;
    let value = written(&app, &headers, body).await?;
    let write = Write {
        app: &app,
        principal: &principal,
        context: &context,
        headers: &headers,
    };
    let change = |tenant: &Tenant| {
        if b2b_management::exists(tenant) {
            let message = "Another object with the same value for property type already exists.";
            return Err(ApiError::conflict(message));
        }
        let mut after = tenant.clone();
        draft(&value)?.apply(&mut after);
        Ok(after)
    };
    let (value, revision) = write.carry_out(&ADD_POLICY, render_list, change).await?;
    let location = format!("{DOMAINS}/{}", principal.tenant());
    Ok(odata::created(
        &address, DOMAINS, &query, value, &location, revision,
    ))
}

pub(crate) async fn update_domain_list(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal.may(&app, &UPDATE_DOMAIN_LIST).await?;
    let value = written(&app, &headers, body).await?;
    let write = Write {
        app: &app,
        principal: &principal,
        context: &context,
        headers: &headers,
    };
    let change = |tenant: &Tenant| {
        is_the_list(tenant, &id)?;
        let mut after = tenant.clone();
        draft(&value)?.apply(&mut after);
        Ok(after)
    };
    let (_, revision) = write.carry_out(&UPDATE_POLICY, render_list, change).await?;
    Ok(odata::no_content(revision))
}

pub(crate) async fn delete_domain_list(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal.may(&app, &DELETE_DOMAIN_LIST).await?;
    body::bytes(&headers, body, app.options.body_limit).await?;
    let write = Write {
        app: &app,
        principal: &principal,
        context: &context,
        headers: &headers,
    };
    let change = |tenant: &Tenant| {
        is_the_list(tenant, &id)?;
        let mut after = tenant.clone();
        b2b_management::remove(&mut after);
        Ok(after)
    };
    write.carry_out(&DELETE_POLICY, render_list, change).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
