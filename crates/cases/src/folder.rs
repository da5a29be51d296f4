//! Finding and reading the files that a command line names.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use graph::document::{Document, MAX_BYTES};

use crate::case_file::Fault;

/// The endings of files that hold cases.
const ENDINGS: [&str; 3] = ["yaml", "yml", "json"];

/// The files themselves, and of each folder those that hold cases, in the order of their names.
/// What cannot be found is told beside the others.
pub fn files(named: &[PathBuf]) -> Vec<Result<PathBuf, Fault>> {
    named.iter().flat_map(|path| expand(path)).collect()
}

fn expand(path: &Path) -> Vec<Result<PathBuf, Fault>> {
    if !path.is_dir() {
        return vec![Ok(path.to_owned())];
    }
    match in_folder(path) {
        Ok(files) if files.is_empty() => {
            let message =
                "there is no file of cases in this folder; expected *.yaml, *.yml or *.json";
            vec![Err(Fault::whole(shown(path), message))]
        }
        Ok(files) => files.into_iter().map(Ok).collect(),
        Err(error) => vec![Err(unreadable(path, &error))],
    }
}

fn in_folder(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in folder.read_dir()? {
        let path = entry?.path();
        let ending = path.extension().and_then(|ending| ending.to_str());
        if path.is_file() && ending.is_some_and(|ending| ENDINGS.contains(&ending)) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Reads the document in that file. No more of it is read than is allowed.
pub fn read(path: &Path) -> Result<Document, Fault> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(MAX_BYTES)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    let read = File::open(path).and_then(|file| {
        if file.metadata()?.is_dir() {
            return Err(io::Error::from(io::ErrorKind::IsADirectory));
        }
        file.take(limit).read_to_end(&mut bytes)
    });
    match read {
        Ok(_) => Ok(Document::parse(shown(path), &bytes)?),
        Err(error) => Err(unreadable(path, &error)),
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Fault {
    let message = match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => {
            "the file may not be read; check its permissions".to_owned()
        }
        io::ErrorKind::IsADirectory => "this is a folder, expected a file".to_owned(),
        _ => format!("the file cannot be read: {error}"),
    };
    Fault::whole(shown(path), message)
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
