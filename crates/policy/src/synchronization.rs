//! Cross-tenant synchronization: a source tenant pushes its users to a target tenant (S12).
//!
//! Both sides must have agreed: the source by automatic redemption outbound, the target by the
//! synchronization switch and automatic redemption inbound. A missing switch fails the whole job;
//! everything else is judged user by user.

use std::collections::{BTreeMap, BTreeSet};

use crate::effect::Effect;
use crate::gate::{self, Pair};
use crate::invitation;
use crate::reason::{Detail, Reason, Side};
use crate::redemption::{self, Prompt};
use crate::resolve::{self, Origin};
use crate::settings::PrimaryIdentityProvider;
use crate::target::{GroupId, UserId};
use crate::tenant::{Cloud, Domain, TenantId};
use crate::world::{AllowInvitesFrom, External, RedemptionState, Tenant, User, UserType, World};

/// Whom a job is about (S12.5).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncScope {
    /// Everybody.
    pub all: bool,
    /// Assigned users.
    pub users: BTreeSet<UserId>,
    /// Assigned groups: their *direct* members only.
    pub groups: BTreeSet<GroupId>,
    /// Conditions on attributes, every one of which must hold.
    pub filter: Vec<Condition>,
}

/// A condition of the attribute filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The attribute, by its JSON property name.
    pub attribute: String,
    /// How it is compared.
    pub comparison: Comparison,
    /// With what.
    pub value: String,
}

/// How an attribute is compared; without regard to case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// The same text.
    Equals,
    /// Another text, or none.
    NotEquals,
}

/// One user of one job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncRequest {
    /// Who pushes.
    pub source: TenantId,
    /// Who receives.
    pub target: TenantId,
    /// The user of the source tenant.
    pub user: UserId,
    /// Whom the job is about.
    pub scope: SyncScope,
    /// As what users arrive; members unless said otherwise (S12.7).
    pub user_type: UserType,
    /// Whether the type is set at every update, too (S12.8).
    pub apply_user_type_always: bool,
    /// Whether objects that left the scope are deleted (S12.9).
    pub delete_in_target: bool,
    /// The id the object gets if one is created.
    pub new_object: UserId,
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyncAction {
    /// An object is created.
    Create,
    /// The object is updated.
    Update,
    /// The object is soft deleted.
    SoftDelete,
    /// Nothing.
    Skip,
    /// The job, or this user, fails.
    Fail,
}

impl SyncAction {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            SyncAction::Create => "create",
            SyncAction::Update => "update",
            SyncAction::SoftDelete => "softDelete",
            SyncAction::Skip => "skip",
            SyncAction::Fail => "fail",
        }
    }
}

/// The answer for one user.
#[derive(Clone, Debug, PartialEq)]
pub struct SyncOutcome {
    /// What is done.
    pub action: SyncAction,
    /// Why.
    pub reason: Reason,
    /// Whose switch or setting is missing.
    pub side: Option<Side>,
    /// What in a block.
    pub detail: Option<Detail>,
    /// Where that block comes from.
    pub origin: Option<Origin>,
    /// The object as it is afterwards.
    pub object: Option<User>,
    /// For a created object: no prompt, no mails (S12.7).
    pub prompt: Option<Prompt>,
    /// What changed.
    pub effects: Vec<Effect>,
}

impl SyncOutcome {
    fn of(action: SyncAction, reason: Reason) -> Self {
        SyncOutcome {
            action,
            reason,
            side: None,
            detail: None,
            origin: None,
            object: None,
            prompt: None,
            effects: Vec::new(),
        }
    }
    fn fail(reason: Reason, side: Option<Side>) -> Self {
        SyncOutcome {
            side,
            ..Self::of(SyncAction::Fail, reason)
        }
    }
}

/// Judges one user of one job.
pub fn synchronize(world: &World, request: &SyncRequest) -> SyncOutcome {
    let (Some(source), Some(target)) = (world.tenant(request.source), world.tenant(request.target))
    else {
        return SyncOutcome::fail(Reason::NotHosted, None);
    };
    if let Err((reason, side)) = switches(world, source, target) {
        return SyncOutcome::fail(reason, side);
    }
    let (Some(from), Some(into)) = (&source.directory, &target.directory) else {
        return SyncOutcome::fail(Reason::NotHosted, None);
    };
    let object = into.object_for(source.id, request.user);
    let Some(user) = from.users.get(&request.user) else {
        return left(request, object, Reason::SyncSourceDeleted);
    };
    if !user.is_internal() || user.user_type != UserType::Member {
        return SyncOutcome::of(SyncAction::Skip, Reason::SyncUserNotInternalMember);
    }
    if user.sms_sign_in {
        return SyncOutcome::of(SyncAction::Skip, Reason::SyncUserSmsSignIn);
    }
    match in_scope(&request.scope, user) {
        Some(true) => {}
        Some(false) => return left(request, object, Reason::SyncOutOfScope),
        // S25.3: nobody is deleted for what is not known.
        None => return SyncOutcome::fail(Reason::GroupsUnknown, Some(Side::Source)),
    }
    match object {
        Some(object) => update(request, user, object),
        None => create(world, request, source, target, user),
    }
}

