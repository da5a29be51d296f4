//! A report as a page.

use intake::told::Told;
use maud::html;
use policy::tenant::TenantId;

use super::report::Report;
use super::sheet::{Entry, Sheet};
use crate::page::{self, Cell};

pub(super) fn report(tenant: TenantId, report: &Report, told: &Told, lines: &[String]) -> String {
    let charts: Vec<_> = report.sheets.iter().filter_map(Sheet::chart).collect();
    let body = html! {
        p.lead {
            "Sign-ins between tenant " (page::name(&tenant.to_string())) " and its partners: "
            (told.counted) " rows of the log"
        }
        (page::notes(lines))
        @if !charts.is_empty() {
            section aria-label="Charts" {
                @for (at, chart) in charts.iter().enumerate() {
                    (chart.svg(&format!("chart{at}")))
                }
            }
        }
        section aria-label="Tables" {
            @for sheet in &report.sheets {
                (table(sheet))
            }
        }
    };
    page::page("Who crosses", &body)
}

fn table(sheet: &Sheet) -> maud::Markup {
    let columns: Vec<&str> = sheet.columns.iter().map(|column| column.name).collect();
    let rows = sheet.rows.iter();
    let rows: Vec<Vec<Cell>> = rows.map(|row| row.iter().map(cell).collect()).collect();
    let caption = match &sheet.drawing {
        Some(drawing) => drawing.title,
        None => sheet.name,
    };
    page::table(caption, &columns, &rows)
}

fn cell(entry: &Entry) -> Cell {
    match entry {
        Entry::Number(number) => Cell::Number(*number),
        other => Cell::Text(other.shown()),
    }
}
