//! The summary by partner and direction, and the events behind it (S17.2, S17.3).
//!
//! Contoso asks its log who crosses. "Fabrikam, outbound: 3 sign-ins, 1 failed, 2 users, 2
//! resources" is one [`SummaryRow`]; the three sign-ins themselves are [`Event`]s.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use hashbrown::{HashMap, HashSet};
use policy::reason::Reason;
use policy::target::{ApplicationId, UserId};
use policy::tenant::TenantId;

use crate::direction::Direction;
use crate::event::SignIn;
use crate::observation::Observation;

/// Somebody asked for the local tenant as if it were an external one (S17.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is the tenant whose log this is, not an external tenant")]
pub struct ExternalTenantIsLocal(pub TenantId);

impl ExternalTenantIsLocal {
    /// The stable code (S20).
    pub const fn reason(&self) -> Reason {
        Reason::ExternalTenantIsLocal
    }

    /// Refuses the local tenant where an external one belongs.
    pub(crate) fn refuse(local: TenantId, external: TenantId) -> Result<(), Self> {
        if local == external {
            Err(Self(external))
        } else {
            Ok(())
        }
    }
}

/// What a column shows about a tenant that cannot be resolved (S17.3).
pub const NOT_FOUND: &str = "NotFound";

/// What is known about an external tenant; each part may be unknown by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TenantDetails {
    /// Its display name.
    pub name: Option<String>,
    /// Its default domain.
    pub default_domain: Option<String>,
    /// Its region scope, for instance `EU`.
    pub region_scope: Option<String>,
}

impl TenantDetails {
    /// `ExternalTenantName`.
    pub fn shown_name(&self) -> &str {
        self.name.as_deref().unwrap_or(NOT_FOUND)
    }

    /// `ExternalDefaultDomain`.
    pub fn shown_default_domain(&self) -> &str {
        self.default_domain.as_deref().unwrap_or(NOT_FOUND)
    }

    /// `ExternalTenantRegionScope`.
    pub fn shown_region_scope(&self) -> &str {
        self.region_scope.as_deref().unwrap_or(NOT_FOUND)
    }
}

/// Whoever knows what tenants are called. A closure will do.
pub trait ResolveTenant {
    /// What is known about the tenant; `None`: nothing.
    fn resolve(&self, tenant: TenantId) -> Option<TenantDetails>;
}

impl<F: Fn(TenantId) -> Option<TenantDetails>> ResolveTenant for F {
    fn resolve(&self, tenant: TenantId) -> Option<TenantDetails> {
        self(tenant)
    }
}

/// What the summary is asked: whose log, which direction, which partner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question {
    local: TenantId,
    direction: Option<Direction>,
    // INVARIANT (never the local tenant): kept by `new`, the one way in.
    external_tenant: Option<TenantId>,
}

/// One external tenant in one direction (S17.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SummaryRow {
    /// `ExternalTenantId`.
    pub external_tenant: TenantId,
    /// Name and region scope; `None` when nobody was asked to resolve tenants.
    pub details: Option<TenantDetails>,
    /// `AccessDirection`.
    pub direction: Direction,
    /// `SignIns`: rows of the log.
    pub sign_ins: usize,
    /// `SuccessSignIns`: those with error code 0.
    pub success_sign_ins: usize,
    /// `FailedSignIns`: the others.
    pub failed_sign_ins: usize,
    /// `UniqueUsers`: distinct user ids; "not said" is one of them, and so are the zeros.
    pub unique_users: usize,
    /// `UniqueResources`: distinct resource ids; "not said" is one of them.
    pub unique_resources: usize,
}

/// One sign-in of the listing without summary (S17.3). The columns after `AccessDirection` are the
/// sign-in's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event<'a> {
    /// `ExternalTenantId`.
    pub external_tenant: TenantId,
    /// Name, default domain and region scope; `None` when nobody was asked to resolve tenants.
    pub details: Option<TenantDetails>,
    /// `AccessDirection`.
    pub direction: Direction,
    /// The row of the log.
    pub sign_in: &'a SignIn,
}

