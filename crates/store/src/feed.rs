//! What has changed since somebody last looked, and how to be woken when it does.

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use policy::tenant::TenantId;
use tokio::sync::watch;

use crate::catch_up::{CatchUp, Held};
use crate::error::Result;
use crate::revision::{Revision, Sequence};

/// A tenant about which decisions may differ from before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MovedTenant {
    /// Which.
    pub tenant: TenantId,
    /// The last write that concerned it.
    pub sequence: Sequence,
    /// How often its settings have been written.
    pub revision: Revision,
    /// The last write that concerned its people.
    pub people: Sequence,
}

/// Everything that decisions see and that has changed since a sequence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    /// How far this goes; ask from here the next time.
    pub until: Sequence,
    /// The tenants, each once, in the order in which they changed last.
    pub tenants: Vec<MovedTenant>,
    /// The new revision of the shared facts, if they have changed.
    pub facts: Option<Revision>,
}

/// Tells what has changed.
#[async_trait]
pub trait Feed: Send + Sync {
    /// The sequence of the latest write. Also the cheapest way to learn whether the database answers.
    async fn sequence(&self) -> Result<Sequence>;

    /// What has changed after that sequence. Complete up to `until`: nothing that becomes visible
    /// later has a number below. `Sequence(0)` asks for everything.
    async fn moved_since(&self, sequence: Sequence) -> Result<Moved>;

    /// Reads what somebody lacks who has as much of these tenants, or nothing yet: all of one moment.
    /// Whoever puts it on what they have has what [`crate::Settings::world`] would read.
    async fn catch_up(&self, tenants: &[(TenantId, Option<Held>)]) -> Result<CatchUp>;

    /// Wakes whenever something may have changed. A wake may be for nothing, and one may be lost
    /// when the database is; so whoever must not miss anything asks [`Feed::moved_since`] now and
    /// then all the same.
    fn watch(&self) -> Watch;
}

/// Waits for changes.
#[derive(Clone, Debug)]
pub struct Watch(watch::Receiver<u64>);

impl Watch {
    /// Waits until something may have changed since the last call, or since the watch was made.
    /// `false` means that the store has been closed and nothing more will be told.
    pub async fn changed(&mut self) -> bool {
        self.0.changed().await.is_ok()
    }
}

/// Wakes the watches.
#[derive(Debug)]
pub(crate) struct Bell(Mutex<Option<watch::Sender<u64>>>);

impl Bell {
    pub(crate) fn new() -> Self {
        Bell(Mutex::new(Some(watch::Sender::new(0))))
    }

    pub(crate) fn ring(&self) {
        if let Some(sender) = self.sender().as_ref() {
            sender.send_modify(|count| *count = count.wrapping_add(1));
        }
    }

    pub(crate) fn watch(&self) -> Watch {
        let watch = self.sender().as_ref().map(watch::Sender::subscribe);
        // Without a sender: a watch that says at once that nothing more will be told.
        Watch(watch.unwrap_or_else(|| watch::channel(0).1))
    }

    /// Nothing more will be told.
    pub(crate) fn close(&self) {
        self.sender().take();
    }

    fn sender(&self) -> MutexGuard<'_, Option<watch::Sender<u64>>> {
        // Nobody can panic while holding it, and a count cannot be half written anyway.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
