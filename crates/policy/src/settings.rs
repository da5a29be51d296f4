//! The settings of one tenant: the five blocks, trust, automatic redemption, synchronization, the
//! default configuration and the entries for partner organizations (S2, S3.1).
//!
//! Everything here is as the administrator stored it. What is in force after inheritance is the
//! business of [`crate::resolve`].

use std::collections::BTreeMap;

use crate::roll::Roll;
use crate::target::{Access, ApplicationTarget, ApplicationsHalf, Half, UserTarget, UsersHalf};
use crate::tenant::{Cloud, PolicyId, TenantId};

/// The five settings that have a users half and an applications half, in the order of S2.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BlockName {
    /// Guests of the partner coming in.
    B2bCollaborationInbound,
    /// Own users going out as guests.
    B2bCollaborationOutbound,
    /// The partner's users coming in without an object.
    B2bDirectConnectInbound,
    /// Own users going out without an object.
    B2bDirectConnectOutbound,
    /// External accounts in external tenants, on the own network or devices.
    TenantRestrictions,
}

impl BlockName {
    /// All five, in the order of S2.2, which is also the order of warnings and refusals (S24).
    pub const ALL: [BlockName; 5] = [
        BlockName::B2bCollaborationInbound,
        BlockName::B2bCollaborationOutbound,
        BlockName::B2bDirectConnectInbound,
        BlockName::B2bDirectConnectOutbound,
        BlockName::TenantRestrictions,
    ];

    /// The JSON property name.
    pub const fn as_str(self) -> &'static str {
        match self {
            BlockName::B2bCollaborationInbound => "b2bCollaborationInbound",
            BlockName::B2bCollaborationOutbound => "b2bCollaborationOutbound",
            BlockName::B2bDirectConnectInbound => "b2bDirectConnectInbound",
            BlockName::B2bDirectConnectOutbound => "b2bDirectConnectOutbound",
            BlockName::TenantRestrictions => "tenantRestrictions",
        }
    }

    /// The block with that JSON property name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|block| block.as_str() == name)
    }

    /// Whether this is one of the two direct connect blocks.
    pub const fn is_direct_connect(self) -> bool {
        matches!(
            self,
            BlockName::B2bDirectConnectInbound | BlockName::B2bDirectConnectOutbound
        )
    }

    /// Whether this is one of the two collaboration blocks.
    pub const fn is_collaboration(self) -> bool {
        matches!(
            self,
            BlockName::B2bCollaborationInbound | BlockName::B2bCollaborationOutbound
        )
    }
}

impl std::fmt::Display for BlockName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One block as stored. Either half may be missing; [`Block::complete`] says what that means.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Block {
    /// The users half, if given.
    pub users: Option<UsersHalf>,
    /// The applications half, if given.
    pub applications: Option<ApplicationsHalf>,
}

/// A block with both halves.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CompleteBlock {
    /// The users half.
    pub users: UsersHalf,
    /// The applications half.
    pub applications: ApplicationsHalf,
}

impl CompleteBlock {
    /// "AllUsers / AllApplications" with the same access in both halves.
    pub const fn all(access: Access) -> Self {
        CompleteBlock {
            users: Half::<UserTarget>::all(access),
            applications: Half::<ApplicationTarget>::all(access),
        }
    }
}

impl From<CompleteBlock> for Block {
    fn from(block: CompleteBlock) -> Self {
        Block {
            users: Some(block.users),
            applications: Some(block.applications),
        }
    }
}

impl Block {
    /// The block with its missing half filled in (S3.2): "allowed, all", except that a lone
    /// "blocked, all" is completed with the other "blocked, all".
    pub fn complete(&self) -> CompleteBlock {
        let missing = |other_blocks_all: bool| match other_blocks_all {
            true => Access::Blocked,
            false => Access::Allowed,
        };
        CompleteBlock {
            users: self.users.clone().unwrap_or_else(|| {
                let lone = self.applications.as_ref().is_some_and(Half::blocks_all);
                Half::all(missing(lone))
            }),
            applications: self.applications.clone().unwrap_or_else(|| {
                let lone = self.users.as_ref().is_some_and(Half::blocks_all);
                Half::all(missing(lone))
            }),
        }
    }
}

/// The five blocks of a default configuration or of a partner entry; `None` inherits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Blocks([Option<Block>; 5]);

