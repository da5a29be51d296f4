//! `comity pull`: a tenant's sign-ins from a Graph endpoint into a folder, as the endpoint gave them.
//!
//! A large log takes hours, so nothing that interrupts a pull costs more than a page: the folder
//! says how far it is ([`folder`]), and no row is written twice, whatever is asked for again.

mod bar;
mod checkpoint;
mod folder;
mod known;
pub(crate) mod pace;
mod page;
pub(crate) mod source;
#[cfg(test)]
mod tests;
mod walk;

use std::path::PathBuf;

use clap::Args;
use jiff::{RoundMode, SignedDuration, Timestamp, TimestampRound, Unit};
use policy::tenant::TenantId;
use serde_json::json;
use server::Clock;

use self::bar::Bar;
use self::checkpoint::{Kind, Window};
use self::folder::{Durability, Folder};
use self::pace::Pace;
use self::source::Source;
use self::walk::{Tally, Walk};
use crate::exit::{Exit, Failure, Outcome};
use crate::remote::Login;
use crate::serve::runtime;

/// How far back the first pull goes: as far as Entra keeps sign-ins.
const DAYS: u32 = 30;
/// Rows arrive late; so much of the last window is asked for again.
const OVERLAP: SignedDuration = SignedDuration::from_hours(1);

/// Fetch a tenant's sign-ins into a folder, for `comity activity` and `comity preview`
///
/// An interrupted pull goes on where it was. The next one begins where the last one ended.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Where the rows go: one file, one row on each line
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// Which tenant's; the client's own unless said
    #[arg(long, value_name = "ID", conflicts_with = "endpoint")]
    tenant: Option<TenantId>,
    #[command(flatten)]
    login: Login,
    /// Ask this Graph, such as https://graph.microsoft.com/beta
    #[arg(
        long,
        value_name = "URL",
        required_unless_present_any = ["server", "demo"],
        conflicts_with_all = ["server", "demo"],
        requires = "token_endpoint",
        help_heading = "Server"
    )]
    endpoint: Option<String>,
    /// Where its tokens are given, such as https://login.microsoftonline.com/TENANT/oauth2/v2.0/token
    #[arg(
        long,
        value_name = "URL",
        requires = "endpoint",
        help_heading = "Server"
    )]
    token_endpoint: Option<String>,
    /// Only sign-ins from this time on, such as 2026-01-31T00:00:00Z
    #[arg(long, value_name = "TIME")]
    from: Option<Timestamp>,
    /// Only sign-ins up to this time
    #[arg(long, value_name = "TIME")]
    until: Option<Timestamp>,
    /// How far back the first pull into a folder goes [default: 30]
    #[arg(long, value_name = "NUMBER", conflicts_with = "from")]
    days: Option<u32>,
    /// Leave out what nobody sat in front of
    #[arg(long)]
    interactive: bool,
    /// Print one JSON value instead of text
    #[arg(long)]
    json: bool,
}

/// Runs the subcommand.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let (endpoint, grant) = match (&arguments.endpoint, &arguments.token_endpoint) {
        (Some(endpoint), Some(token)) => arguments.login.grant_at(endpoint, token)?,
        _ => arguments.login.grant(arguments.tenant)?,
    };
    let now = Clock::of_the_machine().now();
    let asked = Asked {
        from: arguments.from.map(|time| whole(time, RoundMode::Floor)),
        until: whole(arguments.until.unwrap_or(now), RoundMode::Ceil),
        days: arguments.days.unwrap_or(DAYS),
        kinds: match arguments.interactive {
            true => vec![Kind::InteractiveUser],
            false => vec![Kind::InteractiveUser, Kind::NonInteractiveUser],
        },
    };
    let folder = Folder::open(&arguments.folder, Durability::Disk)?;
    let source = Source::new(endpoint, grant);
    let bar = Bar::default();
    let mut walk = Walk::new(source, folder, Pace::published(), &bar)?;
    let pulled = runtime()?.block_on(asked.pull(&mut walk));
    bar.end();
    let windows = pulled?;
    arguments.print(&windows, walk.tally);
    Ok(Exit::Yes)
}

/// To the second: filters of Graph take no more than seven places after it.
fn whole(time: Timestamp, mode: RoundMode) -> Timestamp {
    let round = TimestampRound::new().smallest(Unit::Second).mode(mode);
    time.round(round).unwrap_or(time)
}

/// What is wanted.
#[derive(Clone, Debug)]
struct Asked {
    from: Option<Timestamp>,
    until: Timestamp,
    days: u32,
    kinds: Vec<Kind>,
}

impl Asked {
    /// Finishes what an earlier pull left, and pulls what is wanted now; which windows those were.
    async fn pull(&self, walk: &mut Walk<'_>) -> Result<Vec<Window>, Failure> {
        let mut windows = Vec::new();
        if let Some(open) = walk.open() {
            walk.finish().await?;
            windows.push(open);
        }
        let window = self.window(walk.reached())?;
        if !windows.contains(&window) {
            walk.begin(window, &self.kinds)?;
            walk.finish().await?;
            windows.push(window);
        }
        Ok(windows)
    }

    fn window(&self, reached: Option<Timestamp>) -> Result<Window, Failure> {
        let hours = i64::from(self.days).saturating_mul(24);
        let from = match (self.from, reached) {
            (Some(from), _) => Some(from),
            (None, Some(reached)) => reached.checked_sub(OVERLAP).ok(),
            (None, None) => self
                .until
                .checked_sub(SignedDuration::from_hours(hours))
                .ok(),
        };
        // Further back than there is time, there is nothing either.
        let from = from.unwrap_or(Timestamp::UNIX_EPOCH);
        match from < self.until {
            true => Ok(Window {
                from,
                until: self.until,
            }),
            false => {
                let message = format!("there is no time from {from} until {}", self.until);
                Err(Failure::broken(message).advise("--from with a time before --until"))
            }
        }
    }
}

impl Arguments {
    fn print(&self, windows: &[Window], tally: Tally) {
        let folder = self.folder.display();
        let Tally {
            pages,
            rows,
            duplicates,
            repeated,
        } = tally;
        if self.json {
            let value = json!({
                "folder": folder.to_string(),
                "rows": rows,
                "pages": pages,
                "duplicates": duplicates,
                "requestsRepeated": repeated,
                "windows": windows,
            });
            anstream::println!("{value:#}");
            return;
        }
        for Window { from, until } in windows {
            anstream::println!("sign-ins from {from} until {until}");
        }
        let already = match duplicates {
            0 => String::new(),
            many => format!(", {many} were there already"),
        };
        anstream::println!("wrote {rows} rows of {pages} pages to {folder}{already}");
    }
}
