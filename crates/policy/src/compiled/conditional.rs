//! Conditional Access of the resource tenant, compiled: whom a policy means (S10.2–S10.4).
//!
//! Only enabled policies are kept. What they ask for is judged in [`super::demand`].

use super::demand::{Demand, Way};
use super::directory::CompiledDirectory;
use super::people::Person;
use super::suites::CompiledSuites;
use crate::conditional_access::{
    ApplicationCondition, Category, ConditionalAccessPolicy, ExternalUsers, Operator, UserCondition,
};
use crate::target::{ApplicationId, GroupId, UserId};
use crate::tenant::TenantId;
use crate::world::UserType;

/// An enabled policy.
#[derive(Debug)]
pub(super) struct CompiledPolicy {
    include: Persons,
    exclude: Persons,
    include_apps: Apps,
    exclude_apps: Apps,
    /// Whether the worst demand counts, rather than the best (S10.5).
    pub(super) worst_counts: bool,
    pub(super) demands: Box<[Demand]>,
}

/// Whom a policy includes or excludes; the ids are in order.
#[derive(Debug)]
struct Persons {
    all: bool,
    users: Box<[UserId]>,
    groups: Box<[GroupId]>,
    categories: Categories,
    /// Of which tenants; `None`: of all.
    tenants: Option<Box<[TenantId]>>,
}

/// Which applications a policy includes or excludes; the ids are in order.
#[derive(Debug)]
struct Apps {
    all: bool,
    office_365: bool,
    ids: Box<[ApplicationId]>,
}

/// A set of categories.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Categories(u8);

impl Categories {
    /// The two a collaboration user can be in (S10.2).
    const OF_OBJECTS: Categories = Categories(
        1 << Category::B2bCollaborationGuest as u8 | 1 << Category::B2bCollaborationMember as u8,
    );

    pub(super) fn insert(&mut self, category: Category) {
        self.0 |= 1 << category as u8;
    }

    fn meets(self, other: Categories) -> bool {
        self.0 & other.0 != 0
    }
}

/// The visitor as the resource tenant sees them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Visitor<'a> {
    pub(super) way: Way,
    /// `None`: an identity without a tenant.
    pub(super) home: Option<TenantId>,
    pub(super) object: Object<'a>,
    /// Categories that hold.
    pub(super) categories: Categories,
    /// Categories that may hold; nobody knows.
    pub(super) possible: Categories,
}

impl<'a> Visitor<'a> {
    /// A visitor with the category of the object (S10.2), or where nobody knows it, the possible
    /// ones.
    pub(super) fn new(way: Way, home: Option<TenantId>, object: Object<'a>) -> Visitor<'a> {
        let mut visitor = Visitor {
            way,
            home,
            object,
            categories: Categories::default(),
            possible: Categories::default(),
        };
        match object {
            Object::None => {}
            Object::Unknown => visitor.possible = Categories::OF_OBJECTS,
            Object::Known { user_type, .. } => visitor.categories.insert(match user_type {
                UserType::Guest => Category::B2bCollaborationGuest,
                UserType::Member => Category::B2bCollaborationMember,
            }),
        }
        visitor
    }
}

/// What is known of the visitor's object.
#[derive(Clone, Copy, Debug)]
pub(super) enum Object<'a> {
    /// There is none, or it plays no part.
    None,
    /// There may be one; the directory is not known.
    Unknown,
    /// This one.
    Known {
        id: UserId,
        user_type: UserType,
        /// `None`: unknown.
        groups: Option<&'a [GroupId]>,
    },
}

impl<'a> Object<'a> {
    pub(super) fn known(directory: &'a CompiledDirectory, person: &Person) -> Object<'a> {
        Object::Known {
            id: person.id,
            user_type: person.user_type,
            groups: directory.groups(person),
        }
    }
}

/// Three-valued (S25).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Certainty {
    No,
    Maybe,
    Yes,
}

