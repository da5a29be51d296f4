//! The directory of the caller's tenant, as handlers read and change it: Graph's and SCIM's alike.
//!
//! A change is judged on the objects that it is about, as the store has them, and committed if they
//! are still so; otherwise it is judged again. Whatever is refused for what it says leaves an entry
//! in the log as well (S16.3).

pub(crate) mod group;
pub(crate) mod membership;
pub(crate) mod user;

use std::sync::Arc;

use graph::directory_object::{Echo, difference};
use graph::wire::{WireError, Wrong};
use policy::audit::{ModifiedProperty, Value as Audited};
use policy::reason::Reason;
use policy::tenant::TenantId;
use policy::world::Tenant;
use serde_json::Value;
use store::{DirectoryAct, DirectoryChange, Snapshot, Subject, Target};

use crate::commit::Turn;
use crate::context::Context;
use crate::entry::Entry;
use crate::error::{ApiError, Result};
use crate::principal::Principal;
use crate::profile;
use crate::state::App;

/// Everything a change of the directory needs beside what it says.
#[derive(Clone, Copy)]
pub(crate) struct Desk<'a> {
    pub(crate) app: &'a App,
    pub(crate) principal: &'a Principal,
    pub(crate) context: &'a Context,
}

/// What is done, in the words of the log.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deed {
    pub(crate) category: &'static str,
    pub(crate) activity: &'static str,
    pub(crate) operation: &'static str,
    /// `type` of the target.
    pub(crate) kind: &'static str,
}

impl Deed {
    /// The entry about that object; `changes` are members before and after.
    pub(crate) fn entry(
        &self,
        id: Option<String>,
        name: Option<String>,
        changes: Vec<(String, Value, Value)>,
    ) -> Entry {
        let audited = |value: Value| match value {
            Value::Null => Audited::Null,
            Value::String(text) => Audited::Text(text),
            value => Audited::Json(value.to_string()),
        };
        let modified = changes
            .into_iter()
            .map(|(name, old, new)| ModifiedProperty {
                name,
                old: audited(old),
                new: audited(new),
            });
        let (user_principal_name, display_name) = match self.kind {
            "User" => (name, None),
            _ => (None, name),
        };
        Entry {
            service: match self.activity.contains("nvite") {
                true => "Invited Users",
                false => "Core Directory",
            },
            category: self.category,
            activity: self.activity,
            operation: self.operation,
            target: Target {
                kind: self.kind.to_owned(),
                id,
                display_name,
                user_principal_name,
            },
            modified: modified.collect(),
            details: Vec::new(),
        }
    }

    /// The entry about a change from one rendering to another.
    pub(crate) fn changed(
        &self,
        id: impl ToString,
        name: Option<String>,
        before: &Value,
        after: &Value,
    ) -> Entry {
        self.entry(Some(id.to_string()), name, difference(before, after))
    }
}

/// What an attempt wants to be done.
pub(crate) struct Judged<T> {
    pub(crate) acts: Vec<DirectoryAct>,
    pub(crate) entries: Vec<Entry>,
    /// Tenants that must still be as they were read.
    pub(crate) relying: Option<(Snapshot, Vec<TenantId>)>,
    pub(crate) answer: T,
}

impl<T> Judged<T> {
    pub(crate) fn one(act: DirectoryAct, entry: Entry, answer: T) -> Self {
        Judged {
            acts: vec![act],
            entries: vec![entry],
            relying: None,
            answer,
        }
    }

    /// Nothing is to be done.
    pub(crate) fn nothing(answer: T) -> Self {
        Judged {
            acts: Vec::new(),
            entries: Vec::new(),
            relying: None,
            answer,
        }
    }
}

impl<'a> Desk<'a> {
    pub(crate) fn of(app: &'a App, principal: &'a Principal, context: &'a Context) -> Self {
        Desk {
            app,
            principal,
            context,
        }
    }

    /// Whose directory.
    pub(crate) fn tenant(&self) -> TenantId {
        self.principal.tenant()
    }

    /// The tenant, from memory.
    pub(crate) async fn profile(&self) -> Result<Arc<Tenant>> {
        Ok(profile::read(self.app, self.principal).await?.0)
    }

