//! `comity sign-ins import`: sign-in logs from files into the log of a tenant, in a store or in a
//! server that runs.
//!
//! Rows go in by a few thousand, each lot whole or not at all, and a row whose id is there already is
//! left alone. So whatever ends an import, the same again goes on after it, and twice is once.

mod sieve;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, Subcommand};
use graph::query::Version;
use graph::sign_in_log::{self, LoggedSignIn, View};
use intake::told::Told;
use intake::{Intake, IntakeError, Source};
use policy::tenant::TenantId;
use reqwest::Method;
use serde_json::{Value, json};
use server::Clock;
use signins::window::{Moment, Window};
use store::{SignInRecord, Store};
use tokio::sync::mpsc;

use self::sieve::{Left, Sieve};
use crate::exit::{Exit, Failure, Outcome};
use crate::logs::progress::Bar;
use crate::remote::{Login, Session};
use crate::serve::{Settings, chain, runtime};
use crate::terminal;

/// How many rows that were not taken are shown beside the numbers.
const SHOWN: usize = 5;
/// So many lots may wait to be written.
const AHEAD: usize = 2;
/// Between two lots, so that a server over the same file comes to write, too: SQLite has those who wait
/// look ten times a second, and wakes nobody.
const GAP: Duration = Duration::from_millis(120);
/// So many rows go into one request: a server reads so much.
const REQUEST: usize = 1_000;
/// What the client has to hold.
const NEEDED: &str = "SignIn.Report.All";

/// Bring sign-in logs from files into the log of a tenant
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Import(Import),
}

/// Read sign-in logs and keep their rows in the log of a tenant
///
/// Takes what `comity activity` takes: pages and lines of Graph, downloads of the portal, exports of
/// Azure Monitor, Parquet, compressed or not, folders, and - for the standard input. A row whose id is
/// there already is left alone, so what was interrupted is simply done again.
///
/// Exit code 0: every row that belongs there is there. 1: it is not, and it is said how far it came.
/// 2: something could not be read, or with --strict: at least one row.
#[derive(Debug, Args)]
struct Import {
    /// Files, or folders with everything in them
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Whose log it is
    #[arg(long, value_name = "ID")]
    tenant: TenantId,
    #[command(flatten)]
    login: Login,
    /// The data folder of a server, for its embedded store
    #[arg(long, value_name = "DIR", conflicts_with_all = ["server", "demo"], help_heading = "Store")]
    data: Option<PathBuf>,
    /// The store of a server: sqlite:PATH or postgres://…
    #[arg(long, value_name = "URL", conflicts_with_all = ["server", "demo", "data"], help_heading = "Store")]
    store: Option<String>,
    /// The configuration of a server, which says where its store is and how long rows are kept
    #[arg(long, value_name = "FILE", conflicts_with_all = ["server", "demo"], help_heading = "Store")]
    config: Option<PathBuf>,
    /// Leave out what is older than so many days; what the configuration keeps is left out anyway
    /// when it is older than that
    #[arg(long, value_name = "NUMBER")]
    days: Option<u32>,
    /// End with exit code 2 when anything could not be read
    #[arg(long)]
    strict: bool,
    /// Print one JSON value instead of text
    #[arg(long)]
    json: bool,
}

/// Runs the subcommand.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let Command::Import(arguments) = &arguments.command;
    runtime()?.block_on(import(arguments))
}

/// Where the rows go.
enum Log {
    Store(Arc<dyn Store>, Duration),
    Server(Session),
}

/// What became of them.
#[derive(Clone, Copy, Debug, Default)]
struct Kept {
    new: u64,
    known: u64,
}

async fn import(arguments: &Import) -> Outcome {
    let (log, days) = arguments.open().await?;
    let since = days.map(|days| {
        let now = Clock::of_the_machine().now().as_nanosecond();
        Window::last_days(Moment::from_nanoseconds(now), days).from
    });
    let bar = Arc::new(Bar::of_rows());
    let (to, mut lots) = mpsc::channel(AHEAD);
    let reading = {
        let bar = Arc::clone(&bar);
        let mut sieve = Sieve::new(arguments.tenant, since.flatten(), to);
        let sources = arguments.files.iter();
        let sources: Vec<Source> = sources.map(|file| Source::from_argument(file)).collect();
        let intake = Intake::of(arguments.tenant);
        tokio::task::spawn_blocking(move || {
            let told = intake.rows(&sources, &*bar, &mut |row| sieve.take(row));
            sieve.hand_on();
            (told, sieve.left)
        })
    };
    let mut kept = Kept::default();
    let mut trouble = None;
    while let Some(lot) = lots.recv().await {
        if kept.new > 0 {
            log.give_way().await;
        }
        match log.keep(arguments.tenant, lot).await {
            Ok(lot) => {
                kept.new += lot.new;
                kept.known += lot.known;
                bar.kept(lot.new + lot.known);
            }
            Err(failure) => {
                trouble = Some(failure);
                break;
            }
        }
    }
    // Whoever reads finds out that nobody takes rows any more.
    drop(lots);
    let read = reading.await;
    bar.end();
    log.close().await;
    let so_far = format!(
        "{} rows were kept; the same again goes on after them",
        kept.new
    );
    if let Some(failure) = trouble {
        return Err(failure.advise(so_far));
    }
    let (told, left) = read.map_err(|error| Failure::failed(error.to_string()))?;
    let told = told.map_err(|error: IntakeError| {
        let failure = Failure::broken(error.to_string());
        match kept.new {
            0 => failure,
            _ => failure.advise(so_far),
        }
    })?;
    arguments.print(kept, &told, left, days);
    let unreadable = told.unreadable + left.unreadable + told.broken_files;
    Ok(match arguments.strict && unreadable > 0 {
        true => Exit::Broken,
        false => Exit::Yes,
    })
}

