//! What one helper makes of rows: what each says, whether it counts, and the behaviours so far.

mod batch;
pub(crate) mod gathering;
pub(crate) mod learned;
mod once;

use std::sync::{Arc, Mutex};

use hashbrown::HashTable;
use policy::tenant::TenantId;
use signins::window::Window;

use self::batch::{Batch, Waiting};
use self::learned::Learned;
use self::once::Once;
use crate::cells::{Cell, Cells};
use crate::column::Column;
use crate::error::Refusal;
use crate::feed::Named;
use crate::intern::{PARTS, locked};
use crate::log::{Log, NEVER, Times, Traits};
use crate::meaning;
use crate::moment;
use crate::print::{self, Print};
use crate::take::{Raw, Take};
use crate::told::{Fault, Place, Told};

/// What helpers share.
#[derive(Debug)]
pub(crate) struct Frame {
    local: TenantId,
    window: Window,
    /// In parts, so that helpers seldom wait for one another.
    alike: Vec<Mutex<HashTable<Alike>>>,
    learned: Learned,
    /// Of all hashes: nobody can write rows that are taken for others.
    seed: u64,
}

/// Rows that were alike to the letter but for id and time. What they mean was found out once.
#[derive(Clone, Copy, Debug)]
struct Alike {
    /// Stands for all their values.
    print: Print,
    /// The behaviour.
    line: u32,
}

impl Alike {
    fn hash(&self) -> u64 {
        self.print.half()
    }
}

fn part_of(print: Print) -> usize {
    usize::try_from(print.0 & 0x0F).unwrap_or_default()
}

/// What one helper counted.
#[derive(Debug)]
pub(crate) struct Counted {
    pub(crate) told: Told,
    once: Once,
    /// Of rows without an id, by the number of the behaviour.
    times: Vec<Times>,
}

impl Frame {
    pub(crate) fn new(local: TenantId, window: Window) -> Self {
        let seed = print::seed();
        Frame {
            local,
            window,
            alike: (0..PARTS).map(|_| Mutex::default()).collect(),
            learned: Learned::new(seed),
            seed,
        }
    }

    /// The behaviours with their numbers; what they say about the rows as a whole is told.
    pub(crate) fn finish(self, counted: Vec<Counted>, told: &mut Told) -> Log {
        let mut log = self.learned.finish();
        let mut of_ids = Vec::with_capacity(counted.len());
        for part in counted {
            told.add(part.told);
            log.count(&part.times);
            of_ids.push(part.once);
        }
        for settled in once::settle(of_ids, log.lines()) {
            told.rows += settled.counted + settled.duplicates;
            told.counted += settled.counted;
            told.duplicates += settled.duplicates;
            log.count(&settled.times);
        }
        told.foreign = log.foreign(self.local);
        told.nowhere = log.nowhere();
        log
    }
}

/// Rows that stand in columns.
pub(crate) trait Rows {
    /// Where one stands.
    fn place(&self, row: usize) -> Place;
    /// What stands for everything each of them says except for its id and its time.
    fn prints(&self, into: &mut Vec<Print>);
    /// How often it happened, and when.
    fn times(&self, row: usize) -> Result<Times, Refusal>;
    /// Its id, unless it stands for several.
    fn id(&self, row: usize) -> Option<&[u8]>;
    /// What it says.
    fn cells(&self, row: usize) -> Result<Cells<'_>, Refusal>;
    /// The same for who learns all rows at one place: numbers of texts are noted beside them.
    fn noting(&self, row: usize) -> Result<Cells<'_>, Refusal>;
}

impl Take for Collector<'_> {
    fn seed(&self) -> u64 {
        Collector::seed(self)
    }

    fn row(&mut self, cells: &Cells<'_>, place: Place, _: Raw<'_>) {
        Collector::row(self, cells, place);
    }

    fn rows(&mut self, rows: &impl Rows) {
        Collector::rows(self, rows);
    }

    fn refuse(&mut self, refusal: &Refusal, place: Place) {
        Collector::refuse(self, refusal, place);
    }

    fn broken(&mut self, why: String, place: Place) {
        Collector::broken(self, why, place);
    }
}

