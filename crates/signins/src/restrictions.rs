//! What tenant restrictions stop, and what they let pass (S17.8).
//!
//! Somebody on Contoso's network signs in to Litware with an account that is not Contoso's. What
//! Contoso learns is one masked row (S15.6): applications, resource tenant, outcome, no person.

use std::collections::BTreeMap;

use policy::reason::Reason;
use policy::target::ApplicationId;
use policy::tenant::TenantId;

use crate::observation::Observation;
use crate::panels::most_first;
use crate::window::Window;

/// How many days the panel shows at first (S17.8).
pub const INITIAL_DAYS: u32 = 7;

/// The panel: the same rows counted twice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Restrictions {
    /// Those that were stopped (5000211).
    pub blocked: Vec<RestrictionsRow>,
    /// All of them.
    pub usage: Vec<RestrictionsRow>,
}

/// How often an application reached for a resource of one tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestrictionsRow {
    /// How many masked rows.
    pub count: usize,
    /// `resourceTenantId`.
    pub resource_tenant: Option<TenantId>,
    /// `appDisplayName`.
    pub client_app_name: Option<String>,
    /// `resourceDisplayName`.
    pub resource_app_name: Option<String>,
    /// `appId`, which tells two clients of one name apart.
    pub client_app: Option<ApplicationId>,
    /// `resourceId`, which tells two resources of one name apart.
    pub resource_app: Option<ApplicationId>,
}

/// Counts the masked rows of the local tenant's log by resource tenant, application and resource,
/// most first; ties by tenant id and names, absent ones first (S24).
///
/// Whose log it is does not matter: tenant restrictions judge the own tenant's accounts and
/// resources too, and what was enforced is shown.
pub fn restrictions<'a, R: Into<Observation<'a>>>(
    log: impl IntoIterator<Item = R>,
    window: Window,
) -> Restrictions {
    let rows = log.into_iter().map(Into::into);
    let masked = rows.filter(|sign_in| sign_in.is_masked() && window.holds(*sign_in));
    let masked: Vec<Observation<'a>> = masked.collect();
    let stopped = Reason::TenantRestrictionsBlocked.error_code();
    Restrictions {
        blocked: counted(
            masked
                .iter()
                .filter(|sign_in| sign_in.error_code == stopped),
        ),
        usage: counted(masked.iter()),
    }
}

/// What tells two rows apart, in the order by which ties are broken.
type Key<'a> = (
    Option<TenantId>,
    Option<&'a str>,
    Option<&'a str>,
    Option<ApplicationId>,
    Option<ApplicationId>,
);

fn counted<'r, 'a: 'r>(rows: impl Iterator<Item = &'r Observation<'a>>) -> Vec<RestrictionsRow> {
    let mut counts: BTreeMap<Key<'a>, usize> = BTreeMap::new();
    for row in rows {
        let key = (
            row.resource_tenant,
            row.client_app_name,
            row.resource_app_name,
            row.client_app,
            row.resource_app,
        );
        *counts.entry(key).or_default() += row.count;
    }
    let row = |(key, count): (Key<'a>, usize)| RestrictionsRow {
        count,
        resource_tenant: key.0,
        client_app_name: key.1.map(str::to_owned),
        resource_app_name: key.2.map(str::to_owned),
        client_app: key.3,
        resource_app: key.4,
    };
    most_first(counts.into_iter().map(row), |row| row.count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::SignIn;
    use crate::sample::{CONTOSO, FABRIKAM, NORTHWIND, crossing};
    use crate::window::Moment;
    use policy::row::{NO_USER, TENANT_RESTRICTION};

    /// As our own log writes it: no home tenant, no access type, no user (S15.6, S24).
    fn masked(resource: TenantId, application: Option<&str>, code: u32) -> SignIn {
        SignIn {
            resource_tenant: Some(resource),
            user: Some(NO_USER),
            user_display_name: Some(TENANT_RESTRICTION.into()),
            client_app_name: application.map(str::to_owned),
            resource_app_name: Some("Teams Services".into()),
            ..SignIn::bare("s1", code)
        }
    }

    fn shown(rows: &[RestrictionsRow]) -> Vec<(usize, Option<TenantId>, Option<&str>)> {
        rows.iter()
            .map(|row| {
                (
                    row.count,
                    row.resource_tenant,
                    row.client_app_name.as_deref(),
                )
            })
            .collect()
    }

    #[test]
    fn blocked_counts_5000211_and_usage_counts_all_masked_rows_s17_8() {
        let log = [
            masked(FABRIKAM, Some("Teams"), 5_000_211),
            masked(FABRIKAM, Some("Teams"), 0),
            masked(NORTHWIND, Some("Teams"), 53_003),
            crossing(CONTOSO, FABRIKAM),
            SignIn {
                error_code: 5_000_211,
                ..crossing(CONTOSO, FABRIKAM)
            },
        ];
        let panel = restrictions(&log, Window::ALL);
        assert_eq!(shown(&panel.blocked), [(1, Some(FABRIKAM), Some("Teams"))]);
        assert_eq!(
            shown(&panel.usage),
            [
                (2, Some(FABRIKAM), Some("Teams")),
                (1, Some(NORTHWIND), Some("Teams")),
            ]
        );
    }

    #[test]
    fn ties_are_ordered_by_tenant_and_names_absent_ones_first_s17_8_s24() {
        let log = [
            masked(FABRIKAM, Some("Teams"), 0),
            masked(FABRIKAM, None, 0),
            masked(CONTOSO, Some("Zoom"), 0),
            SignIn {
                resource_tenant: None,
                ..masked(CONTOSO, Some("Zoom"), 0)
            },
        ];
        assert_eq!(
            shown(&restrictions(&log, Window::ALL).usage),
            [
                (1, None, Some("Zoom")),
                (1, Some(CONTOSO), Some("Zoom")),
                (1, Some(FABRIKAM), None),
                (1, Some(FABRIKAM), Some("Teams")),
            ]
        );
    }

    #[test]
    fn the_window_holds_here_too_s17_8() {
        let day = 86_400_000_000_000;
        let log = [SignIn {
            created: Some(Moment::from_nanoseconds(0)),
            ..masked(FABRIKAM, None, 0)
        }];
        let after = |days: i128| {
            let now = Moment::from_nanoseconds(days * day);
            restrictions(&log, Window::last_days(now, INITIAL_DAYS))
        };
        assert_eq!(after(7).usage.len(), 1);
        assert_eq!(after(8), Restrictions::default());
    }
}
