//! What comes out: medians, and lines for the page.

use std::time::Duration;

use workload::measure::PAGE_MARK;

/// The median.
pub fn median(mut list: Vec<f64>) -> f64 {
    list.sort_by(f64::total_cmp);
    list[list.len() / 2]
}

/// The value below which that share of the list lies.
pub fn quantile(list: &[f64], share: f64) -> f64 {
    let mut list = list.to_vec();
    list.sort_by(f64::total_cmp);
    list[((list.len() - 1) as f64 * share).round() as usize]
}

pub fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// A line of the page, shown as well.
pub fn line(text: &str) {
    println!("{text}");
    println!("{PAGE_MARK}\t{text}");
}

/// Begins the table of promises.
pub fn promises() {
    line("| promise | measured | |");
    line("| --- | ---: | --- |");
}

/// A line of it.
pub fn promise(what: &str, measured: &str, holds: bool) {
    let verdict = if holds { "holds" } else { "**missed**" };
    line(&format!("| {what} | {measured} | {verdict} |"));
}
