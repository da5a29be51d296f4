//! Somebody asks for a token: `POST /{tenant}/oauth2/v2.0/token`.
//!
//! A program asks for itself (`client_credentials`), or with what a person left it: a code, a
//! refresh token, a device code. Clients send a good deal more than what is read here: library
//! versions, telemetry, claims they would like. All of that is passed over. What is read must be
//! there once.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::refusal::Refusal;
use crate::scope::Resource;
use crate::token::LIFETIME;

/// Who asks, and with what.
#[derive(Clone, PartialEq, Eq)]
pub struct Asked {
    /// `client_id`, as it was sent.
    pub client_id: String,
    /// `client_secret`, or the password of the Authorization header.
    pub secret: Option<String>,
    /// With what.
    pub grant: Grant,
}

/// With what a token is asked for.
#[derive(Clone, PartialEq, Eq)]
pub enum Grant {
    /// With nothing but the program's own secret.
    Client,
    /// With an authorization code.
    Code {
        /// `code`.
        code: String,
        /// `redirect_uri`, the one of the request.
        redirect_uri: Option<String>,
        /// `code_verifier`.
        verifier: Option<String>,
        /// `claims`, from a server that sends its guests here.
        claims: Option<String>,
    },
    /// With a refresh token.
    Refresh {
        /// `refresh_token`.
        token: String,
        /// `scope`, if another one is wanted than before.
        scope: Option<String>,
        /// `claims`, from a server that sends its guests here.
        claims: Option<String>,
    },
    /// With a device code.
    Device {
        /// `device_code`.
        code: String,
    },
}

/// Secrets, codes and tokens do not belong in a log.
impl std::fmt::Debug for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Asked({}, …)", self.client_id)
    }
}

/// Reads the form and the Authorization header of a request.
pub fn read(
    form: &[u8],
    authorization: Option<&str>,
    resource: &Resource,
) -> Result<Asked, Refusal> {
    let form = Form::read(form)?;
    let grant_type = form.required("grant_type")?;
    let header = authorization.map(basic).transpose()?;
    let grant = match grant_type.as_str() {
        "client_credentials" => Grant::Client,
        "authorization_code" => Grant::Code {
            code: form.required("code")?,
            redirect_uri: form.optional("redirect_uri")?,
            verifier: form.optional("code_verifier")?,
            claims: form.optional("claims")?,
        },
        "refresh_token" => Grant::Refresh {
            token: form.required("refresh_token")?,
            scope: form.optional("scope")?,
            claims: form.optional("claims")?,
        },
        "urn:ietf:params:oauth:grant-type:device_code" | "device_code" => Grant::Device {
            code: match form.optional("device_code")? {
                Some(code) => code,
                None => form.required("code")?,
            },
        },
        other => return Err(Refusal::unsupported_grant_type(other)),
    };
    let (client_id, secret) = who(&form, header)?;
    if grant == Grant::Client {
        let scope = form.required("scope")?;
        if !resource.is_asked_by(&scope) {
            return Err(Refusal::invalid_scope(&scope));
        }
    }
    if form.holds("client_assertion") {
        return Err(Refusal::assertion_unsupported());
    }
    match (&secret, &grant) {
        (None, Grant::Client) => Err(Refusal::missing_secret()),
        _ => Ok(Asked {
            client_id,
            secret,
            grant,
        }),
    }
}

/// Client id and secret, from the body or from the header, or the same in both.
fn who(
    form: &Form<'_>,
    header: Option<(String, String)>,
) -> Result<(String, Option<String>), Refusal> {
    let id = form.optional("client_id")?;
    let secret = form.optional("client_secret")?;
    let Some((header_id, header_secret)) = header else {
        let id = id.ok_or_else(|| Refusal::missing("client_id"))?;
        return Ok((id, secret));
    };
    let agrees = id.is_none_or(|id| id.eq_ignore_ascii_case(&header_id))
        && secret.is_none_or(|secret| secret == header_secret);
    match agrees {
        true => Ok((header_id, Some(header_secret))),
        false => Err(Refusal::two_ways()),
    }
}

/// `Basic` with the form-encoded id and secret (RFC 6749, 2.3.1).
fn basic(header: &str) -> Result<(String, String), Refusal> {
    let (scheme, encoded) = header.split_once(' ').ok_or_else(Refusal::bad_header)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(Refusal::bad_header());
    }
    let decoded = STANDARD.decode(encoded.trim()).ok();
    let text = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
    let text = text.ok_or_else(Refusal::bad_header)?;
    let (id, secret) = text.split_once(':').ok_or_else(Refusal::bad_header)?;
    Ok((form_decoded(id), form_decoded(secret)))
}

/// Clients that follow the letter encode both parts; most do not. A secret of ours reads the same
/// either way.
fn form_decoded(text: &str) -> String {
    let mut pairs = form_urlencoded::parse(text.as_bytes());
    match (pairs.next(), pairs.next()) {
        (Some((name, value)), None) if value.is_empty() && !text.contains('=') => name.into_owned(),
        _ => text.to_owned(),
    }
}

