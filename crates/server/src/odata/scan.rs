//! Collections that are read from the store, piece by piece.
//!
//! A filter that few rows satisfy must not make one request read everything: after so many rows the
//! page is answered as it is, with a link to the rest. A page before the last is never empty,
//! though, because some clients stop at the first empty page and lose the rest without a word; so as
//! long as nothing was found the reading goes on, up to a bound at which the query is refused.

use axum::response::Response;
use graph::query::Query;
use serde_json::Value;

use super::memory::number;
use super::{Address, Page, token};
use crate::error::{ApiError, Result};

/// Rows that one page looks at, once it has anything to answer.
const ENOUGH: usize = 10_000;
/// Rows that one request looks at.
const MOST: usize = 200_000;
/// Rows that are read at once.
const LARGEST_READ: usize = 1_000;
const SMALLEST_READ: usize = 100;

/// One row of a large collection.
pub(crate) struct Row {
    /// Its place: reading goes on after it. It goes to clients, who give it back.
    pub(crate) token: String,
    /// All its members, as far as filter and selection look at them.
    pub(crate) value: Value,
}

/// A large collection, in an order that does not change between pages.
///
/// It is made for one query, and may leave out what that query does not want; it may not leave out
/// anything else.
pub(crate) trait Source: Sync {
    /// The next rows after that place, at most so many: fewer only if there are no more.
    fn read(
        &self,
        after: Option<&str>,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Row>>> + Send;

    /// How many rows the query wants, if that is known without looking at each.
    fn count(&self) -> impl Future<Output = Result<Option<u64>>> + Send {
        async { Ok(None) }
    }

    /// What is added to the rows that are answered, above all what is expanded.
    fn complete(&self, values: Vec<Value>) -> impl Future<Output = Result<Vec<Value>>> + Send {
        async { Ok(values) }
    }
}

/// The page the query asks for: `place` is what `@odata.context` calls the collection.
pub(crate) async fn scan(
    address: &Address,
    place: &str,
    query: &Query,
    source: &impl Source,
) -> Result<Response> {
    let after = token(query)?.map(str::to_owned);
    let first_page = after.is_none();
    let (rows, next) = rows(query, source, after).await?;
    let values = rows.into_iter().map(|row| row.value).collect();
    let values = source.complete(values).await?;
    let count = match query.count && first_page {
        true => Some(counted(query, source).await?),
        false => None,
    };
    let page = Page {
        entries: values
            .into_iter()
            .map(|value| query.project(value))
            .collect(),
        count,
        next,
    };
    Ok(page.answer(address, place, query))
}

/// `/$count`.
pub(crate) async fn scan_count(query: &Query, source: &impl Source) -> Result<Response> {
    Ok(number(counted(query, source).await?))
}

/// The rows of a page, and where the next one begins.
async fn rows(
    query: &Query,
    source: &impl Source,
    mut after: Option<String>,
) -> Result<(Vec<Row>, Option<String>)> {
    let size = query.page();
    let mut skipped = query.skip.unwrap_or(0);
    let (mut wanted, mut seen) = (Vec::new(), 0);
    // One row more than the page says whether there is another.
    let mut reading = Reading::new(query, size.saturating_add(1));
    loop {
        let limit = reading.limit();
        let rows = source.read(after.as_deref(), limit).await?;
        let is_last = rows.len() < limit;
        seen += rows.len();
        after = rows.last().map(|row| row.token.clone()).or(after);
        for row in rows {
            if !query.wants(&row.value) {
                continue;
            }
            if skipped > 0 {
                skipped -= 1;
            } else if wanted.len() == size {
                let next = wanted.last().map(|row: &Row| row.token.clone());
                return Ok((wanted, next));
            } else {
                wanted.push(row);
            }
        }
        if is_last {
            return Ok((wanted, None));
        }
        if seen >= ENOUGH && !wanted.is_empty() {
            return Ok((wanted, after));
        }
        if seen >= MOST {
            return Err(too_far());
        }
    }
}

async fn counted(query: &Query, source: &impl Source) -> Result<u64> {
    if let Some(count) = source.count().await? {
        return Ok(count);
    }
    let (mut count, mut seen, mut after) = (0, 0, None);
    loop {
        let rows = source.read(after.as_deref(), LARGEST_READ).await?;
        seen += rows.len();
        count += rows.iter().filter(|row| query.wants(&row.value)).count() as u64;
        if rows.len() < LARGEST_READ {
            return Ok(count);
        }
        if seen >= MOST {
            return Err(too_far());
        }
        after = rows.last().map(|row| row.token.clone());
    }
}

fn too_far() -> ApiError {
    ApiError::unsupported_query(format!(
        "The query would have to look at more than {MOST} entries. Narrow it by a condition on a \
         time or an id."
    ))
}

/// How much is read at once: as much as the page needs where every row is wanted, and more and more
/// where a filter leaves rows out.
struct Reading {
    next: usize,
    grows: bool,
}

impl Reading {
    fn new(query: &Query, needed: usize) -> Self {
        let grows = query.filter.is_some() || query.skip.is_some();
        let next = match grows {
            true => needed.max(SMALLEST_READ),
            false => needed,
        };
        Reading {
            next: next.min(LARGEST_READ),
            grows,
        }
    }

