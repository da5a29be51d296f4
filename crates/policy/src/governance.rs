//! Who governs a tenant: the roles it made itself, who was given which role, and the authentication
//! contexts that protect actions (S14.2–S14.4).
//!
//! Contoso makes a role "Partner desk" of two actions and gives it to Dana. What Dana may do is then
//! asked of [`Governance::held`], together with the roles that her token names. A role that is
//! switched off gives nothing, and an id that names no role gives nothing either.

use std::collections::{BTreeMap, BTreeSet};

use crate::guid::guid;
use crate::role::{Action, Role, RoleId};

guid! {
    /// Names whoever can be given a role: a user or a service principal, by object id.
    PrincipalId
}

/// What governs a tenant. Small, because every request looks at it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Governance {
    /// The roles that the tenant made itself.
    pub roles: BTreeMap<RoleId, CustomRole>,
    /// Who was given which role.
    pub assignments: BTreeSet<RoleAssignment>,
    /// The authentication contexts.
    pub contexts: BTreeMap<ContextId, AuthenticationContext>,
}

/// A role that a tenant made itself: a set of actions (S14.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomRole {
    /// Its id.
    pub id: RoleId,
    /// An id that may be the same in several tenants. Tokens name roles by it.
    pub template: RoleId,
    /// A name.
    pub display_name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it gives anything.
    pub enabled: bool,
    /// The version, as its maker counts.
    pub version: Option<String>,
    /// What it consists of.
    pub actions: BTreeSet<Action>,
}

impl CustomRole {
    /// A recommended role, to be made in a tenant (S23).
    pub fn recommended(role: Role, id: RoleId) -> Self {
        CustomRole {
            id,
            template: role.id(),
            display_name: role.as_str().to_owned(),
            description: Some(role.description().to_owned()),
            enabled: true,
            version: None,
            actions: role.actions(),
        }
    }
}

/// Somebody was given a role, for the whole tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoleAssignment {
    /// The role.
    pub role: RoleId,
    /// Who.
    pub principal: PrincipalId,
}

/// Names an authentication context: `c1` to `c99`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContextId(u8);

/// The text names no authentication context.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an authentication context (expected c1 to c99)")]
pub struct InvalidContext(String);

impl std::str::FromStr for ContextId {
    type Err = InvalidContext;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || InvalidContext(text.chars().take(64).collect());
        let digits = text.strip_prefix(['c', 'C']).ok_or_else(wrong)?;
        let plain = digits.bytes().all(|digit| digit.is_ascii_digit());
        let number = digits.parse::<u8>().ok();
        let number = number.filter(|number| (1..=99).contains(number));
        match number.filter(|_| plain && !digits.starts_with('0')) {
            Some(number) => Ok(ContextId(number)),
            None => Err(wrong()),
        }
    }
}

impl std::fmt::Display for ContextId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "c{}", self.0)
    }
}

/// An authentication context: a name for "signed in strongly enough for this".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthenticationContext {
    /// A name.
    pub display_name: Option<String>,
    /// What it stands for.
    pub description: Option<String>,
    /// Whether it may be chosen to protect something.
    pub available: bool,
}

/// What a caller holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Built-in roles, and recommended ones that the tenant has not made its own.
    pub roles: BTreeSet<Role>,
    /// The actions of custom roles.
    pub actions: BTreeSet<Action>,
}

impl Held {
    /// Whether the caller holds the action, by whatever role.
    pub fn holds(&self, action: Action) -> bool {
        self.actions.contains(&action) || self.roles.iter().any(|role| role.holds(action))
    }
}

/// How many roles a tenant can make.
pub const MAXIMUM_ROLES: usize = 100;
/// How many times roles can be given in a tenant.
pub const MAXIMUM_ASSIGNMENTS: usize = 1000;

/// Why the roles of a tenant cannot be changed like that.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is everybody's.
    #[error("the role `{0}` is built in and cannot be changed or deleted")]
    BuiltIn(&'static str),
    /// No such role.
    #[error("there is no role definition `{0}`")]
    NoRole(RoleId),
    /// Somebody holds it.
    #[error("the role `{0}` is still assigned; delete its assignments first")]
    Assigned(String),
    /// Another role has the template id.
    #[error("the templateId `{0}` is that of another role")]
    TemplateTaken(RoleId),
    /// There are as many as there can be.
    #[error("a tenant can have at most {MAXIMUM_ROLES} custom roles")]
    TooManyRoles,
    /// There are as many as there can be.
    #[error("a tenant can have at most {MAXIMUM_ASSIGNMENTS} role assignments")]
    TooManyAssignments,
    /// It gives nothing.
    #[error("the role `{0}` is not enabled and cannot be assigned")]
    Disabled(String),
    /// It was given already.
    #[error("the role is assigned to this principal already")]
    AlreadyAssigned,
    /// It was not given.
    #[error("there is no such role assignment")]
    NoAssignment,
    /// Nobody has defined it.
    #[error("there is no authentication context `{0}`")]
    NoContext(ContextId),
    /// Applications may already ask for it.
    #[error("the authentication context `{0}` is published; set isAvailable to false first")]
    Published(ContextId),
    /// Something depends on it.
    #[error("the authentication context `{context}` is used by {by}")]
    Used {
        /// Which.
        context: ContextId,
        /// What uses it.
        by: String,
    },
    /// It cannot be chosen yet.
    #[error("the authentication context `{0}` is not published; set isAvailable to true first")]
    Unpublished(ContextId),
    /// The action cannot carry one.
    #[error("no authentication context can be set for the action `{0}`")]
    NotProtectable(Action),
}

