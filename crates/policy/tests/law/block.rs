//! S3: what one block says.

use std::collections::BTreeSet;

use comity_policy::block::{Ruling, judge, reach};
use comity_policy::matching::Subject;
use comity_policy::reason::{Detail, Reason};
use comity_policy::settings::{Block, BlockName, CompleteBlock};
use comity_policy::target::Access::{self, Allowed, Blocked};
use comity_policy::target::{ApplicationId, GroupId, Targets, UserId, UserTarget};
use comity_policy::world::Suites;

use crate::town::*;

fn subject(id: UserId, groups: &[GroupId]) -> Subject {
    Subject::user(id, groups.iter().copied().collect())
}

fn ruling(block: &Block, subject: &Subject, apps: &[ApplicationId]) -> Ruling {
    judge(&block.complete(), subject, apps, &Suites::default()).ruling
}

/// The block "Marketing / CRM" with these two accesses.
fn marketing_and_crm(of_users: Access, of_apps: Access) -> Block {
    block(users(of_users, &[group(MARKETING)]), apps(of_apps, &[CRM]))
}

#[test]
fn the_truth_table_line_by_line() {
    // S3.5. Fred is in Marketing, Frank is not.
    use Detail::*;
    let table = [
        // users, applications, U and A, U and not A, not U and A, neither
        (
            Allowed,
            Allowed,
            None,
            Some(AppNotAllowed),
            Some(UserNotAllowed),
            Some(UserNotAllowed),
        ),
        (
            Allowed,
            Blocked,
            Some(AppBlocked),
            None,
            Some(UserNotAllowed),
            Some(UserNotAllowed),
        ),
        (
            Blocked,
            Allowed,
            Some(UserBlocked),
            Some(UserBlocked),
            None,
            Some(AppNotAllowed),
        ),
        (Blocked, Blocked, Some(UserAppPairBlocked), None, None, None),
    ];
    let (inside, outside) = (subject(FRED, &[MARKETING]), subject(FRANK, &[]));
    for (of_users, of_apps, both, user_only, app_only, neither) in table {
        let block = marketing_and_crm(of_users, of_apps);
        for (subject, app, expected) in [
            (&inside, CRM, both),
            (&inside, ERP, user_only),
            (&outside, CRM, app_only),
            (&outside, ERP, neither),
        ] {
            let expected = expected.map_or(Ruling::Allowed, Ruling::Blocked);
            assert_eq!(
                ruling(&block, subject, &[app]),
                expected,
                "{of_users:?}/{of_apps:?}"
            );
        }
    }
}

#[test]
fn blocked_all_and_blocked_all_is_everything() {
    // S3.5: the detail speaks of everything only where both lists are "all".
    let fred = subject(FRED, &[MARKETING]);
    let everything = Ruling::Blocked(Detail::AllAccessBlocked);
    assert_eq!(ruling(&shut(), &fred, &[CRM]), everything);
    let group_out = block(users(Blocked, &[group(MARKETING)]), apps(Blocked, &[]));
    let pair = Ruling::Blocked(Detail::UserAppPairBlocked);
    assert_eq!(ruling(&group_out, &fred, &[CRM]), pair);
    assert_eq!(
        ruling(&group_out, &subject(FRANK, &[]), &[CRM]),
        Ruling::Allowed
    );
}

#[test]
fn a_missing_half_is_allowed_all_except_beside_a_lone_blocked_all() {
    // S3.2 (U1)
    let with = |users, applications| Block {
        users,
        applications,
    };
    let all = CompleteBlock::all;
    let table = [
        (with(Some(users(Allowed, &[])), None), all(Allowed)),
        (with(None, Some(apps(Allowed, &[]))), all(Allowed)),
        (with(Some(users(Blocked, &[])), None), all(Blocked)),
        (with(None, Some(apps(Blocked, &[]))), all(Blocked)),
    ];
    for (half, complete) in table {
        assert_eq!(half.complete(), complete);
    }
    let selected = with(Some(users(Blocked, &[person(FRED)])), None);
    assert_eq!(selected.complete().applications, apps(Allowed, &[]));
    let selected = with(None, Some(apps(Blocked, &[CRM])));
    assert_eq!(selected.complete().users, users(Allowed, &[]));
}

#[test]
fn a_block_is_a_users_half_and_an_applications_half() {
    // S3.1: each lets in or keeps out, and names everything or a list that is not empty.
    assert_eq!(Targets::<UserTarget>::new(vec![]), None);
    let half = users(Blocked, &[person(FRED)]);
    assert_eq!((half.access, half.scope.is_all()), (Blocked, false));
    assert!(users(Blocked, &[]).blocks_all() && !users(Allowed, &[]).blocks_all());
    assert!(!half.blocks_all());
}

