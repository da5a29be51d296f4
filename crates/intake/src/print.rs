//! 128 bits that stand for something longer.
//!
//! They are made with a seed that is new in each run, so nobody can write two things that are taken
//! for one. By chance, among ten million things, that happens once in a million million million
//! million runs.

use std::hash::{BuildHasher, Hasher};

use hashbrown::DefaultHashBuilder;
use twox_hash::XxHash3_128;

/// A seed that is new in each run.
pub(crate) fn seed() -> u64 {
    DefaultHashBuilder::default().hash_one(0_u8)
}

/// 128 bits that stand for something. They are spread evenly, so a table takes half of them as they
/// are. In tables of millions it lies beside a number of four bytes, which must not be made sixteen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(Rust, packed(4))]
pub(crate) struct Print(pub(crate) u128);

impl std::hash::Hash for Print {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.half());
    }
}

impl Print {
    /// What stands for those bytes.
    pub(crate) fn of(seed: u64, bytes: &[u8]) -> Self {
        Print(XxHash3_128::oneshot_with_seed(seed, bytes))
    }

    /// What stands for a text; an empty one says nothing, as one that is not there.
    pub(crate) fn of_text(seed: u64, bytes: &[u8]) -> Self {
        match bytes {
            [] => Print(0),
            bytes => Print::of(seed, bytes),
        }
    }

    /// What stands for this and then for that.
    pub(crate) fn then(self, other: Print) -> Print {
        let moved = self.0.wrapping_mul(FACTOR).rotate_left(41);
        Print(moved.wrapping_add(other.0).wrapping_add(FACTOR))
    }

    /// The other half of them.
    pub(crate) fn low(self) -> u64 {
        (self.0 & u128::from(u64::MAX)) as u64
    }

    /// Half of the bits.
    pub(crate) fn half(self) -> u64 {
        u64::try_from(self.0 >> 64).unwrap_or_default()
    }
}

/// Odd, and without a pattern.
const FACTOR: u128 = 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835;

/// Hands on the half of a print.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}
