//! What the answers of Graph have in common, done once for every resource.
//!
//! A handler says what there is; here it becomes an answer. The resource describes itself once, in
//! `graph`, as a [`graph::query::Shape`]: its members, how they may be filtered and ordered, what is
//! answered only on request. A handler then reads the query against it and hands over one of three
//! things:
//!
//! - one entry, as JSON with all its members: [`entity`];
//! - a small collection that is in memory: [`page`] and [`count`] with [`Entries`], or simply
//!   [`Json`], a list of JSON objects;
//! - a large collection that is read from the store piece by piece: [`scan`] and [`scan_count`]
//!   with a [`Source`]. A source may use conditions of the query ([`graph::query::Query::equal`] and
//!   its neighbours) to read less; the whole filter is evaluated on what it hands over.
//!
//! ```text
//! let query = address.query(&graph::role::SHAPE)?;
//! let roles = tenant.roles.iter().map(graph::role::render);
//! odata::page(&address, "roleManagement/directory/roleDefinitions", &query, &Json::by("id", roles))
//! ```
//!
//! Selection, `@odata.context`, `@odata.count`, `@odata.nextLink`, members of beta only, page sizes
//! and continuation are the same everywhere because no handler writes them.

mod address;
mod entity;
mod memory;
mod scan;

use axum::body::Body;
use axum::http::HeaderMap;
use axum::response::Response;
use policy::administer::Operation;
use policy::draft::Written;
use serde_json::{Map, Value};

use crate::administration::{self, Answer, IfMatch};
use crate::body;
use crate::context::Context;
use crate::error::{ApiError, Result};
use crate::principal::Principal;
use crate::state::App;

pub(crate) use address::Address;
pub(crate) use entity::{created, entity, no_content, updated, value_of};
pub(crate) use memory::{Entries, Json, count, page};
pub(crate) use scan::{Row, Source, scan, scan_count};

use graph::query::Query;

/// A longer continuation is none of ours.
const LONGEST_TOKEN: usize = 1024;

/// A page of a collection.
struct Page {
    entries: Vec<Value>,
    count: Option<u64>,
    /// Where the next page begins, unless this is the last.
    next: Option<String>,
}

impl Page {
    fn answer(self, address: &Address, place: &str, query: &Query) -> Response {
        let fragment = format!("{place}{}", query.selection());
        let mut members = Map::new();
        members.insert("@odata.context".to_owned(), address.metadata(&fragment));
        if let Some(count) = self.count {
            members.insert("@odata.count".to_owned(), count.into());
        }
        // Clients find the link wherever it stands, and absent on the last page, not null: the
        // JavaScript client stumbles over null.
        if let Some(next) = self.next {
            members.insert("@odata.nextLink".to_owned(), address.next(&next).into());
        }
        members.insert("value".to_owned(), self.entries.into());
        entity::json(200, &Value::Object(members))
    }
}

/// The continuation a client sends, if it sends one.
fn token(query: &Query) -> Result<Option<&str>> {
    match query.skip_token.as_deref() {
        Some(token) if token.len() > LONGEST_TOKEN => Err(foreign_token()),
        token => Ok(token),
    }
}

/// A continuation that cannot be read.
pub(crate) fn foreign_token() -> ApiError {
    ApiError::bad_query("The query option '$skiptoken' is not one this server gave out.")
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
