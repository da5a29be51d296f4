//! `comity activity`: what the sign-in logs in files say about a tenant's partners (S17).

mod drawn;
pub(crate) mod names;
pub(crate) mod output;
mod page;
mod parquet;
mod profile;
mod query;
mod report;
mod sheet;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use intake::Taken;
use intake::log::Log;
use intake::told::Told;
use policy::target::ApplicationId;
use policy::tenant::TenantId;
use signins::direction::Direction;
use signins::filter::{Filters, StatusFilter, Term};
use signins::summary::Question;

use self::names::{Known, Names};
use self::output::{Form, Output, Tables};
use self::report::Report;
use crate::exit::{Exit, Failure, Outcome};
use crate::logs::Stretch;

/// Say who crosses between a tenant and its partners, from sign-in logs in files
///
/// Reads Graph's JSON, lines of JSON, the portal's and Azure Monitor's downloads, and Parquet, each
/// also as .gz or .zst. Without a report, the summary is printed.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    // Not `Reading`, which would be demanded of every subcommand as well.
    /// Files, folders with everything in them, or - for the standard input
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The tenant whose log this is
    #[arg(long, value_name = "ID")]
    tenant: Option<TenantId>,
    #[command(flatten)]
    stretch: Stretch,
    #[command(flatten)]
    asked: Asked,
}

#[derive(Debug, Subcommand)]
enum Command {
    Summary(Summary),
    Charts(Charts),
    Overview(Overview),
    Pairs(Pairs),
    Panels(Panels),
    Restrictions(Restrictions),
    Query(query::Query),
}

/// One row for each external tenant and direction (S17.2)
#[derive(Debug, Args)]
struct Summary {
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    asked: Asked,
}

/// The sign-ins of the summary by day, partner, application and reason of failure, as bars
#[derive(Debug, Args)]
struct Charts {
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    asked: Asked,
    /// Only this chart: days, partners, applications or failures
    #[arg(long, value_name = "PANEL", value_parser = ["days", "partners", "applications", "failures"])]
    panel: Option<String>,
}

/// What the summary is asked.
#[derive(Debug, Args)]
struct Asked {
    #[command(flatten)]
    names: Names,
    #[command(flatten)]
    output: Output,
    /// Only this direction: outbound or inbound
    #[arg(long, value_name = "DIRECTION", value_parser = direction)]
    direction: Option<Direction>,
    /// Only this external tenant
    #[arg(long, value_name = "ID")]
    external_tenant: Option<TenantId>,
}

/// One line for each external tenant with both directions beside each other, as the workbook
/// counts them (S17.4)
#[derive(Debug, Args)]
struct Overview {
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    names: Names,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    filters: Filtering,
    /// Only external tenants with this in their id
    #[arg(long, value_name = "TEXT")]
    external_tenant: Option<String>,
}

/// Which of our users goes where with what, and how often (S17.7)
#[derive(Debug, Args)]
struct Pairs {
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    output: Output,
    /// Count what nobody sat in front of, too
    #[arg(long)]
    non_interactive: bool,
}

/// How sign-ins with one external tenant ended, with which applications, and whose (S17.6)
#[derive(Debug, Args)]
struct Panels {
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    filters: Filtering,
    /// The external tenant
    #[arg(long, value_name = "ID")]
    external_tenant: TenantId,
    /// The direction: outbound or inbound
    #[arg(long, value_name = "DIRECTION", value_parser = direction)]
    direction: Direction,
    /// Only users of this resource application
    #[arg(long, value_name = "ID")]
    resource: Option<ApplicationId>,
    /// Only this panel: status, applications or users
    #[arg(long, value_name = "PANEL", value_parser = ["status", "applications", "users"])]
    panel: Option<String>,
}

/// What tenant restrictions stopped, and what they let pass (S17.8)
#[derive(Debug, Args)]
struct Restrictions {
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    output: Output,
    /// Only this panel: blocked or usage
    #[arg(long, value_name = "PANEL", value_parser = ["blocked", "usage"])]
    panel: Option<String>,
}

/// What narrows the overview and its panels (S17.5).
#[derive(Debug, Args)]
struct Filtering {
    /// Only users with this in their principal name, as whole words
    #[arg(long, value_name = "TEXT")]
    user: Option<String>,
    /// Only resource applications with this in their name, as whole words
    #[arg(long, value_name = "TEXT")]
    application: Option<String>,
    /// Only these: all, success or failure
    #[arg(long, value_name = "STATUS", value_parser = status)]
    status: Option<StatusFilter>,
}

fn direction(text: &str) -> Result<Direction, String> {
    let known = Direction::from_name(text);
    known.ok_or_else(|| "expected outbound or inbound".to_owned())
}

fn status(text: &str) -> Result<StatusFilter, String> {
    let known = StatusFilter::from_name(text);
    known.ok_or_else(|| "expected all, success or failure".to_owned())
}

impl Filtering {
    fn filters(&self, external_tenant: Option<&str>) -> Filters {
        let term = |text: &Option<String>| text.as_deref().and_then(Term::new);
        Filters {
            // The window is applied where rows are read.
            external_tenant: external_tenant.and_then(Term::new),
            user: term(&self.user),
            application: term(&self.application),
            status: self.status.unwrap_or_default(),
            ..Filters::default()
        }
    }
}

