//! S6: somebody is invited.

use std::collections::BTreeSet;

use comity_policy::decision::Verdict;
use comity_policy::invitation::{Invitation, InvitationOutcome, Inviter, invite};
use comity_policy::reason::{Detail, INVITATION_REFUSED, Reason, Side};
use comity_policy::redemption::Prompt;
use comity_policy::resolve::Origin;
use comity_policy::role::Role;
use comity_policy::settings::BlockName::{B2bCollaborationInbound, B2bCollaborationOutbound};
use comity_policy::target::Access;
use comity_policy::tenant::Cloud;
use comity_policy::world::{AllowInvitesFrom, DomainList, External, RedemptionState, UserType};

use crate::town::*;

fn inviter(user_type: UserType, roles: &[Role]) -> Inviter {
    Inviter::User {
        id: Some(ALICE),
        user_type,
        roles: roles.iter().copied().collect(),
    }
}

/// Alice of Contoso invites that address as a guest.
fn invitation(address: &str) -> Invitation {
    Invitation {
        resource: CONTOSO,
        inviter: inviter(UserType::Member, &[]),
        address: address.parse().unwrap(),
        user_type: UserType::Guest,
        send_message: true,
        new_object: NEW,
    }
}

fn said(outcome: &InvitationOutcome) -> (Verdict, Reason) {
    (outcome.verdict, outcome.reason)
}

#[test]
fn who_may_invite() {
    // S6.2
    use AllowInvitesFrom::*;
    let kinds = [
        inviter(UserType::Guest, &[]),
        inviter(UserType::Member, &[]),
        inviter(UserType::Guest, &[Role::GlobalAdministrator]),
        inviter(UserType::Guest, &[Role::UserAdministrator]),
        inviter(UserType::Guest, &[Role::GuestInviter]),
        inviter(UserType::Guest, &[Role::SecurityAdministrator]),
        Inviter::Application,
    ];
    let table = [
        (Everyone, [true, true, true, true, true, true, true]),
        (
            AdminsGuestInvitersAndAllMembers,
            [false, true, true, true, true, false, true],
        ),
        (
            AdminsAndGuestInviters,
            [false, false, true, true, true, false, false],
        ),
        (None, [false; 7]),
    ];
    for (setting, may) in table {
        let mut world = town();
        at(&mut world, CONTOSO).allow_invites_from = setting;
        for (inviter, may) in kinds.iter().zip(may) {
            let request = Invitation {
                inviter: inviter.clone(),
                ..invitation("frank@fabrikam.com")
            };
            let expected = match (may, setting) {
                (true, _) => Reason::Invited,
                (false, None) => Reason::InvitationsDisabled,
                (false, _) => Reason::InviterNotAuthorized,
            };
            assert_eq!(
                invite(&world, &request).reason,
                expected,
                "{setting:?} {inviter:?}"
            );
        }
    }
    assert_eq!(AllowInvitesFrom::initial(Cloud::Commercial), Everyone);
    assert_eq!(AllowInvitesFrom::initial(Cloud::China), Everyone);
    assert_eq!(AllowInvitesFrom::initial(Cloud::UsGovernment), None);
}

#[test]
fn a_member_is_invited_by_an_administrator_only() {
    // S6.3 (U33)
    let world = town();
    for (inviter, reason) in [
        (
            inviter(UserType::Member, &[]),
            Reason::MemberInviteRequiresAdmin,
        ),
        (
            inviter(UserType::Member, &[Role::GuestInviter]),
            Reason::MemberInviteRequiresAdmin,
        ),
        (Inviter::Application, Reason::MemberInviteRequiresAdmin),
        (
            inviter(UserType::Member, &[Role::UserAdministrator]),
            Reason::Invited,
        ),
        (
            inviter(UserType::Member, &[Role::GlobalAdministrator]),
            Reason::Invited,
        ),
    ] {
        let request = Invitation {
            inviter,
            user_type: UserType::Member,
            ..invitation("frank@fabrikam.com")
        };
        assert_eq!(invite(&world, &request).reason, reason);
    }
}

