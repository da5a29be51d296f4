//! The service: a built `comity serve` asked over HTTP, beside yardsticks of the same run.
//!
//!     cargo xtask bench http|commit|start|effect|large|preview|signin [S|M] [--no-write]
//!
//! Servers are processes of their own; this one asks and measures. Figures are medians over passes in
//! which the product and its yardstick take turns. `service bare` is the yardstick of `http`.

mod ask;
mod bare;
mod caller;
mod client;
mod cluster;
mod commit;
mod effect;
mod figure;
mod guests;
mod home;
mod http;
mod large;
mod preview;
mod process;
mod sign_in;
mod start;

use std::process::ExitCode;

/// The delivered program's allocator: the bare handlers are to differ in what they do, not in what it
/// is done with.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const USAGE: &str =
    "service http|commit|start|effect [S|M], service large, service preview [S|M], service signin, or service bare";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let scale = match args.get(1) {
        Some(name) => workload::scale(name),
        None => workload::scale("M"),
    };
    match args.first() {
        Some(&"bare") => bare::serve(),
        Some(&"http") => http::run(scale),
        Some(&"commit") => commit::run(scale),
        Some(&"start") => start::run(scale),
        Some(&"effect") => effect::run(scale),
        Some(&"large") => large::run(),
        Some(&"signin") => sign_in::run(),
        Some(&"preview") => preview::run(args.get(1) == Some(&"S")),
        _ => {
            eprintln!("usage: {USAGE}");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}
