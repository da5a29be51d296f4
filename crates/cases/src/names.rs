//! Short names for ids: `$fabrikam` stands for the GUID that `fixture.ids` gives it.
//!
//! Names are replaced wherever a text or the name of a member holds them, also inside a text:
//! `$contoso:$contosoPolicy`, `/policies/crossTenantAccessPolicy/partners/$fabrikam`. The longest
//! name counts, so `$contosoPolicy` is not `$contoso` followed by `Policy`. A name nobody gave is
//! an error. `$$` is a dollar sign that stands for itself.

use std::collections::BTreeMap;

use graph::document::Printable;

/// What the names stand for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names(BTreeMap<String, String>);

/// A name nobody gave.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`${}` is not a name of `fixture.ids`{}; add it there, or write `$$` for a dollar sign",
    Printable(.name), .near.as_ref().map(|near| format!(" (is it `${near}`?)")).unwrap_or_default()
)]
pub struct UnknownName {
    /// The name, without the dollar sign.
    pub name: String,
    /// A name that looks like it.
    pub near: Option<String>,
}

impl Names {
    /// The names with what they stand for.
    pub fn new(names: impl IntoIterator<Item = (String, String)>) -> Self {
        Names(names.into_iter().collect())
    }

    /// What all of them stand for.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.values().map(String::as_str)
    }

    /// The text with every name replaced.
    pub fn replace(&self, text: &str) -> Result<String, UnknownName> {
        let mut replaced = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('$') {
            replaced.push_str(before);
            rest = after;
            if let Some(after) = rest.strip_prefix('$') {
                replaced.push('$');
                rest = after;
            } else if !rest.starts_with(is_word) {
                replaced.push('$');
            } else {
                let (id, after) = self.longest(rest)?;
                replaced.push_str(id);
                rest = after;
            }
        }
        replaced.push_str(rest);
        Ok(replaced)
    }

    /// What the longest name at the beginning of the text stands for, and the text after it.
    fn longest<'a>(&'a self, text: &'a str) -> Result<(&'a str, &'a str), UnknownName> {
        let mut best: Option<(&str, &str, &str)> = None;
        for (name, id) in &self.0 {
            let Some(after) = text.strip_prefix(name.as_str()) else {
                continue;
            };
            let longer = best.is_none_or(|(known, ..)| name.len() > known.len());
            if longer && !after.starts_with(is_word) {
                best = Some((name, id, after));
            }
        }
        match best {
            Some((_, id, after)) => Ok((id, after)),
            None => {
                let word = text.split(|c| !is_word(c)).next().unwrap_or_default();
                let name: String = word.chars().take(64).collect();
                let lower = name.to_lowercase();
                let alike = |known: &&String| {
                    let known = known.to_lowercase();
                    known == lower || known.starts_with(&lower) || lower.starts_with(&known)
                };
                let near = self.0.keys().find(alike).cloned();
                Err(UnknownName { name, near })
            }
        }
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        let pairs = [
            ("contoso", "T"),
            ("contosoPolicy", "P"),
            ("my-app", "A"),
            ("my", "M"),
        ];
        Names::new(pairs.map(|(name, id)| (name.to_owned(), id.to_owned())))
    }

    #[test]
    fn names_are_replaced_inside_a_text_and_the_longest_counts() {
        for (text, replaced) in [
            ("$contoso", "T"),
            ("$contoso:$contosoPolicy", "T:P"),
            ("/partners/$contoso/x", "/partners/T/x"),
            ("$my-app $my", "A M"),
            ("?$$expand=x costs 5$ $", "?$expand=x costs 5$ $"),
            ("nothing", "nothing"),
        ] {
            assert_eq!(names().replace(text).unwrap(), replaced);
        }
    }

    #[test]
    fn a_name_nobody_gave_is_an_error() {
        let error = names().replace("x/$contosoPolic/y").unwrap_err();
        assert_eq!(
            error.to_string(),
            "`$contosoPolic` is not a name of `fixture.ids` (is it `$contoso`?); add it there, or write `$$` for a dollar sign"
        );
        assert!(names().replace("$expand").is_err());
        assert!(names().replace("$contoso_").is_err());
    }
}
