//! The folder that is pulled into: the rows, and how far the pull is.
//!
//! First the rows reach the disk, then the checkpoint that speaks of them. Whatever is longer than
//! the checkpoint says was cut off while it was written, and is pulled again.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::checkpoint::{Checkpoint, FORMAT};
use super::known::Known;
use super::page::Row;
use crate::exit::Failure;

/// The rows.
pub(crate) const ROWS: &str = "signins.ndjson";
/// How far it is. Whoever reads logs in the folder passes over names that begin like this.
pub(crate) const CHECKPOINT: &str = ".comity-pull.json";
const UNFINISHED: &str = ".comity-pull.json.new";
const LOCK: &str = ".comity-pull.lock";

/// A longer checkpoint was not written by us.
const LONGEST_CHECKPOINT: u64 = 1 << 20;

/// Whether what is written has to survive the machine, or only this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    /// The disk has it before anything builds on it.
    Disk,
    /// The operating system has it.
    #[cfg(test)]
    System,
}

/// A folder, and nobody else pulls into it.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    rows: File,
    length: u64,
    known: Known,
    durability: Durability,
    /// Held for as long as the folder is.
    _lock: File,
}

impl Folder {
    /// Opens a folder, makes it if it is not there, and cuts off what was not written to its end.
    pub(crate) fn open(
        path: &Path,
        durability: Durability,
    ) -> Result<(Self, Option<Checkpoint>), Failure> {
        std::fs::create_dir_all(path).map_err(|error| not(path, "be made", &error))?;
        let lock = lock(&path.join(LOCK))?;
        let checkpoint = read(&path.join(CHECKPOINT))?;
        let rows = path.join(ROWS);
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&rows)
            .map_err(|error| not(&rows, "be opened", &error))?;
        let mut folder = Folder {
            path: path.to_owned(),
            rows: file,
            length: 0,
            known: Known::default(),
            durability,
            _lock: lock,
        };
        folder.length = folder.settle(checkpoint.as_ref())?;
        folder.learn()?;
        Ok((folder, checkpoint))
    }

    /// How long the rows are.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Makes the rows as long as the checkpoint says, and the last line a whole one.
    fn settle(&mut self, checkpoint: Option<&Checkpoint>) -> Result<u64, Failure> {
        let path = self.path.join(ROWS);
        let unsettled = |error: std::io::Error| not(&path, "be written", &error);
        let length = self.rows.metadata().map_err(unsettled)?.len();
        let open = checkpoint.filter(|checkpoint| checkpoint.open.is_some());
        if let Some(checkpoint) = open {
            if length < checkpoint.length {
                let file = path.display();
                let message = format!(
                    "`{file}` is shorter than when it was pulled into: {length} bytes of {}",
                    checkpoint.length
                );
                return Err(Failure::broken(message).advise(
                    "a new folder, or this one without its .comity-pull.json: \
                     what is in it is not written again",
                ));
            }
            self.rows.set_len(checkpoint.length).map_err(unsettled)?;
            return Ok(checkpoint.length);
        }
        // Rows that somebody else put there stay, each on a line of its own.
        let mut last = [b'\n'];
        if length > 0 {
            self.rows.seek(SeekFrom::End(-1)).map_err(unsettled)?;
            self.rows.read_exact(&mut last).map_err(unsettled)?;
        }
        if last == *b"\n" {
            return Ok(length);
        }
        self.rows.write_all(b"\n").map_err(unsettled)?;
        Ok(length + 1)
    }

    /// Learns which rows are there, in every file of such lines.
    fn learn(&mut self) -> Result<(), Failure> {
        let unreadable = |path: &Path, error: &std::io::Error| not(path, "be read", error);
        let entries = self.path.read_dir();
        for entry in entries.map_err(|error| unreadable(&self.path, &error))? {
            let path = entry
                .map_err(|error| unreadable(&self.path, &error))?
                .path();
            let ending = path.extension().and_then(|ending| ending.to_str());
            if ending.is_some_and(|ending| ending.eq_ignore_ascii_case("ndjson")) && path.is_file()
            {
                let file = File::open(&path).map_err(|error| unreadable(&path, &error))?;
                let read = self.known.read(BufReader::with_capacity(1 << 20, file));
                read.map_err(|error| unreadable(&path, &error))?;
            }
        }
        Ok(())
    }

    /// Writes the rows that are new; how many those were.
    pub(crate) fn append(&mut self, rows: Vec<Row>) -> Result<u64, Failure> {
        let mut lines = Vec::new();
        let mut new = 0;
        for row in rows {
            if self.known.insert(row.id) {
                lines.extend_from_slice(row.text.as_bytes());
                lines.push(b'\n');
                new += 1;
            }
        }
        if new > 0 {
            self.write(&lines)
                .map_err(|error| not(&self.path.join(ROWS), "be written", &error))?;
        }
        Ok(new)
    }

    fn write(&mut self, lines: &[u8]) -> std::io::Result<()> {
        self.rows.seek(SeekFrom::Start(self.length))?;
        self.rows.write_all(lines)?;
        if self.durability == Durability::Disk {
            self.rows.sync_data()?;
        }
        self.length = self.length.saturating_add(lines.len() as u64);
        Ok(())
    }

    /// Writes down how far it is, all of it or nothing.
    pub(crate) fn keep(&self, checkpoint: &Checkpoint) -> Result<(), Failure> {
        let path = self.path.join(CHECKPOINT);
        let unkept = |error: std::io::Error| not(&path, "be written", &error);
        let text = serde_json::to_vec_pretty(checkpoint).map_err(|error| unkept(error.into()))?;
        let unfinished = self.path.join(UNFINISHED);
        let mut file = File::create(&unfinished).map_err(unkept)?;
        file.write_all(&text).map_err(unkept)?;
        if self.durability == Durability::Disk {
            file.sync_all().map_err(unkept)?;
        }
        std::fs::rename(&unfinished, &path).map_err(unkept)?;
        if self.durability == Durability::Disk {
            // The new name has to be on the disk, too.
            let folder = File::open(&self.path).and_then(|folder| folder.sync_all());
            folder.map_err(unkept)?;
        }
        Ok(())
    }
}

fn lock(path: &Path) -> Result<File, Failure> {
    let mut options = OpenOptions::new();
    let file = options.create(true).truncate(false).write(true).open(path);
    let file = file.map_err(|error| not(path, "be opened", &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            let folder = path.parent().unwrap_or(path).display();
            let message = format!("`{folder}` is being pulled into already");
            Err(Failure::failed(message).advise("wait until the other pull has ended"))
        }
        Err(TryLockError::Error(error)) => Err(not(path, "be locked", &error)),
    }
}

fn read(path: &Path) -> Result<Option<Checkpoint>, Failure> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(not(path, "be read", &error)),
    };
    let mut text = Vec::new();
    let read = file.take(LONGEST_CHECKPOINT).read_to_end(&mut text);
    read.map_err(|error| not(path, "be read", &error))?;
    let wrong = |why: String| {
        let message = format!("`{}` cannot be read: {why}", path.display());
        Failure::broken(message)
            .advise("without this file the pull begins again; no row is written twice")
    };
    let checkpoint: Checkpoint =
        serde_json::from_slice(&text).map_err(|error| wrong(error.to_string()))?;
    match checkpoint.format {
        FORMAT => Ok(Some(checkpoint)),
        format => Err(wrong(format!("its format is {format}, known is {FORMAT}"))),
    }
}

fn not(path: &Path, what: &str, error: &std::io::Error) -> Failure {
    Failure::failed(format!("`{}` cannot {what}: {error}", path.display()))
}
