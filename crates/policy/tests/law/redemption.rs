//! S7: an invited person accepts.

use std::collections::BTreeSet;

use comity_policy::decision::Verdict;
use comity_policy::reason::Reason;
use comity_policy::redemption::{Prompt, Redemption, RedemptionOutcome, redeem};
use comity_policy::settings::BlockName::{B2bCollaborationInbound, B2bCollaborationOutbound};
use comity_policy::settings::{
    FallbackIdentityProvider as Fallback, PrimaryIdentityProvider as Primary, RedemptionOrder,
};
use comity_policy::target::UserId;
use comity_policy::world::{DomainList, External, ExternalIdentity, RedemptionState, World};

use crate::town::*;

fn opens(object: UserId, consent_accepted: bool) -> Redemption {
    Redemption {
        resource: CONTOSO,
        object,
        consent_accepted,
    }
}

fn fiona(world: &World) -> RedemptionOutcome {
    redeem(world, &opens(GUEST_FIONA, true))
}

fn blocks_domain(world: &mut World, domain: &str) {
    let list = BTreeSet::from([domain.parse().unwrap()]);
    at(world, CONTOSO).domain_list = Some(DomainList::Blocked(list));
}

#[test]
fn the_checks_at_redemption_in_their_order() {
    // S7.1
    let mut world = town();
    set(
        &mut world,
        FABRIKAM,
        CONTOSO,
        B2bCollaborationOutbound,
        shut(),
    );
    set(
        &mut world,
        CONTOSO,
        FABRIKAM,
        B2bCollaborationInbound,
        shut(),
    );
    blocks_domain(&mut world, "fabrikam.com");
    assert_eq!(fiona(&world).reason, Reason::DomainBlocked);
    at(&mut world, CONTOSO).domain_list = None;
    assert_eq!(fiona(&world).reason, Reason::OutboundBlocked);
    set(
        &mut world,
        FABRIKAM,
        CONTOSO,
        B2bCollaborationOutbound,
        only_apps(&[CRM]),
    );
    assert_eq!(fiona(&world).reason, Reason::InboundBlocked);
    set(
        &mut world,
        CONTOSO,
        FABRIKAM,
        B2bCollaborationInbound,
        only_apps(&[ERP]),
    );
    assert_eq!(fiona(&world).reason, Reason::Redeemed);
}

#[test]
fn the_cloud_gate_is_asked_at_redemption_but_not_the_name() {
    // S7.1, S24: the rule on user principal names is not repeated.
    let mut world = town();
    let pending = user(&mut world, CONTOSO, GUEST_GINA);
    pending.redemption = Some(RedemptionState::PendingAcceptance);
    pending.external = Some(External::Tenant {
        home_tenant: WOODGROVE,
        home_user: GUS,
    });
    pending.mail = Some("gus.mail@woodgrove.us".to_owned());
    assert_eq!(
        redeem(&world, &opens(GUEST_GINA, true)).reason,
        Reason::Redeemed
    );
    policy(&mut world, CONTOSO).allowed_clouds.clear();
    assert_eq!(
        redeem(&world, &opens(GUEST_GINA, true)).reason,
        Reason::CloudNotEnabled
    );
}

#[test]
fn the_domain_list_does_not_touch_an_accepted_guest() {
    // S7.1
    let mut world = town();
    blocks_domain(&mut world, "fabrikam.com");
    let outcome = redeem(&world, &opens(GUEST_FRED, false));
    assert_eq!(
        (outcome.verdict, outcome.reason),
        (Verdict::Allow, Reason::AlreadyRedeemed)
    );
    assert!(outcome.effects.is_empty());
}

#[test]
fn of_the_sixteen_combinations_of_flags_only_outbound_and_inbound_suppress_the_prompt() {
    // S7.2: exactly where home outbound and resource inbound are both true.
    for flags in 0..81_u32 {
        let state = |place: u32| match flags / 3_u32.pow(place) % 3 {
            0 => None,
            1 => Some(false),
            _ => Some(true),
        };
        let mut world = town();
        let home = &mut partner(&mut world, FABRIKAM, CONTOSO).automatic_consent;
        (home.outbound, home.inbound) = (state(0), state(1));
        let resource = &mut partner(&mut world, CONTOSO, FABRIKAM).automatic_consent;
        (resource.inbound, resource.outbound) = (state(2), state(3));
        let outcome = redeem(&world, &opens(GUEST_FIONA, false));
        let expected = match state(0) == Some(true) && state(2) == Some(true) {
            true => (Verdict::Allow, Reason::Redeemed, Some(Prompt::Suppressed)),
            false => (
                Verdict::Challenge,
                Reason::RedemptionRequired,
                Some(Prompt::Shown),
            ),
        };
        assert_eq!((outcome.verdict, outcome.reason, outcome.prompt), expected);
    }
}

