//! `sync` (S12): one user of one synchronization job.

use graph::document::Path;
use policy::redemption::Prompt;
use policy::resolve::Origin;
use policy::synchronization::{
    Comparison, Condition, SyncAction, SyncRequest, SyncScope, synchronize,
};
use policy::target::UserId;
use policy::world::UserType;
use serde_json::{Value, json};

use super::wording::{related, text as shown, word};
use super::{Ask, NamedTenant, State};
use crate::members::{Members, Mistake, expected, parsed, text};

#[derive(Debug)]
struct Job {
    source: NamedTenant,
    target: NamedTenant,
    user: UserId,
    scope: SyncScope,
    user_type: UserType,
    apply_user_type_always: bool,
    delete_in_target: bool,
}

/// Reads `sync`.
pub(super) fn read(members: &mut Members<'_>) -> Result<Box<dyn Ask>, Mistake> {
    let user = members.parsed("user")?;
    let scope = members.members("scope")?;
    let types = [("Member", UserType::Member), ("Guest", UserType::Guest)];
    let user_type = members.word("userTypeMapping", &types)?;
    let delete_in_target = match members.value("targetObjectDelete") {
        None => true,
        Some(_) => members.flag("targetObjectDelete")?,
    };
    Ok(Box::new(Job {
        source: NamedTenant::required(members, "sourceTenant")?,
        target: NamedTenant::required(members, "targetTenant")?,
        user: members.required("user", user)?,
        scope: scope.map(read_scope).transpose()?.unwrap_or_default(),
        user_type: user_type.unwrap_or(UserType::Member),
        apply_user_type_always: members.flag("applyUserTypeAlways")?,
        delete_in_target,
    }))
}

fn read_scope(mut members: Members<'_>) -> Result<SyncScope, Mistake> {
    let users = members.list("users", parsed)?.unwrap_or_default();
    let groups = members.list("groups", parsed)?.unwrap_or_default();
    let scope = SyncScope {
        all: members.flag("all")?,
        users: users.into_iter().collect(),
        groups: groups.into_iter().collect(),
        filter: filter(&mut members)?,
    };
    members.finish()?;
    Ok(scope)
}

/// The attribute filter: an object of attributes and the values they must have, or a list of
/// conditions with their operators.
fn filter(members: &mut Members<'_>) -> Result<Vec<Condition>, Mistake> {
    let path = members.path_of("filter");
    let equals = |attribute: &str, value: &Value| {
        Ok(Condition {
            attribute: attribute.to_owned(),
            comparison: Comparison::Equals,
            value: text(value, &path.member(attribute))?.to_owned(),
        })
    };
    match members.value("filter") {
        None => Ok(Vec::new()),
        Some(Value::Object(attributes)) => {
            let attributes = attributes.iter();
            attributes
                .map(|(name, value)| equals(name, value))
                .collect()
        }
        Some(Value::Array(conditions)) => {
            let conditions = conditions.iter().enumerate();
            conditions
                .map(|(at, value)| condition(value, &path.index(at)))
                .collect()
        }
        Some(other) => {
            let what = "attributes and their values, for instance {department: Sales}";
            Err(expected(&path, what, other))
        }
    }
}

fn condition(value: &Value, path: &Path) -> Result<Condition, Mistake> {
    let mut members = Members::of(value, path)?;
    let attribute = members.text("attribute")?;
    let operators = [
        ("equals", Comparison::Equals),
        ("notEquals", Comparison::NotEquals),
    ];
    let comparison = members.word("operator", &operators)?;
    let value = members.text("value")?;
    let condition = Condition {
        attribute: members.required("attribute", attribute)?.to_owned(),
        comparison: comparison.unwrap_or(Comparison::Equals),
        value: members.required("value", value)?.to_owned(),
    };
    members.finish()?;
    Ok(condition)
}

impl Ask for Job {
    fn ask(&self, state: &mut State) -> Result<Value, Mistake> {
        let request = SyncRequest {
            source: self.source.known(state)?,
            target: self.target.known(state)?,
            user: self.user,
            scope: self.scope.clone(),
            user_type: self.user_type,
            apply_user_type_always: self.apply_user_type_always,
            delete_in_target: self.delete_in_target,
            new_object: state.new_object(),
        };
        let outcome = synchronize(&state.world, &request);
        state.world.apply(&outcome.effects);
        let object = outcome.object.as_ref();
        let created = outcome.action == SyncAction::Create;
        Ok(json!({
            "action": outcome.action.as_str(),
            "reason": outcome.reason.as_str(),
            "side": word(outcome.side.map(|side| side.as_str())),
            "detail": word(outcome.detail.map(|detail| detail.as_str())),
            "source": word(outcome.origin.map(Origin::as_str)),
            "user": shown(object.map(|object| object.id)),
            "userType": word(object.map(|object| object.user_type.as_str())),
            "externalUserState": word(object.and_then(|o| o.redemption).map(|s| s.as_str())),
            "accountEnabled": object.map(|object| object.enabled),
            // Synchronization sends no mail, whatever it does (S7.3).
            "invitationEmail": created.then_some(false),
            "notificationEmail": created.then_some(false),
            "consentPrompt": word(outcome.prompt.map(Prompt::as_str)),
            "audit": outcome.activity().map(related),
        }))
    }
}