impl Governance {
    /// What somebody holds who was given these roles by a token, and others here.
    pub fn held(
        &self,
        named: impl IntoIterator<Item = RoleId>,
        principal: Option<PrincipalId>,
    ) -> Held {
        let mut held = Held::default();
        for id in named {
            self.gather(id, &mut held);
        }
        let given = |assignment: &&RoleAssignment| Some(assignment.principal) == principal;
        for assignment in self.assignments.iter().filter(given) {
            self.gather(assignment.role, &mut held);
        }
        held
    }

    /// A role that the tenant made governs; where it made none, the built-in one of that id.
    fn gather(&self, id: RoleId, held: &mut Held) {
        match (self.custom(id), Role::from_id(id)) {
            (Some(role), _) if role.enabled => held.actions.extend(&role.actions),
            (Some(_), _) => {}
            (None, Some(role)) => {
                held.roles.insert(role);
            }
            (None, None) => {}
        }
    }

    /// The role that the tenant made, by id or template id.
    pub fn custom(&self, id: RoleId) -> Option<&CustomRole> {
        let by_template = || self.roles.values().find(|role| role.template == id);
        self.roles.get(&id).or_else(by_template)
    }

    /// Adds a role or changes the one with its id.
    pub fn put_role(&mut self, role: CustomRole) -> Result<(), Refusal> {
        not_built_in(role.id)?;
        let others = self.roles.values().filter(|other| other.id != role.id);
        let clashes =
            |other: &CustomRole| other.template == role.template || other.id == role.template;
        let built_in = Role::from_id(role.template).is_some_and(Role::is_built_in);
        if built_in || others.into_iter().any(clashes) {
            return Err(Refusal::TemplateTaken(role.template));
        }
        if !self.roles.contains_key(&role.id) && self.roles.len() >= MAXIMUM_ROLES {
            return Err(Refusal::TooManyRoles);
        }
        self.roles.insert(role.id, role);
        Ok(())
    }

    /// The role, if it may be changed.
    pub fn changeable(&self, id: RoleId) -> Result<&CustomRole, Refusal> {
        not_built_in(id)?;
        self.roles.get(&id).ok_or(Refusal::NoRole(id))
    }

    /// Drops a role that nobody holds.
    pub fn remove_role(&mut self, id: RoleId) -> Result<CustomRole, Refusal> {
        let name = self.changeable(id)?.display_name.clone();
        if self.assignments.iter().any(|given| given.role == id) {
            return Err(Refusal::Assigned(name));
        }
        self.roles.remove(&id).ok_or(Refusal::NoRole(id))
    }

    /// Gives somebody a role.
    pub fn assign(&mut self, assignment: RoleAssignment) -> Result<(), Refusal> {
        let id = assignment.role;
        match self.roles.get(&id) {
            Some(role) if !role.enabled => {
                return Err(Refusal::Disabled(role.display_name.clone()));
            }
            Some(_) => {}
            None if Role::from_id(id).is_some_and(Role::is_built_in) => {}
            None => return Err(Refusal::NoRole(id)),
        }
        if self.assignments.contains(&assignment) {
            return Err(Refusal::AlreadyAssigned);
        }
        if self.assignments.len() >= MAXIMUM_ASSIGNMENTS {
            return Err(Refusal::TooManyAssignments);
        }
        self.assignments.insert(assignment);
        Ok(())
    }

    /// Takes a role away again.
    pub fn unassign(&mut self, assignment: RoleAssignment) -> Result<(), Refusal> {
        match self.assignments.remove(&assignment) {
            true => Ok(()),
            false => Err(Refusal::NoAssignment),
        }
    }

    /// The context, if it may be chosen to protect something.
    pub fn choosable(&self, id: ContextId) -> Result<(), Refusal> {
        match self.contexts.get(&id) {
            None => Err(Refusal::NoContext(id)),
            Some(context) if !context.available => Err(Refusal::Unpublished(id)),
            Some(_) => Ok(()),
        }
    }
}

