//! S25: what is not known here.

use std::collections::BTreeSet;

use comity_policy::block::{Ruling, judge};
use comity_policy::conditional_access::{Category, Control, UserCondition};
use comity_policy::decision::{Code, Section, Verdict};
use comity_policy::invitation::{Invitation, Inviter, invite};
use comity_policy::matching::{Account, Subject};
use comity_policy::reason::{Detail, Reason, Side};
use comity_policy::redemption::{Redemption, redeem};
use comity_policy::settings::BlockName::*;
use comity_policy::sign_in::{Decision, SignIn, SignInAccount};
use comity_policy::target::Access::{Allowed, Blocked};
use comity_policy::target::GroupId;
use comity_policy::tenant::TenantId;
use comity_policy::world::{Suites, UserType, World};

use crate::town::*;

/// Leaves the tenant registered and nothing more.
fn unhost(world: &mut World, id: TenantId) {
    at(world, id).policy = None;
    at(world, id).directory = None;
}

fn unhosted(decision: &Decision) -> Vec<Side> {
    let findings = decision.findings.iter();
    findings
        .filter(|finding| finding.code == Code::Reason(Reason::NotHosted))
        .filter_map(|finding| finding.side)
        .collect()
}

fn stranger(groups: Option<&[GroupId]>) -> SignIn {
    SignIn {
        account: SignInAccount::Home {
            tenant: FABRIKAM,
            user: FRED,
            groups: groups.map(|groups| groups.iter().copied().collect()),
        },
        ..fred()
    }
}

#[test]
fn a_side_that_is_not_hosted_is_not_judged_and_the_verdict_says_so() {
    // S25.1
    let mut world = town();
    set(
        &mut world,
        FABRIKAM,
        CONTOSO,
        B2bCollaborationOutbound,
        shut(),
    );
    unhost(&mut world, FABRIKAM);
    let decision = decide(&world, &fred());
    assert_eq!(
        (decision.verdict, decision.reason),
        (Verdict::Allow, Reason::Granted)
    );
    assert_eq!(unhosted(&decision), [Side::Home]);
    set(
        &mut world,
        CONTOSO,
        FABRIKAM,
        B2bCollaborationInbound,
        shut(),
    );
    assert_eq!(decide(&world, &fred()).reason, Reason::InboundBlocked);

    let mut world = town();
    set(
        &mut world,
        CONTOSO,
        FABRIKAM,
        B2bCollaborationInbound,
        shut(),
    );
    unhost(&mut world, CONTOSO);
    let decision = decide(&world, &fred());
    assert_eq!(decision.verdict, Verdict::Allow);
    assert_eq!(unhosted(&decision), [Side::Resource]);
    set(
        &mut world,
        FABRIKAM,
        CONTOSO,
        B2bCollaborationOutbound,
        shut(),
    );
    assert_eq!(decide(&world, &fred()).reason, Reason::OutboundBlocked);
}

#[test]
fn the_operator_may_demand_both_sides() {
    // S25.1, S25.4
    for (absent, side) in [(FABRIKAM, Side::Home), (CONTOSO, Side::Resource)] {
        let mut world = town();
        world.both_sides_required = true;
        assert_eq!(decide(&world, &fred()).reason, Reason::Granted);
        unhost(&mut world, absent);
        let decision = decide(&world, &fred());
        assert_eq!(
            (decision.verdict, decision.reason),
            (Verdict::Block, Reason::NotHosted)
        );
        assert_eq!(
            (decision.side, decision.error_code()),
            (Some(side), 9_900_010)
        );
    }
}

#[test]
fn demanding_both_sides_holds_for_a_redemption_and_an_invitation_too() {
    // S25.1
    let mut world = town();
    unhost(&mut world, FABRIKAM);
    let opens = Redemption {
        resource: CONTOSO,
        object: GUEST_FIONA,
        consent_accepted: true,
    };
    let invites = Invitation {
        user_type: UserType::Guest,
        ..invitation("frank@fabrikam.com")
    };
    assert_eq!(redeem(&world, &opens).reason, Reason::Redeemed);
    assert_eq!(invite(&world, &invites).reason, Reason::Invited);
    world.both_sides_required = true;
    assert_eq!(redeem(&world, &opens).reason, Reason::NotHosted);
    assert_eq!(invite(&world, &invites).reason, Reason::NotHosted);
}

fn invitation(address: &str) -> Invitation {
    Invitation {
        resource: CONTOSO,
        inviter: Inviter::User {
            id: None,
            user_type: UserType::Guest,
            roles: BTreeSet::new(),
        },
        address: address.parse().unwrap(),
        user_type: UserType::Member,
        send_message: false,
        new_object: NEW,
    }
}

