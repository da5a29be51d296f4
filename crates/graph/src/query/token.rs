//! The words of a filter.

use super::QueryError;

/// A word, and where it begins, counted in characters from one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) at: usize,
    pub(super) what: What,
}

/// A word.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum What {
    Word(String),
    Text(String),
    Open,
    Close,
    Comma,
    Colon,
}

/// Longer filters are refused unread.
pub(super) const LONGEST: usize = 8 * 1024;
/// More words are refused.
const MOST: usize = 1024;

pub(super) fn tokens(text: &str) -> Result<Vec<Token>, QueryError> {
    if text.len() > LONGEST {
        return Err(QueryError::TooComplex);
    }
    let mut tokens = Vec::new();
    let mut rest = text.chars().zip(1..).peekable();
    while let Some((next, at)) = rest.next() {
        let what = match next {
            '(' => What::Open,
            ')' => What::Close,
            ',' => What::Comma,
            ':' => What::Colon,
            '\'' => What::Text(quoted(&mut rest, at)?),
            space if space.is_whitespace() => continue,
            first => {
                // A time has colons in it, a name does not: the one in `t:t/id` separates.
                let timely = first.is_ascii_digit() || first == '-';
                let in_word = |(c, _): &(char, usize)| {
                    !c.is_whitespace() && !"(),'".contains(*c) && (timely || *c != ':')
                };
                let mut word = String::from(first);
                while let Some((next, _)) = rest.next_if(in_word) {
                    word.push(next);
                }
                What::Word(word)
            }
        };
        if tokens.len() == MOST {
            return Err(QueryError::TooComplex);
        }
        tokens.push(Token { at, what });
    }
    Ok(tokens)
}

type Rest<'a> =
    std::iter::Peekable<std::iter::Zip<std::str::Chars<'a>, std::ops::RangeFrom<usize>>>;

/// The text up to the closing quote; a doubled quote is one.
fn quoted(rest: &mut Rest<'_>, at: usize) -> Result<String, QueryError> {
    let mut text = String::new();
    loop {
        match rest.next() {
            None => {
                let expected = "a closing quote";
                return Err(QueryError::Filter { at, expected });
            }
            Some(('\'', _)) if rest.next_if(|(c, _)| *c == '\'').is_none() => return Ok(text),
            Some((character, _)) => text.push(character),
        }
    }
}