fn not_built_in(id: RoleId) -> Result<(), Refusal> {
    match Role::from_id(id).filter(|role| role.is_built_in()) {
        Some(role) => Err(Refusal::BuiltIn(role.as_str())),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DESK: RoleId = RoleId::from_u128(1);
    const DANA: PrincipalId = PrincipalId::from_u128(2);

    fn desk() -> CustomRole {
        CustomRole {
            id: DESK,
            template: RoleId::from_u128(11),
            display_name: "Partner desk".to_owned(),
            description: None,
            enabled: true,
            version: None,
            actions: BTreeSet::from([Action::ReadPartners, Action::CreatePartner]),
        }
    }

    fn given(role: RoleId) -> RoleAssignment {
        RoleAssignment {
            role,
            principal: DANA,
        }
    }

    #[test]
    fn a_role_gives_its_actions_to_whoever_was_given_it_and_to_nobody_else() {
        // S14.2
        let mut governance = Governance::default();
        governance.put_role(desk()).unwrap();
        governance.assign(given(DESK)).unwrap();
        let held = governance.held([], Some(DANA));
        assert_eq!(held.actions, desk().actions);
        assert!(held.holds(Action::CreatePartner) && !held.holds(Action::DeletePartner));
        let other = governance.held([], Some(PrincipalId::from_u128(3)));
        assert_eq!(other, Held::default());
        let by_template = governance.held([RoleId::from_u128(11)], None);
        assert_eq!(by_template.actions, desk().actions);
    }

    #[test]
    fn a_role_that_is_switched_off_gives_nothing() {
        let mut governance = Governance::default();
        governance.put_role(desk()).unwrap();
        governance.assign(given(DESK)).unwrap();
        let off = CustomRole {
            enabled: false,
            ..desk()
        };
        governance.put_role(off).unwrap();
        assert_eq!(governance.held([], Some(DANA)), Held::default());
    }

    #[test]
    fn what_the_tenant_makes_of_a_recommended_role_is_what_it_means_there() {
        // S23
        let reader = Role::CrossTenantAccessReader;
        let mut governance = Governance::default();
        let held = governance.held([reader.id()], None);
        assert_eq!(held.roles, BTreeSet::from([reader]));
        let mut narrower = CustomRole::recommended(reader, RoleId::from_u128(5));
        narrower.actions.remove(&Action::ReadPolicy);
        governance.put_role(narrower).unwrap();
        let held = governance.held([reader.id()], None);
        assert!(held.roles.is_empty() && !held.holds(Action::ReadPolicy));
        assert!(held.holds(Action::ReadPartners));
    }

    #[test]
    fn a_role_somebody_holds_and_a_built_in_one_stay() {
        let mut governance = Governance::default();
        governance.put_role(desk()).unwrap();
        governance.assign(given(DESK)).unwrap();
        let assigned = Refusal::Assigned("Partner desk".to_owned());
        assert_eq!(governance.remove_role(DESK), Err(assigned));
        governance.unassign(given(DESK)).unwrap();
        assert!(governance.remove_role(DESK).is_ok());
        let reader = Role::GlobalReader;
        let built_in = Refusal::BuiltIn("Global Reader");
        assert_eq!(governance.remove_role(reader.id()), Err(built_in));
        let same = CustomRole {
            template: reader.id(),
            ..desk()
        };
        assert_eq!(
            governance.put_role(same),
            Err(Refusal::TemplateTaken(reader.id()))
        );
    }

    #[test]
    fn there_is_an_end_to_roles_and_assignments() {
        let mut governance = Governance::default();
        let numbered = |number: usize| CustomRole {
            id: RoleId::from_u128(1000 + number as u128),
            template: RoleId::from_u128(1000 + number as u128),
            ..desk()
        };
        for number in 0..MAXIMUM_ROLES {
            governance.put_role(numbered(number)).unwrap();
        }
        let more = governance.put_role(numbered(MAXIMUM_ROLES));
        assert_eq!(more, Err(Refusal::TooManyRoles));
        governance.put_role(numbered(0)).unwrap();
        let to = |number: usize| RoleAssignment {
            role: Role::GlobalReader.id(),
            principal: PrincipalId::from_u128(number as u128),
        };
        for number in 0..MAXIMUM_ASSIGNMENTS {
            governance.assign(to(number)).unwrap();
        }
        let more = governance.assign(to(MAXIMUM_ASSIGNMENTS));
        assert_eq!(more, Err(Refusal::TooManyAssignments));
        assert_eq!(governance.assign(to(0)), Err(Refusal::AlreadyAssigned));
    }

    #[test]
    fn contexts_are_c1_to_c99() {
        for text in ["c1", "C25", "c99"] {
            let id: ContextId = text.parse().unwrap();
            assert_eq!(id.to_string(), text.to_lowercase());
        }
        for text in ["", "c", "c0", "c100", "c01", "c+1", "1", "d1", "c1 "] {
            assert!(text.parse::<ContextId>().is_err(), "{text}");
        }
    }
}