/// S12.2, S12.3, S12.4, in this order.
fn switches(world: &World, source: &Tenant, target: &Tenant) -> Result<(), (Reason, Option<Side>)> {
    if source.cloud != target.cloud {
        return Err((Reason::SyncCrossCloudUnsupported, None));
    }
    if source.cloud == Cloud::China {
        return Err((Reason::SyncCloudUnsupported, None));
    }
    // S25.1: of a tenant that is not hosted, neither licence nor switches are known.
    let hosted = |tenant: &Tenant, side| match world.policy(tenant.id) {
        Some(policy) => Ok(policy),
        None => Err((Reason::NotHosted, Some(side))),
    };
    let out = hosted(source, Side::Source)?;
    let into = hosted(target, Side::Target)?;
    if !source.p1 {
        return Err((Reason::LicenseRequired, Some(Side::Source)));
    }
    if !resolve::automatic_consent(out, target.id).value.1 {
        return Err((Reason::SyncAutoRedemptionMissing, Some(Side::Source)));
    }
    if !resolve::synchronization_allowed(into, source.id).value {
        return Err((Reason::SyncInboundNotAllowed, Some(Side::Target)));
    }
    if !resolve::automatic_consent(into, source.id).value.0 {
        return Err((Reason::SyncAutoRedemptionMissing, Some(Side::Target)));
    }
    Ok(())
}

/// S12.5. Of an assigned group only direct members count; `None` where the groups would decide and
/// nobody knows them (S25.3).
fn in_scope(scope: &SyncScope, user: &User) -> Option<bool> {
    if !scope.filter.iter().all(|condition| holds(condition, user)) {
        return Some(false);
    }
    let assigned = scope.all || scope.users.contains(&user.id);
    if assigned || scope.groups.is_empty() {
        return Some(assigned);
    }
    let direct = user.groups.as_ref()?;
    Some(!direct.is_disjoint(&scope.groups))
}

fn holds(condition: &Condition, user: &User) -> bool {
    let value = match condition.attribute.as_str() {
        "userPrincipalName" => Some(&user.user_principal_name),
        "mail" => user.mail.as_ref(),
        "displayName" => user.display_name.as_ref(),
        other => user.attributes.get(other),
    };
    let same = value.is_some_and(|value| value.to_lowercase() == condition.value.to_lowercase());
    match condition.comparison {
        Comparison::Equals => same,
        Comparison::NotEquals => !same,
    }
}

/// S12.9: what synchronization made is soft deleted, everything else is left.
fn left(request: &SyncRequest, object: Option<&User>, reason: Reason) -> SyncOutcome {
    let Some(object) = object.filter(|object| object.managed_by_synchronization) else {
        // S24: the same answer for a source account that is gone.
        return SyncOutcome::of(SyncAction::Skip, Reason::SyncOutOfScope);
    };
    if !request.delete_in_target {
        return SyncOutcome::of(SyncAction::Skip, Reason::SyncDeleteDisabled);
    }
    let mut outcome = SyncOutcome::of(SyncAction::SoftDelete, reason);
    outcome.object = Some(object.clone());
    outcome.effects.push(Effect::DeleteUser {
        tenant: request.target,
        user: object.id,
    });
    outcome
}

/// S12.8: also an object that was invited by hand; its type stays unless the mapping is applied
/// always. Creation alone passes the invitation checks (S12.6).
fn update(request: &SyncRequest, user: &User, object: &User) -> SyncOutcome {
    let mut updated = object.clone();
    updated.enabled = user.enabled;
    updated.display_name = user.display_name.clone().or(updated.display_name);
    if request.apply_user_type_always {
        updated.user_type = request.user_type;
    }
    written(request, SyncAction::Update, Reason::SyncUpdated, updated)
}

/// S12.6, S12.7.
fn create(
    world: &World,
    request: &SyncRequest,
    source: &Tenant,
    target: &Tenant,
    user: &User,
) -> SyncOutcome {
    if target.allow_invites_from == AllowInvitesFrom::None {
        return SyncOutcome::fail(Reason::InvitationsDisabled, Some(Side::Target));
    }
    let address = user.mail.as_ref().unwrap_or(&user.user_principal_name);
    let domain: Option<Domain> = address
        .rsplit_once('@')
        .and_then(|(_, domain)| domain.parse().ok());
    let listed = domain.map(|domain| redemption::domain_listed(world, target.id, &domain));
    if let Some(Err(reason)) = listed {
        return SyncOutcome::fail(reason, Some(Side::Target));
    }
    let pair = Pair {
        home: source.id,
        resource: target.id,
    };
    let subject = gate::subject(world, source.id, user.id, None);
    let mut trail = crate::decision::Trail::default();
    if let Err(refusal) = gate::collaboration_reachable(world, pair, &subject, &mut trail) {
        return SyncOutcome {
            detail: refusal.detail,
            origin: refusal.origin,
            ..SyncOutcome::fail(refusal.reason, refusal.side)
        };
    }
    let object = User {
        id: request.new_object,
        user_principal_name: invitation::external_name(target, address),
        mail: Some(address.clone()),
        display_name: user.display_name.clone(),
        user_type: request.user_type,
        enabled: user.enabled,
        groups: Some(BTreeSet::new()),
        external: Some(External::Tenant {
            home_tenant: source.id,
            home_user: user.id,
        }),
        redemption: Some(RedemptionState::Accepted),
        sms_sign_in: false,
        managed_by_synchronization: true,
        sponsor: None,
        identity_provider: Some(PrimaryIdentityProvider::AzureActiveDirectory.as_str()),
        attributes: BTreeMap::new(),
    };
    SyncOutcome {
        prompt: Some(Prompt::Suppressed),
        ..written(request, SyncAction::Create, Reason::SyncCreated, object)
    }
}

fn written(request: &SyncRequest, action: SyncAction, reason: Reason, object: User) -> SyncOutcome {
    let mut outcome = SyncOutcome::of(action, reason);
    outcome.effects.push(Effect::PutUser {
        tenant: request.target,
        user: Box::new(object.clone()),
    });
    outcome.object = Some(object);
    outcome
}
