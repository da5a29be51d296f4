//! What an export has delivered, and which replica is delivering: one small value in the store.
//!
//! It is written with its revision, so of two replicas that believe they hold it one finds out at
//! the next note. Until then both may deliver the same rows, and none is lost.

use std::collections::BTreeMap;
use std::time::Duration;

use policy::tenant::TenantId;
use serde::{Deserialize, Serialize};
use store::{Arrival, Position, Revision, Store};

use super::ExportError;
use crate::clock::Clock;
use crate::ledger::line::{position_of_text, position_text};

/// Up to where everything has been delivered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) audit: Option<Position>,
    pub(super) sign_ins: BTreeMap<TenantId, Arrival>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Written {
    holder: String,
    /// Milliseconds since 1970.
    until: i64,
    #[serde(default)]
    audit: Option<String>,
    #[serde(default)]
    sign_ins: BTreeMap<String, u64>,
}

/// The value, as far as this process knows it.
pub(super) struct Lease {
    name: String,
    holder: String,
    length: Duration,
    clock: Clock,
    /// `None`: it has to be read again.
    known: Option<Known>,
}

struct Known {
    revision: Revision,
    mark: Mark,
    /// Until when it is ours, in nanoseconds.
    until: i128,
}

impl Lease {
    pub(super) fn new(name: &str, length: Duration, clock: Clock) -> Self {
        Lease {
            name: format!("export/{name}"),
            holder: sts::random::guid().to_string(),
            length,
            clock,
            known: None,
        }
    }

    /// What has been delivered, if it is ours to go on; `None` if it is another replica's.
    pub(super) async fn hold(&mut self, store: &dyn Store) -> Result<Option<Mark>, ExportError> {
        let now = self.clock.now().as_nanosecond();
        let half = i128::try_from(self.length.as_nanos() / 2).unwrap_or(0);
        if let Some(known) = &self.known
            && known.until - now > half
        {
            return Ok(Some(known.mark.clone()));
        }
        let stored = store.value(&self.name).await?;
        let revision = stored
            .as_ref()
            .map_or(Revision(0), |stored| stored.revision);
        let written: Written = match &stored {
            Some(stored) => serde_json::from_str(&stored.text).map_err(|_| ExportError::Mark)?,
            None => Written::default(),
        };
        if written.holder != self.holder && i128::from(written.until) * MILLISECOND > now {
            self.known = None;
            return Ok(None);
        }
        let mark = read(&written)?;
        self.write(store, revision, mark.clone()).await?;
        Ok(Some(mark))
    }

    /// Notes what has been delivered.
    pub(super) async fn note(&mut self, store: &dyn Store, mark: Mark) -> Result<(), ExportError> {
        let Some(known) = self.known.take() else {
            return Ok(());
        };
        self.write(store, known.revision, mark).await
    }

    async fn write(
        &mut self,
        store: &dyn Store,
        expected: Revision,
        mark: Mark,
    ) -> Result<(), ExportError> {
        self.known = None;
        let length = i128::try_from(self.length.as_nanos()).unwrap_or(0);
        let until = self.clock.now().as_nanosecond() + length;
        let written = Written {
            holder: self.holder.clone(),
            until: i64::try_from(until / MILLISECOND).unwrap_or(i64::MAX),
            audit: mark.audit.map(position_text),
            sign_ins: mark
                .sign_ins
                .iter()
                .map(|(tenant, arrival)| (tenant.to_string(), arrival.0))
                .collect(),
        };
        let text = serde_json::to_string(&written).map_err(|_| ExportError::Mark)?;
        let revision = store.put_value(&self.name, expected, &text).await?;
        self.known = Some(Known {
            revision,
            mark,
            until,
        });
        Ok(())
    }
}

const MILLISECOND: i128 = 1_000_000;

fn read(written: &Written) -> Result<Mark, ExportError> {
    let audit = written.audit.as_deref().map(position_of_text);
    let audit = match audit {
        Some(None) => return Err(ExportError::Mark),
        Some(position) => position,
        None => None,
    };
    let sign_ins = written.sign_ins.iter().map(|(tenant, arrival)| {
        let tenant = tenant.parse().map_err(|_| ExportError::Mark)?;
        Ok((tenant, Arrival(*arrival)))
    });
    Ok(Mark {
        audit,
        sign_ins: sign_ins.collect::<Result<_, ExportError>>()?,
    })
}
