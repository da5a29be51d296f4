//! The program: reads the command line, calls one subcommand, ends with its exit code.

mod activity;
mod answer;
mod audit;
mod chart;
mod config;
mod decide;
mod demo;
mod diff;
mod drafts;
mod exit;
mod explain;
mod export;
mod files;
mod history;
mod import;
mod init;
mod lint;
mod logs;
mod operator;
mod page;
mod plan;
mod preview;
mod propose;
mod pull;
mod question;
mod remote;
mod roles;
mod seed;
mod serve;
mod sides;
mod sign_ins;
mod states;
mod storage;
mod sync;
mod tenant;
mod terminal;
mod test;

use clap::{Parser, Subcommand};

use crate::exit::{Exit, Failure};

/// A request takes a few dozen small pieces of memory and gives them back at once, on whichever
/// thread it is then, for as long as the server runs. This allocator is made for that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
    Diff(diff::Arguments),
    Lint(lint::Arguments),
    Preview(preview::Arguments),
    Plan(plan::Arguments),
    Apply(plan::Apply),
    Drift(plan::Drift),
    Propose(propose::Arguments),
    Activity(activity::Arguments),
    Pull(pull::Arguments),
    Import(import::Arguments),
    SignIns(sign_ins::Arguments),
    Export(export::Arguments),
    Test(test::Arguments),
    Serve(serve::Arguments),
    Init(init::Arguments),
    Config(config::Arguments),
    History(history::Arguments),
    Audit(audit::Arguments),
    Tenant(tenant::Arguments),
    Storage(storage::Arguments),
    Sync(sync::Arguments),
    Roles(roles::Arguments),
}

fn main() -> std::process::ExitCode {
    let arguments = Arguments::parse();
    let exit: Exit = match arguments.command {
        Command::Decide(arguments) => decide::run(&arguments).unwrap_or_else(Failure::report),
        Command::Explain(arguments) => explain::run(&arguments).unwrap_or_else(Failure::report),
        Command::Diff(arguments) => diff::run(&arguments).unwrap_or_else(Failure::report),
        Command::Lint(arguments) => lint::run(&arguments).unwrap_or_else(Failure::report),
        Command::Preview(arguments) => preview::run(&arguments).unwrap_or_else(Failure::report),
        Command::Plan(arguments) => plan::run(&arguments).unwrap_or_else(Failure::report),
        Command::Apply(arguments) => plan::apply(&arguments).unwrap_or_else(Failure::report),
        Command::Drift(arguments) => plan::drift(&arguments).unwrap_or_else(Failure::report),
        Command::Propose(arguments) => propose::run(&arguments).unwrap_or_else(Failure::report),
        Command::Activity(arguments) => activity::run(&arguments).unwrap_or_else(Failure::report),
        Command::Pull(arguments) => pull::run(&arguments).unwrap_or_else(Failure::report),
        Command::Import(arguments) => import::run(&arguments).unwrap_or_else(Failure::report),
        Command::SignIns(arguments) => sign_ins::run(&arguments).unwrap_or_else(Failure::report),
        Command::Export(arguments) => export::run(&arguments).unwrap_or_else(Failure::report),
        Command::Test(arguments) => test::run(&arguments),
        Command::Serve(arguments) => serve::run(&arguments).unwrap_or_else(Failure::report),
        Command::Init(arguments) => init::run(&arguments).unwrap_or_else(Failure::report),
        Command::History(arguments) => history::run(&arguments).unwrap_or_else(Failure::report),
        Command::Audit(arguments) => audit::run(&arguments).unwrap_or_else(Failure::report),
        Command::Tenant(arguments) => tenant::run(&arguments).unwrap_or_else(Failure::report),
        Command::Storage(arguments) => storage::run(&arguments).unwrap_or_else(Failure::report),
        Command::Sync(arguments) => sync::run(&arguments).unwrap_or_else(Failure::report),
        Command::Config(arguments) => config::run(&arguments).unwrap_or_else(Failure::report),
        Command::Roles(arguments) => roles::run(&arguments).unwrap_or_else(Failure::report),
    };
    exit.into()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn every_command_names_each_of_its_flags_once() {
        Arguments::command().debug_assert();
    }
}
