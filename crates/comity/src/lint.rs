//! `comity lint`: which settings deserve a second look?

mod json;
mod junit;
mod sarif;
mod text;

use std::path::{Path, PathBuf};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use intake::told::Told;
use policy::world::Suites;
use posture::check::{self, Check, Severity};
use posture::facts::{Activity, Facts};
use posture::finding::Whom;
use posture::{Report, Subject};
use serde_json::Value;

use crate::exit::{Exit, Failure, Outcome};
use crate::files;
use crate::logs::{self, Stretch};
use crate::plan;
use crate::preview::Called;
use crate::states::{Change, InForce};

/// Say which settings deserve a second look: what is open, what contradicts itself, what does nothing
///
/// Looks at what is in force, after inheritance, and names for each finding the setting, the reason
/// and what to do. docs/lint.md lists the checks. Nothing is changed.
///
/// Exit code 0: nothing at or above the severity of --deny. 5: something. 2: something could not be
/// read. 1: the server could not be asked.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    in_force: InForce,
    /// Look at the settings as this file wants them (`comity plan`), instead of those in force
    #[arg(long, value_name = "FILE")]
    wanted: Option<PathBuf>,
    /// The tenant's sign-in log: a file, a folder with everything in it, or - for the standard
    /// input, in any form that `comity activity` reads. Several can be given
    #[arg(long = "log", value_name = "FILE")]
    logs: Vec<PathBuf>,
    #[command(flatten)]
    stretch: Stretch,
    /// A partner is unused when nobody has crossed in so many days up to the end of the log
    #[arg(long, value_name = "DAYS", default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=3650))]
    unused_days: u32,
    /// A policy that makes users register for MFA includes external users
    #[arg(long)]
    mfa_registration_includes_external_users: bool,
    /// The least severity that ends with exit code 5
    #[arg(long, value_name = "SEVERITY", default_value = "error", value_parser = severities())]
    deny: Severity,
    /// Make this check only; can be given several times
    #[arg(long, value_name = "NAME", hide_possible_values = true, value_parser = checks())]
    only: Vec<&'static Check>,
    /// Do not make this check; can be given several times
    #[arg(long, value_name = "NAME", hide_possible_values = true, value_parser = checks())]
    except: Vec<&'static Check>,
    /// Show every place of a check
    #[arg(long)]
    all: bool,
    /// How to print
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Text)]
    format: Format,
    /// Print one JSON value instead of text, as --format json does
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

/// How a report is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One JSON value
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// JUnit's XML, for build servers
    Junit,
}

fn severities() -> impl TypedValueParser<Value = Severity> {
    let names = Severity::ALL.map(Severity::as_str);
    PossibleValuesParser::new(names).map(|name| {
        let named = Severity::ALL.into_iter().find(|one| one.as_str() == name);
        named.unwrap_or(Severity::Error)
    })
}

fn checks() -> impl TypedValueParser<Value = &'static Check> {
    let names = check::ALL.iter().map(|check| check.name);
    PossibleValuesParser::new(names).try_map(|name| {
        let message = || format!("`{name}` is not a check");
        check::named(&name).ok_or_else(message)
    })
}

/// What was looked at: the settings after the change, which is none unless some are wanted.
struct Looked {
    change: Change,
    /// What is known beside the settings, without a log.
    facts: Facts,
}

/// What is printed.
struct Telling<'a> {
    looked: &'a Looked,
    names: &'a Called<'a>,
    report: &'a Report,
    /// What became of the rows of the log.
    read: Option<&'a Told>,
    /// The checks that were wanted.
    wanted: Vec<&'static Check>,
    arguments: &'a Arguments,
}

