//! How long the logs are kept. What is older goes once an hour: from the sign-in logs without a
//! trace (their rollup stays), from the provisioning logs as well, from the audit logs with a signed
//! checkpoint in its place. Codes and sessions that are over go with them.

use std::time::Duration;

use jiff::Timestamp;
use store::{Initiator, Moment, Who};

use crate::clock::moment;
use crate::ledger;
use crate::state::App;

/// How often.
const EVERY: Duration = Duration::from_secs(3600);
const DAY: i128 = 86_400_000_000_000;

/// For how many days; `None` is for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retention {
    /// The audit logs, and the provisioning logs.
    pub audit_days: Option<u32>,
    /// The sign-in logs.
    pub sign_in_days: Option<u32>,
}

fn before(now: Timestamp, days: u32) -> Moment {
    Moment::from_nanoseconds(moment(now).as_nanoseconds() - i128::from(days) * DAY)
}

impl App {
    /// Drops what is too old, for as long as the server runs.
    pub async fn retain(self, retention: Retention) {
        if let Some(days) = retention.sign_in_days {
            self.behaviours.rows_are_kept_for(days);
        }
        loop {
            if let Err(error) = self.retain_once(retention).await {
                tracing::warn!(error = %error, "old rows of the logs could not be dropped");
            }
            tokio::time::sleep(EVERY).await;
        }
    }

    /// Drops what is too old by now.
    pub async fn retain_once(&self, retention: Retention) -> store::Result<()> {
        let now = self.clock.now();
        let passes = self.store.forget_passes(moment(now)).await?;
        tracing::debug!(passes, "codes and sessions that were over were dropped");
        if let Some(days) = retention.sign_in_days {
            let rows = self.store.forget_sign_ins(before(now, days)).await?;
            tracing::debug!(rows, "old sign-ins were dropped");
        }
        if let Some(days) = retention.audit_days {
            let rows = self.store.forget_provisioning(before(now, days)).await?;
            tracing::debug!(rows, "old rows of provisioning logs were dropped");
        }
        let key = self.statements.load_full();
        let (Some(days), Some(key)) = (retention.audit_days, key) else {
            return Ok(());
        };
        let by = Initiator {
            who: Who::System,
            address: None,
            channel: None,
        };
        for log in self.store.audit_logs().await? {
            ledger::prune(&*self.store, &key, log, before(now, days), now, &by).await?;
        }
        Ok(())
    }
}
