//! Rings the bell when another process, or this one, has committed.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::postgres::{PgListener, PgPool};
use tokio::time::{sleep, timeout};

use crate::feed::Bell;

/// The channel on which commits are told.
pub(super) const CHANNEL: &str = "comity_moved";

/// The line to the database on which commits are told, and whom to wake.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) bell: Bell,
    up: AtomicBool,
    lost: AtomicBool,
}

impl Line {
    pub(super) fn new() -> Self {
        Line {
            bell: Bell::new(),
            up: AtomicBool::new(false),
            lost: AtomicBool::new(false),
        }
    }

    /// Whether there is a connection, as far as anybody knows.
    pub(super) fn is_up(&self) -> bool {
        self.up.load(Ordering::Relaxed)
    }

    /// Whether the database was there and cannot be reached now. Whoever knows need not wait to find
    /// out: many who wait one after the other would wait for a long time.
    pub(super) fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }
}

/// How long to wait before trying to connect again, and how long connecting takes at most while the
/// database is well.
const PAUSE: Duration = Duration::from_millis(500);

/// Listens until it is aborted. Whatever may have been missed while there was no connection rings
/// the bell as soon as there is one.
pub(super) async fn listen(pool: PgPool, line: Arc<Line>, poll: Duration) {
    let mut seen = None;
    loop {
        let mut connecting = pin!(connect(&pool));
        let connected = match timeout(PAUSE, &mut connecting).await {
            Ok(connected) => connected,
            Err(_still_trying) => {
                line.lost.store(true, Ordering::Relaxed);
                connecting.await
            }
        };
        if let Ok(mut listener) = connected {
            line.lost.store(false, Ordering::Relaxed);
            line.up.store(true, Ordering::Relaxed);
            line.bell.ring();
            while hear(&mut listener, &pool, &line, poll, &mut seen)
                .await
                .is_ok()
            {}
            line.up.store(false, Ordering::Relaxed);
        } else {
            line.lost.store(true, Ordering::Relaxed);
            sleep(PAUSE).await;
        }
    }
}

async fn connect(pool: &PgPool) -> Result<PgListener, sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    // Making the connection again is our business: it has to be known that it was lost.
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    Ok(listener)
}

/// Waits for one notification, or looks at the counter if there is none for a while. An error means
/// that the connection is broken.
async fn hear(
    listener: &mut PgListener,
    pool: &PgPool,
    line: &Line,
    poll: Duration,
    seen: &mut Option<i64>,
) -> Result<(), sqlx::Error> {
    match timeout(poll, listener.try_recv()).await {
        Ok(heard) => {
            heard?.ok_or(sqlx::Error::WorkerCrashed)?;
            line.bell.ring();
        }
        Err(_quiet) => {
            let now = sqlx::query_scalar("SELECT sequence FROM counter");
            let now: i64 = now.fetch_one(pool).await?;
            if seen.replace(now) != Some(now) {
                line.bell.ring();
            }
        }
    }
    Ok(())
}
