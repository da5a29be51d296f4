//! Steps of a job whose target lives elsewhere. The source's side of every account is judged here,
//! the target's side there; what is done there is done account by account, and doing it again
//! changes nothing.

use std::sync::Arc;

use policy::reason::{Reason, Side};
use policy::synchronization::{Push, SyncAction, SyncOutcome, may_push, push, removed};
use policy::target::UserId;
use policy::world::{User, World};
use store::{Moment, Phase, Snapshot, SyncJob, SyncStep};

use super::end::{self, count, next_phase};
use super::page::Page;
use super::remote::{Remote, RemoteError, RemoteObject};
use super::row::Row;
use crate::state::App;

/// How many accounts one step deals with: each is asked about there.
const PAGE: u32 = 25;

/// What stops a step: the target cannot be asked, or refuses everybody.
enum Stop {
    Problem(String),
    Refused(Reason, Option<Side>),
}

impl From<RemoteError> for Stop {
    fn from(error: RemoteError) -> Self {
        match error {
            RemoteError::Unreachable(problem) => Stop::Problem(problem),
            RemoteError::Refused {
                reason: Some(reason),
                ..
            } => Stop::Refused(reason, Some(Side::Target)),
            RemoteError::Refused { message, .. } => Stop::Problem(message),
        }
    }
}

/// Whether the target refuses the job as a whole, and not one account (S12.2, S12.4).
const fn is_of_job(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::SyncInboundNotAllowed
            | Reason::SyncAutoRedemptionMissing
            | Reason::SyncCrossCloudUnsupported
            | Reason::SyncCloudUnsupported
            | Reason::NotHosted
    )
}

/// The next step of a run.
pub(super) async fn step(
    app: &App,
    job: &SyncJob,
    snapshot: &Snapshot,
    limit: u32,
    now: Moment,
) -> store::Result<SyncStep> {
    let mut step = SyncStep::of(job.clone());
    let Some(run) = &job.status.current else {
        return Ok(step);
    };
    if let Err(refused) = may_push(snapshot.world(), job.source, job.target) {
        end::failed(&mut step, refused, now);
        return Ok(step);
    }
    let page = match run.phase {
        Phase::Accounts => Page::read(app, job, run, snapshot, limit.min(PAGE)).await?,
        Phase::Counting | Phase::Deleting => Page::empty(app, job, snapshot),
    };
    let done = Elsewhere::enter(app, &page, now).await;
    let done = match done {
        Ok(elsewhere) => match run.phase {
            Phase::Accounts => elsewhere.accounts(&mut step).await,
            phase => elsewhere.objects(&mut step, phase).await,
        },
        Err(stop) => Ok(Err(stop)),
    };
    match done? {
        Ok(()) => {}
        Err(Stop::Problem(problem)) => end::gave_up(&mut step, problem, now),
        Err(Stop::Refused(reason, side)) => end::failed(&mut step, (reason, side), now),
    }
    Ok(step)
}

/// One account, because somebody asked for it.
pub(super) async fn one(
    app: &App,
    job: &SyncJob,
    snapshot: &Snapshot,
    account: UserId,
    step: &mut SyncStep,
    now: Moment,
) -> store::Result<Result<SyncOutcome, String>> {
    if let Err((reason, side)) = may_push(snapshot.world(), job.source, job.target) {
        return Ok(Ok(failing(reason, side)));
    }
    let page = Page::of(app, job, snapshot, account).await?;
    let outcome = match Elsewhere::enter(app, &page, now).await {
        Err(stop) => Err(stop),
        Ok(elsewhere) => {
            let world = page.world().await?;
            elsewhere.account(&world, account, true).await
        }
    };
    let outcome = match outcome {
        Ok((outcome, before)) => {
            let row = Row::of_job(job, now).on_demand();
            let row = row.about(account, page.user(account));
            step.rows.push(row.saying(&outcome, before.as_ref()));
            outcome
        }
        Err(Stop::Refused(reason, side)) => failing(reason, side),
        Err(Stop::Problem(problem)) => return Ok(Err(problem)),
    };
    Ok(Ok(outcome))
}

fn failing(reason: Reason, side: Option<Side>) -> SyncOutcome {
    SyncOutcome {
        side,
        ..SyncOutcome::failing(reason)
    }
}

/// A target that has let us in.
struct Elsewhere<'a> {
    page: &'a Page<'a>,
    remote: Arc<Remote>,
    now: Moment,
}

impl<'a> Elsewhere<'a> {
    async fn enter(app: &App, page: &'a Page<'a>, now: Moment) -> Result<Self, Stop> {
        let Some(connection) = &page.job().connection else {
            return Err(Stop::Problem("the job has no connection".to_owned()));
        };
        Ok(Elsewhere {
            page,
            remote: Arc::new(Remote::enter(app, connection).await?),
            now,
        })
    }

    /// Makes the objects of the accounts of a page, and keeps them current.
    async fn accounts(&self, step: &mut SyncStep) -> store::Result<Result<(), Stop>> {
        let world = self.page.world().await?;
        for account in &self.page.accounts {
            let (outcome, before) = match self.account(&world, *account, false).await {
                Ok(done) => done,
                Err(stop) => return Ok(Err(stop)),
            };
            // What has to go waits for its phase.
            if outcome.action != SyncAction::SoftDelete {
                self.tell(step, *account, &outcome, before.as_ref());
            }
            if let Some(run) = &mut step.job.status.current {
                run.after = Some(*account);
            }
        }
        if self.page.is_last() {
            next_phase(step, self.now);
        }
        Ok(Ok(()))
    }

