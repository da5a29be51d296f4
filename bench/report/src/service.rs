//! The service: each part is measured by the program `service`, which knows its own promises and
//! prints what belongs on the page.

use workload::measure::PAGE_MARK;

use crate::{Wanted, machine, page, programs};

/// What can be measured, in this order.
pub const PARTS: [&str; 5] = ["http", "commit", "start", "effect", "large"];

pub fn run(parts: &[&str], wanted: &Wanted) -> Result<(), String> {
    let scale = wanted.scales.last().map_or("M", String::as_str);
    for part in parts {
        let output = programs::output(&programs::of_service(part, scale))?;
        let lines = output
            .lines()
            .filter_map(|line| line.strip_prefix(PAGE_MARK));
        let text: String = lines.map(|line| format!("{}\n", line.trim())).collect();
        if wanted.write {
            page::write(part, &format!("{}\n\n{text}", machine::describe()))?;
        }
    }
    Ok(())
}
