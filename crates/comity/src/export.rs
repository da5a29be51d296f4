//! `comity export`: writes the settings of a tenant as the answers of Graph.

use std::path::{Path, PathBuf};

use clap::Args;
use graph::export::{self, Documents};
use graph::import::Options;
use policy::tenant::TenantId;
use policy::world::Tenant;
use serde_json::{Value, json};

use crate::exit::{Exit, Failure, Outcome};
use crate::files;

/// Write the settings of a tenant as Microsoft Graph would answer them
///
/// The documents can be imported again, here or anywhere that reads Graph's answers.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The folder that `comity import` keeps tenants in.
    #[arg(long, value_name = "FOLDER")]
    state: PathBuf,
    /// Which tenant.
    #[arg(long, value_name = "ID")]
    tenant: TenantId,
    /// Where the documents go.
    #[arg(value_name = "FOLDER")]
    to: PathBuf,
    /// Print one JSON value instead of text.
    #[arg(long)]
    json: bool,
}

/// The documents of a tenant.
pub(crate) const FILES: [&str; 4] = [
    "organization.json",
    "crossTenantAccessPolicy.json",
    "default.json",
    "partners.json",
];

/// Runs the subcommand.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let kept = files::state(&arguments.state, arguments.tenant, &Options::default())?;
    let Some(imported) = kept else {
        let state = arguments.state.display();
        let message = format!("`{state}` keeps no tenant {}", arguments.tenant);
        return Err(Failure::broken(message).advise("comity import --state FOLDER SOURCE…"));
    };
    keep(&imported.tenant, &arguments.to)?;
    match arguments.json {
        true => {
            let folder = arguments.to.display().to_string();
            anstream::println!("{:#}", json!({"folder": folder, "files": FILES}));
        }
        false => anstream::println!("wrote {} to {}", FILES.join(", "), arguments.to.display()),
    }
    Ok(Exit::Yes)
}

/// Writes the documents of a tenant into a folder.
pub(crate) fn keep(tenant: &Tenant, folder: &Path) -> Result<(), Failure> {
    let Some(documents) = export::write(tenant) else {
        return Err(Failure::failed(format!(
            "the settings of tenant {} are not known here",
            tenant.id
        )));
    };
    std::fs::create_dir_all(folder)
        .map_err(|error| Failure::failed(format!("cannot make `{}`: {error}", folder.display())))?;
    let Documents {
        organization,
        policy,
        default,
        partners,
    } = documents;
    for (name, value) in FILES
        .into_iter()
        .zip([organization, policy, default, partners])
    {
        write(&folder.join(name), &value)?;
    }
    Ok(())
}

/// A reader sees the old file or the new one, and never half of it.
fn write(path: &Path, value: &Value) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        Failure::failed(format!("cannot write `{}`: {error}", path.display()))
    };
    let beside = path.with_extension("json.part");
    std::fs::write(&beside, format!("{value:#}\n")).map_err(failed)?;
    std::fs::rename(&beside, path).map_err(failed)
}
