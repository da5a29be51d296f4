//! Any Graph: Microsoft Entra's, another implementation's, or Comity's asked as any other.
//!
//! It is asked in Graph's words alone. Reading is asked again when an answer is lost. A change is
//! not: when nobody knows whether it was made, whoever asked for it looks.

mod settings;

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use policy::tenant::TenantId;
use reqwest::{Client, Method, Response, StatusCode, Url};
use serde_json::Value;

use super::Login;
use super::grant::Grant;
use crate::exit::Failure;
use crate::pull::pace::{Pace, Pacer, share};
use crate::pull::source::{self, Trouble, asked, bytes, lost, may_work_again, shown};

pub(crate) use self::settings::Settings;

/// A longer answer is none of these.
const LONGEST: usize = 64 << 20;
/// What the client has to hold.
const NEEDED: &str = "Policy.Read.All, and for changes Policy.ReadWrite.CrossTenantAccess";

/// Which Graph is asked, and what lets us in.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Elsewhere {
    /// Ask this Graph, such as https://graph.microsoft.com/v1.0
    #[arg(
        long,
        value_name = "URL",
        conflicts_with_all = ["server", "demo"],
        help_heading = "Server"
    )]
    endpoint: Option<String>,
    /// Where its tokens are given, such as https://login.microsoftonline.com/TENANT/oauth2/v2.0/token
    #[arg(
        long,
        value_name = "URL",
        requires = "endpoint",
        help_heading = "Server"
    )]
    token_endpoint: Option<String>,
    /// The file with a token for it, instead of a client and its secret
    #[arg(
        long,
        value_name = "FILE",
        requires = "endpoint",
        conflicts_with = "token_endpoint",
        help_heading = "Server"
    )]
    token_file: Option<PathBuf>,
}

impl Elsewhere {
    /// Whether such a Graph is to be asked.
    pub(crate) const fn is_given(&self) -> bool {
        self.endpoint.is_some()
    }

    /// Whether it is asked for what beta has, too.
    pub(crate) fn knows_beta(&self) -> bool {
        let endpoint = self.endpoint.as_deref().unwrap_or_default();
        version(endpoint) != Some(Version::V1)
    }

