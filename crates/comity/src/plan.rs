//! `comity plan`: which requests turn the settings in force into those of a file, and what they would
//! do.

mod apply;
mod drift;
mod elsewhere;
mod wanted;

use std::path::PathBuf;

use ::plan::steps::{self, Plan};
use clap::Args;
use policy::explain::Names;
use serde_json::Value;

use self::wanted::WantedFile;
use crate::drafts::Draft;
use crate::exit::{Exit, Failure, Outcome};
use crate::preview::Past;
use crate::states::{Change, InForce};

pub(crate) use self::apply::{Arguments as Apply, run as apply};
pub(crate) use self::drift::{Arguments as Drift, run as drift};
pub(crate) use self::wanted::change;

/// Say which requests turn the settings in force into those of a file, and what they would do
///
/// The file says what is wanted: members that it does not name and partners that it does not list stay
/// as they are. Nothing is changed. With --log past sign-ins are replayed as well. What --out writes
/// `comity apply` carries out, as long as the settings are still those the plan was made for.
///
/// Exit code 0: everything is as wanted. 5: something is to be changed. 2: something could not be
/// read, or would be refused. 1: the server could not be asked.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The settings that are wanted (.yaml or .json); with a draft there is no such file, and this is
    /// where the settings in force are
    #[arg(value_name = "WANTED")]
    wanted: Option<PathBuf>,
    /// A file that says what ids are called, besides `names` in the one that is wanted
    #[arg(long, value_name = "FILE")]
    names: Option<PathBuf>,
    #[command(flatten)]
    draft: Draft,
    #[command(flatten)]
    in_force: InForce,
    /// Keep the plan in this file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Show every name of long lists, and every person and application
    #[arg(long)]
    all: bool,
    /// Print one JSON value instead of text
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    past: Past,
}

/// Runs the subcommand.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let (change, plan) = arguments.planned()?;
    if let Some(path) = &arguments.out {
        let text = format!("{:#}\n", Value::Object(::plan::file::write(&plan)));
        std::fs::write(path, text).map_err(|error| {
            Failure::failed(format!("cannot write `{}`: {error}", path.display()))
        })?;
    }
    let is_empty = plan.steps.is_empty();
    match arguments.json {
        true => {
            let mut whole = ::plan::file::write(&plan);
            whole.insert("difference".to_owned(), change.difference_json().into());
            if let Some(impact) = arguments.past.json(&change)? {
                whole.insert("preview".to_owned(), impact);
            }
            whole.insert("notes".to_owned(), change.notes.clone().into());
            anstream::println!("{:#}", Value::Object(whole));
        }
        false => {
            print_steps(&plan, &change);
            if !is_empty {
                change.print_difference(arguments.all);
                arguments.past.print(&change, arguments.all)?;
            }
            for note in &change.notes {
                anstream::println!("note: {note}");
            }
            if let (Some(path), false) = (&arguments.out, is_empty) {
                anstream::println!("next: comity apply {}", path.display());
            }
        }
    }
    Ok(match is_empty {
        true => Exit::Yes,
        false => Exit::Differs,
    })
}

impl Arguments {
    fn planned(&self) -> Result<(Change, Plan), Failure> {
        match (&self.wanted, self.draft.is_given()) {
            (Some(wanted), false) => {
                let file = WantedFile::new(wanted.clone(), self.names.clone());
                file.against(&self.in_force)
            }
            (wanted, true) => {
                if wanted.is_some() && self.in_force.settings().is_some() {
                    let message = "two files are given, and a draft";
                    return Err(Failure::broken(message).advise("the settings in force alone"));
                }
                self.draft.against(&self.in_force.or_in(wanted.as_deref()))
            }
            (None, false) => Err(Failure::broken("nothing says what is wanted")
                .advise("comity plan WANTED SETTINGS, --patch or --revision")),
        }
    }
}

fn print_steps(plan: &Plan, names: &dyn Names) {
    let count = match plan.steps.len() {
        0 => "everything is as wanted".to_owned(),
        1 => "1 request".to_owned(),
        many => format!("{many} requests"),
    };
    anstream::println!("{count}");
    for (at, step) in plan.steps.iter().enumerate() {
        anstream::println!("{:>3}. {}", at + 1, named(step, names));
    }
}

/// A request in one line.
fn named(step: &steps::Step, names: &dyn Names) -> String {
    let object = step.url.rsplit("crossTenantAccessPolicy").next();
    let mut segments = object.unwrap_or_default().split('/').skip(1);
    let object = match (segments.next(), segments.next(), segments.next()) {
        (None, ..) => "policy".to_owned(),
        (Some("partners"), Some(id), further) => {
            let further = further.map(|further| format!(", {further}"));
            let name = id
                .parse()
                .map_or_else(|_| id.to_owned(), |id| names.tenant(id));
            format!("{name}{}", further.unwrap_or_default())
        }
        (Some("partners"), None, _) => added(step, names).unwrap_or_else(|| "partners".to_owned()),
        (Some(object), ..) => object.to_owned(),
    };
    let members = step.body.as_ref().and_then(Value::as_object);
    let members = members.into_iter().flatten().map(|(name, _)| &**name);
    let members: Vec<&str> = members.filter(|name| *name != "tenantId").collect();
    match (step.method.as_str(), members.as_slice()) {
        (method, []) => format!("{method} {object}"),
        (method, members) => format!("{method} {object}: {}", members.join(", ")),
    }
}

/// Whose entry is added.
fn added(step: &steps::Step, names: &dyn Names) -> Option<String> {
    let id = step.body.as_ref()?.get("tenantId")?.as_str()?;
    Some(names.tenant(id.parse().ok()?))
}
