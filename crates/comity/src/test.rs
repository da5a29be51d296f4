//! `comity test`: runs cases, so that a policy can be tested like a program.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use cases::case_file::{self, CaseFile, Fault, Supplied};
use cases::folder;
use cases::report::{Colour, human, json, junit};
use cases::run::{Counts, FileResult, run as run_file};
use cases::settings::Settings;
use cases::vector::{Clause, Vector};
use graph::import::{self, Imported, Options};
use policy::tenant::TenantId;
use serde_json::{Value, json as object};

use crate::exit::{Exit, Failure};
use crate::remote::Key;
use crate::serve::runtime;
use crate::{export, files};

/// Run policy tests: what must be allowed, what must be blocked, and why.
///
/// A file says how some tenants are set up and what must follow (docs/vectors.md).
/// Exit code 0: all passed. 1: an expectation did not hold. 2: something could not be read.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Files, or folders of which every *.yaml, *.yml and *.json is meant.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Only cases whose id holds TEXT, or that cite the clause or section TEXT (S8.7, S8).
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// The world for files without a `fixture`: another file's `fixture`.
    #[arg(long, value_name = "FILE")]
    world: Option<PathBuf>,
    /// Settings in the place of those the files describe: a folder of `comity import`, or the
    /// address of a server.
    #[arg(long, value_name = "FOLDER|URL")]
    state: Option<String>,
    /// The tenant whose client asks the server (COMITY_TENANT_ID)
    #[arg(long, value_name = "ID", help_heading = "Server")]
    tenant: Option<TenantId>,
    #[command(flatten)]
    key: Key,
    /// Print one JSON value instead of text.
    #[arg(long)]
    json: bool,
    /// Also write a JUnit report to FILE.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// List the cases instead of running them.
    #[arg(long, conflicts_with_all = ["clauses", "junit"])]
    list: bool,
    /// Count which clauses are cited instead of running the cases.
    #[arg(long, conflicts_with = "junit")]
    clauses: bool,
}

/// A file that was read, or why it could not be.
struct Read {
    name: String,
    file: Result<CaseFile, Vec<Fault>>,
}

/// Runs the subcommand.
pub(crate) fn run(arguments: &Arguments) -> Exit {
    let settings = match settings(arguments) {
        Ok(settings) => settings,
        Err(failure) => return failure.report(),
    };
    let supplied = match supplied(arguments, &settings) {
        Ok(supplied) => supplied,
        Err(faults) => return refuse(&faults, arguments.json),
    };
    let read = read(arguments, supplied.as_ref(), &settings);
    if arguments.list || arguments.clauses {
        return show(arguments, &read);
    }
    let filter = arguments.filter.as_deref();
    let mut results: Vec<FileResult> = read.into_iter().map(|read| result(read, filter)).collect();
    if let (Some(filter), 0) = (filter, Counts::of(&results).total()) {
        results.push(nothing_meant(filter));
    }
    let exit = match Counts::of(&results) {
        Counts { broken: 1.., .. } => Exit::Broken,
        Counts { failed: 1.., .. } => Exit::No,
        Counts { .. } => Exit::Yes,
    };
    let written = match &arguments.junit {
        Some(path) => write_junit(path, &results),
        None => Ok(()),
    };
    if let Err(fault) = written {
        return refuse(&[fault], arguments.json);
    }
    print(&match arguments.json {
        true => pretty(&json(&results)),
        false => human(&results, colour()),
    });
    exit
}

/// The settings that are tested instead of those in the files.
fn settings(arguments: &Arguments) -> Result<Settings, Failure> {
    let Some(state) = &arguments.state else {
        return Ok(Settings::default());
    };
    let is_server = state.starts_with("https://") || state.starts_with("http://");
    let imported = match is_server {
        true => runtime()?.block_on(live(arguments, state))?,
        false => files::states(Path::new(state))?,
    };
    for Imported { tenant, .. } in &imported {
        let name = tenant.display_name.as_deref().unwrap_or("a tenant");
        eprintln!(
            "note: the settings of {name} ({}) are those of {state}",
            tenant.id
        );
    }
    Ok(Settings::of(imported.into_iter().map(|kept| kept.tenant)))
}

/// The settings that a server has of the tenants in the files, as far as it tells us.
async fn live(arguments: &Arguments, server: &str) -> Result<Vec<Imported>, Failure> {
    let session = arguments.key.enter(server, arguments.tenant).await?;
    let mut named = BTreeSet::from([session.tenant]);
    let worlds = arguments.world.iter().cloned().map(Ok);
    let files = folder::files(&arguments.files).into_iter().chain(worlds);
    for file in files {
        // What cannot be read is told when the cases are.
        if let Ok(document) = file.and_then(|file| folder::read(&file)) {
            named.extend(case_file::tenants(&document).unwrap_or_default());
        }
    }
    let mut found = Vec::new();
    for tenant in named {
        let Some(documents) = export::documents(&session, tenant).await? else {
            continue;
        };
        let options = Options {
            tenant: Some(tenant),
            ..Options::default()
        };
        let imported = import::read(&documents, &options);
        found.push(imported.map_err(|error| {
            Failure::failed(format!("the settings of {tenant} on the server: {error}"))
        })?);
    }
    match found.is_empty() {
        true => Err(Failure::broken(format!(
            "{server} has the settings of no tenant in the files for us"
        ))
        .advise("a client of one of these tenants, or the operator's")),
        false => Ok(found),
    }
}

