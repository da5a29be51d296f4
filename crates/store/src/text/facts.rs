//! What the tenants of a world share.

use std::collections::BTreeSet;

use policy::multitenant::{Member, MultitenantOrganization, OrganizationId};
use policy::target::ApplicationId;
use policy::tenant::TenantId;
use policy::world::Suites;
use serde::{Deserialize, Serialize};

use super::spelling::Spelled;
use super::{V1, is_false};
use crate::facts::Facts;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MemberText {
    tenant: Spelled<TenantId>,
    owner: bool,
    active: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    added_by: Option<Spelled<TenantId>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    added: Option<i128>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    joined: Option<i128>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct OrganizationText {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<Spelled<OrganizationId>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    created: Option<i128>,
    members: Vec<MemberText>,
}

impl From<&MultitenantOrganization> for OrganizationText {
    fn from(organization: &MultitenantOrganization) -> Self {
        let MultitenantOrganization {
            id,
            display_name,
            description,
            created,
            members,
        } = organization;
        let member = |member: &Member| {
            let Member {
                tenant,
                owner,
                active,
                display_name,
                added_by,
                added,
                joined,
            } = member;
            MemberText {
                tenant: Spelled(*tenant),
                owner: *owner,
                active: *active,
                name: display_name.clone(),
                added_by: added_by.map(Spelled),
                added: *added,
                joined: *joined,
            }
        };
        OrganizationText {
            id: id.map(Spelled),
            display_name: display_name.clone(),
            description: description.clone(),
            created: *created,
            members: members.iter().map(member).collect(),
        }
    }
}

impl From<OrganizationText> for MultitenantOrganization {
    fn from(text: OrganizationText) -> Self {
        let member = |member: MemberText| Member {
            tenant: member.tenant.0,
            owner: member.owner,
            active: member.active,
            display_name: member.name,
            added_by: member.added_by.map(|id| id.0),
            added: member.added,
            joined: member.joined,
        };
        MultitenantOrganization {
            id: text.id.map(|id| id.0),
            display_name: text.display_name,
            description: text.description,
            created: text.created,
            members: text.members.into_iter().map(member).collect(),
        }
    }
}

type Ids = BTreeSet<Spelled<ApplicationId>>;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct FactsText {
    v: V1,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    office365: Ids,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    all_microsoft_apps: Ids,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    direct_connect_capable: Ids,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    multitenant_organizations: Vec<OrganizationText>,
    #[serde(default, skip_serializing_if = "is_false")]
    both_sides_required: bool,
}

impl From<&Facts> for FactsText {
    fn from(facts: &Facts) -> Self {
        let Facts {
            suites:
                Suites {
                    office365,
                    all_microsoft_apps,
                    direct_connect_capable,
                },
            multitenant_organizations,
            both_sides_required,
        } = facts;
        let ids = |ids: &BTreeSet<ApplicationId>| ids.iter().copied().map(Spelled).collect();
        FactsText {
            v: V1,
            office365: ids(office365),
            all_microsoft_apps: ids(all_microsoft_apps),
            direct_connect_capable: ids(direct_connect_capable),
            multitenant_organizations: multitenant_organizations
                .iter()
                .map(OrganizationText::from)
                .collect(),
            both_sides_required: *both_sides_required,
        }
    }
}

impl From<FactsText> for Facts {
    fn from(text: FactsText) -> Self {
        let ids = |ids: Ids| ids.into_iter().map(|id| id.0).collect();
        let organizations = text.multitenant_organizations.into_iter();
        Facts {
            suites: Suites {
                office365: ids(text.office365),
                all_microsoft_apps: ids(text.all_microsoft_apps),
                direct_connect_capable: ids(text.direct_connect_capable),
            },
            multitenant_organizations: organizations.map(MultitenantOrganization::from).collect(),
            both_sides_required: text.both_sides_required,
        }
    }
}
