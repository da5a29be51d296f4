//! Both logs leave continuously: line by line to a file, to standard output, or to a collector.
//!
//! Rows are read in the order in which they were written, delivered in batches, and only then noted
//! as delivered, in the store. A crash in between delivers a batch again: at least once, and every
//! row carries the id it always has, by which a receiver recognises it. Whatever happens to the
//! receiver, writers never wait for it: the export reads what has been committed, and a receiver
//! that is away is asked again, less and less often.
//!
//! Of several replicas one exports; when it is gone, another goes on where it stopped.

pub(crate) mod address;
mod collector;
mod file;
mod lease;
mod otlp;
mod row;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use store::Store;

pub use address::{AddressRange, InvalidRange};
pub use collector::Collector;
pub(crate) use collector::{Resolver, check};

use self::lease::{Lease, Mark};
use self::row::Line;
use crate::clock::Clock;

/// How many rows are delivered at once, at most.
const BATCH: u32 = 500;
/// How often a log is looked at that had nothing new.
const POLL: Duration = Duration::from_secs(1);
/// How long is waited after the first failure, and at most.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Where lines go.
#[derive(Clone, Debug)]
pub enum Sink {
    /// Standard output of the server.
    Stdout,
    /// The end of a file.
    File(PathBuf),
    /// A collector that is spoken to over HTTP.
    Collector(Collector),
}

/// In which form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// One JSON object for each line, in Graph's form.
    #[default]
    Ndjson,
    /// OpenTelemetry's logs, as JSON over HTTP.
    Otlp,
}

/// One export.
#[derive(Clone, Debug)]
pub struct Export {
    /// Names it: what was delivered is noted under this name.
    pub name: String,
    /// The audit logs of all tenants, and the operator's.
    pub audit: bool,
    /// The sign-in logs of all tenants.
    pub sign_ins: bool,
    /// Where to.
    pub sink: Sink,
    /// In which form.
    pub form: Form,
    /// How long a replica that does not report any more keeps others from going on.
    pub lease: Duration,
}

impl Export {
    /// Whether it can be begun, as far as that can be told without asking anybody.
    pub fn check(&self) -> Result<(), ExportError> {
        match &self.sink {
            Sink::Stdout | Sink::File(_) => Ok(()),
            Sink::Collector(collector) => collector::Client::new(collector, self.form).map(drop),
        }
    }
}

