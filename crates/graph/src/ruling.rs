//! One block judged by itself, as the wire asks and answers it (S3.5).

use policy::block::Ruling;
use policy::matching::{Account, Subject};
use policy::reason::Detail;
use policy::settings::CompleteBlock;
use policy::target::{GroupId, Scope, UserId, UserTarget};
use serde_json::{Value, json};

/// Somebody who is known by these ids. Which of them is a user's and which a group's they do not
/// say, so each counts as both.
pub fn subject(ids: &[UserId], block: &CompleteBlock) -> Subject {
    let named = |id: &&UserId| match &block.users.scope {
        Scope::All => false,
        Scope::Only(targets) => targets.as_slice().contains(&UserTarget::User(**id)),
    };
    let account = ids.iter().find(named).or(ids.first());
    let groups = ids.iter().map(|id| GroupId::from_u128(id.as_u128()));
    Subject {
        account: account.map_or(Account::Unnamed, |id| Account::User(*id)),
        groups: Some(groups.collect()),
    }
}

/// What the block says.
pub fn render(ruling: &Ruling) -> Value {
    let (decision, detail, unknown): (_, Option<Detail>, &[GroupId]) = match ruling {
        Ruling::Allowed => ("allow", None, &[]),
        Ruling::Blocked(detail) => ("block", Some(*detail), &[]),
        Ruling::Unknown(groups) => ("block", None, groups),
    };
    let unknown: Vec<String> = unknown.iter().map(ToString::to_string).collect();
    json!({
        "decision": decision,
        "detail": detail.map(Detail::as_str),
        "unknownGroups": unknown,
    })
}
