//! The tenants of a world, by id.
//!
//! A world is copied often, once for every question that is asked of a server, and its tenants are
//! large. So copies share them: a tenant is copied only when somebody changes it in one copy.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Tenant;
use crate::tenant::TenantId;

/// Tenants by id, in the order of their ids.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tenants(BTreeMap<TenantId, Arc<Tenant>>);

impl Tenants {
    /// The tenant, if it is there.
    pub fn get(&self, id: &TenantId) -> Option<&Tenant> {
        self.0.get(id).map(Arc::as_ref)
    }
    /// The tenant, to be put into another world without copying it.
    pub fn shared(&self, id: &TenantId) -> Option<Arc<Tenant>> {
        self.0.get(id).cloned()
    }
    /// The tenant to be changed; copies of this world keep what they had.
    pub fn get_mut(&mut self, id: &TenantId) -> Option<&mut Tenant> {
        self.0.get_mut(id).map(Arc::make_mut)
    }
    /// Adds the tenant, or replaces the one with that id, which is given back.
    pub fn insert(&mut self, id: TenantId, tenant: impl Into<Arc<Tenant>>) -> Option<Arc<Tenant>> {
        self.0.insert(id, tenant.into())
    }
    /// Drops the tenant.
    pub fn remove(&mut self, id: &TenantId) -> Option<Arc<Tenant>> {
        self.0.remove(id)
    }
    /// The tenants.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &Tenant> {
        self.0.values().map(Arc::as_ref)
    }
    /// The tenants to be changed; copies of this world keep what they had.
    pub fn values_mut(&mut self) -> impl ExactSizeIterator<Item = &mut Tenant> {
        self.0.values_mut().map(Arc::make_mut)
    }
    /// Their ids.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &TenantId> {
        self.0.keys()
    }
    /// Whether the tenant is there.
    pub fn contains_key(&self, id: &TenantId) -> bool {
        self.0.contains_key(id)
    }
    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<Tenant> for Tenants {
    fn from_iter<I: IntoIterator<Item = Tenant>>(tenants: I) -> Self {
        tenants.into_iter().map(Arc::new).collect()
    }
}

impl FromIterator<Arc<Tenant>> for Tenants {
    fn from_iter<I: IntoIterator<Item = Arc<Tenant>>>(tenants: I) -> Self {
        let tenants = tenants.into_iter();
        Tenants(tenants.map(|tenant| (tenant.id, tenant)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenant::Cloud;

    #[test]
    fn a_copy_keeps_what_it_had() {
        let id = TenantId::from_u128(1);
        let first: Tenants = [Tenant::registered(id, Cloud::Commercial)]
            .into_iter()
            .collect();
        let mut second = first.clone();
        if let Some(tenant) = second.get_mut(&id) {
            tenant.p1 = true;
        }
        assert!(!first.get(&id).unwrap().p1);
        assert!(second.get(&id).unwrap().p1);
    }
}
