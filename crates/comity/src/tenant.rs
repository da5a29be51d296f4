//! `comity tenant`: which tenants there are, and what the operator states about them.

mod acting;
mod provider;
mod terms;

use clap::{Args, Subcommand};
use policy::tenant::{Cloud, Domain, TenantId};
use reqwest::Method;
use serde_json::{Map, Value, json};
use server::{ALL_APPLICATION_PERMISSIONS, OPERATOR_PERMISSION};

use crate::exit::{Exit, Failure, Outcome};
use crate::operator::{Office, Place};
use crate::serve::runtime;

/// Create, register, list and change tenants, and make clients for them
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Create a tenant whose settings are kept here
    Create(New),
    /// Make a tenant known whose settings are kept elsewhere
    Register(New),
    /// List the tenants
    List(All),
    /// Show one tenant
    Show(One),
    /// Change what is known of a tenant
    Set(Set),
    /// Make a client of a tenant and print its secret, once
    Client(Client),
    /// Say which clients of a tenant stand for another tenant's server
    #[command(subcommand)]
    Acting(acting::Command),
    /// Let the people of a tenant sign in with a provider of their own
    #[command(subcommand)]
    Provider(provider::Command),
    /// Show people terms of use of the tenant's own where they have to accept them
    #[command(subcommand)]
    Terms(terms::Command),
}

/// What is stated about a tenant.
#[derive(Debug, Args)]
struct Facts {
    /// A verified domain; may be given more than once
    #[arg(long = "domain", value_name = "DOMAIN")]
    domains: Vec<Domain>,
    /// Its cloud
    #[arg(long, value_name = "ENDPOINT")]
    cloud: Option<Cloud>,
    /// The region that it announces to sign-in libraries
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// The name on its sign-in pages
    #[arg(long, value_name = "NAME")]
    brand: Option<String>,
}

#[derive(Debug, Args)]
struct New {
    /// Its name
    #[arg(long, value_name = "NAME")]
    name: String,
    /// Its id; a new one if none is given
    #[arg(long, value_name = "ID")]
    id: Option<TenantId>,
    /// It has P1, so that licensed settings can be used
    #[arg(long)]
    p1: bool,
    #[command(flatten)]
    facts: Facts,
    #[command(flatten)]
    output: Output,
}

#[derive(Debug, Args)]
struct All {
    #[command(flatten)]
    output: Output,
}

#[derive(Debug, Args)]
struct One {
    /// Which
    #[arg(value_name = "ID")]
    id: TenantId,
    #[command(flatten)]
    output: Output,
}

#[derive(Debug, Args)]
struct Set {
    /// Which
    #[arg(value_name = "ID")]
    id: TenantId,
    /// Its name
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Whether it has P1
    #[arg(long, value_name = "BOOL")]
    p1: Option<bool>,
    /// Keep its settings here from now on
    #[arg(long)]
    hosted: bool,
    /// Put it into legacy storage, which is limited to 25 KB
    #[arg(long)]
    legacy_storage: bool,
    /// A tenant that serves it; may be given more than once
    #[arg(long, value_name = "ID")]
    service_provider: Vec<TenantId>,
    /// A tenant that does not serve it any more; may be given more than once
    #[arg(long, value_name = "ID")]
    no_service_provider: Vec<TenantId>,
    #[command(flatten)]
    facts: Facts,
    #[command(flatten)]
    output: Output,
}

#[derive(Debug, Args)]
struct Client {
    /// Of which tenant
    #[arg(value_name = "ID")]
    id: TenantId,
    /// Its name
    #[arg(long, value_name = "NAME")]
    name: String,
    /// A permission it is given; may be given more than once
    #[arg(long = "permission", value_name = "PERMISSION", required_unless_present_any = ["all", "operator", "redirect_uris"])]
    permissions: Vec<String>,
    /// Give it every application permission of its tenant
    #[arg(long)]
    all: bool,
    /// Let it run the server
    #[arg(long)]
    operator: bool,
    /// Where it has people sent back to who sign in to it; may be given more than once
    #[arg(long = "redirect-uri", value_name = "URI")]
    redirect_uris: Vec<String>,
    /// The tenant it acts for, if it is the server of another one
    #[arg(long, value_name = "ID")]
    acts_for: Option<TenantId>,
    #[command(flatten)]
    output: Output,
}

/// Where it is asked, and how it is told.
#[derive(Debug, Args)]
struct Output {
    #[command(flatten)]
    place: Place,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    runtime()?.block_on(carry_out(&arguments.command))
}

async fn carry_out(command: &Command) -> Outcome {
    let output = match command {
        Command::Create(New { output, .. })
        | Command::Register(New { output, .. })
        | Command::List(All { output })
        | Command::Show(One { output, .. })
        | Command::Set(Set { output, .. })
        | Command::Client(Client { output, .. }) => output,
        Command::Acting(command) => command.output(),
        Command::Provider(command) => command.output(),
        Command::Terms(command) => command.output(),
    };
    let office = output.place.enter().await?;
    let done = answer(&office, command).await;
    office.leave().await;
    let (value, text) = done?;
    match output.json {
        true => anstream::println!("{value:#}"),
        false => anstream::println!("{text}"),
    }
    Ok(Exit::Yes)
}

/// What is told, in JSON and to people.
async fn answer(office: &Office, command: &Command) -> Result<(Value, String), Failure> {
    match command {
        Command::Create(new) => created(office, new, true).await,
        Command::Register(new) => created(office, new, false).await,
        Command::List(_) => listed(office).await,
        Command::Show(one) => {
            let tenant = office.call(Method::GET, &at(one.id), None).await?;
            Ok(told(tenant))
        }
        Command::Set(set) => changed(office, set).await,
        Command::Client(client) => admitted(office, client).await,
        Command::Acting(command) => acting::answer(office, command).await,
        Command::Provider(command) => provider::answer(office, command).await,
        Command::Terms(command) => terms::answer(office, command).await,
    }
}

