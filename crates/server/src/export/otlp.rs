//! Rows as OpenTelemetry's logs: the body of `POST /v1/logs` in JSON (OTLP/HTTP).
//!
//! The body of a record is the row in Graph's form, as text, so that nothing is lost on the way; the
//! attributes are what one filters by before looking inside.

use serde_json::{Value, json};

use super::row::{Kind, Line};

/// Severities of OpenTelemetry's data model.
const INFO: (u8, &str) = (9, "INFO");
const WARN: (u8, &str) = (13, "WARN");

/// The body of a request.
pub(super) fn body(lines: &[Line]) -> Value {
    let scopes = [Kind::Audit, Kind::SignIn].into_iter().filter_map(|kind| {
        let records = lines.iter().filter(|line| line.kind == kind);
        let records: Vec<Value> = records.map(record).collect();
        (!records.is_empty()).then(|| {
            json!({
                "scope": {"name": kind.as_str(), "version": env!("CARGO_PKG_VERSION")},
                "logRecords": records,
            })
        })
    });
    json!({
        "resourceLogs": [{
            "resource": {"attributes": [attribute("service.name", "comity")]},
            "scopeLogs": scopes.collect::<Vec<Value>>(),
        }],
    })
}

fn record(line: &Line) -> Value {
    let (number, name) = if line.failed { WARN } else { INFO };
    // 64-bit numbers are texts in this JSON.
    let time = line.time.map_or(0, |time| time.as_nanoseconds().max(0));
    json!({
        "timeUnixNano": time.to_string(),
        "severityNumber": number,
        "severityText": name,
        "eventName": line.kind.as_str(),
        "body": {"stringValue": line.value.to_string()},
        "attributes": [
            attribute("log.record.uid", &line.id),
            attribute("comity.log", &line.log),
        ],
    })
}

fn attribute(key: &str, value: &str) -> Value {
    json!({"key": key, "value": {"stringValue": value}})
}

/// How many records a collector says that it did not keep, in an answer of success.
pub(super) fn rejected(answer: &Value) -> u64 {
    let rejected = answer.pointer("/partialSuccess/rejectedLogRecords");
    match rejected {
        Some(Value::String(text)) => text.parse().unwrap_or(0),
        Some(number) => number.as_u64().unwrap_or(0),
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::Moment;

    #[test]
    fn each_log_is_a_scope_and_each_row_a_record_with_its_id() {
        let line = |kind, id: &str, failed| Line {
            kind,
            log: "operator".to_owned(),
            id: id.to_owned(),
            time: Some(Moment::from_nanoseconds(5)),
            failed,
            value: json!({"id": id}),
        };
        let lines = [
            line(Kind::SignIn, "s1", true),
            line(Kind::Audit, "a1", false),
        ];
        let body = body(&lines);
        let scopes = &body["resourceLogs"][0]["scopeLogs"];
        assert_eq!(scopes[0]["scope"]["name"], "comity.audit");
        let record = &scopes[1]["logRecords"][0];
        assert_eq!(record["timeUnixNano"], "5");
        assert_eq!(record["severityText"], "WARN");
        assert_eq!(record["body"]["stringValue"], r#"{"id":"s1"}"#);
        assert_eq!(record["attributes"][0]["value"]["stringValue"], "s1");
    }

    #[test]
    fn a_collector_says_what_it_did_not_keep() {
        assert_eq!(rejected(&json!({})), 0);
        let said = json!({"partialSuccess": {"rejectedLogRecords": "3"}});
        assert_eq!(rejected(&said), 3);
    }
}
