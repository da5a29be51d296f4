//! S14.6, S14.7, S14.10 and S2.10 to S2.12: what the members of a body mean.

use comity_policy::administer::{Operation, Outcome};
use comity_policy::draft::{ConsentDraft, Patch, RedemptionDraft, TrustDraft, Written};
use comity_policy::reason::{Reason, Warning};
use comity_policy::settings::BlockName::{self, *};
use comity_policy::settings::{
    AutomaticConsent, FallbackIdentityProvider, InboundTrust, Partner, RedemptionOrder,
};
use comity_policy::target::Access;
use comity_policy::world::World;

use crate::administration::*;
use crate::town::*;

fn entry(world: &World) -> &Partner {
    world
        .policy(CONTOSO)
        .unwrap()
        .partners
        .get(FABRIKAM)
        .unwrap()
}

fn refusal(outcome: &Outcome) -> Reason {
    assert!(outcome.effects.is_empty());
    outcome.reason
}

fn one_app(access: &str) -> Patch<comity_policy::draft::HalfDraft> {
    half(access, &CRM.to_string(), "application")
}

fn order(fallback: Patch<String>) -> Written {
    Written::Redemption(Patch::Value(RedemptionDraft {
        primary: Patch::Value(vec!["socialIdentityProviders".to_owned()]),
        fallback,
    }))
}

#[test]
fn what_cannot_be_written_may_be_sent_back_as_it_was_read() {
    // S14.6, S2.12
    use Written::*;
    let mut world = town();
    let policy_id = |text: String| Operation::UpdatePolicy(vec![Id(Patch::Value(text))]);
    let yes = || Patch::Value(true);
    let no = || Patch::Value(false);
    let refused = Reason::ReadOnlyProperty;
    for (operation, reason) in [
        (patch(vec![tenant_id(FABRIKAM)]), Reason::Ok),
        (
            patch(vec![tenant_id(FABRIKAM.to_string().to_uppercase())]),
            Reason::Ok,
        ),
        (patch(vec![tenant_id(LITWARE)]), refused),
        (patch(vec![TenantId(Patch::Null)]), refused),
        (patch(vec![IsServiceProvider(no())]), Reason::Ok),
        (patch(vec![IsServiceProvider(Patch::Null)]), Reason::Ok),
        (patch(vec![IsServiceProvider(yes())]), refused),
        (patch(vec![IsInMultiTenantOrganization(no())]), Reason::Ok),
        (patch(vec![IsInMultiTenantOrganization(yes())]), refused),
        (
            Operation::UpdateDefault(vec![IsServiceDefault(yes())]),
            Reason::Ok,
        ),
        (
            Operation::UpdateDefault(vec![IsServiceDefault(no())]),
            refused,
        ),
        (policy_id(CONTOSO_POLICY.to_string()), Reason::Ok),
        (
            policy_id(CONTOSO_POLICY.to_string().to_uppercase()),
            Reason::Ok,
        ),
        (policy_id(CONTOSO.to_string()), refused),
        (
            Operation::AddPartner(vec![tenant_id(LITWARE), IsServiceProvider(yes())]),
            refused,
        ),
    ] {
        assert_eq!(
            answer(&world, operation.clone()).reason,
            reason,
            "{operation:?}"
        );
    }
    partner(&mut world, CONTOSO, FABRIKAM).is_service_provider = Some(true);
    set_default(&mut world, CONTOSO, B2bCollaborationOutbound, open());
    assert_eq!(
        answer(&world, patch(vec![IsServiceProvider(yes())])).reason,
        Reason::Ok
    );
    assert_eq!(
        answer(&world, patch(vec![IsServiceProvider(no())])).reason,
        refused
    );
    let echo = Operation::UpdateDefault(vec![IsServiceDefault(yes())]);
    assert_eq!(answer(&world, echo).reason, refused);
}

#[test]
fn names_are_judged_before_the_newcomer_and_the_newcomer_before_values() {
    // S14.6: names in their order, then S14.8, then values in theirs.
    let world = town();
    let unknown = Written::Unknown("b2bFoo".to_owned());
    let mut body = vec![
        Written::Block(
            B2bCollaborationInbound,
            drafted(users_half("blocked"), apps_half("allowed")),
        ),
        consents(true),
        tenant_id(NOWHERE),
        order(Patch::Absent),
        unknown,
        Written::IsServiceProvider(Patch::Value(true)),
    ];
    let reason = |body: &[Written]| refusal(&answer(&world, Operation::AddPartner(body.to_vec())));
    assert_eq!(reason(&body), Reason::ReadOnlyProperty);
    body.pop();
    assert_eq!(reason(&body), Reason::InvalidProperty);
    body.pop();
    assert_eq!(reason(&body), Reason::InvalidProperty); // the redemption order
    body.pop();
    assert_eq!(reason(&body), Reason::TenantNotFound);
    body.pop();
    let body = |id| {
        let mut body = body.clone();
        body.push(tenant_id(id));
        body
    };
    let mut world = town();
    policy(&mut world, CONTOSO).partners.remove(WOODGROVE);
    let reason = |body: Vec<Written>| refusal(&answer(&world, Operation::AddPartner(body)));
    assert_eq!(
        reason(body(WOODGROVE)),
        Reason::AutoRedemptionCrossCloudUnsupported
    );
    assert_eq!(reason(body(LITWARE)), Reason::AllUsersBlockedAppsNotBlocked);
}

