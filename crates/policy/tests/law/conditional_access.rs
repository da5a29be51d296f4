//! S10: Conditional Access of the resource tenant: whom a policy means and how policies combine.

use std::collections::BTreeSet;

use comity_policy::conditional_access::{
    ApplicationCondition, Category, ConditionalAccessPolicy, Control, Operator, PolicyState,
    Status, UserCondition,
};
use comity_policy::decision::Verdict;
use comity_policy::reason::Reason;
use comity_policy::settings::BlockName::*;
use comity_policy::settings::InboundTrust;
use comity_policy::sign_in::SignIn;
use comity_policy::world::World;

use crate::town::*;

/// The town in which Contoso asks for this.
pub(crate) fn asking(policies: Vec<ConditionalAccessPolicy>) -> World {
    let mut world = town();
    connect(&mut world, FABRIKAM, CONTOSO);
    partner(&mut world, CONTOSO, NORTHWIND).is_service_provider = Some(true);
    at(&mut world, CONTOSO).conditional_access = policies;
    world
}

pub(crate) fn trusting(mut world: World, mfa: bool, compliant: bool, hybrid: bool) -> World {
    policy(&mut world, CONTOSO).defaults.trust = Some(InboundTrust {
        mfa: Some(mfa),
        compliant_device: Some(compliant),
        hybrid_joined_device: Some(hybrid),
        ..InboundTrust::default()
    });
    world
}

pub(crate) fn otto_accepted() -> SignIn {
    SignIn {
        consent_accepted: true,
        ..otto()
    }
}

pub(crate) fn said(world: &World, request: &SignIn) -> (Verdict, Reason) {
    let decision = decide(world, request);
    (decision.verdict, decision.reason)
}

pub(crate) const OK: (Verdict, Reason) = (Verdict::Allow, Reason::Granted);
pub(crate) const fn block(reason: Reason) -> (Verdict, Reason) {
    (Verdict::Block, reason)
}
pub(crate) const fn challenge(reason: Reason) -> (Verdict, Reason) {
    (Verdict::Challenge, reason)
}

#[test]
fn only_the_resource_tenants_policies_are_evaluated() {
    // S10.1
    let mut world = asking(Vec::new());
    at(&mut world, FABRIKAM).conditional_access = vec![asks_for(Control::Block)];
    assert_eq!(said(&world, &fred()), OK);
}

#[test]
fn each_visitor_is_in_the_category_of_the_way_and_of_the_object() {
    // S10.2, S10.3
    use Category::*;
    let mia = visit(NORTHWIND, MIA, CONTOSO, ERP);
    let fred_connects = SignIn {
        account: fred().account,
        ..frank_connects()
    };
    let fred_to_teams = visit(FABRIKAM, FRED, CONTOSO, TEAMS);
    let table: [(SignIn, &[Category]); 7] = [
        (fred(), &[B2bCollaborationGuest]),
        (mia, &[B2bCollaborationMember]),
        (frank_connects(), &[B2bDirectConnectUser]),
        (
            fred_connects,
            &[B2bDirectConnectUser, B2bCollaborationGuest],
        ),
        (
            fred_to_teams,
            &[B2bCollaborationGuest, B2bDirectConnectUser],
        ),
        (nina_serves(), &[ServiceProvider]),
        (otto_accepted(), &[B2bCollaborationGuest]),
    ];
    for (request, expected) in table {
        for category in Category::ALL {
            let mut policy = asks_for(Control::Block);
            policy.include_users = categories(&[category], None);
            let meant = said(&asking(vec![policy]), &request) == block(Reason::CaBlocked);
            assert_eq!(
                meant,
                expected.contains(&category),
                "{category:?} {request:?}"
            );
        }
    }
}

#[test]
fn a_guest_is_a_direct_connect_user_only_where_the_same_user_could_come_so() {
    // S10.3: S9.2, S9.5 and S9.6 for that application; S9.3 of the resource application.
    let mut policy = asks_for(Control::Block);
    policy.include_users = categories(&[Category::B2bDirectConnectUser], None);
    let request = visit(FABRIKAM, FRED, CONTOSO, TEAMS);
    let open = asking(vec![policy]);
    assert_eq!(said(&open, &request), block(Reason::CaBlocked));
    assert_eq!(said(&open, &fred()), OK);

    let mut world = open.clone();
    set(
        &mut world,
        CONTOSO,
        FABRIKAM,
        B2bDirectConnectInbound,
        only_users(&[person(FRANK)]),
    );
    assert_eq!(said(&world, &request), OK);
    let mut world = open.clone();
    set(
        &mut world,
        FABRIKAM,
        CONTOSO,
        B2bDirectConnectOutbound,
        shut(),
    );
    assert_eq!(said(&world, &request), OK);
    let mut world = open.clone();
    std::sync::Arc::make_mut(&mut world.suites)
        .direct_connect_capable
        .clear();
    assert_eq!(said(&world, &request), OK);
    // The licence (S9.4) is not among the conditions.
    let mut world = open;
    at(&mut world, FABRIKAM).p1 = false;
    assert_eq!(said(&world, &request), block(Reason::CaBlocked));
}

