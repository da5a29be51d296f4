//! Why a request was answered as it was: the stable reason codes, their public numbers and the
//! sentences people read (S20, S25.4).

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $number:expr, $status:expr, $sentence:literal;)*) => {
        /// A stable reason code. Codes never change their meaning; new ones are added.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Reason {
            $(#[doc = $sentence] $name,)*
        }

        impl Reason {
            /// Every code there is.
            pub const ALL: &'static [Reason] = &[$(Reason::$name,)*];

            /// The code: snake_case, stable.
            pub const fn as_str(self) -> &'static str {
                match self { $(Reason::$name => $code,)* }
            }

            /// The `errorCode` of a sign-in row. Where the number depends on the side, this is the
            /// one for the resource side; see [`Reason::error_code_at`].
            pub const fn error_code(self) -> u32 {
                match self { $(Reason::$name => $number,)* }
            }

            /// The HTTP status of a refused invitation, and of a refused administrative request
            /// unless [`Reason::administrative_status`] says otherwise; 200 for outcomes that
            /// refuse nothing.
            pub const fn status(self) -> u16 {
                match self { $(Reason::$name => $status,)* }
            }

            /// The sentence shown to people.
            pub const fn sentence(self) -> &'static str {
                match self { $(Reason::$name => $sentence,)* }
            }
        }
    };
}

/// What the inviter is told when the settings of either side refuse (S6.10).
pub const INVITATION_REFUSED: &str = "The cross-tenant access settings of your organization or of the invited user's organization do not allow this invitation.";

