//! `user`: how a person looks on the wire, and what may be written about one.
//!
//! Fiona of Fabrikam is a guest of Contoso. Her object there has a user principal name with `#EXT#`
//! in it, `externalUserState`, and `identities` that say that another tenant knows who she is.

use policy::draft::Patch;
use policy::world::{External, ExternalIdentity, RedemptionState, User, UserType};
use serde_json::{Map, Value, json};
use signins::window::Moment;

use crate::directory_object::{Echo, bounded, bounded_list, bounded_or_null, say, unknown};
use crate::query::{Member, Navigation, Operators, QueryOption, Shape};
use crate::sign_in::time;
use crate::wire::{Result, WireError, Within, flag_patch, is_annotation, object, text, word};

/// Text members that are nothing more, by the names under which a tenant keeps them.
pub(crate) const TEXTS: [&str; 18] = [
    "ageGroup",
    "city",
    "companyName",
    "country",
    "department",
    "employeeId",
    "employeeType",
    "faxNumber",
    "givenName",
    "jobTitle",
    "mailNickname",
    "mobilePhone",
    "officeLocation",
    "postalCode",
    "preferredDataLocation",
    "preferredLanguage",
    "streetAddress",
    "surname",
];
pub(crate) const MORE_TEXTS: [&str; 2] = ["state", "usageLocation"];

/// Members that whoever manages the account elsewhere says, and nobody writes here.
const ON_PREMISES: [&str; 6] = [
    "onPremisesDistinguishedName",
    "onPremisesDomainName",
    "onPremisesImmutableId",
    "onPremisesSamAccountName",
    "onPremisesSecurityIdentifier",
    "onPremisesUserPrincipalName",
];

/// Members that are only read.
const READ_ONLY: [&str; 13] = [
    "id",
    "createdDateTime",
    "creationType",
    "deletedDateTime",
    "externalUserConvertedOn",
    "externalUserState",
    "externalUserStateChangeDateTime",
    "identities",
    "invitedBy",
    "onPremisesExtensionAttributes",
    "onPremisesSyncEnabled",
    "proxyAddresses",
    "signInSessionsValidFromDateTime",
];

const EQUAL: Operators = Operators::EQUALITY;
const SEARCHED: Operators = Operators::EQUALITY
    .and(Operators::STARTS)
    .and(Operators::ENDS);

const IDENTITY: &[Member] = &[
    Member::text("signInType").filter(Operators::EQ),
    Member::text("issuer").filter(Operators::EQ),
    Member::text("issuerAssignedId").filter(Operators::EQ),
];

