//! The compiled evaluator answers as the plain one does: same verdict, reason, side, detail and
//! origin, in random worlds full of collisions.
//!
//! This runs a few thousand worlds. For a million: `cargo run --release -p comity-policy --example
//! agree -- 1000000`.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a generator may fail loudly"
)]

mod agreement;
mod choices;
mod conditions;
mod ids;
mod people;
mod settings;
mod worlds;

use std::collections::BTreeSet;

use choices::Choices;
use comity_policy::compiled::Registry;
use comity_policy::reason::Reason;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn both_evaluators_answer_alike(choices in prop::collection::vec(any::<u16>(), 0..600)) {
        let mut choices = Choices::given(choices);
        let request_choices = &mut Choices::stream(choices.below(1 << 16) as u64);
        let world = worlds::world(&mut choices);
        let registry = Registry::of(&world);
        for _ in 0..4 {
            let request = worlds::sign_in(request_choices, &world);
            if let Err(difference) = agreement::agreed(&world, &registry, &request) {
                prop_assert!(false, "{difference}");
            }
        }
    }

    #[test]
    fn people_who_changed_one_by_one_answer_like_those_who_were_always_so(seed in any::<u64>()) {
        let mut choices = Choices::stream(seed);
        let world = worlds::world(&mut choices);
        let registry = agreement::after_changes(&mut choices, &world);
        for _ in 0..4 {
            let request = worlds::sign_in(&mut choices, &world);
            if let Err(difference) = agreement::agreed(&world, &registry, &request) {
                prop_assert!(false, "{difference}");
            }
        }
    }

    #[test]
    fn tenants_put_in_one_by_one_answer_alike(seed in any::<u64>()) {
        let mut choices = Choices::stream(seed);
        let world = worlds::world(&mut choices);
        let registry = agreement::one_by_one(&world);
        let request = worlds::sign_in(&mut choices, &world);
        if let Err(difference) = agreement::agreed(&world, &registry, &request) {
            prop_assert!(false, "{difference}");
        }
    }
}

/// A generator that never reaches a rule would prove nothing about it.
#[test]
fn the_worlds_reach_every_reason_of_a_sign_in() {
    let mut reached = BTreeSet::new();
    for seed in 0..20_000 {
        let mut choices = Choices::stream(seed);
        let world = worlds::world(&mut choices);
        let registry = Registry::of(&world);
        let request = worlds::sign_in(&mut choices, &world);
        match agreement::agreed(&world, &registry, &request) {
            Ok(answer) => reached.insert(answer.reason.as_str()),
            Err(difference) => panic!("{difference}"),
        };
    }
    let sign_in = [
        Reason::Granted,
        Reason::NotCrossTenant,
        Reason::OutboundBlocked,
        Reason::InboundBlocked,
        Reason::CloudNotEnabled,
        Reason::PartnerRequiredCrossCloud,
        Reason::CloudPairUnsupported,
        Reason::AccountNotFound,
        Reason::AccountDisabled,
        Reason::AccountDisabledInResource,
        Reason::UserNotInResourceTenant,
        Reason::RedemptionRequired,
        Reason::DomainBlocked,
        Reason::DomainNotAllowed,
        Reason::ServiceProviderRelationshipMissing,
        Reason::DirectConnectCrossCloudUnsupported,
        Reason::DirectConnectAppUnsupported,
        Reason::LicenseRequired,
        Reason::DirectConnectConsentRequired,
        Reason::CaBlocked,
        Reason::MfaChallengeHome,
        Reason::MfaChallengeResource,
        Reason::MfaTrustRequired,
        Reason::AuthStrengthChallengeHome,
        Reason::AuthStrengthChallengeResource,
        Reason::AuthStrengthUnsatisfiable,
        Reason::AuthStrengthUnsupportedIdp,
        Reason::DeviceChallengeHome,
        Reason::DeviceNotCompliant,
        Reason::DeviceNotHybridJoined,
        Reason::CompliantDeviceTrustRequired,
        Reason::HybridDeviceTrustRequired,
        Reason::GrantControlUnsupported,
        Reason::TermsOfUseRequired,
        Reason::TenantRestrictionsBlocked,
        Reason::TrHeaderInvalid,
        Reason::GroupsUnknown,
        Reason::NotHosted,
    ];
    let missing: Vec<&str> = sign_in
        .iter()
        .map(|reason| reason.as_str())
        .filter(|reason| !reached.contains(reason))
        .collect();
    assert!(missing.is_empty(), "never reached: {missing:?}");
}
