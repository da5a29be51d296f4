//! The settings in force, in memory: what decisions look at.
//!
//! A tenant is loaded when it is first asked about, compiled, and replaced when a commit lands, ours
//! or another replica's. All tenants that are loaded lie on one [`Sheet`], and a sheet is of one
//! moment: whoever takes one sees both sides of a question as they were together. Nobody who decides
//! waits for a lock or for the database.
//!
//! When the database cannot be reached, the last sheet stays in force, and [`Effective::age`] says
//! how old it may be.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::{ArcSwap, Guard};
use jiff::Timestamp;
use policy::compiled::Registry;
use policy::target::UserId;
use policy::tenant::TenantId;
use policy::world::{External, World};
use quick_cache::sync::Cache;
use store::{AuditedChange, CatchUp, Held, Moment, Moved, Revision, Sequence, Snapshot, Store};
use tokio::sync::{Mutex, Notify};

use crate::clock::Clock;
use crate::known::{self, Known};

/// How many unknown tenants are remembered as such.
const STRANGERS: usize = 100_000;
/// How long a commit waits for those of this process that were written before it, until it is read
/// back instead.
const OTHERS: Duration = Duration::from_millis(10);
/// Over how many shelves the tenants are spread: a commit copies one of them.
const SHELVES: usize = 256;

type Shelf = Arc<HashMap<TenantId, Known>>;

/// Everything in force at one moment.
pub(crate) struct Sheet {
    /// For fast answers.
    pub(crate) registry: Registry,
    shelves: Box<[Shelf]>,
    /// What the tenants share; it has no tenants.
    facts: World,
    facts_revision: Revision,
    /// Every write up to here is on the sheet.
    pub(crate) until: Sequence,
}

impl Sheet {
    fn empty() -> Self {
        let facts = World::default();
        Sheet {
            registry: Registry::of(&facts),
            shelves: vec![Arc::default(); SHELVES].into(),
            facts,
            facts_revision: Revision(0),
            until: Sequence(0),
        }
    }

    /// The tenant, if it is loaded.
    pub(crate) fn get(&self, id: TenantId) -> Option<&Known> {
        self.shelves.get(shelf(id))?.get(&id)
    }

    /// When the sessions of that user were ended, if they ever were.
    pub(crate) fn revoked(&self, tenant: TenantId, user: UserId) -> Option<Moment> {
        self.get(tenant)?.revoked.get(&user).copied()
    }

    /// For a guest from another tenant: that tenant, and the account there.
    pub(crate) fn home_of(&self, tenant: TenantId, user: UserId) -> Option<(TenantId, UserId)> {
        let directory = self.get(tenant)?.tenant.directory.as_ref()?;
        match directory.users.get(&user)?.external {
            Some(External::Tenant {
                home_tenant,
                home_user,
            }) => Some((home_tenant, home_user)),
            _ => None,
        }
    }

    /// A world of these tenants, as far as they are known.
    pub(crate) fn world(&self, tenants: &[TenantId]) -> World {
        let mut world = self.facts.clone();
        let known = tenants.iter().filter_map(|id| self.get(*id));
        for known in known {
            world
                .tenants
                .insert(known.tenant.id, Arc::clone(&known.tenant));
        }
        world
    }

    /// How many tenants are loaded.
    pub(crate) fn len(&self) -> usize {
        self.shelves.iter().map(|shelf| shelf.len()).sum()
    }

    /// The next sheet: with what was lacking of these tenants.
    fn with(&self, read: &CatchUp, until: Sequence) -> Sheet {
        let mut registry = self.registry.clone();
        let mut shelves = self.shelves.clone();
        let (mut facts, mut facts_revision) = (self.facts.clone(), self.facts_revision);
        let settings = &read.settings;
        if settings.facts() > self.facts_revision {
            facts = settings.world().clone();
            facts.tenants = Default::default();
            facts_revision = settings.facts();
            registry = registry
                .with_suites(&facts.suites)
                .with_both_sides_required(facts.both_sides_required);
        }
        let moved: BTreeSet<&TenantId> = settings
            .world()
            .tenants
            .keys()
            .chain(read.people.keys())
            .collect();
        for id in moved {
            let last = self.get(*id).zip(registry.get(*id));
            let Some((known, compiled)) = known::next(last, *id, read) else {
                continue;
            };
            registry = registry.with(compiled);
            if let Some(shelf) = shelves.get_mut(shelf(*id)) {
                Arc::make_mut(shelf).insert(*id, known);
            }
        }
        Sheet {
            registry,
            shelves,
            facts,
            facts_revision,
            until,
        }
    }
}

