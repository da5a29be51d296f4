//! A question about a sign-in as somebody asks it over HTTP, whichever way: `/comity/v1/decide` in
//! our own names, AuthZEN in its.
//!
//! What a caller states about a user's groups and claims counts only if it may state it, and never
//! against a directory that is known here (S25.3).

use std::borrow::Cow;
use std::sync::Arc;

use arc_swap::Guard;
use policy::conditional_access::{Claims, Device};
use policy::sign_in::{Journey, SignIn, SignInAccount};
use policy::target::{ApplicationId, GroupId, UserId};
use policy::tenant::TenantId;
use policy::tenant_restrictions::{Carrier, Header};
use policy::world::External;
use serde::de::IgnoredAny;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::effective::Sheet;
use crate::error::{ApiError, Result};
use crate::principal::Principal;
use crate::state::App;
use crate::text;

/// No application at all: what is asked for when only the gate is asked.
pub(crate) const NO_APPLICATION: ApplicationId = ApplicationId::from_u128(0);

/// The claims of a sign-in (S1.10).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[serde(expecting = "an object")]
pub(crate) struct ClaimsText {
    mfa: bool,
    methods: Vec<String>,
    device: Option<DeviceText>,
    resource_mfa: bool,
    resource_methods: Vec<String>,
    terms_accepted: bool,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[serde(expecting = "an object")]
struct DeviceText {
    is_compliant: bool,
    trust_type: Option<String>,
}

impl From<ClaimsText> for Claims {
    fn from(text: ClaimsText) -> Self {
        Claims {
            mfa: text.mfa,
            methods: text.methods,
            device: text.device.map(|device| Device {
                is_compliant: device.is_compliant,
                is_hybrid_joined: device.trust_type.as_deref() == Some("ServerAd"),
            }),
            resource_mfa: text.resource_mfa,
            resource_methods: text.resource_methods,
            terms_accepted: text.terms_accepted,
            // Only a provider that was asked can vouch for it.
            outbound_consent: false,
        }
    }
}

/// The body of `/comity/v1/decide`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[serde(expecting = "an object")]
pub(crate) struct QuestionText<'a> {
    /// `signin`, or nothing: it has been looked at by whoever reads this.
    #[serde(default, rename = "op")]
    pub(crate) _op: IgnoredAny,
    #[serde(borrow, default, deserialize_with = "text::borrowed")]
    pub(crate) access_type: Option<Cow<'a, str>>,
    #[serde(borrow, default, deserialize_with = "text::borrowed")]
    pub(crate) home_tenant: Option<Cow<'a, str>>,
    #[serde(borrow, default, deserialize_with = "text::borrowed")]
    pub(crate) user: Option<Cow<'a, str>>,
    #[serde(borrow, default, deserialize_with = "text::borrowed")]
    pub(crate) guest: Option<Cow<'a, str>>,
    pub(crate) groups: Option<GroupsText>,
    #[serde(borrow, default, deserialize_with = "text::borrowed")]
    pub(crate) resource_tenant: Option<Cow<'a, str>>,
    #[serde(borrow, default, deserialize_with = "text::borrowed")]
    pub(crate) client_app_id: Option<Cow<'a, str>>,
    #[serde(borrow, default, deserialize_with = "text::borrowed")]
    pub(crate) resource_app_id: Option<Cow<'a, str>>,
    pub(crate) claims: Option<ClaimsText>,
    #[serde(default)]
    pub(crate) consent_accepted: bool,
    #[serde(default)]
    pub(crate) first_access: bool,
    #[serde(default = "yes")]
    pub(crate) is_interactive: bool,
    #[serde(borrow, default, deserialize_with = "text::borrowed")]
    pub(crate) client_app_used: Option<Cow<'a, str>>,
    #[serde(borrow, default, deserialize_with = "text::borrowed")]
    pub(crate) tenant_restrictions_header: Option<Cow<'a, str>>,
    #[serde(borrow, default, deserialize_with = "text::borrowed")]
    pub(crate) signal: Option<Cow<'a, str>>,
}

const fn yes() -> bool {
    true
}

/// A text that should be an id, and where it stands.
pub(crate) fn id<T: std::str::FromStr>(text: Option<&str>, path: &str) -> Result<Option<T>> {
    let parsed = text.map(|text| {
        text.parse()
            .map_err(|_| ApiError::bad_body(format!("{path}: expected a GUID.")).at(path))
    });
    parsed.transpose()
}

