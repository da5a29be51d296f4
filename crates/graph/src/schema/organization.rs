//! What a tenant says about itself and who may come in, and the organizations of several tenants.

use policy::authorization::GuestAccess;
use policy::world::AllowInvitesFrom;
use serde_json::{Map, Value, json};

use super::{
    Entity, bounded, bounded_list, flag, guid, list, object, or_null, short, text, with, words,
};
use crate::{
    authorization_policy, b2b_management, multitenant_organization as multitenant, organization,
    tenant_information,
};

/// What a tenant says about itself.
pub static ORGANIZATION: Entity = Entity {
    name: "organization",
    shape: &organization::SHAPE,
    closer: || {
        let plan = object(&[
            ("capabilityStatus", text()),
            ("service", text()),
            ("servicePlanId", guid()),
        ]);
        let domain = object(&[
            ("capabilities", text()),
            ("isDefault", flag()),
            ("isInitial", flag()),
            ("name", text()),
            ("type", text()),
        ]);
        vec![
            ("assignedPlans", list(plan.clone())),
            ("provisionedPlans", list(plan)),
            ("verifiedDomains", list(domain)),
            ("tenantType", words(["AAD"])),
        ]
    },
    sure: &["id", "businessPhones"],
};

/// Who may invite, and what guests may read.
pub static AUTHORIZATION_POLICY: Entity = Entity {
    name: "authorizationPolicy",
    shape: &authorization_policy::SHAPE,
    closer: || {
        vec![
            ("allowInvitesFrom", inviters()),
            ("guestUserRoleId", guest_roles()),
            ("defaultUserRolePermissions", permissions()),
        ]
    },
    sure: &["id", "displayName", "description", "enabledPreviewFeatures"],
};

/// Which domains may be invited.
pub static B2B_MANAGEMENT_POLICY: Entity = Entity {
    name: "b2bManagementPolicy",
    shape: &b2b_management::SHAPE,
    closer: || {
        vec![
            ("definition", list(text())),
            ("keyCredentials", list(json!({}))),
        ]
    },
    sure: &["id", "displayName", "isOrganizationDefault", "type"],
};

/// The organization of several tenants.
pub static MULTITENANT_ORGANIZATION: Entity = Entity {
    name: "multiTenantOrganization",
    shape: &multitenant::ORGANIZATION,
    closer: || vec![("state", words(["active", "inactive"]))],
    sure: &[],
};

/// One of its tenants.
pub static MULTITENANT_ORGANIZATION_MEMBER: Entity = Entity {
    name: "multiTenantOrganizationMember",
    shape: &multitenant::TENANT,
    closer: || vec![("role", roles()), ("state", words(["active", "pending"]))],
    sure: &["tenantId"],
};

/// The request to join it.
pub static JOIN_REQUEST: Entity = Entity {
    name: "multiTenantOrganizationJoinRequestRecord",
    shape: &multitenant::JOIN_REQUEST,
    closer: || {
        let transition = object(&[
            ("desiredMemberState", words(["active"])),
            ("status", words(["succeeded"])),
            ("details", text()),
        ]);
        vec![("transitionDetails", or_null(transition))]
    },
    sure: &[],
};

/// What everybody may know of a tenant.
pub static TENANT_INFORMATION: Entity = Entity {
    name: "tenantInformation",
    shape: &tenant_information::SHAPE,
    closer: super::nothing,
    sure: &["tenantId"],
};

fn inviters() -> Value {
    words(AllowInvitesFrom::ALL.map(AllowInvitesFrom::as_str))
}

fn guest_roles() -> Value {
    words(GuestAccess::ALL.map(GuestAccess::role_id))
}

fn roles() -> Value {
    words(["owner", "member"])
}

fn permissions() -> Value {
    let switches = authorization_policy::PERMISSIONS.iter();
    let mut members: Vec<(&str, Value)> = switches.map(|(name, _)| (*name, flag())).collect();
    members.push((authorization_policy::GRANTS, list(text())));
    object(&members)
}

/// What may be written.
pub(super) fn parts() -> Vec<(&'static str, Value)> {
    let name = || or_null(short(multitenant::LONGEST));
    let organization = object(&[("displayName", name()), ("description", name())]);
    let tenant = |more: &[(&str, Value)]| {
        let mut members = vec![("displayName", name()), ("role", roles())];
        members.extend(more.iter().cloned());
        object(&members)
    };
    vec![
        ("organizationWritten", organization_written()),
        ("authorizationPolicyWritten", authorization_written()),
        ("b2bManagementPolicyWritten", domains_written()),
        ("multiTenantOrganizationWritten", organization),
        ("multiTenantOrganizationMemberWritten", tenant(&[])),
        (
            "multiTenantOrganizationMemberCreated",
            with(tenant(&[("tenantId", guid())]), &["tenantId"]),
        ),
        (
            "multiTenantOrganizationJoinRequestRecordWritten",
            with(object(&[("addedByTenantId", guid())]), &["addedByTenantId"]),
        ),
    ]
}

fn organization_written() -> Value {
    let texts = organization::TEXTS.iter().chain(&["displayName"]);
    let texts = texts.map(|name| (*name, bounded()));
    let lists = organization::LISTS.iter();
    let lists = lists.map(|name| (*name, bounded_list()));
    object(&texts.chain(lists).collect::<Vec<_>>())
}

fn authorization_written() -> Value {
    let mut permissions: Map<String, Value> = Map::new();
    for (name, _) in authorization_policy::PERMISSIONS {
        permissions.insert(name.to_owned(), or_null(flag()));
    }
    permissions.insert(authorization_policy::GRANTS.to_owned(), bounded_list());
    let permissions: Vec<(&str, Value)> = permissions
        .iter()
        .map(|(name, schema)| (name.as_str(), schema.clone()))
        .collect();
    let mut members = vec![
        ("allowInvitesFrom", inviters()),
        ("guestUserRoleId", guest_roles()),
        ("displayName", bounded()),
        ("description", bounded()),
        ("defaultUserRolePermissions", object(&permissions)),
        (
            "permissionGrantPolicyIdsAssignedToDefaultUserRole",
            bounded_list(),
        ),
    ];
    let switches = authorization_policy::SWITCHES.iter();
    members.extend(switches.map(|(name, _)| (*name, or_null(flag()))));
    object(&members)
}

fn domains_written() -> Value {
    let definition = json!({
        "type": "array",
        "items": {"type": "string", "maxLength": b2b_management::LONGEST},
        "minItems": 1,
        "maxItems": 1,
        "description": "One text with the JSON of a `B2BManagementPolicy`.",
    });
    object(&[
        ("definition", definition),
        ("displayName", bounded()),
        ("description", bounded()),
        (
            "isOrganizationDefault",
            json!({"type": ["boolean", "null"], "enum": [true, null]}),
        ),
        ("type", json!({})),
        ("appliesTo", json!({})),
        ("alternativeIdentifier", json!({})),
        ("keyCredentials", json!({})),
    ])
}
