//! An administrator reads or changes the settings (S14).
//!
//! One pure function judges every administrative request, whoever asks: the server's PATCH, a plan
//! being applied, a policy test, the console. The order of the checks is the law of S14.13:
//! permission, step-up, migration, does the entry exist, content, licence, size. Either everything
//! is changed or nothing.

mod content;
mod licence;
mod merge;
mod permission;

use std::collections::BTreeSet;

use crate::audit::{self, Activity, AuditEntry, ModifiedProperty};
use crate::draft::Written;
use crate::effect::Effect;
use crate::reason::{Reason, Warning};
use crate::role::{Action, Role};
use crate::settings::{IdentitySynchronization, Partner, Policy};
use crate::tenant::TenantId;
use crate::world::{Storage, Tenant, World};

pub use content::{partner_template, synchronization_template};
pub use permission::required;

/// A partner named by a request; `None` when what was written there is not a tenant id, and so
/// names no entry.
pub type PartnerKey = Option<TenantId>;

/// An operation of S14.1.
#[derive(Clone, Debug, PartialEq)]
pub enum Operation {
    /// Read the policy.
    ReadPolicy,
    /// Change the enabled clouds or the name.
    UpdatePolicy(Vec<Written>),
    /// Read the default.
    ReadDefault,
    /// Change the default.
    UpdateDefault(Vec<Written>),
    /// Return the default to the system default.
    ResetDefault,
    /// List the partners.
    ListPartners,
    /// Add a partner.
    AddPartner(Vec<Written>),
    /// Read a partner.
    ReadPartner(PartnerKey),
    /// Change a partner.
    UpdatePartner(PartnerKey, Vec<Written>),
    /// Remove a partner.
    RemovePartner(PartnerKey),
    /// Read synchronization from a partner.
    ReadSynchronization(PartnerKey),
    /// Set up synchronization from a partner.
    CreateSynchronization(PartnerKey, Vec<Written>),
    /// Change synchronization from a partner.
    UpdateSynchronization(PartnerKey, Vec<Written>),
    /// Drop synchronization from a partner.
    RemoveSynchronization(PartnerKey),
    /// Take a deleted partner back; `None`: none was deleted.
    RestorePartner(PartnerKey, Option<Box<Partner>>),
    /// Take deleted synchronization back; `None`: none was deleted.
    RestoreSynchronization(PartnerKey, Option<Box<IdentitySynchronization>>),
    /// Give a deleted partner up; `false`: none was deleted.
    ForgetPartner(PartnerKey, bool),
    /// Give deleted synchronization up; `false`: none was deleted.
    ForgetSynchronization(PartnerKey, bool),
}

impl Operation {
    /// Whether nothing is changed.
    pub const fn is_read(&self) -> bool {
        self.activity().is_none()
    }

    /// The activity of the audit log; `None` for reads, which leave no entry.
    pub const fn activity(&self) -> Option<Activity> {
        match self {
            Operation::ReadPolicy
            | Operation::ReadDefault
            | Operation::ListPartners
            | Operation::ReadPartner(_)
            | Operation::ReadSynchronization(_) => None,
            Operation::UpdatePolicy(_) | Operation::UpdateDefault(_) => {
                Some(Activity::UpdateDefault)
            }
            Operation::ResetDefault => Some(Activity::ResetDefault),
            // What is taken back is added again: whoever watches for additions learns of it.
            Operation::AddPartner(_) | Operation::RestorePartner(..) => Some(Activity::AddPartner),
            Operation::UpdatePartner(..) => Some(Activity::UpdatePartner),
            Operation::RemovePartner(_) => Some(Activity::DeletePartner),
            Operation::CreateSynchronization(..) | Operation::RestoreSynchronization(..) => {
                Some(Activity::CreateSynchronization)
            }
            Operation::ForgetPartner(..) => Some(Activity::ForgetPartner),
            Operation::ForgetSynchronization(..) => Some(Activity::ForgetSynchronization),
            Operation::UpdateSynchronization(..) => Some(Activity::UpdateSynchronization),
            Operation::RemoveSynchronization(_) => Some(Activity::DeleteSynchronization),
        }
    }

