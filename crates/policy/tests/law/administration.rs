//! S14: the order of the checks, protected actions, storage, adding and removing organizations,
//! synchronization.

use std::collections::BTreeSet;

use comity_policy::administer::{
    Actor, ApplicationPermission, LEGACY_LIMIT_BYTES, Operation, Outcome, administer,
};
use comity_policy::draft::{
    BlockDraft, ConsentDraft, HalfDraft, Patch, TargetDraft, TrustDraft, Written,
};
use comity_policy::reason::Reason;
use comity_policy::role::{Action, Role};
use comity_policy::settings::BlockName::*;
use comity_policy::settings::{IdentitySynchronization, Partner};
use comity_policy::tenant::{Cloud, MICROSOFT_ACCOUNTS, TenantId};
use comity_policy::world::{Storage, Tenant, World};

use crate::town::*;

pub(crate) fn administrator() -> Actor {
    Actor {
        roles: BTreeSet::from([Role::SecurityAdministrator]),
        ..Actor::default()
    }
}

/// What Contoso's administrator is answered.
pub(crate) fn answer(world: &World, operation: Operation) -> Outcome {
    administer(world, CONTOSO, &administrator(), &operation, &|_| 0)
}

/// The same, carried out.
pub(crate) fn done(world: &mut World, operation: Operation) -> Outcome {
    let outcome = answer(world, operation);
    world.apply(&outcome.effects);
    outcome
}

pub(crate) fn patch(members: Vec<Written>) -> Operation {
    Operation::UpdatePartner(Some(FABRIKAM), members)
}

pub(crate) fn half(access: &str, target: &str, target_type: &str) -> Patch<HalfDraft> {
    Patch::Value(HalfDraft {
        access_type: Some(access.to_owned()),
        targets: vec![TargetDraft {
            target: target.to_owned(),
            target_type: target_type.to_owned(),
        }],
    })
}

pub(crate) fn users_half(access: &str) -> Patch<HalfDraft> {
    half(access, "AllUsers", "user")
}

pub(crate) fn apps_half(access: &str) -> Patch<HalfDraft> {
    half(access, "AllApplications", "application")
}

pub(crate) fn drafted(
    users: Patch<HalfDraft>,
    applications: Patch<HalfDraft>,
) -> Patch<BlockDraft> {
    Patch::Value(BlockDraft {
        users,
        applications,
        devices: false,
    })
}

pub(crate) fn trusts_mfa(value: bool) -> Written {
    Written::Trust(Patch::Value(TrustDraft {
        mfa: Patch::Value(value),
        ..TrustDraft::default()
    }))
}

pub(crate) fn consents(inbound: bool) -> Written {
    Written::Consent(Patch::Value(ConsentDraft {
        inbound: Patch::Value(inbound),
        ..ConsentDraft::default()
    }))
}

pub(crate) fn tenant_id(text: impl ToString) -> Written {
    Written::TenantId(Patch::Value(text.to_string()))
}

fn add(id: TenantId) -> Operation {
    Operation::AddPartner(vec![tenant_id(id)])
}

fn said(outcome: &Outcome) -> (u16, Reason) {
    (outcome.status, outcome.reason)
}

#[test]
fn the_order_of_checks_as_a_table() {
    // S14.13, S16.3: everything is wrong at first, then mended line by line.
    let mut world = town();
    let mut actor = Actor::default();
    let mut size = LEGACY_LIMIT_BYTES + 1;
    at(&mut world, CONTOSO).storage = Storage::Migrating;
    at(&mut world, CONTOSO).p1 = false;
    at(&mut world, CONTOSO).protected_actions =
        [(Action::UpdatePartnerDirectConnect, "c1".to_owned())].into();
    policy(&mut world, CONTOSO).partners.remove(FABRIKAM);
    let block = |users| {
        vec![Written::Block(
            B2bDirectConnectInbound,
            drafted(users, apps_half("allowed")),
        )]
    };
    let mut body = block(users_half("blocked"));
    type Mend = fn(&mut World, &mut Actor);
    let lines: [(u16, Reason, bool, Mend); 5] = [
        (403, Reason::Forbidden, false, |_, actor| {
            actor.roles.insert(Role::SecurityAdministrator);
        }),
        (401, Reason::StepUpRequired, false, |_, actor| {
            actor.authentication_contexts.insert("c1".to_owned());
        }),
        (503, Reason::PolicyMigrating, false, |world, _| {
            at(world, CONTOSO).storage = Storage::Legacy;
        }),
        (404, Reason::PartnerNotFound, true, |world, _| {
            partner(world, CONTOSO, FABRIKAM);
        }),
        (400, Reason::AllUsersBlockedAppsNotBlocked, true, |_, _| {}),
    ];
    for (status, reason, leaves_a_row, mend) in lines {
        let outcome = administer(&world, CONTOSO, &actor, &patch(body.clone()), &|_| size);
        assert_eq!(said(&outcome), (status, reason));
        assert_eq!(outcome.audit.is_some(), leaves_a_row);
        assert!(outcome.effects.is_empty());
        mend(&mut world, &mut actor);
    }
    body = block(users_half("allowed"));
    let outcome = administer(&world, CONTOSO, &actor, &patch(body.clone()), &|_| size);
    assert_eq!(said(&outcome), (403, Reason::LicenseRequired));
    assert!(outcome.audit.is_some());
    at(&mut world, CONTOSO).p1 = true;
    let outcome = administer(&world, CONTOSO, &actor, &patch(body.clone()), &|_| size);
    assert_eq!(said(&outcome), (400, Reason::PolicyObjectLimit));
    assert!(outcome.audit.is_some());
    size -= 1;
    let outcome = administer(&world, CONTOSO, &actor, &patch(body), &|_| size);
    assert_eq!(said(&outcome), (204, Reason::Ok));
}

