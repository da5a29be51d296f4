//! Rows that have an id: each counts once, however often it comes.
//!
//! To look up ten million ids while they come would be to look at ten million places all over the memory.
//! They are noted instead, one after the other, in parts by their ids. When all rows have been read, each
//! part is looked through by itself, small enough to lie close to the processor.

use std::cmp::Reverse;
use std::hash::BuildHasher;

use hashbrown::hash_table::Entry;
use hashbrown::{DefaultHashBuilder, HashTable};
use twox_hash::XxHash3_128;

use crate::intern::guid;
use crate::log::{NEVER, Times};
use crate::moment::Nanoseconds;

/// Of ten million rows, each part has some ten thousand.
const PARTS: usize = 1 << PART_BITS;
const PART_BITS: u32 = 9;

/// What stands for an id: the id itself if it is a GUID.
pub(super) fn bits(seed: u64, id: &[u8]) -> u128 {
    guid(id).unwrap_or_else(|| XxHash3_128::oneshot_with_seed(seed, id))
}

/// All bits take part, since ids of one writer may share their ends.
fn part_of(bits: u128) -> usize {
    let folded = u64::try_from(bits >> 64).unwrap_or_default() ^ (bits & HALF) as u64;
    let mixed = folded.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    usize::try_from(mixed >> (u64::BITS - PART_BITS)).unwrap_or_default()
}

const HALF: u128 = u64::MAX as u128;

/// Rows of a part lie in pieces, each twice as large as the one before up to so many. One list would be
/// copied whenever it grows, and be half empty.
const PIECES: std::ops::RangeInclusive<usize> = 16..=1024;

/// A row. There are millions of them, so none is filled up to a multiple of sixteen bytes.
#[derive(Clone, Copy, Debug)]
#[repr(Rust, packed(4))]
struct Row {
    id: u128,
    time: Nanoseconds,
    /// In which piece of the log it was.
    piece: u32,
    /// The behaviour.
    line: u32,
}

impl Row {
    /// Of rows with the same id, the one that counts is the greatest: that with the earliest time, and of those the
    /// one that came first, whichever helper read it and however fast.
    fn rank(&self) -> impl Ord + use<> {
        (self.time != NEVER, Reverse((self.time, self.piece)))
    }
}

/// The rows that one helper has noted.
#[derive(Debug)]
pub(super) struct Once {
    parts: Vec<Pieces>,
}

type Pieces = Vec<Vec<Row>>;

impl Default for Once {
    fn default() -> Self {
        Once {
            parts: (0..PARTS).map(|_| Vec::new()).collect(),
        }
    }
}

impl Once {
    /// Notes a row of that behaviour.
    pub(super) fn add(&mut self, id: u128, time: Nanoseconds, piece: u32, line: u32) {
        let row = Row {
            id,
            time,
            piece,
            line,
        };
        let Some(pieces) = self.parts.get_mut(part_of(id)) else {
            return;
        };
        let length = match pieces.last_mut() {
            Some(piece) if piece.len() < piece.capacity() => return piece.push(row),
            Some(full) => (full.capacity() * 2).min(*PIECES.end()),
            None => *PIECES.start(),
        };
        let mut piece = Vec::with_capacity(length);
        piece.push(row);
        pieces.push(piece);
    }
}

/// What became of rows that were noted.
#[derive(Debug)]
pub(super) struct Settled {
    pub(super) counted: u64,
    pub(super) duplicates: u64,
    /// By the number of the behaviour.
    pub(super) times: Vec<Times>,
}

/// Counts the rows that helpers noted, each id once. There are so many behaviours; as many threads
/// take part as there were helpers.
pub(super) fn settle(noted: Vec<Once>, lines: usize) -> Vec<Settled> {
    let threads = noted.len().max(1);
    let mut parts: Vec<Pieces> = (0..PARTS).map(|_| Vec::new()).collect();
    for once in noted {
        for (part, pieces) in parts.iter_mut().zip(once.parts) {
            part.extend(pieces);
        }
    }
    std::thread::scope(|scope| {
        let begin = |some: &mut [Pieces]| {
            let some: Vec<Pieces> = some.iter_mut().map(std::mem::take).collect();
            scope.spawn(move || settle_parts(some, lines))
        };
        let running = parts.chunks_mut(PARTS.div_ceil(threads)).map(begin);
        let running: Vec<_> = running.collect();
        let ended = running.into_iter().map(|thread| {
            let ended = thread.join();
            ended.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        });
        ended.collect()
    })
}

fn settle_parts(parts: Vec<Pieces>, lines: usize) -> Settled {
    let mut settled = Settled {
        counted: 0,
        duplicates: 0,
        times: vec![Times::NONE; lines],
    };
    let hasher = DefaultHashBuilder::default();
    let mut known: HashTable<Row> = HashTable::new();
    for part in parts {
        known.clear();
        let most = part.iter().map(Vec::len).sum();
        let hash = |row: &Row| hasher.hash_one(row.id);
        known.reserve(most, hash);
        for row in part.into_iter().flatten() {
            match known.entry(hash(&row), |other| other.id == row.id, hash) {
                Entry::Vacant(place) => drop(place.insert(row)),
                Entry::Occupied(mut other) => {
                    settled.duplicates += 1;
                    if other.get().rank() < row.rank() {
                        *other.get_mut() = row;
                    }
                }
            }
        }
        settled.counted += known.len() as u64;
        for row in &known {
            if let Some(times) = settled.times.get_mut(row.line as usize) {
                times.add(Times {
                    count: 1,
                    first: row.time,
                    last: row.time,
                });
            }
        }
    }
    settled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_counts_once_whichever_helper_read_it_and_its_earliest_row_is_the_one() {
        let mut one = Once::default();
        let mut other = Once::default();
        for id in 0..10_000 {
            one.add(id, 5, 1, 0);
        }
        one.add(7, 4, 1, 1);
        other.add(7, 3, 2, 2);
        other.add(8, NEVER, 2, 3);
        other.add(u128::MAX, 9, 2, 3);
        // At the same time: the piece that came first decides.
        other.add(9, 5, 0, 2);
        let settled = settle(vec![one, other], 4);
        let sum = |of: &dyn Fn(&Settled) -> u64| -> u64 { settled.iter().map(of).sum() };
        let count = |line: usize| sum(&|some| some.times[line].count);
        assert_eq!([0, 1, 2, 3].map(count), [9_998, 0, 2, 1]);
        assert_eq!(
            (sum(&|some| some.counted), sum(&|some| some.duplicates)),
            (10_001, 4)
        );
    }

    #[test]
    fn an_id_that_is_no_guid_is_told_from_others_too() {
        let ids: [&[u8]; 5] = [
            b"1",
            b"2",
            b"",
            b"\xFF",
            b"0c000000-0000-4000-8000-00000000a001",
        ];
        let bits = ids.map(|id| bits(1, id));
        for (place, one) in bits.iter().enumerate() {
            assert!(!bits[..place].contains(one));
        }
    }
}
