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
use crate::settings::{Policy, PrimaryIdentityProvider};
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
    /// That, for that reason, and nothing else to say.
    pub fn of(action: SyncAction, reason: Reason) -> Self {
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
    /// Fails for that reason, wherever it comes from.
    pub fn failing(reason: Reason) -> Self {
        Self::of(SyncAction::Fail, reason)
    }
    fn fail(reason: Reason, side: Option<Side>) -> Self {
        SyncOutcome {
            side,
            ..Self::of(SyncAction::Fail, reason)
        }
    }
}

/// An account as its tenant describes it to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncAccount {
    /// Its id at home.
    pub id: UserId,
    /// Its mail address, or its user principal name if it has none.
    pub address: String,
    /// `displayName`.
    pub display_name: Option<String>,
    /// `accountEnabled`.
    pub enabled: bool,
}

impl SyncAccount {
    fn of(user: &User) -> Self {
        let address = user.mail.as_ref().unwrap_or(&user.user_principal_name);
        SyncAccount {
            id: user.id,
            address: address.clone(),
            display_name: user.display_name.clone(),
            enabled: user.enabled,
        }
    }
}

/// What the source wants of the target for one account.
#[derive(Clone, Debug, PartialEq)]
pub enum Push {
    /// An object like that.
    Put(SyncAccount),
    /// No object that synchronization made: the account is out of scope, or gone.
    Remove(Reason),
    /// Nothing, and whatever there is stays: the account is not one for synchronization, or not
    /// enough is known to tell.
    Leave(Box<SyncOutcome>),
}

/// What a target is asked for by a source whose settings are elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Received {
    /// Who pushes.
    pub source: TenantId,
    /// Who receives.
    pub target: TenantId,
    /// The account at the source.
    pub account: UserId,
    /// What it is like; `None`: its object is to go, if synchronization made it.
    pub wanted: Option<SyncAccount>,
    /// As what people arrive (S12.7).
    pub user_type: UserType,
    /// Whether the type is set at an update, too (S12.8).
    pub apply_user_type_always: bool,
    /// The id the object gets if one is created.
    pub new_object: UserId,
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
    match wanted(from.users.get(&request.user), &request.scope) {
        Push::Put(account) => kept(world, &Arrival::of(request), target, &account, object),
        Push::Remove(reason) => left(target.id, object, request.delete_in_target, reason),
        Push::Leave(outcome) => *outcome,
    }
}

/// Whether a job may run at all, by both sides (S12.2–S12.4). A missing switch fails the whole job.
pub fn may_run(
    world: &World,
    source: TenantId,
    target: TenantId,
) -> Result<(), (Reason, Option<Side>)> {
    match (world.tenant(source), world.tenant(target)) {
        (Some(source), Some(target)) => switches(world, source, target),
        _ => Err((Reason::NotHosted, None)),
    }
}

/// Whether a job to a target that is not here may run, as far as the source decides (S12.2–S12.4,
/// S25.1): the target judges its own side.
pub fn may_push(
    world: &World,
    source: TenantId,
    target: TenantId,
) -> Result<(), (Reason, Option<Side>)> {
    let from = world.tenant(source).ok_or((Reason::NotHosted, None))?;
    let cloud = world.cloud(target).unwrap_or(from.cloud);
    clouds(from.cloud, cloud)?;
    source_switches(from, hosted(world, from, Side::Source)?, target)
}

/// Whether a target receives from a source that is not here, as far as the target decides
/// (S12.2, S12.4, S25.1).
pub fn may_receive(
    world: &World,
    source: TenantId,
    target: TenantId,
) -> Result<(), (Reason, Option<Side>)> {
    let into = world.tenant(target).ok_or((Reason::NotHosted, None))?;
    let cloud = world.cloud(source).unwrap_or(into.cloud);
    clouds(cloud, into.cloud)?;
    target_switches(hosted(world, into, Side::Target)?, source)
}

/// What the source wants for one account of a job whose target is not here. The object, if there
/// is one already, is only known there, so whether one may be created there is judged for everybody
/// as far as the source decides (S12.6).
pub fn push(world: &World, request: &SyncRequest, creates: bool) -> Push {
    let failed = |(reason, side)| Push::Leave(Box::new(SyncOutcome::fail(reason, side)));
    if let Err(refusal) = may_push(world, request.source, request.target) {
        return failed(refusal);
    }
    let source = world.tenant(request.source);
    let Some(from) = source.and_then(|source| source.directory.as_ref()) else {
        return failed((Reason::NotHosted, Some(Side::Source)));
    };
    let wanted = wanted(from.users.get(&request.user), &request.scope);
    match (&wanted, creates) {
        (Push::Put(account), true) => {
            match reachable(world, request.source, request.target, account) {
                Ok(()) => wanted,
                Err(refused) => Push::Leave(refused),
            }
        }
        _ => wanted,
    }
}

