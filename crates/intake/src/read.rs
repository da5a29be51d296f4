//! Reads files into a log, with helpers side by side.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use policy::tenant::TenantId;
use signins::window::Window;

use crate::cells::Cells;
use crate::collect::{Collector, Counted, Frame};
use crate::csv;
use crate::error::{ENDINGS, IntakeError, Refusal};
use crate::feed::{Feed, Piece, What};
use crate::json::document::LONGEST_ROW;
use crate::json::{self, Names};
use crate::log::Log;
use crate::parquet;
use crate::take::{Raw, Take};
use crate::told::{Place, Told};

/// Where rows come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file, or a folder with everything in it.
    Path(PathBuf),
    /// The standard input.
    Stdin,
}

impl Source {
    /// The source that an argument names: `-` is the standard input.
    pub fn from_argument(argument: &Path) -> Self {
        match argument.as_os_str() == "-" {
            true => Source::Stdin,
            false => Source::Path(argument.to_owned()),
        }
    }

    pub(crate) fn name(&self) -> String {
        match self {
            Source::Path(path) => path.display().to_string(),
            Source::Stdin => "the standard input".to_owned(),
        }
    }
}

/// Who wants to know how far it is.
pub trait Progress: Sync {
    /// So many bytes there are in all; `None` if nobody knows.
    fn begins(&self, bytes: Option<u64>);
    /// So many have been read.
    fn read(&self, bytes: u64);
}

/// Nobody wants to know.
impl Progress for () {
    fn begins(&self, _: Option<u64>) {}
    fn read(&self, _: u64) {}
}

/// Whose log it is, and which part of it is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Intake {
    /// The tenant whose log this is.
    pub local: TenantId,
    /// Rows outside are counted, and no more.
    pub window: Window,
    /// How many helpers; one more than there are processors unless said.
    pub helpers: Option<NonZeroUsize>,
}

/// What was read.
#[derive(Debug)]
pub struct Taken {
    /// The behaviours.
    pub log: Log,
    /// What became of the rows.
    pub told: Told,
}

impl Intake {
    /// The whole log of a tenant.
    pub const fn of(local: TenantId) -> Self {
        Intake {
            local,
            window: Window::ALL,
            helpers: None,
        }
    }

    /// Reads the sources one after the other.
    ///
    /// # Errors
    ///
    /// When a source cannot be opened, or is no log.
    pub fn read(&self, sources: &[Source], progress: &dyn Progress) -> Result<Taken, IntakeError> {
        let (files, passed_over) = files(sources)?;
        progress.begins(bytes(&files));
        let mut feed = Feed::new(files, progress);
        feed.told.passed_over = passed_over;
        let feed = Mutex::new(feed);
        let frame = Frame::new(self.local, self.window);
        // While one waits for the disk or for another, there is one more to work.
        let spare = |processors: NonZeroUsize| processors.saturating_add(1);
        let processors = || std::thread::available_parallelism().ok().map(spare);
        let helpers = self.helpers.or_else(processors);
        let helpers = helpers.map_or(1, NonZeroUsize::get);
        let collected = std::thread::scope(|scope| {
            let start = |_| scope.spawn(|| help(&feed, &frame));
            let threads: Vec<_> = (0..helpers).map(start).collect();
            let ended = threads.into_iter().map(|thread| {
                let ended = thread.join();
                ended.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            });
            ended.collect::<Result<Vec<_>, _>>()
        })?;
        let feed = feed
            .into_inner()
            .unwrap_or_else(|poison| poison.into_inner());
        let mut told = feed.told;
        let log = frame.finish(collected, &mut told);
        Ok(Taken { log, told })
    }
}

/// One helper: takes pieces until there are none.
fn help(feed: &Mutex<Feed<'_>>, frame: &Frame) -> Result<Counted, IntakeError> {
    let mut collector = Collector::new(frame);
    let mut names = Names::default();
    let mut reuse = Vec::new();
    loop {
        let piece = {
            let mut feed = feed.lock().unwrap_or_else(|poison| poison.into_inner());
            feed.next(reuse)?
        };
        let Some(piece) = piece else {
            return Ok(collector.finish());
        };
        collector.begin(&piece.file, piece.number);
        rows_of(&piece, &mut names, &mut collector);
        reuse = piece.bytes;
    }
}

/// Reads a piece.
pub(crate) fn rows_of(piece: &Piece, names: &mut Names, take: &mut impl Take) {
    match &piece.what {
        What::Lines => lines(piece, names, take),
        What::Values(..) => values(piece, names, take),
        What::Csv(header) => csv::read(piece, header, take),
        What::Group(table, group) => parquet::read(table, *group, take),
    }
}