#[test]
fn for_double_membership_only_the_resource_application_counts() {
    // S10.3, S24
    let mut policy = asks_for(Control::Block);
    policy.include_users = categories(&[Category::B2bDirectConnectUser], None);
    let mut world = asking(vec![policy]);
    let request = SignIn {
        client_app: Some(WEB),
        ..visit(FABRIKAM, FRED, CONTOSO, TEAMS)
    };
    set(
        &mut world,
        CONTOSO,
        FABRIKAM,
        B2bDirectConnectInbound,
        only_apps(&[WEB]),
    );
    assert_eq!(said(&world, &request), OK);
    set(
        &mut world,
        CONTOSO,
        FABRIKAM,
        B2bDirectConnectInbound,
        only_apps(&[TEAMS]),
    );
    assert_eq!(said(&world, &request), block(Reason::CaBlocked));
    // A capable client application does not make the other one capable.
    let request = SignIn {
        client_app: Some(TEAMS),
        ..fred()
    };
    assert_eq!(said(&world, &request), OK);
}

#[test]
fn whom_a_policy_means() {
    // S10.4: all, object, group (nested), category with tenants; exclusion wins.
    let none = UserCondition::default;
    let all = || UserCondition {
        all: true,
        ..none()
    };
    let of_object = |id| UserCondition {
        users: BTreeSet::from([id]),
        ..none()
    };
    let of_group = |id| UserCondition {
        groups: BTreeSet::from([id]),
        ..none()
    };
    let guests = |tenants| categories(&[Category::B2bCollaborationGuest], tenants);
    for (include, exclude, meant) in [
        (all(), none(), true),
        (none(), none(), false),
        (of_object(GUEST_FRED), none(), true),
        (of_object(FRED), none(), false),
        (of_group(GUESTS), none(), true),
        (of_group(EVERYBODY), none(), true),
        (of_group(MARKETING), none(), false),
        (guests(None), none(), true),
        (guests(Some(&[FABRIKAM])), none(), true),
        (guests(Some(&[NORTHWIND])), none(), false),
        (all(), of_object(GUEST_FRED), false),
        (all(), of_group(EVERYBODY), false),
        (all(), guests(Some(&[FABRIKAM])), false),
        (all(), guests(Some(&[NORTHWIND])), true),
        (of_object(GUEST_FRED), all(), false),
    ] {
        let mut policy = asks_for(Control::Block);
        (policy.include_users, policy.exclude_users) = (include.clone(), exclude.clone());
        let expected = if meant { block(Reason::CaBlocked) } else { OK };
        assert_eq!(
            said(&asking(vec![policy]), &fred()),
            expected,
            "{include:?} but {exclude:?}"
        );
    }
}

#[test]
fn all_covers_direct_connect_users_and_named_tenants_no_identity_without_one() {
    // S10.4 (U12)
    let world = asking(vec![asks_for(Control::Block)]);
    assert_eq!(said(&world, &frank_connects()), block(Reason::CaBlocked));
    let mut policy = asks_for(Control::Block);
    policy.include_users = categories(&[Category::B2bCollaborationGuest], Some(&[FABRIKAM]));
    assert_eq!(said(&asking(vec![policy]), &otto_accepted()), OK);
}

#[test]
fn which_applications_a_policy_means() {
    // S10.4: the resource application only.
    let none = ApplicationCondition::default;
    let all = || ApplicationCondition {
        all: true,
        ..none()
    };
    let of = |app| ApplicationCondition {
        applications: BTreeSet::from([app]),
        ..none()
    };
    let office = || ApplicationCondition {
        office365: true,
        ..none()
    };
    for (include, exclude, app, meant) in [
        (all(), none(), ERP, true),
        (of(ERP), none(), ERP, true),
        (of(WEB), none(), ERP, false),
        (office(), none(), ERP, false),
        (office(), none(), TEAMS, true),
        (all(), of(ERP), ERP, false),
        (all(), of(WEB), ERP, true),
        (all(), office(), TEAMS, false),
        (of(ERP), all(), ERP, false),
    ] {
        let mut policy = asks_for(Control::Block);
        (policy.include_applications, policy.exclude_applications) = (include, exclude);
        let request = SignIn {
            client_app: Some(WEB),
            resource_app: app,
            ..fred()
        };
        let expected = if meant { block(Reason::CaBlocked) } else { OK };
        assert_eq!(said(&asking(vec![policy]), &request), expected);
    }
}

