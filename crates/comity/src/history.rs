//! `comity history`: what the settings of a tenant in a server were, who changed what, what differs,
//! and taking something back as a new change.

use std::fmt;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use graph::difference::Part;
use jiff::Timestamp;
use policy::tenant::TenantId;
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::exit::{Exit, Failure, Outcome};
use crate::export;
use crate::import;
use crate::remote::{Login, Session};
use crate::serve::runtime;

const READ: &str = "Policy.Read.All";
const WRITE: &str = "Policy.ReadWrite.CrossTenantAccess";

/// What the settings of a tenant were, who changed what, and taking something back
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(List),
    Show(Show),
    Compare(Compare),
    Restore(Restore),
}

/// Of which tenant, in which server.
#[derive(Debug, Args)]
struct Whose {
    /// The tenant
    #[arg(long, value_name = "ID")]
    tenant: TenantId,
    #[command(flatten)]
    login: Login,
    /// Print one JSON value instead of text
    #[arg(long)]
    json: bool,
}

/// Say who changed what, when and why, the latest revision first
#[derive(Debug, Args)]
struct List {
    #[command(flatten)]
    whose: Whose,
    /// Only changes of this part: policy, default, or partners/ID
    #[arg(long, value_name = "PART")]
    part: Option<Part>,
    /// Only revisions before this one
    #[arg(long, value_name = "REVISION")]
    before: Option<u64>,
    /// How many revisions
    #[arg(long, value_name = "NUMBER", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100))]
    top: u32,
}

/// Print the settings as they were, or write them as `comity export` does
#[derive(Debug, Args)]
struct Show {
    #[command(flatten)]
    whose: Whose,
    /// When: a revision, a time such as 2026-11-20T10:00:00Z, or now
    #[arg(long, value_name = "POINT", default_value = "now")]
    at: Point,
    /// Write the documents into this folder
    #[arg(value_name = "FOLDER")]
    to: Option<PathBuf>,
}

/// Say what differs between two revisions, property by property
#[derive(Debug, Args)]
struct Compare {
    #[command(flatten)]
    whose: Whose,
    /// The earlier one: a revision, or a time
    #[arg(long, value_name = "POINT")]
    from: Point,
    /// The later one
    #[arg(long, value_name = "POINT", default_value = "now")]
    to: Point,
}

/// Make a property, a part or everything what it was, as a new change
///
/// The change is judged like any other: whoever may not make it by hand may not make it here.
#[derive(Debug, Args)]
struct Restore {
    #[command(flatten)]
    whose: Whose,
    /// As it was then: a revision, or a time
    #[arg(long, value_name = "POINT")]
    at: Point,
    /// Everything
    #[arg(long, required_unless_present = "part", conflicts_with = "part")]
    all: bool,
    /// Only this part: policy, default, or partners/ID
    #[arg(long, value_name = "PART")]
    part: Option<Part>,
    /// Only this property of the part
    #[arg(long, value_name = "NAME", requires = "part", conflicts_with = "all")]
    property: Option<String>,
    /// Why, for the history of the settings
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Say what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// A point in the history.
#[derive(Clone, Copy, Debug)]
enum Point {
    Revision(u64),
    Time(Timestamp),
    Now,
}

impl std::str::FromStr for Point {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "now" {
            return Ok(Point::Now);
        }
        let revision = text.parse().map(Point::Revision).ok();
        let time = || text.parse().map(Point::Time).ok();
        revision
            .or_else(time)
            .ok_or("expected a revision, a time like 2026-11-20T10:00:00Z, or now")
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Point::Revision(revision) => write!(f, "{revision}"),
            Point::Time(time) => write!(f, "{time}"),
            Point::Now => f.write_str("now"),
        }
    }
}

impl Command {
    fn whose(&self) -> &Whose {
        match self {
            Command::List(list) => &list.whose,
            Command::Show(show) => &show.whose,
            Command::Compare(compare) => &compare.whose,
            Command::Restore(restore) => &restore.whose,
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
        let session = login.enter_for(*tenant).await?;
        let desk = Desk {
            session,
            path: format!("/comity/v1/tenants/{tenant}"),
        };
        let answer = match command {
            Command::List(list) => desk.list(list).await?,
            Command::Show(show) => return desk.show(show).await,
            Command::Compare(compare) => desk.compare(compare).await?,
            Command::Restore(restore) => desk.restore(restore).await?,
        };
        match (json, command) {
            (true, _) => anstream::println!("{:#}", Value::Object(answer)),
            (false, Command::Restore(restore)) => print_restored(restore, &answer),
            (false, Command::Compare(_)) => print_differences(&answer),
            (false, _) => print_revisions(&answer),
        }
        Ok(Exit::Yes)
    })
}

