//! Collections that are in memory.
//!
//! A page begins after a certain entry, which its token names, and its place in case the entry has
//! been removed meanwhile: what is added or removed between two pages neither hides an entry nor
//! shows one twice.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use graph::query::Query;
use serde_json::Value;

use super::{Address, Page, foreign_token, token};
use crate::error::Result;

/// A collection in memory, in an order of its own.
pub(crate) trait Entries {
    /// What it consists of.
    type Entry: ?Sized;
    /// All of them.
    fn entries(&self) -> impl Iterator<Item = &Self::Entry>;
    /// What no two of them share.
    fn key(&self, entry: &Self::Entry) -> String;
    /// What `$filter` and `$orderby` look at; by default all of it.
    fn facts(&self, entry: &Self::Entry, query: &Query) -> Value {
        self.render(entry, query)
    }
    /// The entry with all its members, and with what is expanded. Selection happens afterwards.
    fn render(&self, entry: &Self::Entry, query: &Query) -> Value;
}

/// JSON objects, all rendered already.
pub(crate) struct Json {
    key: &'static str,
    entries: Vec<Value>,
}

impl Json {
    /// Objects that are told apart by that member.
    pub(crate) fn by(key: &'static str, entries: impl IntoIterator<Item = Value>) -> Self {
        let entries = entries.into_iter().collect();
        Json { key, entries }
    }
}

impl Entries for Json {
    type Entry = Value;
    fn entries(&self) -> impl Iterator<Item = &Value> {
        self.entries.iter()
    }
    fn key(&self, entry: &Value) -> String {
        match entry.get(self.key) {
            Some(Value::String(key)) => key.clone(),
            Some(key) => key.to_string(),
            None => String::new(),
        }
    }
    fn render(&self, entry: &Value, _: &Query) -> Value {
        entry.clone()
    }
}

/// The page the query asks for: `place` is what `@odata.context` calls the collection.
pub(crate) fn page<E: Entries>(
    address: &Address,
    place: &str,
    query: &Query,
    collection: &E,
) -> Result<Response> {
    let all = ordered(query, collection);
    let first = match token(query)? {
        None => 0,
        Some(token) => begin(token, &all, collection)?,
    };
    let wanted =
        |entry: &E::Entry| query.filter.is_none() || query.wants(&collection.facts(entry, query));
    let skipped = usize::try_from(query.skip.unwrap_or(0)).unwrap_or(usize::MAX);
    let rest = all.iter().enumerate().skip(first);
    let mut rest = rest.filter(|(_, entry)| wanted(entry)).skip(skipped);
    let page: Vec<(usize, &&E::Entry)> = rest.by_ref().take(query.page()).collect();
    // A page that is not the last one has entries, because the one after it has.
    let next = match (page.last(), rest.next()) {
        (Some((index, last)), Some(_)) => Some(format!("{}.{}", index + 1, collection.key(last))),
        _ => None,
    };
    let first_page = query.skip_token.is_none();
    let count = (query.count && first_page)
        .then(|| all.iter().filter(|entry| wanted(entry)).count() as u64);
    let entries = page
        .into_iter()
        .map(|(_, entry)| query.project(collection.render(entry, query)));
    let page = Page {
        entries: entries.collect(),
        count,
        next,
    };
    Ok(page.answer(address, place, query))
}

/// `/$count`.
pub(crate) fn count<E: Entries>(query: &Query, collection: &E) -> Response {
    let wanted =
        |entry: &&E::Entry| query.filter.is_none() || query.wants(&collection.facts(entry, query));
    number(collection.entries().filter(wanted).count() as u64)
}

/// A number, and nothing else.
pub(super) fn number(count: u64) -> Response {
    let text = HeaderValue::from_static("text/plain");
    ([(header::CONTENT_TYPE, text)], count.to_string()).into_response()
}

/// All entries in the order that is asked for; those that are equal stay as they stand.
fn ordered<'a, E: Entries>(query: &Query, collection: &'a E) -> Vec<&'a E::Entry> {
    if query.order.is_empty() {
        return collection.entries().collect();
    }
    let entries = collection.entries();
    let mut all: Vec<(Value, &E::Entry)> = entries
        .map(|entry| (collection.facts(entry, query), entry))
        .collect();
    all.sort_by(|(one, _), (other, _)| query.compare(one, other));
    all.into_iter().map(|(_, entry)| entry).collect()
}

fn begin<E: Entries>(token: &str, all: &[&E::Entry], collection: &E) -> Result<usize> {
    let (index, key) = token.split_once('.').ok_or_else(foreign_token)?;
    let index: usize = index.parse().map_err(|_| foreign_token())?;
    // It stands where it stood, unless something changed.
    let expected = index.checked_sub(1).and_then(|index| all.get(index));
    if expected.is_some_and(|entry| collection.key(entry) == key) {
        return Ok(index);
    }
    let found = all.iter().position(|entry| collection.key(entry) == key);
    // Those before it may have been removed as well; whoever comes next stands there now.
    Ok(found.map_or(index.saturating_sub(1), |found| found + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(ids: &[&str]) -> Json {
        Json::by("id", ids.iter().map(|id| json!({"id": id})))
    }

    /// Where the page after that entry begins.
    fn first(token: &str, ids: &[&str]) -> Option<usize> {
        let collection = of(ids);
        let all: Vec<&Value> = collection.entries().collect();
        begin(token, &all, &collection).ok()
    }

    #[test]
    fn a_page_goes_on_after_its_entry_wherever_it_stands_now() {
        assert_eq!(first("2.b", &["a", "b", "c"]), Some(2));
        assert_eq!(first("2.b", &["b", "c"]), Some(1));
        assert_eq!(first("2.b", &["z", "a", "b", "c"]), Some(3));
        // The entry itself is gone: whoever took its place is next.
        assert_eq!(first("2.b", &["a", "c"]), Some(1));
        assert_eq!(first("2.b", &[]), Some(1));
        assert_eq!(first("0.b", &["a", "b"]), Some(2));
        for foreign in ["", "x", "x.b", "-1.b", "99999999999999999999999.b"] {
            assert_eq!(first(foreign, &["a", "b"]), None, "{foreign}");
        }
        assert_eq!(first("9.with.dots", &["with.dots", "x"]), Some(1));
    }
}
