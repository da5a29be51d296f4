//! What is said about people, groups and applications beside what decisions look at.

use std::collections::{BTreeMap, BTreeSet};

use policy::target::{ApplicationId, UserId};
use policy::tenant::TenantId;
use serde::{Deserialize, Serialize};
use signins::window::Moment;
use uuid::Uuid;

use super::spelling::Spelled;
use super::{V1, is_false};
use crate::directory::{ApplicationDetails, GroupDetails, Password, ServicePrincipal, UserDetails};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct UserDetailsText {
    v: V1,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    created: Option<Spelled<Moment>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    state_changed: Option<Spelled<Moment>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sessions_revoked: Option<Spelled<Moment>>,
    #[serde(default, skip_serializing_if = "is_false")]
    invited: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    invited_by: Option<Spelled<Uuid>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    other_mails: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    business_phones: Vec<String>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    sponsors: BTreeSet<Spelled<UserId>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    further: BTreeMap<String, String>,
}

impl From<&UserDetails> for UserDetailsText {
    fn from(details: &UserDetails) -> Self {
        let UserDetails {
            created,
            state_changed,
            sessions_revoked,
            invited,
            invited_by,
            other_mails,
            business_phones,
            sponsors,
            external_id,
            further,
        } = details;
        UserDetailsText {
            v: V1,
            created: created.map(Spelled),
            state_changed: state_changed.map(Spelled),
            sessions_revoked: sessions_revoked.map(Spelled),
            invited: *invited,
            invited_by: invited_by.map(Spelled),
            other_mails: other_mails.clone(),
            business_phones: business_phones.clone(),
            sponsors: sponsors.iter().copied().map(Spelled).collect(),
            external_id: external_id.clone(),
            further: further.clone(),
        }
    }
}

impl From<UserDetailsText> for UserDetails {
    fn from(text: UserDetailsText) -> Self {
        UserDetails {
            created: text.created.map(|word| word.0),
            state_changed: text.state_changed.map(|word| word.0),
            sessions_revoked: text.sessions_revoked.map(|word| word.0),
            invited: text.invited,
            invited_by: text.invited_by.map(|word| word.0),
            other_mails: text.other_mails,
            business_phones: text.business_phones,
            sponsors: text.sponsors.into_iter().map(|word| word.0).collect(),
            external_id: text.external_id,
            further: text.further,
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct GroupDetailsText {
    v: V1,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    created: Option<Spelled<Moment>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mail_nickname: Option<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    mail_enabled: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    not_for_security: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    group_types: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    visibility: Option<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    role_assignable: bool,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    owners: BTreeSet<Spelled<UserId>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
}

impl From<&GroupDetails> for GroupDetailsText {
    fn from(details: &GroupDetails) -> Self {
        let GroupDetails {
            created,
            description,
            mail_nickname,
            mail_enabled,
            not_for_security,
            group_types,
            visibility,
            role_assignable,
            owners,
            external_id,
        } = details;
        GroupDetailsText {
            v: V1,
            created: created.map(Spelled),
            description: description.clone(),
            mail_nickname: mail_nickname.clone(),
            mail_enabled: *mail_enabled,
            not_for_security: *not_for_security,
            group_types: group_types.clone(),
            visibility: visibility.clone(),
            role_assignable: *role_assignable,
            owners: owners.iter().copied().map(Spelled).collect(),
            external_id: external_id.clone(),
        }
    }
}

impl From<GroupDetailsText> for GroupDetails {
    fn from(text: GroupDetailsText) -> Self {
        GroupDetails {
            created: text.created.map(|word| word.0),
            description: text.description,
            mail_nickname: text.mail_nickname,
            mail_enabled: text.mail_enabled,
            not_for_security: text.not_for_security,
            group_types: text.group_types,
            visibility: text.visibility,
            role_assignable: text.role_assignable,
            owners: text.owners.into_iter().map(|word| word.0).collect(),
            external_id: text.external_id,
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ApplicationDetailsText {
    v: V1,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    created: Option<Spelled<Moment>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    audience: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    identifier_uris: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    public_redirect_uris: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    spa_redirect_uris: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

impl From<&ApplicationDetails> for ApplicationDetailsText {
    fn from(details: &ApplicationDetails) -> Self {
        let ApplicationDetails {
            created,
            audience,
            identifier_uris,
            public_redirect_uris,
            spa_redirect_uris,
            tags,
            description,
        } = details;
        ApplicationDetailsText {
            v: V1,
            created: created.map(Spelled),
            audience: audience.clone(),
            identifier_uris: identifier_uris.clone(),
            public_redirect_uris: public_redirect_uris.clone(),
            spa_redirect_uris: spa_redirect_uris.clone(),
            tags: tags.clone(),
            description: description.clone(),
        }
    }
}

impl From<ApplicationDetailsText> for ApplicationDetails {
    fn from(text: ApplicationDetailsText) -> Self {
        ApplicationDetails {
            created: text.created.map(|word| word.0),
            audience: text.audience,
            identifier_uris: text.identifier_uris,
            public_redirect_uris: text.public_redirect_uris,
            spa_redirect_uris: text.spa_redirect_uris,
            tags: text.tags,
            description: text.description,
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ServicePrincipalText {
    v: V1,
    id: Spelled<Uuid>,
    application: Spelled<ApplicationId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    enabled: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    owner: Option<Spelled<TenantId>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reply_urls: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    created: Option<Spelled<Moment>>,
}

impl From<&ServicePrincipal> for ServicePrincipalText {
    fn from(object: &ServicePrincipal) -> Self {
        let ServicePrincipal {
            id,
            application,
            display_name,
            enabled,
            owner,
            reply_urls,
            tags,
            created,
        } = object;
        ServicePrincipalText {
            v: V1,
            id: Spelled(*id),
            application: Spelled(*application),
            display_name: display_name.clone(),
            enabled: *enabled,
            owner: owner.map(Spelled),
            reply_urls: reply_urls.clone(),
            tags: tags.clone(),
            created: created.map(Spelled),
        }
    }
}

impl From<ServicePrincipalText> for ServicePrincipal {
    fn from(text: ServicePrincipalText) -> Self {
        ServicePrincipal {
            id: text.id.0,
            application: text.application.0,
            display_name: text.display_name,
            enabled: text.enabled,
            owner: text.owner.map(|word| word.0),
            reply_urls: text.reply_urls,
            tags: text.tags,
            created: text.created.map(|word| word.0),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PasswordText {
    v: V1,
    phc: String,
    changed: Spelled<Moment>,
    #[serde(default, skip_serializing_if = "is_false")]
    must_change: bool,
}

impl From<&Password> for PasswordText {
    fn from(password: &Password) -> Self {
        let Password {
            phc,
            changed,
            must_change,
        } = password;
        PasswordText {
            v: V1,
            phc: phc.clone(),
            changed: Spelled(*changed),
            must_change: *must_change,
        }
    }
}

impl From<PasswordText> for Password {
    fn from(text: PasswordText) -> Self {
        Password {
            phc: text.phc,
            changed: text.changed.0,
            must_change: text.must_change,
        }
    }
}
