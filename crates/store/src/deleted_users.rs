//! Users who were deleted lately, so that they can be taken back (S7.7, S12.9).
//!
//! They are kept beside the directory, not in it: no decision sees them, their names are free, and
//! their passwords are gone. Whoever takes one back makes the object again, with its old id.

use async_trait::async_trait;
use policy::target::UserId;
use policy::tenant::TenantId;
use signins::window::Moment;

use crate::directory::Person;
use crate::error::Result;

/// Somebody who was deleted.
#[derive(Clone, Debug, PartialEq)]
pub struct DeletedUser {
    /// The object as it was.
    pub person: Person,
    /// When it was deleted.
    pub deleted: Moment,
}

/// Reads who was deleted. They are kept and forgotten by [`crate::Directories::write_directory`].
#[async_trait]
pub trait DeletedUsers: Send + Sync {
    /// Who was deleted since that moment, after that id, in the order of the ids.
    async fn deleted_users(
        &self,
        tenant: TenantId,
        since: Moment,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<DeletedUser>>;

    /// The user with that id, if deleted since then.
    async fn deleted_user(
        &self,
        tenant: TenantId,
        since: Moment,
        id: UserId,
    ) -> Result<Option<DeletedUser>>;
}
