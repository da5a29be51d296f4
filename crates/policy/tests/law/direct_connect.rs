//! S9: signing in without an object.

use std::sync::Arc;

use comity_policy::conditional_access::Control;
use comity_policy::decision::Verdict;
use comity_policy::reason::{Reason, Side};
use comity_policy::resolve::Origin;
use comity_policy::settings::BlockName::*;
use comity_policy::sign_in::{Journey, SignIn};
use comity_policy::world::World;

use crate::town::*;

fn reason(world: &World, request: &SignIn) -> Reason {
    decide(world, request).reason
}

#[test]
fn the_checks_in_their_order() {
    // S9.1 to S9.8
    let mut world = town();
    let mut gina = SignIn {
        journey: Journey::DirectConnect,
        first_access: true,
        ..visit(WOODGROVE, GINA, CONTOSO, ERP)
    };
    user(&mut world, WOODGROVE, GINA).enabled = false;
    assert_eq!(reason(&world, &gina), Reason::AccountDisabled); // S8.4
    user(&mut world, WOODGROVE, GINA).enabled = true;
    assert_eq!(
        reason(&world, &gina),
        Reason::DirectConnectCrossCloudUnsupported
    ); // S9.2

    let mut nina = SignIn {
        account: visit(NORTHWIND, NINA, CONTOSO, ERP).account,
        ..gina.clone()
    };
    at(&mut world, CONTOSO).p1 = false;
    at(&mut world, CONTOSO).conditional_access = vec![asks_for(Control::Block)];
    assert_eq!(reason(&world, &nina), Reason::DirectConnectAppUnsupported); // S9.3
    nina.resource_app = TEAMS;
    for side in [Side::Home, Side::Resource] {
        let decision = decide(&world, &nina); // S9.4
        assert_eq!(
            (decision.reason, decision.side),
            (Reason::LicenseRequired, Some(side))
        );
        assert_eq!(decision.error_code(), 9_900_003);
        let tenant = match side {
            Side::Home => NORTHWIND,
            _ => CONTOSO,
        };
        at(&mut world, tenant).p1 = true;
    }
    let decision = decide(&world, &nina); // S9.5
    assert_eq!(
        (decision.reason, decision.origin),
        (Reason::OutboundBlocked, Some(Origin::System))
    );
    set(
        &mut world,
        NORTHWIND,
        CONTOSO,
        B2bDirectConnectOutbound,
        open(),
    );
    assert_eq!(reason(&world, &nina), Reason::InboundBlocked); // S9.6
    set(
        &mut world,
        CONTOSO,
        NORTHWIND,
        B2bDirectConnectInbound,
        open(),
    );
    let decision = decide(&world, &nina); // S9.7
    assert_eq!(decision.verdict, Verdict::Challenge);
    assert_eq!(decision.reason, Reason::DirectConnectConsentRequired);
    nina.consent_accepted = true;
    assert_eq!(reason(&world, &nina), Reason::CaBlocked); // S9.8
    at(&mut world, CONTOSO).conditional_access.clear();
    assert_eq!(reason(&world, &nina), Reason::Granted);
    gina.resource_app = TEAMS;
    assert_eq!(
        reason(&world, &gina),
        Reason::DirectConnectCrossCloudUnsupported
    );
}

#[test]
fn no_object_is_needed_and_the_collaboration_blocks_play_no_part() {
    // S9.1
    let mut world = town();
    connect(&mut world, FABRIKAM, CONTOSO);
    set_default(&mut world, CONTOSO, B2bCollaborationInbound, shut());
    set_default(&mut world, FABRIKAM, B2bCollaborationOutbound, shut());
    let decision = decide(&world, &frank_connects());
    assert_eq!(decision.reason, Reason::Granted);
    assert!(decision.effects.is_empty());
}

#[test]
fn whether_an_application_can_be_reached_is_configuration_and_about_the_resource() {
    // S9.3 (U21)
    let mut world = town();
    connect(&mut world, FABRIKAM, CONTOSO);
    let mut request = SignIn {
        client_app: Some(TEAMS),
        resource_app: ERP,
        ..frank_connects()
    };
    assert_eq!(
        reason(&world, &request),
        Reason::DirectConnectAppUnsupported
    );
    Arc::make_mut(&mut world.suites)
        .direct_connect_capable
        .insert(ERP);
    assert_eq!(reason(&world, &request), Reason::Granted);
    request.resource_app = CRM;
    assert_eq!(
        reason(&world, &request),
        Reason::DirectConnectAppUnsupported
    );
}

#[test]
fn the_first_access_asks_unless_redemption_is_automatic() {
    // S9.7, S7.3
    let mut world = town();
    connect(&mut world, FABRIKAM, CONTOSO);
    let first = SignIn {
        first_access: true,
        ..frank_connects()
    };
    assert_eq!(reason(&world, &first), Reason::DirectConnectConsentRequired);
    assert_eq!(reason(&world, &frank_connects()), Reason::Granted);
    redeem_automatically(&mut world, FABRIKAM, CONTOSO);
    assert_eq!(reason(&world, &first), Reason::Granted);
}

#[test]
fn a_granted_token_is_valid_for_an_hour_and_each_renewal_is_judged_again() {
    // S9.9
    let mut world = town();
    connect(&mut world, FABRIKAM, CONTOSO);
    let renewal = SignIn {
        is_interactive: false,
        ..frank_connects()
    };
    assert_eq!(decide(&world, &renewal).token_lifetime_seconds, Some(3600));
    assert_eq!(decide(&world, &fred()).token_lifetime_seconds, None);
    set(
        &mut world,
        CONTOSO,
        FABRIKAM,
        B2bDirectConnectInbound,
        shut(),
    );
    let decision = decide(&world, &renewal);
    assert_eq!(decision.reason, Reason::InboundBlocked);
    assert_eq!(decision.token_lifetime_seconds, None);
}

#[test]
fn mutual_means_two_blocks_for_each_direction() {
    // S9.10 (U31)
    let mut world = town();
    connect(&mut world, FABRIKAM, CONTOSO);
    assert_eq!(reason(&world, &frank_connects()), Reason::Granted);
    let back = SignIn {
        journey: Journey::DirectConnect,
        ..visit(CONTOSO, ALICE, FABRIKAM, TEAMS)
    };
    assert_eq!(reason(&world, &back), Reason::OutboundBlocked);
    connect(&mut world, CONTOSO, FABRIKAM);
    assert_eq!(reason(&world, &back), Reason::Granted);
}

#[test]
fn an_identity_without_a_tenant_never_comes_by_direct_connect() {
    // S8.11, S9.1: its row says collaboration (S15.7).
    let request = SignIn {
        journey: Journey::DirectConnect,
        consent_accepted: true,
        ..otto()
    };
    let decision = decide(&town(), &request);
    assert_eq!(decision.access_type.as_str(), "b2bCollaboration");
    assert_eq!(decision.token_lifetime_seconds, None);
}
