//! `automaticUserConsentSettings`: the two flags of automatic redemption (S2.5).

use policy::draft::ConsentDraft;
use policy::settings::{AutomaticConsent, Untreated};
use serde_json::{Value, json};

use super::untreated::{Rendering, refuse};
use super::{Form, Mode};
use crate::wire::{Result, Within, flag_patch, object};

const INBOUND: &str = "inboundAllowed";
const OUTBOUND: &str = "outboundAllowed";

/// Reads the flags as written.
pub fn draft(value: &Value, mode: Mode) -> Result<ConsentDraft> {
    let mut consent = ConsentDraft::default();
    for (member, value) in object(value)? {
        match member.as_str() {
            INBOUND => consent.inbound = flag_patch(value).under(member)?,
            OUTBOUND => consent.outbound = flag_patch(value).under(member)?,
            other => refuse(mode, other, value, &[INBOUND, OUTBOUND])?,
        }
    }
    Ok(consent)
}

/// Reads stored flags; null is two flags that are null (S2.7).
pub fn read(value: &Value, mode: Mode) -> Result<AutomaticConsent> {
    if value.is_null() {
        return Ok(AutomaticConsent::default());
    }
    let draft = draft(value, mode)?;
    Ok(AutomaticConsent {
        inbound: draft.inbound.value().copied(),
        outbound: draft.outbound.value().copied(),
    })
}

/// Writes the flags as stored: always an object, with null for what is not stated (S2.7).
pub fn render(consent: AutomaticConsent, form: Form) -> Value {
    let AutomaticConsent { inbound, outbound } = consent;
    let mut rendering = Rendering::new(form, &Untreated::default());
    rendering.state(INBOUND, inbound.map(Value::from));
    rendering.state(OUTBOUND, outbound.map(Value::from));
    rendering.into_value()
}

/// Writes the flags that are in force (S2.5).
pub fn render_effective(inbound: bool, outbound: bool) -> Value {
    json!({INBOUND: inbound, OUTBOUND: outbound})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_entry_reads_back_with_both_flags_null() {
        // S2.7
        let value = render(AutomaticConsent::default(), Form::Answer);
        assert_eq!(
            value,
            json!({"inboundAllowed": null, "outboundAllowed": null})
        );
        assert_eq!(
            read(&value, Mode::Strict).unwrap(),
            AutomaticConsent::default()
        );
    }
}
