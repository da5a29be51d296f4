//! Judges behaviours, each distinct question once.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use hashbrown::HashMap;
use policy::compiled::{Answer, Asker, Question, Registry, decide};
use policy::conditional_access::Claims;
use policy::decision::Verdict;
use policy::reason::Reason;
use policy::sign_in::{Journey, SignIn, SignInAccount};
use policy::target::{ApplicationId, GroupId, UserId, UserTarget};
use policy::tenant::TenantId;
use signins::direction::Direction;
use signins::observation::Observation;

use super::asked::Asked;
use super::lane::{Lane, Possible, conditions};
use super::{Impact, Judged, Replay, Turn, Unjudged, Unknowns, restricted};

/// Judges behaviours with the settings in force and with a draft, and remembers what it has judged.
pub struct Judge {
    pub(super) replay: Replay,
    judged: HashMap<Asked, Judged>,
    lanes: Lanes,
    masked: HashMap<Masked, Judged>,
}

type Lanes = HashMap<(Direction, TenantId), Lane>;

/// What the judgement of a masked row depends on.
type Masked = (
    Option<TenantId>,
    Option<ApplicationId>,
    Option<ApplicationId>,
);

impl Judge {
    /// Has judged nothing yet.
    pub fn new(replay: &Replay) -> Self {
        Judge {
            replay: replay.clone(),
            judged: HashMap::new(),
            lanes: HashMap::new(),
            masked: HashMap::new(),
        }
    }

    /// What the draft means for a behaviour.
    pub fn judge<'a>(&mut self, behaviour: impl Into<Observation<'a>>) -> Judged {
        let observed = behaviour.into();
        if observed.is_masked() {
            return self.masked(&observed).clone();
        }
        match Asked::of(&self.replay, &observed) {
            Ok(asked) => self.answer(&asked).into_owned(),
            Err(reason) => Judged::Not(reason),
        }
    }

    /// What it means for a masked row.
    pub(super) fn masked(&mut self, observed: &Observation<'_>) -> &Judged {
        let asked = (
            observed.resource_tenant,
            observed.client_app,
            observed.resource_app,
        );
        let judged = self.masked.entry(asked);
        judged.or_insert_with(|| restricted::judge(&self.replay, observed))
    }

    /// Whether both states say the same about all such questions.
    pub(super) fn is_alike(&mut self, asked: &Asked) -> bool {
        self.lane(asked).alike
    }

    fn lane(&mut self, asked: &Asked) -> &mut Lane {
        lane(&self.replay, &mut self.lanes, asked)
    }

    /// What it means for whoever asks that.
    pub(super) fn answer(&mut self, asked: &Asked) -> Cow<'_, Judged> {
        let replay = &self.replay;
        let lane = lane(replay, &mut self.lanes, asked);
        match lane.common(asked) {
            Some(common) => {
                let judged = self.judged.entry(common);
                Cow::Borrowed(judged.or_insert_with(|| judge(replay, &common, lane)))
            }
            None => Cow::Owned(judge(replay, asked, lane)),
        }
    }

    /// The sign-in that explains the gravest result, to be judged by the plain evaluator.
    pub(super) fn example(&mut self, asked: &Asked, is_interactive: bool) -> Option<SignIn> {
        let replay = self.replay.clone();
        let lane = self.lane(asked);
        let mut possible = Vec::new();
        for journey in asked.journeys() {
            possible.extend(lane.possible(&replay, asked, *journey));
        }
        let impact = |possible: &Possible| turn(&replay, asked, possible).impact();
        let gravest = possible.into_iter().min_by_key(impact)?;
        let (home, resource) = asked.ends(replay.local);
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
            is_interactive,
            client_app_used: None,
            restrictions: None,
        })
    }

    /// Whether none of these would be closed by settings compiled otherwise than the draft.
    pub(super) fn would_keep(&mut self, asked: &[Asked], mended: &Registry) -> bool {
        let replay = self.replay.clone();
        asked.iter().all(|asked| {
            let first = asked.journeys().first();
            let journey = first.copied().unwrap_or_default();
            let possible = self.lane(asked).possible(&replay, asked, journey);
            possible.iter().all(|possible| {
                let now = answer(&replay, &replay.now().registry, asked, possible);
                let kept = answer(&replay, mended, asked, possible);
                Impact::between(now.verdict, kept.verdict) != Impact::Closes
            })
        })
    }
}

/// What is known of such sign-ins, found out once.
fn lane<'l>(replay: &Replay, lanes: &'l mut Lanes, asked: &Asked) -> &'l mut Lane {
    let lane = lanes.entry((asked.direction, asked.other));
    lane.or_insert_with(|| Lane::new(replay, asked))
}