/// Judges what a source that is not here asks for, as far as the target decides (S12.4–S12.9).
pub fn receive(world: &World, request: &Received) -> SyncOutcome {
    if let Err((reason, side)) = may_receive(world, request.source, request.target) {
        return SyncOutcome::fail(reason, side);
    }
    let target = world.tenant(request.target);
    let Some((target, into)) = target.and_then(|t| Some((t, t.directory.as_ref()?))) else {
        return SyncOutcome::fail(Reason::NotHosted, Some(Side::Target));
    };
    let object = into.object_for(request.source, request.account);
    let arrival = Arrival {
        source: request.source,
        user_type: request.user_type,
        apply_user_type_always: request.apply_user_type_always,
        new_object: request.new_object,
    };
    match &request.wanted {
        Some(account) => kept(world, &arrival, target, account, object),
        None => left(target.id, object, true, Reason::SyncOutOfScope),
    }
}

/// What a target does with accounts that arrive.
struct Arrival {
    source: TenantId,
    user_type: UserType,
    apply_user_type_always: bool,
    new_object: UserId,
}

impl Arrival {
    fn of(request: &SyncRequest) -> Self {
        Arrival {
            source: request.source,
            user_type: request.user_type,
            apply_user_type_always: request.apply_user_type_always,
            new_object: request.new_object,
        }
    }
}

/// What the source wants for an account (S12.5, S12.9).
fn wanted(user: Option<&User>, scope: &SyncScope) -> Push {
    let leave = |outcome| Push::Leave(Box::new(outcome));
    let Some(user) = user else {
        return Push::Remove(Reason::SyncSourceDeleted);
    };
    if !user.is_internal() || user.user_type != UserType::Member {
        let reason = Reason::SyncUserNotInternalMember;
        return leave(SyncOutcome::of(SyncAction::Skip, reason));
    }
    if user.sms_sign_in {
        let reason = Reason::SyncUserSmsSignIn;
        return leave(SyncOutcome::of(SyncAction::Skip, reason));
    }
    match in_scope(scope, user) {
        Some(true) => Push::Put(SyncAccount::of(user)),
        Some(false) => Push::Remove(Reason::SyncOutOfScope),
        // S25.3: nobody is deleted for what is not known.
        None => leave(SyncOutcome::fail(Reason::GroupsUnknown, Some(Side::Source))),
    }
}

/// The target's answer for an account that is to be there.
fn kept(
    world: &World,
    arrival: &Arrival,
    target: &Tenant,
    account: &SyncAccount,
    object: Option<&User>,
) -> SyncOutcome {
    match object {
        Some(object) => update(arrival, target.id, account, object),
        None => create(world, arrival, target, account),
    }
}

/// S12.2, S12.3, S12.4, in this order.
fn switches(world: &World, source: &Tenant, target: &Tenant) -> Result<(), (Reason, Option<Side>)> {
    clouds(source.cloud, target.cloud)?;
    let out = hosted(world, source, Side::Source)?;
    let into = hosted(world, target, Side::Target)?;
    source_switches(source, out, target.id)?;
    target_switches(into, source.id)
}

/// S12.2.
fn clouds(source: Cloud, target: Cloud) -> Result<(), (Reason, Option<Side>)> {
    if source != target {
        return Err((Reason::SyncCrossCloudUnsupported, None));
    }
    if source == Cloud::China {
        return Err((Reason::SyncCloudUnsupported, None));
    }
    Ok(())
}

/// S25.1: of a tenant that is not hosted, neither licence nor switches are known.
fn hosted<'a>(
    world: &'a World,
    tenant: &Tenant,
    side: Side,
) -> Result<&'a Policy, (Reason, Option<Side>)> {
    world
        .policy(tenant.id)
        .ok_or((Reason::NotHosted, Some(side)))
}

/// S12.3, and the source's switch of S12.4.
fn source_switches(
    source: &Tenant,
    out: &Policy,
    target: TenantId,
) -> Result<(), (Reason, Option<Side>)> {
    if !source.p1 {
        return Err((Reason::LicenseRequired, Some(Side::Source)));
    }
    if !resolve::automatic_consent(out, target).value.1 {
        return Err((Reason::SyncAutoRedemptionMissing, Some(Side::Source)));
    }
    Ok(())
}

