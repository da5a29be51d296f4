//! The sign-ins of the summary by day, by application, and by why they failed.
//!
//! Contoso has seen in the summary that Fabrikam's people come in. Every day, or on one day only?
//! To the ERP, or to everything? And the failures: one policy, or many mistyped passwords? These
//! are the rows of the summary (S17.1, S17.2) once more, put together otherwise, so every list here
//! comes to the sum of the summary's rows.
//!
//! A log of behaviours says when a behaviour was first and last seen, and how often in all. What lies
//! between is spread evenly over the days between, and a day says how much of it was.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use policy::target::ApplicationId;

use crate::direction::Direction;
use crate::observation::Observation;
use crate::summary::Question;
use crate::window::Moment;

/// The longest stretch of days over which anything is spread.
const LONGEST: i64 = 366;

/// A day in UTC: how many after 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i64);

impl Day {
    /// The day with that moment in it.
    pub fn of(moment: Moment) -> Self {
        let day = moment.as_nanoseconds().div_euclid(Moment::DAY);
        Day(i64::try_from(day).unwrap_or(i64::MAX))
    }

    /// The day so many after 1970-01-01.
    pub const fn from_number(number: i64) -> Self {
        Day(number)
    }

    /// How many days after 1970-01-01.
    pub const fn number(self) -> i64 {
        self.0
    }

    /// Its first moment.
    pub fn start(self) -> Moment {
        Moment::from_nanoseconds(i128::from(self.0) * Moment::DAY)
    }
}

/// How many sign-ins there were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// In each direction; a row that is foreign on both sides is in both.
    pub outbound: usize,
    /// The same.
    pub inbound: usize,
    /// How many of these failed.
    pub failed: usize,
}

impl Counts {
    /// In both directions.
    pub const fn total(&self) -> usize {
        self.outbound + self.inbound
    }

    /// Adds sign-ins in a direction.
    pub const fn add(&mut self, direction: Direction, count: usize, failed: bool) {
        match direction {
            Direction::Outbound => self.outbound += count,
            Direction::Inbound => self.inbound += count,
        }
        if failed {
            self.failed += count;
        }
    }
}

/// One day with sign-ins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayRow {
    /// The day.
    pub day: Day,
    /// How many sign-ins.
    pub counts: Counts,
    /// How many of them the log has on some day near, and were spread.
    pub spread: usize,
}

/// One resource application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicationRow {
    /// The application; `None`: not said.
    pub application: Option<ApplicationId>,
    /// What most of the rows call it.
    pub name: Option<String>,
    /// How many sign-ins.
    pub counts: Counts,
}

/// One way to fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailureRow {
    /// The error code.
    pub code: u32,
    /// The failure reason, if the log has it.
    pub reason: Option<String>,
    /// How many sign-ins, all of which failed.
    pub counts: Counts,
}

/// The sign-ins of a summary.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// By day; days without sign-ins are left out.
    pub days: Vec<DayRow>,
    /// Sign-ins of which the log does not say when, or only within more than a year.
    pub undated: usize,
    /// Most sign-ins first, then by id, the unsaid one first.
    pub applications: Vec<ApplicationRow>,
    /// Most sign-ins first, then by code and reason, the unsaid one first.
    pub failures: Vec<FailureRow>,
}

/// Sign-ins that were some time in a stretch of days.
type Stretch = (Day, Day, Direction, bool);

