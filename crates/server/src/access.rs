//! Who may do what: every operation with the permissions and roles it needs, as data.
//!
//! A program needs one of the application permissions. A person needs one of the scopes, for the
//! program that acts for them, and one of the roles as well (S14.14). What is written here is what is
//! checked: the table of roles and operations in the documentation is made from it.
//!
//! The settings of the policy are judged by the law itself, member by member (S14.3); their rights
//! say [`Roles::Law`].

/// Rights that have the same permissions for programs and for people's programs, and a list of them.
macro_rules! rights {
    ($($(#[$doc:meta])* $name:ident = $method:literal $path:literal $permissions:ident $roles:expr;)*) => {
        $(
            $(#[$doc])*
            pub(crate) const $name: Right = Right {
                method: $method,
                path: $path,
                application: $permissions,
                delegated: $permissions,
                roles: $roles,
            };
        )*

        /// All of them.
        pub(crate) const ALL: &[&Right] = &[$(&$name,)*];
    };
}

pub(crate) mod directory;
pub(crate) mod governance;
pub(crate) mod logs;
pub(crate) mod own;
pub(crate) mod role;
pub(crate) mod settings;
pub(crate) mod surface;
pub(crate) mod synchronization;
mod table;

pub use table::{Line, lines, page, permissions};

use policy::governance::Held;
use policy::role::{Action, Role};
use policy::world::Tenant;

use self::role::DirectoryRole;
use crate::administration::authorize;
use crate::error::{ApiError, Result};
use crate::principal::Principal;
use crate::state::App;

/// One operation, and who may carry it out.
#[derive(Debug)]
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
pub(crate) enum Roles {
    /// Nothing.
    Anybody,
    /// One of these directory roles; the Global Administrator's always does.
    AnyOf(&'static [&'static DirectoryRole]),
    /// All of these actions, by whatever role, built in or the tenant's own. An action may be
    /// protected by an authentication context (S14.4).
    Actions(&'static [Action]),
    /// What the law demands of the members that are written (S14.3).
    Law,
    /// No person may.
    Nobody,
}

/// Every right there is.
pub(crate) fn all() -> impl Iterator<Item = &'static Right> {
    let areas = [
        settings::ALL,
        logs::ALL,
        governance::ALL,
        directory::ALL,
        surface::ALL,
        own::ALL,
        synchronization::ALL,
    ];
    areas.into_iter().flatten().copied()
}

impl Roles {
    /// Whether somebody who holds that has what is needed.
    fn held_by(&self, held: &Held) -> bool {
        let everything = held.roles.contains(&Role::GlobalAdministrator);
        match self {
            // The law asks for itself, member by member.
            Roles::Anybody | Roles::Law => true,
            Roles::AnyOf(roles) => everything || roles.iter().any(|role| held.roles.contains(role)),
            Roles::Actions(actions) => actions.iter().all(|action| held.holds(*action)),
            Roles::Nobody => false,
        }
    }

    /// The authentication context that a session needs and does not have (S14.4).
    fn step_up<'a>(&self, tenant: &'a Tenant, session: &[String]) -> Option<&'a str> {
        let Roles::Actions(actions) = self else {
            return None;
        };
        let changes = actions.iter().filter(|action| !action.is_read());
        let mut contexts = changes.filter_map(|action| tenant.protected_actions.get(action));
        let needed = contexts.find(|context| !session.contains(context));
        needed.map(String::as_str)
    }
}

impl Principal {
    /// Demands that the caller may carry out the operation in its own tenant: permission first,
    /// then a session that is strong enough (S14.13).
    pub(crate) async fn may(&self, app: &App, right: &Right) -> Result<()> {
        let permissions = match self.contexts() {
            Some(_) => right.delegated,
            None => right.application,
        };
        let granted = self.is_granted(permissions);
        if granted && self.contexts().is_none() {
            return Ok(());
        }
        // A person needs scope and role. A program that lacks the permission may have been given a
        // role that lets it.
        let by_role_alone = matches!(right.roles, Roles::AnyOf(_) | Roles::Actions(_));
        if !granted && (self.contexts().is_some() || !by_role_alone) {
            return Err(ApiError::forbidden());
        }
        if matches!(right.roles, Roles::Anybody | Roles::Law) {
            return Ok(());
        }
        let id = self.tenant();
        let sheet = app.effective.with(&[id]).await?;
        let Some(known) = sheet.get(id) else {
            return Err(ApiError::forbidden());
        };
        let tenant = &known.tenant;
        if !right.roles.held_by(&self.held(&tenant.governance)) {
            return Err(ApiError::forbidden());
        }
        let session = self.contexts();
        match session.and_then(|session| right.roles.step_up(tenant, session)) {
            Some(context) => Err(ApiError::step_up(context, &authorize(app, id))),
            None => Ok(()),
        }
    }
}