#[test]
fn automatic_redemption_needs_both_entries() {
    // S7.2, S2.5: the default never has it.
    let mut world = town();
    redeem_automatically(&mut world, FABRIKAM, CONTOSO);
    policy(&mut world, FABRIKAM).partners.remove(CONTOSO);
    let outcome = redeem(&world, &opens(GUEST_FIONA, false));
    assert_eq!(outcome.reason, Reason::RedemptionRequired);
}

#[test]
fn the_first_provider_of_the_order_that_the_invitee_has() {
    // S7.4
    use ExternalIdentity::*;
    let system = Primary::ALL.to_vec();
    type Line<'a> = (
        &'a [ExternalIdentity],
        Vec<Primary>,
        Fallback,
        bool,
        &'a str,
    );
    let table: [Line<'_>; 10] = [
        (
            &[Federation, Social],
            system.clone(),
            Fallback::MicrosoftAccount,
            true,
            "externalFederation",
        ),
        (
            &[Social],
            system.clone(),
            Fallback::MicrosoftAccount,
            true,
            "socialIdentityProviders",
        ),
        (
            &[Federation, Social],
            vec![
                Primary::SocialIdentityProviders,
                Primary::ExternalFederation,
            ],
            Fallback::MicrosoftAccount,
            true,
            "socialIdentityProviders",
        ),
        (
            &[Federation],
            vec![],
            Fallback::EmailOneTimePasscode,
            false,
            "emailOneTimePasscode",
        ),
        (
            &[MicrosoftAccount],
            system.clone(),
            Fallback::EmailOneTimePasscode,
            true,
            "emailOneTimePasscode",
        ),
        (
            &[EmailPasscode],
            system.clone(),
            Fallback::MicrosoftAccount,
            true,
            "microsoftAccount",
        ),
        (
            &[MicrosoftAccount],
            system.clone(),
            Fallback::DefaultConfiguredIdp,
            true,
            "microsoftAccount",
        ),
        (
            &[EmailPasscode],
            system.clone(),
            Fallback::DefaultConfiguredIdp,
            true,
            "emailOneTimePasscode",
        ),
        (
            &[EmailPasscode],
            system.clone(),
            Fallback::DefaultConfiguredIdp,
            false,
            "microsoftAccount",
        ),
        (
            &[],
            vec![],
            Fallback::DefaultConfiguredIdp,
            true,
            "emailOneTimePasscode",
        ),
    ];
    for (has, primary, fallback, passcode, expected) in table {
        let mut world = town();
        policy(&mut world, CONTOSO).defaults.redemption =
            Some(RedemptionOrder { primary, fallback });
        at(&mut world, CONTOSO).email_passcode = passcode;
        user(&mut world, CONTOSO, GUEST_OTTO).external =
            Some(External::Providers(has.iter().copied().collect()));
        let outcome = redeem(&world, &opens(GUEST_OTTO, true));
        assert_eq!(outcome.provider, Some(expected), "{has:?}");
    }
}

#[test]
fn only_the_home_tenant_as_provider_involves_its_settings() {
    // S7.4: with an order that leaves the home tenant out, nobody's settings are asked, and
    // automatic redemption plays no part.
    let mut world = town();
    redeem_automatically(&mut world, FABRIKAM, CONTOSO);
    set(
        &mut world,
        FABRIKAM,
        CONTOSO,
        B2bCollaborationOutbound,
        shut(),
    );
    policy(&mut world, CONTOSO).defaults.redemption = Some(RedemptionOrder {
        primary: vec![],
        fallback: Fallback::EmailOneTimePasscode,
    });
    let outcome = redeem(&world, &opens(GUEST_FIONA, false));
    assert_eq!(outcome.reason, Reason::RedemptionRequired);
    assert_eq!(outcome.prompt, Some(Prompt::Shown));
    assert_eq!(fiona(&world).provider, Some("emailOneTimePasscode"));
}

#[test]
fn the_permission_page_is_shown_until_it_is_accepted() {
    // S7.5, S7.6
    let mut world = town();
    let outcome = redeem(&world, &opens(GUEST_FIONA, false));
    assert_eq!(outcome.verdict, Verdict::Challenge);
    assert_eq!(outcome.state, Some(RedemptionState::PendingAcceptance));
    assert!(outcome.effects.is_empty());
    let outcome = fiona(&world);
    assert_eq!(
        (outcome.verdict, outcome.reason),
        (Verdict::Allow, Reason::Redeemed)
    );
    assert_eq!(outcome.state, Some(RedemptionState::Accepted));
    world.apply(&outcome.effects);
    let object = user(&mut world, CONTOSO, GUEST_FIONA);
    assert_eq!(object.redemption, Some(RedemptionState::Accepted));
    assert_eq!(object.identity_provider, Some("azureActiveDirectory"));
    assert_eq!(fiona(&world).reason, Reason::AlreadyRedeemed);
}

