//! Small numbers for texts and ids that occur again and again.
//!
//! A log of ten million rows has a few hundred thousand names. Each is kept once; a row, and a
//! behaviour, has their numbers. Number 0 is "the log does not say".

use std::hash::BuildHasherDefault;

use hashbrown::HashMap;

use crate::print::{Print, Spread};

/// The number of a text or an id; 0: not said.
pub(crate) type Code = u32;

/// What is found by 128 bits that stand for it.
type ByPrint = HashMap<Print, Code, BuildHasherDefault<Spread>>;

/// Texts, each kept once. A text is found by 128 bits that stand for it, so that finding it looks
/// at one place in memory and not at the text.
#[derive(Debug)]
pub(crate) struct Texts {
    bytes: String,
    /// Where each text ends; it begins where the one before ends.
    ends: Vec<usize>,
    known: ByPrint,
    seed: u64,
}

impl Texts {
    /// No texts. Nobody who knows not the seed can write two texts that are taken for one.
    pub(crate) fn new(seed: u64) -> Self {
        Texts {
            bytes: String::new(),
            ends: Vec::new(),
            known: ByPrint::default(),
            seed,
        }
    }

    /// The number of that text; 0 for an empty one.
    pub(crate) fn code(&mut self, text: &str) -> Code {
        if text.is_empty() {
            return 0;
        }
        let next = u32::try_from(self.ends.len() + 1).unwrap_or(u32::MAX);
        let print = Print::of(self.seed, text.as_bytes());
        *self.known.entry(print).or_insert_with(|| {
            self.bytes.push_str(text);
            self.ends.push(self.bytes.len());
            next
        })
    }

    /// The text of that number.
    pub(crate) fn get(&self, code: Code) -> Option<&str> {
        let index = code.checked_sub(1)?;
        Some(at(&self.bytes, &self.ends, index))
    }
}

fn at<'a>(bytes: &'a str, ends: &[usize], index: u32) -> &'a str {
    let index = index as usize;
    let end = ends.get(index).copied().unwrap_or_default();
    let before = index.checked_sub(1).and_then(|before| ends.get(before));
    let start = before.copied().unwrap_or_default();
    bytes.get(start..end).unwrap_or_default()
}

/// GUIDs, each kept once.
#[derive(Debug, Default)]
pub(crate) struct Ids {
    numbers: HashMap<u128, Code>,
    bits: Vec<u128>,
}

impl Ids {
    /// The number of the GUID written there, or `None` if it is no GUID.
    pub(crate) fn code(&mut self, text: &str) -> Option<Code> {
        if text.is_empty() {
            return Some(0);
        }
        guid(text).map(|bits| self.of(bits))
    }

    /// The number of that GUID.
    pub(crate) fn of(&mut self, bits: u128) -> Code {
        let next = u32::try_from(self.bits.len() + 1).unwrap_or(u32::MAX);
        *self.numbers.entry(bits).or_insert_with(|| {
            self.bits.push(bits);
            next
        })
    }

    /// The number of that GUID, if it has one.
    pub(crate) fn find(&self, bits: u128) -> Option<Code> {
        self.numbers.get(&bits).copied()
    }

    /// The GUID of that number.
    pub(crate) fn get(&self, code: Code) -> Option<u128> {
        let index = code.checked_sub(1)?;
        self.bits.get(index as usize).copied()
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
    /// The number of what is written there.
    pub(crate) fn code(&mut self, text: &str, meaning: fn(&str) -> T) -> Code {
        if text.is_empty() {
            return 0;
        }
        if let Some(known) = self.written.get(text) {
            return *known;
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
pub(crate) fn guid(text: &str) -> Option<u128> {
    let bytes = text.trim().trim_matches(['{', '}']).as_bytes();
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
        let mut texts = Texts::new(7);
        let fred = texts.code("fred@fabrikam.com");
        assert_eq!(texts.code("mia@northwind.com"), fred + 1);
        assert_eq!(texts.code("fred@fabrikam.com"), fred);
        assert_eq!(texts.get(fred), Some("fred@fabrikam.com"));
        assert_eq!((texts.code(""), texts.get(0)), (0, None));
    }

    #[test]
    fn an_id_has_one_number_however_it_is_written() {
        let mut ids = Ids::default();
        let lower = ids.code("0c000000-0000-4000-8000-00000000a001");
        assert_eq!(ids.code("0C000000-0000-4000-8000-00000000A001"), lower);
        assert_eq!(ids.code("{0c000000-0000-4000-8000-00000000a001}"), lower);
        assert_eq!(ids.code("0c000000-0000-4000-8000-00000000a00"), None);
        assert_eq!(ids.code("0c000000-0000-4000-8000-00000000a00"), None);
        assert_eq!(ids.code(""), Some(0));
        let bits = lower.and_then(|code| ids.get(code));
        assert_eq!(bits, Some(0x0c00_0000_0000_4000_8000_0000_0000_a001));
    }
}
