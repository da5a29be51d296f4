//! Cross-tenant synchronization, running (S12): jobs whose time has come are run, a page of people
//! at a time, until they are done.
//!
//! Fabrikam pushes its people to Contoso every forty minutes. Whichever replica looks first takes
//! the job, by writing into it until when it is its own, and goes through Fabrikam's accounts; each
//! page is judged by the law on both tenants' settings as they are then, and kept in one
//! transaction with the place where the run goes on. A replica that dies leaves the job to whoever
//! looks after the lease is over.
//!
//! Nothing is deleted before everything that would be deleted has been counted: a mistake in the
//! scope must not empty a directory.

mod elsewhere;
pub(crate) mod end;
pub(crate) mod on_demand;
pub(crate) mod page;
pub(crate) mod remote;
pub(crate) mod row;
pub(crate) mod wire;

use std::collections::VecDeque;
use std::time::Duration;

use policy::synchronization::may_run;
use policy::tenant::TenantId;
use store::{Cycle, Moment, Phase, Reach, Seen, Snapshot, SyncCounts, SyncJob, SyncRun, SyncStep};
use uuid::Uuid;

use self::page::Page;
use crate::clock::moment;
use crate::state::App;

/// How often somebody looks for jobs whose time has come.
const POLL: Duration = Duration::from_secs(1);
/// How long a replica that does not report any more keeps others from going on.
const LEASE: Duration = Duration::from_secs(60);
/// How many jobs a replica has under way at once.
const JOBS: u32 = 16;
/// How many accounts one step deals with.
const PAGE: u32 = 200;
/// How often a page is judged again because somebody changed what it was judged on.
const TRIES: usize = 16;
const MINUTE: i128 = 60 * 1_000_000_000;

/// That much later.
pub(crate) fn later(now: Moment, nanoseconds: i128) -> Moment {
    Moment::from_nanoseconds(now.as_nanoseconds() + nanoseconds)
}

/// Runs jobs.
pub struct Synchronizer {
    app: App,
    /// Names this replica in the jobs it has.
    holder: Uuid,
    page: u32,
    active: VecDeque<SyncJob>,
}

/// What became of an attempt to write a step.
enum Written {
    /// It is kept, and the job stands like that.
    Kept(Box<SyncJob>),
    /// Somebody changed what it was judged on.
    Again,
    /// The job is another's, or gone.
    Lost,
    /// What one of the accounts says cannot be kept.
    Unkeepable(String),
}

impl Synchronizer {
    /// One that has no job yet.
    pub fn new(app: App) -> Self {
        Synchronizer {
            app,
            holder: sts::random::guid(),
            page: PAGE,
            active: VecDeque::new(),
        }
    }

    /// With so many accounts in one step.
    pub fn with_page(mut self, accounts: u32) -> Self {
        self.page = accounts.max(1);
        self
    }

    /// Takes jobs whose time has come, and does the next step of one. `false`: there is nothing to
    /// do.
    ///
    /// # Errors
    ///
    /// When the store cannot be used; what had been done stands, and the job goes on later.
    pub async fn step(&mut self) -> store::Result<bool> {
        self.take_due().await?;
        let Some(job) = self.active.pop_front() else {
            return Ok(false);
        };
        let next = self.advance(job).await?;
        self.active.extend(next.filter(|job| self.holds(job)));
        Ok(true)
    }

    fn holds(&self, job: &SyncJob) -> bool {
        let current = job.status.current.as_ref();
        current.is_some_and(|run| run.holder == self.holder) && job.due.is_some()
    }

    fn now(&self) -> Moment {
        moment(self.app.clock.now())
    }

    fn lease_end(&self) -> Moment {
        let length = i128::try_from(LEASE.as_nanos()).unwrap_or(0);
        later(self.now(), length)
    }

