//! `/comity/v1/activity`: who crossed in the last days, by day, tenant, application, user and outcome.
//!
//! It is counted from the rollup of the tenant's own sign-in log; no row is read. What a person's name or
//! an application's is comes from the tenant's own directory.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use policy::explain::Names;
use policy::reason::Reason;
use policy::target::{ApplicationId, UserId};
use policy::tenant::TenantId;
use serde::Deserialize;
use serde_json::{Value, json};
use signins::direction::Direction;
use signins::window::Moment;
use store::{Day, RollupQuery, RollupRow};

use crate::access::own;
use crate::behaviours::{self, INITIAL_DAYS};
use crate::body::{self, Asked};
use crate::context::Context;
use crate::draft::Known;
use crate::error::{ApiError, Result};
use crate::principal::Principal;
use crate::state::App;

/// How many at most (S17.5).
const MOST_DAYS: u32 = 90;
/// How many lines of each table are told: those with most sign-ins.
const MOST: usize = 1_000;

/// Which sign-ins are counted.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Wanted {
    days: Option<u32>,
    direction: Option<String>,
    tenant_id: Option<String>,
    application_id: Option<String>,
    user_id: Option<String>,
    status: Option<String>,
}

/// The same, read.
struct Filter {
    query: RollupQuery,
    application: Option<ApplicationId>,
    user: Option<UserId>,
    /// Whether those that succeeded; `None`: all.
    succeeded: Option<bool>,
}

fn id<T: std::str::FromStr>(text: Option<&str>, name: &str) -> Result<Option<T>> {
    let read = text.map(|text| {
        let wrong = || ApiError::bad_query(format!("{name}: expected a GUID.")).at(name);
        text.parse().map_err(|_| wrong())
    });
    read.transpose()
}

fn word<T: Copy>(text: Option<&str>, name: &str, words: &[(&str, T)]) -> Result<Option<T>> {
    let Some(text) = text else { return Ok(None) };
    let found = words.iter().find(|(word, _)| *word == text);
    let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
    let wrong = || format!("{name}: expected {}.", known.join(" or "));
    found
        .map(|(_, value)| Some(*value))
        .ok_or_else(|| ApiError::bad_query(wrong()).at(name))
}

impl Wanted {
    fn read(&self, local: TenantId, now: Timestamp) -> Result<Filter> {
        let days = self.days.unwrap_or(INITIAL_DAYS);
        if !(1..=MOST_DAYS).contains(&days) {
            let message = format!("days: expected 1 to {MOST_DAYS}.");
            return Err(ApiError::bad_query(message).at("days"));
        }
        let directions = [
            ("inbound", Direction::Inbound),
            ("outbound", Direction::Outbound),
        ];
        let statuses = [("success", true), ("failure", false)];
        Ok(Filter {
            query: RollupQuery {
                other: id(self.tenant_id.as_deref(), "tenantId")?,
                direction: word(self.direction.as_deref(), "direction", &directions)?,
                ..behaviours::lately(local, days, now)
            },
            application: id(self.application_id.as_deref(), "applicationId")?,
            user: id(self.user_id.as_deref(), "userId")?,
            succeeded: word(self.status.as_deref(), "status", &statuses)?,
        })
    }
}

impl Filter {
    fn takes(&self, line: &RollupRow) -> bool {
        let key = &line.key;
        let succeeded = key.error_code == 0;
        self.application
            .is_none_or(|app| key.resource_app == Some(app))
            && self.user.is_none_or(|user| key.user == Some(user))
            && self.succeeded.is_none_or(|wanted| wanted == succeeded)
    }
}

/// How many sign-ins, of how many people to how many applications.
#[derive(Default)]
struct Tally {
    inbound: u64,
    outbound: u64,
    failed: u64,
    users: BTreeSet<Option<UserId>>,
    applications: BTreeSet<Option<ApplicationId>>,
    last: Option<Moment>,
}

impl Tally {
    fn add(&mut self, line: &RollupRow) {
        match line.key.direction {
            Direction::Inbound => self.inbound += line.count,
            Direction::Outbound => self.outbound += line.count,
        }
        if line.key.error_code != 0 {
            self.failed += line.count;
        }
        self.users.insert(line.key.user);
        self.applications.insert(line.key.resource_app);
        self.last = self.last.max(line.last);
    }

    const fn total(&self) -> u64 {
        self.inbound + self.outbound
    }

    fn told(&self) -> Value {
        json!({
            "inbound": self.inbound,
            "outbound": self.outbound,
            "failed": self.failed,
            "users": self.users.len(),
            "applications": self.applications.len(),
            "last": self.last.map(graph::sign_in::time),
        })
    }

    /// The same with more members in front.
    fn with(&self, members: Value) -> Value {
        let (mut told, mut whole) = (self.told(), members);
        if let (Some(whole), Some(told)) = (whole.as_object_mut(), told.as_object_mut()) {
            whole.append(told);
        }
        whole
    }
}

/// Everything that is counted.
#[derive(Default)]
struct Counted {
    whole: Tally,
    days: BTreeMap<Day, Tally>,
    tenants: BTreeMap<TenantId, Tally>,
    applications: BTreeMap<Option<ApplicationId>, Tally>,
    users: BTreeMap<Option<UserId>, Tally>,
    codes: BTreeMap<u32, u64>,
}

