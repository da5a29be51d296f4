//! For programs. Members are added over time, never renamed or removed:
//!
//! ```json
//! {
//!   "summary": {"passed": 162, "failed": 1, "broken": 0},
//!   "files": [{
//!     "file": "cases/semantics.yaml",
//!     "errors": [],
//!     "cases": [{
//!       "id": "V083", "clauses": ["S8.6"], "note": null, "line": 565, "column": 3,
//!       "outcome": "failed",
//!       "differences": [{
//!         "step": null, "op": "signin", "line": 565, "path": "source",
//!         "expected": "default", "got": "partner"
//!       }],
//!       "errors": []
//!     }]
//!   }]
//! }
//! ```
//!
//! `outcome` is `passed`, `failed` or `broken`. An error has `file`, `line`, `column`, `path` and
//! `message`; a file with errors of its own has no cases and counts as one that is broken. `step`
//! counts from one and is null for a case without steps; `got` is null for null and for nothing.

use serde_json::{Value, json};

use crate::case_file::Fault;
use crate::run::{CaseResult, Counts, FailedStep, FileResult, Outcome};

/// The report as one JSON value.
pub fn json(files: &[FileResult]) -> Value {
    let counts = Counts::of(files);
    json!({
        "summary": {
            "passed": counts.passed,
            "failed": counts.failed,
            "broken": counts.broken,
        },
        "files": files.iter().map(file).collect::<Value>(),
    })
}

fn file(file: &FileResult) -> Value {
    let (cases, faults) = match &file.cases {
        Ok(cases) => (cases.as_slice(), [].as_slice()),
        Err(faults) => ([].as_slice(), faults.as_slice()),
    };
    json!({
        "file": file.name,
        "errors": faults.iter().map(error).collect::<Value>(),
        "cases": cases.iter().map(case).collect::<Value>(),
    })
}

fn case(case: &CaseResult) -> Value {
    let (outcome, steps, faults) = match &case.outcome {
        Outcome::Passed => ("passed", [].as_slice(), [].as_slice()),
        Outcome::Failed(steps) => ("failed", steps.as_slice(), [].as_slice()),
        Outcome::Broken(faults) => ("broken", [].as_slice(), faults.as_slice()),
    };
    let clauses = case.vector.clauses.iter();
    json!({
        "id": case.vector.id,
        "clauses": clauses.map(|clause| clause.to_string()).collect::<Vec<_>>(),
        "note": case.vector.note,
        "line": case.location.line,
        "column": case.location.column,
        "outcome": outcome,
        "differences": steps.iter().flat_map(differences).collect::<Value>(),
        "errors": faults.iter().map(error).collect::<Value>(),
    })
}

fn differences(step: &FailedStep) -> Vec<Value> {
    let shown = step.differences.iter().map(|difference| {
        json!({
            "step": step.number,
            "op": step.op,
            "line": step.location.line,
            "path": match difference.path.segments().is_empty() {
                true => String::new(),
                false => difference.path.to_string(),
            },
            "expected": difference.expected,
            "got": difference.got,
        })
    });
    shown.collect()
}

fn error(fault: &Fault) -> Value {
    json!({
        "file": fault.file,
        "line": fault.location.map(|location| location.line),
        "column": fault.location.map(|location| location.column),
        "path": match fault.path.segments().is_empty() {
            true => String::new(),
            false => fault.path.to_string(),
        },
        "message": fault.message,
    })
}
