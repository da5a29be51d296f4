//! S4: whether a block may be stored, and what should be known about it.

use comity_policy::draft::{BlockDraft, HalfDraft, Patch, TargetDraft};
use comity_policy::reason::{Reason, Warning};
use comity_policy::settings::BlockName::{self, *};
use comity_policy::target::well_known;
use comity_policy::validate::{self, Place};

use crate::town::*;

const PARTNER: Place = Place::Partner {
    other_cloud: false,
    microsoft_accounts: false,
};
const OTHER_CLOUD: Place = Place::Partner {
    other_cloud: true,
    microsoft_accounts: false,
};
const MSA: Place = Place::Partner {
    other_cloud: false,
    microsoft_accounts: true,
};

fn half(access: &str, targets: &[(&str, &str)]) -> Patch<HalfDraft> {
    let target = |(target, target_type): &(&str, &str)| TargetDraft {
        target: (*target).to_owned(),
        target_type: (*target_type).to_owned(),
    };
    Patch::Value(HalfDraft {
        access_type: Some(access.to_owned()),
        targets: targets.iter().map(target).collect(),
    })
}

fn all_users(access: &str) -> Patch<HalfDraft> {
    half(access, &[("AllUsers", "user")])
}

fn all_apps(access: &str) -> Patch<HalfDraft> {
    half(access, &[("AllApplications", "application")])
}

fn one_user(access: &str) -> Patch<HalfDraft> {
    half(access, &[(&FRED.to_string(), "user")])
}

fn one_app(access: &str) -> Patch<HalfDraft> {
    half(access, &[(&CRM.to_string(), "application")])
}

fn draft(users: Patch<HalfDraft>, applications: Patch<HalfDraft>) -> BlockDraft {
    BlockDraft {
        users,
        applications,
        devices: false,
    }
}

fn judge(name: BlockName, place: Place, draft: &BlockDraft) -> Result<Vec<Warning>, Vec<Reason>> {
    validate::block(name, place, draft, &town().suites).map(|valid| valid.warnings)
}

fn errors(name: BlockName, place: Place, draft: &BlockDraft) -> Vec<Reason> {
    judge(name, place, draft).err().unwrap_or_default()
}

#[test]
fn a_block_needs_a_half() {
    // S4.1, S4.10: and both are told.
    let mut empty = draft(Patch::Absent, Patch::Null);
    assert_eq!(
        errors(B2bCollaborationInbound, PARTNER, &empty),
        [Reason::EmptyBlock]
    );
    empty.devices = true;
    assert_eq!(
        errors(TenantRestrictions, PARTNER, &empty),
        [Reason::EmptyBlock, Reason::DevicesFilterUnsupported]
    );
}

#[test]
fn each_wrong_half_is_told_by_its_first_error() {
    // S4.2, S4.3, S4.4, S4.5, S4.6, S4.7, S24
    use Reason::*;
    let id = FRED.to_string();
    let of_users = [
        (half("maybe", &[("AllUsers", "user")]), InvalidAccessType),
        (half("Allowed", &[]), InvalidAccessType),
        (half("allowed", &[]), TargetsRequired),
        (half("allowed", &[("AllUsers", "group")]), InvalidUserTarget),
        (
            half("allowed", &[("AllUsers", "application")]),
            InvalidTargetType,
        ),
        (
            half("allowed", &[("fred@fabrikam.com", "user")]),
            InvalidUserTarget,
        ),
        (
            half("allowed", &[("Marketing", "group")]),
            InvalidUserTarget,
        ),
        (half("allowed", &[("allusers", "user")]), InvalidUserTarget),
        (
            half("allowed", &[("AllUsers", "user"), (&id, "user")]),
            AllUsersNotAlone,
        ),
        (
            half("allowed", &[(&id, "group"), ("AllUsers", "user")]),
            AllUsersNotAlone,
        ),
    ];
    for (users, reason) in of_users {
        let draft = draft(users, all_apps("allowed"));
        assert_eq!(errors(B2bCollaborationOutbound, PARTNER, &draft), [reason]);
    }
    let of_apps = [
        (
            half("maybe", &[("AllApplications", "application")]),
            InvalidAccessType,
        ),
        (half("blocked", &[]), TargetsRequired),
        (
            half("allowed", &[("AllApplications", "user")]),
            InvalidTargetType,
        ),
        (
            half("allowed", &[("CRM", "application")]),
            InvalidApplicationTarget,
        ),
        (
            half("allowed", &[("MicrosoftAdminPortals", "application")]),
            InvalidApplicationTarget,
        ),
        (
            half(
                "allowed",
                &[
                    ("AllApplications", "application"),
                    ("Office365", "application"),
                ],
            ),
            AllApplicationsNotAlone,
        ),
    ];
    for (apps, reason) in of_apps {
        let draft = draft(all_users("allowed"), apps);
        assert_eq!(errors(B2bCollaborationOutbound, PARTNER, &draft), [reason]);
    }
}

