//! Conditional Access policies.

use std::collections::BTreeSet;

use policy::conditional_access::{
    ApplicationCondition, Category, ConditionalAccessPolicy, Control, ExternalUsers, Operator,
    PolicyState, UserCondition,
};
use policy::target::{ApplicationId, GroupId, UserId};
use policy::tenant::TenantId;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::is_false;
use super::spelling::Spelled;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExternalText {
    categories: BTreeSet<Spelled<Category>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tenants: Option<BTreeSet<Spelled<TenantId>>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct UsersText {
    #[serde(default, skip_serializing_if = "is_false")]
    all: bool,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    users: BTreeSet<Spelled<UserId>>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    groups: BTreeSet<Spelled<GroupId>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    external: Option<ExternalText>,
}

impl From<&UserCondition> for UsersText {
    fn from(condition: &UserCondition) -> Self {
        let UserCondition {
            all,
            users,
            groups,
            external,
        } = condition;
        UsersText {
            all: *all,
            users: users.iter().copied().map(Spelled).collect(),
            groups: groups.iter().copied().map(Spelled).collect(),
            external: external.as_ref().map(|external| ExternalText {
                categories: external.categories.iter().copied().map(Spelled).collect(),
                tenants: external
                    .tenants
                    .as_ref()
                    .map(|tenants| tenants.iter().copied().map(Spelled).collect()),
            }),
        }
    }
}

impl From<UsersText> for UserCondition {
    fn from(text: UsersText) -> Self {
        UserCondition {
            all: text.all,
            users: text.users.into_iter().map(|id| id.0).collect(),
            groups: text.groups.into_iter().map(|id| id.0).collect(),
            external: text.external.map(|external| ExternalUsers {
                categories: external.categories.into_iter().map(|word| word.0).collect(),
                tenants: external
                    .tenants
                    .map(|tenants| tenants.into_iter().map(|id| id.0).collect()),
            }),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ApplicationsText {
    #[serde(default, skip_serializing_if = "is_false")]
    all: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    office365: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    admin_portals: bool,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    applications: BTreeSet<Spelled<ApplicationId>>,
}

impl From<&ApplicationCondition> for ApplicationsText {
    fn from(condition: &ApplicationCondition) -> Self {
        let ApplicationCondition {
            all,
            office365,
            admin_portals,
            applications,
        } = condition;
        ApplicationsText {
            all: *all,
            office365: *office365,
            admin_portals: *admin_portals,
            applications: applications.iter().copied().map(Spelled).collect(),
        }
    }
}

impl From<ApplicationsText> for ApplicationCondition {
    fn from(text: ApplicationsText) -> Self {
        ApplicationCondition {
            all: text.all,
            office365: text.office365,
            admin_portals: text.admin_portals,
            applications: text.applications.into_iter().map(|id| id.0).collect(),
        }
    }
}

/// The controls that no external user can meet (S10.11), which the domain keeps as static text.
const UNSUPPORTED: [&str; 3] = [
    "approvedApplication",
    "compliantApplication",
    "passwordChange",
];

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
enum ControlText {
    Block,
    Mfa,
    CompliantDevice,
    HybridJoinedDevice,
    Unsupported(UnsupportedText),
    Strength(BTreeSet<String>),
    TermsOfUse,
}

struct UnsupportedText(&'static str);

impl Serialize for UnsupportedText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl<'de> Deserialize<'de> for UnsupportedText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let known = UNSUPPORTED.into_iter().find(|known| *known == name);
        known
            .map(UnsupportedText)
            .ok_or_else(|| D::Error::custom(format_args!("`{name}` is not a control")))
    }
}

impl From<&Control> for ControlText {
    fn from(control: &Control) -> Self {
        match control {
            Control::Block => ControlText::Block,
            Control::Mfa => ControlText::Mfa,
            Control::CompliantDevice => ControlText::CompliantDevice,
            Control::HybridJoinedDevice => ControlText::HybridJoinedDevice,
            Control::Unsupported(name) => ControlText::Unsupported(UnsupportedText(name)),
            Control::Strength(combinations) => ControlText::Strength(combinations.clone()),
            Control::TermsOfUse => ControlText::TermsOfUse,
        }
    }
}

impl From<ControlText> for Control {
    fn from(text: ControlText) -> Self {
        match text {
            ControlText::Block => Control::Block,
            ControlText::Mfa => Control::Mfa,
            ControlText::CompliantDevice => Control::CompliantDevice,
            ControlText::HybridJoinedDevice => Control::HybridJoinedDevice,
            ControlText::Unsupported(name) => Control::Unsupported(name.0),
            ControlText::Strength(combinations) => Control::Strength(combinations),
            ControlText::TermsOfUse => Control::TermsOfUse,
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ConditionalAccessText {
    id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    state: Spelled<PolicyState>,
    include_users: UsersText,
    exclude_users: UsersText,
    include_applications: ApplicationsText,
    exclude_applications: ApplicationsText,
    operator: Spelled<Operator>,
    controls: Vec<ControlText>,
    #[serde(default, skip_serializing_if = "is_false")]
    elsewhere: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<String>,
}

impl From<&ConditionalAccessPolicy> for ConditionalAccessText {
    fn from(policy: &ConditionalAccessPolicy) -> Self {
        let ConditionalAccessPolicy {
            id,
            display_name,
            state,
            include_users,
            exclude_users,
            include_applications,
            exclude_applications,
            operator,
            controls,
            elsewhere,
            source,
        } = policy;
        ConditionalAccessText {
            id: id.clone(),
            display_name: display_name.clone(),
            state: Spelled(*state),
            include_users: include_users.into(),
            exclude_users: exclude_users.into(),
            include_applications: include_applications.into(),
            exclude_applications: exclude_applications.into(),
            operator: Spelled(*operator),
            controls: controls.iter().map(ControlText::from).collect(),
            elsewhere: *elsewhere,
            source: source.clone(),
        }
    }
}

impl From<ConditionalAccessText> for ConditionalAccessPolicy {
    fn from(text: ConditionalAccessText) -> Self {
        ConditionalAccessPolicy {
            id: text.id,
            display_name: text.display_name,
            state: text.state.0,
            include_users: text.include_users.into(),
            exclude_users: text.exclude_users.into(),
            include_applications: text.include_applications.into(),
            exclude_applications: text.exclude_applications.into(),
            operator: text.operator.0,
            controls: text.controls.into_iter().map(Control::from).collect(),
            elsewhere: text.elsewhere,
            source: text.source,
        }
    }
}
