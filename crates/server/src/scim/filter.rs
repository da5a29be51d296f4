//! Filters (RFC 7644, 3.4.2.2): read, and held against a resource.
//!
//! `userName eq "bjensen"`, `emails[type eq "work" and value co "@x"]`, `not (active eq true)`. Names
//! and the words between them compare without case; texts do too, except ids.

use serde_json::Value;

use super::wrong;
use crate::error::{ApiError, Result};

/// Longer filters are refused.
const LONGEST: usize = 2_000;
/// Deeper ones, too.
const DEEPEST: usize = 16;

/// A filter.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Filter {
    And(Box<Filter>, Box<Filter>),
    Or(Box<Filter>, Box<Filter>),
    Not(Box<Filter>),
    Present(String),
    Compare(String, Operator, Value),
    /// Some entry of a list.
    Within(String, Box<Filter>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Contains,
    Starts,
    Ends,
    Greater,
    AtLeast,
    Less,
    AtMost,
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Mark(char),
}

fn bad() -> ApiError {
    wrong(
        "invalidFilter",
        "The filter cannot be read: expected conditions such as userName eq \"bjensen\", joined by \
         and, or, not.",
    )
}

fn tokens(text: &str) -> Result<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text.char_indices().peekable();
    while let Some((start, next)) = rest.next() {
        match next {
            '(' | ')' | '[' | ']' => tokens.push(Token::Mark(next)),
            '"' => {
                let mut escaped = false;
                let mut end = None;
                for (at, character) in rest.by_ref() {
                    match character {
                        '\\' if !escaped => escaped = true,
                        '"' if !escaped => {
                            end = Some(at);
                            break;
                        }
                        _ => escaped = false,
                    }
                }
                // The text is a string of JSON, with its escapes.
                let quoted = end.and_then(|end| text.get(start..=end)).ok_or_else(bad)?;
                let text: String = serde_json::from_str(quoted).map_err(|_| bad())?;
                tokens.push(Token::Text(text));
            }
            space if space.is_whitespace() => {}
            first => {
                let mut word = String::from(first);
                let inside = |c: &char| !c.is_whitespace() && !"()[]\"".contains(*c);
                while let Some((_, next)) = rest.next_if(|(_, c)| inside(c)) {
                    word.push(next);
                }
                tokens.push(Token::Word(word));
            }
        }
    }
    Ok(tokens)
}

struct Reader {
    tokens: std::vec::IntoIter<Token>,
    ahead: Option<Token>,
    depth: usize,
}

impl Reader {
    fn next(&mut self) -> Option<Token> {
        self.ahead.take().or_else(|| self.tokens.next())
    }

    fn peek(&mut self) -> Option<&Token> {
        if self.ahead.is_none() {
            self.ahead = self.tokens.next();
        }
        self.ahead.as_ref()
    }

    fn is_word(&mut self, wanted: &str) -> bool {
        matches!(self.peek(), Some(Token::Word(word)) if word.eq_ignore_ascii_case(wanted))
    }

    fn mark(&mut self, wanted: char) -> Result<()> {
        match self.next() {
            Some(Token::Mark(mark)) if mark == wanted => Ok(()),
            _ => Err(bad()),
        }
    }

    fn either(&mut self) -> Result<Filter> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(bad());
        }
        let mut left = self.both()?;
        while self.is_word("or") {
            self.next();
            left = Filter::Or(Box::new(left), Box::new(self.both()?));
        }
        self.depth -= 1;
        Ok(left)
    }

    fn both(&mut self) -> Result<Filter> {
        let mut left = self.one()?;
        while self.is_word("and") {
            self.next();
            left = Filter::And(Box::new(left), Box::new(self.one()?));
        }
        Ok(left)
    }

    fn one(&mut self) -> Result<Filter> {
        match self.next() {
            Some(Token::Mark('(')) => {
                let inside = self.either()?;
                self.mark(')')?;
                Ok(inside)
            }
            Some(Token::Word(word)) if word.eq_ignore_ascii_case("not") => {
                self.mark('(')?;
                let inside = self.either()?;
                self.mark(')')?;
                Ok(Filter::Not(Box::new(inside)))
            }
            Some(Token::Word(path)) => self.condition(path),
            _ => Err(bad()),
        }
    }

    fn condition(&mut self, path: String) -> Result<Filter> {
        if let Some(Token::Mark('[')) = self.peek() {
            self.next();
            let inside = self.either()?;
            self.mark(']')?;
            return Ok(Filter::Within(path, Box::new(inside)));
        }
        let Some(Token::Word(operator)) = self.next() else {
            return Err(bad());
        };
        let operator = match operator.to_ascii_lowercase().as_str() {
            "pr" => return Ok(Filter::Present(path)),
            "eq" => Operator::Equal,
            "ne" => Operator::NotEqual,
            "co" => Operator::Contains,
            "sw" => Operator::Starts,
            "ew" => Operator::Ends,
            "gt" => Operator::Greater,
            "ge" => Operator::AtLeast,
            "lt" => Operator::Less,
            "le" => Operator::AtMost,
            _ => return Err(bad()),
        };
        let value = match self.next() {
            Some(Token::Text(text)) => Value::String(text),
            // Some clients write True for true.
            Some(Token::Word(word)) => {
                serde_json::from_str(&word.to_ascii_lowercase()).map_err(|_| bad())?
            }
            _ => return Err(bad()),
        };
        Ok(Filter::Compare(path, operator, value))
    }
}

