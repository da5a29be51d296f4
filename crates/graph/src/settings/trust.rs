//! `inboundTrust`: which claims of the home tenant are accepted (S2.4).

use policy::draft::TrustDraft;
use policy::settings::{InboundTrust, Untreated};
use serde_json::Value;

use super::untreated::{Members, Rendering};
use super::{Form, Mode};
use crate::wire::{Result, Within, flag_patch, object};

const MFA: &str = "isMfaAccepted";
const COMPLIANT: &str = "isCompliantDeviceAccepted";
const HYBRID: &str = "isHybridAzureADJoinedDeviceAccepted";

const MEMBERS: Members = Members {
    treated: &[MFA, COMPLIANT, HYBRID],
    stored: &["isCompliantNetworkAccepted"],
};

/// Reads trust as written, without judging it.
pub fn draft(value: &Value) -> Result<TrustDraft> {
    read_draft(value, Mode::Strict)
}

fn read_draft(value: &Value, mode: Mode) -> Result<TrustDraft> {
    let mut trust = TrustDraft::default();
    let mut untreated = Untreated::default();
    for (member, value) in object(value)? {
        match member.as_str() {
            MFA => trust.mfa = flag_patch(value).under(member)?,
            COMPLIANT => trust.compliant_device = flag_patch(value).under(member)?,
            HYBRID => trust.hybrid_joined_device = flag_patch(value).under(member)?,
            other => MEMBERS.keep(&mut untreated, mode, other, value)?,
        }
    }
    let kept = untreated.iter();
    trust.untreated = kept
        .map(|(name, json)| (name.to_owned(), json.to_owned()))
        .collect();
    Ok(trust)
}

/// Reads stored trust.
pub fn read(value: &Value, mode: Mode) -> Result<InboundTrust> {
    let draft = read_draft(value, mode)?;
    let mut untreated = Untreated::default();
    for (name, json) in draft.untreated {
        untreated.set(&name, json);
    }
    Ok(InboundTrust {
        mfa: draft.mfa.value().copied(),
        compliant_device: draft.compliant_device.value().copied(),
        hybrid_joined_device: draft.hybrid_joined_device.value().copied(),
        untreated,
    })
}

/// Writes trust as stored.
pub fn render(trust: &InboundTrust, form: Form) -> Value {
    let InboundTrust {
        mfa,
        compliant_device,
        hybrid_joined_device,
        untreated,
    } = trust;
    let mut rendering = Rendering::new(form, untreated);
    rendering.state(MFA, mfa.map(Value::from));
    rendering.state(COMPLIANT, compliant_device.map(Value::from));
    rendering.state(HYBRID, hybrid_joined_device.map(Value::from));
    rendering.rest(untreated, &MEMBERS);
    rendering.into_value()
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy::draft::Patch;
    use serde_json::json;

    #[test]
    fn absent_null_and_value_are_told_apart() {
        let value =
            json!({"isMfaAccepted": true, "isCompliantDeviceAccepted": null, "@odata.type": "x"});
        let trust = draft(&value).unwrap();
        assert_eq!(trust.mfa, Patch::Value(true));
        assert_eq!(trust.compliant_device, Patch::Null);
        assert_eq!(trust.hybrid_joined_device, Patch::Absent);
    }

    #[test]
    fn the_undocumented_flag_is_stored_and_given_back() {
        let value = json!({"isMfaAccepted": true, "isCompliantNetworkAccepted": false});
        for mode in [Mode::Strict, Mode::Import] {
            let trust = read(&value, mode).unwrap();
            assert_eq!(
                trust.untreated.get("isCompliantNetworkAccepted"),
                Some("false")
            );
            assert_eq!(render(&trust, Form::World), value);
        }
    }

    #[test]
    fn a_flag_is_true_false_or_null() {
        let error = read(&json!({"isMfaAccepted": "yes"}), Mode::Import).unwrap_err();
        assert_eq!(
            error.to_string(),
            "isMfaAccepted: expected true, false or null, found \"yes\""
        );
    }
}
