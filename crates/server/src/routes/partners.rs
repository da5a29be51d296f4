//! `…/partners`: the organizations that are listed, and adding one.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use graph::query::{Comparison, Condition, Query, QueryOption};
use graph::settings::Form;
use graph::settings::partner::{self as wire, Expand};
use policy::administer::Operation;
use policy::draft::{Patch, Written};
use policy::settings::{Partner, Policy};
use policy::tenant::TenantId;
use serde_json::Value;

use super::odata::{self, Address, Writing};
use crate::administration;
use crate::context::Context;
use crate::error::{ApiError, Result};
use crate::principal::Principal;
use crate::state::App;

pub(crate) const PLACE: &str = "policies/crossTenantAccessPolicy/partners";

/// How many entries a page has, unless the client says otherwise.
const PAGE: u32 = 100;
const LARGEST_PAGE: u32 = 999;

pub(crate) async fn list_partners(
    State(app): State<App>,
    principal: Principal,
    address: Address,
) -> Result<Response> {
    let query = address.query(&[
        QueryOption::Select,
        QueryOption::Expand,
        QueryOption::Filter,
        QueryOption::Top,
        QueryOption::Skip,
        QueryOption::SkipToken,
        QueryOption::Count,
    ])?;
    let expand = expand(&query)?;
    let wanted = Wanted::of(&query)?;
    let answer = administration::read(&app, &principal, &Operation::ListPartners).await?;
    let first = Place::of(&query)?.index(&answer.policy);
    let matching = || {
        let entries = answer.policy.partners.iter().enumerate();
        entries.filter(|(_, entry)| wanted.contains(entry))
    };
    let skipped = usize::try_from(query.skip.unwrap_or(0)).unwrap_or(usize::MAX);
    let mut rest = matching()
        .filter(|(index, _)| *index >= first)
        .skip(skipped);
    let size = query.top.unwrap_or(PAGE).min(LARGEST_PAGE);
    let page: Vec<(usize, &Partner)> = rest.by_ref().take(size as usize).collect();
    // A page that is not the last one has entries, because the one after it has.
    let next = match (page.last(), rest.next()) {
        (Some((index, last)), Some(_)) => Some(Place {
            after: Some(last.tenant),
            index: index + 1,
        }),
        _ => None,
    };
    let first_page = query.skip_token.is_none();
    let count = (query.count && first_page).then(|| matching().count());
    let entries = page.iter().map(|(_, entry)| render(entry, expand, &query));
    Ok(odata::collection(
        &address,
        PLACE,
        &query,
        count,
        entries.collect(),
        next.map(|next| address.next(PLACE, &next.token())),
    ))
}

pub(crate) async fn count_partners(
    State(app): State<App>,
    principal: Principal,
    address: Address,
) -> Result<Response> {
    let query = address.query(&[QueryOption::Filter])?;
    let wanted = Wanted::of(&query)?;
    let answer = administration::read(&app, &principal, &Operation::ListPartners).await?;
    let entries = answer.policy.partners.iter();
    let count = entries.filter(|entry| wanted.contains(entry)).count();
    let text = HeaderValue::from_static("text/plain");
    Ok(([(header::CONTENT_TYPE, text)], count.to_string()).into_response())
}

pub(crate) async fn create_partner(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let written = odata::written(&app, &headers, body).await?;
    let operation = Operation::AddPartner(written);
    let writing = Writing {
        app: &app,
        principal: &principal,
        context: &context,
        headers: &headers,
    };
    let answer = writing.carry_out(&operation).await?;
    // The new entry is the last one.
    let Some(entry) = added(&operation, &answer.policy) else {
        return Err(ApiError::internal("an added partner is not there"));
    };
    let value = wire::render(entry, Expand::Nothing, Form::Answer);
    let location = format!("{}/{}", address.at(PLACE), entry.tenant);
    let query = Query::default();
    let status = answer.status;
    let mut response = odata::entity(&address, status, PLACE, &query, value, &answer);
    if let Ok(location) = HeaderValue::from_str(&location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

fn added<'a>(operation: &Operation, policy: &'a Policy) -> Option<&'a Partner> {
    let Operation::AddPartner(written) = operation else {
        return None;
    };
    let named = written.iter().find_map(|member| match member {
        Written::TenantId(Patch::Value(id)) => id.parse().ok(),
        _ => None,
    });
    match named {
        Some(named) => policy.partners.get(named),
        None => policy.partners.iter().last(),
    }
}

