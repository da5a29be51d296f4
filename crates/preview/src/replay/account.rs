//! A log, counted while it is read.
//!
//! A large log is read in parts side by side, each with an account of its own; put together they are the
//! account of the whole, and it is the same however the log was cut.

use std::hash::Hash;

use hashbrown::{HashMap, HashSet};
use policy::target::{ApplicationId, UserId};
use policy::tenant::TenantId;
use signins::direction::Direction;
use signins::observation::Observation;
use signins::window::Moment;

use super::asked::{Asked, crossing};
use super::judge::Judge;
use super::keep;
use super::report::{Group, GroupKey, Report, Share, Who};
use super::{Impact, Judged, Replay, Turn, Unjudged, Unknowns};

/// Of how many different questions of a group it is remembered what was asked, so that a change that
/// keeps them can be looked for. A group with more gets no proposal.
const REMEMBERED: usize = 5_000;

/// What has been counted so far.
pub struct Account<'a> {
    judge: Judge,
    report: Report,
    groups: HashMap<GroupKey, Collected<'a>>,
    seen: HashSet<(Direction, TenantId, ApplicationId)>,
}

/// Whose sign-ins they are, as the log names them.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Named<'a> {
    Name(&'a str),
    Id(UserId),
    Nobody,
}

impl<'a> Named<'a> {
    fn of(observed: &Observation<'a>) -> Self {
        match (observed.user_principal_name, observed.user) {
            (Some(name), _) => Named::Name(name),
            (None, Some(user)) => Named::Id(user),
            (None, None) => Named::Nobody,
        }
    }

    fn who(self) -> Who {
        match self {
            Named::Name(name) => Who::Name(name.to_owned()),
            Named::Id(id) => Who::Id(id),
            Named::Nobody => Who::Nobody,
        }
    }
}

/// How often, and when.
#[derive(Clone, Copy, Default)]
struct Happened<'a> {
    /// What the log calls it; of several names the first in the alphabet.
    name: Option<&'a str>,
    count: u64,
    succeeded: u64,
    first: Option<Moment>,
    last: Option<Moment>,
}

#[derive(Default)]
struct Collected<'a> {
    all: Happened<'a>,
    users: HashMap<Named<'a>, Happened<'a>>,
    applications: HashMap<ApplicationId, Happened<'a>>,
    unknowns: Unknowns,
    /// The least question, and whether somebody sat in front of it.
    example: Option<(Asked, bool)>,
    asked: HashSet<Asked>,
}

impl<'a> Account<'a> {
    /// Nothing counted yet.
    pub fn of(replay: &Replay) -> Self {
        Account {
            judge: Judge::new(replay),
            report: Report::default(),
            groups: HashMap::new(),
            seen: HashSet::new(),
        }
    }

    /// Judges a behaviour, and counts it.
    pub fn add(&mut self, observed: &Observation<'a>) {
        let count = observed.count as u64;
        self.report.sign_ins += count;
        let coverage = &mut self.report.coverage;
        widen(
            &mut coverage.first,
            &mut coverage.last,
            observed.first,
            observed.last,
        );
        if observed.is_masked() {
            return self.add_masked(observed);
        }
        let asked = match Asked::of(&self.judge.replay, observed) {
            Ok(asked) => asked,
            Err(reason) => return *self.report.unjudged.entry(reason).or_default() += count,
        };
        self.seen
            .insert((asked.direction, asked.other, asked.resource_app));
        if self.judge.is_alike(&asked) {
            self.report.unchanged += count;
            return;
        }
        let place = (asked.direction, asked.other, asked.resource_app);
        match gravest(&self.judge.answer(&asked)) {
            Ok((turn, unknowns)) => self.count(observed, place, turn, unknowns, Some(asked)),
            Err(reason) => *self.report.unjudged.entry(reason).or_default() += count,
        }
    }

    fn add_masked(&mut self, observed: &Observation<'a>) {
        let (turn, unknowns) = match gravest(self.judge.masked(observed)) {
            Ok(judged) => judged,
            Err(reason) => {
                *self.report.unjudged.entry(reason).or_default() += observed.count as u64;
                return;
            }
        };
        let end = crossing(self.judge.replay.local, observed).ok();
        let end = end.or(observed.resource_tenant.map(|to| (Direction::Outbound, to)));
        if let (Some((direction, other)), Some(app)) = (end, observed.resource_app) {
            self.seen.insert((direction, other, app));
            self.count(observed, (direction, other, app), turn, unknowns, None);
        }
    }

