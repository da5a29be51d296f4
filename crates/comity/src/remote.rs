//! A server that is asked instead of files: who asks, and what it answers.
//!
//! Secrets come from files, never from arguments, and are shown nowhere.

pub(crate) mod elsewhere;
pub(crate) mod grant;

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use policy::target::ApplicationId;
use policy::tenant::TenantId;
use reqwest::{Certificate, Client, Method, StatusCode, Url};
use serde_json::{Map, Value};

use self::grant::Grant;
use crate::exit::Failure;
use crate::serve::{chain, environment};

/// How long a connection may take.
const CONNECTING: Duration = Duration::from_secs(10);
/// How long an answer may take.
const ANSWERING: Duration = Duration::from_secs(120);

/// Which server is asked, and as whom.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Login {
    /// Ask this server instead of files
    #[arg(long, value_name = "URL", help_heading = "Server")]
    server: Option<String>,
    /// Ask the demo server whose data folder this is: its demo.json says everything else
    #[arg(
        long,
        value_name = "DIR",
        conflicts_with = "server",
        help_heading = "Server"
    )]
    demo: Option<PathBuf>,
    #[command(flatten)]
    key: Key,
}

/// As whom a server is asked.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Key {
    /// The client that asks (COMITY_CLIENT_ID)
    #[arg(long, value_name = "ID", help_heading = "Server")]
    client_id: Option<ApplicationId>,
    /// The file with its secret (COMITY_CLIENT_SECRET_FILE)
    #[arg(long, value_name = "FILE", help_heading = "Server")]
    client_secret_file: Option<PathBuf>,
    /// The certificates that sign the server's, if the machine does not know them (COMITY_CA_FILE)
    #[arg(long, value_name = "FILE", help_heading = "Server")]
    ca_file: Option<PathBuf>,
}

/// Who asks, with everything that is needed.
struct Credentials {
    server: Url,
    tenant: TenantId,
    client: ApplicationId,
    secret: String,
    ca_file: Option<PathBuf>,
}

/// A server that has let us in.
pub(crate) struct Session {
    client: Client,
    server: Url,
    /// The tenant we are a client of.
    pub(crate) tenant: TenantId,
    id: ApplicationId,
    token: String,
}

/// What a server answered, and how old it says its settings are.
pub(crate) struct Reply {
    pub(crate) body: Map<String, Value>,
    /// The age of the settings in seconds, if they may be old.
    pub(crate) age: Option<String>,
}

impl Login {
    /// Whether a server is to be asked.
    pub(crate) fn is_given(&self) -> bool {
        self.server.is_some() || self.demo.is_some()
    }

    /// Lets us in, as a client of that tenant, or of the one in COMITY_TENANT_ID.
    pub(crate) async fn enter(&self, tenant: Option<TenantId>) -> Result<Session, Failure> {
        match &self.demo {
            Some(folder) => Session::enter(demo(folder, tenant)?).await,
            None => {
                let server = self.server.as_deref().unwrap_or_default();
                self.key.enter(server, tenant).await
            }
        }
    }

    /// Lets us in to do something to a tenant: as a client of the one in COMITY_TENANT_ID, which
    /// may be the operator's, or else of that tenant itself.
    pub(crate) async fn enter_for(&self, tenant: TenantId) -> Result<Session, Failure> {
        let own = environment("COMITY_TENANT_ID")?;
        self.enter(Some(own.unwrap_or(tenant))).await
    }
}

impl Key {
    /// Lets us in there, as a client of that tenant, or of the one in COMITY_TENANT_ID.
    pub(crate) async fn enter(
        &self,
        server: &str,
        tenant: Option<TenantId>,
    ) -> Result<Session, Failure> {
        Session::enter(self.credentials(server, tenant)?).await
    }

    fn credentials(&self, server: &str, tenant: Option<TenantId>) -> Result<Credentials, Failure> {
        let missing = |what: &str, how: &str| Failure::broken(what).advise(how);
        let tenant = match tenant {
            Some(tenant) => Some(tenant),
            None => environment("COMITY_TENANT_ID")?,
        };
        let client = match self.client_id {
            Some(client) => Some(client),
            None => environment("COMITY_CLIENT_ID")?,
        };
        let file = match &self.client_secret_file {
            Some(file) => Some(file.clone()),
            None => environment("COMITY_CLIENT_SECRET_FILE")?,
        };
        let ca_file = match &self.ca_file {
            Some(file) => Some(file.clone()),
            None => environment("COMITY_CA_FILE")?,
        };
        let file = file.ok_or_else(|| {
            missing(
                "nothing says where the client's secret is",
                "--client-secret-file FILE, or COMITY_CLIENT_SECRET_FILE",
            )
        })?;
        Ok(Credentials {
            server: address(server)?,
            tenant: tenant.ok_or_else(|| {
                missing(
                    "nothing says of which tenant the client is",
                    "--tenant ID, or COMITY_TENANT_ID",
                )
            })?,
            client: client.ok_or_else(|| {
                missing(
                    "nothing says which client asks",
                    "--client-id ID, or COMITY_CLIENT_ID",
                )
            })?,
            secret: secret(&file)?,
            ca_file,
        })
    }
}

