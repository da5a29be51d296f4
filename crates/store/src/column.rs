//! Values as columns: what both databases can hold, and nothing else.
//!
//! Identifiers are 16 bytes, in the order of their text; "none" is no bytes at all, so that it can
//! be part of a key. Moments are nanoseconds in 64 bits. Words that are part of a key are short and
//! hold no NUL, because PostgreSQL refuses both and SQLite neither: what one store refuses, every
//! store refuses.

use policy::target::{ApplicationId, GroupId, UserId};
use policy::tenant::{PolicyId, TenantId};
use signins::window::{Moment, Window};
use uuid::Uuid;

use crate::error::{Error, Result};

/// An identifier of 128 bits.
pub(crate) trait Identifier: Copy {
    fn bits(self) -> u128;
    fn from_bits(bits: u128) -> Self;
}

macro_rules! identifiers {
    ($($name:ident),*) => {$(
        impl Identifier for $name {
            fn bits(self) -> u128 {
                self.as_u128()
            }
            fn from_bits(bits: u128) -> Self {
                $name::from_u128(bits)
            }
        }
    )*};
}

identifiers!(TenantId, PolicyId, UserId, GroupId, ApplicationId, Uuid);

pub(crate) fn id(id: impl Identifier) -> Vec<u8> {
    id.bits().to_be_bytes().to_vec()
}

pub(crate) fn optional_id<I: Identifier>(value: Option<I>) -> Vec<u8> {
    value.map(id).unwrap_or_default()
}

pub(crate) fn read_id<I: Identifier>(bytes: &[u8]) -> Result<I> {
    match <[u8; 16]>::try_from(bytes) {
        Ok(bytes) => Ok(I::from_bits(u128::from_be_bytes(bytes))),
        Err(cause) => Err(Error::corrupt("an identifier", cause)),
    }
}

pub(crate) fn read_optional_id<I: Identifier>(bytes: &[u8]) -> Result<Option<I>> {
    match bytes.is_empty() {
        true => Ok(None),
        false => read_id(bytes).map(Some),
    }
}

/// What stands in the place of the time of a row that does not say: before all others.
pub(crate) const UNDATED: i64 = i64::MIN;

/// What stands for "after all others".
pub(crate) const AT_THE_END: i64 = i64::MAX;

pub(crate) fn moment(what: &'static str, moment: Moment) -> Result<i64> {
    let nanoseconds = i64::try_from(moment.as_nanoseconds()).ok();
    nanoseconds
        .filter(|nanoseconds| *nanoseconds != UNDATED && *nanoseconds != AT_THE_END)
        .ok_or(Error::Unkeepable {
            what,
            why: "it is not between the years 1678 and 2262",
        })
}

/// The end of a window: a moment that no row can have is beyond all that can.
pub(crate) fn bound(moment: Moment) -> i64 {
    let nanoseconds = moment.as_nanoseconds();
    let inside = nanoseconds.clamp((UNDATED + 1).into(), (AT_THE_END - 1).into());
    i64::try_from(inside).unwrap_or(AT_THE_END)
}

pub(crate) fn optional_moment(what: &'static str, value: Option<Moment>) -> Result<i64> {
    value.map_or(Ok(UNDATED), |value| moment(what, value))
}

pub(crate) fn read_moment(nanoseconds: i64) -> Moment {
    Moment::from_nanoseconds(nanoseconds.into())
}

pub(crate) fn read_optional_moment(nanoseconds: i64) -> Option<Moment> {
    (nanoseconds != UNDATED).then(|| read_moment(nanoseconds))
}

/// A number that counts up from nothing: revisions, sequences, counts.
pub(crate) fn number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(crate) fn read_number(number: i64) -> Result<u64> {
    u64::try_from(number).map_err(|cause| Error::corrupt("a number", cause))
}

/// How many rows a page may have; asking for more gets as many.
pub(crate) fn limit(limit: u32) -> i64 {
    i64::from(limit)
}

/// The longest word that may be part of a key, in bytes.
pub(crate) const LONGEST_WORD: usize = 1024;

/// A word that is part of a key or can be searched for.
pub(crate) fn word<'a>(what: &'static str, word: &'a str) -> Result<&'a str> {
    if word.len() > LONGEST_WORD {
        return Err(Error::Unkeepable {
            what,
            why: "it is longer than 1024 bytes",
        });
    }
    if word.contains('\0') {
        return Err(Error::Unkeepable {
            what,
            why: "it holds a NUL character",
        });
    }
    Ok(word)
}

/// A text that is neither searched for nor part of a key.
pub(crate) fn long_word<'a>(what: &'static str, text: &'a str) -> Result<&'a str> {
    match text.contains('\0') {
        true => Err(Error::Unkeepable {
            what,
            why: "it holds a NUL character",
        }),
        false => Ok(text),
    }
}

/// The longest key that rows are ordered by, in characters.
const LONGEST_KEY: usize = 256;

/// What an order looks at: the text in lower case, as much of it as an index takes.
pub fn order_key(text: &str) -> String {
    let kept = text.chars().filter(|character| *character != '\0');
    let key: String = kept
        .flat_map(char::to_lowercase)
        .take(LONGEST_KEY)
        .collect();
    key
}

/// The end of the keys that begin with that one, which itself is not among them.
pub(crate) fn after_prefix(prefix: &str) -> String {
    format!("{prefix}{}", char::MAX)
}

/// A word that somebody looks for. One that cannot be kept cannot be found: NULL equals nothing.
pub(crate) fn searched(text: &str) -> Option<&str> {
    word("a word", text).ok()
}

/// How many there are.
pub(crate) fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// The ends of a window, without the rows that do not say when.
pub(crate) fn window(window: Window) -> (i64, i64) {
    (
        window.from.map_or(UNDATED + 1, bound),
        window.until.map_or(AT_THE_END, bound),
    )
}

/// How many rows of a page are still wanted.
pub(crate) fn rest(limit: u32, found: usize) -> u32 {
    limit.saturating_sub(u32::try_from(found).unwrap_or(u32::MAX))
}
