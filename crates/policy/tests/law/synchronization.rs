//! S12: a source tenant pushes its users to a target tenant.

use std::collections::BTreeSet;

use comity_policy::reason::{Reason, Side};
use comity_policy::redemption::Prompt;
use comity_policy::settings::BlockName::{B2bCollaborationInbound, B2bCollaborationOutbound};
use comity_policy::settings::IdentitySynchronization;
use comity_policy::synchronization::{
    Comparison, Condition, SyncAction, SyncOutcome, SyncRequest, SyncScope, synchronize,
};
use comity_policy::target::UserId;
use comity_policy::tenant::{Cloud, TenantId};
use comity_policy::world::{AllowInvitesFrom, DomainList, RedemptionState, UserType, World};

use crate::town::*;

fn allow_sync(world: &mut World, target: TenantId, source: TenantId) {
    partner(world, target, source).synchronization = Some(IdentitySynchronization {
        is_sync_allowed: Some(true),
        ..IdentitySynchronization::default()
    });
}

/// The town in which Fabrikam pushes to Contoso.
fn synced() -> World {
    let mut world = town();
    redeem_automatically(&mut world, FABRIKAM, CONTOSO);
    allow_sync(&mut world, CONTOSO, FABRIKAM);
    world
}

fn everybody() -> SyncScope {
    SyncScope {
        all: true,
        ..SyncScope::default()
    }
}

fn of(user: UserId) -> SyncRequest {
    SyncRequest {
        source: FABRIKAM,
        target: CONTOSO,
        user,
        scope: everybody(),
        user_type: UserType::Member,
        apply_user_type_always: false,
        delete_in_target: true,
        new_object: NEW,
    }
}

fn said(outcome: &SyncOutcome) -> (SyncAction, Reason) {
    (outcome.action, outcome.reason)
}

fn failed(outcome: &SyncOutcome) -> (Reason, Option<Side>) {
    assert_eq!(outcome.action, SyncAction::Fail);
    assert!(outcome.effects.is_empty());
    (outcome.reason, outcome.side)
}

#[test]
fn the_source_pushes_in_one_direction() {
    // S12.1: what is set up for one direction says nothing about the other.
    let world = synced();
    assert_eq!(synchronize(&world, &of(FRANK)).action, SyncAction::Create);
    let back = SyncRequest {
        source: CONTOSO,
        target: FABRIKAM,
        ..of(ALICE)
    };
    assert_eq!(synchronize(&world, &back).action, SyncAction::Fail);
}

#[test]
fn the_switches_in_their_order() {
    // S12.2, S12.3, S12.4
    let mut world = town();
    at(&mut world, FABRIKAM).p1 = false;
    at(&mut world, CONTOSO).p1 = false;
    at(&mut world, CONTOSO).cloud = Cloud::China;
    let now = |world: &World| failed(&synchronize(world, &of(FRANK)));
    assert_eq!(now(&world), (Reason::SyncCrossCloudUnsupported, None));
    at(&mut world, FABRIKAM).cloud = Cloud::China;
    assert_eq!(now(&world), (Reason::SyncCloudUnsupported, None));
    for tenant in [CONTOSO, FABRIKAM] {
        at(&mut world, tenant).cloud = Cloud::UsGovernment;
    }
    assert_eq!(now(&world), (Reason::LicenseRequired, Some(Side::Source)));
    at(&mut world, FABRIKAM).p1 = true;
    assert_eq!(
        now(&world),
        (Reason::SyncAutoRedemptionMissing, Some(Side::Source))
    );
    partner(&mut world, FABRIKAM, CONTOSO)
        .automatic_consent
        .outbound = Some(true);
    assert_eq!(
        now(&world),
        (Reason::SyncInboundNotAllowed, Some(Side::Target))
    );
    allow_sync(&mut world, CONTOSO, FABRIKAM);
    assert_eq!(
        now(&world),
        (Reason::SyncAutoRedemptionMissing, Some(Side::Target))
    );
    partner(&mut world, CONTOSO, FABRIKAM)
        .automatic_consent
        .inbound = Some(true);
    // The target needs no licence.
    assert_eq!(synchronize(&world, &of(FRANK)).reason, Reason::SyncCreated);
}

#[test]
fn a_tenant_that_is_not_hosted_fails_the_job() {
    // S25.1: neither its licence nor its switches are known.
    for (absent, side) in [(FABRIKAM, Side::Source), (CONTOSO, Side::Target)] {
        let mut world = synced();
        at(&mut world, absent).policy = None;
        at(&mut world, absent).p1 = false;
        let outcome = synchronize(&world, &of(FRANK));
        assert_eq!(failed(&outcome), (Reason::NotHosted, Some(side)));
    }
}

