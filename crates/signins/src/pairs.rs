//! Which user of ours goes where with what: the outbound pairs (S17.7).
//!
//! "2 × Fabrikam, CRM Web, alice@contoso.com". This is the one-liner that administrators have been
//! given since the beginning; it looks at the resource tenant and at nothing else, so the masked
//! rows of tenant restrictions are in it, without a user.

use std::collections::BTreeMap;

use policy::tenant::TenantId;

use crate::direction::Direction;
use crate::observation::Observation;
use crate::window::{Moment, Window};

/// How many days are counted unless asked otherwise (S17.7).
pub const INITIAL_DAYS: u32 = 30;

/// Which sign-ins are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Counted {
    /// When they happened.
    pub window: Window,
    /// Whether those that nobody sat in front of are left out.
    pub interactive_only: bool,
}

impl Counted {
    /// What is counted unless asked otherwise: interactive sign-ins of the last 30 days.
    pub const fn usual(now: Moment) -> Self {
        Counted {
            window: Window::last_days(now, INITIAL_DAYS),
            interactive_only: true,
        }
    }

    /// Interactive sign-ins of all time: all that a file holds.
    pub const INTERACTIVE: Counted = Counted {
        window: Window::ALL,
        interactive_only: true,
    };

    fn holds(&self, sign_in: &Observation<'_>) -> bool {
        self.window.holds(*sign_in) && (!self.interactive_only || sign_in.is_interactive())
    }
}

/// How often one user reached one tenant with one application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// `Count`.
    pub count: usize,
    /// `resourceTenantId`.
    pub resource_tenant: TenantId,
    /// `appDisplayName` of the client application.
    pub client_app_name: Option<String>,
    /// `userPrincipalName`.
    pub user_principal_name: Option<String>,
}

impl Pair {
    /// The column `Ext TenantID/App User Pair`; a name that the log does not say is empty.
    pub fn label(&self) -> String {
        let application = self.client_app_name.as_deref().unwrap_or_default();
        let user = self.user_principal_name.as_deref().unwrap_or_default();
        format!("{}, {application}, {user}", self.resource_tenant)
    }
}

/// The pairs by tenant id, application and user; absent names come first (S17.7, S24).
pub fn pairs<'a, R: Into<Observation<'a>>>(
    local: TenantId,
    log: impl IntoIterator<Item = R>,
    counted: Counted,
) -> Vec<Pair> {
    let mut counts: BTreeMap<(TenantId, Option<&str>, Option<&str>), usize> = BTreeMap::new();
    let rows = log.into_iter().map(Into::into);
    for sign_in in rows.filter(|sign_in| counted.holds(sign_in)) {
        if let Some(tenant) = Direction::Outbound.far_end(local, sign_in) {
            let application = sign_in.client_app_name;
            let user = sign_in.user_principal_name;
            *counts.entry((tenant, application, user)).or_default() += sign_in.count;
        }
    }
    let pair =
        |((resource_tenant, application, user), count): ((_, Option<&str>, Option<&str>), _)| {
            Pair {
                count,
                resource_tenant,
                client_app_name: application.map(str::to_owned),
                user_principal_name: user.map(str::to_owned),
            }
        };
    counts.into_iter().map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::CrossTenantAccess;
    use crate::event::SignIn;
    use crate::sample::{CONTOSO, FABRIKAM, NORTHWIND, crossing};
    use policy::row::NO_USER;

    fn going(application: Option<&str>, user: Option<&str>) -> SignIn {
        SignIn {
            client_app_name: application.map(str::to_owned),
            user_principal_name: user.map(str::to_owned),
            ..crossing(CONTOSO, FABRIKAM)
        }
    }

    fn labels(log: &[SignIn], counted: Counted) -> Vec<(usize, String)> {
        let pairs = pairs(CONTOSO, log, counted);
        pairs
            .iter()
            .map(|pair| (pair.count, pair.label()))
            .collect()
    }

    #[test]
    fn pairs_are_ordered_by_tenant_application_and_user_absent_names_first_s17_7_s24() {
        let log = [
            going(Some("Teams"), Some("bob")),
            going(Some("Teams"), None),
            going(None, Some("zoe")),
            going(Some("Teams"), Some("alice")),
            going(Some("Teams"), Some("bob")),
            SignIn {
                resource_tenant: Some(NORTHWIND),
                ..going(Some("Zoom"), Some("zoe"))
            },
        ];
        let fabrikam = |rest: &str| format!("{FABRIKAM}, {rest}");
        assert_eq!(
            labels(&log, Counted::INTERACTIVE),
            [
                (1, format!("{NORTHWIND}, Zoom, zoe")),
                (1, fabrikam(", zoe")),
                (1, fabrikam("Teams, ")),
                (1, fabrikam("Teams, alice")),
                (2, fabrikam("Teams, bob")),
            ]
        );
    }

    #[test]
    fn only_the_resource_tenant_is_looked_at_s17_7() {
        let log = [
            SignIn {
                user: Some(NO_USER),
                resource_app: None,
                access_type: Some(CrossTenantAccess::None),
                ..crossing(NORTHWIND, FABRIKAM)
            },
            crossing(FABRIKAM, CONTOSO),
        ];
        assert_eq!(pairs(CONTOSO, &log, Counted::INTERACTIVE).len(), 1);
    }

    #[test]
    fn interactive_sign_ins_of_the_last_30_days_count_unless_asked_otherwise_s17_7() {
        let day = 86_400_000_000_000;
        let on = |days: i128, is_interactive| SignIn {
            created: Some(Moment::from_nanoseconds(days * day)),
            is_interactive,
            ..crossing(CONTOSO, FABRIKAM)
        };
        let log = [
            on(40, Some(true)),
            on(100, Some(true)),
            on(100, None),
            on(100, Some(false)),
        ];
        let count = |counted| pairs(CONTOSO, &log, counted)[0].count;
        assert_eq!(
            count(Counted::usual(Moment::from_nanoseconds(100 * day))),
            2
        );
        assert_eq!(count(Counted::INTERACTIVE), 3);
        let everything = Counted {
            interactive_only: false,
            ..Counted::INTERACTIVE
        };
        assert_eq!(count(everything), 4);
    }
}
