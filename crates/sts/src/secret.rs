//! Client secrets: kept as argon2id hashes, and verified without letting load burn the processor.
//!
//! One argon2id takes some twenty milliseconds and nineteen megabytes, on purpose. A script that
//! asks for a token with every call would keep a processor busy, so what was verified once is
//! remembered for a while, under a key that only this process knows. A wrong secret is never
//! remembered and always pays; how many pay at once is bounded.

use std::fmt;
use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::hmac;
use quick_cache::sync::Cache;
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::client::Client;
use crate::random;

/// Longer secrets are refused unread.
const MAX_BYTES: usize = 1024;
/// How many verified secrets are remembered.
const REMEMBERED: usize = 10_000;
/// A hash with the usual cost, of a text that was thrown away.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZSByYW5kb20gc2FsdA$\
                      X1kP1n5xFhQqv0b3a6j0l1D2m3N4o5P6q7R8s9T0u1U";
/// How many secrets are hashed at once.
const AT_ONCE: usize = 2;

/// A secret as it is stored: the text `$argon2id$…`.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretHash(String);

/// The text is not an argon2id hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not an argon2id hash")]
pub struct InvalidHash;

impl SecretHash {
    /// Hashes a secret. It takes its time: not for a thread that serves requests.
    pub fn of(secret: &str) -> Result<Self, InvalidHash> {
        let salt = random::bytes::<16>();
        let hash: PasswordHash = Argon2::default()
            .hash_password_with_salt(secret.as_bytes(), &salt)
            .map_err(|_| InvalidHash)?;
        Ok(SecretHash(hash.to_string()))
    }

    /// Hashes a secret that [`crate::random::secret`] drew. It cannot be guessed, so there is no use
    /// in making each guess expensive.
    pub fn of_drawn(secret: &str) -> Result<Self, InvalidHash> {
        let salt = random::bytes::<16>();
        let cheap = Params::new(Params::MIN_M_COST, 1, 1, None).map_err(|_| InvalidHash)?;
        let hash: PasswordHash = Argon2::new(Algorithm::Argon2id, Version::V0x13, cheap)
            .hash_password_with_salt(secret.as_bytes(), &salt)
            .map_err(|_| InvalidHash)?;
        Ok(SecretHash(hash.to_string()))
    }

    /// The text as it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is the hash of that secret. It takes its time.
    fn is_of(&self, secret: &str) -> bool {
        let hash = PasswordHash::new(&self.0);
        hash.is_ok_and(|hash| {
            Argon2::default()
                .verify_password(secret.as_bytes(), &hash)
                .is_ok()
        })
    }
}

impl std::str::FromStr for SecretHash {
    type Err = InvalidHash;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match PasswordHash::new(text) {
            Ok(_) if text.starts_with("$argon2id$") => Ok(SecretHash(text.to_owned())),
            _ => Err(InvalidHash),
        }
    }
}

/// Hashes do not belong in logs either.
impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash(…)")
    }
}

/// Verifies secrets, and remembers those that were right.
pub struct Secrets {
    key: hmac::Key,
    remembered: Cache<[u8; 32], ()>,
    at_once: Arc<Semaphore>,
    /// Nobody's: what is compared when there is nothing to compare with.
    nobody: SecretHash,
}

impl Default for Secrets {
    fn default() -> Self {
        Secrets {
            key: hmac::Key::new(hmac::HMAC_SHA256, &random::bytes::<32>()),
            remembered: Cache::new(REMEMBERED),
            at_once: Arc::new(Semaphore::new(AT_ONCE)),
            nobody: SecretHash(NOBODY.to_owned()),
        }
    }
}

impl Secrets {
    /// Whether the secret is one of the client's.
    pub async fn is_of(&self, client: &Client, secret: &str) -> bool {
        if secret.len() > MAX_BYTES {
            return false;
        }
        for hash in &client.secrets {
            let mark = self.mark(client, hash, secret);
            if self.remembered.get(&mark).is_some() {
                return true;
            }
            if self.hashes_to(hash.clone(), secret.to_owned()).await {
                self.remembered.insert(mark, ());
                return true;
            }
        }
        false
    }

