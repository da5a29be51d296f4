//! The settings of cross-tenant access. The law judges them member by member (S14.3); what it
//! demands is told here for the table of permissions, by asking it.

use policy::administer::{Operation, required};
use policy::draft::Written;
use policy::role::Action;
use serde_json::{Value, json};
use std::collections::BTreeSet;

use super::{Right, Roles};
use crate::permission::{POLICY_READ, POLICY_WRITE};

/// By which a program reads the settings.
pub(crate) const READ: &[&str] = &[POLICY_READ, POLICY_WRITE];
/// By which a program changes the settings.
pub(crate) const WRITE: &[&str] = &[POLICY_WRITE];

rights! {
    /// Reads the policy.
    READ_POLICY = "GET" "/policies/crossTenantAccessPolicy" READ Roles::Law;
    /// Changes the policy.
    UPDATE_POLICY = "PATCH" "/policies/crossTenantAccessPolicy" WRITE Roles::Law;
    /// Reads the default.
    READ_DEFAULT = "GET" "/policies/crossTenantAccessPolicy/default" READ Roles::Law;
    /// Changes the default.
    UPDATE_DEFAULT = "PATCH" "/policies/crossTenantAccessPolicy/default" WRITE Roles::Law;
    /// Resets the default.
    RESET_DEFAULT = "POST" "/policies/crossTenantAccessPolicy/default/resetToSystemDefault" WRITE
        Roles::Law;
    /// Lists the partners.
    LIST_PARTNERS = "GET" "/policies/crossTenantAccessPolicy/partners" READ Roles::Law;
    /// Counts the partners.
    COUNT_PARTNERS = "GET" "/policies/crossTenantAccessPolicy/partners/$count" READ Roles::Law;
    /// Adds a partner.
    ADD_PARTNER = "POST" "/policies/crossTenantAccessPolicy/partners" WRITE Roles::Law;
    /// Reads a partner.
    READ_PARTNER = "GET" "/policies/crossTenantAccessPolicy/partners/{id}" READ Roles::Law;
    /// Changes a partner.
    UPDATE_PARTNER = "PATCH" "/policies/crossTenantAccessPolicy/partners/{id}" WRITE Roles::Law;
    /// Removes a partner.
    REMOVE_PARTNER = "DELETE" "/policies/crossTenantAccessPolicy/partners/{id}" WRITE Roles::Law;
    /// Reads synchronization.
    READ_SYNCHRONIZATION = "GET"
        "/policies/crossTenantAccessPolicy/partners/{id}/identitySynchronization" READ Roles::Law;
    /// Sets up synchronization.
    CREATE_SYNCHRONIZATION = "PUT"
        "/policies/crossTenantAccessPolicy/partners/{id}/identitySynchronization" WRITE Roles::Law;
    /// Changes synchronization.
    UPDATE_SYNCHRONIZATION = "PATCH"
        "/policies/crossTenantAccessPolicy/partners/{id}/identitySynchronization" WRITE Roles::Law;
    /// Drops synchronization.
    REMOVE_SYNCHRONIZATION = "DELETE"
        "/policies/crossTenantAccessPolicy/partners/{id}/identitySynchronization" WRITE Roles::Law;
}

/// A request to the settings, and what the law demands for it.
pub(super) struct Demand {
    pub(super) right: &'static Right,
    /// The member that is written, where that makes a difference.
    pub(super) member: Option<&'static str>,
    pub(super) body: Option<Value>,
    pub(super) actions: BTreeSet<Action>,
}

/// Members of the default and of a partner, one for each kind that the law tells apart.
const MEMBERS: [&str; 9] = [
    "b2bCollaborationInbound",
    "b2bCollaborationOutbound",
    "b2bDirectConnectInbound",
    "b2bDirectConnectOutbound",
    "tenantRestrictions",
    "inboundTrust",
    "automaticUserConsentSettings",
    "crossCloudMeetingConfiguration",
    "m365CollaborationInbound",
];
const REDEMPTION: &str = "invitationRedemptionIdentityProviderConfiguration";

/// Every request to the settings, member by member.
pub(super) fn demands() -> Vec<Demand> {
    let reads = [
        (&READ_POLICY, Operation::ReadPolicy),
        (&READ_DEFAULT, Operation::ReadDefault),
        (&LIST_PARTNERS, Operation::ListPartners),
        (&COUNT_PARTNERS, Operation::ListPartners),
        (&READ_PARTNER, Operation::ReadPartner(None)),
        (&READ_SYNCHRONIZATION, Operation::ReadSynchronization(None)),
        (&RESET_DEFAULT, Operation::ResetDefault),
        (&REMOVE_PARTNER, Operation::RemovePartner(None)),
        (
            &REMOVE_SYNCHRONIZATION,
            Operation::RemoveSynchronization(None),
        ),
    ];
    let mut demands: Vec<Demand> = reads
        .into_iter()
        .map(|(right, operation)| Demand {
            right,
            member: None,
            body: None,
            actions: required(&operation),
        })
        .collect();
    let clouds = json!({"allowedCloudEndpoints": ["microsoftonline.us"]});
    let named = json!({"displayName": "Ours"});
    let update = |written| Operation::UpdatePolicy(written);
    demands.extend(writes(
        &UPDATE_POLICY,
        "allowedCloudEndpoints",
        clouds,
        update,
    ));
    demands.extend(writes(&UPDATE_POLICY, "displayName", named, update));
    for member in MEMBERS.iter().chain([&REDEMPTION]) {
        let operation = |written| Operation::UpdateDefault(written);
        demands.extend(writes(
            &UPDATE_DEFAULT,
            member,
            json!({*member: null}),
            operation,
        ));
    }
    for member in &MEMBERS {
        let operation = |written| Operation::UpdatePartner(None, written);
        demands.extend(writes(
            &UPDATE_PARTNER,
            member,
            json!({*member: null}),
            operation,
        ));
    }
    let somebody = "00000000-0000-4000-8000-000000000003";
    for member in ["tenantId", "b2bDirectConnectInbound", "inboundTrust"] {
        let mut body = json!({"tenantId": somebody});
        if let (Value::Object(members), false) = (&mut body, member == "tenantId") {
            members.insert(member.to_owned(), Value::Null);
        }
        demands.extend(writes(&ADD_PARTNER, member, body, Operation::AddPartner));
    }
    let switch = json!({"userSyncInbound": {"isSyncAllowed": true}});
    for (right, create) in [
        (&CREATE_SYNCHRONIZATION, true),
        (&UPDATE_SYNCHRONIZATION, false),
    ] {
        let operation = |written| match create {
            true => Operation::CreateSynchronization(None, written),
            false => Operation::UpdateSynchronization(None, written),
        };
        demands.extend(writes(right, "userSyncInbound", switch.clone(), operation));
    }
    demands
}

fn writes(
    right: &'static Right,
    member: &'static str,
    body: Value,
    operation: impl Fn(Vec<Written>) -> Operation,
) -> Option<Demand> {
    let written = graph::body::read(&body).ok()?;
    Some(Demand {
        right,
        member: Some(member),
        body: Some(body),
        actions: required(&operation(written)),
    })
}
