//! `comity sync`: what a tenant pushes to others, in a server (S12).

use clap::{Args, Subcommand, ValueEnum};
use policy::target::{GroupId, UserId};
use policy::tenant::TenantId;
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::exit::{Exit, Failure, Outcome};
use crate::remote::{Login, Session};
use crate::serve::runtime;

const READ: &str = "Policy.Read.All";
const WRITE: &str = "Policy.ReadWrite.CrossTenantAccess";

/// Cross-tenant synchronization: jobs that push a tenant's people to another tenant
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(List),
    Create(Create),
    Status(Named),
    Run(Named),
    Pause(Named),
    Restart(Named),
    AllowDeletions(Named),
    Provision(Provision),
    Delete(Named),
}

/// Whose jobs, in which server.
#[derive(Debug, Args)]
struct Whose {
    /// The tenant that pushes
    #[arg(long, value_name = "ID")]
    tenant: TenantId,
    #[command(flatten)]
    login: Login,
    /// Print one JSON value instead of text
    #[arg(long)]
    json: bool,
}

/// List the jobs of a tenant
#[derive(Debug, Args)]
struct List {
    #[command(flatten)]
    whose: Whose,
}

/// One job: its state, run it, pause it, begin anew, let it delete, or drop it
#[derive(Debug, Args)]
struct Named {
    #[command(flatten)]
    whose: Whose,
    /// The job, as `comity sync list` names it
    #[arg(value_name = "JOB")]
    job: uuid::Uuid,
}

/// Synchronize one account, now, and say what was done
#[derive(Debug, Args)]
struct Provision {
    #[command(flatten)]
    named: Named,
    /// The account, by its id
    #[arg(long, value_name = "ID")]
    user: UserId,
}

/// As what people arrive.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum UserType {
    Member,
    Guest,
}

/// Make a job; it runs at once, and then on its schedule
#[derive(Debug, Args)]
struct Create {
    #[command(flatten)]
    whose: Whose,
    /// The tenant that receives
    #[arg(long, value_name = "ID")]
    target: TenantId,
    /// A name
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Everybody
    #[arg(long)]
    all: bool,
    /// An assigned user; may be given more than once
    #[arg(long = "user", value_name = "ID")]
    users: Vec<UserId>,
    /// A group whose direct members are pushed; may be given more than once
    #[arg(long = "group", value_name = "ID")]
    groups: Vec<GroupId>,
    /// Only people with that value: ATTRIBUTE=VALUE or ATTRIBUTE!=VALUE; may be given more than once
    #[arg(long = "where", value_name = "CONDITION")]
    conditions: Vec<Condition>,
    /// As what people arrive
    #[arg(long, value_name = "TYPE", default_value = "member")]
    user_type: UserType,
    /// Set the type at every update, too
    #[arg(long)]
    apply_user_type_always: bool,
    /// Leave objects whose accounts left the scope
    #[arg(long)]
    keep_objects: bool,
    /// More deletions than that in one run wait for an administrator
    #[arg(long, value_name = "NUMBER", default_value_t = 500)]
    deletion_threshold: u32,
    /// Minutes from one run to the next
    #[arg(long, value_name = "MINUTES", default_value_t = 40)]
    interval: u32,
    /// Make it without running it
    #[arg(long)]
    paused: bool,
}

/// A condition of the attribute filter.
#[derive(Clone, Debug)]
struct Condition(Value);

impl std::str::FromStr for Condition {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let split = text.split_once('=');
        let (attribute, value) = split.ok_or("expected ATTRIBUTE=VALUE or ATTRIBUTE!=VALUE")?;
        let (attribute, operator) = match attribute.strip_suffix('!') {
            Some(attribute) => (attribute, "notEquals"),
            None => (attribute, "equals"),
        };
        let condition = json!({"attribute": attribute, "operator": operator, "value": value});
        Ok(Condition(condition))
    }
}

impl Create {
    fn body(&self) -> Value {
        let ids = |ids: &mut dyn Iterator<Item = String>| ids.collect::<Vec<_>>();
        let conditions = self.conditions.iter().map(|condition| condition.0.clone());
        json!({
            "targetTenantId": self.target.to_string(),
            "displayName": self.name,
            "schedule": {"intervalMinutes": self.interval, "enabled": !self.paused},
            "scope": {
                "all": self.all,
                "users": ids(&mut self.users.iter().map(ToString::to_string)),
                "groups": ids(&mut self.groups.iter().map(ToString::to_string)),
                "filter": conditions.collect::<Vec<_>>(),
            },
            "userTypeMapping": match self.user_type {
                UserType::Member => "Member",
                UserType::Guest => "Guest",
            },
            "applyUserTypeAlways": self.apply_user_type_always,
            "targetObjectDelete": !self.keep_objects,
            "accidentalDeletionThreshold": self.deletion_threshold,
        })
    }
}