fn shelf(id: TenantId) -> usize {
    // The last bits of a GUID differ even among ids somebody made up by counting.
    (id.as_u128() % SHELVES as u128) as usize
}

/// The settings in force.
pub(crate) struct Effective {
    store: Arc<dyn Store>,
    clock: Clock,
    sheet: ArcSwap<Sheet>,
    /// Tenants that the store did not know when it was asked; see `refresh`.
    strangers: Cache<TenantId, ()>,
    /// Whoever makes the next sheet holds it. What commits have left whose turn has not come.
    reading: Mutex<BTreeMap<Sequence, CatchUp>>,
    /// Wakes whoever waits for their turn.
    moved: Notify,
    /// When the sheet was last known to be current, in milliseconds since 1970.
    fresh: AtomicI64,
    /// How many commits of this process will put what they leave onto the sheet.
    commits: AtomicU64,
}

/// A sheet that was made before its write was kept.
pub(crate) struct Ahead {
    base: Arc<Sheet>,
    next: Arc<Sheet>,
}

/// A commit of this process, until what it has left is on the sheet.
pub(crate) struct UnderWay<'a>(&'a AtomicU64);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Effective {
    pub(crate) fn new(store: Arc<dyn Store>, clock: Clock) -> Self {
        Effective {
            store,
            clock,
            sheet: ArcSwap::from_pointee(Sheet::empty()),
            strangers: Cache::new(STRANGERS),
            reading: Mutex::default(),
            moved: Notify::new(),
            fresh: AtomicI64::new(i64::MIN),
            commits: AtomicU64::new(0),
        }
    }

    /// The sheet in force. It does not change while it is held.
    pub(crate) fn sheet(&self) -> Guard<Arc<Sheet>> {
        self.sheet.load()
    }

    /// The sheet in force, if it says of these tenants what anybody knows of them.
    pub(crate) fn at_hand(&self, tenants: &[TenantId]) -> Option<Guard<Arc<Sheet>>> {
        let sheet = self.sheet.load();
        // Where it is looked up for the decision, so that memory is waited for once.
        let here =
            |id: &TenantId| sheet.registry.get(*id).is_some() || self.strangers.get(id).is_some();
        // The facts come with the first sheet that was read.
        let read = self.fresh.load(Ordering::Relaxed) != i64::MIN;
        (read && tenants.iter().all(here)).then_some(sheet)
    }

    /// The sheet in force, with these tenants on it as far as anybody knows them.
    pub(crate) async fn with(&self, tenants: &[TenantId]) -> store::Result<Guard<Arc<Sheet>>> {
        if let Some(sheet) = self.at_hand(tenants) {
            return Ok(sheet);
        }
        // Boxed, so that whoever finds everything here does not carry the reading along.
        Box::pin(self.refresh(tenants)).await?;
        Ok(self.sheet.load())
    }

    /// What is in memory of these tenants, without their people: to judge a write on before the
    /// store is asked. Whether it still holds, the commit finds out.
    pub(crate) async fn snapshot(&self, tenants: &[TenantId]) -> store::Result<Snapshot> {
        let sheet = self.with(tenants).await?;
        let known = tenants.iter().filter_map(|id| sheet.get(*id));
        let facts = (sheet.facts.clone(), sheet.facts_revision);
        Ok(Snapshot::remembered(
            facts,
            sheet.until,
            known.map(Known::settings),
        ))
    }

