//! How the settings in force have moved away from those that are wanted.

use graph::query::Shape;
use graph::settings::shape;
use policy::settings::{Policy, Untreated};
use policy::tenant::TenantId;
use policy::world::World;
use preview::difference::{self, Difference, Turn};
use serde_json::Value;

use crate::steps::{Plan, Step};

/// In which direction something has moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// More is open than is wanted.
    Widens,
    /// Less is open than is wanted.
    Narrows,
    /// Both, for different requests.
    Both,
    /// No request is answered otherwise.
    Cosmetic,
}

impl Direction {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Direction::Widens => "widens",
            Direction::Narrows => "narrows",
            Direction::Both => "widensAndNarrows",
            Direction::Cosmetic => "cosmetic",
        }
    }

    /// From the difference between what is wanted and what is in force.
    pub fn of(moved: &Difference) -> Self {
        let turns = |turn| {
            moved.regions.iter().any(|region| region.turn == turn)
                || moved.switches.iter().any(|switched| switched.turn == turn)
        };
        match (turns(Turn::Opens), turns(Turn::Closes)) {
            (true, false) => Direction::Widens,
            (false, true) => Direction::Narrows,
            (false, false) if moved.is_equal() => Direction::Cosmetic,
            // Guests are recognized in another order: some by other identities than before.
            (true, true) | (false, false) => Direction::Both,
        }
    }
}

/// Where the settings differ from those that are wanted: each request that would take them back, and
/// what has moved there.
pub fn find<'a>(world: &World, now: &Policy, plan: &'a Plan) -> Vec<(&'a Step, Direction)> {
    let befores = std::iter::once(now).chain(&plan.states);
    let steps = plan.steps.iter().zip(befores.zip(&plan.states));
    let moved = steps.map(|(step, (before, after))| {
        let direction = Direction::of(&difference::between(world, plan.tenant, after, before));
        (step, direction)
    });
    moved.collect()
}

/// Which object of the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Whose {
    /// The policy.
    Policy,
    /// The default.
    Default,
    /// The entry of a partner.
    Partner(TenantId),
}

/// Members of objects that are stored and not treated. Whatever else stands inside of them is unknown.
const INSIDE: &[(&str, &[&str])] = &[
    ("crossCloudMeetingConfiguration", FLAGS),
    ("protectedContentSharing", FLAGS),
    ("m365CollaborationInbound", TARGETS),
    ("m365CollaborationOutbound", TARGETS),
    ("appServiceConnectInbound", TARGETS),
    ("groupSyncInbound", &["isSyncAllowed"]),
    ("roleEnabledGroupSyncInbound", &["isSyncAllowed"]),
];

const FLAGS: &[&str] = &["inboundAllowed", "outboundAllowed"];

const TARGETS: &[&str] = &[
    "users",
    "usersAndGroups",
    "applications",
    "accessType",
    "targets",
    "target",
    "targetType",
];

/// What is stored of trust and not treated.
const TRUST: &[&str] = &["isCompliantNetworkAccepted"];

/// Members of the settings that nobody here knows, at whatever depth: what they do cannot be said.
pub fn unknown(policy: &Policy) -> Vec<(Whose, String)> {
    let in_shape = |shape: &'static Shape| move |name: &str| shape.member(name).is_some();
    let mut found = Vec::new();
    let mut look = |whose, within: &str, kept: &Untreated, is_known: &dyn Fn(&str) -> bool| {
        for (name, json) in kept.iter().filter(|(name, _)| !name.contains('@')) {
            let path = format!("{within}{name}");
            match INSIDE.iter().find(|(known, _)| *known == name) {
                Some((_, known)) => {
                    let value = serde_json::from_str(json).unwrap_or_default();
                    let mut inside = Vec::new();
                    strangers(&value, known, &path, &mut inside);
                    found.extend(inside.into_iter().map(|path| (whose, path)));
                }
                None if is_known(name) => {}
                None => found.push((whose, path)),
            }
        }
    };
    let navigates = |name: &str| name == graph::capability::MEMBER;
    look(Whose::Policy, "", &policy.untreated, &|name| {
        in_shape(&shape::POLICY)(name) || name == "templates"
    });
    let default = &policy.defaults;
    look(Whose::Default, "", &default.untreated, &|name| {
        in_shape(&shape::DEFAULT)(name) || navigates(name)
    });
    let in_trust = |name: &str| TRUST.contains(&name);
    if let Some(trust) = &default.trust {
        look(Whose::Default, "inboundTrust.", &trust.untreated, &in_trust);
    }
    for entry in policy.partners.iter() {
        let whose = Whose::Partner(entry.tenant);
        look(whose, "", &entry.untreated, &|name| {
            in_shape(&shape::PARTNER)(name)
                || navigates(name)
                || name == "serviceProviderConstraints"
        });
        if let Some(trust) = &entry.trust {
            look(whose, "inboundTrust.", &trust.untreated, &in_trust);
        }
        if let Some(synchronization) = &entry.synchronization {
            let kept = &synchronization.untreated;
            let known = in_shape(&shape::SYNCHRONIZATION);
            look(whose, "identitySynchronization.", kept, &known);
        }
    }
    found
}

