//! Resource actions: what roles consist of, and which authentication context protects which action.

use policy::governance::ContextId;
use policy::role::Action;
use serde_json::{Value, json};

use crate::query::{Member, Operators, QueryOption, Shape};
use crate::wire::{Result, WireError, Within, is_annotation, object, optional};

/// The namespace of all actions here, by id and by name.
pub const NAMESPACE: &str = "microsoft.directory";

/// What can be asked of namespaces.
pub static NAMESPACE_SHAPE: Shape = Shape {
    members: &[
        Member::text("id").filter(Operators::EQ),
        Member::text("name").filter(Operators::EQ),
    ],
    options: &[
        QueryOption::Select,
        QueryOption::Filter,
        QueryOption::Top,
        QueryOption::SkipToken,
        QueryOption::Count,
    ],
    ..Shape::EMPTY
};

/// What can be asked of actions. Two members are answered only when they are asked for by name.
pub static SHAPE: Shape = Shape {
    members: &[
        Member::text("actionVerb").filter(Operators::EQ),
        Member::text("description").filter(Operators::EQ),
        Member::text("id").filter(Operators::EQ),
        Member::text("name").filter(Operators::EQ.and(Operators::STARTS)),
        Member::text("resourceScopeId"),
        Member::boolean("isPrivileged").filter(Operators::EQ).beta(),
        Member::boolean("isAuthenticationContextSettable")
            .filter(Operators::EQ)
            .on_select(),
        Member::text("authenticationContextId").on_select(),
    ],
    options: &[
        QueryOption::Select,
        QueryOption::Filter,
        QueryOption::Top,
        QueryOption::SkipToken,
        QueryOption::Count,
    ],
    ..Shape::EMPTY
};

/// The namespace.
pub fn render_namespace() -> Value {
    json!({"id": NAMESPACE, "name": NAMESPACE})
}

/// The id: the name with hyphens, and the verb.
pub fn id(action: Action) -> String {
    let name = action.to_string().replace('/', "-");
    match action.verb() {
        Some(verb) => format!("{name}-{}", verb.to_ascii_lowercase()),
        None => name,
    }
}

/// The action with that id, without regard to case.
pub fn from_id(text: &str) -> Option<Action> {
    let mut all = Action::ALL.iter().copied();
    all.find(|action| id(*action).eq_ignore_ascii_case(text))
}

/// The action with everything there is to say about it.
pub fn render(action: Action, context: Option<&str>) -> Value {
    json!({
        "actionVerb": action.verb(),
        "description": action.description(),
        "id": id(action),
        "name": action.to_string(),
        "resourceScopeId": null,
        "isAuthenticationContextSettable": action.is_protectable(),
        "authenticationContextId": context,
        "isPrivileged": action.is_privileged(),
    })
}

/// What a body says about the authentication context of the action; `None` in `Some` takes it away.
pub fn change(action: Action, body: &Value) -> Result<Option<Option<ContextId>>> {
    let mut change = None;
    let stored = render(action, None);
    for (member, value) in object(body)? {
        match member.as_str() {
            "authenticationContextId" => change = Some(context(value).under(member)?),
            annotation if is_annotation(annotation) => {}
            known if stored.get(known).is_some() => {
                if stored.get(known) != Some(value) {
                    let message = "this member is read-only";
                    return Err(WireError::conflict(message).under(known));
                }
            }
            other => return Err(WireError::unknown(other, &[&["authenticationContextId"]])),
        }
    }
    Ok(change)
}

fn context(value: &Value) -> Result<Option<ContextId>> {
    optional(value, |value| {
        let id = value.as_str().and_then(|text| text.parse().ok());
        id.ok_or_else(|| WireError::form("an authentication context, c1 to c99, or null", value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_names_with_hyphens_and_the_verb() {
        let action = Action::DeleteConditionalAccess;
        let printed = "microsoft.directory-conditionalAccessPolicies-delete-delete";
        assert_eq!(id(action), printed);
        assert_eq!(from_id(&printed.to_uppercase()), Some(action));
        for action in Action::ALL {
            assert_eq!(from_id(&id(*action)), Some(*action));
        }
    }

    #[test]
    fn only_the_context_of_an_action_can_be_written() {
        let action = Action::CreatePartner;
        let written = |body: Value| change(action, &body);
        let c1 = "c1".parse().unwrap();
        let context = |value: Value| written(json!({"authenticationContextId": value}));
        assert_eq!(context(json!("c1")), Ok(Some(Some(c1))));
        assert_eq!(context(json!(null)), Ok(Some(None)));
        assert!(context(json!("strong")).is_err());
        assert!(written(json!({"name": "other"})).is_err());
        assert!(written(json!({"surprise": 1})).is_err());
        assert_eq!(written(render(action, None)), Ok(Some(None)));
    }
}