#[test]
fn an_inviting_tenant_that_is_not_hosted_is_not_judged() {
    // S25.1: its own rules are not known; with nobody to judge nothing is allowed.
    let mut world = town();
    unhost(&mut world, CONTOSO);
    let reason = |world: &World, address| invite(world, &invitation(address)).reason;
    assert_eq!(reason(&world, "frank@fabrikam.com"), Reason::Invited);
    assert_eq!(reason(&world, "someone@outlook.com"), Reason::NotHosted);
    set(
        &mut world,
        FABRIKAM,
        CONTOSO,
        B2bCollaborationOutbound,
        shut(),
    );
    assert_eq!(
        reason(&world, "frank@fabrikam.com"),
        Reason::OutboundBlocked
    );
    unhost(&mut world, FABRIKAM);
    assert_eq!(reason(&world, "frank@fabrikam.com"), Reason::NotHosted);
}

#[test]
fn with_neither_side_hosted_nothing_is_allowed() {
    // S25.1
    let mut world = town();
    unhost(&mut world, FABRIKAM);
    unhost(&mut world, CONTOSO);
    let decision = decide(&world, &fred());
    assert_eq!(
        (decision.verdict, decision.reason),
        (Verdict::Block, Reason::NotHosted)
    );
    assert_eq!(decide(&world, &otto()).reason, Reason::NotHosted);
    let nowhere = visit(NOWHERE, STRANGER, TenantId::from_u128(0x405), ERP);
    assert_eq!(decide(&world, &nowhere).reason, Reason::NotHosted);
}

#[test]
fn a_home_tenant_nobody_has_registered_meets_the_default_like_any_other() {
    // S25.1, S2.1
    let mut world = town();
    let request = visit(NOWHERE, STRANGER, CONTOSO, ERP);
    assert_eq!(
        decide(&world, &request).reason,
        Reason::UserNotInResourceTenant
    );
    set_default(&mut world, CONTOSO, B2bCollaborationInbound, shut());
    let decision = decide(&world, &request);
    assert_eq!(decision.reason, Reason::InboundBlocked);
    assert_eq!(unhosted(&decision), [Side::Home]);
}

#[test]
fn a_directory_that_is_not_known_is_passed_with_a_finding() {
    // S25.2, S25.4: never a reason.
    let mut world = town();
    for tenant in [FABRIKAM, CONTOSO] {
        at(&mut world, tenant).directory = None;
    }
    let decision = decide(&world, &visit(FABRIKAM, STRANGER, CONTOSO, ERP));
    assert_eq!(decision.reason, Reason::Granted);
    let passed: Vec<_> = decision
        .findings
        .iter()
        .filter(|finding| finding.code == Code::DirectoryUnknown)
        .map(|finding| (finding.side, finding.section))
        .collect();
    assert_eq!(
        passed,
        [
            (Some(Side::Home), Section::Account),
            (Some(Side::Resource), Section::Object)
        ]
    );
    assert_eq!(Reason::from_code("directory_unknown"), None);
}

#[test]
fn unknown_groups_stand_where_both_possibilities_say_the_same() {
    // S25.3, exhaustively: every line of S3.5 with a group of which nobody knows.
    let fred = Subject {
        account: Account::User(FRED),
        groups: None,
    };
    use Detail::*;
    let unknown = || Ruling::Unknown(vec![MARKETING]);
    for (of_users, of_apps, listed, other) in [
        (Allowed, Allowed, unknown(), Ruling::Blocked(AppNotAllowed)),
        (Allowed, Blocked, Ruling::Blocked(AppBlocked), unknown()),
        (Blocked, Allowed, unknown(), Ruling::Blocked(AppNotAllowed)),
        (Blocked, Blocked, unknown(), Ruling::Allowed),
    ] {
        let block = block(users(of_users, &[group(MARKETING)]), apps(of_apps, &[CRM])).complete();
        for (app, expected) in [(CRM, listed), (ERP, other)] {
            let judged = judge(&block, &fred, &[app], &Suites::default());
            assert_eq!(judged.ruling, expected, "{of_users:?}/{of_apps:?} {app}");
        }
        // A user named beside the group is known.
        let named = users(of_users, &[group(MARKETING), person(FRED)]);
        let named = comity_policy::settings::Block {
            users: Some(named),
            ..block.into()
        };
        let judged = judge(&named.complete(), &fred, &[CRM], &Suites::default());
        assert!(!matches!(judged.ruling, Ruling::Unknown(_)));
    }
}