fn lines(piece: &Piece, names: &mut Names, take: &mut impl Take) {
    let whole = simdutf8::basic::from_utf8(&piece.bytes);
    let mut start = 0;
    let mut cells = Cells::new();
    let ends = memchr::memchr_iter(b'\n', &piece.bytes).chain([piece.bytes.len()]);
    for (line, end) in (piece.line..).zip(ends) {
        let bytes = piece.bytes.get(start..end).unwrap_or_default();
        let place = Place::Line(line);
        if bytes.len() > LONGEST_ROW {
            take.refuse(&Refusal::TooLong(LONGEST_ROW), place);
        } else if !bytes.trim_ascii().is_empty() {
            let text = match &whole {
                Ok(whole) => whole.get(start..end).ok_or(Refusal::NotUtf8(0)),
                Err(_) => utf8(bytes),
            };
            let read = text.and_then(|text| {
                json::row(text, names, &mut cells)?;
                Ok(Raw::Object(text))
            });
            match read {
                Ok(raw) => take.row(&cells, place, raw),
                Err(refusal) => take.refuse(&refusal, place),
            }
        }
        start = end + 1;
    }
}

fn values(piece: &Piece, names: &mut Names, take: &mut impl Take) {
    let What::Values(found, columns) = &piece.what else {
        return;
    };
    let mut start = 0;
    let mut cells = Cells::new();
    for row in found {
        let place = Place::Line(row.line);
        let bytes = piece.bytes.get(start..row.end).unwrap_or_default();
        let read = match row.is_too_long {
            true => Err(Refusal::TooLong(LONGEST_ROW)),
            false => utf8(bytes).and_then(|text| match columns {
                Some(columns) if text.starts_with('[') => {
                    json::list(text, columns, &mut cells)?;
                    Ok(Raw::Values)
                }
                _ => {
                    json::row(text, names, &mut cells)?;
                    Ok(Raw::Object(text))
                }
            }),
        };
        match read {
            Ok(raw) => take.row(&cells, place, raw),
            Err(refusal) => take.refuse(&refusal, place),
        }
        start = row.end;
    }
}

fn utf8(bytes: &[u8]) -> Result<&str, Refusal> {
    simdutf8::compat::from_utf8(bytes).map_err(|error| Refusal::NotUtf8(error.valid_up_to() + 1))
}

pub(crate) type Files = VecDeque<(PathBuf, Source)>;

/// The files that the sources mean, and how many were passed over.
pub(crate) fn files(sources: &[Source]) -> Result<(Files, u64), IntakeError> {
    let mut files = Files::new();
    let mut passed_over = 0;
    for source in sources {
        match source {
            Source::Path(path) if path.is_dir() => {
                let before = files.len();
                folder(path, &mut files, &mut passed_over)?;
                if files.len() == before {
                    return Err(IntakeError::EmptyFolder(path.clone()));
                }
            }
            Source::Path(path) => files.push_back((path.clone(), source.clone())),
            Source::Stdin => files.push_back((PathBuf::from("-"), Source::Stdin)),
        }
    }
    Ok((files, passed_over))
}

fn folder(path: &Path, files: &mut Files, passed_over: &mut u64) -> Result<(), IntakeError> {
    let unreadable = |error| IntakeError::Unreadable {
        path: path.to_owned(),
        error,
    };
    let mut entries = Vec::new();
    for entry in path.read_dir().map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        entries.push((entry.path(), entry.file_type().map_err(unreadable)?));
    }
    entries.sort_by(|(one, _), (other, _)| one.cmp(other));
    for (entry, kind) in entries {
        if is_kept_by_pull(&entry) {
            continue;
        }
        // A link to a folder may lead back to where it is.
        if kind.is_dir() {
            folder(&entry, files, passed_over)?;
        } else if ends_like_a_log(&entry) && entry.is_file() {
            files.push_back((entry.clone(), Source::Path(entry)));
        } else {
            *passed_over += 1;
        }
    }
    Ok(())
}

/// Whether it is what `comity pull` keeps beside the rows: no row is in it.
fn is_kept_by_pull(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| name.starts_with(".comity-pull"))
}

fn ends_like_a_log(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.unwrap_or_default().to_ascii_lowercase();
    let packed = [".gz", ".zst"]
        .iter()
        .find_map(|end| name.strip_suffix(end));
    let name = packed.unwrap_or(&name);
    !name.starts_with('.') && ENDINGS.iter().any(|end| name.ends_with(end))
}

/// How large the files are; `None` if one of them does not say.
pub(crate) fn bytes(files: &Files) -> Option<u64> {
    let sizes = files.iter().map(|(path, source)| match source {
        Source::Stdin => None,
        Source::Path(_) => {
            let about = std::fs::metadata(path).ok();
            about
                .filter(std::fs::Metadata::is_file)
                .map(|about| about.len())
        }
    });
    sizes.sum()
}