fn judge(replay: &Replay, asked: &Asked, lane: &mut Lane) -> Judged {
    match lane.alike {
        true => once(replay, asked, lane),
        false => simply(replay, asked, lane).unwrap_or_else(|| all(replay, asked, lane)),
    }
}

/// Where nothing differs, nothing depends on what is not known.
fn once(replay: &Replay, asked: &Asked, lane: &mut Lane) -> Judged {
    let way = asked.journeys().first();
    let possible = way.and_then(|way| {
        let possible = lane.possible(replay, asked, *way);
        possible.into_iter().next()
    });
    match possible {
        Some(possible) => {
            let now = answer(replay, &replay.now().registry, asked, &possible);
            Judged::Definite(Turn { now, draft: now })
        }
        None => Judged::Not(Unjudged::NotCrossTenant),
    }
}

/// Where there is one case only.
fn simply(replay: &Replay, asked: &Asked, lane: &mut Lane) -> Option<Judged> {
    let (journey, user, groups, claims) = lane.only(replay, asked)?;
    let of = |registry| put(replay, registry, asked, journey, user, groups, claims);
    let turn = Turn {
        now: of(&replay.now().registry),
        draft: of(&replay.draft().registry),
    };
    let unknown = [turn.now, turn.draft]
        .iter()
        .any(|answer| answer.reason == Reason::GroupsUnknown);
    (!unknown).then_some(Judged::Definite(turn))
}

/// Judges everything that it may have been.
fn all(replay: &Replay, asked: &Asked, lane: &mut Lane) -> Judged {
    let of_journey = |journey: &Journey| -> Vec<(Possible, Turn)> {
        let possible = lane.possible(replay, asked, *journey);
        let turned = possible.into_iter().flat_map(|possible| {
            let turns = turn(replay, asked, &possible).whatever_groups();
            turns.into_iter().map(move |turn| (possible.clone(), turn))
        });
        let mut turned = turned.collect();
        if asked.succeeded {
            carried_enough(&mut turned);
        }
        turned
    };
    let mut ways: Vec<Vec<(Possible, Turn)>> = asked.journeys().iter().map(of_journey).collect();
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
        _ => Judged::Conditional(turns, unknowns(replay, asked, lane, &all)),
    }
}

fn turn(replay: &Replay, asked: &Asked, possible: &Possible) -> Turn {
    Turn {
        now: answer(replay, &replay.now().registry, asked, possible),
        draft: answer(replay, &replay.draft().registry, asked, possible),
    }
}

fn answer(replay: &Replay, registry: &Registry, asked: &Asked, possible: &Possible) -> Answer {
    let Possible {
        journey,
        user,
        groups,
        claims,
    } = possible;
    put(
        replay,
        registry,
        asked,
        *journey,
        *user,
        groups.as_deref(),
        claims,
    )
}

/// Puts the question.
fn put(
    replay: &Replay,
    registry: &Registry,
    asked: &Asked,
    journey: Journey,
    user: UserId,
    groups: Option<&[GroupId]>,
    claims: &Claims,
) -> Answer {
    let (home, resource) = asked.ends(replay.local);
    let asker = Asker::Home {
        tenant: home,
        user,
        groups,
    };
    let question = Question {
        journey,
        client_app: asked.client_app,
        claims,
        ..Question::new(asker, resource, asked.resource_app)
    };
    decide(registry, &question)
}

/// What the result depends on: whatever changes it while all else stays the same.
fn unknowns(replay: &Replay, asked: &Asked, lane: &Lane, all: &[(Possible, Turn)]) -> Unknowns {
    let carried = |possible: &Possible| format!("{:?}", possible.claims);
    let way = |possible: &Possible| access_type(possible.journey).as_str();
    let mut unknowns = Unknowns {
        journey: varies(all, |p| (p.user, p.groups.clone(), carried(p))),
        claims: varies(all, |p| (p.user, p.groups.clone(), way(p))),
        ..Unknowns::default()
    };
    let accounts = varies(all, |p| (p.groups.clone(), way(p), carried(p)));
    let groups = varies(all, |p| (p.user, way(p), carried(p)));
    let (_, resource) = asked.ends(replay.local);
    let mut told = BTreeSet::new();
    for (possible, turn) in all {
        let answers = [turn.now.reason, turn.draft.reason];
        if answers.contains(&Reason::GroupsUnknown) {
            unknowns.groups.extend(conditions(replay, resource));
        }
        if !told.insert(way(possible)) {
            continue;
        }
        for target in lane.listed(replay, possible.journey) {
            match target {
                UserTarget::User(user) if accounts => drop(unknowns.accounts.insert(*user)),
                UserTarget::Group(group) if groups => drop(unknowns.groups.insert(*group)),
                UserTarget::User(_) | UserTarget::Group(_) => {}
            }
        }
    }
    unknowns
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
