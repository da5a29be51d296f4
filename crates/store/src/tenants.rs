//! The tenants that are known: hosted here, or only registered (S25.1).

use std::sync::Arc;

use async_trait::async_trait;
use policy::tenant::{Domain, TenantId};
use policy::world::Tenant;
use signins::window::Moment;

use crate::error::Result;
use crate::revision::{Revision, Sequence};

/// A tenant as the registry knows it.
#[derive(Clone, Debug, PartialEq)]
pub struct TenantRow {
    /// Its profile: a tenant without policy and directory, which are read with
    /// [`crate::Settings::world`].
    pub profile: Arc<Tenant>,
    /// Whether its policy lives here.
    pub hosted: bool,
    /// Whether its people are known here (S25.2).
    pub directory_known: bool,
    /// How often its settings have been written.
    pub revision: Revision,
    /// The last write that a decision about it can see.
    pub moved: Sequence,
    /// When it was created here.
    pub created: Moment,
}

/// Looks tenants up. They are created and changed by [`crate::Settings::commit`].
#[async_trait]
pub trait Tenants: Send + Sync {
    /// The tenant, if it is known.
    async fn tenant(&self, id: TenantId) -> Result<Option<TenantRow>>;

    /// The tenant that has verified the domain. At most one has, in whatever cloud: a commit that
    /// would give it to a second one is refused (S1.2).
    async fn tenant_of_domain(&self, domain: &Domain) -> Result<Option<TenantId>>;

    /// Those of these tenants that are known, in no order.
    async fn tenants_of(&self, ids: &[TenantId]) -> Result<Vec<TenantRow>>;

    /// The tenants after that id, in the order of their ids. A tenant that exists during the whole
    /// walk from page to page is met exactly once; one that appears meanwhile may be missed.
    async fn tenants(&self, after: Option<TenantId>, limit: u32) -> Result<Vec<TenantRow>>;
}
