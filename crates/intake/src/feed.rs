//! Hands out the work: the files one after the other, each in pieces that helpers read side by side.
//!
//! One helper at a time fetches a piece; unpacking happens while it does, since there is no other
//! way. A piece is a few megabytes of whole rows, so what is in memory does not grow with the file.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::Arc;

use crate::column::Column;
use crate::csv::{self, Header};
use crate::error::{EXPECTED, IntakeError};
use crate::json::document::{Document, Found, LONGEST_ROW};
use crate::parquet::Table;
use crate::read::{Progress, Source};
use crate::told::{Fault, Place, Told};
use crate::unpack::{self, Counted};

/// About how much is handed out at once.
const PIECE: usize = 2 * 1024 * 1024;

/// Some rows of one file.
#[derive(Debug)]
pub(crate) struct Piece {
    pub(crate) file: Arc<Named>,
    /// Which one it is, in the order in which they were handed out.
    pub(crate) number: u32,
    /// The line of its first byte, from 1.
    pub(crate) line: u64,
    pub(crate) bytes: Vec<u8>,
    pub(crate) what: What,
}

/// How the rows lie in the bytes.
#[derive(Clone, Debug)]
pub(crate) enum What {
    /// A JSON object to a line.
    Lines,
    /// JSON values of a document, and the columns if they are lists.
    Values(Vec<Found>, Option<Arc<Vec<Option<Column>>>>),
    /// Separated values.
    Csv(Arc<Header>),
    /// A row group of a table; there are no bytes.
    Group(Arc<Table>, usize),
}

/// A file, as faults name it.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    pub(crate) order: usize,
    pub(crate) name: String,
}

impl Named {
    pub(crate) fn at(&self, place: Place) -> Fault {
        Fault {
            order: self.order,
            place,
            file: self.name.clone(),
            why: String::new(),
        }
    }
}

type Input = Box<dyn Read + Send>;

/// The file that is being read.
enum Opened {
    Lines(Lines),
    Document(Box<Document<Input>>),
    Csv(Lines, Arc<Header>),
    Table(Arc<Table>, usize),
}

/// Lines that come in pieces.
struct Lines {
    input: Input,
    /// What belongs to the next piece.
    carry: Vec<u8>,
    line: u64,
    ended: bool,
}

/// Where the work comes from.
pub(crate) struct Feed<'p> {
    sources: VecDeque<(PathBuf, Source)>,
    opened: Option<(Arc<Named>, Opened)>,
    progress: &'p dyn Progress,
    pub(crate) told: Told,
    bytes: Arc<Counted>,
    /// How many pieces have been handed out.
    number: u32,
}

impl<'p> Feed<'p> {
    pub(crate) fn new(sources: VecDeque<(PathBuf, Source)>, progress: &'p dyn Progress) -> Self {
        Feed {
            sources,
            opened: None,
            progress,
            told: Told::default(),
            bytes: Arc::default(),
            number: 0,
        }
    }

    /// The next piece of work; `reuse` is a buffer that is not needed any more.
    pub(crate) fn next(&mut self, mut reuse: Vec<u8>) -> Result<Option<Piece>, IntakeError> {
        loop {
            let Some((file, mut opened)) = self.opened.take() else {
                match self.sources.pop_front() {
                    Some((path, source)) => self.open(path, &source)?,
                    None => return Ok(None),
                }
                continue;
            };
            reuse.clear();
            let (piece, goes_on) = self.piece(&file, &mut opened, reuse);
            self.progress.read(self.bytes.get());
            self.told.bytes = self.bytes.get();
            if goes_on {
                self.opened = Some((file, opened));
            }
            match piece {
                Ok(piece) => return Ok(Some(piece)),
                Err(unused) => reuse = unused,
            }
        }
    }