#[test]
fn all_errors_are_told_users_before_applications() {
    // S4: each once, in order of first occurrence.
    let both = draft(half("allowed", &[]), half("no", &[]));
    assert_eq!(
        errors(TenantRestrictions, PARTNER, &both),
        [Reason::TargetsRequired, Reason::InvalidAccessType]
    );
    let same = draft(half("allowed", &[]), half("allowed", &[]));
    assert_eq!(
        errors(TenantRestrictions, PARTNER, &same),
        [Reason::TargetsRequired]
    );
    let mut selected = draft(one_user("allowed"), half("no", &[]));
    selected.devices = true;
    assert_eq!(
        errors(TenantRestrictions, Place::Default, &selected),
        [
            Reason::DevicesFilterUnsupported,
            Reason::InvalidAccessType,
            Reason::DefaultInboundUserTargets
        ]
    );
}

#[test]
fn the_keywords_of_applications_are_legal_except_all_microsoft_apps_in_tenant_restrictions() {
    // S4.6 (U30)
    for name in BlockName::ALL {
        for keyword in ["Office365", "AllMicrosoftApps"] {
            let draft = draft(
                all_users("allowed"),
                half("allowed", &[(keyword, "application")]),
            );
            let refused = name == TenantRestrictions && keyword == "AllMicrosoftApps";
            let expected: &[Reason] = match refused {
                true => &[Reason::InvalidApplicationTarget],
                false => &[],
            };
            assert_eq!(errors(name, PARTNER, &draft), expected);
        }
    }
}

#[test]
fn users_of_unknown_tenants_cannot_be_named_in_the_default() {
    // S4.8
    for name in BlockName::ALL {
        let outbound = matches!(name, B2bCollaborationOutbound | B2bDirectConnectOutbound);
        for half in [
            one_user("allowed"),
            half("allowed", &[(&MARKETING.to_string(), "group")]),
        ] {
            let users = draft(half, all_apps("allowed"));
            let expected: &[Reason] = match outbound {
                true => &[],
                false => &[Reason::DefaultInboundUserTargets],
            };
            assert_eq!(errors(name, Place::Default, &users), expected, "{name}");
            assert_eq!(errors(name, PARTNER, &users), []);
        }
        let apps = draft(all_users("allowed"), one_app("allowed"));
        assert_eq!(errors(name, Place::Default, &apps), []);
    }
}

#[test]
fn tenant_restrictions_of_microsoft_accounts_are_for_all_users() {
    // S4.9; only where the half is valid otherwise (S24).
    let users = draft(one_user("allowed"), all_apps("allowed"));
    assert_eq!(
        errors(TenantRestrictions, MSA, &users),
        [Reason::MsaUserTargets]
    );
    assert_eq!(errors(B2bCollaborationInbound, MSA, &users), []);
    let wrong = draft(half("allowed", &[("fred", "user")]), all_apps("allowed"));
    assert_eq!(
        errors(TenantRestrictions, MSA, &wrong),
        [Reason::InvalidUserTarget]
    );
}

#[test]
fn a_block_may_not_contradict_itself() {
    // S4.11, S4.12
    use Reason::*;
    for (users, apps, expected) in [
        (
            all_users("blocked"),
            all_apps("allowed"),
            vec![AllUsersBlockedAppsNotBlocked],
        ),
        (
            all_users("blocked"),
            one_app("blocked"),
            vec![AllUsersBlockedAppsNotBlocked],
        ),
        (all_users("blocked"), all_apps("blocked"), vec![]),
        (
            all_users("allowed"),
            all_apps("blocked"),
            vec![AllApplicationsBlockedUsersAllowed],
        ),
        (
            one_user("allowed"),
            all_apps("blocked"),
            vec![AllApplicationsBlockedUsersAllowed],
        ),
        (one_user("blocked"), all_apps("blocked"), vec![]),
        (one_user("blocked"), one_app("blocked"), vec![]),
        (all_users("blocked"), Patch::Absent, vec![]),
        (Patch::Absent, all_apps("blocked"), vec![]),
    ] {
        let draft = draft(users, apps);
        assert_eq!(errors(B2bCollaborationOutbound, PARTNER, &draft), expected);
    }
}

