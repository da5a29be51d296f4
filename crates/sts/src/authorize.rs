//! An application sends somebody to sign in: `/{tenant}/oauth2/v2.0/authorize`.
//!
//! It is read in two steps. First who asks and where the answer goes, because until both are known
//! to belong together nothing may be sent there, not even an error. Then the rest, whose mistakes
//! are answered to the application.

mod answer;
mod scopes;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

pub use self::answer::{Answer, ResponseMode};
pub use self::scopes::{Api, Scopes};
use crate::Seconds;
use crate::grant::Form;
use crate::pkce::Challenge;
use crate::refusal::{Code, Refusal};
use crate::scope::Resource;
use crate::upstream::Asked;

/// Longer texts are nobody's state, nonce or hint.
const MAX_TEXT: usize = 2048;
/// A request is not longer.
const MAX_BYTES: usize = 16 * 1024;

/// Who asks, and where the answer is to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// `client_id`.
    pub client: Uuid,
    /// `redirect_uri`, to the letter.
    pub redirect_uri: String,
}

/// How an address of an application is registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// A server that can keep a secret.
    Web,
    /// A program on somebody's machine.
    Public,
    /// A page in a browser.
    SinglePage,
}

/// The addresses of an application.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addresses {
    /// `web.redirectUris`.
    pub web: Vec<String>,
    /// `publicClient.redirectUris`.
    pub public: Vec<String>,
    /// `spa.redirectUris`.
    pub single_page: Vec<String>,
}

impl Addresses {
    /// How that address is registered, if it is. Addresses are compared to the letter; only the port
    /// of a program that listens on the machine itself is its own affair (RFC 8252, 7.3).
    pub fn kind_of(&self, address: &str) -> Option<Kind> {
        let is = |known: &String| known == address;
        let listens = |known: &String| {
            let without_port = loopback(known);
            without_port.is_some() && without_port == loopback(address)
        };
        if self.web.iter().any(is) {
            Some(Kind::Web)
        } else if self.single_page.iter().any(is) {
            Some(Kind::SinglePage)
        } else if self.public.iter().any(|known| is(known) || listens(known)) {
            Some(Kind::Public)
        } else {
            None
        }
    }
}

/// Host and path of an address on the machine itself, without its port.
fn loopback(address: &str) -> Option<(&str, &str)> {
    let rest = address.strip_prefix("http://")?;
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split_once(']').map(|(host, _)| host)?,
        None => authority
            .split_once(':')
            .map_or(authority, |(host, _)| host),
    };
    let port = authority.rsplit_once(':').map_or("", |(_, port)| port);
    let plain = authority.ends_with(']') || port.chars().all(|c| c.is_ascii_digit());
    let path = if path.is_empty() { "/" } else { path };
    (plain && matches!(host, "localhost" | "127.0.0.1" | "::1")).then_some((host, path))
}

/// Whether and how somebody is to be asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Prompt {
    /// Nothing may be asked.
    pub none: bool,
    /// They are to sign in, whoever is signed in.
    pub login: bool,
    /// They are to agree, whatever they agreed to before.
    pub consent: bool,
    /// They are to say as whom.
    pub select_account: bool,
}

/// A request to sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    /// `client_id`.
    pub client: Uuid,
    /// `redirect_uri`.
    pub redirect_uri: String,
    /// How the address is registered.
    pub kind: Kind,
    /// How the answer gets there.
    pub mode: ResponseMode,
    /// `state`, given back as it came.
    pub state: Option<String>,
    /// `nonce`, for the id token.
    pub nonce: Option<String>,
    /// `code_challenge`.
    pub challenge: Option<Challenge>,
    /// `scope`.
    pub scopes: Scopes,
    /// `prompt`.
    pub prompt: Prompt,
    /// `max_age`.
    pub max_age: Option<Seconds>,
    /// `login_hint`.
    pub login_hint: Option<String>,
    /// `domain_hint`.
    pub domain_hint: Option<String>,
    /// The authentication contexts that `claims` or `acr_values` demand.
    pub contexts: Vec<String>,
    /// What a server that sends its guests here asks about them, in `claims`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Asked>,
}

/// The parameters of a request.
pub struct Parameters<'a>(Form<'a>);

impl<'a> Parameters<'a> {
    /// Reads a query or a form.
    pub fn read(bytes: &'a [u8]) -> Result<Self, Refusal> {
        match bytes.len() > MAX_BYTES {
            true => Err(invalid("the request is longer than 16 KiB")),
            false => Form::read(bytes).map(Parameters),
        }
    }

    /// Who asks. An error of this step is shown to the person, and sent nowhere.
    pub fn sender(&self) -> Result<Sender, Refusal> {
        let client = self.0.required("client_id")?;
        let client = Uuid::try_parse(client.trim())
            .map_err(|_| Refusal::unknown_client(&client, "this organization"))?;
        Ok(Sender {
            client,
            redirect_uri: self.0.required("redirect_uri")?,
        })
    }