/// What is counted with one external tenant in one direction.
#[derive(Default)]
struct Crossings {
    sign_ins: usize,
    successes: usize,
    users: HashSet<Option<UserId>>,
    resources: HashSet<Option<ApplicationId>>,
}

impl Question {
    /// A question to the log of the local tenant; without a direction about both, without an
    /// external tenant about all.
    ///
    /// # Errors
    ///
    /// When the external tenant is the local one.
    pub fn new(
        local: TenantId,
        direction: Option<Direction>,
        external_tenant: Option<TenantId>,
    ) -> Result<Self, ExternalTenantIsLocal> {
        if let Some(external) = external_tenant {
            ExternalTenantIsLocal::refuse(local, external)?;
        }
        Ok(Question {
            local,
            direction,
            external_tenant,
        })
    }

    /// One row for each external tenant and direction (S17.2), in the order of S17.3.
    ///
    /// ```
    /// use comity_signins::{event::SignIn, direction::Direction, summary::Question};
    /// use policy::tenant::TenantId;
    /// let (contoso, fabrikam) = (TenantId::from_u128(12), TenantId::from_u128(15));
    /// let fred = SignIn {
    ///     home_tenant: Some(fabrikam),
    ///     resource_tenant: Some(contoso),
    ///     ..SignIn::bare("s1", 0)
    /// };
    /// let rows = Question::new(contoso, None, None)?.summary(&[fred], None);
    /// assert_eq!(rows.len(), 1);
    /// assert_eq!(rows[0].external_tenant, fabrikam);
    /// assert_eq!(rows[0].direction, Direction::Inbound);
    /// # Ok::<(), comity_signins::summary::ExternalTenantIsLocal>(())
    /// ```
    pub fn summary<'a, R: Into<Observation<'a>>>(
        &self,
        log: impl IntoIterator<Item = R>,
        names: Option<&dyn ResolveTenant>,
    ) -> Vec<SummaryRow> {
        let mut counts = Counts::of(*self);
        for row in log {
            counts.add(&row.into());
        }
        counts.rows(names)
    }

    /// The events themselves: those of each row of the summary, in the order of its rows, and
    /// within a row in the order of the log (S17.3).
    pub fn events<'a>(
        &self,
        log: &'a [SignIn],
        names: Option<&dyn ResolveTenant>,
    ) -> Vec<Event<'a>> {
        let mut found: BTreeMap<(TenantId, Direction), Vec<&SignIn>> = BTreeMap::new();
        for sign_in in log {
            for end in self.crossings(&sign_in.into()) {
                found.entry(end).or_default().push(sign_in);
            }
        }
        let mut groups: Vec<_> = found.into_iter().collect();
        if self.direction.is_some() {
            groups.sort_by_key(|(_, rows)| Reverse(rows.len()));
        }
        let events = groups
            .into_iter()
            .flat_map(|((external, direction), rows)| {
                let details = details(external, names);
                rows.into_iter().map(move |sign_in| Event {
                    external_tenant: external,
                    details: details.clone(),
                    direction,
                    sign_in,
                })
            });
        events.collect()
    }

    /// The external tenants that this row is asked about; two when it is foreign on both sides.
    pub(crate) fn crossings(
        &self,
        row: &Observation<'_>,
    ) -> impl Iterator<Item = (TenantId, Direction)> {
        let asked = *self;
        let directions = Direction::ALL
            .into_iter()
            .filter(move |direction| asked.direction.is_none_or(|only| only == *direction));
        let ends = directions
            .map(move |direction| (direction, direction.external_tenant(asked.local, *row)));
        ends.filter_map(move |(direction, end)| {
            let external = end?;
            asked
                .external_tenant
                .is_none_or(|only| only == external)
                .then_some((external, direction))
        })
    }
}

/// What a question counts. A large log is counted in parts, which are put together.
pub struct Counts {
    question: Question,
    found: HashMap<(TenantId, Direction), Crossings>,
}