impl Blocks {
    /// The block of that name, if customized.
    pub fn get(&self, name: BlockName) -> Option<&Block> {
        let [ci, co, di, do_, tr] = &self.0;
        match name {
            BlockName::B2bCollaborationInbound => ci,
            BlockName::B2bCollaborationOutbound => co,
            BlockName::B2bDirectConnectInbound => di,
            BlockName::B2bDirectConnectOutbound => do_,
            BlockName::TenantRestrictions => tr,
        }
        .as_ref()
    }

    /// Customizes the block of that name, or returns it to inheritance (S2.11). A block with
    /// neither half counts as null (S24 on S2.3).
    pub fn set(&mut self, name: BlockName, block: Option<Block>) {
        let block = block.filter(|block| block.users.is_some() || block.applications.is_some());
        let [ci, co, di, do_, tr] = &mut self.0;
        *match name {
            BlockName::B2bCollaborationInbound => ci,
            BlockName::B2bCollaborationOutbound => co,
            BlockName::B2bDirectConnectInbound => di,
            BlockName::B2bDirectConnectOutbound => do_,
            BlockName::TenantRestrictions => tr,
        } = block;
    }

    /// Whether none of the five is customized.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(Option::is_none)
    }
}

/// Which claims of the home tenant are accepted; each flag inherits by itself (S2.4).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InboundTrust {
    /// Multifactor authentication done at home counts.
    pub mfa: Option<bool>,
    /// Device compliance stated by the home tenant counts.
    pub compliant_device: Option<bool>,
    /// Hybrid join stated by the home tenant counts.
    pub hybrid_joined_device: Option<bool>,
    /// Members this product stores but does not treat.
    pub untreated: Untreated,
}

impl InboundTrust {
    /// Whether no flag is stated; such an object counts as null (S24 on S2.3).
    pub fn is_null(&self) -> bool {
        self.mfa.is_none() && self.compliant_device.is_none() && self.hybrid_joined_device.is_none()
    }
}

/// The two automatic redemption flags of a partner entry (S2.5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AutomaticConsent {
    /// Guests of the partner are not asked.
    pub inbound: Option<bool>,
    /// Own users are not asked by the partner.
    pub outbound: Option<bool>,
}

/// Cross-tenant synchronization from a partner (S2.6).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IdentitySynchronization {
    /// A name the administrator gave it.
    pub display_name: Option<String>,
    /// Whether the partner may push users; `None` counts as no.
    pub is_sync_allowed: Option<bool>,
    /// Members this product stores but does not treat.
    pub untreated: Untreated,
}

/// A way to prove one's identity when redeeming an invitation, in the order of preference (S7.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PrimaryIdentityProvider {
    /// The invitee's own tenant.
    AzureActiveDirectory,
    /// SAML or WS-Fed federation.
    ExternalFederation,
    /// Google, Facebook and the like.
    SocialIdentityProviders,
}

impl PrimaryIdentityProvider {
    /// All of them.
    pub const ALL: [Self; 3] = [
        Self::ExternalFederation,
        Self::AzureActiveDirectory,
        Self::SocialIdentityProviders,
    ];
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AzureActiveDirectory => "azureActiveDirectory",
            Self::ExternalFederation => "externalFederation",
            Self::SocialIdentityProviders => "socialIdentityProviders",
        }
    }
}

/// What is used when the invitee has none of the listed providers (S7.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FallbackIdentityProvider {
    /// An existing Microsoft account, else passcode if enabled, else a Microsoft account.
    DefaultConfiguredIdp,
    /// A passcode by e-mail.
    EmailOneTimePasscode,
    /// A Microsoft account.
    MicrosoftAccount,
}

impl FallbackIdentityProvider {
    /// All of them.
    pub const ALL: [Self; 3] = [
        Self::DefaultConfiguredIdp,
        Self::EmailOneTimePasscode,
        Self::MicrosoftAccount,
    ];
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DefaultConfiguredIdp => "defaultConfiguredIdp",
            Self::EmailOneTimePasscode => "emailOneTimePasscode",
            Self::MicrosoftAccount => "microsoftAccount",
        }
    }
}

/// The redemption order of the default configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedemptionOrder {
    /// Tried one after the other; may be empty.
    pub primary: Vec<PrimaryIdentityProvider>,
    /// There must be one (S14.6).
    pub fallback: FallbackIdentityProvider,
}

impl Default for RedemptionOrder {
    /// The system default (S2.2).
    fn default() -> Self {
        RedemptionOrder {
            primary: PrimaryIdentityProvider::ALL.to_vec(),
            fallback: FallbackIdentityProvider::DefaultConfiguredIdp,
        }
    }
}

