//! What callers hold, by the names and ids that stand in tokens.

use std::sync::LazyLock;

use policy::role::Role;
use uuid::Uuid;

/// Read the settings.
pub(crate) const POLICY_READ: &str = "Policy.Read.All";
/// Change the settings.
pub(crate) const POLICY_WRITE: &str = "Policy.ReadWrite.CrossTenantAccess";
/// Read the logs.
pub(crate) const AUDIT_READ: &str = "AuditLog.Read.All";
/// Read the provisioning log.
pub(crate) const PROVISIONING_READ: &str = "ProvisioningLog.Read.All";
/// Read the directory, and the audit log.
pub(crate) const DIRECTORY_READ: &str = "Directory.Read.All";
/// Ask for decisions.
pub(crate) const DECISION_READ: &str = "Decision.Read.All";
/// State groups and claims of a user in a question.
pub(crate) const DECISION_ASSERT: &str = "Decision.Assert";
/// Report sign-ins.
pub(crate) const SIGN_INS_WRITE: &str = "SignIn.Report.All";
/// Look tenants up.
pub(crate) const TENANT_INFORMATION: &str = "CrossTenantInformation.ReadBasic.All";
/// Read the multitenant organization, without its templates.
pub(crate) const MTO_READ_BASIC: &str = "MultiTenantOrganization.ReadBasic.All";
/// Read the multitenant organization and the templates for its partners.
pub(crate) const MTO_READ: &str = "MultiTenantOrganization.Read.All";
/// Change the multitenant organization and the templates for its partners.
pub(crate) const MTO_WRITE: &str = "MultiTenantOrganization.ReadWrite.All";
/// Change Microsoft 365 capabilities.
pub(crate) const CAPABILITY_WRITE: &str = "Policy.ReadWrite.CrossTenantCapability";
/// Run the server: both sides of every question, and the registry of tenants. It is given by
/// whoever runs the server, never by a tenant.
pub const OPERATOR: &str = "Comity.Operator";

/// Read and change the directory.
pub(crate) const DIRECTORY_WRITE: &str = "Directory.ReadWrite.All";
/// Read the profile of the person who is signed in.
pub(crate) const USER_READ: &str = "User.Read";
/// Read the basic profiles of people.
pub(crate) const USER_BASIC: &str = "User.ReadBasic.All";
/// Read people.
pub(crate) const USER_READ_ALL: &str = "User.Read.All";
/// Read and change people.
pub(crate) const USER_WRITE: &str = "User.ReadWrite.All";
/// Invite guests.
pub(crate) const INVITE: &str = "User.Invite.All";
/// End the sessions of people.
pub(crate) const REVOKE_SESSIONS: &str = "User.RevokeSessions.All";
/// Read groups.
pub(crate) const GROUP_READ: &str = "Group.Read.All";
/// Read and change groups.
pub(crate) const GROUP_WRITE: &str = "Group.ReadWrite.All";
/// Read who is in which group.
pub(crate) const MEMBERS_READ: &str = "GroupMember.Read.All";
/// Change who is in which group.
pub(crate) const MEMBERS_WRITE: &str = "GroupMember.ReadWrite.All";
/// Read applications.
pub(crate) const APPLICATION_READ: &str = "Application.Read.All";
/// Read and change applications.
pub(crate) const APPLICATION_WRITE: &str = "Application.ReadWrite.All";
/// Read what the organization says about itself.
pub(crate) const ORGANIZATION_READ: &str = "Organization.Read.All";
/// Change it.
pub(crate) const ORGANIZATION_WRITE: &str = "Organization.ReadWrite.All";
/// Change the authorization policy.
pub(crate) const AUTHORIZATION_WRITE: &str = "Policy.ReadWrite.Authorization";
/// Read which domains may be invited.
pub(crate) const B2B_READ: &str = "Policy.Read.B2BManagementPolicy";
/// Change which domains may be invited.
pub(crate) const B2B_WRITE: &str = "Policy.ReadWrite.B2BManagementPolicy";
/// Push the people of the source tenant that the client is tied to, over SCIM, and nothing else.
pub(crate) const SYNCHRONIZE: &str = "IdentitySynchronization.Push.All";
/// Keep users and groups current over SCIM, and nothing else.
pub(crate) const SCIM: &str = "Scim.ReadWrite.All";

/// Every application permission a tenant can give: those that an operation of Graph asks for, and
/// those of this product's own interfaces.
pub static ALL_APPLICATION_PERMISSIONS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let own = [DECISION_READ, DECISION_ASSERT, SIGN_INS_WRITE];
    let mut all = crate::access::permissions();
    all.extend(own);
    all.remove(OPERATOR);
    all.into_iter().collect()
});

/// Directory roles by template id, as tokens name them.
pub const ROLE_TEMPLATES: [(Uuid, Role); Role::ALL.len()] = {
    let mut templates = [(Uuid::nil(), Role::GlobalAdministrator); Role::ALL.len()];
    let (mut rest, mut known): (&mut [(Uuid, Role)], &[Role]) = (&mut templates, Role::ALL);
    while let ([place, places @ ..], [role, roles @ ..]) = (rest, known) {
        *place = (Uuid::from_u128(role.id().as_u128()), *role);
        (rest, known) = (places, roles);
    }
    templates
};
