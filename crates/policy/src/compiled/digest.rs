//! One number for an id, from which every table derives where to look.
//!
//! The upper half of a digest says *where* (a slot, a bucket), the lower half *what* (the tag that is
//! compared before the id itself). The digest is fixed: whoever may write settings can make their own
//! lists slow, as slow as reading them through, but nobody else's.

const FIRST: u64 = 0x9E37_79B9_7F4A_7C15;
const SECOND: u64 = 0xD6E8_FEB8_6659_FD93;

/// The digest of an id: its halves multiplied, and the product folded.
#[inline(always)]
pub(super) const fn digest(id: u128) -> u64 {
    let low = (id as u64) ^ FIRST;
    let high = ((id >> 64) as u64) ^ SECOND;
    let product = (low as u128) * (high as u128);
    (product as u64) ^ ((product >> 64) as u64)
}

/// A place below `places`, by the upper half of the digest.
#[inline(always)]
pub(super) const fn place(digest: u64, places: u32) -> u32 {
    (((digest >> 32) * places as u64) >> 32) as u32
}

/// The digest of a tenant and its partner together.
#[inline(always)]
pub(super) const fn pair(owner: u64, partner: u64) -> u64 {
    let mixed = (owner ^ partner.rotate_left(32)).wrapping_mul(FIRST);
    mixed ^ (mixed >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_differ_in_the_last_digits_are_spread_over_all_places() {
        let mut counts = [0u32; 16];
        for i in 0..1600u128 {
            let at = place(digest((0x0c00_0000_0000_4000_8000 << 48) + i), 16);
            counts[at as usize] += 1;
        }
        assert!(counts.iter().all(|&n| (50..200).contains(&n)), "{counts:?}");
    }
}