fn address(text: &str) -> Result<Url, Failure> {
    address_in("--server", text)
}

/// The address of a server, and the option that names it. In the clear only on the machine itself:
/// a secret is sent to it.
fn address_in(option: &str, text: &str) -> Result<Url, Failure> {
    let refuse = |why: &str| Failure::broken(format!("{option}: `{text}` {why}"));
    let url: Url = text
        .parse()
        .map_err(|_| refuse("is no address (expected https://host:port)"))?;
    let here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    match url.scheme() {
        "https" => Ok(url),
        "http" if here => Ok(url),
        "http" => Err(refuse(
            "is in the clear, and a secret is sent to it (expected https)",
        )),
        _ => Err(refuse("is no address (expected https://host:port)")),
    }
}

fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path)
        .map_err(|error| Failure::broken(format!("{} cannot be read: {error}", path.display())))
}

fn secret(file: &Path) -> Result<String, Failure> {
    let text = read(file)?;
    match text.trim() {
        "" => Err(Failure::broken(format!("{} is empty", file.display()))),
        secret => Ok(secret.to_owned()),
    }
}

/// What `demo.json` says about that tenant, or about the first.
fn demo(folder: &Path, tenant: Option<TenantId>) -> Result<Credentials, Failure> {
    let path = folder.join("demo.json");
    let shown = path.display();
    let text = read(&path).map_err(|failure| failure.advise("comity serve --demo --data DIR"))?;
    let unread = |what: &str| Failure::broken(format!("{shown} {what}"));
    let value: Value = serde_json::from_str(&text).map_err(|_| unread("is not JSON"))?;
    let tenant = match tenant {
        Some(tenant) => Some(tenant),
        None => environment("COMITY_TENANT_ID")?,
    };
    let text = |value: &Value, pointer: &str| {
        let text = value.pointer(pointer).and_then(Value::as_str);
        text.map(str::to_owned)
    };
    let id = |entry: &Value| text(entry, "/tenantId").and_then(|id| id.parse().ok());
    let entries = value.get("tenants").and_then(Value::as_array);
    let mut entries = entries.into_iter().flatten();
    let entry = entries.find(|entry| tenant.is_none_or(|tenant| id(entry) == Some(tenant)));
    let entry = entry.ok_or_else(|| match tenant {
        Some(tenant) => unread(&format!("has no client of the tenant {tenant}")),
        None => unread("names no tenant"),
    })?;
    let client = text(entry, "/client/clientId").and_then(|id| id.parse().ok());
    let incomplete = || unread("lacks something this needs");
    let ca_file = text(&value, "/caFile").filter(|file| !file.is_empty());
    Ok(Credentials {
        server: address(&text(&value, "/baseUrl").ok_or_else(incomplete)?)?,
        tenant: id(entry).ok_or_else(incomplete)?,
        client: client.ok_or_else(incomplete)?,
        secret: text(entry, "/client/clientSecret").ok_or_else(incomplete)?,
        ca_file: ca_file.map(PathBuf::from),
    })
}

fn client(ca_file: Option<&Path>) -> Result<Client, Failure> {
    let builder = Client::builder()
        .connect_timeout(CONNECTING)
        .timeout(ANSWERING)
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("comity/", env!("CARGO_PKG_VERSION")));
    let builder = match ca_file {
        None => builder,
        Some(file) => {
            let text = read(file)?;
            let certificates = Certificate::from_pem_bundle(text.as_bytes()).unwrap_or_default();
            if certificates.is_empty() {
                let message = format!("{} holds no certificate in PEM", file.display());
                return Err(Failure::broken(message));
            }
            builder.tls_certs_only(certificates)
        }
    };
    builder
        .build()
        .map_err(|error| Failure::failed(format!("no client can be made: {}", chain(&error))))
}

impl Session {
    /// A server that has let us in already.
    pub(crate) fn with(
        server: &str,
        tenant: TenantId,
        id: ApplicationId,
        token: String,
    ) -> Result<Self, Failure> {
        Ok(Session {
            client: client(None)?,
            server: address(server)?,
            tenant,
            id,
            token,
        })
    }

    async fn enter(credentials: Credentials) -> Result<Self, Failure> {
        let (server, tenant) = (credentials.server.clone(), credentials.tenant);
        let grant = Grant::of(credentials)?;
        let response = grant.request().send().await;
        let response = response.map_err(|error| unreachable(&server, &error))?;
        let status = response.status();
        let body = body(response, &server).await?;
        let Some(token) = body.get("access_token").and_then(Value::as_str) else {
            return Err(not_let_in(&server, tenant, grant.id, status, &body));
        };
        Ok(Session {
            token: token.to_owned(),
            id: grant.id,
            client: grant.client,
            server,
            tenant,
        })
    }

