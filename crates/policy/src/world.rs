//! What a decision looks at: tenants with their settings, people, groups, applications and
//! Conditional Access (S1).
//!
//! A [`World`] is a plain value. What is not known is said, not assumed: a tenant without
//! [`Tenant::policy`] is *registered* but not *hosted*, a tenant without [`Tenant::directory`] is
//! hosted but nobody in it is known, and a user whose groups are `None` may be in any of them
//! (S25).

mod tenants;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::authorization::{Authorization, Organization};
use crate::conditional_access::ConditionalAccessPolicy;
use crate::governance::Governance;
use crate::multitenant::{MultitenantOrganization, Templates};
use crate::role::Action;
use crate::roll::Roll;
use crate::settings::Policy;
use crate::target::{ApplicationId, GroupId, UserId};
use crate::tenant::{Cloud, Domain, MICROSOFT_ACCOUNTS, TenantId};

pub use tenants::Tenants;

/// Every tenant that is known, and the facts they share.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct World {
    /// The tenants, hosted and registered.
    pub tenants: Tenants,
    /// What the application keywords stand for.
    pub suites: Arc<Suites>,
    /// The multitenant organizations.
    pub multitenant_organizations: Vec<MultitenantOrganization>,
    /// Whether both sides must be hosted for anything to be allowed (S25.1).
    pub both_sides_required: bool,
}

impl World {
    /// The tenant, if it is known.
    pub fn tenant(&self, id: TenantId) -> Option<&Tenant> {
        self.tenants.get(&id)
    }

    /// The tenant's settings, if they live here.
    pub fn policy(&self, id: TenantId) -> Option<&Policy> {
        self.tenants.get(&id)?.policy.as_ref()
    }

    /// The tenant that has verified the domain, in any cloud (S6.5).
    pub fn tenant_of_domain(&self, domain: &Domain) -> Option<&Tenant> {
        let mut tenants = self.tenants.values();
        tenants.find(|tenant| tenant.domains.contains(domain))
    }

    /// The cloud of the tenant, if it is known. Personal accounts live in the commercial cloud,
    /// registered or not (S1.3).
    pub fn cloud(&self, id: TenantId) -> Option<Cloud> {
        match self.tenant(id) {
            Some(tenant) => Some(tenant.cloud),
            None => (id == MICROSOFT_ACCOUNTS).then_some(Cloud::Commercial),
        }
    }

    /// Whether the two tenants are in different clouds. A tenant nobody knows counts as being in
    /// the same cloud (S1.2).
    pub fn clouds_differ(&self, a: TenantId, b: TenantId) -> bool {
        match (self.cloud(a), self.cloud(b)) {
            (Some(a), Some(b)) => a != b,
            _ => false,
        }
    }
}

/// What the application keywords stand for: configuration data (S1.9, S9.3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Suites {
    /// `Office365`.
    pub office365: BTreeSet<ApplicationId>,
    /// `AllMicrosoftApps`.
    pub all_microsoft_apps: BTreeSet<ApplicationId>,
    /// Applications that can be reached by direct connect.
    pub direct_connect_capable: BTreeSet<ApplicationId>,
}

/// Who may invite guests (S6.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AllowInvitesFrom {
    /// Nobody, not even administrators.
    None,
    /// The three inviting roles.
    AdminsAndGuestInviters,
    /// Those and every member.
    AdminsGuestInvitersAndAllMembers,
    /// Anybody, guests too.
    Everyone,
}

impl AllowInvitesFrom {
    /// All values.
    pub const ALL: [Self; 4] = [
        Self::None,
        Self::AdminsAndGuestInviters,
        Self::AdminsGuestInvitersAndAllMembers,
        Self::Everyone,
    ];
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::AdminsAndGuestInviters => "adminsAndGuestInviters",
            Self::AdminsGuestInvitersAndAllMembers => "adminsGuestInvitersAndAllMembers",
            Self::Everyone => "everyone",
        }
    }
    /// The value of a tenant that never set it: everyone; in US Government none (S6.2).
    pub const fn initial(cloud: Cloud) -> Self {
        match cloud {
            Cloud::UsGovernment => Self::None,
            Cloud::Commercial | Cloud::China => Self::Everyone,
        }
    }
}