/// A tenant in a server that has let us in.
struct Desk {
    session: Session,
    path: String,
}

impl Desk {
    async fn get(&self, rest: &str) -> Result<Map<String, Value>, Failure> {
        let path = format!("{}/{rest}", self.path);
        Ok(self
            .session
            .call(Method::GET, &path, None, READ)
            .await?
            .body)
    }

    async fn list(&self, list: &List) -> Result<Map<String, Value>, Failure> {
        let part = list.part.map(|part| format!("&part={part}"));
        let before = list.before.map(|before| format!("&before={before}"));
        let (part, before) = (part.unwrap_or_default(), before.unwrap_or_default());
        self.get(&format!("history?top={}{part}{before}", list.top))
            .await
    }

    async fn show(&self, show: &Show) -> Outcome {
        let answer = self.get(&format!("settings?at={}", show.at)).await?;
        match &show.to {
            None => anstream::println!("{:#}", Value::Object(answer)),
            Some(folder) => {
                let written = export::keep_answer(&answer, folder)?;
                match show.whose.json {
                    true => anstream::println!("{written:#}"),
                    false => anstream::println!(
                        "wrote revision {} to {}",
                        text(&answer, "revision"),
                        folder.display()
                    ),
                }
            }
        }
        Ok(Exit::Yes)
    }

    async fn compare(&self, compare: &Compare) -> Result<Map<String, Value>, Failure> {
        let Compare { from, to, .. } = compare;
        self.get(&format!("compare?from={from}&to={to}")).await
    }

    async fn restore(&self, restore: &Restore) -> Result<Map<String, Value>, Failure> {
        let body = json!({
            "to": restore.at.to_string(),
            "part": restore.part.map(|part| part.to_string()),
            "property": restore.property,
            "reason": restore.reason,
            "dryRun": restore.dry_run,
        });
        let path = format!("{}/restore", self.path);
        let reply = self.session.call(Method::POST, &path, Some(&body), WRITE);
        Ok(reply.await?.body)
    }
}

fn text<'a>(value: &'a Map<String, Value>, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn objects<'a>(
    value: &'a Map<String, Value>,
    name: &str,
) -> impl Iterator<Item = &'a Map<String, Value>> {
    let list = value.get(name).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_object)
}

fn print_revisions(answer: &Map<String, Value>) {
    for revision in objects(answer, "revisions") {
        let author = revision.get("author").and_then(Value::as_object);
        let name = author.map(|author| match text(author, "name") {
            "" => text(author, "id"),
            name => name,
        });
        let (time, channel) = (text(revision, "time"), text(revision, "channel"));
        let reason = match text(revision, "reason") {
            "" => String::new(),
            reason => format!(": {reason}"),
        };
        let number = text(revision, "revision");
        let name = name.unwrap_or_default();
        anstream::println!("{number}  {time}  {name} ({channel}){reason}");
        for change in objects(revision, "changes") {
            print_change(change, text(change, "activity"));
        }
    }
    match text(answer, "before") {
        "" => {}
        before => anstream::println!("more with --before {before}"),
    }
}

fn print_differences(answer: &Map<String, Value>) {
    let (from, to) = (text(answer, "from"), text(answer, "to"));
    let mut differences = objects(answer, "differences").peekable();
    match differences.peek() {
        None => anstream::println!("revision {from} and revision {to} say the same"),
        Some(_) => anstream::println!("from revision {from} to revision {to}:"),
    }
    differences.for_each(|difference| print_change(difference, ""));
}

/// One property: where, its name, and its values before and after as Graph writes them.
fn print_change(change: &Map<String, Value>, activity: &str) {
    let value = |name: &str| change.get(name).unwrap_or(&Value::Null).to_string();
    let what = [activity, text(change, "part"), text(change, "property")];
    let what: Vec<&str> = what.into_iter().filter(|word| !word.is_empty()).collect();
    let (before, after) = (value("before"), value("after"));
    anstream::println!("  {}: {before} -> {after}", what.join(" "));
}

fn print_restored(restore: &Restore, report: &Map<String, Value>) {
    let done = match restore.dry_run {
        true => "would restore",
        false => "restored",
    };
    let what = match (&restore.part, &restore.property) {
        (Some(part), Some(property)) => format!("{property} of {part}"),
        (Some(part), None) => part.to_string(),
        (None, _) => "everything".to_owned(),
    };
    let revision = text(report, "revision");
    anstream::println!("{done} {what} as of {}; revision {revision}", restore.at);
    import::print_changes(report, "registered");
}
