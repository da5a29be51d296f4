//! What callers hold, by the names and ids that stand in tokens.

use policy::role::Role;
use uuid::Uuid;

/// Read the settings.
pub(crate) const POLICY_READ: &str = "Policy.Read.All";
/// Change the settings.
pub(crate) const POLICY_WRITE: &str = "Policy.ReadWrite.CrossTenantAccess";
/// Read the logs.
pub(crate) const AUDIT_READ: &str = "AuditLog.Read.All";
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
/// Keep users and groups current over SCIM, and nothing else.
pub(crate) const SCIM: &str = "Scim.ReadWrite.All";

/// Every application permission a tenant can give.
pub const ALL_APPLICATION_PERMISSIONS: [&str; 30] = [
    POLICY_READ,
    POLICY_WRITE,
    AUDIT_READ,
    DIRECTORY_READ,
    DECISION_READ,
    DECISION_ASSERT,
    SIGN_INS_WRITE,
    DIRECTORY_WRITE,
    USER_BASIC,
    USER_READ_ALL,
    USER_WRITE,
    INVITE,
    REVOKE_SESSIONS,
    GROUP_READ,
    GROUP_WRITE,
    MEMBERS_READ,
    MEMBERS_WRITE,
    APPLICATION_READ,
    APPLICATION_WRITE,
    ORGANIZATION_READ,
    ORGANIZATION_WRITE,
    AUTHORIZATION_WRITE,
    B2B_READ,
    B2B_WRITE,
    SCIM,
    TENANT_INFORMATION,
    MTO_READ_BASIC,
    MTO_READ,
    MTO_WRITE,
    CAPABILITY_WRITE,
];

/// Directory roles by template id. Those of the built-in roles are Microsoft's; those of the three
/// custom roles are ours, the same in every tenant.
pub const ROLE_TEMPLATES: [(Uuid, Role); 10] = [
    (
        Uuid::from_u128(0x62e90394_69f5_4237_9190_012177145e10),
        Role::GlobalAdministrator,
    ),
    (
        Uuid::from_u128(0x194ae4cb_b126_40b2_bd5b_6091b380977d),
        Role::SecurityAdministrator,
    ),
    (
        Uuid::from_u128(0xf2ef992c_3afb_46b9_b7cf_a126ee74c451),
        Role::GlobalReader,
    ),
    (
        Uuid::from_u128(0x5d6b6bb7_de71_4623_b4af_96380a352509),
        Role::SecurityReader,
    ),
    (
        Uuid::from_u128(0x69091246_20e8_4a56_aa4d_066075b2a7a8),
        Role::TeamsAdministrator,
    ),
    (
        Uuid::from_u128(0xfe930be7_5e62_47db_91af_98c3a49a38b1),
        Role::UserAdministrator,
    ),
    (
        Uuid::from_u128(0x95e79109_95c0_4d8e_aee3_d01accf2d47b),
        Role::GuestInviter,
    ),
    (
        Uuid::from_u128(0xc0317a00_0000_4000_8000_000000000001),
        Role::CrossTenantAccessAdministrator,
    ),
    (
        Uuid::from_u128(0xc0317a00_0000_4000_8000_000000000002),
        Role::CrossTenantAccessReader,
    ),
    (
        Uuid::from_u128(0xc0317a00_0000_4000_8000_000000000003),
        Role::CrossTenantAccessPartnerAdministrator,
    ),
];
