//! A block: `{usersAndGroups: {accessType, targets}, applications: {accessType, targets}}` (S3.1).
//!
//! There is one reader of the form, which answers with a draft, and one judge of the rules,
//! [`policy::validate`]; what is stored went through both.

use policy::draft::{BlockDraft, HalfDraft, Patch, TargetDraft};
use policy::reason::Reason;
use policy::settings::{Block, BlockName, CompleteBlock};
use policy::target::{Access, ApplicationTarget, Half, Scope, UserTarget};
use policy::validate;
use serde_json::{Value, json};

use super::untreated::refuse;
use super::{Form, Mode};
use crate::wire::{Result, WireError, Within, each, object, optional_text, written};

const USERS: &str = "usersAndGroups";
const APPLICATIONS: &str = "applications";

/// Reads a block as written, without judging it. Only the form is checked: which members there
/// are, and that texts are texts.
pub fn draft(value: &Value, name: BlockName, mode: Mode) -> Result<BlockDraft> {
    let restrictions = name == BlockName::TenantRestrictions;
    let legal: &[&str] = match restrictions {
        true => &[USERS, APPLICATIONS, "devices"],
        false => &[USERS, APPLICATIONS],
    };
    let mut block = BlockDraft::default();
    for (member, value) in object(value)? {
        let half = |value| written(value, |value| half_draft(value, mode)).under(member);
        match member.as_str() {
            USERS => block.users = half(value)?,
            APPLICATIONS => block.applications = half(value)?,
            "devices" if restrictions => block.devices = !value.is_null(),
            other => refuse(mode, other, value, legal)?,
        }
    }
    Ok(block)
}

fn half_draft(value: &Value, mode: Mode) -> Result<HalfDraft> {
    let mut half = HalfDraft::default();
    for (member, value) in object(value)? {
        match member.as_str() {
            "accessType" => half.access_type = optional_text(value).under(member)?,
            "targets" => {
                half.targets = each(value, |value| target_draft(value, mode)).under(member)?;
            }
            other => refuse(mode, other, value, &["accessType", "targets"])?,
        }
    }
    Ok(half)
}

/// A missing text is an empty one: no rule accepts it, and the rule says what it wanted.
fn target_draft(value: &Value, mode: Mode) -> Result<TargetDraft> {
    let mut target = TargetDraft {
        target: String::new(),
        target_type: String::new(),
    };
    for (member, value) in object(value)? {
        let text = |value| optional_text(value).under(member);
        match member.as_str() {
            "target" => target.target = text(value)?.unwrap_or_default(),
            "targetType" => target.target_type = text(value)?.unwrap_or_default(),
            other => refuse(mode, other, value, &["target", "targetType"])?,
        }
    }
    Ok(target)
}

/// Reads a stored block. A block whose halves are all missing or null counts as null (S24 on
/// S2.3); each half that is there obeys S4.2 to S4.7, and there is no device filter (S4.10).
pub fn read(value: &Value, name: BlockName, mode: Mode) -> Result<Option<Block>> {
    if value.is_null() {
        return Ok(None);
    }
    let draft = draft(value, name, mode)?;
    if draft.devices {
        return Err(WireError::rule(Reason::DevicesFilterUnsupported).under("devices"));
    }
    let applications_half = |half: &HalfDraft| validate::applications_half(half, name);
    let users = typed(&draft.users, validate::users_half).under(USERS)?;
    let applications = typed(&draft.applications, applications_half).under(APPLICATIONS)?;
    if users.is_none() && applications.is_none() {
        return Ok(None);
    }
    Ok(Some(Block {
        users,
        applications,
    }))
}

fn typed<T>(
    draft: &Patch<HalfDraft>,
    judge: impl Fn(&HalfDraft) -> std::result::Result<T, Reason>,
) -> Result<Option<T>> {
    let Patch::Value(draft) = draft else {
        return Ok(None);
    };
    match judge(draft) {
        Ok(half) => Ok(Some(half)),
        Err(reason) => Err(refused(draft, reason, judge)),
    }
}

