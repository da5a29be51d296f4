//! Blocks as they are stored.

use policy::settings::Block;
use policy::settings::BlockName::{
    B2bCollaborationInbound, B2bCollaborationOutbound, B2bDirectConnectInbound,
};
use policy::target::Access;
use posture::finding::Whom::{Everyone, Partner as Of};

use super::{
    ADATUM, CRM, FABRIKAM, GROUP, Settings, applications, block, open, open_to, shut, users,
};

#[test]
fn all_users_blocked_with_some_applications_is_a_contradiction_s4_11() {
    let name = "contradictory-block";
    let half = block(
        users(Access::Blocked, &[]),
        applications(Access::Allowed, &[CRM]),
    );
    let settings = Settings::new().default_block(B2bCollaborationInbound, half);
    assert_eq!(settings.about(name), [Everyone]);
    let whole = Settings::new().default_block(B2bCollaborationInbound, shut());
    assert_eq!(whole.about(name), []);
}

#[test]
fn all_applications_blocked_with_users_allowed_is_a_contradiction_s4_12() {
    let name = "contradictory-block";
    let half = block(
        users(Access::Allowed, &[GROUP]),
        applications(Access::Blocked, &[]),
    );
    let settings = Settings::new().block(FABRIKAM, B2bCollaborationOutbound, half);
    assert_eq!(settings.about(name), [Of(FABRIKAM)]);
}

#[test]
fn direct_connect_with_another_cloud_is_a_contradiction_s4_14() {
    let name = "contradictory-block";
    let elsewhere = Settings::new().block(ADATUM, B2bDirectConnectInbound, open());
    assert_eq!(elsewhere.about(name), [Of(ADATUM)]);
    let shut = Settings::new().block(ADATUM, B2bDirectConnectInbound, shut());
    assert_eq!(shut.about(name), []);
    let here = Settings::new().block(FABRIKAM, B2bDirectConnectInbound, open());
    assert_eq!(here.about(name), []);
}

#[test]
fn a_missing_half_is_found_and_told_as_what_it_counts_s3_2() {
    let name = "half-block";
    let lone = |users, applications| {
        let block = Block {
            users,
            applications,
        };
        Settings::new().block(FABRIKAM, B2bCollaborationInbound, block)
    };
    let found = lone(None, Some(applications(Access::Blocked, &[CRM]))).found(name);
    assert!(
        found[0].reason.ends_with("All users are allowed."),
        "{:?}",
        found[0]
    );
    let found = lone(Some(users(Access::Blocked, &[])), None).found(name);
    assert!(found[0].reason.ends_with("All applications are blocked."));
    let both = Settings::new().block(FABRIKAM, B2bCollaborationInbound, open_to(&[CRM]));
    assert_eq!(both.about(name), []);
}

#[test]
fn selected_users_blocked_from_everything_is_found_s4_13() {
    let name = "selected-users-blocked";
    let pair = |ids: &[_]| {
        let pair = block(
            users(Access::Blocked, &[GROUP]),
            applications(Access::Blocked, ids),
        );
        Settings::new().default_block(B2bCollaborationOutbound, pair)
    };
    assert_eq!(pair(&[]).about(name), [Everyone]);
    assert_eq!(pair(&[CRM]).about(name), []);
    let shut = Settings::new().default_block(B2bCollaborationOutbound, shut());
    assert_eq!(shut.about(name), []);
}
