//! How far a pull is, as it is written down: no token and no secret is in it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The format of the file.
pub(crate) const FORMAT: u32 = 1;

/// Which kind of sign-in; each is a list of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Kind {
    /// Somebody sat in front of it.
    InteractiveUser,
    /// A program went on for somebody.
    NonInteractiveUser,
}

impl Kind {
    /// As the endpoint names it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Kind::InteractiveUser => "interactiveUser",
            Kind::NonInteractiveUser => "nonInteractiveUser",
        }
    }
}

/// A stretch of time, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Window {
    #[serde(with = "written")]
    pub(crate) from: Timestamp,
    #[serde(with = "written")]
    pub(crate) until: Timestamp,
}

/// A window that is not finished.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Open {
    pub(crate) window: Window,
    /// The kinds that are not finished, the one at hand first.
    pub(crate) kinds: Vec<Kind>,
    /// Where the kind at hand goes on; at its beginning, if nothing is said.
    pub(crate) next: Option<String>,
    /// How many rows of the window have been written.
    pub(crate) rows: u64,
}

/// How far it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Checkpoint {
    pub(crate) format: u32,
    /// Whose log it is: the endpoint, and where tokens for it are given.
    pub(crate) endpoint: String,
    pub(crate) authority: String,
    /// The end of what was pulled without a gap.
    #[serde(with = "written::optional")]
    pub(crate) reached: Option<Timestamp>,
    pub(crate) open: Option<Open>,
    /// How long the file with the rows is. What comes after was cut off while it was written.
    pub(crate) length: u64,
}

impl Checkpoint {
    /// Closes the window that was open.
    pub(crate) fn close(&mut self) {
        let Some(Open { window, .. }) = self.open.take() else {
            return;
        };
        self.reached = match self.reached {
            // Between what was reached and this window something is still missing.
            Some(reached) if reached < window.from => Some(reached),
            Some(reached) => Some(reached.max(window.until)),
            None => Some(window.until),
        };
    }
}

/// Times as text.
mod written {
    use jiff::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(time: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(time)
    }

    pub(super) fn deserialize<'d, D: Deserializer<'d>>(from: D) -> Result<Timestamp, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }

    pub(super) mod optional {
        use super::*;

        pub(in super::super) fn serialize<S: Serializer>(
            time: &Option<Timestamp>,
            to: S,
        ) -> Result<S::Ok, S::Error> {
            match time {
                Some(time) => to.collect_str(time),
                None => to.serialize_none(),
            }
        }

        pub(in super::super) fn deserialize<'d, D: Deserializer<'d>>(
            from: D,
        ) -> Result<Option<Timestamp>, D::Error> {
            let text = Option::<String>::deserialize(from)?;
            let time = text.map(|text| text.parse()).transpose();
            time.map_err(serde::de::Error::custom)
        }
    }
}
