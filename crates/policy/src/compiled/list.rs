//! A flat set of ids: what a half of a block names.
//!
//! To ask whether a user is on a list of two hundred, one cache line is read: a *bucket* of thirty
//! tags, chosen by the id's digest. A tag is fifteen bits of the digest and one that tells groups
//! from users; only where a tag is equal is the id itself compared, so the answer is exact. Short
//! lists, which most are, have one bucket.
//!
//! A bucket is one line: in the first half of its first word the position of its first id, then
//! thirty tags of sixteen bits, zero where there is none. What does not fit into its bucket is in
//! the next. INVARIANT (a search ends): the last bucket of a list is never full.

use super::digest::{digest, place};
use super::line::{IDS, Line, id_at};

/// What an id on a list names. Groups and users are told apart; both may have the same number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A user, or where no groups can be, anything.
    Plain,
    /// A group.
    Group,
}

/// Where a list begins and over how many buckets its ids are spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct List {
    pub(super) at: u32,
    pub(super) buckets: Buckets,
}

impl List {
    /// A list of nothing, without a bucket.
    pub(super) const EMPTY: List = List {
        at: 0,
        buckets: Buckets(0),
    };

    #[inline(always)]
    pub(super) fn is_empty(self) -> bool {
        self.buckets.0 == 0
    }
}

/// How many buckets: one byte, exact up to 128 and a power of two above.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Buckets(pub(super) u8);

impl Buckets {
    /// Enough of them to be at most four fifths full.
    fn for_ids(ids: usize) -> Buckets {
        let exact = match ids < TAGS {
            true => 1,
            false => ids.div_ceil(TAGS * 4 / 5),
        };
        match u8::try_from(exact) {
            Ok(few) if few <= 128 => Buckets(few),
            _ => {
                let power = usize::BITS - (exact - 1).leading_zeros();
                Buckets(128 + (power - 7).min(24) as u8)
            }
        }
    }

    #[inline(always)]
    fn count(self) -> u32 {
        match self.0.checked_sub(128) {
            None => self.0 as u32,
            Some(power) => 128 << (power & 31),
        }
    }
}

/// Tags of one bucket.
const TAGS: usize = 30;
/// Bits of a tag.
const WIDTH: u32 = 16;
/// A word with that number in each of its four places.
const EACH: u64 = 0x0001_0001_0001_0001;
/// The highest bit of each place.
const TOP: u64 = 0x8000_8000_8000_8000;
/// Which places of a bucket's words hold tags: all but the first half of the first word.
const TAG_PLACES: [u64; 8] = [0x8000_8000_0000_0000, TOP, TOP, TOP, TOP, TOP, TOP, TOP];

/// An id on its way to a list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    id: u128,
    digest: u64,
    tags: u64,
}

impl Wanted {
    #[inline(always)]
    pub(super) fn new(id: u128, kind: Kind) -> Wanted {
        let digest = digest(id);
        Wanted {
            id,
            digest,
            tags: tag(digest, kind) as u64 * EACH,
        }
    }
}

/// Never zero, and the lowest bit is the kind.
#[inline(always)]
fn tag(digest: u64, kind: Kind) -> u16 {
    let bits = ((digest as u16) << 1) | kind as u16;
    bits.max(2)
}

/// The first bucket an id could be in, already compared.
#[derive(Clone, Copy)]
pub(super) struct Probe<'a> {
    bucket: &'a Line,
    at: usize,
    settled: bool,
}

/// Looks into the first bucket. Nothing here depends on what is found, so that the loads of several
/// probes overlap.
#[inline(always)]
pub(super) fn probe<'a>(lines: &'a [Line], list: List, wanted: &Wanted) -> Probe<'a> {
    let at = list.at as usize + place(wanted.digest, list.buckets.count()) as usize;
    let bucket = lines.get(at).unwrap_or(&Line::VACANT);
    Probe {
        bucket,
        at,
        settled: list.is_empty() | !(tag_found(bucket, wanted.tags) | is_full(bucket)),
    }
}

impl Probe<'_> {
    /// The position of the id among all ids, if the list names it.
    #[inline(always)]
    pub(super) fn position(self, lines: &[Line], wanted: &Wanted) -> Option<u32> {
        match self.settled {
            true => None,
            false => self.search(lines, wanted, |_| true),
        }
    }

    /// Whether the list names the id.
    #[inline(always)]
    pub(super) fn found(self, lines: &[Line], wanted: &Wanted) -> bool {
        self.position(lines, wanted).is_some()
    }

    /// The position of the id for which `accept` holds; an id may be on a list more than once.
    #[inline(never)]
    pub(super) fn search(
        self,
        lines: &[Line],
        wanted: &Wanted,
        accept: impl Fn(u32) -> bool,
    ) -> Option<u32> {
        let mut bucket = self.bucket;
        let mut at = self.at;
        loop {
            let first = bucket.0[0] as u32;
            let equal = positions(bucket, wanted.tags).map(|lane| first + lane);
            let mut equal = equal.filter(|position| id_at(lines, *position) == Some(wanted.id));
            if let Some(position) = equal.find(|position| accept(*position)) {
                return Some(position);
            }
            if !is_full(bucket) {
                return None;
            }
            at += 1;
            bucket = lines.get(at)?;
        }
    }
}

