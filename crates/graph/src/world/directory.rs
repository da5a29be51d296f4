//! The people and groups of a tenant in a world.

use std::collections::BTreeSet;

use policy::roll::Roll;
use policy::settings::{FallbackIdentityProvider, PrimaryIdentityProvider};
use policy::target::GroupId;
use policy::world::{Directory, External, ExternalIdentity, RedemptionState, User, UserType};
use serde_json::{Map, Value, json};

use super::{say, say_if, texts};
use crate::wire::{
    Result, WireError, Within, each, flag, guid, list, object, optional, optional_text, text, word,
};

const MEMBERS: &[&str] = &[
    "id",
    "userPrincipalName",
    "mail",
    "displayName",
    "userType",
    "accountEnabled",
    "memberOf",
    "external",
    "externalUserState",
    "smsSignIn",
    "managedBySync",
    "sponsor",
    "identityProvider",
];

/// Text attributes of Graph's user, which a synchronization scope may ask for (S12.5).
const ATTRIBUTES: &[&str] = &[
    "ageGroup",
    "city",
    "companyName",
    "country",
    "creationType",
    "department",
    "employeeId",
    "employeeType",
    "faxNumber",
    "givenName",
    "jobTitle",
    "mailNickname",
    "mobilePhone",
    "officeLocation",
    "onPremisesDistinguishedName",
    "onPremisesDomainName",
    "onPremisesImmutableId",
    "onPremisesSamAccountName",
    "onPremisesSecurityIdentifier",
    "onPremisesUserPrincipalName",
    "postalCode",
    "preferredDataLocation",
    "preferredLanguage",
    "state",
    "streetAddress",
    "surname",
    "usageLocation",
    "extensionAttribute1",
    "extensionAttribute2",
    "extensionAttribute3",
    "extensionAttribute4",
    "extensionAttribute5",
    "extensionAttribute6",
    "extensionAttribute7",
    "extensionAttribute8",
    "extensionAttribute9",
    "extensionAttribute10",
    "extensionAttribute11",
    "extensionAttribute12",
    "extensionAttribute13",
    "extensionAttribute14",
    "extensionAttribute15",
];

const IDENTITIES: [(ExternalIdentity, &str); 4] = [
    (ExternalIdentity::Federation, "externalFederation"),
    (ExternalIdentity::Social, "socialIdentityProviders"),
    (ExternalIdentity::MicrosoftAccount, "microsoftAccount"),
    (ExternalIdentity::EmailPasscode, "emailOneTimePasscode"),
];

/// Reads `users` and `groups`. Null users are an unknown directory (S25.2), whatever the groups.
pub(super) fn read(users: &Value, groups: &Value) -> Result<Option<Directory>> {
    if users.is_null() {
        return Ok(None);
    }
    let mut directory = Directory::default();
    for (index, value) in list(users).under("users")?.iter().enumerate() {
        let user = read_user(value).at(index).under("users")?;
        let id = user.id;
        if directory.users.insert(id, user).is_some() {
            let message = format!("the user {id} stands in the list twice");
            return Err(WireError::conflict(message)
                .under("id")
                .at(index)
                .under("users"));
        }
    }
    directory.groups = optional(groups, read_groups)
        .under("groups")?
        .unwrap_or_default();
    Ok(Some(directory))
}

fn read_groups(value: &Value) -> Result<Roll<GroupId, BTreeSet<GroupId>>> {
    let mut groups = Roll::default();
    for (index, value) in list(value)?.iter().enumerate() {
        let (id, parents) = read_group(value).at(index)?;
        if groups.insert(id, parents).is_some() {
            let message = format!("the group {id} stands in the list twice");
            return Err(WireError::conflict(message).under("id").at(index));
        }
    }
    Ok(groups)
}

/// A group and the groups it is in. They cannot be unknown: nothing would say what to conclude.
fn read_group(value: &Value) -> Result<(GroupId, BTreeSet<GroupId>)> {
    let (mut id, mut parents) = (None, BTreeSet::new());
    for (member, value) in object(value)? {
        match member.as_str() {
            "id" => id = Some(guid(value).under(member)?),
            "displayName" => drop(optional_text(value).under(member)?),
            "memberOf" => {
                list(value).under(member)?;
                parents = each(value, guid).under(member)?.into_iter().collect();
            }
            other => {
                return Err(WireError::unknown(
                    other,
                    &[&["id", "displayName", "memberOf"]],
                ));
            }
        }
    }
    Ok((id.ok_or_else(|| WireError::missing("id"))?, parents))
}

fn read_user(value: &Value) -> Result<User> {
    let members = object(value)?;
    let id = members.get("id").ok_or_else(|| WireError::missing("id"))?;
    let mut user = User::new(guid(id).under("id")?);
    for (member, value) in members {
        read_member(&mut user, member, value)?;
    }
    Ok(user)
}

