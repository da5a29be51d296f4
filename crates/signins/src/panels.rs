//! The panels for a chosen tenant and direction: how it ended, with what, and who (S17.6).
//!
//! Contoso has seen in the overview that Fabrikam's people fail often. It chooses Fabrikam,
//! inbound, and reads: one failure with 53003; all in ERP; Fred, 2 sign-ins, 1 failed.
//!
//! Panels drop the rows that the overview drops (S24). Inbound they also require that the resource
//! tenant is the local one, so somebody who merely passes through is in the overview's inbound
//! column but in no inbound panel.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use policy::target::ApplicationId;
use policy::tenant::TenantId;

use crate::direction::Direction;
use crate::filter::Filters;
use crate::observation::Observation;
use crate::summary::ExternalTenantIsLocal;
use crate::tally::{Tally, is_looked_at};

/// The chosen tenant and direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selection {
    local: TenantId,
    // INVARIANT (never the local tenant): kept by `new`, the one way in.
    external: TenantId,
    direction: Direction,
}

/// How sign-ins ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusRow {
    /// `count`: rows of the log.
    pub count: usize,
    /// `statusCode`: the error code.
    pub status_code: u32,
    /// `reason`: the failure reason. A success has none, whatever the log wrote there.
    pub reason: Option<String>,
}

impl StatusRow {
    /// `status`: `Success` or `Failure`.
    pub const fn status(&self) -> &'static str {
        match self.status_code {
            0 => "Success",
            _ => "Failure",
        }
    }
}

/// One resource reached through one client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicationRow {
    /// `resourceId`.
    pub resource_app: Option<ApplicationId>,
    /// `resourceDisplayName`.
    pub resource_app_name: Option<String>,
    /// `appId`: the client.
    pub client_app: Option<ApplicationId>,
    /// `appDisplayName`.
    pub client_app_name: Option<String>,
    /// `users`: distinct user principal names; "not said" is one of them.
    pub users: usize,
    /// `total`: distinct row ids.
    pub total: usize,
    /// `failures`: rows that failed.
    pub failures: usize,
}

/// One user of the chosen application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserRow {
    /// `userPrincipalName`.
    pub user_principal_name: Option<String>,
    /// `total`: distinct row ids.
    pub total: usize,
    /// `failures`: rows that failed.
    pub failures: usize,
}

/// What tells two application rows apart, in the order by which ties are broken.
type ApplicationKey<'a> = (
    Option<ApplicationId>,
    Option<&'a str>,
    Option<ApplicationId>,
    Option<&'a str>,
);

impl Selection {
    /// The panels of one external tenant in one direction.
    ///
    /// # Errors
    ///
    /// When the external tenant is the local one.
    pub fn new(
        local: TenantId,
        external: TenantId,
        direction: Direction,
    ) -> Result<Self, ExternalTenantIsLocal> {
        ExternalTenantIsLocal::refuse(local, external)?;
        Ok(Selection {
            local,
            external,
            direction,
        })
    }

    /// Sign-in status: most frequent first, then by code and reason.
    pub fn status<'a, R: Into<Observation<'a>>>(
        &self,
        log: impl IntoIterator<Item = R>,
        filters: &Filters,
    ) -> Vec<StatusRow> {
        let mut counts: BTreeMap<(u32, Option<&str>), usize> = BTreeMap::new();
        for sign_in in self.rows(log, filters) {
            let reason = sign_in.failure_reason.filter(|_| !sign_in.succeeded());
            *counts.entry((sign_in.error_code, reason)).or_default() += sign_in.count;
        }
        let row = |((status_code, reason), count): ((_, Option<&str>), _)| StatusRow {
            count,
            status_code,
            reason: reason.map(str::to_owned),
        };
        most_first(counts.into_iter().map(row), |row| row.count)
    }

    /// Applications: most sign-ins first, then by resource id and name, client id and name.
    pub fn applications<'a, R: Into<Observation<'a>>>(
        &self,
        log: impl IntoIterator<Item = R>,
        filters: &Filters,
    ) -> Vec<ApplicationRow> {
        let mut tallies: BTreeMap<ApplicationKey<'_>, Tally<'_>> = BTreeMap::new();
        for sign_in in self.rows(log, filters) {
            let key = (
                sign_in.resource_app,
                sign_in.resource_app_name,
                sign_in.client_app,
                sign_in.client_app_name,
            );
            tallies.entry(key).or_default().add(&sign_in);
        }
        let row = |(key, tally): (ApplicationKey<'_>, Tally<'_>)| ApplicationRow {
            resource_app: key.0,
            resource_app_name: key.1.map(str::to_owned),
            client_app: key.2,
            client_app_name: key.3.map(str::to_owned),
            users: tally.users(),
            total: tally.total(),
            failures: tally.failures(),
        };
        most_first(tallies.into_iter().map(row), |row| row.total)
    }

