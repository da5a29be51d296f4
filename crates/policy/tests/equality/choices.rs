//! Where the generator's choices come from: a list of numbers that proptest can make shorter and
//! smaller, or a stream that never ends.
//!
//! Zero is always the simplest choice, so that a failing world shrinks to a small one.

/// The choices.
pub(crate) struct Choices {
    given: Vec<u16>,
    next: usize,
    /// What follows when all given ones are used; zero gives zeros.
    stream: u64,
}

impl Choices {
    /// These, and then the simplest.
    #[allow(dead_code, reason = "the example draws from a stream only")]
    pub(crate) fn given(given: Vec<u16>) -> Choices {
        Choices {
            given,
            next: 0,
            stream: 0,
        }
    }

    /// An endless stream, the same for the same seed.
    #[allow(dead_code, reason = "the property draws from what proptest gives only")]
    pub(crate) fn stream(seed: u64) -> Choices {
        Choices {
            given: Vec::new(),
            next: 0,
            stream: (seed << 1 | 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1,
        }
    }

    fn next(&mut self) -> u16 {
        if let Some(choice) = self.given.get(self.next) {
            self.next += 1;
            return *choice;
        }
        if self.stream == 0 {
            return 0;
        }
        // xorshift64*
        self.stream ^= self.stream >> 12;
        self.stream ^= self.stream << 25;
        self.stream ^= self.stream >> 27;
        (self.stream.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 48) as u16
    }

    /// A number below `n`.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.next() as usize * n) >> 16
    }

    /// Yes in that many of a hundred cases.
    pub(crate) fn percent(&mut self, percent: usize) -> bool {
        self.below(100) >= 100 - percent
    }

    /// One of them; the first is the simplest.
    pub(crate) fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    /// Something or nothing; nothing is simpler.
    pub(crate) fn maybe<T>(
        &mut self,
        percent: usize,
        make: impl FnOnce(&mut Self) -> T,
    ) -> Option<T> {
        self.percent(percent).then(|| make(self))
    }

    /// Up to `most` of them.
    pub(crate) fn some<T, C: FromIterator<T>>(
        &mut self,
        most: usize,
        mut make: impl FnMut(&mut Self) -> T,
    ) -> C {
        let n = self.below(most + 1);
        (0..n).map(|_| make(self)).collect()
    }
}
