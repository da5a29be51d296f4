//! What must not lie about in the clear: secrets at rest are sealed under one master key.
//!
//! A sealed thing names its purpose, so that what was sealed as a signing key cannot be opened as
//! anything else: AES-256-GCM with a random nonce in front and the purpose as associated data.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::random;

const KEY_BYTES: usize = 32;

/// The key under which everything else is sealed. It is kept in a file of its own, outside the
/// store.
pub struct MasterKey(RandomizedNonceKey);

/// Why a master key or a sealed thing cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The file does not hold a master key.
    #[error("this is not a master key (expected {KEY_BYTES} bytes in base64)")]
    NotAKey,
    /// The sealed thing was made under another key, for another purpose, or was changed.
    #[error("the seal cannot be opened with this master key")]
    Broken,
}

impl MasterKey {
    /// A new master key as the text of its file.
    pub fn generate() -> String {
        STANDARD.encode(random::bytes::<KEY_BYTES>()) + "\n"
    }

    /// Reads the text of a master key file.
    pub fn parse(text: &str) -> Result<Self, SealError> {
        let bytes = STANDARD
            .decode(text.trim())
            .map_err(|_| SealError::NotAKey)?;
        RandomizedNonceKey::new(&AES_256_GCM, &bytes)
            .map(MasterKey)
            .map_err(|_| SealError::NotAKey)
    }

    /// Seals the text for that purpose.
    pub fn seal(&self, purpose: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut sealed = plain.to_vec();
        let nonce = self
            .0
            .seal_in_place_append_tag(Aad::from(purpose.as_bytes()), &mut sealed)
            .map_err(|_| SealError::Broken)?;
        let mut whole = nonce.as_ref().to_vec();
        whole.append(&mut sealed);
        Ok(whole)
    }

    /// Opens what was sealed for that purpose.
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (nonce, text) = sealed
            .split_at_checked(NONCE_LEN)
            .ok_or(SealError::Broken)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError::Broken)?;
        let mut text = text.to_vec();
        let aad = Aad::from(purpose.as_bytes());
        let plain = self
            .0
            .open_in_place(nonce, aad, &mut text)
            .map_err(|_| SealError::Broken)?;
        Ok(plain.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_opens_for_the_same_purpose_only() {
        let key = MasterKey::parse(&MasterKey::generate()).unwrap();
        let sealed = key.seal("signing key", b"secret").unwrap();
        assert_eq!(key.open("signing key", &sealed).unwrap(), b"secret");
        assert_eq!(key.open("audit key", &sealed), Err(SealError::Broken));
        let other = MasterKey::parse(&MasterKey::generate()).unwrap();
        assert_eq!(other.open("signing key", &sealed), Err(SealError::Broken));
        assert_eq!(
            key.open("signing key", &sealed[..8]),
            Err(SealError::Broken)
        );
    }

    #[test]
    fn a_short_key_is_refused() {
        assert_eq!(MasterKey::parse("c2hvcnQ=").err(), Some(SealError::NotAKey));
        assert_eq!(MasterKey::parse("").err(), Some(SealError::NotAKey));
    }
}