impl Counted {
    fn add(&mut self, line: &RollupRow) {
        let key = &line.key;
        self.whole.add(line);
        if let Some(day) = key.day {
            self.days.entry(day).or_default().add(line);
        }
        self.tenants.entry(key.other).or_default().add(line);
        let application = self.applications.entry(key.resource_app);
        application.or_default().add(line);
        // Masked rows name nobody, and belong to no one line.
        if key.user.is_some() || !key.masked {
            self.users.entry(key.user).or_default().add(line);
        }
        *self.codes.entry(key.error_code).or_default() += line.count;
    }
}

/// Those with most sign-ins first.
fn most<K: Ord>(tallies: BTreeMap<K, Tally>) -> Vec<(K, Tally)> {
    let mut all: Vec<(K, Tally)> = tallies.into_iter().collect();
    all.sort_by_key(|(_, tally)| std::cmp::Reverse(tally.total()));
    all.truncate(MOST);
    all
}

fn date(Day(day): Day) -> String {
    let moment = Timestamp::from_second(i64::from(day) * 86_400).unwrap_or_default();
    moment.strftime("%Y-%m-%d").to_string()
}

pub(crate) async fn get_activity(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Asked(wanted): Asked<Wanted>,
) -> Result<Response> {
    principal.may(&app, &own::ACTIVITY).await?;
    let local = principal.tenant();
    let filter = wanted.read(local, context.received)?;
    let from = filter.query.from;
    let lines = app.store.rollup(&filter.query).await?;
    let counting = tokio::task::spawn_blocking(move || {
        let mut counted = Counted::default();
        for line in lines.iter().filter(|line| filter.takes(line)) {
            counted.add(line);
        }
        counted
    });
    let counted = counting.await.map_err(ApiError::internal)?;
    let told = tell(&app, local, from, counted).await?;
    Ok(body::answer(200, &told))
}

async fn tell(app: &App, local: TenantId, from: Option<Day>, counted: Counted) -> Result<Value> {
    let mut ids: Vec<TenantId> = counted.tenants.keys().copied().collect();
    ids.push(local);
    let sheet = app.effective.with(&[local]).await?;
    let own = sheet.get(local).map(|known| &known.tenant);
    let partners = own.and_then(|own| own.policy.as_ref());
    let partners = partners.iter().flat_map(|policy| policy.partners.iter());
    let unused: Vec<TenantId> = partners
        .map(|entry| entry.tenant)
        .filter(|tenant| !counted.tenants.contains_key(tenant))
        .collect();
    ids.extend(&unused);
    let sheet = app.effective.with(&ids).await?;
    let world = sheet.world(&ids);
    let names = Known {
        world: &world,
        local,
    };
    let applications = most(counted.applications);
    let called = called(app, local, &applications).await?;
    let tenant =
        |id: TenantId| json!({"tenantId": id.to_string(), "displayName": names.tenant(id)});
    let people = names.directory();
    let person = |id: UserId| {
        let found = people.and_then(|people| people.users.get(&id));
        found.map(|user| user.user_principal_name.clone())
    };
    let codes = counted.codes.iter().map(|(code, count)| {
        // Many outcomes are no failure, and nothing says which of them these were.
        let reasons = Reason::ALL
            .iter()
            .filter(|reason| *code != 0 && reason.error_code() == *code);
        let reasons: Vec<&str> = reasons.map(|reason| reason.as_str()).collect();
        json!({"errorCode": code, "signIns": count, "reasons": reasons})
    });
    Ok(json!({
        "tenantId": local.to_string(),
        "from": from.map(date),
        "total": counted.whole.told(),
        "days": counted.days.iter()
            .map(|(day, tally)| tally.with(json!({"date": date(*day)})))
            .collect::<Vec<_>>(),
        "tenants": most(counted.tenants).iter()
            .map(|(id, tally)| tally.with(tenant(*id)))
            .collect::<Vec<_>>(),
        "applications": applications.iter()
            .map(|(id, tally)| tally.with(json!({
                "applicationId": id.map(|id| id.to_string()),
                "displayName": id.and_then(|id| called.get(&id)),
            })))
            .collect::<Vec<_>>(),
        "users": most(counted.users).iter()
            .map(|(id, tally)| tally.with(json!({
                "userId": id.map(|id| id.to_string()),
                "userPrincipalName": id.and_then(person),
            })))
            .collect::<Vec<_>>(),
        "outcomes": codes.collect::<Vec<_>>(),
        "unusedPartners": unused.into_iter().map(tenant).collect::<Vec<_>>(),
    }))
}

/// What the tenant calls those applications.
async fn called(
    app: &App,
    local: TenantId,
    applications: &[(Option<ApplicationId>, Tally)],
) -> Result<HashMap<ApplicationId, String>> {
    let mut called = HashMap::new();
    for id in applications.iter().filter_map(|(id, _)| *id) {
        if let Some(name) = crate::sign_in::name_of(app, local, id).await? {
            called.insert(id, name);
        }
    }
    Ok(called)
}
