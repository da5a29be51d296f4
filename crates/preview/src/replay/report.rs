//! Whom a draft closes out and whom it lets in, counted: the account of a whole log.
//!
//! Behaviours that the draft changes are put together by what changes, with whom and why; the gravest
//! come first, and of those the most frequent. Whatever is not in a group is counted as well: what does
//! not change, and what could not be judged.

use std::collections::{BTreeMap, BTreeSet};

use hashbrown::HashSet;
use policy::reason::{Detail, Reason, Side};
use policy::resolve::{self, Origin};
use policy::settings::BlockName;
use policy::sign_in::SignIn;
use policy::target::{ApplicationId, UserId};
use policy::tenant::TenantId;
use signins::direction::Direction;
use signins::window::Moment;

use super::keep::Keep;
use super::{Impact, Replay, Unjudged, Unknowns};

/// What the behaviours of a group have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupKey {
    /// What changes; of a conditional result the gravest possibility.
    pub impact: Impact,
    /// Whether it depends on something that the log does not say.
    pub conditional: bool,
    /// Which way.
    pub direction: Direction,
    /// The tenant on the other side.
    pub other: TenantId,
    /// The reason of the answer that refuses or asks for more: the draft's for what closes, today's
    /// for what opens.
    pub reason: Reason,
    /// Whose settings.
    pub side: Option<Side>,
    /// What in the block.
    pub detail: Option<Detail>,
    /// Where the block comes from.
    pub origin: Option<Origin>,
}

/// How much of a group somebody or something has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share<T> {
    /// Who or what.
    pub of: T,
    /// What the log calls it.
    pub name: Option<String>,
    /// How many sign-ins.
    pub count: u64,
    /// The first time.
    pub first: Option<Moment>,
    /// The last time.
    pub last: Option<Moment>,
}

/// Whose sign-ins they are, as the log names them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Who {
    /// By `userPrincipalName`.
    Name(String),
    /// By `userId`.
    Id(UserId),
    /// Nobody is named.
    Nobody,
}

/// Behaviours that the draft changes in the same way, for the same reason.
#[derive(Clone, Debug)]
pub struct Group {
    /// What they have in common.
    pub key: GroupKey,
    /// How many sign-ins.
    pub count: u64,
    /// How many of them succeeded when they happened.
    pub succeeded: u64,
    /// The first time.
    pub first: Option<Moment>,
    /// The last time.
    pub last: Option<Moment>,
    /// Whose, the most frequent first.
    pub users: Vec<Share<Who>>,
    /// Which resource applications, the most frequent first.
    pub applications: Vec<Share<ApplicationId>>,
    /// What a conditional result depends on.
    pub unknowns: Unknowns,
    /// One of the sign-ins, for the plain evaluator to explain.
    pub example: Option<SignIn>,
    /// The smallest change of the draft that keeps all of them, of what closes for certain.
    pub keep: Option<Keep>,
}

/// Of how much the log could speak.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Direction × partner × application: all that are listed in either state or seen in the log.
    pub cells: u64,
    /// Those with at least one sign-in.
    pub seen: u64,
    /// Listed partners for which a block in force differs between the two states.
    pub changed: BTreeSet<TenantId>,
    /// Those of them that the log has no sign-in with: it cannot say what they would lose.
    pub silent: BTreeSet<TenantId>,
    /// The first sign-in.
    pub first: Option<Moment>,
    /// The last.
    pub last: Option<Moment>,
}

/// The account of a log.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// What changes, the gravest first.
    pub groups: Vec<Group>,
    /// How many sign-ins there are.
    pub sign_ins: u64,
    /// How many were judged and would be answered as now.
    pub unchanged: u64,
    /// How many could not be judged, by the reason.
    pub unjudged: BTreeMap<Unjudged, u64>,
    /// Of how much the log could speak.
    pub coverage: Coverage,
}

impl Report {
    /// How many sign-ins have that impact, for certain or perhaps.
    pub fn count(&self, impact: Impact, conditional: bool) -> u64 {
        let groups = self.groups.iter();
        groups
            .filter(|group| (group.key.impact, group.key.conditional) == (impact, conditional))
            .map(|group| group.count)
            .sum()
    }
}

impl Report {
    pub(super) fn cover(
        &mut self,
        replay: &Replay,
        seen: &HashSet<(Direction, TenantId, ApplicationId)>,
    ) {
        let states = [replay.now(), replay.draft()];
        let policies = states.map(|state| state.world.policy(replay.local));
        let entries = policies.into_iter().flatten();
        let listed = entries.flat_map(|policy| policy.partners.iter().map(|entry| entry.tenant));
        let listed: BTreeSet<TenantId> = listed.collect();
        let mut partners = listed.clone();
        partners.extend(seen.iter().map(|(_, other, _)| *other));
        let mut applications: BTreeMap<Direction, BTreeSet<ApplicationId>> = BTreeMap::new();
        for (direction, _, application) in seen {
            applications
                .entry(*direction)
                .or_default()
                .insert(*application);
        }
        let applications: usize = applications.values().map(BTreeSet::len).sum();
        self.coverage.cells = (partners.len() * applications) as u64;
        self.coverage.seen = seen.len() as u64;
        if let [Some(now), Some(draft)] = policies {
            let differs = |partner: &TenantId| {
                BlockName::ALL.into_iter().any(|name| {
                    let value = |policy| resolve::block(policy, *partner, name).value;
                    value(now) != value(draft)
                })
            };
            let spoken: BTreeSet<TenantId> = seen.iter().map(|(_, other, _)| *other).collect();
            self.coverage.changed = listed.into_iter().filter(differs).collect();
            self.coverage.silent = self.coverage.changed.difference(&spoken).copied().collect();
        }
    }
}