impl Command {
    fn whose(&self) -> &Whose {
        match self {
            Command::List(list) => &list.whose,
            Command::Create(create) => &create.whose,
            Command::Provision(provision) => &provision.named.whose,
            Command::Status(named)
            | Command::Run(named)
            | Command::Pause(named)
            | Command::Restart(named)
            | Command::AllowDeletions(named)
            | Command::Delete(named) => &named.whose,
        }
    }

    /// What is asked: the method, the address below the jobs, a body, and the permission it needs.
    fn request(&self) -> (Method, String, Option<Value>, &'static str) {
        let post = |named: &Named, action: &str| {
            let path = format!("/{}/{action}", named.job);
            (Method::POST, path, None, WRITE)
        };
        match self {
            Command::List(_) => (Method::GET, String::new(), None, READ),
            Command::Create(create) => (Method::POST, String::new(), Some(create.body()), WRITE),
            Command::Status(named) => (Method::GET, format!("/{}", named.job), None, READ),
            Command::Run(named) => post(named, "start"),
            Command::Pause(named) => post(named, "pause"),
            Command::Restart(named) => post(named, "restart"),
            Command::AllowDeletions(named) => post(named, "allowDeletions"),
            Command::Provision(provision) => {
                let (method, path, _, needed) = post(&provision.named, "provisionOnDemand");
                let body = json!({"user": provision.user.to_string()});
                (method, path, Some(body), needed)
            }
            Command::Delete(named) => (Method::DELETE, format!("/{}", named.job), None, WRITE),
        }
    }
}

/// Runs the subcommand.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let command = &arguments.command;
    let Whose {
        login,
        tenant,
        json,
    } = command.whose();
    if !login.is_given() {
        let failure = Failure::broken("nothing says in which server");
        return Err(failure.advise("--server URL, or --demo DIR"));
    }
    runtime()?.block_on(async {
        let session: Session = login.enter_for(*tenant).await?;
        let (method, rest, body, needed) = command.request();
        let path = format!("/comity/v1/tenants/{tenant}/synchronization/jobs{rest}");
        let reply = session.call(method, &path, body.as_ref(), needed).await?;
        match (json, command) {
            (true, _) => anstream::println!("{:#}", Value::Object(reply.body)),
            (false, Command::List(_)) => print_all(&reply.body),
            (false, Command::Provision(_)) => print_provisioned(&reply.body),
            (false, Command::Delete(named)) => anstream::println!("dropped {}", named.job),
            (false, _) => print_job(&reply.body),
        }
        Ok(Exit::Yes)
    })
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found.unwrap_or_default()
}

fn print_all(answer: &Map<String, Value>) {
    let jobs = answer.get("jobs").and_then(Value::as_array);
    let mut jobs = jobs.into_iter().flatten().peekable();
    if jobs.peek().is_none() {
        anstream::println!("no jobs");
    }
    for job in jobs {
        let (id, target) = (text(job, "/id"), text(job, "/targetTenantId"));
        let (state, name) = (text(job, "/status/state"), text(job, "/displayName"));
        anstream::println!("{id}  to {target}  {state}  {name}");
    }
}

fn print_job(answer: &Map<String, Value>) {
    let job = Value::Object(answer.clone());
    let (id, target) = (text(&job, "/id"), text(&job, "/targetTenantId"));
    anstream::println!("{id}  to {target}  {}", text(&job, "/status/state"));
    if let Some(deletions) = job.pointer("/status/quarantine/deletions") {
        anstream::println!(
            "  {deletions} deletions wait for an administrator: comity sync allow-deletions {id}"
        );
    }
    for (pointer, name) in [
        ("/status/currentRun", "running since"),
        ("/status/lastRun", "last run"),
    ] {
        let Some(run) = job.pointer(pointer).filter(|run| run.is_object()) else {
            continue;
        };
        let counts = run.get("counts").and_then(Value::as_object);
        let counts = counts.into_iter().flatten();
        let counts: Vec<String> = counts
            .map(|(name, count)| format!("{count} {name}"))
            .collect();
        let (kind, started) = (text(run, "/kind"), text(run, "/started"));
        anstream::println!("  {name} {started} ({kind}): {}", counts.join(", "));
        match text(run, "/error/message") {
            "" => {}
            message => anstream::println!("    failed: {message} ({})", text(run, "/error/code")),
        }
    }
    match text(&job, "/status/nextRun") {
        "" => {}
        next => anstream::println!("  next run {next}"),
    }
}

fn print_provisioned(answer: &Map<String, Value>) {
    let done = Value::Object(answer.clone());
    let (action, reason) = (text(&done, "/action"), text(&done, "/reason"));
    anstream::println!("{action} ({reason}): {}", text(&done, "/sentence"));
    match text(&done, "/user") {
        "" => {}
        object => anstream::println!("  object {object}, {}", text(&done, "/userType")),
    }
}
