//! What one helper makes of rows: what each says, whether it counts, and the behaviours so far.

mod batch;
mod learned;
mod seen;

use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, MutexGuard};

use hashbrown::{DefaultHashBuilder, HashTable};
use policy::tenant::TenantId;
use signins::window::Window;
use twox_hash::XxHash3_128;

use self::batch::Batch;
use self::learned::Learned;
use self::seen::SeenIds;
use crate::cells::{Cell, Cells};
use crate::column::Column;
use crate::error::Refusal;
use crate::feed::Named;
use crate::log::{Log, NEVER, Times};
use crate::meaning;
use crate::moment;
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
    print: u128,
    /// The behaviour.
    line: u32,
    times: Times,
}

impl Alike {
    fn hash(&self) -> u64 {
        shortened(self.print)
    }
}

/// Half of the bits, which tables ask for.
fn shortened(bits: u128) -> u64 {
    u64::try_from(bits >> 64).unwrap_or_default()
}

fn part_of(print: u128) -> u8 {
    u8::try_from(print & 0x0F).unwrap_or_default()
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
            learned: Mutex::default(),
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

/// One helper's part of the work.
#[derive(Debug)]
pub(crate) struct Collector<'f> {
    frame: &'f Frame,
    told: Told,
    batch: Batch,
    file: Option<Arc<Named>>,
}

impl<'f> Collector<'f> {
    pub(crate) fn new(frame: &'f Frame) -> Self {
        Collector {
            frame,
            told: Told::default(),
            batch: Batch::default(),
            file: None,
        }
    }

    /// What became of the rows.
    pub(crate) fn finish(mut self) -> Told {
        self.flush();
        self.told
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
            self.batch.ids.push((bits, self.batch.rows.len()));
        }
        let seed = self.frame.seed;
        let print = |values: &[u8]| XxHash3_128::oneshot_with_seed(seed, values);
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
        batch.order(part_of);
        self.learn(&mut batch);
        for row in &mut batch.rows {
            if row.counts && !self.is_inside(row.times) {
                row.counts = false;
                self.told.rows += row.times.count;
                self.told.outside += row.times.count;
            }
        }
        let Batch {
            rows, ids, order, ..
        } = &mut batch;
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
                let hash = shortened(row.print);
                if let Some(alike) = part.find_mut(hash, |alike| alike.print == row.print) {
                    alike.times.add(row.times);
                }
            }
        }
        batch.clear();
        self.batch = batch;
    }

    /// Finds out what those rows mean whose like has not been seen. A row that cannot be read is
    /// told whether it would count or not.
    fn learn(&mut self, batch: &mut Batch) {
        let Batch { rows, order, .. } = batch;
        for places in order.chunk_by(|(one, _), (other, _)| one == other) {
            let Some(part) = self.frame.part(places) else {
                continue;
            };
            for (_, place) in places {
                if let Some(row) = rows.get_mut(*place) {
                    let found = part.find(shortened(row.print), |alike| alike.print == row.print);
                    row.counts = found.is_some();
                }
            }
        }
        if batch.rows.iter().all(|row| row.counts) {
            return;
        }
        let frame = self.frame;
        let mut learned = locked(&frame.learned);
        for index in 0..batch.rows.len() {
            let Some(row) = batch.rows.get(index).copied().filter(|row| !row.counts) else {
                continue;
            };
            let meaning = learned.meaning(&batch.cells(index), row.traits);
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
            // Another row of the batch, or another helper, may have been first.
            let same = |known: &Alike| known.print == row.print;
            locked(part)
                .entry(alike.hash(), same, Alike::hash)
                .or_insert(alike);
            if let Some(row) = batch.rows.get_mut(index) {
                row.counts = true;
            }
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
