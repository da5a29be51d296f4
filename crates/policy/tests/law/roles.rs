//! S14.1 to S14.3 and S23: who may do what, as a table of every role against every operation.

use std::collections::BTreeSet;

use comity_policy::administer::{Actor, ApplicationPermission, Operation, administer, required};
use comity_policy::draft::{Patch, Written};
use comity_policy::reason::Reason;
use comity_policy::role::{Action, Role};
use comity_policy::settings::BlockName::*;
use comity_policy::settings::IdentitySynchronization;

use crate::town::*;

fn blocks(name: comity_policy::settings::BlockName) -> Written {
    Written::Block(name, Patch::Null)
}

fn untreated(name: &str) -> Written {
    Written::Untreated(name.to_owned(), Patch::Null)
}

/// Every operation of S14.1, one line for each permission it can need.
fn operations() -> Vec<(&'static str, Operation)> {
    use Operation::*;
    let key = Some(FABRIKAM);
    let default = |member| UpdateDefault(vec![member]);
    let partner = |member| UpdatePartner(key, vec![member]);
    let litware = || Written::TenantId(Patch::Value(LITWARE.to_string()));
    let meetings = || untreated("crossCloudMeetingConfiguration");
    vec![
        ("read the policy", ReadPolicy),
        ("read the default", ReadDefault),
        ("list the partners", ListPartners),
        ("read a partner", ReadPartner(key)),
        ("read synchronization", ReadSynchronization(key)),
        (
            "enable clouds",
            UpdatePolicy(vec![Written::Clouds(Patch::Value(vec![]))]),
        ),
        (
            "rename the policy",
            UpdatePolicy(vec![Written::DisplayName(Patch::Null)]),
        ),
        (
            "default: collaboration",
            default(blocks(B2bCollaborationOutbound)),
        ),
        ("default: trust", default(Written::Trust(Patch::Null))),
        (
            "default: redemption order",
            default(Written::Redemption(Patch::Null)),
        ),
        (
            "default: direct connect",
            default(blocks(B2bDirectConnectInbound)),
        ),
        (
            "default: tenant restrictions",
            default(blocks(TenantRestrictions)),
        ),
        ("default: meetings", default(meetings())),
        (
            "default: other members",
            default(untreated("m365CollaborationInbound")),
        ),
        ("default: nothing", UpdateDefault(vec![])),
        ("default: reset", ResetDefault),
        ("add a partner", AddPartner(vec![litware()])),
        (
            "add a partner, trusting it",
            AddPartner(vec![litware(), Written::Trust(Patch::Null)]),
        ),
        (
            "partner: collaboration",
            partner(blocks(B2bCollaborationInbound)),
        ),
        ("partner: trust", partner(Written::Trust(Patch::Null))),
        (
            "partner: automatic redemption",
            partner(Written::Consent(Patch::Null)),
        ),
        (
            "partner: direct connect",
            partner(blocks(B2bDirectConnectOutbound)),
        ),
        (
            "partner: tenant restrictions",
            partner(blocks(TenantRestrictions)),
        ),
        ("partner: meetings", partner(meetings())),
        ("partner: nothing", UpdatePartner(key, vec![])),
        ("remove a partner", RemovePartner(Some(WOODGROVE))),
        (
            "create synchronization",
            CreateSynchronization(Some(WOODGROVE), vec![]),
        ),
        ("change synchronization", UpdateSynchronization(key, vec![])),
        ("delete synchronization", RemoveSynchronization(key)),
    ]
}

/// Columns: Global Administrator, Security Administrator, custom administrator, custom partner
/// administrator, Global Reader, Security Reader, custom reader, Teams Administrator, User
/// Administrator, Guest Inviter.
const COLUMNS: [Role; 10] = [
    Role::GlobalAdministrator,
    Role::SecurityAdministrator,
    Role::CrossTenantAccessAdministrator,
    Role::CrossTenantAccessPartnerAdministrator,
    Role::GlobalReader,
    Role::SecurityReader,
    Role::CrossTenantAccessReader,
    Role::TeamsAdministrator,
    Role::UserAdministrator,
    Role::GuestInviter,
];

