//! JSON that is not a row to a line: pages, arrays, tables, one after the other, in any layout.
//!
//! A page of Graph is an object with a list `value`, an event hub writes `records`, and the query
//! interface of Azure Monitor answers `tables` with `columns` and `rows`. The rows are found by
//! brackets and quotes alone and handed on; whether they are JSON is seen where they are read. The
//! file may be of any length: what is kept of it is one row, and the brackets that are open.

use std::io::{self, Read};

use crate::column::Column;

/// A longer row is passed over.
pub(crate) const LONGEST_ROW: usize = 4 * 1024 * 1024;
/// How deep brackets may be.
const DEEPEST: usize = 128;
const CHUNK: usize = 256 * 1024;

/// What is open.
#[derive(Debug)]
enum Open {
    /// A list whose elements are rows.
    Rows,
    /// A list whose elements are objects with lists of rows.
    Tables,
    /// An object in which a list of rows was found.
    Page,
}

/// Why it cannot go on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Broken {
    #[error("{0}")]
    Io(io::Error),
    #[error("the JSON ends in the middle")]
    Ends,
    #[error("expected {expected}, got `{got}`")]
    Unexpected { expected: &'static str, got: char },
    #[error("brackets are deeper than {DEEPEST}")]
    TooDeep,
}

/// A row that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// Where it ends in the bytes of its batch; it begins where the one before ends.
    pub(crate) end: usize,
    /// The line it begins in, from 1.
    pub(crate) line: u64,
    /// It was too long and is not there.
    pub(crate) is_too_long: bool,
}

/// Finds the rows of a document.
pub(crate) struct Document<R> {
    reader: R,
    buffer: Vec<u8>,
    at: usize,
    ended: bool,
    line: u64,
    open: Vec<Open>,
    /// How long the bytes may become with the row that is being read.
    most: usize,
    /// The columns of the table that is open, if it has said them.
    pub(crate) columns: Option<Vec<Option<Column>>>,
    columns_end: bool,
}

type Result<T> = std::result::Result<T, Broken>;

impl<R: Read> Document<R> {
    pub(crate) fn new(reader: R) -> Self {
        Document {
            reader,
            buffer: Vec::new(),
            at: 0,
            ended: false,
            line: 1,
            open: Vec::new(),
            most: LONGEST_ROW,
            columns: None,
            columns_end: false,
        }
    }

    /// The line that is being read.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    /// Appends rows until there are about so many bytes of them; answers whether there may be more.
    /// All rows of one answer have the same columns.
    pub(crate) fn rows(
        &mut self,
        enough: usize,
        bytes: &mut Vec<u8>,
        found: &mut Vec<Found>,
    ) -> Result<bool> {
        if std::mem::take(&mut self.columns_end) {
            self.columns = None;
        }
        while bytes.len() < enough {
            let Some(byte) = self.token()? else {
                return match self.open.is_empty() {
                    true => Ok(false),
                    false => Err(Broken::Ends),
                };
            };
            match self.open.last() {
                None => match byte {
                    b'[' => self.enter(Open::Rows)?,
                    b'{' => self.object(bytes, found)?,
                    _ => return Err(unexpected("`{` or `[`", byte)),
                },
                Some(Open::Rows) if byte == b']' => self.leave(),
                Some(Open::Rows) if byte == b'{' && self.open.len() == 1 => {
                    // A list of pages is a list of objects, too.
                    self.object(bytes, found)?;
                }
                Some(Open::Rows) => self.element(bytes, found)?,
                Some(Open::Tables) if byte == b']' => self.leave(),
                Some(Open::Tables) => self.object(bytes, found)?,
                Some(Open::Page) if byte == b'}' => {
                    self.leave();
                    if self.columns.is_some() {
                        // They are those of the rows that are handed out now, not of the next.
                        self.columns_end = true;
                        return Ok(true);
                    }
                }
                Some(Open::Page) => self.member(&mut Vec::new())?,
            }
        }
        Ok(true)
    }

    fn enter(&mut self, what: Open) -> Result<()> {
        self.skip();
        if self.open.len() >= DEEPEST {
            return Err(Broken::TooDeep);
        }
        self.open.push(what);
        Ok(())
    }

    fn leave(&mut self) {
        self.skip();
        self.open.pop();
    }

    /// Reads an object: a row, unless one of its members is a list of rows.
    fn object(&mut self, bytes: &mut Vec<u8>, found: &mut Vec<Found>) -> Result<()> {
        let (line, start, depth) = (self.line, bytes.len(), self.open.len());
        self.most = start + LONGEST_ROW + 1;
        self.skip();
        bytes.push(b'{');
        self.open.push(Open::Page);
        loop {
            match self.token()? {
                None => return Err(Broken::Ends),
                Some(b'}') => {
                    self.leave();
                    bytes.push(b'}');
                    self.found(bytes, found, start, line);
                    return Ok(());
                }
                Some(_) => {
                    if bytes.len() > start + 1 {
                        bytes.push(b',');
                    }
                    self.member(bytes)?;
                    if self.open.len() > depth + 1 {
                        // A list of rows: this was a page, and no row.
                        bytes.truncate(start);
                        return Ok(());
                    }
                }
            }
        }
    }

