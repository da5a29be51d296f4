//! A flat set of ids: what a half of a block names.
//!
//! To ask whether a user is on a list of two hundred, one cache line is read: a *bucket* of thirty
//! tags, chosen by the id's digest. A tag is fourteen bits of the digest and one that tells groups
//! from users; only where a tag is equal is the id itself compared, so the answer is exact. Short
//! lists, which most are, have one bucket.
//!
//! A bucket is one line: two places for the position of its first id, then the tags, zero where
//! there is none. There are as many buckets as it takes for none to overflow. Ids that somebody has
//! chosen to fall into one bucket would never have enough; such a list, and one that is too long for
//! an entry, is kept *sorted* instead and searched by halves. Then the line holds the position of
//! the first id, how many plain ids there are and how many groups after them.

use super::digest::{digest, place};
use super::line::{IDS, Line, id_at};
use crate::target::GroupId;

/// What an id on a list names. Groups and users are told apart; both may have the same number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// A user, or where no groups can be, anything.
    Plain,
    /// A group.
    Group,
}

/// Where a list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct List {
    pub(super) at: u32,
    /// Over how many buckets its ids are spread; none if it is sorted.
    pub(super) buckets: u32,
}

impl List {
    /// A list of nothing, which is nowhere.
    pub(super) const EMPTY: List = List {
        at: u32::MAX,
        buckets: 0,
    };

    /// The position of its first id.
    pub(super) fn first_id(self) -> u32 {
        list_ids(self.at as usize, self.buckets.max(1))
    }
}

/// Tags of one bucket.
const TAGS: usize = 30;
/// So many are in a bucket when ids are spread evenly.
const EVENLY: usize = 15;
/// The places before the tags; together they are the position of the bucket's first id.
const BEFORE: u32 = 2;

/// An id on its way to a list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    id: u128,
    digest: u64,
    tag: u16,
}

impl Wanted {
    #[inline(always)]
    pub(super) fn new(id: u128, kind: Kind) -> Wanted {
        let digest = digest(id);
        Wanted {
            id,
            digest,
            tag: tag(digest, kind),
        }
    }
}

/// Fourteen bits of the digest, one that is set so that no tag is zero, and the kind.
#[inline(always)]
fn tag(digest: u64, kind: Kind) -> u16 {
    (digest as u16 & !3) | 2 | kind as u16
}

/// The bucket an id would be in, already compared.
#[derive(Clone, Copy)]
pub(super) struct Probe {
    at: usize,
    sorted: bool,
    /// Whether the id may be on the list.
    open: bool,
}

/// Looks into the bucket. Nothing here depends on what is found, so that the loads of several probes
/// overlap.
#[inline(always)]
pub(super) fn probe(lines: &[Line], list: List, wanted: &Wanted) -> Probe {
    let at = list.at as usize + place(wanted.digest, list.buckets) as usize;
    let bucket = lines.get(at).unwrap_or(&Line::VACANT);
    let sorted = list.buckets == 0;
    Probe {
        at,
        sorted,
        open: has(bucket, wanted.tag) | sorted,
    }
}

impl Probe {
    /// The position of the id among all ids, if the list names it.
    #[inline(always)]
    pub(super) fn position(self, lines: &[Line], wanted: &Wanted) -> Option<u32> {
        match self.open {
            true => self.search(lines, wanted, |_| true),
            false => None,
        }
    }

    /// Whether the list names the id.
    #[inline(always)]
    pub(super) fn found(self, lines: &[Line], wanted: &Wanted) -> bool {
        self.open && self.search(lines, wanted, |_| true).is_some()
    }

    /// The position of the id for which `accept` holds; an id may be on a list more than once.
    #[inline(never)]
    pub(super) fn search(
        self,
        lines: &[Line],
        wanted: &Wanted,
        accept: impl Fn(u32) -> bool,
    ) -> Option<u32> {
        let bucket = lines.get(self.at)?;
        if self.sorted {
            return search_sorted(lines, bucket, wanted, accept);
        }
        let first = number_at(bucket, 0);
        let mut equal = equal_tags(bucket, wanted.tag);
        while equal != 0 {
            let position = first + equal.trailing_zeros() - BEFORE;
            if id_at(lines, position) == Some(wanted.id) && accept(position) {
                return Some(position);
            }
            equal &= equal - 1;
        }
        None
    }
}

/// Whether the list names one of the groups.
#[inline(never)]
pub(super) fn names_any(lines: &[Line], list: List, groups: &[GroupId]) -> bool {
    // Most lists have one bucket, which then need not be looked up for every group.
    let only = match list.buckets {
        1 => lines.get(list.at as usize),
        _ => None,
    };
    for group in groups {
        let wanted = Wanted::new(group.as_u128(), Kind::Group);
        let found = match only {
            Some(bucket) if !in_bucket(bucket, wanted.tag) => false,
            _ => probe(lines, list, &wanted).found(lines, &wanted),
        };
        if found {
            return true;
        }
    }
    false
}

