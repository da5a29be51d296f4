//! The settings of a tenant as the documents an administrator would get from Graph, written so
//! that importing them gives the same settings.

use policy::settings::Policy;
use policy::world::Tenant;
use serde_json::{Map, Value, json};

use crate::context::{CONTEXT, Subject};
use crate::import::AAD_PREMIUM;
use crate::settings::partner::Expand;
use crate::settings::{Form, defaults, partner, root};

/// The documents of one tenant.
#[derive(Clone, Debug, PartialEq)]
pub struct Documents {
    /// `GET /organization`: whose settings these are.
    pub organization: Value,
    /// `GET /policies/crossTenantAccessPolicy`.
    pub policy: Value,
    /// `GET /policies/crossTenantAccessPolicy/default`.
    pub default: Value,
    /// `GET /policies/crossTenantAccessPolicy/partners?$expand=identitySynchronization`, on one
    /// page.
    pub partners: Value,
}

/// Annotations of the list of partners are stored with the policy, under this prefix.
pub(crate) const PARTNERS_ANNOTATION: &str = "partners";

/// Writes the documents; a tenant that is only registered has none (S25.1).
pub fn write(tenant: &Tenant) -> Option<Documents> {
    let policy = tenant.policy.as_ref()?;
    Some(write_with(tenant, policy))
}

/// The same with settings that are not those the tenant has now.
pub fn write_with(tenant: &Tenant, policy: &Policy) -> Documents {
    let about = |subject: Subject, value| with_context(value, &subject.context(tenant.cloud));
    let default = defaults::render(&policy.defaults, policy.id, Form::Export);
    Documents {
        organization: about(Subject::Organization, organization(tenant)),
        policy: about(Subject::Policy, root::render(policy, Form::Export)),
        default: about(Subject::Default, default),
        partners: about(Subject::Partners, partners(policy)),
    }
}

/// The value with that context in front, unless it came with one.
fn with_context(value: Value, context: &str) -> Value {
    let Value::Object(members) = value else {
        return value;
    };
    let mut all = Map::new();
    all.insert(CONTEXT.to_owned(), context.into());
    all.extend(members);
    Value::Object(all)
}

fn organization(tenant: &Tenant) -> Value {
    let domains = tenant.domains.iter();
    let domains: Value = domains
        .map(|domain| json!({"name": domain.as_str()}))
        .collect();
    let mut organization = json!({
        "id": tenant.id.to_string(),
        "displayName": tenant.display_name,
        "verifiedDomains": domains,
    });
    if let (Value::Object(members), true) = (&mut organization, tenant.p1) {
        let plan = json!({"capabilityStatus": "Enabled", "servicePlanId": AAD_PREMIUM});
        members.insert("assignedPlans".to_owned(), json!([plan]));
    }
    json!({"value": [organization]})
}

fn partners(policy: &Policy) -> Value {
    let mut document = Map::new();
    for (name, json) in policy.untreated.iter() {
        if let Some((PARTNERS_ANNOTATION, annotation)) = name.split_once('@') {
            let value = serde_json::from_str(json).unwrap_or(Value::Null);
            document.insert(format!("@{annotation}"), value);
        }
    }
    let entries = policy.partners.iter();
    let entries =
        entries.map(|entry| partner::render(entry, Expand::Synchronization, Form::Export));
    document.insert("value".to_owned(), entries.collect());
    Value::Object(document)
}
