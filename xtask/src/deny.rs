//! `cargo xtask deny`: licences, bans and sources of everything we depend on (`deny.toml`).
//!
//! Security advisories are not asked here: their database is a clone of a git repository, and this
//! check must give the same answer with and without a network.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::repository::{Repository, run as run_command};

/// The version that is built when none is installed.
const VERSION: &str = "0.20.2";

/// Checks `deny.toml`.
pub(crate) fn run(repository: &Repository) -> anyhow::Result<()> {
    let program = program(repository)?;
    run_command(
        Command::new(program)
            .args(["--locked", "check", "bans", "licenses", "sources"])
            .current_dir(&repository.root),
    )
}

/// The installed cargo-deny, or one of our own in the target folder, built on first use.
fn program(repository: &Repository) -> anyhow::Result<PathBuf> {
    let installed = PathBuf::from("cargo-deny");
    if answers(&installed) {
        return Ok(installed);
    }
    let tools = repository.target()?.join("tools");
    let own = tools.join("bin").join("cargo-deny");
    if !answers(&own) {
        println!("cargo-deny is not installed. It is built once, which takes some minutes, into");
        println!("{}", tools.display());
        let build = tools.join("build");
        run_command(
            repository
                .cargo()
                .args(["install", "cargo-deny", "--locked", "--version", VERSION])
                .arg("--root")
                .arg(&tools)
                .arg("--target-dir")
                .arg(&build),
        )?;
        std::fs::remove_dir_all(build)?;
    }
    Ok(own)
}

fn answers(program: &PathBuf) -> bool {
    let version = Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    version.is_ok_and(|status| status.success())
}
