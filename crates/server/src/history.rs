//! What settings were: read again at a revision or a time, and mixed back into what they are now.

use graph::difference::{Part, take_back};
use policy::settings::Policy;
use policy::tenant::TenantId;
use signins::window::Moment;
use store::{At, Revision};

use crate::error::{ApiError, Result};
use crate::state::App;

/// The settings of a tenant at one point.
pub(crate) struct Past {
    /// The revision they are of.
    pub(crate) revision: Revision,
    /// The settings; those of a tenant that was only registered then are empty.
    pub(crate) policy: Policy,
}

/// The settings at a point that a request names: a revision, a time, or `now`.
pub(crate) async fn settings(app: &App, tenant: TenantId, text: &str, path: &str) -> Result<Past> {
    let at = point(text, path)?;
    let found = app.store.settings_at(tenant, at).await?;
    let found = found.ok_or_else(|| {
        let text: String = text.chars().take(40).collect();
        ApiError::not_found(format!("The tenant has no settings of {text}.")).at(path)
    })?;
    Ok(Past {
        revision: found.revision,
        policy: found.policy.unwrap_or_default(),
    })
}

fn point(text: &str, path: &str) -> Result<At> {
    if text == "now" {
        return Ok(At::Time(Moment::from_nanoseconds(i128::from(i64::MAX))));
    }
    if let Ok(revision) = text.parse() {
        return Ok(At::Revision(Revision(revision)));
    }
    let time: jiff::Timestamp = text.parse().map_err(|_| {
        let expected = "a revision, a time like 2026-11-20T10:00:00Z, or now";
        ApiError::bad_query(format!("{path}: expected {expected}.")).at(path)
    })?;
    Ok(At::Time(Moment::from_nanoseconds(time.as_nanosecond())))
}

/// What goes back to what it was.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Scope {
    /// Everything.
    All,
    /// A part of the settings.
    Part(Part),
    /// One property of a part.
    Property(Part, String),
}

/// The settings of now in which some are as they were. `None`: there is no such property in either.
pub(crate) fn mixed(now: &Policy, past: &Policy, scope: &Scope) -> Option<Policy> {
    let mut mixed = now.clone();
    match scope {
        Scope::All => {
            mixed = past.clone();
            mixed.id = now.id.or(past.id);
        }
        Scope::Part(Part::Policy) => {
            mixed.display_name.clone_from(&past.display_name);
            mixed.allowed_clouds.clone_from(&past.allowed_clouds);
            mixed.untreated.clone_from(&past.untreated);
        }
        Scope::Part(Part::Default) => mixed.defaults = past.defaults.clone(),
        Scope::Part(Part::Partner(id)) => match past.partners.get(*id) {
            Some(entry) => mixed.partners.insert(entry.clone()),
            None => drop(mixed.partners.remove(*id)),
        },
        Scope::Property(part, name) => {
            if !take_back(&mut mixed, past, *part, name) {
                return None;
            }
        }
    }
    Some(mixed)
}
