//! `comity import`: reads what Graph answered about one tenant, checks all of it, and keeps it: in a
//! folder, or in a server. With `--world` it puts a whole world into an empty store.

use std::path::{Path, PathBuf};

use clap::Args;
use graph::export::{self as documents, Documents};
use graph::import::{Imported, Options};
use policy::tenant::{Cloud, TenantId};
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::exit::{Exit, Failure, Outcome};
use crate::export::{self, FILES};
use crate::files;
use crate::remote::Login;
use crate::seed::{self, Destination};
use crate::serve::runtime;

/// Read what Microsoft Graph answered about a tenant's settings, check it, and keep it in a folder
/// or in a server
///
/// Takes the answers of GET …/crossTenantAccessPolicy, …/default and
/// …/partners?$expand=identitySynchronization, v1.0 or beta, in any number of files, pages or
/// folders. What Comity does not treat is kept. Nothing is written unless everything can be read.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Files, or folders of which every .json file is read.
    #[arg(required_unless_present = "world", value_name = "SOURCE")]
    sources: Vec<PathBuf>,
    /// The folder that keeps tenants, one sub-folder each.
    #[arg(
        long,
        value_name = "FOLDER",
        required_unless_present_any = ["server", "demo", "world"],
        conflicts_with_all = ["server", "demo", "world"]
    )]
    state: Option<PathBuf>,
    /// Whose settings these are, where no document says so.
    #[arg(long, value_name = "ID")]
    tenant: Option<TenantId>,
    /// Where the tenant lives, where no document says so.
    #[arg(long, value_name = "ENDPOINT")]
    cloud: Option<Cloud>,
    /// The tenant has P1, where no document says so.
    #[arg(long)]
    p1: bool,
    #[command(flatten)]
    login: Login,
    /// Why, for the history of the settings.
    #[arg(long, value_name = "TEXT", help_heading = "Server")]
    reason: Option<String>,
    /// Say what would change, and change nothing.
    #[arg(long, help_heading = "Server", conflicts_with_all = ["state", "world"])]
    dry_run: bool,
    /// Put the world of this file into an empty store instead: its tenants, settings and people.
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["sources", "server", "demo"],
        help_heading = "World"
    )]
    world: Option<PathBuf>,
    #[command(flatten)]
    destination: Destination,
    /// Print one JSON value instead of text.
    #[arg(long)]
    json: bool,
}

/// Runs the subcommand.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    if let Some(file) = &arguments.world {
        return seed::run(file, &arguments.destination, arguments.json);
    }
    arguments.destination.refuse()?;
    let options = Options {
        tenant: arguments.tenant,
        cloud: arguments.cloud,
        p1: arguments.p1.then_some(true),
    };
    let imported = files::export(&arguments.sources, &options)?;
    match &arguments.state {
        Some(state) => keep(arguments, &imported, state),
        None => runtime()?.block_on(send(arguments, &imported)),
    }
}

/// Into a folder.
fn keep(arguments: &Arguments, imported: &Imported, state: &Path) -> Outcome {
    let tenant = &imported.tenant;
    let folder = state.join(tenant.id.to_string());
    export::keep(tenant, &folder)?;
    let partners = partners(imported);
    let notes = notes(imported);
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
    print_notes(&notes);
    Ok(Exit::Yes)
}

/// Into a server.
async fn send(arguments: &Arguments, imported: &Imported) -> Outcome {
    let tenant = &imported.tenant;
    let Some(Documents {
        organization,
        policy,
        default,
        partners: entries,
    }) = documents::write(tenant)
    else {
        return Err(Failure::failed("the documents hold no settings"));
    };
    let names = FILES.map(str::to_owned).into_iter();
    let files: Map<String, Value> = names
        .zip([organization, policy, default, entries])
        .collect();
    let body = json!({
        "documents": files,
        "reason": arguments.reason,
        "dryRun": arguments.dry_run,
    });
    let session = arguments.login.enter_for(tenant.id).await?;
    let path = format!("/comity/v1/tenants/{}/settings", tenant.id);
    let needed = "Policy.ReadWrite.CrossTenantAccess";
    let reply = session
        .call(Method::PUT, &path, Some(&body), needed)
        .await?;
    let mut report = reply.body;
    let notes = notes(imported);
    report.insert("notes".to_owned(), notes.clone().into());
    if arguments.json {
        anstream::println!("{:#}", Value::Object(report));
        return Ok(Exit::Yes);
    }
    let name = tenant.display_name.as_deref().unwrap_or("the tenant");
    let (done, registers) = match arguments.dry_run {
        true => ("would import", "would register"),
        false => ("imported", "registered"),
    };
    let partners = partners(imported);
    anstream::println!(
        "{done} {name} ({}): default configuration and {partners} partners",
        tenant.id
    );
    print_changes(&report, registers);
    print_notes(&notes);
    Ok(Exit::Yes)
}

/// What a report of a change says was changed.
pub(crate) fn print_changes(report: &Map<String, Value>, registers: &str) {
    let list = |name: &str| report.get(name).and_then(Value::as_array);
    let text = |value: &Value, name: &str| {
        let text = value.get(name).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let changes = list("changes").map_or(&[][..], Vec::as_slice);
    for change in changes {
        let properties = change.get("properties").and_then(Value::as_array);
        let properties = properties.into_iter().flatten().filter_map(Value::as_str);
        let properties: Vec<&str> = properties.collect();
        let partner = text(change, "partner");
        let activity = text(change, "activity");
        anstream::println!("  {activity} {partner} ({})", properties.join(", "));
    }
    if changes.is_empty() && report.get("created") == Some(&Value::Bool(false)) {
        anstream::println!("  the settings there are the same already");
    }
    if let Some(registered) = list("registered").filter(|list| !list.is_empty()) {
        anstream::println!(
            "  {registers} {} tenants that nobody knew",
            registered.len()
        );
    }
}

fn partners(imported: &Imported) -> usize {
    let policy = imported.tenant.policy.as_ref();
    policy.map_or(0, |policy| policy.partners.len())
}

fn notes(imported: &Imported) -> Vec<String> {
    imported.notes.iter().map(ToString::to_string).collect()
}

fn print_notes(notes: &[String]) {
    for note in notes {
        anstream::println!("note: {note}");
    }
}
