//! S8: signing in as a guest, and as a service provider's user.

use std::collections::BTreeSet;

use comity_policy::conditional_access::Control;
use comity_policy::decision::Verdict;
use comity_policy::reason::{Detail, Reason, Side};
use comity_policy::resolve::Origin;
use comity_policy::row::AccessType;
use comity_policy::settings::BlockName::*;
use comity_policy::settings::{BlockName, InboundTrust};
use comity_policy::sign_in::{Redeemed, SignIn};
use comity_policy::target::UserId;
use comity_policy::tenant_restrictions::{Carrier, Header};
use comity_policy::world::{DomainList, RedemptionState, World};

use crate::town::*;

fn reason(world: &World, request: &SignIn) -> Reason {
    decide(world, request).reason
}

#[test]
fn the_first_check_that_is_not_passed_decides() {
    // S8.1 (U6): everything is wrong at first, then mended in the order of the clause.
    let mut world = town();
    let mut gina = visit(WOODGROVE, GINA, CONTOSO, ERP);
    gina.restrictions = Some(Header {
        value: "not a header".to_owned(),
        carrier: Carrier::Proxy,
    });
    let account = directory(&mut world, WOODGROVE)
        .users
        .remove(&GINA)
        .unwrap();
    let object = directory(&mut world, CONTOSO)
        .users
        .remove(&GUEST_GINA)
        .unwrap();
    policy(&mut world, WOODGROVE).allowed_clouds.clear();
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
    let list = BTreeSet::from(["woodgrove.us".parse().unwrap()]);
    at(&mut world, CONTOSO).domain_list = Some(DomainList::Blocked(list));
    at(&mut world, CONTOSO).conditional_access = vec![asks_for(Control::Block)];

    assert_eq!(reason(&world, &gina), Reason::TrHeaderInvalid); // S8.2
    gina.restrictions = None;
    assert_eq!(reason(&world, &gina), Reason::AccountNotFound); // S8.4
    directory(&mut world, WOODGROVE).users.insert(GINA, account);
    user(&mut world, WOODGROVE, GINA).enabled = false;
    assert_eq!(reason(&world, &gina), Reason::AccountDisabled);
    user(&mut world, WOODGROVE, GINA).enabled = true;
    assert_eq!(reason(&world, &gina), Reason::CloudNotEnabled); // S8.5
    policy(&mut world, WOODGROVE)
        .allowed_clouds
        .push(comity_policy::tenant::Cloud::Commercial);
    assert_eq!(reason(&world, &gina), Reason::OutboundBlocked); // S8.6
    set(
        &mut world,
        WOODGROVE,
        CONTOSO,
        B2bCollaborationOutbound,
        open(),
    );
    assert_eq!(reason(&world, &gina), Reason::InboundBlocked); // S8.7
    set(
        &mut world,
        CONTOSO,
        WOODGROVE,
        B2bCollaborationInbound,
        open(),
    );
    assert_eq!(reason(&world, &gina), Reason::UserNotInResourceTenant); // S8.8
    directory(&mut world, CONTOSO)
        .users
        .insert(GUEST_GINA, object);
    user(&mut world, CONTOSO, GUEST_GINA).enabled = false;
    user(&mut world, CONTOSO, GUEST_GINA).redemption = Some(RedemptionState::PendingAcceptance);
    assert_eq!(reason(&world, &gina), Reason::AccountDisabledInResource);
    user(&mut world, CONTOSO, GUEST_GINA).enabled = true;
    assert_eq!(reason(&world, &gina), Reason::DomainBlocked); // S8.9, S7.1
    at(&mut world, CONTOSO).domain_list = None;
    assert_eq!(reason(&world, &gina), Reason::RedemptionRequired);
    gina.consent_accepted = true;
    assert_eq!(reason(&world, &gina), Reason::CaBlocked); // S8.10
    at(&mut world, CONTOSO).conditional_access.clear();
    assert_eq!(reason(&world, &gina), Reason::Granted);
}

#[test]
fn tenant_restrictions_are_judged_first_and_passing_them_opens_nothing() {
    // S8.2
    let mut world = town();
    let mut nina = visit(NORTHWIND, NINA, FABRIKAM, CRM);
    set(
        &mut world,
        FABRIKAM,
        NORTHWIND,
        B2bCollaborationInbound,
        shut(),
    );
    nina.restrictions = Some(header(Carrier::Proxy));
    assert_eq!(reason(&world, &nina), Reason::TenantRestrictionsBlocked);
    set(&mut world, CONTOSO, FABRIKAM, TenantRestrictions, open());
    assert_eq!(reason(&world, &nina), Reason::InboundBlocked);
    set(
        &mut world,
        FABRIKAM,
        NORTHWIND,
        B2bCollaborationInbound,
        open(),
    );
    assert_eq!(reason(&world, &nina), Reason::UserNotInResourceTenant);
}

