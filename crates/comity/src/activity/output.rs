//! In which form a report is told, and where it goes.

use std::fs;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use intake::told::Told;
use policy::tenant::TenantId;
use serde_json::{Map, Value};

use super::report::Report;
use super::sheet::{Entry, Kind, Sheet};
use super::{page, parquet};
use crate::exit::Failure;
use crate::{logs, terminal};

/// How a report is told.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct Output {
    /// In which form; csv and parquet hold one table in a file
    #[arg(long, value_enum, value_name = "FORM", conflicts_with_all = ["json", "csv"])]
    format: Option<Form>,
    /// The same as --format json
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// The same as --format csv
    #[arg(long)]
    csv: bool,
    /// Write it into this file; for several tables as csv or parquet, into this folder
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// The form of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    Table,
    Json,
    Csv,
    Parquet,
    Html,
}

/// How many tables there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tables {
    One,
    /// An option names one of them.
    Several(&'static str),
}

impl Output {
    pub(super) const fn form(&self) -> Form {
        match (self.format, self.json, self.csv) {
            (Some(form), ..) => form,
            (None, true, _) => Form::Json,
            (None, false, true) => Form::Csv,
            (None, false, false) => Form::Table,
        }
    }

    /// Refuses what cannot be written, before hours are spent on reading.
    pub(crate) fn check(&self, tables: Tables) -> Result<(), Failure> {
        let form = self.form();
        let holds_one = matches!(form, Form::Csv | Form::Parquet);
        if self.output.is_none() {
            if let (true, Tables::Several(panel)) = (holds_one, tables) {
                let message = format!(
                    "{} holds one table, and this report has several",
                    form.flag()
                );
                let advice = format!("{panel}, or --output FOLDER");
                return Err(Failure::broken(message).advise(advice));
            }
            if form == Form::Parquet && io::stdout().is_terminal() {
                let message = "Parquet is nothing to be read on a terminal";
                return Err(Failure::broken(message).advise("--output FILE"));
            }
        }
        Ok(())
    }

    /// Tells a report, and what became of the rows.
    pub(crate) fn print(
        &self,
        tenant: TenantId,
        report: &Report,
        told: &Told,
    ) -> Result<(), Failure> {
        let form = self.form();
        let lines = lines(report, told);
        match form {
            Form::Table => {
                let mut text = tables(report, self.width());
                for line in &lines {
                    text.push_str(line);
                    text.push('\n');
                }
                let Some(path) = &self.output else {
                    anstream::print!("{text}");
                    let _ = io::stdout().flush();
                    return Ok(());
                };
                let plain = anstream::adapter::strip_str(&text).to_string();
                write(path, plain.as_bytes())
            }
            Form::Json => {
                let text = format!("{:#}\n", as_json(tenant, report, told));
                self.put(text.as_bytes())
            }
            Form::Html => self.put(page::report(tenant, report, told, &lines).as_bytes()),
            Form::Csv | Form::Parquet => {
                self.put_sheets(form, report)?;
                for line in &lines {
                    anstream::eprintln!("{line}");
                }
                Ok(())
            }
        }
    }

    fn width(&self) -> usize {
        match &self.output {
            Some(_) => terminal::NARROW,
            None => terminal::width(),
        }
    }

    fn put_sheets(&self, form: Form, report: &Report) -> Result<(), Failure> {
        match (report.sheets.as_slice(), &self.output) {
            ([sheet], _) => self.put(&form.sheet(sheet)?),
            (sheets, Some(folder)) => {
                fs::create_dir_all(folder).map_err(|error| {
                    Failure::failed(format!("cannot make `{}`: {error}", folder.display()))
                })?;
                for sheet in sheets {
                    let file = folder.join(sheet.name).with_extension(form.ending());
                    write(&file, &form.sheet(sheet)?)?;
                }
                Ok(())
            }
            (_, None) => Err(Failure::broken("this report has several tables")),
        }
    }

    fn put(&self, bytes: &[u8]) -> Result<(), Failure> {
        match &self.output {
            Some(path) => write(path, bytes),
            None => print(bytes),
        }
    }
}

impl Form {
    const fn flag(self) -> &'static str {
        match self {
            Form::Csv => "--csv",
            Form::Table | Form::Json | Form::Parquet | Form::Html => "--format parquet",
        }
    }

    const fn ending(self) -> &'static str {
        match self {
            Form::Csv => "csv",
            Form::Table | Form::Json | Form::Parquet | Form::Html => "parquet",
        }
    }

    fn sheet(self, sheet: &Sheet) -> Result<Vec<u8>, Failure> {
        let failed = |error: String| Failure::failed(format!("cannot write: {error}"));
        match self {
            Form::Csv => separated(sheet).map_err(|error| failed(error.to_string())),
            Form::Table | Form::Json | Form::Parquet | Form::Html => {
                parquet::written(sheet).map_err(|error| failed(error.to_string()))
            }
        }
    }
}

/// Prints what was written for programs.
pub(crate) fn print(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let printed = out.write_all(bytes).and_then(|()| out.flush());
    printed.map_err(|error| Failure::failed(format!("cannot write: {error}")))
}

/// A reader sees the old file or the new one, and never half of it.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let failed =
        |error: io::Error| Failure::failed(format!("cannot write `{}`: {error}", path.display()));
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    fs::write(&beside, bytes).map_err(failed)?;
    fs::rename(&beside, path).map_err(failed)?;
    anstream::eprintln!("wrote {}", path.display());
    Ok(())
}

fn separated(sheet: &Sheet) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(sheet.columns.iter().map(|column| column.name))?;
    for row in &sheet.rows {
        writer.write_record(row.iter().map(Entry::plain))?;
    }
    let bytes = writer.into_inner();
    bytes.map_err(|error| error.into_error().into())
}

/// The sheets of a report, drawn or as tables.
fn tables(report: &Report, width: usize) -> String {
    let mut text = String::new();
    let several = report.sheets.len() > 1;
    for (index, sheet) in report.sheets.iter().enumerate() {
        let before = if index == 0 { "" } else { "\n" };
        if let Some(chart) = sheet.chart() {
            text.push_str(before);
            text.push_str(&chart.text(width));
            continue;
        }
        if several {
            text.push_str(&format!("{before}{}\n", sheet.name));
        }
        match sheet.rows.is_empty() {
            true => text.push_str("(nothing)\n"),
            false => text.push_str(&table(sheet)),
        }
    }
    if let Some(tenants) = report.tenants {
        text.push_str(&format!("{tenants} external tenants\n"));
    }
    text
}

fn table(sheet: &Sheet) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(sheet.columns.iter().map(|column| column.name));
    for row in &sheet.rows {
        table.add_row(row.iter().map(Entry::shown));
    }
    for (column, of_it) in table.column_iter_mut().zip(&sheet.columns) {
        column.set_padding((0, 2));
        if of_it.kind == Kind::Number {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let lines = table.lines().map(|line| format!("{}\n", line.trim_end()));
    lines.collect()
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
fn lines(report: &Report, told: &Told) -> Vec<String> {
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
    lines.extend(report.said_of_days());
    lines
}
