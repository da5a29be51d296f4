//! A collector that is spoken to over HTTP: one request for each batch.
//!
//! Anything but success is a failure, and what was in the request is sent again: a receiver that is
//! set up wrongly delays rows and loses none.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Certificate, Url};
use serde_json::Value;

use super::address::{AddressRange, may_reach};
use super::row::Line;
use super::{ExportError, Form, file, otlp};

/// How long a connection and a whole request may take.
const CONNECT: Duration = Duration::from_secs(10);
const REQUEST: Duration = Duration::from_secs(30);
/// How much of an answer is read.
const ANSWER_BYTES: usize = 64 * 1024;

/// A collector, as the operator describes it.
#[derive(Clone, Debug)]
pub struct Collector {
    /// The whole address that batches are posted to.
    pub url: String,
    /// Fields of every request, above all `Authorization`. They are secret.
    pub headers: Vec<(String, String)>,
    /// The authority that signed its certificate, in PEM, if it is not a public one.
    pub authority: Option<Vec<u8>>,
    /// Addresses of private networks that may be spoken to.
    pub allowed: Vec<AddressRange>,
}

/// Speaks to a collector.
pub(super) struct Client {
    http: reqwest::Client,
    url: Url,
    form: Form,
}

impl Client {
    pub(super) fn new(collector: &Collector, form: Form) -> Result<Self, ExportError> {
        let wrong = |what: &str| ExportError::Address(what.to_owned());
        let url: Url = collector
            .url
            .parse()
            .map_err(|_| wrong("the address of the collector cannot be read"))?;
        check(&url, &collector.allowed)?;
        let resolver = Resolver(collector.allowed.as_slice().into());
        let mut builder = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .timeout(REQUEST)
            // A redirect would lead wherever the receiver likes, and take the secrets along.
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .default_headers(headers(&collector.headers)?)
            .dns_resolver(Arc::new(resolver));
        if let Some(authority) = &collector.authority {
            let authority = Certificate::from_pem(authority)
                .map_err(|_| wrong("the authority of the collector cannot be read"))?;
            builder = builder.tls_certs_merge([authority]);
        }
        let http = builder.build().map_err(ExportError::Unreachable)?;
        Ok(Client { http, url, form })
    }

    pub(super) async fn deliver(&self, lines: &[Line]) -> Result<(), ExportError> {
        let media = match self.form {
            Form::Ndjson => "application/x-ndjson",
            Form::Otlp => "application/json",
        };
        let request = self
            .http
            .post(self.url.clone())
            .header(CONTENT_TYPE, media)
            .body(file::text(self.form, lines));
        let answer = request.send().await;
        let answer = answer.map_err(|error| ExportError::Unreachable(error.without_url()))?;
        let status = answer.status();
        if status.as_u16() == 413 && lines.len() > 1 {
            return self.halves(lines).await;
        }
        if !status.is_success() {
            return Err(ExportError::Refused(status.as_u16()));
        }
        if self.form == Form::Otlp {
            note_rejected(answer).await;
        }
        Ok(())
    }

    /// A batch that is too large for the receiver goes in two.
    async fn halves(&self, lines: &[Line]) -> Result<(), ExportError> {
        let (first, second) = lines.split_at(lines.len() / 2);
        Box::pin(self.deliver(first)).await?;
        Box::pin(self.deliver(second)).await
    }
}

/// The specification forbids to send rejected records again; whoever runs the server is told.
async fn note_rejected(mut answer: reqwest::Response) {
    let mut bytes = Vec::new();
    while let Ok(Some(piece)) = answer.chunk().await {
        bytes.extend_from_slice(&piece);
        if bytes.len() > ANSWER_BYTES {
            return;
        }
    }
    let answer: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let rejected = otlp::rejected(&answer);
    if rejected > 0 {
        tracing::warn!(rejected, "the collector did not keep some records");
    }
}

/// Refuses what must not be spoken to, as far as the address itself says it.
pub(crate) fn check(url: &Url, allowed: &[AddressRange]) -> Result<(), ExportError> {
    let wrong = |what: String| Err(ExportError::Address(what));
    let host = url.host_str().unwrap_or_default();
    let literal: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
    match url.scheme() {
        "https" => {}
        // In the clear only to a neighbour in the same machine, whom the operator listed.
        "http" if literal.is_some_and(|address| address.is_loopback()) => {}
        _ => {
            return wrong(format!(
                "the collector `{host}` is not spoken to over https"
            ));
        }
    }
    match literal {
        Some(address) if !may_reach(address, allowed) => wrong(format!(
            "the collector's address {address} is in a private network and is not listed"
        )),
        _ => Ok(()),
    }
}

fn headers(fields: &[(String, String)]) -> Result<HeaderMap, ExportError> {
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        let wrong = || ExportError::Address(format!("the header `{name}` cannot be sent"));
        let key: HeaderName = name.parse().map_err(|_| wrong())?;
        let mut value: HeaderValue = value.parse().map_err(|_| wrong())?;
        value.set_sensitive(true);
        headers.insert(key, value);
    }
    Ok(headers)
}

/// Finds addresses, and only those that may be connected to.
pub(crate) struct Resolver(pub(crate) Arc<[AddressRange]>);

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

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(url: &str, allowed: &[&str]) -> Option<String> {
        let allowed = allowed.iter().map(|range| range.parse().unwrap());
        let collector = Collector {
            url: url.to_owned(),
            headers: Vec::new(),
            authority: None,
            allowed: allowed.collect(),
        };
        let refused = Client::new(&collector, Form::Ndjson).err();
        refused.map(|error| error.to_string())
    }

    #[test]
    fn a_private_address_has_to_be_listed_and_plain_http_stays_at_home() {
        for url in [
            "https://127.0.0.1:9000/",
            "https://10.0.0.1/",
            "https://[::1]/",
            "https://0x7f.1/",
            "https://169.254.169.254/latest",
        ] {
            let told = refused(url, &[]).unwrap();
            assert!(told.contains("private network"), "{told}");
        }
        assert_eq!(refused("https://127.0.0.1:9000/", &["127.0.0.1"]), None);
        assert_eq!(refused("http://127.0.0.1:9000/", &["127.0.0.1"]), None);
        assert_eq!(refused("https://collector.example/", &[]), None);
        for plain in [
            "http://collector.example/",
            "http://10.0.0.1/",
            "file:///etc/passwd",
        ] {
            let told = refused(plain, &["10.0.0.1"]).unwrap();
            assert!(told.contains("https"), "{told}");
        }
    }

    #[tokio::test]
    async fn a_name_that_means_a_private_address_is_not_connected_to() {
        let resolve = async |allowed: &[&str]| {
            let allowed: Vec<AddressRange> =
                allowed.iter().map(|range| range.parse().unwrap()).collect();
            let name: Name = "localhost".parse().unwrap();
            Resolver(allowed.into())
                .resolve(name)
                .await
                .map(Iterator::count)
        };
        assert!(resolve(&[]).await.is_err());
        assert!(resolve(&["127.0.0.1", "::1"]).await.unwrap() > 0);
    }
}
