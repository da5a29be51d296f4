//! Parquet's runs: small numbers, repeated or packed into bits, as levels and places in a
//! dictionary are written.

use bytes::Bytes;

/// Reads runs one after the other.
#[derive(Debug)]
pub(super) struct Runs {
    bytes: Bytes,
    at: usize,
    width: u32,
    run: Run,
}

#[derive(Debug)]
enum Run {
    /// The same number, so many times more.
    Same(u32, usize),
    /// Packed numbers, so many more; bits that were taken up and not yet used, and how many.
    Packed(usize, u64, u32),
}

impl Runs {
    /// Numbers of so many bits.
    pub(super) fn new(bytes: Bytes, width: u32) -> Option<Self> {
        (width <= 32).then_some(Runs {
            bytes,
            at: 0,
            width,
            run: Run::Same(0, 0),
        })
    }

    /// Appends so many numbers; `None` if there are not enough.
    pub(super) fn read(&mut self, mut count: usize, out: &mut Vec<u32>) -> Option<()> {
        while count > 0 {
            match &mut self.run {
                Run::Same(_, 0) | Run::Packed(0, ..) => self.next_run()?,
                Run::Same(number, left) => {
                    let taken = count.min(*left);
                    out.extend(std::iter::repeat_n(*number, taken));
                    *left -= taken;
                    count -= taken;
                }
                Run::Packed(left, ..) => {
                    let taken = count.min(*left);
                    self.unpack(taken, out);
                    count -= taken;
                }
            }
        }
        Some(())
    }

    /// Takes so many numbers at once if they are the same, and says which; inner `None` if they may not
    /// be, and none is taken then.
    pub(super) fn same(&mut self, count: usize) -> Option<Option<u32>> {
        if let Run::Same(_, 0) | Run::Packed(0, ..) = self.run {
            self.next_run()?;
        }
        Some(match &mut self.run {
            Run::Same(number, left) if *left >= count => {
                *left -= count;
                Some(*number)
            }
            Run::Same(..) | Run::Packed(..) => None,
        })
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = self.bytes.get(self.at).copied();
        self.at += 1;
        byte
    }

    fn next_run(&mut self) -> Option<()> {
        let mut header = 0_u64;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            header |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return self.begin(usize::try_from(header).ok()?);
            }
        }
        None
    }

    fn begin(&mut self, header: usize) -> Option<()> {
        let count = header >> 1;
        if count == 0 {
            return None;
        }
        if header & 1 == 1 {
            self.run = Run::Packed(count.checked_mul(8)?, 0, 0);
            return Some(());
        }
        let mut number = 0;
        for byte in 0..self.width.div_ceil(8) {
            number |= u32::from(self.byte()?) << (8 * byte);
        }
        self.run = Run::Same(number, count);
        Some(())
    }

    /// Bits beyond the end are zero: the last group may be cut short where nobody needs the rest.
    fn unpack(&mut self, count: usize, out: &mut Vec<u32>) {
        let Runs {
            bytes,
            at,
            width,
            run: Run::Packed(left, bits, held),
        } = self
        else {
            return;
        };
        let mask = (1_u64 << *width) - 1;
        out.extend((0..count).map(|_| {
            if *held < *width {
                let ahead = bytes.get(*at..).unwrap_or_default();
                let four = ahead.first_chunk().copied().unwrap_or_else(|| {
                    let mut four = [0; 4];
                    for (place, byte) in four.iter_mut().zip(ahead) {
                        *place = *byte;
                    }
                    four
                });
                *bits |= u64::from(u32::from_le_bytes(four)) << *held;
                *at += four.len();
                *held += u32::BITS;
            }
            let number = (*bits & mask) as u32;
            *bits >>= *width;
            *held -= *width;
            number
        }));
        *left -= count;
        if *left == 0 {
            // What was taken up too much is of the next run, which begins with a byte of its own.
            *at -= (*held / u8::BITS) as usize;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &'static [u8], width: u32, count: usize) -> Option<Vec<u32>> {
        let mut out = Vec::new();
        let mut runs = Runs::new(Bytes::from_static(bytes), width)?;
        // In two parts, as pages and batches do not end together.
        runs.read(count / 2, &mut out)?;
        runs.read(count - count / 2, &mut out)?;
        Some(out)
    }

    #[test]
    fn a_run_of_the_same_is_taken_at_once() {
        // Five sevens, eight numbers in three bits each, and two threes.
        let bytes = &[0x0A, 0x07, 0x03, 0x88, 0xC6, 0xFA, 0x04, 0x03];
        let mut runs = Runs::new(Bytes::from_static(bytes), 3).unwrap();
        assert_eq!(runs.same(2), Some(Some(7)));
        assert_eq!(runs.same(4), Some(None));
        assert_eq!(runs.same(3), Some(Some(7)));
        assert_eq!(runs.same(1), Some(None));
        let mut out = Vec::new();
        runs.read(8, &mut out).unwrap();
        assert_eq!(out, (0..8).collect::<Vec<u32>>());
        assert_eq!((runs.same(2), runs.same(1)), (Some(Some(3)), None));
    }

    #[test]
    fn numbers_are_repeated_or_packed() {
        assert_eq!(read(&[0x0A, 0x07], 3, 5), Some(vec![7; 5]));
        // The example of the format: 0 to 7 in three bits each.
        let packed = &[0x03, 0b1000_1000, 0b1100_0110, 0b1111_1010];
        assert_eq!(read(packed, 3, 8), Some((0..8).collect()));
        assert_eq!(
            read(&[0x04, 0x2C, 0x01, 0x02, 0x05, 0x00], 9, 3),
            Some(vec![300, 300, 5])
        );
        assert_eq!(read(&[0x06], 0, 3), Some(vec![0; 3]));
    }

    #[test]
    fn what_ends_too_early_is_no_number() {
        assert_eq!(read(&[0x0A, 0x07], 3, 6), None);
        assert_eq!(read(&[0x80, 0x80], 3, 1), None);
        assert_eq!(read(&[0x00, 0x00], 3, 1), None);
        assert!(Runs::new(Bytes::new(), 33).is_none());
    }
}
