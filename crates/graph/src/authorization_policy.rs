//! `authorizationPolicy`: who may invite, what guests may read, and switches that no decision looks
//! at (S6.2, S14.15).

use policy::authorization::GuestAccess;
use policy::draft::Patch;
use policy::world::{AllowInvitesFrom, Tenant};
use serde_json::{Map, Value, json};

use crate::directory_object::{Echo, bounded_list, bounded_or_null, say, unknown};
use crate::query::{Member, QueryOption, Shape};
use crate::wire::{Result, WireError, Within, flag, is_annotation, object, word};

/// The id of the one policy of a tenant.
pub const ID: &str = "authorizationPolicy";

/// Switches, and how they stand at the beginning; null is neither.
pub(crate) const SWITCHES: [(&str, Option<bool>); 5] = [
    ("allowedToSignUpEmailBasedSubscriptions", Some(true)),
    ("allowedToUseSSPR", Some(true)),
    ("allowEmailVerifiedUsersToJoinOrganization", Some(false)),
    ("allowUserConsentForRiskyApps", None),
    ("blockMsolPowerShell", Some(false)),
];
pub(crate) const PERMISSIONS: [(&str, bool); 5] = [
    ("allowedToCreateApps", true),
    ("allowedToCreateSecurityGroups", true),
    ("allowedToCreateTenants", true),
    ("allowedToReadBitlockerKeysForOwnedDevice", true),
    ("allowedToReadOtherUsers", true),
];
pub(crate) const GRANTS: &str = "permissionGrantPoliciesAssigned";

/// What can be asked of the policy.
pub static SHAPE: Shape = Shape {
    members: &[
        Member::text("id"),
        Member::text("allowInvitesFrom"),
        Member::boolean("allowedToSignUpEmailBasedSubscriptions"),
        Member::boolean("allowedToUseSSPR"),
        Member::boolean("allowEmailVerifiedUsersToJoinOrganization"),
        Member::boolean("allowUserConsentForRiskyApps"),
        Member::boolean("blockMsolPowerShell"),
        Member::opaque("defaultUserRolePermissions"),
        Member::opaque("deletedDateTime"),
        Member::text("description"),
        Member::text("displayName"),
        Member::texts("enabledPreviewFeatures").beta(),
        Member::guid("guestUserRoleId"),
        Member::texts("permissionGrantPolicyIdsAssignedToDefaultUserRole").beta(),
    ],
    always: &["id"],
    options: &[QueryOption::Select],
    ..Shape::EMPTY
};

/// The policy of a tenant with every member.
pub fn render(tenant: &Tenant) -> Value {
    let authorization = &tenant.authorization;
    let mut members = Map::new();
    say(&mut members, "id", ID);
    say(&mut members, "deletedDateTime", Value::Null);
    let name = authorization.display_name.clone();
    let name = name.unwrap_or_else(|| "Authorization Policy".to_owned());
    say(&mut members, "displayName", name);
    let description = authorization.description.clone();
    let description = description.unwrap_or_else(|| {
        "Used to manage authorization related settings across the company.".to_owned()
    });
    say(&mut members, "description", description);
    let inviters = tenant.allow_invites_from.as_str();
    say(&mut members, "allowInvitesFrom", inviters);
    let guests = authorization.guest_access.role_id();
    say(&mut members, "guestUserRoleId", guests);
    for (name, initial) in SWITCHES {
        let stands = authorization.switches.get(name).copied().or(initial);
        say(&mut members, name, stands);
    }
    let permissions = PERMISSIONS.iter().map(|(name, initial)| {
        let stands = authorization.switches.get(*name).unwrap_or(initial);
        ((*name).to_owned(), Value::from(*stands))
    });
    let mut permissions: Map<String, Value> = permissions.collect();
    say(
        &mut permissions,
        GRANTS,
        authorization.grant_policies.clone(),
    );
    say(&mut members, "defaultUserRolePermissions", permissions);
    say(&mut members, "enabledPreviewFeatures", json!([]));
    say(
        &mut members,
        "permissionGrantPolicyIdsAssignedToDefaultUserRole",
        authorization.grant_policies.clone(),
    );
    Value::Object(members)
}

/// What a body says about the policy.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AuthorizationDraft {
    /// `allowInvitesFrom`.
    pub inviters: Option<AllowInvitesFrom>,
    /// `guestUserRoleId`.
    pub guests: Option<GuestAccess>,
    /// `displayName`.
    pub display_name: Patch<String>,
    /// `description`.
    pub description: Patch<String>,
    /// Switches by their names.
    pub switches: Vec<(String, bool)>,
    /// `permissionGrantPoliciesAssigned`.
    pub grants: Option<Vec<String>>,
    /// What cannot be written.
    pub echoes: Vec<Echo>,
}

/// Reads the body of a PATCH.
pub fn read(body: &Value) -> Result<AuthorizationDraft> {
    let mut draft = AuthorizationDraft::default();
    let members = object(body)?;
    for (name, value) in members.iter().filter(|(name, _)| !is_annotation(name)) {
        member(&mut draft, name, value).under(name)?;
    }
    Ok(draft)
}

