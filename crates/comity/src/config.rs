//! `comity config check`: are the settings of the server complete, before it is started?

use clap::{Args, Subcommand};

use crate::exit::{Exit, Outcome};
use crate::serve;

/// Look at the configuration of the server
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check that flags, environment and comity.toml say everything `comity serve` needs
    Check(serve::Settings),
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let Command::Check(settings) = &arguments.command;
    settings.in_force()?.checked()?;
    println!("The configuration is complete.");
    Ok(Exit::Yes)
}
