//! For people: what went wrong and where, then one line of counts.

use std::fmt::{self, Write};

use graph::document::{Path, Printable};
use serde_json::Value;

use crate::case_file::Fault;
use crate::compare::Difference;
use crate::run::{CaseResult, Counts, FailedStep, FileResult, Outcome};

/// Whether the text may be coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// It goes to a terminal.
    On,
    /// It goes to a file or a program.
    Off,
}

const RED: &str = "\u{1b}[31m";
const GREEN: &str = "\u{1b}[32m";
const BOLD: &str = "\u{1b}[1m";
const PLAIN: &str = "\u{1b}[0m";

impl Colour {
    fn paint(self, text: &str, colour: &str) -> String {
        match self {
            Colour::On => format!("{colour}{text}{PLAIN}"),
            Colour::Off => text.to_owned(),
        }
    }
}

/// The report: every case that did not pass, and the counts.
pub fn human(files: &[FileResult], colour: Colour) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write_files(&mut text, files, colour);
    text
}

/// What is told about one case.
pub(super) fn told(file: &str, case: &CaseResult) -> String {
    let mut text = String::new();
    let _ = write_case(&mut text, file, case, Colour::Off);
    text
}

fn write_files(text: &mut String, files: &[FileResult], colour: Colour) -> fmt::Result {
    for file in files {
        match &file.cases {
            Err(faults) => write_faults(text, faults, colour)?,
            Ok(cases) => {
                for case in cases {
                    write_case(text, &file.name, case, colour)?;
                }
            }
        }
    }
    write_counts(text, Counts::of(files), colour)
}

fn write_counts(text: &mut String, counts: Counts, colour: Colour) -> fmt::Result {
    let Counts {
        passed,
        failed,
        broken,
    } = counts;
    let mut line = format!("{passed} passed, {failed} failed");
    if broken > 0 {
        write!(line, ", {broken} could not be read or asked")?;
    }
    let well = failed == 0 && broken == 0;
    writeln!(
        text,
        "{}",
        colour.paint(&line, if well { GREEN } else { RED })
    )
}

fn write_faults(text: &mut String, faults: &[Fault], colour: Colour) -> fmt::Result {
    for fault in faults {
        writeln!(text, "{} {fault}", colour.paint("error:", RED))?;
    }
    writeln!(text)
}

fn write_case(text: &mut String, file: &str, case: &CaseResult, colour: Colour) -> fmt::Result {
    let (word, steps) = match &case.outcome {
        Outcome::Passed => return Ok(()),
        Outcome::Failed(steps) => ("failed", steps.as_slice()),
        Outcome::Broken(_) => ("broken", [].as_slice()),
    };
    let vector = &case.vector;
    write!(
        text,
        "{} {}",
        colour.paint(word, RED),
        colour.paint(&vector.id, BOLD)
    )?;
    if !vector.clauses.is_empty() {
        write!(text, " ({})", vector.citation())?;
    }
    if let Some(note) = &vector.note {
        write!(text, ": {}", Printable(note))?;
    }
    writeln!(text, "\n  at {}:{}", Printable(file), case.location)?;
    for step in steps {
        write_step(text, step)?;
    }
    match &case.outcome {
        Outcome::Broken(faults) => write_faults(text, faults, colour),
        _ => writeln!(text),
    }
}

fn write_step(text: &mut String, step: &FailedStep) -> fmt::Result {
    let step_name = match step.number {
        Some(number) => format!(
            "step {number}, {} at line {}: ",
            step.op, step.location.line
        ),
        None => String::new(),
    };
    for difference in &step.differences {
        let Difference {
            path,
            expected,
            got,
        } = difference;
        writeln!(text, "  {step_name}{}", place(path))?;
        writeln!(text, "    expected {}", shown(expected))?;
        let got = got.as_ref().map_or_else(|| "nothing".to_owned(), shown);
        writeln!(text, "    got      {got}")?;
    }
    Ok(())
}

fn place(path: &Path) -> String {
    match path.segments().is_empty() {
        true => "the answer".to_owned(),
        false => path.to_string(),
    }
}

/// A value on one line, in a length that can be read.
fn shown(value: &Value) -> String {
    const LONGEST: usize = 400;
    let text = Printable(&value.to_string()).to_string();
    match text.chars().count() > LONGEST {
        true => text.chars().take(LONGEST).chain("…".chars()).collect(),
        false => text,
    }
}
