//! What a file is packed in: gzip, zstd, UTF-16. It is told by its first bytes, never by its name.

use std::io::{self, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How much is looked at to tell what it is: a first line of most logs.
const AHEAD: usize = 1024 * 1024;
/// How much larger than packed a file may be, once it is large.
const MOST_TIMES: u64 = 400;
/// From where on that is asked.
const LARGE: u64 = 256 * 1024 * 1024;
/// How often a file may be packed.
const LAYERS: usize = 2;

type Input = Box<dyn Read + Send>;

/// How many bytes were read from the disk.
#[derive(Debug, Default)]
pub(crate) struct Counted(AtomicU64);

impl Counted {
    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn add(&self, bytes: u64) {
        self.0.fetch_add(bytes, Ordering::Relaxed);
    }
}

struct Counting<R> {
    inner: R,
    /// Of all files.
    total: Arc<Counted>,
    /// Of this one.
    own: Arc<Counted>,
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.total.add(length as u64);
        self.own.add(length as u64);
        Ok(length)
    }
}

/// A file whose first bytes are known and whose packing is off.
pub(crate) struct Unpacked {
    ahead: Vec<u8>,
    rest: Input,
    pub(crate) is_packed: bool,
}

/// Takes off the packing.
pub(crate) fn open(raw: Input, total: Arc<Counted>) -> io::Result<Unpacked> {
    let own = Arc::new(Counted::default());
    let counting = Counting {
        inner: raw,
        total,
        own: Arc::clone(&own),
    };
    let mut unpacked = Unpacked::look(Box::new(counting), 4)?;
    for layer in 0..=LAYERS {
        let opened: Input = match unpacked.ahead.as_slice() {
            [0x1F, 0x8B, ..] => Box::new(Gzip(flate2::read::MultiGzDecoder::new(
                unpacked.into_buffered(),
            ))),
            [0x28, 0xB5, 0x2F, 0xFD, ..] => {
                Box::new(zstd::stream::read::Decoder::new(unpacked.into_input())?)
            }
            _ => break,
        };
        if layer == LAYERS {
            return Err(io::Error::other(format!(
                "it is packed more than {LAYERS} times"
            )));
        }
        let bounded = Bounded {
            inner: opened,
            given: 0,
            taken: Arc::clone(&own),
        };
        unpacked = Unpacked {
            is_packed: true,
            ..Unpacked::look(Box::new(bounded), 4)?
        };
    }
    if unpacked.begins_with(b"PAR1") {
        return Ok(unpacked);
    }
    let is_packed = unpacked.is_packed;
    let big_endian = match unpacked.ahead.as_slice() {
        [0xFF, 0xFE, ..] => Some(false),
        [0xFE, 0xFF, ..] => Some(true),
        _ => None,
    };
    let input = match big_endian {
        Some(big_endian) => Box::new(Utf16::new(unpacked.into_input(), big_endian)),
        None => unpacked.into_input(),
    };
    let mut unpacked = Unpacked::look(input, AHEAD)?;
    if unpacked.begins_with("\u{feff}".as_bytes()) {
        unpacked.ahead.drain(..3);
    }
    unpacked.is_packed = is_packed;
    Ok(unpacked)
}

impl Unpacked {
    fn look(mut input: Input, length: usize) -> io::Result<Self> {
        let mut ahead = Vec::new();
        let read = input.by_ref().take(length as u64).read_to_end(&mut ahead);
        match read {
            // What came before the fault is read, and the fault comes again after it.
            Err(error) if !ahead.is_empty() => Ok(Unpacked {
                ahead,
                rest: Box::new(Failing(Some(error))),
                is_packed: false,
            }),
            Err(error) => Err(error),
            Ok(_) => Ok(Unpacked {
                ahead,
                rest: input,
                is_packed: false,
            }),
        }
    }

    pub(crate) fn begins_with(&self, magic: &[u8]) -> bool {
        self.ahead.starts_with(magic)
    }

    /// The first byte that is not blank.
    pub(crate) fn first_byte(&self) -> Option<u8> {
        let mut bytes = self.ahead.iter().copied();
        bytes.find(|byte| !byte.is_ascii_whitespace())
    }

    /// The first bytes, at most a megabyte of them.
    pub(crate) fn ahead(&self) -> &[u8] {
        &self.ahead
    }

    /// All of it.
    pub(crate) fn into_input(self) -> Input {
        Box::new(io::Cursor::new(self.ahead).chain(self.rest))
    }

    fn into_buffered(self) -> BufReader<Input> {
        BufReader::with_capacity(256 * 1024, self.into_input())
    }
}

/// Fails once.
struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// Says in words what is wrong with gzip data.
struct Gzip<R>(flate2::read::MultiGzDecoder<R>);

impl<R: Read> Read for Gzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => io::Error::other("the gzip data ends too early"),
            io::ErrorKind::Interrupted => error,
            _ => io::Error::other(format!("the gzip data is damaged ({error})")),
        })
    }
}

/// Stops what grows beyond measure.
struct Bounded {
    inner: Input,
    given: u64,
    taken: Arc<Counted>,
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.given += length as u64;
        let most = self.taken.get().saturating_mul(MOST_TIMES);
        if self.given > LARGE && self.given > most {
            let message = format!("it unpacks to more than {MOST_TIMES} times its size");
            return Err(io::Error::other(message));
        }
        Ok(length)
    }
}

/// UTF-16 as UTF-8. Half a character becomes a byte that is not UTF-8, so that the row it stands in
/// is named.
struct Utf16 {
    inner: Input,
    big_endian: bool,
    raw: Vec<u8>,
    ready: Vec<u8>,
    at: usize,
    ended: bool,
}

impl Utf16 {
    fn new(inner: Input, big_endian: bool) -> Self {
        Utf16 {
            inner,
            big_endian,
            raw: Vec::new(),
            ready: Vec::new(),
            at: 0,
            ended: false,
        }
    }

    fn refill(&mut self) -> io::Result<()> {
        let kept = self.raw.len();
        self.raw.resize(kept + 64 * 1024, 0);
        let length = self
            .inner
            .read(self.raw.get_mut(kept..).unwrap_or_default())?;
        self.raw.truncate(kept + length);
        self.ended = length == 0;
        self.ready.clear();
        self.at = 0;
        let unit = |pair: &[u8]| match (pair, self.big_endian) {
            ([high, low], true) | ([low, high], false) => u16::from_be_bytes([*high, *low]),
            _ => 0,
        };
        let units: Vec<u16> = self.raw.chunks_exact(2).map(unit).collect();
        let mut whole = units.len();
        let begins_pair = |unit: &u16| (0xD800..0xDC00).contains(unit);
        if !self.ended && units.last().is_some_and(begins_pair) {
            whole -= 1;
        }
        let decoded = char::decode_utf16(units.into_iter().take(whole));
        for character in decoded {
            match character {
                Ok(character) => {
                    let mut bytes = [0; 4];
                    let text = character.encode_utf8(&mut bytes);
                    self.ready.extend_from_slice(text.as_bytes());
                }
                Err(_) => self.ready.push(0xFF),
            }
        }
        self.raw.drain(..whole * 2);
        if self.ended && !self.raw.is_empty() {
            self.ready.push(0xFF);
            self.raw.clear();
        }
        Ok(())
    }
}

impl Read for Utf16 {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at >= self.ready.len() {
            if self.ended {
                return Ok(0);
            }
            self.refill()?;
        }
        let mut rest = self.ready.get(self.at..).unwrap_or_default();
        let length = rest.read(buffer)?;
        self.at += length;
        Ok(length)
    }
}