/// What can be asked of users.
pub static SHAPE: Shape = Shape {
    members: &[
        Member::guid("id").filter(EQUAL),
        Member::texts("businessPhones"),
        Member::text("displayName").filter(SEARCHED).ordered(),
        Member::text("givenName").filter(SEARCHED),
        Member::text("jobTitle").filter(SEARCHED),
        Member::text("mail").filter(SEARCHED),
        Member::text("mobilePhone").filter(EQUAL),
        Member::text("officeLocation").filter(EQUAL),
        Member::text("preferredLanguage").filter(EQUAL),
        Member::text("surname").filter(SEARCHED),
        Member::text("userPrincipalName").filter(SEARCHED).ordered(),
        Member::boolean("accountEnabled").filter(EQUAL).on_select(),
        Member::text("ageGroup").filter(EQUAL).on_select(),
        Member::text("city").filter(EQUAL).on_select(),
        Member::text("companyName").filter(SEARCHED).on_select(),
        Member::text("country").filter(EQUAL).on_select(),
        Member::time("createdDateTime")
            .filter(Operators::EQ.and(Operators::RANGE))
            .on_select(),
        Member::text("creationType").filter(EQUAL).on_select(),
        Member::opaque("deletedDateTime").on_select(),
        Member::text("department").filter(SEARCHED).on_select(),
        Member::text("employeeId").filter(SEARCHED).on_select(),
        Member::text("employeeType").filter(EQUAL).on_select(),
        Member::opaque("externalUserConvertedOn").on_select().beta(),
        Member::text("externalUserState").filter(EQUAL).on_select(),
        Member::time("externalUserStateChangeDateTime")
            .filter(Operators::EQ.and(Operators::RANGE))
            .on_select(),
        Member::text("faxNumber").on_select(),
        Member::complexes("identities", IDENTITY)
            .filter(Operators::EQ)
            .on_select(),
        Member::opaque("invitedBy").on_select().beta(),
        Member::text("mailNickname").filter(SEARCHED).on_select(),
        Member::text("onPremisesDistinguishedName").on_select(),
        Member::text("onPremisesDomainName").on_select(),
        Member::opaque("onPremisesExtensionAttributes").on_select(),
        Member::text("onPremisesImmutableId")
            .filter(EQUAL)
            .on_select(),
        Member::text("onPremisesSamAccountName")
            .filter(EQUAL)
            .on_select(),
        Member::text("onPremisesSecurityIdentifier")
            .filter(EQUAL)
            .on_select(),
        Member::boolean("onPremisesSyncEnabled")
            .filter(EQUAL)
            .on_select(),
        Member::text("onPremisesUserPrincipalName").on_select(),
        Member::texts("otherMails")
            .filter(Operators::EQ.and(Operators::STARTS))
            .on_select(),
        Member::text("postalCode").filter(EQUAL).on_select(),
        Member::text("preferredDataLocation").on_select(),
        Member::texts("proxyAddresses")
            .filter(Operators::EQ.and(Operators::STARTS))
            .on_select(),
        Member::time("signInSessionsValidFromDateTime").on_select(),
        Member::text("state").filter(EQUAL).on_select(),
        Member::text("streetAddress").on_select(),
        Member::text("usageLocation").filter(EQUAL).on_select(),
        Member::text("userType").filter(EQUAL).on_select(),
    ],
    navigations: &[Navigation {
        name: "sponsors",
        shape: &SHAPE,
        is_beta: false,
    }],
    always: &["id"],
    options: &[
        QueryOption::Select,
        QueryOption::Expand,
        QueryOption::Filter,
        QueryOption::OrderBy,
        QueryOption::Top,
        QueryOption::SkipToken,
        QueryOption::Count,
    ],
    is_directory: true,
    ..Shape::EMPTY
};

/// What the wire says about a user beside what decisions look at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Further {
    /// `createdDateTime`.
    pub created: Option<Moment>,
    /// `externalUserStateChangeDateTime`.
    pub state_changed: Option<Moment>,
    /// `signInSessionsValidFromDateTime`.
    pub sessions_revoked: Option<Moment>,
    /// Came by an invitation.
    pub invited: bool,
    /// The object of whoever invited.
    pub invited_by: Option<String>,
    /// `otherMails`.
    pub other_mails: Vec<String>,
    /// `businessPhones`.
    pub business_phones: Vec<String>,
}

/// A user with every member; `domain` is the tenant's own, the issuer of its names.
pub fn render(user: &User, further: &Further, domain: &str) -> Value {
    let mut members = Map::new();
    let time = |moment: Option<Moment>| moment.and_then(time);
    say(&mut members, "id", user.id.to_string());
    say(&mut members, "displayName", user.display_name.clone());
    say(&mut members, "mail", user.mail.clone());
    say(
        &mut members,
        "userPrincipalName",
        user.user_principal_name.clone(),
    );
    say(
        &mut members,
        "businessPhones",
        further.business_phones.clone(),
    );
    say(&mut members, "accountEnabled", user.enabled);
    say(&mut members, "userType", user.user_type.as_str());
    say(&mut members, "createdDateTime", time(further.created));
    let invited = further.invited.then(|| "Invitation".to_owned());
    let creation = user.attributes.get("creationType").cloned().or(invited);
    say(&mut members, "creationType", creation);
    let state = user.redemption.map(RedemptionState::as_str);
    say(&mut members, "externalUserState", state);
    say(
        &mut members,
        "externalUserStateChangeDateTime",
        time(further.state_changed),
    );
    say(&mut members, "externalUserConvertedOn", Value::Null);
    say(&mut members, "deletedDateTime", Value::Null);
    say(&mut members, "identities", identities(user, domain));
    let inviter = further.invited_by.as_ref();
    let inviter = inviter.map(|id| json!({"user": {"id": id}}));
    say(&mut members, "invitedBy", inviter.unwrap_or(Value::Null));
    say(&mut members, "otherMails", further.other_mails.clone());
    let mail = user.mail.iter().map(|mail| format!("SMTP:{mail}"));
    say(&mut members, "proxyAddresses", mail.collect::<Vec<_>>());
    let revoked = time(further.sessions_revoked.or(further.created));
    say(&mut members, "signInSessionsValidFromDateTime", revoked);
    let synchronized = user.attributes.contains_key("onPremisesImmutableId");
    say(
        &mut members,
        "onPremisesSyncEnabled",
        synchronized.then_some(true),
    );
    for name in TEXTS.iter().chain(&MORE_TEXTS).chain(&ON_PREMISES) {
        say(&mut members, name, user.attributes.get(*name).cloned());
    }
    say(
        &mut members,
        "onPremisesExtensionAttributes",
        extension_attributes(user),
    );
    Value::Object(members)
}

