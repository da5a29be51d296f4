//! The report for code scanning: SARIF 2.1.0, one run, a rule for each check.

use posture::check::{Check, Severity};
use posture::finding::{Finding, Setting, Whom};
use serde_json::{Value, json};

use super::{Telling, uri};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// The word of SARIF happens to be ours.
const fn level(severity: Severity) -> &'static str {
    severity.as_str()
}

fn rule(check: &Check) -> Value {
    let text = format!("{}. Clauses: {}.", capital(check.what), check.clauses);
    json!({
        "id": check.name,
        "shortDescription": {"text": format!("{}.", capital(check.what))},
        "help": {"text": text},
        "defaultConfiguration": {"level": level(check.severity)},
    })
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + chars.as_str()
}

impl Telling<'_> {
    pub(super) fn sarif(&self) -> Value {
        let rules: Vec<Value> = self.wanted.iter().map(|check| rule(check)).collect();
        let findings = self.report.findings.iter();
        let results: Vec<Value> = findings.map(|found| self.result(found)).collect();
        let not_made = self.report.not_made.iter().map(|(check, missing)| {
            json!({
                "level": "note",
                "message": {"text": format!("not checked: {missing}")},
                "associatedRule": {"id": check.name, "index": self.index(check)},
            })
        });
        let notes = self.looked.change.notes.iter();
        let notes = notes.map(|note| json!({"level": "note", "message": {"text": note}}));
        let told: Vec<Value> = not_made.chain(notes).collect();
        json!({
            "$schema": SCHEMA,
            "version": "2.1.0",
            "runs": [{
                "tool": {"driver": {
                    "name": "comity",
                    "version": env!("CARGO_PKG_VERSION"),
                    "rules": rules,
                }},
                "invocations": [{
                    "executionSuccessful": true,
                    "toolExecutionNotifications": told,
                }],
                "results": results,
            }],
        })
    }

    fn index(&self, check: &Check) -> Option<usize> {
        self.wanted.iter().position(|wanted| *wanted == check)
    }

    fn result(&self, found: &Finding) -> Value {
        let path = self.path(found);
        let mut location = json!({"logicalLocations": [{
            "name": path.rsplit('/').next(),
            "fullyQualifiedName": path,
            "kind": "property",
        }]});
        let file = self.arguments.file(found.source.whom);
        if let Some(uri) = file.and_then(|file| uri(&file))
            && let Some(location) = location.as_object_mut()
        {
            let artifact = json!({"artifactLocation": {"uri": uri}});
            location.insert("physicalLocation".to_owned(), artifact);
        }
        json!({
            "ruleId": found.check.name,
            "ruleIndex": self.index(found.check),
            "level": level(found.check.severity),
            "message": {"text": format!("{}: {} Fix: {}", self.place(found), found.reason, found.fix)},
            "locations": [location],
            "partialFingerprints": {"comitySetting/v1": format!("{}/{path}", found.check.name)},
        })
    }

    /// The setting as a path that stays when names change.
    fn path(&self, found: &Finding) -> String {
        let tenant = self.looked.change.tenant;
        let whose = match found.source.whom {
            Whom::Everyone => format!("{tenant}/default"),
            Whom::Partner(partner) => format!("{tenant}/partners/{partner}"),
        };
        match found.source.setting {
            Setting::Entry => whose,
            setting => format!("{whose}/{}", setting.as_str()),
        }
    }
}