/// One entry as it is answered.
pub(crate) fn render(entry: &Partner, expand: Expand, query: &Query) -> Value {
    odata::selected(query, wire::render(entry, expand, Form::Answer))
}

/// `$expand`: synchronization and nothing else.
pub(crate) fn expand(query: &Query) -> Result<Expand> {
    let mut expand = Expand::Nothing;
    for name in &query.expand {
        match name.eq_ignore_ascii_case("identitySynchronization") {
            true => expand = Expand::Synchronization,
            false => {
                let message = format!("'{name}' cannot be expanded on this resource.");
                return Err(ApiError::unsupported_query(message));
            }
        }
    }
    Ok(expand)
}

/// Which entries a `$filter` asks for.
struct Wanted(Vec<Test>);

type Test = Box<dyn Fn(&Partner) -> bool + Send + Sync>;

impl Wanted {
    fn of(query: &Query) -> Result<Self> {
        query
            .filter
            .iter()
            .map(condition)
            .collect::<Result<_>>()
            .map(Wanted)
    }

    fn contains(&self, entry: &Partner) -> bool {
        self.0.iter().all(|holds| holds(entry))
    }
}

fn condition(condition: &Condition) -> Result<Test> {
    let text = condition.literal.text();
    let equal = condition.comparison == Comparison::Equal;
    let flag = match text {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    };
    if equal && condition.is_on("tenantId") {
        let id: Option<TenantId> = text.parse().ok();
        return Ok(Box::new(move |entry| Some(entry.tenant) == id));
    }
    if let (true, true, Some(flag)) = (equal, condition.is_on("isServiceProvider"), flag) {
        return Ok(Box::new(move |entry| {
            entry.is_service_provider.unwrap_or(false) == flag
        }));
    }
    if let (true, true, Some(flag)) = (equal, condition.is_on("isInMultiTenantOrganization"), flag)
    {
        return Ok(Box::new(move |entry| {
            entry.is_in_multitenant_organization == flag
        }));
    }
    Err(ApiError::unsupported_query(format!(
        "The filter on '{}' is not supported (expected tenantId eq '…', isServiceProvider eq true \
         or isInMultiTenantOrganization eq true).",
        condition.member
    )))
}

/// Where a page begins: after that entry, or, if it has been removed meanwhile, where it stood.
struct Place {
    after: Option<TenantId>,
    index: usize,
}

impl Place {
    fn of(query: &Query) -> Result<Self> {
        let Some(token) = &query.skip_token else {
            return Ok(Place {
                after: None,
                index: 0,
            });
        };
        let read = token.split_once('.').and_then(|(index, id)| {
            Some(Place {
                after: Some(id.parse().ok()?),
                index: index.parse().ok()?,
            })
        });
        read.ok_or_else(|| {
            ApiError::bad_query("The query option '$skiptoken' is not one this server gave out.")
        })
    }

    fn token(&self) -> String {
        let after = self.after.unwrap_or(TenantId::from_u128(0));
        format!("{}.{after}", self.index)
    }

    fn index(&self, policy: &Policy) -> usize {
        let Some(after) = self.after else {
            return 0;
        };
        let found = policy
            .partners
            .iter()
            .position(|entry| entry.tenant == after);
        // Those before it may have been removed as well; whoever comes next stands there now.
        found.map_or(self.index.saturating_sub(1), |found| found + 1)
    }
}