#[inline(never)]
fn has(bucket: &Line, tag: u16) -> bool {
    in_bucket(bucket, tag)
}

/// Whether any place holds the tag. Written as a loop without an end in between, which the compiler
/// turns into one comparison of the whole line.
#[inline(always)]
fn in_bucket(bucket: &Line, tag: u16) -> bool {
    let mut found = false;
    for place in &bucket.0 {
        found |= *place == tag;
    }
    found
}

/// One bit for each place that holds the tag.
#[inline(always)]
fn equal_tags(bucket: &Line, tag: u16) -> u32 {
    let mut equal = 0;
    for (i, place) in bucket.0.iter().enumerate() {
        equal |= ((*place == tag) as u32) << i;
    }
    equal & !((1 << BEFORE) - 1)
}

/// The number that two places of a line hold together.
#[inline(always)]
fn number_at(line: &Line, pair: usize) -> u32 {
    let (pairs, _) = line.0.as_chunks::<2>();
    let [low, high] = pairs.get(pair).copied().unwrap_or_default();
    low as u32 | (high as u32) << 16
}

fn put_number(line: &mut Line, pair: usize, number: u32) {
    let (pairs, _) = line.0.as_chunks_mut::<2>();
    if let Some(places) = pairs.get_mut(pair) {
        *places = [number as u16, (number >> 16) as u16];
    }
}

/// Searches by halves.
fn search_sorted(
    lines: &[Line],
    header: &Line,
    wanted: &Wanted,
    accept: impl Fn(u32) -> bool,
) -> Option<u32> {
    let (first, plain, groups) = (
        number_at(header, 0),
        number_at(header, 1),
        number_at(header, 2),
    );
    let (mut from, end) = match wanted.tag & 1 {
        0 => (first, first + plain),
        _ => (first + plain, first + plain + groups),
    };
    let mut to = end;
    while from < to {
        let middle = from + (to - from) / 2;
        match id_at(lines, middle)? < wanted.id {
            true => from = middle + 1,
            false => to = middle,
        }
    }
    let mut equal = (from..end).take_while(|at| id_at(lines, *at) == Some(wanted.id));
    equal.find(|position| accept(*position))
}

/// Lines in the making. A list's ids follow its buckets, so that what is near in thought is near in
/// memory.
#[derive(Debug, Default)]
pub(super) struct Arena {
    lines: Vec<Line>,
}

/// An id on its way into a list, and what it carries along.
struct Entrant<T> {
    id: u128,
    kind: Kind,
    digest: u64,
    load: T,
}

impl Arena {
    /// Appends a list that an entry can point to.
    pub(super) fn append(&mut self, ids: impl IntoIterator<Item = (u128, Kind)>) -> List {
        let given = ids.into_iter().map(|(id, kind)| (id, kind, ())).collect();
        self.append_with(given, u8::MAX as u32).0
    }

    /// Appends a list with at most so many buckets, of which every id carries something along, and
    /// gives back what they carry in the order of their positions, which count from
    /// [`List::first_id`]. Of equal ids the one given first is found first.
    pub(super) fn append_with<T>(
        &mut self,
        given: Vec<(u128, Kind, T)>,
        most: u32,
    ) -> (List, Vec<T>) {
        let mut entrants: Vec<Entrant<T>> = given
            .into_iter()
            .map(|(id, kind, load)| Entrant {
                id,
                kind,
                digest: digest(id),
                load,
            })
            .collect();
        let list = List {
            at: self.lines.len() as u32,
            buckets: enough_buckets(&entrants, most).unwrap_or(0),
        };
        match list.buckets {
            0 => self.put_sorted(&mut entrants),
            buckets => self.put_buckets(&mut entrants, buckets),
        }
        let ids: Vec<u128> = entrants.iter().map(|entrant| entrant.id).collect();
        self.lines.extend(ids.chunks(IDS).map(Line::of_ids));
        (
            list,
            entrants.into_iter().map(|entrant| entrant.load).collect(),
        )
    }

    fn put_buckets<T>(&mut self, entrants: &mut [Entrant<T>], buckets: u32) {
        let home = |entrant: &Entrant<T>| place(entrant.digest, buckets);
        entrants.sort_by_key(home);
        let mut rest = &*entrants;
        let mut first = list_ids(self.lines.len(), buckets);
        for bucket in 0..buckets {
            let here = rest.partition_point(|entrant| home(entrant) <= bucket);
            let (own, others) = rest.split_at_checked(here).unwrap_or((rest, &[]));
            let mut line = Line::VACANT;
            put_number(&mut line, 0, first);
            for (place, own) in line.0.iter_mut().skip(BEFORE as usize).zip(own) {
                *place = tag(own.digest, own.kind);
            }
            self.lines.push(line);
            first += own.len() as u32;
            rest = others;
        }
    }