    /// Says that a commit begins, which will be followed.
    pub(crate) fn committing(&self) -> UnderWay<'_> {
        self.commits.fetch_add(1, Ordering::Relaxed);
        UnderWay(&self.commits)
    }

    /// How many commits of this process are about to be followed.
    pub(crate) fn commits_under_way(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// The next sheet, if that change is the next write: made while the store is still at it. `None`
    /// when others are on their way, too.
    pub(crate) fn ahead(&self, change: &AuditedChange) -> Option<Ahead> {
        if self.commits_under_way() > 1 {
            return None;
        }
        let base = self.sheet.load_full();
        let until = base.until.next();
        let next = Arc::new(base.with(&change.left(until)?, until));
        Some(Ahead { base, next })
    }

    /// Puts what a commit of this process has left onto the sheet, after those that were written
    /// before it. `false` when it has to be read.
    pub(crate) async fn follow(
        &self,
        change: &AuditedChange,
        until: Sequence,
        ahead: Option<Ahead>,
        asked: Timestamp,
    ) -> bool {
        let mut early = self.reading.lock().await;
        let sheet = self.sheet.load_full();
        if until <= sheet.until {
            return true;
        }
        let is_next = until == sheet.until.next();
        let mut sheet = match ahead {
            Some(Ahead { base, next }) if is_next && Arc::ptr_eq(&base, &sheet) => next,
            _ => {
                let Some(left) = change.left(until) else {
                    return false;
                };
                if !is_next {
                    early.insert(until, left);
                    drop(early);
                    return self.reaches(until).await;
                }
                Arc::new(sheet.with(&left, until))
            }
        };
        while let Some(first) = early.first_entry() {
            let next = sheet.until.next();
            if *first.key() > next {
                break;
            }
            let (until, left) = first.remove_entry();
            if until == next {
                sheet = Arc::new(sheet.with(&left, until));
            }
        }
        self.sheet.store(sheet);
        self.fresh
            .fetch_max(asked.as_millisecond(), Ordering::Relaxed);
        self.moved.notify_waiters();
        true
    }

    /// Waits until the sheet is as far as that write, where commits of this process may bring it there.
    /// `false`: it has to be read.
    pub(crate) async fn reaches(&self, until: Sequence) -> bool {
        let lacking = until.0.saturating_sub(self.sheet.load().until.0);
        if lacking > self.commits_under_way() {
            return false;
        }
        let arrives = async {
            loop {
                let moved = self.moved.notified();
                if until <= self.sheet.load().until {
                    return;
                }
                moved.await;
            }
        };
        tokio::time::timeout(OTHERS, arrives).await.is_ok()
    }

    /// How old what is in force may be, in milliseconds; `None` before anything was read.
    pub(crate) fn age(&self) -> Option<i64> {
        self.age_at(self.clock.now())
    }

    /// The same, at a time that was looked up already.
    pub(crate) fn age_at(&self, now: Timestamp) -> Option<i64> {
        let fresh = self.fresh.load(Ordering::Relaxed);
        let now = now.as_millisecond();
        (fresh != i64::MIN).then(|| now.saturating_sub(fresh).max(0))
    }

    /// Brings the sheet up to what has been committed, and loads these tenants.
    ///
    /// A sheet is of one moment: when something that lies on it was committed while others were
    /// read, it is read again together with them.
    pub(crate) async fn refresh(&self, wanted: &[TenantId]) -> store::Result<()> {
        let _reading = self.reading.lock().await;
        let asked = self.clock.now().as_millisecond();
        let sheet = self.sheet.load_full();
        let wanted = wanted.iter().copied();
        let mut ids: BTreeSet<TenantId> = wanted.filter(|id| sheet.get(*id).is_none()).collect();
        let moved = self.store.moved_since(sheet.until).await?;
        self.concerned(&sheet, &moved, &mut ids);
        let facts = moved.facts.is_some() || self.age().is_none();
        let mut until = moved.until;
        let read = loop {
            if ids.is_empty() && !facts {
                break None;
            }
            let held = |id: &TenantId| (*id, sheet.get(*id).map(Known::held));
            let list: Vec<(TenantId, Option<Held>)> = ids.iter().map(held).collect();
            let read = self.store.catch_up(&list).await?;
            if read.settings.sequence() <= until {
                break Some(read);
            }
            // Somebody wrote in between: whatever else lies on the sheet is read again as well.
            // What was read too early stays due, because `until` stays behind it.
            let later = self.store.moved_since(until).await?;
            if !self.concerned(&sheet, &later, &mut ids) {
                break Some(read);
            }
            until = later.until;
        };
        if let Some(read) = &read {
            let read = read.settings.world();
            let known = |id: &TenantId| sheet.get(*id).is_some() || read.tenant(*id).is_some();
            let unknown = ids.iter().filter(|id| !known(id));
            unknown.for_each(|id| self.strangers.insert(*id, ()));
        }
        self.put(&sheet, read.as_ref(), until);
        self.fresh.store(asked, Ordering::Relaxed);
        self.moved.notify_waiters();
        Ok(())
    }

    /// Adds the tenants on the sheet that have moved; whether there was a new one among them.
    fn concerned(&self, sheet: &Sheet, moved: &Moved, ids: &mut BTreeSet<TenantId>) -> bool {
        let known = ids.len();
        for moved in &moved.tenants {
            self.strangers.remove(&moved.tenant);
            if sheet.get(moved.tenant).is_some() {
                ids.insert(moved.tenant);
            }
        }
        ids.len() > known
    }

    fn put(&self, sheet: &Sheet, read: Option<&CatchUp>, until: Sequence) {
        let next = match read {
            Some(read) => sheet.with(read, until),
            None if until == sheet.until => return,
            None => Sheet {
                registry: sheet.registry.clone(),
                shelves: sheet.shelves.clone(),
                facts: sheet.facts.clone(),
                facts_revision: sheet.facts_revision,
                until,
            },
        };
        self.sheet.store(Arc::new(next));
    }
}
