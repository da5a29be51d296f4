//! The provider that the operator has pinned to a tenant, as it is kept: one value of the store.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use policy::tenant::TenantId;
use serde::{Deserialize, Serialize};
use store::{Revision, Stored};
use sts::jws;
use sts::upstream::Mapping;

use super::super::journey::{read, written};
use crate::error::{ApiError, Result};
use crate::state::App;

/// A provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Provider {
    /// Its issuer, to the letter.
    pub(crate) issuer: String,
    /// Our client id there.
    pub(crate) client_id: String,
    /// Our secret there, sealed.
    pub(crate) secret: Option<String>,
    /// What is asked for.
    pub(crate) scopes: Vec<String>,
    /// Whether it is another Comity, which enforces its own side and says so.
    pub(crate) is_comity: bool,
    /// What its claims mean.
    pub(crate) mapping: Mapping,
}

fn name(tenant: TenantId) -> String {
    format!("identity-provider/{tenant}")
}

fn purpose(tenant: TenantId) -> String {
    format!("client secret at the identity provider of {tenant}")
}

/// The name under which it stands for whom an issuer speaks.
fn speaker(issuer: &str) -> String {
    format!("issuer/{}", jws::base64(&jws::digest(issuer.as_bytes())))
}

impl Provider {
    /// The provider of that tenant, and its revision; there may be none.
    pub(crate) async fn stored(app: &App, tenant: TenantId) -> Result<(Option<Self>, Revision)> {
        match app.store.value(&name(tenant)).await? {
            None => Ok((None, Revision(0))),
            // What was removed leaves its revision.
            Some(Stored { text, revision }) if text.is_empty() => Ok((None, revision)),
            Some(Stored { text, revision }) => Ok((Some(read(&text)?), revision)),
        }
    }

    /// The provider of that tenant.
    pub(crate) async fn of(app: &App, tenant: TenantId) -> Result<Option<Self>> {
        Ok(Self::stored(app, tenant).await?.0)
    }

    /// Seals our secret.
    pub(crate) fn seal(app: &App, tenant: TenantId, secret: &str) -> Result<String> {
        let sealed = app.master()?.seal(&purpose(tenant), secret.as_bytes());
        Ok(STANDARD.encode(sealed.map_err(ApiError::internal)?))
    }

    /// Our secret there.
    pub(super) fn secret(&self, app: &App, tenant: TenantId) -> Result<Option<String>> {
        let Some(sealed) = &self.secret else {
            return Ok(None);
        };
        let sealed = STANDARD.decode(sealed).map_err(ApiError::internal)?;
        let opened = app.master()?.open(&purpose(tenant), &sealed);
        let opened = String::from_utf8(opened.map_err(ApiError::internal)?);
        opened.map(Some).map_err(ApiError::internal)
    }

    /// Keeps it, or, with `None`, that there is none.
    pub(crate) async fn keep(
        app: &App,
        tenant: TenantId,
        provider: Option<&Provider>,
        expected: Revision,
    ) -> Result<()> {
        let text = match provider {
            Some(provider) => written(provider)?,
            None => String::new(),
        };
        app.store.put_value(&name(tenant), expected, &text).await?;
        Ok(())
    }

    /// Whether the issuer may speak for that tenant: it speaks for one, and for no other one.
    pub(crate) async fn claim(app: &App, issuer: &str, tenant: TenantId) -> Result<bool> {
        let name = speaker(issuer);
        let own = tenant.to_string();
        let (known, revision) = match app.store.value(&name).await? {
            None => (String::new(), Revision(0)),
            Some(stored) => (stored.text, stored.revision),
        };
        if known == own {
            return Ok(true);
        }
        if !known.is_empty() {
            return Ok(false);
        }
        match app.store.put_value(&name, revision, &own).await {
            Ok(_) => Ok(true),
            Err(store::Error::Conflict { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// The issuer speaks for nobody any more.
    pub(crate) async fn release(app: &App, issuer: &str, tenant: TenantId) -> Result<()> {
        let name = speaker(issuer);
        if let Some(stored) = app.store.value(&name).await?
            && stored.text == tenant.to_string()
        {
            app.store.put_value(&name, stored.revision, "").await?;
        }
        app.upstreams.forget(issuer);
        Ok(())
    }
}