#[test]
fn the_domain_list_compares_the_whole_domain_without_case() {
    // S6.4 (U27)
    let domains = |names: &[&str]| names.iter().map(|name| name.parse().unwrap()).collect();
    let blocked = |names: &[&str]| DomainList::Blocked(domains(names));
    let allowed = |names: &[&str]| DomainList::Allowed(domains(names));
    for (list, address, reason) in [
        (
            blocked(&["fabrikam.com"]),
            "Frank@Fabrikam.COM",
            Reason::DomainBlocked,
        ),
        (
            blocked(&["sub.fabrikam.com"]),
            "frank@fabrikam.com",
            Reason::Invited,
        ),
        (blocked(&["com"]), "frank@fabrikam.com", Reason::Invited),
        (
            blocked(&["outlook.com"]),
            "someone@outlook.com",
            Reason::DomainBlocked,
        ),
        (
            allowed(&["fabrikam.com"]),
            "frank@fabrikam.com",
            Reason::Invited,
        ),
        (
            allowed(&["litware.com"]),
            "frank@fabrikam.com",
            Reason::DomainNotAllowed,
        ),
        (
            allowed(&["litware.com"]),
            "someone@outlook.com",
            Reason::DomainNotAllowed,
        ),
        (
            allowed(&["fabrikam.com"]),
            "frank@sub.fabrikam.com",
            Reason::DomainNotAllowed,
        ),
    ] {
        let mut world = town();
        at(&mut world, CONTOSO).domain_list = Some(list);
        assert_eq!(
            invite(&world, &invitation(address)).reason,
            reason,
            "{address}"
        );
    }
}

#[test]
fn the_allow_list_of_domains_does_not_override_the_settings() {
    // S6.4, S6.7
    let mut world = town();
    let list = BTreeSet::from(["fabrikam.com".parse().unwrap()]);
    at(&mut world, CONTOSO).domain_list = Some(DomainList::Allowed(list));
    set(
        &mut world,
        CONTOSO,
        FABRIKAM,
        B2bCollaborationInbound,
        shut(),
    );
    let outcome = invite(&world, &invitation("frank@fabrikam.com"));
    assert_eq!(said(&outcome), (Verdict::Block, Reason::InboundBlocked));
    assert_eq!(outcome.detail, Some(Detail::AllAccessBlocked));
    assert_eq!(
        (outcome.side, outcome.origin),
        (Some(Side::Resource), Some(Origin::Partner))
    );
    assert!(outcome.effects.is_empty());
}

#[test]
fn the_home_tenant_is_the_one_that_verified_the_domain() {
    // S6.5 (U26), in any cloud; by user principal name or mail of an internal user.
    let world = town();
    for (address, reason, home) in [
        ("frank@fabrikam.com", Reason::Invited, Some(FABRIKAM)),
        ("FRANK@fabrikam.com", Reason::Invited, Some(FABRIKAM)),
        ("gus@woodgrove.us", Reason::Invited, Some(WOODGROVE)),
        ("bob@contoso.com", Reason::InviteeIsInternal, None),
        ("nobody@contoso.com", Reason::InviteeIsInternal, None),
        ("nobody@fabrikam.com", Reason::InviteeNotFoundInHome, None),
        ("someone@outlook.com", Reason::Invited, None),
    ] {
        let outcome = invite(&world, &invitation(address));
        assert_eq!((outcome.reason, outcome.home), (reason, home), "{address}");
    }
}

#[test]
fn a_guest_object_of_the_home_tenant_is_nobody_to_invite() {
    // S6.5: no internal user has that address.
    let mut world = town();
    user(&mut world, FABRIKAM, GUEST_ALICE).mail = Some("alice@fabrikam.com".to_owned());
    let outcome = invite(&world, &invitation("alice@fabrikam.com"));
    assert_eq!(outcome.reason, Reason::InviteeNotFoundInHome);
}

#[test]
fn across_clouds_the_gate_comes_first_and_then_the_name() {
    // S6.6, S5.3, S5.6
    let mut world = town();
    let by_mail = invitation("gus.mail@woodgrove.us");
    world
        .tenants
        .get_mut(&WOODGROVE)
        .unwrap()
        .policy
        .as_mut()
        .unwrap()
        .allowed_clouds
        .clear();
    assert_eq!(invite(&world, &by_mail).reason, Reason::CloudNotEnabled);
    let world = town();
    assert_eq!(
        invite(&world, &by_mail).reason,
        Reason::CrossCloudRequiresUpn
    );
    assert_eq!(
        invite(&world, &invitation("GUS@woodgrove.us")).reason,
        Reason::Invited
    );
    // Within one cloud the mail address does.
    let mut world = town();
    user(&mut world, FABRIKAM, FRANK).mail = Some("frank.f@fabrikam.com".to_owned());
    assert_eq!(
        invite(&world, &invitation("frank.f@fabrikam.com")).reason,
        Reason::Invited
    );
}