#[test]
fn success_answers_what_was_asked_for() {
    // S14.1
    let mut world = town();
    let key = Some(FABRIKAM);
    for (operation, status) in [
        (Operation::ReadPolicy, 200),
        (Operation::ReadDefault, 200),
        (Operation::ListPartners, 200),
        (Operation::ReadPartner(key), 200),
        (Operation::UpdatePolicy(vec![]), 204),
        (Operation::UpdateDefault(vec![]), 204),
        (Operation::ResetDefault, 204),
        (add(LITWARE), 201),
        (patch(vec![]), 204),
        (Operation::CreateSynchronization(key, vec![]), 204),
        (Operation::ReadSynchronization(key), 200),
        (Operation::UpdateSynchronization(key, vec![]), 204),
        (Operation::RemoveSynchronization(key), 204),
        (Operation::RemovePartner(key), 204),
        (Operation::ReadPartner(key), 404),
        (Operation::ReadPartner(None), 404),
    ] {
        let outcome = done(&mut world, operation.clone());
        assert_eq!(outcome.status, status, "{operation:?}");
        assert_eq!(
            outcome.effects.is_empty(),
            outcome.status == 200 || outcome.status == 404
        );
    }
}

#[test]
fn a_protected_action_needs_its_authentication_context() {
    // S14.4 (U19): independent of role; app-only callers are not challenged.
    let mut world = town();
    at(&mut world, CONTOSO).protected_actions = [
        (Action::DeletePartner, "c1".to_owned()),
        (Action::ReadPartners, "c2".to_owned()),
        (Action::CreateSynchronization, "c3".to_owned()),
    ]
    .into();
    let operation = Operation::RemovePartner(Some(FABRIKAM));
    for role in [
        Role::GlobalAdministrator,
        Role::CrossTenantAccessPartnerAdministrator,
    ] {
        let mut actor = Actor {
            roles: BTreeSet::from([role]),
            authentication_contexts: BTreeSet::from(["c2".to_owned()]),
            ..Actor::default()
        };
        let outcome = administer(&world, CONTOSO, &actor, &operation, &|_| 0);
        assert_eq!(said(&outcome), (401, Reason::StepUpRequired));
        assert_eq!(outcome.authentication_context.as_deref(), Some("c1"));
        assert_eq!(outcome.audit, None);
        actor.authentication_contexts.insert("c1".to_owned());
        assert_eq!(
            administer(&world, CONTOSO, &actor, &operation, &|_| 0).status,
            204
        );
    }
    let application = Actor {
        application: Some(ApplicationPermission::ReadWrite),
        ..Actor::default()
    };
    assert_eq!(
        administer(&world, CONTOSO, &application, &operation, &|_| 0).status,
        204
    );
    // Reading is never challenged; synchronization can be protected like any other change.
    assert_eq!(answer(&world, Operation::ListPartners).status, 200);
    let sync = Operation::CreateSynchronization(Some(FABRIKAM), vec![]);
    assert_eq!(
        answer(&world, sync).authentication_context.as_deref(),
        Some("c3")
    );
}

#[test]
fn while_migrating_reads_continue() {
    // S14.5
    let mut world = town();
    at(&mut world, CONTOSO).storage = Storage::Migrating;
    assert_eq!(answer(&world, Operation::ReadDefault).status, 200);
    for operation in [patch(vec![]), add(LITWARE), Operation::ResetDefault] {
        assert_eq!(
            said(&answer(&world, operation)),
            (503, Reason::PolicyMigrating)
        );
    }
}