    /// Judges and commits, again if somebody else was faster. `about` names the object for the log
    /// in case of a refusal.
    pub(crate) async fn carry_out<T, F, R>(
        &self,
        deed: &Deed,
        about: Option<String>,
        judge: F,
    ) -> Result<T>
    where
        F: Fn() -> R + Send + Sync,
        R: Future<Output = Result<Judged<T>>> + Send,
        T: Send,
    {
        let mut turn = Turn::of(self.app, self.tenant()).await;
        loop {
            let done = match judge().await {
                Ok(judged) => self.attempt(judged).await,
                Err(error) => Err(error),
            };
            match done {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(conflict)) => turn.again(conflict)?,
                Err(error) => {
                    self.refused(deed, about.clone(), &error).await?;
                    return Err(error);
                }
            }
        }
    }

    async fn attempt<T>(&self, judged: Judged<T>) -> crate::commit::Attempt<T> {
        if judged.acts.is_empty() {
            return Ok(Ok(judged.answer));
        }
        let entries = judged.entries.into_iter();
        let records = entries.map(|entry| entry.record(self.principal, self.context, None));
        let mut change = DirectoryChange::new(self.tenant(), judged.acts, records.collect());
        if let Some((snapshot, tenants)) = &judged.relying {
            for tenant in tenants {
                change = change.relying_on(snapshot, *tenant);
            }
        }
        match self.app.store.write_directory(&change).await {
            Ok(_) => {
                self.remember().await;
                Ok(Ok(judged.answer))
            }
            Err(error @ store::Error::Conflict { .. }) => Ok(Err(error)),
            Err(store::Error::Taken(subject)) => Err(taken(&subject)),
            Err(
                error @ store::Error::Unavailable {
                    outage: store::Outage::Lost,
                    ..
                },
            ) => Err(ApiError::unknown_end(error)),
            Err(store::Error::Unkeepable { what, why }) => {
                Err(ApiError::bad_body(format!("{what} cannot be kept: {why}.")))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Lets decisions see what was written.
    async fn remember(&self) {
        if let Err(error) = self.app.effective.refresh(&[]).await {
            tracing::warn!(error = %error, "a change of a directory could not be read back");
        }
    }

    /// The log learns of what was refused for what it says.
    async fn refused(&self, deed: &Deed, about: Option<String>, error: &ApiError) -> Result<()> {
        if !matches!(error.status.as_u16(), 400 | 409 | 412) {
            return Ok(());
        }
        let entry = deed.entry(about, None, Vec::new());
        let failure = Some(Reason::InvalidProperty);
        let record = entry.record(self.principal, self.context, failure);
        self.app.store.append_audit(&[record]).await?;
        Ok(())
    }
}

/// There is one already.
fn taken(subject: &Subject) -> ApiError {
    let (property, code) = match subject {
        Subject::Address(_) => ("userPrincipalName", "ObjectConflict"),
        Subject::Application(_) => ("appId", "ObjectConflict"),
        _ => ("id", "ObjectConflict"),
    };
    let message =
        format!("Another object with the same value for property {property} already exists.");
    ApiError::conflicting(message.clone(), code, property)
}

/// A body that cannot be read, in Graph's words.
pub(crate) fn unreadable(error: WireError) -> ApiError {
    let path = error.path.to_string();
    let message = match error.wrong {
        Wrong::Unknown => format!("Invalid property '{path}'."),
        _ if path.is_empty() => format!("The request body cannot be read: {}.", error.message),
        _ => format!("Invalid value for property '{path}': {}.", error.message),
    };
    let refusal = ApiError::bad_body(message);
    match path.is_empty() {
        true => refusal,
        false => refusal.at(path),
    }
}

/// Demands that what cannot be written says what is so already.
pub(crate) fn unchanged(echoes: &[Echo], rendered: &Value) -> Result<()> {
    match echoes.iter().find(|echo| !echo.agrees(rendered)) {
        None => Ok(()),
        Some(echo) => {
            let name = &echo.name;
            let message = format!("Property '{name}' is read-only and cannot be set.");
            Err(ApiError::bad_body(message).at(name.clone()))
        }
    }
}

/// There is no such object, in Graph's words.
pub(crate) fn no_object(id: &str) -> ApiError {
    let id: String = id.chars().take(128).collect();
    ApiError::not_found(format!(
        "Resource '{id}' does not exist or one of its queried reference-property objects are not \
         present."
    ))
}
