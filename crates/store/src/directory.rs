//! The directory as its administrators see it: people, groups and applications with everything
//! that is said about them, found by what administrators look for, and changed one by one.
//!
//! What a decision looks at is in [`crate::People`]. This is the rest of it: when Adele was
//! invited and by whom, who is in a group, when somebody's sessions were ended. A large tenant has
//! a hundred thousand people, so everything here is found by an index and read in pages, and a
//! change reads and writes the objects that it is about and no others.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use policy::target::{ApplicationId, GroupId, UserId};
use policy::tenant::TenantId;
use policy::world::{User, UserType};
use signins::window::Moment;
use uuid::Uuid;

use crate::audit::AuditRecord;
use crate::error::Result;
use crate::people::{Application, Group};
use crate::revision::{Revision, Sequence};
use crate::snapshot::Snapshot;
use crate::writing::Check;

/// What is said about a user beside what decisions look at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserDetails {
    /// `createdDateTime`.
    pub created: Option<Moment>,
    /// `externalUserStateChangeDateTime`.
    pub state_changed: Option<Moment>,
    /// What was issued to the user before then is void.
    pub sessions_revoked: Option<Moment>,
    /// Came by an invitation (`creationType`).
    pub invited: bool,
    /// The object of whoever sent the invitation, a user or an application.
    pub invited_by: Option<Uuid>,
    /// `otherMails`.
    pub other_mails: Vec<String>,
    /// `businessPhones`.
    pub business_phones: Vec<String>,
    /// Who answers for the user, beside [`User::sponsor`].
    pub sponsors: BTreeSet<UserId>,
    /// The id by which a provisioning client knows the user.
    pub external_id: Option<String>,
    /// What provisioning clients say and nobody here understands, by name.
    pub further: BTreeMap<String, String>,
}

/// A user with everything that is said about them.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    /// What decisions look at.
    pub user: User,
    /// The rest.
    pub details: UserDetails,
    /// How often the object has been written.
    pub version: Revision,
}

/// What is said about a group beside what decisions look at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupDetails {
    /// `createdDateTime`.
    pub created: Option<Moment>,
    /// `description`.
    pub description: Option<String>,
    /// `mailNickname`.
    pub mail_nickname: Option<String>,
    /// `mailEnabled`.
    pub mail_enabled: bool,
    /// Not `securityEnabled`: groups are for security unless somebody says otherwise.
    pub not_for_security: bool,
    /// `groupTypes`.
    pub group_types: Vec<String>,
    /// `visibility`.
    pub visibility: Option<String>,
    /// `isAssignableToRole`.
    pub role_assignable: bool,
    /// Who may change the group.
    pub owners: BTreeSet<UserId>,
    /// The id by which a provisioning client knows the group.
    pub external_id: Option<String>,
}

/// A group with everything that is said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupRow {
    /// What decisions look at, and its name.
    pub group: Group,
    /// The rest.
    pub details: GroupDetails,
    /// How often the object has been written.
    pub version: Revision,
}

/// What is said about an application beside its `appId` and its name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApplicationDetails {
    /// `createdDateTime`.
    pub created: Option<Moment>,
    /// `signInAudience`.
    pub audience: Option<String>,
    /// `identifierUris`.
    pub identifier_uris: Vec<String>,
    /// `publicClient.redirectUris`.
    pub public_redirect_uris: Vec<String>,
    /// `spa.redirectUris`.
    pub spa_redirect_uris: Vec<String>,
    /// `tags`.
    pub tags: Vec<String>,
    /// `description`.
    pub description: Option<String>,
}

/// An application with everything that is said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicationRow {
    /// Its object's id.
    pub object: Uuid,
    /// `appId`, owner, name, addresses.
    pub application: Application,
    /// The rest.
    pub details: ApplicationDetails,
    /// How often the object has been written.
    pub version: Revision,
}

/// The object that stands for an application in a tenant that uses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServicePrincipal {
    /// The object's id.
    pub id: Uuid,
    /// The application.
    pub application: ApplicationId,
    /// A name.
    pub display_name: Option<String>,
    /// `accountEnabled`.
    pub enabled: bool,
    /// The tenant that owns the application, if anybody knows.
    pub owner: Option<TenantId>,
    /// `replyUrls`.
    pub reply_urls: Vec<String>,
    /// `tags`.
    pub tags: Vec<String>,
    /// `createdDateTime`.
    pub created: Option<Moment>,
}

/// A password, as it is kept: hashed.
#[derive(Clone, PartialEq, Eq)]
pub struct Password {
    /// The hash, in the PHC string format. This crate never sees a password.
    pub phc: String,
    /// Since when it is valid.
    pub changed: Moment,
    /// Whether it has to be changed at the next sign-in.
    pub must_change: bool,
}

/// Hides the hash: it does not belong into a log.
impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Password")
            .field("changed", &self.changed)
            .field("must_change", &self.must_change)
            .finish_non_exhaustive()
    }
}

