//! What one block says about one user and one application (S3).
//!
//! The line to remember is the last of the truth table: two block lists describe the *pair*.
//! "Blocked: Marketing / blocked: CRM" keeps Marketing out of CRM and out of nothing else, and
//! everybody else out of nothing. In the other three lines both halves must let the access pass.

use crate::matching::{self, ApplicationMatch, Subject, UsersMatch};
use crate::reason::Detail;
use crate::settings::CompleteBlock;
use crate::target::{Access, ApplicationId, GroupId};
use crate::world::Suites;

/// What the block says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ruling {
    /// The access passes.
    Allowed,
    /// It does not.
    Blocked(Detail),
    /// It depends on whether the user is in one of these groups (S25.3).
    Unknown(Vec<GroupId>),
}

/// What the block says and what matched in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// What the block says.
    pub ruling: Ruling,
    /// Whether the users half names the subject.
    pub users: UsersMatch,
    /// By what the applications half names the application; `None` also where no application is
    /// known (S3.6).
    pub applications: Option<ApplicationMatch>,
}

/// Judges an access to an application (S3.5).
pub fn judge(
    block: &CompleteBlock,
    subject: &Subject,
    applications: &[ApplicationId],
    suites: &Suites,
) -> Judgement {
    let users = matching::users(&block.users, subject);
    let applications = matching::applications(&block.applications, applications, suites);
    let ruling = both_ways(&users, |u| truth_table(block, u, applications.is_some()));
    Judgement {
        ruling,
        users,
        applications,
    }
}

/// Judges whether some application would be allowed (S3.6): for invitation, redemption and
/// creation by synchronization, where no application is known yet.
pub fn reach(block: &CompleteBlock, subject: &Subject) -> Judgement {
    let users = matching::users(&block.users, subject);
    let ruling = both_ways(&users, |u| some_application(block, u));
    Judgement {
        ruling,
        users,
        applications: None,
    }
}

/// S3.5: `None` when the access passes, else why it does not.
fn truth_table(block: &CompleteBlock, u: bool, a: bool) -> Option<Detail> {
    use Access::{Allowed, Blocked};
    match (block.users.access, block.applications.access) {
        (Allowed, _) if !u => Some(Detail::UserNotAllowed),
        (Allowed, Allowed) if !a => Some(Detail::AppNotAllowed),
        (Allowed, Blocked) if a => Some(Detail::AppBlocked),
        (Blocked, Allowed) if u => Some(Detail::UserBlocked),
        (Blocked, Allowed) if !a => Some(Detail::AppNotAllowed),
        (Blocked, Blocked) if u && a => Some(both_blocked(block)),
        _ => None,
    }
}

/// S3.6: `None` when some application is allowed, else why none is.
fn some_application(block: &CompleteBlock, u: bool) -> Option<Detail> {
    use Access::{Allowed, Blocked};
    match (block.users.access, block.applications.access) {
        (Allowed, _) if !u => Some(Detail::UserNotAllowed),
        (Allowed, Blocked) if block.applications.scope.is_all() => Some(Detail::AppBlocked),
        (Blocked, Allowed) if u => Some(Detail::UserBlocked),
        (Blocked, Blocked) if u && block.applications.scope.is_all() => Some(both_blocked(block)),
        _ => None,
    }
}

fn both_blocked(block: &CompleteBlock) -> Detail {
    match block.users.scope.is_all() && block.applications.scope.is_all() {
        true => Detail::AllAccessBlocked,
        false => Detail::UserAppPairBlocked,
    }
}

/// A verdict that holds whether or not the user is in the unknown groups stands (S25.3). Where
/// only the detail would differ, the one that does not speak of the user's groups is given.
fn both_ways(users: &UsersMatch, table: impl Fn(bool) -> Option<Detail>) -> Ruling {
    let groups = match users {
        UsersMatch::Yes(_) => return ruling(table(true)),
        UsersMatch::No => return ruling(table(false)),
        UsersMatch::Unknown(groups) => groups,
    };
    match (table(true), table(false)) {
        (None, None) => Ruling::Allowed,
        (Some(inside), Some(outside)) => Ruling::Blocked(match inside {
            Detail::UserNotAllowed | Detail::UserBlocked => outside,
            Detail::AppNotAllowed
            | Detail::AppBlocked
            | Detail::UserAppPairBlocked
            | Detail::AllAccessBlocked => inside,
        }),
        _ => Ruling::Unknown(groups.clone()),
    }
}

fn ruling(refusal: Option<Detail>) -> Ruling {
    refusal.map_or(Ruling::Allowed, Ruling::Blocked)
}
