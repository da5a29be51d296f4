//! Statements of the server about its own records, signed so that anybody can check them later and
//! elsewhere: where the audit log ended, what was pruned from it.
//!
//! A statement is a signed text in three parts (RFC 7515) with Ed25519 (RFC 8037), so that any
//! library can verify it with the public half. The keys are of their own: a token can never be
//! taken for a statement, and their public halves are kept for ever.

use aws_lc_rs::digest;
use aws_lc_rs::encoding::{AsBigEndian, Curve25519SeedBin};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::Seconds;
use crate::jws::{JwsError, MAX_BYTES};
use crate::keys::{KeyError, SealedKey};
use crate::seal::MasterKey;

/// What the sealed form of such a key says it is.
const PURPOSE: &str = "comity audit key";

/// How long a key signs before the next one takes its place.
pub const LIFETIME: Seconds = 365 * 24 * 3600;

const ALGORITHM: &str = "EdDSA";

/// A key that signs statements.
pub struct StatementKey {
    public: StatementPublicKey,
    pair: Ed25519KeyPair,
    created: Seconds,
}

/// The public half of such a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementPublicKey {
    /// `kid`: the thumbprint of the key (RFC 7638).
    pub id: String,
    /// `x`.
    pub bytes: Vec<u8>,
}

/// The first part of a statement.
#[derive(Serialize, Deserialize)]
struct Header {
    typ: String,
    alg: String,
    kid: String,
}

impl StatementKey {
    /// Makes a key.
    pub fn generate(now: Seconds) -> Result<Self, KeyError> {
        let pair = Ed25519KeyPair::generate().map_err(|_| KeyError::Unusable)?;
        Ok(Self::new(pair, now))
    }

    fn new(pair: Ed25519KeyPair, created: Seconds) -> Self {
        let public = StatementPublicKey::new(pair.public_key().as_ref());
        StatementKey {
            public,
            pair,
            created,
        }
    }

    /// The public half.
    pub fn public(&self) -> &StatementPublicKey {
        &self.public
    }

    /// Whether it is time for the next key.
    pub fn is_due(&self, now: Seconds) -> bool {
        now - self.created >= LIFETIME
    }

    /// The key as it is stored.
    pub fn seal(&self, master: &MasterKey) -> Result<SealedKey, KeyError> {
        let seed = self.pair.seed().map_err(|_| KeyError::Unusable)?;
        let seed: Curve25519SeedBin<'_> = seed.as_be_bytes().map_err(|_| KeyError::Unusable)?;
        Ok(SealedKey {
            id: self.public.id.clone(),
            sealed: master.seal(PURPOSE, seed.as_ref())?,
            created: self.created,
        })
    }

    /// The key from its stored form.
    pub fn unseal(stored: &SealedKey, master: &MasterKey) -> Result<Self, KeyError> {
        let seed = master.open(PURPOSE, &stored.sealed)?;
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| KeyError::Unusable)?;
        let key = Self::new(pair, stored.created);
        match key.public.id == stored.id {
            true => Ok(key),
            false => Err(KeyError::Unusable),
        }
    }

    /// Signs what is said, as a statement of that kind.
    pub fn sign(&self, kind: &str, said: &Value) -> String {
        let header = json!({"typ": kind, "alg": ALGORITHM, "kid": self.public.id});
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", part(&header), part(said));
        let signature = self.pair.sign(text.as_bytes());
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

impl StatementPublicKey {
    fn new(bytes: &[u8]) -> Self {
        let x = URL_SAFE_NO_PAD.encode(bytes);
        let members = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
        let digest = digest::digest(&digest::SHA256, members.as_bytes());
        StatementPublicKey {
            id: URL_SAFE_NO_PAD.encode(digest),
            bytes: bytes.to_vec(),
        }
    }

    /// The key as it is published (RFC 8037).
    pub fn jwk(&self) -> Value {
        json!({
            "kty": "OKP",
            "crv": "Ed25519",
            "use": "sig",
            "alg": ALGORITHM,
            "kid": self.id,
            "x": URL_SAFE_NO_PAD.encode(&self.bytes),
        })
    }

    /// Reads a published key; `None` if it is not one, or if its name is not its thumbprint.
    pub fn of_jwk(jwk: &Value) -> Option<Self> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        if (text("kty"), text("crv")) != (Some("OKP"), Some("Ed25519")) {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(text("x")?).ok()?;
        let key = StatementPublicKey::new(&bytes);
        (bytes.len() == 32 && text("kid").is_none_or(|id| id == key.id)).then_some(key)
    }
}

/// What a statement of that kind says, if one of the keys signed it.
pub fn verify<'a>(
    kind: &str,
    text: &str,
    keys: impl IntoIterator<Item = &'a StatementPublicKey>,
) -> Result<Value, JwsError> {
    if text.len() > MAX_BYTES {
        return Err(JwsError::Malformed);
    }
    let (signed, signature) = text.rsplit_once('.').ok_or(JwsError::Malformed)?;
    let (header, said) = signed.split_once('.').ok_or(JwsError::Malformed)?;
    let part = |text: &str| {
        URL_SAFE_NO_PAD
            .decode(text)
            .map_err(|_| JwsError::Malformed)
    };
    let header: Header = serde_json::from_slice(&part(header)?).map_err(|_| JwsError::Malformed)?;
    if header.alg != ALGORITHM || header.typ != kind {
        return Err(JwsError::Algorithm);
    }
    let mut keys = keys.into_iter();
    let key = keys.find(|key| key.id == header.kid);
    let key = key.ok_or(JwsError::UnknownKey)?;
    UnparsedPublicKey::new(&ED25519, &key.bytes)
        .verify(signed.as_bytes(), &part(signature)?)
        .map_err(|_| JwsError::Signature)?;
    serde_json::from_slice(&part(said)?).map_err(|_| JwsError::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_believed_with_its_key_and_of_its_kind_only() {
        let key = StatementKey::generate(0).unwrap();
        let said = json!({"log": "operator"});
        let text = key.sign("head", &said);
        assert_eq!(verify("head", &text, [key.public()]), Ok(said));
        let other = StatementKey::generate(0).unwrap();
        let unknown = verify("head", &text, [other.public()]);
        assert_eq!(unknown, Err(JwsError::UnknownKey));
        let kind = verify("checkpoint", &text, [key.public()]);
        assert_eq!(kind, Err(JwsError::Algorithm));
        let impostor = StatementPublicKey {
            id: key.public().id.clone(),
            ..other.public().clone()
        };
        assert_eq!(verify("head", &text, [&impostor]), Err(JwsError::Signature));
        for place in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert!(verify("head", &changed, [key.public()]).is_err(), "{place}");
        }
    }

    #[test]
    fn a_key_survives_being_stored_and_published() {
        let master = MasterKey::parse(&MasterKey::generate()).unwrap();
        let key = StatementKey::generate(7).unwrap();
        let again = StatementKey::unseal(&key.seal(&master).unwrap(), &master).unwrap();
        assert_eq!(again.public(), key.public());
        assert!(!again.is_due(7) && again.is_due(7 + LIFETIME));
        let jwk = key.public().jwk();
        assert_eq!(
            StatementPublicKey::of_jwk(&jwk).as_ref(),
            Some(key.public())
        );
        let renamed = json!({"kty": "OKP", "crv": "Ed25519", "kid": "x", "x": jwk["x"]});
        assert_eq!(StatementPublicKey::of_jwk(&renamed), None);
    }
}
