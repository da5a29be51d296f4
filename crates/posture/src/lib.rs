//! What do these settings expose?
//!
//! Contoso's administrator did not write every setting of the last years and wants to know which of
//! them deserve a second look. [`check::ALL`] is the list of what is looked for, each with a name that
//! stays, a severity and a clause; [`lint`] answers with [`finding::Finding`]s: which setting, whose,
//! why it matters, and what to do.
//!
//! What is open is not read off a list but found by the evaluator: the settings are compared with
//! settings that let nobody pass, so that inheritance, clouds and missing halves count as they do at a
//! sign-in. A finding about something open names a request that passes.
//!
//! The crate knows no JSON, no database and no clock.

mod activity;
mod applications;
mod blocks;
pub mod check;
mod collaboration;
mod demands;
mod direct_connect;
mod entries;
mod exposure;
pub mod facts;
pub mod finding;
mod restrictions;
mod scene;
mod synchronization;
mod trust;

use policy::explain::Names;
use policy::settings::Policy;
use policy::tenant::TenantId;
use policy::world::World;

use crate::check::Check;
use crate::facts::Facts;
use crate::finding::Finding;
use crate::scene::Scene;

/// The settings that are looked at, and what is known beside them.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// Knows the suites, the clouds of tenants, and the Conditional Access policies of the tenant.
    pub world: &'a World,
    /// Whose settings.
    pub tenant: TenantId,
    /// The settings.
    pub policy: &'a Policy,
    /// What tenants are called.
    pub names: &'a dyn Names,
    /// What settings do not say.
    pub facts: &'a Facts,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The findings: the gravest first, and then in the order of the checks.
    pub findings: Vec<Finding>,
    /// The checks that could not be made, and what was missing.
    pub not_made: Vec<(&'static Check, String)>,
}

/// Makes the checks that are wanted.
pub fn lint(subject: &Subject<'_>, wanted: impl Fn(&Check) -> bool) -> Report {
    let scene = Scene::new(subject);
    let mut report = Report::default();
    for check in check::ALL.iter().filter(|check| wanted(check)) {
        match (check.look)(&scene) {
            Ok(seen) => {
                let findings = seen.into_iter().map(|seen| seen.under(check));
                report.findings.extend(findings);
            }
            Err(missing) => report.not_made.push((check, missing)),
        }
    }
    // The sort is stable: what is equally grave stays in the order of the table.
    report
        .findings
        .sort_by_key(|finding| finding.check.severity);
    report
}
