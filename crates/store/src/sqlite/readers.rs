//! Connections that read, each in the hands of one reading at a time.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;
use tokio::task;

use super::query::Query;
use super::{closed, reading_connection};
use crate::error::{Error, Result};

/// Connections that read.
#[derive(Debug)]
pub(super) struct Readers {
    shelf: Arc<Shelf>,
    seats: Arc<Semaphore>,
    count: u32,
}

#[derive(Debug)]
struct Shelf {
    path: PathBuf,
    /// Those that nobody uses; the last one was used last, and has the most in memory.
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    /// So many may read at the same time. Connections are opened when somebody needs them.
    pub(super) fn new(path: PathBuf, count: u32) -> Self {
        let count = count.max(1);
        Readers {
            shelf: Arc::new(Shelf {
                path,
                idle: Mutex::default(),
            }),
            seats: Arc::new(Semaphore::new(usize::try_from(count).unwrap_or(1))),
            count,
        }
    }

    /// Reads, on a thread that may wait for a disk: everything is of one moment.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        work: impl FnMut(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let seat = self.seats.clone().acquire_owned().await;
        let seat = seat.map_err(|_| closed())?;
        let shelf = self.shelf.clone();
        let reading = task::spawn_blocking(move || {
            let _seat = seat;
            shelf.read(work)
        });
        match reading.await {
            Ok(result) => result,
            Err(ended) if ended.is_cancelled() => Err(closed()),
            Err(panicked) => Err(Error::corrupt("the answer of the database", panicked)),
        }
    }

    /// Waits for those who read, and closes the connections.
    pub(super) async fn close(&self) {
        // Fails if the store has been closed before.
        let all = self.seats.acquire_many(self.count).await;
        self.seats.close();
        drop(all);
        self.shelf.idle().clear();
    }
}

impl Shelf {
    fn read<T>(&self, mut work: impl FnMut(&Connection) -> Result<T>) -> Result<T> {
        let idle = self.idle().pop();
        let connection = idle.map_or_else(|| reading_connection(&self.path), Ok)?;
        Query::new("BEGIN").execute(&connection)?;
        let result = work(&connection);
        // Nothing was written, so there is nothing to keep. One whose transaction cannot be ended is
        // not used again.
        if Query::new("ROLLBACK").execute(&connection).is_ok() {
            self.idle().push(connection);
        }
        result
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        // Nobody can panic while holding it.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