    fn put_sorted<T>(&mut self, entrants: &mut [Entrant<T>]) {
        entrants.sort_by_key(|entrant| (entrant.kind, entrant.id));
        let plain = entrants.partition_point(|entrant| entrant.kind == Kind::Plain);
        let mut line = Line::VACANT;
        put_number(&mut line, 0, list_ids(self.lines.len(), 1));
        put_number(&mut line, 1, plain as u32);
        put_number(&mut line, 2, (entrants.len() - plain) as u32);
        self.lines.push(line);
    }

    /// All lines.
    pub(super) fn finish(self) -> Vec<Line> {
        self.lines
    }
}

/// The position of the first id after so many lines that begin there.
fn list_ids(start: usize, lines: u32) -> u32 {
    (start as u32 + lines) * IDS as u32
}

/// How many buckets it takes for none to overflow; `None` if that is more than `most`, or far more
/// than chance would need.
fn enough_buckets<T>(entrants: &[Entrant<T>], most: u32) -> Option<u32> {
    if entrants.len() <= TAGS {
        return Some(1);
    }
    let evenly = u32::try_from(entrants.len().div_ceil(EVENLY)).ok()?;
    let tries = [evenly, evenly + evenly / 4 + 1, evenly * 2, evenly * 4];
    let mut tries = tries.map(|buckets| buckets.min(most)).into_iter();
    tries.find(|buckets| {
        let mut tags = vec![0; *buckets as usize];
        entrants.iter().all(|entrant| {
            let tags = tags.get_mut(place(entrant.digest, *buckets) as usize);
            tags.is_some_and(|tags| {
                *tags += 1;
                *tags <= TAGS
            })
        })
    })
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
            let mut arena = Arena::default();
            arena.append([(7, Kind::Plain)]);
            let list = arena.append((0..n).map(|i| (id(i), Kind::Plain)));
            arena.append([(id(n), Kind::Plain)]);
            let lines = arena.finish();
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
        let lines = arena.finish();
        assert_eq!(find(&lines, list, 0, Kind::Group), Some(0));
        assert_eq!(find(&lines, list, 0, Kind::Plain), None);
        assert_eq!(find(&lines, list, 1, Kind::Plain), Some(1));
        assert_eq!(find(&lines, list, 1, Kind::Group), None);
    }

    #[test]
    fn ids_chosen_to_fall_into_one_bucket_are_found_by_halves() {
        // With the upper half equal to the constant every digest is zero: one bucket, one tag.
        let same = |i: u128| (0xD6E8_FEB8_6659_FD93u128 << 64) | i;
        let mut arena = Arena::default();
        let mixed = (0..500).map(|i| match i % 2 {
            0 => (same(i), Kind::Plain),
            _ => (same(i), Kind::Group),
        });
        let list = arena.append(mixed);
        let next = arena.append([(same(1000), Kind::Plain)]);
        let lines = arena.finish();
        assert_eq!(list.buckets, 0);
        for i in 0..500 {
            let (own, other) = match i % 2 {
                0 => (Kind::Plain, Kind::Group),
                _ => (Kind::Group, Kind::Plain),
            };
            assert_eq!(find(&lines, list, same(i), own), Some(same(i)));
            assert_eq!(find(&lines, list, same(i), other), None);
        }
        assert_eq!(find(&lines, list, same(1000), Kind::Plain), None);
        assert_eq!(
            find(&lines, next, same(1000), Kind::Plain),
            Some(same(1000))
        );
        assert_eq!(find(&lines, List::EMPTY, same(1), Kind::Plain), None);
    }

    #[test]
    fn of_equal_ids_the_first_accepted_is_found() {
        // Forty of them do not fit into a bucket.
        for n in [3, 40] {
            let mut arena = Arena::default();
            let given = (0..n).map(|i| (5 + (i == 1) as u128, Kind::Plain, i));
            let (list, loads) = arena.append_with(given.collect(), u32::MAX);
            let (lines, first) = (arena.finish(), list.first_id());
            assert_eq!(list.buckets == 0, n == 40);
            let wanted = Wanted::new(5, Kind::Plain);
            let found = |accept: &dyn Fn(u32) -> bool| {
                let position = probe(&lines, list, &wanted).search(&lines, &wanted, accept)?;
                Some(loads[(position - first) as usize])
            };
            assert_eq!(found(&|_| true), Some(0));
            assert_eq!(found(&|position| position > first), Some(2));
            assert_eq!(found(&|_| false), None);
        }
    }

    #[test]
    fn ids_as_directories_make_them_need_few_buckets() {
        for n in [1, 30, 31, 500, 3_000] {
            let mut arena = Arena::default();
            let list = arena.append((0..n).map(|i| (id(i), Kind::Plain)));
            let evenly = (n as u32).div_ceil(15);
            assert!((1..=evenly * 2).contains(&list.buckets), "{n}: {list:?}");
        }
    }
}
