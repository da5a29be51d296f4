//! A page of accounts: read from both tenants, judged by the law, and turned into a step.
//!
//! It is judged on the two directories as far as they matter: these accounts, the groups they may be
//! in, and the objects that stand for them. So a page costs the same in a small tenant and in a
//! large one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use policy::synchronization::{SyncAction, SyncOutcome, SyncRequest, synchronize};
use policy::target::UserId;
use policy::tenant::TenantId;
use policy::world::{Directory, External, Tenant, User, World};
use store::{
    Cycle, DirectoryAct, DirectoryChange, Held, Moment, MovedPeople, Person, Phase, Seen, Snapshot,
    SyncJob, SyncRun, SyncStep, UserDetails,
};

use super::end::{self, count, next_phase};
use super::row::{Row, audited};
use crate::people::user::{distinct_name, put};
use crate::state::App;

/// A page.
pub(super) struct Page<'a> {
    app: &'a App,
    job: &'a SyncJob,
    snapshot: &'a Snapshot,
    phase: Phase,
    cycle: Cycle,
    /// The accounts, in the order of their ids.
    pub(super) accounts: Vec<UserId>,
    /// Those that are there.
    users: BTreeMap<UserId, User>,
    /// Their objects at the target.
    objects: Vec<Person>,
    /// Whether there are no more.
    is_last: bool,
}

/// Who of a tenant has changed since then; `None`: nobody.
pub(super) async fn moved(
    app: &App,
    tenant: TenantId,
    since: &Seen,
) -> store::Result<Option<MovedPeople>> {
    let held = Held {
        revision: since.source,
        people: since.source_people,
    };
    let mut lacking = app.store.catch_up(&[(tenant, Some(held))]).await?;
    Ok(Some(lacking.people.remove(&tenant).unwrap_or_default()))
}

impl<'a> Page<'a> {
    /// The next page of a run.
    pub(super) async fn read(
        app: &'a App,
        job: &'a SyncJob,
        run: &SyncRun,
        snapshot: &'a Snapshot,
        limit: u32,
    ) -> store::Result<Self> {
        let mut page = Page {
            app,
            job,
            snapshot,
            phase: run.phase,
            cycle: run.cycle,
            accounts: Vec::new(),
            users: BTreeMap::new(),
            objects: Vec::new(),
            is_last: false,
        };
        match (run.cycle, run.phase) {
            (Cycle::Changes, _) => page.read_changes(run, limit).await?,
            (_, Phase::Accounts) => page.read_accounts(run, limit).await?,
            (_, Phase::Counting | Phase::Deleting) => page.read_objects(run, limit).await?,
        }
        Ok(page)
    }

    /// One account, whom somebody asked for.
    pub(super) async fn of(
        app: &'a App,
        job: &'a SyncJob,
        snapshot: &'a Snapshot,
        account: UserId,
    ) -> store::Result<Self> {
        let user = app.store.user(job.source, account).await?;
        Ok(Page {
            app,
            job,
            snapshot,
            phase: Phase::Accounts,
            cycle: Cycle::Initial,
            accounts: vec![account],
            users: user.into_iter().map(|user| (user.id, user)).collect(),
            objects: objects(app, job, &[account]).await?,
            is_last: true,
        })
    }

    async fn read_accounts(&mut self, run: &SyncRun, limit: u32) -> store::Result<()> {
        let users = self.app.store.users(self.job.source, run.after, limit);
        let users = users.await?;
        self.is_last = users.len() < limit as usize;
        self.accounts = users.iter().map(|user| user.id).collect();
        self.users = users.into_iter().map(|user| (user.id, user)).collect();
        self.objects = objects(self.app, self.job, &self.accounts).await?;
        Ok(())
    }

