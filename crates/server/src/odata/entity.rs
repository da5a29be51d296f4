//! One entry, and the answers to writes.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use graph::query::Query;
use serde_json::{Map, Value};
use store::Revision;

use super::Address;
use crate::administration::{self, Answer};
use crate::body;

/// What Graph says of its JSON.
const JSON: HeaderValue = HeaderValue::from_static(
    "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8",
);

/// The ETag of an entry, if it has one.
pub(crate) struct ETag(Option<String>);

impl From<Option<Revision>> for ETag {
    fn from(revision: Option<Revision>) -> Self {
        ETag(revision.map(administration::etag))
    }
}

impl From<&Answer> for ETag {
    fn from(answer: &Answer) -> Self {
        answer.revision.into()
    }
}

/// Something without one.
impl From<()> for ETag {
    fn from((): ()) -> Self {
        ETag(None)
    }
}

impl ETag {
    fn put(&self, response: &mut Response) {
        let value = self.0.as_ref();
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
            response.headers_mut().insert(header::ETAG, value);
        }
    }

    /// Whether `If-None-Match` names it.
    fn is_known(&self, address: &Address) -> bool {
        let (Some(tag), Some(known)) = (&self.0, &address.none_match) else {
            return false;
        };
        let strong = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
        known.trim() == "*" || known.split(',').any(|known| strong(known) == strong(tag))
    }
}

/// An answer in Graph's JSON.
pub(super) fn json(status: u16, value: &Value) -> Response {
    let mut response = body::answer(status, value);
    if response.status().is_success() {
        response.headers_mut().insert(header::CONTENT_TYPE, JSON);
    }
    response
}

/// One entry with all its members, of which `$select` takes some: `place` is what
/// `@odata.context` calls it, without `/$entity`.
pub(crate) fn entity(
    address: &Address,
    status: u16,
    place: &str,
    query: &Query,
    value: Value,
    tag: impl Into<ETag>,
) -> Response {
    let fragment = format!("{place}{}/$entity", query.selection());
    value_of(address, status, &fragment, query, value, tag)
}

/// The result of a function or an action: its context is a type, `microsoft.graph.…`.
pub(crate) fn value_of(
    address: &Address,
    status: u16,
    fragment: &str,
    query: &Query,
    value: Value,
    tag: impl Into<ETag>,
) -> Response {
    let tag = tag.into();
    if status == 200 && tag.is_known(address) {
        let mut response = StatusCode::NOT_MODIFIED.into_response();
        tag.put(&mut response);
        return response;
    }
    let mut members = Map::new();
    members.insert("@odata.context".to_owned(), address.metadata(fragment));
    if let Value::Object(projected) = query.project(value) {
        members.extend(projected);
    }
    let mut response = json(status, &Value::Object(members));
    tag.put(&mut response);
    response
}

/// 201: the new entry, and where it is.
pub(crate) fn created(
    address: &Address,
    place: &str,
    query: &Query,
    value: Value,
    location: &str,
    tag: impl Into<ETag>,
) -> Response {
    let mut response = entity(address, 201, place, query, value, tag);
    if let Ok(location) = HeaderValue::from_str(&address.at(location)) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// 204, or, if the client prefers it, 200 with the entry as it is now.
pub(crate) fn updated(
    address: &Address,
    place: &str,
    query: &Query,
    value: impl FnOnce() -> Value,
    tag: impl Into<ETag>,
) -> Response {
    if !address.wants_representation {
        return no_content(tag);
    }
    let tag = ETag(tag.into().0);
    let fragment = format!("{place}{}/$entity", query.selection());
    let mut members = Map::new();
    members.insert("@odata.context".to_owned(), address.metadata(&fragment));
    if let Value::Object(projected) = query.project(value()) {
        members.extend(projected);
    }
    let mut response = json(200, &Value::Object(members));
    tag.put(&mut response);
    let name = HeaderName::from_static("preference-applied");
    let value = HeaderValue::from_static("return=representation");
    response.headers_mut().insert(name, value);
    response
}

/// An answer without a body.
pub(crate) fn no_content(tag: impl Into<ETag>) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    tag.into().put(&mut response);
    response
}
