//! `/comity/v1/difference`: for which requests does a draft give another answer?

use std::collections::BTreeSet;

use axum::extract::State;
use axum::response::Response;
use preview::difference::{self, Words};
use serde::Deserialize;
use serde_json::Value;

use super::decide::read;
use crate::access::own;
use crate::body::{self, Posted};
use crate::draft::{self, Known, RequestText, States};
use crate::error::{ApiError, Result};
use crate::principal::Principal;
use crate::state::App;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    requests: Vec<RequestText>,
}

pub(crate) async fn difference(
    State(app): State<App>,
    principal: Principal,
    Posted(bytes): Posted,
) -> Result<Response> {
    principal.may(&app, &own::DIFFERENCE).await?;
    let asked: Asked = read(&bytes)?;
    let local = principal.tenant();
    let operations = draft::operations(&asked.requests, 1)?;
    let states = States::of(&app, local, &BTreeSet::new(), &operations).await?;
    let work = move || {
        let [before, after] = states.policies(local);
        let found = difference::between(&states.draft, local, &before, &after);
        let names = Known {
            world: &states.draft,
            local,
        };
        let suites = &states.draft.suites;
        let words = Words::new(&names, local, suites, Words::FEW);
        graph::preview::difference(local, &found, &words, suites)
    };
    let told = tokio::task::spawn_blocking(work).await;
    let told = told.map_err(ApiError::internal)?;
    Ok(body::answer(200, &Value::Object(told)))
}
