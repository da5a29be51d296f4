//! The table, and the page and the file it goes to.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::json;

use crate::figures::Figures;
use crate::machine::Machine;

const SCALES: [&str; 3] = ["S", "M", "L"];
/// What everything is compared with.
const FLOOR: &str = "floor";
/// Where the generated part of the page begins and ends.
const BEGIN: &str = "<!-- figures: decide -->";
const END: &str = "<!-- end of figures: decide -->";

/// One line for each variant: nanoseconds, times the floor, bytes for a partner configuration.
pub fn table(figures: &Figures) -> String {
    let mut names: Vec<&str> = Vec::new();
    for figure in &figures.times {
        if !names.contains(&figure.name.as_str()) {
            names.push(&figure.name);
        }
    }
    let mut table = String::from(
        "| one decision | S ns | × floor | M ns | × floor | L ns | × floor | bytes per partner configuration (S, M, L) |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n",
    );
    for name in names {
        let _ = write!(table, "| {name} ");
        for scale in SCALES {
            let median = figures.median(scale, name);
            let floor = figures.median(scale, FLOOR);
            let shown = median.map_or("–".to_owned(), |median| format!("{median:.0}"));
            let times = match (median, floor) {
                (Some(median), Some(floor)) => format!("{:.2}", median / floor),
                _ => "–".to_owned(),
            };
            let _ = write!(table, "| {shown} | {times} ");
        }
        // Memory is measured once for all variants of an engine.
        let bytes = SCALES.map(|scale| {
            let bytes = figures.bytes(scale, name);
            bytes.map_or("–".to_owned(), |bytes| format!("{bytes:.0}"))
        });
        let _ = writeln!(table, "| {} |", bytes.join(", "));
    }
    table
}

/// What the product promises, and whether it held.
fn promises(figures: &Figures) -> String {
    let mut text = String::from("| promised | S | M | L |\n| --- | --- | --- | --- |\n");
    let row = |text: &mut String, what: &str, of: &dyn Fn(&str) -> Option<String>| {
        let cells = SCALES.map(|scale| of(scale).unwrap_or_else(|| "–".to_owned()));
        let _ = writeln!(text, "| {what} | {} |", cells.join(" | "));
    };
    let product = |scale: &str| figures.median(scale, "product");
    let held = |holds: bool, shown: String| match holds {
        true => shown,
        false => format!("**{shown}, missed**"),
    };
    row(&mut text, "at most 1.5 × the floor", &|scale| {
        let ratio = product(scale)? / figures.median(scale, FLOOR)?;
        Some(held(ratio <= 1.5, format!("{ratio:.2}")))
    });
    row(
        &mut text,
        "at least 20 × faster than the best general engine's evaluation alone",
        &|scale| {
            let engines = figures.times.iter().filter(|figure| {
                let name = &figure.name;
                figure.scale == scale
                    && (name.contains("evaluation alone")
                        || name == "regorus, bytecode"
                        || name.starts_with("casbin"))
            });
            let best = engines.map(|figure| figure.median).reduce(f64::min)?;
            let ratio = best / product(scale)?;
            Some(held(ratio >= 20.0, format!("{ratio:.0}")))
        },
    );
    row(
        &mut text,
        "at least 100 × faster than Cedar's whole call",
        &|scale| {
            let calls = figures
                .times
                .iter()
                .filter(|figure| figure.scale == scale && figure.name.ends_with("whole call"));
            let best = calls.map(|figure| figure.median).reduce(f64::min)?;
            let ratio = best / product(scale)?;
            Some(held(ratio >= 100.0, format!("{ratio:.0}")))
        },
    );
    row(
        &mut text,
        "at most 3 KB (3,072 bytes) for a partner configuration",
        &|scale| {
            let bytes = figures.bytes(scale, "product")?;
            Some(held(bytes <= 3072.0, format!("{bytes:.0}")))
        },
    );
    text
}

/// Replaces the generated part of `docs/performance.md`, and writes the figures beside it.
pub fn write(root: &Path, figures: &Figures, machine: &Machine, table: &str) -> Result<(), String> {
    let page = root.join("docs/performance.md");
    let text = fs::read_to_string(&page)
        .map_err(|error| format!("cannot read docs/performance.md: {error}"))?;
    let (Some((before, _)), Some((_, after))) = (text.split_once(BEGIN), text.split_once(END))
    else {
        return Err(format!("docs/performance.md lacks `{BEGIN}` and `{END}`"));
    };
    let promises = promises(figures);
    let text = format!("{before}{BEGIN}\n\n{machine}.\n\n{promises}\n{table}\n{END}{after}");
    let failed = |error: std::io::Error| format!("cannot write the figures: {error}");
    fs::write(&page, text).map_err(failed)?;
    let figures = json!({
        "processor": machine.processor,
        "cores": machine.cores,
        "compiler": machine.compiler,
        "commit": machine.commit,
        "figures": figures.json(),
    });
    fs::write(root.join("bench/decide.json"), format!("{figures:#}\n")).map_err(failed)
}
