//! A target that lives elsewhere, spoken to over SCIM as one of its clients.
//!
//! What may be done there, the target says: it knows which source the client speaks for, and judges
//! its own side. Here is only how it is asked.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use policy::reason::Reason;
use policy::synchronization::SyncAccount;
use policy::target::UserId;
use policy::world::UserType;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Method, StatusCode, Url};
use serde_json::{Value, json};
use store::SyncConnection;

use crate::export::address::{AddressRange, may_reach};
use crate::scim::pushed::SCHEMA;
use crate::state::App;

const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// How long a connection and a whole request may take.
const CONNECT: Duration = Duration::from_secs(10);
const REQUEST: Duration = Duration::from_secs(30);
/// How much of an answer is read.
const ANSWER_BYTES: usize = 4 * 1024 * 1024;
/// How many objects are asked for at once.
const PAGE: usize = 200;
/// The resource a token is asked for, by the name that every server of ours knows it by.
const SCOPE: &str = "00000003-0000-0000-c000-000000000000/.default";
/// The collection of people.
const USERS: &str = "Users";
/// For what a secret is sealed.
const SEALED_FOR: &str = "synchronization";

/// An object at the target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RemoteObject {
    pub(super) id: UserId,
    /// The account it stands for.
    pub(super) account: UserId,
    /// Whether synchronization made it.
    pub(super) is_managed: bool,
    pub(super) name: String,
    pub(super) display_name: Option<String>,
    pub(super) enabled: bool,
    pub(super) user_type: UserType,
}

/// Why the target did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RemoteError {
    /// It cannot be asked at all.
    #[error("{0}")]
    Unreachable(String),
    /// It refuses, for a reason of its own.
    #[error("{message}")]
    Refused {
        /// The reason, if it is one of ours (S20).
        reason: Option<Reason>,
        /// In its words.
        message: String,
    },
}

type Result<T> = std::result::Result<T, RemoteError>;

fn unreachable(what: impl Into<String>) -> RemoteError {
    RemoteError::Unreachable(what.into())
}

/// Finds addresses, and only those that may be connected to.
struct Resolver(Arc<[AddressRange]>);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allowed = Arc::clone(&self.0);
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let reachable = found.filter(|found| may_reach(found.ip(), &allowed));
            let reachable: Vec<SocketAddr> = reachable.collect();
            if reachable.is_empty() {
                return Err("the name has no address that may be connected to".into());
            }
            Ok(Box::new(reachable.into_iter()) as Addrs)
        })
    }
}

/// Whether that is an address that the server may be sent to: https, and in a private network only
/// if the operator listed it.
pub(crate) fn check(text: &str, allowed: &[AddressRange]) -> std::result::Result<Url, String> {
    let url: Url = text.parse().map_err(|_| "is no address".to_owned())?;
    let host = url.host_str().unwrap_or_default();
    let literal: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
    let is_near = literal.is_some_and(|address| address.is_loopback());
    match (url.scheme(), literal) {
        ("https", _) => {}
        // In the clear only within the same machine.
        ("http", _) if is_near => {}
        _ => return Err("is not an https address".to_owned()),
    }
    match literal {
        Some(address) if !may_reach(address, allowed) => {
            Err("is in a private network that the operator did not list".to_owned())
        }
        _ if !url.username().is_empty() || url.password().is_some() => {
            Err("carries a name or a password".to_owned())
        }
        _ => Ok(url),
    }
}