impl Filter {
    /// Reads a filter.
    pub(super) fn read(text: &str) -> Result<Self> {
        if text.len() > LONGEST {
            return Err(bad());
        }
        let mut reader = Reader {
            tokens: tokens(text)?.into_iter(),
            ahead: None,
            depth: 0,
        };
        let filter = reader.either()?;
        match reader.next() {
            None => Ok(filter),
            Some(_) => Err(bad()),
        }
    }

    /// Whether it lets the resource through.
    pub(super) fn holds(&self, resource: &Value) -> bool {
        match self {
            Filter::And(one, other) => one.holds(resource) && other.holds(resource),
            Filter::Or(one, other) => one.holds(resource) || other.holds(resource),
            Filter::Not(inside) => !inside.holds(resource),
            Filter::Present(path) => values(resource, path).iter().any(|value| is_there(value)),
            Filter::Compare(path, operator, wanted) => {
                let found = values(resource, path);
                match (operator, wanted) {
                    (Operator::Equal, Value::Null) => !found.iter().any(|value| is_there(value)),
                    (Operator::NotEqual, Value::Null) => found.iter().any(|value| is_there(value)),
                    (Operator::NotEqual, wanted) => !found
                        .iter()
                        .any(|value| compares(value, Operator::Equal, wanted)),
                    _ => found.iter().any(|value| compares(value, *operator, wanted)),
                }
            }
            Filter::Within(path, inside) => {
                let found = values(resource, path);
                found.iter().any(|value| inside.holds(value))
            }
        }
    }

    /// The text that this attribute must equal, if the filter demands one.
    pub(super) fn demands(&self, attribute: &str) -> Option<&str> {
        match self {
            Filter::And(one, other) => one.demands(attribute).or_else(|| other.demands(attribute)),
            Filter::Compare(path, Operator::Equal, Value::String(text)) => {
                bare(path).eq_ignore_ascii_case(attribute).then_some(text)
            }
            _ => None,
        }
    }
}

fn is_there(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(members) => !members.is_empty(),
        _ => true,
    }
}

/// A path without the schema in front that every resource has anyway.
fn bare(path: &str) -> &str {
    let core = "urn:ietf:params:scim:schemas:core:2.0:";
    match path.get(..core.len()) {
        Some(start) if start.eq_ignore_ascii_case(core) => {
            let rest = path.get(core.len()..).unwrap_or_default();
            rest.split_once(':').map_or(rest, |(_, rest)| rest)
        }
        _ => path,
    }
}

/// The member of that name, in any case.
pub(super) fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let members = value.as_object()?;
    let found = members
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value)
}

/// A path step by step; the name of an extension is one step, in spite of its dots.
pub(super) fn steps(path: &str) -> Vec<String> {
    let path = bare(path);
    let lower = path.to_ascii_lowercase();
    if lower.starts_with("urn:") {
        let end = super::user::ENTERPRISE.len();
        if let (Some(start), rest) = (path.get(..end), path.get(end..).unwrap_or_default())
            && start.eq_ignore_ascii_case(super::user::ENTERPRISE)
        {
            let rest = rest.trim_start_matches(':');
            let rest = rest.split('.').filter(|step| !step.is_empty());
            return [start.to_owned()]
                .into_iter()
                .chain(rest.map(str::to_owned))
                .collect();
        }
        return vec![path.to_owned()];
    }
    path.split('.').map(str::to_owned).collect()
}

