//! A draft that says what is to be changed: requests, a plan, or a revision to go back to.
//!
//! Requests are judged by the function that judges those of a server, so a draft that could not be
//! saved is refused as saving it would be, with its place in the file.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use ::plan::steps::{self, Plan, Request};
use ::plan::wanted::Wanted;
use ::plan::{Fault, file};
use cases::folder;
use clap::Args;
use graph::document::{Document, Path as Place};
use policy::settings::Policy;
use policy::tenant::TenantId;

use crate::exit::Failure;
use crate::states::{Change, InForce, Known};

/// What is changed in the settings in force.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Draft")]
pub(crate) struct Draft {
    /// The settings after this PATCH: default=FILE, or ID=FILE for the entry of a partner, where the
    /// file has its body. Several are carried out one after the other
    #[arg(long, value_name = "PART=FILE")]
    patch: Vec<Patch>,
    /// The settings as this revision of the server has them
    #[arg(long, value_name = "REVISION", conflicts_with = "patch")]
    revision: Option<u64>,
}

/// One PATCH.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Patch {
    /// The default, unless it is the entry of a partner.
    partner: Option<TenantId>,
    body: PathBuf,
}

impl FromStr for Patch {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "expected default=FILE, or ID=FILE with the id of a partner";
        let (part, body) = text.split_once('=').ok_or(EXPECTED)?;
        let partner = match part.eq_ignore_ascii_case("default") {
            true => None,
            false => Some(part.parse().map_err(|_| EXPECTED)?),
        };
        Ok(Patch {
            partner,
            body: body.into(),
        })
    }
}

impl Draft {
    pub(crate) const fn is_given(&self) -> bool {
        !self.patch.is_empty() || self.revision.is_some()
    }

    /// The settings in force with the draft, and the requests that turn the ones into the other.
    pub(crate) fn against(&self, in_force: &InForce) -> Result<(Change, Plan), Failure> {
        let known = in_force.read(None)?;
        match self.revision {
            None => requested(known, &self.requests()?),
            Some(revision) => {
                let then = in_force.revision(known.tenant, revision)?;
                restored(known, &then, revision)
            }
        }
    }

    fn requests(&self) -> Result<Vec<Located>, Failure> {
        let read = |patch: &Patch| {
            let body = read(&patch.body)?;
            Ok(Located {
                request: Request::patch(patch.partner, body.value().clone()),
                document: body,
                beside: None,
            })
        };
        self.patch.iter().map(read).collect()
    }
}

/// A request, and where it is written.
struct Located {
    request: Request,
    document: Document,
    /// Which step of the document it is, unless its body is the document.
    beside: Option<usize>,
}

impl Located {
    fn refused(&self, fault: &Fault) -> Failure {
        let root = Place::root();
        let start = match self.beside {
            Some(at) => root.member("steps").index(at).member("body"),
            None => root,
        };
        located(&self.document, &start.join(&fault.path), fault)
    }
}

/// Says which file, line, column and member is at fault.
fn located(document: &Document, path: &Place, fault: &Fault) -> Failure {
    let place = document.locate(path);
    let member = match path.segments() {
        [] => String::new(),
        _ => format!(" {path}:"),
    };
    Failure::broken(format!("{}:{place}:{member} {fault}", document.name()))
}

/// The file of a plan that `comity plan --out` kept; `None` if it is another file.
pub(crate) fn kept(path: &Path, in_force: &InForce) -> Result<Option<Change>, Failure> {
    let document = read(path)?;
    if document.value().get("form").is_none() {
        return Ok(None);
    }
    let wrong = |message: String| Failure::broken(format!("`{}`: {message}", path.display()));
    let kept = file::read(document.value()).map_err(|error| wrong(error.to_string()))?;
    let known = in_force.read(Some(kept.tenant))?;
    let now = known.world.policy(known.tenant);
    if now.map(::plan::stamp::Stamp::of) != Some(kept.state) {
        let message = "the settings are not those that the plan was made for";
        return Err(wrong(message.to_owned()).advise("comity plan once more"));
    }
    let requests = kept
        .steps
        .into_iter()
        .enumerate()
        .map(|(at, step)| Located {
            request: step.into(),
            document: document.clone(),
            beside: Some(at),
        });
    let requests: Vec<Located> = requests.collect();
    requested(known, &requests).map(|(change, _)| Some(change))
}

fn read(path: &Path) -> Result<Document, Failure> {
    folder::read(path).map_err(|fault| Failure::broken(fault.to_string()))
}

fn requested(known: Known, located: &[Located]) -> Result<(Change, Plan), Failure> {
    let requests: Vec<Request> = located.iter().map(|one| one.request.clone()).collect();
    let plan = steps::follow(&known.world, known.tenant, &requests);
    let plan = plan.map_err(|(at, fault)| match located.get(at) {
        Some(request) => request.refused(&fault),
        None => Failure::broken(fault.to_string()),
    })?;
    Ok((known.changed(&plan), plan))
}

fn restored(known: Known, then: &Policy, revision: u64) -> Result<(Change, Plan), Failure> {
    let wanted = Wanted::everything_of(then);
    let plan = steps::make(&known.world, known.tenant, &wanted);
    let plan = plan.map_err(|fault| {
        let path = &fault.path;
        Failure::broken(format!("revision {revision}: {path}: {fault}"))
    })?;
    Ok((known.changed(&plan), plan))
}
