//! Authentication contexts: `c1` to `c99`.

use policy::governance::{AuthenticationContext, ContextId};
use serde_json::{Value, json};

use crate::query::{Member, Operators, QueryOption, Shape};
use crate::wire::{Result, WireError, Within, flag, is_annotation, object, optional_text};

const MEMBERS: &[&str] = &["displayName", "description", "isAvailable"];
pub(crate) const LONGEST: usize = 1024;

/// What can be asked of authentication contexts.
pub static SHAPE: Shape = Shape {
    members: &[
        Member::text("id").filter(Operators::EQ),
        Member::text("displayName").filter(Operators::EQ),
        Member::text("description"),
        Member::boolean("isAvailable").filter(Operators::EQ),
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

/// The context with the members of the body in place of its own.
pub fn change(
    id: ContextId,
    stored: Option<&AuthenticationContext>,
    body: &Value,
) -> Result<AuthenticationContext> {
    let mut context = stored.cloned().unwrap_or_default();
    for (member, value) in object(body)? {
        match member.as_str() {
            "displayName" => context.display_name = bounded(value).under(member)?,
            "description" => context.description = bounded(value).under(member)?,
            "isAvailable" => context.available = flag(value).under(member)?.unwrap_or(false),
            "id" => {
                let same = value.as_str().and_then(|text| text.parse().ok()) == Some(id);
                if !same {
                    let message = "this member is read-only";
                    return Err(WireError::conflict(message).under(member));
                }
            }
            annotation if is_annotation(annotation) => {}
            other => return Err(WireError::unknown(other, &[MEMBERS])),
        }
    }
    match context.display_name {
        Some(_) => Ok(context),
        None => Err(WireError::missing("displayName")),
    }
}

fn bounded(value: &Value) -> Result<Option<String>> {
    let text = optional_text(value)?;
    match text.as_ref().is_some_and(|text| text.len() > LONGEST) {
        true => Err(WireError::form("at most 1024 characters", value)),
        false => Ok(text),
    }
}

/// The context in the shape Graph gives it.
pub fn render(id: ContextId, context: &AuthenticationContext) -> Value {
    let AuthenticationContext {
        display_name,
        description,
        available,
    } = context;
    json!({
        "id": id.to_string(),
        "displayName": display_name,
        "description": description,
        "isAvailable": available,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_written_stays() {
        let id: ContextId = "c1".parse().unwrap();
        let stored = change(id, None, &json!({"displayName": "Strong"})).unwrap();
        assert!(!stored.available);
        let published = change(id, Some(&stored), &json!({"isAvailable": true, "id": "c1"}));
        let published = published.unwrap();
        assert_eq!(published.display_name.as_deref(), Some("Strong"));
        assert!(published.available);
        let back = render(id, &published);
        assert_eq!(change(id, Some(&published), &back), Ok(published));
        for wrong in [json!({"id": "c2"}), json!({"surprise": 1}), json!([])] {
            assert!(change(id, Some(&stored), &wrong).is_err(), "{wrong}");
        }
        assert!(change(id, None, &json!({})).is_err());
    }
}
