//! Compares the difference with every request there can be, for as many random pairs of settings as
//! asked for: `cargo run --release -p comity-preview --example enumerate -- 1000000`.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a generator may fail loudly"
)]

#[path = "../../policy/tests/equality/choices.rs"]
mod choices;
#[path = "../tests/difference/enumeration.rs"]
mod enumeration;
#[path = "../tests/difference/pairs.rs"]
mod pairs;

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};

use choices::Choices;
use enumeration::Counts;

/// The evaluator writes down what it finds, a million times a second: that is most of the work.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let count: u64 = match args.next().map(|count| count.parse()) {
        None => 1_000_000,
        Some(Ok(count)) => count,
        Some(Err(_)) => {
            eprintln!("usage: enumerate [PAIRS] [FIRST SEED]");
            return ExitCode::from(2);
        }
    };
    let first: u64 = args.next().and_then(|seed| seed.parse().ok()).unwrap_or(0);
    let next = AtomicU64::new(first);
    let threads = std::thread::available_parallelism().map_or(1, |threads| threads.get());
    let all: Vec<Result<Counts, String>> = std::thread::scope(|scope| {
        let work = || some(&next, first + count);
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let joined = running.into_iter().map(|thread| thread.join());
        joined.map(|done| done.expect("no thread panics")).collect()
    });
    let mut counts = Counts::default();
    for some in all {
        match some {
            Ok(some) => counts.add(some),
            Err(wrong) => {
                println!("{wrong}");
                return ExitCode::FAILURE;
            }
        }
    }
    let Counts {
        requests,
        changed,
        regions,
        equal,
    } = counts;
    println!("{count} pairs of settings, {equal} of them equal for every request");
    println!(
        "{requests} requests, each asked before and after: {changed} are answered differently,"
    );
    println!("each in exactly one of {regions} regions and no other in any");
    ExitCode::SUCCESS
}

/// Pairs as long as there are any left.
fn some(next: &AtomicU64, end: u64) -> Result<Counts, String> {
    let mut counts = Counts::default();
    loop {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if seed >= end {
            return Ok(counts);
        }
        let pair = pairs::pair(&mut Choices::stream(seed));
        match enumeration::compare(&pair) {
            Ok(compared) => counts.add(compared),
            Err(wrong) => {
                next.store(end, Ordering::Relaxed);
                return Err(format!("seed {seed}: {wrong}"));
            }
        }
    }
}
