//! Small numbers for texts and ids that occur again and again.
//!
//! A log of ten million rows has a few hundred thousand names. Each is kept once; a row, and a
//! behaviour, has their numbers. Number 0 is "the log does not say". While rows are read, all helpers
//! share what is known; it lies in parts, so that they seldom wait for one another.

use std::hash::BuildHasherDefault;
use std::sync::{Mutex, MutexGuard};

use hashbrown::HashMap;

use crate::print::{Print, Spread};

/// The number of a text or an id; 0: not said.
pub(crate) type Code = u32;

/// What is found by 128 bits that stand for it.
pub(crate) type ByPrint = HashMap<Print, u32, BuildHasherDefault<Spread>>;

/// What is kept under lock is whole after every step, so a helper that fell over spoils nothing.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poison| poison.into_inner())
}

/// Something in parts, each under a lock of its own.
#[derive(Debug)]
pub(crate) struct Shared<T> {
    parts: Vec<Mutex<T>>,
}

pub(crate) const PARTS: usize = 16;

impl<T> Shared<T> {
    pub(crate) fn new(part: impl Fn() -> T) -> Self {
        Shared {
            parts: (0..PARTS).map(|_| Mutex::new(part())).collect(),
        }
    }

    /// The number of something: its part by bits that are spread evenly, and its place there, which
    /// is looked up with the part locked.
    pub(crate) fn number(&self, bits: u64, place: impl FnOnce(&mut T) -> u32) -> u32 {
        let part = bits as usize % PARTS;
        let Some(shared) = self.parts.get(part) else {
            return 0;
        };
        let place = place(&mut locked(shared)) as usize;
        u32::try_from(place * PARTS + part).unwrap_or(u32::MAX)
    }

    pub(crate) fn into_parts(self) -> Vec<T> {
        let parts = self.parts.into_iter().map(Mutex::into_inner);
        parts
            .map(|part| part.unwrap_or_else(|poison| poison.into_inner()))
            .collect()
    }
}

/// The part, and the place in it, of what has that number.
fn found<T>(parts: &[T], number: u32) -> Option<(&T, usize)> {
    let number = number as usize;
    Some((parts.get(number % PARTS)?, number / PARTS))
}

/// Texts, each kept once. A text is found by 128 bits that stand for it, so that finding it looks
/// at one place in memory and not at the text.
#[derive(Debug, Default)]
pub(crate) struct TextPart {
    bytes: String,
    /// Where each text ends; it begins where the one before ends.
    ends: Vec<usize>,
    known: ByPrint,
}

impl TextPart {
    fn place(&mut self, text: &str, print: Print) -> u32 {
        let next = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
        *self.known.entry(print).or_insert_with(|| {
            self.bytes.push_str(text);
            self.ends.push(self.bytes.len());
            next
        })
    }

    fn get(&self, place: usize) -> Option<&str> {
        let end = *self.ends.get(place)?;
        let before = place
            .checked_sub(1)
            .and_then(|before| self.ends.get(before));
        self.bytes.get(before.copied().unwrap_or_default()..end)
    }
}

/// The texts while rows are read.
#[derive(Debug)]
pub(crate) struct SharedTexts {
    parts: Shared<TextPart>,
    seed: u64,
}

impl SharedTexts {
    /// No texts. Nobody who knows not the seed can write two texts that are taken for one.
    pub(crate) fn new(seed: u64) -> Self {
        SharedTexts {
            parts: Shared::new(TextPart::default),
            seed,
        }
    }

    /// The number of that text; 0 for an empty one.
    pub(crate) fn code(&self, text: &str) -> Code {
        if text.is_empty() {
            return 0;
        }
        let print = Print::of(self.seed, text.as_bytes());
        let place = |part: &mut TextPart| part.place(text, print);
        self.parts.number(print.low(), place).saturating_add(1)
    }

    pub(crate) fn finish(self) -> Texts {
        Texts(self.parts.into_parts())
    }
}

/// All the texts.
#[derive(Debug)]
pub(crate) struct Texts(Vec<TextPart>);

impl Texts {
    /// The text of that number.
    pub(crate) fn get(&self, code: Code) -> Option<&str> {
        let (part, place) = found(&self.0, code.checked_sub(1)?)?;
        part.get(place)
    }
}

/// GUIDs, each kept once.
#[derive(Debug, Default)]
pub(crate) struct IdPart {
    places: HashMap<u128, u32>,
    bits: Vec<u128>,
}

/// Bits of a GUID that are spread evenly, though some writers count theirs.
fn spread(bits: u128) -> u64 {
    let folded =
        u64::try_from(bits >> 64).unwrap_or_default() ^ (bits & u128::from(u64::MAX)) as u64;
    folded.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32
}

/// The GUIDs while rows are read.
#[derive(Debug)]
pub(crate) struct SharedIds(Shared<IdPart>);

impl Default for SharedIds {
    fn default() -> Self {
        SharedIds(Shared::new(IdPart::default))
    }
}

