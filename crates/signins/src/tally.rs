//! What is counted over the rows of one line of the workbook or one of its panels (S17.4, S17.6).

use std::collections::HashSet;

use policy::row::NO_USER;
use policy::target::ApplicationId;

use crate::observation::Observation;

/// Whether the workbook and its panels look at the row at all: not at one of an all-zero user, nor
/// at one without resource or home tenant (S17.4). A user that the log does not say is no zero.
pub(crate) fn is_looked_at(sign_in: &Observation<'_>) -> bool {
    sign_in.user != Some(NO_USER) && sign_in.resource_app.is_some() && sign_in.home_tenant.is_some()
}

/// Counts while rows go by. A sign-in told twice counts once in the total, but each of its rows
/// counts as a failure: that is how the workbook counts.
#[derive(Default)]
pub(crate) struct Tally<'a> {
    ids: HashSet<&'a str>,
    /// Rows whose ids were counted already.
    counted: usize,
    failures: usize,
    users: HashSet<Option<&'a str>>,
    applications: HashSet<Option<ApplicationId>>,
}

impl<'a> Tally<'a> {
    pub(crate) fn add(&mut self, sign_in: &Observation<'a>) {
        match sign_in.id {
            Some(id) => {
                self.ids.insert(id);
            }
            None => self.counted += sign_in.count,
        }
        if !sign_in.succeeded() {
            self.failures += sign_in.count;
        }
        self.users.insert(sign_in.user_principal_name);
        self.applications.insert(sign_in.resource_app);
    }

    /// Distinct row ids.
    pub(crate) fn total(&self) -> usize {
        self.ids.len() + self.counted
    }

    /// Rows that failed.
    pub(crate) fn failures(&self) -> usize {
        self.failures
    }

    /// Distinct user principal names; "not said" is one of them.
    pub(crate) fn users(&self) -> usize {
        self.users.len()
    }

    /// Distinct resource applications.
    pub(crate) fn applications(&self) -> usize {
        self.applications.len()
    }
}