reasons! {
    // Sign-in (S8–S11)
    Granted = "granted", 0, 200, "Access was granted.";
    NotCrossTenant = "not_cross_tenant", 0, 200, "The account and the resource belong to the same organization.";
    OutboundBlocked = "outbound_blocked", 500_212, 403, "Your organization does not allow this access to the other organization.";
    InboundBlocked = "inbound_blocked", 500_213, 403, "The organization that owns the resource does not allow this access.";
    CloudNotEnabled = "cloud_not_enabled", 500_213, 403, "One of the organizations has not enabled the other's cloud.";
    PartnerRequiredCrossCloud = "partner_required_cross_cloud", 500_213, 403, "Across clouds the other organization must be added first.";
    CloudPairUnsupported = "cloud_pair_unsupported", 9_900_004, 403, "These two clouds cannot collaborate.";
    AccountNotFound = "account_not_found", 50_034, 403, "The account does not exist in its home organization.";
    AccountDisabled = "account_disabled", 50_057, 403, "The account is disabled in its home organization.";
    AccountDisabledInResource = "account_disabled_in_resource", 50_057, 403, "The account is disabled in the organization being visited.";
    UserNotInResourceTenant = "user_not_in_resource_tenant", 50_020, 403, "The account has not been invited to the organization.";
    RedemptionRequired = "redemption_required", 50_014, 403, "The invitation has to be accepted first.";
    ServiceProviderRelationshipMissing = "service_provider_relationship_missing", 9_900_008, 403, "There is no service provider relation between the organizations.";
    DirectConnectCrossCloudUnsupported = "direct_connect_cross_cloud_unsupported", 9_900_001, 400, "Direct connect does not work between clouds.";
    DirectConnectAppUnsupported = "direct_connect_app_unsupported", 9_900_002, 403, "This application cannot be reached by direct connect.";
    LicenseRequired = "license_required", 9_900_003, 403, "The organization lacks the licence this needs.";
    DirectConnectConsentRequired = "direct_connect_consent_required", 9_900_007, 403, "The user has to agree to the other organization's terms first.";
    CaBlocked = "ca_blocked", 53_003, 403, "A Conditional Access policy blocks this access.";
    MfaChallengeHome = "mfa_challenge_home", 50_076, 403, "Multifactor authentication is needed in the home organization.";
    MfaChallengeResource = "mfa_challenge_resource", 50_076, 403, "Multifactor authentication is needed with the organization being visited.";
    MfaTrustRequired = "mfa_trust_required", 90_071, 403, "The organization must accept MFA from the user's organization before this can work.";
    AuthStrengthChallengeHome = "auth_strength_challenge_home", 50_076, 403, "A stronger sign-in method is needed at home.";
    AuthStrengthChallengeResource = "auth_strength_challenge_resource", 50_076, 403, "A stronger sign-in method is needed with the organization being visited.";
    AuthStrengthUnsatisfiable = "auth_strength_unsatisfiable", 53_003, 403, "None of the required methods is possible for this user here.";
    AuthStrengthUnsupportedIdp = "auth_strength_unsupported_idp", 53_003, 403, "This kind of account cannot meet an authentication strength.";
    DeviceChallengeHome = "device_challenge_home", 50_097, 403, "The device has to identify itself to the home organization.";
    DeviceNotCompliant = "device_not_compliant", 53_000, 403, "The device does not meet its organization's rules.";
    DeviceNotHybridJoined = "device_not_hybrid_joined", 53_001, 403, "The device is not hybrid joined.";
    CompliantDeviceTrustRequired = "compliant_device_trust_required", 53_000, 403, "The organization does not accept device compliance from the user's organization.";
    HybridDeviceTrustRequired = "hybrid_device_trust_required", 53_001, 403, "The organization does not accept hybrid join from the user's organization.";
    GrantControlUnsupported = "grant_control_unsupported", 53_003, 403, "A required control cannot be met by external users.";
    TermsOfUseRequired = "terms_of_use_required", 50_158, 403, "Terms of use have to be accepted.";
    TenantRestrictionsBlocked = "tenant_restrictions_blocked", 5_000_211, 403, "The network or device administrator's policy does not allow this organization.";
    TrAnonymousBlocked = "tr_anonymous_blocked", 5_000_211, 403, "The network or device administrator's policy does not allow access without sign-in.";
    TrHeaderInvalid = "tr_header_invalid", 9_900_005, 403, "The tenant restrictions header is not valid.";
    TrAllowed = "tr_allowed", 0, 200, "Tenant restrictions allow this access.";
    TrNoSignal = "tr_no_signal", 0, 200, "No tenant restrictions header was sent.";
    TrOwnAccount = "tr_own_account", 0, 200, "The account belongs to the organization whose tenant restrictions were sent; outbound settings govern.";
    TrOwnTenantResource = "tr_own_tenant_resource", 0, 200, "The resource belongs to the organization whose tenant restrictions were sent; inbound settings govern.";
    TrNotEnforcedCrossCloud = "tr_not_enforced_cross_cloud", 0, 200, "Tenant restrictions are not enforced in another cloud.";
    TrAnonymousNotCovered = "tr_anonymous_not_covered", 0, 200, "A proxy's tenant restrictions do not cover access without sign-in.";

    // Invitation and redemption (S6, S7)
    Invited = "invited", 0, 201, "The invitation was made.";
    AlreadyInvited = "already_invited", 0, 201, "The person is already in the organization.";
    Redeemed = "redeemed", 0, 200, "The invitation was accepted.";
    AlreadyRedeemed = "already_redeemed", 0, 200, "The invitation had been accepted before.";
    InvitationsDisabled = "invitations_disabled", 0, 403, "The organization does not allow invitations.";
    InviterNotAuthorized = "inviter_not_authorized", 0, 403, "The inviter may not invite people to the organization.";
    MemberInviteRequiresAdmin = "member_invite_requires_admin", 0, 403, "Only an administrator may invite somebody as a member.";
    DomainBlocked = "domain_blocked", 9_900_006, 400, "The organization does not allow invitations to this domain.";
    DomainNotAllowed = "domain_not_allowed", 9_900_006, 400, "The organization allows invitations to certain domains only, and this is not one of them.";
    DomainListsExclusive = "domain_lists_exclusive", 0, 400, "Either an allow list or a block list of domains can be kept, not both.";
    InviteeIsInternal = "invitee_is_internal", 0, 400, "The invited person belongs to the organization itself.";
    InviteeNotFoundInHome = "invitee_not_found_in_home", 0, 400, "The invited person's organization has no such account.";
    CrossCloudRequiresUpn = "cross_cloud_requires_upn", 0, 400, "Across clouds the invitation must name the user principal name.";

    // Synchronization (S12)
    SyncCreated = "sync_created", 0, 200, "The user was created in the target organization.";
    SyncUpdated = "sync_updated", 0, 200, "The user was updated in the target organization.";
    SyncOutOfScope = "sync_out_of_scope", 0, 200, "The user is not in the scope of synchronization.";
    SyncSourceDeleted = "sync_source_deleted", 0, 200, "The user no longer exists in the source organization.";
    SyncDeleteDisabled = "sync_delete_disabled", 0, 200, "The user left the scope, and deletion in the target organization is switched off.";
    SyncUserNotInternalMember = "sync_user_not_internal_member", 0, 200, "Only internal members are synchronized.";
    SyncUserSmsSignIn = "sync_user_sms_sign_in", 0, 200, "Users with SMS sign-in are not synchronized.";
    SyncAutoRedemptionMissing = "sync_auto_redemption_missing", 0, 400, "Automatic redemption is not switched on.";
    SyncInboundNotAllowed = "sync_inbound_not_allowed", 0, 400, "The target organization does not allow synchronization from the source organization.";
    SyncCrossCloudUnsupported = "sync_cross_cloud_unsupported", 0, 400, "Synchronization does not work between clouds.";
    SyncCloudUnsupported = "sync_cloud_unsupported", 0, 400, "Synchronization does not work in this cloud.";

    // Multitenant organization (S13)
    MtoJoined = "mto_joined", 0, 200, "The organization joined the multitenant organization.";
    MtoNotInvited = "mto_not_invited", 0, 403, "The multitenant organization has not invited this organization.";
    MtoAlreadyActive = "mto_already_active", 0, 409, "The organization is already active in the multitenant organization.";
    MtoAlreadyMember = "mto_already_member", 0, 409, "The organization is in another multitenant organization.";
    MtoCloudUnsupported = "mto_cloud_unsupported", 0, 400, "Multitenant organizations exist in the commercial cloud only.";
    MtoServiceProvider = "mto_service_provider", 0, 400, "A service provider relation exists with an active organization.";
    MtoTenantLimit = "mto_tenant_limit", 0, 400, "A multitenant organization has at most 100 active organizations.";

    // Administration (S4, S14)
    Ok = "ok", 0, 200, "Done.";
    StepUpRequired = "step_up_required", 0, 401, "This change needs a stronger sign-in.";
    Forbidden = "forbidden", 0, 403, "Insufficient privileges to complete the operation.";
    PartnerNotFound = "partner_not_found", 0, 404, "The organization has not been added.";
    IdentitySynchronizationNotFound = "identity_synchronization_not_found", 0, 404, "No synchronization setting exists for the organization.";
    PartnerExists = "partner_exists", 0, 409, "The organization has already been added.";
    IdentitySynchronizationExists = "identity_synchronization_exists", 0, 409, "A synchronization setting already exists for the organization.";
    PolicyMigrating = "policy_migrating", 0, 503, "The policy is being moved to another storage; changes are possible again shortly.";
    TenantNotFound = "tenant_not_found", 0, 400, "No organization with that id or domain is known.";
    EmptyBlock = "empty_block", 0, 400, "The setting has neither users nor applications.";
    InvalidAccessType = "invalid_access_type", 0, 400, "The access type must be `allowed` or `blocked`.";
    TargetsRequired = "targets_required", 0, 400, "At least one target is needed.";
    InvalidTargetType = "invalid_target_type", 0, 400, "This type of target is not legal here.";
    InvalidUserTarget = "invalid_user_target", 0, 400, "A user target is `AllUsers` or the object id of a user or group.";
    AllUsersNotAlone = "all_users_not_alone", 0, 400, "`AllUsers` cannot stand beside other targets.";
    InvalidApplicationTarget = "invalid_application_target", 0, 400, "An application target is an application id or one of the known suites.";
    AllApplicationsNotAlone = "all_applications_not_alone", 0, 400, "`AllApplications` cannot stand beside other targets.";
    DefaultInboundUserTargets = "default_inbound_user_targets", 0, 400, "The default for users of other organizations must be for all users.";
    MsaUserTargets = "msa_user_targets", 0, 400, "Tenant restrictions for Microsoft accounts must be for all users.";
    DevicesFilterUnsupported = "devices_filter_unsupported", 0, 400, "A device filter has no effect and cannot be set.";
    AllUsersBlockedAppsNotBlocked = "all_users_blocked_apps_not_blocked", 0, 400, "Blocking all users requires blocking all applications.";
    AllApplicationsBlockedUsersAllowed = "all_applications_blocked_users_allowed", 0, 400, "Blocking all applications requires blocking users.";
    InvalidCloudEndpoint = "invalid_cloud_endpoint", 0, 400, "This is not the endpoint of a cloud.";
    OwnCloudEndpoint = "own_cloud_endpoint", 0, 400, "The own cloud cannot be listed.";
    CrossCloudDomainLookupUnsupported = "cross_cloud_domain_lookup_unsupported", 0, 400, "An organization of another cloud is added by its tenant id.";
    InvalidTenantId = "invalid_tenant_id", 0, 400, "A tenant id is a GUID.";
    PartnerIsSelf = "partner_is_self", 0, 400, "An organization cannot be its own partner.";
    ReadOnlyProperty = "read_only_property", 0, 400, "This property cannot be written.";
    InvalidProperty = "invalid_property", 0, 400, "This property does not exist here, or its value has the wrong form.";
    DefaultAutoConsentReadOnly = "default_auto_consent_read_only", 0, 400, "Automatic redemption cannot be switched on in the default.";
    FallbackIdentityProviderRequired = "fallback_identity_provider_required", 0, 400, "A redemption order needs a fallback identity provider.";
    AutoRedemptionCrossCloudUnsupported = "auto_redemption_cross_cloud_unsupported", 0, 400, "Automatic redemption does not work between clouds.";
    PartnerIsServiceProvider = "partner_is_service_provider", 0, 400, "A service provider cannot be removed.";
    PartnerInMultitenantOrganization = "partner_in_multitenant_organization", 0, 400, "An organization of the same multitenant organization cannot be removed.";
    PartnerHasIdentitySynchronization = "partner_has_identity_synchronization", 0, 400, "The synchronization setting must be deleted first.";
    PolicyObjectLimit = "policy_object_limit", 0, 400, "The policy would become larger than 25 KB.";

    // Report (S17)
    ExternalTenantIsLocal = "external_tenant_is_local", 0, 400, "The external organization is the local one.";

    // Missing knowledge (S25)
    GroupsUnknown = "groups_unknown", 9_900_009, 403, "It is not known whether the user is in a group that would decide.";
    NotHosted = "not_hosted", 9_900_010, 403, "The settings of an organization that would have to agree are not known here.";
}

