//! Answers and refusals, in the words of each wire.

use graph::schema::{list, named, object, text, with};
use serde_json::{Map, Value, json};

use super::operation::Wire;

/// JSON of that form.
pub(super) fn json(sentence: &str, schema: Value) -> Value {
    of("application/json", sentence, schema)
}

/// JSON of that form, as SCIM calls it.
pub(super) fn scim(sentence: &str, schema: Value) -> Value {
    of("application/scim+json", sentence, schema)
}

/// An answer of that kind and form.
pub(super) fn of(kind: &str, sentence: &str, schema: Value) -> Value {
    json!({"description": sentence, "content": {kind: {"schema": schema}}})
}

/// No body.
pub(super) fn empty(sentence: &str) -> Value {
    json!({"description": sentence})
}

/// An entry of that name, and its ETag.
pub(super) fn entity(name: &str) -> Value {
    let mut answer = json("The entry.", named(name));
    if let Some(members) = answer.as_object_mut() {
        let tag = json!({"$ref": "#/components/headers/ETag"});
        members.insert("headers".to_owned(), json!({"ETag": tag}));
    }
    answer
}

/// A new entry of that name, and where it is.
pub(super) fn created(name: &str) -> Value {
    let mut answer = json("The new entry.", named(name));
    if let Some(members) = answer.as_object_mut() {
        let place = json!({"$ref": "#/components/headers/Location"});
        members.insert("headers".to_owned(), json!({"Location": place}));
    }
    answer
}

/// Why something is refused, by its status.
const REFUSALS: [(u16, &str); 18] = [
    (
        400,
        "The body, the address or the query cannot be read, or a rule refuses what is written.",
    ),
    (
        401,
        "There is no token, or one that is not believed; or the action is protected (S14.4).",
    ),
    (
        403,
        "A permission, a role or a licence is missing, or a rule of the tenant says no.",
    ),
    (
        404,
        "There is no such entry, or none that this caller may know of.",
    ),
    (405, "The method is not offered here."),
    (408, "The request did not arrive in time."),
    (409, "There is one already."),
    (
        412,
        "The entry is not the one that `If-Match` names, or what is there stands in the way.",
    ),
    (413, "The body is too large."),
    (414, "The address is longer than what is read."),
    (
        415,
        "The body is in another format, or compressed in another way than by gzip.",
    ),
    (424, "A request that it depends on failed."),
    (
        429,
        "The operator does not allow so many requests; nothing was changed.",
    ),
    (431, "The headers are larger than what is read."),
    (500, "Something went wrong here."),
    (501, "This is not offered."),
    (
        503,
        "The settings cannot be reached or changed now; nothing was changed.",
    ),
    (304, "It is what is known."),
];

fn prefix(wire: Wire) -> &'static str {
    match wire {
        Wire::Graph | Wire::Beta | Wire::Own => "refused",
        Wire::AuthZen => "authzen",
        Wire::Scim => "scim",
        Wire::OAuth => "oauth",
    }
}

/// The refusal with that status on that wire.
pub(super) fn refusal(wire: Wire, status: u16) -> Value {
    json!({"$ref": format!("#/components/responses/{}.{status}", prefix(wire))})
}

/// Every refusal on every wire.
pub(super) fn refusals() -> Map<String, Value> {
    let wires = [
        (Wire::Graph, "error"),
        (Wire::AuthZen, "authzenError"),
        (Wire::Scim, "scimError"),
        (Wire::OAuth, "oauthError"),
    ];
    let mut all = Map::new();
    for (wire, schema) in wires {
        for (status, sentence) in REFUSALS {
            let mut answer = match status {
                // What is not even read is answered without words.
                414 | 431 => empty(sentence),
                _ => json(sentence, named(schema)),
            };
            let headers = match status {
                401 => {
                    json!({"WWW-Authenticate": {"$ref": "#/components/headers/WWW-Authenticate"}})
                }
                429 | 503 => json!({"Retry-After": {"$ref": "#/components/headers/Retry-After"}}),
                _ => Value::Null,
            };
            if let (false, Some(members)) = (headers.is_null(), answer.as_object_mut()) {
                members.insert("headers".to_owned(), headers);
            }
            all.insert(format!("{}.{status}", prefix(wire)), answer);
        }
    }
    all
}

/// Headers of answers.
pub(super) fn headers() -> Value {
    let header = |sentence: &str| json!({"description": sentence, "schema": {"type": "string"}});
    json!({
        "ETag": header("What `If-Match` and `If-None-Match` name."),
        "Location": header("Where the new entry is."),
        "Retry-After": header("After how many seconds it is worth another try."),
        "WWW-Authenticate": header("Where to get a token, and the claims that it must have."),
    })
}

/// What refusals look like.
pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    let detail = object(&[("code", text()), ("message", text()), ("target", text())]);
    let inner = object(&[
        ("date", text()),
        ("request-id", text()),
        ("client-request-id", text()),
        ("code", text()),
        ("status", text()),
        ("message", text()),
    ]);
    let error = object(&[
        ("code", text()),
        ("message", text()),
        ("target", text()),
        ("details", list(with(detail, &["code", "message"]))),
        (
            "innerError",
            with(inner, &["date", "request-id", "client-request-id"]),
        ),
    ]);
    let error = with(error, &["code", "message", "innerError"]);
    let authzen = object(&[("status", json!({"type": "integer"})), ("message", text())]);
    let scim = object(&[
        ("schemas", list(text())),
        ("status", text()),
        ("detail", text()),
        ("scimType", text()),
        ("reason", text()),
    ]);
    let oauth = object(&[
        ("error", text()),
        ("error_description", text()),
        ("error_codes", list(json!({"type": "integer"}))),
        ("timestamp", text()),
        ("trace_id", text()),
        ("correlation_id", text()),
    ]);
    vec![
        ("error", with(object(&[("error", error)]), &["error"])),
        (
            "authzenError",
            with(
                object(&[("error", with(authzen, &["status", "message"]))]),
                &["error"],
            ),
        ),
        ("scimError", with(scim, &["schemas", "status", "detail"])),
        (
            "oauthError",
            with(oauth, &["error", "error_description", "error_codes"]),
        ),
    ]
}
