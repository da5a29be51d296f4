//! Texts of a body, borrowed from it.
//!
//! A question holds a dozen of them, and most are looked at once. Within an `Option` or a list a
//! borrowed text would be copied, so these are told to serde by name.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer};

/// Borrowed unless something in it is escaped.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// A text, or null.
pub(crate) fn borrowed<'de: 'a, 'a, D: Deserializer<'de>>(
    reader: D,
) -> Result<Option<Cow<'a, str>>, D::Error> {
    let text: Option<Text<'a>> = Option::deserialize(reader)?;
    Ok(text.map(|Text(text)| text))
}

/// A list of texts, or null.
pub(crate) fn all_borrowed<'de: 'a, 'a, D: Deserializer<'de>>(
    reader: D,
) -> Result<Option<Vec<Cow<'a, str>>>, D::Error> {
    let list: Option<Vec<Text<'a>>> = Option::deserialize(reader)?;
    Ok(list.map(|list| list.into_iter().map(|Text(text)| text).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Body<'a> {
        #[serde(borrow, default, deserialize_with = "borrowed")]
        name: Option<Cow<'a, str>>,
        #[serde(borrow, default, deserialize_with = "all_borrowed")]
        list: Option<Vec<Cow<'a, str>>>,
    }

    #[test]
    fn only_what_is_escaped_is_copied() {
        let body = r#"{"name":"plain","list":["plain","\u0041"]}"#;
        let body: Body<'_> = serde_json::from_str(body).unwrap();
        assert!(matches!(body.name, Some(Cow::Borrowed("plain"))));
        let list = body.list.unwrap();
        assert!(matches!(
            list.as_slice(),
            [Cow::Borrowed("plain"), Cow::Owned(escaped)] if escaped == "A"
        ));
    }

    #[test]
    fn what_is_missing_or_null_is_nothing() {
        for body in ["{}", r#"{"name":null,"list":null}"#] {
            let body: Body<'_> = serde_json::from_str(body).unwrap();
            assert!(body.name.is_none() && body.list.is_none(), "both");
        }
    }
}
