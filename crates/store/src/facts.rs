//! What the tenants of a world share, and the operator states.

use policy::multitenant::MultitenantOrganization;
use policy::world::{Suites, World};

/// Facts that change decisions and belong to no single tenant (S1.9, S9.3, S13, S25.1).
///
/// They are kept here and not in a configuration file, so that all replicas agree.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// What the application keywords stand for.
    pub suites: Suites,
    /// The multitenant organizations.
    pub multitenant_organizations: Vec<MultitenantOrganization>,
    /// Whether both sides must be hosted for anything to be allowed.
    pub both_sides_required: bool,
}

impl Facts {
    /// The facts in a world.
    pub fn of(world: &World) -> Self {
        let World {
            tenants: _,
            suites,
            multitenant_organizations,
            both_sides_required,
        } = world;
        Facts {
            suites: Suites::clone(suites),
            multitenant_organizations: multitenant_organizations.clone(),
            both_sides_required: *both_sides_required,
        }
    }

    /// A world of nothing but these facts.
    pub(crate) fn world(self) -> World {
        World {
            suites: self.suites.into(),
            multitenant_organizations: self.multitenant_organizations,
            both_sides_required: self.both_sides_required,
            ..World::default()
        }
    }
}