fn read_member(user: &mut User, member: &str, value: &Value) -> Result<()> {
    let stated = |otherwise: bool| Ok(flag(value).under(member)?.unwrap_or(otherwise));
    let text = || optional_text(value).under(member);
    match member {
        "id" => {}
        "userPrincipalName" => user.user_principal_name = text()?.unwrap_or_default(),
        "mail" => user.mail = text()?,
        "displayName" => user.display_name = text()?,
        "userType" => {
            let read = optional(value, user_type).under(member)?;
            user.user_type = read.unwrap_or(UserType::Member);
        }
        "accountEnabled" => user.enabled = stated(true)?,
        // Absent is none; null is unknown (S25.3).
        "memberOf" => {
            let read = |value: &Value| Ok(each(value, guid)?.into_iter().collect());
            user.groups = optional(value, read).under(member)?;
        }
        "external" => user.external = optional(value, external).under(member)?,
        "externalUserState" => {
            let states = [
                RedemptionState::PendingAcceptance,
                RedemptionState::Accepted,
            ];
            let read = |value: &Value| {
                word(
                    value,
                    "PendingAcceptance, Accepted or null",
                    &states,
                    RedemptionState::as_str,
                )
            };
            user.redemption = optional(value, read).under(member)?;
        }
        "smsSignIn" => user.sms_sign_in = stated(false)?,
        "managedBySync" => user.managed_by_synchronization = stated(false)?,
        "sponsor" => user.sponsor = optional(value, guid).under(member)?,
        "identityProvider" => {
            user.identity_provider = optional(value, identity_provider).under(member)?;
        }
        attribute if ATTRIBUTES.contains(&attribute) => {
            if let Some(text) = text()? {
                user.attributes.insert(attribute.to_owned(), text);
            }
        }
        other => return Err(WireError::unknown(other, &[MEMBERS, ATTRIBUTES])),
    }
    Ok(())
}

fn user_type(value: &Value) -> Result<UserType> {
    let types = [UserType::Member, UserType::Guest];
    word(value, "Member or Guest", &types, UserType::as_str)
}

/// Where an external user authenticates: with a tenant or with something else, never both (S1.4).
fn external(value: &Value) -> Result<External> {
    let (mut tenant, mut user, mut providers) = (None, None, None);
    for (member, value) in object(value)? {
        match member.as_str() {
            "homeTenantId" => tenant = optional(value, guid).under(member)?,
            "homeUserId" => user = optional(value, guid).under(member)?,
            "identityProviders" => {
                let read = |value: &Value| Ok(each(value, identity)?.into_iter().collect());
                providers = optional(value, read).under(member)?;
            }
            other => {
                let legal = ["homeTenantId", "homeUserId", "identityProviders"];
                return Err(WireError::unknown(other, &[&legal]));
            }
        }
    }
    match (tenant, user, providers) {
        (Some(home_tenant), Some(home_user), None) => Ok(External::Tenant {
            home_tenant,
            home_user,
        }),
        (None, None, Some(providers)) => Ok(External::Providers(providers)),
        _ => Err(WireError::conflict(
            "expected either `homeTenantId` and `homeUserId`, or `identityProviders`",
        )),
    }
}

fn identity(value: &Value) -> Result<ExternalIdentity> {
    let expected =
        "externalFederation, socialIdentityProviders, microsoftAccount or emailOneTimePasscode";
    let (identity, _) = word(value, expected, &IDENTITIES, |(_, name)| name)?;
    Ok(identity)
}

/// The provider recorded at redemption (S7.6).
fn identity_provider(value: &Value) -> Result<&'static str> {
    let name = text(value)?;
    let primary = PrimaryIdentityProvider::ALL.map(PrimaryIdentityProvider::as_str);
    let fallback = FallbackIdentityProvider::ALL.map(FallbackIdentityProvider::as_str);
    let mut known = primary.into_iter().chain(fallback);
    known
        .find(|known| *known == name)
        .ok_or_else(|| WireError::form("the name of an identity provider", value))
}

/// Writes `users` and `groups` into the tenant.
pub(super) fn write(members: &mut Map<String, Value>, directory: &Directory) {
    let Directory { users, groups } = directory;
    say(
        members,
        "users",
        Some(users.values().map(write_user).collect::<Value>()),
    );
    let groups = groups.iter().map(|(id, parents)| {
        let mut group = Map::new();
        say(&mut group, "id", Some(id.to_string()));
        say(
            &mut group,
            "memberOf",
            (!parents.is_empty()).then(|| texts(parents)),
        );
        Value::Object(group)
    });
    say(members, "groups", Some(groups.collect::<Value>()));
}

fn write_user(user: &User) -> Value {
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
    let mut members = Map::new();
    say(&mut members, "id", Some(id.to_string()));
    let name = Some(user_principal_name.clone()).filter(|name| !name.is_empty());
    say(&mut members, "userPrincipalName", name);
    say(&mut members, "mail", mail.clone());
    say(&mut members, "displayName", display_name.clone());
    say(&mut members, "userType", Some(user_type.as_str()));
    say(&mut members, "accountEnabled", (!enabled).then_some(false));
    match groups {
        Some(groups) if groups.is_empty() => {}
        Some(groups) => say(&mut members, "memberOf", Some(texts(groups))),
        None => say(&mut members, "memberOf", Some(Value::Null)),
    }
    say(
        &mut members,
        "external",
        external.as_ref().map(write_external),
    );
    say(
        &mut members,
        "externalUserState",
        redemption.map(RedemptionState::as_str),
    );
    say_if(&mut members, "smsSignIn", *sms_sign_in);
    say_if(&mut members, "managedBySync", *managed_by_synchronization);
    say(&mut members, "sponsor", sponsor.map(|id| id.to_string()));
    say(&mut members, "identityProvider", *identity_provider);
    for (name, text) in attributes {
        say(&mut members, name, Some(text.as_str()));
    }
    Value::Object(members)
}

fn write_external(external: &External) -> Value {
    match external {
        External::Tenant {
            home_tenant,
            home_user,
        } => json!({"homeTenantId": home_tenant.to_string(), "homeUserId": home_user.to_string()}),
        External::Providers(providers) => {
            let named = IDENTITIES
                .iter()
                .filter(|(identity, _)| providers.contains(identity));
            let names: Vec<&str> = named.map(|(_, name)| *name).collect();
            json!({"identityProviders": names})
        }
    }
}
