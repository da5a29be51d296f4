//! The service: each part is measured by the program `service`, which knows its own promises and
//! prints what belongs on the page.

use workload::measure::PAGE_MARK;

use crate::programs::Program;
use crate::{Wanted, machine, page, programs};

/// What can be measured, in this order.
pub const PARTS: [&str; 7] = [
    "http", "commit", "start", "effect", "large", "preview", "signin",
];

pub fn run(parts: &[&str], wanted: &Wanted) -> Result<(), String> {
    let scale = wanted.scales.last().map_or("M", String::as_str);
    for part in parts {
        page_of(&programs::of_service(part, scale), part, wanted)?;
    }
    Ok(())
}

/// Runs a program that prints what belongs on the page, and puts it there.
pub fn page_of(program: &Program, part: &str, wanted: &Wanted) -> Result<(), String> {
    let output = programs::output(program)?;
    let lines = output
        .lines()
        .filter_map(|line| line.strip_prefix(PAGE_MARK));
    let text: String = lines.map(|line| format!("{}\n", line.trim())).collect();
    match wanted.write {
        true => page::write(part, &format!("{}\n\n{text}", machine::describe())),
        false => Ok(()),
    }
}
