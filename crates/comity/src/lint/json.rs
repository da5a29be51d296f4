//! The report for programs.

use policy::explain::Names;
use posture::check::Severity;
use posture::finding::{Finding, Setting, Whom};
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
            findings.iter().map(|found| self.finding(found)).collect(),
        );
        put("notChecked", not_checked.collect());
        put("notes", self.looked.change.notes.clone().into());
        put("read", self.read.map_or(Value::Null, logs::json));
        whole
    }

    fn finding(&self, found: &Finding) -> Value {
        let partner = match found.source.whom {
            Whom::Everyone => None,
            Whom::Partner(partner) => Some(partner),
        };
        let setting = match found.source.setting {
            Setting::Entry => None,
            setting => Some(setting.as_str()),
        };
        let witness = found.witness.as_ref().map(|(block, witness)| {
            json!({"section": block.as_str(), "request": graph::preview::witness(witness)})
        });
        json!({
            "check": found.check.name,
            "severity": found.check.severity.as_str(),
            "clauses": found.check.clauses.split(", ").collect::<Vec<_>>(),
            "source": {
                "configuration": if partner.is_some() { "partner" } else { "default" },
                "partner": partner.map(|partner| partner.to_string()),
                "displayName": partner.map(|partner| self.names.tenant(partner)),
                "setting": setting,
                "origin": found.source.origin.as_str(),
            },
            "reason": found.reason,
            "fix": found.fix,
            "witness": witness,
        })
    }
}
