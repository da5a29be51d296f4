//! What happened in the last days, in memory: what a preview looks at.
//!
//! Contoso's administrator changes a draft, looks whom it hits, and changes it again. The rollup of a large
//! tenant has millions of lines, and reading them takes seconds; so they are read once, put together over
//! the days, and kept with how far the log went at that moment. What has arrived since is read when
//! somebody looks again.

mod ahead;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use intake::Gathering;
use intake::log::Log;
use jiff::Timestamp;
use policy::tenant::TenantId;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use signins::direction::Direction;
use signins::observation::Observation;
use store::{Arrival, Day, RollupPart, RollupQuery, RollupRow};
use tokio::sync::{Mutex, mpsc};

use self::ahead::Ahead;
use crate::clock::moment;
use crate::error::{ApiError, Result};
use crate::state::App;

/// How many days are looked at unless asked otherwise (S17.5).
pub(crate) const INITIAL_DAYS: u32 = 30;

/// How many behaviours are kept, of all tenants together: some hundred megabytes.
const MOST: u64 = 4_000_000;
/// How many tenants are read at the same time.
const DESKS: usize = 16;
/// How many rows of a log are looked at at once.
const PAGE: u32 = 1_000;
/// More behaviours than these that came later are put together with the others.
const MOST_LATER: usize = 50_000;
/// How many parts of a rollup wait to be taken.
const AHEAD: usize = 4;
/// After how many lines what has been read so far is shown for the first time.
const FIRST: u64 = 16_384;

/// Behaviours in memory.
pub(crate) struct Behaviours {
    kept: Cache<(TenantId, u32), Arc<Kept>, Lines>,
    desks: Vec<Mutex<()>>,
    /// Rows of sign-ins are dropped after so many days.
    days: AtomicU32,
    ahead: Ahead,
}

/// Who wants to know what has been read so far.
pub(crate) trait Watching: Send {
    /// Whether somebody does.
    fn watches(&self) -> bool;
    /// Tells them.
    fn see(&mut self, past: Past);
}

/// Nobody does.
impl Watching for () {
    fn watches(&self) -> bool {
        false
    }
    fn see(&mut self, _: Past) {}
}

/// What nobody has taken yet is not worth more than what comes after it.
impl Watching for mpsc::Sender<Past> {
    fn watches(&self) -> bool {
        true
    }
    fn see(&mut self, past: Past) {
        drop(self.try_send(past));
    }
}

/// The last so many days.
pub(crate) fn lately(tenant: TenantId, days: u32, now: Timestamp) -> RollupQuery {
    let Day(today) = Day::of(moment(now));
    let back = i32::try_from(days).unwrap_or(i32::MAX);
    RollupQuery {
        tenant,
        from: Some(Day(today.saturating_sub(back))),
        until: None,
        other: None,
        direction: None,
    }
}

#[derive(Clone)]
struct Lines;

impl Weighter<(TenantId, u32), Arc<Kept>> for Lines {
    fn weight(&self, _: &(TenantId, u32), kept: &Arc<Kept>) -> u64 {
        kept.lines
    }
}

#[derive(Clone)]
struct Kept {
    from: Option<Day>,
    until: Arrival,
    lines: u64,
    past: Past,
}

impl Kept {
    fn new(from: Option<Day>, until: Arrival, past: Past) -> Self {
        let logs = past.logs.iter().map(|log| log.len());
        let lines = logs.sum::<usize>() + past.later.len();
        let lines = lines + past.first.as_ref().map_or(0, |first| first.len());
        // One that is empty has a place, too.
        let lines = lines as u64 + 1;
        Kept {
            from,
            until,
            lines,
            past,
        }
    }
}

/// What happened.
#[derive(Clone, Default)]
pub(crate) struct Past {
    logs: Vec<Arc<Log>>,
    /// The newest lines of a large one alone: they are judged long before all of them are.
    first: Option<Arc<Log>>,
    later: Arc<Vec<RollupRow>>,
    /// With whom.
    pub(crate) others: Arc<BTreeSet<TenantId>>,
    only: Option<TenantId>,
}

impl Default for Behaviours {
    fn default() -> Self {
        Behaviours {
            kept: Cache::with_weighter(64, MOST, Lines),
            desks: (0..DESKS).map(|_| Mutex::new(())).collect(),
            days: AtomicU32::new(u32::MAX),
            ahead: Ahead::default(),
        }
    }
}

