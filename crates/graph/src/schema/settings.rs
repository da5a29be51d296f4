//! The policy, its default, its partners, and what belongs to them.

use policy::settings::{BlockName, FallbackIdentityProvider, PrimaryIdentityProvider};
use policy::tenant::Cloud;
use serde_json::{Value, json};

use super::{Entity, flag, guid, list, named, object, or_null, short_list, text, with, words};
use crate::settings::shape;
use crate::{capability, deleted, template};

/// The policy.
pub static POLICY: Entity = Entity {
    name: "crossTenantAccessPolicy",
    shape: &shape::POLICY,
    closer: || {
        vec![
            ("allowedCloudEndpoints", list(clouds())),
            ("definition", or_null(list(text()))),
            ("displayName", or_null(text())),
        ]
    },
    sure: &[],
};

/// The default.
pub static DEFAULT: Entity = Entity {
    name: "crossTenantAccessPolicyConfigurationDefault",
    shape: &shape::DEFAULT,
    closer: || {
        let mut members = sections();
        members.push(("isServiceDefault", flag()));
        members.push((REDEMPTION, or_null(named(REDEMPTION_TYPE))));
        members.push((capability::MEMBER, list(named(CAPABILITY.name))));
        members
    },
    sure: &[],
};

/// A partner.
pub static PARTNER: Entity = Entity {
    name: "crossTenantAccessPolicyConfigurationPartner",
    shape: &shape::PARTNER,
    closer: || {
        let mut members = sections();
        members.push((REDEMPTION, or_null(named(REDEMPTION_TYPE))));
        members.push((
            "identitySynchronization",
            or_null(named(SYNCHRONIZATION.name)),
        ));
        members.push((capability::MEMBER, list(named(CAPABILITY.name))));
        members
    },
    sure: &["tenantId"],
};

/// Whether a partner may bring its people in.
pub static SYNCHRONIZATION: Entity = Entity {
    name: "crossTenantIdentitySyncPolicyPartner",
    shape: &shape::SYNCHRONIZATION,
    closer: || {
        vec![
            ("userSyncInbound", or_null(named(USER_SYNC))),
            ("groupSyncInbound", json!({})),
            ("roleEnabledGroupSyncInbound", json!({})),
            ("externalCloudAuthorizedApplicationId", json!({})),
        ]
    },
    sure: &["tenantId"],
};

/// A capability of Microsoft 365.
pub static CAPABILITY: Entity = Entity {
    name: "m365CapabilityBase",
    shape: &capability::SHAPE,
    closer: || {
        vec![
            ("name", words(capability::NAMES)),
            ("inboundAccess", named("m365CapabilityAccess")),
        ]
    },
    sure: &[],
};

/// The template for partners.
pub static PARTNER_TEMPLATE: Entity = Entity {
    name: "multiTenantOrganizationPartnerConfigurationTemplate",
    shape: &template::PARTNER,
    closer: || {
        let mut members = sections();
        members.retain(|(name, _)| template::PARTNER.member(name).is_some());
        members.push(("templateApplicationLevel", level()));
        members
    },
    sure: &[],
};

/// The template for synchronization.
pub static SYNCHRONIZATION_TEMPLATE: Entity = Entity {
    name: "multiTenantOrganizationIdentitySyncPolicyTemplate",
    shape: &template::SYNCHRONIZATION,
    closer: || {
        vec![
            ("templateApplicationLevel", level()),
            ("userSyncInbound", or_null(named(USER_SYNC))),
        ]
    },
    sure: &[],
};

/// A partner that was deleted.
pub static DELETED_PARTNER: Entity = Entity {
    name: "deletedPartner",
    shape: &deleted::PARTNER,
    closer: sections,
    sure: &["tenantId"],
};

/// Synchronization that was deleted.
pub static DELETED_SYNCHRONIZATION: Entity = Entity {
    name: "deletedSynchronization",
    shape: &deleted::PARTNER,
    closer: || vec![("userSyncInbound", or_null(named(USER_SYNC)))],
    sure: &["tenantId"],
};

const REDEMPTION: &str = "invitationRedemptionIdentityProviderConfiguration";
const REDEMPTION_TYPE: &str = "invitationRedemptionIdentityProviderConfigurationType";
const BLOCK: &str = "crossTenantAccessPolicyB2BSetting";
const RESTRICTIONS: &str = "crossTenantAccessPolicyTenantRestrictions";
const TRUST: &str = "crossTenantAccessPolicyInboundTrust";
const CONSENT: &str = "inboundOutboundPolicyConfiguration";
const USER_SYNC: &str = "crossTenantUserSyncInbound";

/// Members that Graph knows and this product stores (S14.6).
const STORED: [&str; 6] = [
    "crossCloudMeetingConfiguration",
    "protectedContentSharing",
    "m365CollaborationInbound",
    "m365CollaborationOutbound",
    "appServiceConnectInbound",
    "blockServiceProviderOutboundAccess",
];

fn clouds() -> Value {
    words(Cloud::ALL.map(Cloud::endpoint))
}

fn level() -> Value {
    words([
        "none",
        "newPartners",
        "existingPartners",
        "newPartners,existingPartners",
    ])
}