/// Members that are stored and given back, and that affect no decision here (S14.6): member name
/// to JSON text. Their order says nothing, as in any JSON object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Untreated(BTreeMap<String, String>);

impl Untreated {
    /// The JSON text of that member.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
    /// Stores the JSON text of that member.
    pub fn set(&mut self, name: &str, json: String) {
        self.0.insert(name.to_owned(), json);
    }
    /// Drops that member.
    pub fn remove(&mut self, name: &str) {
        self.0.remove(name);
    }
    /// The members, ordered by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, json)| (name.as_str(), json.as_str()))
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The default configuration of a tenant: in force for every tenant that is not listed and for
/// everything a listed one has not customized (S2.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Defaults {
    /// Whether an administrator has written it since the last reset (S2.10).
    pub customized: bool,
    /// The blocks; `None` is the system default.
    pub blocks: Blocks,
    /// Trust; `None` is the system default.
    pub trust: Option<InboundTrust>,
    /// The redemption order; `None` is the system default.
    pub redemption: Option<RedemptionOrder>,
    /// Members this product stores but does not treat.
    pub untreated: Untreated,
}

/// The entry of one partner organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partner {
    /// Whom the entry is about. INVARIANT (partner id is never our own): S14.8 refuses it.
    pub tenant: TenantId,
    /// Set by the server's operator (S2.12); `None` reads as null.
    pub is_service_provider: Option<bool>,
    /// Set when both are active in one multitenant organization (S13.3).
    pub is_in_multitenant_organization: bool,
    /// The blocks; `None` inherits.
    pub blocks: Blocks,
    /// Trust; `None` inherits.
    pub trust: Option<InboundTrust>,
    /// Automatic redemption.
    pub automatic_consent: AutomaticConsent,
    /// Synchronization from that partner, if it was created.
    pub synchronization: Option<IdentitySynchronization>,
    /// Members this product stores but does not treat.
    pub untreated: Untreated,
}

impl Partner {
    /// A new entry: every property null, so that everything is inherited (S2.7).
    pub fn new(tenant: TenantId) -> Self {
        Partner {
            tenant,
            is_service_provider: None,
            is_in_multitenant_organization: false,
            blocks: Blocks::default(),
            trust: None,
            automatic_consent: AutomaticConsent::default(),
            synchronization: None,
            untreated: Untreated::default(),
        }
    }
}

/// The partner entries of a tenant, in the order they were added. A clone costs nothing, and a change
/// as much as one entry: settings are copied to be judged, and there may be ten thousand.
#[derive(Clone, Debug, Default)]
pub struct Partners {
    // INVARIANT (index agrees with list): both change only in `insert` and `remove`.
    list: Roll<u64, Partner>,
    index: Roll<TenantId, u64>,
    /// The place of the next one that is added.
    next: u64,
}

/// The same entries in the same order.
impl PartialEq for Partners {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl Eq for Partners {}

impl Partners {
    /// The entry for that tenant.
    pub fn get(&self, tenant: TenantId) -> Option<&Partner> {
        self.list.get(self.index.get(&tenant)?)
    }
    /// The entry for that tenant, to be changed. Its `tenant` must stay what it is.
    pub fn get_mut(&mut self, tenant: TenantId) -> Option<&mut Partner> {
        self.list.get_mut(self.index.get(&tenant)?)
    }
    /// Adds the entry, or replaces the one for the same tenant.
    pub fn insert(&mut self, partner: Partner) {
        let place = self.index.get(&partner.tenant).copied();
        let place = place.unwrap_or_else(|| {
            self.index.insert(partner.tenant, self.next);
            self.next += 1;
            self.next - 1
        });
        self.list.insert(place, partner);
    }
    /// Drops the entry for that tenant.
    pub fn remove(&mut self, tenant: TenantId) -> Option<Partner> {
        let place = self.index.remove(&tenant)?;
        self.list.remove(&place)
    }
    /// The entries in the order they were added.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Partner> {
        self.list.values()
    }
    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

/// The whole cross-tenant access policy of one tenant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// The object id that a tenant restrictions header must name (S11.3).
    pub id: Option<PolicyId>,
    /// A name.
    pub display_name: Option<String>,
    /// Other clouds that are enabled, in the order written (S5).
    pub allowed_clouds: Vec<Cloud>,
    /// The default configuration.
    pub defaults: Defaults,
    /// The partner entries.
    pub partners: Partners,
    /// Members this product stores but does not treat.
    pub untreated: Untreated,
}
