//! A page of the sign-in log, its rows left as the endpoint wrote them.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::known::Id;

/// A row.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) id: Id,
    /// On one line.
    pub(crate) text: String,
    pub(crate) created: Option<Timestamp>,
}

/// A page.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) rows: Vec<Row>,
    /// Where it goes on.
    pub(crate) next: Option<String>,
}

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow)]
    value: Vec<&'a RawValue>,
    #[serde(default, rename = "@odata.nextLink")]
    next: Option<String>,
}

impl Page {
    /// Reads the body of an answer.
    pub(crate) fn read(body: &[u8]) -> Result<Self, serde_json::Error> {
        let wire: Wire<'_> = serde_json::from_slice(body)?;
        let rows = wire.value.into_iter().map(|row| {
            // A line break in JSON stands between its parts, never in a string.
            let text = row.get().replace(['\n', '\r'], " ");
            let (id, created) = Id::of(&text)?;
            Ok(Row { id, text, created })
        });
        Ok(Page {
            rows: rows.collect::<Result<_, serde_json::Error>>()?,
            next: wire.next,
        })
    }
}