impl Import {
    /// Where the rows go, and for how many days rows are kept there.
    async fn open(&self) -> Result<(Log, Option<u32>), Failure> {
        if self.login.is_given() {
            let session = self.login.enter(Some(self.tenant)).await?;
            if session.tenant != self.tenant {
                let message = format!(
                    "the client is one of {}, and the log is that of {}",
                    session.tenant, self.tenant
                );
                return Err(Failure::broken(message).advise("a client of the tenant itself"));
            }
            return Ok((Log::Server(session), self.days));
        }
        let settings =
            Settings::of_store(self.data.clone(), self.store.clone(), self.config.clone());
        let settings = settings.in_force()?;
        let failed = |error: &dyn std::error::Error| Failure::failed(chain(error));
        let file = settings.store.strip_prefix("sqlite:");
        let file = file.map(|path| PathBuf::from(path.strip_prefix("//").unwrap_or(path)));
        if let Some(file) = file.filter(|file| !file.exists()) {
            let message = format!("there is no store at {}", file.display());
            return Err(Failure::broken(message)
                .advise("--data DIR or --store URL of a server, or --server URL"));
        }
        let store = store::open_to_fill(&settings.store).await;
        let store = store.map_err(|error| failed(&error))?;
        let known = store.tenant(self.tenant).await;
        if known.map_err(|error| failed(&error))?.is_none() {
            store.close().await;
            let message = format!("the store knows no tenant {}", self.tenant);
            return Err(Failure::broken(message).advise("--tenant with one it knows"));
        }
        let kept = settings.file.retention.read().sign_in_days;
        let days = [kept, self.days].into_iter().flatten().min();
        let gap = match settings.store.starts_with("sqlite:") {
            true => GAP,
            false => Duration::ZERO,
        };
        Ok((Log::Store(store, gap), days))
    }

    fn print(&self, kept: Kept, told: &Told, left: Left, days: Option<u32>) {
        let Kept { new, known } = kept;
        if self.json {
            let faults: Vec<String> = told.faults.iter().map(ToString::to_string).collect();
            let whole = json!({
                "tenantId": self.tenant.to_string(),
                "files": told.files,
                "filesPassedOver": told.passed_over,
                "filesReadInPart": told.broken_files,
                "rows": told.rows,
                "kept": new,
                "known": known,
                "otherTenants": left.foreign,
                "withoutTenants": left.nowhere,
                "tooOld": left.old,
                "unreadable": told.unreadable + left.unreadable,
                "faults": faults,
            });
            anstream::println!("{whole:#}");
            return;
        }
        anstream::println!("{} rows: {new} kept, {known} were there already", told.rows);
        let days = days.unwrap_or_default();
        let notes = [
            (left.foreign, "rows are about other tenants".to_owned()),
            (left.nowhere, "rows name no tenant".to_owned()),
            (
                left.old,
                format!("rows are older than {days} days, and older ones are not kept"),
            ),
            (
                told.unreadable + left.unreadable,
                "rows could not be read".to_owned(),
            ),
            (
                told.broken_files,
                "files could be read only in part".to_owned(),
            ),
            (
                told.passed_over,
                "files of the folders do not end like a log and were passed over".to_owned(),
            ),
        ];
        for (number, what) in notes.iter().filter(|(number, _)| *number > 0) {
            anstream::println!("note: {number} {what}");
        }
        for fault in told.faults.iter().take(SHOWN) {
            anstream::println!("  {}", terminal::visible(&fault.to_string()));
        }
        if told.faults.len() > SHOWN {
            anstream::println!("  (--json lists up to {})", intake::told::LISTED);
        }
    }
}

impl Log {
    /// Keeps rows, all of them or, in a store, none.
    async fn keep(&self, tenant: TenantId, rows: Vec<LoggedSignIn>) -> Result<Kept, Failure> {
        match self {
            Log::Store(store, _) => {
                let rows = rows.into_iter().map(server::sign_in_record);
                let rows: Vec<SignInRecord> = rows.collect();
                let kept = store.keep_sign_ins(tenant, &rows).await;
                let kept = kept.map_err(|error| Failure::failed(chain(&error)))?;
                Ok(Kept {
                    new: kept.kept,
                    known: kept.known,
                })
            }
            Log::Server(session) => {
                let mut kept = Kept::default();
                for rows in rows.chunks(REQUEST) {
                    let reply = report(session, rows).await?;
                    kept.new += reply.new;
                    kept.known += reply.known;
                }
                Ok(kept)
            }
        }
    }

    /// Lets others write.
    async fn give_way(&self) {
        if let Log::Store(_, gap) = self
            && !gap.is_zero()
        {
            tokio::time::sleep(*gap).await;
        }
    }

    async fn close(&self) {
        if let Log::Store(store, _) = self {
            store.close().await;
        }
    }
}

/// Reports rows to a server.
async fn report(session: &Session, rows: &[LoggedSignIn]) -> Result<Kept, Failure> {
    let view = View {
        version: Version::Beta,
        shows_policies: true,
    };
    let rows: Vec<Value> = rows
        .iter()
        .map(|row| sign_in_log::render(row, view))
        .collect();
    let body = json!({"value": rows});
    let path = "/comity/v1/signins";
    let reply = session
        .call(Method::POST, path, Some(&body), NEEDED)
        .await?;
    let number = |name: &str| {
        let number = reply.body.get(name).and_then(Value::as_u64);
        number.ok_or_else(|| Failure::failed(format!("the answer of the server lacks `{name}`")))
    };
    Ok(Kept {
        new: number("kept")?,
        known: number("known")?,
    })
}
