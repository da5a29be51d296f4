//! On what, and of what, the figures were taken.

use std::fmt;
use std::process::Command;

use crate::programs::repository;

/// Machine, compiler and commit.
#[derive(Clone, Debug)]
pub struct Machine {
    pub processor: String,
    pub cores: usize,
    pub memory_gib: u64,
    pub compiler: String,
    pub commit: String,
}

/// Asks the system.
pub fn describe() -> Machine {
    let cores = std::thread::available_parallelism();
    Machine {
        processor: field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown".to_owned()),
        cores: cores.map_or(0, |cores| cores.get()),
        memory_gib: memory_gib().unwrap_or(0),
        compiler: said("rustc", &["--version"]),
        commit: commit(),
    }
}

/// The commit, and whether something that is measured was changed since.
fn commit() -> String {
    let commit = said("git", &["rev-parse", "--short=12", "HEAD"]);
    let changes = ["status", "--porcelain", "--untracked-files=no", "--"];
    let changed = said("git", &[&changes[..], &["crates", "bench"]].concat());
    match changed.lines().all(|line| line.contains("bench/results/")) {
        true => commit,
        false => format!("{commit} with changes"),
    }
}

fn said(program: &str, args: &[&str]) -> String {
    let mut command = Command::new(program);
    let run = command.current_dir(repository()).args(args).output();
    let text = run.map(|run| String::from_utf8_lossy(&run.stdout).trim().to_owned());
    text.unwrap_or_default()
}

fn memory_gib() -> Option<u64> {
    let text = field("/proc/meminfo", "MemTotal")?;
    let kib: u64 = text.split_whitespace().next()?.parse().ok()?;
    Some(kib.div_ceil(1 << 20))
}

/// The value after `name :` in a file of such lines.
fn field(path: &str, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Machine {
            processor,
            cores,
            memory_gib,
            compiler,
            commit,
        } = self;
        write!(
            f,
            "{processor}, {cores} cores, {memory_gib} GiB, shared with other work at the time; {compiler}; commit {commit}."
        )
    }
}