#[test]
fn adding_an_organization_in_the_order_of_the_clause() {
    // S14.8 (U23), S5.4, S20: both refusals about clouds are a 400 here.
    let mut world = town();
    let domain =
        |text: &str| Operation::AddPartner(vec![Written::Domain(Patch::Value(text.to_owned()))]);
    for (operation, status, reason) in [
        (add(NOWHERE), 400, Reason::TenantNotFound),
        (domain("nowhere.com"), 400, Reason::TenantNotFound),
        (domain("not a domain"), 400, Reason::TenantNotFound),
        (
            Operation::AddPartner(vec![tenant_id("litware.com")]),
            400,
            Reason::InvalidTenantId,
        ),
        (Operation::AddPartner(vec![]), 400, Reason::InvalidTenantId),
        (
            domain("tailspin.cn"),
            400,
            Reason::CrossCloudDomainLookupUnsupported,
        ),
        (
            domain("woodgrove.us"),
            400,
            Reason::CrossCloudDomainLookupUnsupported,
        ),
        (add(CONTOSO), 400, Reason::PartnerIsSelf),
        (domain("CONTOSO.com"), 400, Reason::PartnerIsSelf),
        (add(FABRIKAM), 409, Reason::PartnerExists),
        (domain("fabrikam.com"), 409, Reason::PartnerExists),
        (add(WOODGROVE), 409, Reason::PartnerExists),
        (add(TAILSPIN), 400, Reason::CloudNotEnabled),
        (domain("Litware.com"), 201, Reason::Ok),
        (add(NORTHWIND), 201, Reason::Ok),
        (add(MICROSOFT_ACCOUNTS), 201, Reason::Ok),
    ] {
        let outcome = answer(&world, operation.clone());
        assert_eq!(said(&outcome), (status, reason), "{operation:?}");
    }
    let of_woodgrove =
        |world: &World, id| administer(world, WOODGROVE, &administrator(), &add(id), &|_| 0).reason;
    assert_eq!(of_woodgrove(&world, TAILSPIN), Reason::CloudPairUnsupported);
    assert_eq!(of_woodgrove(&world, FABRIKAM), Reason::Ok);
    policy(&mut world, WOODGROVE).allowed_clouds.clear();
    assert_eq!(of_woodgrove(&world, FABRIKAM), Reason::CloudNotEnabled);
    assert_eq!(
        of_woodgrove(&world, MICROSOFT_ACCOUNTS),
        Reason::CloudNotEnabled
    );
    policy(&mut world, CONTOSO)
        .allowed_clouds
        .push(Cloud::China);
    done(&mut world, add(TAILSPIN));
    let entry = world.policy(CONTOSO).unwrap().partners.get(TAILSPIN);
    assert_eq!(entry, Some(&Partner::new(TAILSPIN)));
}

#[test]
fn there_is_no_upper_bound_on_organizations() {
    // S14.8, S14.11
    let mut world = town();
    for bits in 0..3_000_u128 {
        let id = TenantId::from_u128(0x1000_0000 + bits);
        world
            .tenants
            .insert(id, Tenant::registered(id, Cloud::Commercial));
        policy(&mut world, CONTOSO)
            .partners
            .insert(Partner::new(id));
    }
    assert_eq!(answer(&world, add(LITWARE)).status, 201);
}

#[test]
fn removing_an_organization_is_refused_in_this_order() {
    // S14.9 (U24)
    let mut world = town();
    let entry = partner(&mut world, CONTOSO, FABRIKAM);
    entry.is_service_provider = Some(true);
    entry.is_in_multitenant_organization = true;
    entry.synchronization = Some(IdentitySynchronization::default());
    let remove = || Operation::RemovePartner(Some(FABRIKAM));
    assert_eq!(
        said(&answer(&world, remove())),
        (400, Reason::PartnerIsServiceProvider)
    );
    partner(&mut world, CONTOSO, FABRIKAM).is_service_provider = Some(false);
    let reason = Reason::PartnerInMultitenantOrganization;
    assert_eq!(said(&answer(&world, remove())), (400, reason));
    partner(&mut world, CONTOSO, FABRIKAM).is_in_multitenant_organization = false;
    let reason = Reason::PartnerHasIdentitySynchronization;
    assert_eq!(said(&answer(&world, remove())), (400, reason));
    done(&mut world, Operation::RemoveSynchronization(Some(FABRIKAM)));
    assert_eq!(done(&mut world, remove()).status, 204);
    assert_eq!(
        said(&answer(&world, remove())),
        (404, Reason::PartnerNotFound)
    );
}

