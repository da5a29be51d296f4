//! The text in which values are kept: JSON of our own, with names that never change their meaning.
//!
//! It is not Microsoft Graph's JSON and must not become it. Graph's words follow Graph; these
//! follow what is already in somebody's database. So every kind of value has a mirror type here
//! (`…Text`), each opens with the version of its form, and a word that is missing in an old row
//! has the meaning it had when the row was written.
//!
//! A mirror destructures the domain type in full. A new property of the domain breaks the build
//! here, where somebody has to say what its absence means, and is never dropped in silence.

pub(crate) mod audit;
pub(crate) mod authorization;
pub(crate) mod conditional_access;
pub(crate) mod directory;
pub(crate) mod facts;
pub(crate) mod governance;
pub(crate) mod half;
pub(crate) mod people;
pub(crate) mod profile;
pub(crate) mod provisioning;
pub(crate) mod registration;
pub(crate) mod settings;
pub(crate) mod sign_in;
pub(crate) mod spelling;
pub(crate) mod synchronization;
#[cfg(test)]
mod tests;

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Error, Result};

/// Writes a value in the form of its mirror.
pub(crate) fn write<'a, Text, T>(value: &'a T) -> Result<String>
where
    Text: From<&'a T> + Serialize,
{
    serde_json::to_string(&Text::from(value)).map_err(|cause| Error::corrupt("a value", cause))
}

/// Reads a value; `what` names it in the error.
pub(crate) fn read<Text, T>(what: &'static str, text: &str) -> Result<T>
where
    Text: Into<T> + DeserializeOwned,
{
    match serde_json::from_str::<Text>(text) {
        Ok(value) => Ok(value.into()),
        Err(cause) => Err(Error::corrupt(what, cause)),
    }
}

/// The version of a form: always written, and the only one that is read.
///
/// A second version is a second mirror type that still knows how to become the domain's.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct V1;

impl Serialize for V1 {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_u32(1)
    }
}

impl<'de> Deserialize<'de> for V1 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        match u32::deserialize(deserializer)? {
            1 => Ok(V1),
            other => Err(D::Error::custom(format_args!(
                "form {other} is not known to this version"
            ))),
        }
    }
}

/// For `skip_serializing_if`: a flag that is not set is not written.
pub(crate) fn is_false(flag: &bool) -> bool {
    !*flag
}
