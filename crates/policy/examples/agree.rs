//! Compares the two evaluators in as many random worlds as asked for:
//! `cargo run --release -p comity-policy --example agree -- 1000000`.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a generator may fail loudly"
)]

#[path = "../tests/equality/agreement.rs"]
mod agreement;
#[path = "../tests/equality/choices.rs"]
mod choices;
#[path = "../tests/equality/conditions.rs"]
mod conditions;
#[path = "../tests/equality/ids.rs"]
mod ids;
#[path = "../tests/equality/people.rs"]
mod people;
#[path = "../tests/equality/settings.rs"]
mod settings;
#[path = "../tests/equality/worlds.rs"]
mod worlds;

use std::collections::BTreeMap;
use std::process::ExitCode;

use choices::Choices;
use comity_policy::compiled::Registry;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let count: u64 = match args.next().map(|count| count.parse()) {
        None => 1_000_000,
        Some(Ok(count)) => count,
        Some(Err(_)) => {
            eprintln!("usage: agree [WORLDS] [FIRST SEED]");
            return ExitCode::from(2);
        }
    };
    let first: u64 = args.next().and_then(|seed| seed.parse().ok()).unwrap_or(0);
    let mut reasons: BTreeMap<&str, u64> = BTreeMap::new();
    for seed in first..first + count {
        let mut choices = Choices::stream(seed);
        let world = worlds::world(&mut choices);
        let registry = match seed % 16 {
            0 => agreement::one_by_one(&world),
            1 => agreement::after_changes(&mut choices, &world),
            _ => Registry::of(&world),
        };
        let request = worlds::sign_in(&mut choices, &world);
        match agreement::agreed(&world, &registry, &request) {
            Ok(answer) => *reasons.entry(answer.reason.as_str()).or_default() += 1,
            Err(difference) => {
                println!("seed {seed}: {difference}");
                return ExitCode::FAILURE;
            }
        }
    }
    println!("{count} worlds with a sign-in each: both evaluators agree on all");
    for (reason, times) in reasons {
        println!("{times:>9}  {reason}");
    }
    ExitCode::SUCCESS
}