    fn open(&mut self, path: PathBuf, source: &Source) -> Result<(), IntakeError> {
        let order = usize::try_from(self.told.files).unwrap_or(usize::MAX);
        let file = Arc::new(Named {
            order,
            name: source.name(),
        });
        self.told.files += 1;
        let unreadable = |error| IntakeError::Unreadable {
            path: path.clone(),
            error,
        };
        let raw: Input = match source {
            Source::Stdin => Box::new(io::stdin()),
            Source::Path(_) => Box::new(File::open(&path).map_err(unreadable)?),
        };
        let unpacked = unpack::open(raw, Arc::clone(&self.bytes));
        let unpacked = match unpacked {
            Ok(unpacked) => unpacked,
            Err(error) => {
                self.broken(&file, Place::File, &error.to_string());
                return Ok(());
            }
        };
        if unpacked.begins_with(b"PAR1") {
            if unpacked.is_packed || matches!(source, Source::Stdin) {
                return Err(IntakeError::PipedParquet(source.name()));
            }
            let length = std::fs::metadata(&path).map_or(0, |about| about.len());
            let table = Table::open(&path).map_err(|why| IntakeError::NotALog {
                file: source.name(),
                why,
            })?;
            self.bytes.add(length);
            self.opened = Some((file, Opened::Table(Arc::new(table), 0)));
            return Ok(());
        }
        let first = unpacked.first_byte();
        let opened = match first {
            None => return Ok(()),
            Some(b'{') if begins_with_a_row(unpacked.ahead()) => {
                Opened::Lines(Lines::new(unpacked.into_input(), 1))
            }
            Some(b'{' | b'[') => Opened::Document(Box::new(Document::new(unpacked.into_input()))),
            Some(_) => {
                let header =
                    Header::read(unpacked.ahead()).map_err(|why| IntakeError::NotALog {
                        file: source.name(),
                        why,
                    })?;
                let lines = Lines::new(unpacked.into_input(), 1);
                Opened::Csv(lines, Arc::new(header))
            }
        };
        self.opened = Some((file, opened));
        Ok(())
    }

    /// The next piece of a file, and whether there may be more; or the buffer back.
    fn piece(
        &mut self,
        file: &Arc<Named>,
        opened: &mut Opened,
        mut bytes: Vec<u8>,
    ) -> (Result<Piece, Vec<u8>>, bool) {
        self.number = self.number.saturating_add(1);
        let number = self.number;
        let of = |line, bytes, what| Piece {
            file: Arc::clone(file),
            number,
            line,
            bytes,
            what,
        };
        match opened {
            Opened::Table(table, next) => {
                let group = *next;
                *next += 1;
                match group < table.groups() {
                    true => {
                        let what = What::Group(Arc::clone(table), group);
                        (Ok(of(0, bytes, what)), true)
                    }
                    false => (Err(bytes), false),
                }
            }
            Opened::Document(document) => {
                let mut found = Vec::new();
                let more = document.rows(PIECE, &mut bytes, &mut found);
                let goes_on = match more {
                    Ok(more) => more,
                    Err(error) => {
                        let place = Place::Line(document.line());
                        self.broken(file, place, &error.to_string());
                        false
                    }
                };
                let columns = document.columns.clone().map(Arc::new);
                match found.is_empty() {
                    true => (Err(bytes), goes_on),
                    false => (Ok(of(0, bytes, What::Values(found, columns))), goes_on),
                }
            }
            Opened::Lines(lines) => {
                let line = lines.line;
                let read = lines.next(&mut bytes, last_line);
                let goes_on = self.goes_on(file, lines, read);
                match bytes.is_empty() {
                    true => (Err(bytes), goes_on),
                    false => (Ok(of(line, bytes, What::Lines)), goes_on),
                }
            }
            Opened::Csv(lines, header) => {
                let line = lines.line;
                let quote = header.quote();
                let read = lines.next(&mut bytes, |bytes| csv::last_record(bytes, quote));
                let goes_on = self.goes_on(file, lines, read);
                let what = What::Csv(Arc::clone(header));
                match bytes.is_empty() {
                    true => (Err(bytes), goes_on),
                    false => (Ok(of(line, bytes, what)), goes_on),
                }
            }
        }
    }

