//! S10.7 to S10.13: what the controls ask, and where trust lets it be met.

use std::collections::BTreeSet;

use comity_policy::conditional_access::{Control, Device};
use comity_policy::reason::Reason;
use comity_policy::sign_in::SignIn;

use crate::conditional_access::{OK, asking, block, challenge, otto_accepted, said, trusting};
use crate::town::{asks_for, frank_connects, fred, nina_serves};

#[test]
fn where_multifactor_authentication_counts() {
    // S10.7 (collaboration), S10.8 (direct connect, U9), S10.13 (service provider), S8.11
    use Reason::*;
    let connects = |trust| {
        if trust {
            challenge(MfaChallengeHome)
        } else {
            block(MfaTrustRequired)
        }
    };
    for trust in [false, true] {
        let world = trusting(asking(vec![asks_for(Control::Mfa)]), trust, false, false);
        for (home, here) in [(false, false), (false, true), (true, false), (true, true)] {
            let with = |request: SignIn| {
                let mut request = request;
                request.claims.mfa = home;
                request.claims.resource_mfa = here;
                said(&world, &request)
            };
            let at_home = if home {
                OK
            } else {
                challenge(MfaChallengeHome)
            };
            let at_resource = if here {
                OK
            } else {
                challenge(MfaChallengeResource)
            };
            assert_eq!(with(fred()), if trust { at_home } else { at_resource });
            let expected = if trust && home { OK } else { connects(trust) };
            assert_eq!(with(frank_connects()), expected);
            assert_eq!(with(nina_serves()), at_home);
            assert_eq!(with(otto_accepted()), at_resource);
        }
    }
}

#[test]
fn an_authentication_strength_is_met_at_home_or_here() {
    // S10.9 (U11), S24
    use Reason::*;
    let home_only = ["password,hardwareOath", "deviceBasedPush", "fido2"];
    let home_only = home_only.into_iter().chain(["windowsHelloForBusiness"]);
    let home_only: Vec<&str> = home_only.chain(["x509CertificateMultiFactor"]).collect();
    let everywhere = [
        "password,sms",
        "password,voice",
        "password,microsoftAuthenticatorPush",
        "password,softwareOath",
    ];
    let world = |combination: &str, trust| {
        let allowed = BTreeSet::from([combination.to_owned()]);
        trusting(
            asking(vec![asks_for(Control::Strength(allowed))]),
            trust,
            false,
            false,
        )
    };
    let done = |mut request: SignIn, home: Option<&str>, here: Option<&str>| {
        request.claims.methods = home.into_iter().map(str::to_owned).collect();
        request.claims.resource_methods = here.into_iter().map(str::to_owned).collect();
        request
    };
    for name in home_only.iter().chain(&everywhere) {
        let name = *name;
        let here = everywhere.contains(&name);
        let (off, on) = (world(name, false), world(name, true));
        // Trust on, and service providers whatever trust says: at home.
        for (world, request) in [
            (&on, fred()),
            (&on, frank_connects()),
            (&off, nina_serves()),
        ] {
            assert_eq!(said(world, &done(request.clone(), Some(name), None)), OK);
            let not_here = done(request, None, Some(name));
            assert_eq!(said(world, &not_here), challenge(AuthStrengthChallengeHome));
        }
        // Trust off, collaboration: with the resource tenant, if it is possible there at all.
        let (met, not) = match here {
            true => (OK, challenge(AuthStrengthChallengeResource)),
            false => (
                block(AuthStrengthUnsatisfiable),
                block(AuthStrengthUnsatisfiable),
            ),
        };
        assert_eq!(said(&off, &done(fred(), None, Some(name))), met);
        assert_eq!(said(&off, &done(fred(), Some(name), None)), not);
        // Judged before the intersection.
        let request = done(frank_connects(), Some(name), Some(name));
        assert_eq!(said(&off, &request), block(MfaTrustRequired));
        let request = done(otto_accepted(), Some(name), Some(name));
        assert_eq!(said(&on, &request), block(AuthStrengthUnsupportedIdp));
    }
    let nothing = world("temporaryAccessPassOneTime", true);
    assert_eq!(said(&nothing, &fred()), block(AuthStrengthUnsatisfiable));
}

#[test]
fn device_claims_count_only_where_they_are_trusted_each_flag_by_itself() {
    // S10.10 (U10)
    use Reason::*;
    let device = |compliant, hybrid| {
        Some(Device {
            is_compliant: compliant,
            is_hybrid_joined: hybrid,
        })
    };
    for (control, by_compliance, untrusted, unmet) in [
        (
            Control::CompliantDevice,
            true,
            CompliantDeviceTrustRequired,
            DeviceNotCompliant,
        ),
        (
            Control::HybridJoinedDevice,
            false,
            HybridDeviceTrustRequired,
            DeviceNotHybridJoined,
        ),
    ] {
        for (mfa, compliant, hybrid) in [(true, true, false), (true, false, true)] {
            let world = trusting(
                asking(vec![asks_for(control.clone())]),
                mfa,
                compliant,
                hybrid,
            );
            let trusted = if by_compliance { compliant } else { hybrid };
            for claim in [
                None,
                device(true, false),
                device(false, true),
                device(false, false),
            ] {
                let has = claim.as_ref().map(|device| match by_compliance {
                    true => device.is_compliant,
                    false => device.is_hybrid_joined,
                });
                let expected = match (trusted, has) {
                    (false, _) => block(untrusted),
                    (true, None) => challenge(DeviceChallengeHome),
                    (true, Some(true)) => OK,
                    (true, Some(false)) => block(unmet),
                };
                for mut request in [fred(), frank_connects()] {
                    request.claims.device = claim.clone();
                    assert_eq!(said(&world, &request), expected);
                }
            }
            assert_eq!(said(&world, &otto_accepted()), block(untrusted));
        }
    }
}

#[test]
fn controls_that_cannot_work_for_external_users_block() {
    // S10.11
    for name in [
        "approvedApplication",
        "compliantApplication",
        "passwordChange",
    ] {
        let world = asking(vec![asks_for(Control::Unsupported(name))]);
        for request in [fred(), frank_connects(), nina_serves(), otto_accepted()] {
            assert_eq!(
                said(&world, &request),
                block(Reason::GrantControlUnsupported)
            );
        }
    }
}

#[test]
fn terms_of_use_are_accepted_by_everybody_but_direct_connect_users() {
    // S10.12, S24: service providers as collaboration users.
    let world = asking(vec![asks_for(Control::TermsOfUse)]);
    for (accepted, expected) in [(false, challenge(Reason::TermsOfUseRequired)), (true, OK)] {
        for mut request in [fred(), nina_serves(), otto_accepted()] {
            request.claims.terms_accepted = accepted;
            assert_eq!(said(&world, &request), expected);
        }
        let mut request = frank_connects();
        request.claims.terms_accepted = accepted;
        assert_eq!(
            said(&world, &request),
            block(Reason::GrantControlUnsupported)
        );
    }
}
