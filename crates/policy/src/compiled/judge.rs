//! What a compiled block says about one user and one application (S3), where the user's groups may
//! be unknown (S25.3).

use super::entry::{CompiledBlock, Flags};
use super::line::Line;
use super::list::{Kind, Wanted, names_any, probe};
use super::suites::CompiledSuites;
use crate::reason::Detail;
use crate::target::{ApplicationId, GroupId, UserId};

/// What the block says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ruling {
    /// The access passes.
    Passed,
    /// It does not.
    Blocked(Detail),
    /// It depends on groups of which nobody knows.
    GroupsUnknown,
}

/// Who asks, by the ids of the home tenant (S3.7).
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    /// `None`: an account that no list can name (S11.9).
    pub(super) user: Option<Wanted>,
    /// All groups; `None`: unknown.
    groups: Option<&'a [GroupId]>,
}

impl<'a> Subject<'a> {
    #[inline(always)]
    pub(super) fn user(id: UserId, groups: Option<&'a [GroupId]>) -> Subject<'a> {
        Subject {
            user: Some(Wanted::new(id.as_u128(), Kind::Plain)),
            groups,
        }
    }

    pub(super) const UNNAMED: Subject<'static> = Subject {
        user: None,
        groups: Some(&[]),
    };
}

/// What is asked for: the client and the resource application (S3.4).
#[derive(Clone, Copy)]
pub(super) struct Applications {
    client: Option<ApplicationId>,
    resource: ApplicationId,
    wanted: Wanted,
}

impl Applications {
    #[inline(always)]
    pub(super) fn new(client: Option<ApplicationId>, resource: ApplicationId) -> Applications {
        Applications {
            client,
            resource,
            wanted: Wanted::new(resource.as_u128(), Kind::Plain),
        }
    }

    fn any(&self, named: impl Fn(ApplicationId) -> bool) -> bool {
        named(self.resource) || self.client.is_some_and(named)
    }
}

/// Judges the access (S3.5).
#[inline(always)]
pub(super) fn judge(
    lines: &[Line],
    block: CompiledBlock,
    subject: &Subject<'_>,
    apps: &Applications,
    suites: &CompiledSuites,
) -> Ruling {
    let flags = block.flags();
    let app = flags.has(Flags::ALL_APPLICATIONS) || names_app(lines, block, apps, suites);
    let pair = !flags.has(Flags::USERS_ALLOWED | Flags::APPLICATIONS_ALLOWED);
    if pair && !app {
        return Ruling::Passed;
    }
    let mut user = flags.has(Flags::ALL_USERS) || names_user(lines, block, subject);
    if !user && flags.has(Flags::GROUPS) {
        let Some(groups) = subject.groups else {
            return either_way(flags, app);
        };
        user = names_any(lines, block.users(), groups);
    }
    ruling(refusal(flags, user, app))
}

#[inline(always)]
fn names_user(lines: &[Line], block: CompiledBlock, subject: &Subject<'_>) -> bool {
    match &subject.user {
        Some(user) => probe(lines, block.users(), user).found(lines, user),
        None => false,
    }
}

/// S3.4: either of the two applications, by its id or in a suite.
#[inline(always)]
fn names_app(
    lines: &[Line],
    block: CompiledBlock,
    apps: &Applications,
    suites: &CompiledSuites,
) -> bool {
    if probe(lines, block.applications(), &apps.wanted).found(lines, &apps.wanted) {
        return true;
    }
    let suite = block
        .flags()
        .has(Flags::OFFICE_365 | Flags::ALL_MICROSOFT_APPS);
    (suite | apps.client.is_some()) && names_otherwise(lines, block, *apps, suites)
}

/// By the client application or by a suite.
#[inline(never)]
fn names_otherwise(
    lines: &[Line],
    block: CompiledBlock,
    apps: Applications,
    suites: &CompiledSuites,
) -> bool {
    let flags = block.flags();
    let client = apps.client.is_some_and(|client| {
        let wanted = Wanted::new(client.as_u128(), Kind::Plain);
        probe(lines, block.applications(), &wanted).found(lines, &wanted)
    });
    client
        || (flags.has(Flags::OFFICE_365) && apps.any(|app| suites.office_365(app)))
        || (flags.has(Flags::ALL_MICROSOFT_APPS) && apps.any(|app| suites.all_microsoft_apps(app)))
}

#[inline(always)]
fn ruling(refusal: Option<Detail>) -> Ruling {
    match refusal {
        None => Ruling::Passed,
        Some(detail) => Ruling::Blocked(detail),
    }
}

/// The truth table of S3.5: `None` when the access passes, else why it does not.
#[inline(always)]
fn refusal(flags: Flags, user: bool, app: bool) -> Option<Detail> {
    let users_allowed = flags.has(Flags::USERS_ALLOWED);
    let apps_allowed = flags.has(Flags::APPLICATIONS_ALLOWED);
    if !users_allowed && !apps_allowed {
        let everything = flags.has(Flags::ALL_USERS) && flags.has(Flags::ALL_APPLICATIONS);
        return match (user && app, everything) {
            (false, _) => None,
            (true, true) => Some(Detail::AllAccessBlocked),
            (true, false) => Some(Detail::UserAppPairBlocked),
        };
    }
    if user != users_allowed {
        Some(match users_allowed {
            true => Detail::UserNotAllowed,
            false => Detail::UserBlocked,
        })
    } else if app != apps_allowed {
        Some(match apps_allowed {
            true => Detail::AppNotAllowed,
            false => Detail::AppBlocked,
        })
    } else {
        None
    }
}

/// S25.3: what holds whichever groups the user is in. Where only the detail would differ, it is the
/// one that does not speak of the user.
fn either_way(flags: Flags, app: bool) -> Ruling {
    match (refusal(flags, true, app), refusal(flags, false, app)) {
        (None, None) => Ruling::Passed,
        (Some(one), Some(Detail::UserNotAllowed)) => Ruling::Blocked(one),
        (Some(_), Some(other)) => Ruling::Blocked(other),
        (None, Some(_)) | (Some(_), None) => Ruling::GroupsUnknown,
    }
}
