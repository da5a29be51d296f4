//! Runs the benchmarks, prints what came out, and writes it into `docs/performance.md`.
//!
//!     cargo xtask bench decide [S M L] [--requests N] [--passes N] [--no-write]
//!     cargo xtask bench difference [--no-write]
//!     cargo xtask bench activity [S|M] [--no-write]
//!     cargo xtask bench http|commit|start|effect|large|preview|signin|service [S|M] [--no-write]
//!
//! Every benchmark is a program of its own, started here one after the other, so that none finds the
//! memory of another. Each writes the part of the page that bears its name, with machine, compiler
//! and commit.

mod decision;
mod figures;
mod machine;
mod page;
mod programs;
mod service;
mod table;
mod targets;

use std::process::ExitCode;

const USAGE: &str =
    "usage: cargo xtask bench decide [S M L] [--requests N] [--passes N] [--no-write]
       cargo xtask bench difference [--no-write]
       cargo xtask bench activity [S|M] [--no-write]
       cargo xtask bench http|commit|start|effect|large|preview|signin|service [S|M] [--no-write]";

/// What was asked for.
#[derive(Default)]
pub struct Wanted {
    pub scales: Vec<String>,
    /// For the program of the decision.
    pub handed_on: Vec<String>,
    pub write: bool,
}

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (Some(name), Some(wanted)) = (args.next(), wanted(args)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let run = match name.as_str() {
        "decide" => decision::run(&wanted),
        "difference" => service::page_of(&programs::of_difference(), "difference", &wanted),
        "activity" => {
            let scale = wanted.scales.last().map_or("M", String::as_str);
            service::page_of(&programs::of_activity(scale), "activity", &wanted)
        }
        "service" => service::run(&service::PARTS, &wanted),
        part if service::PARTS.contains(&part) => service::run(&[part], &wanted),
        _ => {
            eprintln!("error: there is no benchmark `{name}`\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("error: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn wanted(mut args: impl Iterator<Item = String>) -> Option<Wanted> {
    let mut wanted = Wanted {
        write: true,
        ..Wanted::default()
    };
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "S" | "M" | "L" => wanted.scales.push(arg),
            "--no-write" => wanted.write = false,
            "--requests" | "--passes" => wanted.handed_on.extend([arg, args.next()?]),
            _ => {
                eprintln!("error: `{arg}` is not understood");
                return None;
            }
        }
    }
    Some(wanted)
}
