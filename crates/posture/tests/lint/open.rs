//! What is open by default, for applications, to synchronization and to external accounts.

use policy::settings::BlockName::{
    B2bCollaborationInbound, B2bCollaborationOutbound, B2bDirectConnectInbound,
    B2bDirectConnectOutbound, TenantRestrictions,
};
use policy::settings::{AutomaticConsent, IdentitySynchronization, InboundTrust, Partner};
use policy::target::{Access, well_known};
use policy::tenant::{Cloud, MICROSOFT_ACCOUNTS};
use policy::world::Suites;
use posture::finding::Whom::{Everyone, Partner as Of};

use super::{
    ADATUM, ADELE, CRM, FABRIKAM, GROUP, Settings, TEAMS, applications, block, open, open_to, shut,
    users,
};

#[test]
fn direct_connect_inbound_open_by_default_is_found_s9_6() {
    let name = "direct-connect-inbound-default";
    let some = Settings::new().default_block(B2bDirectConnectInbound, open_to(&[TEAMS]));
    assert_eq!(some.about(name), [Everyone]);
    // S9.3: where nothing is capable of direct connect, nothing can be reached.
    let mut none = some;
    none.world.suites = Suites::default().into();
    assert_eq!(none.about(name), []);
    let partner = Settings::new().block(FABRIKAM, B2bDirectConnectInbound, open());
    assert_eq!(partner.about(name), []);
}

#[test]
fn direct_connect_outbound_open_by_default_is_found_also_for_some_users_s9_5() {
    let name = "direct-connect-outbound-default";
    let some = block(
        users(Access::Allowed, &[GROUP]),
        applications(Access::Allowed, &[]),
    );
    let some = Settings::new().default_block(B2bDirectConnectOutbound, some);
    assert!(some.found(name)[0].reason.starts_with("Some of your users"));
    let inbound = Settings::new().default_block(B2bDirectConnectInbound, open());
    assert_eq!(inbound.about(name), []);
}

#[test]
fn collaboration_inbound_for_everything_is_found_and_a_list_is_not_s8_7() {
    let name = "collaboration-inbound-default";
    assert_eq!(Settings::new().about(name), [Everyone]);
    let list = open_to(&[CRM]);
    let listed = Settings::new().default_block(B2bCollaborationInbound, list);
    assert_eq!(listed.about(name), []);
    let partner = listed.block(FABRIKAM, B2bCollaborationInbound, open());
    assert_eq!(partner.about(name), []);
}

#[test]
fn each_claim_that_is_trusted_by_default_is_found_by_its_own_check_s2_4() {
    type Flag = fn(&mut InboundTrust) -> &mut Option<bool>;
    let flags: [(&str, Flag); 3] = [
        ("mfa-trust-default", |trust| &mut trust.mfa),
        ("compliant-device-trust-default", |trust| {
            &mut trust.compliant_device
        }),
        ("hybrid-device-trust-default", |trust| {
            &mut trust.hybrid_joined_device
        }),
    ];
    for (on, flag) in flags {
        let mut trust = InboundTrust::default();
        *flag(&mut trust) = Some(true);
        let mut by_default = Settings::new();
        by_default.policy.defaults.trust = Some(trust.clone());
        for (name, _) in flags {
            let expected = if name == on {
                vec![Everyone]
            } else {
                Vec::new()
            };
            assert_eq!(by_default.about(name), expected, "{on}");
        }
        let of_one = Settings::new().partner(FABRIKAM, |partner| partner.trust = Some(trust));
        assert_eq!(of_one.about(on), []);
    }
}

fn pushed(sync: bool, redeemed: bool) -> impl FnOnce(&mut Partner) {
    move |partner| {
        partner.synchronization = Some(IdentitySynchronization {
            is_sync_allowed: Some(sync),
            ..IdentitySynchronization::default()
        });
        partner.automatic_consent = AutomaticConsent {
            inbound: Some(redeemed),
            outbound: None,
        };
    }
}