/// A direct member of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Member {
    /// A user.
    User(UserId),
    /// A group.
    Group(GroupId),
}

/// In which order people or groups are read. Texts are compared in lower case, byte by byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum DirectoryOrder {
    /// By id.
    #[default]
    Id,
    /// By display name, then id.
    DisplayName,
    /// By user principal name, then id. Groups have none and are ordered by id.
    UserPrincipalName,
}

/// Where a page goes on: after the object with that id, which had that text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// What the order looks at, in lower case; empty when it is the id.
    pub key: String,
    /// The id.
    pub id: Uuid,
}

/// Which people or groups to read. Conditions that are given must all hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DirectoryQuery {
    /// The order.
    pub order: DirectoryOrder,
    /// The other way round.
    pub descending: bool,
    /// Go on there.
    pub after: Option<Place>,
    /// Only members or only guests; groups are neither and are not asked.
    pub user_type: Option<UserType>,
    /// The display name begins with that, without regard to case.
    pub display_prefix: Option<String>,
    /// The user principal name begins with that, without regard to case. Groups are not asked.
    pub name_prefix: Option<String>,
    /// Not the first so many of what would be read.
    pub skip: u32,
    /// At most so many.
    pub limit: u32,
}

/// One thing that changes in a directory. What is put takes the place of the object with its id if
/// that has the expected version; without one there must be no such object yet.
#[derive(Clone, Debug)]
pub enum DirectoryAct {
    /// A user. Of two users of a tenant no two may have the same user principal name, without
    /// regard to case: [`crate::Subject::Address`] is taken.
    PutUser {
        /// What decisions look at.
        user: Box<User>,
        /// The rest.
        details: Box<UserDetails>,
        /// The version it must have.
        expected: Option<Revision>,
    },
    /// A user goes, with their password.
    DropUser {
        /// Who.
        id: UserId,
        /// The version it must have.
        expected: Revision,
    },
    /// A user goes, with their password, and can be taken back for a while
    /// ([`crate::DeletedUsers`]).
    RetireUser {
        /// Who.
        id: UserId,
        /// The version it must have.
        expected: Revision,
        /// When.
        when: Moment,
    },
    /// A user who was deleted is forgotten: taken back, or not to be.
    ForgetUser {
        /// Who.
        id: UserId,
    },
    /// A group.
    PutGroup {
        /// What decisions look at, and its name.
        group: Box<Group>,
        /// The rest.
        details: Box<GroupDetails>,
        /// The version it must have.
        expected: Option<Revision>,
    },
    /// A group goes, and nobody is a member of it any more.
    DropGroup {
        /// Which.
        id: GroupId,
        /// The version it must have.
        expected: Revision,
    },
    /// A password of a user who is there or is put by the same change.
    SetPassword {
        /// Whose.
        user: UserId,
        /// The password.
        password: Password,
    },
    /// An application.
    PutApplication {
        /// The application.
        row: Box<ApplicationRow>,
        /// The version it must have.
        expected: Option<Revision>,
    },
    /// An application goes.
    DropApplication {
        /// Its `appId`.
        id: ApplicationId,
        /// The version it must have.
        expected: Revision,
    },
    /// A service principal. Of one application a tenant has one at most.
    PutServicePrincipal {
        /// The object.
        object: Box<ServicePrincipal>,
        /// The version it must have.
        expected: Option<Revision>,
    },
    /// A service principal goes.
    DropServicePrincipal {
        /// Its object's id.
        id: Uuid,
        /// The version it must have.
        expected: Revision,
    },
}

/// A change of one tenant's directory with the audit entries about it.
#[derive(Clone, Debug)]
pub struct DirectoryChange {
    /// Whose directory.
    pub tenant: TenantId,
    /// What changes, in this order.
    pub acts: Vec<DirectoryAct>,
    /// What the log says about it.
    pub audit: Vec<AuditRecord>,
    pub(crate) checks: BTreeMap<TenantId, Check>,
}

impl DirectoryChange {
    /// A change that relies on nothing but the versions of its objects.
    pub fn new(tenant: TenantId, acts: Vec<DirectoryAct>, audit: Vec<AuditRecord>) -> Self {
        DirectoryChange {
            tenant,
            acts,
            audit,
            checks: BTreeMap::new(),
        }
    }

    /// Also demands that settings and people of that tenant are still as they were read: for a
    /// judgment that depended on who is there, and on who is not. A tenant that is not in the
    /// snapshot is not looked at.
    pub fn relying_on(mut self, snapshot: &Snapshot, tenant: TenantId) -> Self {
        if let Some(version) = snapshot.version(tenant) {
            let check = Check {
                revision: version.revision(),
                people: Some(version.people()),
            };
            self.checks.insert(tenant, check);
        }
        self
    }

    /// Also demands that the settings of that tenant are still as they were read, whoever comes and
    /// goes there meanwhile. A tenant that is not in the snapshot is not looked at.
    pub fn relying_on_settings(mut self, snapshot: &Snapshot, tenant: TenantId) -> Self {
        if let Some(version) = snapshot.version(tenant) {
            self.checks.entry(tenant).or_insert(Check {
                revision: version.revision(),
                people: None,
            });
        }
        self
    }