/// Seals a secret, as it is kept.
pub(crate) fn seal(app: &App, secret: &str) -> Option<String> {
    let master = app.master.load_full()?;
    let sealed = master.seal(SEALED_FOR, secret.as_bytes()).ok()?;
    Some(sealed.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn opened(app: &App, sealed: &str) -> Option<String> {
    let master = app.master.load_full()?;
    let mut bytes = Vec::new();
    let mut digits = sealed;
    while let Some((byte, rest)) = digits.split_at_checked(2).filter(|(two, _)| two.len() == 2) {
        bytes.push(u8::from_str_radix(byte, 16).ok()?);
        digits = rest;
    }
    String::from_utf8(master.open(SEALED_FOR, &bytes).ok()?).ok()
}

/// The target.
pub(super) struct Remote {
    http: reqwest::Client,
    endpoint: Url,
    token: String,
}

impl Remote {
    /// Lets us in there.
    pub(super) async fn enter(app: &App, connection: &SyncConnection) -> Result<Self> {
        let allowed = &app.options.synchronization_networks;
        let address = |text: &str| {
            check(text, allowed).map_err(|why| unreachable(format!("the address `{text}` {why}")))
        };
        let endpoint = address(&connection.endpoint)?;
        let token_url = address(&connection.token_url)?;
        let secret = opened(app, &connection.sealed)
            .ok_or_else(|| unreachable("the secret of the connection cannot be opened"))?;
        let mut builder = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .timeout(REQUEST)
            // A redirect would lead wherever the receiver likes, and take the secrets along.
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .dns_resolver(Arc::new(Resolver(allowed.as_slice().into())));
        if let Some(authority) = &app.options.synchronization_authority {
            let authorities = reqwest::Certificate::from_pem_bundle(authority);
            let authorities = authorities
                .map_err(|_| unreachable("the authority of synchronization cannot be read"))?;
            builder = builder.tls_certs_merge(authorities);
        }
        let http = builder.build().map_err(|error| unreachable(told(&error)))?;
        let form: String = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .append_pair("client_id", &connection.client)
            .append_pair("client_secret", &secret)
            .append_pair("scope", SCOPE)
            .finish();
        let request = http
            .post(token_url)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form);
        let (status, body) = answer(request).await?;
        let token = body.get("access_token").and_then(Value::as_str);
        let token = token.ok_or_else(|| {
            unreachable(format!(
                "the target does not let the client in: it answers {}",
                status.as_u16()
            ))
        })?;
        Ok(Remote {
            token: token.to_owned(),
            http,
            endpoint,
        })
    }

    async fn ask(&self, method: Method, rest: &str, body: Option<&Value>) -> Result<Value> {
        let base = self.endpoint.as_str().trim_end_matches('/');
        let request = self.http.request(method, format!("{base}{rest}"));
        let request = request.bearer_auth(&self.token);
        let request = match body {
            Some(body) => request
                .header("content-type", "application/scim+json")
                .body(body.to_string()),
            None => request,
        };
        let (status, body) = answer(request).await?;
        match status {
            status if status.is_success() => Ok(body),
            StatusCode::FORBIDDEN | StatusCode::CONFLICT | StatusCode::BAD_REQUEST => {
                let said = |name: &str| body.get(name).and_then(Value::as_str);
                let code = said("reason").unwrap_or_default();
                let mut reasons = Reason::ALL.iter().copied();
                let message = said("detail").unwrap_or("no reason given");
                Err(RemoteError::Refused {
                    reason: reasons.find(|reason| reason.as_str() == code),
                    message: message.chars().take(500).collect(),
                })
            }
            status => Err(unreachable(format!(
                "the target answers {}",
                status.as_u16()
            ))),
        }
    }

    /// The object of an account.
    pub(super) async fn find(&self, account: UserId) -> Result<Option<RemoteObject>> {
        let filter: String =
            form_urlencoded::byte_serialize(format!("externalId eq \"{account}\"").as_bytes())
                .collect();
        let found = self
            .ask(Method::GET, &format!("/Users?filter={filter}"), None)
            .await?;
        let found = resources(&found).filter_map(read);
        Ok(found.into_iter().find(|object| object.account == account))
    }

    /// The objects of all accounts of the source, by account.
    pub(super) async fn all(&self) -> Result<Vec<RemoteObject>> {
        let mut all = Vec::new();
        loop {
            let start = all.len() + 1;
            let rest = format!("/Users?startIndex={start}&count={PAGE}");
            let page = self.ask(Method::GET, &rest, None).await?;
            let read_here: Vec<RemoteObject> = resources(&page).filter_map(read).collect();
            let is_last = resources(&page).count() < PAGE;
            if !is_last && read_here.len() < PAGE {
                return Err(unreachable(
                    "the target lists what is no object of an account",
                ));
            }
            all.extend(read_here);
            if is_last {
                all.sort_by_key(|object| object.account);
                return Ok(all);
            }
        }
    }

    /// Makes the object of an account, or changes it.
    pub(super) async fn put(
        &self,
        object: Option<&RemoteObject>,
        account: &SyncAccount,
        user_type: UserType,
        always: bool,
    ) -> Result<RemoteObject> {
        let resource = json!({
            "schemas": [CORE, SCHEMA],
            "userName": account.address,
            "externalId": account.id.to_string(),
            "active": account.enabled,
            "displayName": account.display_name,
            "emails": [{"value": account.address, "type": "work", "primary": true}],
            SCHEMA: {"userType": user_type.as_str(), "applyUserTypeAlways": always},
        });
        let made = match object {
            None => self.ask(Method::POST, "/Users", Some(&resource)).await?,
            Some(object) => {
                let rest = format!("/{USERS}/{}", object.id);
                self.ask(Method::PUT, &rest, Some(&resource)).await?
            }
        };
        read(&made).ok_or_else(|| unreachable("the target answers with something else"))
    }

    /// Deletes an object that synchronization made.
    pub(super) async fn delete(&self, object: &RemoteObject) -> Result<()> {
        let rest = format!("/{USERS}/{}", object.id);
        self.ask(Method::DELETE, &rest, None).await.map(drop)
    }
}

fn resources(page: &Value) -> impl Iterator<Item = &Value> {
    let list = page.get("Resources").and_then(Value::as_array);
    list.into_iter().flatten()
}

fn read(resource: &Value) -> Option<RemoteObject> {
    let text = |name: &str| resource.get(name).and_then(Value::as_str);
    let more = resource.get(SCHEMA)?;
    let user_type = match more.get("userType")?.as_str()? {
        "Guest" => UserType::Guest,
        _ => UserType::Member,
    };
    Some(RemoteObject {
        id: text("id")?.parse().ok()?,
        account: text("externalId")?.parse().ok()?,
        is_managed: more.get("managed")?.as_bool()?,
        name: text("userName")?.to_owned(),
        display_name: text("displayName").map(str::to_owned),
        enabled: resource.get("active")?.as_bool()?,
        user_type,
    })
}

/// What an error says, without the address it was about.
fn told(error: &reqwest::Error) -> String {
    let mut deepest: &dyn std::error::Error = error;
    while let Some(next) = deepest.source() {
        deepest = next;
    }
    format!("the target cannot be reached: {deepest}")
}

async fn answer(request: reqwest::RequestBuilder) -> Result<(StatusCode, Value)> {
    let sent = request.send().await;
    let mut response = sent.map_err(|error| unreachable(told(&error.without_url())))?;
    let status = response.status();
    let mut bytes = Vec::new();
    loop {
        let piece = response.chunk().await;
        match piece.map_err(|error| unreachable(told(&error.without_url())))? {
            None => break,
            Some(piece) => bytes.extend_from_slice(&piece),
        }
        if bytes.len() > ANSWER_BYTES {
            return Err(unreachable("the target's answer is too long"));
        }
    }
    Ok((status, serde_json::from_slice(&bytes).unwrap_or_default()))
}
