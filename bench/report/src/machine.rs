//! On what, and of what, the figures were taken.

use std::fmt;
use std::process::Command;

/// The machine and the source.
pub struct Machine {
    pub processor: String,
    pub cores: usize,
    pub commit: String,
    pub compiler: String,
}

/// Asks the system.
pub fn describe() -> Machine {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name"));
    let model = model.map(|rest| rest.trim_start_matches([' ', '\t', ':']).to_owned());
    let changed = !said("git", &["status", "--porcelain", "--", "crates", "bench"]).is_empty();
    let commit = said("git", &["rev-parse", "--short=12", "HEAD"]);
    Machine {
        processor: model.unwrap_or_else(|| "an unknown processor".to_owned()),
        cores: std::thread::available_parallelism().map_or(1, usize::from),
        commit: match changed {
            true => format!("{commit} with uncommitted changes"),
            false => commit,
        },
        compiler: said("rustc", &["--version"]),
    }
}

fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    text.unwrap_or_default()
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Machine {
            processor,
            cores,
            commit,
            compiler,
        } = self;
        write!(f, "{processor}, {cores} cores; {compiler}; commit {commit}")
    }
}
