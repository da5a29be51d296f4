//! `/comity/v1/lint`: which settings deserve a second look, now or with a draft?
//!
//! The checks are those of `comity lint`. What a draft adds and what it settles is told apart.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::response::Response;
use policy::settings::Policy;
use policy::tenant::TenantId;
use policy::world::World;
use posture::Subject;
use posture::facts::{Activity, Facts};
use posture::finding::Finding;
use serde::Deserialize;
use serde_json::{Value, json};

use super::decide::read;
use crate::access::{logs, own};
use crate::behaviours::{self, INITIAL_DAYS};
use crate::body::{self, Posted};
use crate::context::Context;
use crate::draft::{self, Known, RequestText, States};
use crate::error::{ApiError, Result};
use crate::principal::Principal;
use crate::state::App;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    #[serde(default)]
    requests: Vec<RequestText>,
}

pub(crate) async fn lint(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Posted(bytes): Posted,
) -> Result<Response> {
    principal.may(&app, &own::LINT).await?;
    let asked: Asked = read(&bytes)?;
    let local = principal.tenant();
    let operations = draft::operations(&asked.requests, 0)?;
    let states = States::of(&app, local, &BTreeSet::new(), &operations).await?;
    // What the log says about use is for those who may read it.
    let past = match principal.may(&app, &logs::LIST_SIGN_INS).await {
        Ok(_) => {
            let query = behaviours::lately(local, INITIAL_DAYS, context.received);
            Some(app.past(&query, INITIAL_DAYS, ()).await?)
        }
        Err(_) => None,
    };
    let work = move || {
        let activity = past.map(|past| {
            let parts = past.in_parts(local, |some| Activity::of(local, some));
            parts.into_iter().reduce(Activity::and).unwrap_or_default()
        });
        let [before, after] = states.policies(local);
        let known = look(&states.now, local, &before, activity.clone());
        let found = look(&states.draft, local, &after, activity);
        told(&states.draft, local, &known, &found)
    };
    let told = tokio::task::spawn_blocking(work).await;
    Ok(body::answer(200, &told.map_err(ApiError::internal)?))
}

fn look(
    world: &World,
    tenant: TenantId,
    policy: &Policy,
    activity: Option<Activity>,
) -> posture::Report {
    let facts = Facts {
        mfa_registration_includes_external_users: false,
        conditional_access_is_known: true,
        tenants_are_known: true,
        say_more: graph::posture::say_more(policy),
        activity,
        unused_days: INITIAL_DAYS,
    };
    let names = Known {
        world,
        local: tenant,
    };
    let subject = Subject {
        world,
        tenant,
        policy,
        names: &names,
        facts: &facts,
    };
    posture::lint(&subject, |_| true)
}

/// Whether both say the same about the same setting.
fn is_same(one: &Finding, other: &Finding) -> bool {
    one.check.name == other.check.name
        && one.source.whom == other.source.whom
        && one.source.setting == other.source.setting
}

fn told(
    world: &World,
    local: TenantId,
    before: &posture::Report,
    after: &posture::Report,
) -> Value {
    let names = Known { world, local };
    let is_in = |report: &posture::Report, finding: &Finding| {
        report.findings.iter().any(|known| is_same(known, finding))
    };
    let finding = |finding: &Finding| {
        let mut told = graph::posture::finding(finding, &names);
        told.insert("isNew".to_owned(), (!is_in(before, finding)).into());
        Value::Object(told)
    };
    let settled = before
        .findings
        .iter()
        .filter(|known| !is_in(after, known))
        .map(|known| Value::Object(graph::posture::finding(known, &names)));
    let not_checked = after.not_made.iter();
    let not_checked =
        not_checked.map(|(check, missing)| json!({"check": check.name, "missing": missing}));
    json!({
        "tenantId": local.to_string(),
        "findings": after.findings.iter().map(finding).collect::<Vec<_>>(),
        "settled": settled.collect::<Vec<_>>(),
        "notChecked": not_checked.collect::<Vec<_>>(),
    })
}
