//! Issuers that the operator trusts beside our own: somebody else's identity provider, whose tokens
//! are believed for the tenant it speaks for.
//!
//! Nothing is trusted halfway: issuer, audience and keys are all named, or there is no such issuer.
//! Keys come as a JWKS document; whoever runs the server brings it here and renews it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use policy::tenant::TenantId;
use serde_json::Value;
use uuid::Uuid;

use crate::jws::PublicKey;

/// What the operator says about an issuer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalIssuer {
    /// `iss` of its tokens, to the letter.
    pub issuer: String,
    /// `aud` its tokens must carry.
    pub audience: String,
    /// The tenant it speaks for. It can never speak for another one.
    pub tenant: TenantId,
    /// What a value of the claim `roles` means here: a directory role, by template id.
    pub roles: Vec<(String, Uuid)>,
    /// Its keys.
    pub keys: Vec<PublicKey>,
}

/// A JWKS document that cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a key set (expected `keys` with RSA keys for RS256, each with kid, n and e)")]
pub struct InvalidKeySet;

/// Reads a JWKS document. Keys for anything but RS256 signatures are passed over; a document
/// without any key for them is refused.
pub fn key_set(document: &Value) -> Result<Vec<PublicKey>, InvalidKeySet> {
    let keys = document.get("keys").and_then(Value::as_array);
    let keys: Vec<PublicKey> = keys
        .ok_or(InvalidKeySet)?
        .iter()
        .filter_map(public_key)
        .collect();
    match keys.is_empty() {
        true => Err(InvalidKeySet),
        false => Ok(keys),
    }
}

fn public_key(key: &Value) -> Option<PublicKey> {
    let text = |name: &str| key.get(name).and_then(Value::as_str);
    let is = |name: &str, wanted: &str| text(name).is_none_or(|found| found == wanted);
    if text("kty") != Some("RSA") || !is("use", "sig") || !is("alg", "RS256") {
        return None;
    }
    let number = |name: &str| URL_SAFE_NO_PAD.decode(text(name)?).ok();
    Some(PublicKey {
        id: text("kid")?.to_owned(),
        modulus: number("n")?,
        exponent: number("e")?,
    })
}