impl Behaviours {
    /// Rows of sign-ins are dropped after so many days.
    pub(crate) fn rows_are_kept_for(&self, days: u32) {
        self.days.store(days, Ordering::Relaxed);
    }

    /// How many behaviours are in memory.
    pub(crate) fn count(&self) -> u64 {
        // Each of the parts has a place besides.
        self.kept.weight().saturating_sub(self.kept.len() as u64)
    }

    /// Where those wait who read the log of that tenant.
    fn desk(&self, tenant: TenantId) -> Option<&Mutex<()>> {
        let place = tenant.as_u128() % DESKS as u128;
        self.desks.get(usize::try_from(place).unwrap_or_default())
    }

    /// What is in memory of that part of a rollup.
    fn kept(&self, query: &RollupQuery, days: u32) -> Option<Arc<Kept>> {
        let kept = self.kept.get(&(query.tenant, days));
        kept.filter(|kept| kept.from == query.from)
    }

    fn keep(&self, query: &RollupQuery, days: u32, kept: Kept) {
        self.kept.insert((query.tenant, days), Arc::new(kept));
    }
}

impl Past {
    /// What happened with that partner.
    fn with(self, only: Option<TenantId>) -> Self {
        Past { only, ..self }
    }

    /// The newest lines alone, where there are many more.
    fn begun(&self) -> Option<Past> {
        self.first.as_ref().map(|first| Past {
            logs: vec![Arc::clone(first)],
            others: Arc::clone(&self.others),
            ..Past::default()
        })
    }

    /// The behaviours in parts, side by side, and those that came later at the end.
    pub(crate) fn in_parts<'a, T: Send>(
        &'a self,
        local: TenantId,
        part: impl Fn(&mut dyn Iterator<Item = Observation<'a>>) -> T + Sync,
    ) -> Vec<T> {
        let wanted = |observed: &Observation<'_>| {
            let ends = [observed.home_tenant, observed.resource_tenant];
            self.only.is_none_or(|only| ends.contains(&Some(only)))
        };
        let logs = self.logs.iter();
        let parts = logs.flat_map(|log| log.in_parts(|some| part(&mut some.filter(&wanted))));
        let mut parts: Vec<T> = parts.collect();
        let later = self.later.iter().map(|row| observation(row, local));
        parts.push(part(&mut later.filter(wanted)));
        parts
    }
}

/// A line of the rollup. What its user is called is for whoever knows.
fn observation(row: &RollupRow, local: TenantId) -> Observation<'_> {
    let key = &row.key;
    let (home, resource) = match key.direction {
        Direction::Outbound => (local, key.other),
        Direction::Inbound => (key.other, local),
    };
    Observation {
        id: None,
        count: usize::try_from(row.count).unwrap_or(usize::MAX),
        first: row.first,
        last: row.last,
        home_tenant: Some(home),
        resource_tenant: Some(resource),
        access_type: key.access_type.as_ref(),
        token_issuer: &key.token_issuer,
        user: key.user,
        user_type: None,
        user_display_name: key.masked.then_some(policy::row::TENANT_RESTRICTION),
        user_principal_name: None,
        client_app: key.client_app,
        client_app_name: None,
        resource_app: key.resource_app,
        resource_app_name: None,
        error_code: key.error_code,
        failure_reason: None,
        is_interactive: Some(key.interactive),
        claims: key.claims,
    }
}

/// A rollup that is being read.
#[derive(Default)]
struct Reading {
    until: Arrival,
    gathering: Gathering,
    /// The same of the first lines alone, which are shown while the others are gathered.
    first: Gathering,
    past: Past,
    others: BTreeSet<TenantId>,
    /// How many have been read, how many had been when it was shown last, and when they were put down.
    lines: u64,
    shown: u64,
    down: u64,
}

impl Reading {
    fn add(mut self, lines: &[RollupRow], local: TenantId) -> Self {
        for line in lines {
            let observed = observation(line, local);
            if self.lines < FIRST {
                self.first.add(&observed);
            }
            self.gathering.add(&observed);
            self.others.insert(line.key.other);
        }
        self.lines += lines.len() as u64;
        self
    }

