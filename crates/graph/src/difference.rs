//! What differs between two states of a tenant's settings, property by property.
//!
//! The answers of Graph to the same requests, then and now, are laid side by side: whoever reads a
//! difference finds every name and value where Graph shows it.

use std::collections::BTreeSet;

use policy::settings::{BlockName, Partner, Policy, Untreated};
use policy::tenant::TenantId;
use serde_json::{Map, Value};

use crate::settings::partner::Expand;
use crate::settings::{Form, defaults, partner, root};

const REDEMPTION: &str = "invitationRedemptionIdentityProviderConfiguration";
const CONSENT: &str = "automaticUserConsentSettings";

/// Which part of the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The name and the enabled clouds.
    Policy,
    /// The default configuration.
    Default,
    /// The entry for that partner.
    Partner(TenantId),
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Part::Policy => f.write_str("policy"),
            Part::Default => f.write_str("default"),
            Part::Partner(partner) => write!(f, "partners/{partner}"),
        }
    }
}

impl std::str::FromStr for Part {
    type Err = NoPart;
    fn from_str(text: &str) -> Result<Self, NoPart> {
        match text {
            "policy" => Ok(Part::Policy),
            "default" => Ok(Part::Default),
            other => {
                let id = other.strip_prefix("partners/").ok_or(NoPart)?;
                id.parse().map(Part::Partner).map_err(|_| NoPart)
            }
        }
    }
}

/// A text that names no part of the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected policy, default, or partners/ and a tenant id")]
pub struct NoPart;

/// One property that differs.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Where.
    pub part: Part,
    /// The property; `tenantId` for an entry that appears or goes.
    pub property: String,
    /// Its value before.
    pub before: Value,
    /// Its value after.
    pub after: Value,
}

/// Lays two states side by side: policy and default, then the partners by id.
pub fn between(before: &Policy, after: &Policy) -> Vec<Difference> {
    let mut found = Vec::new();
    let whole = |policy| Some(root::render(policy, Form::Answer));
    members(&mut found, Part::Policy, whole(before), whole(after));
    let default = |policy: &Policy| Some(defaults::render(&policy.defaults, None, Form::Answer));
    members(&mut found, Part::Default, default(before), default(after));
    let ids = |policy: &Policy| -> BTreeSet<TenantId> {
        policy.partners.iter().map(|entry| entry.tenant).collect()
    };
    for id in ids(before).union(&ids(after)) {
        let (old, new) = (before.partners.get(*id), after.partners.get(*id));
        if old == new {
            continue;
        }
        members(&mut found, Part::Partner(*id), entry(old), entry(new));
    }
    found
}

/// Makes one property what it was before. `false`: neither state has such a property there.
pub fn take_back(now: &mut Policy, before: &Policy, part: Part, property: &str) -> bool {
    match part {
        Part::Policy => match property {
            "displayName" => now.display_name.clone_from(&before.display_name),
            "allowedCloudEndpoints" => now.allowed_clouds.clone_from(&before.allowed_clouds),
            other => return untreated(&mut now.untreated, &before.untreated, other),
        },
        Part::Default => {
            let (now, before) = (&mut now.defaults, &before.defaults);
            match (property, BlockName::from_name(property)) {
                (_, Some(name)) => now.blocks.set(name, before.blocks.get(name).cloned()),
                ("inboundTrust", _) => now.trust.clone_from(&before.trust),
                (REDEMPTION, _) => now.redemption.clone_from(&before.redemption),
                (other, _) => return untreated(&mut now.untreated, &before.untreated, other),
            }
        }
        Part::Partner(id) => {
            let (Some(now), Some(before)) = (now.partners.get_mut(id), before.partners.get(id))
            else {
                return false;
            };
            match (property, BlockName::from_name(property)) {
                (_, Some(name)) => now.blocks.set(name, before.blocks.get(name).cloned()),
                ("inboundTrust", _) => now.trust.clone_from(&before.trust),
                (CONSENT, _) => now.automatic_consent = before.automatic_consent,
                ("identitySynchronization", _) => {
                    now.synchronization.clone_from(&before.synchronization);
                }
                (other, _) => return untreated(&mut now.untreated, &before.untreated, other),
            }
        }
    }
    true
}

