//! Which files, whose log, and which stretch of time.

use std::path::PathBuf;

use clap::Args;
use intake::told::Told;
use intake::{Intake, Source, Taken};
use jiff::Timestamp;
use policy::tenant::TenantId;
use server::Clock;
use signins::window::{Moment, Window};

use super::progress::Bar;
use crate::exit::{Exit, Failure};

/// What is read.
#[derive(Debug, Args)]
pub(crate) struct Reading {
    /// Files, folders with everything in them, or - for the standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The tenant whose log this is
    #[arg(long, value_name = "ID")]
    pub(crate) tenant: TenantId,
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

impl Reading {
    /// Reads them.
    pub(crate) fn read(&self) -> Result<Taken, Failure> {
        let moment = |time: Timestamp| Moment::from_nanoseconds(time.as_nanosecond());
        let window = match self.days {
            Some(days) => Window::last_days(moment(Clock::of_the_machine().now()), days),
            None => Window {
                from: self.from.map(moment),
                until: self.until.map(moment),
            },
        };
        let sources: Vec<Source> = self
            .files
            .iter()
            .map(|file| Source::from_argument(file))
            .collect();
        let intake = Intake {
            window,
            ..Intake::of(self.tenant)
        };
        let bar = Bar::default();
        let taken = intake.read(&sources, &bar);
        bar.end();
        taken.map_err(|error| Failure::broken(error.to_string()))
    }

    /// The exit code after a report of what was read.
    pub(crate) fn exit(&self, told: &Told) -> Exit {
        match self.strict && (told.unreadable > 0 || told.broken_files > 0) {
            true => Exit::Broken,
            false => Exit::Yes,
        }
    }
}