    /// What has been read so far, when it is worth showing: soon at first, whether anybody is there yet
    /// or not, then whenever it has doubled.
    fn show(&mut self, is_watched: bool) -> Option<Past> {
        if self.lines < FIRST.max(self.shown * 2) || (self.shown > 0 && !is_watched) {
            return None;
        }
        let is_first = self.shown == 0;
        self.shown = self.lines;
        if is_first {
            let first = std::mem::take(&mut self.first).finish();
            self.past.first = Some(Arc::new(first));
            self.past.others = Arc::new(self.others.clone());
            return self.past.begun();
        }
        self.put_down();
        Some(self.past.clone())
    }

    fn put_down(&mut self) {
        if self.lines > self.down {
            self.down = self.lines;
            let gathered = std::mem::take(&mut self.gathering).finish();
            self.past.logs.push(Arc::new(gathered));
            self.past.others = Arc::new(self.others.clone());
        }
    }

    /// Everything, each behaviour once.
    fn finish(mut self) -> Past {
        self.put_down();
        if self.past.logs.len() > 1 {
            let mut whole = Gathering::default();
            for log in self.past.logs.drain(..) {
                log.iter().for_each(|observed| whole.add(&observed));
            }
            self.past.logs.push(Arc::new(whole.finish()));
        }
        self.past
    }
}

impl App {
    /// What is in that part of the rollup. While a large one is read, whoever watches gets what has been
    /// read until then, now and then, and again from the beginning should reading begin anew.
    pub(crate) async fn past(
        &self,
        query: &RollupQuery,
        days: u32,
        mut watching: impl Watching,
    ) -> Result<Past> {
        let behaviours = &self.behaviours;
        let _desk = match behaviours.desk(query.tenant) {
            Some(desk) => Some(desk.lock().await),
            None => None,
        };
        behaviours.ahead.join(query, &mut watching).await;
        if let Some(kept) = behaviours.kept(query, days)
            && let Some(kept) = self.later(&kept, query, days).await?
        {
            let past = kept.past.clone();
            behaviours.keep(query, days, kept);
            if query.other.is_none()
                && watching.watches()
                && let Some(begun) = past.begun()
            {
                watching.see(begun);
            }
            return Ok(past.with(query.other));
        }
        if query.other.is_some() {
            // One partner's lines are found by themselves; the next question may be about all.
            let (_, past) = self.read(query, &mut watching).await?;
            self.expect_preview(query.tenant);
            return Ok(past);
        }
        let (until, past) = self.read(query, &mut watching).await?;
        behaviours.keep(query, days, Kept::new(query.from, until, past.clone()));
        Ok(past)
    }

    /// The same with what has arrived since; `None` when it has to be read anew.
    async fn later(&self, kept: &Kept, query: &RollupQuery, days: u32) -> Result<Option<Kept>> {
        let ends = self.store.sign_in_ends().await?;
        let end = ends.iter().find(|(tenant, _)| *tenant == query.tenant);
        let end = end.map(|(_, end)| *end).unwrap_or_default();
        if end == kept.until {
            return Ok(Some(kept.clone()));
        }
        // Rows that are dropped before the rollup forgets them may have come and gone.
        if end < kept.until || days >= self.behaviours.days.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let mut later = Vec::clone(&kept.past.later);
        let mut others = BTreeSet::clone(&kept.past.others);
        let mut until = kept.until;
        loop {
            let rows = self.store.sign_in_feed(query.tenant, until, PAGE).await?;
            let Some((last, _)) = rows.last() else {
                break;
            };
            until = *last;
            let lines = store::rollup(query.tenant, rows.iter().map(|(_, row)| row));
            let inside = |line: &RollupRow| line.key.day.is_none_or(|day| Some(day) >= query.from);
            for line in lines.into_iter().filter(inside) {
                others.insert(line.key.other);
                later.push(line);
            }
            if later.len() > MOST_LATER {
                return Ok(None);
            }
        }
        let past = Past {
            logs: kept.past.logs.clone(),
            first: kept.past.first.clone(),
            later: Arc::new(later),
            others: Arc::new(others),
            only: None,
        };
        // Rows that came twice have left gaps.
        Ok(Some(Kept::new(kept.from, until.max(end), past)))
    }