    /// Whether lines go on; a fault that ends them is listed.
    fn goes_on(&mut self, file: &Named, lines: &Lines, read: io::Result<()>) -> bool {
        match read {
            Ok(()) => !(lines.ended && lines.carry.is_empty()),
            Err(error) => {
                self.broken(file, Place::Line(lines.line), &error.to_string());
                false
            }
        }
    }

    fn broken(&mut self, file: &Named, place: Place, why: &str) {
        let fault = Fault {
            why: format!("{why}; what follows in this file was not read"),
            ..file.at(place)
        };
        self.told.broken_files += 1;
        self.told.fault(fault);
    }
}

impl Lines {
    fn new(input: Input, line: u64) -> Self {
        Lines {
            input,
            carry: Vec::new(),
            line,
            ended: false,
        }
    }

    /// Fills the buffer with whole lines. `last` says how many of its bytes are whole.
    fn next(
        &mut self,
        bytes: &mut Vec<u8>,
        last: impl Fn(&[u8]) -> Option<usize>,
    ) -> io::Result<()> {
        std::mem::swap(bytes, &mut self.carry);
        self.carry.clear();
        let mut enough = PIECE;
        loop {
            let failed = self.fill(bytes, enough).err();
            let whole = match self.ended {
                true => Some(bytes.len()),
                false => last(bytes),
            };
            if let Some(whole) = whole.filter(|whole| *whole > 0) {
                self.carry
                    .extend_from_slice(bytes.get(whole..).unwrap_or_default());
                bytes.truncate(whole);
                self.line += memchr::memchr_iter(b'\n', bytes).count() as u64;
                return failed.map_or(Ok(()), Err);
            }
            if failed.is_some() || self.ended {
                bytes.clear();
                return failed.map_or(Ok(()), Err);
            }
            if bytes.len() > LONGEST_ROW {
                // Whoever reads it says that it is too long; the rest of it is passed over here.
                bytes.truncate(LONGEST_ROW + 1);
                return self.pass_over();
            }
            enough += PIECE;
        }
    }

    /// Reads until there are so many bytes, or no more.
    fn fill(&mut self, bytes: &mut Vec<u8>, enough: usize) -> io::Result<()> {
        let mut length = bytes.len();
        if enough > length {
            bytes.resize(enough, 0);
        }
        let mut result = Ok(());
        while length < enough {
            let room = bytes.get_mut(length..).unwrap_or_default();
            match self.input.read(room) {
                Ok(0) => {
                    self.ended = true;
                    break;
                }
                Ok(read) => length += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    result = Err(error);
                    self.ended = true;
                    break;
                }
            }
        }
        bytes.truncate(length);
        result
    }

    /// Reads on to the end of the line.
    fn pass_over(&mut self) -> io::Result<()> {
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            self.fill(&mut buffer, PIECE)?;
            if let Some(end) = memchr::memchr(b'\n', &buffer) {
                self.line += 1;
                self.carry
                    .extend_from_slice(buffer.get(end + 1..).unwrap_or_default());
                return Ok(());
            }
            if self.ended {
                return Ok(());
            }
        }
    }
}

/// How many bytes are whole lines.
fn last_line(bytes: &[u8]) -> Option<usize> {
    memchr::memrchr(b'\n', bytes).map(|end| end + 1)
}

/// Whether a file begins with a row to a line, and not with a page or a row over many lines.
fn begins_with_a_row(ahead: &[u8]) -> bool {
    let begin = ahead.iter().position(|byte| *byte == b'{');
    let rest = ahead.get(begin.unwrap_or_default()..).unwrap_or_default();
    let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    let line = rest.get(..end).unwrap_or_default();
    let object: Result<serde_json::Map<String, serde_json::Value>, _> =
        serde_json::from_slice(line);
    let Ok(object) = object else {
        return false;
    };
    let pages = ["value", "records", "tables", "rows"];
    !pages
        .iter()
        .any(|name| object.get(*name).is_some_and(serde_json::Value::is_array))
}

/// What was found where a log was expected.
pub(crate) fn no_log(found: &str) -> String {
    format!("{found}; expected JSON, separated values or Parquet with {EXPECTED}")
}
