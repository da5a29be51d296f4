//! Entries that do nothing, or that are about nobody.

use policy::settings::BlockName::B2bCollaborationInbound;
use policy::settings::IdentitySynchronization;
use policy::tenant::{Cloud, MICROSOFT_ACCOUNTS};
use posture::finding::Whom::Partner as Of;

use super::{ADATUM, CRM, FABRIKAM, NORTHWIND, Settings, open, open_to, shut};

const WITHOUT_EFFECT: &str = "partner-without-effect";

#[test]
fn an_entry_that_customizes_nothing_is_found_s2_7() {
    let bare = || Settings::new().partner(FABRIKAM, |_| {});
    assert_eq!(bare().about(WITHOUT_EFFECT), [Of(FABRIKAM)]);
    let differs = bare().block(FABRIKAM, B2bCollaborationInbound, shut());
    assert_eq!(differs.about(WITHOUT_EFFECT), []);
    let mut more = bare();
    more.facts.say_more.insert(FABRIKAM);
    assert_eq!(more.about(WITHOUT_EFFECT), []);
    let of_the_system = bare().partner(FABRIKAM, |partner| {
        partner.is_in_multitenant_organization = true
    });
    assert_eq!(of_the_system.about(WITHOUT_EFFECT), []);
    let provider = bare().partner(FABRIKAM, |partner| partner.is_service_provider = Some(true));
    assert_eq!(provider.about(WITHOUT_EFFECT), []);
}

#[test]
fn an_entry_that_repeats_the_default_is_found_until_the_default_moves_s2_3() {
    let repeats = Settings::new().block(FABRIKAM, B2bCollaborationInbound, open());
    assert_eq!(repeats.about(WITHOUT_EFFECT), [Of(FABRIKAM)]);
    let moved = repeats.default_block(B2bCollaborationInbound, open_to(&[CRM]));
    assert_eq!(moved.about(WITHOUT_EFFECT), []);
}

#[test]
fn an_entry_in_another_cloud_lets_the_default_in_s5_2() {
    let mut bare = Settings::new().partner(ADATUM, |_| {});
    assert_eq!(bare.about(WITHOUT_EFFECT), [Of(ADATUM)]);
    bare.policy.allowed_clouds = vec![Cloud::UsGovernment];
    assert_eq!(bare.about(WITHOUT_EFFECT), []);
}

#[test]
fn a_synchronization_setting_must_go_first_s14_9() {
    let with = Settings::new().partner(FABRIKAM, |partner| {
        partner.synchronization = Some(IdentitySynchronization::default());
    });
    assert!(
        with.found(WITHOUT_EFFECT)[0]
            .fix
            .contains("must be deleted first")
    );
}

#[test]
fn an_entry_for_a_tenant_that_there_is_not_is_found_if_it_is_known_which_there_are_s1_2() {
    let name = "partner-unknown";
    let mut unknown = Settings::new()
        .partner(NORTHWIND, |_| {})
        .partner(FABRIKAM, |_| {})
        .partner(MICROSOFT_ACCOUNTS, |_| {});
    assert_eq!(unknown.about(name), [Of(NORTHWIND)]);
    unknown.facts.tenants_are_known = false;
    let report = unknown.lint(|check| check.name == name);
    assert_eq!((report.findings.len(), report.not_made.len()), (0, 1));
}
