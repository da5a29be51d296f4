//! Whether a user or an application is among what a half names (S3.3, S3.4).
//!
//! Whom somebody is may be known only in part. If nobody has told which groups Adele is in, "users
//! match" has three answers: yes, no, and *unknown* with the groups that would decide (S25.3).

use std::collections::BTreeSet;

use crate::target::{
    ApplicationId, ApplicationTarget, ApplicationsHalf, GroupId, Scope, UserId, UserTarget,
    UsersHalf,
};
use crate::world::Suites;

/// Who is being judged, by the ids of the tenant that the block names (S3.7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Which account.
    pub account: Account,
    /// The groups it is in, nested ones too; `None`: unknown.
    pub groups: Option<BTreeSet<GroupId>>,
}

/// Which account is being judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Account {
    /// This one.
    User(UserId),
    /// None that a list could name: a service principal, for instance (S11.9).
    Unnamed,
    /// Some account; nobody knows which (S25.2).
    Unknown,
}

impl Subject {
    /// A subject that only `AllUsers` matches.
    pub fn unnamed() -> Self {
        Subject {
            account: Account::Unnamed,
            groups: Some(BTreeSet::new()),
        }
    }
    /// An account of which nothing is known.
    pub fn unknown() -> Self {
        Subject {
            account: Account::Unknown,
            groups: None,
        }
    }
    /// A user whose groups are known.
    pub fn user(id: UserId, groups: BTreeSet<GroupId>) -> Self {
        Subject {
            account: Account::User(id),
            groups: Some(groups),
        }
    }
}

/// By what a half named the subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserMatch {
    /// `AllUsers`.
    All,
    /// The user by id.
    User(UserId),
    /// A group the user is in.
    Group(GroupId),
}

/// Whether a users half names the subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UsersMatch {
    /// It does, by this.
    Yes(UserMatch),
    /// It does not.
    No,
    /// It does if the user is in one of these groups, of which nobody knows. The list is empty
    /// when the account itself is unknown and the half names users only.
    Unknown(Vec<GroupId>),
}

/// Whether the half names the subject (S3.3, S25.3).
pub fn users(half: &UsersHalf, subject: &Subject) -> UsersMatch {
    let targets = match &half.scope {
        Scope::All => return UsersMatch::Yes(UserMatch::All),
        Scope::Only(targets) => targets.as_slice(),
    };
    let mut unknown_groups = Vec::new();
    let mut unknown_account = false;
    for target in targets {
        match target {
            UserTarget::User(id) => match subject.account {
                Account::User(user) if user == *id => {
                    return UsersMatch::Yes(UserMatch::User(user));
                }
                Account::Unknown => unknown_account = true,
                Account::User(_) | Account::Unnamed => {}
            },
            UserTarget::Group(group) => match &subject.groups {
                Some(groups) if groups.contains(group) => {
                    return UsersMatch::Yes(UserMatch::Group(*group));
                }
                Some(_) => {}
                None => unknown_groups.push(*group),
            },
        }
    }
    match unknown_account || !unknown_groups.is_empty() {
        true => UsersMatch::Unknown(unknown_groups),
        false => UsersMatch::No,
    }
}

/// By what an applications half names one of the applications, if it does: the client's or the
/// resource's id may be listed, and either one matches (S3.4, U2).
pub fn applications(
    half: &ApplicationsHalf,
    applications: &[ApplicationId],
    suites: &Suites,
) -> Option<ApplicationMatch> {
    let targets = match &half.scope {
        Scope::All => return Some(ApplicationMatch::All),
        Scope::Only(targets) => targets.as_slice(),
    };
    let matches = |target: &ApplicationTarget| {
        let named = |app: &&ApplicationId| match target {
            ApplicationTarget::Application(id) => *id == **app,
            ApplicationTarget::Office365 => suites.office365.contains(app),
            ApplicationTarget::AllMicrosoftApps => suites.all_microsoft_apps.contains(app),
        };
        applications.iter().any(|app| named(&app))
    };
    let target = targets.iter().find(|target| matches(target))?;
    Some(ApplicationMatch::Target(*target))
}

/// By what an applications half named an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApplicationMatch {
    /// `AllApplications`.
    All,
    /// This entry.
    Target(ApplicationTarget),
}