fn supplied(arguments: &Arguments, settings: &Settings) -> Result<Option<Supplied>, Vec<Fault>> {
    let Some(path) = &arguments.world else {
        return Ok(None);
    };
    let document = folder::read(path).map_err(|fault| vec![fault])?;
    Supplied::with_settings(&document, settings).map(Some)
}

fn read(arguments: &Arguments, supplied: Option<&Supplied>, settings: &Settings) -> Vec<Read> {
    let files = folder::files(&arguments.files).into_iter();
    let read = files.map(|path| {
        let document = path.and_then(|path| folder::read(&path));
        let (name, file) = match document {
            Ok(document) => (
                document.name().to_owned(),
                CaseFile::with_settings(&document, supplied, settings),
            ),
            Err(fault) => (fault.file.clone(), Err(vec![fault])),
        };
        Read { name, file }
    });
    read.collect()
}

fn result(read: Read, filter: Option<&str>) -> FileResult {
    match read.file {
        Ok(file) => run_file(&file, filter),
        Err(faults) => FileResult {
            name: read.name,
            cases: Err(faults),
        },
    }
}

fn nothing_meant(filter: &str) -> FileResult {
    let message = format!(
        "no case matches `{filter}`; `comity test --list` shows ids and clauses of all of them"
    );
    FileResult {
        name: "--filter".to_owned(),
        cases: Err(vec![Fault::whole("--filter", message)]),
    }
}

/// `--list` and `--clauses`.
fn show(arguments: &Arguments, read: &[Read]) -> Exit {
    let mut faults = Vec::new();
    let mut meant: Vec<(&CaseFile, Vec<&Vector>)> = Vec::new();
    for read in read {
        match &read.file {
            Err(found) => faults.extend(found.iter().cloned()),
            Ok(file) => {
                let filter = arguments.filter.as_deref();
                let vectors = file.cases().iter().map(|case| &case.vector);
                let vectors = vectors.filter(|v| filter.is_none_or(|text| v.is_meant(text)));
                meant.push((file, vectors.collect()));
            }
        }
    }
    if !faults.is_empty() {
        return refuse(&faults, arguments.json);
    }
    print(&match (arguments.clauses, arguments.json) {
        (true, true) => pretty(&clauses_json(&meant)),
        (true, false) => clauses_text(&meant),
        (false, true) => pretty(&list_json(&meant)),
        (false, false) => list_text(&meant),
    });
    Exit::Yes
}

type Meant<'a> = [(&'a CaseFile, Vec<&'a Vector>)];

fn list_text(meant: &Meant<'_>) -> String {
    let mut text = String::new();
    for (file, vectors) in meant {
        for vector in vectors {
            let place = file.locate(&vector.path);
            let note = vector.note.as_deref().unwrap_or_default();
            let line = format!(
                "{}:{place}  {}  {}  {note}",
                file.name(),
                vector.id,
                vector.citation()
            );
            text.push_str(&graph::document::Printable(line.trim_end()).to_string());
            text.push('\n');
        }
    }
    text
}

fn list_json(meant: &Meant<'_>) -> Value {
    let cases = meant.iter().flat_map(|(file, vectors)| {
        vectors.iter().map(|vector| {
            let place = file.locate(&vector.path);
            object!({
                "file": file.name(),
                "line": place.line,
                "column": place.column,
                "id": vector.id,
                "clauses": vector.clauses.iter().map(Clause::to_string).collect::<Vec<_>>(),
                "note": vector.note,
            })
        })
    });
    object!({"cases": cases.collect::<Value>()})
}

/// How many cases cite each clause.
fn cited(meant: &Meant<'_>) -> BTreeMap<Clause, usize> {
    let mut counts = BTreeMap::new();
    let vectors = meant.iter().flat_map(|(_, vectors)| vectors);
    for clause in vectors.flat_map(|vector| &vector.clauses) {
        *counts.entry(clause.clone()).or_default() += 1;
    }
    counts
}

fn clauses_text(meant: &Meant<'_>) -> String {
    let counts = cited(meant).into_iter();
    let lines = counts.map(|(clause, count)| format!("{:8}{count}\n", clause.to_string()));
    lines.collect()
}

fn clauses_json(meant: &Meant<'_>) -> Value {
    let counts = cited(meant).into_iter();
    let counts =
        counts.map(|(clause, count)| object!({"clause": clause.to_string(), "cases": count}));
    object!({"clauses": counts.collect::<Value>()})
}

fn write_junit(path: &std::path::Path, results: &[FileResult]) -> Result<(), Fault> {
    let fault = |error: &dyn std::fmt::Display| {
        let message = format!("the report cannot be written: {error}");
        Fault::whole(path.to_string_lossy(), message)
    };
    let xml = junit(results).map_err(|error| fault(&error))?;
    std::fs::write(path, xml).map_err(|error| fault(&error))
}

/// What could not be read or written; on the standard error, or as JSON where JSON is read.
fn refuse(faults: &[Fault], as_json: bool) -> Exit {
    if as_json {
        let results: Vec<FileResult> = faults
            .iter()
            .map(|fault| FileResult {
                name: fault.file.clone(),
                cases: Err(vec![fault.clone()]),
            })
            .collect();
        print(&pretty(&json(&results)));
    } else {
        for fault in faults {
            eprintln!("error: {fault}");
        }
    }
    Exit::Broken
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

fn colour() -> Colour {
    let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    match wanted && io::stdout().is_terminal() {
        true => Colour::On,
        false => Colour::Off,
    }
}

/// Prints; a reader that went away (`| head`) is no error.
fn print(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
