//! `comity tenant acting`: which clients of a tenant act for another one, whose server sends its guests
//! here to sign in.

use clap::{Args, Subcommand};
use policy::target::ApplicationId;
use policy::tenant::TenantId;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Output, text};
use crate::exit::Failure;
use crate::operator::Office;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Let a client act for another tenant
    Set(Set),
    /// Show for whom it acts
    Show(Of),
    /// Let it act for nobody any more
    Remove(Of),
}

#[derive(Debug, Args)]
pub(super) struct Of {
    /// Whose client it is: the tenant that people sign in to
    #[arg(value_name = "ID")]
    id: TenantId,
    /// Which one
    #[arg(value_name = "CLIENT")]
    client: ApplicationId,
    #[command(flatten)]
    output: Output,
}

#[derive(Debug, Args)]
pub(super) struct Set {
    #[command(flatten)]
    of: Of,
    /// The tenant it acts for: the one that is visited
    #[arg(long = "for", value_name = "ID")]
    other: TenantId,
}

impl Command {
    fn of(&self) -> &Of {
        match self {
            Command::Set(set) => &set.of,
            Command::Show(of) | Command::Remove(of) => of,
        }
    }

    pub(super) fn output(&self) -> &Output {
        &self.of().output
    }
}

/// Registers for whom a client acts.
pub(super) async fn set(
    office: &Office,
    (id, client): (TenantId, &str),
    other: TenantId,
) -> Result<Value, Failure> {
    let body = json!({"tenantId": other.to_string()});
    let path = format!("/{id}/clients/{client}/actsFor");
    let acting = office.call(Method::PUT, &path, Some(&body)).await?;
    Ok(Value::Object(acting))
}

/// What is told, in JSON and to people.
pub(super) async fn answer(office: &Office, command: &Command) -> Result<(Value, String), Failure> {
    let Of { id, client, .. } = command.of();
    let path = format!("/{id}/clients/{client}/actsFor");
    let acting = match command {
        Command::Set(command) => set(office, (*id, &client.to_string()), command.other).await?,
        Command::Show(_) => Value::Object(office.call(Method::GET, &path, None).await?),
        Command::Remove(_) => Value::Object(office.call(Method::DELETE, &path, None).await?),
    };
    let lines = format!(
        "client    {}\nacts for  {}",
        text(&acting, "clientId"),
        text(&acting, "tenantId"),
    );
    Ok((acting, lines))
}