#[test]
fn a_users_half_names_all_or_a_user_or_a_group() {
    // S3.3, S3.8
    let fred = subject(FRED, &[MARKETING]);
    for (named, let_in) in [
        (vec![], true),
        (vec![person(FRED)], true),
        (vec![group(MARKETING)], true),
        (vec![person(FRANK), group(MARKETING)], true),
        (vec![person(FRANK), group(LEADS)], false),
    ] {
        let block = only_users(&named);
        assert_eq!(ruling(&block, &fred, &[CRM]) == Ruling::Allowed, let_in);
    }
}

#[test]
fn either_application_matches_an_allow_list_and_a_block_list_alike() {
    // S3.4 (U2)
    let frank = subject(FRANK, &[]);
    let allows = only_apps(&[CRM]);
    let blocks = block(users(Allowed, &[]), apps(Blocked, &[CRM]));
    for (named, matched) in [
        (vec![CRM], true),
        (vec![CRM, ERP], true),
        (vec![ERP, CRM], true),
        (vec![ERP], false),
    ] {
        assert_eq!(ruling(&allows, &frank, &named) == Ruling::Allowed, matched);
        assert_eq!(ruling(&blocks, &frank, &named) == Ruling::Allowed, !matched);
    }
}

#[test]
fn reachability_asks_whether_some_application_is_allowed() {
    // S3.6 (U7)
    use Detail::*;
    let table = [
        (
            users(Allowed, &[group(MARKETING)]),
            apps(Allowed, &[CRM]),
            None,
            Some(UserNotAllowed),
        ),
        (
            users(Allowed, &[group(MARKETING)]),
            apps(Blocked, &[CRM]),
            None,
            Some(UserNotAllowed),
        ),
        (
            users(Allowed, &[group(MARKETING)]),
            apps(Blocked, &[]),
            Some(AppBlocked),
            Some(UserNotAllowed),
        ),
        (
            users(Blocked, &[group(MARKETING)]),
            apps(Allowed, &[CRM]),
            Some(UserBlocked),
            None,
        ),
        (
            users(Blocked, &[group(MARKETING)]),
            apps(Blocked, &[CRM]),
            None,
            None,
        ),
        (
            users(Blocked, &[group(MARKETING)]),
            apps(Blocked, &[]),
            Some(UserAppPairBlocked),
            None,
        ),
        (
            users(Blocked, &[]),
            apps(Blocked, &[]),
            Some(AllAccessBlocked),
            Some(AllAccessBlocked),
        ),
    ];
    for (of_users, of_apps, inside, outside) in table {
        let block = block(of_users, of_apps).complete();
        for (subject, expected) in [
            (subject(FRED, &[MARKETING]), inside),
            (subject(FRANK, &[]), outside),
        ] {
            let expected = expected.map_or(Ruling::Allowed, Ruling::Blocked);
            assert_eq!(reach(&block, &subject).ruling, expected, "{block:?}");
        }
    }
}

#[test]
fn inbound_blocks_name_home_ids_and_outbound_blocks_own_ids() {
    // S3.7: never the id or the groups of the guest object.
    let mut world = town();
    set(
        &mut world,
        CONTOSO,
        FABRIKAM,
        BlockName::B2bCollaborationInbound,
        only_users(&[person(GUEST_FRED), group(GUESTS)]),
    );
    assert_eq!(decide(&world, &fred()).reason, Reason::InboundBlocked);
    set(
        &mut world,
        CONTOSO,
        FABRIKAM,
        BlockName::B2bCollaborationInbound,
        only_users(&[group(MARKETING)]),
    );
    set(
        &mut world,
        FABRIKAM,
        CONTOSO,
        BlockName::B2bCollaborationOutbound,
        only_users(&[group(MARKETING)]),
    );
    assert_eq!(decide(&world, &fred()).reason, Reason::Granted);
}

#[test]
fn a_subject_no_list_can_name_is_matched_by_all_users_only() {
    // S3.3, S11.9
    let nobody = Subject::unnamed();
    assert_eq!(nobody.groups, Some(BTreeSet::new()));
    assert_eq!(ruling(&open(), &nobody, &[CRM]), Ruling::Allowed);
    let listed = only_users(&[person(FRED), group(MARKETING)]);
    assert_eq!(
        ruling(&listed, &nobody, &[CRM]),
        Ruling::Blocked(Detail::UserNotAllowed)
    );
}
