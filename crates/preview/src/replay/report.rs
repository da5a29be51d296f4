//! Whom a draft closes out and whom it lets in, counted: the account of a whole log.
//!
//! Behaviours that the draft changes are put together by what changes, with whom and why; the gravest
//! come first, and of those the most frequent. Whatever is not in a group is counted as well: what does
//! not change, and what could not be judged.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use policy::reason::{Detail, Reason, Side};
use policy::resolve::{self, Origin};
use policy::settings::BlockName;
use policy::sign_in::SignIn;
use policy::target::{ApplicationId, UserId};
use policy::tenant::TenantId;
use signins::direction::Direction;
use signins::observation::Observation;
use signins::window::Moment;

use super::keep::{self, Keep};
use super::{Asked, Impact, Judged, Replay, Turn, Unjudged, Unknowns};

/// Of how many different questions of a group it is remembered what was asked, so that a change that
/// keeps them can be looked for. A group with more gets no proposal.
const REMEMBERED: usize = 5_000;

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

impl Who {
    fn of(observed: &Observation<'_>) -> Self {
        match (observed.user_principal_name, observed.user) {
            (Some(name), _) => Who::Name(name.to_owned()),
            (None, Some(user)) => Who::Id(user),
            (None, None) => Who::Nobody,
        }
    }
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

#[derive(Default)]
struct Collected {
    count: u64,
    succeeded: u64,
    first: Option<Moment>,
    last: Option<Moment>,
    users: HashMap<Who, Share<Who>>,
    applications: HashMap<ApplicationId, Share<ApplicationId>>,
    unknowns: Unknowns,
    example: Option<SignIn>,
    turn: Option<Turn>,
    asked: BTreeMap<String, Asked>,
}

impl Replay {
    /// Judges a whole log.
    pub fn report<'a, T: Into<Observation<'a>>>(
        &mut self,
        log: impl IntoIterator<Item = T>,
    ) -> Report {
        let mut report = Report::default();
        let mut groups: HashMap<GroupKey, Collected> = HashMap::new();
        let mut seen: BTreeSet<(Direction, TenantId, ApplicationId)> = BTreeSet::new();
        for behaviour in log {
            let observed: Observation<'a> = behaviour.into();
            let count = observed.count as u64;
            report.sign_ins += count;
            widen(
                &mut report.coverage.first,
                &mut report.coverage.last,
                &observed,
            );
            let (turn, unknowns) = match self.judge(observed) {
                Judged::Not(reason) => {
                    *report.unjudged.entry(reason).or_default() += count;
                    continue;
                }
                Judged::Definite(turn) => (turn, None),
                Judged::Conditional(turns, unknowns) => match turns.first() {
                    Some(turn) => (*turn, Some(unknowns)),
                    None => continue,
                },
            };
            let end = super::direction(self.local, &observed);
            let resource = observed.resource_tenant;
            let end = end.ok().or(resource.map(|to| (Direction::Outbound, to)));
            let (Some((direction, other)), Some(app)) = (end, observed.resource_app) else {
                continue;
            };
            seen.insert((direction, other, app));
            if turn.impact() == Impact::None && unknowns.is_none() {
                report.unchanged += count;
                continue;
            }
            let told = match turn.impact() {
                Impact::Closes | Impact::StepsUp | Impact::None => turn.draft,
                Impact::Opens | Impact::Eases => turn.now,
            };
            let key = GroupKey {
                impact: turn.impact(),
                conditional: unknowns.is_some(),
                direction,
                other,
                reason: told.reason,
                side: told.side,
                detail: told.detail,
                origin: told.origin,
            };
            let group = groups.entry(key).or_default();
            group.add(self, &observed, app, turn, unknowns);
        }
        report.coverage(self, &seen);
        let groups = groups.into_iter();
        report.groups = groups
            .map(|(key, collected)| collected.finish(self, key))
            .collect();
        report.groups.sort_by(|a, b| {
            let rank = |group: &Group| {
                let key = &group.key;
                (key.conditional, key.impact, std::cmp::Reverse(group.count))
            };
            rank(a).cmp(&rank(b)).then_with(|| a.key.cmp(&b.key))
        });
        report
    }
}

impl Collected {
    fn add(
        &mut self,
        replay: &Replay,
        observed: &Observation<'_>,
        app: ApplicationId,
        turn: Turn,
        unknowns: Option<Unknowns>,
    ) {
        let count = observed.count as u64;
        self.count += count;
        self.turn.get_or_insert(turn);
        if observed.succeeded() {
            self.succeeded += count;
        }
        widen(&mut self.first, &mut self.last, observed);
        let who = Who::of(observed);
        let name = observed.user_display_name;
        share(&mut self.users, who, name, observed);
        let name = observed.resource_app_name;
        share(&mut self.applications, app, name, observed);
        if let Some(unknowns) = unknowns {
            self.unknowns.accounts.extend(unknowns.accounts);
            self.unknowns.groups.extend(unknowns.groups);
            self.unknowns.claims |= unknowns.claims;
            self.unknowns.journey |= unknowns.journey;
        }
        if self.example.is_none() {
            self.example = replay.example(observed);
        }
        if self.asked.len() <= REMEMBERED
            && let Ok(asked) = replay.asked(observed)
        {
            self.asked.entry(format!("{asked:?}")).or_insert(asked);
        }
    }

    fn finish(self, replay: &Replay, key: GroupKey) -> Group {
        let asked: Vec<Asked> = self.asked.into_values().collect();
        let certain = key.impact == Impact::Closes && !key.conditional;
        let turn = self.turn.filter(|_| certain && asked.len() <= REMEMBERED);
        Group {
            keep: turn.and_then(|turn| keep::keep(replay, &turn, &asked)),
            count: self.count,
            succeeded: self.succeeded,
            first: self.first,
            last: self.last,
            users: ranked(self.users),
            applications: ranked(self.applications),
            unknowns: self.unknowns,
            example: self.example,
            key,
        }
    }
}

fn widen(first: &mut Option<Moment>, last: &mut Option<Moment>, observed: &Observation<'_>) {
    *first = [*first, observed.first].into_iter().flatten().min();
    *last = [*last, observed.last].into_iter().flatten().max();
}

fn share<T: Clone + Eq + std::hash::Hash>(
    shares: &mut HashMap<T, Share<T>>,
    of: T,
    name: Option<&str>,
    observed: &Observation<'_>,
) {
    let share = shares.entry(of.clone()).or_insert_with(|| Share {
        of,
        name: None,
        count: 0,
        first: None,
        last: None,
    });
    share.count += observed.count as u64;
    if share.name.is_none() {
        share.name = name.map(str::to_owned);
    }
    widen(&mut share.first, &mut share.last, observed);
}

/// The most frequent first.
fn ranked<T: Ord>(shares: HashMap<T, Share<T>>) -> Vec<Share<T>> {
    let mut shares: Vec<Share<T>> = shares.into_values().collect();
    shares.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.of.cmp(&b.of)));
    shares
}

impl Report {
    fn coverage(&mut self, replay: &Replay, seen: &BTreeSet<(Direction, TenantId, ApplicationId)>) {
        let states = [&replay.now, &replay.draft];
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
