//! Text as bytes: UTF-8, without characters nobody can see; and how text is printed.

use std::fmt;

use super::build::Fault;
use super::{Location, MAX_BYTES, Problem};

/// The text of a file. A byte order mark is dropped; control characters other than tab and line
/// ends are refused wherever they stand.
pub(super) fn decode(bytes: &[u8]) -> Result<&str, Fault> {
    if bytes.len() > MAX_BYTES {
        return Err(Fault::whole(Problem::TooLarge(bytes.len())));
    }
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(Fault::at(Location { line: 1, column: 1 }, Problem::Utf16));
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let before = std::str::from_utf8(valid).unwrap_or_default();
            return Err(Fault::at(end_of(before), Problem::NotUtf8));
        }
    };
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    match text.char_indices().find(|(_, c)| is_control(*c)) {
        Some((at, c)) => {
            let before = text.get(..at).unwrap_or_default();
            Err(Fault::at(end_of(before), Problem::Control(c)))
        }
        None => Ok(text),
    }
}

/// Where the character after this text stands. Lines end as YAML says: `\n`, `\r\n` or `\r`.
fn end_of(before: &str) -> Location {
    let before = before.strip_prefix('\u{FEFF}').unwrap_or(before);
    let lines = before.replace("\r\n", "\n").replace('\r', "\n");
    let last = lines.rsplit('\n').next().unwrap_or_default();
    Location {
        line: number(lines.matches('\n').count() + 1),
        column: number(last.chars().count() + 1),
    }
}

/// Lines and columns fit: a file has fewer than 2³² characters.
pub(super) fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Characters that say nothing and change what follows; tab and line ends are text.
pub(super) fn is_control(c: char) -> bool {
    c.is_control() && !matches!(c, '\t' | '\n' | '\r')
}

/// Characters that turn the direction of writing, so that a text reads as another one.
pub(super) fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Text of a stranger, printed so that it can be seen and does nothing: control characters and
/// those that turn the direction of writing appear as `\u{202e}`.
///
/// ```
/// use graph::document::Printable;
/// assert_eq!(Printable("exe\u{202e}gpj").to_string(), "exe\\u{202e}gpj");
/// assert_eq!(Printable("Contoso Ltd").to_string(), "Contoso Ltd");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Printable<'a>(pub &'a str);

impl fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            let marks = matches!(
                c,
                '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{2028}' | '\u{2029}'
            );
            if c.is_control() || turns_direction(c) || marks {
                write!(f, "{}", c.escape_unicode())?;
            } else {
                write!(f, "{c}")?;
            }
        }
        Ok(())
    }
}
