//! Running cases: each begins with the fixture and its own changes, each step sees what the steps
//! before it did.

use graph::document::Location;
use serde_json::Value;

use crate::case_file::{Case, CaseFile, Fault};
use crate::compare::{Difference, differences};
use crate::vector::Vector;

/// How a case ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Every expectation holds.
    Passed,
    /// Some do not.
    Failed(Vec<FailedStep>),
    /// A question could not be read or asked.
    Broken(Vec<Fault>),
}

/// A step whose answer is not what was expected.
#[derive(Clone, Debug, PartialEq)]
pub struct FailedStep {
    /// Which step, from one; `None` when the case has no steps of its own.
    pub number: Option<usize>,
    /// The operation.
    pub op: &'static str,
    /// Where it is written.
    pub location: Location,
    /// What differs.
    pub differences: Vec<Difference>,
    /// The whole answer.
    pub answer: Value,
}

/// A case that was run.
#[derive(Clone, Debug)]
pub struct CaseResult {
    /// The case.
    pub vector: Vector,
    /// Where it is written.
    pub location: Location,
    /// How it ended.
    pub outcome: Outcome,
}

/// A file whose cases were run, or which could not be read.
#[derive(Clone, Debug)]
pub struct FileResult {
    /// The name of the file.
    pub name: String,
    /// The cases that were meant, in order; or why the file could not be read.
    pub cases: Result<Vec<CaseResult>, Vec<Fault>>,
}

/// How many cases ended how. A file that could not be read counts as one broken case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Every expectation held.
    pub passed: usize,
    /// Some did not.
    pub failed: usize,
    /// Could not be read or asked.
    pub broken: usize,
}

impl Counts {
    /// Counts over several files.
    pub fn of(files: &[FileResult]) -> Self {
        let mut counts = Counts::default();
        for file in files {
            match &file.cases {
                Ok(cases) => cases.iter().for_each(|case| counts.add(&case.outcome)),
                Err(_) => counts.broken += 1,
            }
        }
        counts
    }

    fn add(&mut self, outcome: &Outcome) {
        *match outcome {
            Outcome::Passed => &mut self.passed,
            Outcome::Failed(_) => &mut self.failed,
            Outcome::Broken(_) => &mut self.broken,
        } += 1;
    }

    /// How many cases there were.
    pub fn total(self) -> usize {
        self.passed + self.failed + self.broken
    }
}

/// Runs the cases of a file that the filter means; all of them without one.
pub fn run(file: &CaseFile, filter: Option<&str>) -> FileResult {
    let cases = file.cases().iter();
    let meant = cases.filter(|case| filter.is_none_or(|filter| case.vector.is_meant(filter)));
    let results = meant.map(|case| CaseResult {
        vector: case.vector.clone(),
        location: case.location,
        outcome: run_case(file, case),
    });
    FileResult {
        name: file.name().to_owned(),
        cases: Ok(results.collect()),
    }
}

fn run_case(file: &CaseFile, case: &Case) -> Outcome {
    if !case.faults.is_empty() {
        return Outcome::Broken(case.faults.clone());
    }
    let broken = |mistake| Outcome::Broken(vec![file.fault(mistake)]);
    let mut state = match file.fixture().changed(&case.vector.given) {
        Ok(state) => state,
        Err(mistake) => return broken(mistake),
    };
    let steps = &case.vector.steps;
    let mut failed = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        let answer = match step.question.ask(&mut state) {
            Ok(answer) => answer,
            Err(mistake) => return broken(mistake),
        };
        let differences = differences(&step.expected, &answer);
        if !differences.is_empty() {
            failed.push(FailedStep {
                number: (step.path != case.vector.path).then_some(at + 1),
                op: step.question.op().as_str(),
                location: file.locate(&step.path),
                differences,
                answer,
            });
        }
    }
    match failed.is_empty() {
        true => Outcome::Passed,
        false => Outcome::Failed(failed),
    }
}
