//! Multitenant organizations: several tenants that set themselves up as partners of one another
//! (S13).
//!
//! Joining opens nothing by itself: it makes partner entries in which everything is inherited.
//! What it opens is in the templates, and each tenant's templates act on that tenant's own entries
//! only (S13.4).

use crate::settings::{AutomaticConsent, Blocks, InboundTrust};
use crate::tenant::TenantId;

/// A multitenant organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MultitenantOrganization {
    /// Its name.
    pub display_name: Option<String>,
    /// Its tenants, in the order they were listed.
    pub members: Vec<Member>,
}

impl MultitenantOrganization {
    /// Whether that tenant stands in the list, pending or active.
    pub fn has(&self, tenant: TenantId) -> bool {
        self.members.iter().any(|member| member.tenant == tenant)
    }
}

/// A tenant of a multitenant organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Which tenant.
    pub tenant: TenantId,
    /// Owners add tenants.
    pub owner: bool,
    /// Whether it has joined; a tenant that has not is pending.
    pub active: bool,
}

/// The templates of one tenant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Templates {
    /// Values for partner entries.
    pub partner: PartnerTemplate,
    /// Values for synchronization from partners.
    pub synchronization: SynchronizationTemplate,
}

/// To which entries a template is applied (S13.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TemplateLevel {
    /// To entries that were made by joining.
    pub new_partners: bool,
    /// To entries that existed before.
    pub existing_partners: bool,
}

impl TemplateLevel {
    /// The names on the wire, with commas between them.
    pub const fn as_str(self) -> &'static str {
        match (self.new_partners, self.existing_partners) {
            (true, true) => "newPartners,existingPartners",
            (true, false) => "newPartners",
            (false, true) => "existingPartners",
            (false, false) => "none",
        }
    }
}

impl Default for TemplateLevel {
    /// The initial level is both.
    fn default() -> Self {
        TemplateLevel {
            new_partners: true,
            existing_partners: true,
        }
    }
}

/// Values for partner entries; what is not stated changes nothing (S13.6).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartnerTemplate {
    /// When it is applied.
    pub level: TemplateLevel,
    /// Replaced whole, block by block.
    pub blocks: Blocks,
    /// Replaced flag by flag.
    pub trust: InboundTrust,
    /// Replaced flag by flag.
    pub automatic_consent: AutomaticConsent,
}

/// The value for synchronization.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SynchronizationTemplate {
    /// When it is applied.
    pub level: TemplateLevel,
    /// `None` changes nothing.
    pub is_sync_allowed: Option<bool>,
}
