//! The report for build servers: JUnit's XML, a test case for each check.
//!
//! A check fails when it found something that `--deny` denies. What is less grave stands in its
//! output, and a check that could not be made was skipped.

use policy::explain::Names;
use posture::check::Check;
use posture::finding::Finding;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::Telling;
use crate::exit::Failure;

impl Telling<'_> {
    pub(super) fn junit(&self) -> Result<String, Failure> {
        let mut suite = TestSuite::new(self.names.tenant(self.looked.change.tenant));
        suite.add_test_cases(self.wanted.iter().map(|check| self.test_case(check)));
        let mut report = Report::new("comity lint");
        report.add_test_suite(suite);
        let failed = |error| Failure::failed(format!("the report cannot be written: {error}"));
        report.to_string().map_err(failed)
    }

    fn test_case(&self, check: &Check) -> TestCase {
        let found = self.report.findings.iter();
        let found: Vec<&Finding> = found.filter(|found| found.check == check).collect();
        let lines = found
            .iter()
            .map(|found| format!("{}: {} Fix: {}", self.place(found), found.reason, found.fix));
        let lines = lines.collect::<Vec<_>>().join("\n");
        let mut missing = self.report.not_made.iter();
        let missing = missing.find(|(skipped, _)| *skipped == check);
        let denied = check.severity <= self.arguments.deny;
        let status = match missing {
            Some((_, missing)) => {
                let mut status = TestCaseStatus::skipped();
                status.set_message(missing);
                status
            }
            None if denied && !found.is_empty() => {
                let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                status.set_message(format!("{}: {}", check.severity, check.what));
                status.set_type(check.severity.as_str());
                status.set_description(&lines);
                status
            }
            None => TestCaseStatus::success(),
        };
        let mut case = TestCase::new(check.name, status);
        case.set_classname("comity.lint");
        if !denied && !found.is_empty() {
            case.set_system_out(&lines);
        }
        case
    }
}
