//! A tenant's profile: everything about it but its policy and its directory.

use std::collections::{BTreeMap, BTreeSet};

use policy::conditional_access::ConditionalAccessPolicy;
use policy::multitenant::{PartnerTemplate, SynchronizationTemplate, TemplateLevel, Templates};
use policy::role::Action;
use policy::tenant::{Cloud, Domain, TenantId};
use policy::world::{AllowInvitesFrom, DomainList, Storage, Tenant};
use serde::{Deserialize, Serialize};

use super::authorization::{AuthorizationText, OrganizationText};
use super::conditional_access::ConditionalAccessText;
use super::governance::GovernanceText;
use super::half::BlocksText;
use super::settings::{ConsentText, TrustText};
use super::spelling::Spelled;
use super::{V1, is_false};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
enum DomainListText {
    Allowed(BTreeSet<Spelled<Domain>>),
    Blocked(BTreeSet<Spelled<Domain>>),
}

impl From<&DomainList> for DomainListText {
    fn from(list: &DomainList) -> Self {
        let spelled = |list: &BTreeSet<Domain>| list.iter().cloned().map(Spelled).collect();
        match list {
            DomainList::Allowed(list) => DomainListText::Allowed(spelled(list)),
            DomainList::Blocked(list) => DomainListText::Blocked(spelled(list)),
        }
    }
}

impl From<DomainListText> for DomainList {
    fn from(text: DomainListText) -> Self {
        let read = |list: BTreeSet<Spelled<Domain>>| list.into_iter().map(|word| word.0).collect();
        match text {
            DomainListText::Allowed(list) => DomainList::Allowed(read(list)),
            DomainListText::Blocked(list) => DomainList::Blocked(read(list)),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct LevelText {
    new_partners: bool,
    existing_partners: bool,
}

impl From<TemplateLevel> for LevelText {
    fn from(level: TemplateLevel) -> Self {
        let TemplateLevel {
            new_partners,
            existing_partners,
        } = level;
        LevelText {
            new_partners,
            existing_partners,
        }
    }
}

impl From<LevelText> for TemplateLevel {
    fn from(text: LevelText) -> Self {
        TemplateLevel {
            new_partners: text.new_partners,
            existing_partners: text.existing_partners,
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TemplatesText {
    partner_level: LevelText,
    #[serde(default, skip_serializing_if = "BlocksText::is_empty")]
    blocks: BlocksText,
    #[serde(default)]
    trust: TrustText,
    #[serde(default, skip_serializing_if = "ConsentText::is_empty")]
    automatic_consent: ConsentText,
    synchronization_level: LevelText,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    is_sync_allowed: Option<bool>,
}

impl From<&Templates> for TemplatesText {
    fn from(templates: &Templates) -> Self {
        let Templates {
            partner:
                PartnerTemplate {
                    level,
                    blocks,
                    trust,
                    automatic_consent,
                },
            synchronization:
                SynchronizationTemplate {
                    level: synchronization_level,
                    is_sync_allowed,
                },
        } = templates;
        TemplatesText {
            partner_level: (*level).into(),
            blocks: blocks.into(),
            trust: trust.into(),
            automatic_consent: automatic_consent.into(),
            synchronization_level: (*synchronization_level).into(),
            is_sync_allowed: *is_sync_allowed,
        }
    }
}

impl From<TemplatesText> for Templates {
    fn from(text: TemplatesText) -> Self {
        Templates {
            partner: PartnerTemplate {
                level: text.partner_level.into(),
                blocks: text.blocks.into(),
                trust: text.trust.into(),
                automatic_consent: text.automatic_consent.into(),
            },
            synchronization: SynchronizationTemplate {
                level: text.synchronization_level.into(),
                is_sync_allowed: text.is_sync_allowed,
            },
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ProfileText {
    v: V1,
    id: Spelled<TenantId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    federation_brand_name: Option<String>,
    cloud: Spelled<Cloud>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    domains: BTreeSet<Spelled<Domain>>,
    #[serde(default, skip_serializing_if = "is_false")]
    p1: bool,
    allow_invites_from: Spelled<AllowInvitesFrom>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    domain_list: Option<DomainListText>,
    #[serde(default, skip_serializing_if = "AuthorizationText::is_empty")]
    authorization: AuthorizationText,
    #[serde(default, skip_serializing_if = "OrganizationText::is_empty")]
    organization: OrganizationText,
    email_passcode: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    conditional_access: Vec<ConditionalAccessText>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    protected_actions: BTreeMap<Spelled<Action>, String>,
    storage: Spelled<Storage>,
    templates: TemplatesText,
    #[serde(default, skip_serializing_if = "is_false")]
    in_other_multitenant_organization: bool,
    #[serde(default, skip_serializing_if = "GovernanceText::is_empty")]
    governance: GovernanceText,
}

impl From<&Tenant> for ProfileText {
    fn from(tenant: &Tenant) -> Self {
        let Tenant {
            id,
            display_name,
            federation_brand_name,
            cloud,
            region,
            domains,
            p1,
            policy: _,
            allow_invites_from,
            domain_list,
            authorization,
            organization,
            email_passcode,
            directory: _,
            conditional_access,
            protected_actions,
            storage,
            templates,
            in_other_multitenant_organization,
            governance,
        } = tenant;
        let protected = protected_actions.iter();
        ProfileText {
            v: V1,
            id: Spelled(*id),
            display_name: display_name.clone(),
            federation_brand_name: federation_brand_name.clone(),
            cloud: Spelled(*cloud),
            region: region.clone(),
            domains: domains.iter().cloned().map(Spelled).collect(),
            p1: *p1,
            allow_invites_from: Spelled(*allow_invites_from),
            domain_list: domain_list.as_ref().map(DomainListText::from),
            authorization: authorization.into(),
            organization: organization.into(),
            email_passcode: *email_passcode,
            conditional_access: conditional_access
                .iter()
                .map(ConditionalAccessText::from)
                .collect(),
            protected_actions: protected
                .map(|(action, context)| (Spelled(*action), context.clone()))
                .collect(),
            storage: Spelled(*storage),
            templates: templates.into(),
            in_other_multitenant_organization: *in_other_multitenant_organization,
            governance: governance.into(),
        }
    }
}

impl From<ProfileText> for Tenant {
    fn from(text: ProfileText) -> Self {
        let policies = text.conditional_access.into_iter();
        let protected = text.protected_actions.into_iter();
        Tenant {
            id: text.id.0,
            display_name: text.display_name,
            federation_brand_name: text.federation_brand_name,
            cloud: text.cloud.0,
            region: text.region,
            domains: text.domains.into_iter().map(|word| word.0).collect(),
            p1: text.p1,
            policy: None,
            allow_invites_from: text.allow_invites_from.0,
            domain_list: text.domain_list.map(DomainList::from),
            authorization: text.authorization.into(),
            organization: text.organization.into(),
            email_passcode: text.email_passcode,
            directory: None,
            conditional_access: policies.map(ConditionalAccessPolicy::from).collect(),
            protected_actions: protected
                .map(|(action, context)| (action.0, context))
                .collect(),
            storage: text.storage.0,
            templates: text.templates.into(),
            in_other_multitenant_organization: text.in_other_multitenant_organization,
            governance: text.governance.into(),
        }
    }
}