impl CompiledPolicy {
    /// The policy, unless it can never decide.
    pub(super) fn new(policy: &ConditionalAccessPolicy) -> Option<CompiledPolicy> {
        if !policy.decides() {
            return None;
        }
        let demands: Box<[Demand]> = policy.controls.iter().map(Demand::new).collect();
        Some(CompiledPolicy {
            include: Persons::new(&policy.include_users),
            exclude: Persons::new(&policy.exclude_users),
            include_apps: Apps::new(&policy.include_applications),
            exclude_apps: Apps::new(&policy.exclude_applications),
            worst_counts: policy.operator == Operator::And || demands.contains(&Demand::Block),
            demands,
        })
    }

    /// Whether the policy is meant (S10.4); exclusion wins.
    pub(super) fn applies(
        &self,
        visitor: &Visitor<'_>,
        app: ApplicationId,
        suites: &CompiledSuites,
    ) -> Certainty {
        if !self.include_apps.names(app, suites) || self.exclude_apps.names(app, suites) {
            return Certainty::No;
        }
        let included = self.include.names(visitor);
        match (included, self.exclude.names(visitor)) {
            (_, Certainty::Yes) => Certainty::No,
            (included, Certainty::No) => included,
            (included, Certainty::Maybe) => included.min(Certainty::Maybe),
        }
    }
}

impl Persons {
    fn new(condition: &UserCondition) -> Persons {
        let mut categories = Categories::default();
        let external = condition.external.as_ref();
        for category in external
            .into_iter()
            .flat_map(|e: &ExternalUsers| &e.categories)
        {
            categories.insert(*category);
        }
        let tenants = external.and_then(|external| external.tenants.as_ref());
        Persons {
            all: condition.all,
            users: condition.users.iter().copied().collect(),
            groups: condition.groups.iter().copied().collect(),
            categories,
            tenants: tenants.map(|tenants| tenants.iter().copied().collect()),
        }
    }

    fn names(&self, visitor: &Visitor<'_>) -> Certainty {
        if self.all {
            return Certainty::Yes;
        }
        self.names_object(visitor).max(self.names_category(visitor))
    }

    fn names_object(&self, visitor: &Visitor<'_>) -> Certainty {
        let maybe = |named: bool| match named {
            true => Certainty::Maybe,
            false => Certainty::No,
        };
        match visitor.object {
            Object::None => Certainty::No,
            Object::Unknown => maybe(!self.users.is_empty() || !self.groups.is_empty()),
            Object::Known { id, .. } if self.users.binary_search(&id).is_ok() => Certainty::Yes,
            Object::Known { groups: None, .. } => maybe(!self.groups.is_empty()),
            Object::Known {
                groups: Some(groups),
                ..
            } => {
                let named = |group| self.groups.binary_search(group).is_ok();
                match groups.iter().any(named) {
                    true => Certainty::Yes,
                    false => Certainty::No,
                }
            }
        }
    }

    fn names_category(&self, visitor: &Visitor<'_>) -> Certainty {
        let of_tenant = match (&self.tenants, visitor.home) {
            (None, _) => true,
            (Some(tenants), Some(home)) => tenants.binary_search(&home).is_ok(),
            (Some(_), None) => false,
        };
        if of_tenant && self.categories.meets(visitor.categories) {
            Certainty::Yes
        } else if of_tenant && self.categories.meets(visitor.possible) {
            Certainty::Maybe
        } else {
            Certainty::No
        }
    }
}

impl Apps {
    fn new(condition: &ApplicationCondition) -> Apps {
        Apps {
            all: condition.all,
            office_365: condition.office365,
            ids: condition.applications.iter().copied().collect(),
        }
    }

    fn names(&self, app: ApplicationId, suites: &CompiledSuites) -> bool {
        self.all
            || self.ids.binary_search(&app).is_ok()
            || (self.office_365 && suites.office_365(app))
    }
}
