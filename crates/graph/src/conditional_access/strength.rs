//! Authentication strengths: which combinations of methods are strong enough (S10.9).
//!
//! Graph names a strength by id. The three that every tenant has are known here; any other has to
//! say what it allows, because an id alone would not.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::wire::{Result, WireError, Within, each, object, text};

const COMBINATIONS: &str = "allowedCombinations";

/// A strength that every tenant has.
struct BuiltIn {
    id: &'static str,
    name: &'static str,
    combinations: &'static [&'static str],
}

const PHISHING_RESISTANT: &[&str] = &[
    "windowsHelloForBusiness",
    "fido2",
    "x509CertificateMultiFactor",
];
const PASSWORDLESS: &[&str] = &[
    "windowsHelloForBusiness",
    "fido2",
    "x509CertificateMultiFactor",
    "deviceBasedPush",
];
const MULTIFACTOR: &[&str] = &[
    "windowsHelloForBusiness",
    "fido2",
    "x509CertificateMultiFactor",
    "deviceBasedPush",
    "temporaryAccessPassOneTime",
    "temporaryAccessPassMultiUse",
    "password,microsoftAuthenticatorPush",
    "password,softwareOath",
    "password,hardwareOath",
    "password,sms",
    "password,voice",
    "federatedMultiFactor",
    "microsoftAuthenticatorPush,federatedSingleFactor",
    "softwareOath,federatedSingleFactor",
    "hardwareOath,federatedSingleFactor",
    "sms,federatedSingleFactor",
    "voice,federatedSingleFactor",
];

const BUILT_IN: [BuiltIn; 3] = [
    BuiltIn {
        id: "00000000-0000-0000-0000-000000000002",
        name: "Multifactor authentication",
        combinations: MULTIFACTOR,
    },
    BuiltIn {
        id: "00000000-0000-0000-0000-000000000003",
        name: "Passwordless MFA",
        combinations: PASSWORDLESS,
    },
    BuiltIn {
        id: "00000000-0000-0000-0000-000000000004",
        name: "Phishing-resistant MFA",
        combinations: PHISHING_RESISTANT,
    },
];

/// The allowed combinations of a strength.
pub(super) fn combinations(value: &Value) -> Result<BTreeSet<String>> {
    let members = object(value)?;
    match members.get(COMBINATIONS) {
        Some(value) => Ok(each(value, text).under(COMBINATIONS)?.into_iter().collect()),
        None => match built_in(members) {
            Some(strength) => {
                let all = strength.combinations.iter();
                Ok(all.map(|name| (*name).to_owned()).collect())
            }
            None => Err(WireError::missing(COMBINATIONS)),
        },
    }
}

fn built_in(members: &Map<String, Value>) -> Option<&'static BuiltIn> {
    let id = members.get("id")?.as_str()?;
    BUILT_IN
        .iter()
        .find(|known| known.id.eq_ignore_ascii_case(id))
}

/// Writes out what a strength that is only named allows, as Graph does in its answers.
pub(super) fn complete(strength: &mut Map<String, Value>) {
    let Some(known) = built_in(strength) else {
        return;
    };
    let mut say = |name: &str, value: Value| {
        strength.entry(name.to_owned()).or_insert(value);
    };
    say("displayName", known.name.into());
    say("policyType", "builtIn".into());
    say("requirementsSatisfied", "mfa".into());
    say(COMBINATIONS, known.combinations.to_vec().into());
}
