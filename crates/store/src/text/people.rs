//! The directory of a tenant: users, groups, applications.

use std::collections::{BTreeMap, BTreeSet};

use policy::target::{ApplicationId, GroupId, UserId};
use policy::tenant::TenantId;
use policy::world::{External, ExternalIdentity, RedemptionState, User, UserType};
use serde::{Deserialize, Serialize};

use super::spelling::{RecordedProvider, Spelled};
use super::{V1, is_false};
use crate::people::{Application, Group};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
enum ExternalText {
    Tenant {
        home: Spelled<TenantId>,
        user: Spelled<UserId>,
    },
    Providers(BTreeSet<Spelled<ExternalIdentity>>),
}

impl From<&External> for ExternalText {
    fn from(external: &External) -> Self {
        match external {
            External::Tenant {
                home_tenant,
                home_user,
            } => ExternalText::Tenant {
                home: Spelled(*home_tenant),
                user: Spelled(*home_user),
            },
            External::Providers(providers) => {
                ExternalText::Providers(providers.iter().copied().map(Spelled).collect())
            }
        }
    }
}

impl From<ExternalText> for External {
    fn from(text: ExternalText) -> Self {
        match text {
            ExternalText::Tenant { home, user } => External::Tenant {
                home_tenant: home.0,
                home_user: user.0,
            },
            ExternalText::Providers(providers) => {
                External::Providers(providers.into_iter().map(|word| word.0).collect())
            }
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct UserText {
    v: V1,
    id: Spelled<UserId>,
    user_principal_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mail: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    user_type: Spelled<UserType>,
    enabled: bool,
    /// Left out: unknown, which is not the same as none (S25.3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    groups: Option<BTreeSet<Spelled<GroupId>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    external: Option<ExternalText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    redemption: Option<Spelled<RedemptionState>>,
    #[serde(default, skip_serializing_if = "is_false")]
    sms_sign_in: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    managed_by_synchronization: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sponsor: Option<Spelled<UserId>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    identity_provider: Option<Spelled<RecordedProvider>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    attributes: BTreeMap<String, String>,
}

impl From<&User> for UserText {
    fn from(user: &User) -> Self {
        let User {
            id,
            user_principal_name,
            mail,
            display_name,
            user_type,
            enabled,
            groups,
            external,
            redemption,
            sms_sign_in,
            managed_by_synchronization,
            sponsor,
            identity_provider,
            attributes,
        } = user;
        UserText {
            v: V1,
            id: Spelled(*id),
            user_principal_name: user_principal_name.clone(),
            mail: mail.clone(),
            display_name: display_name.clone(),
            user_type: Spelled(*user_type),
            enabled: *enabled,
            groups: groups
                .as_ref()
                .map(|groups| groups.iter().copied().map(Spelled).collect()),
            external: external.as_ref().map(ExternalText::from),
            redemption: redemption.map(Spelled),
            sms_sign_in: *sms_sign_in,
            managed_by_synchronization: *managed_by_synchronization,
            sponsor: sponsor.map(Spelled),
            identity_provider: identity_provider.map(|name| Spelled(RecordedProvider(name))),
            attributes: attributes.clone(),
        }
    }
}

impl From<UserText> for User {
    fn from(text: UserText) -> Self {
        User {
            id: text.id.0,
            user_principal_name: text.user_principal_name,
            mail: text.mail,
            display_name: text.display_name,
            user_type: text.user_type.0,
            enabled: text.enabled,
            groups: text
                .groups
                .map(|groups| groups.into_iter().map(|id| id.0).collect()),
            external: text.external.map(External::from),
            redemption: text.redemption.map(|word| word.0),
            sms_sign_in: text.sms_sign_in,
            managed_by_synchronization: text.managed_by_synchronization,
            sponsor: text.sponsor.map(|id| id.0),
            identity_provider: text.identity_provider.map(|name| name.0.0),
            attributes: text.attributes,
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct GroupText {
    v: V1,
    id: Spelled<GroupId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    member_of: BTreeSet<Spelled<GroupId>>,
}

impl From<&Group> for GroupText {
    fn from(group: &Group) -> Self {
        let Group {
            id,
            display_name,
            member_of,
        } = group;
        GroupText {
            v: V1,
            id: Spelled(*id),
            display_name: display_name.clone(),
            member_of: member_of.iter().copied().map(Spelled).collect(),
        }
    }
}

impl From<GroupText> for Group {
    fn from(text: GroupText) -> Self {
        Group {
            id: text.id.0,
            display_name: text.display_name,
            member_of: text.member_of.into_iter().map(|id| id.0).collect(),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ApplicationText {
    v: V1,
    id: Spelled<ApplicationId>,
    tenant: Spelled<TenantId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    redirect_uris: Vec<String>,
}

impl From<&Application> for ApplicationText {
    fn from(application: &Application) -> Self {
        let Application {
            id,
            tenant,
            display_name,
            redirect_uris,
        } = application;
        ApplicationText {
            v: V1,
            id: Spelled(*id),
            tenant: Spelled(*tenant),
            display_name: display_name.clone(),
            redirect_uris: redirect_uris.clone(),
        }
    }
}

impl From<ApplicationText> for Application {
    fn from(text: ApplicationText) -> Self {
        Application {
            id: text.id.0,
            tenant: text.tenant.0,
            display_name: text.display_name,
            redirect_uris: text.redirect_uris,
        }
    }
}
