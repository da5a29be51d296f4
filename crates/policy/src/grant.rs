//! What Conditional Access asks of a visitor, and whether it is met (S10.5 to S10.14).
//!
//! Each control is *ok*, a *challenge* (the visitor can still meet it) or a *block*. "Or" takes the
//! best control of a policy, "and" the worst; over all policies the worst counts.

use std::collections::BTreeSet;

use crate::applicability::{self, Applies, Visitor};
use crate::conditional_access::{
    AppliedPolicy, Claims, ConditionalAccessPolicy, Control, Operator, Status,
};
use crate::decision::{Code, Finding, Refusal, Section, Trail, Verdict};
use crate::reason::{Reason, Side};
use crate::resolve::EffectiveTrust;
use crate::target::ApplicationId;
use crate::world::Suites;

/// How the visitor comes, which decides where a requirement is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Collaboration,
    DirectConnect,
    ServiceProvider,
    /// An identity without a tenant: trust is off (S8.11).
    WithoutTenant,
}

/// What is asked and what the visitor brings.
pub(crate) struct Meeting<'a> {
    pub(crate) visitor: &'a Visitor,
    pub(crate) way: Way,
    /// The resource tenant's trust in the home tenant; `None` without a home tenant.
    pub(crate) trust: Option<EffectiveTrust>,
    pub(crate) claims: &'a Claims,
    pub(crate) application: ApplicationId,
    pub(crate) suites: &'a Suites,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Granted {
    pub(crate) status: Status,
    pub(crate) applied: Vec<AppliedPolicy>,
    pub(crate) multi_factor_required: bool,
    pub(crate) refusal: Option<Refusal>,
}

/// Evaluates the policies of the resource tenant (S10.1), in the order listed.
pub(crate) fn evaluate(
    policies: &[ConditionalAccessPolicy],
    meeting: &Meeting<'_>,
    trail: &mut Trail,
) -> Granted {
    let mut granted = Granted::default();
    let mut worst = Met::Ok;
    let mut doubtful = Vec::new();
    for policy in policies {
        let met = || policy_met(policy, meeting);
        match applicability::applies(policy, meeting.visitor, meeting.application, meeting.suites) {
            Applies::No => {}
            Applies::Maybe(groups) => doubtful.push((policy, met(), groups)),
            Applies::Yes => {
                let met = met();
                granted.enforce(policy, met, trail);
                if met.rank() > worst.rank() {
                    worst = met;
                    granted.refusal = met.refusal();
                }
            }
        }
    }
    // S25.3: a policy that may apply must not be passed by ignorance; but where it would change
    // nothing, the verdict stands.
    doubtful.retain(|(_, met, _)| met.rank() > worst.rank());
    for (policy, _, groups) in doubtful {
        worst = Met::Block(Reason::GroupsUnknown);
        granted.enforce(policy, worst, trail);
        let mut named = granted
            .refusal
            .take()
            .map_or(Vec::new(), |r| r.unknown_groups);
        named.extend(groups);
        granted.refusal = worst.refusal().map(|refusal| Refusal {
            unknown_groups: named,
            ..refusal
        });
    }
    granted.status = match (granted.applied.is_empty(), worst) {
        (true, _) => Status::NotApplied,
        (false, Met::Ok) => Status::Success,
        (false, _) => Status::Failure,
    };
    granted
}

impl Granted {
    /// Records a policy that applies.
    fn enforce(&mut self, policy: &ConditionalAccessPolicy, met: Met, trail: &mut Trail) {
        self.multi_factor_required |= asks_for_more_than_one_factor(policy);
        self.applied.push(AppliedPolicy {
            id: policy.id.clone(),
            display_name: policy.display_name.clone(),
            satisfied: met == Met::Ok,
        });
        record(policy, met, trail);
    }
}

fn asks_for_more_than_one_factor(policy: &ConditionalAccessPolicy) -> bool {
    let mut controls = policy.controls.iter();
    controls.any(|control| matches!(control, Control::Mfa | Control::Strength(_)))
}

fn record(policy: &ConditionalAccessPolicy, met: Met, trail: &mut Trail) {
    let refusal = met.refusal();
    trail.0.push(Finding {
        verdict: refusal.as_ref().map_or(Verdict::Allow, |r| r.verdict),
        code: refusal.map_or(Code::Passed, |r| Code::Reason(r.reason)),
        policy: Some(policy.id.clone()),
        ..Finding::passed(Some(Side::Resource), Section::ConditionalAccess, "S10.5")
    });
}

/// Whether a control or a policy is met.
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
    fn refusal(self) -> Option<Refusal> {
        match self {
            Met::Ok => None,
            Met::Challenge(reason) => Some(Refusal::challenge(reason, Some(Side::Resource))),
            Met::Block(reason) => Some(Refusal::block(reason, Some(Side::Resource))),
        }
    }
}