/// The refusal, with the path of what was refused. Which target it was is found by asking about
/// each one alone, so that no rule is told twice.
fn refused<T>(
    draft: &HalfDraft,
    reason: Reason,
    judge: impl Fn(&HalfDraft) -> std::result::Result<T, Reason>,
) -> WireError {
    let error = WireError::rule(reason);
    if reason == Reason::InvalidAccessType {
        return error.under("accessType");
    }
    let mut targets = draft.targets.iter().enumerate();
    let culprit = targets.find(|(_, target)| {
        let alone = HalfDraft {
            access_type: draft.access_type.clone(),
            targets: vec![(*target).clone()],
        };
        judge(&alone).err() == Some(reason)
    });
    match culprit {
        Some((index, _)) => error.at(index).under("targets"),
        None => error.under("targets"),
    }
}

/// Writes a block as stored: a missing half is left out.
pub fn render(block: &Block, name: BlockName, form: Form) -> Value {
    let mut members = serde_json::Map::new();
    if name == BlockName::TenantRestrictions && form != Form::World {
        members.insert("devices".to_owned(), Value::Null);
    }
    if let Some(half) = &block.users {
        members.insert(USERS.to_owned(), users_half(half));
    }
    if let Some(half) = &block.applications {
        members.insert(APPLICATIONS.to_owned(), applications_half(half));
    }
    Value::Object(members)
}

/// Writes a completed block, as `resolve` answers it (S24 on S3.2).
pub fn render_complete(block: &CompleteBlock, name: BlockName, form: Form) -> Value {
    render(&block.clone().into(), name, form)
}

fn users_half(half: &Half<UserTarget>) -> Value {
    json!({"accessType": access(half.access), "targets": user_targets(listed(&half.scope))})
}

fn applications_half(half: &Half<ApplicationTarget>) -> Value {
    json!({"accessType": access(half.access), "targets": application_targets(listed(&half.scope))})
}

fn listed<T>(scope: &Scope<T>) -> Option<&[T]> {
    match scope {
        Scope::All => None,
        Scope::Only(targets) => Some(targets.as_slice()),
    }
}

/// Users and groups as a half lists them; `None` is all users.
pub(crate) fn user_targets(names: Option<&[UserTarget]>) -> Vec<Value> {
    targets(names, ("AllUsers", "user"), |target| match target {
        UserTarget::User(id) => (id.to_string(), "user"),
        UserTarget::Group(id) => (id.to_string(), "group"),
    })
}

/// Applications as a half lists them; `None` is all applications.
pub(crate) fn application_targets(names: Option<&[ApplicationTarget]>) -> Vec<Value> {
    const TYPE: &str = "application";
    targets(names, ("AllApplications", TYPE), |target| match target {
        ApplicationTarget::Application(id) => (id.to_string(), TYPE),
        ApplicationTarget::Office365 => ("Office365".to_owned(), TYPE),
        ApplicationTarget::AllMicrosoftApps => ("AllMicrosoftApps".to_owned(), TYPE),
    })
}

