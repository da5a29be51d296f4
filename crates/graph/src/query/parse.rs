//! Reading a filter.
//!
//! `or` binds less than `and`, `and` less than `not`. Operators and functions are known in any case.
//! Depth, length and the number of conditions are bounded, so that nobody can keep the server busy
//! with a question alone.

use jiff::Timestamp;

use super::QueryError;
use super::filter::{Comparison, Filter, Literal, Part, Path, Quantifier};
use super::token::{Token, What, tokens};

/// Deeper filters are refused.
const DEEPEST: usize = 16;
/// More conditions are refused.
const MOST_CONDITIONS: usize = 64;
/// More literals behind one `in` are refused.
const MOST_LITERALS: usize = 64;
/// A path with more steps is not one of ours.
const MOST_STEPS: usize = 8;

type Result<T> = std::result::Result<T, QueryError>;

/// Reads a filter.
pub(super) fn read(text: &str) -> Result<Filter> {
    let tokens = tokens(text)?;
    let mut reader = Reader {
        rest: &tokens,
        end: text.chars().count() + 1,
        depth: 0,
        conditions: 0,
        variable: None,
    };
    let filter = reader.or()?;
    match reader.rest {
        [] => Ok(filter),
        _ => Err(reader.wrong("and, or, or the end")),
    }
}

struct Reader<'a> {
    rest: &'a [Token],
    end: usize,
    depth: usize,
    conditions: usize,
    /// Inside of a lambda: what the entry is called.
    variable: Option<&'a str>,
}

impl<'a> Reader<'a> {
    fn wrong(&self, expected: &'static str) -> QueryError {
        let at = self.rest.first().map_or(self.end, |token| token.at);
        QueryError::Filter { at, expected }
    }

    fn next(&mut self) -> Option<&'a What> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(&first.what)
    }

    fn peek(&self) -> Option<&'a What> {
        self.rest.first().map(|token| &token.what)
    }

    /// Goes past that mark, if it is next.
    fn takes(&mut self, mark: &What) -> bool {
        let found = self.peek() == Some(mark);
        if found {
            self.next();
        }
        found
    }

    fn demand(&mut self, mark: &What, expected: &'static str) -> Result<()> {
        match self.takes(mark) {
            true => Ok(()),
            false => Err(self.wrong(expected)),
        }
    }

    /// Goes past that word, if it is next.
    fn says(&mut self, word: &str) -> bool {
        let found =
            matches!(self.peek(), Some(What::Word(next)) if next.eq_ignore_ascii_case(word));
        if found {
            self.next();
        }
        found
    }

    fn or(&mut self) -> Result<Filter> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(QueryError::TooComplex);
        }
        let first = self.and()?;
        let mut all = vec![first];
        while self.says("or") {
            all.push(self.and()?);
        }
        self.depth -= 1;
        Ok(one_or(all, Filter::Or))
    }

    fn and(&mut self) -> Result<Filter> {
        let first = self.not()?;
        let mut all = vec![first];
        while self.says("and") {
            all.push(self.not()?);
        }
        Ok(one_or(all, Filter::And))
    }

    fn not(&mut self) -> Result<Filter> {
        if !self.says("not") {
            return self.condition();
        }
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(QueryError::TooComplex);
        }
        let inner = self.not()?;
        self.depth -= 1;
        Ok(Filter::Not(Box::new(inner)))
    }

    fn condition(&mut self) -> Result<Filter> {
        if self.takes(&What::Open) {
            let inner = self.or()?;
            self.demand(&What::Close, "a closing parenthesis")?;
            return Ok(inner);
        }
        self.conditions += 1;
        if self.conditions > MOST_CONDITIONS {
            return Err(QueryError::TooComplex);
        }
        let Some(What::Word(word)) = self.peek() else {
            return Err(self.wrong("a member, a function, not, or an opening parenthesis"));
        };
        let called = matches!(
            self.rest.get(1),
            Some(Token {
                what: What::Open,
                ..
            })
        );
        if !called {
            return self.comparison();
        }
        let named = |part: &Part| part.as_str().eq_ignore_ascii_case(word);
        if let Some(part) = Part::ALL.into_iter().find(named) {
            return self.part(part);
        }
        match word.rsplit_once('/') {
            Some((list, any)) if any.eq_ignore_ascii_case("any") => {
                self.lambda(list, Quantifier::Any)
            }
            Some((list, all)) if all.eq_ignore_ascii_case("all") => {
                self.lambda(list, Quantifier::All)
            }
            _ if is_operator(word) => Err(self.wrong("a member or a function")),
            _ => Err(QueryError::Unsupported(shown(word))),
        }
    }

    fn comparison(&mut self) -> Result<Filter> {
        let path = self.path()?;
        if self.says("in") {
            return self.among(path);
        }
        let operator = match self.peek() {
            Some(What::Word(word)) => Comparison::ALL
                .into_iter()
                .find(|comparison| comparison.as_str().eq_ignore_ascii_case(word)),
            _ => None,
        };
        let Some(comparison) = operator else {
            return Err(self.wrong("eq, ne, gt, ge, lt, le or in"));
        };
        self.next();
        Ok(Filter::Compare(path, comparison, self.literal()?))
    }

    fn among(&mut self, path: Path) -> Result<Filter> {
        self.demand(&What::Open, "an opening parenthesis")?;
        let mut literals = vec![self.literal()?];
        while self.takes(&What::Comma) {
            literals.push(self.literal()?);
            if literals.len() > MOST_LITERALS {
                return Err(QueryError::TooComplex);
            }
        }
        self.demand(&What::Close, "a comma or a closing parenthesis")?;
        Ok(Filter::In(path, literals))
    }

    /// `startsWith(member,'…')`; old scripts write `eq true` behind it.
    fn part(&mut self, part: Part) -> Result<Filter> {
        self.next();
        self.next();
        let path = self.path()?;
        self.demand(&What::Comma, "a comma")?;
        let Literal::Text(text) = self.literal()? else {
            return Err(self.wrong("a string in quotes"));
        };
        self.demand(&What::Close, "a closing parenthesis")?;
        let found = Filter::Part(part, path, text);
        if !self.says("eq") {
            return Ok(found);
        }
        match self.literal()? {
            Literal::Boolean(true) => Ok(found),
            Literal::Boolean(false) => Ok(Filter::Not(Box::new(found))),
            _ => Err(self.wrong("true or false")),
        }
    }

    fn lambda(&mut self, list: &str, quantifier: Quantifier) -> Result<Filter> {
        if self.variable.is_some() {
            return Err(QueryError::TooComplex);
        }
        let path = Path {
            steps: self.steps(list)?,
            exact: false,
        };
        self.next();
        self.next();
        if self.takes(&What::Close) {
            return match quantifier {
                Quantifier::Any => Ok(Filter::Lambda(quantifier, path, None)),
                Quantifier::All => Err(self.wrong("a condition")),
            };
        }
        let Some(What::Word(variable)) = self.peek() else {
            return Err(self.wrong("a name for the entry"));
        };
        if !is_name(variable) {
            return Err(self.wrong("a name for the entry"));
        }
        self.next();
        self.demand(&What::Colon, "a colon")?;
        self.variable = Some(variable);
        let inside = self.or()?;
        self.variable = None;
        self.demand(&What::Close, "a closing parenthesis")?;
        Ok(Filter::Lambda(quantifier, path, Some(Box::new(inside))))
    }

    fn path(&mut self) -> Result<Path> {
        let Some(What::Word(word)) = self.peek() else {
            return Err(self.wrong("a member"));
        };
        let mut steps = self.steps(word)?;
        if let Some(variable) = self.variable {
            // Members of the resource itself do not stand inside of a lambda.
            if steps.first().is_none_or(|first| first != variable) {
                return Err(self.wrong("the name of the entry"));
            }
            steps.remove(0);
        }
        self.next();
        Ok(Path {
            steps,
            exact: false,
        })
    }

    fn steps(&self, word: &str) -> Result<Vec<String>> {
        if word.contains('$') {
            return Err(QueryError::Unsupported(shown(word)));
        }
        let steps: Vec<String> = word.split('/').map(str::to_owned).collect();
        let named = steps.iter().all(|step| is_name(step));
        match named && steps.len() <= MOST_STEPS && plain(word).is_none() {
            true => Ok(steps),
            false => Err(self.wrong("a member")),
        }
    }

    fn literal(&mut self) -> Result<Literal> {
        const EXPECTED: &str = "a string in quotes, a number, a time, a GUID, true, false or null";
        let literal = match self.peek() {
            Some(What::Text(text)) => Some(Literal::Text(text.clone())),
            Some(What::Word(word)) => plain(word),
            _ => None,
        };
        let literal = literal.ok_or_else(|| self.wrong(EXPECTED))?;
        self.next();
        Ok(literal)
    }
}

