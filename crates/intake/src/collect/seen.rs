//! The ids that came before, for all helpers.

use std::sync::Mutex;

use hashbrown::HashSet;
use twox_hash::XxHash3_128;

use super::locked;
use crate::intern::guid;

/// Ids, 128 bits each, in parts, so that helpers seldom wait for one another.
#[derive(Debug)]
pub(crate) struct SeenIds {
    parts: Vec<Mutex<HashSet<u128>>>,
    seed: u64,
}

const PARTS: usize = 16;

impl SeenIds {
    pub(super) fn new(seed: u64) -> Self {
        SeenIds {
            parts: (0..PARTS).map(|_| Mutex::default()).collect(),
            seed,
        }
    }

    /// What stands for an id: the id itself if it is a GUID.
    pub(super) fn bits(&self, id: &str) -> u128 {
        guid(id).unwrap_or_else(|| XxHash3_128::oneshot_with_seed(self.seed, id.as_bytes()))
    }

    /// Notes many ids, and calls with the place of each that came before.
    ///
    /// Many at once, because each of them lies somewhere else in memory: asked for one after the
    /// other, without anything between, the processor fetches several at a time.
    pub(super) fn note(&self, ids: &mut [(u128, usize)], mut came_before: impl FnMut(usize)) {
        ids.sort_unstable_by_key(|(bits, place)| (part_of(*bits), *place));
        for of_part in ids.chunk_by(|(one, _), (other, _)| part_of(*one) == part_of(*other)) {
            let part = of_part.first().map(|(bits, _)| part_of(*bits));
            let Some(part) = part.and_then(|part| self.parts.get(part)) else {
                continue;
            };
            let mut part = locked(part);
            for (bits, place) in of_part {
                if !part.insert(*bits) {
                    came_before(*place);
                }
            }
        }
    }
}

/// All bits take part, since ids of one writer may share their ends.
fn part_of(bits: u128) -> usize {
    let folded = u64::try_from(bits >> 64).unwrap_or_default() ^ (bits & HALF) as u64;
    usize::try_from(folded.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 60).unwrap_or_default()
}

const HALF: u128 = u64::MAX as u128;