fn targets<T>(
    names: Option<&[T]>,
    all: (&str, &str),
    target: impl Fn(&T) -> (String, &'static str),
) -> Vec<Value> {
    let entry =
        |target: &str, target_type: &str| json!({"target": target, "targetType": target_type});
    match names {
        None => vec![entry(all.0, all.1)],
        Some(names) => {
            let names = names.iter().map(target);
            names.map(|(target, kind)| entry(&target, kind)).collect()
        }
    }
}

fn access(access: Access) -> &'static str {
    match access {
        Access::Allowed => "allowed",
        Access::Blocked => "blocked",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Wrong;

    const INBOUND: BlockName = BlockName::B2bCollaborationInbound;
    const GROUP: &str = "0F000000-0000-4000-8000-00000000C001";

    fn users(access: &str, target: &str, kind: &str) -> Value {
        json!({"usersAndGroups": {"accessType": access, "targets": [{"target": target, "targetType": kind}]}})
    }

    #[track_caller]
    fn refused_at(value: Value, name: BlockName, path: &str, reason: Reason) {
        let error = read(&value, name, Mode::Import).unwrap_err();
        assert_eq!(
            (error.path.to_string().as_str(), error.wrong),
            (path, Wrong::Rule(reason))
        );
        assert!(error.message.starts_with(reason.as_str()), "{error}");
    }

    #[test]
    fn a_block_reads_and_writes_without_difference_and_ids_become_lower_case() {
        let value = users("blocked", GROUP, "group");
        let block = read(&value, INBOUND, Mode::Strict).unwrap().unwrap();
        let again = render(&block, INBOUND, Form::World);
        assert_eq!(again, users("blocked", &GROUP.to_lowercase(), "group"));
        assert_eq!(read(&again, INBOUND, Mode::Strict).unwrap(), Some(block));
    }

    #[test]
    fn the_refused_target_is_named_by_its_place() {
        // S4.2 to S4.7
        let targets = |second: Value| json!({"applications": {"accessType": "allowed", "targets": [{"target": "Office365", "targetType": "application"}, second]}});
        let second = "applications.targets[1]";
        let portals = json!({"target": "MicrosoftAdminPortals", "targetType": "application"});
        refused_at(
            targets(portals),
            INBOUND,
            second,
            Reason::InvalidApplicationTarget,
        );
        let user = json!({"target": GROUP, "targetType": "user"});
        refused_at(targets(user), INBOUND, second, Reason::InvalidTargetType);
        let all = json!({"target": "AllApplications", "targetType": "application"});
        refused_at(
            targets(all),
            INBOUND,
            "applications.targets",
            Reason::AllApplicationsNotAlone,
        );
        refused_at(
            users("allowed", "AllUsers", "group"),
            INBOUND,
            "usersAndGroups.targets[0]",
            Reason::InvalidUserTarget,
        );
        refused_at(
            users("unknownFutureValue", "AllUsers", "user"),
            INBOUND,
            "usersAndGroups.accessType",
            Reason::InvalidAccessType,
        );
        refused_at(
            json!({"usersAndGroups": {"accessType": "allowed"}}),
            INBOUND,
            "usersAndGroups.targets",
            Reason::TargetsRequired,
        );
    }

    #[test]
    fn a_device_filter_is_refused_and_a_null_one_is_nothing() {
        // S4.10
        let filter = |devices: Value| {
            let mut value = users("blocked", "AllUsers", "user");
            value["devices"] = devices;
            value
        };
        let name = BlockName::TenantRestrictions;
        let mode = json!({"mode": "blocked", "rule": "x"});
        refused_at(
            filter(mode),
            name,
            "devices",
            Reason::DevicesFilterUnsupported,
        );
        let block = read(&filter(Value::Null), name, Mode::Strict)
            .unwrap()
            .unwrap();
        assert_eq!(render(&block, name, Form::Answer)["devices"], Value::Null);
        let elsewhere = read(&filter(json!({})), INBOUND, Mode::Import).unwrap_err();
        assert_eq!(elsewhere.wrong, Wrong::Unknown);
    }

    #[test]
    fn a_block_whose_members_are_all_null_counts_as_null() {
        // S24 on S2.3
        for value in [
            json!(null),
            json!({}),
            json!({"usersAndGroups": null, "applications": null}),
        ] {
            assert_eq!(
                read(&value, INBOUND, Mode::Strict).unwrap(),
                None,
                "{value}"
            );
        }
    }

    #[test]
    fn a_member_nobody_knows_inside_a_block_is_refused_in_either_mood() {
        let value =
            json!({"usersAndGroups": {"accessType": "allowed", "targets": [], "except": [1]}});
        for mode in [Mode::Strict, Mode::Import] {
            let error = read(&value, INBOUND, mode).unwrap_err();
            assert_eq!(error.wrong, Wrong::Unknown);
            assert_eq!(error.path.to_string(), "usersAndGroups.except");
        }
    }

    #[test]
    fn a_text_that_is_not_a_text_is_refused_by_form() {
        let value = json!({"usersAndGroups": {"accessType": 1, "targets": []}});
        let error = read(&value, INBOUND, Mode::Strict).unwrap_err();
        assert_eq!(
            error.to_string(),
            "usersAndGroups.accessType: expected a string or null, found 1"
        );
    }
}
