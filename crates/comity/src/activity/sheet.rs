//! Rows and columns, as a table on a screen, JSON, or separated values.

use std::io::{self, Write as _};

use clap::Args;
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use intake::told::Told;
use policy::tenant::TenantId;
use serde_json::{Map, Value};

use super::report::Report;
use crate::exit::Failure;
use crate::{logs, terminal};

/// How a report is printed.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct Output {
    /// Print one JSON value instead of a table
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Print separated values instead of a table
    #[arg(long)]
    csv: bool,
}

/// One value of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    Text(String),
    Number(u64),
    Nothing,
}

/// One table.
#[derive(Debug)]
pub(crate) struct Sheet {
    pub(crate) name: &'static str,
    pub(crate) columns: Vec<&'static str>,
    pub(crate) rows: Vec<Vec<Entry>>,
}

impl Entry {
    fn json(&self) -> Value {
        match self {
            Entry::Text(text) => text.clone().into(),
            Entry::Number(number) => (*number).into(),
            Entry::Nothing => Value::Null,
        }
    }

    /// As separated values have it: nothing is empty.
    fn plain(&self) -> String {
        match self {
            Entry::Text(text) => text.clone(),
            Entry::Number(number) => number.to_string(),
            Entry::Nothing => String::new(),
        }
    }

    /// As a terminal may see it.
    fn shown(&self) -> String {
        match self {
            Entry::Nothing => "–".to_owned(),
            other => terminal::visible(&other.plain()),
        }
    }
}

impl Sheet {
    pub(crate) const fn new(
        name: &'static str,
        columns: Vec<&'static str>,
        rows: Vec<Vec<Entry>>,
    ) -> Self {
        Sheet {
            name,
            columns,
            rows,
        }
    }

    fn json(&self) -> Value {
        let row = |row: &Vec<Entry>| {
            let names = self.columns.iter().map(|name| (*name).to_owned());
            let members: Map<String, Value> = names.zip(row.iter().map(Entry::json)).collect();
            Value::Object(members)
        };
        self.rows.iter().map(row).collect()
    }

    fn print_table(&self) {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        table.set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(&self.columns);
        for row in &self.rows {
            table.add_row(row.iter().map(Entry::shown));
        }
        let numbers = |index: usize| {
            let mut entries = self.rows.iter().filter_map(|row| row.get(index));
            entries.any(|entry| matches!(entry, Entry::Number(_)))
        };
        for (index, column) in table.column_iter_mut().enumerate() {
            column.set_padding((0, 2));
            if numbers(index) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        for line in table.lines() {
            anstream::println!("{}", line.trim_end());
        }
    }

    fn print_csv(&self) -> Result<(), csv::Error> {
        let mut writer = csv::Writer::from_writer(io::stdout().lock());
        writer.write_record(&self.columns)?;
        for row in &self.rows {
            writer.write_record(row.iter().map(Entry::plain))?;
        }
        writer.flush()?;
        Ok(())
    }
}

impl Output {
    /// Refuses what cannot be written, before hours are spent on reading.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        Ok(())
    }

    /// Prints a report, and what became of the rows.
    pub(crate) fn print(
        &self,
        tenant: TenantId,
        report: &Report,
        told: &Told,
    ) -> Result<(), Failure> {
        if self.json {
            anstream::println!("{:#}", as_json(tenant, report, told));
            return Ok(());
        }
        if self.csv {
            let [sheet] = report.sheets.as_slice() else {
                let names: Vec<&str> = report.sheets.iter().map(|sheet| sheet.name).collect();
                let message = "--csv holds one table, and this report has several";
                return Err(Failure::broken(message)
                    .advise(format!("--panel with one of {}", names.join(", "))));
            };
            let printed = sheet.print_csv();
            printed.map_err(|error| Failure::failed(format!("cannot write: {error}")))?;
            for line in lines(told) {
                anstream::eprintln!("{line}");
            }
            return Ok(());
        }
        for (index, sheet) in report.sheets.iter().enumerate() {
            if report.sheets.len() > 1 {
                let before = if index == 0 { "" } else { "\n" };
                anstream::println!("{before}{}", sheet.name);
            }
            match sheet.rows.is_empty() {
                true => anstream::println!("(nothing)"),
                false => sheet.print_table(),
            }
        }
        if let Some(tenants) = report.tenants {
            anstream::println!("{tenants} external tenants");
        }
        for line in lines(told) {
            anstream::println!("{line}");
        }
        let _ = io::stdout().flush();
        Ok(())
    }
}

fn as_json(tenant: TenantId, report: &Report, told: &Told) -> Value {
    let mut whole = Map::new();
    whole.insert("tenantId".to_owned(), tenant.to_string().into());
    whole.insert("report".to_owned(), report.name.into());
    if let Some(tenants) = report.tenants {
        whole.insert("tenantCount".to_owned(), tenants.into());
    }
    for sheet in &report.sheets {
        whole.insert(sheet.name.to_owned(), sheet.json());
    }
    whole.insert("read".to_owned(), logs::json(told));
    Value::Object(whole)
}

/// What became of the rows, and what the reports make of some.
fn lines(told: &Told) -> Vec<String> {
    let mut lines = logs::lines(told);
    for (number, what) in [
        (
            told.foreign,
            "rows name two other tenants and count in both directions (S17.1)",
        ),
        (told.nowhere, "rows name no tenant"),
    ] {
        if number > 0 {
            lines.push(format!("note: {number} {what}"));
        }
    }
    if told.foreign > 0 && told.foreign == told.counted {
        lines.push("note: no row names the tenant given; is this another tenant's log?".to_owned());
    }
    lines
}
