//! One account, now: what its administrator wants to see work before the schedule does the rest.

use policy::synchronization::{SyncOutcome, may_run};
use policy::target::UserId;
use store::{AuditRecord, Moment, Reach, SyncJob, SyncStep};

use super::elsewhere;
use super::page::Page;
use super::row::Row;
use super::{Written, write};
use crate::error::{ApiError, Result};
use crate::state::App;

/// How often it is judged again because somebody changed what it was judged on.
const TRIES: usize = 16;

/// What became of it.
pub(crate) enum Provisioned {
    /// The law's answer, carried out.
    Judged(Box<SyncOutcome>),
    /// The account cannot be kept at the target.
    Unkeepable(String),
}

/// Does for one account what a run would do. A run under way goes on beside it.
pub(crate) async fn provision(
    app: &App,
    mut job: SyncJob,
    account: UserId,
    now: Moment,
    entry: &AuditRecord,
) -> Result<Provisioned> {
    for _ in 0..TRIES {
        let _turn = app.writer(job.target).await;
        let tenants = [job.source, job.target];
        let snapshot = app.store.world(&tenants, Reach::Settings).await?;
        let mut step = SyncStep {
            audit: vec![entry.clone()],
            ..SyncStep::of(job.clone())
        };
        if job.connection.is_some() {
            let done = elsewhere::one(app, &job, &snapshot, account, &mut step, now).await?;
            match (write(app, step).await?, done) {
                (Written::Kept(_), Ok(outcome)) => {
                    return Ok(Provisioned::Judged(Box::new(outcome)));
                }
                (Written::Kept(_), Err(why)) => return Ok(Provisioned::Unkeepable(why)),
                // Done again, it changes nothing.
                _ => {}
            }
        } else if let Err((reason, side)) = may_run(snapshot.world(), job.source, job.target) {
            let outcome = SyncOutcome {
                side,
                ..SyncOutcome::failing(reason)
            };
            let row = Row::of_job(&job, now).on_demand().about(account, None);
            step.rows.push(row.saying(&outcome, None));
            if let Written::Kept(_) = write(app, step).await? {
                return Ok(Provisioned::Judged(Box::new(outcome)));
            }
        } else {
            let page = Page::of(app, &job, &snapshot, account).await?;
            let counts = step.job.status.current.as_ref().map(|run| run.counts);
            let outcome = page.carry_out(&mut step, now).await?;
            // The run that may be under way did not do it.
            if let (Some(run), Some(counts)) = (&mut step.job.status.current, counts) {
                run.counts = counts;
            }
            match write(app, step).await? {
                Written::Kept(_) => {
                    let outcome = outcome.ok_or_else(|| ApiError::internal("a page of nobody"))?;
                    return Ok(Provisioned::Judged(Box::new(outcome)));
                }
                Written::Unkeepable(why) => return Ok(Provisioned::Unkeepable(why)),
                Written::Again | Written::Lost => {}
            }
        }
        let found = app.store.sync_job(job.source, job.id).await?;
        job = found.ok_or_else(|| ApiError::not_found("The job was deleted meanwhile."))?;
    }
    Err(ApiError::unavailable(
        "Others are changing the same people. Nothing was changed; try again.",
        None,
    ))
}
