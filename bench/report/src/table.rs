//! The table: a line per variant, a column per scale.

use crate::figures::Figures;

/// The yardstick.
pub const FLOOR: &str = "floor";

pub fn of(figures: &Figures, scales: &[&str]) -> String {
    let mut text = String::from("| nanoseconds per decision (times the floor) |");
    for scale in scales {
        text += &format!(" {scale} |");
    }
    text += " bytes per partner configuration |\n| --- |";
    text += &" ---: |".repeat(scales.len() + 1);
    text.push('\n');
    for name in figures.names() {
        text += &format!("| {name} |");
        for scale in scales {
            text += &match figures.median(scale, name) {
                Some(median) => format!(" {} |", cell(median, figures.median(scale, FLOOR))),
                None => " – |".to_owned(),
            };
        }
        text += &match memory(figures, scales, name) {
            Some(bytes) => format!(" {bytes} |\n"),
            None => " |\n".to_owned(),
        };
    }
    for (scale, program, why) in &figures.left_out {
        text += &format!("\nAt {scale} there is no figure of {program}: {why}.\n");
    }
    text
}

fn cell(median: f64, floor: Option<f64>) -> String {
    let nanoseconds = match median < 1000.0 {
        true => format!("{median:.0}"),
        false => thousands(median),
    };
    match floor {
        Some(floor) if floor > 0.0 => format!("{nanoseconds} ({:.2})", median / floor),
        _ => nanoseconds,
    }
}

fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let groups: Vec<&[u8]> = digits.as_bytes().rchunks(3).rev().collect();
    String::from_utf8_lossy(&groups.join(&b',')).into_owned()
}

/// Only where it was measured under this very name, so that it stands once.
fn memory(figures: &Figures, scales: &[&str], name: &str) -> Option<String> {
    let bytes: Vec<String> = scales
        .iter()
        .filter_map(|scale| figures.bytes(scale, name))
        .map(|bytes| format!("{bytes:.0}"))
        .collect();
    (!bytes.is_empty()).then(|| bytes.join(" / "))
}
