//! The program: reads the command line, calls one subcommand, ends with its exit code.

mod decide;
mod exit;
mod explain;
mod export;
mod files;
mod import;
mod question;
mod sides;
mod terminal;
mod test;

use clap::{Parser, Subcommand};

use crate::exit::{Exit, Failure};

/// Decides who may cross between tenants, and says why.
#[derive(Debug, Parser)]
#[command(
    name = "comity",
    version,
    propagate_version = true,
    max_term_width = 100
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

/// What the program can do: one variant here, one line in the match, one file beside this one.
#[derive(Debug, Subcommand)]
enum Command {
    Decide(decide::Arguments),
    Explain(explain::Arguments),
    Import(import::Arguments),
    Export(export::Arguments),
    Test(test::Arguments),
}

fn main() -> std::process::ExitCode {
    let arguments = Arguments::parse();
    let exit: Exit = match arguments.command {
        Command::Decide(arguments) => decide::run(&arguments).unwrap_or_else(Failure::report),
        Command::Explain(arguments) => explain::run(&arguments).unwrap_or_else(Failure::report),
        Command::Import(arguments) => import::run(&arguments).unwrap_or_else(Failure::report),
        Command::Export(arguments) => export::run(&arguments).unwrap_or_else(Failure::report),
        Command::Test(arguments) => test::run(&arguments),
    };
    exit.into()
}
