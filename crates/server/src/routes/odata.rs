//! What the answers of Graph have in common: the context, selection, pages, ETags, and how a write
//! reaches the law.

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use graph::query::{Query, QueryError, QueryOption};
use policy::administer::Operation;
use policy::draft::Written;
use serde_json::{Map, Value};

use crate::administration::{self, Answer, IfMatch};
use crate::body;
use crate::context::Context;
use crate::error::{ApiError, Result};
use crate::principal::Principal;
use crate::state::App;
use crate::trace::Canonical;

/// The address of a Graph request: which version, by which name of ours, with which query.
#[derive(Clone, Debug)]
pub(crate) struct Address {
    /// `https://localhost:8443/v1.0`.
    base: String,
    query: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Address {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let context = Context::from_request_parts(parts, state).await?;
        let uri = parts.extensions.get::<Canonical>();
        let uri = uri.map_or(&parts.uri, |Canonical(uri)| uri);
        let version = uri.path().split('/').nth(1).unwrap_or("v1.0");
        Ok(Address {
            base: format!("{}/{version}", context.origin),
            query: uri.query().unwrap_or_default().to_owned(),
        })
    }
}

impl Address {
    /// The query, of which the resource honours these options.
    pub(crate) fn query(&self, honoured: &[QueryOption]) -> Result<Query> {
        let pairs = form_urlencoded::parse(self.query.as_bytes());
        Ok(Query::read(pairs, honoured)?)
    }

    /// The address of a resource.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}/{path}", self.base)
    }

    /// `@odata.context`.
    pub(crate) fn metadata(&self, fragment: &str) -> Value {
        format!("{}/$metadata#{fragment}", self.base).into()
    }

    /// `@odata.nextLink`: the same query, going on there.
    pub(crate) fn next(&self, path: &str, token: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in form_urlencoded::parse(self.query.as_bytes()) {
            let replaced = ["$skiptoken", "$skip"];
            if !replaced
                .iter()
                .any(|option| name.eq_ignore_ascii_case(option))
            {
                query.append_pair(&name, &value);
            }
        }
        query.append_pair("$skiptoken", token);
        // `$` needs no encoding in a query, and clients look for it.
        let query = query.finish().replace("%24", "$");
        format!("{}/{path}?{query}", self.base)
    }
}

impl From<QueryError> for ApiError {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::Unsupported(_) => ApiError::unsupported_query(format!("{error}.")),
            _ => ApiError::bad_query(format!("{error}.")),
        }
    }
}

/// One entity, with its context in front and its ETag.
pub(crate) fn entity(
    address: &Address,
    status: u16,
    place: &str,
    query: &Query,
    value: Value,
    answer: &Answer,
) -> Response {
    let fragment = match &query.select {
        Some(select) => format!("{place}({})/$entity", select.join(",")),
        None => format!("{place}/$entity"),
    };
    let mut members = Map::new();
    members.insert("@odata.context".to_owned(), address.metadata(&fragment));
    if let Value::Object(selected) = selected(query, value) {
        members.extend(selected);
    }
    let mut response = body::answer(status, &Value::Object(members));
    tag(&mut response, answer);
    response
}

/// The selected members; an expanded navigation counts as selected, and so does the key.
pub(crate) fn selected(query: &Query, value: Value) -> Value {
    let Value::Object(members) = value else {
        return value;
    };
    let expanded = |name: &str| {
        query
            .expand
            .iter()
            .any(|expand| expand.eq_ignore_ascii_case(name))
    };
    let members = members
        .into_iter()
        .filter(|(name, _)| query.selects(name) || expanded(name) || name == "tenantId");
    Value::Object(members.collect())
}

/// A collection.
pub(crate) fn collection(
    address: &Address,
    place: &str,
    query: &Query,
    count: Option<usize>,
    entries: Vec<Value>,
    next: Option<String>,
) -> Response {
    let fragment = match &query.select {
        Some(select) => format!("{place}({})", select.join(",")),
        None => place.to_owned(),
    };
    let mut members = Map::new();
    members.insert("@odata.context".to_owned(), address.metadata(&fragment));
    if let Some(count) = count {
        members.insert("@odata.count".to_owned(), count.into());
    }
    members.insert("value".to_owned(), entries.into());
    // Absent on the last page, not null: the JavaScript client stumbles over null.
    if let Some(next) = next {
        members.insert("@odata.nextLink".to_owned(), next.into());
    }
    body::answer(200, &Value::Object(members))
}

fn tag(response: &mut Response, answer: &Answer) {
    let value = answer.revision.map(administration::etag);
    let value = value.and_then(|value| HeaderValue::from_str(&value).ok());
    if let Some(value) = value {
        response.headers_mut().insert(header::ETAG, value);
    }
}

/// An answer without a body.
pub(crate) fn no_content(answer: &Answer) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    tag(&mut response, answer);
    response
}

/// The members of a body.
pub(crate) async fn written(app: &App, headers: &HeaderMap, body: Body) -> Result<Vec<Written>> {
    let value = body::json(headers, body, app.options.body_limit).await?;
    graph::body::read(&value)
        .map_err(|error| ApiError::bad_body(format!("The request body cannot be read: {error}.")))
}

/// Everything a write needs beside its operation.
pub(crate) struct Writing<'a> {
    pub(crate) app: &'a App,
    pub(crate) principal: &'a Principal,
    pub(crate) context: &'a Context,
    pub(crate) headers: &'a HeaderMap,
}

impl Writing<'_> {
    /// Judges and commits.
    pub(crate) async fn carry_out(&self, operation: &Operation) -> Result<Answer> {
        let if_match = IfMatch::of(self.headers)?;
        let Writing {
            app,
            principal,
            context,
            ..
        } = self;
        administration::write(app, principal, context, operation, if_match.as_ref()).await
    }
}