    /// How an error is to be sent, as far as that can be read.
    pub fn way(&self) -> (ResponseMode, Option<String>) {
        let mode = self.0.optional("response_mode").ok().flatten();
        let mode = mode.and_then(|mode| ResponseMode::from_name(&mode));
        let state = self.0.optional("state").ok().flatten();
        (mode.unwrap_or_default(), state)
    }

    /// The whole request of a sender whose address is registered in that way.
    pub fn request(
        &self,
        sender: Sender,
        kind: Kind,
        resource: &Resource,
    ) -> Result<Request, Refusal> {
        for unsupported in ["request", "request_uri"] {
            if self.0.holds(unsupported) {
                let message = format!("The parameter '{unsupported}' is not offered here.");
                return Err(Refusal::new(Code::RequestNotSupported, 90_023, message));
            }
        }
        let response_type = self.0.required("response_type")?;
        if response_type != "code" {
            let message = "The response type is not offered here (expected code).";
            return Err(Refusal::new(
                Code::UnsupportedResponseType,
                700_054,
                message,
            ));
        }
        let mode = match self.0.optional("response_mode")? {
            None => ResponseMode::default(),
            Some(name) => ResponseMode::from_name(&name)
                .ok_or_else(|| invalid("expected query, fragment or form_post as response_mode"))?,
        };
        let scopes = Scopes::read(&self.0.required("scope")?, resource)?;
        let max_age = self.0.optional("max_age")?;
        let max_age = max_age.map(|text| {
            let seconds = text.parse().ok().filter(|seconds| *seconds >= 0);
            seconds.ok_or_else(|| invalid("max_age is not a number of seconds"))
        });
        let claims = self.0.optional("claims")?;
        let mut contexts = contexts(claims.as_deref())?;
        let acr_values = self.text("acr_values")?.unwrap_or_default();
        contexts.extend(acr_values.split_whitespace().filter_map(context));
        contexts.sort();
        contexts.dedup();
        Ok(Request {
            client: sender.client,
            redirect_uri: sender.redirect_uri,
            kind,
            mode,
            state: self.text("state")?,
            nonce: self.text("nonce")?,
            challenge: self.challenge(kind)?,
            scopes,
            prompt: prompt(self.0.optional("prompt")?.as_deref())?,
            max_age: max_age.transpose()?,
            login_hint: self.text("login_hint")?,
            domain_hint: self.text("domain_hint")?,
            contexts,
            asked: claims.as_deref().and_then(Asked::read),
        })
    }

    fn text(&self, name: &str) -> Result<Option<String>, Refusal> {
        let text = self.0.optional(name)?;
        match text.as_ref().is_some_and(|text| text.len() > MAX_TEXT) {
            true => Err(invalid(&format!("{name} is longer than {MAX_TEXT} bytes"))),
            false => Ok(text),
        }
    }

    /// Programs that can keep no secret prove by a challenge that the code is theirs.
    fn challenge(&self, kind: Kind) -> Result<Option<Challenge>, Refusal> {
        let challenge = self.0.optional("code_challenge")?;
        let method = self.0.optional("code_challenge_method")?;
        match (challenge, method.as_deref()) {
            (Some(text), Some("S256")) => match Challenge::read(&text) {
                Some(challenge) => Ok(Some(challenge)),
                None => Err(invalid("code_challenge is no SHA-256 in base64url")),
            },
            (Some(_), _) => Err(invalid("expected S256 as code_challenge_method")),
            (None, Some(_)) => Err(invalid(
                "code_challenge_method stands there without a challenge",
            )),
            (None, None) if kind == Kind::Web => Ok(None),
            (None, None) => {
                let message = "Proof Key for Code Exchange is required for public clients: send \
                               code_challenge with code_challenge_method S256.";
                Err(Refusal::new(Code::InvalidRequest, 9_002_325, message))
            }
        }
    }
}

fn invalid(what: &str) -> Refusal {
    let message = format!("The request is not valid: {what}.");
    Refusal::new(Code::InvalidRequest, 90_014, message)
}

fn prompt(text: Option<&str>) -> Result<Prompt, Refusal> {
    let mut prompt = Prompt::default();
    for word in text.unwrap_or_default().split_whitespace() {
        match word {
            "none" => prompt.none = true,
            "login" => prompt.login = true,
            "consent" => prompt.consent = true,
            "select_account" => prompt.select_account = true,
            // Clients send what newer providers know, for instance `create`.
            _ => {}
        }
    }
    let asks = prompt.login || prompt.consent || prompt.select_account;
    match prompt.none && asks {
        true => Err(invalid("prompt none stands beside another value")),
        false => Ok(prompt),
    }
}

/// `c1` to `c99`, as authentication contexts are named.
fn context(word: &str) -> Option<String> {
    let number = word.strip_prefix('c')?.parse::<u8>().ok()?;
    (1..=99).contains(&number).then(|| word.to_owned())
}

