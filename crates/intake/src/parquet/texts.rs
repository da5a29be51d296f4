//! A column of texts, decoded to places in a list of texts.
//!
//! A name occurs ten thousand times in a row group and once in its dictionary. What is made of the
//! dictionary's entries is made once, and a row has the place of its entry.

use bytes::Bytes;
use parquet::basic::Encoding;
use parquet::column::page::{Page, PageReader};
use parquet::errors::ParquetError;
use parquet::file::metadata::ColumnChunkMetaData;

use super::runs::Runs;
use crate::print::Print;

/// A text that rows have, and what stands for it.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) bytes: Bytes,
    pub(super) print: Print,
}

/// The column of one row group.
pub(super) struct Texts {
    pages: Box<dyn PageReader>,
    seed: u64,
    /// How deep a value is that is there; 0 where all are.
    depth: u32,
    entries: Vec<Entry>,
    /// How many of the entries are the dictionary; the others are of the rows at hand.
    dictionary: usize,
    page: Data,
    levels: Vec<u32>,
    places: Vec<u32>,
}

/// What is left of a page.
struct Data {
    rows: usize,
    levels: Option<Runs>,
    values: Values,
}

enum Values {
    Places(Runs),
    Plain(Bytes),
}

fn damaged() -> ParquetError {
    ParquetError::General("a page of texts is damaged".into())
}

/// Whether all pages are of the kinds that are read here.
pub(super) fn can_read(chunk: &ColumnChunkMetaData) -> bool {
    chunk.encodings().all(|encoding| {
        matches!(
            encoding,
            Encoding::PLAIN | Encoding::RLE | Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY
        )
    })
}

impl Texts {
    pub(super) fn new(pages: Box<dyn PageReader>, depth: i16, seed: u64) -> Self {
        Texts {
            pages,
            seed,
            depth: u32::try_from(depth).unwrap_or_default(),
            entries: Vec::new(),
            dictionary: 0,
            page: Data {
                rows: 0,
                levels: None,
                values: Values::Plain(Bytes::new()),
            },
            levels: Vec::new(),
            places: Vec::new(),
        }
    }

    /// The text of a slot; 0 has none.
    pub(super) fn entry(&self, slot: u32) -> Option<&Entry> {
        self.entries.get(slot.checked_sub(1)? as usize)
    }

    /// Decodes the next rows into slots.
    pub(super) fn fill(&mut self, rows: usize, slots: &mut Vec<u32>) -> Result<(), ParquetError> {
        slots.clear();
        self.entries.truncate(self.dictionary);
        while slots.len() < rows {
            if self.page.rows == 0 {
                self.next_page()?;
                continue;
            }
            let taken = self.page.rows.min(rows - slots.len());
            self.page.rows -= taken;
            self.levels.clear();
            let there = match &mut self.page.levels {
                None => taken,
                Some(levels) => {
                    levels.read(taken, &mut self.levels).ok_or_else(damaged)?;
                    let there = self.levels.iter().filter(|level| **level == self.depth);
                    there.count()
                }
            };
            self.values(there)?;
            match self.levels.is_empty() {
                true => slots.extend(&self.places),
                false => {
                    let mut places = self.places.iter().copied();
                    let depth = self.depth;
                    let slot = |level: &u32| match *level == depth {
                        true => places.next().unwrap_or_default(),
                        false => 0,
                    };
                    slots.extend(self.levels.iter().map(slot));
                }
            }
        }
        Ok(())
    }

    /// Decodes values to the slots of their entries.
    fn values(&mut self, count: usize) -> Result<(), ParquetError> {
        self.places.clear();
        match &mut self.page.values {
            Values::Places(runs) => {
                runs.read(count, &mut self.places).ok_or_else(damaged)?;
                let known = u32::try_from(self.dictionary).unwrap_or(u32::MAX);
                for place in &mut self.places {
                    if *place >= known {
                        return Err(damaged());
                    }
                    *place += 1;
                }
            }
            Values::Plain(rest) => {
                for _ in 0..count {
                    let bytes = plain(rest).ok_or_else(damaged)?;
                    let print = Print::of_text(self.seed, &bytes);
                    self.entries.push(Entry { bytes, print });
                    let slot = u32::try_from(self.entries.len()).map_err(|_| damaged())?;
                    self.places.push(slot);
                }
            }
        }
        Ok(())
    }

    fn next_page(&mut self) -> Result<(), ParquetError> {
        let ends = || ParquetError::EOF("a column ends before its row group".into());
        let (values, rows, encoding, levels) = match self.pages.get_next_page()?.ok_or_else(ends)? {
            Page::DictionaryPage {
                buf, num_values, ..
            } => return self.take_dictionary(buf, num_values),
            Page::DataPage {
                mut buf,
                num_values,
                encoding,
                ..
            } => {
                let mut levels = None;
                if self.depth > 0 {
                    let length = length(&mut buf).ok_or_else(damaged)?;
                    levels = Some(split(&mut buf, length).ok_or_else(damaged)?);
                }
                (buf, num_values, encoding, levels)
            }
            Page::DataPageV2 {
                mut buf,
                num_values,
                encoding,
                def_levels_byte_len,
                rep_levels_byte_len,
                ..
            } => {
                split(&mut buf, rep_levels_byte_len as usize).ok_or_else(damaged)?;
                let levels = split(&mut buf, def_levels_byte_len as usize).ok_or_else(damaged)?;
                (
                    buf,
                    num_values,
                    encoding,
                    Some(levels).filter(|_| self.depth > 0),
                )
            }
        };
        let width = u32::BITS - self.depth.leading_zeros();
        let levels = levels.map(|levels| Runs::new(levels, width).ok_or_else(damaged));
        let values = match encoding {
            Encoding::PLAIN => Values::Plain(values),
            _ => {
                let width = values.first().copied();
                let rest = values.slice(values.len().min(1)..);
                let runs = Runs::new(rest, width.unwrap_or_default().into());
                Values::Places(runs.ok_or_else(damaged)?)
            }
        };
        self.page = Data {
            rows: rows as usize,
            levels: levels.transpose()?,
            values,
        };
        Ok(())
    }

    fn take_dictionary(&mut self, mut buffer: Bytes, count: u32) -> Result<(), ParquetError> {
        if !self.entries.is_empty() {
            return Err(damaged());
        }
        for _ in 0..count {
            let bytes = plain(&mut buffer).ok_or_else(damaged)?;
            let print = Print::of_text(self.seed, &bytes);
            self.entries.push(Entry { bytes, print });
        }
        self.dictionary = self.entries.len();
        Ok(())
    }
}

/// Takes so many bytes from the front.
fn split(buffer: &mut Bytes, length: usize) -> Option<Bytes> {
    (length <= buffer.len()).then(|| buffer.split_to(length))
}

/// Takes a length of four bytes.
fn length(buffer: &mut Bytes) -> Option<usize> {
    let bytes = split(buffer, 4)?;
    let bytes: [u8; 4] = bytes.as_ref().try_into().ok()?;
    Some(u32::from_le_bytes(bytes) as usize)
}

/// Takes a text with its length before it.
fn plain(buffer: &mut Bytes) -> Option<Bytes> {
    let length = length(buffer)?;
    split(buffer, length)
}