#[test]
fn the_redemption_order_of_an_organization_is_refused_by_its_name() {
    // S14.6; a null that was read may be sent back.
    let world = town();
    let named = patch(vec![order(Patch::Value("emailOneTimePasscode".to_owned()))]);
    assert_eq!(refusal(&answer(&world, named)), Reason::InvalidProperty);
    let echoed = patch(vec![Written::Redemption(Patch::Null)]);
    assert_eq!(answer(&world, echoed).reason, Reason::Ok);
}

#[test]
fn the_default_has_no_automatic_redemption() {
    // S14.6, S2.2: a true is refused, a false ignored.
    let mut world = town();
    let default = |member| Operation::UpdateDefault(vec![member]);
    assert_eq!(
        refusal(&answer(&world, default(consents(true)))),
        Reason::DefaultAutoConsentReadOnly
    );
    let outcome = done(&mut world, default(consents(false)));
    assert_eq!(outcome.reason, Reason::Ok);
    assert!(outcome.audit.unwrap().modified.is_empty());
    // It is judged before the values.
    let wrong = drafted(users_half("blocked"), apps_half("allowed"));
    let body = vec![Written::Block(TenantRestrictions, wrong), consents(true)];
    assert_eq!(
        refusal(&answer(&world, Operation::UpdateDefault(body))),
        Reason::DefaultAutoConsentReadOnly
    );
}

#[test]
fn a_redemption_order_needs_a_fallback_and_is_judged_before_the_blocks() {
    // S14.6, S7.4
    let mut world = town();
    let wrong = drafted(users_half("blocked"), apps_half("allowed"));
    let wrong = Written::Block(B2bCollaborationInbound, wrong);
    let body = |order| Operation::UpdateDefault(vec![wrong.clone(), order]);
    for (order, reason) in [
        (
            order(Patch::Absent),
            Reason::FallbackIdentityProviderRequired,
        ),
        (order(Patch::Null), Reason::FallbackIdentityProviderRequired),
        (
            order(Patch::Value("socialIdentityProviders".to_owned())),
            Reason::InvalidProperty,
        ),
        (
            order(Patch::Value("microsoftAccount".to_owned())),
            Reason::AllUsersBlockedAppsNotBlocked,
        ),
    ] {
        assert_eq!(refusal(&answer(&world, body(order))), reason);
    }
    let empty = Written::Redemption(Patch::Value(RedemptionDraft {
        primary: Patch::Value(vec![]),
        fallback: Patch::Value("microsoftAccount".to_owned()),
    }));
    done(&mut world, Operation::UpdateDefault(vec![empty]));
    let expected = RedemptionOrder {
        primary: vec![],
        fallback: FallbackIdentityProvider::MicrosoftAccount,
    };
    assert_eq!(
        world.policy(CONTOSO).unwrap().defaults.redemption,
        Some(expected)
    );
}

#[test]
fn automatic_redemption_with_another_cloud_cannot_be_switched_on() {
    // S14.6, S5.5
    let world = town();
    let of_woodgrove = |value| Operation::UpdatePartner(Some(WOODGROVE), vec![consents(value)]);
    assert_eq!(
        refusal(&answer(&world, of_woodgrove(true))),
        Reason::AutoRedemptionCrossCloudUnsupported
    );
    assert_eq!(answer(&world, of_woodgrove(false)).reason, Reason::Ok);
}

#[test]
fn of_two_wrong_blocks_the_first_in_the_order_of_the_law_is_the_reason() {
    // S14.6, S24; the order of the body says nothing.
    let world = town();
    let contradiction = drafted(users_half("blocked"), apps_half("allowed"));
    let empty = drafted(Patch::Absent, Patch::Absent);
    let mut body = vec![
        Written::Block(B2bDirectConnectInbound, contradiction),
        Written::Block(B2bCollaborationOutbound, empty),
    ];
    for _ in 0..2 {
        let outcome = answer(&world, patch(body.clone()));
        assert_eq!(refusal(&outcome), Reason::EmptyBlock);
        assert_eq!(outcome.target.as_deref(), Some("b2bCollaborationOutbound"));
        body.reverse();
    }
}

