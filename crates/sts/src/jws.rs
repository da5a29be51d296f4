//! A signed text in three parts: RS256 and nothing else.
//!
//! Whoever lets a token say how it wants to be verified has lost. So there is one algorithm here, a
//! header that names another one is refused unread, and what is verified is what was sent.

use aws_lc_rs::constant_time;
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::keys::SigningKey;

/// Longer texts are refused unread.
pub const MAX_BYTES: usize = 16 * 1024;

const ALGORITHM: &str = "RS256";

/// The first part.
#[derive(Serialize, Deserialize)]
struct Header {
    typ: Option<String>,
    alg: String,
    kid: Option<String>,
}

/// Why a signed text is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwsError {
    /// Not three parts of base64 with a header.
    #[error("the token is not a signed token in three parts")]
    Malformed,
    /// Another algorithm, or none.
    #[error("the token is not signed with RS256")]
    Algorithm,
    /// A key nobody here knows.
    #[error("the token is signed with a key that is not known here")]
    UnknownKey,
    /// The signature does not fit.
    #[error("the signature of the token is not valid")]
    Signature,
}

/// SHA-256, for whoever needs a short name of something long.
pub fn digest(bytes: &[u8]) -> [u8; 32] {
    let mut short = [0; 32];
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    short.copy_from_slice(digest.as_ref());
    short
}

/// Bytes as base64 without padding, in the alphabet of addresses and headers.
pub fn base64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Whether two secrets are the same, told in constant time.
pub fn same(one: &str, other: &str) -> bool {
    constant_time::verify_slices_are_equal(one.as_bytes(), other.as_bytes()).is_ok()
}

/// Signs the claims.
pub fn sign(key: &SigningKey, claims: &impl Serialize) -> Result<String, JwsError> {
    let header = Header {
        typ: Some("JWT".to_owned()),
        alg: ALGORITHM.to_owned(),
        kid: Some(key.id().to_owned()),
    };
    let part = |value: &[u8]| URL_SAFE_NO_PAD.encode(value);
    let header = serde_json::to_vec(&header).map_err(|_| JwsError::Malformed)?;
    let claims = serde_json::to_vec(claims).map_err(|_| JwsError::Malformed)?;
    let mut text = format!("{}.{}", part(&header), part(&claims));
    let signature = key.sign(text.as_bytes()).ok_or(JwsError::Signature)?;
    text.push('.');
    text.push_str(&part(&signature));
    Ok(text)
}

/// A public key as it is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// `kid`.
    pub id: String,
    /// `n`, big-endian.
    pub modulus: Vec<u8>,
    /// `e`, big-endian.
    pub exponent: Vec<u8>,
}

impl PublicKey {
    /// Whether the key signed the text.
    pub(crate) fn signed(&self, text: &[u8], signature: &[u8]) -> bool {
        let key = RsaPublicKeyComponents {
            n: &self.modulus,
            e: &self.exponent,
        };
        key.verify(&RSA_PKCS1_2048_8192_SHA256, text, signature)
            .is_ok()
    }
}

/// The claims, as bytes of JSON, if one of the keys signed them.
pub fn verify<'a>(
    text: &str,
    keys: impl IntoIterator<Item = &'a PublicKey>,
) -> Result<Vec<u8>, JwsError> {
    if text.len() > MAX_BYTES {
        return Err(JwsError::Malformed);
    }
    let (signed, signature) = text.rsplit_once('.').ok_or(JwsError::Malformed)?;
    let (header, claims) = signed.split_once('.').ok_or(JwsError::Malformed)?;
    let part = |text: &str| {
        URL_SAFE_NO_PAD
            .decode(text)
            .map_err(|_| JwsError::Malformed)
    };
    let header: Header = serde_json::from_slice(&part(header)?).map_err(|_| JwsError::Malformed)?;
    if header.alg != ALGORITHM {
        return Err(JwsError::Algorithm);
    }
    let named = header.kid.ok_or(JwsError::UnknownKey)?;
    let key = keys
        .into_iter()
        .find(|key| key.id == named)
        .ok_or(JwsError::UnknownKey)?;
    match key.signed(signed.as_bytes(), &part(signature)?) {
        true => part(claims),
        false => Err(JwsError::Signature),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn what_one_key_signed_verifies_with_that_key_only() {
        let key = SigningKey::generate(0).unwrap();
        let text = sign(&key, &json!({"tid": "t"})).unwrap();
        let claims = verify(&text, [&key.public()]).unwrap();
        assert_eq!(
            serde_json::from_slice::<Value>(&claims).unwrap(),
            json!({"tid": "t"})
        );
        let other = SigningKey::generate(0).unwrap().public();
        assert_eq!(verify(&text, [&other]), Err(JwsError::UnknownKey));
        let impostor = PublicKey {
            id: key.id().to_owned(),
            ..other
        };
        assert_eq!(verify(&text, [&impostor]), Err(JwsError::Signature));
    }

    #[test]
    fn a_text_that_chooses_its_own_algorithm_is_refused() {
        let key = SigningKey::generate(0).unwrap();
        let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        for algorithm in ["none", "HS256", "rs256", "PS256"] {
            let header = part(json!({"alg": algorithm, "kid": key.id()}));
            let text = format!("{header}.{}.", part(json!({})));
            let error = verify(&text, [&key.public()]).unwrap_err();
            assert_eq!(error, JwsError::Algorithm, "{algorithm}");
        }
    }

    #[test]
    fn texts_that_are_no_tokens_are_refused() {
        let key = SigningKey::generate(0).unwrap().public();
        let long = "a".repeat(MAX_BYTES + 1);
        for text in ["", ".", "..", "a.b.c", "e30.e30.e30", "é.é.é", &long] {
            assert!(verify(text, [&key]).is_err(), "{text}");
        }
    }
}
