//! A replay as a page: how much the log can say, then who is hit.

use std::collections::BTreeMap;

use maud::{Markup, html};
use policy::explain::Names as _;
use policy::tenant::TenantId;
use preview::replay::{Group, Impact, Words};

use super::{Replayed, day, named, share, span, who};
use crate::chart::{Bar, Chart};
use crate::logs;
use crate::page::{self, Cell};
use crate::states::Change;

/// How many people and applications of a group are told.
const FEW: usize = 100;

const COLUMNS: [&str; 8] = [
    "What",
    "Whom",
    "Sign-ins",
    "Succeeded",
    "When",
    "People",
    "Applications",
    "Why, and what would keep them",
];

impl Replayed {
    pub(super) fn page(&self, change: &Change) -> String {
        let names = self.names(change);
        let report = &self.report;
        let words = Words::new(&names);
        let groups: Vec<Vec<Cell>> = report
            .groups
            .iter()
            .map(|group| self.cells(&names, group, &words))
            .collect();
        let mut notes = logs::lines(&self.taken.told);
        notes.extend(change.notes.iter().cloned());
        let tenant = names.tenant(self.replay.local());
        let body = html! {
            p.lead {
                (page::name(&tenant)) ": " (report.sign_ins) " sign-ins" (span(report))
            }
            (self.coverage(&names))
            section aria-label="Charts" {
                (self.impacts().svg("impacts"))
                (self.partners(&names).svg("partners"))
            }
            section aria-label="Tables" {
                (page::table("Who is hit", &COLUMNS, &groups))
                (page::table("Sign-ins by what changes", &["What", "certain", "perhaps"], &rows(&self.impacts())))
            }
            (page::notes(&notes))
        };
        page::page("What a draft would do to past sign-ins", &body)
    }

    /// How much the log could say comes first: what it does not speak about is not "no impact".
    fn coverage(&self, names: &super::Called<'_>) -> Markup {
        let coverage = &self.report.coverage;
        let silent: Vec<String> = coverage.silent.iter().map(|id| names.tenant(*id)).collect();
        html! {
            section aria-label="Coverage" {
                h2 { "Of how much the log speaks" }
                p {
                    (coverage.seen) " of " (coverage.cells)
                    " combinations of partner, application and direction have a sign-in ("
                    (share(coverage)) " %)."
                    @if !coverage.changed.is_empty() {
                        " Partners whose settings differ: " (coverage.changed.len())
                        "; of these without a sign-in in the log: " (silent.len())
                        @if silent.is_empty() { "." } @else { ":" }
                    }
                }
                @if !silent.is_empty() {
                    ul {
                        @for name in silent.iter().take(FEW) { li { (page::name(name)) } }
                        @if silent.len() > FEW { li { "and " (silent.len() - FEW) " more" } }
                    }
                }
                @if !self.report.unjudged.is_empty() {
                    p { "What cannot be judged:" }
                    ul {
                        @for (reason, count) in &self.report.unjudged {
                            li { (count) ": they " (reason.sentence()) }
                        }
                    }
                }
            }
        }
    }

    fn impacts(&self) -> Chart {
        let mut bars: Vec<Bar> = super::IMPACTS
            .iter()
            .map(|(impact, word)| Bar {
                label: (*word).to_owned(),
                parts: [false, true]
                    .map(|perhaps| self.report.count(*impact, perhaps))
                    .to_vec(),
            })
            .collect();
        bars.push(Bar {
            label: "unchanged".to_owned(),
            parts: vec![self.report.unchanged, 0],
        });
        Chart {
            title: "Sign-ins by what changes",
            parts: vec!["certain", "perhaps"],
            bars,
            more: 0,
            over_time: false,
        }
    }

    fn partners(&self, names: &super::Called<'_>) -> Chart {
        let mut partners: BTreeMap<TenantId, [u64; 2]> = BTreeMap::new();
        for group in &self.report.groups {
            let [harder, easier] = partners.entry(group.key.other).or_default();
            match group.key.impact {
                Impact::Closes | Impact::StepsUp => *harder += group.count,
                Impact::Opens | Impact::Eases => *easier += group.count,
                Impact::None => {}
            }
        }
        let mut bars: Vec<Bar> = partners
            .into_iter()
            .map(|(id, parts)| Bar {
                label: names.tenant(id),
                parts: parts.to_vec(),
            })
            .collect();
        bars.sort_by_key(|bar| std::cmp::Reverse(bar.total()));
        let chart = Chart {
            title: "Sign-ins that change, by partner",
            parts: vec!["closes or asks for more", "opens or asks for less"],
            bars,
            more: 0,
            over_time: false,
        };
        chart.cut()
    }

    fn cells(&self, names: &super::Called<'_>, group: &Group, words: &Words<'_>) -> Vec<Cell> {
        let impact = super::IMPACTS
            .iter()
            .find(|(impact, _)| *impact == group.key.impact);
        let impact = impact.map_or("", |(_, word)| *word);
        let perhaps = if group.key.conditional {
            "perhaps "
        } else {
            ""
        };
        let why = [
            words.because(&self.replay, group),
            group
                .key
                .conditional
                .then(|| words.unknowns(&group.unknowns)),
            group
                .keep
                .as_ref()
                .map(|keep| format!("To keep them: {}", words.keep(keep))),
        ];
        let people = group.users.iter().map(|share| (who(share), share.count));
        let applications = group.applications.iter();
        let applications = applications.map(|share| (named(share, names), share.count));
        let when = match (day(group.first), day(group.last)) {
            (Some(first), Some(last)) if first != last => format!("{first} to {last}"),
            (Some(day), _) => day,
            _ => "–".to_owned(),
        };
        vec![
            Cell::Text(format!("{perhaps}{impact}")),
            Cell::Text(words.heading(&group.key)),
            Cell::Number(group.count),
            Cell::Number(group.succeeded),
            Cell::Text(when),
            list(people),
            list(applications),
            Cell::Markup(html! {
                div.wide {
                    @for line in why.iter().flatten() { p { (page::name(line)) } }
                }
            }),
        ]
    }
}

fn list(shares: impl ExactSizeIterator<Item = (String, u64)>) -> Cell {
    let more = shares.len().saturating_sub(FEW);
    Cell::Markup(html! {
        ul {
            @for (name, count) in shares.take(FEW) {
                li { (page::name(&name)) " " (count) }
            }
            @if more > 0 { li { "and " (more) " more" } }
        }
    })
}

fn rows(chart: &Chart) -> Vec<Vec<Cell>> {
    let rows = chart.bars.iter().map(|bar| {
        let label = std::iter::once(Cell::Text(bar.label.clone()));
        label.chain(bar.parts.iter().copied().map(Cell::Number))
    });
    rows.map(Iterator::collect).collect()
}
