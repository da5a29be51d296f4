//! A change to what decisions see, with the audit entries about it: the only thing that
//! [`crate::Settings::commit`] takes.
//!
//! Contoso's administrator adds Fabrikam. The server reads a [`Snapshot`], asks the law, and gets
//! an effect (Contoso's settings become these) and an audit entry. Both go into an
//! [`AuditedChange`] together with the snapshot they were judged on. What differs is worked out
//! here, before any database is asked, and without an audit entry there is no change.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use policy::effect::Effect;
use policy::settings::Policy;
use policy::target::UserId;
use policy::tenant::TenantId;
use policy::world::{RedemptionState, Tenant, User};
use signins::window::Moment;
use uuid::Uuid;

use crate::audit::{AuditRecord, Initiator};
use crate::catch_up::CatchUp;
use crate::deleted::{DeletedKind, DeletedWrite};
use crate::difference::{self, Written};
use crate::error::{Error, Subject};
use crate::facts::Facts;
use crate::revision::{Revision, Sequence};
use crate::snapshot::{Snapshot, nameless};
use crate::text;
use crate::text::facts::FactsText;
use crate::writing::{Check, Creation, GroupWrite, Plan, TenantWrite, UserWrite};

/// One thing that changes.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// What the law says is to happen.
    Effect(Effect),
    /// A tenant appears: hosted if it has a policy, its directory known if it has one.
    Create(Box<Tenant>),
    /// A tenant's profile becomes this; policy and directory of the value are not looked at.
    Profile(Box<Tenant>),
    /// What was deleted about a partner is forgotten: it has been taken back, or is not to be.
    Forget {
        /// Of which tenant.
        tenant: TenantId,
        /// What.
        kind: DeletedKind,
        /// About which partner.
        partner: TenantId,
    },
    /// The shared facts become these.
    Facts(Box<Facts>),
}

impl From<Effect> for Change {
    fn from(effect: Effect) -> Self {
        Change::Effect(effect)
    }
}

/// Who changes something, when and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Names the commit.
    pub id: Uuid,
    /// When.
    pub time: Moment,
    /// Who.
    pub initiator: Initiator,
    /// Why, in their own words.
    pub reason: Option<String>,
}

/// Why changes and audit entries do not make a change that can be committed. The caller's mistake,
/// found before the database is asked.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// Nobody would ever learn of it.
    #[error("the change of {0} has no audit entry")]
    Unaudited(Subject),
    /// Nobody looked at it before changing it.
    #[error("{0} was not read before it was changed")]
    NotRead(Subject),
    /// It cannot be kept.
    #[error("a value cannot be kept")]
    Unkeepable(#[source] Error),
}

impl From<Error> for Unfit {
    fn from(error: Error) -> Self {
        Unfit::Unkeepable(error)
    }
}

/// A change that may be committed: judged on a snapshot, with its audit entries.
#[derive(Clone, Debug)]
pub struct AuditedChange {
    /// Shared: whoever carries it out has it in hands of his own.
    pub(crate) plan: Arc<Plan>,
    /// What it makes of the settings it changes; `None` if it changes anything else.
    left: Option<Snapshot>,
}

impl AuditedChange {
    /// Puts a change together. The effects are those of judging `snapshot`; they are carried out in
    /// their order.
    ///
    /// Every tenant whose settings or people change needs an audit entry that says success, in its
    /// own log; creating a tenant and changing its profile may be in the operator's log instead,
    /// and changes of the shared facts must be there.
    ///
    /// # Errors
    ///
    /// When something that changes has no audit entry or was not read.
    pub fn new(
        snapshot: &Snapshot,
        stamp: Stamp,
        changes: impl IntoIterator<Item = Change>,
        audit: Vec<AuditRecord>,
    ) -> Result<Self, Unfit> {
        let mut planner = Planner {
            snapshot,
            tenants: BTreeMap::new(),
            facts: None,
        };
        for change in changes {
            planner.take(change)?;
        }
        let left = planner.left();
        let plan = planner.finish(stamp, audit)?;
        plan.check()?;
        let left = left.map(|left| left.after(&plan));
        Ok(AuditedChange {
            plan: Arc::new(plan),
            left,
        })
    }

    /// What somebody lacks, once this is kept under that number, who had everything up to the write
    /// before: as much as reading it back would say. `None` when it has to be read.
    pub fn left(&self, sequence: Sequence) -> Option<CatchUp> {
        let left = self.left.as_ref()?;
        Some(CatchUp {
            settings: Snapshot {
                sequence,
                ..left.clone()
            },
            people: BTreeMap::new(),
        })
    }

