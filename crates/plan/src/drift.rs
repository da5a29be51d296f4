//! How the settings in force have moved away from those that are wanted.

use graph::settings::shape;
use policy::settings::Policy;
use policy::tenant::TenantId;
use policy::world::World;
use preview::difference::{self, Difference, Turn};

use crate::steps::{Plan, Step};

/// In which direction something has moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// More is open than is wanted.
    Widens,
    /// Less is open than is wanted.
    Narrows,
    /// Both, for different requests.
    Both,
    /// No request is answered otherwise.
    Cosmetic,
}

impl Direction {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Direction::Widens => "widens",
            Direction::Narrows => "narrows",
            Direction::Both => "widensAndNarrows",
            Direction::Cosmetic => "cosmetic",
        }
    }

    /// From the difference between what is wanted and what is in force.
    pub fn of(moved: &Difference) -> Self {
        let turns = |turn| {
            moved.regions.iter().any(|region| region.turn == turn)
                || moved.switches.iter().any(|switched| switched.turn == turn)
        };
        match (turns(Turn::Opens), turns(Turn::Closes)) {
            (true, false) => Direction::Widens,
            (false, true) => Direction::Narrows,
            (false, false) if moved.is_equal() => Direction::Cosmetic,
            // Guests are recognized in another order: some by other identities than before.
            (true, true) | (false, false) => Direction::Both,
        }
    }
}

/// Where the settings differ from those that are wanted: each request that would take them back, and
/// what has moved there.
pub fn find<'a>(world: &World, now: &Policy, plan: &'a Plan) -> Vec<(&'a Step, Direction)> {
    let befores = std::iter::once(now).chain(&plan.states);
    let steps = plan.steps.iter().zip(befores.zip(&plan.states));
    let moved = steps.map(|(step, (before, after))| {
        let direction = Direction::of(&difference::between(world, plan.tenant, after, before));
        (step, direction)
    });
    moved.collect()
}

/// Members of the settings that nobody here knows: what they do cannot be said.
pub fn unknown(policy: &Policy) -> Vec<(Option<TenantId>, String)> {
    let defaults = policy
        .defaults
        .untreated
        .iter()
        .map(|(name, _)| (None, name));
    let entries = policy.partners.iter().flat_map(|entry| {
        let members = entry.untreated.iter();
        members.map(|(name, _)| (Some(entry.tenant), name))
    });
    let known = |partner: &Option<TenantId>, name: &str| {
        let shape = match partner {
            Some(_) => &shape::PARTNER,
            None => &shape::DEFAULT,
        };
        shape.member(name).is_some() || name.contains('@')
    };
    defaults
        .chain(entries)
        .filter(|(partner, name)| !known(partner, name))
        .map(|(partner, name)| (partner, name.to_owned()))
        .collect()
}
