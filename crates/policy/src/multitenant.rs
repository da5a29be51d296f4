//! Multitenant organizations: several tenants that set themselves up as partners of one another
//! (S13).
//!
//! Joining opens nothing by itself: it makes partner entries in which everything is inherited.
//! What it opens is in the templates, and each tenant's templates act on that tenant's own entries
//! only (S13.4).

use crate::settings::{AutomaticConsent, Blocks, InboundTrust};
use crate::tenant::TenantId;

crate::guid::guid! {
    /// The id of a multitenant organization.
    OrganizationId
}

/// A multitenant organization. Only its members and what they are decide anything; the rest is kept
/// and given back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MultitenantOrganization {
    /// Its id; one that came with a world may have none.
    pub id: Option<OrganizationId>,
    /// Its name.
    pub display_name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// When it was made, in nanoseconds since 1970.
    pub created: Option<i128>,
    /// Its tenants, in the order they were listed.
    pub members: Vec<Member>,
}

impl MultitenantOrganization {
    /// Whether that tenant stands in the list, pending or active.
    pub fn has(&self, tenant: TenantId) -> bool {
        self.member(tenant).is_some()
    }
    /// That tenant, if it stands in the list.
    pub fn member(&self, tenant: TenantId) -> Option<&Member> {
        self.members.iter().find(|member| member.tenant == tenant)
    }
    /// That tenant, to be changed.
    pub fn member_mut(&mut self, tenant: TenantId) -> Option<&mut Member> {
        let mut members = self.members.iter_mut();
        members.find(|member| member.tenant == tenant)
    }
    /// The tenants that have joined.
    pub fn active(&self) -> impl Iterator<Item = TenantId> {
        let active = self.members.iter().filter(|member| member.active);
        active.map(|member| member.tenant)
    }
    /// Whether an owner has joined.
    pub fn is_led(&self) -> bool {
        let mut members = self.members.iter();
        members.any(|member| member.active && member.owner)
    }
}

/// A tenant of a multitenant organization. Times are in nanoseconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Which tenant.
    pub tenant: TenantId,
    /// Owners add tenants.
    pub owner: bool,
    /// Whether it has joined; a tenant that has not is pending.
    pub active: bool,
    /// What the organization calls it.
    pub display_name: Option<String>,
    /// Which tenant added it.
    pub added_by: Option<TenantId>,
    /// When it was added.
    pub added: Option<i128>,
    /// When it joined.
    pub joined: Option<i128>,
}

impl Member {
    /// A tenant that has been added and nothing more.
    pub fn pending(tenant: TenantId) -> Self {
        Member {
            tenant,
            owner: false,
            active: false,
            display_name: None,
            added_by: None,
            added: None,
            joined: None,
        }
    }
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
