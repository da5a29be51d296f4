//! The report for programs.

use posture::check::Severity;
use serde_json::{Map, Value, json};

use super::Telling;
use crate::logs;

impl Telling<'_> {
    pub(super) fn json(&self) -> Map<String, Value> {
        let findings = &self.report.findings;
        let counts = Severity::ALL.map(|severity| {
            let of = findings
                .iter()
                .filter(|found| found.check.severity == severity);
            (severity.as_str().to_owned(), of.count().into())
        });
        let not_checked = self.report.not_made.iter();
        let not_checked =
            not_checked.map(|(check, missing)| json!({"check": check.name, "missing": missing}));
        let mut whole = Map::new();
        let mut put = |name: &str, value: Value| whole.insert(name.to_owned(), value);
        put("tenantId", self.looked.change.tenant.to_string().into());
        put("counts", Value::Object(counts.into_iter().collect()));
        put(
            "findings",
            findings
                .iter()
                .map(|found| Value::Object(graph::posture::finding(found, self.names)))
                .collect(),
        );
        put("notChecked", not_checked.collect());
        put("notes", self.looked.change.notes.clone().into());
        put("read", self.read.map_or(Value::Null, logs::json));
        whole
    }
}
