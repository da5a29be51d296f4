//! What holds for every block (S3, S4, S25.3).

use std::collections::BTreeSet;

use comity_policy::block::{Ruling, judge, reach};
use comity_policy::draft::{BlockDraft, HalfDraft, Patch, TargetDraft};
use comity_policy::matching::{Account, Subject};
use comity_policy::resolve::{self, Origin};
use comity_policy::settings::{Block, CompleteBlock, Partner, Policy};
use comity_policy::target::{
    Access, ApplicationId, ApplicationTarget, GroupId, Half, Scope, Targets, UserId, UserTarget,
};
use comity_policy::validate;
use proptest::prelude::*;

use crate::worlds::blocks::{
    PARTNER, any_block, application_target, block_for, can_be_stored, user_target,
};
use crate::worlds::ids::{
    APPS, GROUPS, OTHER_APP, TENANTS, application, block_name, groups, suites, user_id,
};

fn passes(block: &CompleteBlock, subject: &Subject, apps: &[ApplicationId]) -> bool {
    judge(block, subject, apps, &suites()).ruling == Ruling::Allowed
}

/// S3.3 and S3.4 said once more, with nothing shared.
fn matches(
    block: &CompleteBlock,
    user: UserId,
    groups: &BTreeSet<GroupId>,
    apps: &[ApplicationId],
) -> (bool, bool) {
    let by_user = match &block.users.scope {
        Scope::All => true,
        Scope::Only(targets) => targets.as_slice().iter().any(|target| match target {
            UserTarget::User(id) => *id == user,
            UserTarget::Group(id) => groups.contains(id),
        }),
    };
    let suites = suites();
    let by_app = match &block.applications.scope {
        Scope::All => true,
        Scope::Only(targets) => targets.as_slice().iter().any(|target| {
            apps.iter().any(|app| match target {
                ApplicationTarget::Application(id) => id == app,
                ApplicationTarget::Office365 => suites.office365.contains(app),
                ApplicationTarget::AllMicrosoftApps => suites.all_microsoft_apps.contains(app),
            })
        }),
    };
    (by_user, by_app)
}

/// Every set of the groups there are.
fn every_set_of_groups() -> impl Iterator<Item = BTreeSet<GroupId>> {
    (0..1_usize << GROUPS.len()).map(|chosen| {
        let groups = GROUPS.iter().enumerate();
        groups
            .filter(|(at, _)| chosen >> at & 1 == 1)
            .map(|(_, group)| *group)
            .collect()
    })
}

/// The half with a name taken off its allow list or put on its block list. Taking the last name
/// off an allow list would name everything, so that one stays.
fn narrowed<T: Clone + PartialEq>(half: &Half<T>, target: &T) -> Half<T> {
    let mut names = match &half.scope {
        Scope::All => return half.clone(),
        Scope::Only(targets) => targets.as_slice().to_vec(),
    };
    match half.access {
        Access::Allowed if names.len() > 1 => drop(names.pop()),
        Access::Allowed => {}
        Access::Blocked => names.push(target.clone()),
    }
    Half {
        access: half.access,
        scope: Targets::new(names).map_or(Scope::All, Scope::Only),
    }
}

/// The block with both halves narrowed.
pub(crate) fn narrower(
    block: &CompleteBlock,
    user: &UserTarget,
    app: &ApplicationTarget,
) -> CompleteBlock {
    CompleteBlock {
        users: narrowed(&block.users, user),
        applications: narrowed(&block.applications, app),
    }
}

fn half_draft<T>(half: &Half<T>, all: &str, write: impl Fn(&T) -> TargetDraft) -> HalfDraft {
    let access_type = match half.access {
        Access::Allowed => "allowed",
        Access::Blocked => "blocked",
    };
    let targets = match &half.scope {
        Scope::All => {
            let target_type = match all {
                "AllUsers" => "user",
                _ => "application",
            };
            vec![TargetDraft {
                target: all.to_owned(),
                target_type: target_type.to_owned(),
            }]
        }
        Scope::Only(targets) => targets.as_slice().iter().map(write).collect(),
    };
    HalfDraft {
        access_type: Some(access_type.to_owned()),
        targets,
    }
}

/// The block as somebody would write it: a missing half is null.
pub(crate) fn written(block: &Block) -> BlockDraft {
    let target = |target: String, target_type: &str| TargetDraft {
        target,
        target_type: target_type.to_owned(),
    };
    let users = block.users.as_ref().map(|half| {
        half_draft(half, "AllUsers", |entry| match entry {
            UserTarget::User(id) => target(id.to_string(), "user"),
            UserTarget::Group(id) => target(id.to_string(), "group"),
        })
    });
    let applications = block.applications.as_ref().map(|half| {
        half_draft(half, "AllApplications", |entry| match entry {
            ApplicationTarget::Application(id) => target(id.to_string(), "application"),
            ApplicationTarget::Office365 => target("Office365".to_owned(), "application"),
            ApplicationTarget::AllMicrosoftApps => {
                target("AllMicrosoftApps".to_owned(), "application")
            }
        })
    });
    BlockDraft {
        users: users.map_or(Patch::Null, Patch::Value),
        applications: applications.map_or(Patch::Null, Patch::Value),
        devices: false,
    }
}