    fn limit(&mut self) -> usize {
        let limit = self.next;
        if self.grows {
            self.next = (limit * 2).min(LARGEST_READ);
        }
        limit
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use graph::query::{Manner, Member, Operators, QueryOption, Shape};
    use serde_json::json;

    use super::*;

    static NUMBER: Shape = Shape {
        members: &[Member::number("n").filter(Operators::EQUALITY.and(Operators::RANGE))],
        options: QueryOption::ALL,
        ..Shape::EMPTY
    };

    /// The numbers from nought, so many of them.
    struct Numbers {
        many: usize,
        read: AtomicUsize,
    }

    impl Numbers {
        fn to(many: usize) -> Self {
            let read = AtomicUsize::new(0);
            Numbers { many, read }
        }
    }

    impl Source for Numbers {
        async fn read(&self, after: Option<&str>, limit: usize) -> Result<Vec<Row>> {
            assert!(limit <= LARGEST_READ, "{limit}");
            let first = after.map_or(0, |token| token.parse::<usize>().unwrap() + 1);
            let last = self.many.min(first + limit);
            self.read.fetch_add(last - first, Ordering::Relaxed);
            let row = |n: usize| Row {
                token: n.to_string(),
                value: json!({"n": n}),
            };
            Ok((first..last).map(row).collect())
        }
    }

    fn query(pairs: &[(&str, &str)]) -> Query {
        let pairs = pairs.iter();
        let pairs = pairs.map(|(name, value)| (Cow::from(*name), Cow::from(*value)));
        Query::read(pairs, &NUMBER, &Manner::default()).unwrap()
    }

    /// All pages: what is on each of them.
    async fn walk(source: &Numbers, query: &Query) -> Result<Vec<Vec<u64>>> {
        let (mut pages, mut after) = (Vec::new(), None);
        loop {
            let (rows, next) = rows(query, source, after).await?;
            pages.push(
                rows.iter()
                    .map(|row| row.value["n"].as_u64().unwrap())
                    .collect(),
            );
            match next {
                None => return Ok(pages),
                after_this => after = after_this,
            }
        }
    }

    #[tokio::test]
    async fn pages_are_full_until_the_last() {
        let source = Numbers::to(7);
        for (top, sizes) in [("3", vec![3, 3, 1]), ("7", vec![7]), ("8", vec![7])] {
            let pages = walk(&source, &query(&[("$top", top)])).await.unwrap();
            let found: Vec<usize> = pages.iter().map(Vec::len).collect();
            assert_eq!(found, sizes, "{top}");
            assert_eq!(pages.concat(), (0..7).collect::<Vec<_>>());
        }
        let none = walk(&Numbers::to(0), &query(&[])).await.unwrap();
        assert_eq!(none, [Vec::<u64>::new()]);
        let skipped = rows(&query(&[("$skip", "5")]), &source, None)
            .await
            .unwrap();
        assert_eq!(skipped.0.len(), 2);
    }

    #[tokio::test]
    async fn no_more_is_read_than_the_page_needs() {
        let source = Numbers::to(100_000);
        rows(&query(&[("$top", "5")]), &source, None).await.unwrap();
        assert_eq!(source.read.load(Ordering::Relaxed), 6);
    }

    #[tokio::test]
    async fn a_page_is_answered_early_rather_than_that_everything_is_read() {
        let source = Numbers::to(150_000);
        let few = query(&[("$filter", "n eq 3 or n eq 140000")]);
        let (first, next) = rows(&few, &source, None).await.unwrap();
        assert!(first.len() == 1 && next.is_some());
        let read = source.read.load(Ordering::Relaxed);
        assert!(read <= ENOUGH + LARGEST_READ, "{read}");
        // Nothing was found yet on the way to the second, so the reading went on.
        let pages = walk(&source, &few).await.unwrap();
        assert_eq!(pages, [vec![3], vec![140_000], vec![]]);
    }

    #[tokio::test]
    async fn only_the_last_page_is_ever_empty() {
        for many in [1, 9_999, 10_000, 10_099, 30_000] {
            let source = Numbers::to(many);
            for filter in ["n eq 0", "n lt 250", "n ge 9990 and n lt 10010", "n lt 0"] {
                let filtered = query(&[("$filter", filter)]);
                let pages = walk(&source, &filtered).await.unwrap();
                let before_the_last = pages.iter().rev().skip(1);
                assert!(
                    before_the_last.clone().all(|page| !page.is_empty()),
                    "{filter} {many}"
                );
                let wanted = (0..many as u64).filter(|n| filtered.wants(&json!({"n": n})));
                assert_eq!(
                    pages.concat(),
                    wanted.collect::<Vec<_>>(),
                    "{filter} {many}"
                );
            }
        }
    }

    #[tokio::test]
    async fn a_query_that_finds_nothing_anywhere_is_refused_at_last() {
        let source = Numbers::to(1_000_000);
        let never = query(&[("$filter", "n lt 0")]);
        let error = walk(&source, &never).await.unwrap_err();
        assert_eq!(
            (error.status.as_u16(), error.code),
            (400, "Request_UnsupportedQuery")
        );
        let read = source.read.load(Ordering::Relaxed);
        assert!(read <= MOST + LARGEST_READ, "{read}");
        assert!(counted(&never, &source).await.is_err());
        assert_eq!(
            counted(&query(&[("$filter", "n lt 5")]), &Numbers::to(9))
                .await
                .unwrap(),
            5
        );
    }
}
