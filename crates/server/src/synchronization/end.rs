//! How a run goes from one phase to the next, and how it ends.

use policy::reason::{Reason, Side};
use policy::synchronization::SyncAction;
use store::{FinishedRun, Moment, Phase, Quarantine, Seen, Sequence, SyncJob, SyncStep};

use super::row::Row;
use super::{MINUTE, later};

/// The run goes on with the next phase, or ends.
pub(super) fn next_phase(step: &mut SyncStep, now: Moment) {
    let threshold = step.job.settings.deletion_threshold.map(u64::from);
    let allowed = step.job.status.deletions_allowed;
    let Some(run) = &mut step.job.status.current else {
        return;
    };
    run.after = None;
    match run.phase {
        Phase::Accounts => run.phase = Phase::Counting,
        Phase::Counting => {
            run.phase = Phase::Deleting;
            let deletions = run.deletions;
            if !allowed && threshold.is_some_and(|most| deletions > most) {
                quarantine(step, deletions, now);
            }
        }
        Phase::Deleting => finish(step, None, None, now),
    }
}

/// Waits for an administrator to let so many deletions happen. The run stays where it is.
pub(super) fn quarantine(step: &mut SyncStep, deletions: u64, now: Moment) {
    step.job.status.quarantine = Some(Quarantine {
        since: now,
        deletions,
    });
    step.job.due = None;
    let problem = format!(
        "{deletions} objects would be deleted, which is more than the threshold of {}; the job waits \
         for an administrator to allow it.",
        step.job.settings.deletion_threshold.unwrap_or(0)
    );
    let row = Row::of_job(&step.job, now).failing(None, None, Some(problem));
    step.rows.extend(row);
}

/// The job fails as a whole: a switch is missing (S12.4).
pub(super) fn failed(step: &mut SyncStep, refused: (Reason, Option<Side>), now: Moment) {
    let (reason, side) = refused;
    let row = Row::of_job(&step.job, now).failing(Some(reason), side, None);
    step.rows.extend(row);
    finish(step, Some(refused), None, now);
}

/// The run ends before its end: the other side cannot be asked.
pub(super) fn gave_up(step: &mut SyncStep, problem: String, now: Moment) {
    let row = Row::of_job(&step.job, now).failing(None, None, Some(problem.clone()));
    step.rows.extend(row);
    finish(step, None, Some(problem), now);
}

fn finish(
    step: &mut SyncStep,
    failure: Option<(Reason, Option<Side>)>,
    problem: Option<String>,
    now: Moment,
) {
    let job = &mut step.job;
    let Some(run) = job.status.current.take() else {
        return;
    };
    if failure.is_none() && problem.is_none() {
        // What failed is tried again, and what others did at the target is found, by looking at
        // everybody the next time.
        let complete = run.counts.failed == 0 && !run.disturbed;
        job.status.seen = Some(Seen {
            target_people: match complete {
                true => run.seen.target_people,
                false => Sequence(0),
            },
            ..run.seen
        });
        job.status.deletions_allowed = false;
    }
    job.status.last = Some(FinishedRun {
        id: run.id,
        cycle: run.cycle,
        started: run.started,
        ended: now,
        counts: run.counts,
        failure,
        problem,
    });
    job.due = next_run(job, now);
}

/// When the job runs next by itself.
pub(crate) fn next_run(job: &SyncJob, now: Moment) -> Option<Moment> {
    let minutes = i128::from(job.settings.interval);
    let runs = job.settings.enabled && job.status.quarantine.is_none();
    runs.then(|| later(now, minutes * MINUTE))
}

/// How an action counts.
pub(super) fn count(step: &mut SyncStep, action: SyncAction, changed: bool) {
    let Some(run) = &mut step.job.status.current else {
        return;
    };
    let counts = &mut run.counts;
    let count = match action {
        SyncAction::Create => &mut counts.created,
        SyncAction::Update if changed => &mut counts.updated,
        SyncAction::Update => &mut counts.unchanged,
        SyncAction::SoftDelete => &mut counts.deleted,
        SyncAction::Skip => &mut counts.skipped,
        SyncAction::Fail => &mut counts.failed,
    };
    *count += 1;
}
