//! `comity tenant terms`: the terms of use that people accept with a tenant.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use policy::tenant::TenantId;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Output, text};
use crate::exit::Failure;
use crate::operator::Office;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Set the text; whoever accepted another version is asked again
    Set(Set),
    /// Show which version it is, and what it says
    Show(Of),
    /// Take it away
    Remove(Of),
}

#[derive(Debug, Args)]
pub(super) struct Of {
    /// Of which tenant
    #[arg(value_name = "ID")]
    id: TenantId,
    #[command(flatten)]
    output: Output,
}

#[derive(Debug, Args)]
// `--version` is that of the text here.
#[command(disable_version_flag = true)]
pub(super) struct Set {
    #[command(flatten)]
    of: Of,
    /// What this version is called
    #[arg(long, value_name = "TEXT")]
    version: String,
    /// A file with the text
    #[arg(long, value_name = "FILE")]
    file: PathBuf,
}

impl Command {
    pub(super) fn output(&self) -> &Output {
        match self {
            Command::Set(set) => &set.of.output,
            Command::Show(of) | Command::Remove(of) => &of.output,
        }
    }
}

/// What is told, in JSON and to people.
pub(super) async fn answer(office: &Office, command: &Command) -> Result<(Value, String), Failure> {
    let at = |id: &TenantId| format!("/{id}/termsOfUse");
    let terms = match command {
        Command::Set(set) => {
            let shown = set.file.display();
            let said = std::fs::read_to_string(&set.file)
                .map_err(|error| Failure::broken(format!("{shown} cannot be read: {error}")))?;
            let body = json!({"version": set.version, "text": said});
            office
                .call(Method::PUT, &at(&set.of.id), Some(&body))
                .await?
        }
        Command::Show(of) => office.call(Method::GET, &at(&of.id), None).await?,
        Command::Remove(of) => office.call(Method::DELETE, &at(&of.id), None).await?,
    };
    let terms = Value::Object(terms);
    let lines = format!(
        "version {}\n\n{}",
        text(&terms, "version"),
        text(&terms, "text").trim_end()
    );
    Ok((terms, lines))
}
