//! What would past sign-ins be answered with a draft in force?
//!
//! Contoso's administrator is about to block an application by default. The log says who used it, from
//! which partner and how often; each of these behaviours is judged twice, with the settings that are in
//! force and with the draft, by the one evaluator. What comes out differently is the impact.
//!
//! A log says less than a sign-in does. It does not say which groups somebody is in, nor, for a guest,
//! which account at home the object stands for. Where the answer depends on that, every possibility is
//! judged, and the result is *conditional*: it says on what it depends, and is never taken for "no
//! impact" (S25.3). What cannot be judged at all is counted by the reason.

mod account;
mod alike;
mod asked;
mod judge;
mod keep;
mod lane;
mod report;
mod restricted;
mod words;

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use hashbrown::HashMap;
use policy::compiled::{Answer, Registry, Snapshot};
use policy::decision::Verdict;
use policy::reason::Reason;
use policy::target::{GroupId, UserId};
use policy::tenant::TenantId;
use policy::world::{Directory, External, World};
use signins::observation::Observation;

pub use self::account::Account;
pub use self::judge::Judge;
pub use self::keep::{Adds, Keep};
pub use self::report::{Coverage, Group, GroupKey, Report, Share, Who};
pub use self::words::Words;

/// What the draft changes about a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Impact {
    /// Passed, or could have; will be refused.
    Closes,
    /// Passed; one more step will be asked of the user.
    StepsUp,
    /// Was refused; will pass, or can.
    Opens,
    /// One more step was asked of the user; will pass.
    Eases,
    /// Nothing.
    None,
}

impl Impact {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Impact::Closes => "closes",
            Impact::StepsUp => "stepsUp",
            Impact::Opens => "opens",
            Impact::Eases => "eases",
            Impact::None => "none",
        }
    }

    /// Between two verdicts.
    pub const fn between(now: Verdict, draft: Verdict) -> Self {
        match (now, draft) {
            (Verdict::Allow | Verdict::Challenge, Verdict::Block) => Impact::Closes,
            (Verdict::Block, Verdict::Allow | Verdict::Challenge) => Impact::Opens,
            (Verdict::Allow, Verdict::Challenge) => Impact::StepsUp,
            (Verdict::Challenge, Verdict::Allow) => Impact::Eases,
            (Verdict::Allow, Verdict::Allow)
            | (Verdict::Challenge, Verdict::Challenge)
            | (Verdict::Block, Verdict::Block) => Impact::None,
        }
    }
}

/// The answers before and after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// With the settings in force.
    pub now: Answer,
    /// With the draft.
    pub draft: Answer,
}

impl Turn {
    /// What the draft changes.
    pub const fn impact(&self) -> Impact {
        Impact::between(self.now.verdict, self.draft.verdict)
    }
}

impl Turn {
    /// The same for whoever the groups let pass, or not: a live decision is *block* when it depends on
    /// groups that nobody knows (S25.3).
    fn whatever_groups(self) -> Vec<Turn> {
        let each = |answer: Answer| -> Vec<Answer> {
            match answer.reason {
                Reason::GroupsUnknown => [Verdict::Block, Verdict::Challenge, Verdict::Allow]
                    .map(|verdict| Answer { verdict, ..answer })
                    .to_vec(),
                _ => vec![answer],
            }
        };
        let drafts = each(self.draft);
        let turns = each(self.now).into_iter().flat_map(|now| {
            let drafts = drafts.iter();
            drafts.map(move |draft| Turn { now, draft: *draft })
        });
        turns.collect()
    }
}

/// What a result depends on that the log does not say.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unknowns {
    /// Which account at home it is: whether it is one of these.
    pub accounts: BTreeSet<UserId>,
    /// Whether it is in one of these groups.
    pub groups: BTreeSet<GroupId>,
    /// What the sign-in carried: multifactor authentication, a device, accepted terms.
    pub claims: bool,
    /// Whether it was B2B collaboration or B2B direct connect.
    pub journey: bool,
}

/// Why a behaviour was not judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unjudged {
    /// It did not cross from one tenant into another, or does not say so: no setting here concerns it.
    NotCrossTenant,
    /// Neither side of it is the tenant whose settings change.
    Passthrough,
    /// The log does not say for which application.
    NoApplication,
    /// Microsoft's support, or an access type nobody here knows.
    AccessType,
    /// The home tenant's directory is known here, and it is not clear which account in it it was.
    AccountUnknown,
    /// What a masked row of tenant restrictions means needs the policy's id (S11.3).
    NoPolicyId,
}

impl Unjudged {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Unjudged::NotCrossTenant => "notCrossTenant",
            Unjudged::Passthrough => "passthrough",
            Unjudged::NoApplication => "noApplication",
            Unjudged::AccessType => "accessType",
            Unjudged::AccountUnknown => "accountUnknown",
            Unjudged::NoPolicyId => "noPolicyId",
        }
    }

    /// The sentence shown to people.
    pub const fn sentence(self) -> &'static str {
        match self {
            Unjudged::NotCrossTenant => "did not cross into another tenant",
            Unjudged::Passthrough => "passed between two other tenants",
            Unjudged::NoApplication => "do not say for which application",
            Unjudged::AccessType => "have an access type that no setting here governs",
            Unjudged::AccountUnknown => {
                "are of accounts that cannot be told in their home directory"
            }
            Unjudged::NoPolicyId => {
                "are masked rows of tenant restrictions, and the policy's id is not known"
            }
        }
    }
}