    /// The partner the operation is about, where it names one in its address.
    pub const fn partner(&self) -> Option<PartnerKey> {
        match self {
            Operation::ReadPartner(key)
            | Operation::UpdatePartner(key, _)
            | Operation::RemovePartner(key)
            | Operation::ReadSynchronization(key)
            | Operation::CreateSynchronization(key, _)
            | Operation::UpdateSynchronization(key, _)
            | Operation::RemoveSynchronization(key)
            | Operation::RestorePartner(key, _)
            | Operation::RestoreSynchronization(key, _)
            | Operation::ForgetPartner(key, _)
            | Operation::ForgetSynchronization(key, _) => Some(*key),
            Operation::ReadPolicy
            | Operation::UpdatePolicy(_)
            | Operation::ReadDefault
            | Operation::UpdateDefault(_)
            | Operation::ResetDefault
            | Operation::ListPartners
            | Operation::AddPartner(_) => None,
        }
    }

    const fn success_status(&self) -> u16 {
        match self {
            Operation::AddPartner(_) => 201,
            Operation::RestorePartner(..) | Operation::RestoreSynchronization(..) => 200,
            _ if self.is_read() => 200,
            _ => 204,
        }
    }
}

/// The permission of an application without a user (S14.14).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApplicationPermission {
    /// `Policy.Read.All`.
    Read,
    /// `Policy.ReadWrite.CrossTenantAccess`.
    ReadWrite,
    /// None of its own: it may do what the roles it was given let it do.
    Assigned,
}

/// Who asks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Actor {
    /// Directory roles.
    pub roles: BTreeSet<Role>,
    /// Actions held through custom roles.
    pub actions: BTreeSet<Action>,
    /// For an application without a user: its permission. It is not challenged (S14.4).
    pub application: Option<ApplicationPermission>,
    /// Authentication contexts the session holds.
    pub authentication_contexts: BTreeSet<String>,
}

impl Actor {
    /// Whether the caller holds the permission.
    pub fn holds(&self, action: Action) -> bool {
        let by_application = match self.application {
            Some(ApplicationPermission::ReadWrite) => true,
            Some(ApplicationPermission::Read) => action.is_read(),
            Some(ApplicationPermission::Assigned) | None => false,
        };
        by_application
            || self.actions.contains(&action)
            || self.roles.iter().any(|role| role.holds(action))
    }
}

/// What a read answers, or a creation: to be rendered from the settings as they are afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The policy.
    Policy,
    /// The default.
    Default,
    /// The partners.
    Partners,
    /// One partner.
    Partner(TenantId),
    /// Synchronization from one partner.
    Synchronization(TenantId),
}

/// The answer to an administrative request.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The HTTP status.
    pub status: u16,
    /// Why.
    pub reason: Reason,
    /// Where in the body the reason lies, if it lies there.
    pub target: Option<String>,
    /// The permissions the caller lacks.
    pub missing: Vec<Action>,
    /// The authentication context that is needed (S14.4).
    pub authentication_context: Option<String>,
    /// The audit entry, if one is left (S16.3).
    pub audit: Option<AuditEntry>,
    /// What the administrator should know (S4.15).
    pub warnings: Vec<Warning>,
    /// What is answered.
    pub answer: Option<Answer>,
    /// What changed.
    pub effects: Vec<Effect>,
}

/// Why a request is refused, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    /// Why.
    pub reason: Reason,
    /// Where in the body the reason lies, if it lies there.
    pub target: Option<String>,
}

impl From<Reason> for Refused {
    fn from(reason: Reason) -> Self {
        Refused {
            reason,
            target: None,
        }
    }
}

impl Refused {
    fn at(reason: Reason, target: impl Into<String>) -> Self {
        Refused {
            reason,
            target: Some(target.into()),
        }
    }
}

/// A change that may be committed.
pub(crate) struct Change {
    policy: Policy,
    modified: Vec<ModifiedProperty>,
    warnings: Vec<Warning>,
    answer: Option<Answer>,
}

