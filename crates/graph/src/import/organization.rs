//! `GET /organization`: the tenant itself.

use std::collections::BTreeSet;

use policy::tenant::{Domain, TenantId};
use serde_json::Value;

use crate::wire::{Result, WireError, Within, each, guid, object, optional, optional_text};

/// The service plan that is P1, and the one that contains it (S1.11).
pub(crate) const AAD_PREMIUM: &str = "41781fb2-bc02-4b7c-bd55-b576c07bb09d";
const AAD_PREMIUM_P2: &str = "eec0eb4f-6444-4f95-aba0-10c24d56f998";

/// What an organization says about itself, as far as it matters here.
pub(super) struct Organization {
    pub(super) id: TenantId,
    pub(super) display_name: Option<String>,
    pub(super) domains: BTreeSet<Domain>,
    /// `None` when it does not list its plans.
    pub(super) p1: Option<bool>,
}

pub(super) fn read(value: &Value) -> Result<Organization> {
    let members = object(value)?;
    let member = |name: &str| members.get(name).unwrap_or(&Value::Null);
    let id = members.get("id").ok_or_else(|| WireError::missing("id"))?;
    let domains = each(member("verifiedDomains"), domain).under("verifiedDomains")?;
    Ok(Organization {
        id: guid(id).under("id")?,
        display_name: optional_text(member("displayName")).under("displayName")?,
        domains: domains.into_iter().collect(),
        p1: optional(member("assignedPlans"), p1).under("assignedPlans")?,
    })
}

fn domain(value: &Value) -> Result<Domain> {
    let name = object(value)?.get("name").unwrap_or(&Value::Null);
    let domain = name.as_str().and_then(|text| text.parse().ok());
    domain.ok_or_else(|| WireError::form("a domain name", name).under("name"))
}

fn p1(value: &Value) -> Result<bool> {
    let plans = each(value, |plan| {
        let members = object(plan)?;
        let text = |name: &str| {
            members
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let is = |id: &str| text("servicePlanId").eq_ignore_ascii_case(id);
        let in_use = ["Enabled", "Warning"].contains(&text("capabilityStatus"));
        Ok(in_use && (is(AAD_PREMIUM) || is(AAD_PREMIUM_P2)))
    })?;
    Ok(plans.contains(&true))
}
