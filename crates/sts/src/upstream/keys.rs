//! The keys of another provider, and what they signed: RS256 and ES256.
//!
//! As with our own tokens it is the key that says how a signature is verified. A header that names
//! another algorithm than the key's finds no key.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;

use crate::jws::{JwsError, MAX_BYTES, PublicKey};

/// How many keys of one provider are looked at.
const MANY: usize = 100;

/// A key of another provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpstreamKey {
    id: Option<String>,
    key: Key,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Key {
    Rsa(PublicKey),
    /// The point, uncompressed.
    P256(Vec<u8>),
}

impl Key {
    const fn algorithm(&self) -> &'static str {
        match self {
            Key::Rsa(_) => "RS256",
            Key::P256(_) => "ES256",
        }
    }

    fn signed(&self, text: &[u8], signature: &[u8]) -> bool {
        match self {
            Key::Rsa(key) => key.signed(text, signature),
            Key::P256(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
                .verify(text, signature)
                .is_ok(),
        }
    }
}

/// The usable keys of a JWKS document; others are passed over.
pub fn key_set(document: &Value) -> Vec<UpstreamKey> {
    let keys = document.get("keys").and_then(Value::as_array);
    let keys = keys.into_iter().flatten().take(MANY);
    keys.filter_map(key).collect()
}

fn key(value: &Value) -> Option<UpstreamKey> {
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    let is = |name: &str, wanted: &str| text(name).is_none_or(|found| found == wanted);
    let number = |name: &str| URL_SAFE_NO_PAD.decode(text(name)?).ok();
    let id = text("kid").map(str::to_owned);
    let key = match text("kty")? {
        "RSA" => Key::Rsa(PublicKey {
            id: id.clone().unwrap_or_default(),
            modulus: number("n")?,
            exponent: number("e")?,
        }),
        "EC" if text("crv") == Some("P-256") => {
            let (x, y) = (number("x")?, number("y")?);
            let whole = x.len() == 32 && y.len() == 32;
            Key::P256(whole.then(|| [&[4], x.as_slice(), y.as_slice()].concat())?)
        }
        _ => return None,
    };
    let fits = is("use", "sig") && is("alg", key.algorithm());
    fits.then_some(UpstreamKey { id, key })
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<Value>,
}

/// The claims, as bytes of JSON, if one of the keys signed them.
pub(super) fn verify(text: &str, keys: &[UpstreamKey]) -> Result<Vec<u8>, JwsError> {
    if text.len() > MAX_BYTES {
        return Err(JwsError::Malformed);
    }
    let (signed, signature) = text.rsplit_once('.').ok_or(JwsError::Malformed)?;
    let (header, claims) = signed.split_once('.').ok_or(JwsError::Malformed)?;
    let part = |text: &str| {
        let bytes = URL_SAFE_NO_PAD.decode(text);
        bytes.map_err(|_| JwsError::Malformed)
    };
    let header: Header = serde_json::from_slice(&part(header)?).map_err(|_| JwsError::Malformed)?;
    if header.crit.is_some() {
        return Err(JwsError::Malformed);
    }
    if !matches!(&*header.alg, "RS256" | "ES256") {
        return Err(JwsError::Algorithm);
    }
    let fitting = keys.iter().filter(|key| key.key.algorithm() == header.alg);
    let mut fitting = fitting.filter(|key| header.kid.is_none() || key.id == header.kid);
    let key = fitting.next().ok_or(JwsError::UnknownKey)?;
    // A token that names no key is only clear where there is one.
    if header.kid.is_none() && fitting.next().is_some() {
        return Err(JwsError::UnknownKey);
    }
    match key.key.signed(signed.as_bytes(), &part(signature)?) {
        true => part(claims),
        false => Err(JwsError::Signature),
    }
}
