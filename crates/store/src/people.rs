//! The directory of a tenant: its users, its groups and how they nest, its applications.
//!
//! History covers settings, not the directory: what a user looked like yesterday is not kept.

use std::collections::BTreeSet;

use async_trait::async_trait;
use policy::target::{ApplicationId, GroupId, UserId};
use policy::tenant::TenantId;
use policy::world::User;

use crate::error::Result;
use crate::revision::Sequence;

/// A group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its id.
    pub id: GroupId,
    /// A name.
    pub display_name: Option<String>,
    /// The groups it is a direct member of (S1.6).
    pub member_of: BTreeSet<GroupId>,
}

/// An application, known by its `appId` (S1.7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// Its `appId`.
    pub id: ApplicationId,
    /// The tenant that owns it.
    pub tenant: TenantId,
    /// A name.
    pub display_name: Option<String>,
    /// Where a sign-in may return to.
    pub redirect_uris: Vec<String>,
}

/// Reads and writes directories.
///
/// Every write is one transaction, takes one [`Sequence`] and counts as a change of the tenant's
/// people: a commit that was judged on the people before it conflicts. What an administrative or
/// sign-in decision changes (an invitation, a redemption) goes through [`crate::Settings::commit`]
/// instead, where it is checked against what the decision had read.
#[async_trait]
pub trait People: Send + Sync {
    /// Keeps the users, each in the place of the one with its id. The tenant's directory is known
    /// from now on, even if the list is empty (S25.2). All or nothing.
    async fn put_users(&self, tenant: TenantId, users: &[User]) -> Result<Sequence>;

    /// Drops the user. [`crate::Error::NotFound`] if there is none.
    async fn delete_user(&self, tenant: TenantId, id: UserId) -> Result<Sequence>;

    /// The user with that id.
    async fn user(&self, tenant: TenantId, id: UserId) -> Result<Option<User>>;

    /// The users with that user principal name or mail, without regard to case, by id. Nothing
    /// keeps two users from having the same one.
    async fn users_by_address(&self, tenant: TenantId, address: &str) -> Result<Vec<User>>;

    /// The objects that stand for that account of another tenant (S8.8), by id.
    async fn users_for(
        &self,
        tenant: TenantId,
        home_tenant: TenantId,
        home_user: UserId,
    ) -> Result<Vec<User>>;

    /// The users after that id, in the order of their ids.
    async fn users(&self, tenant: TenantId, after: Option<UserId>, limit: u32)
    -> Result<Vec<User>>;

    /// Keeps the groups, each in the place of the one with its id. All or nothing.
    async fn put_groups(&self, tenant: TenantId, groups: &[Group]) -> Result<Sequence>;

    /// Drops the group. It stays in the lists of those who were members: a dangling id names
    /// nobody. [`crate::Error::NotFound`] if there is none.
    async fn delete_group(&self, tenant: TenantId, id: GroupId) -> Result<Sequence>;

    /// The group with that id.
    async fn group(&self, tenant: TenantId, id: GroupId) -> Result<Option<Group>>;

    /// The groups after that id, in the order of their ids.
    async fn groups(
        &self,
        tenant: TenantId,
        after: Option<GroupId>,
        limit: u32,
    ) -> Result<Vec<Group>>;

    /// Keeps the application, in the place of the one with its id. No decision sees it, so it
    /// takes no sequence. [`crate::Error::Taken`] if another tenant owns the id.
    async fn put_application(&self, application: &Application) -> Result<()>;

    /// Drops the application. [`crate::Error::NotFound`] if the tenant has none with that id.
    async fn delete_application(&self, tenant: TenantId, id: ApplicationId) -> Result<()>;

    /// The application with that id, whoever owns it.
    async fn application(&self, id: ApplicationId) -> Result<Option<Application>>;

    /// The applications of a tenant after that id, in the order of their ids.
    async fn applications(
        &self,
        tenant: TenantId,
        after: Option<ApplicationId>,
        limit: u32,
    ) -> Result<Vec<Application>>;
}
