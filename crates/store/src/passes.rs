//! What signing in keeps: passes that somebody shows for a while, and records of an account.
//!
//! A pass is a journey that is under way, a browser's session, an authorization code, a refresh
//! token. Whoever bears one has a random text; the store has a hash of it and never sees the text.
//! A record of an account is what outlasts a session: a second factor, terms that were accepted.

use async_trait::async_trait;
use policy::target::UserId;
use policy::tenant::TenantId;
use signins::window::Moment;
use uuid::Uuid;

use crate::column;
use crate::error::Result;
use crate::revision::Revision;

/// What a pass is good for. One kind is never taken for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PassKind {
    /// A sign-in that is under way.
    Journey,
    /// A browser in which somebody is signed in.
    Session,
    /// An authorization code.
    Code,
    /// A refresh token.
    Refresh,
    /// A device that waits for somebody to sign in elsewhere.
    Device,
    /// What somebody types on another screen for such a device.
    UserCode,
    /// What a home tenant's provider elsewhere is asked with whether somebody still stands.
    Upstream,
    /// A code that was sent to a mailbox.
    Passcode,
}

impl PassKind {
    pub(crate) const fn number(self) -> i16 {
        match self {
            PassKind::Journey => 0,
            PassKind::Session => 1,
            PassKind::Code => 2,
            PassKind::Refresh => 3,
            PassKind::Device => 4,
            PassKind::UserCode => 5,
            PassKind::Upstream => 6,
            PassKind::Passcode => 7,
        }
    }
}

/// A pass as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Pass {
    /// What it is good for.
    pub kind: PassKind,
    /// A hash of what its bearer shows.
    pub handle: [u8; 32],
    /// What ends together: a sign-in and everything that came of it.
    pub family: Uuid,
    /// Counts the writes, from 1.
    pub version: Revision,
    /// Until when it is good.
    pub expires: Moment,
    /// What it says. Hidden from logs: it tells who somebody is.
    pub value: String,
}

impl std::fmt::Debug for Pass {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pass")
            .field("kind", &self.kind)
            .field("family", &self.family)
            .field("version", &self.version)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

/// family, version, expires, value
pub(crate) type PassColumns = (Vec<u8>, i64, i64, String);

impl Pass {
    pub(crate) fn read(kind: PassKind, handle: [u8; 32], columns: PassColumns) -> Result<Self> {
        let (family, version, expires, value) = columns;
        Ok(Pass {
            kind,
            handle,
            family: column::read_id(&family)?,
            version: Revision(column::read_number(version)?),
            expires: column::read_moment(expires),
            value,
        })
    }
}

/// Something that is kept about an account for good.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountRecord {
    /// Which one: unique within the account.
    pub name: String,
    /// Counts the writes, from 1.
    pub version: Revision,
    /// What it says. Hidden from logs: it may be sealed, and may be personal.
    pub value: String,
}

impl std::fmt::Debug for AccountRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccountRecord")
            .field("name", &self.name)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// name, version, value
pub(crate) type RecordColumns = (String, i64, String);

impl AccountRecord {
    pub(crate) fn read((name, version, value): RecordColumns) -> Result<Self> {
        Ok(AccountRecord {
            name,
            version: Revision(column::read_number(version)?),
            value,
        })
    }
}

/// Keeps passes and records of accounts.
#[async_trait]
pub trait Passes: Send + Sync {
    /// Keeps the pass in the place of the one with its handle, if that has the version before; a
    /// pass of version 1 must be new. Of several who try at once exactly one succeeds, the others
    /// get [`crate::Error::Conflict`].
    async fn put_pass(&self, pass: &Pass) -> Result<()>;

    /// The pass with that handle, also one that is over.
    async fn pass(&self, kind: PassKind, handle: &[u8; 32]) -> Result<Option<Pass>>;

    /// Drops every pass of a family. Gives back how many.
    async fn drop_passes(&self, family: Uuid) -> Result<u64>;

    /// Forgets the passes that were over at that moment. Gives back how many.
    async fn forget_passes(&self, before: Moment) -> Result<u64>;

    /// The records of an account, by name. There may be no such account, or not any more.
    async fn account_records(&self, tenant: TenantId, user: UserId) -> Result<Vec<AccountRecord>>;

    /// Keeps the record in the place of the one with its name, if that has the version before; a
    /// record of version 1 must be new. [`crate::Error::Conflict`] otherwise.
    async fn put_account_record(
        &self,
        tenant: TenantId,
        user: UserId,
        record: &AccountRecord,
    ) -> Result<()>;

    /// Drops the record with that name, if it is there.
    async fn drop_account_record(&self, tenant: TenantId, user: UserId, name: &str) -> Result<()>;
}
