//! `cargo xtask test`: everything CI runs, in order, up to the first failure.
//!
//! Cheap parts come first, so that a forgotten comma is told before anything is compiled. `--long`
//! adds what takes too long for every change.

use std::process::{Command, ExitCode};

use crate::part::{Part, now};
use crate::repository::{Repository, run as run_command};
use crate::{bench, clients, console, deny, pages, tidy, tools};

type Work = fn(&Repository) -> anyhow::Result<()>;

/// Name, how to repeat the part alone, and the work.
type Entry = (&'static str, &'static str, Work);

const PARTS: [Entry; 13] = [
    ("tools", "cargo xtask test", tools::check),
    ("formatting", "cargo fmt --all (mends it)", formatting),
    ("tidy", "cargo xtask tidy", tidy::run),
    ("console", "cargo xtask console check", console::check),
    ("clippy", "cargo clippy --workspace --all-targets", clippy),
    ("tests", "cargo test --workspace", tests),
    (
        "documentation",
        "cargo doc --workspace --lib --no-deps",
        documentation,
    ),
    ("cases", "cargo run -- test cases/", cases),
    ("pages", "cargo xtask pages", pages::check),
    ("clients", "cargo xtask clients", clients::run),
    (
        "schemathesis",
        "cargo xtask clients schemathesis",
        clients::schemathesis::run,
    ),
    ("dependencies", "cargo xtask deny", deny::run),
    ("benchmarks", "cargo check in bench/", bench::check),
];

/// What `--long` adds.
const LONG: [Entry; 5] = [
    (
        "crashes",
        "COMITY_CRASH_KILLS=200 cargo test -p comity-store -p comity crash",
        crashes,
    ),
    (
        "agreement",
        "cargo run --release -p comity-policy --example agree -- 1000000",
        agreement,
    ),
    (
        "difference",
        "cargo run --release -p comity-preview --example enumerate -- 1000000",
        difference,
    ),
    ("spark", "cargo xtask clients spark", clients::run_spark),
    (
        "schemathesis, long",
        "cargo xtask clients schemathesis --long",
        clients::schemathesis::run_long,
    ),
];

/// Runs the parts.
pub(crate) fn run(repository: &Repository) -> anyhow::Result<ExitCode> {
    run_parts(repository, &PARTS)
}

/// Runs the parts, and then those that take long.
pub(crate) fn run_long(repository: &Repository) -> anyhow::Result<ExitCode> {
    run_parts(repository, &[PARTS.as_slice(), &LONG].concat())
}

fn run_parts(repository: &Repository, parts: &[Entry]) -> anyhow::Result<ExitCode> {
    let start = now();
    let mut done = Vec::new();
    for &(name, alone, work) in parts {
        let part = Part::run(name, || work(repository));
        if let Some(error) = part.failure {
            let seconds = part.took.as_secs_f64();
            eprintln!("\n{name} FAILED after {seconds:.1} s: {error:#}");
            eprintln!("To repeat this part alone: {alone}");
            return Ok(ExitCode::FAILURE);
        }
        done.push(part);
    }
    println!();
    for part in &done {
        println!("{:<15} {:>7.1} s", part.name, part.took.as_secs_f64());
    }
    println!(
        "\nEverything passed, in {:.0} s.",
        start.elapsed().as_secs_f64()
    );
    Ok(ExitCode::SUCCESS)
}

fn formatting(repository: &Repository) -> anyhow::Result<()> {
    run_command(repository.cargo().args(["fmt", "--all", "--check"]))
}

fn clippy(repository: &Repository) -> anyhow::Result<()> {
    let mut cargo = repository.cargo();
    cargo.args(["clippy", "--locked", "--workspace", "--all-targets", "--"]);
    run_command(cargo.args(["-D", "warnings"]))
}

fn tests(repository: &Repository) -> anyhow::Result<()> {
    let mut cargo = repository.cargo();
    cargo.args(["test", "--locked", "--workspace"]);
    run_command(postgresql_required(&mut cargo))
}

/// Without this, tests that find no PostgreSQL say so and pass.
fn postgresql_required(cargo: &mut Command) -> &mut Command {
    cargo.env("COMITY_REQUIRE_POSTGRES", "1")
}

/// On each store two hundred kills at random moments, of a process that writes and of a server.
fn crashes(repository: &Repository) -> anyhow::Result<()> {
    let mut cargo = repository.cargo();
    cargo.args(["test", "--locked", "--package=comity-store"]);
    cargo.args(["--package=comity", "crash"]);
    cargo.env("COMITY_CRASH_KILLS", "200");
    run_command(postgresql_required(&mut cargo))
}

/// Both evaluators in a million random worlds.
fn agreement(repository: &Repository) -> anyhow::Result<()> {
    a_million(repository, "comity-policy", "agree")
}

/// Every request of a million random pairs of settings.
fn difference(repository: &Repository) -> anyhow::Result<()> {
    a_million(repository, "comity-preview", "enumerate")
}

fn a_million(repository: &Repository, package: &str, example: &str) -> anyhow::Result<()> {
    let mut cargo = repository.cargo();
    cargo.args(["run", "--locked", "--release", "--package", package]);
    run_command(cargo.args(["--example", example, "--", "1000000"]))
}

/// The libraries only: what a program's arguments say is text for a terminal, not for a browser.
fn documentation(repository: &Repository) -> anyhow::Result<()> {
    let mut cargo = repository.cargo();
    cargo.args(["doc", "-q", "--locked", "--workspace", "--lib", "--no-deps"]);
    run_command(cargo.env("RUSTDOCFLAGS", "-D warnings"))
}

fn cases(repository: &Repository) -> anyhow::Result<()> {
    let mut comity = Command::new(repository.comity()?);
    comity.current_dir(&repository.root);
    run_command(comity.args(["test", "cases/", "examples/policy-tests.yaml"]))
}
