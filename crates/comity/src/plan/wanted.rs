//! The file that says what is wanted, and what it comes to.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ::plan::steps::{self, Plan, Step};
use ::plan::wanted::{self, Wanted};
use ::plan::{Fault, Names};
use cases::folder;
use clap::Args;
use graph::document::Document;
use policy::world::World;

use super::named;
use crate::activity::names;
use crate::exit::Failure;
use crate::states::{Change, InForce};

/// The file.
#[derive(Debug, Args)]
pub(crate) struct WantedFile {
    /// The settings that are wanted (.yaml or .json)
    #[arg(value_name = "WANTED")]
    wanted: PathBuf,
    /// A file that says what ids are called, besides `names` in the one that is wanted
    #[arg(long, value_name = "FILE")]
    names: Option<PathBuf>,
}

impl WantedFile {
    pub(super) const fn new(wanted: PathBuf, names: Option<PathBuf>) -> Self {
        WantedFile { wanted, names }
    }

    /// The settings in force and those that are wanted, and the requests that turn them into those that are wanted.
    pub(super) fn against(&self, in_force: &InForce) -> Result<(Change, Plan), Failure> {
        let document = read(&self.wanted)?;
        let names = self.names.as_deref().map(book).transpose()?;
        let located = |fault: Fault| {
            let place = document.locate(&fault.path);
            let path = match fault.path.segments() {
                [] => String::new(),
                _ => format!(" {}:", fault.path),
            };
            let file = self.wanted.display();
            Failure::broken(format!("{file}:{place}:{path} {fault}"))
        };
        let wanted: Wanted =
            wanted::read(document.value(), names.unwrap_or_default()).map_err(located)?;
        let known = in_force.read(wanted.tenant)?;
        if let Some(other) = wanted.tenant.filter(|wanted| *wanted != known.tenant) {
            let message = format!(
                "{} is about tenant {other}, and the settings are those of {}",
                self.wanted.display(),
                known.tenant
            );
            return Err(Failure::broken(message));
        }
        let plan = steps::make(&known.world, known.tenant, &wanted).map_err(located)?;
        if in_force.lacks_beta() {
            no_beta(plan.steps.iter())?;
        }
        let before = known.world.policy(plan.tenant).cloned().unwrap_or_default();
        let after = plan.after().unwrap_or(&before).clone();
        let change = Change {
            world: known.world,
            tenant: plan.tenant,
            before,
            after,
            names: wanted.names,
            notes: known.notes,
        };
        Ok((change, plan))
    }
}

/// Refuses requests with members that only beta has: v1.0 would not take them, and does not show them.
pub(super) fn no_beta<'a>(steps: impl Iterator<Item = &'a Step>) -> Result<(), Failure> {
    for (at, step) in steps.enumerate() {
        if let Some(member) = step.of_beta() {
            let message = format!(
                "request {}, {}: only beta has `{member}`",
                at + 1,
                named(step, &World::default())
            );
            return Err(
                Failure::broken(message).advise("--endpoint with an address that ends with /beta")
            );
        }
    }
    Ok(())
}

/// The settings in force and those that the file wants.
pub(crate) fn change(path: &Path, in_force: &InForce) -> Result<Change, Failure> {
    let file = WantedFile {
        wanted: path.to_owned(),
        names: None,
    };
    file.against(in_force).map(|(change, _)| change)
}

fn read(path: &Path) -> Result<Document, Failure> {
    folder::read(path).map_err(|fault| Failure::broken(fault.to_string()))
}

/// What a name book says.
fn book(path: &Path) -> Result<Names, Failure> {
    let mut book = BTreeMap::new();
    names::read(path, &mut book)?;
    let mut names = Names::default();
    for (id, details) in &book {
        if let Some(name) = &details.name {
            names.add(name, &id.to_string());
        }
    }
    Ok(names)
}
