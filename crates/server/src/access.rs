//! Who may do what: every operation with the permissions and roles it needs, as data.
//!
//! A program needs one of the application permissions. A person needs one of the scopes, for the
//! program that acts for them, and one of the roles as well (S14.14). What is written here is what is
//! checked: the table of roles and operations in the documentation is made from it.
//!
//! The settings of the policy are judged by the law itself, member by member (S14.3); their rights
//! say [`Roles::Law`].

pub(crate) mod directory;
pub(crate) mod logs;
pub(crate) mod role;
pub(crate) mod surface;

use policy::role::{Action, Role};
use sts::Caller;
use uuid::Uuid;

use self::role::DirectoryRole;
use crate::error::{ApiError, Result};
use crate::permission::ROLE_TEMPLATES;
use crate::principal::Principal;
use crate::state::App;

/// One operation, and who may carry it out.
#[derive(Debug)]
#[expect(
    dead_code,
    reason = "the table that is made of method and path comes next"
)]
pub(crate) struct Right {
    /// `GET`, `POST` and so on.
    pub(crate) method: &'static str,
    /// The address below the version, as the documentation writes it: `/users/{id}`.
    pub(crate) path: &'static str,
    /// Application permissions: any of these.
    pub(crate) application: &'static [&'static str],
    /// Scopes of a person's program: any of these.
    pub(crate) delegated: &'static [&'static str],
    /// What the person needs beside the scope.
    pub(crate) roles: Roles,
}

/// What a person needs beside the scope.
#[derive(Debug)]
#[allow(dead_code, reason = "the operations that need the others come next")]
pub(crate) enum Roles {
    /// Nothing.
    Anybody,
    /// One of these directory roles.
    AnyOf(&'static [&'static DirectoryRole]),
    /// All of these actions, by whatever role.
    Actions(&'static [Action]),
    /// What the law demands of the members that are written (S14.3).
    Law,
    /// No person may.
    Nobody,
}

impl Roles {
    /// Whether somebody with the directory roles of these template ids has what is needed.
    fn held_by(&self, held: &[Uuid]) -> bool {
        match self {
            // The law asks for itself, member by member.
            Roles::Anybody | Roles::Law => true,
            Roles::AnyOf(roles) => roles.iter().any(|role| held.contains(&role.id)),
            Roles::Actions(actions) => {
                let roles = ROLE_TEMPLATES.iter().filter(|(id, _)| held.contains(id));
                let roles: Vec<Role> = roles.map(|(_, role)| *role).collect();
                let held = |action: &Action| roles.iter().any(|role| role.holds(*action));
                actions.iter().all(held)
            }
            Roles::Nobody => false,
        }
    }
}

impl Principal {
    /// Demands that the caller may carry out the operation in its own tenant.
    pub(crate) async fn may(&self, _app: &App, right: &Right) -> Result<()> {
        let allowed = match self.caller() {
            Caller::Application { .. } => self.is_granted(right.application),
            Caller::Person { roles, .. } => {
                self.is_granted(right.delegated) && right.roles.held_by(roles)
            }
        };
        match allowed {
            true => Ok(()),
            false => Err(ApiError::forbidden()),
        }
    }
}
