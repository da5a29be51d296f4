//! `identitySynchronization`: whether a partner may push its users (S2.6).

use policy::draft::Patch;
use policy::settings::IdentitySynchronization;
use policy::tenant::TenantId;
use serde_json::Value;

use super::untreated::{Members, Rendering, refuse};
use super::{Form, Mode};
use crate::wire::{Result, Within, flag_patch, guid, object, optional, optional_text};

const TENANT: &str = "tenantId";
const DISPLAY_NAME: &str = "displayName";
const USER_SYNC: &str = "userSyncInbound";
const IS_SYNC_ALLOWED: &str = "isSyncAllowed";

const MEMBERS: Members = Members {
    treated: &[TENANT, DISPLAY_NAME, USER_SYNC],
    stored: &[
        "groupSyncInbound",
        "roleEnabledGroupSyncInbound",
        "externalCloudAuthorizedApplicationId",
        "deletedDateTime",
    ],
};

/// Reads the stored setting, and whose it is when it says so.
pub fn read(value: &Value, mode: Mode) -> Result<(Option<TenantId>, IdentitySynchronization)> {
    let mut tenant = None;
    let mut setting = IdentitySynchronization::default();
    for (member, value) in object(value)? {
        match member.as_str() {
            TENANT => tenant = optional(value, guid).under(member)?,
            DISPLAY_NAME => setting.display_name = optional_text(value).under(member)?,
            USER_SYNC => setting.is_sync_allowed = read_user_sync(value, mode).under(member)?,
            other => MEMBERS.keep(&mut setting.untreated, mode, other, value)?,
        }
    }
    Ok((tenant, setting))
}

/// Reads `userSyncInbound` as written: its `isSyncAllowed`.
pub fn user_sync_draft(value: &Value) -> Result<Patch<bool>> {
    read_draft(value, Mode::Strict)
}

fn read_draft(value: &Value, mode: Mode) -> Result<Patch<bool>> {
    let mut allowed = Patch::Absent;
    for (member, value) in object(value)? {
        match member.as_str() {
            IS_SYNC_ALLOWED => allowed = flag_patch(value).under(member)?,
            other => refuse(mode, other, value, &[IS_SYNC_ALLOWED])?,
        }
    }
    Ok(allowed)
}

/// Reads `userSyncInbound`: null and an object that states nothing are the same.
pub(crate) fn read_user_sync(value: &Value, mode: Mode) -> Result<Option<bool>> {
    let draft = optional(value, |value| read_draft(value, mode))?;
    Ok(draft.and_then(|draft| draft.value().copied()))
}

/// Writes `userSyncInbound`.
pub(crate) fn render_user_sync(allowed: Option<bool>) -> Option<Value> {
    allowed.map(|allowed| serde_json::json!({IS_SYNC_ALLOWED: allowed}))
}

/// Writes the setting of that partner.
pub fn render(tenant: TenantId, setting: &IdentitySynchronization, form: Form) -> Value {
    let IdentitySynchronization {
        display_name,
        is_sync_allowed,
        untreated,
    } = setting;
    let mut rendering = Rendering::new(form, untreated);
    if form != Form::World {
        rendering.put(TENANT, tenant.to_string().into());
    }
    rendering.state(DISPLAY_NAME, display_name.clone().map(Value::from));
    rendering.state(USER_SYNC, render_user_sync(*is_sync_allowed));
    rendering.rest(untreated, &MEMBERS);
    rendering.into_value()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn members_of_beta_are_stored_and_given_back() {
        let value = json!({
            "tenantId": "0f000000-0000-4000-8000-000000000002",
            "displayName": "Fabrikam",
            "userSyncInbound": {"isSyncAllowed": true},
            "groupSyncInbound": {"isSyncAllowed": false},
        });
        let (tenant, setting) = read(&value, Mode::Strict).unwrap();
        assert_eq!(setting.is_sync_allowed, Some(true));
        assert_eq!(render(tenant.unwrap(), &setting, Form::Export), value);
    }

    #[test]
    fn a_switch_is_true_false_or_null() {
        let value = json!({"userSyncInbound": {"isSyncAllowed": 1}});
        let error = read(&value, Mode::Import).unwrap_err();
        assert_eq!(error.path.to_string(), "userSyncInbound.isSyncAllowed");
    }
}