#[test]
fn within_one_tenant_this_law_ends() {
    // S8.3
    let mut world = town();
    set_default(&mut world, CONTOSO, B2bCollaborationInbound, shut());
    at(&mut world, CONTOSO).conditional_access = vec![asks_for(Control::Block)];
    let decision = decide(&world, &visit(CONTOSO, ALICE, CONTOSO, ERP));
    assert_eq!(
        (decision.verdict, decision.reason),
        (Verdict::Allow, Reason::NotCrossTenant)
    );
    assert_eq!(decision.access_type, AccessType::None);
}

#[test]
fn only_an_internal_account_of_the_home_tenant_exists() {
    // S8.4: a guest object there is not one.
    let world = town();
    for (user, expected) in [
        (STRANGER, Reason::AccountNotFound),
        (GUEST_ALICE, Reason::AccountNotFound),
        (FAYE, Reason::AccountDisabled),
    ] {
        let decision = decide(&world, &visit(FABRIKAM, user, CONTOSO, ERP));
        assert_eq!(
            (decision.reason, decision.side),
            (expected, Some(Side::Home))
        );
    }
}

#[test]
fn a_refusal_by_a_block_says_which_side_which_layer_and_what() {
    // S8.6, S8.7, S3.5, S2.3
    let cases: [(BlockName, _, _, bool, Reason, Side, u32); 4] = [
        (
            B2bCollaborationOutbound,
            FABRIKAM,
            CONTOSO,
            true,
            Reason::OutboundBlocked,
            Side::Home,
            500_212,
        ),
        (
            B2bCollaborationOutbound,
            FABRIKAM,
            CONTOSO,
            false,
            Reason::OutboundBlocked,
            Side::Home,
            500_212,
        ),
        (
            B2bCollaborationInbound,
            CONTOSO,
            FABRIKAM,
            true,
            Reason::InboundBlocked,
            Side::Resource,
            500_213,
        ),
        (
            B2bCollaborationInbound,
            CONTOSO,
            FABRIKAM,
            false,
            Reason::InboundBlocked,
            Side::Resource,
            500_213,
        ),
    ];
    for (name, owner, other, in_entry, expected, side, number) in cases {
        let mut world = town();
        match in_entry {
            true => set(&mut world, owner, other, name, only_apps(&[CRM])),
            false => set_default(&mut world, owner, name, only_apps(&[CRM])),
        }
        let decision = decide(&world, &fred());
        let origin = match in_entry {
            true => Origin::Partner,
            false => Origin::Default,
        };
        assert_eq!(
            (decision.verdict, decision.reason),
            (Verdict::Block, expected)
        );
        assert_eq!((decision.side, decision.origin), (Some(side), Some(origin)));
        assert_eq!(decision.detail, Some(Detail::AppNotAllowed));
        assert_eq!(decision.error_code(), number);
    }
}

#[test]
fn the_client_application_counts_in_both_blocks() {
    // S8.6, S8.7: both application ids.
    let mut world = town();
    set(
        &mut world,
        FABRIKAM,
        CONTOSO,
        B2bCollaborationOutbound,
        only_apps(&[WEB]),
    );
    set(
        &mut world,
        CONTOSO,
        FABRIKAM,
        B2bCollaborationInbound,
        only_apps(&[ERP]),
    );
    assert_eq!(reason(&world, &fred()), Reason::OutboundBlocked);
    let request = SignIn {
        client_app: Some(WEB),
        ..fred()
    };
    assert_eq!(reason(&world, &request), Reason::Granted);
}

#[test]
fn a_pending_guest_redeems_by_signing_in() {
    // S8.9, S7.1
    let mut world = town();
    let fiona = |consent_accepted| SignIn {
        consent_accepted,
        ..visit(FABRIKAM, FIONA, CONTOSO, ERP)
    };
    let decision = decide(&world, &fiona(false));
    assert_eq!(decision.verdict, Verdict::Challenge);
    assert_eq!(decision.error_code(), 50_014);
    assert_eq!(
        decide(&world, &fiona(true)).redeemed,
        Some(Redeemed::Consented)
    );
    redeem_automatically(&mut world, FABRIKAM, CONTOSO);
    assert_eq!(
        decide(&world, &fiona(false)).redeemed,
        Some(Redeemed::Automatic)
    );
    assert_eq!(
        decide(&world, &fiona(true)).redeemed,
        Some(Redeemed::Automatic)
    );
    // The domain of the invited address is listed, not the one of the home tenant.
    user(&mut world, CONTOSO, GUEST_FIONA).mail = Some("fiona@elsewhere.org".to_owned());
    let list = BTreeSet::from(["elsewhere.org".parse().unwrap()]);
    at(&mut world, CONTOSO).domain_list = Some(DomainList::Blocked(list));
    assert_eq!(reason(&world, &fiona(true)), Reason::DomainBlocked);
}

