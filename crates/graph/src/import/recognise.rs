//! What a document is: by its context, and where it has none by its members.

use std::fmt;

use serde_json::Value;

use super::{ImportError, Note, Outcome};
use crate::context::{Context, Subject};
use crate::document::{Path, Printable};
use crate::wire::{Result, WireError};

/// What an answer is an answer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The policy object.
    Policy,
    /// The default configuration.
    Default,
    /// A page of the list of partners.
    Page,
    /// One partner, or one of a bare list.
    Partner,
    /// One synchronization setting.
    Synchronization,
    /// The organization itself.
    Organization,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Answer::Policy => "the policy",
            Answer::Default => "the default configuration",
            Answer::Page => "a page of the partner list",
            Answer::Partner => "a partner",
            Answer::Synchronization => "a synchronization setting",
            Answer::Organization => "the organization",
        })
    }
}

/// An answer, and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Found<'a> {
    pub(super) document: &'a str,
    pub(super) path: Path,
    pub(super) answer: Answer,
    pub(super) value: &'a Value,
}

impl<'a> Found<'a> {
    /// An error about this answer, seen from its document.
    pub(super) fn refuse(&self, mut error: WireError) -> ImportError {
        error.path = self.path.join(&error.path);
        ImportError::of(self.document, error)
    }

    /// Reads the answer.
    pub(super) fn read<T>(&self, read: impl FnOnce(&Value) -> Result<T>) -> Outcome<T> {
        read(self.value).map_err(|error| self.refuse(error))
    }

    /// Refuses an answer to a request that asked for some members only and not for these: what
    /// was not asked for is not null, it is unknown.
    pub(super) fn is_whole(&self, members: &[&str]) -> Outcome<()> {
        let selected = Context::of(self.value).is_some_and(Context::is_selection);
        let entries = match self.value.get("value").and_then(Value::as_array) {
            Some(entries) => entries.as_slice(),
            None => std::slice::from_ref(self.value),
        };
        for entry in entries.iter().filter(|_| selected) {
            let missing = members.iter().find(|member| entry.get(**member).is_none());
            if let Some(member) = missing {
                return Err(self.refuse(WireError::conflict(format!(
                    "this was asked for with $select and does not say `{member}`; ask again without $select"
                ))));
            }
        }
        Ok(())
    }
}

/// Finds the answers in a document.
pub(super) fn recognise<'a>(
    document: &'a str,
    value: &'a Value,
    found: &mut Vec<Found<'a>>,
    notes: &mut Vec<Note>,
) -> Outcome<()> {
    let mut reader = Reader {
        document,
        found,
        notes,
    };
    match value {
        Value::Array(entries) if entries.iter().any(is_response) => {
            reader.batch(entries, &Path::root())
        }
        Value::Array(entries) => reader.bare_list(entries),
        _ => match value.get("responses").and_then(Value::as_array) {
            Some(responses) => reader.batch(responses, &Path::root().member("responses")),
            None => reader.answer(value, Path::root()),
        },
    }
}

/// One entry of a `$batch` answer.
fn is_response(value: &Value) -> bool {
    value.get("status").is_some_and(Value::is_number) && value.get("id").is_some()
}

struct Reader<'a, 'b> {
    document: &'a str,
    found: &'b mut Vec<Found<'a>>,
    notes: &'b mut Vec<Note>,
}

