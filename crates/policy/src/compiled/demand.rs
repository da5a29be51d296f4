//! What a Conditional Access policy demands of a visitor, and whether it is met (S10.5–S10.13).

use super::conditional::{Certainty, CompiledPolicy, Visitor};
use super::entry::Relation;
use super::question::Answer;
use super::suites::CompiledSuites;
use crate::conditional_access::{Claims, Control, Device};
use crate::reason::{Reason, Side};
use crate::target::ApplicationId;

/// How the visitor comes; it decides where a demand is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Collaboration,
    DirectConnect,
    ServiceProvider,
    WithoutTenant,
}

/// One control.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Demand {
    Block,
    Mfa,
    CompliantDevice,
    HybridDevice,
    Unsupported,
    Strength(Methods),
    TermsOfUse,
}

/// Method combinations that can be met by a visitor at all, one bit each (S10.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Methods(u16);

impl Methods {
    /// The first four can be done with the resource tenant too, the others only at home.
    const NAMES: [&str; 9] = [
        "password,sms",
        "password,voice",
        "password,microsoftAuthenticatorPush",
        "password,softwareOath",
        "password,hardwareOath",
        "deviceBasedPush",
        "fido2",
        "windowsHelloForBusiness",
        "x509CertificateMultiFactor",
    ];
    const WITH_THE_RESOURCE: Methods = Methods(0b1111);

    fn named(name: &str) -> Methods {
        let found = Methods::NAMES.iter().position(|known| *known == name);
        Methods(found.map_or(0, |at| 1 << at))
    }

    fn of<'a>(names: impl IntoIterator<Item = &'a String>) -> Methods {
        let all = names.into_iter().map(|name| Methods::named(name).0);
        Methods(all.fold(0, |set, one| set | one))
    }

    fn both(self, other: Methods) -> Methods {
        Methods(self.0 & other.0)
    }

    fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl Demand {
    pub(super) fn new(control: &Control) -> Demand {
        match control {
            Control::Block => Demand::Block,
            Control::Mfa => Demand::Mfa,
            Control::CompliantDevice => Demand::CompliantDevice,
            Control::HybridJoinedDevice => Demand::HybridDevice,
            Control::Unsupported(_) => Demand::Unsupported,
            Control::Strength(combinations) => Demand::Strength(Methods::of(combinations)),
            Control::TermsOfUse => Demand::TermsOfUse,
        }
    }
}

/// Whether a demand or a policy is met, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Met {
    Ok,
    Challenge(Reason),
    Block(Reason),
}

impl Met {
    fn rank(self) -> u8 {
        match self {
            Met::Ok => 0,
            Met::Challenge(_) => 1,
            Met::Block(_) => 2,
        }
    }
}

/// What the visitor brings, and what of it counts.
struct Meeting<'a> {
    way: Way,
    relation: Relation,
    claims: &'a Claims,
}

/// Evaluates the policies in the order listed; `None` when access passes. Over all policies the
/// worst counts, among equals the first (S10.5).
pub(super) fn evaluate(
    policies: &[CompiledPolicy],
    visitor: &Visitor<'_>,
    relation: Relation,
    claims: &Claims,
    app: ApplicationId,
    suites: &CompiledSuites,
) -> Option<Answer> {
    let meeting = Meeting {
        way: visitor.way,
        relation,
        claims,
    };
    let mut worst = Met::Ok;
    let mut doubtful = 0;
    for policy in policies {
        let applies = policy.applies(visitor, app, suites);
        if applies == Certainty::No {
            continue;
        }
        let met = meeting.policy(policy);
        if applies == Certainty::Maybe {
            doubtful = met.rank().max(doubtful);
        } else if met.rank() > worst.rank() {
            worst = met;
        }
    }
    // S25.3: ignorance never passes a policy that may be meant, unless it would change nothing.
    if doubtful > worst.rank() {
        worst = Met::Block(Reason::GroupsUnknown);
    }
    match worst {
        Met::Ok => None,
        Met::Challenge(reason) => Some(Answer::challenge(reason, Side::Resource)),
        Met::Block(reason) => Some(Answer::block(reason, Some(Side::Resource))),
    }
}