/// What a default and a partner have in common.
fn sections() -> Vec<(&'static str, Value)> {
    let blocks = BlockName::ALL.into_iter().map(|name| {
        let schema = match name {
            BlockName::TenantRestrictions => RESTRICTIONS,
            _ => BLOCK,
        };
        (name.as_str(), or_null(named(schema)))
    });
    let stored = STORED.iter().map(|name| (*name, json!({})));
    let treated = [
        ("inboundTrust", or_null(named(TRUST))),
        ("automaticUserConsentSettings", or_null(named(CONSENT))),
    ];
    blocks.chain(stored).chain(treated).collect()
}

/// What they consist of, and what may be written of them.
pub(super) fn parts() -> Vec<(&'static str, Value)> {
    let target = object(&[
        ("target", or_null(text())),
        (
            "targetType",
            or_null(words(["user", "group", "application"])),
        ),
    ]);
    let half = object(&[
        ("accessType", or_null(words(["allowed", "blocked"]))),
        ("targets", or_null(list(target))),
    ]);
    let halves = || {
        let half = || or_null(named("crossTenantAccessPolicyTargetConfiguration"));
        vec![("usersAndGroups", half()), ("applications", half())]
    };
    let mut restrictions = halves();
    restrictions.push(("devices", json!({"type": "null"})));
    let flags = |names: &[&'static str]| {
        let members = names.iter().map(|name| (*name, or_null(flag())));
        object(&members.collect::<Vec<_>>())
    };
    let trust = [
        "isMfaAccepted",
        "isCompliantDeviceAccepted",
        "isHybridAzureADJoinedDeviceAccepted",
        "isCompliantNetworkAccepted",
    ];
    let mut parts = vec![
        ("crossTenantAccessPolicyTargetConfiguration", half),
        (BLOCK, object(&halves())),
        (RESTRICTIONS, object(&restrictions)),
        (TRUST, flags(&trust)),
        (CONSENT, flags(&["inboundAllowed", "outboundAllowed"])),
        (USER_SYNC, flags(&["isSyncAllowed"])),
        (REDEMPTION_TYPE, redemption()),
        ("m365CapabilityAccess", access()),
    ];
    parts.extend(written());
    parts
}

fn redemption() -> Value {
    let primary = PrimaryIdentityProvider::ALL.map(PrimaryIdentityProvider::as_str);
    let fallback = FallbackIdentityProvider::ALL.map(FallbackIdentityProvider::as_str);
    object(&[
        (
            "primaryIdentityProviderPrecedenceOrder",
            or_null(list(words(primary))),
        ),
        ("fallbackIdentityProvider", or_null(words(fallback))),
    ])
}

fn access() -> Value {
    let scope = json!({
        "type": "object",
        "properties": {
            "resourceId": text(),
            "resourceType": words(["none", "group", "user"]),
        },
        "required": ["resourceId", "resourceType"],
    });
    let scopes = short_list(scope, capability::MOST_SCOPES);
    let scopes = object(&[("included", scopes.clone()), ("excluded", scopes)]);
    object(&[("isAllowed", flag()), ("resourceScopes", or_null(scopes))])
}

fn written() -> Vec<(&'static str, Value)> {
    let partner = |more: Vec<(&'static str, Value)>| {
        let mut members = sections();
        members.push(("isServiceProvider", or_null(flag())));
        members.extend(more);
        object(&members)
    };
    let mut default = sections();
    default.push((REDEMPTION, or_null(named(REDEMPTION_TYPE))));
    let capability = || vec![("inboundAccess", named("m365CapabilityAccess"))];
    let mut capability_created = capability();
    let types = capability::NAMES.map(|name| format!("#microsoft.graph.{name}"));
    let types = words(types.iter().map(String::as_str));
    capability_created.push(("@odata.type", types));
    let mut template = sections();
    template.retain(|(name, _)| template::PARTNER.member(name).is_some());
    template.push(("templateApplicationLevel", level()));
    let synchronization = object(&[
        ("displayName", or_null(text())),
        ("userSyncInbound", or_null(named(USER_SYNC))),
        ("groupSyncInbound", json!({})),
        ("roleEnabledGroupSyncInbound", json!({})),
        ("externalCloudAuthorizedApplicationId", json!({})),
    ]);
    let synchronization_template = object(&[
        ("templateApplicationLevel", level()),
        ("userSyncInbound", or_null(named(USER_SYNC))),
    ]);
    vec![
        (
            "crossTenantAccessPolicyWritten",
            object(&[
                ("displayName", or_null(text())),
                ("allowedCloudEndpoints", or_null(list(clouds()))),
                ("description", json!({})),
                ("definition", json!({})),
            ]),
        ),
        (
            "crossTenantAccessPolicyConfigurationDefaultWritten",
            object(&default),
        ),
        (
            "crossTenantAccessPolicyConfigurationPartnerWritten",
            partner(Vec::new()),
        ),
        (
            "crossTenantAccessPolicyConfigurationPartnerCreated",
            with(partner(vec![("tenantId", guid())]), &["tenantId"]),
        ),
        (
            "crossTenantIdentitySyncPolicyPartnerWritten",
            synchronization,
        ),
        ("m365CapabilityBaseWritten", object(&capability())),
        (
            "m365CapabilityBaseCreated",
            with(
                object(&capability_created),
                &["@odata.type", "inboundAccess"],
            ),
        ),
        (
            "multiTenantOrganizationPartnerConfigurationTemplateWritten",
            object(&template),
        ),
        (
            "multiTenantOrganizationIdentitySyncPolicyTemplateWritten",
            synchronization_template,
        ),
    ]
}
