//! The masked rows of tenant restrictions (S15.6): what the draft would say on the own network.
//!
//! A masked row names no account, only the tenant that was entered and the applications. So every
//! account is possible, and a list that names some makes the result conditional.

use policy::compiled::Answer;
use policy::decision::Verdict;
use policy::resolve;
use policy::settings::BlockName;
use policy::target::{Scope, UserId, UserTarget};
use policy::tenant_restrictions::{
    Carrier, Header, RestrictedAccess, RestrictedAccount, judge as restrict,
};
use signins::observation::Observation;

use super::{Judged, Replay, State, Turn, Unjudged, Unknowns};

pub(super) fn judge(replay: &Replay, observed: &Observation<'_>) -> Judged {
    let (Some(resource), Some(resource_app)) = (observed.resource_tenant, observed.resource_app)
    else {
        return Judged::Not(Unjudged::NoApplication);
    };
    let mut unknowns = Unknowns::default();
    for state in [replay.now(), replay.draft()] {
        let Some(policy) = state.world.policy(replay.local) else {
            return Judged::Not(Unjudged::NotCrossTenant);
        };
        let block = resolve::block(policy, resource, BlockName::TenantRestrictions).value;
        if let Scope::Only(targets) = block.users.scope {
            for target in targets.as_slice() {
                match target {
                    UserTarget::User(user) => drop(unknowns.accounts.insert(*user)),
                    UserTarget::Group(group) => drop(unknowns.groups.insert(*group)),
                }
            }
        }
    }
    let accounts = unknowns.accounts.iter().copied().map(Some);
    let accounts: Vec<Option<UserId>> = accounts.chain([None]).collect();
    // In none of the listed groups, in each of them, and in all.
    let groups = unknowns.groups.iter().map(|group| vec![*group]);
    let all: Vec<_> = unknowns.groups.iter().copied().collect();
    let groups: Vec<Vec<_>> = groups.chain([Vec::new(), all]).collect();
    let mut turns: Vec<Turn> = Vec::new();
    for user in accounts {
        for groups in &groups {
            let account = RestrictedAccount::User {
                home: None,
                user,
                groups: Some(groups.iter().copied().collect()),
            };
            let access = RestrictedAccess {
                header: None,
                account,
                resource,
                client_app: observed.client_app,
                resource_app,
            };
            let now = answer(replay, replay.now(), access.clone());
            let draft = answer(replay, replay.draft(), access);
            let (Some(now), Some(draft)) = (now, draft) else {
                return Judged::Not(Unjudged::NoPolicyId);
            };
            turns.push(Turn { now, draft });
        }
    }
    turns.sort_by_key(Turn::impact);
    turns.dedup_by_key(|turn| turn.impact());
    match turns.as_slice() {
        [] => Judged::Not(Unjudged::NotCrossTenant),
        [turn] => Judged::Definite(*turn),
        _ => Judged::Conditional(turns, unknowns),
    }
}

/// The same access, carrying the header of that state.
fn answer(replay: &Replay, state: &State, access: RestrictedAccess) -> Option<Answer> {
    let id = state.world.policy(replay.local)?.id?;
    let header = Header {
        value: format!("{}:{id}", replay.local),
        carrier: Carrier::Proxy,
    };
    let restriction = restrict(
        &state.world,
        &RestrictedAccess {
            header: Some(header),
            ..access
        },
    );
    let blocked = restriction.verdict == Verdict::Block;
    Some(Answer {
        verdict: restriction.verdict,
        reason: restriction.reason,
        side: blocked.then_some(policy::reason::Side::Policy),
        detail: restriction.detail,
        origin: restriction.origin,
    })
}
