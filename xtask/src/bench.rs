//! `cargo xtask bench`: hands over to the workspace in `bench/`.
//!
//! Benchmarks are a workspace of their own, so that the engines we compare with are never part of
//! an everyday build.

use crate::repository::{Repository, run as run_command};

/// Builds what is asked for, foreign engines too, and lets `report` in `bench/` run it.
pub(crate) fn run(repository: &Repository, arguments: &[&str]) -> anyhow::Result<()> {
    let bench = |verb: &str| {
        let mut cargo = repository.cargo();
        // In that folder, because its settings for the compiler hold only there.
        cargo.current_dir(repository.root.join("bench"));
        cargo.args([verb, "--release"]);
        cargo
    };
    let mut build = bench("build");
    build.arg("--locked");
    run_command(match arguments.first() {
        Some(&"difference") => build.args(["--package=difference", "--package=report"]),
        Some(&"activity") => build.args(["--package=activity", "--package=report"]),
        _ => build.arg("--workspace"),
    })?;
    if !matches!(arguments.first(), Some(&("decide" | "difference"))) {
        // What is asked over HTTP is the program that is delivered, built the way it is delivered.
        let mut product = repository.cargo();
        product.args(["build", "--release", "--locked", "--package", "comity"]);
        run_command(&mut product)?;
    }
    let mut report = bench("run");
    report.args(["-q", "--locked", "--package", "report", "--"]);
    run_command(report.args(arguments))
}

/// Checks that our own half of `bench/` still compiles; the foreign engines take minutes.
pub(crate) fn check(repository: &Repository) -> anyhow::Result<()> {
    let mut cargo = repository.cargo();
    cargo.args(["check", "--locked", "--manifest-path", "bench/Cargo.toml"]);
    run_command(&mut cargo)
}
