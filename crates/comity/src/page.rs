//! A report as one page: everything is in the file, nothing runs, nothing is fetched.
//!
//! What it shows was written by people of other tenants. Names are escaped by the templates and
//! stand apart from what is beside them, whichever way they are read.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::terminal;

/// How many rows a table shows.
const MOST: usize = 10_000;

/// Nothing is loaded, and nothing runs, even if a name should find its way into the markup.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

const STYLE: &str = include_str!("page.css");

/// One cell.
#[derive(Clone, Debug)]
pub(crate) enum Cell {
    Text(String),
    Number(u64),
    Markup(Markup),
}

/// The whole file.
pub(crate) fn page(title: &str, body: &Markup) -> String {
    let title = terminal::visible(title);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    h1 { bdi { (title) } }
                    (body)
                }
            }
        }
    };
    let mut page = page.into_string();
    page.push('\n');
    page
}

/// A name, apart from what stands beside it.
pub(crate) fn name(text: &str) -> Markup {
    html! { bdi { (terminal::visible(text)) } }
}

/// Lines below a report.
pub(crate) fn notes(lines: &[String]) -> Markup {
    html! {
        @if !lines.is_empty() {
            ul.notes {
                @for line in lines {
                    li { (name(line.trim_start_matches("note: ").trim())) }
                }
            }
        }
    }
}

/// A table whose first column says what a row is.
pub(crate) fn table(caption: &str, columns: &[&str], rows: &[Vec<Cell>]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(caption) {
            table {
                caption { (caption) }
                thead {
                    tr {
                        @for (at, column) in columns.iter().enumerate() {
                            th.number[holds_numbers(at, rows)] scope="col" { (column) }
                        }
                    }
                }
                tbody {
                    @for row in rows.iter().take(MOST) {
                        tr {
                            @for (at, cell) in row.iter().enumerate() {
                                @if at == 0 {
                                    th.short[cell.is_short()] scope="row" { (cell.markup()) }
                                } @else {
                                    td.number[matches!(cell, Cell::Number(_))] { (cell.markup()) }
                                }
                            }
                        }
                    }
                }
            }
        }
        @if rows.is_empty() {
            p.note { "nothing" }
        }
        @if rows.len() > MOST {
            p.note { "and " (rows.len() - MOST) " more rows, which the other formats have" }
        }
    }
}

/// Whether the numbers of a column stand below its name.
fn holds_numbers(at: usize, rows: &[Vec<Cell>]) -> bool {
    let mut cells = rows.iter().filter_map(|row| row.get(at));
    at > 0 && cells.any(|cell| matches!(cell, Cell::Number(_)))
}

impl Cell {
    /// As long as an id, and no longer.
    fn is_short(&self) -> bool {
        matches!(self, Cell::Text(text) if text.chars().count() <= 36)
    }

    fn markup(&self) -> Markup {
        match self {
            Cell::Text(text) => name(text),
            Cell::Number(number) => html! { (number) },
            Cell::Markup(markup) => markup.clone(),
        }
    }
}