fn extension_attributes(user: &User) -> Value {
    let attributes = (1..=15).map(|number| format!("extensionAttribute{number}"));
    let attributes = attributes.map(|name| {
        let value = user.attributes.get(&name).cloned();
        (name, value.into())
    });
    Value::Object(attributes.collect())
}

/// By which names of which issuers the user is known.
fn identities(user: &User, domain: &str) -> Vec<Value> {
    let mut identities = Vec::new();
    let mut federated = |issuer: &str, id: Option<&str>| {
        identities.push(json!({
            "signInType": "federated", "issuer": issuer, "issuerAssignedId": id,
        }));
    };
    match &user.external {
        None => {}
        Some(External::Tenant { .. }) => federated("ExternalAzureAD", None),
        Some(External::Providers(providers)) => {
            for provider in providers {
                match provider {
                    ExternalIdentity::EmailPasscode => federated("mail", user.mail.as_deref()),
                    ExternalIdentity::MicrosoftAccount => federated("MicrosoftAccount", None),
                    ExternalIdentity::Social => federated("google.com", None),
                    ExternalIdentity::Federation => {
                        let mail = user.mail.as_deref().and_then(|mail| mail.rsplit_once('@'));
                        federated(mail.map_or("federation", |(_, domain)| domain), None);
                    }
                }
            }
        }
    }
    identities.push(json!({
        "signInType": "userPrincipalName",
        "issuer": domain,
        "issuerAssignedId": user.user_principal_name,
    }));
    identities
}

/// `passwordProfile`, which nobody ever reads again.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordProfile {
    /// `password`.
    pub password: String,
    /// `forceChangePasswordNextSignIn`.
    pub must_change: bool,
}

/// A password does not belong in a log.
impl std::fmt::Debug for PasswordProfile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordProfile(…)")
    }
}

/// What a body says about a user.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UserDraft {
    /// `accountEnabled`.
    pub enabled: Patch<bool>,
    /// `displayName`.
    pub display_name: Patch<String>,
    /// `userPrincipalName`.
    pub user_principal_name: Patch<String>,
    /// `mail`.
    pub mail: Patch<String>,
    /// `userType`.
    pub user_type: Patch<UserType>,
    /// `otherMails`.
    pub other_mails: Option<Vec<String>>,
    /// `businessPhones`.
    pub business_phones: Option<Vec<String>>,
    /// `passwordProfile`.
    pub password: Option<PasswordProfile>,
    /// The other texts, by their names.
    pub texts: Vec<(String, Option<String>)>,
    /// What cannot be written.
    pub echoes: Vec<Echo>,
}

/// Reads the body of a POST or PATCH.
pub fn read(body: &Value) -> Result<UserDraft> {
    let mut draft = UserDraft::default();
    let members = object(body)?;
    for (name, value) in members.iter().filter(|(name, _)| !is_annotation(name)) {
        member(&mut draft, name, value).under(name)?;
    }
    Ok(draft)
}

fn patch(value: &Value) -> Result<Patch<String>> {
    Ok(bounded_or_null(value)?.map_or(Patch::Null, Patch::Value))
}

