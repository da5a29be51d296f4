//! Whom a Conditional Access policy means (S10.2, S10.4).

use std::collections::BTreeSet;

use policy::conditional_access::{Category, ConditionalAccessPolicy, ExternalUsers, UserCondition};
use policy::tenant::TenantId;
use serde_json::Value;

use crate::wire::{
    Result, WireError, Within, each, guid, is_annotation, list, object, optional, word,
};

const EXTERNAL: &str = "GuestsOrExternalUsers";

pub(super) fn read(policy: &mut ConditionalAccessPolicy, value: &Value) -> Result<()> {
    let (include, exclude) = (&mut policy.include_users, &mut policy.exclude_users);
    for (member, value) in object(value)? {
        match member.as_str() {
            "includeUsers" => read_names(include, value).under(member)?,
            "excludeUsers" => read_names(exclude, value).under(member)?,
            "includeGroups" => {
                include.groups = each(value, guid).under(member)?.into_iter().collect()
            }
            "excludeGroups" => {
                exclude.groups = each(value, guid).under(member)?.into_iter().collect()
            }
            "includeGuestsOrExternalUsers" => {
                read_external(include, value).under(member)?;
            }
            "excludeGuestsOrExternalUsers" => {
                read_external(exclude, value).under(member)?;
            }
            // External users hold no directory role worth naming here.
            "includeRoles" | "excludeRoles" => {}
            annotation if is_annotation(annotation) => {}
            other => {
                let legal = [
                    "includeUsers",
                    "excludeUsers",
                    "includeGroups",
                    "excludeGroups",
                    "includeRoles",
                    "excludeRoles",
                    "includeGuestsOrExternalUsers",
                    "excludeGuestsOrExternalUsers",
                ];
                return Err(WireError::unknown(other, &[&legal]));
            }
        }
    }
    Ok(())
}

fn read_names(condition: &mut UserCondition, value: &Value) -> Result<()> {
    if value.is_null() {
        return Ok(());
    }
    for (index, value) in list(value)?.iter().enumerate() {
        match value.as_str() {
            Some("All") => condition.all = true,
            Some("None") => {}
            Some(EXTERNAL) => condition.external = Some(everybody_external()),
            _ => {
                let expected = || {
                    let message = "All, None, GuestsOrExternalUsers or a user id";
                    WireError::form(message, value)
                };
                let user = guid(value).map_err(|_| expected()).at(index)?;
                condition.users.insert(user);
            }
        }
    }
    Ok(())
}

fn everybody_external() -> ExternalUsers {
    ExternalUsers {
        categories: BTreeSet::from(Category::ALL),
        tenants: None,
    }
}

/// The keyword `GuestsOrExternalUsers` is wider than any list of categories, so it stands.
fn read_external(condition: &mut UserCondition, value: &Value) -> Result<()> {
    let Some(external) = optional(value, external_users)? else {
        return Ok(());
    };
    condition.external = match condition.external.take() {
        Some(wider) if wider == everybody_external() => Some(wider),
        _ => Some(external),
    };
    Ok(())
}

fn external_users(value: &Value) -> Result<ExternalUsers> {
    const TYPES: &str = "guestOrExternalUserTypes";
    let mut external = ExternalUsers {
        categories: BTreeSet::new(),
        tenants: None,
    };
    let mut stated = false;
    for (member, value) in object(value)? {
        match member.as_str() {
            TYPES => {
                external.categories = categories(value).under(member)?;
                stated = true;
            }
            "externalTenants" if value.is_null() => {}
            "externalTenants" => external.tenants = external_tenants(value).under(member)?,
            annotation if is_annotation(annotation) => {}
            other => return Err(WireError::unknown(other, &[&[TYPES, "externalTenants"]])),
        }
    }
    match stated {
        true => Ok(external),
        false => Err(WireError::missing(TYPES)),
    }
}

/// A set of flags, written as one text with commas.
fn categories(value: &Value) -> Result<BTreeSet<Category>> {
    let wrong = || {
        WireError::form(
            "none, or a comma-separated list of internalGuest, b2bCollaborationGuest, b2bCollaborationMember, b2bDirectConnectUser, otherExternalUser, serviceProvider",
            value,
        )
    };
    let names = value.as_str().ok_or_else(wrong)?.split(',').map(str::trim);
    names
        .filter(|name| *name != "none")
        .map(|name| {
            let mut known = Category::ALL.into_iter();
            known
                .find(|category| category.as_str() == name)
                .ok_or_else(wrong)
        })
        .collect()
}

/// The tenants meant; `None` is all of them.
fn external_tenants(value: &Value) -> Result<Option<BTreeSet<TenantId>>> {
    let (mut kind, mut members) = (None, None);
    for (member, value) in object(value)? {
        match member.as_str() {
            "membershipKind" => {
                let read = |value: &Value| {
                    word(value, "all or enumerated", &["all", "enumerated"], |name| {
                        name
                    })
                };
                kind = optional(value, read).under(member)?;
            }
            "members" => {
                let read = |value: &Value| Ok(each(value, guid)?.into_iter().collect());
                members = optional(value, read).under(member)?;
            }
            annotation if is_annotation(annotation) => {}
            other => {
                return Err(WireError::unknown(other, &[&["membershipKind", "members"]]));
            }
        }
    }
    match (kind, members) {
        (Some("all"), None) => Ok(None),
        (Some("enumerated") | None, Some(members)) => Ok(Some(members)),
        (Some("all"), Some(_)) => Err(WireError::conflict("`members` go with `enumerated`")),
        _ => Err(WireError::missing("members")),
    }
}
