//! Reading ahead: whoever looks at settings will soon look at what a change of them would do.
//!
//! Contoso's administrator opens the settings, thinks, and previews a change half a minute later. By then
//! the log has been read. One tenant is read at a time, in the background; a preview of the whole log that
//! comes too soon takes what has been read so far and goes on with it, and one of a single partner reads its
//! own few lines without waiting.

use std::sync::{Mutex, MutexGuard, PoisonError};

use policy::tenant::TenantId;
use quick_cache::sync::Cache;
use store::{Day, RollupQuery};
use tokio::sync::{mpsc, watch};

use super::{INITIAL_DAYS, Kept, Past, Watching, lately};
use crate::error::Result;
use crate::state::App;

/// How many tenants wait to be read. One more is read when somebody looks at its settings again.
const WAITING: usize = 64;
/// Of how many tenants it is known that they were to be read today.
const KNOWN: usize = 10_000;

/// What is to be read ahead, and what is.
pub(super) struct Ahead {
    to: mpsc::Sender<TenantId>,
    waiting: tokio::sync::Mutex<mpsc::Receiver<TenantId>>,
    /// From which day on somebody wanted it already.
    wanted: Cache<TenantId, Option<Day>>,
    under_way: Mutex<Option<UnderWay>>,
}

/// A reading that goes on.
struct UnderWay {
    query: RollupQuery,
    so_far: watch::Receiver<Option<Past>>,
}

impl Default for Ahead {
    fn default() -> Self {
        let (to, waiting) = mpsc::channel(WAITING);
        Ahead {
            to,
            waiting: tokio::sync::Mutex::new(waiting),
            wanted: Cache::new(KNOWN),
            under_way: Mutex::default(),
        }
    }
}

impl Ahead {
    fn under_way(&self) -> MutexGuard<'_, Option<UnderWay>> {
        // Nobody can panic while holding it.
        self.under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Says that this is being read, until the place is given up.
    fn begin(&self, query: RollupQuery) -> Place<'_> {
        let (show, so_far) = watch::channel(None);
        *self.under_way() = Some(UnderWay { query, so_far });
        Place { ahead: self, show }
    }

    /// Waits until a reading of the same is over, if there is one, and passes on what it shows.
    pub(super) async fn join(&self, query: &RollupQuery, watching: &mut impl Watching) {
        let so_far = {
            let under_way = self.under_way();
            let same = under_way.as_ref().filter(|other| other.query == *query);
            same.map(|other| other.so_far.clone())
        };
        let Some(mut so_far) = so_far else {
            return;
        };
        // It ends with an error when the reading does.
        while so_far.changed().await.is_ok() {
            let past = so_far.borrow_and_update().clone();
            if let Some(past) = past.filter(|_| watching.watches()) {
                watching.see(past);
            }
        }
    }
}

/// The place of a reading that goes on. It is given up when that ends, or is ended.
struct Place<'a> {
    ahead: &'a Ahead,
    show: watch::Sender<Option<Past>>,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        *self.ahead.under_way() = None;
    }
}

impl Watching for watch::Sender<Option<Past>> {
    fn watches(&self) -> bool {
        // One is there for whoever comes.
        self.receiver_count() > 1
    }

    fn see(&mut self, past: Past) {
        self.send_replace(Some(past));
    }
}

impl App {
    /// Has the log of that tenant read ahead, unless that was wanted today already.
    pub(crate) fn expect_preview(&self, tenant: TenantId) {
        let ahead = &self.behaviours.ahead;
        let from = lately(tenant, INITIAL_DAYS, self.clock.now()).from;
        if ahead.wanted.get(&tenant) != Some(from) && ahead.to.try_send(tenant).is_ok() {
            ahead.wanted.insert(tenant, from);
        }
    }

    /// Reads ahead for as long as the server runs.
    pub async fn read_ahead(self) {
        let mut waiting = self.behaviours.ahead.waiting.lock().await;
        while let Some(tenant) = waiting.recv().await {
            if let Err(error) = self.read_one_ahead(tenant).await {
                let cause = error.cause.as_deref();
                tracing::warn!(%tenant, cause, "a sign-in log could not be read ahead");
            }
        }
    }

    async fn read_one_ahead(&self, tenant: TenantId) -> Result<()> {
        let query = lately(tenant, INITIAL_DAYS, self.clock.now());
        let behaviours = &self.behaviours;
        let mut place = {
            // Whoever is there reads it, and keeps it.
            let Some(Ok(_desk)) = behaviours.desk(tenant).map(|desk| desk.try_lock()) else {
                return Ok(());
            };
            if behaviours.kept(&query, INITIAL_DAYS).is_some() {
                return Ok(());
            }
            behaviours.ahead.begin(query)
        };
        let (until, past) = self.read(&query, &mut place.show).await?;
        behaviours.keep(&query, INITIAL_DAYS, Kept::new(query.from, until, past));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use jiff::Timestamp;

    use super::*;

    #[tokio::test]
    async fn whoever_comes_too_soon_gets_what_has_been_read_so_far_and_waits_for_the_end() {
        let [one, other] = [1, 2].map(TenantId::from_u128);
        let query = |tenant| lately(tenant, INITIAL_DAYS, Timestamp::UNIX_EPOCH);
        let ahead = Ahead::default();
        let mut place = ahead.begin(query(one));
        assert!(!place.show.watches());
        let (mut to, mut shown) = mpsc::channel::<Past>(1);
        ahead.join(&query(other), &mut ()).await;
        let (whole, mut nobody) = (query(one), ());
        let partner = RollupQuery {
            other: Some(other),
            ..whole
        };
        ahead.join(&partner, &mut nobody).await;
        let past = Past {
            others: Arc::new(BTreeSet::from([other])),
            ..Past::default()
        };
        let reading = async {
            while !place.show.watches() {
                tokio::task::yield_now().await;
            }
            place.show.see(past);
            assert!(shown.recv().await.unwrap().others.contains(&other));
            drop(place);
        };
        tokio::join!(ahead.join(&whole, &mut to), reading);
        assert!(ahead.under_way().is_none());
    }
}