/// On which side of the border something was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// The tenant the account belongs to.
    Home,
    /// The tenant that owns what is being reached.
    Resource,
    /// The tenant whose tenant restrictions header was sent.
    Policy,
    /// The tenant that pushes users.
    Source,
    /// The tenant that receives them.
    Target,
}

impl Side {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Side::Home => "home",
            Side::Resource => "resource",
            Side::Policy => "policy",
            Side::Source => "source",
            Side::Target => "target",
        }
    }
}

impl std::fmt::Display for Side {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Reason {
    /// The code with that text.
    pub fn from_code(code: &str) -> Option<Reason> {
        Reason::ALL
            .iter()
            .copied()
            .find(|reason| reason.as_str() == code)
    }

    /// The HTTP status of a refused administrative request. Two codes are a 403 to an inviter and
    /// an illegal value to an administrator (S20).
    pub const fn administrative_status(self) -> u16 {
        match self {
            Reason::CloudPairUnsupported | Reason::CloudNotEnabled => 400,
            _ => self.status(),
        }
    }

    /// The `errorCode` of a sign-in row; the two cloud refusals differ by side (S20).
    pub const fn error_code_at(self, side: Option<Side>) -> u32 {
        match (self, side) {
            (Reason::CloudNotEnabled | Reason::PartnerRequiredCrossCloud, Some(Side::Home)) => {
                Reason::OutboundBlocked.error_code()
            }
            _ => self.error_code(),
        }
    }
}

/// Why one block refuses (S3.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Detail {
    /// The allow list of users does not name the user.
    UserNotAllowed,
    /// The block list of users names the user.
    UserBlocked,
    /// The allow list of applications does not name the application.
    AppNotAllowed,
    /// The block list of applications names the application.
    AppBlocked,
    /// Two block lists name the user and the application together.
    UserAppPairBlocked,
    /// Everything is blocked.
    AllAccessBlocked,
}

