//! What belongs to one request and nobody else: its ids, when it came, from where, and by which of
//! its names the client called the server.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use jiff::Timestamp;
use store::Channel;
use uuid::Uuid;

use crate::error::ApiError;
use crate::options::Options;
use crate::replacement::LONGEST_REASON;

/// The address at the other end of the connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// The circumstances of a request.
#[derive(Clone, Debug)]
pub(crate) struct Context(Arc<Circumstances>);

#[derive(Debug)]
pub(crate) struct Circumstances {
    /// `request-id`.
    pub(crate) id: Uuid,
    /// `client-request-id`, if the client sent one.
    pub(crate) client_id: Option<String>,
    /// `X-Request-ID`, as AuthZEN clients send it.
    pub(crate) request_id: Option<String>,
    /// When it came.
    pub(crate) received: Timestamp,
    /// From where.
    pub(crate) address: Option<IpAddr>,
    /// Whether a proxy that the operator trusts brought it.
    pub(crate) by_proxy: bool,
    /// What the client calls itself.
    pub(crate) user_agent: Option<String>,
    /// By which door.
    pub(crate) channel: Channel,
    /// Why something is changed, as whoever changes it says (`comity-reason`).
    pub(crate) reason: Option<String>,
    /// The origin the client used, if it is ours, else the public one.
    pub(crate) origin: String,
}

impl std::ops::Deref for Context {
    type Target = Circumstances;
    fn deref(&self) -> &Circumstances {
        &self.0
    }
}

impl Context {
    pub(crate) fn of(parts: &Parts, options: &Options, received: Timestamp) -> Self {
        let headers = &parts.headers;
        let peer = parts.extensions.get::<Peer>();
        let peer = peer.map(|Peer(address)| address.to_canonical());
        let trusted = peer.is_some_and(|peer| options.trusted_proxies.contains(&peer));
        let host = text(headers, header::HOST.as_str())
            .or_else(|| parts.uri.authority().map(|host| host.as_str().to_owned()));
        let forwarded = text(headers, "x-forwarded-host").filter(|_| trusted);
        let client_id =
            text(headers, "client-request-id").or_else(|| text(headers, "x-ms-client-request-id"));
        Context(Arc::new(Circumstances {
            id: sts::random::guid(),
            client_id: client_id.filter(|id| id.len() <= 128),
            request_id: text(headers, "x-request-id").filter(|id| id.len() <= 128),
            received,
            address: match trusted {
                true => forwarded_for(headers, options).or(peer),
                false => peer,
            },
            by_proxy: trusted,
            user_agent: text(headers, header::USER_AGENT.as_str())
                .map(|agent| agent.chars().take(256).collect()),
            channel: channel(parts.uri.path()),
            reason: reason(headers).unwrap_or_default(),
            origin: options.origin(forwarded.or(host).as_deref()).to_owned(),
        }))
    }

    /// `client-request-id` of the answer: the client's own, or ours in its place.
    pub(crate) fn client_request_id(&self) -> String {
        match &self.client_id {
            Some(id) => id.clone(),
            None => self.id.to_string(),
        }
    }

    /// The id by which the request is found in logs: the client's, if it is a GUID.
    pub(crate) fn correlation(&self) -> Uuid {
        let client = self.client_id.as_deref();
        let client = client.and_then(|id| Uuid::try_parse(id).ok());
        client.unwrap_or(self.id)
    }
}

/// The header in which whoever changes something says why, in UTF-8 that is percent-encoded: a header
/// holds no other letters than ASCII's.
pub(crate) const REASON: &str = "comity-reason";

/// A reason that cannot be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the header comity-reason cannot be read (expected a text of at most 1000 characters, percent-encoded UTF-8)"
)]
pub(crate) struct InvalidReason;

/// What the header says.
pub(crate) fn reason(headers: &HeaderMap) -> Result<Option<String>, InvalidReason> {
    let Some(value) = headers.get(REASON) else {
        return Ok(None);
    };
    let text = percent_encoding::percent_decode(value.as_bytes());
    let text = text.decode_utf8().map_err(|_| InvalidReason)?;
    let text = text.trim();
    let control = |c: char| c.is_control() && c != '\n';
    match text.chars().count() > LONGEST_REASON || text.contains(control) {
        true => Err(InvalidReason),
        false => Ok(Some(text.to_owned()).filter(|text| !text.is_empty())),
    }
}

/// The door behind which that path lies.
fn channel(path: &str) -> Channel {
    let first = path.split('/').find(|segment| !segment.is_empty());
    let first = first.unwrap_or_default();
    let is = |name: &str| first.eq_ignore_ascii_case(name);
    match () {
        () if is("v1.0") || is("beta") => Channel::Graph,
        () if is("comity") || is("access") => Channel::Comity,
        () if is("scim") => Channel::Provisioning,
        () => Channel::SignIn,
    }
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?;
    Some(value.trim().to_owned()).filter(|text| !text.is_empty())
}

/// The last address that no trusted proxy of ours stands for: everything before it could have been
/// written by the client.
fn forwarded_for(headers: &HeaderMap, options: &Options) -> Option<IpAddr> {
    let values = headers.get_all("x-forwarded-for").iter();
    let all: Vec<&str> = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    for address in all.iter().rev() {
        let address: IpAddr = address.trim().parse().ok()?;
        if !options.trusted_proxies.contains(&address) {
            return Some(address);
        }
    }
    None
}

impl<S: Send + Sync> FromRequestParts<S> for Context {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let context = parts.extensions.get::<Context>().cloned();
        context.ok_or_else(|| ApiError::internal("a request without context"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Option<String>, InvalidReason> {
        reason(&HeaderMap::from_iter([(
            REASON.parse().unwrap(),
            text.parse().unwrap(),
        )]))
    }

    #[test]
    fn a_reason_is_any_text_of_some_length() {
        assert_eq!(reason(&HeaderMap::new()), Ok(None));
        assert_eq!(read("  "), Ok(None));
        assert_eq!(
            read("Ticket%204711%3A%20M%C3%BCller"),
            Ok(Some("Ticket 4711: Müller".to_owned()))
        );
        let long = "a".repeat(LONGEST_REASON);
        assert_eq!(read(&long), Ok(Some(long.clone())));
        for wrong in [format!("{long}a"), "%FF".to_owned(), "a%00b".to_owned()] {
            assert_eq!(read(&wrong), Err(InvalidReason), "{wrong}");
        }
    }
}