    async fn read_objects(&mut self, run: &SyncRun, limit: u32) -> store::Result<()> {
        let (store, job) = (&self.app.store, self.job);
        let objects = store.objects_from(job.target, job.source, run.after, limit);
        self.objects = objects.await?;
        self.is_last = self.objects.len() < limit as usize;
        let accounts: BTreeSet<UserId> = self.objects.iter().filter_map(account).collect();
        self.accounts = accounts.into_iter().collect();
        // Of several objects of one account, those on the next page belong to this one.
        if let Some(last) = self.accounts.last() {
            let more = store.objects_for(job.target, job.source, &[*last]).await?;
            self.objects.retain(|object| account(object) != Some(*last));
            self.objects.extend(more);
        }
        let users = store.persons_of(job.source, &self.accounts).await?;
        let users = users.into_iter().map(|person| person.user);
        self.users = users.map(|user| (user.id, user)).collect();
        Ok(())
    }

    async fn read_changes(&mut self, run: &SyncRun, limit: u32) -> store::Result<()> {
        let since = self.job.status.seen.unwrap_or_default();
        let moved = moved(self.app, self.job.source, &since).await?;
        let mut moved = moved.unwrap_or_default().users;
        moved.retain(|(id, _)| run.after.is_none_or(|after| *id > after));
        moved.sort_by_key(|(id, _)| *id);
        self.is_last = moved.len() <= limit as usize;
        moved.truncate(limit as usize);
        self.accounts = moved.iter().map(|(id, _)| *id).collect();
        let users = moved.into_iter().filter_map(|(_, resident)| resident);
        self.users = users.map(|one| (one.user.id, one.user)).collect();
        self.objects = objects(self.app, self.job, &self.accounts).await?;
        Ok(())
    }

    /// A page of nobody.
    pub(super) fn empty(app: &'a App, job: &'a SyncJob, snapshot: &'a Snapshot) -> Self {
        Page {
            app,
            job,
            snapshot,
            phase: Phase::Deleting,
            cycle: job
                .status
                .current
                .as_ref()
                .map_or(Cycle::Full, |run| run.cycle),
            accounts: Vec::new(),
            users: BTreeMap::new(),
            objects: Vec::new(),
            is_last: true,
        }
    }

    /// The same about these people.
    pub(super) fn with(&self, users: impl Iterator<Item = User>) -> Self {
        Page {
            users: users.map(|user| (user.id, user)).collect(),
            ..Page::empty(self.app, self.job, self.snapshot)
        }
    }