/// Domains that may or may not be invited: one list, never both (S6.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DomainList {
    /// Only these.
    Allowed(BTreeSet<Domain>),
    /// All but these.
    Blocked(BTreeSet<Domain>),
}

/// How a tenant's policy is stored (S14.5, S14.11).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Storage {
    /// No limit.
    #[default]
    Scalable,
    /// At most 25 KB.
    Legacy,
    /// Being moved from legacy to scalable: reads only.
    Migrating,
}

/// One tenant (S1.2).
#[derive(Clone, Debug, PartialEq)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// A name for people.
    pub display_name: Option<String>,
    /// The name on its sign-in pages, for whoever looks it up.
    pub federation_brand_name: Option<String>,
    /// Where it lives.
    pub cloud: Cloud,
    /// `tenant_region_scope`, as the operator set it; it decides nothing here.
    pub region: Option<String>,
    /// Verified domains; a domain is verified in at most one tenant.
    pub domains: BTreeSet<Domain>,
    /// Whether it has P1 or anything that contains it (S1.11).
    pub p1: bool,
    /// Its settings; `None`: they live elsewhere, the tenant is only registered (S25.1).
    pub policy: Option<Policy>,
    /// Who may invite.
    pub allow_invites_from: AllowInvitesFrom,
    /// Which domains may be invited.
    pub domain_list: Option<DomainList>,
    /// What its people and its guests may do in the directory (S14.15).
    pub authorization: Authorization,
    /// What it says about itself.
    pub organization: Organization,
    /// Whether a passcode by e-mail may replace a Microsoft account (S7.4).
    pub email_passcode: bool,
    /// Its people and groups; `None`: unknown (S25.2).
    pub directory: Option<Directory>,
    /// Its Conditional Access policies, in the order listed.
    pub conditional_access: Vec<ConditionalAccessPolicy>,
    /// Permissions that need an authentication context (S14.4).
    pub protected_actions: BTreeMap<Action, String>,
    /// How its policy is stored.
    pub storage: Storage,
    /// Its templates for partners of a multitenant organization (S13.4).
    pub templates: Templates,
    /// Whether it is in a multitenant organization that is not in this world (S13.2).
    pub in_other_multitenant_organization: bool,
    /// Its own roles, who was given which, and its authentication contexts (S14.2–S14.4).
    pub governance: Governance,
}

impl Tenant {
    /// A tenant that is registered and nothing more.
    pub fn registered(id: TenantId, cloud: Cloud) -> Self {
        Tenant {
            id,
            display_name: None,
            federation_brand_name: None,
            cloud,
            region: None,
            domains: BTreeSet::new(),
            p1: false,
            policy: None,
            allow_invites_from: AllowInvitesFrom::initial(cloud),
            domain_list: None,
            authorization: Authorization::default(),
            organization: Organization::default(),
            email_passcode: true,
            directory: None,
            conditional_access: Vec::new(),
            protected_actions: BTreeMap::new(),
            storage: Storage::Scalable,
            templates: Templates::default(),
            in_other_multitenant_organization: false,
            governance: Governance::default(),
        }
    }
}

/// `userType`: whether somebody counts as one of the tenant's own (S1.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UserType {
    /// Counts as one of the tenant's own.
    Member,
    /// Counts as a visitor.
    Guest,
}

impl UserType {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            UserType::Member => "Member",
            UserType::Guest => "Guest",
        }
    }
}

/// How far an invitation has got (S1.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RedemptionState {
    /// Not accepted yet.
    PendingAcceptance,
    /// Accepted.
    Accepted,
}

impl RedemptionState {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            RedemptionState::PendingAcceptance => "PendingAcceptance",
            RedemptionState::Accepted => "Accepted",
        }
    }
}

/// An identity provider that an external user can use although it is not a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExternalIdentity {
    /// SAML or WS-Fed federation.
    Federation,
    /// Google, Facebook and the like.
    Social,
    /// A personal Microsoft account.
    MicrosoftAccount,
    /// A passcode by e-mail.
    EmailPasscode,
}

