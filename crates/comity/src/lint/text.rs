//! The report for people: by check, the gravest first.

use policy::explain::Names;
use posture::check::{Check, Severity};
use posture::finding::{Finding, Setting, Whom};
use preview::difference::Words;

use super::Telling;
use crate::logs;
use crate::terminal;

/// How many places of a check are shown.
const FEW: usize = 5;

impl Telling<'_> {
    pub(super) fn print_text(&self) {
        let findings = &self.report.findings;
        let tenant = terminal::visible(&self.names.tenant(self.looked.change.tenant));
        anstream::println!("{tenant}: {}", counted(findings));
        let suites = &self.looked.change.world.suites;
        let words = Words::new(self.names, self.looked.change.tenant, suites, Words::FEW);
        for check in &self.wanted {
            let places = findings.iter().filter(|found| found.check == *check);
            let places: Vec<&Finding> = places.collect();
            if !places.is_empty() {
                self.print_check(check, &places, &words);
            }
        }
        for (check, missing) in &self.report.not_made {
            anstream::println!("not checked: {}: {missing}", check.name);
        }
        let notes = self
            .looked
            .change
            .notes
            .iter()
            .map(|note| format!("note: {note}"));
        let read = self.read.map(logs::lines).unwrap_or_default();
        for line in notes.chain(read) {
            anstream::println!("{line}");
        }
    }

    fn print_check(&self, check: &Check, places: &[&Finding], words: &Words<'_>) {
        let severity = check.severity;
        anstream::println!(
            "{} {} ({})",
            terminal::painted(terminal::severity(severity), severity.as_str()),
            check.name,
            check.clauses
        );
        let most = match self.arguments.all {
            true => usize::MAX,
            false => FEW,
        };
        for found in places.iter().take(most) {
            anstream::println!("  {}", terminal::visible(&self.place(found)));
            anstream::println!("    {}", terminal::visible(&found.reason));
            if let Some((block, witness)) = &found.witness {
                let request = words.witness(*block, witness);
                anstream::println!("    passes, for instance: {}", terminal::visible(&request));
            }
            anstream::println!("    fix: {}", terminal::visible(&found.fix));
        }
        if let Some(more @ 1..) = places.len().checked_sub(most) {
            anstream::println!("  and {more} more (--all)");
        }
    }

    /// Whose setting, and which.
    pub(super) fn place(&self, found: &Finding) -> String {
        let whose = match found.source.whom {
            Whom::Everyone => "default".to_owned(),
            Whom::Partner(partner) => self.names.tenant(partner),
        };
        let inherited = match (found.source.whom, found.source.origin) {
            (Whom::Partner(_), policy::resolve::Origin::Default) => " (inherited from the default)",
            (_, policy::resolve::Origin::System) => " (system default)",
            _ => "",
        };
        match found.source.setting {
            Setting::Entry => whose,
            setting => format!("{whose}: {}{inherited}", setting.as_str()),
        }
    }
}

/// How much there is to read.
fn counted(findings: &[Finding]) -> String {
    let counts = Severity::ALL.into_iter().filter_map(|severity| {
        let of = findings
            .iter()
            .filter(|found| found.check.severity == severity);
        match of.count() {
            0 => None,
            1 => Some(format!("1 {severity}")),
            many => Some(format!("{many} {severity}s")),
        }
    });
    let counts: Vec<String> = counts.collect();
    match counts.is_empty() {
        true => "nothing was found".to_owned(),
        false => counts.join(", "),
    }
}
