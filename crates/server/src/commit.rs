//! A commit, as every write of the server makes it: one writer of a tenant at a time, judged again
//! when somebody else was faster, and seen by decisions before it is answered.

use policy::tenant::TenantId;
use store::{AuditRecord, AuditedChange, Change, Committed, Initiator, Occasion, Snapshot, Stamp};
use tokio::sync::MutexGuard;

use crate::clock::moment;
use crate::context::Context;
use crate::error::{ApiError, Result};
use crate::state::App;

/// How often a write is judged again because somebody else was faster.
const TRIES: usize = 16;

/// What an attempt came to; the error inside is that somebody else was faster.
pub(crate) type Attempt<T> = Result<std::result::Result<T, store::Error>>;

/// The turn of one writer of a tenant: the others wait, those in other processes are only noticed at
/// the commit.
pub(crate) struct Turn<'a> {
    _writer: Option<MutexGuard<'a, ()>>,
    left: usize,
}

impl<'a> Turn<'a> {
    /// Waits for the turn.
    pub(crate) async fn of(app: &'a App, tenant: TenantId) -> Self {
        Turn {
            _writer: app.writer(tenant).await,
            left: TRIES,
        }
    }

    /// Whether to judge again after that conflict.
    pub(crate) fn again(&mut self, conflict: store::Error) -> Result<()> {
        self.left = self.left.saturating_sub(1);
        match self.left {
            0 => Err(conflict.into()),
            _ => Ok(()),
        }
    }
}

/// Who changes something and when.
pub(crate) fn stamp(context: &Context, initiator: Initiator) -> Stamp {
    Stamp {
        id: sts::random::guid(),
        time: moment(context.received),
        initiator,
        reason: context.reason.clone(),
    }
}

/// What an audit entry says about the request it comes from.
pub(crate) fn occasion(context: &Context, initiator: Initiator) -> Occasion {
    Occasion {
        id: sts::random::guid(),
        time: moment(context.received),
        correlation: context.correlation(),
        initiator,
        user_agent: context.user_agent.clone(),
    }
}

/// Commits what was judged on the snapshot.
pub(crate) async fn commit(
    app: &App,
    snapshot: &Snapshot,
    stamp: Stamp,
    changes: impl IntoIterator<Item = Change>,
    audit: Vec<AuditRecord>,
) -> Attempt<Committed> {
    let change = AuditedChange::new(snapshot, stamp, changes, audit).map_err(ApiError::internal)?;
    let asked = app.clock.now();
    let _under_way = app.effective.committing();
    // While the disk is waited for, memory is made ready.
    let (committed, ahead) = tokio::join!(
        biased;
        app.store.commit(&change),
        async { app.effective.ahead(&change) },
    );
    let committed = match committed {
        Ok(committed) => committed,
        Err(error @ store::Error::Conflict { .. }) => return Ok(Err(error)),
        Err(
            error @ store::Error::Unavailable {
                outage: store::Outage::Lost,
                ..
            },
        ) => return Err(ApiError::unknown_end(error)),
        Err(error) => return Err(error.into()),
    };
    // Whoever gets the answer may ask for a decision next.
    let until = committed.sequence;
    let followed = app.effective.follow(&change, until, ahead, asked);
    if !followed.await
        && let Err(error) = app.effective.refresh(&[]).await
    {
        // No failure of the write, which is kept; the follower brings memory up to date.
        tracing::warn!(error = %error, "a commit could not be read back");
    }
    Ok(Ok(committed))
}
