//! Keys that sign tokens and checkpoints.

use async_trait::async_trait;
use signins::window::Moment;

use crate::error::Result;

/// A key pair, as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// Its `kid`.
    pub id: String,
    /// What it signs, for instance `token` or `audit`.
    pub purpose: String,
    /// The private half, sealed under the master key; this crate cannot open it. `None` once it
    /// has been erased.
    pub sealed: Option<Vec<u8>>,
    /// The public half, as the text of a JWK.
    pub public: String,
    /// When it was made.
    pub created: Moment,
    /// Since when it signs nothing new.
    pub retired: Option<Moment>,
}

/// Hides the private half, sealed or not.
impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey")
            .field("id", &self.id)
            .field("purpose", &self.purpose)
            .field("created", &self.created)
            .field("retired", &self.retired)
            .finish_non_exhaustive()
    }
}

/// Keeps signing keys. A public half is never dropped: what it vouches for must stay verifiable.
#[async_trait]
pub trait SigningKeys: Send + Sync {
    /// Keeps a new key. [`crate::Error::Taken`] if there is one with that id.
    async fn add_key(&self, key: &SigningKey) -> Result<()>;

    /// Retires the key; one that is retired already stays as it is.
    async fn retire_key(&self, id: &str, when: Moment) -> Result<()>;

    /// Erases the private half of a key.
    async fn erase_key(&self, id: &str) -> Result<()>;

    /// The keys of that purpose, the oldest first.
    async fn keys(&self, purpose: &str) -> Result<Vec<SigningKey>>;
}