/// The parameters of a request, from a body or from a query.
pub(crate) struct Form<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Form<'a> {
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, Refusal> {
        let text = std::str::from_utf8(bytes).map_err(|_| Refusal::not_a_form())?;
        if text.trim_start().starts_with(['{', '<', '[']) {
            return Err(Refusal::not_a_form());
        }
        Ok(Form(form_urlencoded::parse(bytes).collect()))
    }

    pub(crate) fn holds(&self, name: &str) -> bool {
        self.0.iter().any(|(found, _)| found == name)
    }

    /// The parameter, unless it is missing or empty.
    pub(crate) fn optional(&self, name: &str) -> Result<Option<String>, Refusal> {
        let mut found = self.0.iter().filter(|(found, _)| found == name);
        let value = found.next().map(|(_, value)| value.clone().into_owned());
        match found.next() {
            Some(_) => Err(Refusal::repeated(name)),
            None => Ok(value.filter(|value| !value.is_empty())),
        }
    }

    pub(crate) fn required(&self, name: &str) -> Result<String, Refusal> {
        self.optional(name)?.ok_or_else(|| Refusal::missing(name))
    }
}

/// The body of the answer.
pub fn answer(token: &str) -> Value {
    // One second less than the token lives, as Entra says it.
    let expires = LIFETIME - 1;
    json!({
        "token_type": "Bearer",
        "expires_in": expires,
        "ext_expires_in": expires,
        "access_token": token,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::Code;

    fn resource() -> Resource {
        Resource::at("https://localhost:8443")
    }

    const GOOD: &str = "grant_type=client_credentials&client_id=abc&client_secret=s%2Bx\
                        &scope=https%3A%2F%2Flocalhost%3A8443%2F.default";

    #[test]
    fn what_libraries_send_besides_is_passed_over() {
        let form = format!(
            "{GOOD}&client_info=1&claims=%7B%7D&x-client-SKU=MSAL&x-client-SKU=twice&client-request-id=1"
        );
        let read = read(form.as_bytes(), None, &resource()).unwrap();
        assert_eq!(
            (read.client_id.as_str(), read.secret.as_deref()),
            ("abc", Some("s+x"))
        );
    }

    #[test]
    fn the_secret_may_stand_in_the_header() {
        let form = "grant_type=client_credentials&scope=https%3A%2F%2Flocalhost%2F.default";
        let header = format!("Basic {}", STANDARD.encode("abc:s%2Bx"));
        let read = read(form.as_bytes(), Some(&header), &resource()).unwrap();
        assert_eq!(
            (read.client_id.as_str(), read.secret.as_deref()),
            ("abc", Some("s+x"))
        );
    }

    #[test]
    fn header_and_body_must_not_say_different_things() {
        let header = format!("Basic {}", STANDARD.encode("abc:other"));
        let refusal = read(GOOD.as_bytes(), Some(&header), &resource()).unwrap_err();
        assert_eq!(refusal.code, Code::InvalidRequest);
    }

    #[track_caller]
    fn refused(form: &str, code: Code, number: u32) {
        let refusal = read(form.as_bytes(), None, &resource()).unwrap_err();
        assert_eq!((refusal.code, refusal.number), (code, number), "{form}");
    }

    #[test]
    fn each_mistake_has_its_error_and_its_number() {
        refused("", Code::InvalidRequest, 900_144);
        refused("{\"grant_type\":1}", Code::InvalidRequest, 900_144);
        refused("grant_type=password", Code::UnsupportedGrantType, 70_003);
        refused(
            "grant_type=client_credentials",
            Code::InvalidRequest,
            900_144,
        );
        refused(&format!("{GOOD}&scope=x"), Code::InvalidRequest, 9_000_411);
        let other = GOOD.replace("localhost", "vault.azure.net");
        refused(&other, Code::InvalidScope, 70_011);
        let bare = GOOD.replace("client_secret", "secret");
        refused(&bare, Code::InvalidClient, 7_000_216);
        refused(
            "grant_type=authorization_code&client_id=abc",
            Code::InvalidRequest,
            900_144,
        );
        refused(
            &format!("{bare}&client_assertion=e.e.e"),
            Code::InvalidClient,
            7_000_216,
        );
    }

    #[test]
    fn a_public_client_shows_a_code_and_no_secret() {
        let form = "grant_type=authorization_code&client_id=abc&code=c1&code_verifier=v\
                    &redirect_uri=http%3A%2F%2Flocalhost%3A1%2F";
        let read = read(form.as_bytes(), None, &resource()).unwrap();
        let code = Grant::Code {
            code: "c1".to_owned(),
            redirect_uri: Some("http://localhost:1/".to_owned()),
            verifier: Some("v".to_owned()),
            claims: None,
        };
        assert!(read.secret.is_none() && read.grant == code);
    }

    #[test]
    fn no_secret_is_printed() {
        let read = read(GOOD.as_bytes(), None, &resource()).unwrap();
        assert!(!format!("{read:?}").contains("s+x"));
    }
}
