//! What one helper makes of rows: what each says, whether it counts, and the behaviours so far.

mod batch;
mod learned;
mod seen;

use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, MutexGuard};

use hashbrown::{DefaultHashBuilder, HashTable};
use policy::tenant::TenantId;
use signins::window::Window;

use self::batch::{Batch, Waiting};
use self::learned::Learned;
use self::seen::SeenIds;
use crate::cells::{Cell, Cells};
use crate::column::Column;
use crate::error::Refusal;
use crate::feed::Named;
use crate::log::{Log, NEVER, Times, Traits};
use crate::meaning;
use crate::moment;
use crate::print::Print;
use crate::told::{Fault, Place, Told};

/// What helpers share.
#[derive(Debug)]
pub(crate) struct Frame {
    local: TenantId,
    window: Window,
    seen: SeenIds,
    /// In parts, so that helpers seldom wait for one another.
    alike: Vec<Mutex<HashTable<Alike>>>,
    learned: Mutex<Learned>,
    /// Of all hashes: nobody can write rows that are taken for others.
    seed: u64,
}

const PARTS: u8 = 16;

/// Rows that were alike to the letter but for id and time. What they mean was found out once.
#[derive(Clone, Copy, Debug)]
struct Alike {
    /// Stands for all their values.
    print: Print,
    /// The behaviour.
    line: u32,
    times: Times,
}

impl Alike {
    fn hash(&self) -> u64 {
        self.print.half()
    }
}

fn part_of(print: Print) -> u8 {
    u8::try_from(print.0 & 0x0F).unwrap_or_default()
}

/// What is kept under lock is whole after every step, so a helper that fell over spoils nothing.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poison| poison.into_inner())
}

impl Frame {
    pub(crate) fn new(local: TenantId, window: Window) -> Self {
        let seed = DefaultHashBuilder::default().hash_one(0_u8);
        Frame {
            local,
            window,
            seen: SeenIds::new(seed),
            alike: (0..PARTS).map(|_| Mutex::default()).collect(),
            learned: Mutex::new(Learned::new(seed)),
            seed,
        }
    }

    /// The part that these rows are in, all of them in the same.
    fn part(&self, places: &[(u8, usize)]) -> Option<MutexGuard<'_, HashTable<Alike>>> {
        let (part, _) = places.first()?;
        self.alike.get(usize::from(*part)).map(locked)
    }

    /// The behaviours with their numbers; what they say about the rows as a whole is told.
    pub(crate) fn finish(self, told: &mut Told) -> Log {
        let learned = self.learned.into_inner();
        let mut log = learned.unwrap_or_else(|poison| poison.into_inner()).log;
        for part in self.alike {
            for alike in part
                .into_inner()
                .unwrap_or_else(|poison| poison.into_inner())
            {
                log.count(alike.line, alike.times);
            }
        }
        let local = log.ids.of(self.local.as_u128());
        told.foreign = log.foreign(local);
        told.nowhere = log.nowhere();
        log
    }
}

/// Rows that stand in columns.
pub(crate) trait Rows {
    /// How many.
    fn len(&self) -> usize;
    /// Where one stands.
    fn place(&self, row: usize) -> Place;
    /// What stands for everything it says except for its id and its time.
    fn print(&self, row: usize) -> Print;
    /// How often it happened, and when.
    fn times(&self, row: usize) -> Result<Times, Refusal>;
    /// Its id, unless it stands for several.
    fn id(&self, row: usize) -> Option<&str>;
    /// What it says.
    fn cells(&self, row: usize) -> Result<Cells<'_>, Refusal>;
}

/// What a row says, asked for only where its like has not been seen.
type Said<'s, 'r> = &'s dyn Fn(usize) -> Result<(Cells<'r>, Traits), Refusal>;

/// One helper's part of the work.
#[derive(Debug)]
pub(crate) struct Collector<'f> {
    frame: &'f Frame,
    told: Told,
    batch: Batch,
    /// Part and place of rows, while they are counted.
    order: Vec<(u8, usize)>,
    file: Option<Arc<Named>>,
}

impl<'f> Collector<'f> {
    pub(crate) fn new(frame: &'f Frame) -> Self {
        Collector {
            frame,
            told: Told::default(),
            batch: Batch::default(),
            order: Vec::new(),
            file: None,
        }
    }

    /// What became of the rows.
    pub(crate) fn finish(mut self) -> Told {
        self.flush();
        self.told
    }

    /// Of everything that stands for something longer.
    pub(crate) const fn seed(&self) -> u64 {
        self.frame.seed
    }

    /// Says which file the next rows are of.
    pub(crate) fn begin(&mut self, file: &Arc<Named>) {
        self.flush();
        self.file = Some(Arc::clone(file));
    }

