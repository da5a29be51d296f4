//! `…/partners`: the organizations that are listed, and adding one.

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use graph::capability;
use graph::query::Query;
use graph::settings::Form;
use graph::settings::partner::{self as wire, Expand};
use graph::settings::shape::PARTNER;
use policy::administer::Operation;
use policy::draft::{Patch, Written};
use policy::settings::{Partner, Policy};
use policy::tenant::TenantId;
use serde_json::{Value, json};

use crate::administration;
use crate::context::Context;
use crate::error::{ApiError, Result};
use crate::odata::{self, Address, Entries, Writing};
use crate::principal::Principal;
use crate::state::App;

pub(crate) const PLACE: &str = "policies/crossTenantAccessPolicy/partners";

pub(crate) async fn list_partners(
    State(app): State<App>,
    principal: Principal,
    address: Address,
) -> Result<Response> {
    let query = address.query(&PARTNER)?;
    let answer = administration::read(&app, &principal, &Operation::ListPartners).await?;
    odata::page(&address, PLACE, &query, &Listed::of(&answer.policy, &query))
}

pub(crate) async fn count_partners(
    State(app): State<App>,
    principal: Principal,
    address: Address,
) -> Result<Response> {
    let query = address.query_of_count(&PARTNER)?;
    let answer = administration::read(&app, &principal, &Operation::ListPartners).await?;
    Ok(odata::count(&query, &Listed::of(&answer.policy, &query)))
}

pub(crate) async fn create_partner(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let written = odata::written(&app, &headers, body).await?;
    let operation = Operation::AddPartner(written);
    let writing = Writing {
        app: &app,
        principal: &principal,
        context: &context,
        headers: &headers,
    };
    let answer = writing.carry_out(&operation).await?;
    // The new entry is the last one.
    let Some(entry) = added(&operation, &answer.policy) else {
        return Err(ApiError::internal("an added partner is not there"));
    };
    let value = wire::render(entry, Expand::Nothing, Form::Answer);
    let location = format!("{PLACE}/{}", entry.tenant);
    let query = Query::all(&PARTNER, address.manner());
    Ok(odata::created(
        &address, PLACE, &query, value, &location, &answer,
    ))
}

fn added<'a>(operation: &Operation, policy: &'a Policy) -> Option<&'a Partner> {
    let Operation::AddPartner(written) = operation else {
        return None;
    };
    let named = written.iter().find_map(|member| match member {
        Written::TenantId(Patch::Value(id)) => id.parse().ok(),
        _ => None,
    });
    match named {
        Some(named) => policy.partners.get(named),
        None => policy.partners.iter().last(),
    }
}

/// One entry with all its members, and with what is expanded.
pub(crate) fn render(entry: &Partner, query: &Query) -> Value {
    let expand = match query.expands("identitySynchronization") {
        Some(_) => Expand::Synchronization,
        None => Expand::Nothing,
    };
    let mut value = wire::render(entry, expand, Form::Answer);
    if query.expands(capability::MEMBER).is_some() {
        capability::expand(&mut value, &entry.untreated);
    }
    value
}

/// The entries a list goes through.
struct Listed<'a>(Vec<&'a Partner>);

impl<'a> Listed<'a> {
    /// All of them, or those that are named.
    fn of(policy: &'a Policy, query: &Query) -> Self {
        let Some(named) = query.one_of("tenantId") else {
            return Listed(policy.partners.iter().collect());
        };
        let named = named.into_iter().filter_map(|id| id.text()?.parse().ok());
        let mut named: Vec<TenantId> = named.collect();
        named.sort();
        named.dedup();
        let entries = named.into_iter().filter_map(|id| policy.partners.get(id));
        Listed(entries.collect())
    }
}

impl Entries for Listed<'_> {
    type Entry = Partner;
    fn entries(&self) -> impl Iterator<Item = &Partner> {
        self.0.iter().copied()
    }
    fn key(&self, entry: &Partner) -> String {
        entry.tenant.to_string()
    }
    /// A flag that was never said filters as `false`, as it is meant.
    fn facts(&self, entry: &Partner, _: &Query) -> Value {
        json!({
            "tenantId": entry.tenant.to_string(),
            "isServiceProvider": entry.is_service_provider.unwrap_or(false),
            "isInMultiTenantOrganization": entry.is_in_multitenant_organization,
        })
    }
    fn render(&self, entry: &Partner, query: &Query) -> Value {
        render(entry, query)
    }
}
