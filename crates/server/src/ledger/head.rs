//! Statements about a log: where it ends, and what was pruned from it.

use jiff::Timestamp;
use policy::tenant::TenantId;
use serde_json::{Value, json};
use store::{AuditRecord, Checkpoint, Initiator, Link, Moment, Position, Store, Target};
use sts::StatementKey;

use super::line::{log_name, log_of_name, position_of_text, position_text};
use super::{CHECKPOINT, HEAD};
use crate::clock::moment;
use crate::ledger::public_keys;

/// A place in a log, with everything before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) log: Option<TenantId>,
    pub(super) position: Position,
    pub(super) link: Link,
}

impl Place {
    fn said(&self, now: Timestamp) -> Value {
        json!({
            "log": log_name(self.log),
            "position": position_text(self.position),
            "link": self.link.to_string(),
            "time": now.to_string(),
        })
    }

    pub(super) fn of_said(said: &Value) -> Option<Self> {
        let text = |name: &str| said.get(name).and_then(Value::as_str);
        Some(Place {
            log: log_of_name(text("log")?)?,
            position: position_of_text(text("position")?)?,
            link: text("link")?.parse().ok()?,
        })
    }
}

/// The signed end of a log as it is now, with everything that is needed to check an export of the
/// log against it: the signed checkpoints of what was pruned, and the public keys.
pub async fn head(
    store: &dyn Store,
    key: &StatementKey,
    log: Option<TenantId>,
    now: Timestamp,
) -> store::Result<Value> {
    let end = store.audit_head(log).await?;
    let place = Place {
        log,
        position: end.position,
        link: end.link,
    };
    let mut said = place.said(now);
    if let Some(members) = said.as_object_mut() {
        members.insert("entries".to_owned(), end.entries.into());
    }
    let checkpoints = store.checkpoints(log).await?.into_iter();
    let checkpoints: Vec<String> = checkpoints.map(|checkpoint| checkpoint.statement).collect();
    let keys = public_keys(store).await?;
    let keys: Vec<Value> = keys.iter().map(|key| key.jwk()).collect();
    Ok(json!({
        "statement": said,
        "head": key.sign(HEAD, &said),
        "checkpoints": checkpoints,
        "keys": keys,
    }))
}

/// What was pruned from a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pruned {
    /// How many entries.
    pub entries: u64,
    /// The signed checkpoint that stays in their place.
    pub checkpoint: String,
}

/// Drops the beginning of a log that is older than that moment as a whole, and leaves a signed
/// checkpoint about it. `None`: there is nothing so old.
pub async fn prune(
    store: &dyn Store,
    key: &StatementKey,
    log: Option<TenantId>,
    before: Moment,
    now: Timestamp,
    by: &Initiator,
) -> store::Result<Option<Pruned>> {
    let Some(last) = store.audit_before(log, before).await? else {
        return Ok(None);
    };
    let place = Place {
        log,
        position: last.position,
        link: last.link,
    };
    let checkpoint = Checkpoint {
        tenant: log,
        until: last.position.sequence,
        time: moment(now),
        statement: key.sign(CHECKPOINT, &place.said(now)),
    };
    let entries = store.prune_audit(&checkpoint).await?;
    store
        .append_audit(&[record(&place, entries, now, by)])
        .await?;
    Ok(Some(Pruned {
        entries,
        checkpoint: checkpoint.statement,
    }))
}

/// The entry about it, in the operator's log: who pruned is known for longer than what was pruned.
fn record(place: &Place, entries: u64, now: Timestamp, by: &Initiator) -> AuditRecord {
    let details = [
        ("log", log_name(place.log)),
        ("until", position_text(place.position)),
        ("entries", entries.to_string()),
    ];
    AuditRecord {
        id: sts::random::guid(),
        tenant: None,
        time: moment(now),
        correlation: sts::random::guid(),
        initiator: by.clone(),
        service: "Comity".to_owned(),
        category: "AuditLog".to_owned(),
        activity: "Prune audit log".to_owned(),
        operation: "Delete".to_owned(),
        failure: None,
        target: Target {
            kind: "AuditLog".to_owned(),
            id: place.log.map(|tenant| tenant.to_string()),
            display_name: None,
            user_principal_name: None,
        },
        modified: Vec::new(),
        details: details.map(|(name, value)| (name.to_owned(), value)).into(),
        user_agent: None,
    }
}