    /// Counts a row, or lists why it cannot be.
    pub(crate) fn row(&mut self, cells: &Cells<'_>, place: Place) {
        let timed = meaning::times(cells);
        let read = timed.and_then(|times| Ok((times, meaning::traits(cells)?)));
        let (times, traits) = match read {
            Ok(read) => read,
            Err(refusal) => return self.refuse(&refusal, place),
        };
        if let Cell::Text(id) = cells.get(Column::Id)
            && !cells.says(Column::Count)
        {
            let bits = self.frame.seen.bits(id);
            self.batch.ids.push((bits, self.batch.waiting.len()));
        }
        let seed = self.frame.seed;
        let print = |values: &[u8]| Print::of(seed, values);
        self.batch.push(cells, times, traits, place, print);
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
        let mut ids = std::mem::take(&mut batch.ids);
        let traits = |row: usize| batch.traits(row);
        self.settle(&mut waiting, &mut ids, &|row| {
            Ok((batch.cells(row), traits(row)))
        });
        batch.clear(waiting, ids);
        self.batch = batch;
    }

    /// Counts rows that stand in columns.
    pub(crate) fn rows(&mut self, rows: &impl Rows) {
        self.flush();
        let mut waiting = std::mem::take(&mut self.batch.waiting);
        let mut ids = std::mem::take(&mut self.batch.ids);
        for row in 0..rows.len() {
            let place = rows.place(row);
            match rows.times(row) {
                Ok(times) => {
                    if let Some(id) = rows.id(row) {
                        ids.push((self.frame.seen.bits(id), waiting.len()));
                    }
                    waiting.push(Waiting::new(row, rows.print(row), times, place));
                }
                Err(refusal) => self.list(&refusal, place),
            }
        }
        self.settle(&mut waiting, &mut ids, &|row| {
            let cells = rows.cells(row)?;
            let traits = meaning::traits(&cells)?;
            Ok((cells, traits))
        });
        self.batch.clear(waiting, ids);
    }

    /// Finds out what rows mean, which of them count, and counts them.
    fn settle<'r>(
        &mut self,
        rows: &mut [Waiting],
        ids: &mut Vec<(u128, usize)>,
        said: Said<'_, 'r>,
    ) {
        let mut order = std::mem::take(&mut self.order);
        order.clear();
        let parts = rows.iter().map(|row| part_of(row.print));
        order.extend(parts.zip(0..));
        order.sort_unstable();
        self.learn(rows, &order, said);
        for row in rows.iter_mut() {
            if row.counts && !self.is_inside(row.times) {
                row.counts = false;
                self.told.rows += row.times.count;
                self.told.outside += row.times.count;
            }
        }
        ids.retain(|(_, row)| rows.get(*row).is_some_and(|row| row.counts));
        let told = &mut self.told;
        self.frame.seen.note(ids, |row| {
            if let Some(row) = rows.get_mut(row) {
                row.counts = false;
                told.rows += 1;
                told.duplicates += 1;
            }
        });
        for places in order.chunk_by(|(one, _), (other, _)| one == other) {
            let Some(mut part) = self.frame.part(places) else {
                continue;
            };
            let of_part = places.iter().filter_map(|(_, place)| rows.get(*place));
            for row in of_part.filter(|row| row.counts) {
                self.told.rows += row.times.count;
                self.told.counted += row.times.count;
                if let Some(alike) =
                    part.find_mut(row.print.half(), |alike| alike.print == row.print)
                {
                    alike.times.add(row.times);
                }
            }
        }
        self.order = order;
    }

    /// Finds out what those rows mean whose like has not been seen. A row that cannot be read is
    /// told whether it would count or not.
    fn learn<'r>(&mut self, rows: &mut [Waiting], order: &[(u8, usize)], said: Said<'_, 'r>) {
        for places in order.chunk_by(|(one, _), (other, _)| one == other) {
            let Some(part) = self.frame.part(places) else {
                continue;
            };
            for (_, place) in places {
                if let Some(row) = rows.get_mut(*place) {
                    let same = |alike: &Alike| alike.print == row.print;
                    row.counts = part.find(row.print.half(), same).is_some();
                }
            }
        }
        if rows.iter().all(|row| row.counts) {
            return;
        }
        let frame = self.frame;
        let mut learned = locked(&frame.learned);
        for row in rows.iter_mut().filter(|row| !row.counts) {
            let meaning = said(row.row).and_then(|(cells, traits)| learned.meaning(&cells, traits));
            let line = match meaning {
                Ok(line) => line,
                Err(refusal) => {
                    self.list(&refusal, row.place);
                    continue;
                }
            };
            let Some(part) = frame.alike.get(usize::from(part_of(row.print))) else {
                continue;
            };
            let alike = Alike {
                print: row.print,
                line,
                times: Times::NONE,
            };
            // Another row of these, or another helper, may have been first.
            let same = |known: &Alike| known.print == row.print;
            locked(part)
                .entry(alike.hash(), same, Alike::hash)
                .or_insert(alike);
            row.counts = true;
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
