//! A client: a program that a tenant lets in by id and secret.

use policy::target::ApplicationId;
use policy::tenant::TenantId;
use uuid::Uuid;

use crate::secret::SecretHash;

/// What is stored about a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// `client_id`.
    pub id: ApplicationId,
    /// The tenant that lets it in.
    pub tenant: TenantId,
    /// The object that stands for it in that tenant: `oid` of its tokens.
    pub object: Uuid,
    /// A name for people.
    pub display_name: String,
    /// The application permissions it was given: `roles` of its tokens.
    pub permissions: Vec<String>,
    /// Its secrets; more than one while they are changed.
    pub secrets: Vec<SecretHash>,
}
