//! Tenants and the clouds they live in (S1.1, S1.2).
//!
//! Contoso invites Adele from Fabrikam: Fabrikam is the *home* tenant (Adele's account is there)
//! and Contoso the *resource* tenant (it owns what she reaches). *Outbound* is judged by the home
//! tenant, *inbound* by the resource tenant.

use crate::guid::guid;

guid! {
    /// Names a tenant.
    TenantId
}

guid! {
    /// Names a tenant's cross-tenant access policy object; tenant restrictions carry it (S11.3).
    PolicyId
}

/// The tenant of personal Microsoft accounts (S1.3). It has no users or groups of its own, and
/// only the tenant restrictions of its organization entry have an effect.
pub const MICROSOFT_ACCOUNTS: TenantId =
    TenantId::from_u128(0x9188040d_6c67_4c5b_b112_36a304b66dad);

/// One of the three clouds, each named by its endpoint (S1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cloud {
    /// `microsoftonline.com`: commercial, global; GCC lives here.
    Commercial,
    /// `microsoftonline.us`: US Government; GCC High and DoD live here.
    UsGovernment,
    /// `partner.microsoftonline.cn`: operated by 21Vianet.
    China,
}

impl Cloud {
    /// Every cloud there is.
    pub const ALL: [Cloud; 3] = [Cloud::Commercial, Cloud::UsGovernment, Cloud::China];

    /// The endpoint by which settings name the cloud.
    pub const fn endpoint(self) -> &'static str {
        match self {
            Cloud::Commercial => "microsoftonline.com",
            Cloud::UsGovernment => "microsoftonline.us",
            Cloud::China => "partner.microsoftonline.cn",
        }
    }

    /// Whether tenants of these two different clouds can collaborate at all (S5.1): the
    /// commercial cloud with each of the two others, and no other pair.
    pub const fn pairs_with(self, other: Cloud) -> bool {
        matches!(
            (self, other),
            (Cloud::Commercial, Cloud::UsGovernment | Cloud::China)
                | (Cloud::UsGovernment | Cloud::China, Cloud::Commercial)
        )
    }
}

impl std::fmt::Display for Cloud {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.endpoint())
    }
}

/// The text names none of the three clouds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a cloud endpoint (expected microsoftonline.com, microsoftonline.us or partner.microsoftonline.cn)"
)]
pub struct InvalidCloud(pub String);

impl std::str::FromStr for Cloud {
    type Err = InvalidCloud;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Cloud::ALL
            .into_iter()
            .find(|cloud| cloud.endpoint() == text)
            .ok_or_else(|| InvalidCloud(text.chars().take(64).collect()))
    }
}

/// A domain name in lower case, for instance `fabrikam.com`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Domain(String);

/// The text cannot be a domain name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a domain name")]
pub struct InvalidDomain(String);

impl Domain {
    /// The domain in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Domain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for Domain {
    type Err = InvalidDomain;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let legal = !text.is_empty()
            && text.len() <= 253
            && text
                .chars()
                .all(|c| c.is_alphanumeric() || c == '.' || c == '-');
        if legal {
            Ok(Domain(text.to_lowercase()))
        } else {
            Err(InvalidDomain(text.chars().take(64).collect()))
        }
    }
}
