//! Two blocks side by side, as sixteen cells.
//!
//! Of a user the block before and the block after only want to know whether they name them, and of
//! the applications of a sign-in likewise. So there are four kinds of users, four kinds of
//! applications, and sixteen cells; within a cell every request has the same answers. One request
//! of each cell is put to the evaluator. The cells that change are then joined to as few boxes as
//! possible that do not overlap.

use std::collections::HashMap;

use super::extent::{Building, Extent, Listed, Named};

/// Some of the four kinds, a bit each.
pub(super) type Kinds = u8;

/// Some of the sixteen cells, a bit each.
pub(super) type Cells = u16;

/// The kinds, told by two lists, that there can be.
pub(super) struct Side<T, W> {
    before: Listed<T>,
    after: Listed<T>,
    /// One of each kind, in this order: in neither list, in the first, in the second, in both.
    pub(super) witnesses: [Option<W>; 4],
}

/// Every set of kinds that can be said without an "or" between conditions.
const SAYINGS: [Kinds; 10] = [
    0b1111, 0b0101, 0b0011, 0b1010, 0b1100, 0b1110, 0b0001, 0b0010, 0b0100, 0b1000,
];

impl<T: Named, W> Side<T, W> {
    pub(super) fn new(
        before: Listed<T>,
        after: Listed<T>,
        witness: impl Fn(&Extent<T>) -> Option<W>,
    ) -> Self {
        let mut side = Side {
            before,
            after,
            witnesses: [None, None, None, None],
        };
        side.witnesses = [0b0001, 0b0010, 0b0100, 0b1000]
            .map(|kind| side.said(kind).and_then(|extent| witness(&extent)));
        side
    }

    /// The kinds that there can be.
    fn possible(&self) -> Kinds {
        let there = self.witnesses.iter().enumerate();
        let there = there.filter(|(_, witness)| witness.is_some());
        there.map(|(kind, _)| 1 << kind).sum()
    }

    /// One of these kinds.
    pub(super) fn witness(&self, kinds: Kinds) -> Option<&W> {
        let there = self.witnesses.iter().enumerate();
        let mut there = there.filter(|(kind, _)| kinds & (1 << kind) != 0);
        there.find_map(|(_, witness)| witness.as_ref())
    }

    fn said(&self, kinds: Kinds) -> Option<Extent<T>> {
        let (before, after) = (&self.before, &self.after);
        let all = Building::all;
        match kinds {
            0b1111 => all(),
            0b0101 => all().outside(before),
            0b0011 => all().outside(after),
            0b1010 => all().inside(before),
            0b1100 => all().inside(after),
            0b1110 => all().inside(&either(before, after)),
            0b0001 => all().outside(before).outside(after),
            0b0010 => all().inside(before).outside(after),
            0b0100 => all().inside(after).outside(before),
            0b1000 => all().inside(before).inside(after),
            _ => return None,
        }
        .done()
    }

    /// The shortest way to say these kinds, given which there can be.
    pub(super) fn extent(&self, kinds: Kinds) -> Option<Extent<T>> {
        let same = |saying: &Kinds| saying & self.possible() == kinds;
        let sayings = SAYINGS.into_iter().filter(same);
        let extents = sayings.filter_map(|saying| self.said(saying));
        extents.min_by_key(Extent::length)
    }
}

fn either<T: Copy + Ord>(before: &Listed<T>, after: &Listed<T>) -> Listed<T> {
    match (before, after) {
        (Listed::Only(before), Listed::Only(after)) => {
            Listed::only(before.iter().chain(after).copied())
        }
        _ => Listed::All,
    }
}

/// The cell of users of one kind and applications of one kind.
pub(super) const fn cell(users: usize, applications: usize) -> Cells {
    1 << (4 * users + applications)
}

/// Every cell of users of some kinds and applications of some kinds.
fn rectangle(users: Kinds, applications: Kinds) -> Cells {
    let chosen = (0..4).filter(|kind| users & (1 << kind) != 0);
    chosen
        .map(|kind| Cells::from(applications) << (4 * kind))
        .sum()
}

/// Which kinds there can be, of users and of applications.
type Possible = (Kinds, Kinds);

/// Boxes by what they depend on, so that each puzzle is solved once.
#[derive(Default)]
pub(super) struct Solved(HashMap<(Cells, Possible), Vec<(Kinds, Kinds)>>);

impl Solved {
    /// The fewest boxes that hold these cells, each once, and no other.
    pub(super) fn boxes<T: Named, V, A: Named, W>(
        &mut self,
        cells: Cells,
        users: &Side<T, V>,
        applications: &Side<A, W>,
    ) -> Vec<(Kinds, Kinds)> {
        let possible = (users.possible(), applications.possible());
        let solved = self.0.entry((cells, possible));
        solved.or_insert_with(|| boxes(cells, possible)).clone()
    }
}

fn boxes(cells: Cells, (users, applications): Possible) -> Vec<(Kinds, Kinds)> {
    let mut usable: Vec<(Cells, (Kinds, Kinds))> = Vec::new();
    for users in sayings(users) {
        for applications in sayings(applications) {
            let covered = rectangle(users, applications);
            if covered & !cells == 0 {
                usable.push((covered, (users, applications)));
            }
        }
    }
    usable.sort_by_key(|(covered, _)| std::cmp::Reverse(covered.count_ones()));
    let fewest = (0..=16).find_map(|most| joined(cells, &usable, most));
    fewest.unwrap_or_default()
}

/// The sets of these kinds that can be said.
fn sayings(possible: Kinds) -> Vec<Kinds> {
    let mut sayings = SAYINGS.map(|saying| saying & possible).to_vec();
    sayings.retain(|kinds| *kinds != 0);
    sayings.sort_unstable();
    sayings.dedup();
    sayings
}

/// At most so many boxes that hold the cells that are left.
fn joined(
    left: Cells,
    usable: &[(Cells, (Kinds, Kinds))],
    most: usize,
) -> Option<Vec<(Kinds, Kinds)>> {
    if left == 0 {
        return Some(Vec::new());
    }
    let most = most.checked_sub(1)?;
    let first = left & left.wrapping_neg();
    let fitting = usable
        .iter()
        .filter(|(covered, _)| covered & first != 0 && covered & !left == 0);
    fitting
        .map(|(covered, kinds)| {
            let mut boxes = joined(left & !covered, usable, most)?;
            boxes.push(*kinds);
            Some(boxes)
        })
        .find_map(|boxes| boxes)
}
