//! Numbers that look random and are the same in every run, on every machine.
//!
//! Whole numbers only: floating point differs between machines in the last digit, and one digit is
//! enough for another log. Nothing here is fit for a secret.

/// A stream of numbers (SplitMix64). Streams of different names have nothing to do with each other,
/// so that a change in one place of the world leaves the rest of the log as it was.
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

impl Random {
    /// The stream with that name.
    pub(super) fn named(name: &[u64]) -> Self {
        let bits = name.iter().fold(STEP, |bits, part| {
            mix(bits.wrapping_add(STEP) ^ mix(part.wrapping_add(STEP)))
        });
        Random(bits)
    }

    /// The stream that belongs to an id.
    pub(super) fn of_id(purpose: u64, id: u128) -> Self {
        // Both halves; the type that holds neither is the one that cannot lose anything.
        let [low, high] = [id as u64, (id >> 64) as u64];
        Random::named(&[purpose, low, high])
    }

    pub(super) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mix(self.0)
    }

    /// A number below `end`; 0 when there is none.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(end)) >> 64) as u64
    }

    /// Whether something happens that happens so often in a hundred.
    pub(super) fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }

    /// One of them.
    pub(super) fn one_of<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        let index = usize::try_from(self.below(of.len() as u64)).ok()?;
        of.get(index)
    }

    /// The same things in another order.
    pub(super) fn shuffled<T>(&mut self, things: Vec<T>) -> Vec<T> {
        let mut drawn: Vec<(u64, T)> = things.into_iter().map(|t| (self.bits(), t)).collect();
        drawn.sort_by_key(|(order, _)| *order);
        drawn.into_iter().map(|(_, thing)| thing).collect()
    }
}

/// Things that are drawn more often or less often.
#[derive(Clone, Debug)]
pub(super) struct Weighted<T> {
    /// Each with the sum of all weights up to its own.
    entries: Vec<(u64, T)>,
}

impl<T> Weighted<T> {
    pub(super) fn new(things: impl IntoIterator<Item = (u64, T)>) -> Self {
        let mut sum = 0;
        let entries = things.into_iter().map(|(weight, thing)| {
            sum += weight;
            (sum, thing)
        });
        Weighted {
            entries: entries.collect(),
        }
    }

    /// One of them; `None` when nothing has any weight.
    pub(super) fn draw(&self, random: &mut Random) -> Option<&T> {
        let (sum, _) = self.entries.last()?;
        let at = random.below(*sum);
        let index = self.entries.partition_point(|(sum, _)| *sum <= at);
        self.entries.get(index).map(|(_, thing)| thing)
    }
}

/// The weight of the one at that place: half as often, a third as often, … (Zipf).
pub(super) fn zipf(place: usize) -> u64 {
    100_000 / (place as u64 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_the_same_in_every_run() {
        let mut random = Random::named(&[1, 2]);
        let drawn = [random.below(1000), random.below(1000), random.below(1000)];
        let mut again = Random::named(&[1, 2]);
        assert_eq!(
            drawn,
            [again.below(1000), again.below(1000), again.below(1000)]
        );
        assert_ne!(Random::named(&[2, 1]).bits(), Random::named(&[1, 2]).bits());
    }

    #[test]
    fn the_first_is_drawn_more_often_than_the_third() {
        let things = Weighted::new((0..3).map(|place| (zipf(place), place)));
        let mut random = Random::named(&[7]);
        let mut counts = [0_u32; 3];
        for _ in 0..1000 {
            counts[*things.draw(&mut random).unwrap()] += 1;
        }
        assert!(counts[0] > counts[1] && counts[1] > counts[2], "{counts:?}");
        assert!(Weighted::<u8>::new([]).draw(&mut random).is_none());
        assert!(Weighted::new([(0, 1)]).draw(&mut random).is_none());
    }
}