fn one_or(mut all: Vec<Filter>, several: fn(Vec<Filter>) -> Filter) -> Filter {
    match (all.len(), all.pop()) {
        (1, Some(one)) => one,
        (_, last) => {
            all.extend(last);
            several(all)
        }
    }
}

fn is_name(word: &str) -> bool {
    let mut characters = word.chars();
    let first = characters.next();
    first.is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && word.len() <= 100
        && characters.all(|c| c.is_ascii_alphanumeric() || "_-.@".contains(c))
}

fn is_operator(word: &str) -> bool {
    ["and", "or", "in"]
        .iter()
        .chain(&Comparison::ALL.map(Comparison::as_str))
        .any(|operator| operator.eq_ignore_ascii_case(word))
}

/// A literal without quotes.
fn plain(word: &str) -> Option<Literal> {
    for (name, literal) in [
        ("null", Literal::Null),
        ("true", Literal::Boolean(true)),
        ("false", Literal::Boolean(false)),
    ] {
        if word.eq_ignore_ascii_case(name) {
            return Some(literal);
        }
    }
    if is_guid(word) {
        return Some(Literal::Guid(word.to_ascii_lowercase()));
    }
    if let Ok(number) = word.parse() {
        return Some(Literal::Number(number));
    }
    let time = word.parse().ok().or_else(|| midnight(word));
    time.map(Literal::Time)
}

/// A day alone means its first moment.
fn midnight(word: &str) -> Option<Timestamp> {
    let day: jiff::civil::Date = word.parse().ok().filter(|_| word.len() == 10)?;
    let zoned = day.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(zoned.timestamp())
}

fn is_guid(word: &str) -> bool {
    let groups = word.split('-').map(str::len);
    groups.eq([8, 4, 4, 4, 12]) && word.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}

/// What somebody wrote, as far as it is repeated in an answer.
pub(super) fn shown(text: &str) -> String {
    let harmless = text.chars().filter(|c| !c.is_control());
    harmless.take(64).collect()
}