#[test]
fn both_gates_are_asked_for_reachability_the_home_tenant_first() {
    // S6.7, S3.6
    let mut world = town();
    let request = invitation("frank@fabrikam.com");
    set(
        &mut world,
        CONTOSO,
        FABRIKAM,
        B2bCollaborationInbound,
        only_apps(&[CRM]),
    );
    set(
        &mut world,
        FABRIKAM,
        CONTOSO,
        B2bCollaborationOutbound,
        only_apps(&[ERP]),
    );
    assert_eq!(invite(&world, &request).reason, Reason::Invited);
    set(
        &mut world,
        CONTOSO,
        FABRIKAM,
        B2bCollaborationInbound,
        shut(),
    );
    assert_eq!(invite(&world, &request).side, Some(Side::Resource));
    let keeps_frank = block(
        users(Access::Blocked, &[person(FRANK)]),
        apps(Access::Blocked, &[]),
    );
    set(
        &mut world,
        FABRIKAM,
        CONTOSO,
        B2bCollaborationOutbound,
        keeps_frank,
    );
    let outcome = invite(&world, &request);
    assert_eq!(outcome.reason, Reason::OutboundBlocked);
    assert_eq!(outcome.side, Some(Side::Home));
    assert_eq!(outcome.detail, Some(Detail::UserAppPairBlocked));
}

#[test]
fn what_an_invitation_makes() {
    // S6.8 (U8)
    for automatic in [false, true] {
        for send in [false, true] {
            let mut world = town();
            if automatic {
                redeem_automatically(&mut world, FABRIKAM, CONTOSO);
            }
            let request = Invitation {
                send_message: send,
                ..invitation("frank@fabrikam.com")
            };
            let outcome = invite(&world, &request);
            assert_eq!(said(&outcome), (Verdict::Allow, Reason::Invited));
            assert_eq!(outcome.invitation_mail, send && !automatic);
            assert_eq!(outcome.notification_mail, automatic);
            let (prompt, state) = match automatic {
                true => (Prompt::Suppressed, RedemptionState::Accepted),
                false => (Prompt::Shown, RedemptionState::PendingAcceptance),
            };
            assert_eq!(outcome.prompt, Some(prompt));
            world.apply(&outcome.effects);
            let object = user(&mut world, CONTOSO, NEW);
            assert_eq!(object.redemption, Some(state));
            assert_eq!(object.user_type, UserType::Guest);
            assert_eq!(object.sponsor, Some(ALICE));
            assert!(object.user_principal_name.contains("#EXT#"));
            assert!(object.stands_for(FABRIKAM, FRANK));
        }
    }
}

#[test]
fn settings_are_for_tenants_not_for_identities_without_one() {
    // S6.9
    let mut world = town();
    set_default(&mut world, CONTOSO, B2bCollaborationInbound, shut());
    let outcome = invite(&world, &invitation("someone@outlook.com"));
    assert_eq!(said(&outcome), (Verdict::Allow, Reason::Invited));
    assert_eq!((outcome.home, outcome.prompt), (None, Some(Prompt::Shown)));
    assert!(outcome.invitation_mail && !outcome.notification_mail);
    let object = outcome.object.unwrap();
    assert!(matches!(object.external, Some(External::Providers(_))));
    assert!(object.is_pending());
}

