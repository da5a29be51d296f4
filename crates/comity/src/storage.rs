//! `comity storage`: how a tenant's policy is stored.

use clap::{Args, Subcommand};
use policy::tenant::TenantId;
use reqwest::Method;
use serde_json::Value;

use crate::exit::{Exit, Outcome};
use crate::operator::Place;
use crate::serve::runtime;

/// Move a tenant from legacy storage to the scalable one
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Move a tenant; one that was interrupted is finished
    Migrate {
        /// Which tenant
        #[arg(long, value_name = "ID")]
        tenant: TenantId,
        #[command(flatten)]
        place: Place,
        /// Answer in JSON
        #[arg(long)]
        json: bool,
    },
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let Command::Migrate {
        tenant,
        place,
        json,
    } = &arguments.command;
    runtime()?.block_on(async {
        let office = place.enter().await?;
        let path = format!("/{tenant}/storage/migrate");
        let done = office.call(Method::POST, &path, None).await;
        office.leave().await;
        let done = done?;
        match json {
            true => anstream::println!("{:#}", Value::Object(done)),
            false => anstream::println!("the settings of {tenant} are in scalable storage"),
        }
        Ok(Exit::Yes)
    })
}