#[test]
fn internal_members_only() {
    // S12.5, S24: an object under synchronization stays as it is.
    let mut world = synced();
    let skipped = (SyncAction::Skip, Reason::SyncUserNotInternalMember);
    assert_eq!(said(&synchronize(&world, &of(GUEST_ALICE))), skipped);
    user(&mut world, CONTOSO, GUEST_FRED).managed_by_synchronization = true;
    user(&mut world, FABRIKAM, FRED).sms_sign_in = true;
    let outcome = synchronize(&world, &of(FRED));
    assert_eq!(
        said(&outcome),
        (SyncAction::Skip, Reason::SyncUserSmsSignIn)
    );
    user(&mut world, FABRIKAM, FRED).user_type = UserType::Guest;
    assert_eq!(said(&synchronize(&world, &of(FRED))), skipped);
}

#[test]
fn the_scope_is_all_or_assigned_users_or_direct_members_and_every_condition() {
    // S12.5, S1.6
    let mut world = synced();
    let attributes = &mut user(&mut world, FABRIKAM, FIONA).attributes;
    attributes.insert("department".to_owned(), "Sales".to_owned());
    let users = |id| SyncScope {
        users: BTreeSet::from([id]),
        ..SyncScope::default()
    };
    let groups = |id| SyncScope {
        groups: BTreeSet::from([id]),
        ..SyncScope::default()
    };
    let filtered = |conditions: &[(&str, Comparison, &str)]| SyncScope {
        filter: conditions
            .iter()
            .map(|(attribute, comparison, value)| Condition {
                attribute: (*attribute).to_owned(),
                comparison: *comparison,
                value: (*value).to_owned(),
            })
            .collect(),
        ..everybody()
    };
    use Comparison::{Equals, NotEquals};
    for (scope, inside) in [
        (everybody(), true),
        (SyncScope::default(), false),
        (users(FIONA), true),
        (users(FRED), false),
        (groups(LEADS), true),
        (groups(MARKETING), false),
        (filtered(&[("department", Equals, "sales")]), true),
        (filtered(&[("department", NotEquals, "Sales")]), false),
        (
            filtered(&[("department", Equals, "Sales"), ("mail", Equals, "x")]),
            false,
        ),
        (filtered(&[("country", NotEquals, "DE")]), true),
    ] {
        let request = SyncRequest {
            scope: scope.clone(),
            ..of(FIONA)
        };
        let expected = match inside {
            true => Reason::SyncUpdated,
            false => Reason::SyncOutOfScope,
        };
        assert_eq!(synchronize(&world, &request).reason, expected, "{scope:?}");
    }
}

#[test]
fn nobody_leaves_the_scope_because_groups_are_unknown() {
    // S12.5, S25.3
    let mut world = synced();
    user(&mut world, FABRIKAM, FRED).groups = None;
    user(&mut world, CONTOSO, GUEST_FRED).managed_by_synchronization = true;
    let mut request = of(FRED);
    request.scope = SyncScope {
        groups: BTreeSet::from([MARKETING]),
        ..SyncScope::default()
    };
    let outcome = synchronize(&world, &request);
    assert_eq!(
        failed(&outcome),
        (Reason::GroupsUnknown, Some(Side::Source))
    );
    request.scope.users.insert(FRED);
    assert_eq!(synchronize(&world, &request).reason, Reason::SyncUpdated);
    request.scope = SyncScope::default();
    assert_eq!(synchronize(&world, &request).action, SyncAction::SoftDelete);
}