#[test]
fn members_this_text_does_not_treat_are_stored_and_decide_nothing() {
    // S14.6
    let mut world = town();
    let before = decide(&world, &fred());
    for name in [
        "m365CollaborationInbound",
        "m365CollaborationOutbound",
        "appServiceConnectInbound",
        "crossCloudMeetingConfiguration",
    ] {
        let json = "{\"x\":1}".to_owned();
        let member = Written::Untreated(name.to_owned(), Patch::Value(json.clone()));
        assert_eq!(done(&mut world, patch(vec![member])).status, 204);
        assert_eq!(entry(&world).untreated.get(name), Some(json.as_str()));
    }
    assert_eq!(decide(&world, &fred()), before);
}

#[test]
fn a_half_not_given_keeps_the_stored_one_and_the_merged_block_is_judged() {
    // S14.7
    let mut world = town();
    let write = |users, apps| {
        patch(vec![Written::Block(
            B2bCollaborationInbound,
            drafted(users, apps),
        )])
    };
    let marketing = || half("allowed", &MARKETING.to_string(), "group");
    done(&mut world, write(marketing(), one_app("allowed")));
    done(
        &mut world,
        write(
            Patch::Absent,
            half("allowed", &ERP.to_string(), "application"),
        ),
    );
    let stored = |world: &World| entry(world).blocks.get(B2bCollaborationInbound).cloned();
    let expected = block(
        users(Access::Allowed, &[group(MARKETING)]),
        apps(Access::Allowed, &[ERP]),
    );
    assert_eq!(stored(&world), Some(expected));
    let outcome = answer(&world, write(Patch::Absent, apps_half("blocked")));
    assert_eq!(
        refusal(&outcome),
        Reason::AllApplicationsBlockedUsersAllowed
    );
    // A null half is dropped; the other one stays alone and is completed when asked.
    let outcome = done(&mut world, write(Patch::Absent, Patch::Null));
    assert!(outcome.warnings.contains(&Warning::HalfBlockCompleted));
    assert_eq!(stored(&world).unwrap().applications, None);
    let outcome = answer(&world, write(Patch::Null, Patch::Absent));
    assert_eq!(refusal(&outcome), Reason::EmptyBlock);
}

#[test]
fn a_flag_not_given_stays_and_null_returns_to_inheritance() {
    // S14.7, S2.11
    let mut world = town();
    let trust = |mfa, compliant_device| {
        patch(vec![Written::Trust(Patch::Value(TrustDraft {
            mfa,
            compliant_device,
            ..TrustDraft::default()
        }))])
    };
    let flags = |world: &World| {
        let trust = entry(world).trust.clone().unwrap_or_default();
        (trust.mfa, trust.compliant_device)
    };
    done(&mut world, trust(Patch::Value(true), Patch::Absent));
    done(&mut world, trust(Patch::Absent, Patch::Value(false)));
    assert_eq!(flags(&world), (Some(true), Some(false)));
    done(&mut world, trust(Patch::Null, Patch::Absent));
    assert_eq!(flags(&world), (None, Some(false)));
    done(&mut world, patch(vec![Written::Trust(Patch::Null)]));
    assert_eq!(entry(&world).trust, None);

    let consent = |inbound, outbound| {
        patch(vec![Written::Consent(Patch::Value(ConsentDraft {
            inbound,
            outbound,
        }))])
    };
    done(&mut world, consent(Patch::Value(true), Patch::Absent));
    done(&mut world, consent(Patch::Absent, Patch::Value(true)));
    let both = AutomaticConsent {
        inbound: Some(true),
        outbound: Some(true),
    };
    assert_eq!(entry(&world).automatic_consent, both);
    done(&mut world, consent(Patch::Null, Patch::Absent));
    assert_eq!(entry(&world).automatic_consent.inbound, None);
    done(&mut world, patch(vec![Written::Consent(Patch::Null)]));
    assert_eq!(entry(&world).automatic_consent, AutomaticConsent::default());
}

#[test]
fn null_returns_a_block_to_inheritance() {
    // S2.11, S14.7
    for name in BlockName::ALL {
        let mut world = town();
        set(&mut world, CONTOSO, FABRIKAM, name, shut());
        done(&mut world, patch(vec![Written::Block(name, Patch::Null)]));
        assert_eq!(entry(&world), &Partner::new(FABRIKAM));
    }
}

