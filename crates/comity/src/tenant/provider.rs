//! `comity tenant provider`: with which provider the people of a tenant sign in, where that is not
//! this server.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use policy::tenant::TenantId;
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::{Output, text};
use crate::exit::Failure;
use crate::operator::Office;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Pin an OpenID provider to a tenant, or change what is known of it
    Set(Box<Set>),
    /// Show which one it is
    Show(Of),
    /// Take it away: its people cannot sign in with it any more
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
pub(super) struct Set {
    #[command(flatten)]
    of: Of,
    /// Its issuer, to the letter
    #[arg(long, value_name = "URL")]
    issuer: String,
    /// Our client id there
    #[arg(long, value_name = "ID")]
    client: String,
    /// A file with our secret there
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
    /// What is asked for; may be given more than once
    #[arg(long = "scope", value_name = "SCOPE")]
    scopes: Vec<String>,
    /// The claim that says who it is
    #[arg(long, value_name = "CLAIM")]
    subject: Option<String>,
    /// What that is here: id, userPrincipalName or externalId
    #[arg(long, value_name = "WHAT")]
    subject_is: Option<String>,
    /// The claim with the name for people
    #[arg(long, value_name = "CLAIM")]
    name: Option<String>,
    /// It is another Comity, which enforces its own side and says so; no claim has to be named
    #[arg(long)]
    comity: bool,
    /// A claim with an address that guests may be invited by; may be given more than once
    #[arg(long = "address", value_name = "CLAIM")]
    addresses: Vec<String>,
    /// The claim with the group ids
    #[arg(long, value_name = "CLAIM")]
    groups: Option<String>,
    /// A value of amr that means a second factor; may be given more than once
    #[arg(long = "mfa-method", value_name = "VALUE")]
    mfa_methods: Vec<String>,
    /// A value of acr that means a second factor; may be given more than once
    #[arg(long = "mfa-class", value_name = "VALUE")]
    mfa_classes: Vec<String>,
    /// The claim that says that the device is compliant
    #[arg(long, value_name = "CLAIM")]
    compliant_device: Option<String>,
    /// The claim that says that the device is hybrid joined
    #[arg(long, value_name = "CLAIM")]
    hybrid_joined_device: Option<String>,
}

impl Command {
    pub(super) fn output(&self) -> &Output {
        match self {
            Command::Set(set) => &set.of.output,
            Command::Show(of) | Command::Remove(of) => &of.output,
        }
    }
}

fn at(id: TenantId) -> String {
    format!("/{id}/identityProvider")
}

/// What is told, in JSON and to people.
pub(super) async fn answer(office: &Office, command: &Command) -> Result<(Value, String), Failure> {
    let provider = match command {
        Command::Set(set) => {
            let body = set.body()?;
            office
                .call(Method::PUT, &at(set.of.id), Some(&body))
                .await?
        }
        Command::Show(of) => office.call(Method::GET, &at(of.id), None).await?,
        Command::Remove(of) => office.call(Method::DELETE, &at(of.id), None).await?,
    };
    let provider = Value::Object(provider);
    let lines = format!(
        "issuer       {}\nclient       {}\nredirect URI {}",
        text(&provider, "issuer"),
        text(&provider, "clientId"),
        text(&provider, "redirectUri"),
    );
    Ok((provider, lines))
}

impl Set {
    fn body(&self) -> Result<Value, Failure> {
        let mut body = Map::new();
        body.insert("issuer".to_owned(), self.issuer.clone().into());
        body.insert("clientId".to_owned(), self.client.clone().into());
        if let Some(file) = &self.secret_file {
            let shown = file.display();
            let secret = std::fs::read_to_string(file)
                .map_err(|error| Failure::broken(format!("{shown} cannot be read: {error}")))?;
            body.insert("clientSecret".to_owned(), secret.trim().into());
        }
        if !self.scopes.is_empty() {
            body.insert("scopes".to_owned(), json!(self.scopes));
        }
        body.insert("isComity".to_owned(), self.comity.into());
        let mapping = self.mapping();
        if !mapping.is_empty() {
            body.insert("mapping".to_owned(), mapping.into());
        }
        Ok(Value::Object(body))
    }

    /// Only what was said.
    fn mapping(&self) -> Map<String, Value> {
        let texts = [
            ("subject", &self.subject),
            ("subjectIs", &self.subject_is),
            ("name", &self.name),
            ("groups", &self.groups),
            ("compliantDevice", &self.compliant_device),
            ("hybridJoinedDevice", &self.hybrid_joined_device),
        ];
        let texts = texts
            .into_iter()
            .filter_map(|(name, text)| Some((name.to_owned(), text.clone()?.into())));
        let lists = [
            ("addresses", &self.addresses),
            ("mfaMethods", &self.mfa_methods),
            ("mfaClasses", &self.mfa_classes),
        ];
        let lists = lists.into_iter().filter(|(_, list)| !list.is_empty());
        let lists = lists.map(|(name, list)| (name.to_owned(), json!(list)));
        texts.chain(lists).collect()
    }
}
