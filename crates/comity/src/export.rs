//! `comity export`: writes the settings of a tenant as the answers of Graph.

use std::path::{Path, PathBuf};

use clap::Args;
use graph::export::{self, Documents};
use graph::import::Options;
use policy::tenant::TenantId;
use policy::world::Tenant;
use serde_json::{Map, Value, json};

use crate::exit::{Exit, Failure, Outcome};
use crate::files;
use crate::remote::{Login, Session};
use crate::serve::runtime;

/// Write the settings of a tenant as Microsoft Graph would answer them
///
/// The documents can be imported again, here or anywhere that reads Graph's answers.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The folder that `comity import` keeps tenants in.
    #[arg(
        long,
        value_name = "FOLDER",
        required_unless_present_any = ["server", "demo"],
        conflicts_with_all = ["server", "demo"]
    )]
    state: Option<PathBuf>,
    /// Which tenant.
    #[arg(long, value_name = "ID")]
    tenant: TenantId,
    #[command(flatten)]
    login: Login,
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
    match &arguments.state {
        Some(state) => {
            let kept = files::state(state, arguments.tenant, &Options::default())?;
            let Some(imported) = kept else {
                let message = format!("`{}` keeps no tenant {}", state.display(), arguments.tenant);
                return Err(Failure::broken(message).advise("comity import --state FOLDER SOURCE…"));
            };
            keep(&imported.tenant, &arguments.to)?;
        }
        None => runtime()?.block_on(fetch(&arguments.login, arguments.tenant, &arguments.to))?,
    }
    match arguments.json {
        true => anstream::println!("{:#}", written(&arguments.to)),
        false => anstream::println!("wrote {} to {}", FILES.join(", "), arguments.to.display()),
    }
    Ok(Exit::Yes)
}

/// The documents of a tenant as a server has them; `None` if it has none for us.
pub(crate) async fn documents(
    session: &Session,
    tenant: TenantId,
) -> Result<Option<Vec<(String, Value)>>, Failure> {
    documents_at(session, tenant, None).await
}

/// The same as a revision has them; those in force without one.
pub(crate) async fn documents_at(
    session: &Session,
    tenant: TenantId,
    revision: Option<u64>,
) -> Result<Option<Vec<(String, Value)>>, Failure> {
    let at = revision.map(|revision| format!("?at={revision}"));
    let at = at.unwrap_or_default();
    let path = format!("/comity/v1/tenants/{tenant}/settings{at}");
    let Some(reply) = session.find(&path, "Policy.Read.All").await? else {
        return Ok(None);
    };
    in_answer(&reply.body).map(Some)
}

/// The documents in an answer of a server.
fn in_answer(answer: &Map<String, Value>) -> Result<Vec<(String, Value)>, Failure> {
    let documents = answer.get("documents");
    let document = |name: &'static str| {
        let document = documents.and_then(|documents| documents.get(name));
        let missing = || Failure::failed(format!("the answer of the server lacks {name}"));
        Ok((name.to_owned(), document.ok_or_else(missing)?.clone()))
    };
    FILES.into_iter().map(document).collect()
}

/// Writes the documents in an answer of a server into a folder, and says so in JSON.
pub(crate) fn keep_answer(answer: &Map<String, Value>, folder: &Path) -> Result<Value, Failure> {
    make(folder)?;
    for (name, value) in in_answer(answer)? {
        write(&folder.join(&name), &value)?;
    }
    Ok(written(folder))
}

fn written(folder: &Path) -> Value {
    json!({"folder": folder.display().to_string(), "files": FILES})
}

async fn fetch(login: &Login, tenant: TenantId, folder: &Path) -> Result<(), Failure> {
    let session = login.enter_for(tenant).await?;
    let documents = documents(&session, tenant).await?;
    let documents = documents.ok_or_else(|| {
        Failure::broken(format!(
            "the server has no settings of the tenant {tenant} for us"
        ))
        .advise("a client of that tenant, or the operator's")
    })?;
    make(folder)?;
    for (name, value) in documents {
        write(&folder.join(&name), &value)?;
    }
    Ok(())
}

fn make(folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder)
        .map_err(|error| Failure::failed(format!("cannot make `{}`: {error}", folder.display())))
}

/// Writes the documents of a tenant into a folder.
pub(crate) fn keep(tenant: &Tenant, folder: &Path) -> Result<(), Failure> {
    let Some(documents) = export::write(tenant) else {
        return Err(Failure::failed(format!(
            "the settings of tenant {} are not known here",
            tenant.id
        )));
    };
    make(folder)?;
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
