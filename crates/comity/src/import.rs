//! `comity import`: reads what Graph answered about one tenant, checks all of it, and keeps it.

use std::path::PathBuf;

use clap::Args;
use graph::import::Options;
use policy::tenant::{Cloud, TenantId};
use serde_json::json;

use crate::exit::{Exit, Outcome};
use crate::export::{self, FILES};
use crate::files;

/// Read what Microsoft Graph answered about a tenant's settings, check it, and keep it in a folder
///
/// Takes the answers of GET …/crossTenantAccessPolicy, …/default and
/// …/partners?$expand=identitySynchronization, v1.0 or beta, in any number of files, pages or
/// folders. What Comity does not treat is kept. Nothing is written unless everything can be read.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Files, or folders of which every .json file is read.
    #[arg(required = true, value_name = "SOURCE")]
    sources: Vec<PathBuf>,
    /// The folder that keeps tenants, one sub-folder each.
    #[arg(long, value_name = "FOLDER")]
    state: PathBuf,
    /// Whose settings these are, where no document says so.
    #[arg(long, value_name = "ID")]
    tenant: Option<TenantId>,
    /// Where the tenant lives, where no document says so.
    #[arg(long, value_name = "ENDPOINT")]
    cloud: Option<Cloud>,
    /// The tenant has P1, where no document says so.
    #[arg(long)]
    p1: bool,
    /// Print one JSON value instead of text.
    #[arg(long)]
    json: bool,
}

/// Runs the subcommand.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let options = Options {
        tenant: arguments.tenant,
        cloud: arguments.cloud,
        p1: arguments.p1.then_some(true),
    };
    let imported = files::export(&arguments.sources, &options)?;
    let tenant = &imported.tenant;
    let folder = arguments.state.join(tenant.id.to_string());
    export::keep(tenant, &folder)?;
    let partners = tenant
        .policy
        .as_ref()
        .map_or(0, |policy| policy.partners.len());
    let notes: Vec<String> = imported.notes.iter().map(ToString::to_string).collect();
    if arguments.json {
        let report = json!({
            "tenantId": tenant.id.to_string(),
            "displayName": tenant.display_name,
            "cloud": tenant.cloud.endpoint(),
            "partners": partners,
            "folder": folder.display().to_string(),
            "files": FILES,
            "notes": notes,
        });
        anstream::println!("{report:#}");
        return Ok(Exit::Yes);
    }
    let name = tenant.display_name.as_deref().unwrap_or("the tenant");
    anstream::println!(
        "imported {name} ({}): default configuration and {partners} partners, kept in {}",
        tenant.id,
        folder.display()
    );
    for note in notes {
        anstream::println!("note: {note}");
    }
    Ok(Exit::Yes)
}
