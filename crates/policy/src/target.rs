//! What a setting points at: users, groups, applications, and the two halves of a block.
//!
//! "Allowed: Marketing / blocked: CRM" is a users half with [`Access::Allowed`] and one group, and
//! an applications half with [`Access::Blocked`] and one application.

use crate::guid::guid;

guid! {
    /// Names a user object, in the tenant that holds it.
    UserId
}
guid! {
    /// Names a group, in the tenant that holds it.
    GroupId
}
guid! {
    /// Names an application by its `appId`, never by an object id (S1.7).
    ApplicationId
}

/// The applications that clauses mention by name (S1.8). None of them is exempt from S3.
pub mod well_known {
    use super::ApplicationId;
    /// Rights Management: encrypted mail.
    pub const RIGHTS_MANAGEMENT: ApplicationId =
        ApplicationId::from_u128(0x00000012_0000_0000_c000_000000000000);
    /// Where an invitation is accepted.
    pub const INVITATION_ACCEPTANCE: ApplicationId =
        ApplicationId::from_u128(0x4660504c_45b3_4674_a709_71951a6b0763);
    /// My Apps, App Access Panel, My Profile, My Sign-ins: what a guest needs beside the shared
    /// application.
    pub const PORTAL: [ApplicationId; 4] = [
        ApplicationId::from_u128(0x2793995e_0a7d_40d7_bd35_6968ba142197),
        ApplicationId::from_u128(0x0000000c_0000_0000_c000_000000000000),
        ApplicationId::from_u128(0x8c59ead7_d703_4a27_9e55_c96a0054c8d2),
        ApplicationId::from_u128(0x19db86c3_b2b9_44cc_b339_36da233a3be2),
    ];
}

/// Whether a half lets in what it names or keeps it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Access {
    /// Lets in what it names and nothing else.
    Allowed,
    /// Keeps out what it names and nothing else.
    Blocked,
}

/// One entry of a users half.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UserTarget {
    /// This user.
    User(UserId),
    /// Whoever is in this group, directly or through nested groups (S1.6).
    Group(GroupId),
}

/// One entry of an applications half.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ApplicationTarget {
    /// This application.
    Application(ApplicationId),
    /// Every application of the Office 365 suite.
    Office365,
    /// Every Microsoft cloud application.
    AllMicrosoftApps,
}

/// A list with at least one entry, in the order it was written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Targets<T>(Vec<T>);

impl<T> Targets<T> {
    /// The list, unless it is empty.
    pub fn new(entries: Vec<T>) -> Option<Self> {
        (!entries.is_empty()).then_some(Self(entries))
    }
    /// The entries, in the order they were written.
    pub fn as_slice(&self) -> &[T] {
        &self.0
    }
}

/// Everything, or what a list names. `AllUsers` beside a name cannot be said (S4.5, S4.7).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Scope<T> {
    /// `AllUsers` or `AllApplications`.
    All,
    /// The listed ones only.
    Only(Targets<T>),
}

impl<T> Scope<T> {
    /// Whether this is `AllUsers` or `AllApplications`.
    pub fn is_all(&self) -> bool {
        matches!(self, Scope::All)
    }
}

/// One half of a block (S3.1).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Half<T> {
    /// Lets in or keeps out.
    pub access: Access,
    /// What it names.
    pub scope: Scope<T>,
}

impl<T> Half<T> {
    /// The half that names everything.
    pub const fn all(access: Access) -> Self {
        Half {
            access,
            scope: Scope::All,
        }
    }
    /// Whether this is "blocked, all".
    pub fn blocks_all(&self) -> bool {
        self.access == Access::Blocked && self.scope.is_all()
    }
}

/// The users half of a block.
pub type UsersHalf = Half<UserTarget>;
/// The applications half of a block.
pub type ApplicationsHalf = Half<ApplicationTarget>;
