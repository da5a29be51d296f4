//! What would past sign-ins be answered with a draft in force?
//!
//! Contoso's administrator is about to block an application by default. The log says who used it, from
//! which partner and how often; each of these behaviours is judged twice, with the settings that are in
//! force and with the draft, by the one evaluator. What comes out differently is the impact.
//!
//! A log says less than a sign-in does. It does not say which groups somebody is in, nor, for a guest,
//! which account at home the object stands for. Where the answer depends on that, every possibility is
//! judged, and the result is *conditional*: it says on what it depends, and is never taken for "no
//! impact" (S25.3). What cannot be judged at all is counted by the reason.

mod alike;
mod keep;
mod possible;
mod report;
mod restricted;
mod words;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use policy::compiled::{Answer, Asker, Question, Registry, decide};
use policy::decision::Verdict;
use policy::reason::Reason;
use policy::sign_in::{Journey, SignIn, SignInAccount};
use policy::target::{ApplicationId, GroupId, UserId, UserTarget};
use policy::tenant::TenantId;
use policy::world::World;
use signins::behaviour::TrustClaims;
use signins::direction::Direction;
use signins::event::CrossTenantAccess;
use signins::observation::Observation;

pub use self::keep::{Adds, Keep};
use self::possible::{Person, Possible};
pub use self::report::{Coverage, Group, GroupKey, Report, Share, Who};
pub use self::words::Words;

/// What the draft changes about a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Impact {
    /// Passed, or could have; will be refused.
    Closes,
    /// Passed; one more step will be asked of the user.
    StepsUp,
    /// Was refused; will pass, or can.
    Opens,
    /// One more step was asked of the user; will pass.
    Eases,
    /// Nothing.
    None,
}

impl Impact {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Impact::Closes => "closes",
            Impact::StepsUp => "stepsUp",
            Impact::Opens => "opens",
            Impact::Eases => "eases",
            Impact::None => "none",
        }
    }

    /// Between two verdicts.
    pub const fn between(now: Verdict, draft: Verdict) -> Self {
        match (now, draft) {
            (Verdict::Allow | Verdict::Challenge, Verdict::Block) => Impact::Closes,
            (Verdict::Block, Verdict::Allow | Verdict::Challenge) => Impact::Opens,
            (Verdict::Allow, Verdict::Challenge) => Impact::StepsUp,
            (Verdict::Challenge, Verdict::Allow) => Impact::Eases,
            (Verdict::Allow, Verdict::Allow)
            | (Verdict::Challenge, Verdict::Challenge)
            | (Verdict::Block, Verdict::Block) => Impact::None,
        }
    }
}

/// The answers before and after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// With the settings in force.
    pub now: Answer,
    /// With the draft.
    pub draft: Answer,
}

impl Turn {
    /// What the draft changes.
    pub const fn impact(&self) -> Impact {
        Impact::between(self.now.verdict, self.draft.verdict)
    }
}

impl Turn {
    /// The same for whoever the groups let pass, or not: a live decision is *block* when it depends on
    /// groups that nobody knows (S25.3).
    fn whatever_groups(self) -> Vec<Turn> {
        let each = |answer: Answer| -> Vec<Answer> {
            match answer.reason {
                Reason::GroupsUnknown => [Verdict::Block, Verdict::Challenge, Verdict::Allow]
                    .map(|verdict| Answer { verdict, ..answer })
                    .to_vec(),
                _ => vec![answer],
            }
        };
        let drafts = each(self.draft);
        let turns = each(self.now).into_iter().flat_map(|now| {
            let drafts = drafts.iter();
            drafts.map(move |draft| Turn { now, draft: *draft })
        });
        turns.collect()
    }
}

/// What a result depends on that the log does not say.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unknowns {
    /// Which account at home it is: whether it is one of these.
    pub accounts: BTreeSet<UserId>,
    /// Whether it is in one of these groups.
    pub groups: BTreeSet<GroupId>,
    /// What the sign-in carried: multifactor authentication, a device, accepted terms.
    pub claims: bool,
    /// Whether it was B2B collaboration or B2B direct connect.
    pub journey: bool,
}

