//! One line of an exported audit log: the entry in Graph's form, and beside it what makes it
//! verifiable.
//!
//! `@comity.entry` is the entry as it is kept, byte by byte, which is what the chain is about; the
//! members of Graph are worked out from it again when a log is verified, so that a line cannot show
//! one thing and prove another.

use graph::query::Version;
use policy::tenant::TenantId;
use serde_json::{Map, Value};
use store::{AuditRow, Position, Sequence};

use crate::routes::directory_audits;

pub(super) const LOG: &str = "@comity.log";
pub(super) const POSITION: &str = "@comity.position";
pub(super) const LINK: &str = "@comity.link";
pub(super) const ENTRY: &str = "@comity.entry";

/// The name of a log: the id of its tenant, or `operator`.
pub fn log_name(log: Option<TenantId>) -> String {
    log.map_or_else(|| "operator".to_owned(), |tenant| tenant.to_string())
}

/// The log of that name.
pub(crate) fn log_of_name(name: &str) -> Option<Option<TenantId>> {
    match name {
        "operator" => Some(None),
        tenant => tenant.parse().ok().map(Some),
    }
}

/// A position as text: `12.0`.
pub(crate) fn position_text(position: Position) -> String {
    format!("{}.{}", position.sequence, position.entry)
}

/// The position of that text, if it is one in the form in which we write it.
pub(crate) fn position_of_text(text: &str) -> Option<Position> {
    let (sequence, entry) = text.split_once('.')?;
    let position = Position {
        sequence: Sequence(sequence.parse().ok()?),
        entry: entry.parse().ok()?,
    };
    (position_text(position) == text).then_some(position)
}

/// The line of an entry.
pub fn line(row: AuditRow) -> Value {
    let mut members = Map::new();
    let AuditRow {
        position,
        record,
        text,
        link,
    } = row;
    members.insert(LOG.to_owned(), log_name(record.tenant).into());
    members.insert(POSITION.to_owned(), position_text(position).into());
    members.insert(LINK.to_owned(), link.to_string().into());
    members.insert(ENTRY.to_owned(), text.into());
    match directory_audits::entry(record, Version::Beta) {
        Value::Object(mut shown) => {
            shown.append(&mut members);
            Value::Object(shown)
        }
        other => other,
    }
}
