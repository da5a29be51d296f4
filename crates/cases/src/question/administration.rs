//! `admin` (S14), with the entry it leaves in the audit log (S16).

use std::collections::BTreeSet;

use graph::document::Printable;
use graph::route::{self, RouteError};
use graph::settings::{Form, defaults, partner, root, synchronization};
use policy::administer::{Actor, Answer, ApplicationPermission, Operation, administer};
use policy::audit::AuditEntry;
use policy::reason::{Reason, Warning};
use policy::role::Action;
use policy::settings::Policy;
use serde_json::{Value, json};

use super::invitation::roles;
use super::wording::{text as shown, word};
use super::{Ask, NamedTenant, State, wire};
use crate::members::{Members, Mistake, text};

#[derive(Debug)]
struct Request {
    tenant: NamedTenant,
    actor: Actor,
    operation: Operation,
    /// Stands in for a policy of that size.
    bytes_after: Option<usize>,
}

/// Reads `admin`.
pub(super) fn read(members: &mut Members<'_>) -> Result<Box<dyn Ask>, Mistake> {
    let actor = members.members("actor")?;
    let operation = operation(members)?;
    let bytes = members.count("policyBytesAfterWrite")?;
    Ok(Box::new(Request {
        tenant: NamedTenant::required(members, "tenant")?,
        actor: actor.map(read_actor).transpose()?.unwrap_or_default(),
        operation,
        bytes_after: bytes.map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX)),
    }))
}

fn read_actor(mut members: Members<'_>) -> Result<Actor, Mistake> {
    let roles = roles(&mut members)?;
    let actions = members.list("actions", text)?.unwrap_or_default();
    let actions: BTreeSet<Action> = actions.into_iter().filter_map(Action::from_name).collect();
    let application = application(&mut members, roles.is_empty() && actions.is_empty())?;
    let contexts = members
        .list("authenticationContexts", text)?
        .unwrap_or_default();
    members.finish()?;
    Ok(Actor {
        roles,
        actions,
        application,
        authentication_contexts: contexts.into_iter().map(str::to_owned).collect(),
    })
}

/// An application without a user, by its Graph permission (S14.14). `true` is an application of
/// which only that is known: what it may write is what its roles and actions say, or, when it has
/// none, everything.
fn application(
    members: &mut Members<'_>,
    nothing_else: bool,
) -> Result<Option<ApplicationPermission>, Mistake> {
    match members.value("application") {
        Some(Value::String(_)) => {
            let words = [
                ("Policy.Read.All", ApplicationPermission::Read),
                (
                    "Policy.ReadWrite.CrossTenantAccess",
                    ApplicationPermission::ReadWrite,
                ),
            ];
            members.word("application", &words)
        }
        _ => Ok(match (members.flag("application")?, nothing_else) {
            (false, _) => None,
            (true, true) => Some(ApplicationPermission::ReadWrite),
            (true, false) => Some(ApplicationPermission::Read),
        }),
    }
}

/// The operation of S14.1; a request that means none is told at its method, address or body.
fn operation(members: &mut Members<'_>) -> Result<Operation, Mistake> {
    let method = members.text("method")?;
    let method = members.required("method", method)?;
    let address = members.text("path")?;
    let address = members.required("path", address)?;
    let body = members.value("body");
    route::operation(method, address, body).map_err(|error| match error {
        RouteError::Body(error) => wire(error, &members.path_of("body")),
        RouteError::UnknownMethod { .. } => {
            Mistake::at(&members.path_of("method"), printable(&error))
        }
        RouteError::UnknownPath { .. } => Mistake::at(&members.path_of("path"), printable(&error)),
    })
}

fn printable(error: &RouteError) -> String {
    Printable(&error.to_string()).to_string()
}

impl Ask for Request {
    fn ask(&self, state: &mut State) -> Result<Value, Mistake> {
        let tenant = self.tenant.known(state)?;
        let size = |policy: &Policy| match self.bytes_after {
            Some(bytes) => bytes,
            None => root::size_in_bytes(policy),
        };
        let outcome = administer(&state.world, tenant, &self.actor, &self.operation, &size);
        state.world.apply(&outcome.effects);
        let policy = state.world.policy(tenant);
        let missing = outcome.missing.iter().map(Action::to_string);
        let warnings = outcome.warnings.iter().copied().map(Warning::as_str);
        Ok(json!({
            "status": outcome.status,
            "reason": outcome.reason.as_str(),
            "target": outcome.target,
            "missing": missing.collect::<Vec<_>>(),
            "authenticationContext": outcome.authentication_context,
            "warnings": warnings.collect::<Vec<_>>(),
            "value": policy.zip(outcome.answer).and_then(|(policy, answer)| render(policy, answer)),
            "audit": outcome.audit.as_ref().map(entry),
        }))
    }
}

/// What is answered, from the settings as they are afterwards.
fn render(policy: &Policy, answer: Answer) -> Option<Value> {
    let nothing = partner::Expand::Nothing;
    Some(match answer {
        Answer::Policy => root::render(policy, Form::Answer),
        Answer::Default => defaults::render(&policy.defaults, policy.id, Form::Answer),
        Answer::Partners => {
            let partners = policy.partners.iter();
            let partners = partners.map(|entry| partner::render(entry, nothing, Form::Answer));
            partners.collect()
        }
        Answer::Partner(id) => partner::render(policy.partners.get(id)?, nothing, Form::Answer),
        Answer::Synchronization(id) => {
            let setting = policy.partners.get(id)?.synchronization.as_ref()?;
            synchronization::render(id, setting, Form::Answer)
        }
    })
}

fn entry(entry: &AuditEntry) -> Value {
    let names = entry.modified.iter().map(|property| property.name.as_str());
    json!({
        "activity": entry.activity.as_str(),
        "category": entry.activity.category(),
        "operationType": entry.activity.operation(),
        "loggedByService": "Core Directory",
        "result": entry.result(),
        "resultReason": word(entry.failure.map(Reason::as_str)),
        "partner": shown(entry.partner),
        "modifiedProperties": names.collect::<Vec<_>>(),
    })
}