    /// Counts what has to go, or deletes it.
    async fn objects(&self, step: &mut SyncStep, phase: Phase) -> store::Result<Result<(), Stop>> {
        let all = match self.remote.all().await {
            Ok(all) => all,
            Err(error) => return Ok(Err(error.into())),
        };
        let (app, job) = (self.page.app(), self.page.job());
        let accounts: Vec<UserId> = all.iter().map(|object| object.account).collect();
        let users = app.store.persons_of(job.source, &accounts).await?;
        let page = self.page.with(users.into_iter().map(|person| person.user));
        let world = page.world().await?;
        for object in &all {
            let wanted = push(&world, &page.request(object.account), false);
            let Push::Remove(reason) = wanted else {
                continue;
            };
            let outcome = self.removal(object, reason);
            match (phase, outcome.action) {
                (Phase::Counting, SyncAction::SoftDelete) => {
                    if let Some(run) = &mut step.job.status.current {
                        run.deletions += 1;
                    }
                }
                (Phase::Deleting, SyncAction::SoftDelete) => {
                    if page.is_too_many(step) {
                        let deleted = step.job.status.current.as_ref();
                        let deleted = deleted.map_or(0, |run| run.counts.deleted);
                        end::quarantine(step, deleted + 1, self.now);
                        return Ok(Ok(()));
                    }
                    match self.remote.delete(object).await {
                        Ok(()) => self.tell(step, object.account, &outcome, None),
                        Err(error) => return Ok(Err(error.into())),
                    }
                }
                (Phase::Deleting, _) if page.user(object.account).is_none() => {
                    self.tell(step, object.account, &outcome, None);
                }
                _ => {}
            }
        }
        next_phase(step, self.now);
        Ok(Ok(()))
    }

    fn removal(&self, object: &RemoteObject, reason: Reason) -> SyncOutcome {
        let deletes = self.page.job().settings.delete_in_target;
        let mut outcome = removed(object.is_managed, deletes, reason);
        outcome.object = Some(shown(object));
        outcome
    }

    /// What becomes of one account, and what its object was before.
    async fn account(
        &self,
        world: &World,
        account: UserId,
        removes: bool,
    ) -> Result<(SyncOutcome, Option<User>), Stop> {
        let request = self.page.request(account);
        let wanted = push(world, &request, false);
        if let Push::Leave(outcome) = wanted {
            return Ok((*outcome, None));
        }
        let found = self.remote.find(account).await?;
        let before = found.as_ref().map(shown);
        let described = match (wanted, &found) {
            (Push::Put(described), Some(_)) => described,
            // One that has to be made passes the source's own gate as well.
            (Push::Put(_), None) => match push(world, &request, true) {
                Push::Put(described) => described,
                Push::Leave(outcome) => return Ok((*outcome, None)),
                Push::Remove(reason) => return Ok((removed(false, true, reason), None)),
            },
            (Push::Remove(reason), Some(object)) => {
                let outcome = self.removal(object, reason);
                if removes && outcome.action == SyncAction::SoftDelete {
                    self.remote.delete(object).await?;
                }
                return Ok((outcome, before));
            }
            (Push::Remove(reason), None) => return Ok((removed(false, true, reason), None)),
            (Push::Leave(outcome), _) => return Ok((*outcome, None)),
        };
        let (user_type, always) = (request.user_type, request.apply_user_type_always);
        let current = found.as_ref().is_some_and(|object| {
            object.enabled == described.enabled
                && (described.display_name.is_none()
                    || object.display_name == described.display_name)
                && (!always || object.user_type == user_type)
        });
        let done = match &found {
            Some(object) if current => Ok(object.clone()),
            object => {
                self.remote
                    .put(object.as_ref(), &described, user_type, always)
                    .await
            }
        };
        match done {
            Ok(object) => {
                let mut outcome = match found {
                    Some(_) => SyncOutcome::of(SyncAction::Update, Reason::SyncUpdated),
                    None => SyncOutcome::of(SyncAction::Create, Reason::SyncCreated),
                };
                outcome.object = Some(shown(&object));
                Ok((outcome, before))
            }
            // One account that is refused does not stop the others.
            Err(RemoteError::Refused {
                reason: Some(reason),
                ..
            }) if !is_of_job(reason) => Ok((failing(reason, Some(Side::Target)), before)),
            Err(error) => Err(error.into()),
        }
    }

    fn tell(
        &self,
        step: &mut SyncStep,
        account: UserId,
        outcome: &SyncOutcome,
        before: Option<&User>,
    ) {
        let changed = outcome.object.as_ref() != before;
        if self.page.is_told(outcome.action, changed) {
            let row = Row::of_job(self.page.job(), self.now);
            let row = row.about(account, self.page.user(account));
            step.rows.push(row.saying(outcome, before));
        }
        count(step, outcome.action, changed);
    }
}

/// An object there, as the rows show it.
fn shown(object: &RemoteObject) -> User {
    User {
        user_principal_name: object.name.clone(),
        display_name: object.display_name.clone(),
        enabled: object.enabled,
        user_type: object.user_type,
        ..User::new(object.id)
    }
}