/// Why nothing could be delivered.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The store.
    #[error("the store cannot be read")]
    Store(#[from] store::Error),
    /// The file.
    #[error("the file cannot be written")]
    File(#[from] std::io::Error),
    /// The note about what was delivered is not one.
    #[error("what was delivered so far cannot be read")]
    Mark,
    /// The collector's address.
    #[error("{0}")]
    Address(String),
    /// The collector is not there, or says that it cannot take anything.
    #[error("the collector does not answer")]
    Unreachable(#[source] reqwest::Error),
    /// The collector refused.
    #[error("the collector answers {0}")]
    Refused(u16),
}

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Rows were delivered: there may be more.
    Delivered,
    /// There was nothing new.
    Idle,
    /// Another replica exports.
    Elsewhere,
}

/// Exports for as long as the server runs.
pub async fn follow(store: Arc<dyn Store>, export: Export, clock: Clock) {
    let name = export.name.clone();
    let mut pause = FIRST_PAUSE;
    let mut exporter = loop {
        match Exporter::new(Arc::clone(&store), export.clone(), clock.clone()) {
            Ok(exporter) => break exporter,
            Err(error) => {
                tell(&name, &error);
                tokio::time::sleep(LONGEST_PAUSE).await;
            }
        }
    };
    loop {
        match exporter.step().await {
            Ok(Step::Delivered) => pause = FIRST_PAUSE,
            Ok(Step::Idle | Step::Elsewhere) => {
                pause = FIRST_PAUSE;
                tokio::time::sleep(POLL.min(export.lease / 4)).await;
            }
            Err(error) => {
                tell(&name, &error);
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}

fn tell(name: &str, error: &ExportError) {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    tracing::warn!(
        export.name = name,
        error = %error,
        cause = cause.unwrap_or_default(),
        "a log could not be exported; it is tried again"
    );
}

/// An export under way.
pub(crate) struct Exporter {
    store: Arc<dyn Store>,
    export: Export,
    lease: Lease,
    delivery: Delivery,
}

/// A sink that is open.
enum Delivery {
    Stdout,
    File(PathBuf),
    Collector(collector::Client),
}

impl Exporter {
    pub(crate) fn new(
        store: Arc<dyn Store>,
        export: Export,
        clock: Clock,
    ) -> Result<Self, ExportError> {
        let delivery = match &export.sink {
            Sink::Stdout => Delivery::Stdout,
            Sink::File(path) => Delivery::File(path.clone()),
            Sink::Collector(collector) => {
                Delivery::Collector(collector::Client::new(collector, export.form)?)
            }
        };
        let lease = Lease::new(&export.name, export.lease, clock);
        Ok(Exporter {
            store,
            export,
            lease,
            delivery,
        })
    }

    /// Delivers the next rows, if there are any and nobody else does.
    pub(crate) async fn step(&mut self) -> Result<Step, ExportError> {
        let Some(mark) = self.lease.hold(&*self.store).await? else {
            return Ok(Step::Elsewhere);
        };
        let Some((lines, next)) = self.next(mark).await? else {
            return Ok(Step::Idle);
        };
        self.deliver(&lines).await?;
        self.lease.note(&*self.store, next).await?;
        Ok(Step::Delivered)
    }

    /// What comes next, and the mark when it has been delivered.
    async fn next(&self, mark: Mark) -> Result<Option<(Vec<Line>, Mark)>, ExportError> {
        if self.export.audit
            && let Some(found) = self.next_audit(&mark).await?
        {
            return Ok(Some(found));
        }
        if self.export.sign_ins {
            return self.next_sign_ins(mark).await;
        }
        Ok(None)
    }

    async fn next_audit(&self, mark: &Mark) -> Result<Option<(Vec<Line>, Mark)>, ExportError> {
        let after = mark.audit.unwrap_or_default();
        let rows = self.store.audit_feed(after, BATCH).await?;
        let Some(last) = rows.last().map(|row| row.position) else {
            return Ok(None);
        };
        let next = Mark {
            audit: Some(last),
            ..mark.clone()
        };
        Ok(Some((rows.into_iter().map(Line::of_audit).collect(), next)))
    }

    async fn next_sign_ins(
        &self,
        mut mark: Mark,
    ) -> Result<Option<(Vec<Line>, Mark)>, ExportError> {
        for (tenant, end) in self.store.sign_in_ends().await? {
            let after = mark.sign_ins.get(&tenant).copied().unwrap_or_default();
            if after >= end {
                continue;
            }
            let rows = self.store.sign_in_feed(tenant, after, BATCH).await?;
            let last = rows.last().map(|(arrival, _)| *arrival);
            // Numbers that no row has any more were read past.
            mark.sign_ins.insert(tenant, last.unwrap_or(end));
            if last.is_some() {
                let rows = rows.into_iter();
                let lines = rows.map(|(_, record)| Line::of_sign_in(tenant, record));
                return Ok(Some((lines.collect(), mark)));
            }
        }
        Ok(None)
    }

    async fn deliver(&self, lines: &[Line]) -> Result<(), ExportError> {
        let path = match &self.delivery {
            Delivery::Collector(client) => return client.deliver(lines).await,
            Delivery::Stdout => None,
            Delivery::File(path) => Some(path.clone()),
        };
        let text = file::text(self.export.form, lines);
        // A disk or a reader may be slow: it is waited for where nobody else waits.
        let written = tokio::task::spawn_blocking(move || match path {
            Some(path) => file::append(&path, &text),
            None => file::to_stdout(&text),
        });
        Ok(written
            .await
            .unwrap_or_else(|gone| Err(std::io::Error::other(gone)))?)
    }
}
