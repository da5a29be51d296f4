//! Speaks to other providers: what they say of themselves, their keys, and tokens for a code.
//!
//! Nothing leads further than the operator allowed: no redirect is followed, no private address is
//! spoken to that is not listed, and no answer is read beyond its limit.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use quick_cache::sync::Cache;
use reqwest::Url;
use serde_json::{Map, Value};
use sts::Seconds;
use sts::jws::JwsError;
use sts::upstream::{Doubt, Expected, Metadata, UpstreamKey, description_of, key_set};

use super::trouble::Trouble;
use crate::export::{AddressRange, Resolver, check};

/// How long a connection and a whole request may take.
const CONNECT: Duration = Duration::from_secs(5);
const REQUEST: Duration = Duration::from_secs(10);
/// How much of an answer is read.
const ANSWER_BYTES: usize = 256 * 1024;
/// How long what a provider says of itself is remembered, and its keys.
const DESCRIBED: Seconds = 60 * 60;
/// How often keys are fetched because one is not known.
const KEYS_AGAIN: Seconds = 30;
/// How many providers are remembered.
const REMEMBERED: usize = 1_000;

/// What is known of a provider.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) metadata: Metadata,
    keys: Vec<UpstreamKey>,
    described: Seconds,
    fetched: Seconds,
}

/// The providers that were spoken to.
pub(crate) struct Upstreams {
    allowed: Arc<[AddressRange]>,
    authorities: Option<Arc<[u8]>>,
    http: OnceLock<Option<reqwest::Client>>,
    known: Cache<String, Arc<Known>>,
}

fn unreachable(cause: impl std::fmt::Display) -> Trouble {
    Trouble::Unreachable(cause.to_string())
}

impl Upstreams {
    /// Those at public addresses, and at these; their certificates are signed by public
    /// authorities, or by these.
    pub(crate) fn new(allowed: &[AddressRange], authorities: Option<&[u8]>) -> Self {
        Upstreams {
            allowed: allowed.into(),
            authorities: authorities.map(Into::into),
            http: OnceLock::new(),
            known: Cache::new(REMEMBERED),
        }
    }