impl Meeting<'_> {
    /// A policy without demands is met.
    fn policy(&self, policy: &CompiledPolicy) -> Met {
        let mut demands = policy.demands.iter().map(|demand| self.demand(*demand));
        let Some(mut so_far) = demands.next() else {
            return Met::Ok;
        };
        for met in demands {
            let replaces = match policy.worst_counts {
                true => met.rank() > so_far.rank(),
                false => met.rank() < so_far.rank(),
            };
            if replaces {
                so_far = met;
            }
        }
        so_far
    }

    fn demand(&self, demand: Demand) -> Met {
        match demand {
            Demand::Block => Met::Block(Reason::CaBlocked),
            Demand::Unsupported => Met::Block(Reason::GrantControlUnsupported),
            Demand::Mfa => self.mfa(),
            Demand::Strength(methods) => self.strength(methods),
            Demand::TermsOfUse => self.terms_of_use(),
            Demand::CompliantDevice => self.device(
                self.relation.trusts_compliant_device,
                |device| device.is_compliant,
                Reason::CompliantDeviceTrustRequired,
                Reason::DeviceNotCompliant,
            ),
            Demand::HybridDevice => self.device(
                self.relation.trusts_hybrid_device,
                |device| device.is_hybrid_joined,
                Reason::HybridDeviceTrustRequired,
                Reason::DeviceNotHybridJoined,
            ),
        }
    }

    /// Whether MFA is done at home: by trust, and always for a service provider (S10.13).
    fn at_home(&self) -> bool {
        match self.way {
            Way::ServiceProvider => true,
            Way::WithoutTenant => false,
            Way::Collaboration | Way::DirectConnect => self.relation.trusts_mfa,
        }
    }

    /// S10.7, S10.8.
    fn mfa(&self) -> Met {
        let (done, challenge) = match self.at_home() {
            true => (self.claims.mfa, Reason::MfaChallengeHome),
            false if self.way == Way::DirectConnect => return Met::Block(Reason::MfaTrustRequired),
            false => (self.claims.resource_mfa, Reason::MfaChallengeResource),
        };
        match done {
            true => Met::Ok,
            false => Met::Challenge(challenge),
        }
    }

    /// S10.9.
    fn strength(&self, wanted: Methods) -> Met {
        let at_home = self.at_home();
        match self.way {
            Way::WithoutTenant => return Met::Block(Reason::AuthStrengthUnsupportedIdp),
            Way::DirectConnect if !at_home => return Met::Block(Reason::MfaTrustRequired),
            _ => {}
        }
        let (possible, done, challenge) = match at_home {
            true => (
                wanted,
                &self.claims.methods,
                Reason::AuthStrengthChallengeHome,
            ),
            false => (
                wanted.both(Methods::WITH_THE_RESOURCE),
                &self.claims.resource_methods,
                Reason::AuthStrengthChallengeResource,
            ),
        };
        if possible.is_empty() {
            Met::Block(Reason::AuthStrengthUnsatisfiable)
        } else if possible.both(Methods::of(done)).is_empty() {
            Met::Challenge(challenge)
        } else {
            Met::Ok
        }
    }

    /// S10.10: without trust no claim counts.
    fn device(
        &self,
        trusted: bool,
        satisfies: fn(&Device) -> bool,
        trust_required: Reason,
        not_satisfied: Reason,
    ) -> Met {
        if !trusted {
            return Met::Block(trust_required);
        }
        match &self.claims.device {
            None => Met::Challenge(Reason::DeviceChallengeHome),
            Some(device) if satisfies(device) => Met::Ok,
            Some(_) => Met::Block(not_satisfied),
        }
    }

    /// S10.12.
    fn terms_of_use(&self) -> Met {
        match self.way {
            Way::DirectConnect => Met::Block(Reason::GrantControlUnsupported),
            _ if self.claims.terms_accepted => Met::Ok,
            _ => Met::Challenge(Reason::TermsOfUseRequired),
        }
    }
}