impl SharedIds {
    /// The number of the GUID written there, or `None` if it is no GUID.
    pub(crate) fn code(&self, text: &str) -> Option<Code> {
        if text.is_empty() {
            return Some(0);
        }
        guid(text.as_bytes()).map(|bits| self.of(bits))
    }

    /// The number of that GUID.
    pub(crate) fn of(&self, bits: u128) -> Code {
        let place = |part: &mut IdPart| {
            let next = u32::try_from(part.bits.len()).unwrap_or(u32::MAX);
            *part.places.entry(bits).or_insert_with(|| {
                part.bits.push(bits);
                next
            })
        };
        self.0.number(spread(bits), place).saturating_add(1)
    }

    pub(crate) fn finish(self) -> Ids {
        Ids(self.0.into_parts())
    }
}

/// All the GUIDs.
#[derive(Debug)]
pub(crate) struct Ids(Vec<IdPart>);

impl Ids {
    /// The number of that GUID, if it has one.
    pub(crate) fn find(&self, bits: u128) -> Option<Code> {
        let part = spread(bits) as usize % PARTS;
        let place = *self.0.get(part)?.places.get(&bits)? as usize;
        u32::try_from(place * PARTS + part + 1).ok()
    }

    /// The GUID of that number.
    pub(crate) fn get(&self, code: Code) -> Option<u128> {
        let (part, place) = found(&self.0, code.checked_sub(1)?)?;
        part.bits.get(place).copied()
    }
}

/// The few words of a column with a vocabulary, each kept as what it means.
#[derive(Debug)]
pub(crate) struct Words<T> {
    /// Each writing, and the number of what it means.
    written: HashMap<Box<str>, Code>,
    values: Vec<T>,
}

impl<T> Default for Words<T> {
    fn default() -> Self {
        Words {
            written: HashMap::new(),
            values: Vec::new(),
        }
    }
}

impl<T: Clone + PartialEq> Words<T> {
    /// The number of what is written there, if that has been seen.
    pub(crate) fn known(&self, text: &str) -> Option<Code> {
        match text.is_empty() {
            true => Some(0),
            false => self.written.get(text).copied(),
        }
    }

    /// The number of what is written there.
    pub(crate) fn code(&mut self, text: &str, meaning: fn(&str) -> T) -> Code {
        if let Some(known) = self.known(text) {
            return known;
        }
        let code = self.of(&meaning(text));
        self.written.insert(text.into(), code);
        code
    }

    fn of(&mut self, value: &T) -> Code {
        let known = self.values.iter().position(|known| known == value);
        let index = known.unwrap_or_else(|| {
            self.values.push(value.clone());
            self.values.len() - 1
        });
        u32::try_from(index + 1).unwrap_or_default()
    }

    /// What has that number.
    pub(crate) fn get(&self, code: Code) -> Option<&T> {
        let index = code.checked_sub(1)?;
        self.values.get(index as usize)
    }
}

/// The bits of a GUID in its usual form, in any case, also in braces.
pub(crate) fn guid(text: &[u8]) -> Option<u128> {
    let bytes = match text.len() {
        36 => text,
        _ => {
            let bare = text.trim_ascii();
            let inside = bare
                .strip_prefix(b"{")
                .and_then(|bare| bare.strip_suffix(b"}"));
            inside.unwrap_or(bare)
        }
    };
    if bytes.len() != 36 {
        return None;
    }
    let id = uuid::Uuid::try_parse_ascii(bytes).ok()?;
    Some(id.as_u128())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_one_number_and_the_empty_one_has_none() {
        let texts = SharedTexts::new(7);
        let fred = texts.code("fred@fabrikam.com");
        let mia = texts.code("mia@northwind.com");
        assert_ne!(fred, mia);
        assert_eq!((texts.code("fred@fabrikam.com"), texts.code("")), (fred, 0));
        let many: Vec<Code> = (0..1000).map(|n| texts.code(&n.to_string())).collect();
        let texts = texts.finish();
        assert_eq!(texts.get(fred), Some("fred@fabrikam.com"));
        assert_eq!(
            (texts.get(mia), texts.get(0)),
            (Some("mia@northwind.com"), None)
        );
        for (n, code) in many.into_iter().enumerate() {
            assert_eq!(texts.get(code), Some(n.to_string().as_str()));
        }
    }

    #[test]
    fn an_id_has_one_number_however_it_is_written() {
        let ids = SharedIds::default();
        let lower = ids.code("0c000000-0000-4000-8000-00000000a001");
        assert_eq!(ids.code("0C000000-0000-4000-8000-00000000A001"), lower);
        assert_eq!(ids.code("{0c000000-0000-4000-8000-00000000a001}"), lower);
        assert_eq!(ids.code("0c000000-0000-4000-8000-00000000a00"), None);
        assert_eq!(ids.code(""), Some(0));
        let bits = 0x0c00_0000_0000_4000_8000_0000_0000_a001;
        let ids = ids.finish();
        assert_eq!(lower.and_then(|code| ids.get(code)), Some(bits));
        assert_eq!((ids.find(bits), ids.find(bits + 1)), (lower, None));
    }
}