/// The target's switches of S12.4.
fn target_switches(into: &Policy, source: TenantId) -> Result<(), (Reason, Option<Side>)> {
    if !resolve::synchronization_allowed(into, source).value {
        return Err((Reason::SyncInboundNotAllowed, Some(Side::Target)));
    }
    if !resolve::automatic_consent(into, source).value.0 {
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

/// S12.9: what becomes of the object of an account that is out of scope or gone. What
/// synchronization made is soft deleted, unless that is switched off; everything else is left.
pub fn removed(is_managed: bool, deletes: bool, reason: Reason) -> SyncOutcome {
    match (is_managed, deletes) {
        // S24: the same answer for a source account that is gone.
        (false, _) => SyncOutcome::of(SyncAction::Skip, Reason::SyncOutOfScope),
        (true, false) => SyncOutcome::of(SyncAction::Skip, Reason::SyncDeleteDisabled),
        (true, true) => SyncOutcome::of(SyncAction::SoftDelete, reason),
    }
}

fn left(target: TenantId, object: Option<&User>, deletes: bool, reason: Reason) -> SyncOutcome {
    let is_managed = object.is_some_and(|object| object.managed_by_synchronization);
    let mut outcome = removed(is_managed, deletes, reason);
    if let (SyncAction::SoftDelete, Some(object)) = (outcome.action, object) {
        outcome.object = Some(object.clone());
        outcome.effects.push(Effect::DeleteUser {
            tenant: target,
            user: object.id,
        });
    }
    outcome
}

/// S12.8: also an object that was invited by hand; its type stays unless the mapping is applied
/// always. Creation alone passes the invitation checks (S12.6).
fn update(
    arrival: &Arrival,
    target: TenantId,
    account: &SyncAccount,
    object: &User,
) -> SyncOutcome {
    let mut updated = object.clone();
    updated.enabled = account.enabled;
    updated.display_name = account.display_name.clone().or(updated.display_name);
    if arrival.apply_user_type_always {
        updated.user_type = arrival.user_type;
    }
    written(target, SyncAction::Update, Reason::SyncUpdated, updated)
}

/// The cross-tenant gate of S12.6, as far as the sides are here.
fn reachable(
    world: &World,
    source: TenantId,
    target: TenantId,
    account: &SyncAccount,
) -> Result<(), Box<SyncOutcome>> {
    let pair = Pair {
        home: source,
        resource: target,
    };
    let subject = gate::subject(world, source, account.id, None);
    let mut trail = crate::decision::Trail::default();
    let reached = gate::collaboration_reachable(world, pair, &subject, &mut trail);
    reached.map_err(|refusal| {
        Box::new(SyncOutcome {
            detail: refusal.detail,
            origin: refusal.origin,
            ..SyncOutcome::fail(refusal.reason, refusal.side)
        })
    })
}

/// S12.6, S12.7.
fn create(world: &World, arrival: &Arrival, target: &Tenant, account: &SyncAccount) -> SyncOutcome {
    if target.allow_invites_from == AllowInvitesFrom::None {
        return SyncOutcome::fail(Reason::InvitationsDisabled, Some(Side::Target));
    }
    let address = &account.address;
    let domain: Option<Domain> = address
        .rsplit_once('@')
        .and_then(|(_, domain)| domain.parse().ok());
    let listed = domain.map(|domain| redemption::domain_listed(world, target.id, &domain));
    if let Some(Err(reason)) = listed {
        return SyncOutcome::fail(reason, Some(Side::Target));
    }
    if let Err(refused) = reachable(world, arrival.source, target.id, account) {
        return *refused;
    }
    let object = User {
        id: arrival.new_object,
        user_principal_name: invitation::external_name(target, address),
        mail: Some(address.clone()),
        display_name: account.display_name.clone(),
        user_type: arrival.user_type,
        enabled: account.enabled,
        groups: Some(BTreeSet::new()),
        external: Some(External::Tenant {
            home_tenant: arrival.source,
            home_user: account.id,
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
        ..written(target.id, SyncAction::Create, Reason::SyncCreated, object)
    }
}

fn written(target: TenantId, action: SyncAction, reason: Reason, object: User) -> SyncOutcome {
    let mut outcome = SyncOutcome::of(action, reason);
    outcome.effects.push(Effect::PutUser {
        tenant: target,
        user: Box::new(object.clone()),
    });
    outcome.object = Some(object);
    outcome
}