impl Detail {
    /// Every detail there is.
    pub const ALL: [Detail; 6] = [
        Detail::UserNotAllowed,
        Detail::UserBlocked,
        Detail::AppNotAllowed,
        Detail::AppBlocked,
        Detail::UserAppPairBlocked,
        Detail::AllAccessBlocked,
    ];

    /// The code: snake_case, stable.
    pub const fn as_str(self) -> &'static str {
        match self {
            Detail::UserNotAllowed => "user_not_allowed",
            Detail::UserBlocked => "user_blocked",
            Detail::AppNotAllowed => "app_not_allowed",
            Detail::AppBlocked => "app_blocked",
            Detail::UserAppPairBlocked => "user_app_pair_blocked",
            Detail::AllAccessBlocked => "all_access_blocked",
        }
    }

    /// The sentence shown to people.
    pub const fn sentence(self) -> &'static str {
        match self {
            Detail::UserNotAllowed => "the user is not on the list of allowed users and groups",
            Detail::UserBlocked => "the user is on the list of blocked users and groups",
            Detail::AppNotAllowed => "the application is not on the list of allowed applications",
            Detail::AppBlocked => "the application is on the list of blocked applications",
            Detail::UserAppPairBlocked => {
                "the user and the application are both on the block lists"
            }
            Detail::AllAccessBlocked => "all users and all applications are blocked",
        }
    }
}

