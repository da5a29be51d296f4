//! The address of a Graph request, and how it is asked.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use graph::query::{Manner, Query, QueryError, QueryOption, Shape, Version};
use serde_json::Value;

use crate::context::Context;
use crate::error::{ApiError, Result};
use crate::trace::Canonical;

/// The address of a request: by which name of ours, which version, which resource, with which query,
/// and what its headers say about the answer.
#[derive(Clone, Debug)]
pub(crate) struct Address {
    /// `https://localhost:8443/v1.0`.
    base: String,
    /// `users`, in the client's own spelling.
    path: String,
    query: String,
    manner: Manner,
    /// `Prefer: return=representation`.
    pub(super) wants_representation: bool,
    /// `If-None-Match`.
    pub(super) none_match: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Address {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let context = Context::from_request_parts(parts, state).await?;
        let address = parts.extensions.get::<Canonical>();
        let uri = address.map_or(&parts.uri, |address| &address.uri);
        let version = uri.path().split('/').nth(1).unwrap_or("v1.0");
        let written = address.map_or(&parts.uri, |address| &address.written);
        let segments = written.path().split('/');
        let segments: Vec<&str> = segments.filter(|segment| !segment.is_empty()).collect();
        let headers = &parts.headers;
        Ok(Address {
            base: format!("{}/{version}", context.origin),
            path: segments.get(1..).unwrap_or_default().join("/"),
            query: uri.query().unwrap_or_default().to_owned(),
            manner: Manner {
                version: match version {
                    "beta" => Version::Beta,
                    _ => Version::V1,
                },
                eventual: says(headers, "consistencylevel", "eventual"),
                all_enum_members: says(headers, "prefer", "include-unknown-enum-members"),
            },
            wants_representation: says(headers, "prefer", "return=representation"),
            none_match: headers
                .get(header::IF_NONE_MATCH)
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned),
        })
    }
}

/// Whether one of the words of that header is this one.
fn says(headers: &HeaderMap, name: &str, word: &str) -> bool {
    let values = headers.get_all(name).iter();
    let mut words = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split([',', ';']));
    words.any(|said| said.trim().eq_ignore_ascii_case(word))
}

impl Address {
    /// The query, read against what the resource says of itself.
    pub(crate) fn query(&self, shape: &'static Shape) -> Result<Query> {
        let pairs = form_urlencoded::parse(self.query.as_bytes());
        Ok(Query::read(pairs, shape, &self.manner)?)
    }

    /// The query of an answer that is one entry.
    pub(crate) fn query_of_one(&self, shape: &'static Shape) -> Result<Query> {
        let honoured = shape.options.iter().copied();
        let one =
            |option: &QueryOption| matches!(option, QueryOption::Select | QueryOption::Expand);
        let honoured: Vec<QueryOption> = honoured.filter(one).collect();
        let pairs = form_urlencoded::parse(self.query.as_bytes());
        Ok(Query::read_only(pairs, shape, &self.manner, &honoured)?)
    }

    /// The query of `/$count`.
    pub(crate) fn query_of_count(&self, shape: &'static Shape) -> Result<Query> {
        if shape.is_directory && !self.manner.eventual {
            return Err(QueryError::NeedsConsistencyLevel("$count").into());
        }
        let honoured = shape.options.iter().copied();
        let honoured: Vec<QueryOption> = honoured
            .filter(|option| *option == QueryOption::Filter)
            .collect();
        let pairs = form_urlencoded::parse(self.query.as_bytes());
        Ok(Query::read_only(pairs, shape, &self.manner, &honoured)?)
    }

    /// The version that is spoken, and what the client said about the answer.
    pub(crate) fn manner(&self) -> Manner {
        self.manner
    }

    /// The address of a resource.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}/{path}", self.base)
    }

    /// `@odata.context`.
    pub(crate) fn metadata(&self, fragment: &str) -> Value {
        format!("{}/$metadata#{fragment}", self.base).into()
    }

    /// `@odata.nextLink`: the same address and query, going on there.
    pub(super) fn next(&self, token: &str) -> String {
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
        format!("{}/{}?{query}", self.base, self.path)
    }
}

impl From<QueryError> for ApiError {
    fn from(error: QueryError) -> Self {
        let mut message = error.to_string();
        if let Some(first) = message.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        message.push('.');
        match error.is_unsupported() {
            true => ApiError::unsupported_query(message),
            false => ApiError::bad_query(message),
        }
    }
}