/// What the draft means for one behaviour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judged {
    /// This, whatever the log leaves out.
    Definite(Turn),
    /// One of these, depending on what the log leaves out; the gravest first.
    Conditional(Vec<Turn>, Unknowns),
    /// Nobody can say.
    Not(Unjudged),
}

/// One of the two states.
struct State {
    world: World,
    registry: Registry,
}

/// Settings in force and a draft, towards which behaviours of the local tenant's log are judged. A copy
/// costs nothing.
#[derive(Clone)]
pub struct Replay {
    local: TenantId,
    states: Arc<States>,
}

struct States {
    now: State,
    draft: State,
    /// The accounts of each directory by their names in small letters; `None` where several have one.
    called: OnceLock<HashMap<TenantId, Called>>,
    own: OnceLock<Own>,
}

/// What is asked of the local directory again and again. It is large, and each look into it far.
#[derive(Default)]
struct Own {
    /// Of guests from other tenants, the account at home.
    guests: HashMap<UserId, UserId>,
    /// The groups of everybody are known.
    knows_groups: bool,
}

type Called = HashMap<String, Option<UserId>>;

impl Replay {
    /// Settings in force and a draft. What is not of the local tenant's settings should be the same in
    /// both; a tenant whose settings the reader must not see is to be there without them, and is
    /// passed over then (S25.1).
    pub fn new(now: &World, draft: &World, local: TenantId) -> Self {
        Replay::compiled(now, Registry::of(now), draft, local)
    }

    /// The same, where the settings in force are compiled already.
    pub fn compiled(now: &World, registry: Registry, draft: &World, local: TenantId) -> Self {
        let drafted = drafted(now, &registry, draft);
        let states = States {
            now: State {
                world: now.clone(),
                registry,
            },
            draft: State {
                world: draft.clone(),
                registry: drafted,
            },
            called: OnceLock::new(),
            own: OnceLock::new(),
        };
        Replay {
            local,
            states: Arc::new(states),
        }
    }

    /// The tenant whose log it is.
    pub fn local(&self) -> TenantId {
        self.local
    }

    /// Judges a whole log.
    pub fn report<'a, T: Into<Observation<'a>>>(&self, log: impl IntoIterator<Item = T>) -> Report {
        let mut account = Account::of(self);
        for behaviour in log {
            account.add(&behaviour.into());
        }
        account.finish()
    }

    fn now(&self) -> &State {
        &self.states.now
    }

    fn draft(&self) -> &State {
        &self.states.draft
    }

    fn own(&self) -> &Own {
        self.states.own.get_or_init(|| {
            let directory = directory(&self.now().world, self.local);
            directory.map(Own::of).unwrap_or_default()
        })
    }

    /// The account of that tenant with that name, if there is one and only one; outer `None`: nobody
    /// knows its accounts.
    fn called(&self, tenant: TenantId, name: &str) -> Option<Option<UserId>> {
        let called = self.states.called.get_or_init(|| {
            let tenants = self.now().world.tenants.values();
            let known = tenants.filter_map(|tenant| {
                let directory = tenant.directory.as_ref()?;
                (tenant.id != self.local).then(|| (tenant.id, names(directory)))
            });
            known.collect()
        });
        let called = called.get(&tenant)?;
        let found = called.get(&name.to_ascii_lowercase());
        Some(found.copied().flatten())
    }
}

impl Own {
    fn of(directory: &Directory) -> Self {
        let mut own = Own {
            knows_groups: true,
            ..Own::default()
        };
        for user in directory.users.values() {
            own.knows_groups &= user.groups.is_some();
            if let Some(External::Tenant { home_user, .. }) = &user.external {
                own.guests.insert(user.id, *home_user);
            }
        }
        own
    }
}

fn names(directory: &Directory) -> Called {
    let mut called = Called::new();
    for user in directory.users.values() {
        let name = user.user_principal_name.to_ascii_lowercase();
        let account = called.entry(name);
        account
            .and_modify(|account| *account = None)
            .or_insert(Some(user.id));
    }
    called
}

/// The draft, compiled as far as it is not what is in force. Compiling people takes longest, and they are
/// seldom what a draft changes.
fn drafted(now: &World, registry: &Registry, draft: &World) -> Registry {
    let tenants = draft.tenants.values().map(|tenant| {
        let before = now.tenants.get(&tenant.id).zip(registry.get(tenant.id));
        match before {
            Some((before, snapshot)) if std::ptr::eq(before, tenant) => snapshot.clone(),
            Some((before, snapshot)) if before.directory == tenant.directory => {
                snapshot.compile_settings(tenant)
            }
            _ => Snapshot::compile(tenant),
        }
    });
    Registry::new(tenants, &draft.suites, draft.both_sides_required)
}

fn directory(world: &World, tenant: TenantId) -> Option<&Directory> {
    world.tenant(tenant)?.directory.as_ref()
}