impl std::fmt::Display for Detail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Something the administrator should know about a block that is accepted (S4.15).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Warning {
    /// One half was missing and counts as completed.
    HalfBlockCompleted,
    /// Selected users are blocked from all applications.
    AllAppsBlockedSelectedUsersBlocked,
    /// Encrypted mail cannot be opened at the other organization.
    RmsNotReachable,
    /// Guests miss an application they need to manage their access.
    PortalAppsNotReachable,
    /// The default closes something for everyone not listed.
    DefaultBlocksAccess,
}

impl Warning {
    /// Every warning, in the order in which they are given (S4.15, S24).
    pub const ALL: [Warning; 5] = [
        Warning::HalfBlockCompleted,
        Warning::AllAppsBlockedSelectedUsersBlocked,
        Warning::RmsNotReachable,
        Warning::PortalAppsNotReachable,
        Warning::DefaultBlocksAccess,
    ];

    /// The code: snake_case, stable.
    pub const fn as_str(self) -> &'static str {
        match self {
            Warning::HalfBlockCompleted => "half_block_completed",
            Warning::AllAppsBlockedSelectedUsersBlocked => {
                "all_apps_blocked_selected_users_blocked"
            }
            Warning::RmsNotReachable => "rms_not_reachable",
            Warning::PortalAppsNotReachable => "portal_apps_not_reachable",
            Warning::DefaultBlocksAccess => "default_blocks_access",
        }
    }

    /// The sentence shown to people.
    pub const fn sentence(self) -> &'static str {
        match self {
            Warning::HalfBlockCompleted => {
                "One half of the setting is missing and counts as completed."
            }
            Warning::AllAppsBlockedSelectedUsersBlocked => {
                "All applications are blocked, for the selected users only."
            }
            Warning::RmsNotReachable => {
                "Encrypted mail cannot be opened: Rights Management is not reachable."
            }
            Warning::PortalAppsNotReachable => {
                "Guests cannot manage their access: one of My Apps, App Access Panel, My Profile and My Sign-ins is not reachable."
            }
            Warning::DefaultBlocksAccess => {
                "This blocks access for every organization that does not override it."
            }
        }
    }
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_code_is_distinct_and_can_be_read_back() {
        let codes: BTreeSet<&str> = Reason::ALL.iter().map(|reason| reason.as_str()).collect();
        assert_eq!(codes.len(), Reason::ALL.len());
        for reason in Reason::ALL {
            assert_eq!(Reason::from_code(reason.as_str()), Some(*reason));
        }
    }

    #[test]
    fn cloud_refusals_carry_the_number_of_their_side() {
        for reason in [Reason::CloudNotEnabled, Reason::PartnerRequiredCrossCloud] {
            assert_eq!(reason.error_code_at(Some(Side::Home)), 500_212);
            assert_eq!(reason.error_code_at(Some(Side::Resource)), 500_213);
        }
    }
}