fn member(draft: &mut AuthorizationDraft, name: &str, value: &Value) -> Result<()> {
    let text = || Ok(bounded_or_null(value)?.map_or(Patch::Null, Patch::Value));
    match name {
        "allowInvitesFrom" => {
            let expected =
                "none, adminsAndGuestInviters, adminsGuestInvitersAndAllMembers or everyone";
            let all = &AllowInvitesFrom::ALL;
            draft.inviters = Some(word(value, expected, all, AllowInvitesFrom::as_str)?);
        }
        "guestUserRoleId" => {
            let found = value.as_str().and_then(GuestAccess::from_role_id);
            draft.guests = Some(found.ok_or_else(|| {
                let expected = "the id of the role User, Guest User or Restricted Guest User";
                WireError::form(expected, value)
            })?);
        }
        "displayName" => draft.display_name = text()?,
        "description" => draft.description = text()?,
        "permissionGrantPolicyIdsAssignedToDefaultUserRole" => {
            draft.grants = Some(bounded_list(value)?);
        }
        "defaultUserRolePermissions" => permissions(draft, value)?,
        "id" | "deletedDateTime" | "enabledPreviewFeatures" => draft.echoes.push(Echo {
            name: name.to_owned(),
            value: value.clone(),
        }),
        name if SWITCHES.iter().any(|(known, _)| *known == name) => {
            if let Some(stands) = flag(value)? {
                draft.switches.push((name.to_owned(), stands));
            }
        }
        _ => return Err(unknown()),
    }
    Ok(())
}

fn permissions(draft: &mut AuthorizationDraft, value: &Value) -> Result<()> {
    let members = object(value)?;
    for (name, value) in members.iter().filter(|(name, _)| !is_annotation(name)) {
        match name.as_str() {
            GRANTS => draft.grants = Some(bounded_list(value).under(name)?),
            known if PERMISSIONS.iter().any(|(name, _)| *name == known) => {
                if let Some(stands) = flag(value).under(name)? {
                    draft.switches.push((name.clone(), stands));
                }
            }
            _ => return Err(unknown().under(name)),
        }
    }
    Ok(())
}

impl AuthorizationDraft {
    /// Writes what is said into a tenant.
    pub fn apply(&self, tenant: &mut Tenant) {
        tenant.allow_invites_from = self.inviters.unwrap_or(tenant.allow_invites_from);
        let authorization = &mut tenant.authorization;
        authorization.guest_access = self.guests.unwrap_or(authorization.guest_access);
        for (written, stored) in [
            (&self.display_name, &mut authorization.display_name),
            (&self.description, &mut authorization.description),
        ] {
            match written {
                Patch::Absent => {}
                written => *stored = written.value().cloned(),
            }
        }
        for (name, stands) in &self.switches {
            let switches = SWITCHES.iter().map(|(name, initial)| (*name, *initial));
            let permissions = PERMISSIONS
                .iter()
                .map(|(name, initial)| (*name, Some(*initial)));
            let initial = switches.chain(permissions).find(|(known, _)| known == name);
            match initial == Some((name.as_str(), Some(*stands))) {
                true => drop(authorization.switches.remove(name)),
                false => drop(authorization.switches.insert(name.clone(), *stands)),
            }
        }
        if let Some(grants) = &self.grants {
            authorization.grant_policies.clone_from(grants);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy::tenant::{Cloud, TenantId};

    fn tenant(cloud: Cloud) -> Tenant {
        Tenant::registered(TenantId::from_u128(1), cloud)
    }

    #[test]
    fn a_new_tenant_lets_everybody_invite_except_in_us_government() {
        // S6.2
        let rendered = render(&tenant(Cloud::Commercial));
        assert_eq!(rendered["allowInvitesFrom"], "everyone");
        assert_eq!(
            rendered["guestUserRoleId"],
            "10dae51f-b6af-4016-8d66-8c2a99b929b3"
        );
        let rendered = render(&tenant(Cloud::UsGovernment));
        assert_eq!(rendered["allowInvitesFrom"], "none");
    }

    #[test]
    fn what_is_read_can_be_written_back_and_what_is_written_can_be_read() {
        let mut tenant = tenant(Cloud::Commercial);
        let body = json!({"allowedToUseSSPR": false, "displayName": "x", "description": "y",
            "guestUserRoleId": "2AF84B1E-32C8-42B7-82BC-DAA82404023B",
            "defaultUserRolePermissions": {"allowedToCreateApps": false}});
        read(&body).unwrap().apply(&mut tenant);
        let rendered = render(&tenant);
        assert_eq!(rendered["allowedToUseSSPR"], false);
        assert_eq!(
            rendered["defaultUserRolePermissions"]["allowedToCreateApps"],
            false
        );
        assert_eq!(tenant.authorization.guest_access, GuestAccess::OwnProfile);
        let draft = read(&rendered).unwrap();
        assert!(draft.echoes.iter().all(|echo| echo.agrees(&rendered)));
        let mut same = tenant.clone();
        draft.apply(&mut same);
        assert_eq!(same, tenant);
        for name in rendered.as_object().unwrap().keys() {
            assert!(SHAPE.member(name).is_some(), "{name}");
        }
    }

    #[test]
    fn a_role_that_is_none_of_the_three_is_refused() {
        let body = json!({"guestUserRoleId": "62e90394-69f5-4237-9190-012177145e10"});
        let error = read(&body).unwrap_err();
        assert_eq!(error.path.to_string(), "guestUserRoleId");
    }
}