/// Runs the subcommand.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let looked = arguments.look()?;
    let taken = match arguments.logs.as_slice() {
        [] => None,
        logs => Some(arguments.stretch.read(looked.change.tenant, logs)?),
    };
    if let Some(taken) = &taken {
        logs::readable(&taken.told)?;
    }
    let facts = Facts {
        activity: taken
            .as_ref()
            .map(|taken| Activity::of(looked.change.tenant, taken.log.iter())),
        ..looked.facts.clone()
    };
    let names = Called {
        change: &looked.change,
        log: taken.as_ref().map(|taken| &taken.log),
    };
    let subject = Subject {
        world: &looked.change.world,
        tenant: looked.change.tenant,
        policy: &looked.change.after,
        names: &names,
        facts: &facts,
    };
    let report = posture::lint(&subject, |check| arguments.wants(check));
    let whole = Telling {
        looked: &looked,
        names: &names,
        report: &report,
        read: taken.as_ref().map(|taken| &taken.told),
        wanted: check::ALL
            .iter()
            .filter(|check| arguments.wants(check))
            .collect(),
        arguments,
    };
    whole.print()?;
    let denied = |severity: Severity| severity <= arguments.deny;
    let exit = match report
        .findings
        .iter()
        .any(|found| denied(found.check.severity))
    {
        true => Exit::Found,
        false => Exit::Yes,
    };
    Ok(match &taken {
        Some(taken) => arguments.stretch.exit(&taken.told, exit),
        None => exit,
    })
}

impl Arguments {
    fn wants(&self, check: &Check) -> bool {
        let names = |list: &[&Check]| list.contains(&check);
        (self.only.is_empty() || names(&self.only)) && !names(&self.except)
    }

    fn look(&self) -> Result<Looked, Failure> {
        let mut change = match &self.wanted {
            Some(path) => plan::change(path, &self.in_force)?,
            None => self.in_force.read(None)?.unchanged(),
        };
        let tenant = change.tenant;
        let beside = self.in_force.world().map(files::world).transpose()?;
        let facts = Facts {
            mfa_registration_includes_external_users: self.mfa_registration_includes_external_users,
            conditional_access_is_known: beside
                .as_ref()
                .is_some_and(|world| world.tenant(tenant).is_some()),
            tenants_are_known: beside.is_some(),
            say_more: graph::posture::say_more(&change.after),
            activity: None,
            unused_days: self.unused_days,
        };
        let own = change.world.tenant(tenant).cloned();
        let mut world = beside.unwrap_or_default();
        if let Some(own) = own {
            world.tenants.insert(tenant, own);
        }
        // A world that says nothing of suites would have direct connect reach nothing.
        if *world.suites == Suites::default() {
            world.suites = graph::suites::published().into();
        }
        change.world = world;
        Ok(Looked { change, facts })
    }

    /// The file in which those settings stand, if it is clear which one.
    fn file(&self, whom: Whom) -> Option<PathBuf> {
        let file = match whom {
            Whom::Everyone => "default.json",
            Whom::Partner(_) => "partners.json",
        };
        let settings = self.in_force.settings();
        match self.wanted.as_deref().or(settings)? {
            path if path.is_dir() => Some(path.join(file)).filter(|path| path.is_file()),
            path => Some(path.to_owned()),
        }
    }
}

impl Telling<'_> {
    fn print(&self) -> Result<(), Failure> {
        let format = match self.arguments.json {
            true => Format::Json,
            false => self.arguments.format,
        };
        match format {
            Format::Text => self.print_text(),
            Format::Json => anstream::println!("{:#}", Value::Object(self.json())),
            Format::Sarif => anstream::println!("{:#}", self.sarif()),
            Format::Junit => anstream::println!("{}", self.junit()?),
        }
        Ok(())
    }
}

/// The way to a file as a relative reference, or as a URL where it is absolute (RFC 3986).
fn uri(path: &Path) -> Option<String> {
    if path.is_absolute() {
        return reqwest::Url::from_file_path(path).ok().map(String::from);
    }
    let mut url = reqwest::Url::parse("file:///").ok()?;
    let parts = path
        .components()
        .map(|part| part.as_os_str().to_string_lossy());
    let parts: Vec<_> = parts.filter(|part| part != ".").collect();
    // What climbs out of the folder cannot be said without a base.
    if parts.iter().any(|part| part == "..") {
        return std::path::absolute(path).ok().and_then(|path| uri(&path));
    }
    url.path_segments_mut().ok()?.clear().extend(parts);
    Some(url.path().trim_start_matches('/').to_owned())
}