#[test]
fn creating_passes_the_checks_of_an_invitation_that_concern_no_inviter() {
    // S12.6 (U16), in the order of S6.1; updating does not.
    let mut world = synced();
    at(&mut world, CONTOSO).allow_invites_from = AllowInvitesFrom::None;
    let list = BTreeSet::from(["fabrikam.com".parse().unwrap()]);
    at(&mut world, CONTOSO).domain_list = Some(DomainList::Blocked(list));
    set(
        &mut world,
        FABRIKAM,
        CONTOSO,
        B2bCollaborationOutbound,
        shut(),
    );
    set(
        &mut world,
        CONTOSO,
        FABRIKAM,
        B2bCollaborationInbound,
        shut(),
    );
    let now = |world: &World| failed(&synchronize(world, &of(FRANK))).0;
    assert_eq!(synchronize(&world, &of(FRED)).reason, Reason::SyncUpdated);
    assert_eq!(now(&world), Reason::InvitationsDisabled);
    at(&mut world, CONTOSO).allow_invites_from = AllowInvitesFrom::AdminsAndGuestInviters;
    assert_eq!(now(&world), Reason::DomainBlocked);
    at(&mut world, CONTOSO).domain_list = None;
    assert_eq!(now(&world), Reason::OutboundBlocked);
    set(
        &mut world,
        FABRIKAM,
        CONTOSO,
        B2bCollaborationOutbound,
        only_apps(&[CRM]),
    );
    assert_eq!(now(&world), Reason::InboundBlocked);
    set(
        &mut world,
        CONTOSO,
        FABRIKAM,
        B2bCollaborationInbound,
        only_apps(&[CRM]),
    );
    assert_eq!(synchronize(&world, &of(FRANK)).reason, Reason::SyncCreated);
}

#[test]
fn what_is_created() {
    // S12.7, S7.3
    let mut world = synced();
    for (user_type, enabled) in [(UserType::Member, true), (UserType::Guest, false)] {
        user(&mut world, FABRIKAM, FRANK).enabled = enabled;
        let request = SyncRequest {
            user_type,
            ..of(FRANK)
        };
        let outcome = synchronize(&world, &request);
        assert_eq!(said(&outcome), (SyncAction::Create, Reason::SyncCreated));
        assert_eq!(outcome.prompt, Some(Prompt::Suppressed));
        let mut after = world.clone();
        after.apply(&outcome.effects);
        let object = user(&mut after, CONTOSO, NEW);
        assert!(object.stands_for(FABRIKAM, FRANK) && object.managed_by_synchronization);
        assert_eq!((object.user_type, object.enabled), (user_type, enabled));
        assert_eq!(object.redemption, Some(RedemptionState::Accepted));
        assert_eq!(outcome.object.as_ref(), Some(&*object));
    }
}

#[test]
fn an_object_that_is_there_is_updated_also_one_invited_by_hand() {
    // S12.8
    let mut world = synced();
    user(&mut world, FABRIKAM, FRED).enabled = false;
    for (always, expected) in [(false, UserType::Guest), (true, UserType::Member)] {
        let request = SyncRequest {
            apply_user_type_always: always,
            ..of(FRED)
        };
        let outcome = synchronize(&world, &request);
        assert_eq!(said(&outcome), (SyncAction::Update, Reason::SyncUpdated));
        let object = outcome.object.unwrap();
        assert_eq!(
            (object.id, object.user_type, object.enabled),
            (GUEST_FRED, expected, false)
        );
    }
}

#[test]
fn who_left_the_scope_or_the_source_is_deleted_if_synchronization_made_him() {
    // S12.9, S24
    use Reason::*;
    for (gone, managed, delete, action, reason) in [
        (false, true, true, SyncAction::SoftDelete, SyncOutOfScope),
        (false, true, false, SyncAction::Skip, SyncDeleteDisabled),
        (false, false, true, SyncAction::Skip, SyncOutOfScope),
        (true, true, true, SyncAction::SoftDelete, SyncSourceDeleted),
        (true, true, false, SyncAction::Skip, SyncDeleteDisabled),
        (true, false, true, SyncAction::Skip, SyncOutOfScope),
    ] {
        let mut world = synced();
        user(&mut world, CONTOSO, GUEST_FRED).managed_by_synchronization = managed;
        let mut request = SyncRequest {
            delete_in_target: delete,
            ..of(FRED)
        };
        match gone {
            true => drop(directory(&mut world, FABRIKAM).users.remove(&FRED)),
            false => request.scope = SyncScope::default(),
        }
        let outcome = synchronize(&world, &request);
        assert_eq!(said(&outcome), (action, reason));
        world.apply(&outcome.effects);
        let left = directory(&mut world, CONTOSO)
            .users
            .contains_key(&GUEST_FRED);
        assert_eq!(left, action != SyncAction::SoftDelete);
    }
}

#[test]
fn switching_it_off_deletes_nobody() {
    // S12.10
    let mut world = synced();
    user(&mut world, CONTOSO, GUEST_FRED).managed_by_synchronization = true;
    partner(&mut world, CONTOSO, FABRIKAM).synchronization = None;
    let request = SyncRequest {
        scope: SyncScope::default(),
        ..of(FRED)
    };
    let outcome = synchronize(&world, &request);
    assert_eq!(failed(&outcome).0, Reason::SyncInboundNotAllowed);
}
