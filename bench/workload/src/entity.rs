//! Tenants, users, groups and applications as indices, and the GUID of each.

use crate::random::mix;

/// The sixteen bytes of a GUID, as a request brings them.
pub type Guid = [u8; 16];

/// Users of one tenant.
pub const USERS: u32 = 2000;
/// Groups of one tenant.
pub const GROUPS: u32 = 400;
/// First-party applications, the same id in every tenant.
pub const GLOBAL_APPS: u32 = 1000;
/// Applications of one resource tenant, numbered after the first-party ones.
pub const TENANT_APPS: u32 = 600;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Tenant = 1,
    User = 2,
    Group = 3,
    App = 4,
}

/// The GUID of an entity, in version 4 form.
#[inline]
pub fn guid(kind: Kind, tenant: u32, index: u32) -> Guid {
    let key = ((kind as u64) << 60) ^ ((tenant as u64) << 28) ^ index as u64;
    let a = mix(key ^ 0xC0A1_7E57_0000_0000);
    let b = mix(a ^ 0x5851_F42D_4C95_7F2D);
    let mut guid = [0u8; 16];
    guid[..8].copy_from_slice(&a.to_be_bytes());
    guid[8..].copy_from_slice(&b.to_be_bytes());
    guid[6] = (guid[6] & 0x0f) | 0x40;
    guid[8] = (guid[8] & 0x3f) | 0x80;
    guid
}

#[inline]
pub fn tenant_guid(tenant: u32) -> Guid {
    guid(Kind::Tenant, tenant, 0)
}

#[inline]
pub fn user_guid(tenant: u32, user: u32) -> Guid {
    guid(Kind::User, tenant, user)
}

#[inline]
pub fn group_guid(tenant: u32, group: u32) -> Guid {
    guid(Kind::Group, tenant, group)
}

#[inline]
pub fn app_guid(resource_tenant: u32, app: u32) -> Guid {
    let owner = match app < GLOBAL_APPS {
        true => 0xFFFF_FFFF,
        false => resource_tenant,
    };
    guid(Kind::App, owner, app)
}

/// Appends the hyphenated form.
pub fn write_guid(guid: &Guid, out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for (i, byte) in guid.iter().enumerate() {
        if matches!(i, 4 | 6 | 8 | 10) {
            out.push(b'-');
        }
        out.push(DIGITS[(byte >> 4) as usize]);
        out.push(DIGITS[(byte & 15) as usize]);
    }
}

/// The hyphenated form.
pub fn guid_text(guid: &Guid) -> String {
    let mut out = Vec::with_capacity(36);
    write_guid(guid, &mut out);
    String::from_utf8(out).expect("digits and hyphens")
}