/// What a row says, asked for only where its like has not been seen.
type Said<'s, 'r> = &'s dyn Fn(usize) -> Result<(Cells<'r>, Traits), Refusal>;

/// One helper's part of the work.
#[derive(Debug)]
pub(crate) struct Collector<'f> {
    frame: &'f Frame,
    told: Told,
    batch: Batch,
    once: Once,
    /// Of rows without an id, by the number of the behaviour.
    times: Vec<Times>,
    /// Which of the rows are in which part, while they are counted.
    places: Vec<Vec<usize>>,
    prints: Vec<Print>,
    file: Option<Arc<Named>>,
    piece: u32,
}

impl<'f> Collector<'f> {
    pub(crate) fn new(frame: &'f Frame) -> Self {
        Collector {
            frame,
            told: Told::default(),
            batch: Batch::default(),
            once: Once::default(),
            times: Vec::new(),
            places: (0..PARTS).map(|_| Vec::new()).collect(),
            prints: Vec::new(),
            file: None,
            piece: 0,
        }
    }

    /// What became of the rows.
    pub(crate) fn finish(mut self) -> Counted {
        self.flush();
        Counted {
            told: self.told,
            once: self.once,
            times: self.times,
        }
    }

    /// Of everything that stands for something longer.
    pub(crate) const fn seed(&self) -> u64 {
        self.frame.seed
    }

    /// Says which file the next rows are of.
    pub(crate) fn begin(&mut self, file: &Arc<Named>, piece: u32) {
        self.flush();
        self.file = Some(Arc::clone(file));
        self.piece = piece;
    }

    /// Counts a row, or lists why it cannot be.
    pub(crate) fn row(&mut self, cells: &Cells<'_>, place: Place) {
        let timed = meaning::times(cells);
        let read = timed.and_then(|times| Ok((times, meaning::traits(cells)?)));
        let (times, traits) = match read {
            Ok(read) => read,
            Err(refusal) => return self.refuse(&refusal, place),
        };
        let seed = self.frame.seed;
        let id = match cells.get(Column::Id) {
            Cell::Text(id) if !cells.says(Column::Count) => Some(once::bits(seed, id.as_bytes())),
            _ => None,
        };
        let print = |values: &[u8]| Print::of(seed, values);
        self.batch.push(cells, traits, print, |row, print| Waiting {
            row,
            print,
            times,
            id,
            place,
            line: None,
        });
        if self.batch.is_full() {
            self.flush();
        }
    }

    /// Lists a row that cannot be read.
    pub(crate) fn refuse(&mut self, refusal: &Refusal, place: Place) {
        // Faults are listed in the order of the rows.
        self.flush();
        self.list(refusal, place);
    }

    fn list(&mut self, refusal: &Refusal, place: Place) {
        self.told.rows += 1;
        self.told.unreadable += 1;
        if let Some(file) = &self.file {
            let why = refusal.to_string();
            self.told.fault(Fault {
                why,
                ..file.at(place)
            });
        }
    }

    /// Says that a part of the file could not be read.
    pub(crate) fn broken(&mut self, why: String, place: Place) {
        self.flush();
        self.told.broken_files += 1;
        if let Some(file) = &self.file {
            self.told.fault(Fault {
                why,
                ..file.at(place)
            });
        }
    }

    /// Counts the rows that wait.
    fn flush(&mut self) {
        let mut batch = std::mem::take(&mut self.batch);
        let mut waiting = std::mem::take(&mut batch.waiting);
        let traits = |row: usize| batch.traits(row);
        self.settle(&mut waiting, &|row| Ok((batch.cells(row), traits(row))));
        batch.clear(waiting);
        self.batch = batch;
    }