/// S10.5: among equals the first in the order listed is reported.
fn policy_met(policy: &ConditionalAccessPolicy, meeting: &Meeting<'_>) -> Met {
    let controls = || policy.controls.iter().map(|control| met(control, meeting));
    let blocks = policy.controls.contains(&Control::Block);
    let worst = |a: Met, b: Met| if b.rank() > a.rank() { b } else { a };
    let best = |a: Met, b: Met| if b.rank() < a.rank() { b } else { a };
    let combined = match policy.operator {
        Operator::Or if !blocks => controls().reduce(best),
        Operator::Or | Operator::And => controls().reduce(worst),
    };
    combined.unwrap_or(Met::Ok)
}

fn met(control: &Control, meeting: &Meeting<'_>) -> Met {
    match control {
        Control::Block => Met::Block(Reason::CaBlocked),
        Control::Mfa => mfa(meeting),
        Control::Strength(allowed) => strength(allowed, meeting),
        Control::CompliantDevice => device(
            meeting,
            meeting
                .trust
                .is_some_and(|trust| trust.compliant_device.value),
            |device| device.is_compliant,
            Reason::CompliantDeviceTrustRequired,
            Reason::DeviceNotCompliant,
        ),
        Control::HybridJoinedDevice => device(
            meeting,
            meeting
                .trust
                .is_some_and(|trust| trust.hybrid_joined_device.value),
            |device| device.is_hybrid_joined,
            Reason::HybridDeviceTrustRequired,
            Reason::DeviceNotHybridJoined,
        ),
        Control::Unsupported(_) => Met::Block(Reason::GrantControlUnsupported),
        Control::TermsOfUse => terms_of_use(meeting),
    }
}

/// Whether requirements are met at home. A service provider's home is always trusted (S10.13).
fn trusted(meeting: &Meeting<'_>) -> bool {
    match meeting.way {
        Way::ServiceProvider => true,
        Way::WithoutTenant => false,
        Way::Collaboration | Way::DirectConnect => {
            meeting.trust.is_some_and(|trust| trust.mfa.value)
        }
    }
}

/// S10.7, S10.8.
fn mfa(meeting: &Meeting<'_>) -> Met {
    match (trusted(meeting), meeting.way) {
        (true, _) if meeting.claims.mfa => Met::Ok,
        (true, _) => Met::Challenge(Reason::MfaChallengeHome),
        (false, Way::DirectConnect) => Met::Block(Reason::MfaTrustRequired),
        (false, _) if meeting.claims.resource_mfa => Met::Ok,
        (false, _) => Met::Challenge(Reason::MfaChallengeResource),
    }
}

/// Second factors that can be done in either tenant, each together with a password (S10.9).
const EVERYWHERE: [&str; 4] = [
    "password,sms",
    "password,voice",
    "password,microsoftAuthenticatorPush",
    "password,softwareOath",
];
/// Combinations that can be done in the home tenant only (S10.9).
const AT_HOME: [&str; 5] = [
    "password,hardwareOath",
    "deviceBasedPush",
    "fido2",
    "windowsHelloForBusiness",
    "x509CertificateMultiFactor",
];

/// S10.9. An identity provider that cannot, and direct connect without trust, are judged before
/// the intersection (S24).
fn strength(allowed: &BTreeSet<String>, meeting: &Meeting<'_>) -> Met {
    let at_home = trusted(meeting);
    match (at_home, meeting.way) {
        (_, Way::WithoutTenant) => return Met::Block(Reason::AuthStrengthUnsupportedIdp),
        (false, Way::DirectConnect) => return Met::Block(Reason::MfaTrustRequired),
        _ => {}
    }
    let extra: &[&str] = if at_home { &AT_HOME } else { &[] };
    let acceptable = || {
        EVERYWHERE
            .iter()
            .chain(extra)
            .filter(|way| allowed.contains(**way))
    };
    let done = match at_home {
        true => &meeting.claims.methods,
        false => &meeting.claims.resource_methods,
    };
    if acceptable().next().is_none() {
        Met::Block(Reason::AuthStrengthUnsatisfiable)
    } else if acceptable().any(|way| done.iter().any(|method| method == way)) {
        Met::Ok
    } else if at_home {
        Met::Challenge(Reason::AuthStrengthChallengeHome)
    } else {
        Met::Challenge(Reason::AuthStrengthChallengeResource)
    }
}

/// S10.10: without trust the claim does not count, whatever it says.
fn device(
    meeting: &Meeting<'_>,
    trusted: bool,
    satisfied: impl Fn(&crate::conditional_access::Device) -> bool,
    trust_required: Reason,
    not_satisfied: Reason,
) -> Met {
    match (trusted, &meeting.claims.device) {
        (false, _) => Met::Block(trust_required),
        (true, None) => Met::Challenge(Reason::DeviceChallengeHome),
        (true, Some(device)) if satisfied(device) => Met::Ok,
        (true, Some(_)) => Met::Block(not_satisfied),
    }
}

/// S10.12; service providers as collaboration users (S24).
fn terms_of_use(meeting: &Meeting<'_>) -> Met {
    match meeting.way {
        Way::DirectConnect => Met::Block(Reason::GrantControlUnsupported),
        _ if meeting.claims.terms_accepted => Met::Ok,
        _ => Met::Challenge(Reason::TermsOfUseRequired),
    }
}
