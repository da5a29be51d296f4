//! Writes that are kept together: one transaction, one wait for the disk.
//!
//! INVARIANT (kept is kept): a write is answered after the transaction it was part of has ended, and
//! what it is told holds for the disk. A write that fails takes nothing of its neighbours with it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rusqlite::Connection;
use tokio::sync::oneshot::Sender;

use super::query::Query;
use crate::error::{Error, Outage, Result};
use crate::feed::Bell;

/// A write that somebody waits for.
pub(super) trait Job: Send {
    /// Does it, as part of a transaction. It may be done again in another one if that one has left
    /// nothing.
    fn run(&mut self, connection: &Connection);
    /// Whether it went well, the last time.
    fn went_well(&self) -> bool;
    /// Whether it may have changed what decisions see.
    fn concerns_decisions(&self) -> bool;
    /// Tells how it went.
    fn answer(self: Box<Self>);
    /// Tells that it was not kept, or not for certain.
    fn refuse(self: Box<Self>, error: Error);
}

/// A write, and who waits for it. Nobody may be left who does: it is done all the same.
pub(super) struct Write<T, F> {
    pub(super) work: F,
    pub(super) concerns_decisions: bool,
    pub(super) result: Option<Result<T>>,
    pub(super) asker: Sender<Result<T>>,
}

impl<T: Send, F: FnMut(&Connection) -> Result<T> + Send> Job for Write<T, F> {
    fn run(&mut self, connection: &Connection) {
        // A mistake of ours in one write must not end the thread that all of them need. What it has
        // written is rolled back like that of any write that fails.
        let work = AssertUnwindSafe(|| (self.work)(connection));
        let panicked = |_| {
            Err(Error::corrupt(
                "the answer of the database",
                "a write panicked",
            ))
        };
        self.result = Some(catch_unwind(work).unwrap_or_else(panicked));
    }

    fn went_well(&self) -> bool {
        matches!(self.result, Some(Ok(_)))
    }

    fn concerns_decisions(&self) -> bool {
        self.concerns_decisions
    }

    fn answer(self: Box<Self>) {
        if let Some(result) = self.result {
            let _ = self.asker.send(result);
        }
    }

    fn refuse(self: Box<Self>, error: Error) {
        let _ = self.asker.send(Err(error));
    }
}

/// Why a transaction left nothing, or not for certain.
enum Broken {
    /// It was rolled back, and one write may be to blame.
    RolledBack(Error),
    /// It could not begin, or nobody knows what the disk has.
    Lost(Error),
}

/// Does these writes and answers them.
pub(super) fn keep(connection: &Connection, mut jobs: Vec<Box<dyn Job>>, bell: &Bell) {
    match transaction(connection, &mut jobs) {
        Ok(()) => {
            let mut kept = jobs.iter().filter(|job| job.went_well());
            if kept.any(|job| job.concerns_decisions()) {
                bell.ring();
            }
            jobs.into_iter().for_each(|job| job.answer());
        }
        // Nothing of it can come back, so each is done again, and gets an answer of its own.
        Err(Broken::RolledBack(_)) if jobs.len() > 1 => {
            for job in jobs {
                keep(connection, vec![job], bell);
            }
        }
        // Not again: a transaction whose end is not known may be found on the disk after a crash.
        Err(Broken::RolledBack(error) | Broken::Lost(error)) => {
            for job in jobs {
                job.refuse(copy(&error));
            }
        }
    }
}

/// One transaction with all of them. Those that fail leave nothing in it.
fn transaction(
    connection: &Connection,
    jobs: &mut [Box<dyn Job>],
) -> std::result::Result<(), Broken> {
    let begun = Query::new("BEGIN IMMEDIATE").execute(connection);
    begun.map_err(|error| Broken::Lost(error.into()))?;
    let done = match jobs {
        [job] => alone(connection, job.as_mut()),
        jobs => jobs
            .iter_mut()
            .try_for_each(|job| beside_others(connection, job.as_mut()))
            .and_then(|()| commit(connection)),
    };
    if !connection.is_autocommit() {
        // If this fails SQLite has ended the transaction meanwhile, and that is as well.
        let _ = Query::new("ROLLBACK").execute(connection);
    }
    done
}

fn alone(connection: &Connection, job: &mut dyn Job) -> std::result::Result<(), Broken> {
    job.run(connection);
    match job.went_well() {
        true => commit(connection),
        false => Ok(()),
    }
}

fn beside_others(connection: &Connection, job: &mut dyn Job) -> std::result::Result<(), Broken> {
    let say = |text| match Query::new(text).execute(connection) {
        Ok(_) => Ok(()),
        Err(error) => Err(Broken::RolledBack(error.into())),
    };
    say("SAVEPOINT job")?;
    job.run(connection);
    if connection.is_autocommit() {
        // SQLite has rolled everything back by itself, as it may when the disk is full.
        let error = Error::corrupt("the answer of the database", "the transaction is gone");
        return Err(Broken::RolledBack(error));
    }
    if !job.went_well() {
        say("ROLLBACK TO job")?;
    }
    say("RELEASE job")
}

fn commit(connection: &Connection) -> std::result::Result<(), Broken> {
    match Query::new("COMMIT").execute(connection) {
        Ok(_) => Ok(()),
        Err(error) => Err(match Error::from(error) {
            // The mark that makes a transaction a whole one is written last, so where there was no
            // room for all of it there is none. Of any other failure (the disk took it and did not
            // say that it is safe) nobody can tell.
            error @ Error::Unavailable {
                outage: Outage::Full | Outage::Busy | Outage::ReadOnly,
                ..
            } => Broken::RolledBack(error),
            error => Broken::Lost(error),
        }),
    }
}

/// The same error for one more of those that it concerns.
fn copy(error: &Error) -> Error {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    let cause = cause.map(Into::into);
    match error {
        Error::Unavailable { outage, .. } => Error::Unavailable {
            outage: *outage,
            cause,
        },
        _ => Error::Corrupt {
            what: "the answer of the database".to_owned(),
            cause,
        },
    }
}

#[cfg(test)]
mod tests;