/// Why a behaviour was not judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unjudged {
    /// It did not cross from one tenant into another, or does not say so: no setting here concerns it.
    NotCrossTenant,
    /// Neither side of it is the tenant whose settings change.
    Passthrough,
    /// The log does not say for which application.
    NoApplication,
    /// Microsoft's support, or an access type nobody here knows.
    AccessType,
    /// The home tenant's directory is known here, and it is not clear which account in it it was.
    AccountUnknown,
    /// What a masked row of tenant restrictions means needs the policy's id (S11.3).
    NoPolicyId,
}

impl Unjudged {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Unjudged::NotCrossTenant => "notCrossTenant",
            Unjudged::Passthrough => "passthrough",
            Unjudged::NoApplication => "noApplication",
            Unjudged::AccessType => "accessType",
            Unjudged::AccountUnknown => "accountUnknown",
            Unjudged::NoPolicyId => "noPolicyId",
        }
    }

    /// The sentence shown to people.
    pub const fn sentence(self) -> &'static str {
        match self {
            Unjudged::NotCrossTenant => "did not cross into another tenant",
            Unjudged::Passthrough => "passed between two other tenants",
            Unjudged::NoApplication => "do not say for which application",
            Unjudged::AccessType => "have an access type that no setting here governs",
            Unjudged::AccountUnknown => {
                "are of accounts that cannot be told in their home directory"
            }
            Unjudged::NoPolicyId => {
                "are masked rows of tenant restrictions, and the policy's id is not known"
            }
        }
    }
}

/// What the draft means for one behaviour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judged {
    /// This, whatever the log leaves out.
    Definite(Turn),
    /// One of these, depending on what the log leaves out; the gravest first.
    Conditional(Vec<Turn>, Unknowns),
    /// Nobody can say.
    Not(Unjudged),
}

/// One of the two states.
struct State {
    world: World,
    registry: Registry,
}

impl State {
    fn of(world: &World) -> Self {
        State {
            registry: Registry::of(world),
            world: world.clone(),
        }
    }
}

/// Judges behaviours of the local tenant's log with the settings in force and with a draft.
pub struct Replay {
    local: TenantId,
    now: State,
    draft: State,
    judged: HashMap<Asked, Judged>,
    /// Towards whom both states say the same.
    alike: HashMap<TenantId, bool>,
}

/// What a judgement depends on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Asked {
    direction: Direction,
    other: TenantId,
    access: Option<CrossTenantAccess>,
    person: Person,
    client_app: Option<ApplicationId>,
    resource_app: ApplicationId,
    claims: TrustClaims,
    /// Whether it passed when it happened.
    succeeded: bool,
}

impl Replay {
    /// Settings in force and a draft. What is not of the local tenant's settings should be the same in
    /// both; a tenant whose settings the reader must not see is to be there without them, and is
    /// passed over then (S25.1).
    pub fn new(now: &World, draft: &World, local: TenantId) -> Self {
        Replay {
            local,
            now: State::of(now),
            draft: State::of(draft),
            judged: HashMap::new(),
            alike: HashMap::new(),
        }
    }

    /// The tenant whose log it is.
    pub fn local(&self) -> TenantId {
        self.local
    }