impl<'a> Reader<'a, '_> {
    fn refuse(&self, path: Path, message: impl Into<String>) -> ImportError {
        let mut error = WireError::conflict(message);
        error.path = path;
        ImportError::of(self.document, error)
    }

    fn push(&mut self, answer: Answer, path: Path, value: &'a Value) {
        self.found.push(Found {
            document: self.document,
            path,
            answer,
            value,
        });
    }

    /// A bare list, as scripts write it: each entry is an answer of its own. An empty one is what
    /// is left of an empty list of partners.
    fn bare_list(&mut self, entries: &'a [Value]) -> Outcome<()> {
        for (index, value) in entries.iter().enumerate() {
            self.answer(value, Path::root().index(index))?;
        }
        Ok(())
    }

    fn batch(&mut self, responses: &'a [Value], path: &Path) -> Outcome<()> {
        for (index, response) in responses.iter().enumerate() {
            let path = path.index(index);
            let status = response.get("status").and_then(Value::as_u64);
            let id = response.get("id").map(|id| match id.as_str() {
                Some(text) => text.to_owned(),
                None => id.to_string(),
            });
            match (status, response.get("body")) {
                (Some(200..=299), Some(body)) => self.answer(body, path.member("body"))?,
                // A partner without a synchronization setting answers like this.
                (Some(404), _) => self.notes.push(Note::NotFound {
                    document: self.document.to_owned(),
                    id: id.unwrap_or_default(),
                }),
                (Some(status), body) => {
                    let told = body.and_then(error_answer).unwrap_or_default();
                    let message = format!("this request was answered with status {status}{told}");
                    return Err(self.refuse(path, message));
                }
                (None, _) => {
                    return Err(self.refuse(path, "expected a `status`, as $batch answers have"));
                }
            }
        }
        Ok(())
    }

    fn answer(&mut self, value: &'a Value, path: Path) -> Outcome<()> {
        if !value.is_object() {
            return Err(self.unknown(path));
        }
        if let Some(told) = error_answer(value) {
            return Err(self.refuse(path, format!("Graph answered with an error{told}")));
        }
        match value.get("value") {
            Some(Value::Array(entries)) => self.collection(value, entries, path),
            // One documented answer wraps the policy like this.
            Some(inner @ Value::Object(_)) => self.entity(inner, path.member("value")),
            _ => self.entity(value, path),
        }
    }

    fn collection(&mut self, value: &'a Value, entries: &'a [Value], path: Path) -> Outcome<()> {
        let subject = match Context::of(value) {
            Some(context) => context.subject(),
            None => match entries.first() {
                None => Some(Subject::Partners),
                Some(first) => match by_members(first) {
                    Some(Subject::Partner) => Some(Subject::Partners),
                    Some(Subject::Organization) => Some(Subject::Organization),
                    _ => None,
                },
            },
        };
        match subject {
            Some(Subject::Partners) => self.push(Answer::Page, path, value),
            Some(Subject::Organization) => match entries {
                [entry] => self.push(Answer::Organization, path.member("value").index(0), entry),
                _ => {
                    let message = format!("expected one organization, found {}", entries.len());
                    return Err(self.refuse(path.member("value"), message));
                }
            },
            _ => return Err(self.strange(value, path)),
        }
        Ok(())
    }

    fn entity(&mut self, value: &'a Value, path: Path) -> Outcome<()> {
        let subject = match Context::of(value) {
            Some(context) => context.subject(),
            None => by_members(value),
        };
        let answer = match subject {
            Some(Subject::Policy) => Answer::Policy,
            Some(Subject::Default) => Answer::Default,
            Some(Subject::Partner) => Answer::Partner,
            Some(Subject::Synchronization) => Answer::Synchronization,
            Some(Subject::Organization) => Answer::Organization,
            Some(Subject::Partners) | None => return Err(self.strange(value, path)),
        };
        if answer == Answer::Policy {
            self.inside_the_policy(value, &path);
        }
        self.push(answer, path, value);
        Ok(())
    }

    /// Default and partners that were put into one object with the policy, as worlds have them.
    fn inside_the_policy(&mut self, policy: &'a Value, path: &Path) {
        if let Some(default @ Value::Object(_)) = policy.get("default") {
            self.push(Answer::Default, path.member("default"), default);
        }
        if let Some(Value::Array(entries)) = policy.get("partners") {
            let path = path.member("partners");
            for (index, entry) in entries.iter().enumerate() {
                self.push(Answer::Partner, path.index(index), entry);
            }
        }
    }

    fn strange(&self, value: &Value, path: Path) -> ImportError {
        match Context::of(value) {
            Some(context) => {
                let shown: String = context.fragment().chars().take(120).collect();
                let message = format!(
                    "this is the answer to another request (`{}`); {EXPECTED}",
                    Printable(&shown)
                );
                self.refuse(path, message)
            }
            None => self.unknown(path),
        }
    }

    fn unknown(&self, path: Path) -> ImportError {
        self.refuse(
            path,
            format!("this is not an answer that is known here; {EXPECTED}"),
        )
    }
}

const EXPECTED: &str = "expected the answers of GET /policies/crossTenantAccessPolicy, …/default, …/partners (all pages), …/identitySynchronization or /organization";

/// What an error answer says.
fn error_answer(value: &Value) -> Option<String> {
    let error = value.get("error")?.as_object()?;
    let text = |name: &str| error.get(name).and_then(Value::as_str).unwrap_or_default();
    let shown: String = text("message").chars().take(200).collect();
    Some(format!(
        ": {} ({})",
        Printable(text("code")),
        Printable(&shown)
    ))
}

/// What an object without a context is about.
fn by_members(value: &Value) -> Option<Subject> {
    let has = |name: &str| value.get(name).is_some();
    let any = |names: &[&str]| names.iter().any(|name| has(name));
    const SETTINGS: [&str; 7] = [
        "b2bCollaborationInbound",
        "b2bCollaborationOutbound",
        "b2bDirectConnectInbound",
        "b2bDirectConnectOutbound",
        "tenantRestrictions",
        "inboundTrust",
        "automaticUserConsentSettings",
    ];
    let settings = any(&SETTINGS);
    match () {
        // A template has the settings of a partner, and is none.
        () if has("templateApplicationLevel") => None,
        () if has("isServiceDefault") => Some(Subject::Default),
        () if has("verifiedDomains") => Some(Subject::Organization),
        () if has("allowedCloudEndpoints") => Some(Subject::Policy),
        () if has("tenantId") && !settings && any(&["userSyncInbound", "groupSyncInbound"]) => {
            Some(Subject::Synchronization)
        }
        // A tenant of a multitenant organization has an id, and is no partner.
        () if has("tenantId") && any(&["role", "addedByTenantId"]) => None,
        () if has("tenantId") => Some(Subject::Partner),
        () if settings => Some(Subject::Default),
        () => None,
    }
}