    /// Whether that address may be spoken to, as far as the address itself says it.
    pub(crate) fn may_ask(&self, address: &str) -> Result<Url, String> {
        let url: Url = address.parse().map_err(|_| "it is no address".to_owned())?;
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err("it holds more than scheme, host, path and query".to_owned());
        }
        match check(&url, &self.allowed) {
            Ok(()) => Ok(url),
            Err(_) => {
                Err("it is not https, or lies in a private network that is not listed".to_owned())
            }
        }
    }

    fn http(&self) -> Result<&reqwest::Client, Trouble> {
        let made = self.http.get_or_init(|| {
            let mut builder = reqwest::Client::builder()
                .connect_timeout(CONNECT)
                .timeout(REQUEST)
                .redirect(reqwest::redirect::Policy::none())
                .no_proxy()
                .dns_resolver(Arc::new(Resolver(Arc::clone(&self.allowed))));
            if let Some(authorities) = &self.authorities {
                let certificates = reqwest::Certificate::from_pem_bundle(authorities);
                builder = builder.tls_certs_merge(certificates.ok()?);
            }
            builder.build().ok()
        });
        made.as_ref()
            .ok_or_else(|| unreachable("no client for HTTP"))
    }

    /// The answer as JSON, with its status.
    async fn json(&self, request: reqwest::RequestBuilder) -> Result<(u16, Value), Trouble> {
        let request = request.header("accept", "application/json");
        let answer = request.send().await;
        let mut answer = answer.map_err(|error| unreachable(error.without_url()))?;
        let status = answer.status().as_u16();
        let mut bytes = Vec::new();
        loop {
            let piece = answer.chunk().await;
            match piece.map_err(|error| unreachable(error.without_url()))? {
                Some(piece) if bytes.len() + piece.len() <= ANSWER_BYTES => {
                    bytes.extend_from_slice(&piece);
                }
                Some(_) => return Err(unreachable("an answer that is too long")),
                None => break,
            }
        }
        Ok((status, serde_json::from_slice(&bytes).unwrap_or_default()))
    }

    async fn get(&self, address: &str) -> Result<Value, Trouble> {
        let url = self.may_ask(address).map_err(unreachable)?;
        match self.json(self.http()?.get(url)).await? {
            (200, value) => Ok(value),
            (status, _) => Err(unreachable(format!("{address} answered {status}"))),
        }
    }

    /// What is known of the provider with that issuer.
    pub(super) async fn known(&self, issuer: &str, now: Seconds) -> Result<Arc<Known>, Trouble> {
        if let Some(known) = self.known.get(issuer)
            && now < known.described + DESCRIBED
        {
            return Ok(known);
        }
        let document = self.get(&description_of(issuer)).await?;
        let metadata = Metadata::read(&document, issuer)?;
        self.may_ask(&metadata.authorization_endpoint)
            .map_err(unreachable)?;
        self.remember(issuer, metadata, now, now).await
    }

    async fn remember(
        &self,
        issuer: &str,
        metadata: Metadata,
        described: Seconds,
        now: Seconds,
    ) -> Result<Arc<Known>, Trouble> {
        let keys = key_set(&self.get(&metadata.jwks_uri).await?);
        let known = Arc::new(Known {
            metadata,
            keys,
            described,
            fetched: now,
        });
        self.known.insert(issuer.to_owned(), Arc::clone(&known));
        Ok(known)
    }

    /// Forgets what is known of a provider.
    pub(crate) fn forget(&self, issuer: &str) {
        self.known.remove(issuer);
    }

    /// The claims of an id token that is to be believed. A key that is not known may be a new one.
    pub(super) async fn claims(
        &self,
        token: &str,
        expected: &Expected<'_>,
    ) -> Result<Map<String, Value>, Trouble> {
        let known = self.known(expected.issuer, expected.now).await?;
        let claims = expected.claims(token, &known.keys);
        if claims == Err(Doubt::Signature(JwsError::UnknownKey))
            && expected.now >= known.fetched + KEYS_AGAIN
        {
            let metadata = known.metadata.clone();
            let again = self.remember(expected.issuer, metadata, known.described, expected.now);
            return Ok(expected.claims(token, &again.await?.keys)?);
        }
        Ok(claims?)
    }

    /// Asks for tokens. The client proves who it is in the header (RFC 6749, 2.3.1).
    pub(super) async fn tokens(
        &self,
        endpoint: &str,
        client: &str,
        secret: Option<&str>,
        fields: &[(&str, &str)],
    ) -> Result<Value, Trouble> {
        let url = self.may_ask(endpoint).map_err(unreachable)?;
        let mut request = self.http()?.post(url);
        let mut fields = fields.to_vec();
        let encoded = |text: &str| -> String {
            let bytes = form_urlencoded::byte_serialize(text.as_bytes());
            bytes.collect()
        };
        match secret {
            Some(secret) => request = request.basic_auth(encoded(client), Some(encoded(secret))),
            None => fields.push(("client_id", client)),
        }
        let form = {
            let mut form = form_urlencoded::Serializer::new(String::new());
            form.extend_pairs(fields).finish()
        };
        let request = request
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form);
        let (status, value) = self.json(request).await?;
        match status {
            200 => Ok(value),
            400..=499 if status != 429 => {
                let code = value.get("error").and_then(Value::as_str);
                let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
                let code = code.unwrap_or("no reason given").chars();
                let code = code.filter(|c| plain(*c) || *c == ' ').take(64).collect();
                Err(Trouble::Refused(code))
            }
            _ => Err(unreachable(format!("the token endpoint answered {status}"))),
        }
    }
}