    /// Reads a member, or as much of it as comes before a list of rows.
    fn member(&mut self, bytes: &mut Vec<u8>) -> Result<()> {
        match self.token()? {
            Some(b'"') => {}
            Some(byte) => return Err(unexpected("a name in quotes", byte)),
            None => return Err(Broken::Ends),
        }
        let start = bytes.len();
        self.value(bytes)?;
        let name = bytes.get(start..).unwrap_or_default().to_vec();
        match self.token()? {
            Some(b':') => self.skip(),
            Some(byte) => return Err(unexpected("`:`", byte)),
            None => return Err(Broken::Ends),
        }
        bytes.push(b':');
        let is_list = self.token()? == Some(b'[');
        match name.as_slice() {
            b"\"value\"" | b"\"records\"" | b"\"rows\"" if is_list => self.enter(Open::Rows),
            b"\"tables\"" if is_list => self.enter(Open::Tables),
            b"\"columns\"" if is_list => {
                let start = bytes.len();
                self.value(bytes)?;
                let columns = bytes.get(start..).unwrap_or_default();
                self.columns = named(columns);
                Ok(())
            }
            _ => self.value(bytes),
        }
    }

    fn element(&mut self, bytes: &mut Vec<u8>, found: &mut Vec<Found>) -> Result<()> {
        let (line, start) = (self.line, bytes.len());
        self.most = start + LONGEST_ROW + 1;
        self.value(bytes)?;
        if let (true, Some(byte)) = (bytes.len() == start, self.peek()?) {
            return Err(unexpected("a row", byte));
        }
        self.found(bytes, found, start, line);
        Ok(())
    }

    fn found(&self, bytes: &mut Vec<u8>, found: &mut Vec<Found>, start: usize, line: u64) {
        let is_too_long = bytes.len() - start > LONGEST_ROW;
        if is_too_long {
            bytes.truncate(start);
        }
        found.push(Found {
            end: bytes.len(),
            line,
            is_too_long,
        });
    }

    /// The next byte that is neither blank nor comma; it is not taken.
    fn token(&mut self) -> Result<Option<u8>> {
        loop {
            match self.peek()? {
                Some(b'\n') => {
                    self.line += 1;
                    self.skip();
                }
                // The mark of byte order that concatenated files leave in the middle.
                Some(b' ' | b'\t' | b'\r' | b',' | 0xEF | 0xBB | 0xBF) => self.skip(),
                other => return Ok(other),
            }
        }
    }

    fn peek(&mut self) -> Result<Option<u8>> {
        if self.at >= self.buffer.len() && !self.refill()? {
            return Ok(None);
        }
        Ok(self.buffer.get(self.at).copied())
    }

    fn skip(&mut self) {
        self.at += 1;
    }

    fn refill(&mut self) -> Result<bool> {
        if self.ended {
            return Ok(false);
        }
        self.buffer.resize(CHUNK, 0);
        self.at = 0;
        let read = loop {
            match self.reader.read(&mut self.buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        let length = match read {
            Ok(length) => length,
            Err(error) => {
                self.buffer.clear();
                self.ended = true;
                return Err(Broken::Io(error));
            }
        };
        self.buffer.truncate(length);
        self.ended = length == 0;
        Ok(length > 0)
    }

    /// Appends one value as it is written. What is longer than a row may be is counted on but not
    /// kept, except for one byte that shows it.
    fn value(&mut self, bytes: &mut Vec<u8>) -> Result<()> {
        let mut depth = 0_usize;
        loop {
            let Some(byte) = self.peek()? else {
                return Err(Broken::Ends);
            };
            match byte {
                b'"' => {
                    self.text(bytes)?;
                    if depth == 0 {
                        return Ok(());
                    }
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' if depth == 0 => return Ok(()),
                b'}' | b']' => depth -= 1,
                b',' | b' ' | b'\t' | b'\r' | b'\n' if depth == 0 => return Ok(()),
                b'\n' => self.line += 1,
                _ => {}
            }
            if depth + self.open.len() > DEEPEST {
                return Err(Broken::TooDeep);
            }
            self.keep(bytes, byte);
            if depth == 0 && matches!(byte, b'}' | b']') {
                return Ok(());
            }
        }
    }

    /// Appends a text with its quotes.
    fn text(&mut self, bytes: &mut Vec<u8>) -> Result<()> {
        self.keep(bytes, b'"');
        let mut is_escaped = false;
        loop {
            if self.peek()?.is_none() {
                return Err(Broken::Ends);
            }
            let rest = self.buffer.get(self.at..).unwrap_or_default();
            if is_escaped {
                let byte = rest.first().copied().unwrap_or_default();
                self.keep(bytes, byte);
                is_escaped = false;
                continue;
            }
            let stop = memchr::memchr2(b'"', b'\\', rest);
            let length = stop.unwrap_or(rest.len());
            let plain = rest.get(..length).unwrap_or_default();
            self.line += memchr::memchr_iter(b'\n', plain).count() as u64;
            let room = self.most.saturating_sub(bytes.len()).min(length);
            bytes.extend_from_slice(plain.get(..room).unwrap_or_default());
            self.at += length;
            let stop = stop.and_then(|_| self.buffer.get(self.at).copied());
            if let Some(byte) = stop {
                self.keep(bytes, byte);
                is_escaped = byte == b'\\';
                if !is_escaped {
                    return Ok(());
                }
            }
        }
    }

    /// Takes the byte that was looked at, and keeps it if the row is not too long already.
    fn keep(&mut self, bytes: &mut Vec<u8>, byte: u8) {
        if bytes.len() < self.most {
            bytes.push(byte);
        }
        self.skip();
    }
}

fn unexpected(expected: &'static str, byte: u8) -> Broken {
    Broken::Unexpected {
        expected,
        got: char::from(byte),
    }
}

/// The columns of a table: `[{"name": …, "type": …}, …]`.
fn named(json: &[u8]) -> Option<Vec<Option<Column>>> {
    #[derive(serde::Deserialize)]
    struct Named {
        name: String,
    }
    let columns: Vec<Named> = serde_json::from_slice(json).ok()?;
    let columns = columns.iter().map(|column| Column::named(&column.name));
    Some(columns.collect())
}