    /// What the draft means for a behaviour.
    pub fn judge<'a>(&mut self, behaviour: impl Into<Observation<'a>>) -> Judged {
        let observed = behaviour.into();
        if observed.is_masked() {
            return restricted::judge(self, &observed);
        }
        let asked = match self.asked(&observed) {
            Ok(asked) => asked,
            Err(reason) => return Judged::Not(reason),
        };
        if let Some(judged) = self.judged.get(&asked) {
            return judged.clone();
        }
        let judged = match self.alike(asked.other) {
            true => self.judge_once(&asked),
            false => self.judge_all(&asked),
        };
        self.judged.insert(asked, judged.clone());
        judged
    }

    fn asked(&self, observed: &Observation<'_>) -> Result<Asked, Unjudged> {
        let (direction, other) = direction(self.local, observed)?;
        let access = observed.access_type.cloned();
        if let Some(
            CrossTenantAccess::MicrosoftSupport
            | CrossTenantAccess::Passthrough
            | CrossTenantAccess::Other(_),
        ) = &access
        {
            return Err(Unjudged::AccessType);
        }
        Ok(Asked {
            direction,
            other,
            person: self.person(direction, other, observed)?,
            access,
            client_app: observed.client_app,
            resource_app: observed.resource_app.ok_or(Unjudged::NoApplication)?,
            claims: observed.claims,
            succeeded: observed.succeeded(),
        })
    }

    fn alike(&mut self, other: TenantId) -> bool {
        let (now, draft) = (&self.now.world, &self.draft.world);
        let alike = || alike::towards(now, draft, self.local, other);
        *self.alike.entry(other).or_insert_with(alike)
    }

    /// Where nothing differs, nothing depends on what is not known.
    fn judge_once(&self, asked: &Asked) -> Judged {
        let way = asked.journeys().first();
        let possible = way.and_then(|way| self.possible(asked, *way).into_iter().next());
        match possible {
            Some(possible) => {
                let now = self.answer(&self.now, asked, &possible);
                Judged::Definite(Turn { now, draft: now })
            }
            None => Judged::Not(Unjudged::NotCrossTenant),
        }
    }

    /// Judges everything that it may have been.
    fn judge_all(&self, asked: &Asked) -> Judged {
        let of_journey = |journey: &Journey| -> Vec<(Possible, Turn)> {
            let possible = self.possible(asked, *journey);
            let turned = possible.into_iter().flat_map(|possible| {
                let turns = self.turn(asked, &possible).whatever_groups();
                turns.into_iter().map(move |turn| (possible.clone(), turn))
            });
            let mut turned = turned.collect();
            if asked.succeeded {
                carried_enough(&mut turned);
            }
            turned
        };
        let mut ways: Vec<Vec<(Possible, Turn)>> =
            asked.journeys().iter().map(of_journey).collect();
        // A way on which everybody is refused, with the draft as without, is hardly the one taken.
        let shut = |way: &Vec<(Possible, Turn)>| {
            let blocks = |answer: &Answer| answer.verdict == Verdict::Block;
            way.iter()
                .all(|(_, turn)| blocks(&turn.now) && blocks(&turn.draft))
        };
        if !ways.iter().all(shut) {
            ways.retain(|way| !shut(way));
        }
        let all = ways.concat();
        let mut gravest: BTreeMap<Impact, Turn> = BTreeMap::new();
        for (_, turn) in &all {
            gravest.entry(turn.impact()).or_insert(*turn);
        }
        let turns: Vec<Turn> = gravest.into_values().collect();
        match turns.as_slice() {
            [] => Judged::Not(Unjudged::NotCrossTenant),
            [turn] => Judged::Definite(*turn),
            _ => Judged::Conditional(turns, self.unknowns(asked, &all)),
        }
    }

    /// What the result depends on: whatever changes it while all else stays the same.
    fn unknowns(&self, asked: &Asked, all: &[(Possible, Turn)]) -> Unknowns {
        let carried = |possible: &Possible| format!("{:?}", possible.claims);
        let way = |possible: &Possible| access_type(possible.journey).as_str();
        let mut unknowns = Unknowns {
            journey: varies(all, |p| (p.user, p.groups.clone(), carried(p))),
            claims: varies(all, |p| (p.user, p.groups.clone(), way(p))),
            ..Unknowns::default()
        };
        let accounts = varies(all, |p| (p.groups.clone(), way(p), carried(p)));
        let groups = varies(all, |p| (p.user, way(p), carried(p)));
        let (home, resource) = asked.ends(self.local);
        let mut told = BTreeSet::new();
        for (possible, turn) in all {
            let answers = [turn.now.reason, turn.draft.reason];
            if answers.contains(&Reason::GroupsUnknown) {
                unknowns.groups.extend(self.conditions(resource));
            }
            if !told.insert(way(possible)) {
                continue;
            }
            let targets = self.listed(home, resource, possible.journey);
            for target in targets {
                match target {
                    UserTarget::User(user) if accounts => drop(unknowns.accounts.insert(user)),
                    UserTarget::Group(group) if groups => drop(unknowns.groups.insert(group)),
                    UserTarget::User(_) | UserTarget::Group(_) => {}
                }
            }
        }
        unknowns
    }

    fn turn(&self, asked: &Asked, possible: &Possible) -> Turn {
        Turn {
            now: self.answer(&self.now, asked, possible),
            draft: self.answer(&self.draft, asked, possible),
        }
    }

    fn answer(&self, state: &State, asked: &Asked, possible: &Possible) -> Answer {
        let (home, resource) = asked.ends(self.local);
        let asker = Asker::Home {
            tenant: home,
            user: possible.user,
            groups: possible.groups.as_deref(),
        };
        let question = Question {
            journey: possible.journey,
            client_app: asked.client_app,
            claims: &possible.claims,
            ..Question::new(asker, resource, asked.resource_app)
        };
        decide(&state.registry, &question)
    }

    /// The sign-in that explains the gravest result, to be judged by the plain evaluator.
    fn example(&self, observed: &Observation<'_>) -> Option<SignIn> {
        let asked = self.asked(observed).ok()?;
        let possible = asked.journeys().iter();
        let possible = possible.flat_map(|journey| self.possible(&asked, *journey));
        let gravest = possible.min_by_key(|possible| self.turn(&asked, possible).impact())?;
        let (home, resource) = asked.ends(self.local);
        Some(SignIn {
            journey: gravest.journey,
            account: SignInAccount::Home {
                tenant: home,
                user: gravest.user,
                groups: gravest.groups.map(BTreeSet::from_iter),
            },
            resource,
            client_app: asked.client_app,
            resource_app: asked.resource_app,
            claims: gravest.claims,
            consent_accepted: false,
            first_access: false,
            is_interactive: observed.is_interactive(),
            client_app_used: None,
            restrictions: None,
        })
    }
}