#[test]
fn somebody_already_there_is_given_back_unchanged() {
    // S6.11 (U32)
    for automatic in [false, true] {
        let mut world = town();
        if automatic {
            redeem_automatically(&mut world, FABRIKAM, CONTOSO);
        }
        for (address, object, pending) in [
            ("fiona@fabrikam.com", GUEST_FIONA, true),
            ("fiona.t@fabrikam.com", GUEST_FIONA, true),
            ("fred@fabrikam.com", GUEST_FRED, false),
            ("otto@outlook.com", GUEST_OTTO, true),
        ] {
            for send in [false, true] {
                let request = Invitation {
                    send_message: send,
                    ..invitation(address)
                };
                let outcome = invite(&world, &request);
                assert_eq!(said(&outcome), (Verdict::Allow, Reason::AlreadyInvited));
                assert_eq!(
                    outcome.object.as_ref(),
                    Some(&*user(&mut world, CONTOSO, object))
                );
                let redeems = automatic && object != GUEST_OTTO;
                assert_eq!(outcome.invitation_mail, send && pending && !redeems);
                assert!(!outcome.notification_mail && outcome.effects.is_empty());
            }
        }
    }
}

#[test]
fn the_inviter_is_told_one_sentence_that_names_neither_side() {
    // S6.10, S20: reason, detail and side are for administrators; a 403.
    assert!(INVITATION_REFUSED.contains("cross-tenant access settings"));
    for reason in [
        Reason::OutboundBlocked,
        Reason::InboundBlocked,
        Reason::CloudNotEnabled,
        Reason::PartnerRequiredCrossCloud,
        Reason::CloudPairUnsupported,
    ] {
        assert_eq!(reason.status(), 403);
        assert_ne!(reason.sentence(), INVITATION_REFUSED);
    }
}

#[test]
fn being_there_already_passes_none_of_the_gates() {
    // S6.1: S6.11 comes after S6.7.
    let mut world = town();
    set(
        &mut world,
        CONTOSO,
        FABRIKAM,
        B2bCollaborationInbound,
        shut(),
    );
    let outcome = invite(&world, &invitation("fred@fabrikam.com"));
    assert_eq!(outcome.reason, Reason::InboundBlocked);
}

#[test]
fn the_first_refusal_decides() {
    // S6.1: everything is wrong at first, then mended in the order of the clause.
    let mut world = town();
    let mut request = Invitation {
        user_type: UserType::Member,
        ..invitation("gus.mail@woodgrove.us")
    };
    at(&mut world, CONTOSO).allow_invites_from = AllowInvitesFrom::AdminsAndGuestInviters;
    let list = BTreeSet::from(["woodgrove.us".parse().unwrap()]);
    at(&mut world, CONTOSO).domain_list = Some(DomainList::Blocked(list));
    user(&mut world, WOODGROVE, GUS).mail = None;
    policy(&mut world, CONTOSO).allowed_clouds.clear();
    set(
        &mut world,
        WOODGROVE,
        CONTOSO,
        B2bCollaborationOutbound,
        shut(),
    );
    set(
        &mut world,
        CONTOSO,
        WOODGROVE,
        B2bCollaborationInbound,
        shut(),
    );
    let reason = |world: &_, request: &_| invite(world, request).reason;

    assert_eq!(reason(&world, &request), Reason::InviterNotAuthorized);
    at(&mut world, CONTOSO).allow_invites_from = AllowInvitesFrom::Everyone;
    assert_eq!(reason(&world, &request), Reason::MemberInviteRequiresAdmin);
    request.inviter = inviter(UserType::Member, &[Role::UserAdministrator]);
    assert_eq!(reason(&world, &request), Reason::DomainBlocked);
    at(&mut world, CONTOSO).domain_list = None;
    assert_eq!(reason(&world, &request), Reason::InviteeNotFoundInHome);
    user(&mut world, WOODGROVE, GUS).mail = Some("gus.mail@woodgrove.us".to_owned());
    assert_eq!(reason(&world, &request), Reason::CloudNotEnabled);
    policy(&mut world, CONTOSO)
        .allowed_clouds
        .push(Cloud::UsGovernment);
    assert_eq!(reason(&world, &request), Reason::CrossCloudRequiresUpn);
    request.address = "gus@woodgrove.us".parse().unwrap();
    assert_eq!(reason(&world, &request), Reason::OutboundBlocked);
    set(
        &mut world,
        WOODGROVE,
        CONTOSO,
        B2bCollaborationOutbound,
        open(),
    );
    assert_eq!(reason(&world, &request), Reason::InboundBlocked);
    set(
        &mut world,
        CONTOSO,
        WOODGROVE,
        B2bCollaborationInbound,
        open(),
    );
    assert_eq!(reason(&world, &request), Reason::Invited);
}