proptest! {
    #[test]
    fn the_truth_table_is_what_the_ruling_says(
        block in any_block(),
        user in user_id(),
        groups in groups(),
        client in proptest::option::of(application()),
        resource in application(),
    ) {
        // S3.5
        use Access::{Allowed, Blocked};
        let block = block.complete();
        let apps: Vec<_> = client.into_iter().chain([resource]).collect();
        let (u, a) = matches(&block, user, &groups, &apps);
        let allowed = match (block.users.access, block.applications.access) {
            (Allowed, Allowed) => u && a,
            (Allowed, Blocked) => u && !a,
            (Blocked, Allowed) => !u && a,
            (Blocked, Blocked) => !(u && a),
        };
        prop_assert_eq!(passes(&block, &Subject::user(user, groups), &apps), allowed);
    }

    #[test]
    fn reachable_means_that_some_application_is_allowed(
        block in any_block(),
        user in user_id(),
        groups in groups(),
    ) {
        // S3.6: among those that are named, and one that is not.
        let block = block.complete();
        let subject = Subject::user(user, groups);
        let mut apps = APPS.into_iter().chain([OTHER_APP]);
        let some = apps.any(|app| passes(&block, &subject, &[app]));
        prop_assert_eq!(reach(&block, &subject).ruling == Ruling::Allowed, some);
    }

    #[test]
    fn completing_a_block_changes_nothing_about_a_complete_one(block in any_block()) {
        // S3.2
        let complete = block.complete();
        prop_assert_eq!(Block::from(complete.clone()).complete(), complete.clone());
        if let Some(users) = block.users {
            prop_assert_eq!(users, complete.users);
        }
        if let Some(applications) = block.applications {
            prop_assert_eq!(applications, complete.applications);
        }
    }

    #[test]
    fn naming_less_on_an_allow_list_or_more_on_a_block_list_opens_nothing(
        block in any_block(),
        user_name in user_target(),
        app_name in application_target(),
        user in user_id(),
        groups in groups(),
        app in application(),
    ) {
        // S3.5, S3.8: in all four lines, as long as neither half changes its access.
        let wide = block.complete();
        let narrow = narrower(&wide, &user_name, &app_name);
        let subject = Subject::user(user, groups);
        prop_assert!(passes(&wide, &subject, &[app]) || !passes(&narrow, &subject, &[app]));
        let reaches = |block| reach(block, &subject).ruling == Ruling::Allowed;
        prop_assert!(reaches(&wide) || !reaches(&narrow));
    }

    #[test]
    fn what_is_said_without_knowing_the_groups_is_true_for_every_answer(
        block in any_block(),
        user in user_id(),
        app in application(),
    ) {
        // S25.3: and where it is not known, the groups do decide.
        let block = block.complete();
        let unknown = Subject { account: Account::User(user), groups: None };
        let pairs = [
            (judge(&block, &unknown, &[app], &suites()).ruling, false),
            (reach(&block, &unknown).ruling, true),
        ];
        for (ruling, by_reach) in pairs {
            let answers: BTreeSet<bool> = every_set_of_groups()
                .map(|groups| {
                    let subject = Subject::user(user, groups);
                    match by_reach {
                        true => reach(&block, &subject).ruling == Ruling::Allowed,
                        false => passes(&block, &subject, &[app]),
                    }
                })
                .collect();
            match ruling {
                Ruling::Allowed => prop_assert_eq!(answers, BTreeSet::from([true])),
                Ruling::Blocked(_) => prop_assert_eq!(answers, BTreeSet::from([false])),
                Ruling::Unknown(groups) => {
                    prop_assert_eq!(answers.len(), 2);
                    prop_assert!(!groups.is_empty());
                }
            }
        }
    }

    #[test]
    fn what_was_validated_and_stored_is_what_resolves(
        (name, block) in block_name().prop_flat_map(|name| (Just(name), block_for(name, PARTNER))),
    ) {
        // S4, S2.3, S3.2
        let valid = validate::block(name, PARTNER, &written(&block), &suites());
        let stored = valid.map(|valid| valid.block);
        prop_assert_eq!(stored.as_ref(), Ok(&block));
        let mut policy = Policy::default();
        let mut entry = Partner::new(TENANTS[1]);
        entry.blocks.set(name, stored.ok());
        policy.partners.insert(entry);
        let resolved = resolve::block(&policy, TENANTS[1], name);
        prop_assert_eq!((resolved.value, resolved.origin), (block.complete(), Origin::Partner));
    }

    #[test]
    fn a_block_is_refused_exactly_where_it_could_not_have_been_stored(
        name in block_name(),
        in_default: bool,
        block in any_block(),
    ) {
        // S4.6, S4.8, S4.11, S4.12
        let place = if in_default { validate::Place::Default } else { PARTNER };
        let judged = validate::block(name, place, &written(&block), &suites());
        prop_assert_eq!(judged.is_ok(), can_be_stored(name, place, &block));
    }
}

#[test]
fn putting_a_block_list_of_applications_beside_one_of_users_does_open() {
    // S3.5, the line to remember: the access of a half changed, and with it the line of the table.
    use crate::town::*;
    let (kept_out, nobody) = (users(Access::Blocked, &[person(FRED)]), Subject::user);
    let fred = nobody(FRED, BTreeSet::new());
    let before = block(kept_out.clone(), apps(Access::Allowed, &[])).complete();
    let after = block(kept_out, apps(Access::Blocked, &[CRM])).complete();
    assert!(!passes(&before, &fred, &[ERP]));
    assert!(passes(&after, &fred, &[ERP]));
}