/// Members inside of a value that are none of those.
fn strangers(value: &Value, known: &[&str], path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members.iter().filter(|(name, _)| !name.contains('@')) {
                let path = format!("{path}.{name}");
                match known.contains(&name.as_str()) {
                    true => strangers(value, known, &path, found),
                    false => found.push(path),
                }
            }
        }
        Value::Array(entries) => {
            for (place, entry) in entries.iter().enumerate() {
                strangers(entry, known, &format!("{path}[{place}]"), found);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use graph::import::{self, Options};
    use serde_json::json;

    use super::*;

    const FABRIKAM: &str = "0f000000-0000-4000-8000-000000000002";

    #[test]
    fn unknown_members_are_named_at_every_depth() {
        let base = "https://graph.microsoft.com/v1.0/$metadata#policies/crossTenantAccessPolicy";
        let policy = json!({
            "@odata.context": format!("{base}/$entity"),
            "allowedCloudEndpoints": [],
            "definition": [],
            "atTheTop": 1,
        });
        let default = json!({
            "@odata.context": format!("{base}/default/$entity"),
            "isServiceDefault": false,
            "inboundTrust": {"isMfaAccepted": true, "isCompliantNetworkAccepted": true, "isWatchAccepted": false},
            "m365CollaborationInbound": {"users": {"accessType": "allowed", "targets": [
                {"target": "AllUsers", "targetType": "user", "until": "tomorrow"},
            ]}},
            "protectedContentSharing": {"inboundAllowed": true, "outboundAllowed": true},
            "blockServiceProviderOutboundAccess": false,
        });
        let partners = json!({
            "@odata.context": format!("{base}/partners"),
            "value": [{
                "tenantId": FABRIKAM,
                "crossCloudMeetingConfiguration": {"inboundAllowed": null, "byInvitation": true},
                "inboundTrust": {"isMfaAccepted": true, "isRingAccepted": true},
                "identitySynchronization": {
                    "userSyncInbound": {"isSyncAllowed": true},
                    "groupSyncInbound": {"isSyncAllowed": true, "depth": 2},
                    "contactSyncInbound": {"isSyncAllowed": true},
                },
                "trustedForever": null,
            }],
        });
        let documents = [("a", policy), ("b", default), ("c", partners)];
        let documents = documents.map(|(name, value)| (name.to_owned(), value));
        let options = Options {
            tenant: "0c000000-0000-4000-8000-000000000001".parse().ok(),
            p1: Some(true),
            ..Options::default()
        };
        let imported = import::read(&documents, &options).unwrap();
        let mut found = unknown(&imported.tenant.policy.unwrap());
        found.sort();
        let fabrikam = Whose::Partner(FABRIKAM.parse().unwrap());
        let expected = [
            (Whose::Policy, "atTheTop"),
            (Whose::Default, "inboundTrust.isWatchAccepted"),
            (
                Whose::Default,
                "m365CollaborationInbound.users.targets[0].until",
            ),
            (fabrikam, "crossCloudMeetingConfiguration.byInvitation"),
            (fabrikam, "identitySynchronization.contactSyncInbound"),
            (fabrikam, "identitySynchronization.groupSyncInbound.depth"),
            (fabrikam, "inboundTrust.isRingAccepted"),
            (fabrikam, "trustedForever"),
        ];
        let expected = expected.map(|(whose, member)| (whose, member.to_owned()));
        assert_eq!(found, expected);
    }
}
