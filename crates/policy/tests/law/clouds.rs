//! S5: clouds.

use comity_policy::reason::{Reason, Side};
use comity_policy::sign_in::{Decision, Journey, SignIn};
use comity_policy::tenant::Cloud;

use crate::town::*;

fn gina() -> SignIn {
    visit(WOODGROVE, GINA, CONTOSO, ERP)
}

fn said(decision: &Decision) -> (Reason, Option<Side>, u32) {
    (decision.reason, decision.side, decision.error_code())
}

#[test]
fn the_commercial_cloud_pairs_with_each_of_the_others_and_no_other_pair_exists() {
    // S5.1
    use Cloud::*;
    for a in Cloud::ALL {
        for b in Cloud::ALL {
            let expected = a != b && (a == Commercial || b == Commercial);
            assert_eq!(a.pairs_with(b), expected, "{a} and {b}");
        }
    }
    let request = visit(WOODGROVE, GINA, TAILSPIN, ERP);
    let decision = decide(&town(), &request);
    assert_eq!(
        said(&decision),
        (Reason::CloudPairUnsupported, None, 9_900_004)
    );
}

#[test]
fn the_gate_asks_home_then_resource_the_cloud_then_the_partner() {
    // S5.3: everything missing at first, then mended one by one in the order of the clause.
    let mut world = town();
    for tenant in [WOODGROVE, CONTOSO] {
        policy(&mut world, tenant).allowed_clouds.clear();
    }
    policy(&mut world, WOODGROVE).partners.remove(CONTOSO);
    policy(&mut world, CONTOSO).partners.remove(WOODGROVE);
    let home = Some(Side::Home);
    let resource = Some(Side::Resource);
    let (cloud, entry) = (Reason::CloudNotEnabled, Reason::PartnerRequiredCrossCloud);
    assert_eq!(said(&decide(&world, &gina())), (cloud, home, 500_212));
    policy(&mut world, WOODGROVE)
        .allowed_clouds
        .push(Cloud::Commercial);
    assert_eq!(said(&decide(&world, &gina())), (entry, home, 500_212));
    partner(&mut world, WOODGROVE, CONTOSO);
    assert_eq!(said(&decide(&world, &gina())), (cloud, resource, 500_213));
    policy(&mut world, CONTOSO)
        .allowed_clouds
        .push(Cloud::UsGovernment);
    // S5.2: enabling a cloud opens nothing.
    assert_eq!(said(&decide(&world, &gina())), (entry, resource, 500_213));
    partner(&mut world, CONTOSO, WOODGROVE);
    assert_eq!(said(&decide(&world, &gina())), (Reason::Granted, None, 0));
}

#[test]
fn within_one_cloud_there_is_nothing_to_pass() {
    // S5.3
    let mut world = town();
    policy(&mut world, CONTOSO).partners.remove(FABRIKAM);
    policy(&mut world, FABRIKAM).partners.remove(CONTOSO);
    assert_eq!(decide(&world, &fred()).reason, Reason::Granted);
}

#[test]
fn trust_crosses_clouds_and_the_rest_does_not() {
    // S5.5
    let mut world = town();
    redeem_automatically(&mut world, WOODGROVE, CONTOSO);
    user(&mut world, CONTOSO, GUEST_GINA).redemption =
        Some(comity_policy::world::RedemptionState::PendingAcceptance);
    assert_eq!(decide(&world, &gina()).reason, Reason::RedemptionRequired);
    let connects = SignIn {
        journey: Journey::DirectConnect,
        ..visit(WOODGROVE, GINA, CONTOSO, TEAMS)
    };
    let reason = Reason::DirectConnectCrossCloudUnsupported;
    assert_eq!(decide(&world, &connects).reason, reason);
    let mut world = town();
    partner(&mut world, CONTOSO, WOODGROVE).trust = Some(comity_policy::settings::InboundTrust {
        mfa: Some(true),
        ..Default::default()
    });
    let asks = asks_for(comity_policy::conditional_access::Control::Mfa);
    at(&mut world, CONTOSO).conditional_access = vec![asks];
    let mut request = gina();
    request.claims.mfa = true;
    assert_eq!(decide(&world, &request).reason, Reason::Granted);
}

#[test]
fn disabling_a_cloud_blocks_at_once_and_keeps_the_entries() {
    // S5.8
    let mut world = town();
    policy(&mut world, CONTOSO).allowed_clouds.clear();
    assert_eq!(decide(&world, &gina()).reason, Reason::CloudNotEnabled);
    assert!(
        world
            .policy(CONTOSO)
            .unwrap()
            .partners
            .get(WOODGROVE)
            .is_some()
    );
}