/// The contexts that a claims request demands: `access_token` or `id_token`, `acrs`.
fn contexts(claims: Option<&str>) -> Result<Vec<String>, Refusal> {
    let Some(text) = claims else {
        return Ok(Vec::new());
    };
    let value: Value =
        serde_json::from_str(text).map_err(|_| invalid("claims is not a JSON object"))?;
    let mut found = Vec::new();
    for token in ["access_token", "id_token"] {
        let asked = value.get(token).and_then(|token| token.get("acrs"));
        let one = asked.and_then(|asked| asked.get("value"));
        let many = asked
            .and_then(|asked| asked.get("values"))
            .and_then(Value::as_array);
        let words = one.into_iter().chain(many.into_iter().flatten());
        found.extend(words.filter_map(Value::as_str).filter_map(context));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "client_id=00000000-0000-0000-0000-000000000001&redirect_uri=https%3A%2F%2Fapp.example%2Fcb\
                        &response_type=code&scope=openid%20profile&state=s%26t&nonce=n";

    fn read(query: &str, kind: Kind) -> Result<Request, Refusal> {
        let parameters = Parameters::read(query.as_bytes())?;
        let sender = parameters.sender()?;
        parameters.request(sender, kind, &Resource::at("https://localhost:8443"))
    }

    #[test]
    fn a_request_is_read_whole() {
        let query = format!(
            "{GOOD}&prompt=login&max_age=60&login_hint=a%40b&claims=%7B%22access_token%22%3A%7B%22acrs%22%3A\
             %7B%22essential%22%3Atrue%2C%22value%22%3A%22c1%22%7D%7D%7D&acr_values=c2+urn%3Ax"
        );
        let request = read(&query, Kind::Web).unwrap();
        assert_eq!(request.state.as_deref(), Some("s&t"));
        assert!(request.prompt.login && request.scopes.openid);
        assert_eq!(request.max_age, Some(60));
        assert_eq!(request.contexts, ["c1", "c2"]);
    }

    #[track_caller]
    fn refused(query: &str, kind: Kind, code: Code) {
        assert_eq!(read(query, kind).unwrap_err().code, code, "{query}");
    }

    #[test]
    fn each_mistake_has_its_error() {
        let without = |name: &str| GOOD.replace(&format!("{name}="), "other=");
        refused(&without("client_id"), Kind::Web, Code::InvalidRequest);
        refused(&without("redirect_uri"), Kind::Web, Code::InvalidRequest);
        refused(&without("response_type"), Kind::Web, Code::InvalidRequest);
        let token = GOOD.replace("response_type=code", "response_type=token");
        refused(&token, Kind::Web, Code::UnsupportedResponseType);
        for more in [
            "&state=again",
            "&max_age=-1",
            "&max_age=x",
            "&prompt=none+login",
            "&response_mode=web_message",
            "&code_challenge=short&code_challenge_method=S256",
            "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
            "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=plain",
            "&code_challenge_method=S256",
            "&claims=x",
        ] {
            refused(&format!("{GOOD}{more}"), Kind::Web, Code::InvalidRequest);
        }
        let object = format!("{GOOD}&request=e.e.e");
        refused(&object, Kind::Web, Code::RequestNotSupported);
        refused(&"a".repeat(MAX_BYTES + 1), Kind::Web, Code::InvalidRequest);
    }

    #[test]
    fn a_program_without_a_secret_has_to_prove_that_the_code_is_its_own() {
        assert!(read(GOOD, Kind::Web).is_ok());
        refused(GOOD, Kind::Public, Code::InvalidRequest);
        refused(GOOD, Kind::SinglePage, Code::InvalidRequest);
        let proved = format!(
            "{GOOD}&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"
        );
        assert!(read(&proved, Kind::Public).is_ok());
    }

    #[test]
    fn addresses_are_compared_to_the_letter_but_for_the_port_of_the_machine_itself() {
        let addresses = Addresses {
            web: vec!["https://app.example/cb".to_owned()],
            public: vec!["http://localhost".to_owned(), "msal1://auth".to_owned()],
            single_page: vec!["http://localhost:3000/".to_owned()],
        };
        let kind = |address: &str| addresses.kind_of(address);
        assert_eq!(kind("https://app.example/cb"), Some(Kind::Web));
        assert_eq!(kind("http://localhost:3000/"), Some(Kind::SinglePage));
        assert_eq!(kind("http://localhost:51234"), Some(Kind::Public));
        assert_eq!(kind("http://localhost:51234/"), Some(Kind::Public));
        assert_eq!(kind("msal1://auth"), Some(Kind::Public));
        for other in [
            "https://app.example/cb/",
            "https://app.example/cb?x=1",
            "https://app.example/CB",
            "https://app.example.evil/cb",
            "https://app.example@evil/cb",
            "http://localhost:1/other",
            "http://localhost.evil/",
            "http://localhost:1@evil/",
            "http://[::1]:1/",
            "https://localhost/",
            "",
        ] {
            assert_eq!(kind(other), None, "{other}");
        }
    }
}
