//! The answer to a request to sign in, on its way back to the application through the browser.

use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;

/// `response_mode`: how the answer is put into the address, or beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseMode {
    /// Behind the question mark.
    #[default]
    Query,
    /// Behind the hash, where only the page itself sees it.
    Fragment,
    /// As a form that the browser sends.
    FormPost,
}

impl ResponseMode {
    pub(super) fn from_name(name: &str) -> Option<Self> {
        match name {
            "query" => Some(ResponseMode::Query),
            "fragment" => Some(ResponseMode::Fragment),
            "form_post" => Some(ResponseMode::FormPost),
            _ => None,
        }
    }
}

/// What the browser is told to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Go there.
    Redirect(String),
    /// Send this form.
    Form {
        /// There.
        action: String,
        /// With these fields.
        fields: Vec<(&'static str, String)>,
    },
}

impl Answer {
    /// A code, or an error, for that address. The issuer is always named, so that an application
    /// that has several cannot be made to take one for another (RFC 9207).
    pub fn new(
        address: &str,
        mode: ResponseMode,
        state: Option<&str>,
        issuer: &str,
        outcome: Result<&str, &Refusal>,
    ) -> Self {
        let mut fields = match outcome {
            Ok(code) => vec![("code", code.to_owned())],
            Err(refusal) => vec![
                ("error", refusal.code.as_str().to_owned()),
                ("error_description", refusal.to_string()),
            ],
        };
        fields.extend(state.map(|state| ("state", state.to_owned())));
        fields.push(("iss", issuer.to_owned()));
        let mut query = form_urlencoded::Serializer::new(String::new());
        match mode {
            ResponseMode::FormPost => Answer::Form {
                action: address.to_owned(),
                fields,
            },
            ResponseMode::Fragment => {
                Answer::Redirect(format!("{address}#{}", query.extend_pairs(fields).finish()))
            }
            ResponseMode::Query => {
                let between = if address.contains('?') { '&' } else { '?' };
                let query = query.extend_pairs(fields).finish();
                Answer::Redirect(format!("{address}{between}{query}"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_application_sent_comes_back_as_it_was_and_cannot_add_parameters() {
        let answer = |mode| {
            Answer::new(
                "https://app/cb?x=1",
                mode,
                Some("a&code=evil\r\n"),
                "https://i",
                Ok("c"),
            )
        };
        let query = "code=c&state=a%26code%3Devil%0D%0A&iss=https%3A%2F%2Fi";
        let redirect = |between| Answer::Redirect(format!("https://app/cb?x=1{between}{query}"));
        assert_eq!(answer(ResponseMode::Query), redirect('&'));
        assert_eq!(answer(ResponseMode::Fragment), redirect('#'));
        let Answer::Form { fields, .. } = answer(ResponseMode::FormPost) else {
            unreachable!("a form was asked for")
        };
        assert_eq!(fields[1], ("state", "a&code=evil\r\n".to_owned()));
    }
}
