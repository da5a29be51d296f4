//! The signing keys of the server: kept sealed in the store, so that tokens outlive the process and
//! all replicas sign with the same ones.
//!
//! When a key is due the next one is made; the old one goes on verifying until its last token is
//! over, and then its private half is erased.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use store::Store;
use sts::keys::{KeyError, SealedKey};
use sts::{KeyRing, MasterKey, SigningKey};

use crate::clock::moment;
use crate::ledger::statement_key;
use crate::state::App;

/// What the keys are for.
const PURPOSE: &str = "token";
/// How often the ring is compared with the store.
const EVERY: Duration = Duration::from_secs(60);

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// The store.
    #[error("the signing keys cannot be read from the store")]
    Store(#[from] store::Error),
    /// The keys themselves.
    #[error("the signing keys cannot be used; is this the master key they were sealed with?")]
    Key(#[from] KeyError),
}

/// The keys in use; makes the next one when it is time, and the first one when there is none.
pub async fn keyring(
    store: &dyn Store,
    master: &MasterKey,
    now: Timestamp,
) -> Result<KeyRing, KeyringError> {
    let stored = stored(store).await?;
    let keys = stored.iter().map(|key| SigningKey::unseal(key, master));
    let keys: Vec<SigningKey> = keys.collect::<Result<_, _>>()?;
    if keys.is_empty() {
        let key = made(now).await?;
        add(store, master, &key).await?;
        return Ok(KeyRing::new([key])?);
    }
    let ring = KeyRing::new(keys)?;
    if !ring.is_due(now.as_second()) {
        return Ok(ring);
    }
    let next = made(now).await?;
    let last = ring.current().id().to_owned();
    add(store, master, &next).await?;
    store.retire_key(&last, moment(now)).await?;
    for id in KeyRing::outlived(&stored, now.as_second(), sts::token::LIFETIME) {
        store.erase_key(&id).await?;
    }
    let keys = stored.iter().map(|key| SigningKey::unseal(key, master));
    let keys: Vec<SigningKey> = keys.collect::<Result<_, _>>()?;
    Ok(KeyRing::new(keys.into_iter().chain([next]))?)
}

/// A new key. Looking for large primes takes a while, so it is not done where requests are answered.
async fn made(now: Timestamp) -> Result<SigningKey, KeyError> {
    let making = tokio::task::spawn_blocking(move || SigningKey::generate(now.as_second()));
    making.await.unwrap_or(Err(KeyError::Unusable))
}

async fn stored(store: &dyn Store) -> store::Result<Vec<SealedKey>> {
    Ok(sealed(store.keys(PURPOSE).await?).collect())
}

/// The keys whose private half is still there.
pub(crate) fn sealed(stored: Vec<store::SigningKey>) -> impl Iterator<Item = SealedKey> {
    stored.into_iter().filter_map(|key| {
        Some(SealedKey {
            id: key.id,
            sealed: key.sealed?,
            created: i64::try_from(key.created.as_nanoseconds() / 1_000_000_000).ok()?,
        })
    })
}

async fn add(store: &dyn Store, master: &MasterKey, key: &SigningKey) -> Result<(), KeyringError> {
    let sealed = key.seal(master)?;
    let public = key.public();
    let created = Timestamp::from_second(sealed.created).unwrap_or(Timestamp::UNIX_EPOCH);
    let stored = store::SigningKey {
        id: sealed.id,
        purpose: PURPOSE.to_owned(),
        sealed: Some(sealed.sealed),
        public: serde_json::json!({
            "kty": "RSA",
            "kid": public.id,
            "n": sts::jws::base64(&public.modulus),
            "e": sts::jws::base64(&public.exponent),
        })
        .to_string(),
        created: moment(created),
        retired: None,
    };
    store.add_key(&stored).await?;
    Ok(())
}

impl App {
    /// Keeps the keys current for as long as the server runs: changed when they are due, and taken
    /// over from other replicas.
    pub async fn tend_keys(self, master: Arc<MasterKey>) {
        loop {
            tokio::time::sleep(EVERY).await;
            match keyring(&*self.store, &master, self.clock.now()).await {
                Ok(ring) if ring.public() != self.verifier().keys().public() => {
                    self.verifier().replace_keys(ring);
                }
                Ok(_) => {}
                Err(error) => tracing::warn!(error = %error, "signing keys could not be renewed"),
            }
            match statement_key(&*self.store, &master, self.clock.now()).await {
                Ok(key) => self.set_statement_key(key),
                Err(error) => tracing::warn!(error = %error, "the audit key could not be renewed"),
            }
        }
    }
}