    /// The server.
    pub(super) fn app(&self) -> &'a App {
        self.app
    }

    /// Whose page it is.
    pub(super) fn job(&self) -> &'a SyncJob {
        self.job
    }

    /// Whether there are no more.
    pub(super) fn is_last(&self) -> bool {
        self.is_last
    }

    /// The account, if it is there.
    pub(super) fn user(&self, account: UserId) -> Option<&User> {
        self.users.get(&account)
    }

    /// Whether the log gets a row. What is current, and, when everybody is looked at again, who is
    /// left out again, is no news.
    pub(super) fn is_told(&self, action: SyncAction, changed: bool) -> bool {
        match action {
            SyncAction::Create | SyncAction::SoftDelete | SyncAction::Fail => true,
            SyncAction::Update => changed,
            SyncAction::Skip => self.cycle != Cycle::Full,
        }
    }

    /// Whether it is about one account.
    pub(super) fn is_single(&self) -> bool {
        self.accounts.len() == 1
    }

    /// Both tenants with those of their people that the judgment looks at.
    pub(super) async fn world(&self) -> store::Result<World> {
        let mut world = self.snapshot.world().clone();
        let sheet = self.app.effective.with(&[self.job.source]).await?;
        let known = sheet.get(self.job.source);
        let groups = known.and_then(|known| Some(known.tenant.directory.as_ref()?.groups.clone()));
        let from = Directory {
            users: self.users.clone().into_iter().collect(),
            groups: groups.unwrap_or_default(),
        };
        let objects = self.objects.iter().map(|person| person.user.clone());
        let into = Directory {
            users: objects.map(|user| (user.id, user)).collect(),
            groups: Default::default(),
        };
        for (id, directory) in [(self.job.source, from), (self.job.target, into)] {
            if let Some(tenant) = world.tenants.shared(&id) {
                let tenant = Tenant {
                    directory: Some(directory),
                    ..(*tenant).clone()
                };
                world.tenants.insert(id, Arc::new(tenant));
            }
        }
        Ok(world)
    }

    /// What is asked of the law about an account.
    pub(super) fn request(&self, account: UserId) -> SyncRequest {
        let settings = &self.job.settings;
        SyncRequest {
            source: self.job.source,
            target: self.job.target,
            user: account,
            scope: settings.scope.clone(),
            user_type: settings.user_type,
            apply_user_type_always: settings.apply_user_type_always,
            delete_in_target: settings.delete_in_target,
            new_object: UserId::from_u128(sts::random::guid().as_u128()),
        }
    }

    /// Judges every account, and writes down what follows for the phase of the run.
    pub(super) async fn judge(&self, step: &mut SyncStep, now: Moment) -> store::Result<()> {
        let world = self.world().await?;
        let mut doing = Doing::new(self, now);
        for account in &self.accounts {
            let outcome = synchronize(&world, &self.request(*account));
            let goes = outcome.action == SyncAction::SoftDelete;
            let gone = !self.users.contains_key(account);
            match self.phase {
                // Whoever is there is dealt with in the first phase, unless their object has to go.
                Phase::Accounts if goes || gone => {}
                Phase::Counting => {
                    if let (true, Some(run)) = (goes, &mut step.job.status.current) {
                        run.deletions += 1;
                    }
                }
                Phase::Deleting if !goes && !gone => {}
                Phase::Deleting if goes && self.is_too_many(step) => {
                    let deletions = step
                        .job
                        .status
                        .current
                        .as_ref()
                        .map(|run| run.counts.deleted);
                    doing.done(step);
                    end::quarantine(step, deletions.unwrap_or(0) + 1, now);
                    return Ok(());
                }
                Phase::Accounts | Phase::Deleting => doing.take(step, *account, outcome).await?,
            }
            if let Some(run) = &mut step.job.status.current {
                run.after = Some(*account);
            }
        }
        doing.done(step);
        if self.is_last {
            next_phase(step, now);
        }
        Ok(())
    }

    /// Whether one deletion more needs an administrator. Everything has been counted before, but
    /// things may have changed since.
    pub(super) fn is_too_many(&self, step: &SyncStep) -> bool {
        let status = &step.job.status;
        let deleted = status.current.as_ref().map_or(0, |run| run.counts.deleted);
        let most = step.job.settings.deletion_threshold.map(u64::from);
        !status.deletions_allowed && most.is_some_and(|most| deleted >= most)
    }

    /// Does what follows for the one account of the page, and says what that was.
    pub(super) async fn carry_out(
        &self,
        step: &mut SyncStep,
        now: Moment,
    ) -> store::Result<Option<SyncOutcome>> {
        let world = self.world().await?;
        let Some(account) = self.accounts.first() else {
            return Ok(None);
        };
        let outcome = synchronize(&world, &self.request(*account));
        let mut doing = Doing::new(self, now);
        doing.on_demand = true;
        let outcome = doing.act(step, *account, outcome).await?;
        doing.done(step);
        Ok(Some(outcome))
    }

    /// The one account of the page cannot be kept: that is written down, and the run goes on.
    pub(super) fn give_up(&self, step: &mut SyncStep, why: &str, now: Moment) {
        for account in &self.accounts {
            let row = Row::of_job(self.job, now).about(*account, self.users.get(account));
            step.rows
                .extend(row.failing(None, None, Some(why.to_owned())));
            count(step, SyncAction::Fail, false);
            if let Some(run) = &mut step.job.status.current {
                run.after = Some(*account);
            }
        }
        if self.is_last {
            next_phase(step, now);
        }
    }
}

/// The account an object stands for.
fn account(object: &Person) -> Option<UserId> {
    match object.user.external {
        Some(External::Tenant { home_user, .. }) => Some(home_user),
        _ => None,
    }
}

async fn objects(app: &App, job: &SyncJob, accounts: &[UserId]) -> store::Result<Vec<Person>> {
    let found = app.store.objects_for(job.target, job.source, accounts);
    found.await
}

