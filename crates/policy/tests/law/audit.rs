//! S16: what an administrative write leaves in the audit log.

use comity_policy::administer::{Actor, Operation, administer};
use comity_policy::audit::{Activity, AuditEntry, Value, leaves_failure_row};
use comity_policy::draft::{Patch, Written};
use comity_policy::reason::Reason;
use comity_policy::settings::BlockName::*;
use comity_policy::settings::InboundTrust;
use comity_policy::world::World;

use crate::administration::*;
use crate::town::*;

fn entry_of(world: &mut World, operation: Operation) -> AuditEntry {
    done(world, operation)
        .audit
        .expect("a write leaves an entry")
}

fn names(entry: &AuditEntry) -> Vec<&str> {
    entry
        .modified
        .iter()
        .map(|property| property.name.as_str())
        .collect()
}

#[test]
fn each_write_has_its_activity_category_and_operation_type() {
    // S14.1, S16.1 (U20), S16.2
    let key = Some(FABRIKAM);
    let access = "CrossTenantAccessSettings";
    let sync = "CrossTenantIdentitySyncSettings";
    let mut world = town();
    for (operation, activity, category, kind) in [
        (
            Operation::UpdatePolicy(vec![]),
            "Update the company default cross-tenant access setting",
            access,
            "Update",
        ),
        (
            Operation::UpdateDefault(vec![]),
            "Update the company default cross-tenant access setting",
            access,
            "Update",
        ),
        (
            Operation::ResetDefault,
            "Reset the cross-tenant access default setting",
            access,
            "Update",
        ),
        (
            Operation::AddPartner(vec![tenant_id(LITWARE)]),
            "Add a partner to cross-tenant access setting",
            access,
            "Add",
        ),
        (
            patch(vec![]),
            "Update a partner cross-tenant access setting",
            access,
            "Update",
        ),
        (
            Operation::CreateSynchronization(key, vec![]),
            "Create a partner cross-tenant identity sync setting",
            sync,
            "Add",
        ),
        (
            Operation::UpdateSynchronization(key, vec![]),
            "Update a partner cross-tenant identity sync setting",
            sync,
            "Update",
        ),
        (
            Operation::RemoveSynchronization(key),
            "Delete a partner cross-tenant identity sync setting",
            sync,
            "Delete",
        ),
        (
            Operation::RemovePartner(key),
            "Delete partner specific cross-tenant access setting",
            access,
            "Delete",
        ),
        (
            Operation::ForgetPartner(key, true),
            "Hard delete partner specific cross-tenant access setting",
            access,
            "Delete",
        ),
        (
            Operation::ForgetSynchronization(key, true),
            "Hard delete a partner cross-tenant identity sync setting",
            sync,
            "Delete",
        ),
    ] {
        let entry = entry_of(&mut world, operation);
        assert_eq!(entry.activity.as_str(), activity);
        assert_eq!(entry.activity.category(), category);
        assert_eq!(entry.activity.operation(), kind);
        assert_eq!((entry.result(), entry.failure), ("success", None));
    }
    assert_eq!(Activity::ALL.len(), 10);
}

#[test]
fn reads_leave_nothing() {
    // S14.1, S16.1
    let world = town();
    for operation in [
        Operation::ReadPolicy,
        Operation::ReadDefault,
        Operation::ListPartners,
        Operation::ReadPartner(Some(FABRIKAM)),
        Operation::ReadPartner(Some(LITWARE)),
        Operation::ReadSynchronization(Some(FABRIKAM)),
    ] {
        assert_eq!(answer(&world, operation).audit, None);
    }
}

#[test]
fn written_properties_stand_in_alphabetical_order_after_the_tenant_id() {
    // S16.2, S24
    let mut world = town();
    let all = |access| drafted(users_half(access), apps_half(access));
    let members = || {
        vec![
            Written::Block(TenantRestrictions, all("allowed")),
            Written::Untreated("blockServiceProviderOutboundAccess".to_owned(), Patch::Null),
            trusts_mfa(true),
            Written::Block(B2bCollaborationOutbound, all("blocked")),
            consents(true),
            Written::IsServiceProvider(Patch::Value(false)),
            Written::Block(B2bCollaborationInbound, all("allowed")),
        ]
    };
    let sorted = [
        "automaticUserConsentSettings",
        "b2bCollaborationInbound",
        "b2bCollaborationOutbound",
        "blockServiceProviderOutboundAccess",
        "inboundTrust",
        "tenantRestrictions",
    ];
    assert_eq!(names(&entry_of(&mut world, patch(members()))), sorted);
    let mut body = members();
    body.push(tenant_id(LITWARE));
    let added = entry_of(&mut world, Operation::AddPartner(body));
    assert_eq!(names(&added)[0], "tenantId");
    assert_eq!(names(&added)[1..], sorted);
    assert_eq!(added.partner, Some(LITWARE));
    let removed = entry_of(&mut world, Operation::RemovePartner(Some(LITWARE)));
    assert_eq!(names(&removed), ["tenantId"]);
    assert_eq!(removed.modified[0].old, Value::Text(LITWARE.to_string()));
    assert_eq!(removed.modified[0].new, Value::Null);
}

#[test]
fn a_property_shows_what_was_there_and_what_is_there_now() {
    // S16.2
    let mut world = town();
    let trust = |mfa| {
        Value::Trust(InboundTrust {
            mfa: Some(mfa),
            ..InboundTrust::default()
        })
    };
    let mut seen = |member| {
        let mut entry = entry_of(&mut world, patch(vec![member]));
        let property = entry.modified.remove(0);
        (property.old, property.new)
    };
    assert_eq!(seen(trusts_mfa(true)), (Value::Null, trust(true)));
    assert_eq!(seen(trusts_mfa(false)), (trust(true), trust(false)));
    assert_eq!(
        seen(Written::Trust(Patch::Null)),
        (trust(false), Value::Null)
    );
}

#[test]
fn a_write_refused_for_its_content_leaves_a_failure_that_wrote_nothing() {
    // S16.3: 400, 403 for the licence, 404 and 409 leave a row.
    let mut world = town();
    at(&mut world, CONTOSO).p1 = false;
    for (operation, reason) in [
        (patch(vec![trusts_mfa(true)]), Reason::LicenseRequired),
        (
            patch(vec![Written::Unknown("x".to_owned())]),
            Reason::InvalidProperty,
        ),
        (
            Operation::RemovePartner(Some(LITWARE)),
            Reason::PartnerNotFound,
        ),
        (
            Operation::AddPartner(vec![tenant_id(FABRIKAM)]),
            Reason::PartnerExists,
        ),
    ] {
        let outcome = answer(&world, operation);
        let entry = outcome.audit.unwrap();
        assert_eq!((entry.result(), entry.failure), ("failure", Some(reason)));
        assert!(entry.modified.is_empty());
    }
}

#[test]
fn refusals_for_permission_step_up_and_migration_leave_none() {
    // S16.3
    for reason in Reason::ALL {
        let silent = [
            Reason::Forbidden,
            Reason::StepUpRequired,
            Reason::PolicyMigrating,
        ];
        assert_eq!(leaves_failure_row(*reason), !silent.contains(reason));
    }
    let outcome = administer(&town(), CONTOSO, &Actor::default(), &patch(vec![]), &|_| 0);
    assert_eq!((outcome.reason, outcome.audit), (Reason::Forbidden, None));
}
