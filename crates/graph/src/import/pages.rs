//! Whether all pages of the list of partners are there.
//!
//! A page names the next one by an opaque link and never itself, so what can be known is: exactly
//! one page is the last; where a page counts, the entries must agree; where the links count, the
//! pages must fit together.

use std::collections::BTreeMap;

use serde_json::Value;

use super::recognise::{Answer, Found};
use super::{Note, Outcome};
use crate::document::{Path, Printable};
use crate::wire::{WireError, Wrong};

const NEXT: &str = "@odata.nextLink";
const COUNT: &str = "@odata.count";

/// Refuses a list of which a page is missing.
pub(super) fn check(found: &[Found<'_>], notes: &mut Vec<Note>) -> Outcome<()> {
    let pages: Vec<&Found<'_>> = found
        .iter()
        .filter(|found| found.answer == Answer::Page)
        .collect();
    let (last, others): (Vec<&Found<'_>>, Vec<&Found<'_>>) =
        pages.iter().copied().partition(|page| next(page).is_none());
    match (last.as_slice(), others.last()) {
        ([], None) => return Ok(()),
        ([], Some(page)) => return Err(missing(page, continued(others.len()))),
        ([_], _) => {}
        ([first, second, ..], _) => {
            let message = format!(
                "this ends the partner list, and so does {}; give the pages of one list",
                Printable(first.document)
            );
            return Err(second.refuse(WireError::conflict(message)));
        }
    }
    the_same_page_twice(&others)?;
    let counted = check_count(&pages)?;
    let linked = check_links(&others)?;
    if pages.len() > 1 && !counted && !linked {
        check_numbers(&pages)?;
        notes.push(Note::PagesUncounted(pages.len()));
    }
    Ok(())
}

fn continued(pages: usize) -> String {
    match pages {
        1 => "the list goes on (`@odata.nextLink`), and the page it goes on with is missing"
            .to_owned(),
        pages => format!(
            "each of the {pages} pages says that the list goes on (`@odata.nextLink`); the last page is missing"
        ),
    }
}

fn missing(page: &Found<'_>, message: String) -> super::ImportError {
    page.refuse(WireError {
        path: Path::root().member(NEXT),
        message,
        wrong: Wrong::Conflict,
    })
}

fn next<'a>(page: &Found<'a>) -> Option<&'a str> {
    page.value.get(NEXT)?.as_str()
}

fn entries(page: &Found<'_>) -> u64 {
    let entries = page.value.get("value").and_then(Value::as_array);
    entries.map_or(0, |entries| entries.len() as u64)
}

fn the_same_page_twice(pages: &[&Found<'_>]) -> Outcome<()> {
    let mut links: BTreeMap<&str, &str> = BTreeMap::new();
    for page in pages {
        let Some(link) = next(page) else {
            continue;
        };
        if let Some(first) = links.insert(link, page.document) {
            let message = format!("this is the same page as {}", Printable(first));
            return Err(missing(page, message));
        }
    }
    Ok(())
}

/// Compares the entries with the number that a page states; answers whether one does.
fn check_count(pages: &[&Found<'_>]) -> Outcome<bool> {
    let held: u64 = pages.iter().map(|page| entries(page)).sum();
    for page in pages {
        let Some(count) = page.value.get(COUNT).and_then(Value::as_u64) else {
            continue;
        };
        if count != held {
            let message = format!(
                "the list has {count} partners and the pages hold {held}; a page is missing or stands here twice"
            );
            return Err(page.refuse(WireError::conflict(message).under(COUNT)));
        }
        return Ok(true);
    }
    Ok(false)
}

/// Compares the pages with the numbers in their links (`$skip=100`); answers whether all links
/// have one.
fn check_links(pages: &[&Found<'_>]) -> Outcome<bool> {
    let mut skips: BTreeMap<u64, &Found<'_>> = BTreeMap::new();
    for page in pages {
        match next(page).and_then(skip) {
            Some(skip) => drop(skips.insert(skip, page)),
            None => return Ok(false),
        }
    }
    let mut before = 0;
    for (skip, page) in skips {
        if before + entries(page) != skip {
            let message = format!(
                "the next page begins after {skip} partners, and {} were given up to here; a page is missing",
                before + entries(page)
            );
            return Err(missing(page, message));
        }
        before = skip;
    }
    Ok(before > 0)
}

/// Compares the numbers in the names of the files, if the names differ in nothing else: pages saved
/// as 1, 2 and 4 lack the third.
fn check_numbers(pages: &[&Found<'_>]) -> Outcome<()> {
    let mut numbers: BTreeMap<u64, &Found<'_>> = BTreeMap::new();
    let mut frame = None;
    for page in pages {
        let Some((before, number, after)) = numbered(page.document) else {
            return Ok(());
        };
        if frame.is_some_and(|frame| frame != (before, after)) {
            return Ok(());
        }
        frame = Some((before, after));
        numbers.insert(number, page);
    }
    let mut expected = numbers.keys().next().copied().unwrap_or(0);
    for (number, page) in numbers {
        if number != expected {
            let Some((before, after)) = frame else {
                return Ok(());
            };
            let message = format!(
                "the pages are numbered, and `{}{expected}{}` is missing",
                Printable(before),
                Printable(after)
            );
            return Err(page.refuse(WireError::conflict(message)));
        }
        expected = number.saturating_add(1);
    }
    Ok(())
}

/// What stands before the last number of a name, the number, and what stands after it.
fn numbered(name: &str) -> Option<(&str, u64, &str)> {
    let end = name.rfind(|c: char| c.is_ascii_digit())? + 1;
    let (front, after) = name.split_at_checked(end)?;
    let start = front.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let (before, digits) = front.split_at_checked(start)?;
    Some((before, digits.parse().ok()?, after))
}

fn skip(link: &str) -> Option<u64> {
    let (_, query) = link.split_once('?')?;
    let mut parameters = query.split('&').filter_map(|pair| pair.split_once('='));
    let named = |name: &str| {
        let name = name.to_ascii_lowercase();
        name == "$skip" || name == "%24skip"
    };
    let (_, value) = parameters.find(|(name, _)| named(name))?;
    value.parse().ok()
}
