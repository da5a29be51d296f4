//! Whether a Conditional Access policy is meant for a visitor (S10.2 to S10.4).
//!
//! A policy includes users by `All`, by object, by group or by category, and excludes by the same
//! means; exclusion wins. If the visitor's object or groups are not known here, the answer can be
//! *maybe* (S25).

use std::collections::BTreeSet;

use crate::conditional_access::{
    ApplicationCondition, Category, ConditionalAccessPolicy, UserCondition,
};
use crate::target::{ApplicationId, GroupId, UserId};
use crate::tenant::TenantId;
use crate::world::{Suites, User, UserType};

/// The visitor as the resource tenant sees them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Visitor {
    /// The home tenant; `None` for an identity without tenant.
    pub(crate) home: Option<TenantId>,
    /// The object in the resource tenant.
    pub(crate) object: Object,
    /// Categories that hold.
    pub(crate) categories: BTreeSet<Category>,
    /// Categories that may hold; nobody knows.
    pub(crate) possible: BTreeSet<Category>,
}

/// What is known of the visitor's object.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Object {
    /// There is none, or it plays no part.
    #[default]
    None,
    /// There may be one; the directory is not known.
    Unknown,
    /// This one, and the groups it is in; `None`: unknown.
    Known(UserId, Option<BTreeSet<GroupId>>),
}

impl Visitor {
    /// Adds the category of the object: guest or member collaboration user (S10.2).
    pub(crate) fn add_object_category(&mut self, object: Option<&User>) {
        match (object, &self.object) {
            (Some(object), _) => {
                self.categories.insert(match object.user_type {
                    UserType::Guest => Category::B2bCollaborationGuest,
                    UserType::Member => Category::B2bCollaborationMember,
                });
            }
            (None, Object::Unknown) => {
                self.possible.extend([
                    Category::B2bCollaborationGuest,
                    Category::B2bCollaborationMember,
                ]);
            }
            (None, _) => {}
        }
    }
}

/// Yes, no, or maybe, with the groups that would decide.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Applies {
    Yes,
    No,
    Maybe(Vec<GroupId>),
}

/// Whether the policy is enforced for this visitor and resource application (S10.4).
pub(crate) fn applies(
    policy: &ConditionalAccessPolicy,
    visitor: &Visitor,
    application: ApplicationId,
    suites: &Suites,
) -> Applies {
    let names = |condition| names_application(condition, application, suites);
    if !policy.decides()
        || !names(&policy.include_applications)
        || names(&policy.exclude_applications)
    {
        return Applies::No;
    }
    let included = names_visitor(&policy.include_users, visitor);
    let excluded = names_visitor(&policy.exclude_users, visitor);
    match (included, excluded) {
        (Applies::No, _) | (_, Applies::Yes) => Applies::No,
        (Applies::Yes, Applies::No) => Applies::Yes,
        (Applies::Maybe(mut groups), Applies::Maybe(more)) => {
            groups.extend(more);
            Applies::Maybe(groups)
        }
        (Applies::Maybe(groups), Applies::No) | (Applies::Yes, Applies::Maybe(groups)) => {
            Applies::Maybe(groups)
        }
    }
}

fn names_application(
    condition: &ApplicationCondition,
    application: ApplicationId,
    suites: &Suites,
) -> bool {
    condition.all
        || condition.applications.contains(&application)
        || (condition.office365 && suites.office365.contains(&application))
}

fn names_visitor(condition: &UserCondition, visitor: &Visitor) -> Applies {
    if condition.all {
        return Applies::Yes;
    }
    let mut maybe = false;
    let mut groups = Vec::new();
    match &visitor.object {
        Object::None => {}
        Object::Unknown => {
            maybe |= !condition.users.is_empty();
            groups.extend(condition.groups.iter().copied());
        }
        Object::Known(id, known) => {
            if condition.users.contains(id) {
                return Applies::Yes;
            }
            match known {
                Some(known) if !known.is_disjoint(&condition.groups) => return Applies::Yes,
                Some(_) => {}
                None => groups.extend(condition.groups.iter().copied()),
            }
        }
    }
    if let Some(external) = &condition.external {
        let tenant_named = match (&external.tenants, visitor.home) {
            (None, _) => true,
            (Some(tenants), Some(home)) => tenants.contains(&home),
            (Some(_), None) => false,
        };
        if tenant_named && !external.categories.is_disjoint(&visitor.categories) {
            return Applies::Yes;
        }
        maybe |= tenant_named && !external.categories.is_disjoint(&visitor.possible);
    }
    match maybe || !groups.is_empty() {
        true => Applies::Maybe(groups),
        false => Applies::No,
    }
}