    fn count(
        &mut self,
        observed: &Observation<'a>,
        (direction, other, app): (Direction, TenantId, ApplicationId),
        turn: Turn,
        unknowns: Option<Unknowns>,
        asked: Option<Asked>,
    ) {
        if turn.impact() == Impact::None && unknowns.is_none() {
            self.report.unchanged += observed.count as u64;
            return;
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
        let group = self.groups.entry(key).or_default();
        group.add(observed, app, unknowns, asked);
    }

    /// Puts the account of another part of the log beside this.
    #[must_use]
    pub fn and(mut self, other: Account<'a>) -> Self {
        let (ours, theirs) = (&mut self.report, other.report);
        ours.sign_ins += theirs.sign_ins;
        ours.unchanged += theirs.unchanged;
        for (reason, count) in theirs.unjudged {
            *ours.unjudged.entry(reason).or_default() += count;
        }
        let (all, part) = (&mut ours.coverage, theirs.coverage);
        widen(&mut all.first, &mut all.last, part.first, part.last);
        self.seen.extend(other.seen);
        for (key, collected) in other.groups {
            self.groups.entry(key).or_default().merge(collected);
        }
        self
    }

    /// What the log says about the draft.
    pub fn finish(mut self) -> Report {
        let mut report = self.report;
        report.cover(&self.judge.replay, &self.seen);
        for (key, collected) in self.groups {
            report.groups.push(collected.finish(&mut self.judge, key));
        }
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

/// The gravest that it may mean, and what that depends on; or why nobody can say.
fn gravest(judged: &Judged) -> Result<(Turn, Option<Unknowns>), Unjudged> {
    match judged {
        Judged::Definite(turn) => Ok((*turn, None)),
        Judged::Conditional(turns, unknowns) => match turns.first() {
            Some(turn) => Ok((*turn, Some(unknowns.clone()))),
            None => Err(Unjudged::NotCrossTenant),
        },
        Judged::Not(reason) => Err(*reason),
    }
}

impl<'a> Happened<'a> {
    fn add(&mut self, observed: &Observation<'a>, name: Option<&'a str>) {
        let count = observed.count as u64;
        self.merge(Happened {
            name,
            count,
            succeeded: if observed.succeeded() { count } else { 0 },
            first: observed.first,
            last: observed.last,
        });
    }

    fn merge(&mut self, other: Happened<'a>) {
        self.name = [self.name, other.name].into_iter().flatten().min();
        self.count += other.count;
        self.succeeded += other.succeeded;
        widen(&mut self.first, &mut self.last, other.first, other.last);
    }

    fn share<T>(self, of: T) -> Share<T> {
        Share {
            of,
            name: self.name.map(str::to_owned),
            count: self.count,
            first: self.first,
            last: self.last,
        }
    }
}

impl<'a> Collected<'a> {
    fn add(
        &mut self,
        observed: &Observation<'a>,
        app: ApplicationId,
        unknowns: Option<Unknowns>,
        asked: Option<Asked>,
    ) {
        self.all.add(observed, None);
        let user = self.users.entry(Named::of(observed)).or_default();
        user.add(observed, observed.user_display_name);
        let application = self.applications.entry(app).or_default();
        application.add(observed, observed.resource_app_name);
        if let Some(unknowns) = unknowns {
            self.depend(unknowns);
        }
        if let Some(asked) = asked {
            let example = (asked, observed.is_interactive());
            self.example = [self.example, Some(example)].into_iter().flatten().min();
            if self.asked.len() <= REMEMBERED {
                self.asked.insert(asked);
            }
        }
    }

    fn depend(&mut self, unknowns: Unknowns) {
        self.unknowns.accounts.extend(unknowns.accounts);
        self.unknowns.groups.extend(unknowns.groups);
        self.unknowns.claims |= unknowns.claims;
        self.unknowns.journey |= unknowns.journey;
    }

    fn merge(&mut self, other: Collected<'a>) {
        self.all.merge(other.all);
        for (who, happened) in other.users {
            self.users.entry(who).or_default().merge(happened);
        }
        for (app, happened) in other.applications {
            self.applications.entry(app).or_default().merge(happened);
        }
        self.depend(other.unknowns);
        self.example = [self.example, other.example].into_iter().flatten().min();
        self.asked.extend(other.asked);
    }

    fn finish(self, judge: &mut Judge, key: GroupKey) -> Group {
        let certain = key.impact == Impact::Closes && !key.conditional;
        let keep = (certain && self.asked.len() <= REMEMBERED).then(|| {
            let mut asked: Vec<Asked> = self.asked.into_iter().collect();
            asked.sort_unstable();
            keep::keep(judge, &key, &asked)
        });
        let example = self.example;
        Group {
            keep: keep.flatten(),
            count: self.all.count,
            succeeded: self.all.succeeded,
            first: self.all.first,
            last: self.all.last,
            users: ranked(self.users, Named::who),
            applications: ranked(self.applications, |app| app),
            unknowns: self.unknowns,
            example: example.and_then(|(asked, interactive)| judge.example(&asked, interactive)),
            key,
        }
    }
}

fn widen(
    first: &mut Option<Moment>,
    last: &mut Option<Moment>,
    earlier: Option<Moment>,
    later: Option<Moment>,
) {
    *first = [*first, earlier].into_iter().flatten().min();
    *last = [*last, later].into_iter().flatten().max();
}

/// The most frequent first.
fn ranked<K: Hash + Eq, T: Ord>(
    happened: HashMap<K, Happened<'_>>,
    of: impl Fn(K) -> T,
) -> Vec<Share<T>> {
    let shares = happened.into_iter();
    let mut shares: Vec<Share<T>> = shares
        .map(|(key, happened)| happened.share(of(key)))
        .collect();
    shares.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.of.cmp(&b.of)));
    shares
}