fn member(draft: &mut UserDraft, name: &str, value: &Value) -> Result<()> {
    match name {
        "accountEnabled" => draft.enabled = flag_patch(value)?,
        "displayName" => draft.display_name = patch(value)?,
        "userPrincipalName" => draft.user_principal_name = patch(value)?,
        "mail" => draft.mail = patch(value)?,
        "userType" => {
            let types = [UserType::Member, UserType::Guest];
            let read = word(value, "Member or Guest", &types, UserType::as_str);
            draft.user_type = match value.is_null() {
                true => Patch::Null,
                false => Patch::Value(read?),
            };
        }
        "otherMails" => draft.other_mails = Some(bounded_list(value)?),
        "businessPhones" => draft.business_phones = Some(bounded_list(value)?),
        "passwordProfile" => draft.password = password(value)?,
        // How long a password is valid is not a thing of this product.
        "passwordPolicies" => drop(bounded_or_null(value)?),
        "onPremisesImmutableId" => draft.texts.push((name.to_owned(), bounded_or_null(value)?)),
        name if TEXTS.contains(&name) || MORE_TEXTS.contains(&name) => {
            draft.texts.push((name.to_owned(), bounded_or_null(value)?));
        }
        name if READ_ONLY.contains(&name) || ON_PREMISES.contains(&name) => {
            draft.echoes.push(Echo {
                name: name.to_owned(),
                value: value.clone(),
            });
        }
        _ => return Err(unknown()),
    }
    Ok(())
}

fn password(value: &Value) -> Result<Option<PasswordProfile>> {
    if value.is_null() {
        return Ok(None);
    }
    let (mut password, mut must_change) = (None, true);
    for (name, value) in object(value)?
        .iter()
        .filter(|(name, _)| !is_annotation(name))
    {
        match name.as_str() {
            "password" => {
                let written = text(value).map_err(hidden).under(name)?;
                let length = written.chars().count();
                if !(8..=256).contains(&length) {
                    let error = WireError::conflict("a password has 8 to 256 characters");
                    return Err(error.under(name));
                }
                password = Some(written);
            }
            "forceChangePasswordNextSignIn" | "forceChangePasswordNextSignInWithMfa" => {
                let stated = flag_patch(value).under(name)?;
                if name == "forceChangePasswordNextSignIn" {
                    must_change = stated.value().copied().unwrap_or(false);
                }
            }
            other => return Err(WireError::unknown(other, &[])),
        }
    }
    let password = password.ok_or_else(|| WireError::missing("password"))?;
    Ok(Some(PasswordProfile {
        password,
        must_change,
    }))
}

/// What was found in the place of a password is not shown either.
fn hidden(mut error: WireError) -> WireError {
    error.message = "expected a string".to_owned();
    error
}

impl UserDraft {
    /// Writes what is said into a user. Names and states that rules decide about are left to those
    /// who know the rules.
    pub fn apply(&self, user: &mut User, further: &mut Further) {
        match &self.display_name {
            Patch::Absent => {}
            written => user.display_name = written.value().cloned(),
        }
        match &self.mail {
            Patch::Absent => {}
            written => user.mail = written.value().cloned(),
        }
        if let Patch::Value(name) = &self.user_principal_name {
            user.user_principal_name.clone_from(name);
        }
        if let Patch::Value(enabled) = self.enabled {
            user.enabled = enabled;
        }
        if let Patch::Value(user_type) = self.user_type {
            user.user_type = user_type;
        }
        if let Some(mails) = &self.other_mails {
            further.other_mails.clone_from(mails);
        }
        if let Some(phones) = &self.business_phones {
            further.business_phones.clone_from(phones);
        }
        for (name, text) in &self.texts {
            match text {
                Some(text) => drop(user.attributes.insert(name.clone(), text.clone())),
                None => drop(user.attributes.remove(name)),
            }
        }
    }
}

/// The ids of `getMemberGroups` and its like.
pub fn group_ids(body: &Value, member: &str) -> Result<Vec<String>> {
    /// Graph takes no more at once.
    const MOST: usize = 20;
    let members = object(body)?;
    let value = members
        .get(member)
        .ok_or_else(|| WireError::missing(member))?;
    let ids = bounded_list(value).under(member)?;
    match ids.len() > MOST {
        true => Err(WireError::form("a list of at most 20 ids", value).under(member)),
        false => Ok(ids),
    }
}

