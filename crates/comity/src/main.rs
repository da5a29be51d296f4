//! The program: reads the command line, calls one subcommand, ends with its exit code.

mod exit;
mod test;

use clap::{Parser, Subcommand};

use crate::exit::Exit;

/// Decides who may cross between tenants, and says why.
#[derive(Debug, Parser)]
#[command(name = "comity", version, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

/// What the program can do: one variant here, one line in the match, one file beside this one.
#[derive(Debug, Subcommand)]
enum Command {
    Test(test::Arguments),
}

fn main() -> std::process::ExitCode {
    let arguments = Arguments::parse();
    let exit: Exit = match arguments.command {
        Command::Test(arguments) => test::run(&arguments),
    };
    exit.into()
}
