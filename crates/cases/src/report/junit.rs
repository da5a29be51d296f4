//! For build servers: JUnit's XML, one suite for each file. What failed is a failure, what could
//! not be read is an error.

use quick_junit::{NonSuccessKind, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};

use crate::run::{CaseResult, FileResult, Outcome};

use super::human::told;

/// The report as XML.
pub fn junit(files: &[FileResult]) -> Result<String, SerializeError> {
    let mut report = Report::new("comity test");
    for file in files {
        report.add_test_suite(suite(file));
    }
    report.to_string()
}

fn suite(file: &FileResult) -> TestSuite {
    let mut suite = TestSuite::new(&file.name);
    match &file.cases {
        Ok(cases) => suite.add_test_cases(cases.iter().map(|case| test_case(file, case))),
        Err(faults) => {
            let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
            let mut case = TestCase::new("the file can be read", error(&faults.join("\n")));
            case.set_classname(&file.name);
            suite.add_test_case(case)
        }
    };
    suite
}

fn test_case(file: &FileResult, case: &CaseResult) -> TestCase {
    let status = match &case.outcome {
        Outcome::Passed => TestCaseStatus::success(),
        Outcome::Failed(_) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message("the answer is not what was expected");
            status.set_description(told(&file.name, case));
            status
        }
        Outcome::Broken(faults) => {
            let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
            error(&faults.join("\n"))
        }
    };
    let name = match &case.vector.note {
        Some(note) => format!("{}: {note}", case.vector.id),
        None => case.vector.id.clone(),
    };
    let mut test_case = TestCase::new(name, status);
    test_case.set_classname(&file.name);
    test_case
}

fn error(message: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_message("this could not be read or asked");
    status.set_description(message);
    status
}