    async fn take_due(&mut self) -> store::Result<()> {
        let room = usize::try_from(JOBS).unwrap_or(usize::MAX);
        if self.active.len() >= room {
            return Ok(());
        }
        for job in self.app.store.due_sync_jobs(self.now(), JOBS).await? {
            let known = self.active.iter().any(|active| active.id == job.id);
            if known || self.active.len() >= room {
                continue;
            }
            if let Some(job) = self.take(job).await? {
                self.active.push_back(job);
            }
        }
        Ok(())
    }

    /// Makes a job this replica's, unless another was faster: goes on with a run that was left, or
    /// begins one.
    async fn take(&self, mut job: SyncJob) -> store::Result<Option<SyncJob>> {
        let run = match job.status.current.take() {
            Some(run) => SyncRun {
                holder: self.holder,
                ..run
            },
            None => self.begin(&job).await?,
        };
        job.status.current = Some(run);
        job.due = Some(self.lease_end());
        match self
            .app
            .store
            .write_sync_step(&SyncStep::of(job.clone()))
            .await
        {
            Ok((version, _)) => Ok(Some(SyncJob { version, ..job })),
            Err(store::Error::Conflict { .. } | store::Error::NotFound(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A run at its beginning.
    async fn begin(&self, job: &SyncJob) -> store::Result<SyncRun> {
        let snapshot = self.settings(job).await?;
        let seen = seen(&snapshot, job);
        // Only the people of the source may have changed for a run to look at the changes alone.
        let unmoved = |last: &Seen| {
            let last = Seen {
                source_people: seen.source_people,
                ..*last
            };
            last == seen
        };
        let cycle = match &job.status.seen {
            None => Cycle::Initial,
            // Who has come and gone at a target elsewhere is not seen from here.
            Some(_) if job.connection.is_some() => Cycle::Full,
            Some(last) if unmoved(last) && self.groups_stand(job, last).await? => Cycle::Changes,
            Some(_) => Cycle::Full,
        };
        Ok(SyncRun {
            id: sts::random::guid(),
            cycle,
            started: self.now(),
            phase: Phase::Accounts,
            after: None,
            deletions: 0,
            counts: SyncCounts::default(),
            seen,
            disturbed: false,
            holder: self.holder,
        })
    }

    /// Whether no group of the source has changed: who is in a group through another is not said by
    /// the people in it.
    async fn groups_stand(&self, job: &SyncJob, last: &Seen) -> store::Result<bool> {
        let moved = page::moved(&self.app, job.source, last).await?;
        Ok(moved.is_some_and(|moved| !moved.whole && moved.groups.is_empty()))
    }

    async fn settings(&self, job: &SyncJob) -> store::Result<Snapshot> {
        let tenants = [job.source, job.target];
        self.app.store.world(&tenants, Reach::Settings).await
    }

    /// The next step of a job. `None`: it is not this replica's any more.
    async fn advance(&self, job: SyncJob) -> store::Result<Option<SyncJob>> {
        let mut limit = self.page;
        let mut job = job;
        for _ in 0..TRIES {
            let written = {
                let _turn = self.app.writer(job.target).await;
                self.attempt(&job, limit).await?
            };
            match written {
                Written::Kept(job) => return Ok(Some(*job)),
                Written::Again => {}
                Written::Lost => match self.still_ours(&job).await? {
                    Some(current) => job = current,
                    None => return Ok(None),
                },
                // One by one it turns out whose it is.
                Written::Unkeepable(_) => limit = 1,
            }
        }
        // Others write all the time: the job is looked at again when the lease is over.
        Ok(None)
    }

    /// The job as it is now, if it goes on here: somebody may have written into it without taking
    /// it away.
    async fn still_ours(&self, job: &SyncJob) -> store::Result<Option<SyncJob>> {
        let found = self.app.store.sync_job(job.source, job.id).await?;
        Ok(found.filter(|found| found.version != job.version && self.holds(found)))
    }

    async fn attempt(&self, job: &SyncJob, limit: u32) -> store::Result<Written> {
        let Some(run) = &job.status.current else {
            return Ok(Written::Lost);
        };
        let snapshot = self.settings(job).await?;
        if job.connection.is_some() && self.directories_known(job).await? {
            let now = self.now();
            let mut step = elsewhere::step(&self.app, job, &snapshot, limit, now).await?;
            if step.job.status.current.is_some() && step.job.status.quarantine.is_none() {
                step.job.due = Some(self.lease_end());
            }
            return write(&self.app, step).await;
        }
        let mut step = SyncStep::of(job.clone());
        step.job.due = Some(self.lease_end());
        let refused = match may_run(snapshot.world(), job.source, job.target) {
            Err((reason, side)) => Some((reason, side)),
            Ok(()) if self.directories_known(job).await? => None,
            Ok(()) => Some((policy::reason::Reason::NotHosted, None)),
        };
        if let Some(refused) = refused {
            end::failed(&mut step, refused, self.now());
            return write(&self.app, step).await;
        }
        let page = Page::read(&self.app, job, run, &snapshot, limit).await?;
        page.judge(&mut step, self.now()).await?;
        let is_single = page.is_single();
        match write(&self.app, step).await? {
            // It is this account that cannot be kept.
            Written::Unkeepable(why) if is_single => {
                let mut step = SyncStep::of(job.clone());
                step.job.due = Some(self.lease_end());
                page.give_up(&mut step, &why, self.now());
                write(&self.app, step).await
            }
            written => Ok(written),
        }
    }

    /// Whether anything is known of the people of both (S25.2): nobody is deleted for what is not.
    async fn directories_known(&self, job: &SyncJob) -> store::Result<bool> {
        let target = job.connection.is_none().then_some(job.target);
        for tenant in std::iter::once(job.source).chain(target) {
            let row = self.app.store.tenant(tenant).await?;
            if !row.is_some_and(|row| row.directory_known) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Writes a step; decisions see it before this returns.
async fn write(app: &App, step: SyncStep) -> store::Result<Written> {
    match app.store.write_sync_step(&step).await {
        Ok((version, sequence)) => {
            let mut job = SyncJob {
                version,
                ..step.job
            };
            if let Some(sequence) = sequence {
                if let Some(run) = &mut job.status.current {
                    run.seen.target_people = sequence;
                }
                if let Err(error) = app.effective.refresh(&[]).await {
                    tracing::warn!(error = %error, "a change of a directory could not be read back");
                }
            }
            Ok(Written::Kept(Box::new(job)))
        }
        Err(store::Error::Conflict {
            of: store::Subject::SyncJob(_),
            ..
        })
        | Err(store::Error::NotFound(_)) => Ok(Written::Lost),
        Err(store::Error::Conflict { .. }) => Ok(Written::Again),
        Err(error @ (store::Error::Unkeepable { .. } | store::Error::Taken(_))) => {
            Ok(Written::Unkeepable(error.to_string()))
        }
        Err(error) => Err(error),
    }
}

/// Up to where this reading of both has seen them.
fn seen(snapshot: &Snapshot, job: &SyncJob) -> Seen {
    let stands = |tenant: TenantId| {
        let version = snapshot.version(tenant);
        version.map(|version| (version.revision(), version.people()))
    };
    let (source, source_people) = stands(job.source).unwrap_or_default();
    let (target, target_people) = stands(job.target).unwrap_or_default();
    Seen {
        source,
        source_people,
        target,
        target_people,
    }
}

impl App {
    /// Runs jobs of synchronization for as long as the server runs.
    pub async fn synchronize(self) {
        let mut synchronizer = Synchronizer::new(self);
        loop {
            match synchronizer.step().await {
                Ok(true) => {}
                Ok(false) => tokio::time::sleep(POLL).await,
                Err(error) => {
                    let cause = std::error::Error::source(&error).map(ToString::to_string);
                    tracing::warn!(
                        error = %error,
                        cause = cause.unwrap_or_default(),
                        "a job of synchronization could not go on; it is tried again"
                    );
                    tokio::time::sleep(POLL).await;
                }
            }
        }
    }
}
