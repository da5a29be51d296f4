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
use crate::cells::Note;
use crate::print::Print;

/// Where a text lies.
#[derive(Clone, Copy, Debug)]
struct Spot {
    /// In which of the buffers.
    buffer: u32,
    start: u32,
    end: u32,
}

/// The column of one row group.
pub(super) struct Texts {
    pages: Box<dyn PageReader>,
    /// Of what stands for the texts, if somebody asks for that.
    seed: Option<u64>,
    /// How deep a value is that is there; 0 where all are.
    depth: u32,
    /// What the texts lie in: the dictionary, and pages of the rows at hand.
    buffers: Vec<Bytes>,
    /// Where the text of each slot lies. Slot 0 has none, and the first text that of slot 1.
    spots: Vec<Spot>,
    /// What stands for the text of each slot, slot 0 included.
    prints: Vec<Print>,
    /// One for each text of the dictionary.
    notes: Vec<Note>,
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
    /// One after the other, and how far they are read.
    Plain(Bytes, usize),
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
    pub(super) fn new(pages: Box<dyn PageReader>, depth: i16, seed: Option<u64>) -> Self {
        Texts {
            pages,
            seed,
            depth: u32::try_from(depth).unwrap_or_default(),
            buffers: Vec::new(),
            spots: Vec::new(),
            prints: vec![Print(0)],
            notes: Vec::new(),
            page: Data {
                rows: 0,
                levels: None,
                values: Values::Plain(Bytes::new(), 0),
            },
            levels: Vec::new(),
            places: Vec::new(),
        }
    }

    /// The text of a slot; 0 has none.
    pub(super) fn bytes(&self, slot: u32) -> Option<&[u8]> {
        let spot = self.spots.get(slot.checked_sub(1)? as usize)?;
        let buffer = self.buffers.get(spot.buffer as usize)?;
        buffer.get(spot.start as usize..spot.end as usize)
    }

    /// What stands for the text of a slot.
    pub(super) fn print(&self, slot: u32) -> Print {
        self.prints.get(slot as usize).copied().unwrap_or(Print(0))
    }

    /// Where to note something about the text of a slot, if it is of the dictionary.
    pub(super) fn note(&self, slot: u32) -> Option<&Note> {
        self.notes.get(slot.checked_sub(1)? as usize)
    }

    /// Decodes the next rows into slots.
    pub(super) fn fill(&mut self, rows: usize, slots: &mut Vec<u32>) -> Result<(), ParquetError> {
        slots.clear();
        self.buffers.truncate(usize::from(!self.notes.is_empty()));
        self.spots.truncate(self.notes.len());
        self.prints.truncate(self.notes.len() + 1);
        while slots.len() < rows {
            if self.page.rows == 0 {
                self.next_page()?;
                continue;
            }
            let taken = self.page.rows.min(rows - slots.len());
            self.page.rows -= taken;
            let level = match &mut self.page.levels {
                None => Some(self.depth),
                Some(levels) => levels.same(taken).ok_or_else(damaged)?,
            };
            match level {
                Some(level) if level == self.depth => self.values(taken, slots)?,
                Some(_) => slots.resize(slots.len() + taken, 0),
                None => self.some_values(taken, slots)?,
            }
        }
        Ok(())
    }

    /// Decodes values of which some are not there.
    fn some_values(&mut self, count: usize, slots: &mut Vec<u32>) -> Result<(), ParquetError> {
        let mut levels = std::mem::take(&mut self.levels);
        let mut places = std::mem::take(&mut self.places);
        levels.clear();
        places.clear();
        if let Some(runs) = &mut self.page.levels {
            runs.read(count, &mut levels).ok_or_else(damaged)?;
        }
        let depth = self.depth;
        let there = levels.iter().filter(|level| **level == depth).count();
        self.values(there, &mut places)?;
        let mut next = places.iter().copied();
        let slot = |level: &u32| match *level == depth {
            true => next.next().unwrap_or_default(),
            false => 0,
        };
        slots.extend(levels.iter().map(slot));
        (self.levels, self.places) = (levels, places);
        Ok(())
    }

    /// Decodes values to the slots of their texts.
    fn values(&mut self, count: usize, slots: &mut Vec<u32>) -> Result<(), ParquetError> {
        match &mut self.page.values {
            Values::Places(runs) => {
                let before = slots.len();
                runs.read(count, slots).ok_or_else(damaged)?;
                let places = slots.get_mut(before..).unwrap_or_default();
                let most = places.iter().copied().max();
                if most.is_some_and(|most| most as usize >= self.notes.len()) {
                    return Err(damaged());
                }
                for place in places {
                    *place += 1;
                }
                Ok(())
            }
            Values::Plain(page, at) => {
                let (page, start) = (page.clone(), *at);
                let first = self.spots.len();
                let end = self.take_up(&page, start, count).ok_or_else(damaged)?;
                self.page.values = Values::Plain(page.clone(), end);
                self.buffers.push(page);
                let slot = |place: usize| u32::try_from(place + 1).map_err(|_| damaged());
                slots.extend(slot(first)?..slot(self.spots.len())?);
                Ok(())
            }
        }
    }

    /// Takes up texts that lie one after the other in the buffer that comes next, each with its length
    /// before it; returns where they end.
    fn take_up(&mut self, buffer: &[u8], mut at: usize, count: usize) -> Option<usize> {
        let number = u32::try_from(self.buffers.len()).ok()?;
        for _ in 0..count {
            let length = buffer.get(at..)?.first_chunk()?;
            let start = at.checked_add(length.len())?;
            at = start.checked_add(u32::from_le_bytes(*length) as usize)?;
            let bytes = buffer.get(start..at)?;
            self.spots.push(Spot {
                buffer: number,
                start: u32::try_from(start).ok()?,
                end: u32::try_from(at).ok()?,
            });
            if let Some(seed) = self.seed {
                self.prints.push(Print::of_text(seed, bytes));
            }
        }
        Some(at)
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
                    let length = split(&mut buf, 4).ok_or_else(damaged)?;
                    let length = length.first_chunk().copied().unwrap_or_default();
                    let length = u32::from_le_bytes(length) as usize;
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
            Encoding::PLAIN => Values::Plain(values, 0),
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

    fn take_dictionary(&mut self, buffer: Bytes, count: u32) -> Result<(), ParquetError> {
        if !self.spots.is_empty() {
            return Err(damaged());
        }
        self.take_up(&buffer, 0, count as usize)
            .ok_or_else(damaged)?;
        self.buffers.push(buffer);
        self.notes.resize_with(self.spots.len(), Note::default);
        Ok(())
    }
}

/// Takes so many bytes from the front.
fn split(buffer: &mut Bytes, length: usize) -> Option<Bytes> {
    (length <= buffer.len()).then(|| buffer.split_to(length))
}