    /// Whether that is the password of the hash. Without a hash it takes as long, and is not.
    pub async fn is_password(&self, hash: Option<SecretHash>, password: String) -> bool {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobody.clone());
        // Never remembered: what a person types is worth less than what a program keeps.
        password.len() <= MAX_BYTES && self.hashes_to(hash, password).await && known
    }

    /// The hash of a password that somebody chose. Not more of them are hashed at once than are
    /// verified.
    pub async fn hash(&self, password: String) -> Option<SecretHash> {
        let permit = Arc::clone(&self.at_once).acquire_owned().await.ok()?;
        let hashing = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            SecretHash::of(&password)
        });
        hashing.await.ok()?.ok()
    }

    /// What stands for "this secret of this client, as it is stored now". A secret that was changed
    /// has another hash, and so another mark.
    fn mark(&self, client: &Client, hash: &SecretHash, secret: &str) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.key);
        context.update(Uuid::from_u128(client.id.as_u128()).as_bytes());
        context.update(hash.0.as_bytes());
        context.update(&[0]);
        context.update(secret.as_bytes());
        let mut mark = [0; 32];
        mark.copy_from_slice(context.sign().as_ref());
        mark
    }

    async fn hashes_to(&self, hash: SecretHash, secret: String) -> bool {
        let Ok(permit) = Arc::clone(&self.at_once).acquire_owned().await else {
            return false;
        };
        let verified = tokio::task::spawn_blocking(move || {
            // Held until the work is done, even when nobody waits for the answer any more.
            let _permit = permit;
            hash.is_of(&secret)
        });
        verified.await.unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy::target::ApplicationId;
    use policy::tenant::TenantId;

    fn client(secrets: &[&str]) -> Client {
        Client {
            id: ApplicationId::from_u128(1),
            tenant: TenantId::from_u128(2),
            object: Uuid::from_u128(3),
            display_name: "Script".to_owned(),
            permissions: Vec::new(),
            secrets: secrets
                .iter()
                .map(|secret| SecretHash::of(secret).unwrap())
                .collect(),
        }
    }

    #[tokio::test]
    async fn each_secret_of_a_client_is_right_and_no_other() {
        let secrets = Secrets::default();
        let client = client(&["old", "new"]);
        for _ in 0..2 {
            assert!(secrets.is_of(&client, "old").await);
            assert!(secrets.is_of(&client, "new").await);
            assert!(!secrets.is_of(&client, "other").await);
        }
        assert_eq!(secrets.remembered.len(), 2);
    }

    #[tokio::test]
    async fn a_secret_that_was_taken_back_is_not_remembered() {
        let secrets = Secrets::default();
        assert!(secrets.is_of(&client(&["old"]), "old").await);
        assert!(!secrets.is_of(&client(&["new"]), "old").await);
        assert!(!secrets.is_of(&client(&[]), "old").await);
    }

    #[tokio::test]
    async fn a_password_of_nobody_is_compared_with_a_hash_of_the_usual_cost() {
        let secrets = Secrets::default();
        let hash = SecretHash::of("right").unwrap();
        let is = |hash: Option<&SecretHash>, password: &str| {
            secrets.is_password(hash.cloned(), password.to_owned())
        };
        assert!(is(Some(&hash), "right").await);
        assert!(!is(Some(&hash), "wrong").await);
        assert!(!is(None, "right").await);
        let cost = |hash: &SecretHash| hash.as_str().split('$').take(4).collect::<String>();
        assert_eq!(cost(&secrets.nobody), cost(&hash));
        assert!(PasswordHash::new(secrets.nobody.as_str()).is_ok());
    }

    #[test]
    fn only_hashes_are_read_as_hashes_and_none_is_printed() {
        let hash = SecretHash::of("secret").unwrap();
        assert_eq!(hash.as_str().parse(), Ok(hash.clone()));
        assert_eq!("secret".parse::<SecretHash>(), Err(InvalidHash));
        assert!(!format!("{hash:?}").contains("argon2id"));
    }
}