impl Asked {
    /// The ways on which it may have come.
    fn journeys(&self) -> &'static [Journey] {
        match &self.access {
            Some(CrossTenantAccess::B2bDirectConnect) => &[Journey::DirectConnect],
            Some(CrossTenantAccess::ServiceProvider) => &[Journey::ServiceProvider],
            None => &[Journey::Collaboration, Journey::DirectConnect],
            Some(_) => &[Journey::Collaboration],
        }
    }

    /// Home and resource tenant.
    fn ends(&self, local: TenantId) -> (TenantId, TenantId) {
        match self.direction {
            Direction::Outbound => (local, self.other),
            Direction::Inbound => (self.other, local),
        }
    }
}

/// Which way a row crossed, and from or to whom (S17.1).
fn direction(
    local: TenantId,
    observed: &Observation<'_>,
) -> Result<(Direction, TenantId), Unjudged> {
    let end = |direction: Direction| direction.external_tenant(local, *observed);
    match (end(Direction::Outbound), end(Direction::Inbound)) {
        (Some(_), Some(_)) => Err(Unjudged::Passthrough),
        (Some(other), None) if observed.home_tenant.is_some() => Ok((Direction::Outbound, other)),
        (None, Some(other)) if observed.resource_tenant == Some(local) => {
            Ok((Direction::Inbound, other))
        }
        _ => Err(Unjudged::NotCrossTenant),
    }
}

fn access_type(journey: Journey) -> policy::row::AccessType {
    match journey {
        Journey::Collaboration => policy::row::AccessType::B2bCollaboration,
        Journey::DirectConnect => policy::row::AccessType::B2bDirectConnect,
        Journey::ServiceProvider => policy::row::AccessType::ServiceProvider,
    }
}

/// A sign-in that succeeded carried what Conditional Access asks for, if anything would have been
/// enough.
fn carried_enough(all: &mut Vec<(Possible, Turn)>) {
    let who = |possible: &Possible| (possible.user, possible.groups.clone());
    let passed = |turn: &Turn| turn.now.verdict == Verdict::Allow;
    let passing = all.iter().filter(|(_, turn)| passed(turn));
    let passing: BTreeSet<_> = passing.map(|(possible, _)| who(possible)).collect();
    all.retain(|(possible, turn)| passed(turn) || !passing.contains(&who(possible)));
}

/// Whether some cases that are alike by the key have different results.
fn varies<K: Ord>(all: &[(Possible, Turn)], key: impl Fn(&Possible) -> K) -> bool {
    let mut found: BTreeMap<K, Impact> = BTreeMap::new();
    all.iter().any(|(possible, turn)| {
        let impact = turn.impact();
        *found.entry(key(possible)).or_insert(impact) != impact
    })
}