/// The limit of legacy storage: a policy of exactly this many bytes is still accepted (S14.11).
pub const LEGACY_LIMIT_BYTES: usize = 25 * 1024;

/// Judges an administrative request. `size` says how many bytes of UTF-8 JSON a policy takes; it
/// is asked for legacy storage only (S14.11).
pub fn administer(
    world: &World,
    tenant: TenantId,
    actor: &Actor,
    operation: &Operation,
    size: &dyn Fn(&Policy) -> usize,
) -> Outcome {
    let hosted = world.tenant(tenant);
    let Some((tenant, policy)) = hosted.and_then(|tenant| Some((tenant, tenant.policy.as_ref()?)))
    else {
        return refused(operation, Reason::NotHosted.into());
    };
    let needed = required(operation);
    let missing: Vec<Action> = needed
        .iter()
        .copied()
        .filter(|action| !actor.holds(*action))
        .collect();
    if !missing.is_empty() {
        return Outcome {
            missing,
            ..refused(operation, Reason::Forbidden.into())
        };
    }
    if let Some(context) = step_up(tenant, actor, &needed) {
        return Outcome {
            authentication_context: Some(context),
            ..refused(operation, Reason::StepUpRequired.into())
        };
    }
    if tenant.storage == Storage::Migrating && !operation.is_read() {
        return refused(operation, Reason::PolicyMigrating.into());
    }
    match judge(world, tenant, policy, operation, size) {
        Ok(change) => committed(tenant, operation, change),
        Err(refusal) => refused(operation, refusal),
    }
}

/// S14.4: the first authentication context the session lacks.
fn step_up(tenant: &Tenant, actor: &Actor, needed: &BTreeSet<Action>) -> Option<String> {
    if actor.application.is_some() {
        return None;
    }
    let mut contexts = needed
        .iter()
        .filter(|action| !action.is_read())
        .filter_map(|action| tenant.protected_actions.get(action));
    contexts
        .find(|context| !actor.authentication_contexts.contains(*context))
        .cloned()
}

fn judge(
    world: &World,
    tenant: &Tenant,
    policy: &Policy,
    operation: &Operation,
    size: &dyn Fn(&Policy) -> usize,
) -> Result<Change, Refused> {
    let change = content::judge(world, tenant, policy, operation)?;
    if !tenant.p1 {
        licence::judge(operation, &change)?;
    }
    let too_large = tenant.storage == Storage::Legacy
        && !operation.is_read()
        && size(&change.policy) > LEGACY_LIMIT_BYTES;
    match too_large {
        true => Err(Reason::PolicyObjectLimit.into()),
        false => Ok(change),
    }
}

fn committed(tenant: &Tenant, operation: &Operation, change: Change) -> Outcome {
    let partner = match (operation.partner(), change.answer) {
        (Some(key), _) => key,
        (None, Some(Answer::Partner(partner))) => Some(partner),
        _ => None,
    };
    let audit = operation.activity().map(|activity| AuditEntry {
        activity,
        partner,
        failure: None,
        modified: change.modified,
    });
    let effects = match operation.is_read() {
        true => Vec::new(),
        false => vec![Effect::PutPolicy {
            tenant: tenant.id,
            policy: Box::new(change.policy),
        }],
    };
    Outcome {
        status: operation.success_status(),
        reason: Reason::Ok,
        target: None,
        missing: Vec::new(),
        authentication_context: None,
        audit,
        warnings: change.warnings,
        answer: change.answer,
        effects,
    }
}

fn refused(operation: &Operation, refusal: Refused) -> Outcome {
    let Refused { reason, target } = refusal;
    let activity = operation.activity();
    let audit = activity
        .filter(|_| audit::leaves_failure_row(reason))
        .map(|activity| AuditEntry {
            activity,
            partner: operation.partner().flatten(),
            failure: Some(reason),
            modified: Vec::new(),
        });
    Outcome {
        status: reason.administrative_status(),
        reason,
        target,
        missing: Vec::new(),
        authentication_context: None,
        audit,
        warnings: Vec::new(),
        answer: None,
        effects: Vec::new(),
    }
}
