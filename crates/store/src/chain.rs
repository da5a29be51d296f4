//! The chain of the audit log: each entry carries a digest of itself and of all that stand before it
//! in its log.
//!
//! Whoever changes an entry, takes one out, puts one in or swaps two has to write every later link
//! anew, and then the last link is not the one that somebody noted down, or that the server signed,
//! before. What is digested is the text that is kept, byte by byte, so that no later version of this
//! program, which may show an entry differently, breaks a chain.

use std::fmt;
use std::str::FromStr;

use policy::tenant::TenantId;
use sha2::{Digest, Sha256};

use crate::audit::Position;
use crate::column;

/// What is digested in front of everything else: no other digest of this product begins so.
const DOMAIN: &[u8] = b"comity audit entry 1\n";

/// The digest of an entry and of everything that stands before it in its log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Link([u8; 32]);

impl Link {
    /// What stands before the first entry of a log.
    pub const BEGINNING: Link = Link([0; 32]);

    /// The link of the next entry of that log, which stands there and is kept as this text.
    ///
    /// ```
    /// use comity_store::{Link, Position};
    /// let first = Link::BEGINNING.next(None, Position::default(), "one");
    /// assert_ne!(first, Link::BEGINNING.next(None, Position::default(), "two"));
    /// assert_eq!(first.to_string().parse(), Ok(first));
    /// ```
    pub fn next(self, log: Option<TenantId>, position: Position, text: &str) -> Link {
        // Every part has a length of its own or is the last one, so that nothing can be moved from
        // one part to the next.
        let log = column::optional_id(log);
        let mut digest = Sha256::new();
        digest.update(DOMAIN);
        digest.update(self.0);
        digest.update(column::count(log.len()).to_be_bytes());
        digest.update(log);
        digest.update(position.sequence.0.to_be_bytes());
        digest.update(position.entry.to_be_bytes());
        digest.update(text.as_bytes());
        Link(digest.finalize().into())
    }

    pub(crate) fn bytes(self) -> Vec<u8> {
        self.0.to_vec()
    }

    pub(crate) fn read(bytes: &[u8]) -> crate::Result<Self> {
        let read = <[u8; 32]>::try_from(bytes);
        read.map(Link)
            .map_err(|cause| crate::Error::corrupt("the link of an audit entry", cause))
    }
}

/// In lower-case hexadecimal digits.
impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The text is not a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a link of an audit log (expected 64 hexadecimal digits in lower case)")]
pub struct InvalidLink;

impl FromStr for Link {
    type Err = InvalidLink;
    fn from_str(text: &str) -> Result<Self, InvalidLink> {
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Ok(byte - b'0'),
            b'a'..=b'f' => Ok(byte - b'a' + 10),
            _ => Err(InvalidLink),
        };
        let mut link = [0; 32];
        let pairs = text.as_bytes().chunks(2);
        if text.len() != 64 {
            return Err(InvalidLink);
        }
        for (place, pair) in link.iter_mut().zip(pairs) {
            *place = match pair {
                [high, low] => digit(*high)? << 4 | digit(*low)?,
                _ => return Err(InvalidLink),
            };
        }
        Ok(Link(link))
    }
}

/// Where a log ends: its last entry, and how many there have ever been.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// Where the last entry stands.
    pub position: Position,
    /// Its link.
    pub link: Link,
    /// How many entries the log has had, those that have been pruned among them.
    pub entries: u64,
}

impl Head {
    /// Where the log ends with one more entry, kept as this text.
    pub(crate) fn with(self, log: Option<TenantId>, position: Position, text: &str) -> Head {
        Head {
            position,
            link: self.link.next(log, position, text),
            entries: self.entries + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Sequence;

    fn at(sequence: u64, entry: u32) -> Position {
        Position {
            sequence: Sequence(sequence),
            entry,
        }
    }

    #[test]
    fn a_link_depends_on_everything() {
        let log = Some(TenantId::from_u128(1));
        let link = Link::BEGINNING.next(log, at(1, 0), "text");
        for other in [
            link.next(log, at(1, 0), "text"),
            Link::BEGINNING.next(None, at(1, 0), "text"),
            Link::BEGINNING.next(log, at(2, 0), "text"),
            Link::BEGINNING.next(log, at(1, 1), "text"),
            Link::BEGINNING.next(log, at(1, 0), "texts"),
        ] {
            assert_ne!(other, link);
        }
    }

    #[test]
    fn only_a_link_reads_as_one() {
        let text = Link::BEGINNING.next(None, at(1, 0), "").to_string();
        assert_eq!(text.parse::<Link>().unwrap().to_string(), text);
        for wrong in [
            "",
            "00",
            &text.to_uppercase(),
            &format!("{text}00"),
            &"é".repeat(32),
        ] {
            assert_eq!(wrong.parse::<Link>(), Err(InvalidLink), "{wrong}");
        }
    }
}
