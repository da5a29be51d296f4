//! What was found in settings, as JSON: the same members for the command line and every API.

use std::collections::BTreeSet;

use policy::explain::Names;
use policy::settings::Policy;
use policy::tenant::TenantId;
use posture::finding::{Finding, Setting, Whom};
use serde_json::{Map, Value, json};

/// One finding.
pub fn finding(found: &Finding, names: &dyn Names) -> Map<String, Value> {
    let partner = match found.source.whom {
        Whom::Everyone => None,
        Whom::Partner(partner) => Some(partner),
    };
    let setting = match found.source.setting {
        Setting::Entry => None,
        setting => Some(setting.as_str()),
    };
    let witness = found.witness.as_ref().map(|(block, witness)| {
        json!({"section": block.as_str(), "request": crate::preview::witness(witness)})
    });
    let members = [
        ("check", json!(found.check.name)),
        ("severity", json!(found.check.severity.as_str())),
        (
            "clauses",
            json!(found.check.clauses.split(", ").collect::<Vec<_>>()),
        ),
        (
            "source",
            json!({
                "configuration": if partner.is_some() { "partner" } else { "default" },
                "partner": partner.map(|partner| partner.to_string()),
                "displayName": partner.map(|partner| names.tenant(partner)),
                "setting": setting,
                "origin": found.source.origin.as_str(),
            }),
        ),
        ("reason", json!(found.reason)),
        ("fix", json!(found.fix)),
        ("witness", json!(witness)),
    ];
    let members = members.into_iter();
    members
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// Partners whose entries say something that no decision here depends on.
pub fn say_more(policy: &Policy) -> BTreeSet<TenantId> {
    let partners = policy.partners.iter().filter(|partner| {
        let trust = partner.trust.iter().map(|trust| &trust.untreated);
        let synchronization = partner.synchronization.iter().map(|one| &one.untreated);
        let mut parts = trust.chain(synchronization).chain([&partner.untreated]);
        parts.any(crate::settings::customizes)
    });
    partners.map(|partner| partner.tenant).collect()
}
