//! An answer of AuthZEN, as it is written.

use std::cell::RefCell;
use std::collections::HashMap;

use axum::body::Bytes;
use policy::compiled;
use policy::decision::Verdict;
use policy::reason::{Detail, Reason, Side};
use serde::Serialize;
use serde_json::Value;

use crate::error::{ApiError, Result};

/// One answer, written.
pub(super) struct Answer {
    pub(super) decision: bool,
    pub(super) text: Bytes,
}

impl Answer {
    pub(super) fn write(told: &Told<impl Serialize>) -> Result<Self> {
        let text = serde_json::to_vec(told).map_err(ApiError::internal)?;
        Ok(Answer {
            decision: told.decision,
            text: text.into(),
        })
    }
}

#[derive(Serialize)]
pub(super) struct Told<T> {
    pub(super) decision: bool,
    pub(super) context: T,
}

/// What decided, as far as the viewer may see it. Without findings this is the whole answer, and
/// there are a few hundred different ones.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Outcome {
    pub(super) verdict: Verdict,
    pub(super) reason: Reason,
    pub(super) side: Option<Side>,
    pub(super) detail: Option<Detail>,
    pub(super) trust: Option<compiled::Trust>,
}

thread_local! {
    /// The answers this thread has written. Most questions are answered like one before.
    static WRITTEN: RefCell<HashMap<Outcome, Bytes>> = RefCell::default();
}

impl Outcome {
    fn decision(&self) -> bool {
        self.verdict == Verdict::Allow
    }

    /// The answer without findings.
    pub(super) fn answer(&self) -> Result<Answer> {
        let decision = self.decision();
        let written = WRITTEN.with_borrow(|written| written.get(self).cloned());
        if let Some(text) = written {
            return Ok(Answer { decision, text });
        }
        let answer = self.explained(None)?;
        WRITTEN.with_borrow_mut(|written| written.insert(*self, answer.text.clone()));
        Ok(answer)
    }

    pub(super) fn explained(&self, explanation: Option<Explanation>) -> Result<Answer> {
        Answer::write(&Told {
            decision: self.decision(),
            context: Reasons {
                verdict: self.verdict.as_str(),
                reason: self.reason.as_str(),
                side: self.side.map(Side::as_str),
                detail: self.detail.map(Detail::as_str),
                error_code: self.reason.error_code_at(self.side),
                challenge: challenge(self.reason, self.verdict),
                trust: self.trust.map(Trust::from),
                explanation,
            },
        })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Reasons {
    verdict: &'static str,
    reason: &'static str,
    side: Option<&'static str>,
    detail: Option<&'static str>,
    error_code: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    challenge: Option<Challenge>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trust: Option<Trust>,
    #[serde(flatten)]
    explanation: Option<Explanation>,
}

/// What is told on request.
#[derive(Default, Serialize)]
pub(super) struct Explanation {
    pub(super) sentence: Value,
    pub(super) remedy: Value,
    pub(super) findings: Value,
}

#[derive(Serialize)]
struct Challenge {
    step: &'static str,
    with: &'static str,
    sentence: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Trust {
    is_mfa_accepted: bool,
    is_compliant_device_accepted: bool,
    #[serde(rename = "isHybridAzureADJoinedDeviceAccepted")]
    is_hybrid_joined_device_accepted: bool,
    source: &'static str,
}

impl From<compiled::Trust> for Trust {
    fn from(trust: compiled::Trust) -> Self {
        Trust {
            is_mfa_accepted: trust.mfa,
            is_compliant_device_accepted: trust.compliant_device,
            is_hybrid_joined_device_accepted: trust.hybrid_joined_device,
            source: trust.origin.as_str(),
        }
    }
}

/// What would satisfy a challenge: who has to do what, where.
fn challenge(reason: Reason, verdict: Verdict) -> Option<Challenge> {
    if verdict != Verdict::Challenge {
        return None;
    }
    let (step, place) = match reason {
        Reason::MfaChallengeHome => ("mfa", "home"),
        Reason::MfaChallengeResource => ("mfa", "resource"),
        Reason::AuthStrengthChallengeHome => ("authenticationStrength", "home"),
        Reason::AuthStrengthChallengeResource => ("authenticationStrength", "resource"),
        Reason::DeviceChallengeHome => ("device", "home"),
        Reason::TermsOfUseRequired => ("termsAccepted", "resource"),
        Reason::RedemptionRequired | Reason::DirectConnectConsentRequired => {
            ("consentAccepted", "resource")
        }
        _ => return None,
    };
    Some(Challenge {
        step,
        with: place,
        sentence: reason.sentence(),
    })
}