/// The same where there must be one.
pub(crate) fn required<T: std::str::FromStr>(text: Option<&str>, path: &str) -> Result<T> {
    let missing = || ApiError::bad_body(format!("{path}: this member is missing.")).at(path);
    id(text, path)?.ok_or_else(missing)
}

/// The groups a caller states. There may be many, so they are read in one go, and where one is not
/// an id is said only when somebody wants to know.
#[derive(Clone, Debug, Default)]
pub(crate) struct GroupsText {
    ids: Vec<GroupId>,
    wrong: Option<usize>,
}

impl<'de> Deserialize<'de> for GroupsText {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> std::result::Result<Self, D::Error> {
        reader.deserialize_seq(GroupsVisitor)
    }
}

struct GroupsVisitor;

impl<'de> Visitor<'de> for GroupsVisitor {
    type Value = GroupsText;
    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list of ids")
    }
    fn visit_seq<A: SeqAccess<'de>>(
        self,
        mut list: A,
    ) -> std::result::Result<GroupsText, A::Error> {
        let mut read = GroupsText::default();
        let mut count = 0;
        while let Some(Group(id)) = list.next_element()? {
            match id {
                Some(id) => read.ids.push(id),
                None => read.wrong = read.wrong.or(Some(count)),
            }
            count += 1;
        }
        Ok(read)
    }
}

/// A text; `None` when it is no id.
struct Group(Option<GroupId>);

impl<'de> Deserialize<'de> for Group {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> std::result::Result<Self, D::Error> {
        reader.deserialize_str(GroupVisitor)
    }
}

struct GroupVisitor;

impl Visitor<'_> for GroupVisitor {
    type Value = Group;
    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an id")
    }
    fn visit_str<E>(self, text: &str) -> std::result::Result<Group, E> {
        Ok(Group(text.parse().ok()))
    }
}

/// The groups, if all of them are ids.
pub(crate) fn read_groups(stated: Option<GroupsText>, path: &str) -> Result<Option<Vec<GroupId>>> {
    let Some(stated) = stated else {
        return Ok(None);
    };
    if let Some(index) = stated.wrong {
        let path = format!("{path}[{index}]");
        return Err(ApiError::bad_body(format!("{path}: expected a GUID.")).at(path));
    }
    Ok(Some(stated.ids))
}

/// How the user comes.
pub(crate) fn journey(name: &str, path: &str) -> Result<Journey> {
    match name {
        "b2bCollaboration" => Ok(Journey::Collaboration),
        "b2bDirectConnect" => Ok(Journey::DirectConnect),
        "serviceProvider" => Ok(Journey::ServiceProvider),
        _ => Err(ApiError::bad_body(format!(
            "{path}: expected b2bCollaboration, b2bDirectConnect or serviceProvider."
        ))
        .at(path)),
    }
}

/// Who carries the tenant restrictions header.
pub(crate) fn carrier(name: Option<&str>, path: &str) -> Result<Carrier> {
    match name {
        None | Some("proxy") => Ok(Carrier::Proxy),
        Some("universal") => Ok(Carrier::Universal),
        Some("windows") => Ok(Carrier::Windows),
        Some(_) => Err(ApiError::bad_body(format!(
            "{path}: expected proxy, universal or windows."
        ))
        .at(path)),
    }
}

