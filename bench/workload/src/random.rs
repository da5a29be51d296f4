//! Random numbers that are the same everywhere: SplitMix64, and a Zipf distribution.

/// SplitMix64.
#[derive(Clone)]
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Self {
        Rng(seed ^ 0x9E37_79B9_7F4A_7C15)
    }

    #[inline]
    #[expect(
        clippy::should_implement_trait,
        reason = "an endless stream, not an iterator"
    )]
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// A number below `n`.
    #[inline]
    pub fn below(&mut self, n: u32) -> u32 {
        (((self.next() >> 32) * n as u64) >> 32) as u32
    }

    /// A number in 0..1.
    #[inline]
    pub fn fraction(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    #[inline]
    pub fn chance(&mut self, p: f64) -> bool {
        self.fraction() < p
    }
}

#[inline]
pub fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Zipf over 0..n: a table of the cumulative distribution, searched.
pub struct Zipf {
    cumulative: Vec<f64>,
}

impl Zipf {
    pub fn new(n: usize, exponent: f64) -> Self {
        let mut cumulative = Vec::with_capacity(n);
        let mut total = 0.0;
        for i in 1..=n {
            total += 1.0 / (i as f64).powf(exponent);
            cumulative.push(total);
        }
        for x in &mut cumulative {
            *x /= total;
        }
        Zipf { cumulative }
    }

    pub fn sample(&self, r: &mut Rng) -> u32 {
        let u = r.fraction();
        let at = self.cumulative.partition_point(|&c| c < u);
        at.min(self.cumulative.len() - 1) as u32
    }
}

/// A bijection on 0..n that spreads neighbours.
pub fn scatter(i: u32, n: u32) -> u32 {
    ((i as u64 * 2_654_435_761) % n as u64) as u32
}
