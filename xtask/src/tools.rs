//! What `cargo xtask test` needs beside a Rust toolchain: said at once, not after half an hour.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::ensure;

use crate::repository::Repository;

/// A program that some part runs.
struct Tool {
    /// Whether it is here.
    present: fn() -> bool,
    /// What it is, for a person who has to install it.
    name: &'static str,
    /// Who needs it.
    part: &'static str,
}

const TOOLS: [Tool; 4] = [
    Tool {
        present: || answers("curl", &["--version"]),
        name: "curl",
        part: "pages",
    },
    Tool {
        present: postgresql,
        name: "the PostgreSQL server (version 15 or later; Debian: postgresql)",
        part: "tests",
    },
    Tool {
        present: || answers("python3", &["-c", PYTHON]),
        name: "Python 3.11 or later with its venv module (Debian: python3-venv)",
        part: "clients",
    },
    Tool {
        present: || answers("node", &["-e", NODE]) && answers("npm", &["--version"]),
        name: "Node.js 20 or later with npm",
        part: "clients",
    },
];

const PYTHON: &str = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))";
const NODE: &str = "process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)";

/// Names what is missing, all of it.
pub(crate) fn check(_: &Repository) -> anyhow::Result<()> {
    let missing = TOOLS.iter().filter(|tool| !(tool.present)());
    let missing: Vec<String> = missing
        .map(|tool| format!("{}, for the part `{}`", tool.name, tool.part))
        .collect();
    ensure!(
        missing.is_empty(),
        "this machine lacks {}. Nothing is skipped, so install it first",
        missing.join("; and ")
    );
    println!("curl, PostgreSQL, Python and Node.js are here");
    Ok(())
}

fn answers(program: &str, arguments: &[&str]) -> bool {
    let run = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    run.is_ok_and(|status| status.success())
}

/// Looks where the tests of `store` look.
fn postgresql() -> bool {
    let versions = std::fs::read_dir("/usr/lib/postgresql");
    let versions = versions.into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    let path = std::env::var_os("PATH").unwrap_or_default();
    folders.extend(std::env::split_paths(&path));
    folders.iter().any(|folder| is_in(folder))
}

fn is_in(folder: &Path) -> bool {
    folder.join("initdb").exists()
}
