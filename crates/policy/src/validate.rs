//! Whether a block may be stored (S4), and what the administrator should know about it.
//!
//! The block judged is the one that would be stored, after merging (S14.7). Errors come in the
//! order of the clauses: the first one is the reason of a refused write, all of them answer
//! "validate". Only a block without errors gets warnings.

use crate::draft::{BlockDraft, HalfDraft, Patch, TargetDraft};
use crate::matching;
use crate::reason::{Reason, Warning};
use crate::settings::{Block, BlockName, CompleteBlock};
use crate::target::{
    Access, ApplicationTarget, ApplicationsHalf, Half, Scope, Targets, UserTarget, UsersHalf,
    well_known,
};
use crate::world::Suites;

/// Where the block is to be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the default configuration.
    Default,
    /// In a partner entry.
    Partner {
        /// The partner is in another cloud.
        other_cloud: bool,
        /// The partner is the Microsoft accounts tenant.
        microsoft_accounts: bool,
    },
}

/// A block that may be stored, with what should be known about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Valid {
    /// The block.
    pub block: Block,
    /// In the order of S4.15.
    pub warnings: Vec<Warning>,
}

/// Judges a block (S4): either it may be stored, or these are the errors in order of occurrence.
pub fn block(
    name: BlockName,
    place: Place,
    draft: &BlockDraft,
    suites: &Suites,
) -> Result<Valid, Vec<Reason>> {
    let mut errors = Vec::new();
    if draft.users.value().is_none() && draft.applications.value().is_none() {
        errors.push(Reason::EmptyBlock); // S4.1
    }
    if draft.devices {
        errors.push(Reason::DevicesFilterUnsupported); // S4.10
    }
    let users = half(&draft.users, users_half, &mut errors);
    let applications = half(
        &draft.applications,
        |half| applications_half(half, name),
        &mut errors,
    );
    // S24 on S4: these two look at a users half that is valid otherwise.
    let selects_users = users.as_ref().is_some_and(|half| !half.scope.is_all());
    if selects_users {
        errors.extend(selected_users_refused(name, place));
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let block = Block {
        users,
        applications,
    };
    let complete = block.complete();
    let errors = contradictions(name, place, &complete);
    if !errors.is_empty() {
        return Err(errors);
    }
    let warnings = warnings(name, place, &block, &complete, suites);
    Ok(Valid { block, warnings })
}

/// Whether a stored block contradicts itself (S4.11, S4.12) or its place (S4.14).
pub fn contradictions(name: BlockName, place: Place, block: &CompleteBlock) -> Vec<Reason> {
    let mut errors = Vec::new();
    if block.users.blocks_all() && !block.applications.blocks_all() {
        errors.push(Reason::AllUsersBlockedAppsNotBlocked);
    }
    if block.applications.blocks_all() && block.users.access == Access::Allowed {
        errors.push(Reason::AllApplicationsBlockedUsersAllowed);
    }
    let other_cloud = matches!(
        place,
        Place::Partner {
            other_cloud: true,
            ..
        }
    );
    let any_allowed =
        block.users.access == Access::Allowed || block.applications.access == Access::Allowed;
    if name.is_direct_connect() && other_cloud && any_allowed {
        errors.push(Reason::DirectConnectCrossCloudUnsupported);
    }
    errors
}

/// Reads a users half (S4.2 to S4.5); the first error is the answer.
pub fn users_half(draft: &HalfDraft) -> Result<UsersHalf, Reason> {
    let access = access(draft)?;
    let mut targets = Vec::with_capacity(draft.targets.len());
    let mut all = false;
    for target in &draft.targets {
        match user_target(target)? {
            Some(target) => targets.push(target),
            None => all = true,
        }
    }
    let scope = scope(draft, targets, all, Reason::AllUsersNotAlone)?;
    Ok(Half { access, scope })
}

/// Reads an applications half (S4.2, S4.3, S4.6, S4.7); the first error is the answer.
pub fn applications_half(draft: &HalfDraft, name: BlockName) -> Result<ApplicationsHalf, Reason> {
    let access = access(draft)?;
    let mut targets = Vec::with_capacity(draft.targets.len());
    let mut all = false;
    for target in &draft.targets {
        match application_target(target, name)? {
            Some(target) => targets.push(target),
            None => all = true,
        }
    }
    let scope = scope(draft, targets, all, Reason::AllApplicationsNotAlone)?;
    Ok(Half { access, scope })
}

fn half<T>(
    draft: &Patch<HalfDraft>,
    read: impl Fn(&HalfDraft) -> Result<Half<T>, Reason>,
    errors: &mut Vec<Reason>,
) -> Option<Half<T>> {
    match read(draft.value()?) {
        Ok(half) => Some(half),
        Err(reason) => {
            // Both halves can be wrong in the same way; one mention is enough.
            if !errors.contains(&reason) {
                errors.push(reason);
            }
            None
        }
    }
}

fn access(draft: &HalfDraft) -> Result<Access, Reason> {
    let access = match draft.access_type.as_deref() {
        Some("allowed") => Access::Allowed,
        Some("blocked") => Access::Blocked,
        _ => return Err(Reason::InvalidAccessType),
    };
    match draft.targets.is_empty() {
        true => Err(Reason::TargetsRequired),
        false => Ok(access),
    }
}

/// The target, or `None` for `AllUsers`.
fn user_target(draft: &TargetDraft) -> Result<Option<UserTarget>, Reason> {
    let id = |text: &str| crate::guid::parse(text).map_err(|_| Reason::InvalidUserTarget);
    match (draft.target_type.as_str(), draft.target.as_str()) {
        ("user", "AllUsers") => Ok(None),
        ("user", text) => id(text).map(|bits| {
            let user = crate::target::UserId::from_u128(bits);
            Some(UserTarget::User(user))
        }),
        ("group", text) => id(text).map(|bits| {
            let group = crate::target::GroupId::from_u128(bits);
            Some(UserTarget::Group(group))
        }),
        _ => Err(Reason::InvalidTargetType),
    }
}

/// The target, or `None` for `AllApplications`.
fn application_target(
    draft: &TargetDraft,
    name: BlockName,
) -> Result<Option<ApplicationTarget>, Reason> {
    if draft.target_type != "application" {
        return Err(Reason::InvalidTargetType);
    }
    match draft.target.as_str() {
        "AllApplications" => Ok(None),
        "Office365" => Ok(Some(ApplicationTarget::Office365)),
        // U30: only Office365 is documented for tenant restrictions.
        "AllMicrosoftApps" if name != BlockName::TenantRestrictions => {
            Ok(Some(ApplicationTarget::AllMicrosoftApps))
        }
        text => text
            .parse()
            .map(|id| Some(ApplicationTarget::Application(id)))
            .map_err(|_| Reason::InvalidApplicationTarget),
    }
}

fn scope<T>(
    draft: &HalfDraft,
    targets: Vec<T>,
    all: bool,
    not_alone: Reason,
) -> Result<Scope<T>, Reason> {
    match (all, Targets::new(targets)) {
        (true, _) if draft.targets.len() > 1 => Err(not_alone),
        (true, _) => Ok(Scope::All),
        (false, Some(targets)) => Ok(Scope::Only(targets)),
        (false, None) => Err(Reason::TargetsRequired),
    }
}

fn selected_users_refused(name: BlockName, place: Place) -> Option<Reason> {
    match place {
        // S4.8: users of unknown tenants cannot be named.
        Place::Default => matches!(
            name,
            BlockName::B2bCollaborationInbound
                | BlockName::B2bDirectConnectInbound
                | BlockName::TenantRestrictions
        )
        .then_some(Reason::DefaultInboundUserTargets),
        // S4.9
        Place::Partner {
            microsoft_accounts, ..
        } => (microsoft_accounts && name == BlockName::TenantRestrictions)
            .then_some(Reason::MsaUserTargets),
    }
}

fn warnings(
    name: BlockName,
    place: Place,
    stored: &Block,
    block: &CompleteBlock,
    suites: &Suites,
) -> Vec<Warning> {
    let half_missing = stored.users.is_none() || stored.applications.is_none();
    let selected_users_blocked =
        block.users.access == Access::Blocked && !block.users.scope.is_all();
    let rms_excluded = {
        let listed = matching::applications(
            &block.applications,
            &[well_known::RIGHTS_MANAGEMENT],
            suites,
        );
        listed.is_some() != (block.applications.access == Access::Allowed)
    };
    let portal_missing = block.applications.access == Access::Allowed
        && well_known::PORTAL
            .iter()
            .any(|app| matching::applications(&block.applications, &[*app], suites).is_none());
    let blocked_half =
        block.users.access == Access::Blocked || block.applications.access == Access::Blocked;
    let applies = |warning: &Warning| match warning {
        Warning::HalfBlockCompleted => half_missing,
        Warning::AllAppsBlockedSelectedUsersBlocked => {
            block.applications.blocks_all() && selected_users_blocked
        }
        Warning::RmsNotReachable => name == BlockName::B2bCollaborationOutbound && rms_excluded,
        Warning::PortalAppsNotReachable => {
            name == BlockName::B2bCollaborationInbound && portal_missing
        }
        Warning::DefaultBlocksAccess => {
            place == Place::Default && name.is_collaboration() && blocked_half
        }
    };
    Warning::ALL.into_iter().filter(applies).collect()
}
