//! The unit lists are stored in: a cache line of thirty-two places of sixteen bits.
//!
//! A line is a bucket of tags or holds four ids; which one it is follows from where it lies, see
//! [`super::list`].

/// Sixty-four bytes that come from memory together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(align(64))]
pub(super) struct Line(pub(super) [u16; 32]);

/// Ids stored four to a line, eight places each.
pub(super) const IDS: usize = 4;
const PLACES: usize = 8;

impl Line {
    pub(super) const VACANT: Line = Line([0; 32]);

    /// A line of up to four ids.
    pub(super) fn of_ids(ids: &[u128]) -> Line {
        let mut line = Line::VACANT;
        for (places, id) in line.0.chunks_exact_mut(PLACES).zip(ids) {
            for (i, place) in places.iter_mut().enumerate() {
                *place = (id >> (16 * i)) as u16;
            }
        }
        line
    }
}

/// The id at that position, counted in ids from the first line.
#[inline(always)]
pub(super) fn id_at(lines: &[Line], position: u32) -> Option<u128> {
    let position = position as usize;
    let Line(places) = lines.get(position / IDS)?;
    let (ids, _) = places.as_chunks::<PLACES>();
    let id = ids.get(position % IDS)?;
    Some(number(id))
}

#[inline(always)]
fn number(places: &[u16; PLACES]) -> u128 {
    let [a, b, c, d, e, f, g, h] = places.map(u64::from);
    let low = a | b << 16 | c << 32 | d << 48;
    let high = e | f << 16 | g << 32 | h << 48;
    low as u128 | (high as u128) << 64
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