/// The highest bit of each place in which the two words agree, and no other bit.
#[inline(always)]
fn agreeing(word: u64, tags: u64) -> u64 {
    let differing = word ^ tags;
    !(((differing & !TOP) + !TOP) | differing) & TOP
}

#[inline(always)]
fn tag_found(bucket: &Line, tags: u64) -> bool {
    let words = bucket.0.iter().zip(TAG_PLACES);
    words.fold(0, |found, (word, places)| {
        found | (agreeing(*word, tags) & places)
    }) != 0
}

/// Whether the last place is taken; ids may then be in the next bucket.
#[inline(always)]
fn is_full(bucket: &Line) -> bool {
    bucket.0[7] >> (64 - WIDTH) != 0
}

/// The numbers of the tags that agree.
fn positions(bucket: &Line, tags: u64) -> impl Iterator<Item = u32> {
    let words = bucket.0.iter().zip(TAG_PLACES).zip(0u32..);
    words.flat_map(move |((word, places), w)| {
        let mut found = agreeing(*word, tags) & places;
        std::iter::from_fn(move || {
            let bit = (found != 0).then(|| found.trailing_zeros())?;
            found &= found - 1;
            // Four tags to a word; the first two places of the bucket hold no tags.
            Some(w * 4 + bit / WIDTH - 2)
        })
    })
}

/// Lines in the making: lists are appended, their ids come after all lists.
#[derive(Debug, Default)]
pub(super) struct Arena {
    lines: Vec<Line>,
    buckets: Vec<usize>,
    ids: Vec<u128>,
}

impl Arena {
    /// An arena that begins with these lines.
    pub(super) fn after(lines: Vec<Line>) -> Arena {
        Arena {
            lines,
            ..Arena::default()
        }
    }

    /// Appends a list.
    pub(super) fn append(&mut self, ids: impl IntoIterator<Item = (u128, Kind)>) -> List {
        let given = ids.into_iter().map(|(id, kind)| (id, kind, ())).collect();
        self.append_with(given).0
    }

    /// Appends a list of which every id carries something along, and gives back what they carry in
    /// the order of their positions. Of equal ids the one given first is found first.
    pub(super) fn append_with<T>(&mut self, given: Vec<(u128, Kind, T)>) -> (List, Vec<T>) {
        let buckets = Buckets::for_ids(given.len());
        let home = |id: u128| place(digest(id), buckets.count());
        let mut entries: Vec<(u32, u128, Kind, T)> = given
            .into_iter()
            .map(|(id, kind, load)| (home(id), id, kind, load))
            .collect();
        entries.sort_by_key(|(home, ..)| *home);
        let list = List {
            at: self.lines.len() as u32,
            buckets,
        };
        let mut open = Bucket::new(self.ids.len());
        let mut loads = Vec::with_capacity(entries.len());
        for (home, id, kind, load) in entries {
            while open.number < home || open.is_full() {
                self.close(&mut open);
            }
            open.put(tag(digest(id), kind));
            self.ids.push(id);
            loads.push(load);
        }
        while open.number + 1 < buckets.count() || open.is_full() {
            self.close(&mut open);
        }
        self.close(&mut open);
        (list, loads)
    }

    fn close(&mut self, open: &mut Bucket) {
        self.buckets.push(self.lines.len());
        self.lines.push(open.line);
        *open = Bucket {
            number: open.number + 1,
            ..Bucket::new(self.ids.len())
        };
    }

    /// The line at that place, to be changed.
    pub(super) fn line_mut(&mut self, at: usize) -> Option<&mut Line> {
        self.lines.get_mut(at)
    }

    /// All lines; from now on every bucket knows where its ids are. The second answer is the
    /// position of the first id.
    pub(super) fn finish(mut self) -> (Vec<Line>, u32) {
        let first = (self.lines.len() * IDS) as u32;
        for at in self.buckets {
            if let Some(bucket) = self.lines.get_mut(at) {
                bucket.0[0] += first as u64;
            }
        }
        self.lines.reserve_exact(self.ids.len().div_ceil(IDS));
        self.lines.extend(self.ids.chunks(IDS).map(Line::of_ids));
        (self.lines, first)
    }
}

