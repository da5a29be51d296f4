//! The endpoint that is pulled from: tokens, pages, and what its refusals mean.

use std::time::Duration;

use reqwest::{Response, StatusCode, Url};
use serde_json::Value;
use server::Clock;

use super::checkpoint::{Kind, Window};
use super::pace::retry_after;
use super::page::Page;
use crate::exit::Failure;
use crate::remote::grant::Grant;
use crate::serve::chain;
use crate::terminal::visible;

/// As many rows as a page can have.
const ROWS: u32 = 1000;
/// A longer answer is no page.
const LONGEST_PAGE: usize = 256 << 20;
/// A longer answer is no token, and no error.
const LONGEST_ANSWER: usize = 1 << 20;
/// How much is shown of what a server said.
const SHOWN: usize = 300;
/// What the client has to hold.
const NEEDED: &str = "AuditLog.Read.All";

/// Why there is no page.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The same may work again, after that time if the server says so.
    Again {
        why: String,
        after: Option<Duration>,
    },
    /// The server does not take this question: a link that does not hold any more, perhaps.
    Refused(Failure),
    /// There is no use in asking again.
    End(Failure),
}

/// An endpoint, and what lets us in.
pub(crate) struct Source {
    endpoint: Url,
    grant: Grant,
    token: Option<String>,
}

impl Source {
    pub(crate) fn new(endpoint: Url, grant: Grant) -> Self {
        Source {
            endpoint,
            grant,
            token: None,
        }
    }

    /// Where the pages are.
    pub(crate) fn endpoint(&self) -> &str {
        self.endpoint.as_str()
    }

    /// Who says whose they are.
    pub(crate) fn authority(&self) -> &str {
        self.grant.token_endpoint.as_str()
    }

    /// The first page of a kind of sign-ins.
    pub(crate) fn first(&self, window: Window, kind: Kind) -> Result<Url, Failure> {
        let base = self.endpoint.as_str().trim_end_matches('/');
        let filter = format!(
            "createdDateTime ge {} and createdDateTime le {} and signInEventTypes/any(t: t eq '{}')",
            window.from,
            window.until,
            kind.name(),
        );
        let filter = filter.replace(' ', "%20");
        let url = format!("{base}/auditLogs/signIns?$top={ROWS}&$filter={filter}");
        url.parse()
            .map_err(|_| Failure::broken(format!("`{url}` is no address")))
    }

    /// The page a link leads to. The token goes to the server it was meant for, and to no other.
    pub(crate) fn link(&self, link: &str) -> Result<Url, Failure> {
        let url: Option<Url> = link.parse().ok();
        url.filter(|url| url.origin() == self.endpoint.origin())
            .ok_or_else(|| {
                let message = format!(
                    "{} says the next page is at `{}`: that is another server, and the token is not for it",
                    self.endpoint,
                    shown(link)
                );
                Failure::failed(message)
                    .advise("the address by which the server itself is known (its public address)")
            })
    }

    /// Asks for a page.
    pub(crate) async fn page(&mut self, url: &Url) -> Result<Page, Trouble> {
        let (kept, token) = match self.token.take() {
            Some(token) => (true, token),
            None => (false, admit(&self.grant).await?),
        };
        let mut response = self.ask(url, &token).await?;
        self.token = Some(token);
        // The token was good once: it has run out.
        if response.status() == StatusCode::UNAUTHORIZED && kept {
            let token = admit(&self.grant).await?;
            response = self.ask(url, &token).await?;
            self.token = Some(token);
        }
        let status = response.status();
        if !status.is_success() {
            return Err(self.refusal(response).await);
        }
        let body = bytes(response, LONGEST_PAGE).await?;
        Page::read(&body).map_err(|error| Trouble::Again {
            why: format!("the answer is no page of the sign-in log: {error}"),
            after: None,
        })
    }

    async fn ask(&self, url: &Url, token: &str) -> Result<Response, Trouble> {
        let request = self.grant.client.get(url.clone()).bearer_auth(token);
        request.send().await.map_err(|error| lost(&error))
    }