    /// Users of the chosen resource application, or of all of them: most sign-ins first, then by
    /// user principal name.
    pub fn users<'a, R: Into<Observation<'a>>>(
        &self,
        log: impl IntoIterator<Item = R>,
        filters: &Filters,
        resource_app: Option<ApplicationId>,
    ) -> Vec<UserRow> {
        let mut tallies: BTreeMap<Option<&str>, Tally<'_>> = BTreeMap::new();
        for sign_in in self.rows(log, filters) {
            if resource_app.is_none() || sign_in.resource_app == resource_app {
                let user = sign_in.user_principal_name;
                tallies.entry(user).or_default().add(&sign_in);
            }
        }
        let row = |(user, tally): (Option<&str>, Tally<'_>)| UserRow {
            user_principal_name: user.map(str::to_owned),
            total: tally.total(),
            failures: tally.failures(),
        };
        most_first(tallies.into_iter().map(row), |row| row.total)
    }

    fn rows<'a, R: Into<Observation<'a>>>(
        &self,
        log: impl IntoIterator<Item = R>,
        filters: &Filters,
    ) -> impl Iterator<Item = Observation<'a>> {
        log.into_iter().map(Into::into).filter(move |sign_in| {
            is_looked_at(sign_in)
                && self.direction.far_end(self.local, *sign_in) == Some(self.external)
                && (self.direction == Direction::Outbound
                    || sign_in.resource_tenant == Some(self.local))
                && filters.pass(self.external, *sign_in)
        })
    }
}