#[test]
fn legacy_storage_refuses_what_would_be_larger_than_25_kilobytes() {
    // S14.11
    let mut world = town();
    let judged = |world: &World, operation, size: usize| {
        said(&administer(
            world,
            CONTOSO,
            &administrator(),
            &operation,
            &|_| size,
        ))
    };
    assert_eq!(judged(&world, add(LITWARE), 1_000_000).0, 201);
    at(&mut world, CONTOSO).storage = Storage::Legacy;
    assert_eq!(LEGACY_LIMIT_BYTES, 25_600);
    assert_eq!(judged(&world, add(LITWARE), 25_600), (201, Reason::Ok));
    assert_eq!(
        judged(&world, add(LITWARE), 25_601),
        (400, Reason::PolicyObjectLimit)
    );
    assert_eq!(
        judged(&world, Operation::ReadDefault, 25_601),
        (200, Reason::Ok)
    );
}

#[test]
fn the_synchronization_setting() {
    // S14.12, S24: 409 before 400.
    let mut world = town();
    let allow = |allowed| Written::SyncAllowed(Patch::Value(Patch::Value(allowed)));
    let put = |id, body| Operation::CreateSynchronization(Some(id), body);
    let update = |id, body| Operation::UpdateSynchronization(Some(id), body);
    let unknown = || vec![Written::Unknown("x".to_owned())];
    let not_found = (404, Reason::IdentitySynchronizationNotFound);
    let cross_cloud = (400, Reason::SyncCrossCloudUnsupported);
    assert_eq!(
        said(&answer(&world, put(LITWARE, vec![]))),
        (404, Reason::PartnerNotFound)
    );
    assert_eq!(
        said(&answer(&world, update(FABRIKAM, unknown()))),
        not_found
    );
    assert_eq!(
        said(&answer(
            &world,
            Operation::RemoveSynchronization(Some(FABRIKAM))
        )),
        not_found
    );
    assert_eq!(
        said(&answer(
            &world,
            Operation::ReadSynchronization(Some(FABRIKAM))
        )),
        not_found
    );
    assert_eq!(
        done(&mut world, put(FABRIKAM, vec![allow(true)])).status,
        204
    );
    let again = answer(&world, put(FABRIKAM, unknown()));
    assert_eq!(said(&again), (409, Reason::IdentitySynchronizationExists));
    assert_eq!(
        said(&answer(&world, put(WOODGROVE, vec![allow(true)]))),
        cross_cloud
    );
    assert_eq!(
        done(&mut world, put(WOODGROVE, vec![allow(false)])).status,
        204
    );
    assert_eq!(
        said(&answer(&world, update(WOODGROVE, vec![allow(true)]))),
        cross_cloud
    );
    assert_eq!(
        done(&mut world, update(FABRIKAM, vec![allow(false)])).status,
        204
    );
    let entry = world
        .policy(CONTOSO)
        .unwrap()
        .partners
        .get(FABRIKAM)
        .unwrap();
    assert_eq!(
        entry.synchronization.as_ref().unwrap().is_sync_allowed,
        Some(false)
    );
}

#[test]
fn writing_the_enabled_clouds_replaces_the_list() {
    // S5.7, S20
    let mut world = town();
    let clouds = |names: &[&str]| {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        Operation::UpdatePolicy(vec![Written::Clouds(Patch::Value(names))])
    };
    let (us, china) = ("microsoftonline.us", "partner.microsoftonline.cn");
    for (names, reason) in [
        (vec![us, "example.org"], Reason::InvalidCloudEndpoint),
        (
            vec!["microsoftonline.com", "example.org"],
            Reason::InvalidCloudEndpoint,
        ),
        (vec![us, "microsoftonline.com"], Reason::OwnCloudEndpoint),
    ] {
        assert_eq!(said(&answer(&world, clouds(&names))), (400, reason));
    }
    let of_woodgrove = administer(
        &world,
        WOODGROVE,
        &administrator(),
        &clouds(&[china]),
        &|_| 0,
    );
    assert_eq!(said(&of_woodgrove), (400, Reason::CloudPairUnsupported));
    for (names, expected) in [
        (vec![us, china], vec![Cloud::UsGovernment, Cloud::China]),
        (vec![china], vec![Cloud::China]),
        (vec![], vec![]),
    ] {
        assert_eq!(done(&mut world, clouds(&names)).status, 204);
        assert_eq!(world.policy(CONTOSO).unwrap().allowed_clouds, expected);
    }
    assert!(
        world
            .policy(CONTOSO)
            .unwrap()
            .partners
            .get(WOODGROVE)
            .is_some()
    );
}