#[test]
fn report_only_and_disabled_policies_never_decide_and_never_show() {
    // S10.4, S10.14
    for state in [PolicyState::Disabled, PolicyState::ReportOnly] {
        let mut policy = asks_for(Control::Block);
        policy.state = state;
        let decision = decide(&asking(vec![policy]), &fred());
        assert_eq!(decision.reason, Reason::Granted);
        assert_eq!(decision.conditional_access, Status::NotApplied);
        assert!(decision.applied.is_empty());
    }
}

#[test]
fn a_policy_whose_other_conditions_are_never_met_here_does_not_decide() {
    // S10.4
    let mut policy = asks_for(Control::Block);
    policy.elsewhere = true;
    let decision = decide(&asking(vec![policy]), &fred());
    assert_eq!(decision.reason, Reason::Granted);
    assert!(decision.applied.is_empty());
}

#[test]
fn or_takes_the_best_control_and_the_worst_and_block_always_blocks() {
    // S10.5, S10.6
    use Control::*;
    use Operator::{And, Or};
    let device = Reason::CompliantDeviceTrustRequired;
    let mfa = Reason::MfaChallengeResource;
    for (operator, controls, expected) in [
        (Or, vec![CompliantDevice, Mfa], challenge(mfa)),
        (And, vec![Mfa, CompliantDevice], block(device)),
        (Or, vec![Mfa, Block], block(Reason::CaBlocked)),
        (Or, vec![Block, Mfa], block(Reason::CaBlocked)),
        (
            And,
            vec![CompliantDevice, HybridJoinedDevice],
            block(device),
        ),
        (
            And,
            vec![HybridJoinedDevice, CompliantDevice],
            block(Reason::HybridDeviceTrustRequired),
        ),
        (Or, vec![CompliantDevice, HybridJoinedDevice], block(device)),
        (And, vec![Mfa, TermsOfUse], challenge(mfa)),
        (Or, vec![], OK),
    ] {
        let world = asking(vec![asks("p", operator, controls.clone())]);
        assert_eq!(said(&world, &fred()), expected, "{operator:?} {controls:?}");
    }
}

#[test]
fn over_all_policies_the_worst_counts_and_among_equals_the_first() {
    // S10.5
    let mfa = || asks("mfa", Operator::Or, vec![Control::Mfa]);
    let terms = || asks("terms", Operator::Or, vec![Control::TermsOfUse]);
    let blocks = || asks("block", Operator::Or, vec![Control::Block]);
    for (policies, expected) in [
        (
            vec![mfa(), terms()],
            challenge(Reason::MfaChallengeResource),
        ),
        (vec![terms(), mfa()], challenge(Reason::TermsOfUseRequired)),
        (vec![mfa(), blocks(), terms()], block(Reason::CaBlocked)),
    ] {
        assert_eq!(said(&asking(policies), &fred()), expected);
    }
}

#[test]
fn the_status_says_what_came_of_the_policies_that_applied() {
    // S10.14
    let other = ConditionalAccessPolicy {
        include_applications: ApplicationCondition::default(),
        ..asks("other", Operator::Or, vec![Control::Block])
    };
    let mfa = asks("mfa", Operator::Or, vec![Control::Mfa]);
    let empty = asks("empty", Operator::Or, vec![]);
    let world = asking(vec![other.clone(), mfa, empty]);
    let applied = |decision: &comity_policy::sign_in::Decision| {
        let applied = decision.applied.iter();
        applied
            .map(|p| (p.id.clone(), p.satisfied))
            .collect::<Vec<_>>()
    };
    let decision = decide(&world, &fred());
    assert_eq!(decision.conditional_access, Status::Failure);
    let expected = [("mfa".to_owned(), false), ("empty".to_owned(), true)];
    assert_eq!(applied(&decision), expected);
    let mut request = fred();
    request.claims.resource_mfa = true;
    let decision = decide(&world, &request);
    assert_eq!(decision.conditional_access, Status::Success);
    assert!(applied(&decision).iter().all(|(_, satisfied)| *satisfied));
    let decision = decide(&asking(vec![other]), &fred());
    assert_eq!(decision.conditional_access, Status::NotApplied);
}

#[test]
fn trust_changes_where_a_requirement_is_met_never_whether_the_policy_applies() {
    // S10.15
    for trust in [false, true] {
        let world = trusting(asking(vec![asks_for(Control::Mfa)]), trust, trust, trust);
        for request in [fred(), frank_connects(), nina_serves(), otto_accepted()] {
            assert_eq!(decide(&world, &request).applied.len(), 1);
        }
    }
}