impl QuestionText<'_> {
    /// The question in the domain's words.
    pub(crate) fn read(self) -> Result<SignIn> {
        let access_type = self.access_type.as_deref();
        let journey = access_type.map(|name| journey(name, "accessType"));
        let tenant: Option<TenantId> = id(self.home_tenant.as_deref(), "homeTenant")?;
        let user: Option<UserId> = id(self.user.as_deref(), "user")?;
        let guest: Option<UserId> = id(self.guest.as_deref(), "guest")?;
        let account = match (tenant, user, guest) {
            (Some(tenant), Some(user), None) => SignInAccount::Home {
                tenant,
                user,
                groups: read_groups(self.groups, "groups")?
                    .map(|groups| groups.into_iter().collect()),
            },
            (None, None, Some(guest)) => SignInAccount::Guest(guest),
            _ => {
                return Err(ApiError::bad_body(
                    "Expected homeTenant and user, or guest for an identity without tenant.",
                ));
            }
        };
        let resource_app = id(self.resource_app_id.as_deref(), "resourceAppId")?;
        let carrier = carrier(self.signal.as_deref(), "signal")?;
        let header = self.tenant_restrictions_header;
        Ok(SignIn {
            journey: journey.transpose()?.unwrap_or_default(),
            account,
            resource: required(self.resource_tenant.as_deref(), "resourceTenant")?,
            client_app: id(self.client_app_id.as_deref(), "clientAppId")?,
            resource_app: resource_app.unwrap_or(NO_APPLICATION),
            claims: self.claims.map(Claims::from).unwrap_or_default(),
            consent_accepted: self.consent_accepted,
            first_access: self.first_access,
            is_interactive: self.is_interactive,
            client_app_used: Some(
                self.client_app_used
                    .map_or_else(|| "Browser".to_owned(), Cow::into_owned),
            ),
            restrictions: header.map(|value| Header {
                value: value.into_owned(),
                carrier,
            }),
        })
    }
}

/// Adds what is stated about the groups of an account.
pub(crate) fn state_groups(question: &mut SignIn, stated: Option<Vec<GroupId>>) {
    if let SignInAccount::Home { groups, .. } = &mut question.account {
        *groups = stated.map(|stated| stated.into_iter().collect());
    }
}

/// Whether what the caller states about groups and claims counts.
pub(crate) fn counts(principal: &Principal) -> bool {
    principal.may_assert() || principal.is_operator()
}

/// Demands that the caller may ask this, and drops what it may not state.
pub(crate) fn permitted(principal: &Principal, mut question: SignIn) -> Result<SignIn> {
    principal.may_ask()?;
    let own = principal.tenant();
    let home = match question.account {
        SignInAccount::Home { tenant, .. } => Some(tenant),
        SignInAccount::Guest(_) => None,
    };
    if !principal.is_operator() && question.resource != own && home != Some(own) {
        return Err(ApiError::forbidden());
    }
    if !counts(principal) {
        question.claims = Claims::default();
        if let SignInAccount::Home { groups, .. } = &mut question.account {
            *groups = None;
        }
    }
    Ok(question)
}

/// The tenants a question concerns, as far as its words say.
pub(crate) fn concerned(question: &SignIn) -> Vec<TenantId> {
    let mut tenants = vec![question.resource];
    if let SignInAccount::Home { tenant, .. } = question.account {
        tenants.push(tenant);
    }
    tenants.extend(restricting(question.restrictions.as_ref()));
    tenants
}

/// The tenant that a tenant restrictions header names.
pub(crate) fn restricting(header: Option<&Header>) -> Option<TenantId> {
    let (tenant, _) = header?.value.split_once(':')?;
    tenant.trim().parse().ok()
}

/// The sheet with every tenant the question concerns on it. A guest's object may say that it
/// belongs to a tenant; then that tenant is asked as well.
pub(crate) async fn sheet(
    app: &App,
    question: &SignIn,
    tenants: &mut Vec<TenantId>,
) -> Result<Guard<Arc<Sheet>>> {
    let sheet = app.effective.with(tenants).await?;
    match home(&sheet, question) {
        Some(home) => {
            tenants.push(home);
            Ok(app.effective.with(tenants).await?)
        }
        None => Ok(sheet),
    }
}

/// The same, if nothing has to be read for it.
pub(crate) fn sheet_at_hand(
    app: &App,
    question: &SignIn,
    tenants: &mut Vec<TenantId>,
) -> Option<Guard<Arc<Sheet>>> {
    let sheet = app.effective.at_hand(tenants)?;
    match home(&sheet, question) {
        Some(home) => {
            tenants.push(home);
            app.effective.at_hand(tenants)
        }
        None => Some(sheet),
    }
}

/// The tenant that a guest's object says it belongs to.
pub(crate) fn home(sheet: &Sheet, question: &SignIn) -> Option<TenantId> {
    let SignInAccount::Guest(object) = question.account else {
        return None;
    };
    let directory = sheet.get(question.resource)?.tenant.directory.as_ref()?;
    match directory.users.get(&object)?.external {
        Some(External::Tenant { home_tenant, .. }) => Some(home_tenant),
        _ => None,
    }
}