fn at(id: TenantId) -> String {
    format!("/{id}")
}

impl Facts {
    fn put(&self, body: &mut Map<String, Value>) {
        if !self.domains.is_empty() {
            let domains: Vec<&str> = self.domains.iter().map(Domain::as_str).collect();
            body.insert("domains".to_owned(), domains.into());
        }
        let stated = [
            ("cloud", self.cloud.map(|cloud| cloud.endpoint().to_owned())),
            ("region", self.region.clone()),
            ("federationBrandName", self.brand.clone()),
        ];
        for (name, value) in stated {
            if let Some(value) = value {
                body.insert(name.to_owned(), value.into());
            }
        }
    }
}

async fn created(office: &Office, new: &New, hosted: bool) -> Result<(Value, String), Failure> {
    let mut body = Map::new();
    body.insert("displayName".to_owned(), new.name.clone().into());
    body.insert("hosted".to_owned(), hosted.into());
    body.insert("p1".to_owned(), new.p1.into());
    if let Some(id) = new.id {
        body.insert("tenantId".to_owned(), id.to_string().into());
    }
    new.facts.put(&mut body);
    let body = Value::Object(body);
    let tenant = office.call(Method::POST, "", Some(&body)).await?;
    Ok(told(tenant))
}

async fn listed(office: &Office) -> Result<(Value, String), Failure> {
    let mut tenants: Vec<Value> = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let path = after.map_or(String::new(), |after| format!("?after={after}"));
        let mut page = office.call(Method::GET, &path, None).await?;
        if let Some(Value::Array(rows)) = page.get_mut("tenants") {
            tenants.append(rows);
        }
        after = page.get("after").and_then(Value::as_str).map(str::to_owned);
        if after.is_none() {
            break;
        }
    }
    let lines: Vec<String> = tenants.iter().map(line).collect();
    let text = match lines.is_empty() {
        true => "no tenants".to_owned(),
        false => lines.join("\n"),
    };
    Ok((json!({"tenants": tenants}), text))
}

fn text<'a>(tenant: &'a Value, member: &str) -> &'a str {
    tenant.get(member).and_then(Value::as_str).unwrap_or("-")
}

fn line(tenant: &Value) -> String {
    let is = |member: &str| tenant.get(member) == Some(&Value::Bool(true));
    let domains = tenant.get("domains").and_then(Value::as_array);
    let domain = domains
        .and_then(|domains| domains.first()?.as_str())
        .unwrap_or("-");
    format!(
        "{}  {:10}  {:2}  {}  {domain}  {}",
        text(tenant, "tenantId"),
        if is("hosted") { "hosted" } else { "registered" },
        if is("p1") { "P1" } else { "" },
        text(tenant, "cloud"),
        text(tenant, "displayName"),
    )
}

/// One tenant, a line for each thing that is known.
fn told(tenant: Map<String, Value>) -> (Value, String) {
    let lines = tenant.iter().filter_map(|(name, value)| {
        let shown = match value {
            Value::Null => return None,
            Value::String(text) => text.clone(),
            Value::Array(entries) if entries.is_empty() => return None,
            Value::Array(entries) => {
                let entries = entries.iter().filter_map(Value::as_str);
                entries.collect::<Vec<_>>().join(", ")
            }
            other => other.to_string(),
        };
        Some(format!("{name:20} {shown}"))
    });
    let text = lines.collect::<Vec<_>>().join("\n");
    (Value::Object(tenant), text)
}

async fn changed(office: &Office, set: &Set) -> Result<(Value, String), Failure> {
    let mut body = Map::new();
    let stated = [
        ("displayName", set.name.clone().map(Value::from)),
        ("p1", set.p1.map(Value::from)),
        ("hosted", set.hosted.then_some(Value::Bool(true))),
        ("storage", set.legacy_storage.then(|| "legacy".into())),
    ];
    for (name, value) in stated {
        body.extend(value.map(|value| (name.to_owned(), value)));
    }
    set.facts.put(&mut body);
    let at = at(set.id);
    let mut tenant = match body.is_empty() {
        true => office.call(Method::GET, &at, None).await?,
        false => {
            let body = Value::Object(body);
            office.call(Method::PATCH, &at, Some(&body)).await?
        }
    };
    for provider in &set.service_provider {
        let path = format!("{at}/serviceProviders/{provider}");
        tenant = office.call(Method::PUT, &path, None).await?;
    }
    for provider in &set.no_service_provider {
        let path = format!("{at}/serviceProviders/{provider}");
        tenant = office.call(Method::DELETE, &path, None).await?;
    }
    Ok(told(tenant))
}

async fn admitted(office: &Office, client: &Client) -> Result<(Value, String), Failure> {
    let mut permissions: Vec<&str> = client.permissions.iter().map(String::as_str).collect();
    if client.all {
        permissions.extend(ALL_APPLICATION_PERMISSIONS.iter());
    }
    if client.operator {
        permissions.push(OPERATOR_PERMISSION);
    }
    let body = json!({"displayName": client.name, "permissions": permissions,
        "redirectUris": client.redirect_uris});
    let path = format!("{}/clients", at(client.id));
    let made = office.call(Method::POST, &path, Some(&body)).await?;
    let made = Value::Object(made);
    if let Some(other) = client.acts_for {
        acting::set(office, (client.id, text(&made, "clientId")), other).await?;
    }
    let lines = format!(
        "client    {}\nsecret    {}\nThe secret is shown once.",
        text(&made, "clientId"),
        text(&made, "clientSecret"),
    );
    Ok((made, lines))
}
