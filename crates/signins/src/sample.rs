//! Tenants and rows for the tests of this crate; nothing of it is in the product.

use policy::target::{ApplicationId, UserId};
use policy::tenant::TenantId;

use crate::event::{CrossTenantAccess, SignIn};

pub(crate) const NORTHWIND: TenantId = TenantId::from_u128(0x0b);
pub(crate) const CONTOSO: TenantId = TenantId::from_u128(0x0c);
pub(crate) const FABRIKAM: TenantId = TenantId::from_u128(0x0f);

pub(crate) const ERP: ApplicationId = ApplicationId::from_u128(0xaa01);
pub(crate) const CRM: ApplicationId = ApplicationId::from_u128(0xaa02);

/// Somebody of the one tenant reaches the ERP of the other one.
pub(crate) fn crossing(home: TenantId, resource: TenantId) -> SignIn {
    SignIn {
        home_tenant: Some(home),
        resource_tenant: Some(resource),
        access_type: Some(CrossTenantAccess::B2bCollaboration),
        user: Some(UserId::from_u128(1)),
        user_principal_name: Some("adele@example.com".into()),
        resource_app: Some(ERP),
        resource_app_name: Some("ERP".into()),
        ..SignIn::bare("s1", 0)
    }
}

/// The same row under another id.
pub(crate) fn again(id: &str, row: &SignIn) -> SignIn {
    SignIn {
        id: id.into(),
        ..row.clone()
    }
}
