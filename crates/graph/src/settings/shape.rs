//! What can be asked of the settings: the policy, its default, its partners and their
//! synchronization.

use crate::query::{Member, Navigation, Operators, QueryOption, Shape};

/// The policy.
pub static POLICY: Shape = Shape {
    members: &[
        Member::guid("id"),
        Member::text("displayName"),
        Member::text("description"),
        Member::texts("allowedCloudEndpoints"),
        Member::opaque("definition").beta(),
        Member::time("deletedDateTime"),
    ],
    is_open: true,
    options: &[QueryOption::Select],
    ..Shape::EMPTY
};

/// The default.
pub static DEFAULT: Shape = Shape {
    members: &[
        Member::guid("id"),
        Member::boolean("isServiceDefault"),
        Member::opaque("inboundTrust"),
        Member::opaque("b2bCollaborationOutbound"),
        Member::opaque("b2bCollaborationInbound"),
        Member::opaque("b2bDirectConnectOutbound"),
        Member::opaque("b2bDirectConnectInbound"),
        Member::opaque("crossCloudMeetingConfiguration"),
        Member::opaque("automaticUserConsentSettings"),
        Member::opaque("protectedContentSharing"),
        Member::opaque("tenantRestrictions"),
        Member::opaque("invitationRedemptionIdentityProviderConfiguration"),
        Member::opaque("m365CollaborationInbound"),
        Member::opaque("m365CollaborationOutbound"),
        Member::opaque("appServiceConnectInbound"),
        Member::boolean("blockServiceProviderOutboundAccess").beta(),
        Member::time("deletedDateTime").beta(),
    ],
    navigations: &[CAPABILITIES],
    is_open: true,
    options: &[QueryOption::Select, QueryOption::Expand],
    ..Shape::EMPTY
};

const CAPABILITIES: Navigation = Navigation {
    name: crate::capability::MEMBER,
    shape: &crate::capability::SHAPE,
    is_beta: false,
};

/// One partner, and the list of them.
pub static PARTNER: Shape = Shape {
    members: &[
        Member::guid("tenantId").filter(Operators::EQ.and(Operators::IN)),
        Member::text("displayName"),
        Member::boolean("isServiceProvider").filter(Operators::EQ),
        Member::boolean("isInMultiTenantOrganization").filter(Operators::EQ),
        Member::opaque("inboundTrust"),
        Member::opaque("b2bCollaborationOutbound"),
        Member::opaque("b2bCollaborationInbound"),
        Member::opaque("b2bDirectConnectOutbound"),
        Member::opaque("b2bDirectConnectInbound"),
        Member::opaque("crossCloudMeetingConfiguration"),
        Member::opaque("automaticUserConsentSettings"),
        Member::opaque("protectedContentSharing"),
        Member::opaque("tenantRestrictions"),
        Member::opaque("invitationRedemptionIdentityProviderConfiguration"),
        Member::opaque("m365CollaborationInbound"),
        Member::opaque("m365CollaborationOutbound"),
        Member::opaque("appServiceConnectInbound"),
        Member::boolean("blockServiceProviderOutboundAccess").beta(),
        Member::time("deletedDateTime").beta(),
    ],
    navigations: &[
        Navigation {
            name: "identitySynchronization",
            shape: &SYNCHRONIZATION,
            is_beta: false,
        },
        CAPABILITIES,
    ],
    always: &["tenantId"],
    is_open: true,
    options: &[
        QueryOption::Select,
        QueryOption::Expand,
        QueryOption::Filter,
        QueryOption::Top,
        QueryOption::Skip,
        QueryOption::SkipToken,
        QueryOption::Count,
    ],
    ..Shape::EMPTY
};

/// The synchronization setting of a partner.
pub static SYNCHRONIZATION: Shape = Shape {
    members: &[
        Member::guid("tenantId"),
        Member::text("displayName"),
        Member::opaque("userSyncInbound"),
        Member::opaque("groupSyncInbound").beta(),
        Member::opaque("roleEnabledGroupSyncInbound").beta(),
        Member::text("externalCloudAuthorizedApplicationId").beta(),
        Member::time("deletedDateTime").beta(),
    ],
    always: &["tenantId"],
    is_open: true,
    options: &[QueryOption::Select],
    ..Shape::EMPTY
};
