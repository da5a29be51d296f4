//! Somebody else's OpenID Provider, which says who a person is: what it is asked, and what is
//! believed of its answer.
//!
//! Fabrikam's people sign in at Fabrikam's own provider. The operator has pinned its issuer to
//! Fabrikam, to the letter; its word counts for Fabrikam's people and for nobody else. What it does
//! not say has not happened: no `amr` that counts, no second factor.

mod asked;
mod keys;
mod mapping;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use self::asked::{Asked, Entrance};
pub use self::keys::{UpstreamKey, key_set};
pub use self::mapping::{Mapping, Person, Subject};
use crate::Seconds;
use crate::jws::{self, JwsError};
use crate::pkce::Challenge;
use crate::random;

/// By how much clocks may differ.
const LEEWAY: Seconds = 60;
/// A token that was issued longer ago is somebody's old one.
const FRESH: Seconds = 10 * 60;
/// The longest text that is taken over from a provider.
const LONGEST: usize = 2048;

/// Why a provider is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
    /// What it says of itself.
    #[error("the provider's own description is not usable: {0}")]
    Metadata(&'static str),
    /// The signature.
    #[error(transparent)]
    Signature(#[from] JwsError),
    /// Another issuer than the one that was pinned.
    #[error("the answer comes from another issuer than the one that is pinned to the organization")]
    Issuer,
    /// For somebody else.
    #[error("the token is meant for another client")]
    Audience,
    /// Of another request.
    #[error("the token belongs to another request")]
    Nonce,
    /// Over, not valid yet, or old.
    #[error("the token is not of this moment")]
    Time,
    /// A claim is missing or is not what it should be.
    #[error("the claim `{0}` is missing, or cannot be read")]
    Claim(String),
    /// Somebody else than before.
    #[error("the token is about another person than before")]
    Subject,
}

/// What a provider says of itself (`/.well-known/openid-configuration`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// Where people are sent.
    pub authorization_endpoint: String,
    /// Where codes are redeemed.
    pub token_endpoint: String,
    /// Where its keys lie.
    pub jwks_uri: String,
    /// Whether it names itself in its answers (RFC 9207): then an answer without a name is refused.
    pub names_itself: bool,
}

impl Metadata {
    /// Reads the description of the provider with that issuer.
    pub fn read(document: &Value, issuer: &str) -> Result<Self, Doubt> {
        let text = |name: &str| document.get(name).and_then(Value::as_str);
        if text("issuer") != Some(issuer) {
            return Err(Doubt::Issuer);
        }
        let address = |name: &'static str| {
            let found = text(name).filter(|found| found.len() <= LONGEST);
            found.map(str::to_owned).ok_or(Doubt::Metadata(name))
        };
        let names_itself = document.get("authorization_response_iss_parameter_supported");
        Ok(Metadata {
            authorization_endpoint: address("authorization_endpoint")?,
            token_endpoint: address("token_endpoint")?,
            jwks_uri: address("jwks_uri")?,
            names_itself: names_itself == Some(&Value::Bool(true)),
        })
    }

    /// Whether an answer that names that issuer is this provider's (RFC 9207).
    pub fn answered(&self, issuer: &str, named: Option<&str>) -> Result<(), Doubt> {
        match named {
            Some(named) if named == issuer => Ok(()),
            None if !self.names_itself => Ok(()),
            _ => Err(Doubt::Issuer),
        }
    }
}

/// Where the description of a provider lies.
pub fn description_of(issuer: &str) -> String {
    let issuer = issuer.trim_end_matches('/');
    format!("{issuer}/.well-known/openid-configuration")
}

/// What somebody is sent away with, and what has to come back.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Departure {
    /// The half of `state` that belongs to this departure alone.
    pub state: String,
    /// `nonce`.
    pub nonce: String,
    /// The verifier of the challenge.
    pub verifier: String,
}

/// They are secrets of the journey.
impl std::fmt::Debug for Departure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Departure(…)")
    }
}

/// What is asked of a provider.
#[derive(Clone, Copy, Debug)]
pub struct Asking<'a> {
    /// The client that asks.
    pub client: &'a str,
    /// Where the answer goes.
    pub redirect_uri: &'a str,
    /// `scope`.
    pub scopes: &'a [String],
    /// `state`, whole.
    pub state: &'a str,
    /// Who it may be.
    pub login_hint: Option<&'a str>,
    /// They are to sign in, whoever is signed in.
    pub login: bool,
    /// How long ago they may have signed in.
    pub max_age: Option<Seconds>,
    /// The second factor is asked for, in these words.
    pub classes: &'a [String],
    /// `claims`.
    pub claims: Option<&'a str>,
}