    /// The Graph. It is asked for nothing yet.
    pub(crate) fn graph(&self, login: &Login) -> Result<Graph, Failure> {
        let endpoint = self.endpoint.as_deref().unwrap_or_default();
        if version(endpoint).is_none() {
            let message = format!("--endpoint: `{endpoint}` names no version of Graph");
            return Err(Failure::broken(message).advise("an address that ends with /v1.0 or /beta"));
        }
        let (endpoint, client, key) = match (&self.token_endpoint, &self.token_file) {
            (Some(place), _) => {
                let (endpoint, grant) = login.grant_at(endpoint, place)?;
                (endpoint, grant.client.clone(), Key::Grant(Box::new(grant)))
            }
            (None, Some(file)) => {
                let (endpoint, client, token) = login.token_at(endpoint, file)?;
                (endpoint, client, Key::Token(token))
            }
            (None, None) => {
                return Err(
                    Failure::broken("nothing says what lets us in at --endpoint").advise(
                        "--token-endpoint URL with a client and its secret, or --token-file FILE",
                    ),
                );
            }
        };
        Ok(Graph {
            endpoint,
            client,
            key,
            token: None,
            pacer: Pacer::new(PACE),
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    V1,
    Beta,
}

fn version(endpoint: &str) -> Option<Version> {
    match endpoint.trim_end_matches('/').rsplit('/').next() {
        Some("v1.0") => Some(Version::V1),
        Some("beta") => Some(Version::Beta),
        _ => None,
    }
}

/// Policies of Graph take more requests than its logs do; what is too much is told by 429.
const PACE: Pace = Pace {
    requests: 100,
    per: Duration::from_secs(10),
    first: Duration::from_millis(500),
    most: Duration::from_secs(30),
    patience: Duration::from_mins(5),
    tries: 6,
};

/// What lets us in. Not `Debug`: it holds a secret.
enum Key {
    Grant(Box<Grant>),
    Token(String),
}

/// A Graph.
pub(crate) struct Graph {
    endpoint: Url,
    client: Client,
    key: Key,
    token: Option<String>,
    pacer: Pacer,
}

/// What became of a change.
pub(crate) enum Sent {
    /// It was made.
    Done,
    /// It was refused.
    Refused(Failure),
    /// Nobody knows whether it was made.
    Unknown(String),
}

impl Graph {
    fn at(&self, path: &str) -> Result<Url, Failure> {
        super::at(&self.endpoint, path)
    }

    /// The page a link leads to. The token goes to the server it was meant for, and to no other.
    fn link(&self, link: &str) -> Result<Url, Failure> {
        let url: Option<Url> = link.parse().ok();
        let own = url.filter(|url| url.origin() == self.endpoint.origin());
        own.ok_or_else(|| {
            Failure::failed(format!(
                "{} says the next page is at `{}`: that is another server, and the token is not for it",
                self.endpoint,
                shown(link)
            ))
        })
    }

    /// What is there; `None` if nothing is.
    pub(crate) async fn find(&mut self, path: &str) -> Result<Option<Value>, Failure> {
        let url = self.at(path)?;
        self.read(&url).await
    }

    /// What has to be there.
    pub(crate) async fn get(&mut self, path: &str) -> Result<Value, Failure> {
        let found = self.find(path).await?;
        found.ok_or_else(|| {
            let message = format!("{} has no {path}", self.endpoint);
            Failure::failed(message).advise("is this the address of a Graph, with its version?")
        })
    }

    /// All entries of a list, page by page.
    pub(crate) async fn list(&mut self, path: &str) -> Result<Vec<Value>, Failure> {
        let mut url = self.at(path)?;
        let mut entries = Vec::new();
        let mut seen = std::collections::BTreeSet::new();
        loop {
            let page = self.read(&url).await?;
            let mut page =
                page.ok_or_else(|| Failure::failed(format!("{} has no {path}", self.endpoint)))?;
            let next = page.get("@odata.nextLink").and_then(Value::as_str);
            let next = next.map(|next| self.link(next)).transpose()?;
            match page.get_mut("value").map(Value::take) {
                Some(Value::Array(found)) => entries.extend(found),
                _ => {
                    let message = format!("{} answered {path} without a list", self.endpoint);
                    return Err(Failure::failed(message));
                }
            }
            match next {
                Some(next) if seen.insert(next.to_string()) => url = next,
                Some(_) => {
                    let message = format!("the pages of {} lead in a circle", self.endpoint);
                    return Err(Failure::failed(message));
                }
                None => return Ok(entries),
            }
        }
    }

    /// Reads until an answer comes that is one, or there is no use any more.
    async fn read(&mut self, url: &Url) -> Result<Option<Value>, Failure> {
        let mut failures = 0;
        loop {
            match self.read_once(url).await {
                Ok(answer) => return Ok(answer),
                Err(trouble) => self.wait(&mut failures, trouble).await?,
            }
        }
    }

    async fn read_once(&mut self, url: &Url) -> Result<Option<Value>, Trouble> {
        let response = self.ask(&Method::GET, url, None).await?;
        let status = response.status();
        let after = asked(&response);
        if status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        if may_work_again(status) {
            let why = self.said(response).await;
            return Err(Trouble::Again { why, after });
        }
        if !status.is_success() {
            return Err(Trouble::Refused(self.refused(response).await));
        }
        let body = bytes(response, LONGEST).await?;
        match serde_json::from_slice(&body) {
            Ok(answer @ Value::Object(_)) if answer.get("error").is_none() => Ok(Some(answer)),
            _ => Err(Trouble::Again {
                why: format!("the answer of {} is none of Graph", self.endpoint),
                after,
            }),
        }
    }

    /// Waits before the same is asked again; or there is no use.
    async fn wait(&self, failures: &mut u32, trouble: Trouble) -> Result<(), Failure> {
        let (why, after) = match trouble {
            Trouble::Again { why, after } => (why, after),
            Trouble::Refused(failure) | Trouble::End(failure) => return Err(failure),
        };
        *failures += 1;
        match self.pacer.pause(*failures, after, share()) {
            Some(pause) => {
                tokio::time::sleep(pause).await;
                Ok(())
            }
            None => Err(Failure::failed(why).advise("the same again later")),
        }
    }

    /// Asks for a change. It is asked again only where it is certain that it was not made.
    pub(crate) async fn send(
        &mut self,
        method: &Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Sent, Failure> {
        let url = self.at(path)?;
        let mut failures = 0;
        loop {
            // Without a token nothing is asked: the same again does no harm.
            while let Err(trouble) = self.admit().await {
                self.wait(&mut failures, trouble).await?;
            }
            let response = match self.ask(method, &url, body).await {
                Ok(response) => response,
                Err(Trouble::Again { why, .. }) => return Ok(Sent::Unknown(why)),
                Err(Trouble::Refused(failure) | Trouble::End(failure)) => return Err(failure),
            };
            let status = response.status();
            if status.is_success() {
                return Ok(Sent::Done);
            }
            let after = asked(&response);
            if status == StatusCode::TOO_MANY_REQUESTS {
                let why = self.said(response).await;
                self.wait(&mut failures, Trouble::Again { why, after })
                    .await?;
                continue;
            }
            return Ok(match may_work_again(status) {
                true => Sent::Unknown(self.said(response).await),
                false => Sent::Refused(self.refused(response).await),
            });
        }
    }

    /// Waits a while, after an answer that nobody could understand.
    pub(crate) async fn rest(&self, failures: &mut u32, why: &str) -> Result<(), Failure> {
        let why = why.to_owned();
        self.wait(failures, Trouble::Again { why, after: None })
            .await
    }

    /// Has a token.
    async fn admit(&mut self) -> Result<String, Trouble> {
        if let Some(token) = &self.token {
            return Ok(token.clone());
        }
        let token = match &self.key {
            Key::Token(token) => token.clone(),
            Key::Grant(grant) => source::admit(grant).await?,
        };
        self.token = Some(token.clone());
        Ok(token)
    }

    /// Asks once; with a new token, if the one we had has run out.
    async fn ask(
        &mut self,
        method: &Method,
        url: &Url,
        body: Option<&Value>,
    ) -> Result<Response, Trouble> {
        self.pacer.turn().await;
        let had = self.token.is_some();
        let token = self.admit().await?;
        let response = self.ask_with(&token, method, url, body).await?;
        let renewable = matches!(self.key, Key::Grant(_));
        if response.status() != StatusCode::UNAUTHORIZED || !had || !renewable {
            return Ok(response);
        }
        self.token = None;
        let token = self.admit().await?;
        self.ask_with(&token, method, url, body).await
    }

    async fn ask_with(
        &self,
        token: &str,
        method: &Method,
        url: &Url,
        body: Option<&Value>,
    ) -> Result<Response, Trouble> {
        let request = self.client.request(method.clone(), url.clone());
        let request = request.bearer_auth(token);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        request.send().await.map_err(|error| lost(&error))
    }

    /// What an answer says that is an error.
    async fn said(&self, response: Response) -> String {
        let status = response.status().as_u16();
        let body = bytes(response, LONGEST).await.unwrap_or_default();
        let body: Value = serde_json::from_slice(&body).unwrap_or_default();
        let said = body.pointer("/error/message").and_then(Value::as_str);
        let said = shown(said.unwrap_or("no reason given"));
        format!("{} answered {status}: {said}", self.endpoint)
    }

    async fn refused(&self, response: Response) -> Failure {
        let status = response.status();
        let failure = Failure::failed(self.said(response).await);
        match status {
            StatusCode::FORBIDDEN => {
                failure.advise(format!("a client or a person that holds {NEEDED}"))
            }
            StatusCode::UNAUTHORIZED => failure.advise(
                "a token that is still good, from the provider whose tokens the endpoint takes",
            ),
            _ => failure,
        }
    }

    /// Whose token it is, where the token says so. The server says whether it is a good one.
    fn tenant_of_token(&self) -> Option<TenantId> {
        sts::claimed_tenant(self.token.as_deref()?)
    }
}