/// What lies at a path: the entries of lists one by one. A list of objects stands for their values.
fn values<'a>(resource: &'a Value, path: &str) -> Vec<&'a Value> {
    let mut found = vec![resource];
    for step in steps(path) {
        let below = found.into_iter().flat_map(|value| match value {
            Value::Array(list) => list.iter().collect(),
            value => vec![value],
        });
        found = below.filter_map(|value| member(value, &step)).collect();
    }
    let entries = found.into_iter().flat_map(|value| match value {
        Value::Array(list) => list.iter().collect(),
        value => vec![value],
    });
    entries.collect()
}

fn compares(found: &Value, operator: Operator, wanted: &Value) -> bool {
    // `emails eq "x"` means the value of an entry.
    let found = member(found, "value").unwrap_or(found);
    match (found, wanted) {
        (Value::String(found), Value::String(wanted)) => {
            let (found, wanted) = (found.to_lowercase(), wanted.to_lowercase());
            match operator {
                Operator::Equal => found == wanted,
                Operator::NotEqual => found != wanted,
                Operator::Contains => found.contains(&wanted),
                Operator::Starts => found.starts_with(&wanted),
                Operator::Ends => found.ends_with(&wanted),
                Operator::Greater => found > wanted,
                Operator::AtLeast => found >= wanted,
                Operator::Less => found < wanted,
                Operator::AtMost => found <= wanted,
            }
        }
        // Some clients write flags as texts.
        (Value::Bool(found), Value::String(wanted)) => {
            operator == Operator::Equal && wanted.eq_ignore_ascii_case(&found.to_string())
        }
        (found, wanted) => operator == Operator::Equal && found == wanted,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests say what they expect")]
mod tests {
    use super::*;
    use serde_json::json;

    fn resource() -> Value {
        json!({
            "userName": "BJensen",
            "active": true,
            "name": {"familyName": "Jensen"},
            "emails": [{"value": "b@work.example", "type": "work"}, {"value": "b@home.example", "type": "home"}],
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Sales"},
            "title": "",
        })
    }

    #[test]
    fn filters_hold_as_the_rfc_says() {
        // RFC 7644, 3.4.2.2
        for text in [
            "userName eq \"bjensen\"",
            "USERNAME Eq \"BJENSEN\"",
            "name.familyName co \"ens\"",
            "urn:ietf:params:scim:schemas:core:2.0:User:userName sw \"BJ\"",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq \"sales\"",
            "emails[type eq \"work\" and value co \"@work\"]",
            "emails.value ew \"home.example\"",
            "emails eq \"b@home.example\"",
            "userName eq \"x\" or active eq true",
            "active eq True and not (title pr)",
            "active eq \"true\"",
            "(userName pr) and externalId eq null",
            "userName ne \"x\" and userName gt \"a\" and userName le \"z\"",
        ] {
            assert!(Filter::read(text).unwrap().holds(&resource()), "{text}");
        }
        for text in [
            "userName eq \"x\"",
            "emails[type eq \"home\" and value co \"@work\"]",
            "title pr",
            "active eq false",
            "userName eq \"bjensen\" and not (active eq true)",
            "nickName eq \"x\"",
            "userName eq \"x\" or userName eq \"y\" and active eq true",
        ] {
            assert!(!Filter::read(text).unwrap().holds(&resource()), "{text}");
        }
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        let deep = format!("{}userName pr{}", "(".repeat(50), ")".repeat(50));
        for text in [
            "",
            "userName",
            "userName eq",
            "userName xx \"y\"",
            "userName eq \"open",
            "userName eq \"x\" and",
            "(userName eq \"x\"",
            "emails[type eq \"x\"",
            "userName eq 'x'",
            "not userName eq \"x\"",
            "userName eq \"x\" userName eq \"y\"",
            &deep,
            &"x".repeat(3000),
        ] {
            let error = Filter::read(text).unwrap_err();
            assert_eq!(error.detail.as_ref().unwrap().0, "invalidFilter", "{text}");
        }
    }

    #[test]
    fn what_a_filter_demands_is_known() {
        let filter = Filter::read("active eq true and userName eq \"a\\\"b\"").unwrap();
        assert_eq!(filter.demands("username"), Some("a\"b"));
        let filter = Filter::read("userName eq \"a\" or active eq true").unwrap();
        assert_eq!(filter.demands("userName"), None);
    }
}