#[test]
fn an_identity_without_a_tenant_meets_the_resource_tenant_only() {
    // S8.11
    let mut world = town();
    set_default(&mut world, CONTOSO, B2bCollaborationInbound, shut());
    partner(&mut world, CONTOSO, NOWHERE)
        .automatic_consent
        .inbound = Some(true);
    assert_eq!(reason(&world, &otto()), Reason::RedemptionRequired);
    let mut request = SignIn {
        consent_accepted: true,
        ..otto()
    };
    assert_eq!(reason(&world, &request), Reason::Granted);
    policy(&mut world, CONTOSO).defaults.trust = Some(InboundTrust {
        mfa: Some(true),
        ..InboundTrust::default()
    });
    at(&mut world, CONTOSO).conditional_access = vec![asks_for(Control::Mfa)];
    request.claims.mfa = true;
    assert_eq!(reason(&world, &request), Reason::MfaChallengeResource);
    request.claims.resource_mfa = true;
    assert_eq!(reason(&world, &request), Reason::Granted);
    user(&mut world, CONTOSO, GUEST_OTTO).enabled = false;
    assert_eq!(reason(&world, &request), Reason::AccountDisabledInResource);
    directory(&mut world, CONTOSO).users.remove(&GUEST_OTTO);
    assert_eq!(reason(&world, &request), Reason::UserNotInResourceTenant);
}

#[test]
fn a_guest_whose_object_names_a_tenant_is_judged_as_its_account() {
    // S1.4, S8.11
    let mut world = town();
    set(
        &mut world,
        FABRIKAM,
        CONTOSO,
        B2bCollaborationOutbound,
        shut(),
    );
    let as_guest = |object: UserId| SignIn {
        account: comity_policy::sign_in::SignInAccount::Guest(object),
        ..fred()
    };
    assert_eq!(
        reason(&world, &as_guest(GUEST_FRED)),
        Reason::OutboundBlocked
    );
    assert_eq!(
        reason(&world, &as_guest(ALICE)),
        Reason::UserNotInResourceTenant
    );
}

#[test]
fn a_service_provider_needs_the_relation_and_nothing_of_the_blocks() {
    // S8.12 (U25)
    let mut world = town();
    let decision = decide(&world, &nina_serves());
    assert_eq!(decision.reason, Reason::ServiceProviderRelationshipMissing);
    assert_eq!(
        (decision.side, decision.error_code()),
        (Some(Side::Resource), 9_900_008)
    );
    for stated in [None, Some(false)] {
        partner(&mut world, CONTOSO, NORTHWIND).is_service_provider = stated;
        let expected = Reason::ServiceProviderRelationshipMissing;
        assert_eq!(reason(&world, &nina_serves()), expected);
    }
    partner(&mut world, CONTOSO, NORTHWIND).is_service_provider = Some(true);
    for name in BlockName::ALL {
        set(&mut world, CONTOSO, NORTHWIND, name, shut());
        set(&mut world, NORTHWIND, CONTOSO, name, shut());
    }
    let decision = decide(&world, &nina_serves());
    assert_eq!(decision.reason, Reason::Granted);
    assert_eq!(decision.access_type, AccessType::ServiceProvider);
    // The entry of the other side means nothing.
    partner(&mut world, NORTHWIND, CONTOSO).is_service_provider = Some(true);
    partner(&mut world, CONTOSO, NORTHWIND).is_service_provider = None;
    let expected = Reason::ServiceProviderRelationshipMissing;
    assert_eq!(reason(&world, &nina_serves()), expected);
}

#[test]
fn the_cloud_gate_applies_to_service_providers() {
    // S8.12, S24
    let mut world = town();
    partner(&mut world, CONTOSO, WOODGROVE).is_service_provider = Some(true);
    let gina = SignIn {
        journey: comity_policy::sign_in::Journey::ServiceProvider,
        ..visit(WOODGROVE, GINA, CONTOSO, ERP)
    };
    assert_eq!(reason(&world, &gina), Reason::Granted);
    policy(&mut world, CONTOSO).allowed_clouds.clear();
    assert_eq!(reason(&world, &gina), Reason::CloudNotEnabled);
}

#[test]
fn an_object_of_the_providers_user_plays_no_part() {
    // S8.12, S24
    let mut world = town();
    partner(&mut world, CONTOSO, NORTHWIND).is_service_provider = Some(true);
    let mia = SignIn {
        account: visit(NORTHWIND, MIA, CONTOSO, ERP).account,
        ..nina_serves()
    };
    user(&mut world, CONTOSO, MEMBER_MIA).enabled = false;
    let mut asks = asks_for(Control::Block);
    asks.include_users = comity_policy::conditional_access::UserCondition {
        users: BTreeSet::from([MEMBER_MIA]),
        ..Default::default()
    };
    at(&mut world, CONTOSO).conditional_access = vec![asks];
    assert_eq!(reason(&world, &mia), Reason::Granted);
}

#[test]
fn a_guest_accepted_long_ago_is_not_exempt() {
    // S8.13
    let mut world = town();
    assert_eq!(reason(&world, &fred()), Reason::Granted);
    set_default(&mut world, CONTOSO, B2bCollaborationInbound, shut());
    assert_eq!(reason(&world, &fred()), Reason::InboundBlocked);
}