    /// Asks; `needed` names the permission, for whoever lacks it.
    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        question: Option<&Value>,
        needed: &str,
    ) -> Result<Reply, Failure> {
        let (status, reply) = self.send(method, path, question).await?;
        match status.is_success() {
            true => Ok(reply),
            false => Err(self.refused(status, &reply.body, needed)),
        }
    }

    /// Asks for something that may not be there, or not for us.
    pub(crate) async fn find(&self, path: &str, needed: &str) -> Result<Option<Reply>, Failure> {
        let (status, reply) = self.send(Method::GET, path, None).await?;
        match status {
            StatusCode::NOT_FOUND => Ok(None),
            status if status.is_success() => Ok(Some(reply)),
            _ => Err(self.refused(status, &reply.body, needed)),
        }
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        question: Option<&Value>,
    ) -> Result<(StatusCode, Reply), Failure> {
        let request = self.client.request(method, at(&self.server, path)?);
        let request = request.bearer_auth(&self.token);
        let request = match question {
            Some(question) => request.json(question),
            None => request,
        };
        let response = request.send().await;
        let response = response.map_err(|error| unreachable(&self.server, &error))?;
        let status = response.status();
        let age = response.headers().get("comity-data-age");
        let age = age.and_then(|age| age.to_str().ok()).map(str::to_owned);
        let body = body(response, &self.server).await?;
        Ok((status, Reply { body, age }))
    }

    fn refused(&self, status: StatusCode, body: &Map<String, Value>, needed: &str) -> Failure {
        let error = body.get("error");
        let text = |member: &str| error.and_then(|error| error.get(member)?.as_str());
        let message = text("message").unwrap_or("no reason given");
        let place = match text("target") {
            Some(target) if !message.contains(target) => format!(" (at {target})"),
            _ => String::new(),
        };
        let host = &self.server;
        let whole = format!("{host} answered {}: {message}{place}", status.as_u16());
        match status {
            StatusCode::FORBIDDEN => Failure::failed(whole).advise(format!(
                "the client {} needs {needed}, and the tenant {} must be one of those asked about",
                self.id, self.tenant
            )),
            StatusCode::NOT_FOUND => Failure::failed(whole)
                .advise("a client of the tenant itself, or the operator's: others see nothing"),
            StatusCode::SERVICE_UNAVAILABLE => {
                Failure::failed(whole).advise("the same again later")
            }
            StatusCode::BAD_REQUEST => Failure::broken(whole),
            _ => Failure::failed(whole),
        }
    }
}

fn at(server: &Url, path: &str) -> Result<Url, Failure> {
    let base = server.as_str().trim_end_matches('/');
    format!("{base}{path}")
        .parse()
        .map_err(|_| Failure::broken(format!("`{base}{path}` is no address")))
}

async fn body(response: reqwest::Response, server: &Url) -> Result<Map<String, Value>, Failure> {
    let status = response.status().as_u16();
    let text = response.text().await;
    let text = text.map_err(|error| unreachable(server, &error))?;
    match serde_json::from_str(&text) {
        Ok(Value::Object(members)) => Ok(members),
        _ if text.is_empty() && status == StatusCode::NO_CONTENT.as_u16() => Ok(Map::new()),
        _ => Err(Failure::failed(format!(
            "{server} answered {status} with something that is not Comity's"
        ))
        .advise("--server with the address that `comity serve` prints")),
    }
}

/// Why there was no answer at all.
fn unreachable(server: &Url, error: &reqwest::Error) -> Failure {
    if error.is_timeout() {
        return Failure::failed(format!("{server} did not answer in time"));
    }
    match certificate(error) {
        Some(problem) => Failure::failed(format!(
            "the certificate of {server} is not to be trusted: {problem}"
        ))
        .advise("--ca-file with the certificate of the authority that signs it"),
        None => Failure::failed(format!("{server} cannot be reached: {}", causes(error)))
            .advise("is the server running, and is this its address?"),
    }
}

/// The deepest cause says what happened; those above it repeat the address.
fn causes(error: &reqwest::Error) -> String {
    let mut deepest: &dyn std::error::Error = error;
    while let Some(next) = deepest.source() {
        deepest = next;
    }
    deepest.to_string()
}

/// What is wrong with the server's certificate, if that is what is wrong.
fn certificate(error: &reqwest::Error) -> Option<String> {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(rustls::Error::InvalidCertificate(problem)) = error.downcast_ref() {
            return Some(problem.to_string());
        }
        // An error of input and output does not name what it wraps as its source.
        let wrapped = error.downcast_ref::<std::io::Error>();
        cause = match wrapped.and_then(std::io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    None
}

/// Why no token was given.
fn not_let_in(
    server: &Url,
    tenant: TenantId,
    client: ApplicationId,
    status: StatusCode,
    body: &Map<String, Value>,
) -> Failure {
    let text = |member: &str| body.get(member).and_then(Value::as_str);
    let said = text("error_description")
        .or(text("error"))
        .unwrap_or("no reason given");
    let said = said.lines().next().unwrap_or_default();
    let message = format!("{server} did not let the client {client} in: {said}");
    Failure::failed(message).advise(match (text("error"), status) {
        (Some("invalid_client"), _) => {
            "the client's id and the secret in --client-secret-file, as `comity init` printed them"
                .to_owned()
        }
        _ => format!("is {tenant} the tenant the client belongs to?"),
    })
}
