//! The workbook's overview: one line per external tenant with both directions beside each other
//! (S17.4).
//!
//! It counts otherwise than the summary does (S17.2). Access type and token issuer are not looked
//! at, rows that name nobody or nothing are dropped, and a sign-in told twice counts once.

use std::collections::BTreeMap;

use policy::tenant::TenantId;

use crate::direction::Direction;
use crate::filter::Filters;
use crate::observation::Observation;
use crate::tally::{Tally, is_looked_at};

/// The overview.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overview {
    /// The lines, by external tenant.
    pub lines: Vec<Line>,
}

impl Overview {
    /// The number of external tenants.
    pub fn tenant_count(&self) -> usize {
        self.lines.len()
    }
}

/// What happened with one external tenant; at least one of the directions is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// `ExternalTenantId`.
    pub external_tenant: TenantId,
    /// The four columns `Outbound…`; `None`, shown as null, when no row went out.
    pub outbound: Option<Traffic>,
    /// The four columns `Inbound…`; `None`, shown as null, when no row came in.
    pub inbound: Option<Traffic>,
}

/// One direction of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Traffic {
    /// `…SignInsTotal`: distinct row ids.
    pub sign_ins_total: usize,
    /// `…SignInsFailure`: rows that failed.
    pub sign_ins_failure: usize,
    /// `…Users`: distinct user principal names; "not said" is one of them.
    pub users: usize,
    /// `…Apps`: distinct resource ids.
    pub apps: usize,
}

impl From<Tally<'_>> for Traffic {
    fn from(tally: Tally<'_>) -> Self {
        Traffic {
            sign_ins_total: tally.total(),
            sign_ins_failure: tally.failures(),
            users: tally.users(),
            apps: tally.applications(),
        }
    }
}

/// One line for each external tenant with a row that passes the filters, by tenant id (S17.4).
pub fn overview<'a, R: Into<Observation<'a>>>(
    local: TenantId,
    log: impl IntoIterator<Item = R>,
    filters: &Filters,
) -> Overview {
    let mut tallies: BTreeMap<(TenantId, Direction), Tally<'_>> = BTreeMap::new();
    for sign_in in log.into_iter().map(Into::into).filter(is_looked_at) {
        for direction in Direction::ALL {
            let external = direction.far_end(local, sign_in);
            if let Some(external) = external.filter(|tenant| filters.pass(*tenant, sign_in)) {
                tallies
                    .entry((external, direction))
                    .or_default()
                    .add(&sign_in);
            }
        }
    }
    let mut lines: BTreeMap<TenantId, Line> = BTreeMap::new();
    for ((external_tenant, direction), tally) in tallies {
        let line = lines.entry(external_tenant).or_insert(Line {
            external_tenant,
            outbound: None,
            inbound: None,
        });
        match direction {
            Direction::Outbound => line.outbound = Some(tally.into()),
            Direction::Inbound => line.inbound = Some(tally.into()),
        }
    }
    Overview {
        lines: lines.into_values().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::SignIn;
    use crate::event::{CrossTenantAccess, TokenIssuer};
    use crate::filter::Term;
    use crate::sample::{CONTOSO, CRM, FABRIKAM, NORTHWIND, again, crossing};
    use policy::row::NO_USER;

    fn all(log: &[SignIn]) -> Vec<Line> {
        overview(CONTOSO, log, &Filters::default()).lines
    }

    #[test]
    fn rows_of_nobody_or_nothing_or_nowhere_are_dropped_s17_4() {
        let row = crossing(FABRIKAM, CONTOSO);
        let log = [
            SignIn {
                user: Some(NO_USER),
                ..row.clone()
            },
            SignIn {
                resource_app: None,
                ..row.clone()
            },
            SignIn {
                home_tenant: None,
                ..crossing(CONTOSO, FABRIKAM)
            },
        ];
        assert_eq!(all(&log), []);
        let unsaid = SignIn { user: None, ..row };
        assert_eq!(all(&[unsaid]).len(), 1);
    }

    #[test]
    fn access_type_and_token_issuer_are_not_looked_at_s17_4() {
        let row = SignIn {
            access_type: Some(CrossTenantAccess::None),
            token_issuer: TokenIssuer::from_name("ADFederationServices"),
            ..crossing(FABRIKAM, CONTOSO)
        };
        assert_eq!(all(&[row])[0].inbound.unwrap().sign_ins_total, 1);
    }

    #[test]
    fn a_sign_in_told_twice_counts_once_in_the_total_and_twice_as_failure_s17_4() {
        let failed = SignIn {
            error_code: 53_003,
            ..crossing(FABRIKAM, CONTOSO)
        };
        let log = [
            again("s1", &failed),
            again("s1", &failed),
            SignIn {
                resource_app: Some(CRM),
                user_principal_name: None,
                ..again("s2", &crossing(FABRIKAM, CONTOSO))
            },
        ];
        assert_eq!(
            all(&log)[0].inbound,
            Some(Traffic {
                sign_ins_total: 2,
                sign_ins_failure: 2,
                users: 2,
                apps: 2,
            })
        );
    }

    #[test]
    fn a_row_foreign_on_both_sides_is_on_two_lines_s17_1_s17_4() {
        let lines = all(&[crossing(NORTHWIND, FABRIKAM)]);
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0].external_tenant, NORTHWIND);
        assert!(lines[0].inbound.is_some() && lines[0].outbound.is_none());
        assert_eq!(lines[1].external_tenant, FABRIKAM);
        assert!(lines[1].outbound.is_some() && lines[1].inbound.is_none());
    }

    #[test]
    fn a_row_foreign_to_the_same_tenant_on_both_sides_fills_both_halves_s17_4() {
        let lines = all(&[crossing(FABRIKAM, FABRIKAM)]);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].inbound.is_some() && lines[0].outbound.is_some());
    }

    #[test]
    fn the_external_tenant_filter_looks_at_the_far_end_only_s17_5() {
        let filters = Filters {
            external_tenant: Term::new(&FABRIKAM.to_string()),
            ..Filters::default()
        };
        let overview = overview(CONTOSO, &[crossing(NORTHWIND, FABRIKAM)], &filters);
        assert_eq!(overview.tenant_count(), 1);
        assert_eq!(overview.lines[0].external_tenant, FABRIKAM);
    }
}
