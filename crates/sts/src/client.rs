//! A client: a program that a tenant lets in by id and secret.

use aws_lc_rs::digest;
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

/// The object that stands for a client in its tenant: always the same one, and another one in every
/// tenant.
pub fn object_of(tenant: TenantId, client: ApplicationId) -> Uuid {
    let mut text = tenant.as_u128().to_be_bytes().to_vec();
    text.extend(client.as_u128().to_be_bytes());
    let digest = digest::digest(&digest::SHA256, &text);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(digest.as_ref().get(..16).unwrap_or(&[0; 16]));
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}
