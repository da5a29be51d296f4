//! The one connection that writes, on a thread of its own.
//!
//! Whoever writes hands over what is to be done, and waits. The thread takes all that is waiting and
//! does it in one transaction. Whoever stops waiting changes nothing: it is done to its end.

use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::closed;
use super::group::{self, Job, Write};
use crate::error::{Error, Outage, Result};
use crate::feed::Bell;

/// How many writes one transaction may hold: the first of them waits for the last.
const LARGEST_GROUP: usize = 64;

/// The one connection that writes.
#[derive(Debug)]
pub(super) struct Writer {
    /// `None` once the store is closed.
    thread: Mutex<Option<Thread>>,
}

#[derive(Debug)]
struct Thread {
    queue: mpsc::Sender<Box<dyn Job>>,
    /// Ends when the connection is closed.
    ended: oneshot::Receiver<()>,
}

impl Writer {
    /// Starts the thread, and opens the connection there.
    pub(super) async fn start(
        open: impl FnOnce() -> Result<Connection> + Send + 'static,
        bell: Arc<Bell>,
    ) -> Result<Self> {
        let (queue, jobs) = mpsc::channel();
        let (opened, opening) = oneshot::channel();
        let (end, ended) = oneshot::channel();
        let run = move || {
            match open() {
                Ok(connection) => {
                    let _ = opened.send(Ok(()));
                    work(&connection, &jobs, &bell);
                }
                Err(error) => drop(opened.send(Err(error))),
            }
            drop(end);
        };
        let name = "sqlite-writer".to_owned();
        let started = thread::Builder::new().name(name).spawn(run);
        started.map_err(|cause| Error::unavailable(Outage::Lost, cause))?;
        opening.await.unwrap_or_else(|_| Err(closed()))?;
        Ok(Writer {
            thread: Mutex::new(Some(Thread { queue, ended })),
        })
    }

    /// Does this, alone or beside others, and says how it went once it is on the disk.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        concerns_decisions: bool,
        work: impl FnMut(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (asker, answer) = oneshot::channel();
        let job = Box::new(Write {
            work,
            concerns_decisions,
            result: None,
            asker,
        });
        match self.thread().as_ref() {
            Some(thread) => thread.queue.send(job).map_err(|_| closed())?,
            None => return Err(closed()),
        }
        answer.await.unwrap_or_else(|_| Err(closed()))
    }

    /// Takes nothing more, and waits until everything that waits is done.
    pub(super) async fn close(&self) {
        let thread = self.thread().take();
        if let Some(Thread { queue, ended }) = thread {
            drop(queue);
            let _ = ended.await;
        }
    }

    fn thread(&self) -> MutexGuard<'_, Option<Thread>> {
        // Nobody can panic while holding it.
        self.thread.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Until nobody can hand over anything any more.
fn work(connection: &Connection, jobs: &Receiver<Box<dyn Job>>, bell: &Bell) {
    while let Ok(first) = jobs.recv() {
        let mut group = vec![first];
        group.extend(jobs.try_iter().take(LARGEST_GROUP - 1));
        group::keep(connection, group, bell);
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Waker};

    use super::*;

    async fn writer(bell: &Arc<Bell>) -> Writer {
        let open = || {
            let connection = Connection::open_in_memory()?;
            connection.execute_batch("CREATE TABLE kept (number INTEGER PRIMARY KEY)")?;
            Ok(connection)
        };
        Writer::start(open, bell.clone()).await.unwrap()
    }

    fn insert(number: i64) -> impl FnMut(&Connection) -> Result<usize> + Send + 'static {
        move |connection| Ok(connection.execute("INSERT INTO kept VALUES (?1)", [number])?)
    }

    fn count(connection: &Connection) -> Result<i64> {
        Ok(connection.query_one("SELECT COUNT(*) FROM kept", (), |row| row.get(0))?)
    }

    #[tokio::test]
    async fn a_write_is_done_and_told_though_its_caller_has_gone() {
        let bell = Arc::new(Bell::new());
        let mut watch = bell.watch();
        let writer = writer(&bell).await;
        let mut context = Context::from_waker(Waker::noop());
        // Polled once and dropped: handed over, and nobody waits.
        let _ = pin!(writer.write(true, insert(1))).poll(&mut context);
        assert_eq!(writer.write(false, count).await.unwrap(), 1);
        assert!(watch.changed().await);
    }

    #[tokio::test]
    async fn what_waits_when_the_store_is_closed_is_done() {
        let writer = writer(&Arc::new(Bell::new())).await;
        let (answers, closing) = tokio::join!(
            async {
                tokio::join!(
                    writer.write(false, insert(1)),
                    writer.write(false, insert(2))
                )
            },
            writer.close(),
        );
        assert!(answers.0.is_ok() && answers.1.is_ok());
        let () = closing;
        let late = writer.write(false, insert(3)).await.unwrap_err();
        assert!(matches!(
            late,
            Error::Unavailable {
                outage: Outage::Lost,
                ..
            }
        ));
    }

    #[tokio::test]
    async fn many_writes_at_once_are_all_answered() {
        let writer = Arc::new(writer(&Arc::new(Bell::new())).await);
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..200 {
            let writer = writer.clone();
            // Every number twice: the second one is refused, and hurts nobody.
            tasks.spawn(async move { writer.write(false, insert(number / 2)).await });
        }
        let answers = tasks.join_all().await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 100);
        assert_eq!(writer.write(false, count).await.unwrap(), 100);
    }
}
