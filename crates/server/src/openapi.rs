//! The description of every operation, as OpenAPI: made from what the server itself goes by, which
//! are the rights by which it lets callers in, the shapes by which it reads queries, and the schemas
//! of what it renders.
//!
//! It is made once, served at `/openapi.json`, and kept in `docs/openapi.json`, so that a change of
//! the contract shows where changes are reviewed.

mod answer;
mod governance;
mod insight;
mod openid;
mod operation;
mod others;
mod own;
mod parameter;
mod people;
mod settings;
mod synchronization;
mod tenant;

use std::sync::LazyLock;

use axum::body::Bytes;
use axum::http::{HeaderValue, Method, Uri, header};
use axum::response::{IntoResponse, Response};
use graph::schema::{self, list, named, object, text, with};
use serde_json::{Map, Value, json};

use self::operation::Operation;
use crate::path;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| sorted(make()));
static TEXT: LazyLock<Bytes> = LazyLock::new(|| Bytes::from(DOCUMENT.to_string()));

/// The description.
pub fn document() -> &'static Value {
    &DOCUMENT
}

/// `/openapi.json`.
pub(crate) async fn get_document() -> Response {
    let kind = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, kind)], TEXT.clone()).into_response()
}

/// All operations.
fn operations() -> Vec<Operation> {
    let areas = [
        settings::operations(),
        people::operations(),
        tenant::operations(),
        governance::operations(),
        openid::operations(),
        own::operations(),
        insight::operations(),
        synchronization::operations(),
        others::operations(),
    ];
    areas.into_iter().flatten().collect()
}

fn make() -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for operation in operations() {
        for (path, method, said) in operation.described() {
            let item = paths.entry(path).or_insert_with(|| json!({}));
            if let Some(methods) = item.as_object_mut() {
                methods.insert(method.to_ascii_lowercase(), said);
            }
        }
    }
    let mut schemas = schema::all();
    let collections: Vec<(String, Value)> = schema::ENTITIES
        .iter()
        .map(|entity| {
            (
                format!("{}Collection", entity.name),
                collection(entity.name),
            )
        })
        .collect();
    schemas.extend(collections);
    let others = [
        answer::schemas(),
        openid::schemas(),
        own::schemas(),
        insight::schemas(),
        synchronization::schemas(),
        others::schemas(),
    ];
    let others = others.into_iter().flatten();
    schemas.extend(others.map(|(name, schema)| (name.to_owned(), schema)));
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Comity",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Cross-tenant access settings over the Graph wire, and decisions made from them.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "parameters": parameter::all(&schema::ENTITIES),
            "responses": answer::refusals(),
            "headers": answer::headers(),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
            },
        },
    })
}

fn collection(name: &str) -> Value {
    let page = object(&[
        ("@odata.context", text()),
        ("@odata.count", json!({"type": "integer", "minimum": 0})),
        (
            "@odata.nextLink",
            json!({"type": "string", "format": "uri"}),
        ),
        ("value", list(named(name))),
    ]);
    with(page, &["@odata.context", "value"])
}

/// With the members of every object in alphabetical order.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<(String, Value)> = members.into_iter().collect();
            members.sort_by(|(a, _), (b, _)| a.cmp(b));
            let members = members.into_iter();
            Value::Object(members.map(|(name, value)| (name, sorted(value))).collect())
        }
        Value::Array(entries) => entries.into_iter().map(sorted).collect(),
        other => other,
    }
}

/// Addresses as the router spells them, each with the operations there.
static OPERATIONS: LazyLock<Vec<(Vec<String>, &'static str)>> = LazyLock::new(|| {
    let paths = document().get("paths").and_then(Value::as_object);
    let paths = paths.into_iter().flatten();
    let known = paths.filter_map(|(path, _)| Some((segments(path)?, path.as_str())));
    known.collect()
});

/// Which operation of the description a request is: its path there, and itself.
pub fn operation_at(method: &Method, uri: &Uri) -> Option<(&'static str, &'static Value)> {
    let asked = segments(uri.path())?;
    let fits = |known: &[String]| {
        let pairs = known.iter().zip(&asked);
        known.len() == asked.len()
            && pairs
                .into_iter()
                .all(|(known, asked)| is_placeholder(known) || known == asked)
    };
    let found = OPERATIONS.iter().filter(|(known, _)| fits(known));
    // What is named beats what stands for anything.
    let found = found.min_by_key(|(known, _)| {
        known
            .iter()
            .filter(|segment| is_placeholder(segment))
            .count()
    });
    let path = found.map(|(_, path)| *path)?;
    let item = document().get("paths")?.get(path)?;
    let operation = item.get(method.as_str().to_ascii_lowercase())?;
    Some((path, operation))
}

fn is_placeholder(segment: &str) -> bool {
    segment.starts_with("%7B")
}

fn segments(path: &str) -> Option<Vec<String>> {
    let uri = Uri::try_from(path).ok()?;
    let canonical = path::canonical(&uri)?;
    let segments = canonical.path().split('/').skip(1);
    Some(segments.map(str::to_owned).collect())
}

#[cfg(test)]
mod tests;
