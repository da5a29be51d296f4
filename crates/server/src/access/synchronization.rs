//! Jobs of synchronization: they are the source tenant's, and its administrators need what they need
//! for the synchronization settings of a partner (S14.1, S23).

use policy::role::Action;

use super::{Right, Roles};
use crate::permission::{OPERATOR, POLICY_READ, POLICY_WRITE};

type Names = &'static [&'static str];

const READ: Names = &[POLICY_READ, POLICY_WRITE, OPERATOR];
const WRITE: Names = &[POLICY_WRITE, OPERATOR];
const READ_BY_PERSON: Names = &[POLICY_READ, POLICY_WRITE];
const WRITE_BY_PERSON: Names = &[POLICY_WRITE];

const fn reading(path: &'static str) -> Right {
    Right {
        method: "GET",
        path,
        application: READ,
        delegated: READ_BY_PERSON,
        roles: Roles::Actions(&[Action::ReadSynchronization]),
    }
}

const fn writing(method: &'static str, path: &'static str, actions: &'static [Action]) -> Right {
    Right {
        method,
        path,
        application: WRITE,
        delegated: WRITE_BY_PERSON,
        roles: Roles::Actions(actions),
    }
}

macro_rules! jobs {
    ($rest:literal) => {
        concat!("/comity/v1/tenants/{id}/synchronization/jobs", $rest)
    };
}

const CREATES: &[Action] = &[Action::CreateSynchronization];
const UPDATES: &[Action] = &[Action::UpdateSynchronization];

/// Lists the jobs.
pub(crate) const LIST_JOBS: Right = reading(jobs!(""));
/// Makes a job.
pub(crate) const CREATE_JOB: Right = writing("POST", jobs!(""), CREATES);
/// Reads a job.
pub(crate) const GET_JOB: Right = reading(jobs!("/{job}"));
/// Changes a job.
pub(crate) const UPDATE_JOB: Right = writing("PATCH", jobs!("/{job}"), UPDATES);
/// Drops a job.
pub(crate) const DELETE_JOB: Right = writing("DELETE", jobs!("/{job}"), UPDATES);
/// Runs a job now, and from then on by itself.
pub(crate) const START_JOB: Right = writing("POST", jobs!("/{job}/start"), UPDATES);
/// Stops a job where it is.
pub(crate) const PAUSE_JOB: Right = writing("POST", jobs!("/{job}/pause"), UPDATES);
/// Begins a job anew.
pub(crate) const RESTART_JOB: Right = writing("POST", jobs!("/{job}/restart"), UPDATES);
/// Lets a job delete as many objects as it wants to.
pub(crate) const ALLOW_DELETIONS: Right = writing("POST", jobs!("/{job}/allowDeletions"), UPDATES);
/// Synchronizes one account, now.
pub(crate) const PROVISION: Right = writing("POST", jobs!("/{job}/provisionOnDemand"), UPDATES);

/// Lists which clients speak for which source tenants.
pub(crate) const LIST_SOURCES: Right = reading("/comity/v1/tenants/{id}/synchronization/sources");
/// Ties a client to a source tenant.
pub(crate) const PUT_SOURCE: Right = writing(
    "PUT",
    "/comity/v1/tenants/{id}/synchronization/sources/{source}",
    UPDATES,
);
/// Unties it.
pub(crate) const DELETE_SOURCE: Right = writing(
    "DELETE",
    "/comity/v1/tenants/{id}/synchronization/sources/{source}",
    UPDATES,
);

/// All of them.
pub(crate) const ALL: &[&Right] = &[
    &LIST_JOBS,
    &CREATE_JOB,
    &GET_JOB,
    &UPDATE_JOB,
    &DELETE_JOB,
    &START_JOB,
    &PAUSE_JOB,
    &RESTART_JOB,
    &ALLOW_DELETIONS,
    &PROVISION,
    &LIST_SOURCES,
    &PUT_SOURCE,
    &DELETE_SOURCE,
];