#[test]
fn an_account_nobody_knows_may_be_any_that_is_named() {
    // S25.3
    let block = only_users(&[person(FRED)]).complete();
    let judged = judge(&block, &Subject::unknown(), &[CRM], &Suites::default());
    assert_eq!(judged.ruling, Ruling::Unknown(vec![]));
}

#[test]
fn a_live_decision_that_depends_on_unknown_groups_is_a_block_that_names_them() {
    // S25.3, S25.4
    let mut world = town();
    let named = only_users(&[group(MARKETING), group(LEADS)]);
    set(
        &mut world,
        CONTOSO,
        FABRIKAM,
        B2bCollaborationInbound,
        named,
    );
    unhost(&mut world, FABRIKAM);
    let decision = decide(&world, &stranger(None));
    assert_eq!(
        (decision.verdict, decision.reason),
        (Verdict::Block, Reason::GroupsUnknown)
    );
    assert_eq!(decision.unknown_groups, [MARKETING, LEADS]);
    assert_eq!(
        (decision.side, decision.error_code()),
        (Some(Side::Resource), 9_900_009)
    );
    assert_eq!(
        decide(&world, &stranger(Some(&[LEADS]))).reason,
        Reason::Granted
    );
    assert_eq!(
        decide(&world, &stranger(Some(&[]))).reason,
        Reason::InboundBlocked
    );
}

#[test]
fn what_the_caller_asserts_never_overrides_a_known_directory() {
    // S25.3
    let mut world = town();
    set(
        &mut world,
        CONTOSO,
        FABRIKAM,
        B2bCollaborationInbound,
        only_users(&[group(MARKETING)]),
    );
    assert_eq!(decide(&world, &stranger(Some(&[]))).reason, Reason::Granted);
    user(&mut world, FABRIKAM, FRED).groups = None;
    assert_eq!(
        decide(&world, &stranger(Some(&[]))).reason,
        Reason::InboundBlocked
    );
    assert_eq!(
        decide(&world, &stranger(None)).reason,
        Reason::GroupsUnknown
    );
}

#[test]
fn a_policy_that_may_apply_refuses_only_where_it_would_change_the_verdict() {
    // S25.3, S10.5
    let mut world = town();
    user(&mut world, CONTOSO, GUEST_FRED).groups = None;
    let mut doubtful = asks_for(Control::Mfa);
    doubtful.include_users = UserCondition {
        groups: BTreeSet::from([GUESTS]),
        ..UserCondition::default()
    };
    let with = |controls: Vec<Control>| {
        let mut world = world.clone();
        let certain = controls.into_iter().map(asks_for);
        at(&mut world, CONTOSO).conditional_access =
            [doubtful.clone()].into_iter().chain(certain).collect();
        world
    };
    let decision = decide(&with(vec![]), &fred());
    assert_eq!(
        (decision.verdict, decision.reason),
        (Verdict::Block, Reason::GroupsUnknown)
    );
    assert_eq!(decision.unknown_groups, [GUESTS]);
    let reason = |controls| decide(&with(controls), &fred()).reason;
    assert_eq!(reason(vec![Control::Block]), Reason::CaBlocked);
    assert_eq!(
        reason(vec![Control::TermsOfUse]),
        Reason::TermsOfUseRequired
    );
    let mut done = fred();
    done.claims.resource_mfa = true;
    assert_eq!(decide(&with(vec![]), &done).reason, Reason::Granted);
}

#[test]
fn where_the_resource_directory_is_unknown_a_policy_for_guests_may_apply() {
    // S25.2, S25.3
    let mut world = town();
    at(&mut world, CONTOSO).directory = None;
    let mut asks = asks_for(Control::Block);
    asks.include_users = categories(&[Category::B2bCollaborationGuest], None);
    at(&mut world, CONTOSO).conditional_access = vec![asks.clone()];
    assert_eq!(decide(&world, &fred()).reason, Reason::GroupsUnknown);
    asks.include_users = categories(&[Category::ServiceProvider], None);
    at(&mut world, CONTOSO).conditional_access = vec![asks];
    assert_eq!(decide(&world, &fred()).reason, Reason::Granted);
}

#[test]
fn the_codes_of_missing_knowledge() {
    // S25.4
    assert_eq!(Reason::GroupsUnknown.as_str(), "groups_unknown");
    assert_eq!(Reason::GroupsUnknown.error_code(), 9_900_009);
    assert_eq!(Reason::NotHosted.as_str(), "not_hosted");
    assert_eq!(Reason::NotHosted.error_code(), 9_900_010);
    assert_eq!(Code::DirectoryUnknown.as_str(), "directory_unknown");
}