const TABLE: &str = "
read the policy                ✔ ✔ ✔ ✔ ✔ ✔ ✔ ✔ ✘ ✘
read the default               ✔ ✔ ✔ ✔ ✔ ✔ ✔ ✔ ✘ ✘
list the partners              ✔ ✔ ✔ ✔ ✔ ✔ ✔ ✔ ✘ ✘
read a partner                 ✔ ✔ ✔ ✔ ✔ ✔ ✔ ✔ ✘ ✘
read synchronization           ✔ ✔ ✔ ✔ ✔ ✔ ✔ ✘ ✘ ✘
enable clouds                  ✔ ✔ ✔ ✘ ✘ ✘ ✘ ✘ ✘ ✘
rename the policy              ✔ ✔ ✔ ✔ ✘ ✘ ✘ ✘ ✘ ✘
default: collaboration         ✔ ✔ ✔ ✘ ✘ ✘ ✘ ✘ ✘ ✘
default: trust                 ✔ ✔ ✔ ✘ ✘ ✘ ✘ ✘ ✘ ✘
default: redemption order      ✔ ✔ ✔ ✘ ✘ ✘ ✘ ✘ ✘ ✘
default: direct connect        ✔ ✔ ✔ ✘ ✘ ✘ ✘ ✘ ✘ ✘
default: tenant restrictions   ✔ ✔ ✔ ✘ ✘ ✘ ✘ ✘ ✘ ✘
default: meetings              ✔ ✔ ✔ ✘ ✘ ✘ ✘ ✘ ✘ ✘
default: other members         ✔ ✔ ✔ ✘ ✘ ✘ ✘ ✘ ✘ ✘
default: nothing               ✔ ✔ ✔ ✘ ✘ ✘ ✘ ✘ ✘ ✘
default: reset                 ✔ ✔ ✔ ✘ ✘ ✘ ✘ ✘ ✘ ✘
add a partner                  ✔ ✔ ✔ ✔ ✘ ✘ ✘ ✘ ✘ ✘
add a partner, trusting it     ✔ ✔ ✔ ✔ ✘ ✘ ✘ ✘ ✘ ✘
partner: collaboration         ✔ ✔ ✔ ✔ ✘ ✘ ✘ ✘ ✘ ✘
partner: trust                 ✔ ✔ ✔ ✔ ✘ ✘ ✘ ✘ ✘ ✘
partner: automatic redemption  ✔ ✔ ✔ ✔ ✘ ✘ ✘ ✘ ✘ ✘
partner: direct connect        ✔ ✔ ✔ ✔ ✘ ✘ ✘ ✘ ✘ ✘
partner: tenant restrictions   ✔ ✔ ✔ ✔ ✘ ✘ ✘ ✘ ✘ ✘
partner: meetings              ✔ ✔ ✔ ✔ ✘ ✘ ✘ ✘ ✘ ✘
partner: nothing               ✔ ✔ ✔ ✔ ✘ ✘ ✘ ✘ ✘ ✘
remove a partner               ✔ ✔ ✔ ✔ ✘ ✘ ✘ ✘ ✘ ✘
create synchronization         ✔ ✔ ✔ ✔ ✘ ✘ ✘ ✘ ✘ ✘
change synchronization         ✔ ✔ ✔ ✔ ✘ ✘ ✘ ✘ ✘ ✘
delete synchronization         ✔ ✔ ✔ ✔ ✘ ✘ ✘ ✘ ✘ ✘
";

#[test]
fn every_role_against_every_operation() {
    // S14.1, S14.2 (U18), S14.3 (U17), S23, S1.12
    let mut world = town();
    partner(&mut world, CONTOSO, FABRIKAM).synchronization =
        Some(IdentitySynchronization::default());
    let mut table = String::from("\n");
    for (name, operation) in operations() {
        table.push_str(&format!("{name:<30}"));
        for role in COLUMNS {
            let actor = Actor {
                roles: BTreeSet::from([role]),
                ..Actor::default()
            };
            let outcome = administer(&world, CONTOSO, &actor, &operation, &|_| 0);
            let may = match outcome.reason {
                Reason::Ok => "✔",
                Reason::Forbidden => "✘",
                other => panic!("{role:?} {name}: {other}"),
            };
            table.push_str(&format!(" {may}"));
        }
        table.push('\n');
    }
    assert_eq!(table, TABLE);
}

