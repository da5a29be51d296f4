//! What a request changes in the world: said as data, carried out by whoever keeps the world.
//!
//! A decision is a pure function; it does not create Adele's guest object, it *says* that one is to
//! be created. [`World::apply`] does so for a world in memory, a store does it in a transaction.

use crate::settings::Policy;
use crate::target::UserId;
use crate::tenant::TenantId;
use crate::world::{Directory, RedemptionState, User, World};

/// One change.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// A user object appears, or takes the place of the one with its id.
    PutUser {
        /// In which tenant.
        tenant: TenantId,
        /// The object.
        user: Box<User>,
    },
    /// A pending object is accepted (S7.6).
    Redeemed {
        /// In which tenant.
        tenant: TenantId,
        /// Which object.
        user: UserId,
        /// The provider that is recorded.
        provider: &'static str,
    },
    /// A user object is soft deleted.
    DeleteUser {
        /// In which tenant.
        tenant: TenantId,
        /// Which object.
        user: UserId,
    },
    /// The settings of a tenant become these.
    PutPolicy {
        /// Which tenant.
        tenant: TenantId,
        /// The settings.
        policy: Box<Policy>,
    },
    /// A tenant is active in the multitenant organization it was invited to (S13.1).
    Joined {
        /// Which tenant.
        tenant: TenantId,
    },
}

impl World {
    /// Carries out the changes.
    pub fn apply(&mut self, effects: &[Effect]) {
        for effect in effects {
            self.apply_one(effect);
        }
    }

    fn apply_one(&mut self, effect: &Effect) {
        match effect {
            Effect::PutUser { tenant, user } => {
                if let Some(directory) = self.directory_mut(*tenant) {
                    directory.users.insert(user.id, (**user).clone());
                }
            }
            Effect::Redeemed {
                tenant,
                user,
                provider,
            } => {
                let directory = self.directory_mut(*tenant);
                if let Some(user) = directory.and_then(|directory| directory.users.get_mut(user)) {
                    user.redemption = Some(RedemptionState::Accepted);
                    user.identity_provider = Some(provider);
                }
            }
            Effect::DeleteUser { tenant, user } => {
                if let Some(directory) = self.directory_mut(*tenant) {
                    directory.users.remove(user);
                }
            }
            Effect::PutPolicy { tenant, policy } => {
                if let Some(tenant) = self.tenants.get_mut(tenant) {
                    tenant.policy = Some((**policy).clone());
                }
            }
            Effect::Joined { tenant } => {
                // S13.1: one organization per tenant. Another one that lists it stays as it is.
                let organizations = self.multitenant_organizations.iter_mut();
                let mut members = organizations.flat_map(|organization| &mut organization.members);
                if let Some(member) = members.find(|member| member.tenant == *tenant) {
                    member.active = true;
                }
            }
        }
    }

    fn directory_mut(&mut self, tenant: TenantId) -> Option<&mut Directory> {
        self.tenants.get_mut(&tenant)?.directory.as_mut()
    }
}