    /// Also demands that these tenants are still as they were read, although they do not change:
    /// for a judgment that depended on the other side. A tenant that is not in the snapshot is not
    /// looked at.
    pub fn relying_on(
        mut self,
        snapshot: &Snapshot,
        tenants: impl IntoIterator<Item = TenantId>,
    ) -> Self {
        let plan = Arc::make_mut(&mut self.plan);
        for id in tenants {
            if let Some(version) = snapshot.version(id) {
                plan.checks.entry(id).or_insert(Check {
                    revision: version.revision,
                    people: None,
                });
            }
        }
        self
    }
}

/// A tenant as it will be, as far as it changes.
#[derive(Default)]
struct Draft {
    created: Option<Box<Tenant>>,
    profile: Option<Box<Tenant>>,
    policy: Option<Box<Policy>>,
    users: BTreeMap<UserId, Option<Box<User>>>,
    forgotten: Vec<(DeletedKind, TenantId)>,
}

struct Planner<'a> {
    snapshot: &'a Snapshot,
    tenants: BTreeMap<TenantId, Draft>,
    facts: Option<Facts>,
}

impl Planner<'_> {
    fn take(&mut self, change: Change) -> Result<(), Unfit> {
        match change {
            Change::Create(tenant) => {
                let draft = self.tenants.entry(tenant.id).or_default();
                draft.created = Some(tenant);
            }
            Change::Profile(tenant) => {
                let draft = self.draft(tenant.id)?;
                draft.profile = Some(tenant);
            }
            Change::Forget {
                tenant,
                kind,
                partner,
            } => self.draft(tenant)?.forgotten.push((kind, partner)),
            Change::Facts(facts) => self.facts = Some(*facts),
            Change::Effect(effect) => self.effect(effect)?,
        }
        Ok(())
    }

    fn effect(&mut self, effect: Effect) -> Result<(), Unfit> {
        match effect {
            Effect::PutPolicy { tenant, policy } => self.draft(tenant)?.policy = Some(policy),
            Effect::PutUser { tenant, user } => {
                self.draft(tenant)?.users.insert(user.id, Some(user));
            }
            Effect::DeleteUser { tenant, user } => {
                self.draft(tenant)?.users.insert(user, None);
            }
            Effect::Redeemed {
                tenant,
                user,
                provider,
            } => {
                let mut object = self.user(tenant, user)?;
                object.redemption = Some(RedemptionState::Accepted);
                object.identity_provider = Some(provider);
                self.draft(tenant)?.users.insert(user, Some(object));
            }
            Effect::Joined { tenant } => {
                let read = || Facts::of(&self.snapshot.world);
                let facts = self.facts.get_or_insert_with(read);
                let organizations = facts.multitenant_organizations.iter_mut();
                for member in organizations.flat_map(|organization| &mut organization.members) {
                    member.active |= member.tenant == tenant;
                }
            }
        }
        Ok(())
    }

    /// The draft of a tenant that was read, or that this change creates.
    fn draft(&mut self, tenant: TenantId) -> Result<&mut Draft, Unfit> {
        if !self.tenants.contains_key(&tenant) && self.snapshot.version(tenant).is_none() {
            return Err(Unfit::NotRead(Subject::Tenant(tenant)));
        }
        Ok(self.tenants.entry(tenant).or_default())
    }

    /// The user as the change has left it so far, or as it was read.
    fn user(&self, tenant: TenantId, id: UserId) -> Result<Box<User>, Unfit> {
        let drafted = self
            .tenants
            .get(&tenant)
            .and_then(|draft| draft.users.get(&id));
        let found = match drafted {
            Some(drafted) => drafted.clone(),
            None => {
                let read = self.snapshot.world.tenant(tenant);
                let directory = read.and_then(|tenant| tenant.directory.as_ref());
                let user = directory.and_then(|directory| directory.users.get(&id));
                user.cloned().map(Box::new)
            }
        };
        found.ok_or(Unfit::NotRead(Subject::User(id)))
    }

    /// The tenants as they will be, at the versions they were read at; `None` if more than settings
    /// of tenants that were there changes.
    fn left(&self) -> Option<Snapshot> {
        let tenants = self.tenants.iter().map(|(id, draft)| {
            let settings = draft.created.is_none() && draft.users.is_empty();
            let read = self.snapshot.world.tenant(*id).filter(|_| settings)?;
            let mut tenant = match &draft.profile {
                Some(profile) => Tenant::clone(profile),
                None => read.clone(),
            };
            tenant.policy = match &draft.policy {
                Some(policy) => Some(Policy::clone(policy)),
                None => read.policy.clone(),
            };
            tenant.directory = None;
            Some((tenant, self.snapshot.version(*id)?.clone()))
        });
        let tenants: Vec<_> = tenants.collect::<Option<_>>()?;
        let facts = Facts::of(&self.snapshot.world).world();
        let facts = (facts, self.snapshot.facts);
        let unchanged = self.facts.is_none();
        unchanged.then(|| Snapshot::remembered(facts, self.snapshot.sequence, tenants))
    }

    fn finish(self, stamp: Stamp, audit: Vec<AuditRecord>) -> Result<Plan, Unfit> {
        let audited = Audited::of(&audit);
        let mut plan = Plan {
            stamp,
            checks: BTreeMap::new(),
            facts: None,
            creations: Vec::new(),
            tenants: Vec::new(),
            audit,
        };
        for (id, draft) in self.tenants {
            audited.demand(id, &draft)?;
            plan_tenant(&mut plan, self.snapshot, id, draft)?;
        }
        if let Some(facts) = self.facts {
            if !audited.operator {
                return Err(Unfit::Unaudited(Subject::Facts));
            }
            let value = text::write::<FactsText, _>(&facts)?;
            plan.facts = Some((self.snapshot.facts, value));
        }
        Ok(plan)
    }
}

