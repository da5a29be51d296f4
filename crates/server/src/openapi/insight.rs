//! What settings do, and what another one would: previews, exact differences, findings, activity.

use graph::schema::{
    flag, guid, list, named, number, object, or_null, short_list, text, with, words,
};
use serde_json::{Value, json};

use super::operation::{Operation, Wire};
use super::{answer, parameter};
use crate::access::own as rights;

/// All of them.
pub(super) fn operations() -> Vec<Operation> {
    let of = |id, right| Operation::of(id, Wire::Own, right);
    let query = parameter::query;
    vec![
        of("preview", &rights::PREVIEW)
            .reads(named("draft"))
            .answers(200, previews()),
        of("difference", &rights::DIFFERENCE)
            .reads(named("draftAlone"))
            .answers(200, told("difference")),
        of("lint", &rights::LINT)
            .reads(named("perhapsDraft"))
            .answers(200, told("lint")),
        of("get_activity", &rights::ACTIVITY)
            .takes(query(
                "days",
                json!({"type": "integer", "minimum": 1, "maximum": 90}),
                "The last so many days; 30 if left out.",
            ))
            .takes(query(
                "direction",
                words(["inbound", "outbound"]),
                "One direction alone.",
            ))
            .takes(query("tenantId", guid(), "One other tenant alone."))
            .takes(query("applicationId", guid(), "One application alone."))
            .takes(query("userId", guid(), "One user alone."))
            .takes(query(
                "status",
                words(["success", "failure"]),
                "One outcome alone.",
            ))
            .answers(200, told("activity")),
    ]
}

/// What they consist of.
pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    let requests = || json!({"type": "array", "minItems": 1, "maxItems": 1000, "items": request()});
    let any_requests = json!({"type": "array", "maxItems": 1000, "items": request()});
    vec![
        ("draft", with(draft(), &["requests"])),
        (
            "draftAlone",
            with(object(&[("requests", requests())]), &["requests"]),
        ),
        ("perhapsDraft", object(&[("requests", any_requests)])),
        ("preview", previewed()),
        ("difference", difference()),
        ("lint", lint()),
        ("activity", activity()),
    ]
}

fn told(schema: &str) -> Value {
    answer::json("What there is.", named(schema))
}

fn count() -> Value {
    json!({"type": "integer", "minimum": 0})
}

fn things() -> Value {
    list(json!({"type": "object"}))
}

fn difference() -> Value {
    object(&[
        ("tenantId", guid()),
        ("equal", flag()),
        ("regions", things()),
        ("switches", things()),
        ("redemptionOrder", json!({"type": ["object", "null"]})),
        ("partnersAdded", list(guid())),
        ("partnersRemoved", list(guid())),
        ("cloudsEnabled", list(text())),
        ("cloudsDisabled", list(text())),
    ])
}

fn lint() -> Value {
    let finding = object(&[
        ("check", text()),
        ("severity", words(["error", "warning", "note"])),
        ("clauses", short_list(text(), 100)),
        ("source", json!({"type": "object"})),
        ("reason", text()),
        ("fix", text()),
        ("witness", json!({"type": ["object", "null"]})),
        ("isNew", flag()),
    ]);
    let not_checked = object(&[("check", text()), ("missing", text())]);
    object(&[
        ("tenantId", guid()),
        ("findings", list(finding.clone())),
        ("settled", list(finding)),
        ("notChecked", list(not_checked)),
    ])
}

fn activity() -> Value {
    let tally = |members: &[(&str, Value)]| {
        let mut all = members.to_vec();
        all.extend([
            ("inbound", count()),
            ("outbound", count()),
            ("failed", count()),
            ("users", count()),
            ("applications", count()),
            ("last", or_null(text())),
        ]);
        object(&all)
    };
    let tenant = [("tenantId", guid()), ("displayName", text())];
    let outcome = object(&[
        ("errorCode", number()),
        ("signIns", count()),
        ("reasons", list(text())),
    ]);
    object(&[
        ("tenantId", guid()),
        ("from", or_null(text())),
        ("total", tally(&[])),
        ("days", list(tally(&[("date", text())]))),
        ("tenants", list(tally(&tenant))),
        (
            "applications",
            list(tally(&[
                ("applicationId", or_null(guid())),
                ("displayName", or_null(text())),
            ])),
        ),
        (
            "users",
            list(tally(&[
                ("userId", or_null(guid())),
                ("userPrincipalName", or_null(text())),
            ])),
        ),
        ("outcomes", list(outcome)),
        ("unusedPartners", list(object(&tenant))),
    ])
}

fn request() -> Value {
    let request = object(&[
        ("method", words(["PATCH", "POST", "PUT", "DELETE"])),
        ("url", text()),
        ("body", json!({"type": "object"})),
    ]);
    with(request, &["method", "url"])
}

/// The preview; or, for whoever accepts lines, what is known so far and at last the same.
fn previews() -> Value {
    let mut answer = told("preview");
    let line = json!({
        "type": "string",
        "description": "A line of JSON for what is known so far, with `complete` false, as often as it is \
            worth it; the last one is the preview, with `complete` true, or says why there is none.",
    });
    if let Some(content) = answer
        .pointer_mut("/content")
        .and_then(Value::as_object_mut)
    {
        content.insert("application/x-ndjson".to_owned(), json!({"schema": line}));
    }
    answer
}

fn draft() -> Value {
    object(&[
        (
            "requests",
            json!({"type": "array", "minItems": 1, "maxItems": 1000, "items": request()}),
        ),
        (
            "days",
            json!({"type": ["integer", "null"], "minimum": 1, "maximum": 90}),
        ),
        ("tenantId", or_null(guid())),
    ])
}

fn previewed() -> Value {
    let counts = || {
        object(&[
            ("closes", count()),
            ("stepsUp", count()),
            ("opens", count()),
            ("eases", count()),
        ])
    };
    object(&[
        ("tenantId", guid()),
        ("signIns", count()),
        ("certain", counts()),
        ("conditional", counts()),
        ("unchanged", count()),
        ("groups", list(json!({"type": "object"}))),
        ("notJudged", list(json!({"type": "object"}))),
        ("coverage", json!({"type": "object"})),
    ])
}
