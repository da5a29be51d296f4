//! What a tenant's settings consist of: the units that are written, compared and named by an ETag.

use policy::tenant::TenantId;

/// One unit of a tenant's settings.
///
/// Contoso blocks an application for Fabrikam: one entity changes, `Partner(Fabrikam)`, and the
/// entries of all other partners keep the revision they had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Entity {
    /// Everything about the tenant but its policy and its people: name, domains, licence, who may
    /// invite, Conditional Access, protected actions, templates.
    Profile,
    /// The policy without its default and its partners: name and enabled clouds.
    Policy,
    /// The default configuration.
    Default,
    /// The entry for that partner, with the synchronization from it.
    Partner(TenantId),
}

impl Entity {
    /// The word in the database.
    pub(crate) const fn kind(self) -> &'static str {
        match self {
            Entity::Profile => "profile",
            Entity::Policy => "policy",
            Entity::Default => "default",
            Entity::Partner(_) => "partner",
        }
    }

    /// The partner it is about.
    pub(crate) const fn partner(self) -> Option<TenantId> {
        match self {
            Entity::Partner(partner) => Some(partner),
            Entity::Profile | Entity::Policy | Entity::Default => None,
        }
    }

    /// The entity that a row of the database is about.
    pub(crate) fn of(kind: &str, partner: Option<TenantId>) -> Option<Self> {
        match (kind, partner) {
            ("profile", None) => Some(Entity::Profile),
            ("policy", None) => Some(Entity::Policy),
            ("default", None) => Some(Entity::Default),
            ("partner", Some(partner)) => Some(Entity::Partner(partner)),
            _ => None,
        }
    }
}
