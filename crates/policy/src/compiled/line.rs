//! The unit everything is stored in: a cache line, eight words.
//!
//! A line is a partner's entry, thirty tags of a list, or four ids. Which one it is follows from
//! where it lies; see [`super::entry`] and [`super::list`].

/// Sixty-four bytes that come from memory together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(align(64))]
pub(super) struct Line(pub(super) [u64; 8]);

impl Line {
    pub(super) const VACANT: Line = Line([0; 8]);

    /// Four ids, two words each, the lower half first.
    pub(super) fn of_ids(ids: &[u128]) -> Line {
        let mut line = Line::VACANT;
        for (words, id) in line.0.chunks_exact_mut(2).zip(ids) {
            if let [low, high] = words {
                (*low, *high) = (*id as u64, (*id >> 64) as u64);
            }
        }
        line
    }
}

/// Ids stored four to a line.
pub(super) const IDS: usize = 4;

/// The id at that position, counted in ids from the first line.
#[inline]
pub(super) fn id_at(lines: &[Line], position: u32) -> Option<u128> {
    let position = position as usize;
    let Line(words) = lines.get(position / IDS)?;
    let at = position % IDS * 2;
    let (low, high) = (words.get(at)?, words.get(at + 1)?);
    Some(*low as u128 | (*high as u128) << 64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_cache_line_and_gives_back_its_ids() {
        assert_eq!(size_of::<Line>(), 64);
        let ids = [1u128 << 100 | 7, u128::MAX, 0, 42];
        let lines = [Line::VACANT, Line::of_ids(&ids)];
        for (i, id) in ids.iter().enumerate() {
            assert_eq!(id_at(&lines, 4 + i as u32), Some(*id));
        }
        assert_eq!(id_at(&lines, 8), None);
    }
}
