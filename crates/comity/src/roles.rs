//! `comity roles`: the roles that are recommended for cross-tenant access, ready to be made.

use clap::{Args, Subcommand};
use policy::governance::CustomRole;
use policy::role::Role;
use policy::tenant::TenantId;
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::exit::{Exit, Failure, Outcome};
use crate::remote::{Login, Session};
use crate::serve::runtime;

const PATH: &str = "/v1.0/roleManagement/directory/roleDefinitions";
const NEEDED: &str = "RoleManagement.ReadWrite.Directory";

/// The roles of a tenant
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    CreateRecommended(CreateRecommended),
}

/// Make the three recommended custom roles in a tenant: cross-tenant access administrator, reader and
/// partner administrator
///
/// Those that are there already are left as they are, so the command can be given again.
#[derive(Debug, Args)]
struct CreateRecommended {
    /// The tenant
    #[arg(long, value_name = "ID")]
    tenant: Option<TenantId>,
    #[command(flatten)]
    login: Login,
    /// Print one JSON value instead of text.
    #[arg(long)]
    json: bool,
}

/// Runs the subcommand.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let Command::CreateRecommended(arguments) = &arguments.command;
    if !arguments.login.is_given() {
        let failure = Failure::broken("nothing says in which server");
        return Err(failure.advise("--server URL, or --demo DIR"));
    }
    runtime()?.block_on(create(arguments))
}

async fn create(arguments: &CreateRecommended) -> Outcome {
    let session = arguments.login.enter(arguments.tenant).await?;
    let mut report = Vec::new();
    for role in Role::RECOMMENDED {
        let (made, definition) = ensure(&session, role).await?;
        report.push((role, made, definition));
    }
    match arguments.json {
        true => {
            let roles = report.iter().map(|(role, made, definition)| {
                json!({
                    "displayName": role.as_str(),
                    "id": definition.get("id"),
                    "templateId": role.id().to_string(),
                    "created": made,
                })
            });
            println!("{}", Value::from(roles.collect::<Vec<Value>>()));
        }
        false => {
            for (role, made, definition) in &report {
                let what = if *made { "created" } else { "there already" };
                let id = definition.get("id").and_then(Value::as_str);
                let (id, name) = (id.unwrap_or_default(), role.as_str());
                println!("{id}  {name}, {} actions: {what}", role.actions().len());
            }
        }
    }
    Ok(Exit::Yes)
}

/// The role in that tenant, and whether it had to be made. It is known by its template id, which is
/// the same everywhere.
async fn ensure(session: &Session, role: Role) -> Result<(bool, Map<String, Value>), Failure> {
    let query = format!("{PATH}?$filter=templateId%20eq%20'{}'", role.id());
    let found = session.call(Method::GET, &query, None, NEEDED).await?.body;
    let first = found.get("value").and_then(|list| list.get(0)?.as_object());
    if let Some(first) = first {
        return Ok((false, first.clone()));
    }
    let mut body = graph::role_definition::render_custom(&CustomRole::recommended(role, role.id()));
    if let Value::Object(members) = &mut body {
        let written = [
            "displayName",
            "description",
            "isEnabled",
            "templateId",
            "rolePermissions",
        ];
        members.retain(|name, _| written.contains(&name.as_str()));
    }
    let made = session
        .call(Method::POST, PATH, Some(&body), NEEDED)
        .await?;
    Ok((true, made.body))
}
