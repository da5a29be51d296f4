//! Every answer that any test gets is held against the published description: the status is one
//! that the operation documents, of the kind it says, and the body has the form it says.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use axum::http::{HeaderMap, Method, Uri, header};
use jsonschema::{Registry, Resource, Validator};
use serde_json::{Value, json};

const DOCUMENT: &str = "https://comity.test/openapi.json";

/// Made once, each when it is first needed.
static VALIDATORS: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);

static REGISTRY: LazyLock<Registry<'static>> = LazyLock::new(|| {
    let document = Resource::from_contents(server::openapi().clone());
    let registry = Registry::new().add(DOCUMENT, document);
    registry.unwrap().prepare().unwrap()
});

/// Panics unless the answer is one that the description knows.
#[track_caller]
pub(crate) fn uphold(
    method: &Method,
    uri: &Uri,
    status: u16,
    headers: &HeaderMap,
    bytes: &[u8],
    body: &Value,
) {
    let asked = format!("{method} {uri}");
    let Some((path, operation)) = server::openapi_operation(method, uri) else {
        // Nothing is described there: nothing is there, or not with that method.
        let refused = matches!(status, 400 | 401 | 404 | 405);
        assert!(
            refused || *method == Method::HEAD || *method == Method::OPTIONS,
            "{asked} is not described, and was answered {status}"
        );
        return;
    };
    let responses = &operation["responses"];
    let response = &responses[status.to_string()];
    assert!(
        !response.is_null(),
        "{asked}: {status} is not documented: {body}"
    );
    let response = resolved(response);
    let Some(contents) = response["content"].as_object() else {
        assert!(
            bytes.is_empty(),
            "{asked}: {status} is documented without a body: {body}"
        );
        return;
    };
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.map_or("", |kind| kind.to_str().unwrap());
    let essence = kind.split(';').next().unwrap_or_default();
    let refusal_in_json = status >= 400 && essence == "application/json";
    let content = contents.get(essence);
    let content = content.or(contents.values().next().filter(|_| refusal_in_json));
    assert!(content.is_some(), "{asked}: {status} of the kind `{kind}`");
    let content = content.unwrap();
    let key = format!("{path} {method} {status} {essence}");
    let validator = validator(&key, &content["schema"]);
    let text;
    let body = match essence.ends_with("json") {
        true => body,
        false => {
            text = Value::from(String::from_utf8_lossy(bytes).into_owned());
            &text
        }
    };
    let wrong: Vec<String> = validator
        .iter_errors(body)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(
        wrong.is_empty(),
        "{asked}: {status}: {}\n{body}",
        wrong.join("\n")
    );
}

#[test]
#[should_panic(expected = "surprise")]
fn a_member_that_is_not_described_is_noticed() {
    let body = json!({"@odata.context": "x", "value": [{"id": "c1", "surprise": 1}]});
    let uri = "/v1.0/identity/conditionalAccess/authenticationContextClassReferences";
    answered(uri, 200, &body);
}

#[test]
#[should_panic(expected = "409 is not documented")]
fn a_status_that_is_not_described_is_noticed() {
    answered("/v1.0/users", 409, &json!({}));
}

#[test]
#[should_panic(expected = "is not described")]
fn an_address_that_is_not_described_is_noticed() {
    answered("/v1.0/nothing", 200, &json!({}));
}

fn answered(uri: &str, status: u16, body: &Value) {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, "application/json".parse().unwrap());
    let bytes = body.to_string().into_bytes();
    uphold(
        &Method::GET,
        &uri.parse().unwrap(),
        status,
        &headers,
        &bytes,
        body,
    );
}

/// What a reference into the description means.
fn resolved(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(place) => server::openapi()
            .pointer(place.trim_start_matches('#'))
            .unwrap(),
        None => value,
    }
}

fn validator(key: &str, schema: &Value) -> Arc<Validator> {
    let mut known = VALIDATORS
        .lock()
        .unwrap_or_else(|broken| broken.into_inner());
    if let Some(validator) = known.get(key) {
        return Arc::clone(validator);
    }
    let made = jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .with_registry(&REGISTRY)
        .should_validate_formats(true)
        .build(&absolute(schema))
        .unwrap();
    let made = Arc::new(made);
    known.insert(key.to_owned(), Arc::clone(&made));
    made
}

/// The schema with references that do not depend on where it stands.
fn absolute(schema: &Value) -> Value {
    match schema {
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| match value.as_str() {
                Some(place) if name == "$ref" => {
                    (name.clone(), json!(format!("{DOCUMENT}{place}")))
                }
                _ => (name.clone(), absolute(value)),
            });
            Value::Object(members.collect())
        }
        Value::Array(entries) => entries.iter().map(absolute).collect(),
        other => other.clone(),
    }
}
