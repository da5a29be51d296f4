//! `comity import --world`: a world put into a store that does not know its tenants.

use std::path::{Path, PathBuf};

use clap::Args;
use policy::tenant::TenantId;
use policy::world::World;
use serde_json::json;
use server::Clock;
use store::Store;

use crate::exit::{Exit, Failure, Outcome};
use crate::files;
use crate::serve::{chain, runtime};

/// How many tenants a refusal names.
const NAMED: usize = 5;

/// Where a world goes.
#[derive(Debug, Args)]
pub(crate) struct Destination {
    /// The store: sqlite:PATH or postgres://…
    #[arg(long, value_name = "URL", help_heading = "World")]
    store: Option<String>,
    /// The data folder of a server, for its embedded store
    #[arg(
        long,
        value_name = "DIR",
        conflicts_with = "store",
        help_heading = "World"
    )]
    data: Option<PathBuf>,
}

impl Destination {
    /// Refuses what belongs to `--world` alone.
    pub(crate) fn refuse(&self) -> Result<(), Failure> {
        match self.store.is_some() || self.data.is_some() {
            true => Err(
                Failure::broken("--store and --data go with --world").advise(
                    "--server URL: the settings of one tenant are given to a server that runs",
                ),
            ),
            false => Ok(()),
        }
    }

    fn url(&self) -> Result<String, Failure> {
        match (&self.store, &self.data) {
            (Some(url), _) => Ok(url.clone()),
            (None, Some(data)) => {
                std::fs::create_dir_all(data).map_err(|error| {
                    Failure::failed(format!("{} cannot be made: {error}", data.display()))
                })?;
                let file = data.join("comity.sqlite");
                Ok(format!("sqlite:{}", file.display()))
            }
            (None, None) => Err(Failure::broken("nothing says where the world goes")
                .advise("--data DIR, or --store URL")),
        }
    }
}

/// Puts the world into the store.
pub(crate) fn run(file: &Path, destination: &Destination, as_json: bool) -> Outcome {
    let world = files::world(file)?;
    let url = destination.url()?;
    runtime()?.block_on(put(&world, &url))?;
    let hosted = world.tenants.values();
    let hosted = hosted.filter(|tenant| tenant.policy.is_some()).count();
    let all = world.tenants.len();
    match as_json {
        true => anstream::println!("{:#}", json!({"tenants": all, "hosted": hosted})),
        false => anstream::println!("imported {all} tenants, {hosted} of them hosted"),
    }
    Ok(Exit::Yes)
}

async fn put(world: &World, url: &str) -> Result<(), Failure> {
    let failed = |error: &dyn std::error::Error| Failure::failed(chain(error));
    let store = store::open(url).await.map_err(|error| failed(&error))?;
    let known = known(&*store, world).await?;
    if !known.is_empty() {
        let named = known.iter().take(NAMED).map(ToString::to_string);
        let named: Vec<String> = named.collect();
        let more = match known.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let message = format!("the store knows {}{more} already", named.join(", "));
        return Err(Failure::failed(message).advise("an empty store"));
    }
    let now = Clock::of_the_machine().now();
    let seeded = server::seed(&*store, world, now).await;
    store.close().await;
    seeded.map_err(|error| failed(&error))
}

/// The tenants of the world that are there already.
async fn known(store: &dyn Store, world: &World) -> Result<Vec<TenantId>, Failure> {
    let mut known = Vec::new();
    for id in world.tenants.keys() {
        let found = store.tenant(*id).await;
        if found
            .map_err(|error| Failure::failed(chain(&error)))?
            .is_some()
        {
            known.push(*id);
        }
    }
    Ok(known)
}