/// A bucket being filled.
struct Bucket {
    line: Line,
    number: u32,
    tags: usize,
}

impl Bucket {
    /// Its ids begin at that place among all ids.
    fn new(first_id: usize) -> Bucket {
        let mut line = Line::VACANT;
        line.0[0] = first_id as u64;
        Bucket {
            line,
            number: 0,
            tags: 0,
        }
    }

    fn is_full(&self) -> bool {
        self.tags == TAGS
    }

    fn put(&mut self, tag: u16) {
        let place = self.tags + 2;
        if let Some(word) = self.line.0.get_mut(place / 4) {
            *word |= (tag as u64) << (place % 4 * WIDTH as usize);
        }
        self.tags += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(lines: &[Line], list: List, id: u128, kind: Kind) -> Option<u128> {
        let wanted = Wanted::new(id, kind);
        let position = probe(lines, list, &wanted).position(lines, &wanted)?;
        id_at(lines, position)
    }

    /// GUIDs as directories make them: the last digits count.
    fn id(n: u128) -> u128 {
        (0x0c00_0000_0000_4000_8000 << 48) + n * 3
    }

    #[test]
    fn a_list_of_any_length_names_its_ids_and_no_others() {
        for n in [0, 1, 28, 29, 30, 31, 59, 60, 61, 500, 5_000, 40_000] {
            let mut arena = Arena::after(vec![Line::VACANT; 3]);
            arena.append([(7, Kind::Plain)]);
            let list = arena.append((0..n).map(|i| (id(i), Kind::Plain)));
            arena.append([(id(n), Kind::Plain)]);
            let (lines, _) = arena.finish();
            for i in 0..n {
                assert_eq!(
                    find(&lines, list, id(i), Kind::Plain),
                    Some(id(i)),
                    "{i}/{n}"
                );
                assert_eq!(find(&lines, list, id(i) + 1, Kind::Plain), None);
            }
            assert_eq!(find(&lines, list, id(n), Kind::Plain), None);
            assert_eq!(find(&lines, list, 7, Kind::Plain), None);
        }
    }

    #[test]
    fn a_group_is_not_a_user_of_the_same_number() {
        let mut arena = Arena::default();
        let list = arena.append([(0, Kind::Group), (1, Kind::Plain)]);
        let (lines, _) = arena.finish();
        assert_eq!(find(&lines, list, 0, Kind::Group), Some(0));
        assert_eq!(find(&lines, list, 0, Kind::Plain), None);
        assert_eq!(find(&lines, list, 1, Kind::Plain), Some(1));
        assert_eq!(find(&lines, list, 1, Kind::Group), None);
    }

    #[test]
    fn ids_with_one_digest_overflow_into_the_next_buckets() {
        // With the upper half equal to the constant every digest is zero: all in one bucket, one tag.
        let same = |i: u128| (0xD6E8_FEB8_6659_FD93u128 << 64) | i;
        let mut arena = Arena::default();
        let list = arena.append((0..500).map(|i| (same(i), Kind::Plain)));
        let next = arena.append([(same(1000), Kind::Plain)]);
        let (lines, _) = arena.finish();
        for i in 0..500 {
            assert_eq!(find(&lines, list, same(i), Kind::Plain), Some(same(i)));
        }
        assert_eq!(find(&lines, list, same(1000), Kind::Plain), None);
        assert_eq!(
            find(&lines, next, same(1000), Kind::Plain),
            Some(same(1000))
        );
    }

    #[test]
    fn of_equal_ids_the_first_accepted_is_found() {
        let mut arena = Arena::default();
        let list = arena.append([(5, Kind::Plain), (6, Kind::Plain), (5, Kind::Plain)]);
        let (lines, first) = arena.finish();
        let wanted = Wanted::new(5, Kind::Plain);
        let found = |accept: &dyn Fn(u32) -> bool| {
            let position = probe(&lines, list, &wanted).search(&lines, &wanted, accept);
            position.map(|position| position - first)
        };
        assert_eq!(found(&|_| true), Some(0));
        assert_eq!(found(&|position| position > first), Some(2));
        assert_eq!(found(&|_| false), None);
    }

    #[test]
    fn the_number_of_buckets_fits_into_a_byte() {
        for ids in [0, 1, 29, 30, 100, 3_072, 3_073, 100_000, 10_000_000] {
            let buckets = Buckets::for_ids(ids).count() as usize;
            assert!(
                buckets * TAGS > ids && buckets <= ids / 6 + 1,
                "{ids}: {buckets}"
            );
        }
    }
}
