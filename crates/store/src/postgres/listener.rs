//! Rings the bell when another process, or this one, has committed.

use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgListener, PgPool};
use tokio::time::{sleep, timeout};

use crate::feed::Bell;

/// The channel on which commits are told.
pub(super) const CHANNEL: &str = "comity_moved";

/// How long to wait before trying to connect again.
const PAUSE: Duration = Duration::from_millis(500);

/// Listens until it is aborted. Whatever may have been missed while there was no connection rings
/// the bell as soon as there is one.
pub(super) async fn listen(pool: PgPool, bell: Arc<Bell>, poll: Duration) {
    let mut seen = None;
    loop {
        if let Ok(mut listener) = connect(&pool).await {
            bell.ring();
            while hear(&mut listener, &pool, &bell, poll, &mut seen)
                .await
                .is_ok()
            {}
        }
        sleep(PAUSE).await;
    }
}

async fn connect(pool: &PgPool) -> Result<PgListener, sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    Ok(listener)
}

/// Waits for one notification, or looks at the counter if there is none for a while. An error means
/// that the connection is broken.
async fn hear(
    listener: &mut PgListener,
    pool: &PgPool,
    bell: &Bell,
    poll: Duration,
    seen: &mut Option<i64>,
) -> Result<(), sqlx::Error> {
    match timeout(poll, listener.try_recv()).await {
        // `None`: the connection was lost and may have lost notifications; it is made again.
        Ok(heard) => {
            heard?;
            bell.ring();
        }
        Err(_quiet) => {
            let now = sqlx::query_scalar("SELECT sequence FROM counter");
            let now: i64 = now.fetch_one(pool).await?;
            if seen.replace(now) != Some(now) {
                bell.ring();
            }
        }
    }
    Ok(())
}