/// Where an external user authenticates (S1.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum External {
    /// With another tenant.
    Tenant {
        /// That tenant.
        home_tenant: TenantId,
        /// The account there.
        home_user: UserId,
    },
    /// With providers that are not tenants.
    Providers(BTreeSet<ExternalIdentity>),
}

/// A user object.
#[derive(Clone, Debug, PartialEq)]
pub struct User {
    /// The object's id.
    pub id: UserId,
    /// `userPrincipalName`.
    pub user_principal_name: String,
    /// `mail`.
    pub mail: Option<String>,
    /// `displayName`.
    pub display_name: Option<String>,
    /// Member or guest.
    pub user_type: UserType,
    /// `accountEnabled`.
    pub enabled: bool,
    /// Direct groups; `None`: unknown (S25.3).
    pub groups: Option<BTreeSet<GroupId>>,
    /// For external users: where they authenticate.
    pub external: Option<External>,
    /// For external users: how far the invitation has got.
    pub redemption: Option<RedemptionState>,
    /// Signs in by SMS (S12.5).
    pub sms_sign_in: bool,
    /// Created and kept by synchronization (S12.9).
    pub managed_by_synchronization: bool,
    /// Who invited or answers for the user.
    pub sponsor: Option<UserId>,
    /// The provider recorded at redemption (S7.6).
    pub identity_provider: Option<&'static str>,
    /// Further attributes, for the scope filter of synchronization.
    pub attributes: BTreeMap<String, String>,
}

impl User {
    /// A member of whom nothing is known but the id, who is in no group.
    pub fn new(id: UserId) -> Self {
        User {
            id,
            user_principal_name: String::new(),
            mail: None,
            display_name: None,
            user_type: UserType::Member,
            enabled: true,
            groups: Some(BTreeSet::new()),
            external: None,
            redemption: None,
            sms_sign_in: false,
            managed_by_synchronization: false,
            sponsor: None,
            identity_provider: None,
            attributes: BTreeMap::new(),
        }
    }
    /// An internal user of the tenant, of either type (S1.4).
    pub fn is_internal(&self) -> bool {
        self.external.is_none()
    }
    /// Whether this object stands for that account of another tenant.
    pub fn stands_for(&self, tenant: TenantId, user: UserId) -> bool {
        matches!(&self.external, Some(External::Tenant { home_tenant, home_user })
            if *home_tenant == tenant && *home_user == user)
    }
    /// Whether the invitation has not been accepted yet.
    pub fn is_pending(&self) -> bool {
        self.redemption == Some(RedemptionState::PendingAcceptance)
    }
}

/// The people and groups of one tenant.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Directory {
    /// The user objects.
    pub users: Roll<UserId, User>,
    /// For each group the groups it is a direct member of.
    pub groups: Roll<GroupId, BTreeSet<GroupId>>,
}

impl Directory {
    /// The internal account with that id (S8.4).
    pub fn internal(&self, id: UserId) -> Option<&User> {
        self.users.get(&id).filter(|user| user.is_internal())
    }

    /// The object for that account of another tenant (S8.8).
    pub fn object_for(&self, tenant: TenantId, user: UserId) -> Option<&User> {
        let mut users = self.users.values();
        users.find(|object| object.stands_for(tenant, user))
    }

    /// The internal user with that user principal name or mail, without regard to case (S6.5).
    pub fn by_address(&self, address: &str) -> Option<&User> {
        let address = address.to_lowercase();
        self.users.values().find(|user| {
            user.is_internal()
                && (user.user_principal_name.to_lowercase() == address
                    || user
                        .mail
                        .as_ref()
                        .is_some_and(|m| m.to_lowercase() == address))
        })
    }

    /// The groups a user with these direct groups is in, nested ones too; a loop in the nesting
    /// is harmless (S1.6).
    pub fn closure(&self, direct: &BTreeSet<GroupId>) -> BTreeSet<GroupId> {
        let mut seen = BTreeSet::new();
        let mut open: Vec<GroupId> = direct.iter().copied().collect();
        while let Some(group) = open.pop() {
            if seen.insert(group) {
                open.extend(self.groups.get(&group).into_iter().flatten());
            }
        }
        seen
    }
}
