//! What a tenant lets people do in the directory, and what it says about itself.

use std::collections::BTreeMap;

use policy::authorization::{Authorization, GuestAccess, Organization};
use serde::{Deserialize, Serialize};

use super::spelling::Spelled;

/// Left out, all of it: as it is at the beginning.
#[derive(PartialEq, Serialize, Deserialize, Default)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AuthorizationText {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    guests: Option<Spelled<GuestAccess>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    switches: BTreeMap<String, bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    grant_policies: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    domain_policy: Option<String>,
}

impl AuthorizationText {
    pub(super) fn is_empty(&self) -> bool {
        *self == AuthorizationText::default()
    }
}

impl From<&Authorization> for AuthorizationText {
    fn from(authorization: &Authorization) -> Self {
        let Authorization {
            guest_access,
            display_name,
            description,
            switches,
            grant_policies,
            domain_policy,
        } = authorization;
        let initial = Authorization::default();
        AuthorizationText {
            guests: (*guest_access != initial.guest_access).then_some(Spelled(*guest_access)),
            display_name: display_name.clone(),
            description: description.clone(),
            switches: switches.clone(),
            grant_policies: (*grant_policies != initial.grant_policies)
                .then(|| grant_policies.clone()),
            domain_policy: domain_policy.clone(),
        }
    }
}

impl From<AuthorizationText> for Authorization {
    fn from(text: AuthorizationText) -> Self {
        let initial = Authorization::default();
        Authorization {
            guest_access: text.guests.map_or(initial.guest_access, |word| word.0),
            display_name: text.display_name,
            description: text.description,
            switches: text.switches,
            grant_policies: text.grant_policies.unwrap_or(initial.grant_policies),
            domain_policy: text.domain_policy,
        }
    }
}

#[derive(PartialEq, Serialize, Deserialize, Default)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct OrganizationText {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    country: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    texts: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    lists: BTreeMap<String, Vec<String>>,
}

impl OrganizationText {
    pub(super) fn is_empty(&self) -> bool {
        *self == OrganizationText::default()
    }
}

impl From<&Organization> for OrganizationText {
    fn from(organization: &Organization) -> Self {
        let Organization {
            country,
            texts,
            lists,
        } = organization;
        OrganizationText {
            country: country.clone(),
            texts: texts.clone(),
            lists: lists.clone(),
        }
    }
}

impl From<OrganizationText> for Organization {
    fn from(text: OrganizationText) -> Self {
        Organization {
            country: text.country,
            texts: text.texts,
            lists: text.lists,
        }
    }
}