#[test]
fn an_internal_user_has_nothing_to_redeem() {
    // S7.1
    let outcome = redeem(&town(), &opens(ALICE, true));
    assert_eq!(outcome.verdict, Verdict::Block);
}

#[test]
fn leaving_by_oneself_is_a_soft_deletion_and_one_can_be_invited_again() {
    // S7.7
    let mut world = town();
    world.apply(&[comity_policy::effect::Effect::DeleteUser {
        tenant: CONTOSO,
        user: GUEST_FRED,
    }]);
    assert_eq!(
        decide(&world, &fred()).reason,
        Reason::UserNotInResourceTenant
    );
}

#[test]
fn no_domain_list_is_passed_by_ignorance_s7_1_s25_3() {
    let mut world = town();
    let fiona_at = |world: &mut World, name: &str| {
        let directory = at(world, CONTOSO).directory.as_mut().unwrap();
        let object = directory.users.get_mut(&GUEST_FIONA).unwrap();
        object.mail = None;
        object.user_principal_name = name.to_owned();
    };
    at(&mut world, FABRIKAM).directory = None;
    fiona_at(&mut world, "fiona_at_home_fabrikam.com#EXT#@contoso.com");
    let only = |domain: &str| {
        Some(DomainList::Allowed(BTreeSet::from([domain
            .parse()
            .unwrap()])))
    };
    at(&mut world, CONTOSO).domain_list = only("fabrikam.com");
    assert_eq!(fiona(&world).verdict, Verdict::Allow);
    at(&mut world, CONTOSO).domain_list = only("northwind.com");
    assert_eq!(fiona(&world).reason, Reason::DomainNotAllowed);
    blocks_domain(&mut world, "fabrikam.com");
    assert_eq!(fiona(&world).reason, Reason::DomainBlocked);

    // Nothing tells where she was invited.
    fiona_at(&mut world, "fiona@contoso.com");
    assert_eq!(fiona(&world).reason, Reason::DomainBlocked);
    at(&mut world, CONTOSO).domain_list = only("fabrikam.com");
    assert_eq!(fiona(&world).reason, Reason::DomainNotAllowed);
    at(&mut world, CONTOSO).domain_list = Some(DomainList::Blocked(BTreeSet::new()));
    assert_eq!(fiona(&world).verdict, Verdict::Allow);
}

#[test]
fn a_passcode_is_taken_by_whom_the_order_leaves_it_to_and_by_whom_it_is_recorded_of() {
    // S7.4, S7.6
    use comity_policy::redemption::{offers_passcodes, takes_passcode};
    let takes = |world: &World, id| {
        let tenant = world.tenant(CONTOSO).unwrap();
        let object = tenant.directory.as_ref().unwrap().users.get(&id).unwrap();
        takes_passcode(world, CONTOSO, object)
    };
    let mut world = town();
    let otto = user(&mut world, CONTOSO, GUEST_OTTO);
    otto.external = Some(External::Providers(
        [ExternalIdentity::EmailPasscode].into(),
    ));
    otto.redemption = Some(RedemptionState::PendingAcceptance);
    assert!(takes(&world, GUEST_OTTO));
    // Fiona's account is with Fabrikam.
    assert!(!takes(&world, GUEST_FIONA));
    policy(&mut world, CONTOSO).defaults.redemption = Some(RedemptionOrder {
        primary: vec![],
        fallback: Fallback::EmailOneTimePasscode,
    });
    assert!(takes(&world, GUEST_FIONA));
    let fiona = user(&mut world, CONTOSO, GUEST_FIONA);
    fiona.redemption = Some(RedemptionState::Accepted);
    assert!(!takes(&world, GUEST_FIONA));
    let fiona = user(&mut world, CONTOSO, GUEST_FIONA);
    fiona.identity_provider = Some("emailOneTimePasscode");
    assert!(takes(&world, GUEST_FIONA));
    // Where nobody is sent a passcode, what is recorded does not help.
    policy(&mut world, CONTOSO).defaults.redemption = Some(RedemptionOrder {
        primary: vec![],
        fallback: Fallback::MicrosoftAccount,
    });
    assert!(!offers_passcodes(&world, CONTOSO));
    assert!(!takes(&world, GUEST_FIONA) && !takes(&world, GUEST_OTTO));
    policy(&mut world, CONTOSO).defaults.redemption = None;
    at(&mut world, CONTOSO).email_passcode = false;
    assert!(!offers_passcodes(&world, CONTOSO));
}
