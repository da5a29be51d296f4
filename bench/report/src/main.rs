//! Runs the benchmarks, prints one table, and writes `docs/performance.md` and the figures behind
//! it.
//!
//!     cargo xtask bench decide [S M L] [--requests N] [--passes N] [--no-write]
//!
//! Product and floors run in one process, in turns, on the full stream; the general engines run
//! after them on samples of the same stream. Every program asserts that it allows exactly as many
//! requests as the oracle, so an answer that is fast and wrong ends the run.

mod figures;
mod machine;
mod page;

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use crate::figures::Figures;

const USAGE: &str = "report decide [S M L] [--requests N] [--passes N] [--no-write]";

struct Wanted {
    scales: Vec<String>,
    /// Handed on to the program that runs product and floors.
    handed_on: Vec<String>,
    write: bool,
}

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    if args.next().as_deref() != Some("decide") {
        eprintln!("error: expected the name of a benchmark: {USAGE}");
        return ExitCode::from(2);
    }
    let mut wanted = Wanted {
        scales: Vec::new(),
        handed_on: Vec::new(),
        write: true,
    };
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "S" | "M" | "L" => wanted.scales.push(arg),
            "--no-write" => wanted.write = false,
            "--requests" | "--passes" => {
                wanted.handed_on.push(arg);
                wanted.handed_on.extend(args.next());
            }
            other => {
                eprintln!("error: `{other}` is not understood: {USAGE}");
                return ExitCode::from(2);
            }
        }
    }
    if wanted.scales.is_empty() {
        wanted.scales = ["S", "M", "L"].map(String::from).into();
    }
    match run(&wanted) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(wanted: &Wanted) -> Result<(), String> {
    let mut figures = Figures::default();
    for scale in &wanted.scales {
        let mut arguments = vec![scale.clone()];
        arguments.extend(wanted.handed_on.iter().cloned());
        measure("decide", &arguments, &mut figures)?;
    }
    // The engines are a hundred times slower, so a sample says enough; at L their entities alone
    // would take longer to make than all else together.
    for scale in wanted.scales.iter().filter(|scale| *scale != "L") {
        let sample = |requests: &str| ["--requests", requests, "--passes", "5"].map(String::from);
        let with = |requests| [vec![scale.clone()], sample(requests).to_vec()].concat();
        measure("decide-cedar", &with("10000"), &mut figures)?;
        measure("decide-regorus", &with("10000"), &mut figures)?;
        if scale == "S" {
            measure("decide-casbin", &with("2000"), &mut figures)?;
        }
    }
    let machine = machine::describe();
    let table = page::table(&figures);
    println!("\n{table}\n{machine}");
    if wanted.write {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
        page::write(&root, &figures, &machine, &table)?;
    }
    Ok(())
}

/// Runs a program that lies beside this one, shows what it prints, and keeps its figures.
fn measure(program: &str, arguments: &[String], figures: &mut Figures) -> Result<(), String> {
    eprintln!("measuring: {program} {}", arguments.join(" "));
    let beside = std::env::current_exe()
        .map_err(|error| format!("this program does not know where it is: {error}"))?
        .with_file_name(program);
    let output = Command::new(&beside)
        .args(arguments)
        .stderr(std::process::Stdio::inherit())
        .output()
        .map_err(|error| {
            format!("cannot run {program}: {error}; build everything in bench/ first")
        })?;
    let text = String::from_utf8_lossy(&output.stdout);
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        println!("{line}");
    }
    if !output.status.success() {
        return Err(format!("{program} {} failed", arguments.join(" ")));
    }
    figures.read(&text);
    Ok(())
}