/// Sorts by a number, largest first. Rows come in the order of their grouping key, absent values
/// first, and the sort is stable, so ties keep that order (S24).
pub(crate) fn most_first<R>(rows: impl Iterator<Item = R>, number: impl Fn(&R) -> usize) -> Vec<R> {
    let mut rows: Vec<R> = rows.collect();
    rows.sort_by_key(|row| Reverse(number(row)));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::SignIn;
    use crate::filter::Term;
    use crate::sample::{CONTOSO, CRM, ERP, FABRIKAM, NORTHWIND, again, crossing};
    use policy::row::NO_USER;

    fn inbound() -> Selection {
        Selection::new(CONTOSO, FABRIKAM, Direction::Inbound).unwrap()
    }

    fn outbound() -> Selection {
        Selection::new(CONTOSO, FABRIKAM, Direction::Outbound).unwrap()
    }

    fn ending(code: u32, reason: Option<&str>) -> SignIn {
        SignIn {
            error_code: code,
            failure_reason: reason.map(str::to_owned),
            ..crossing(FABRIKAM, CONTOSO)
        }
    }

    fn by(id: &str, user: Option<&str>, resource: ApplicationId) -> SignIn {
        SignIn {
            id: id.into(),
            user_principal_name: user.map(str::to_owned),
            resource_app: Some(resource),
            ..crossing(FABRIKAM, CONTOSO)
        }
    }

    #[test]
    fn the_local_tenant_has_no_panels_s17_2() {
        let refused = Selection::new(CONTOSO, CONTOSO, Direction::Inbound);
        assert_eq!(refused, Err(ExternalTenantIsLocal(CONTOSO)));
    }

    #[test]
    fn status_lists_most_first_and_ties_by_code_and_reason_absent_first_s17_6_s24() {
        let log = [
            ending(53_003, Some("B")),
            ending(53_003, None),
            ending(53_003, Some("A")),
            ending(500_213, None),
            ending(500_213, None),
            ending(0, None),
        ];
        let rows = inbound().status(&log, &Filters::default());
        let shown: Vec<_> = rows
            .iter()
            .map(|row| {
                (
                    row.count,
                    row.status(),
                    row.status_code,
                    row.reason.as_deref(),
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                (2, "Failure", 500_213, None),
                (1, "Success", 0, None),
                (1, "Failure", 53_003, None),
                (1, "Failure", 53_003, Some("A")),
                (1, "Failure", 53_003, Some("B")),
            ]
        );
    }

    #[test]
    fn successes_are_one_line_whatever_the_log_wrote_as_their_reason_s17_6() {
        let log = [ending(0, Some("Other.")), ending(0, None)];
        let rows = inbound().status(&log, &Filters::default());
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].count, rows[0].reason.as_deref()), (2, None));
    }

    #[test]
    fn inbound_panels_require_that_the_resource_is_here_s17_6() {
        let through = crossing(FABRIKAM, NORTHWIND);
        let log = [through];
        assert_eq!(inbound().status(&log, &Filters::default()), []);
        assert_eq!(inbound().applications(&log, &Filters::default()), []);
        assert_eq!(inbound().users(&log, &Filters::default(), None), []);
        let out = Selection::new(CONTOSO, NORTHWIND, Direction::Outbound).unwrap();
        assert_eq!(out.status(&log, &Filters::default()).len(), 1);
    }

    #[test]
    fn inbound_users_are_those_of_the_chosen_home_tenant_s17_6() {
        let log = [
            by("s1", Some("fred"), ERP),
            SignIn {
                home_tenant: Some(NORTHWIND),
                ..by("s2", Some("nina"), ERP)
            },
        ];
        let filters = Filters {
            external_tenant: Term::new(&FABRIKAM.to_string()),
            ..Filters::default()
        };
        let rows = inbound().users(&log, &filters, Some(ERP));
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].user_principal_name.as_deref(), Some("fred"));
    }

    #[test]
    fn panels_drop_what_the_overview_drops_s24() {
        let row = crossing(FABRIKAM, CONTOSO);
        let log = [
            SignIn {
                user: Some(NO_USER),
                ..row.clone()
            },
            SignIn {
                resource_app: None,
                ..row
            },
        ];
        assert_eq!(inbound().status(&log, &Filters::default()), []);
        let homeless = SignIn {
            home_tenant: None,
            ..crossing(CONTOSO, FABRIKAM)
        };
        assert_eq!(outbound().status(&[homeless], &Filters::default()), []);
    }

    #[test]
    fn applications_are_told_apart_by_resource_and_client_most_first_s17_6() {
        let through = |id: &str, client: Option<&str>, resource| SignIn {
            client_app_name: client.map(str::to_owned),
            ..by(id, Some("fred"), resource)
        };
        let log = [
            through("s1", Some("Web"), CRM),
            through("s2", Some("App"), ERP),
            through("s3", None, ERP),
            through("s4", Some("Web"), CRM),
        ];
        let rows = inbound().applications(&log, &Filters::default());
        let shown: Vec<_> = rows
            .iter()
            .map(|row| (row.resource_app, row.client_app_name.as_deref(), row.total))
            .collect();
        assert_eq!(
            shown,
            [
                (Some(CRM), Some("Web"), 2),
                (Some(ERP), None, 1),
                (Some(ERP), Some("App"), 1),
            ]
        );
    }

    #[test]
    fn users_of_the_chosen_application_most_first_and_the_unnamed_before_ties_s17_6_s24() {
        let log = [
            by("s1", Some("zoe"), ERP),
            by("s2", Some("bob"), ERP),
            by("s3", None, ERP),
            by("s4", Some("zoe"), ERP),
            by("s5", Some("mia"), CRM),
        ];
        let names = |resource| -> Vec<(Option<String>, usize)> {
            let rows = inbound().users(&log, &Filters::default(), resource);
            rows.into_iter()
                .map(|row| (row.user_principal_name, row.total))
                .collect()
        };
        let (zoe, bob, mia) = (Some("zoe".into()), Some("bob".into()), Some("mia".into()));
        assert_eq!(
            names(Some(ERP)),
            [(zoe.clone(), 2), (None, 1), (bob.clone(), 1)]
        );
        assert_eq!(names(None), [(zoe, 2), (None, 1), (bob, 1), (mia, 1)]);
    }

    #[test]
    fn a_sign_in_told_twice_counts_once_s17_4_s17_6() {
        let row = SignIn {
            error_code: 53_003,
            ..by("s1", Some("fred"), ERP)
        };
        let log = [row.clone(), again("s1", &row), again("s2", &row)];
        let applications = inbound().applications(&log, &Filters::default());
        assert_eq!((applications[0].total, applications[0].failures), (2, 3));
        assert_eq!(applications[0].users, 1);
        let users = inbound().users(&log, &Filters::default(), None);
        assert_eq!((users[0].total, users[0].failures), (2, 3));
    }

    #[test]
    fn the_filters_of_the_workbook_hold_in_its_panels_s17_5() {
        let log = [
            by("s1", Some("fred@fabrikam.com"), ERP),
            by("s2", None, ERP),
        ];
        let filters = Filters {
            user: Term::new("fred"),
            ..Filters::default()
        };
        assert_eq!(inbound().users(&log, &filters, None).len(), 1);
    }
}
