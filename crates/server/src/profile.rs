//! Reading and changing what a tenant says about itself beside its cross-tenant settings: roles,
//! Conditional Access, who may invite, templates, the licence. All of it is the tenant's profile,
//! one unit with one revision.
//!
//! A write is judged on what the store says: `judge` gets the profile and gives back the new one
//! with its audit entry, or the refusal with the entry that the refusal leaves (S16.3). It may be
//! called again when somebody else was faster, so it must not do anything but judge.

use std::sync::Arc;

use policy::audit::{ModifiedProperty, Value as Audited};
use policy::reason::Reason;
use policy::world::Tenant;
use serde_json::Value;
use store::{Change, Entity, Reach, Revision};

use crate::administration::IfMatch;
use crate::commit::{self, Attempt, Turn};
use crate::context::Context;
use crate::entry::Entry;
use crate::error::{ApiError, Result};
use crate::principal::Principal;
use crate::state::App;

/// What becomes of a profile that may be changed.
pub(crate) struct Changed<T> {
    /// The new profile.
    pub(crate) tenant: Tenant,
    /// What the log says about it.
    pub(crate) entry: Entry,
    /// What is answered.
    pub(crate) answer: T,
}

/// Why a profile may not be changed.
pub(crate) struct Refusal {
    error: ApiError,
    entry: Option<Box<(Entry, Reason)>>,
}

impl Refusal {
    /// A refusal that the log learns of.
    pub(crate) fn logged(error: ApiError, entry: Entry, reason: Reason) -> Self {
        Refusal {
            error,
            entry: Some(Box::new((entry, reason))),
        }
    }
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        Refusal { error, entry: None }
    }
}

/// The caller's tenant, from memory, with the revision of its profile.
pub(crate) async fn read(
    app: &App,
    principal: &Principal,
) -> Result<(Arc<Tenant>, Option<Revision>)> {
    let id = principal.tenant();
    let sheet = app.effective.with(&[id]).await?;
    let known = sheet.get(id);
    let known = known.ok_or_else(|| ApiError::not_found("The tenant is not known here."))?;
    let revision = known.version.of(Entity::Profile);
    Ok((Arc::clone(&known.tenant), revision))
}

/// What a write leaves to be answered.
pub(crate) struct Written<T> {
    /// What `judge` answers.
    pub(crate) answer: T,
    /// The revision of the profile.
    pub(crate) revision: Option<Revision>,
}

/// Changes the profile of the caller's tenant.
pub(crate) async fn write<T>(
    app: &App,
    principal: &Principal,
    context: &Context,
    if_match: Option<&IfMatch>,
    judge: impl Fn(&Tenant) -> std::result::Result<Changed<T>, Refusal>,
) -> Result<Written<T>> {
    let mut turn = Turn::of(app, principal.tenant()).await;
    loop {
        match attempt(app, principal, context, if_match, &judge).await? {
            Ok(written) => return Ok(written),
            Err(conflict) => turn.again(conflict)?,
        }
    }
}

async fn attempt<T>(
    app: &App,
    principal: &Principal,
    context: &Context,
    if_match: Option<&IfMatch>,
    judge: &impl Fn(&Tenant) -> std::result::Result<Changed<T>, Refusal>,
) -> Attempt<Written<T>> {
    let id = principal.tenant();
    let snapshot = app.store.world(&[id], Reach::Settings).await?;
    let Some(tenant) = snapshot.world().tenant(id) else {
        return Err(ApiError::not_found("The tenant is not known here."));
    };
    let judged = judge(tenant);
    let revision = snapshot
        .version(id)
        .and_then(|version| version.of(Entity::Profile));
    // It is judged after everything that says that there is nothing to be matched.
    let absent =
        matches!(&judged, Err(refusal) if matches!(refusal.error.status.as_u16(), 401 | 403 | 404));
    if if_match.is_some_and(|if_match| !absent && !if_match.holds(revision)) {
        return Err(ApiError::precondition_failed());
    }
    let Changed {
        tenant,
        entry,
        answer,
    } = match judged {
        Ok(changed) => changed,
        Err(Refusal { error, entry }) => {
            if let Some((entry, reason)) = entry.map(|entry| *entry) {
                let record = entry.record(principal, context, Some(reason));
                app.store.append_audit(&[record]).await?;
            }
            return Err(error);
        }
    };
    let change = Change::Profile(Box::new(tenant));
    let record = entry.record(principal, context, None);
    let stamp = commit::stamp(context, principal.initiator(context));
    let committed = commit::commit(app, &snapshot, stamp, [change], vec![record]).await?;
    Ok(committed.map(|committed| Written {
        answer,
        revision: committed.revisions.get(&id).copied(),
    }))
}

/// The members of two renderings that differ.
pub(crate) fn difference(old: &Value, new: &Value) -> Vec<ModifiedProperty> {
    let members = old.as_object().into_iter().flatten();
    let text = |value: &Value| match value {
        Value::Null => Audited::Null,
        Value::String(text) => Audited::Text(text.clone()),
        other => Audited::Json(other.to_string()),
    };
    let modified = members.filter_map(|(name, old)| {
        let new = new.get(name).unwrap_or(&Value::Null);
        (old != new).then(|| ModifiedProperty {
            name: name.clone(),
            old: text(old),
            new: text(new),
        })
    });
    let mut modified: Vec<ModifiedProperty> = modified.collect();
    modified.sort_by(|a, b| a.name.cmp(&b.name));
    modified
}
