//! Programs that may ask for tokens.

use std::collections::BTreeSet;

use async_trait::async_trait;
use policy::target::ApplicationId;
use policy::tenant::TenantId;
use signins::window::Moment;

use crate::error::Result;

/// A secret of a client, as it is kept: hashed.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientSecret {
    /// Names the secret, so that it can be withdrawn.
    pub id: String,
    /// The hash, in the PHC string format. This crate never sees a secret.
    pub phc: String,
    /// Since when it is valid.
    pub created: Moment,
    /// Until when.
    pub expires: Option<Moment>,
}

/// Hides the hash: it does not belong into a log.
impl std::fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientSecret")
            .field("id", &self.id)
            .field("created", &self.created)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

/// A registered program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Its `appId`, which is its `client_id`.
    pub id: ApplicationId,
    /// The tenant it belongs to.
    pub tenant: TenantId,
    /// A name.
    pub display_name: Option<String>,
    /// Its secrets; any of them will do.
    pub secrets: Vec<ClientSecret>,
    /// The application permissions it holds, by their names.
    pub permissions: BTreeSet<String>,
    /// Whether it gets no tokens.
    pub disabled: bool,
}

/// Keeps the registrations of clients.
#[async_trait]
pub trait Clients: Send + Sync {
    /// Keeps the client, in the place of the one with its id. [`crate::Error::Taken`] if it belongs
    /// to another tenant: a registration never wanders. The last writer wins.
    async fn put_client(&self, client: &Client) -> Result<()>;

    /// The client with that id, whoever owns it.
    async fn client(&self, id: ApplicationId) -> Result<Option<Client>>;

    /// The clients of a tenant after that id, in the order of their ids.
    async fn clients(
        &self,
        tenant: TenantId,
        after: Option<ApplicationId>,
        limit: u32,
    ) -> Result<Vec<Client>>;

    /// Drops the client. [`crate::Error::NotFound`] if the tenant has none with that id.
    async fn delete_client(&self, tenant: TenantId, id: ApplicationId) -> Result<()>;
}