    async fn read(
        &self,
        query: &RollupQuery,
        watching: &mut impl Watching,
    ) -> Result<(Arrival, Past)> {
        let (to, mut parts) = mpsc::channel(AHEAD);
        let (store, wanted) = (Arc::clone(&self.store), *query);
        let reading = tokio::spawn(async move { store.rollup_parts(&wanted, to).await });
        let mut begun = Reading::default();
        let mut ended = false;
        while let Some(part) = parts.recv().await {
            match part {
                RollupPart::Begin(until) => {
                    begun = Reading {
                        until,
                        ..Reading::default()
                    };
                }
                RollupPart::Lines(lines) => {
                    let local = query.tenant;
                    let adding = tokio::task::spawn_blocking(move || begun.add(&lines, local));
                    begun = adding.await.map_err(ApiError::internal)?;
                    if let Some(past) = begun.show(watching.watches()) {
                        watching.see(past);
                    }
                }
                RollupPart::End => ended = true,
            }
        }
        reading.await.map_err(ApiError::internal)??;
        match ended {
            true => {
                let until = begun.until;
                let finishing = tokio::task::spawn_blocking(move || begun.finish());
                Ok((until, finishing.await.map_err(ApiError::internal)?))
            }
            false => Err(ApiError::internal("the rollup ended too early")),
        }
    }
}

#[cfg(test)]
mod tests {
    use policy::target::UserId;
    use signins::event::{CrossTenantAccess, TokenIssuer};
    use signins::window::Moment;
    use store::{RollupKey, TrustClaims};

    use super::*;

    const LOCAL: TenantId = TenantId::from_u128(1);

    fn line(day: i32, user: u128) -> RollupRow {
        let moment = Moment::from_nanoseconds(i128::from(day) * 86_400_000_000_000 + 5);
        RollupRow {
            key: RollupKey {
                day: Some(Day(day)),
                direction: Direction::Inbound,
                other: TenantId::from_u128(2 + user % 3),
                user: Some(UserId::from_u128(user)),
                client_app: None,
                resource_app: None,
                access_type: Some(CrossTenantAccess::B2bCollaboration),
                token_issuer: TokenIssuer::AzureAd,
                claims: TrustClaims::default(),
                masked: user == 7,
                interactive: true,
                error_code: 0,
            },
            count: 1 + user as u64,
            first: Some(moment),
            last: Some(moment),
        }
    }

    fn told(past: &Past) -> Vec<String> {
        let parts = past.in_parts(LOCAL, |some| {
            some.map(|observed| format!("{observed:?}"))
                .collect::<Vec<_>>()
        });
        let mut told = parts.concat();
        told.sort();
        told
    }

    #[test]
    fn the_first_lines_are_shown_to_whoever_comes_and_more_to_whoever_is_there() {
        let lines: Vec<RollupRow> = (0..4_096).map(|user| line(1, user)).collect();
        let mut reading = Reading::default();
        let mut shown = Vec::new();
        for part in 1..=32 {
            reading = reading.add(&lines, LOCAL);
            // Somebody comes when the twentieth has been read.
            let past = reading.show(part >= 20);
            shown.extend(past.map(|past| (part, told(&past).len())));
        }
        assert_eq!(shown, [(4, 4_096), (20, 4_096)]);
        let whole = reading.finish();
        assert_eq!(told(&whole).len(), 4_096);
        // It stays at hand for whoever asks when all of them are in memory.
        assert_eq!(told(&whole.begun().unwrap()).len(), 4_096);
    }

    #[test]
    fn what_was_shown_on_the_way_makes_no_difference_to_the_whole() {
        let days: Vec<Vec<RollupRow>> = (0..10)
            .map(|day| (0..20).map(|user| line(day, user)).collect())
            .collect();
        let (mut shown, mut silent) = (Reading::default(), Reading::default());
        for (number, lines) in days.iter().enumerate() {
            shown = shown.add(lines, LOCAL);
            silent = silent.add(lines, LOCAL);
            shown.put_down();
            assert_eq!(told(&shown.past).len(), (number + 1) * 20);
        }
        let (shown, silent) = (shown.finish(), silent.finish());
        assert_eq!(told(&shown), told(&silent));
        assert_eq!((told(&silent).len(), silent.others.len()), (20, 3));
        // One partner has every third of them.
        let one = silent.with(Some(TenantId::from_u128(2)));
        assert_eq!(told(&one).len(), 7);
    }
}
