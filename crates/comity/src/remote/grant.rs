//! What a program needs to be let in again and again: for commands that run longer than a token.

use std::path::Path;

use policy::target::ApplicationId;
use policy::tenant::TenantId;
use reqwest::{Client, RequestBuilder, Url};

use super::{Credentials, Key, Login, address_in, at, client, demo, secret};
use crate::exit::Failure;
use crate::serve::environment;

/// The clouds whose Graph gives tokens for itself alone.
const GRAPHS: [&str; 4] = [
    "graph.microsoft.com",
    "graph.microsoft.us",
    "dod-graph.microsoft.us",
    "microsoftgraph.chinacloudapi.cn",
];

/// A program, its secret, and where it gets tokens. Not `Debug`: it holds a secret.
pub(crate) struct Grant {
    /// Sends the requests.
    pub(crate) client: Client,
    /// Who is let in.
    pub(crate) id: ApplicationId,
    /// Where tokens are given.
    pub(crate) token_endpoint: Url,
    secret: String,
    scope: String,
}

impl Grant {
    /// Of a program of a server's tenant.
    pub(super) fn of(credentials: Credentials) -> Result<Self, Failure> {
        let Credentials {
            server,
            tenant,
            client: id,
            secret,
            ca_file,
        } = credentials;
        Ok(Grant {
            client: client(ca_file.as_deref())?,
            id,
            token_endpoint: at(&server, &format!("/{tenant}/oauth2/v2.0/token"))?,
            secret,
            scope: "https://graph.microsoft.com/.default".to_owned(),
        })
    }

    /// A request for a token.
    pub(crate) fn request(&self) -> RequestBuilder {
        let id = self.id.to_string();
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &id),
            ("client_secret", &self.secret),
            ("scope", &self.scope),
        ];
        self.client.post(self.token_endpoint.clone()).form(&form)
    }

    #[cfg(test)]
    pub(crate) fn of_a_test(client: &Client, server: &str) -> Self {
        Grant {
            client: client.clone(),
            id: ApplicationId::from_u128(1),
            token_endpoint: format!("{server}/token").parse().unwrap(),
            secret: "an open secret".to_owned(),
            scope: "https://graph.microsoft.com/.default".to_owned(),
        }
    }
}

impl Login {
    /// A server's Graph, and what lets us in there.
    pub(crate) fn grant(&self, tenant: Option<TenantId>) -> Result<(Url, Grant), Failure> {
        let credentials = match &self.demo {
            Some(folder) => demo(folder, tenant)?,
            None => {
                let server = self.server.as_deref().unwrap_or_default();
                self.key.credentials(server, tenant)?
            }
        };
        let graph = at(&credentials.server, "/beta")?;
        Ok((graph, Grant::of(credentials)?))
    }

    /// Any Graph, and what lets us in there.
    pub(crate) fn grant_at(
        &self,
        endpoint: &str,
        token_endpoint: &str,
    ) -> Result<(Url, Grant), Failure> {
        let endpoint = address_in("--endpoint", endpoint)?;
        let grant = self.key.grant(&endpoint, token_endpoint)?;
        Ok((endpoint, grant))
    }
}

impl Login {
    /// Any Graph, and a token for it that somebody else has got.
    pub(super) fn token_at(
        &self,
        endpoint: &str,
        file: &Path,
    ) -> Result<(Url, Client, String), Failure> {
        let endpoint = address_in("--endpoint", endpoint)?;
        let ca_file = match &self.key.ca_file {
            Some(file) => Some(file.clone()),
            None => environment("COMITY_CA_FILE")?,
        };
        Ok((endpoint, client(ca_file.as_deref())?, secret(file)?))
    }
}

impl Key {
    fn grant(&self, endpoint: &Url, token_endpoint: &str) -> Result<Grant, Failure> {
        // Whose client it is stands in the address where tokens are given.
        let nobody = Some(TenantId::from_u128(0));
        let known = self.credentials(token_endpoint, nobody);
        let token_endpoint = address_in("--token-endpoint", token_endpoint)?;
        let known = known?;
        Ok(Grant {
            client: client(known.ca_file.as_deref())?,
            id: known.client,
            token_endpoint,
            secret: known.secret,
            scope: scope(endpoint),
        })
    }
}

/// For what a token is wanted: each cloud's Graph has a name of its own.
fn scope(endpoint: &Url) -> String {
    let host = endpoint.host_str().unwrap_or_default();
    let graph = GRAPHS.into_iter().find(|graph| *graph == host);
    format!("https://{}/.default", graph.unwrap_or(GRAPHS[0]))
}