fn untreated(now: &mut Untreated, before: &Untreated, property: &str) -> bool {
    match (before.get(property), now.get(property)) {
        (Some(json), _) => now.set(property, json.to_owned()),
        (None, Some(_)) => now.remove(property),
        (None, None) => return false,
    }
    true
}

fn entry(entry: Option<&Partner>) -> Option<Value> {
    entry.map(|entry| partner::render(entry, Expand::Synchronization, Form::Answer))
}

/// Compares member by member; one that is null on one side and missing on the other is the same.
fn members(found: &mut Vec<Difference>, part: Part, before: Option<Value>, after: Option<Value>) {
    let object = |value: Option<Value>| match value {
        Some(Value::Object(members)) => members,
        _ => Map::new(),
    };
    let (before, after) = (object(before), object(after));
    let new = after.keys().filter(|name| !before.contains_key(*name));
    for name in before.keys().chain(new) {
        let value = |members: &Map<String, Value>| members.get(name).cloned().unwrap_or_default();
        let (before, after) = (value(&before), value(&after));
        if before != after {
            found.push(Difference {
                part,
                property: name.clone(),
                before,
                after,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy::settings::InboundTrust;

    const FABRIKAM: TenantId = TenantId::from_u128(0x0f);

    #[test]
    fn what_is_the_same_is_not_told() {
        let mut policy = Policy::default();
        policy.partners.insert(Partner::new(FABRIKAM));
        assert_eq!(between(&policy, &policy), []);
    }

    #[test]
    fn a_changed_property_is_told_with_both_values_where_graph_shows_it() {
        let before = Policy::default();
        let mut after = before.clone();
        after.defaults.trust = Some(InboundTrust {
            mfa: Some(true),
            ..InboundTrust::default()
        });
        let found = between(&before, &after);
        let trust = found.iter().find(|one| one.property == "inboundTrust");
        let trust = trust.unwrap();
        assert_eq!(trust.part, Part::Default);
        assert_eq!(trust.before["isMfaAccepted"], false);
        assert_eq!(trust.after["isMfaAccepted"], true);
    }

    #[test]
    fn an_entry_that_appears_is_told_by_its_id() {
        let before = Policy::default();
        let mut after = before.clone();
        after.partners.insert(Partner::new(FABRIKAM));
        let found = between(&before, &after);
        assert_eq!(found[0].part, Part::Partner(FABRIKAM));
        let id = found.iter().find(|one| one.property == "tenantId").unwrap();
        assert_eq!(
            (&id.before, &id.after),
            (&Value::Null, &FABRIKAM.to_string().into())
        );
    }

    #[test]
    fn a_property_taken_back_is_as_it_was_and_the_others_stay() {
        let mut before = Policy::default();
        before.partners.insert(Partner::new(FABRIKAM));
        let mut now = before.clone();
        now.display_name = Some("Ours".to_owned());
        let mut entry = Partner::new(FABRIKAM);
        entry.automatic_consent.inbound = Some(true);
        now.partners.insert(entry);
        let part = Part::Partner(FABRIKAM);
        assert!(take_back(&mut now, &before, part, CONSENT));
        assert_eq!(now.partners, before.partners);
        assert_eq!(now.display_name.as_deref(), Some("Ours"));
        assert!(!take_back(&mut now, &before, part, "inboundTrst"));
    }

    #[test]
    fn parts_are_written_as_they_are_read() {
        for part in [Part::Policy, Part::Default, Part::Partner(FABRIKAM)] {
            assert_eq!(part.to_string().parse(), Ok(part));
        }
        assert_eq!("partners/fabrikam".parse::<Part>(), Err(NoPart));
    }
}