impl Departure {
    /// A new one.
    pub fn draw() -> Self {
        Departure {
            state: random::secret(),
            nonce: random::secret(),
            // Forty-three characters at least (RFC 7636).
            verifier: random::secret() + &random::secret(),
        }
    }

    /// The address that the browser is sent to.
    pub fn address(&self, endpoint: &str, asking: &Asking<'_>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query
            .append_pair("client_id", asking.client)
            .append_pair("redirect_uri", asking.redirect_uri)
            .append_pair("response_type", "code")
            .append_pair("response_mode", "query")
            .append_pair("scope", &asking.scopes.join(" "))
            .append_pair("state", asking.state)
            .append_pair("nonce", &self.nonce)
            .append_pair("code_challenge", Challenge::of(&self.verifier).as_str())
            .append_pair("code_challenge_method", "S256");
        if let Some(hint) = asking.login_hint {
            query.append_pair("login_hint", hint);
        }
        if asking.login {
            query.append_pair("prompt", "login");
        }
        if let Some(age) = asking.max_age {
            query.append_pair("max_age", &age.to_string());
        }
        if !asking.classes.is_empty() {
            query.append_pair("acr_values", &asking.classes.join(" "));
        }
        if let Some(claims) = asking.claims {
            query.append_pair("claims", claims);
        }
        let between = if endpoint.contains('?') { '&' } else { '?' };
        format!("{endpoint}{between}{}", query.finish())
    }
}

/// What an id token has to be.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The issuer that was pinned.
    pub issuer: &'a str,
    /// Our client id there.
    pub client: &'a str,
    /// The nonce of the request; a refresh has none.
    pub nonce: Option<&'a str>,
    /// How long ago the person may have signed in.
    pub max_age: Option<Seconds>,
    /// Now.
    pub now: Seconds,
}

impl Expected<'_> {
    /// The claims of an id token, if it is to be believed.
    pub fn claims(&self, token: &str, keys: &[UpstreamKey]) -> Result<Map<String, Value>, Doubt> {
        let claims = keys::verify(token, keys)?;
        let claims: Map<String, Value> =
            serde_json::from_slice(&claims).map_err(|_| Doubt::Signature(JwsError::Malformed))?;
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        if text("iss") != Some(self.issuer) {
            return Err(Doubt::Issuer);
        }
        self.audience(&claims)?;
        let same = |nonce: &str| text("nonce").is_some_and(|said| jws::same(said, nonce));
        if self.nonce.is_some_and(|nonce| !same(nonce)) {
            return Err(Doubt::Nonce);
        }
        let time = |name: &str| {
            let value = claims.get(name);
            let seconds = value.and_then(|value| {
                value
                    .as_i64()
                    .or(value.as_f64().map(|seconds| seconds as i64))
            });
            seconds.ok_or_else(|| Doubt::Claim(name.to_owned()))
        };
        let (issued, expires) = (time("iat")?, time("exp")?);
        let late = expires.saturating_add(LEEWAY) <= self.now;
        let early = issued > self.now.saturating_add(LEEWAY);
        let old = issued.saturating_add(FRESH + LEEWAY) < self.now;
        if late || early || old {
            return Err(Doubt::Time);
        }
        if let Some(age) = self.max_age {
            let signed_in = time("auth_time")?;
            let limit = age.saturating_add(LEEWAY);
            if signed_in.saturating_add(limit) < self.now {
                return Err(Doubt::Time);
            }
        }
        Ok(claims)
    }

    fn audience(&self, claims: &Map<String, Value>) -> Result<(), Doubt> {
        let (meant, several) = match claims.get("aud") {
            Some(Value::String(one)) => (one == self.client, false),
            Some(Value::Array(many)) => (
                many.iter().any(|one| one.as_str() == Some(self.client)),
                many.len() > 1,
            ),
            _ => (false, false),
        };
        let party = claims
            .get("azp")
            .map(|party| party.as_str() == Some(self.client));
        match meant && party.unwrap_or(!several) {
            true => Ok(()),
            false => Err(Doubt::Audience),
        }
    }
}

#[cfg(test)]
mod tests;
