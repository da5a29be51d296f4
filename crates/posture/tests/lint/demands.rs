//! What Conditional Access and registration ask of visitors.

use policy::conditional_access::{
    ApplicationCondition, Category, ConditionalAccessPolicy, Control, ExternalUsers, Operator,
    PolicyState, UserCondition,
};
use policy::settings::BlockName::{B2bCollaborationInbound, B2bDirectConnectInbound};
use policy::settings::InboundTrust;
use policy::tenant::TenantId;
use posture::finding::Setting;
use posture::finding::Whom::{Everyone, Partner as Of};

use super::{CONTOSO, CRM, FABRIKAM, NORTHWIND, Settings, TEAMS, open, shut};

const REFUSED: &str = "direct-connect-without-trust";
const REGISTRATION: &str = "mfa-registration-trust";

/// Asks direct connect users of those tenants, or of all, for something.
fn asks(control: Control, tenants: Option<TenantId>) -> ConditionalAccessPolicy {
    ConditionalAccessPolicy {
        id: "asks".to_owned(),
        display_name: None,
        state: PolicyState::Enabled,
        include_users: UserCondition {
            external: Some(ExternalUsers {
                categories: [Category::B2bDirectConnectUser].into(),
                tenants: tenants.map(|tenant| [tenant].into()),
            }),
            ..UserCondition::default()
        },
        exclude_users: UserCondition::default(),
        include_applications: ApplicationCondition {
            all: true,
            ..ApplicationCondition::default()
        },
        exclude_applications: ApplicationCondition::default(),
        operator: Operator::And,
        controls: vec![control],
        elsewhere: false,
        source: None,
    }
}

fn with(policy: ConditionalAccessPolicy, settings: Settings) -> Settings {
    let mut settings = settings;
    let contoso = settings.world.tenants.get_mut(&CONTOSO).unwrap();
    contoso.conditional_access = vec![policy];
    settings
}

fn to_fabrikam() -> Settings {
    Settings::new().block(FABRIKAM, B2bDirectConnectInbound, open())
}

fn trusting(mfa: bool, compliant: bool) -> InboundTrust {
    InboundTrust {
        mfa: Some(mfa),
        compliant_device: Some(compliant),
        ..InboundTrust::default()
    }
}

#[test]
fn direct_connect_that_conditional_access_refuses_whatever_one_does_is_found_s10_8() {
    assert_eq!(to_fabrikam().about(REFUSED), []);
    let asked = || with(asks(Control::Mfa, None), to_fabrikam());
    let found = asked().found(REFUSED);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].source.whom, Of(FABRIKAM));
    assert_eq!(found[0].source.setting, Setting::MfaTrust);
    let trusted = asked().partner(FABRIKAM, |partner| {
        partner.trust = Some(trusting(true, false))
    });
    assert_eq!(trusted.about(REFUSED), []);
    let mut by_default = asked();
    by_default.policy.defaults.trust = Some(trusting(true, false));
    assert_eq!(by_default.about(REFUSED), []);
    let closed = asked().block(FABRIKAM, B2bDirectConnectInbound, shut());
    assert_eq!(closed.about(REFUSED), []);
}

#[test]
fn policies_that_do_not_decide_or_are_for_others_ask_nothing_s10_4() {
    let reported = ConditionalAccessPolicy {
        state: PolicyState::ReportOnly,
        ..asks(Control::Mfa, None)
    };
    assert_eq!(with(reported, to_fabrikam()).about(REFUSED), []);
    let of_others = asks(Control::Mfa, Some(NORTHWIND));
    assert_eq!(with(of_others, to_fabrikam()).about(REFUSED), []);
    let for_another = |application| ConditionalAccessPolicy {
        include_applications: ApplicationCondition {
            applications: [application].into(),
            ..ApplicationCondition::default()
        },
        ..asks(Control::Mfa, None)
    };
    assert_eq!(with(for_another(CRM), to_fabrikam()).about(REFUSED), []);
    assert_eq!(
        with(for_another(TEAMS), to_fabrikam()).about(REFUSED),
        [Of(FABRIKAM)]
    );
    // S10.5: with OR the best control counts.
    let mut either = asks(Control::Mfa, None);
    either.operator = Operator::Or;
    either.controls = vec![Control::Mfa, Control::CompliantDevice];
    let trusted = to_fabrikam().partner(FABRIKAM, |partner| {
        partner.trust = Some(trusting(false, true))
    });
    assert_eq!(with(either, trusted).about(REFUSED), []);
}

#[test]
fn a_device_claim_needs_its_own_trust_s10_10() {
    let compliant = |trust| {
        let settings = to_fabrikam().partner(FABRIKAM, |partner| partner.trust = Some(trust));
        with(asks(Control::CompliantDevice, None), settings)
    };
    let found = compliant(trusting(true, false)).found(REFUSED);
    assert_eq!(found[0].source.setting, Setting::CompliantDeviceTrust);
    assert_eq!(compliant(trusting(false, true)).about(REFUSED), []);
}

#[test]
fn what_a_partner_inherits_is_told_once_unless_the_policy_is_for_it_alone() {
    let inherits = || {
        Settings::new()
            .default_block(B2bDirectConnectInbound, open())
            .partner(FABRIKAM, |_| {})
    };
    let of_all = with(asks(Control::Mfa, None), inherits());
    assert_eq!(of_all.about(REFUSED), [Everyone]);
    let of_one = with(asks(Control::Mfa, Some(FABRIKAM)), inherits());
    assert_eq!(of_one.about(REFUSED), [Of(FABRIKAM)]);
}

#[test]
fn where_conditional_access_is_not_known_the_check_is_not_made() {
    let mut unknown = to_fabrikam();
    unknown.facts.conditional_access_is_known = false;
    let report = unknown.lint(|check| check.name == REFUSED);
    assert_eq!((report.findings.len(), report.not_made.len()), (0, 1));
}

#[test]
fn mfa_trust_and_a_registration_policy_for_external_users_exclude_each_other_s10_7() {
    let stated = |trust: InboundTrust| {
        let mut settings = Settings::new().partner(FABRIKAM, |partner| partner.trust = Some(trust));
        settings.facts.mfa_registration_includes_external_users = true;
        settings
    };
    assert_eq!(
        stated(trusting(true, false)).about(REGISTRATION),
        [Of(FABRIKAM)]
    );
    assert_eq!(stated(trusting(false, true)).about(REGISTRATION), []);
    let nobody = stated(trusting(true, false)).block(FABRIKAM, B2bCollaborationInbound, shut());
    assert_eq!(nobody.about(REGISTRATION), []);
    let mut by_default = stated(InboundTrust::default());
    by_default.policy.defaults.trust = Some(trusting(true, false));
    assert_eq!(by_default.about(REGISTRATION), [Everyone]);
    // The default closes the door that Fabrikam's entry opens.
    let opened = by_default
        .default_block(B2bCollaborationInbound, shut())
        .block(FABRIKAM, B2bCollaborationInbound, open());
    assert_eq!(opened.about(REGISTRATION), [Of(FABRIKAM)]);
}