#[test]
fn the_default_is_customized_by_the_first_write_and_by_nothing_after_a_reset() {
    // S2.10
    let mut world = town();
    let customized = |world: &World| world.policy(CONTOSO).unwrap().defaults.customized;
    set(
        &mut world,
        CONTOSO,
        FABRIKAM,
        B2bCollaborationInbound,
        shut(),
    );
    let own_values = drafted(users_half("allowed"), apps_half("allowed"));
    let write = Operation::UpdateDefault(vec![Written::Block(B2bCollaborationInbound, own_values)]);
    assert!(!customized(&world));
    done(&mut world, write);
    assert!(customized(&world));
    done(&mut world, Operation::ResetDefault);
    assert!(!customized(&world));
    assert!(world.policy(CONTOSO).unwrap().defaults.blocks.is_empty());
    assert_eq!(
        entry(&world).blocks.get(B2bCollaborationInbound),
        Some(&shut())
    );
    let wrong = drafted(users_half("blocked"), apps_half("allowed"));
    let write = Operation::UpdateDefault(vec![Written::Block(B2bCollaborationInbound, wrong)]);
    done(&mut world, write);
    assert!(!customized(&world));
}

#[test]
fn what_needs_the_licence() {
    // S14.10, S1.11
    use Access::{Allowed, Blocked};
    let mut world = town();
    at(&mut world, CONTOSO).p1 = false;
    let all = |access| drafted(users_half(access), apps_half(access));
    let block_of = |name, draft| patch(vec![Written::Block(name, draft)]);
    let office = half("allowed", "Office365", "application");
    let selected_user = half("blocked", &FRED.to_string(), "user");
    let needs = Reason::LicenseRequired;
    for (operation, reason) in [
        (patch(vec![trusts_mfa(true)]), needs),
        (patch(vec![trusts_mfa(false)]), Reason::Ok),
        (patch(vec![consents(true)]), needs),
        (patch(vec![consents(false)]), Reason::Ok),
        (Operation::UpdateDefault(vec![trusts_mfa(true)]), needs),
        (
            block_of(B2bCollaborationInbound, all("allowed")),
            Reason::Ok,
        ),
        (
            block_of(B2bCollaborationOutbound, all("blocked")),
            Reason::Ok,
        ),
        (
            block_of(
                B2bCollaborationInbound,
                drafted(users_half("allowed"), office),
            ),
            needs,
        ),
        (
            block_of(
                B2bCollaborationInbound,
                drafted(selected_user, apps_half("blocked")),
            ),
            needs,
        ),
        (
            block_of(
                B2bCollaborationInbound,
                drafted(Patch::Absent, one_app("blocked")),
            ),
            needs,
        ),
        (
            block_of(B2bDirectConnectInbound, all("blocked")),
            Reason::Ok,
        ),
        (block_of(B2bDirectConnectOutbound, all("allowed")), needs),
        (
            block_of(
                B2bDirectConnectInbound,
                drafted(users_half("blocked"), Patch::Absent),
            ),
            Reason::Ok,
        ),
        (
            block_of(
                B2bDirectConnectInbound,
                drafted(users_half("allowed"), Patch::Absent),
            ),
            needs,
        ),
        (block_of(TenantRestrictions, all("blocked")), needs),
        (block_of(TenantRestrictions, Patch::Null), Reason::Ok),
        (Operation::AddPartner(vec![tenant_id(LITWARE)]), Reason::Ok),
        (Operation::RemovePartner(Some(WOODGROVE)), Reason::Ok),
        (Operation::ResetDefault, Reason::Ok),
        (
            Operation::UpdatePolicy(vec![Written::Clouds(Patch::Value(vec![]))]),
            Reason::Ok,
        ),
        (
            Operation::CreateSynchronization(
                Some(FABRIKAM),
                vec![Written::SyncAllowed(Patch::Value(Patch::Value(true)))],
            ),
            Reason::Ok,
        ),
    ] {
        let outcome = answer(&world, operation.clone());
        assert_eq!(outcome.reason, reason, "{operation:?}");
    }
    // Merged blocks are judged (S24), but only the flags that are written.
    let stored = block(users(Allowed, &[]), apps(Blocked, &[CRM]));
    set(
        &mut world,
        CONTOSO,
        FABRIKAM,
        B2bCollaborationInbound,
        stored,
    );
    partner(&mut world, CONTOSO, FABRIKAM).trust = Some(InboundTrust {
        mfa: Some(true),
        ..InboundTrust::default()
    });
    let merged = block_of(
        B2bCollaborationInbound,
        drafted(users_half("allowed"), Patch::Absent),
    );
    assert_eq!(answer(&world, merged).reason, needs);
    let other_flag = Written::Trust(Patch::Value(TrustDraft {
        compliant_device: Patch::Value(false),
        ..TrustDraft::default()
    }));
    assert_eq!(answer(&world, patch(vec![other_flag])).reason, Reason::Ok);
}
