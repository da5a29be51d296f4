//! The keys that sign statements about the audit log: kept sealed in the store, changed once a year.
//! Their public halves are never dropped, because what they vouch for must stay verifiable.

use jiff::Timestamp;
use store::Store;
use sts::keys::SealedKey;
use sts::{MasterKey, StatementKey, StatementPublicKey};

use crate::clock::moment;
use crate::keyring::{KeyringError, sealed};

/// What the keys are for.
const PURPOSE: &str = "audit";

/// The key that signs; makes the next one when it is time, and the first one when there is none.
pub async fn statement_key(
    store: &dyn Store,
    master: &MasterKey,
    now: Timestamp,
) -> Result<StatementKey, KeyringError> {
    let stored = store.keys(PURPOSE).await?;
    let last = sealed(stored).max_by_key(|key| key.created);
    let last = last.map(|key| StatementKey::unseal(&key, master));
    let last = match last.transpose()? {
        Some(last) if !last.is_due(now.as_second()) => return Ok(last),
        last => last,
    };
    let next = StatementKey::generate(now.as_second())?;
    add(store, &next, next.seal(master)?, now).await?;
    if let Some(last) = last {
        // A key that signs nothing more has no use for its private half.
        store.retire_key(&last.public().id, moment(now)).await?;
        store.erase_key(&last.public().id).await?;
    }
    Ok(next)
}

async fn add(
    store: &dyn Store,
    key: &StatementKey,
    sealed: SealedKey,
    now: Timestamp,
) -> Result<(), KeyringError> {
    let stored = store::SigningKey {
        id: sealed.id,
        purpose: PURPOSE.to_owned(),
        sealed: Some(sealed.sealed),
        public: key.public().jwk().to_string(),
        created: moment(now),
        retired: None,
    };
    Ok(store.add_key(&stored).await?)
}

/// The public halves of all keys there have ever been, the oldest first.
pub async fn public_keys(store: &dyn Store) -> store::Result<Vec<StatementPublicKey>> {
    let stored = store.keys(PURPOSE).await?;
    let keys = stored.iter().filter_map(|key| {
        let jwk = serde_json::from_str(&key.public).ok()?;
        StatementPublicKey::of_jwk(&jwk)
    });
    Ok(keys.collect())
}