    /// Whether anything changes that decisions look at.
    pub(crate) fn concerns_people(&self) -> bool {
        self.acts.iter().any(|act| match act {
            DirectoryAct::PutUser { .. }
            | DirectoryAct::DropUser { .. }
            | DirectoryAct::RetireUser { .. }
            | DirectoryAct::PutGroup { .. }
            | DirectoryAct::DropGroup { .. } => true,
            DirectoryAct::ForgetUser { .. }
            | DirectoryAct::SetPassword { .. }
            | DirectoryAct::PutApplication { .. }
            | DirectoryAct::DropApplication { .. }
            | DirectoryAct::PutServicePrincipal { .. }
            | DirectoryAct::DropServicePrincipal { .. } => false,
        })
    }
}

/// Reads and changes directories, object by object.
#[async_trait]
pub trait Directories: Send + Sync {
    /// The user with that id.
    async fn person(&self, tenant: TenantId, id: UserId) -> Result<Option<Person>>;

    /// These users, as far as they are there, in the order of their ids.
    async fn persons_of(&self, tenant: TenantId, ids: &[UserId]) -> Result<Vec<Person>>;

    /// The users with that user principal name or mail, without regard to case, by id.
    async fn persons_by_address(&self, tenant: TenantId, address: &str) -> Result<Vec<Person>>;

    /// The users whom a provisioning client knows by that id, by id.
    async fn persons_by_external_id(&self, tenant: TenantId, id: &str) -> Result<Vec<Person>>;

    /// A page of users.
    async fn persons(&self, tenant: TenantId, query: &DirectoryQuery) -> Result<Vec<Person>>;

    /// How many users there are, or how many of one type.
    async fn count_persons(&self, tenant: TenantId, user_type: Option<UserType>) -> Result<u64>;

    /// The group with that id.
    async fn group_row(&self, tenant: TenantId, id: GroupId) -> Result<Option<GroupRow>>;

    /// These groups, as far as they are there, in the order of their ids.
    async fn group_rows_of(&self, tenant: TenantId, ids: &[GroupId]) -> Result<Vec<GroupRow>>;

    /// The groups that a provisioning client knows by that id, by id.
    async fn group_rows_by_external_id(&self, tenant: TenantId, id: &str) -> Result<Vec<GroupRow>>;

    /// A page of groups.
    async fn group_rows(&self, tenant: TenantId, query: &DirectoryQuery) -> Result<Vec<GroupRow>>;

    /// How many groups there are.
    async fn count_groups(&self, tenant: TenantId) -> Result<u64>;

    /// The direct members of a group after that one: users before groups, each by id.
    async fn members(
        &self,
        tenant: TenantId,
        group: GroupId,
        after: Option<Member>,
        limit: u32,
    ) -> Result<Vec<Member>>;

    /// The password of a user.
    async fn password(&self, tenant: TenantId, user: UserId) -> Result<Option<Password>>;

    /// Carries out a change in one transaction: all or nothing.
    ///
    /// [`crate::Error::Conflict`] if an object has another version than expected, or is not there,
    /// or if something the change relies on has moved; [`crate::Error::Taken`] if an object that
    /// must be new is there, or a name that must be its own is somebody else's. What decisions look
    /// at takes a [`Sequence`] and makes the directory known from now on, like every write of
    /// [`crate::People`].
    async fn write_directory(&self, change: &DirectoryChange) -> Result<Sequence>;
}

/// Reads applications and what stands for them.
#[async_trait]
pub trait Programs: Send + Sync {
    /// The application with that `appId`, if that tenant owns it.
    async fn application_row(
        &self,
        tenant: TenantId,
        id: ApplicationId,
    ) -> Result<Option<ApplicationRow>>;

    /// The application with that object id, if that tenant owns it.
    async fn application_object(
        &self,
        tenant: TenantId,
        object: Uuid,
    ) -> Result<Option<ApplicationRow>>;

    /// The applications of a tenant after that object, in the order of their objects' ids.
    async fn application_rows(
        &self,
        tenant: TenantId,
        after: Option<Uuid>,
        limit: u32,
    ) -> Result<Vec<ApplicationRow>>;

    /// The service principal with that object id, and its version.
    async fn service_principal(
        &self,
        tenant: TenantId,
        id: Uuid,
    ) -> Result<Option<(ServicePrincipal, Revision)>>;

    /// The service principal of that application, and its version.
    async fn service_principal_of(
        &self,
        tenant: TenantId,
        application: ApplicationId,
    ) -> Result<Option<(ServicePrincipal, Revision)>>;

    /// The service principals of a tenant after that object, in the order of their ids.
    async fn service_principals(
        &self,
        tenant: TenantId,
        after: Option<Uuid>,
        limit: u32,
    ) -> Result<Vec<(ServicePrincipal, Revision)>>;
}
