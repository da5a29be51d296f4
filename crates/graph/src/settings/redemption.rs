//! `invitationRedemptionIdentityProviderConfiguration`: in which order an invitation may be
//! redeemed (S7.4).

use policy::draft::RedemptionDraft;
use policy::reason::Reason;
use policy::settings::{FallbackIdentityProvider, PrimaryIdentityProvider, RedemptionOrder};
use serde_json::{Value, json};

use super::Mode;
use super::untreated::refuse;
use crate::wire::{Result, WireError, Within, each, object, text, text_patch, word, written};

const PRIMARY: &str = "primaryIdentityProviderPrecedenceOrder";
const FALLBACK: &str = "fallbackIdentityProvider";

/// Reads the order as written, without judging it.
pub fn draft(value: &Value, mode: Mode) -> Result<RedemptionDraft> {
    let mut redemption = RedemptionDraft::default();
    for (member, value) in object(value)? {
        match member.as_str() {
            PRIMARY => {
                let texts = |value: &Value| each(value, text);
                redemption.primary = written(value, texts).under(member)?;
            }
            FALLBACK => redemption.fallback = text_patch(value).under(member)?,
            other => refuse(mode, other, value, &[PRIMARY, FALLBACK])?,
        }
    }
    Ok(redemption)
}

/// Reads a stored order. Each provider stands in its own list and at most once, and there is a
/// fallback (S14.6).
pub fn read(value: &Value, mode: Mode) -> Result<RedemptionOrder> {
    draft(value, mode)?;
    let members = object(value)?;
    let primary = match members.get(PRIMARY) {
        Some(value) => each(value, primary).under(PRIMARY)?,
        None => Vec::new(),
    };
    let repeated = primary
        .iter()
        .enumerate()
        .find(|(at, provider)| primary.iter().take(*at).any(|earlier| earlier == *provider));
    if let Some((index, provider)) = repeated {
        let message = format!("`{}` stands in the order twice", provider.as_str());
        return Err(WireError::conflict(message).at(index).under(PRIMARY));
    }
    match members.get(FALLBACK) {
        None | Some(Value::Null) => {
            Err(WireError::rule(Reason::FallbackIdentityProviderRequired).under(FALLBACK))
        }
        Some(value) => Ok(RedemptionOrder {
            primary,
            fallback: fallback(value).under(FALLBACK)?,
        }),
    }
}

fn primary(value: &Value) -> Result<PrimaryIdentityProvider> {
    word(
        value,
        "externalFederation, azureActiveDirectory or socialIdentityProviders",
        &PrimaryIdentityProvider::ALL,
        PrimaryIdentityProvider::as_str,
    )
}

fn fallback(value: &Value) -> Result<FallbackIdentityProvider> {
    word(
        value,
        "defaultConfiguredIdp, emailOneTimePasscode or microsoftAccount",
        &FallbackIdentityProvider::ALL,
        FallbackIdentityProvider::as_str,
    )
}

/// Writes the order.
pub fn render(order: &RedemptionOrder) -> Value {
    let RedemptionOrder { primary, fallback } = order;
    let primary: Vec<&str> = primary.iter().map(|provider| provider.as_str()).collect();
    json!({PRIMARY: primary, FALLBACK: fallback.as_str()})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(value: Value, message: &str) {
        let error = read(&value, Mode::Import).unwrap_err();
        assert!(error.to_string().contains(message), "{error}");
    }

    #[test]
    fn the_order_of_the_system_reads_and_writes_without_difference() {
        let value = render(&RedemptionOrder::default());
        assert_eq!(
            read(&value, Mode::Strict).unwrap(),
            RedemptionOrder::default()
        );
    }

    #[test]
    fn a_provider_stands_in_its_own_list_once_and_a_fallback_is_needed() {
        // S7.4, S14.6
        refused(json!({PRIMARY: []}), "fallback_identity_provider_required");
        refused(
            json!({PRIMARY: ["microsoftAccount"], FALLBACK: "microsoftAccount"}),
            "primaryIdentityProviderPrecedenceOrder[0]: expected externalFederation",
        );
        refused(
            json!({PRIMARY: [], FALLBACK: "unknownFutureValue"}),
            "fallbackIdentityProvider: expected defaultConfiguredIdp",
        );
        refused(
            json!({PRIMARY: ["azureActiveDirectory", "azureActiveDirectory"], FALLBACK: "microsoftAccount"}),
            "primaryIdentityProviderPrecedenceOrder[1]",
        );
    }
}