impl Counts {
    /// Nothing counted yet.
    pub fn of(question: Question) -> Self {
        Counts {
            question,
            found: HashMap::new(),
        }
    }

    /// Counts a row.
    pub fn add(&mut self, row: &Observation<'_>) {
        for end in self.question.crossings(row) {
            self.found.entry(end).or_default().add(row);
        }
    }

    /// Puts what was counted in another part of the log beside this.
    #[must_use]
    pub fn and(mut self, other: Counts) -> Self {
        for (end, crossings) in other.found {
            self.found.entry(end).or_default().merge(crossings);
        }
        self
    }

    /// One row for each external tenant and direction (S17.2), in the order of S17.3.
    pub fn rows(self, names: Option<&dyn ResolveTenant>) -> Vec<SummaryRow> {
        let row = |((external_tenant, direction), crossings): (_, Crossings)| SummaryRow {
            external_tenant,
            details: details(external_tenant, names),
            direction,
            sign_ins: crossings.sign_ins,
            success_sign_ins: crossings.successes,
            failed_sign_ins: crossings.sign_ins - crossings.successes,
            unique_users: crossings.users.len(),
            unique_resources: crossings.resources.len(),
        };
        let mut rows: Vec<SummaryRow> = self.found.into_iter().map(row).collect();
        rows.sort_by_key(|row| (row.external_tenant, row.direction));
        if self.question.direction.is_some() {
            // The sort is stable: equal numbers stay in the order of their tenants.
            rows.sort_by_key(|row| Reverse(row.sign_ins));
        }
        rows
    }
}

/// What the columns show about a tenant, if anybody was asked.
fn details(tenant: TenantId, names: Option<&dyn ResolveTenant>) -> Option<TenantDetails> {
    names.map(|names| names.resolve(tenant).unwrap_or_default())
}

impl Crossings {
    fn add(&mut self, row: &Observation<'_>) {
        self.sign_ins += row.count;
        if row.succeeded() {
            self.successes += row.count;
        }
        self.users.insert(row.user);
        self.resources.insert(row.resource_app);
    }

