//! The keys that sign tokens: made, kept sealed, changed, and published as long as a token may
//! still be out that one of them signed.

use std::sync::Arc;

use aws_lc_rs::digest;
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::Seconds;
use crate::jws::PublicKey;
use crate::seal::{MasterKey, SealError};

/// What the sealed form of a signing key says it is.
const PURPOSE: &str = "comity signing key";

/// How long a key signs before the next one takes its place.
pub const LIFETIME: Seconds = 90 * 24 * 3600;

/// One key pair.
pub struct SigningKey {
    public: PublicKey,
    pair: KeyPair,
    created: Seconds,
}

/// A key pair as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedKey {
    /// `kid`.
    pub id: String,
    /// The private key, sealed.
    pub sealed: Vec<u8>,
    /// When it was made.
    pub created: Seconds,
}

/// Why there is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The library refused.
    #[error("the signing key cannot be made or read")]
    Unusable,
    /// The seal.
    #[error("the signing key cannot be unsealed")]
    Seal(#[from] SealError),
    /// No key at all.
    #[error("there is no signing key")]
    Empty,
}

impl SigningKey {
    /// Makes a key pair of 2048 bits.
    pub fn generate(now: Seconds) -> Result<Self, KeyError> {
        let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| KeyError::Unusable)?;
        Ok(Self::new(pair, now))
    }

    fn new(pair: KeyPair, created: Seconds) -> Self {
        let key = pair.public_key();
        let modulus = key.modulus().big_endian_without_leading_zero().to_vec();
        let exponent = key.exponent().big_endian_without_leading_zero().to_vec();
        let public = PublicKey {
            id: thumbprint(&modulus, &exponent),
            modulus,
            exponent,
        };
        SigningKey {
            public,
            pair,
            created,
        }
    }

    /// `kid`: the thumbprint of the public key (RFC 7638), so that it never names two keys.
    pub fn id(&self) -> &str {
        &self.public.id
    }
    /// When it was made.
    pub fn created(&self) -> Seconds {
        self.created
    }
    /// The public half.
    pub fn public(&self) -> PublicKey {
        self.public.clone()
    }

    /// Signs the text.
    pub(crate) fn sign(&self, text: &[u8]) -> Option<Vec<u8>> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        let random = SystemRandom::new();
        self.pair
            .sign(&RSA_PKCS1_SHA256, &random, text, &mut signature)
            .ok()?;
        Some(signature)
    }

    /// The key as it is stored.
    pub fn seal(&self, master: &MasterKey) -> Result<SealedKey, KeyError> {
        let der: Pkcs8V1Der<'_> = self.pair.as_der().map_err(|_| KeyError::Unusable)?;
        Ok(SealedKey {
            id: self.public.id.clone(),
            sealed: master.seal(PURPOSE, der.as_ref())?,
            created: self.created,
        })
    }

    /// The key from its stored form.
    pub fn unseal(stored: &SealedKey, master: &MasterKey) -> Result<Self, KeyError> {
        let der = master.open(PURPOSE, &stored.sealed)?;
        let pair = KeyPair::from_pkcs8(&der).map_err(|_| KeyError::Unusable)?;
        let key = Self::new(pair, stored.created);
        match key.public.id == stored.id {
            true => Ok(key),
            false => Err(KeyError::Unusable),
        }
    }
}

/// RFC 7638: the digest of the key's members in alphabetical order.
fn thumbprint(modulus: &[u8], exponent: &[u8]) -> String {
    let text = format!(
        r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#,
        URL_SAFE_NO_PAD.encode(exponent),
        URL_SAFE_NO_PAD.encode(modulus)
    );
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, text.as_bytes()))
}

/// All keys a token may be signed with: the youngest signs, the others only verify.
#[derive(Clone)]
pub struct KeyRing {
    current: Arc<SigningKey>,
    public: Vec<PublicKey>,
}

impl KeyRing {
    /// The ring of these keys.
    pub fn new(keys: impl IntoIterator<Item = SigningKey>) -> Result<Self, KeyError> {
        let mut keys: Vec<SigningKey> = keys.into_iter().collect();
        keys.sort_by_key(SigningKey::created);
        let public = keys.iter().map(SigningKey::public).collect();
        let current = Arc::new(keys.pop().ok_or(KeyError::Empty)?);
        Ok(KeyRing { current, public })
    }

    /// The key that signs.
    pub fn current(&self) -> &SigningKey {
        &self.current
    }
    /// The keys that verify.
    pub fn public(&self) -> &[PublicKey] {
        &self.public
    }
    /// Whether it is time for the next key.
    pub fn is_due(&self, now: Seconds) -> bool {
        now - self.current.created >= LIFETIME
    }

    /// Which stored keys no token can be signed with any more: a key signs until the next one is
    /// made, and its last token lives at most `token` seconds longer.
    pub fn outlived(stored: &[SealedKey], now: Seconds, token: Seconds) -> Vec<String> {
        let mut keys: Vec<&SealedKey> = stored.iter().collect();
        keys.sort_by_key(|key| key.created);
        let successors = keys.iter().skip(1);
        let pairs = keys.iter().zip(successors);
        pairs
            .filter(|(_, next)| next.created + token < now)
            .map(|(key, _)| key.id.clone())
            .collect()
    }

    /// The keys as they are published: `/{tenant}/discovery/v2.0/keys`.
    pub fn published(&self, issuer: &str) -> Value {
        let keys = self.public.iter().map(|key| {
            json!({
                "kty": "RSA",
                "use": "sig",
                "alg": "RS256",
                "kid": key.id,
                "n": URL_SAFE_NO_PAD.encode(&key.modulus),
                "e": URL_SAFE_NO_PAD.encode(&key.exponent),
                "issuer": issuer,
            })
        });
        json!({"keys": keys.collect::<Vec<Value>>()})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn master() -> MasterKey {
        MasterKey::parse(&MasterKey::generate()).unwrap()
    }

    #[test]
    fn a_key_survives_being_stored() {
        let (key, master) = (SigningKey::generate(7).unwrap(), master());
        let stored = key.seal(&master).unwrap();
        let again = SigningKey::unseal(&stored, &master).unwrap();
        assert_eq!((again.id(), again.created()), (key.id(), 7));
        assert_eq!(again.public(), key.public());
        let swapped = SealedKey {
            id: "another".to_owned(),
            ..stored
        };
        assert!(SigningKey::unseal(&swapped, &master).is_err());
    }

    #[test]
    fn the_youngest_key_signs_and_all_are_published() {
        let keys = [5, 9, 7].map(|created| SigningKey::generate(created).unwrap());
        let ring = KeyRing::new(keys).unwrap();
        assert_eq!(ring.current().created(), 9);
        let published = ring.published("https://localhost/t/v2.0");
        assert_eq!(published["keys"].as_array().unwrap().len(), 3);
        assert!(published["keys"][0].get("d").is_none());
        assert!(!ring.is_due(9 + LIFETIME - 1) && ring.is_due(9 + LIFETIME));
    }

    #[test]
    fn a_key_is_dropped_when_its_last_token_is_over() {
        let stored = [1, 100, 200].map(|created| SealedKey {
            id: created.to_string(),
            sealed: Vec::new(),
            created,
        });
        assert_eq!(KeyRing::outlived(&stored, 160, 60), Vec::<String>::new());
        assert_eq!(KeyRing::outlived(&stored, 161, 60), ["1"]);
        assert_eq!(KeyRing::outlived(&stored, 9999, 60), ["1", "100"]);
    }
}