impl Arguments {
    fn reading(&self) -> Result<Reading, Failure> {
        let lacking = match (self.tenant, self.files.is_empty()) {
            (Some(tenant), false) => {
                return Ok(Reading {
                    files: self.files.clone(),
                    tenant,
                    stretch: self.stretch.clone(),
                });
            }
            (_, true) => "no files were named",
            (None, false) => "nothing says whose log this is",
        };
        Err(Failure::broken(lacking)
            .advise("comity activity FILE… --tenant ID, or comity activity --help"))
    }
}

/// Which files, and whose log.
#[derive(Debug, Args)]
struct Reading {
    /// Files, folders with everything in them, or - for the standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The tenant whose log this is
    #[arg(long, value_name = "ID")]
    tenant: TenantId,
    #[command(flatten)]
    stretch: Stretch,
}

impl Reading {
    fn read(&self) -> Result<Taken, Failure> {
        self.stretch.read(self.tenant, &self.files)
    }

    fn exit(&self, told: &Told) -> Exit {
        self.stretch.exit(told, Exit::Yes)
    }
}

/// Runs the subcommand.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    match &arguments.command {
        Some(Command::Summary(Summary { reading, asked })) => asked.run(reading),
        Some(Command::Charts(charts)) => charts.run(),
        Some(Command::Overview(overview)) => overview.run(),
        Some(Command::Pairs(pairs)) => pairs.run(),
        Some(Command::Panels(panels)) => panels.run(),
        Some(Command::Restrictions(restrictions)) => restrictions.run(),
        Some(Command::Query(query)) => query.run(),
        None => arguments.asked.run(&arguments.reading()?),
    }
}

/// The words where a report has several tables and no panel was named.
const PANEL: &str = "--panel with one of status, applications, users";

/// A report of several tables, unless one of them is named.
fn tables(panel: Option<&String>, several: &'static str) -> Tables {
    panel.map_or(Tables::Several(several), |_| Tables::One)
}

impl Asked {
    fn run(&self, reading: &Reading) -> Outcome {
        self.tell(reading, Tables::One, |question, log, known| {
            let summary = Report::summary(question, log, known);
            // A page has room for both.
            match self.output.form() {
                Form::Html => Report::profile(question, log, known).and(summary),
                Form::Table | Form::Json | Form::Csv | Form::Parquet => summary,
            }
        })
    }

    fn tell(
        &self,
        reading: &Reading,
        tables: Tables,
        report: impl Fn(&Question, &Log, Option<&Known<'_>>) -> Report,
    ) -> Outcome {
        let local = reading.tenant;
        let question = Question::new(local, self.direction, self.external_tenant);
        let question = question.map_err(|error| Failure::broken(error.to_string()))?;
        self.output.check(tables)?;
        let book = self.names.book()?;
        let taken = reading.read()?;
        let book = book.beside(&taken.log);
        let report = report(&question, &taken.log, book.as_ref());
        self.output.print(local, &report, &taken.told)?;
        Ok(reading.exit(&taken.told))
    }
}

impl Charts {
    fn run(&self) -> Outcome {
        let several = "--panel with one of days, partners, applications, failures";
        let tables = tables(self.panel.as_ref(), several);
        self.asked
            .tell(&self.reading, tables, |question, log, known| {
                Report::profile(question, log, known).only(self.panel.as_deref())
            })
    }
}

impl Overview {
    fn run(&self) -> Outcome {
        self.output.check(Tables::One)?;
        let book = self.names.book()?;
        let taken = self.reading.read()?;
        let book = book.beside(&taken.log);
        let filters = self.filters.filters(self.external_tenant.as_deref());
        let local = self.reading.tenant;
        let report = Report::overview(local, &taken.log, &filters, book.as_ref());
        self.output.print(local, &report, &taken.told)?;
        Ok(self.reading.exit(&taken.told))
    }
}

impl Pairs {
    fn run(&self) -> Outcome {
        self.output.check(Tables::One)?;
        let taken = self.reading.read()?;
        let local = self.reading.tenant;
        let report = Report::pairs(local, &taken.log, !self.non_interactive);
        self.output.print(local, &report, &taken.told)?;
        Ok(self.reading.exit(&taken.told))
    }
}

impl Panels {
    fn run(&self) -> Outcome {
        let local = self.reading.tenant;
        let selection =
            signins::panels::Selection::new(local, self.external_tenant, self.direction);
        let selection = selection.map_err(|error| Failure::broken(error.to_string()))?;
        self.output.check(tables(self.panel.as_ref(), PANEL))?;
        let taken = self.reading.read()?;
        let filters = self.filters.filters(None);
        let report = Report::panels(&selection, &taken.log, &filters, self.resource);
        let report = report.only(self.panel.as_deref());
        self.output.print(local, &report, &taken.told)?;
        Ok(self.reading.exit(&taken.told))
    }
}

impl Restrictions {
    fn run(&self) -> Outcome {
        let several = "--panel with one of blocked, usage";
        self.output.check(tables(self.panel.as_ref(), several))?;
        let taken = self.reading.read()?;
        let report = Report::restrictions(&taken.log).only(self.panel.as_deref());
        self.output
            .print(self.reading.tenant, &report, &taken.told)?;
        Ok(self.reading.exit(&taken.told))
    }
}
