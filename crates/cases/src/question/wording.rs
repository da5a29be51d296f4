//! How verdicts, reasons and ids are written in an answer.

use policy::decision::{Finding, Verdict};
use policy::reason::{Detail, Reason, Side};
use policy::resolve::Origin;
use policy::target::GroupId;
use serde_json::{Value, json};

/// The entry of another service in the audit log (S16.4).
pub(super) use graph::invitation::related;

/// The fields that every decision has.
pub(super) struct Decided<'a> {
    pub(super) verdict: Verdict,
    pub(super) reason: Reason,
    pub(super) side: Option<Side>,
    pub(super) detail: Option<Detail>,
    pub(super) origin: Option<Origin>,
    pub(super) findings: &'a [Finding],
}

impl Decided<'_> {
    /// The fields, after them those of the other object, and the findings last.
    pub(super) fn with(&self, more: Value) -> Value {
        let mut answer = json!({
            "decision": self.verdict.as_str(),
            "reason": self.reason.as_str(),
            "detail": word(self.detail.map(Detail::as_str)),
            "side": word(self.side.map(Side::as_str)),
            "source": word(self.origin.map(Origin::as_str)),
        });
        if let (Value::Object(answer), Value::Object(more)) = (&mut answer, more) {
            answer.extend(more);
            let findings = self.findings.iter().map(graph::decision::finding);
            answer.insert("findings".to_owned(), findings.collect());
        }
        answer
    }
}

/// A word, or null.
pub(super) fn word(word: Option<&str>) -> Value {
    word.map_or(Value::Null, Value::from)
}

/// Something that is written as text, or null.
pub(super) fn text(value: Option<impl ToString>) -> Value {
    value.map_or(Value::Null, |value| Value::from(value.to_string()))
}

/// Group ids.
pub(super) fn groups(groups: &[GroupId]) -> Value {
    groups.iter().map(|group| text(Some(group))).collect()
}
