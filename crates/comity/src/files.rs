//! Graph exports and world files, as arguments name them.

use std::path::{Path, PathBuf};

use cases::case_file::{Fault, Supplied};
use cases::folder;
use graph::document::{Document, Printable};
use graph::import::{self, ImportError, Imported, Options};
use policy::tenant::TenantId;
use policy::world::World;
use serde_json::Value;

use crate::exit::Failure;

const EXPORT: &str = "save the answers of GET …/policies/crossTenantAccessPolicy, …/default, …/partners?$expand=identitySynchronization and /organization as .json files in one folder (examples/README.md shows the commands)";

/// Reads the Graph export of one tenant from files, or from every `.json` file of folders.
pub(crate) fn export(sources: &[PathBuf], options: &Options) -> Result<Imported, Failure> {
    let mut documents = Vec::new();
    for source in sources {
        for file in json_files(source)? {
            documents.push(folder::read(&file).map_err(|fault| unread(&fault))?);
        }
    }
    let named: Vec<(String, Value)> = documents
        .iter()
        .map(|document| (document.name().to_owned(), document.value().clone()))
        .collect();
    import::read(&named, options).map_err(|error| located(&documents, &error))
}

/// The tenant of that id in a folder that `comity import` fills.
pub(crate) fn state(
    folder: &Path,
    tenant: TenantId,
    options: &Options,
) -> Result<Option<Imported>, Failure> {
    let folder = folder.join(tenant.to_string());
    if !folder.is_dir() {
        return Ok(None);
    }
    let options = Options {
        tenant: Some(tenant),
        ..*options
    };
    export(&[folder], &options).map(Some)
}

/// Every tenant in a folder that `comity import` fills.
pub(crate) fn states(folder: &Path) -> Result<Vec<Imported>, Failure> {
    let unreadable = |error: std::io::Error| {
        let folder = folder.display();
        Failure::broken(format!("cannot read the folder `{folder}`: {error}"))
    };
    let mut kept = Vec::new();
    for entry in folder.read_dir().map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name();
        let tenant = name.to_str().and_then(|name| name.parse().ok());
        if let Some(tenant) = tenant {
            kept.extend(state(folder, tenant, &Options::default())?);
        }
    }
    match kept.is_empty() {
        true => {
            let message = format!("the folder `{}` keeps no tenant", folder.display());
            Err(Failure::broken(message).advise("comity import --state FOLDER SOURCE…"))
        }
        false => Ok(kept),
    }
}

/// Whether the file is called like a world, and not like a part of an export.
pub(crate) fn is_world(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    matches!(ending, Some("yaml" | "yml"))
}

/// Reads a world file: the fixture of a file of policy tests.
pub(crate) fn world(path: &Path) -> Result<World, Failure> {
    let document = folder::read(path).map_err(|fault| unread(&fault))?;
    let supplied = Supplied::read(&document).map_err(|faults| match faults.first() {
        Some(fault) => unread(fault),
        None => Failure::broken(format!("cannot read `{}`", path.display())),
    })?;
    Ok(supplied.world().clone())
}

fn json_files(source: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !source.is_dir() {
        return Ok(vec![source.to_owned()]);
    }
    let unreadable = |error: std::io::Error| {
        let folder = source.display();
        Failure::broken(format!("cannot read the folder `{folder}`: {error}"))
    };
    let mut files = Vec::new();
    for entry in source.read_dir().map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path();
        let ending = file.extension().and_then(|ending| ending.to_str());
        if file.is_file() && ending.is_some_and(|ending| ending.eq_ignore_ascii_case("json")) {
            files.push(file);
        }
    }
    files.sort();
    match files.is_empty() {
        true => {
            let folder = source.display();
            Err(
                Failure::broken(format!("the folder `{folder}` holds no .json file"))
                    .advise(EXPORT),
            )
        }
        false => Ok(files),
    }
}

fn unread(fault: &Fault) -> Failure {
    Failure::broken(fault.to_string())
}

/// Says which file, line, column and member is at fault.
fn located(documents: &[Document], error: &ImportError) -> Failure {
    let name = error.document.as_deref();
    let document = name.and_then(|name| documents.iter().find(|d| d.name() == name));
    let Some(document) = document else {
        return Failure::broken(error.to_string()).advise(EXPORT);
    };
    let location = document.locate(&error.error.path);
    let name = Printable(document.name());
    Failure::broken(format!("{name}:{location}: {}", error.error))
}