    fn merge(&mut self, mut other: Crossings) {
        self.sign_ins += other.sign_ins;
        self.successes += other.successes;
        if self.users.len() < other.users.len() {
            std::mem::swap(&mut self.users, &mut other.users);
        }
        self.users.extend(other.users);
        self.resources.extend(other.resources);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::CrossTenantAccess;
    use crate::sample::{CONTOSO, CRM, FABRIKAM, NORTHWIND, again, crossing};
    use policy::row::NO_USER;

    fn ask(direction: Option<Direction>, external: Option<TenantId>) -> Question {
        Question::new(CONTOSO, direction, external).unwrap()
    }

    fn shape(rows: &[SummaryRow]) -> Vec<(TenantId, Direction, usize)> {
        rows.iter()
            .map(|row| (row.external_tenant, row.direction, row.sign_ins))
            .collect()
    }

    #[test]
    fn the_local_tenant_is_not_an_external_tenant_s17_2() {
        let error = Question::new(CONTOSO, None, Some(CONTOSO)).unwrap_err();
        assert_eq!(error.reason().as_str(), "external_tenant_is_local");
        assert!(error.to_string().contains(&CONTOSO.to_string()));
    }

    #[test]
    fn both_directions_are_listed_by_tenant_and_outbound_first_s17_3() {
        let log = [
            crossing(FABRIKAM, CONTOSO),
            crossing(FABRIKAM, CONTOSO),
            crossing(CONTOSO, FABRIKAM),
            crossing(NORTHWIND, CONTOSO),
        ];
        assert_eq!(
            shape(&ask(None, None).summary(&log, None)),
            [
                (NORTHWIND, Direction::Inbound, 1),
                (FABRIKAM, Direction::Outbound, 1),
                (FABRIKAM, Direction::Inbound, 2),
            ]
        );
    }

    #[test]
    fn one_direction_lists_most_sign_ins_first_and_ties_by_tenant_s17_3() {
        let other = TenantId::from_u128(0x0a);
        let log = [
            crossing(FABRIKAM, CONTOSO),
            crossing(FABRIKAM, CONTOSO),
            crossing(NORTHWIND, CONTOSO),
            crossing(other, CONTOSO),
            crossing(CONTOSO, other),
        ];
        assert_eq!(
            shape(&ask(Some(Direction::Inbound), None).summary(&log, None)),
            [
                (FABRIKAM, Direction::Inbound, 2),
                (other, Direction::Inbound, 1),
                (NORTHWIND, Direction::Inbound, 1),
            ]
        );
    }

    #[test]
    fn a_row_foreign_on_both_sides_is_counted_once_in_each_direction_s17_1() {
        let log = [SignIn {
            access_type: Some(CrossTenantAccess::Passthrough),
            ..crossing(NORTHWIND, FABRIKAM)
        }];
        assert_eq!(
            shape(&ask(None, None).summary(&log, None)),
            [
                (NORTHWIND, Direction::Inbound, 1),
                (FABRIKAM, Direction::Outbound, 1),
            ]
        );
        assert_eq!(
            shape(&ask(None, Some(FABRIKAM)).summary(&log, None)),
            [(FABRIKAM, Direction::Outbound, 1)]
        );
    }

    #[test]
    fn the_summary_keeps_zero_users_and_absent_ids_as_one_value_each_s17_2() {
        let log = [
            SignIn {
                user: Some(NO_USER),
                error_code: 500_213,
                ..crossing(FABRIKAM, CONTOSO)
            },
            SignIn {
                user: None,
                resource_app: None,
                ..crossing(FABRIKAM, CONTOSO)
            },
            SignIn {
                user: None,
                resource_app: Some(CRM),
                ..crossing(FABRIKAM, CONTOSO)
            },
        ];
        let rows = ask(None, None).summary(&log, None);
        let row = rows.first().unwrap();
        assert_eq!(
            (row.sign_ins, row.success_sign_ins, row.failed_sign_ins),
            (3, 2, 1)
        );
        assert_eq!((row.unique_users, row.unique_resources), (2, 3));
    }

    #[test]
    fn a_tenant_that_cannot_be_resolved_shows_not_found_s17_3() {
        let names = |tenant: TenantId| {
            (tenant == FABRIKAM).then(|| TenantDetails {
                name: Some("Fabrikam".into()),
                ..TenantDetails::default()
            })
        };
        let log = [crossing(NORTHWIND, CONTOSO), crossing(FABRIKAM, CONTOSO)];
        let rows = ask(None, None).summary(&log, Some(&names));
        let shown: Vec<_> = rows
            .iter()
            .filter_map(|row| row.details.as_ref())
            .map(|tenant| (tenant.shown_name(), tenant.shown_region_scope()))
            .collect();
        assert_eq!(shown, [("NotFound", "NotFound"), ("Fabrikam", "NotFound")]);
        assert_eq!(
            rows[0].details.as_ref().unwrap().shown_default_domain(),
            "NotFound"
        );
        assert!(ask(None, None).summary(&log, None)[0].details.is_none());
    }

    #[test]
    fn without_summary_the_events_follow_the_rows_and_then_the_log_s17_3() {
        let log = [
            again("s1", &crossing(FABRIKAM, CONTOSO)),
            again("s2", &crossing(CONTOSO, FABRIKAM)),
            again("s3", &crossing(NORTHWIND, CONTOSO)),
            again("s4", &crossing(FABRIKAM, CONTOSO)),
            again("s5", &crossing(CONTOSO, CONTOSO)),
        ];
        let ids = |question: Question| -> Vec<&str> {
            let events = question.events(&log, None);
            events
                .iter()
                .map(|event| event.sign_in.id.as_str())
                .collect()
        };
        assert_eq!(ids(ask(None, None)), ["s3", "s2", "s1", "s4"]);
        assert_eq!(ids(ask(Some(Direction::Inbound), None)), ["s1", "s4", "s3"]);
    }
}