    /// What an answer means that is no page.
    async fn refusal(&self, response: Response) -> Trouble {
        let (status, after) = (response.status(), asked(&response));
        let body = bytes(response, LONGEST_ANSWER).await.unwrap_or_default();
        let body: Value = serde_json::from_slice(&body).unwrap_or_default();
        let said = body.pointer("/error/message").and_then(Value::as_str);
        let said = shown(said.unwrap_or("no reason given"));
        let whole = format!("{} answered {}: {said}", self.endpoint, status.as_u16());
        if may_work_again(status) {
            return Trouble::Again { why: whole, after };
        }
        match status {
            StatusCode::BAD_REQUEST | StatusCode::GONE => Trouble::Refused(
                Failure::broken(whole)
                    .advise("an --endpoint that ends with /beta: v1.0 cannot be asked for this"),
            ),
            StatusCode::FORBIDDEN => Trouble::End(Failure::failed(whole).advise(format!(
                "the client {} needs {NEEDED}, and the tenant a licence for its sign-in log",
                self.grant.id
            ))),
            StatusCode::UNAUTHORIZED => Trouble::End(Failure::failed(whole).advise(
                "--token-endpoint of the tenant, at the provider whose tokens the endpoint takes",
            )),
            StatusCode::NOT_FOUND => Trouble::End(
                Failure::failed(whole).advise("--endpoint with a version, such as …/beta"),
            ),
            _ => Trouble::End(Failure::failed(whole)),
        }
    }
}

/// Gets a token.
pub(crate) async fn admit(grant: &Grant) -> Result<String, Trouble> {
    let response = grant.request().send().await;
    let response = response.map_err(|error| lost(&error))?;
    let (status, after) = (response.status(), asked(&response));
    let body = bytes(response, LONGEST_ANSWER).await?;
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let text = |member: &str| body.get(member).and_then(Value::as_str);
    if let Some(token) = text("access_token").filter(|_| status.is_success()) {
        return Ok(token.to_owned());
    }
    // What is no answer of a token endpoint at all was garbled on its way.
    if status.is_success() || may_work_again(status) {
        let why = format!("no token was given (status {})", status.as_u16());
        return Err(Trouble::Again { why, after });
    }
    let said = text("error_description").or(text("error"));
    let said = shown(said.unwrap_or("no reason given"));
    let said = said.lines().next().unwrap_or_default();
    let (whom, place) = (grant.id, &grant.token_endpoint);
    let failure = Failure::failed(format!("{place} did not let the client {whom} in: {said}"));
    Err(Trouble::End(failure.advise(
        "the client's id, the secret in --client-secret-file, and the tenant they belong to",
    )))
}

pub(crate) fn may_work_again(status: StatusCode) -> bool {
    status.is_server_error()
        || status == StatusCode::TOO_MANY_REQUESTS
        || status == StatusCode::REQUEST_TIMEOUT
}

/// How long the server asks us to stay away.
pub(crate) fn asked(response: &Response) -> Option<Duration> {
    let header = response.headers().get(reqwest::header::RETRY_AFTER)?;
    retry_after(header.to_str().ok()?, Clock::of_the_machine().now())
}

/// The body of an answer, all of it.
pub(crate) async fn bytes(mut response: Response, most: usize) -> Result<Vec<u8>, Trouble> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| lost(&error))? {
        if body.len().saturating_add(chunk.len()) > most {
            let message = format!("the answer of the server is longer than {most} bytes");
            return Err(Trouble::End(Failure::failed(message)));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// No answer, or half of one.
pub(crate) fn lost(error: &reqwest::Error) -> Trouble {
    Trouble::Again {
        why: chain(error),
        after: None,
    }
}

/// What a server said, fit to be shown.
pub(crate) fn shown(text: &str) -> String {
    let text: String = text.chars().take(SHOWN).collect();
    visible(&text)
}
