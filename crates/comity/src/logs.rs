//! Sign-in logs in files: which stretch of time, how far the reading is, and what became of the rows.

pub(crate) mod progress;

use std::path::PathBuf;

use clap::Args;
use intake::told::Told;
use intake::{Intake, Source, Taken};
use jiff::Timestamp;
use policy::tenant::TenantId;
use serde_json::{Value, json};
use server::Clock;
use signins::window::{Moment, Window};

use self::progress::Bar;
use crate::exit::{Exit, Failure};
use crate::terminal;

/// How many rows that cannot be read are shown beside a report.
const SHOWN: usize = 5;

/// What is taken from the logs.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Logs")]
pub(crate) struct Stretch {
    /// Only sign-ins from this time on, such as 2026-01-31T00:00:00Z
    #[arg(long, value_name = "TIME")]
    from: Option<Timestamp>,
    /// Only sign-ins up to this time
    #[arg(long, value_name = "TIME")]
    until: Option<Timestamp>,
    /// Only sign-ins of the last so many days; all that the files hold unless said
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["from", "until"])]
    days: Option<u32>,
    /// End with exit code 2 when anything could not be read
    #[arg(long)]
    strict: bool,
}

impl Stretch {
    /// Reads the log of that tenant.
    pub(crate) fn read(&self, tenant: TenantId, files: &[PathBuf]) -> Result<Taken, Failure> {
        let moment = |time: Timestamp| Moment::from_nanoseconds(time.as_nanosecond());
        let window = match self.days {
            Some(days) => Window::last_days(moment(Clock::of_the_machine().now()), days),
            None => Window {
                from: self.from.map(moment),
                until: self.until.map(moment),
            },
        };
        let sources = files.iter().map(|file| Source::from_argument(file));
        let sources: Vec<Source> = sources.collect();
        let intake = Intake {
            window,
            ..Intake::of(tenant)
        };
        let bar = Bar::of_bytes();
        let taken = intake.read(&sources, &bar);
        bar.end();
        taken.map_err(|error| Failure::broken(error.to_string()))
    }

    /// The exit code after a report of what was read, which alone would end with that one.
    pub(crate) fn exit(&self, told: &Told, report: Exit) -> Exit {
        match self.strict && (told.unreadable > 0 || told.broken_files > 0) {
            true => Exit::Broken,
            false => report,
        }
    }
}

/// Refuses a log of which nothing could be read: of these sign-ins nothing is known, and that is not
/// the same as that there are none.
pub(crate) fn readable(told: &Told) -> Result<(), Failure> {
    if told.counted > 0 || told.unreadable == 0 {
        return Ok(());
    }
    let first = told.faults.iter().map(|fault| format!("; {fault}")).next();
    let message = format!("not one of {} rows could be read", told.rows);
    Err(Failure::broken(message + &first.unwrap_or_default()))
}

/// What became of the rows, for programs.
pub(crate) fn json(told: &Told) -> Value {
    let faults: Vec<String> = told.faults.iter().map(ToString::to_string).collect();
    json!({
        "files": told.files,
        "filesPassedOver": told.passed_over,
        "filesReadInPart": told.broken_files,
        "rows": told.rows,
        "counted": told.counted,
        "duplicates": told.duplicates,
        "outsideOfTheWindow": told.outside,
        "unreadable": told.unreadable,
        "foreignOnBothSides": told.foreign,
        "withoutTenants": told.nowhere,
        "faults": faults,
    })
}

/// What became of the rows, a line for each thing the reader should know.
pub(crate) fn lines(told: &Told) -> Vec<String> {
    let mut lines = Vec::new();
    let mut say = |number: u64, what: &str| {
        if number > 0 {
            lines.push(format!("note: {number} {what}"));
        }
    };
    say(
        told.unreadable,
        "rows could not be read and are in no number above",
    );
    say(told.broken_files, "files could be read only in part");
    say(
        told.duplicates,
        "rows came twice by their id and count once",
    );
    say(told.outside, "rows are outside of the window of time");
    say(
        told.passed_over,
        "files of the folders do not end like a log and were passed over",
    );
    let faults = told.faults.iter().take(SHOWN);
    lines.extend(faults.map(|fault| format!("  {}", terminal::visible(&fault.to_string()))));
    if told.faults.len() > SHOWN {
        lines.push(format!("  (--json lists up to {})", intake::told::LISTED));
    }
    if lines.is_empty() && told.counted == 0 {
        lines.push("note: there was no row to count".to_owned());
    }
    lines
}