#[test]
fn synchronization_is_found_when_both_switches_and_the_door_are_open_s12_4_s12_6() {
    let name = "synchronization-unasked";
    let with = |sync, redeemed| Settings::new().partner(FABRIKAM, pushed(sync, redeemed));
    assert_eq!(with(true, true).about(name), [Of(FABRIKAM)]);
    assert_eq!(with(true, false).about(name), []);
    assert_eq!(with(false, true).about(name), []);
    let closed = with(true, true).block(FABRIKAM, B2bCollaborationInbound, shut());
    assert_eq!(closed.about(name), []);
    // S12.2: not across clouds.
    let mut elsewhere = Settings::new().partner(ADATUM, pushed(true, true));
    elsewhere.policy.allowed_clouds = vec![Cloud::UsGovernment];
    assert_eq!(elsewhere.about(name), []);
}

#[test]
fn tenant_restrictions_that_let_external_accounts_in_are_found_s11_7() {
    let name = "tenant-restrictions-open";
    let by_default = Settings::new().default_block(TenantRestrictions, open_to(&[CRM]));
    assert_eq!(by_default.about(name), [Everyone]);
    let broad = Settings::new().block(FABRIKAM, TenantRestrictions, open());
    assert_eq!(broad.about(name), [Of(FABRIKAM)]);
    let personal = Settings::new().block(MICROSOFT_ACCOUNTS, TenantRestrictions, open());
    assert_eq!(personal.about(name), [Of(MICROSOFT_ACCOUNTS)]);
    let one_application = Settings::new().block(FABRIKAM, TenantRestrictions, open_to(&[CRM]));
    assert_eq!(one_application.about(name), []);
    let one_user = block(
        users(Access::Allowed, &[ADELE]),
        applications(Access::Allowed, &[]),
    );
    let one_user = Settings::new().block(FABRIKAM, TenantRestrictions, one_user);
    assert_eq!(one_user.about(name), []);
    // S11.5: not enforced there, so nothing of it is opened by the entry.
    let elsewhere = Settings::new().block(ADATUM, TenantRestrictions, open());
    assert_eq!(elsewhere.about(name), []);
}

#[test]
fn encrypted_mail_that_nobody_can_open_is_found_once_where_it_can_be_changed_s1_8() {
    let name = "mail-decryption-unreachable";
    let rights = well_known::RIGHTS_MANAGEMENT;
    let closed = Settings::new()
        .default_block(B2bCollaborationOutbound, shut())
        .partner(FABRIKAM, |_| {});
    assert_eq!(closed.about(name), [Everyone]);
    let spared = closed.block(FABRIKAM, B2bCollaborationOutbound, open_to(&[CRM]));
    assert_eq!(spared.about(name), [Everyone, Of(FABRIKAM)]);
    let allowed = Settings::new().default_block(B2bCollaborationOutbound, open_to(&[rights]));
    assert_eq!(allowed.about(name), []);
    // S3.5: the pair keeps the group out, and lets everybody else through.
    let pair = block(
        users(Access::Blocked, &[GROUP]),
        applications(Access::Blocked, &[rights]),
    );
    let pair = Settings::new().default_block(B2bCollaborationOutbound, pair);
    assert_eq!(pair.about(name), []);
    // S5.3: in a cloud that is not enabled it is not the block that is in the way.
    let elsewhere = Settings::new().block(ADATUM, B2bCollaborationOutbound, shut());
    assert_eq!(elsewhere.about(name), []);
    let mut enabled = elsewhere;
    enabled.policy.allowed_clouds = vec![Cloud::UsGovernment];
    assert_eq!(enabled.about(name), [Of(ADATUM)]);
}

#[test]
fn a_list_without_the_portal_is_found_and_says_what_is_missing_s4_15() {
    let name = "portal-applications-missing";
    let [apps, panel, profile, sign_ins] = well_known::PORTAL;
    let lacking = Settings::new().block(
        FABRIKAM,
        B2bCollaborationInbound,
        open_to(&[CRM, apps, panel, sign_ins]),
    );
    let found = lacking.found(name);
    assert_eq!(found.len(), 1);
    assert!(found[0].reason.contains("My Profile") && !found[0].reason.contains("My Apps"));
    let whole = [CRM, apps, panel, profile, sign_ins];
    let whole = Settings::new().block(FABRIKAM, B2bCollaborationInbound, open_to(&whole));
    assert_eq!(whole.about(name), []);
    // A block list names what is not shared; the portal is.
    let blocked = block(
        users(Access::Allowed, &[]),
        applications(Access::Blocked, &[CRM]),
    );
    let blocked = Settings::new().block(FABRIKAM, B2bCollaborationInbound, blocked);
    assert_eq!(blocked.about(name), []);
}
