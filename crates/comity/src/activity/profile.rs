//! The sign-ins of the summary by day, partner, application and reason, as sheets that are drawn.

use std::collections::BTreeMap;

use intake::log::Log;
use signins::profile::{Counts, Day};
use signins::summary::{Question, SummaryRow};

use super::names::Known;
use super::report::{Report, id, number, text};
use super::sheet::{Column, Drawing, Entry, Sheet};

const OUTBOUND: Column = Column::number("OutboundSignIns");
const INBOUND: Column = Column::number("InboundSignIns");
const FAILED: Column = Column::number("FailedSignIns");

impl Report {
    /// S17.2 by day, partner, application and reason.
    pub(crate) fn profile(question: &Question, log: &Log, known: Option<&Known<'_>>) -> Self {
        let profile = question.profile(log.iter());
        let days = profile.days.iter().map(|row| {
            let mut entries = vec![text(Some(&iso(row.day)))];
            entries.extend(counts(&row.counts));
            entries.push(number(row.spread));
            entries
        });
        let days = Sheet::new(
            "days",
            vec![
                Column::text("Day"),
                OUTBOUND,
                INBOUND,
                FAILED,
                Column::number("SpreadSignIns"),
            ],
            days.collect(),
        );
        let applications = profile.applications.iter().map(|row| {
            let mut entries = vec![id(row.application), text(row.name.as_deref())];
            entries.extend(counts(&row.counts));
            entries
        });
        let applications = Sheet::new(
            "applications",
            vec![
                Column::text("ResourceId"),
                Column::text("ResourceDisplayName"),
                OUTBOUND,
                INBOUND,
                FAILED,
            ],
            applications.collect(),
        );
        let failures = profile.failures.iter().map(|row| {
            let Counts {
                outbound, inbound, ..
            } = row.counts;
            vec![
                Entry::Number(row.code.into()),
                text(row.reason.as_deref()),
                number(outbound),
                number(inbound),
            ]
        });
        let failures = Sheet::new(
            "failures",
            vec![
                Column::number("StatusCode"),
                Column::text("FailureReason"),
                OUTBOUND,
                INBOUND,
            ],
            failures.collect(),
        );
        Report {
            name: "charts",
            sheets: vec![
                days.drawn(drawing("By day, in UTC", &[0], 1, true)),
                partners(question, log, known),
                applications.drawn(drawing("By application", &[1, 0], 2, false)),
                failures.drawn(drawing("Failures by reason", &[1, 0], 2, false)),
            ],
            tenants: None,
            undated: profile.undated,
        }
    }

    /// What has to be said about the days of sign-ins.
    pub(super) fn said_of_days(&self) -> Vec<String> {
        let days = self.sheets.iter().find(|sheet| sheet.name == "days");
        let spread = days.map_or(0, |days| {
            let rows = days.rows.iter().filter_map(|row| row.last());
            rows.map(Entry::as_number).sum()
        });
        let mut lines = Vec::new();
        for (count, what) in [
            (
                spread,
                "sign-ins are known to lie between two days and are spread evenly over them",
            ),
            (
                u64::try_from(self.undated).unwrap_or(u64::MAX),
                "sign-ins are on no day: the log does not say when",
            ),
        ] {
            if count > 0 {
                lines.push(format!("note: {count} {what}"));
            }
        }
        lines
    }
}

const fn drawing(
    title: &'static str,
    labels: &'static [usize],
    first: usize,
    over_time: bool,
) -> Drawing {
    Drawing {
        title,
        labels,
        parts: [(first, "outbound"), (first + 1, "inbound")],
        over_time,
    }
}

fn counts(counts: &Counts) -> [Entry; 3] {
    [counts.outbound, counts.inbound, counts.failed].map(number)
}

/// The rows of the summary, both directions of a partner beside each other, most sign-ins first.
fn partners(question: &Question, log: &Log, known: Option<&Known<'_>>) -> Sheet {
    let mut partners: BTreeMap<_, Counts> = BTreeMap::new();
    for row in question.summary(log.iter(), None) {
        let SummaryRow {
            external_tenant,
            direction,
            success_sign_ins,
            failed_sign_ins,
            ..
        } = row;
        let of_it = partners.entry(external_tenant).or_default();
        of_it.add(direction, success_sign_ins, false);
        of_it.add(direction, failed_sign_ins, true);
    }
    let mut partners: Vec<_> = partners.into_iter().collect();
    partners.sort_by_key(|(_, counts)| std::cmp::Reverse(counts.total()));
    let rows = partners.iter().map(|(tenant, sums)| {
        let mut entries = vec![id(Some(*tenant))];
        if let Some(known) = known {
            let name = known.of(*tenant).and_then(|details| details.name);
            entries.push(text(name.as_deref()));
        }
        entries.extend(counts(sums));
        entries
    });
    let mut columns = vec![Column::text("ExternalTenantId")];
    if known.is_some() {
        columns.push(Column::text("ExternalTenantName"));
    }
    columns.extend([OUTBOUND, INBOUND, FAILED]);
    let drawing = match known {
        Some(_) => drawing("By partner", &[1, 0], 2, false),
        None => drawing("By partner", &[0], 1, false),
    };
    Sheet::new("partners", columns, rows.collect()).drawn(drawing)
}

/// The day as it is written.
fn iso(day: Day) -> String {
    let start = jiff::Timestamp::from_nanosecond(day.start().as_nanoseconds());
    start.map_or_else(|_| String::new(), |start| start.strftime("%F").to_string())
}