#[test]
fn the_recommended_custom_roles_are_those_of_the_table() {
    // S23, action by action; S14.2
    let reads = |action: &Action| action.is_read();
    let of = |role: Role| role.actions();
    let named = |action: &Action| {
        let name = action.short();
        let settings = name.starts_with("crossTenantAccessPolicy/");
        let template = name.contains("/templates/");
        name == "tenantRelationships/standard/read" || settings && !template
    };
    let listed: BTreeSet<Action> = Action::ALL.iter().copied().filter(named).collect();
    assert_eq!(of(Role::CrossTenantAccessAdministrator).len(), 19);
    assert_eq!(of(Role::CrossTenantAccessAdministrator), listed);
    let readers: BTreeSet<Action> = listed.iter().copied().filter(reads).collect();
    assert_eq!(readers.len(), 5);
    assert_eq!(of(Role::CrossTenantAccessReader), readers);
    let partners = of(Role::CrossTenantAccessPartnerAdministrator);
    assert_eq!(partners.len(), 14);
    let lacks: Vec<&str> = of(Role::CrossTenantAccessAdministrator)
        .difference(&partners)
        .map(|action| action.short())
        .collect();
    assert_eq!(
        lacks,
        [
            "crossTenantAccessPolicy/allowedCloudEndpoints/update",
            "crossTenantAccessPolicy/default/b2bCollaboration/update",
            "crossTenantAccessPolicy/default/b2bDirectConnect/update",
            "crossTenantAccessPolicy/default/crossCloudMeetings/update",
            "crossTenantAccessPolicy/default/tenantRestrictions/update",
        ]
    );
}

#[test]
fn each_property_needs_its_own_permission_and_all_of_them_must_be_held() {
    // S14.3: a custom role is a set of permissions (S14.2).
    let world = town();
    let body = vec![
        blocks(B2bCollaborationInbound),
        blocks(B2bDirectConnectInbound),
        blocks(TenantRestrictions),
        untreated("crossCloudMeetingConfiguration"),
    ];
    let operation = Operation::UpdatePartner(Some(FABRIKAM), body);
    let needed = required(&operation);
    assert_eq!(
        needed,
        BTreeSet::from([
            Action::UpdatePartnerCollaboration,
            Action::UpdatePartnerDirectConnect,
            Action::UpdatePartnerRestrictions,
            Action::UpdatePartnerMeetings,
        ])
    );
    for lacking in &needed {
        let actor = Actor {
            actions: needed
                .iter()
                .copied()
                .filter(|action| action != lacking)
                .collect(),
            ..Actor::default()
        };
        let outcome = administer(&world, CONTOSO, &actor, &operation, &|_| 0);
        assert_eq!((outcome.status, outcome.reason), (403, Reason::Forbidden));
        assert_eq!(outcome.missing, [*lacking]);
        assert!(outcome.effects.is_empty());
    }
    let actor = Actor {
        actions: needed,
        ..Actor::default()
    };
    assert_eq!(
        administer(&world, CONTOSO, &actor, &operation, &|_| 0).status,
        204
    );
}

#[test]
fn a_body_with_no_known_property_needs_the_collaboration_permission() {
    // S14.1, S24; a property in the wrong form needs what it would have needed.
    let unknown = || vec![Written::Unknown("b2bFoo".to_owned())];
    let malformed = |path: &str| {
        vec![Written::Malformed {
            path: path.to_owned(),
            expected: "something else",
        }]
    };
    let key = Some(FABRIKAM);
    for (operation, action) in [
        (
            Operation::UpdateDefault(unknown()),
            Action::UpdateDefaultCollaboration,
        ),
        (
            Operation::UpdatePartner(key, unknown()),
            Action::UpdatePartnerCollaboration,
        ),
        (
            Operation::UpdatePartner(key, malformed("b2bDirectConnectInbound.applications")),
            Action::UpdatePartnerDirectConnect,
        ),
        (
            Operation::UpdateDefault(malformed("tenantRestrictions")),
            Action::UpdateDefaultRestrictions,
        ),
        (
            Operation::UpdatePolicy(malformed("allowedCloudEndpoints[0]")),
            Action::UpdateClouds,
        ),
    ] {
        assert_eq!(required(&operation), BTreeSet::from([action]));
    }
}

#[test]
fn an_application_reads_with_one_scope_and_writes_with_the_other() {
    // S14.14
    let mut world = town();
    partner(&mut world, CONTOSO, FABRIKAM).synchronization =
        Some(IdentitySynchronization::default());
    for (name, operation) in operations() {
        for (permission, may) in [
            (None, false),
            (Some(ApplicationPermission::Read), operation.is_read()),
            (Some(ApplicationPermission::ReadWrite), true),
        ] {
            let actor = Actor {
                application: permission,
                ..Actor::default()
            };
            let outcome = administer(&world, CONTOSO, &actor, &operation, &|_| 0);
            assert_eq!(outcome.reason == Reason::Ok, may, "{name} {permission:?}");
        }
    }
}