/// Whose logs get an entry that says success.
struct Audited {
    operator: bool,
    tenants: BTreeSet<TenantId>,
}

impl Audited {
    fn of(audit: &[AuditRecord]) -> Self {
        let done = || audit.iter().filter(|record| record.failure.is_none());
        Audited {
            operator: done().any(|record| record.tenant.is_none()),
            tenants: done().filter_map(|record| record.tenant).collect(),
        }
    }

    fn demand(&self, id: TenantId, draft: &Draft) -> Result<(), Unfit> {
        let operators = draft.created.is_some()
            || (draft.profile.is_some() && draft.policy.is_none() && draft.users.is_empty());
        match self.tenants.contains(&id) || (operators && self.operator) {
            true => Ok(()),
            false => Err(Unfit::Unaudited(Subject::Tenant(id))),
        }
    }
}

fn plan_tenant(
    plan: &mut Plan,
    snapshot: &Snapshot,
    id: TenantId,
    draft: Draft,
) -> Result<(), Unfit> {
    let Draft {
        created,
        profile,
        policy,
        users,
        forgotten,
    } = draft;
    let old = match &created {
        Some(_) => None,
        None => snapshot.world.tenant(id),
    };
    let version = match &created {
        Some(_) => None,
        None => snapshot.version(id),
    };
    let profile = profile.or_else(|| created.clone());
    let created_policy = created.as_ref().and_then(|tenant| tenant.policy.clone());
    let policy = policy.or(created_policy.map(Box::new));

    let mut written: Vec<Written> = Vec::new();
    let mut deleted = Vec::new();
    if let Some(profile) = &profile {
        written.extend(difference::of_profile(old, profile)?);
    }
    if let Some(policy) = &policy {
        let old = old.and_then(|tenant| tenant.policy.as_ref());
        written.extend(difference::of_policy(old, policy, version)?);
        if let Some(old) = old {
            deleted = DeletedWrite::between(old, policy)?;
        }
    }
    let advances = profile.is_some() || policy.is_some();
    let revision = version.map_or(Revision(0), |version| version.revision);
    let mut write = TenantWrite {
        tenant: id,
        revision: match advances {
            true => revision.next(),
            false => revision,
        },
        advances,
        hosted: policy.is_some(),
        domains: profile.as_ref().map(|profile| profile.domains.clone()),
        written,
        users: Vec::new(),
        groups: Vec::new(),
        people_change: !users.is_empty(),
        deleted,
        forgotten,
    };
    let directory = created
        .as_ref()
        .and_then(|tenant| tenant.directory.as_ref());
    let mut objects: BTreeMap<UserId, UserWrite> = BTreeMap::new();
    if let Some(directory) = directory {
        write.people_change = true;
        for user in directory.users.values() {
            objects.insert(user.id, UserWrite::put(user)?);
        }
        let groups = nameless(directory).map(|group| GroupWrite::put(&group));
        write.groups = groups.collect::<Result<_, _>>()?;
    }
    for (id, user) in users {
        let object = user.map(|user| UserWrite::put(&user)).transpose()?;
        objects.insert(id, object.unwrap_or(UserWrite::drop(id)));
    }
    write.users = objects.into_values().collect();
    match created {
        Some(_) => plan.creations.push(Creation { tenant: id }),
        None => {
            let check = Check {
                revision,
                people: version
                    .filter(|_| write.people_change)
                    .map(|version| version.people),
            };
            plan.checks.insert(id, check);
        }
    }
    plan.tenants.push(write);
    Ok(())
}

/// What became of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// Where it stands in the order of all writes.
    pub sequence: Sequence,
    /// The revisions of the tenants it touched, as they are now.
    pub revisions: BTreeMap<TenantId, Revision>,
}