#[test]
fn direct_connect_with_another_cloud_can_only_be_blocked() {
    // S4.14
    let reason = Reason::DirectConnectCrossCloudUnsupported;
    for name in BlockName::ALL {
        let expected = match name.is_direct_connect() {
            true => vec![reason],
            false => vec![],
        };
        let open = draft(all_users("allowed"), all_apps("allowed"));
        assert_eq!(errors(name, OTHER_CLOUD, &open), expected);
        let half = draft(one_user("blocked"), all_apps("allowed"));
        assert_eq!(errors(name, OTHER_CLOUD, &half), expected);
        let shut = draft(all_users("blocked"), all_apps("blocked"));
        assert_eq!(errors(name, OTHER_CLOUD, &shut), []);
    }
    let contradicting = draft(all_users("blocked"), all_apps("allowed"));
    assert_eq!(
        errors(B2bDirectConnectInbound, OTHER_CLOUD, &contradicting),
        [Reason::AllUsersBlockedAppsNotBlocked, reason]
    );
}

#[test]
fn warnings_come_in_their_order() {
    // S4.13, S4.15
    use Warning::*;
    let group_out = draft(one_user("blocked"), all_apps("blocked"));
    assert_eq!(
        judge(B2bCollaborationOutbound, Place::Default, &group_out),
        Ok(vec![
            AllAppsBlockedSelectedUsersBlocked,
            RmsNotReachable,
            DefaultBlocksAccess
        ])
    );
    let lone = draft(Patch::Absent, one_app("allowed"));
    assert_eq!(
        judge(B2bCollaborationInbound, PARTNER, &lone),
        Ok(vec![HalfBlockCompleted, PortalAppsNotReachable])
    );
    let lone = draft(all_users("blocked"), Patch::Absent);
    assert_eq!(
        judge(B2bCollaborationInbound, Place::Default, &lone),
        Ok(vec![HalfBlockCompleted, DefaultBlocksAccess])
    );
    assert_eq!(
        judge(TenantRestrictions, Place::Default, &lone),
        Ok(vec![HalfBlockCompleted])
    );
}

#[test]
fn rights_management_and_the_portals_are_reachable_by_name_or_by_suite() {
    // S4.15
    use Warning::*;
    let listed = |access: &str, names: &[String]| {
        let targets: Vec<(&str, &str)> =
            names.iter().map(|n| (n.as_str(), "application")).collect();
        draft(all_users("allowed"), half(access, &targets))
    };
    let warned = |name, draft: &BlockDraft| judge(name, PARTNER, draft).unwrap();
    let rms = RMS.to_string();
    let suite = "AllMicrosoftApps".to_owned();
    for (draft, expected) in [
        (listed("allowed", std::slice::from_ref(&rms)), vec![]),
        (listed("allowed", std::slice::from_ref(&suite)), vec![]),
        (listed("allowed", &[CRM.to_string()]), vec![RmsNotReachable]),
        (listed("blocked", &[CRM.to_string()]), vec![]),
        (listed("blocked", &[rms]), vec![RmsNotReachable]),
        (
            listed("blocked", std::slice::from_ref(&suite)),
            vec![RmsNotReachable],
        ),
    ] {
        assert_eq!(warned(B2bCollaborationOutbound, &draft), expected);
        assert_eq!(warned(B2bDirectConnectOutbound, &draft), []);
    }
    let portal: Vec<String> = well_known::PORTAL.iter().map(ToString::to_string).collect();
    for (draft, expected) in [
        (listed("allowed", &portal), vec![]),
        (
            listed("allowed", &portal[1..]),
            vec![PortalAppsNotReachable],
        ),
        (listed("allowed", &[suite]), vec![]),
        (listed("blocked", &portal), vec![]),
        (listed("allowed", &["AllApplications".to_owned()]), vec![]),
    ] {
        assert_eq!(warned(B2bCollaborationInbound, &draft), expected);
    }
}

#[test]
fn ids_are_not_looked_up() {
    // S4.16
    let stranger = draft(
        half("allowed", &[(&STRANGER.to_string(), "user")]),
        one_app("allowed"),
    );
    assert_eq!(errors(B2bDirectConnectInbound, PARTNER, &stranger), []);
}
