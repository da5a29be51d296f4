//! Which rows are there already, by their ids.
//!
//! A month of a large tenant is tens of millions of rows: a GUID takes sixteen bytes.

use std::collections::HashSet;
use std::io::BufRead;

use serde::Deserialize;
use std::borrow::Cow;

/// What tells a row from all others.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Id {
    /// As Graph writes them; upper or lower case is the same.
    Guid(u128),
    /// Another id, or the whole row where there is none.
    Text(Box<str>),
}

/// The members of a row that matter here.
#[derive(Deserialize)]
struct Members<'a> {
    #[serde(borrow, default)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow, default, rename = "createdDateTime")]
    created: Option<Cow<'a, str>>,
}

/// The length of a GUID with its hyphens.
const GUID: usize = 36;

impl Id {
    /// The id of a row, and when the row says it came to be.
    pub(crate) fn of(row: &str) -> Result<(Self, Option<jiff::Timestamp>), serde_json::Error> {
        let members: Members<'_> = serde_json::from_str(row)?;
        let created = members.created.and_then(|text| text.parse().ok());
        let id = match members.id {
            Some(id) => Id::read(&id),
            None => Id::Text(row.into()),
        };
        Ok((id, created))
    }

    fn read(id: &str) -> Self {
        match uuid::Uuid::try_parse(id) {
            Ok(guid) if id.len() == GUID => Id::Guid(guid.as_u128()),
            _ => Id::Text(id.into()),
        }
    }
}

/// Every id that was seen.
#[derive(Debug, Default)]
pub(crate) struct Known {
    guids: HashSet<u128>,
    texts: HashSet<Box<str>>,
}

impl Known {
    /// Remembers an id; `false` if it was known.
    pub(crate) fn insert(&mut self, id: Id) -> bool {
        match id {
            Id::Guid(guid) => self.guids.insert(guid),
            Id::Text(text) => self.texts.insert(text),
        }
    }

    /// Remembers every row of a file. A line that is no row holds no id, and whoever reads the file
    /// as a log is told about it.
    pub(crate) fn read(&mut self, mut file: impl BufRead) -> std::io::Result<()> {
        let mut line = Vec::new();
        while file.read_until(b'\n', &mut line)? > 0 {
            let row = std::str::from_utf8(&line).unwrap_or_default().trim();
            if let Ok((id, _)) = Id::of(row) {
                self.insert(id);
            }
            line.clear();
        }
        Ok(())
    }
}
