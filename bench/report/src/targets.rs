//! What the product has promised, and whether it holds.

use crate::figures::Figures;
use crate::table::FLOOR;

const PRODUCT: &str = "product";
const TIMES_THE_FLOOR: f64 = 1.5;
const BYTES: f64 = 3072.0;
const FASTER_THAN_EVALUATION: f64 = 20.0;
const FASTER_THAN_CEDAR: f64 = 100.0;

/// A line for each promise.
pub fn of(figures: &Figures, scales: &[&str]) -> String {
    let mut text = String::from("| promise | measured | |\n| --- | ---: | --- |\n");
    for scale in scales {
        let Some(product) = figures.median(scale, PRODUCT) else {
            continue;
        };
        let mut line = |promise: String, measured: String, holds: bool| {
            let verdict = if holds { "holds" } else { "**missed**" };
            text += &format!("| {scale}: {promise} | {measured} | {verdict} |\n");
        };
        if let Some(floor) = figures.median(scale, FLOOR) {
            let times = product / floor;
            let promise = format!("at most {TIMES_THE_FLOOR} times the floor");
            line(promise, format!("{times:.2}"), times <= TIMES_THE_FLOOR);
        }
        if let Some(bytes) = figures.bytes(scale, PRODUCT) {
            let promise = "at most 3 KB per partner configuration".to_owned();
            line(promise, format!("{bytes:.0} bytes"), bytes <= BYTES);
        }
        if *scale == "L" {
            continue;
        }
        if let Some((name, best)) = best(figures, scale, is_evaluation) {
            let times = best / product;
            let promise = format!(
                "{FASTER_THAN_EVALUATION} times faster than the best general engine's evaluation alone ({name})"
            );
            line(
                promise,
                format!("{times:.0}"),
                times >= FASTER_THAN_EVALUATION,
            );
        }
        if let Some((name, best)) = best(figures, scale, is_cedar_call) {
            let times = best / product;
            let promise =
                format!("{FASTER_THAN_CEDAR} times faster than Cedar's whole call ({name})");
            line(promise, format!("{times:.0}"), times >= FASTER_THAN_CEDAR);
        }
    }
    text
}

fn is_evaluation(name: &str) -> bool {
    let engine = ["cedar", "regorus", "casbin"]
        .iter()
        .any(|engine| name.starts_with(engine));
    engine && !name.contains("whole")
}

fn is_cedar_call(name: &str) -> bool {
    name.starts_with("cedar") && name.ends_with("whole call")
}

/// The fastest of those variants.
fn best<'a>(figures: &'a Figures, scale: &str, counts: fn(&str) -> bool) -> Option<(&'a str, f64)> {
    let of_scale = figures.list.iter().filter(|figure| figure.scale == scale);
    let counting = of_scale.filter(|figure| counts(&figure.name));
    let best = counting.min_by(|a, b| a.median.total_cmp(&b.median))?;
    Some((&best.name, best.median))
}
