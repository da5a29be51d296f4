//! Changing what governs a tenant: its roles, assignments, protected actions and Conditional Access.
//! All of it is the tenant's profile; here is what these writes have in common.

use policy::audit::{self, ModifiedProperty};
use policy::governance::Refusal;
use policy::reason::Reason;
use policy::world::Tenant;
use serde_json::Value;
use store::Target;

use crate::administration::IfMatch;
use crate::entry::Entry;
use crate::error::{ApiError, Result};
use crate::odata::Writing;
use crate::profile::{self, Changed, Written};

/// What the log says about a kind of write.
pub(crate) struct Activity {
    /// `loggedByService`.
    pub(crate) service: &'static str,
    /// `category`.
    pub(crate) category: &'static str,
    /// `activityDisplayName`.
    pub(crate) name: &'static str,
    /// `operationType`.
    pub(crate) operation: &'static str,
    /// The type of what it is about.
    pub(crate) target: &'static str,
}

impl Activity {
    fn entry(&self, id: &str, name: Option<String>, modified: Vec<ModifiedProperty>) -> Entry {
        Entry {
            service: self.service,
            category: self.category,
            activity: self.name,
            operation: self.operation,
            target: Target {
                kind: self.target.to_owned(),
                id: Some(id.to_owned()),
                display_name: name,
                user_principal_name: None,
            },
            modified,
            details: Vec::new(),
        }
    }
}

/// What a write did.
pub(crate) struct Done<T> {
    /// The name of what it is about.
    pub(crate) name: Option<String>,
    /// What it was; null where there was nothing.
    pub(crate) before: Value,
    /// What it is now; null where there is nothing any more.
    pub(crate) after: Value,
    /// What is answered.
    pub(crate) answer: T,
}

/// Changes the profile of the caller's tenant. A refusal for what the body says is told in the log
/// (S16.3).
pub(crate) async fn write<T>(
    writing: &Writing<'_>,
    activity: &Activity,
    id: &str,
    judge: impl Fn(&mut Tenant) -> Result<Done<T>>,
) -> Result<Written<T>> {
    let if_match = IfMatch::of(writing.headers)?;
    let judge = |tenant: &Tenant| {
        let mut tenant = tenant.clone();
        match judge(&mut tenant) {
            Ok(done) => {
                let modified = differences(&done.before, &done.after);
                Ok(Changed {
                    tenant,
                    entry: activity.entry(id, done.name, modified),
                    answer: done.answer,
                })
            }
            Err(error) if matches!(error.status.as_u16(), 400 | 409) => {
                let entry = activity.entry(id, None, Vec::new());
                Err(profile::Refusal::logged(
                    error,
                    entry,
                    Reason::InvalidProperty,
                ))
            }
            Err(error) => Err(error.into()),
        }
    };
    let Writing {
        app,
        principal,
        context,
        ..
    } = writing;
    profile::write(app, principal, context, if_match.as_ref(), judge).await
}

/// The members that differ, in alphabetical order (S16.2).
fn differences(before: &Value, after: &Value) -> Vec<ModifiedProperty> {
    let member = |value: &Value, name: &str| match value.get(name) {
        None | Some(Value::Null) => audit::Value::Null,
        Some(value) => audit::Value::Json(value.to_string()),
    };
    let names = |value: &Value| -> Vec<String> {
        let members = value.as_object();
        members.map_or(Vec::new(), |members| members.keys().cloned().collect())
    };
    let mut named = [names(before), names(after)].concat();
    named.sort();
    named.dedup();
    let properties = named.into_iter().map(|name| ModifiedProperty {
        old: member(before, &name),
        new: member(after, &name),
        name,
    });
    properties
        .filter(|property| property.old != property.new)
        .collect()
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let message = sentence(&refusal.to_string());
        match refusal {
            Refusal::NoRole(_) | Refusal::NoAssignment | Refusal::NoContext(_) => {
                ApiError::not_found(message)
            }
            Refusal::AlreadyAssigned | Refusal::TemplateTaken(_) => ApiError::conflict(message),
            _ => ApiError::bad_body(message),
        }
    }
}

/// An error as a sentence of its own.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    let sentence: String = first.chain(letters).collect();
    sentence + "."
}