/// `@odata.id` of a body with a reference: the id of the object it names.
pub fn reference(body: &Value) -> Result<String> {
    let members = object(body)?;
    let name = "@odata.id";
    let value = members.get(name).ok_or_else(|| WireError::missing(name))?;
    let address = bounded(value).under(name)?;
    referenced(&address).ok_or_else(|| {
        let expected = "the address of an object, …/directoryObjects/{id} for instance";
        WireError::form(expected, value).under(name)
    })
}

/// The id at the end of an address: `…/users/{id}` and `…/users('{id}')` alike.
pub fn referenced(address: &str) -> Option<String> {
    let last = address.trim_end_matches('/').rsplit('/').next()?;
    let key = last.rsplit_once("('").map_or(last, |(_, key)| key);
    let key = key.trim_end_matches("')");
    (!key.is_empty()).then(|| key.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_can_be_written_back() {
        let user = sample();
        let further = Further {
            invited: true,
            business_phones: vec!["+1".to_owned()],
            ..Further::default()
        };
        let rendered = render(&user, &further, "contoso.com");
        let draft = read(&rendered).unwrap();
        let (mut same, mut others) = (user.clone(), further.clone());
        draft.apply(&mut same, &mut others);
        assert_eq!((same, others), (user, further));
        assert!(draft.echoes.iter().all(|echo| echo.agrees(&rendered)));
        assert_eq!(rendered["creationType"], "Invitation");
        assert_eq!(rendered["identities"][0]["issuer"], "ExternalAzureAD");
    }

    #[test]
    fn every_member_that_is_answered_is_described() {
        let rendered = render(&sample(), &Further::default(), "contoso.com");
        for name in rendered.as_object().unwrap().keys() {
            assert!(SHAPE.member(name).is_some(), "{name}");
        }
    }

    #[test]
    fn a_member_nobody_knows_is_named() {
        let error = read(&json!({"favouriteColour": "blue"})).unwrap_err();
        assert_eq!(error.path.to_string(), "favouriteColour");
        let error = read(&json!({"userType": "guest"})).unwrap_err();
        assert_eq!(error.path.to_string(), "userType");
    }

    #[test]
    fn a_password_is_never_shown() {
        let body = json!({"passwordProfile": {"password": "correct horse"}});
        let draft = read(&body).unwrap();
        assert!(!format!("{draft:?}").contains("horse"));
        assert!(draft.password.unwrap().must_change);
        let short = json!({"passwordProfile": {"password": "short"}});
        let error = read(&short).unwrap_err();
        assert_eq!(error.path.to_string(), "passwordProfile.password");
        assert!(!error.to_string().contains("short"));
        let list = json!({"passwordProfile": {"password": ["a secret"]}});
        assert!(!read(&list).unwrap_err().to_string().contains("secret"));
    }

    #[test]
    fn a_reference_names_an_object() {
        for address in [
            "https://graph.microsoft.com/v1.0/directoryObjects/abc",
            "https://localhost:8443/v1.0/users('abc')",
            "users/abc/",
        ] {
            assert_eq!(reference(&json!({"@odata.id": address})).unwrap(), "abc");
        }
        assert!(reference(&json!({})).is_err());
        assert!(reference(&json!({"@odata.id": "/"})).is_err());
    }

    fn sample() -> User {
        User {
            id: policy::target::UserId::from_u128(7),
            user_principal_name: "fiona_fabrikam.com#EXT#@contoso.com".to_owned(),
            mail: Some("fiona@fabrikam.com".to_owned()),
            display_name: Some("Fiona".to_owned()),
            user_type: UserType::Guest,
            enabled: true,
            groups: None,
            external: Some(External::Tenant {
                home_tenant: policy::tenant::TenantId::from_u128(1),
                home_user: policy::target::UserId::from_u128(2),
            }),
            redemption: Some(RedemptionState::PendingAcceptance),
            sms_sign_in: false,
            managed_by_synchronization: false,
            sponsor: None,
            identity_provider: None,
            attributes: [("surname".to_owned(), "F".to_owned())].into(),
        }
    }
}
