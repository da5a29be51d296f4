//! Sheets as charts.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::sheet::{Drawing, Entry, Sheet};
use crate::chart::{Bar, Chart};
use crate::terminal;

/// How many stretches of time there are at most.
const STRETCHES: i64 = 62;

impl Sheet {
    /// The chart, if the sheet is one that is drawn.
    pub(super) fn chart(&self) -> Option<Chart> {
        let drawing = self.drawing?;
        let bars = self.rows.iter().map(|row| drawing.bar(row));
        let mut chart = Chart {
            title: drawing.title,
            parts: drawing.parts.iter().map(|(_, name)| *name).collect(),
            bars: bars.collect(),
            more: 0,
            over_time: drawing.over_time,
        };
        Some(match drawing.over_time {
            true => {
                chart.bars = over_time(&chart.bars);
                chart
            }
            false => chart.cut(),
        })
    }
}

impl Drawing {
    fn bar(&self, row: &[Entry]) -> Bar {
        let mut labels = self.labels.iter().filter_map(|at| row.get(*at));
        let label = labels.find(|entry| **entry != Entry::Nothing);
        let numbers = self.parts.iter().map(|(at, _)| row.get(*at));
        Bar {
            label: label.map_or_else(
                || "not said".to_owned(),
                |label| terminal::visible(&label.plain()),
            ),
            parts: numbers
                .map(|entry| entry.map_or(0, Entry::as_number))
                .collect(),
        }
    }
}

/// Every day from the first to the last, or so many days together that there is room for them.
fn over_time(bars: &[Bar]) -> Vec<Bar> {
    let day = |bar: &Bar| bar.label.parse::<Date>().ok();
    let days: BTreeMap<Date, &Bar> = bars
        .iter()
        .filter_map(|bar| day(bar).map(|day| (day, bar)))
        .collect();
    let (Some((first, _)), Some((last, _))) = (days.first_key_value(), days.last_key_value())
    else {
        return Vec::new();
    };
    let length = since(*first, *last) + 1;
    let together = length.div_euclid(STRETCHES) + i64::from(length.rem_euclid(STRETCHES) > 0);
    let together = together.max(1);
    let mut stretches: BTreeMap<i64, Vec<u64>> = BTreeMap::new();
    for (day, bar) in &days {
        let stretch = since(*first, *day).div_euclid(together);
        let sums = stretches.entry(stretch).or_default();
        sums.resize(bar.parts.len(), 0);
        for (sum, part) in sums.iter_mut().zip(&bar.parts) {
            *sum = sum.saturating_add(*part);
        }
    }
    let count = (length - 1).div_euclid(together) + 1;
    let bars = (0..count).map(|stretch| {
        let on = |day: i64| first.saturating_add(jiff::SignedDuration::from_hours(day * 24));
        let from = on(stretch * together);
        let until = on((stretch + 1) * together - 1).min(*last);
        Bar {
            label: match from == until {
                true => from.to_string(),
                false => format!("{from} to {until}"),
            },
            parts: stretches.remove(&stretch).unwrap_or_else(|| vec![0, 0]),
        }
    });
    bars.collect()
}

/// How many days lie between.
fn since(first: Date, day: Date) -> i64 {
    let hours = day.duration_since(first).as_hours();
    hours.div_euclid(24)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(labels: &[(&str, u64)]) -> Vec<(String, u64)> {
        let bars = labels.iter().map(|(label, count)| Bar {
            label: (*label).to_owned(),
            parts: vec![*count, 0],
        });
        let bars: Vec<Bar> = bars.collect();
        let drawn = over_time(&bars);
        let drawn = drawn.into_iter();
        drawn.map(|bar| (bar.label.clone(), bar.total())).collect()
    }

    #[test]
    fn days_without_sign_ins_are_drawn_as_well() {
        let drawn = days(&[("2026-02-27", 3), ("2026-03-02", 1)]);
        let expected = [
            ("2026-02-27", 3),
            ("2026-02-28", 0),
            ("2026-03-01", 0),
            ("2026-03-02", 1),
        ];
        assert_eq!(drawn, expected.map(|(day, n)| (day.to_owned(), n)));
    }

    #[test]
    fn a_long_time_is_drawn_in_stretches_that_lose_nothing() {
        let drawn = days(&[("1970-01-01", 3), ("2026-03-01", 1), ("2026-03-02", 1)]);
        assert!(drawn.len() <= 62, "{}", drawn.len());
        assert_eq!(drawn.iter().map(|(_, n)| n).sum::<u64>(), 5);
        assert_eq!(drawn[0].1, 3);
        assert!(drawn[drawn.len() - 1].0.ends_with("to 2026-03-02"));
        assert_eq!(days(&[]), []);
    }
}
