//! `cargo xtask bench`: hands over to the workspace in `bench/`.
//!
//! Benchmarks are a workspace of their own, so that the engines we compare with are never part of
//! an everyday build.

use crate::repository::{Repository, run as run_command};

/// Runs a benchmark; the arguments are those of `bench/`.
pub(crate) fn run(repository: &Repository, arguments: &[&str]) -> anyhow::Result<()> {
    let mut cargo = repository.cargo();
    cargo.args(["run", "--release", "--manifest-path", "bench/Cargo.toml"]);
    run_command(cargo.arg("--").args(arguments))
}

/// Checks that our own half of `bench/` still compiles; the foreign engines take minutes.
pub(crate) fn check(repository: &Repository) -> anyhow::Result<()> {
    let mut cargo = repository.cargo();
    cargo.args(["check", "--locked", "--manifest-path", "bench/Cargo.toml"]);
    run_command(&mut cargo)
}