#[derive(Default)]
struct Sums<'a> {
    days: BTreeMap<Day, (Counts, usize)>,
    /// Put together before they are spread, so the order of the log makes no difference.
    between: BTreeMap<Stretch, usize>,
    undated: usize,
    applications: BTreeMap<Option<ApplicationId>, (Counts, BTreeMap<&'a str, usize>)>,
    failures: BTreeMap<(u32, Option<&'a str>), Counts>,
}

impl Question {
    /// The sign-ins of the summary by day, application and reason.
    ///
    /// ```
    /// use comity_signins::{event::SignIn, profile::Day, summary::Question, window::Moment};
    /// use policy::tenant::TenantId;
    /// let (contoso, fabrikam) = (TenantId::from_u128(12), TenantId::from_u128(15));
    /// let fred = SignIn {
    ///     created: Some(Moment::from_nanoseconds(0)),
    ///     home_tenant: Some(fabrikam),
    ///     resource_tenant: Some(contoso),
    ///     ..SignIn::bare("s1", 0)
    /// };
    /// let profile = Question::new(contoso, None, None)?.profile(&[fred]);
    /// assert_eq!(profile.days[0].day, Day::from_number(0));
    /// assert_eq!(profile.days[0].counts.inbound, 1);
    /// # Ok::<(), comity_signins::summary::ExternalTenantIsLocal>(())
    /// ```
    pub fn profile<'a, R: Into<Observation<'a>>>(
        &self,
        log: impl IntoIterator<Item = R>,
    ) -> Profile {
        let mut sums = Sums::default();
        for row in log {
            let row = row.into();
            for (_, direction) in self.crossings(&row) {
                sums.add(&row, direction);
            }
        }
        sums.profile()
    }
}

impl<'a> Sums<'a> {
    fn add(&mut self, row: &Observation<'a>, direction: Direction) {
        let failed = !row.succeeded();
        let (of_it, names) = self.applications.entry(row.resource_app).or_default();
        of_it.add(direction, row.count, failed);
        if let Some(name) = row.resource_app_name {
            *names.entry(name).or_default() += row.count;
        }
        if failed {
            let key = (row.error_code, row.failure_reason);
            let of_it = self.failures.entry(key).or_default();
            of_it.add(direction, row.count, failed);
        }
        let ends = row.first.or(row.last).zip(row.last.or(row.first));
        let ends = ends.map(|(first, last)| (Day::of(first), Day::of(last)));
        match ends.filter(|(first, last)| (0..LONGEST).contains(&last.0.saturating_sub(first.0))) {
            Some((first, last)) => self.place(first, last, row.count, direction, failed),
            None => self.undated += row.count,
        }
    }

    /// The first and the last of several are on their days; of the others it is not known.
    fn place(&mut self, first: Day, last: Day, count: usize, direction: Direction, failed: bool) {
        let mut on = |day, count| {
            let (counts, _) = self.days.entry(day).or_default();
            counts.add(direction, count, failed);
        };
        match (first == last, count) {
            (true, _) => on(first, count),
            (false, 0) => {}
            (false, 1) => *self.stretch(first, last, direction, failed) += 1,
            (false, _) => {
                on(first, 1);
                on(last, 1);
                *self.stretch(first, last, direction, failed) += count - 2;
            }
        }
    }

    fn stretch(&mut self, first: Day, last: Day, way: Direction, failed: bool) -> &mut usize {
        self.between.entry((first, last, way, failed)).or_default()
    }

    fn spread(&mut self) {
        for ((first, last, direction, failed), count) in std::mem::take(&mut self.between) {
            let days = usize::try_from(last.0 - first.0 + 1).unwrap_or(1);
            let (each, more) = (count / days, count % days);
            for (day, at) in (first.0..=last.0).zip(0_usize..) {
                // What is over is spread as evenly as the rest: so many have been given by then.
                let given = |days_before: usize| days_before * more / days;
                let share = each + given(at + 1) - given(at);
                if share > 0 {
                    let (counts, spread) = self.days.entry(Day(day)).or_default();
                    counts.add(direction, share, failed);
                    *spread += share;
                }
            }
        }
    }

    fn profile(mut self) -> Profile {
        self.spread();
        let days = self.days.into_iter();
        let days = days.map(|(day, (counts, spread))| DayRow {
            day,
            counts,
            spread,
        });
        let applications = self.applications.into_iter();
        let applications = applications.map(|(application, (counts, names))| ApplicationRow {
            application,
            name: most_used(&names),
            counts,
        });
        let failures = self.failures.into_iter();
        let failures = failures.map(|((code, reason), counts)| FailureRow {
            code,
            reason: reason.map(str::to_owned),
            counts,
        });
        Profile {
            days: days.collect(),
            undated: self.undated,
            applications: crate::panels::most_first(applications, |row| row.counts.total()),
            failures: crate::panels::most_first(failures, |row| row.counts.total()),
        }
    }
}

/// The name of most rows, and the first of these by letters.
fn most_used(names: &BTreeMap<&str, usize>) -> Option<String> {
    let most = names
        .iter()
        .min_by_key(|(name, count)| (Reverse(**count), **name));
    most.map(|(name, _)| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::behaviour::{Behaviour, TrustClaims};
    use crate::event::SignIn;
    use crate::sample::{CONTOSO, CRM, ERP, FABRIKAM, NORTHWIND, again, crossing};
    use policy::tenant::TenantId;

    fn ask() -> Question {
        Question::new(CONTOSO, None, None).unwrap()
    }

    fn moment(day: i64, hour: i128) -> Moment {
        let start = Day(day).start().as_nanoseconds();
        Moment::from_nanoseconds(start + hour * 3_600_000_000_000)
    }

    fn on(day: i64, home: TenantId, resource: TenantId) -> SignIn {
        SignIn {
            created: Some(moment(day, 23)),
            ..crossing(home, resource)
        }
    }

    fn often(count: u64, first: i64, last: i64) -> Behaviour {
        Behaviour {
            count,
            first: Some(moment(first, 0)),
            last: Some(moment(last, 0)),
            ..Behaviour::once(crossing(FABRIKAM, CONTOSO), TrustClaims::default())
        }
    }

    fn days(profile: &Profile) -> Vec<(i64, usize, usize)> {
        let days = profile.days.iter();
        days.map(|row| (row.day.0, row.counts.total(), row.spread))
            .collect()
    }

    #[test]
    fn a_day_is_one_of_utc_before_1970_as_well() {
        assert_eq!(Day::of(moment(3, 23)), Day(3));
        assert_eq!(Day::of(Moment::from_nanoseconds(-1)), Day(-1));
        assert_eq!(Day(-1).start().as_nanoseconds(), -Moment::DAY);
    }

    #[test]
    fn rows_are_counted_on_their_days_in_their_directions() {
        let log = [
            on(10, FABRIKAM, CONTOSO),
            again("s2", &on(10, CONTOSO, FABRIKAM)),
            SignIn {
                error_code: 50_126,
                ..on(12, FABRIKAM, CONTOSO)
            },
        ];
        let profile = ask().profile(&log);
        assert_eq!(days(&profile), [(10, 2, 0), (12, 1, 0)]);
        let counts = profile.days[0].counts;
        assert_eq!((counts.outbound, counts.inbound, counts.failed), (1, 1, 0));
        assert_eq!(profile.days[1].counts.failed, 1);
    }

    #[test]
    fn what_is_known_only_as_between_two_days_is_spread_and_said_to_be() {
        // First and last are certain; the other five are spread over four days.
        let profile = ask().profile(&[often(7, 20, 23)]);
        assert_eq!(
            days(&profile),
            [(20, 2, 1), (21, 1, 1), (22, 1, 1), (23, 3, 2)]
        );
        let whole = ask().profile(&[often(7, 20, 20)]);
        assert_eq!(days(&whole), [(20, 7, 0)]);
    }

    #[test]
    fn rows_without_a_time_and_stretches_beyond_a_year_have_no_day() {
        let timeless = crossing(FABRIKAM, CONTOSO);
        assert_eq!(ask().profile(&[timeless]).undated, 1);
        let profile = ask().profile(&[often(u64::MAX / 4, 0, 7_000_000), often(3, 9, 2)]);
        assert_eq!(days(&profile), []);
        assert_eq!(profile.undated, usize::MAX / 4 + 3);
    }

    #[test]
    fn every_list_comes_to_the_sum_of_the_summary_s17_2() {
        let failing = |id: &str, reason: Option<&str>| SignIn {
            error_code: 53_003,
            failure_reason: reason.map(str::to_owned),
            resource_app: Some(CRM),
            ..again(id, &on(4, CONTOSO, NORTHWIND))
        };
        let log = [
            on(1, FABRIKAM, CONTOSO),
            failing("s2", Some("B")),
            failing("s3", Some("A")),
            failing("s4", Some("A")),
            // In both directions: foreign on both sides (S17.1).
            again("s5", &on(5, FABRIKAM, NORTHWIND)),
            // At home, in no report.
            again("s6", &on(5, CONTOSO, CONTOSO)),
        ];
        let profile = ask().profile(&log);
        let rows = ask().summary(&log, None);
        let all: usize = rows.iter().map(|row| row.sign_ins).sum();
        let failed: usize = rows.iter().map(|row| row.failed_sign_ins).sum();
        let of_days: usize = profile.days.iter().map(|row| row.counts.total()).sum();
        let of_apps = profile.applications.iter().map(|row| row.counts.total());
        let of_failures = profile.failures.iter().map(|row| row.counts.total());
        assert_eq!((all, of_days, of_apps.sum()), (6, 6, 6));
        assert_eq!((failed, of_failures.sum::<usize>()), (3, 3));
        let reasons = profile.failures.iter().map(|row| row.reason.as_deref());
        assert_eq!(reasons.collect::<Vec<_>>(), [Some("A"), Some("B")]);
    }

    #[test]
    fn an_application_is_called_what_most_rows_call_it() {
        let called = |id: &str, name: &str| SignIn {
            resource_app_name: Some(name.to_owned()),
            ..again(id, &on(1, FABRIKAM, CONTOSO))
        };
        let log = [
            called("1", "Old ERP"),
            called("2", "ERP"),
            called("3", "ERP"),
        ];
        let profile = ask().profile(&log);
        assert_eq!(profile.applications[0].application, Some(ERP));
        assert_eq!(profile.applications[0].name.as_deref(), Some("ERP"));
    }
}
