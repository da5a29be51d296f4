//! Separated values: the portal's downloads and exports of Azure Monitor.
//!
//! Columns are known by name, in any order. The separator is the one that the header is full of: a
//! comma, a semicolon or a tab.

use std::borrow::Cow;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use crate::cells::Cells;
use crate::column::Column;
use crate::error::Refusal;
use crate::feed::{Piece, no_log};
use crate::json::document::LONGEST_ROW;
use crate::take::{Raw, Take};
use crate::told::Place;

/// More columns than this no log has.
const MOST_COLUMNS: usize = 4096;

/// What stands in the first line.
#[derive(Debug)]
pub(crate) struct Header {
    separator: u8,
    columns: Vec<Option<Column>>,
    /// As they are written.
    names: Vec<String>,
    /// How many bytes it takes, with the end of its line.
    length: usize,
}

impl Header {
    /// Reads the header of a file that begins so; or what was found instead.
    pub(crate) fn read(ahead: &[u8]) -> Result<Self, String> {
        let end = last_of_first(ahead);
        let line = ahead.get(..end).unwrap_or_default();
        let Ok(text) = std::str::from_utf8(line) else {
            return Err(no_log("its first line is not UTF-8"));
        };
        let counts = [b',', b';', b'\t'].map(|separator| {
            let bytes = text.bytes().filter(|byte| *byte == separator);
            (bytes.count(), separator)
        });
        let most = counts.into_iter().max_by_key(|(count, _)| *count);
        let (_, separator) = most.unwrap_or((0, b','));
        let mut parser = Parser::new(separator);
        let mut rest = line;
        let fields = parser.next(&mut rest).unwrap_or_default();
        let names = fields.iter().map(|field| String::from_utf8_lossy(field));
        let names = names.map(Into::into).collect();
        let columns: Vec<Option<Column>> = fields
            .iter()
            .map(|field| std::str::from_utf8(field).ok().and_then(Column::named))
            .collect();
        let mut columns = columns;
        forget_repeated(&mut columns);
        let known = columns.iter().flatten();
        let tells = known.filter(|column| {
            let tenants = [Column::HomeTenant, Column::ResourceTenant];
            tenants.contains(column)
        });
        if tells.count() == 0 || columns.len() > MOST_COLUMNS {
            let shown: String = text.trim().chars().take(60).collect();
            let found = format!("its first line, `{shown}`, names no column with a tenant");
            return Err(no_log(&found));
        }
        Ok(Header {
            separator,
            columns,
            names,
            length: end,
        })
    }

    /// What the fields of a record are called.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    pub(crate) const fn quote(&self) -> u8 {
        b'"'
    }
}

/// The portal repeats a column; the first one counts.
fn forget_repeated(columns: &mut [Option<Column>]) {
    let mut seen = Vec::new();
    for column in columns {
        if let Some(known) = *column {
            match seen.contains(&known) {
                true => *column = None,
                false => seen.push(known),
            }
        }
    }
}

fn last_of_first(bytes: &[u8]) -> usize {
    let mut quoted = false;
    for (index, byte) in bytes.iter().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => return index + 1,
            _ => {}
        }
    }
    bytes.len()
}

/// How many bytes are whole records: up to the last end of a line outside of quotes.
pub(crate) fn last_record(bytes: &[u8], quote: u8) -> Option<usize> {
    let mut quoted = false;
    let mut last = None;
    for index in memchr::memchr2_iter(quote, b'\n', bytes) {
        match bytes.get(index) {
            Some(b'\n') if !quoted => last = Some(index + 1),
            Some(b'\n') => {}
            _ => quoted = !quoted,
        }
    }
    last
}

/// Splits records into fields.
struct Parser {
    reader: Reader,
    output: Vec<u8>,
    ends: Vec<usize>,
    fields: Vec<Vec<u8>>,
}

impl Parser {
    fn new(separator: u8) -> Self {
        Parser {
            reader: ReaderBuilder::new().delimiter(separator).build(),
            output: vec![0; 64 * 1024],
            ends: vec![0; 256],
            fields: Vec::new(),
        }
    }

    /// The fields of the next record; `None` at the end.
    fn next(&mut self, input: &mut &[u8]) -> Option<&[Vec<u8>]> {
        let (mut written, mut ended) = (0, 0);
        loop {
            let output = self.output.get_mut(written..).unwrap_or_default();
            let ends = self.ends.get_mut(ended..).unwrap_or_default();
            let (result, read, wrote, more) = self.reader.read_record(input, output, ends);
            *input = input.get(read..).unwrap_or_default();
            written += wrote;
            ended += more;
            match result {
                // The end of the input is told by giving none.
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => self.output.resize(self.output.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::Record => break,
                ReadRecordResult::End => return None,
            }
        }
        self.fields.clear();
        let mut start = 0;
        for end in self.ends.iter().take(ended) {
            let field = self.output.get(start..*end).unwrap_or_default();
            self.fields.push(field.to_vec());
            start = *end;
        }
        Some(&self.fields)
    }
}

/// Reads a piece of a file.
pub(crate) fn read(piece: &Piece, header: &Header, take: &mut impl Take) {
    let mut rest = piece.bytes.as_slice();
    let mut line = piece.line;
    if line == 1 {
        let names = rest.get(..header.length).unwrap_or_default();
        line += memchr::memchr_iter(b'\n', names).count() as u64;
        rest = rest.get(header.length..).unwrap_or_default();
    }
    let mut parser = Parser::new(header.separator);
    loop {
        // Empty lines are no records.
        while let Some(b'\n' | b'\r') = rest.first() {
            line += u64::from(rest.first() == Some(&b'\n'));
            rest = rest.get(1..).unwrap_or_default();
        }
        let before = rest;
        let Some(fields) = parser.next(&mut rest) else {
            return;
        };
        let taken = before.get(..before.len() - rest.len()).unwrap_or_default();
        let place = Place::Line(line);
        match cells(fields, header, taken.len()) {
            Ok(cells) => take.row(&cells, place, Raw::Fields(header, fields)),
            Err(refusal) => take.refuse(&refusal, place),
        }
        line += memchr::memchr_iter(b'\n', taken).count() as u64;
    }
}

fn cells<'a>(fields: &'a [Vec<u8>], header: &Header, length: usize) -> Result<Cells<'a>, Refusal> {
    if length > LONGEST_ROW {
        return Err(Refusal::TooLong(LONGEST_ROW));
    }
    if fields.len() != header.columns.len() {
        return Err(Refusal::OtherFields {
            found: fields.len(),
            expected: header.columns.len(),
        });
    }
    let mut cells = Cells::new();
    for (field, column) in fields.iter().zip(&header.columns) {
        if let Some(column) = column {
            let text = std::str::from_utf8(field)
                .map_err(|error| Refusal::NotUtf8(error.valid_up_to() + 1))?;
            cells.say(*column, Cow::Borrowed(text.trim()));
        }
    }
    Ok(cells)
}
