//! `$filter`: conditions joined by `and`. Nothing else is honoured, and what is not is refused.

use super::QueryError;

/// One condition.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// The member, with `/` between the steps: `initiatedBy/user/id`.
    pub member: String,
    /// How it is compared.
    pub comparison: Comparison,
    /// With what.
    pub literal: Literal,
}

impl Condition {
    /// Whether the condition is about that member.
    pub fn is_on(&self, member: &str) -> bool {
        self.member.eq_ignore_ascii_case(member)
    }
}

/// How a member is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `eq`.
    Equal,
    /// `ne`.
    NotEqual,
    /// `ge`.
    AtLeast,
    /// `gt`.
    MoreThan,
    /// `le`.
    AtMost,
    /// `lt`.
    LessThan,
    /// `startswith(…)`.
    StartsWith,
}

/// What a member is compared with.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `'…'`.
    Text(String),
    /// `true`, `false`, `null`, a number, a time or a GUID, without quotes.
    Bare(String),
}

impl Literal {
    /// The text, with or without quotes.
    pub fn text(&self) -> &str {
        match self {
            Literal::Text(text) | Literal::Bare(text) => text,
        }
    }
}

/// More conditions are refused.
const MOST: usize = 32;

pub(super) fn read(text: &str) -> Result<Vec<Condition>, QueryError> {
    let tokens = tokens(text)?;
    let mut rest = tokens.as_slice();
    let mut conditions = Vec::new();
    loop {
        let (condition, after) = one(rest)?;
        conditions.push(condition);
        rest = match after {
            [] => return Ok(conditions),
            [Token::Word(word), after @ ..] if word.eq_ignore_ascii_case("and") => after,
            _ => return Err(wrong()),
        };
        if conditions.len() == MOST {
            return Err(wrong());
        }
    }
}

const fn wrong() -> QueryError {
    QueryError::Malformed {
        option: "$filter",
        expected: "conditions such as member eq 'value' or startswith(member,'value'), joined by and",
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Open,
    Close,
    Comma,
}

fn tokens(text: &str) -> Result<Vec<Token>, QueryError> {
    let mut tokens = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(next) = rest.next() {
        match next {
            '(' => tokens.push(Token::Open),
            ')' => tokens.push(Token::Close),
            ',' => tokens.push(Token::Comma),
            '\'' => tokens.push(Token::Text(quoted(&mut rest)?)),
            space if space.is_whitespace() => {}
            first => {
                let mut word = String::from(first);
                let in_word = |c: &char| !c.is_whitespace() && !"(),'".contains(*c);
                while let Some(next) = rest.next_if(in_word) {
                    word.push(next);
                }
                tokens.push(Token::Word(word));
            }
        }
    }
    Ok(tokens)
}

/// The text up to the closing quote; a doubled quote is one.
fn quoted(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<String, QueryError> {
    let mut text = String::new();
    loop {
        match rest.next() {
            None => return Err(wrong()),
            Some('\'') if rest.next_if_eq(&'\'').is_none() => return Ok(text),
            Some(character) => text.push(character),
        }
    }
}

/// One condition, and what comes after it.
fn one(tokens: &[Token]) -> Result<(Condition, &[Token]), QueryError> {
    match tokens {
        [
            Token::Word(function),
            Token::Open,
            Token::Word(member),
            Token::Comma,
            Token::Text(text),
            Token::Close,
            after @ ..,
        ] if function.eq_ignore_ascii_case("startswith") => {
            let condition = Condition {
                member: member.clone(),
                comparison: Comparison::StartsWith,
                literal: Literal::Text(text.clone()),
            };
            Ok((condition, after))
        }
        // One pair of parentheses means nothing; a pile of them is somebody's joke.
        [Token::Open, Token::Open, ..] => Err(wrong()),
        [Token::Open, inside @ ..] => match one(inside)? {
            (condition, [Token::Close, after @ ..]) => Ok((condition, after)),
            _ => Err(wrong()),
        },
        [
            Token::Word(member),
            Token::Word(operator),
            value,
            after @ ..,
        ] => {
            let literal = match value {
                Token::Text(text) => Literal::Text(text.clone()),
                Token::Word(word) => Literal::Bare(word.clone()),
                _ => return Err(wrong()),
            };
            let condition = Condition {
                member: member.clone(),
                comparison: comparison(operator)?,
                literal,
            };
            Ok((condition, after))
        }
        _ => Err(wrong()),
    }
}

fn comparison(operator: &str) -> Result<Comparison, QueryError> {
    Ok(match operator.to_ascii_lowercase().as_str() {
        "eq" => Comparison::Equal,
        "ne" => Comparison::NotEqual,
        "ge" => Comparison::AtLeast,
        "gt" => Comparison::MoreThan,
        "le" => Comparison::AtMost,
        "lt" => Comparison::LessThan,
        _ => return Err(wrong()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_joined_by_and() {
        let read = read(
            "category eq 'CrossTenantAccessSettings' and (activityDateTime ge 2026-01-31T12:00:00Z)
             and startswith(activityDisplayName,'Add a partner''s')",
        );
        let read = read.unwrap();
        assert_eq!(read.len(), 3);
        assert!(read[0].is_on("Category"));
        assert_eq!(read[1].comparison, Comparison::AtLeast);
        assert_eq!(
            read[1].literal,
            Literal::Bare("2026-01-31T12:00:00Z".to_owned())
        );
        assert_eq!(read[2].literal.text(), "Add a partner's");
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "category",
            "category eq",
            "category eq 'x",
            "a eq 'x' or b eq 'y'",
            "not (a eq 'x')",
            "contains(a,'x')",
            "((a eq 'x')",
            "a eq 'x' and",
            "targetResources/any(t: t/id eq 'x')",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
        assert!(read(&"(".repeat(10_000)).is_err());
        assert!(read(&vec!["a eq 1"; 100].join(" and ")).is_err());
    }
}