/// What a page does, as it comes together.
struct Doing<'a> {
    page: &'a Page<'a>,
    now: Moment,
    acts: Vec<DirectoryAct>,
    records: Vec<store::AuditRecord>,
    /// Names of objects that this page makes.
    names: BTreeSet<String>,
    on_demand: bool,
}

impl<'a> Doing<'a> {
    fn new(page: &'a Page<'a>, now: Moment) -> Self {
        Doing {
            page,
            now,
            acts: Vec::new(),
            records: Vec::new(),
            names: BTreeSet::new(),
            on_demand: false,
        }
    }

    async fn take(
        &mut self,
        step: &mut SyncStep,
        account: UserId,
        outcome: SyncOutcome,
    ) -> store::Result<()> {
        self.act(step, account, outcome).await.map(drop)
    }

    /// Does what the law says for an account; gives back what has become of its object.
    async fn act(
        &mut self,
        step: &mut SyncStep,
        account: UserId,
        mut outcome: SyncOutcome,
    ) -> store::Result<SyncOutcome> {
        let before = outcome.object.as_ref().and_then(|object| {
            let mut objects = self.page.objects.iter();
            objects.find(|person| person.user.id == object.id)
        });
        let after = match (outcome.action, &mut outcome.object) {
            (SyncAction::Create, Some(object)) => {
                self.own_name(object).await?;
                Some(Person {
                    user: object.clone(),
                    details: UserDetails {
                        created: Some(self.now),
                        state_changed: Some(self.now),
                        ..UserDetails::default()
                    },
                    version: store::Revision(1),
                })
            }
            (SyncAction::Update, Some(object)) => before.map(|before| Person {
                user: object.clone(),
                ..before.clone()
            }),
            _ => None,
        };
        let changed = after.as_ref() != before;
        match (outcome.action, &after, before) {
            (SyncAction::Create, Some(after), _) => self.acts.push(put(after, None)),
            (SyncAction::Update, Some(after), Some(before)) if changed => {
                self.acts.push(put(after, Some(before.version)));
            }
            (SyncAction::SoftDelete, _, Some(before)) => {
                self.acts.push(DirectoryAct::RetireUser {
                    id: before.user.id,
                    expected: before.version,
                    when: self.now,
                });
            }
            _ => {}
        }
        if changed {
            let job = self.page.job;
            let entry = audited(job, outcome.action, before, after.as_ref(), self.now);
            self.records.extend(entry);
        }
        if self.on_demand || self.page.is_told(outcome.action, changed) {
            let row = Row::of_job(self.page.job, self.now);
            let row = row.about(account, self.page.users.get(&account));
            let row = if self.on_demand { row.on_demand() } else { row };
            let before = before.map(|person| &person.user);
            step.rows.push(row.saying(&outcome, before));
        }
        count(step, outcome.action, changed);
        Ok(outcome)
    }

    /// The name that is made of an address may be another object's.
    async fn own_name(&mut self, object: &mut User) -> store::Result<()> {
        let name = object.user_principal_name.to_lowercase();
        let (store, target) = (&self.page.app.store, self.page.job.target);
        let others = store.persons_by_address(target, &name).await?;
        let taken = |other: &Person| other.user.user_principal_name.to_lowercase() == name;
        if (others.iter().any(taken) || self.names.contains(&name))
            && let Some(own) = distinct_name(&object.user_principal_name, object.id)
        {
            object.user_principal_name = own;
        }
        self.names.insert(object.user_principal_name.to_lowercase());
        Ok(())
    }

    /// Everything that has come together belongs to the step.
    fn done(&mut self, step: &mut SyncStep) {
        let Page { job, snapshot, .. } = self.page;
        if let Some(run) = &mut step.job.status.current {
            let people = snapshot.version(job.target).map(|version| version.people());
            run.disturbed |= people.is_some_and(|people| people != run.seen.target_people);
        }
        if self.acts.is_empty() {
            return;
        }
        let acts = std::mem::take(&mut self.acts);
        let records = std::mem::take(&mut self.records);
        let change = DirectoryChange::new(job.target, acts, records);
        let change = change.relying_on(snapshot, job.target);
        step.change = Some(change.relying_on_settings(snapshot, job.source));
    }
}