    /// Counts rows that stand in columns.
    pub(crate) fn rows(&mut self, rows: &impl Rows) {
        self.flush();
        let seed = self.frame.seed;
        let mut waiting = std::mem::take(&mut self.batch.waiting);
        let mut prints = std::mem::take(&mut self.prints);
        rows.prints(&mut prints);
        for (row, print) in prints.iter().enumerate() {
            let place = rows.place(row);
            match rows.times(row) {
                Ok(times) => waiting.push(Waiting {
                    row,
                    print: *print,
                    times,
                    id: rows.id(row).map(|id| once::bits(seed, id)),
                    place,
                    line: None,
                }),
                Err(refusal) => self.list(&refusal, place),
            }
        }
        self.settle(&mut waiting, &|row| {
            let cells = rows.noting(row)?;
            let traits = meaning::traits(&cells)?;
            Ok((cells, traits))
        });
        self.batch.clear(waiting);
        self.prints = prints;
    }

    /// Finds out what rows mean, and counts them.
    fn settle<'r>(&mut self, rows: &mut [Waiting], said: Said<'_, 'r>) {
        self.recognise(rows);
        self.learn(rows, said);
        for row in rows {
            let Some(line) = row.line else {
                continue;
            };
            if !self.is_inside(row.times) {
                self.told.rows += row.times.count;
                self.told.outside += row.times.count;
                continue;
            }
            // Whether a row with an id counts is known when all have been read.
            if let Some(id) = row.id {
                self.once.add(id, row.times.first, self.piece, line);
                continue;
            }
            self.told.rows += row.times.count;
            self.told.counted += row.times.count;
            let line = line as usize;
            if self.times.len() <= line {
                self.times.resize(line + 1, Times::NONE);
            }
            if let Some(times) = self.times.get_mut(line) {
                times.add(row.times);
            }
        }
    }

    /// Finds the behaviours of those rows whose like has been seen. Rows are looked up part by part,
    /// so that a helper takes each lock once.
    fn recognise(&mut self, rows: &mut [Waiting]) {
        for (place, row) in rows.iter().enumerate() {
            if let Some(places) = self.places.get_mut(part_of(row.print)) {
                places.push(place);
            }
        }
        for (places, part) in self.places.iter_mut().zip(&self.frame.alike) {
            if places.is_empty() {
                continue;
            }
            let part = locked(part);
            for place in places.drain(..) {
                if let Some(row) = rows.get_mut(place) {
                    let same = |alike: &Alike| alike.print == row.print;
                    let known = part.find(row.print.half(), same);
                    row.line = known.map(|alike| alike.line);
                }
            }
        }
    }

    /// Finds out what those rows mean whose like has not been seen. A row that cannot be read is
    /// told whether it would count or not.
    fn learn<'r>(&mut self, rows: &mut [Waiting], said: Said<'_, 'r>) {
        let frame = self.frame;
        for row in rows.iter_mut().filter(|row| row.line.is_none()) {
            let meaning = said(row.row);
            let meaning = meaning.and_then(|(cells, traits)| frame.learned.meaning(&cells, traits));
            let line = match meaning {
                Ok(line) => line,
                Err(refusal) => {
                    self.list(&refusal, row.place);
                    continue;
                }
            };
            let Some(part) = frame.alike.get(part_of(row.print)) else {
                continue;
            };
            let alike = Alike {
                print: row.print,
                line,
            };
            // Another row of these, or another helper, may have been first.
            let same = |known: &Alike| known.print == row.print;
            locked(part)
                .entry(alike.hash(), same, Alike::hash)
                .or_insert(alike);
            row.line = Some(line);
        }
    }

    fn is_inside(&self, times: Times) -> bool {
        let Window { from, until } = self.frame.window;
        if times.first == NEVER {
            return true;
        }
        until.is_none_or(|until| moment::moment(times.first) <= until)
            && from.is_none_or(|from| from <= moment::moment(times.last))
    }
}
