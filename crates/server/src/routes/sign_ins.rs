//! `/auditLogs/signIns`: who came and went, and how it ended (S15). And `/comity/v1/signins`, where
//! whoever enforces decisions reports what happened.
//!
//! A question is not a sign-in and leaves no rows; what was let in or kept out is reported, in
//! batches, as rows of Graph's sign-in log. A row that came before is not counted again.

use std::borrow::Cow;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use graph::query::{Comparison, Filter, Literal, Manner, Query};
use graph::sign_in_log::{self, Device, LoggedSignIn, Place, SHAPE, View};
use policy::tenant::TenantId;
use serde_json::{Value, json};
use signins::event::SignIn;
use signins::window::Window;
use store::{
    Moment, Order, SignInDevice, SignInPlace, SignInPosition, SignInQuery, SignInRecord,
    TrustClaims,
};

use crate::access::logs::{GET_SIGN_IN, LIST_SIGN_INS, SEE_APPLIED_POLICIES};
use crate::access::own::REPORT_SIGN_INS;
use crate::body;
use crate::clock::moment;
use crate::error::{ApiError, Result};
use crate::odata::{self, Address, Row, Source};
use crate::principal::Principal;
use crate::state::App;

const PLACE: &str = "auditLogs/signIns";

/// What is listed unless the filter asks for a kind of event (`api/signin-list`).
const INTERACTIVE: &str = "signInEventTypes/any(t: t eq 'interactiveUser')";

pub(crate) async fn list_sign_ins(
    State(app): State<App>,
    principal: Principal,
    address: Address,
) -> Result<Response> {
    principal.may(&app, &LIST_SIGN_INS).await?;
    let mut query = address.query(&SHAPE)?;
    let view = view(&app, &principal, query.manner).await;
    let log = Log::of(&app, &principal, &query, view);
    query.filter = Some(with_kind(query.filter, query.manner)?);
    odata::scan(&address, PLACE, &query, &log).await
}

pub(crate) async fn get_sign_in(
    State(app): State<App>,
    principal: Principal,
    address: Address,
    Path(id): Path<String>,
) -> Result<Response> {
    principal.may(&app, &GET_SIGN_IN).await?;
    let query = address.query_of_one(&SHAPE)?;
    let row = app.store.sign_in(principal.tenant(), &id).await?;
    let row = row.ok_or_else(|| {
        let id: String = id.chars().take(64).collect();
        ApiError::not_found(format!("There is no row '{id}' in the sign-in log."))
    })?;
    let view = view(&app, &principal, query.manner).await;
    Ok(odata::entity(
        &address,
        200,
        PLACE,
        &query,
        entry(row, view),
        (),
    ))
}

async fn view(app: &App, principal: &Principal, manner: Manner) -> View {
    View {
        version: manner.version,
        shows_policies: principal.may(app, &SEE_APPLIED_POLICIES).await.is_ok(),
    }
}

/// The filter, with the usual kind of event unless it says which.
fn with_kind(filter: Option<Filter>, manner: Manner) -> Result<Filter> {
    let pair = (Cow::from("$filter"), Cow::from(INTERACTIVE));
    let usual = Query::read([pair], &SHAPE, &manner)?.filter;
    Ok(match (filter, usual) {
        (Some(filter), Some(usual)) if !asks_for_kind(&filter) => Filter::And(vec![filter, usual]),
        (Some(filter), _) => filter,
        (None, usual) => usual.unwrap_or(Filter::And(Vec::new())),
    })
}

/// Whether a filter says which kinds of events it wants.
fn asks_for_kind(filter: &Filter) -> bool {
    match filter {
        Filter::And(several) | Filter::Or(several) => several.iter().any(asks_for_kind),
        Filter::Not(inner) => asks_for_kind(inner),
        Filter::Lambda(_, path, _) => path.is("signInEventTypes"),
        Filter::Compare(..) | Filter::In(..) | Filter::Part(..) => false,
    }
}

/// The log of a tenant, as far as a query wants it.
struct Log<'a> {
    app: &'a App,
    rows: SignInQuery,
    view: View,
    /// The one row that is wanted.
    one: Option<String>,
}

impl<'a> Log<'a> {
    fn of(app: &'a App, principal: &Principal, query: &Query, view: View) -> Self {
        let own = principal.tenant();
        let text = |member| query.equal_text(member).map(str::to_owned);
        let span = query.span("createdDateTime");
        let ascending = query.order.first().is_some_and(|order| !order.descending);
        let code = query.equal_number("status/errorCode");
        let rows = SignInQuery {
            window: Window {
                from: span.from.map(moment),
                until: span.until.map(moment),
            },
            home_tenant: parsed(query, "homeTenantId"),
            resource_tenant: parsed(query, "resourceTenantId"),
            user: parsed(query, "userId"),
            client_app: parsed(query, "appId"),
            resource_app: parsed(query, "resourceId"),
            user_name: text("userPrincipalName"),
            error_code: code.and_then(|code| u32::try_from(code).ok()),
            outbound: is_not(query, "resourceTenantId", &own.to_string()),
            inbound: is_not(query, "homeTenantId", &own.to_string()),
            failed: is_not(query, "status/errorCode", "0"),
            order: match ascending {
                true => Order::OldestFirst,
                false => Order::NewestFirst,
            },
            ..SignInQuery::all(own, 0)
        };
        Log {
            app,
            rows,
            view,
            one: text("id"),
        }
    }
}

/// An id that a member must equal. One that cannot be read equals nothing, and the filter says so.
fn parsed<T: std::str::FromStr>(query: &Query, member: &str) -> Option<T> {
    query.equal_text(member)?.parse().ok()
}

/// Whether a member must not have that value.
fn is_not(query: &Query, member: &str, value: &str) -> bool {
    let mut conditions = query.filter.iter().flat_map(Filter::conjuncts);
    conditions.any(|condition| match condition {
        Filter::Compare(path, Comparison::NotEqual, literal) => {
            path.is(member)
                && match literal {
                    Literal::Number(number) => number.to_string() == value,
                    other => other
                        .text()
                        .is_some_and(|text| text.eq_ignore_ascii_case(value)),
                }
        }
        _ => false,
    })
}

impl Source for Log<'_> {
    async fn read(&self, after: Option<&str>, limit: usize) -> Result<Vec<Row>> {
        let rows = match &self.one {
            // Ids compare without regard to case, as all of Graph's text does; a row whose id is
            // written otherwise than it was asked for is found by its place in the log.
            Some(id) if after.is_none() && is_guid(id) => {
                let id = id.to_ascii_lowercase();
                let row = self.app.store.sign_in(self.rows.tenant, &id).await?;
                row.into_iter().collect()
            }
            Some(id) if is_guid(id) => Vec::new(),
            _ => {
                let query = SignInQuery {
                    after: after.map(position).transpose()?,
                    limit: u32::try_from(limit).unwrap_or(u32::MAX),
                    ..self.rows.clone()
                };
                self.app.store.sign_ins(&query).await?
            }
        };
        let rows = rows.into_iter().map(|record| {
            let token = token(&SignInPosition::of(&record));
            let row = logged(record);
            let mut value = sign_in_log::render(&row, self.view);
            sign_in_log::mask_for_filter(&row.sign_in, &mut value);
            Row { token, value }
        });
        Ok(rows.collect())
    }

    async fn complete(&self, mut values: Vec<Value>) -> Result<Vec<Value>> {
        values.iter_mut().for_each(sign_in_log::unmask);
        Ok(values)
    }
}

fn is_guid(text: &str) -> bool {
    uuid::Uuid::try_parse(text).is_ok()
}

/// The place of a row: when, in nanoseconds, and its id.
fn token(position: &SignInPosition) -> String {
    let created = position.created.map(Moment::as_nanoseconds);
    let created = created.map(|time| time.to_string()).unwrap_or_default();
    format!("{created}_{}", position.id)
}

fn position(token: &str) -> Result<SignInPosition> {
    let (created, id) = token.split_once('_').ok_or_else(odata::foreign_token)?;
    let created = match created {
        "" => None,
        number => Some(number.parse().map_err(|_| odata::foreign_token())?),
    };
    Ok(SignInPosition {
        created: created.map(Moment::from_nanoseconds),
        id: id.to_owned(),
    })
}

/// A row as Graph shows it.
pub(crate) fn entry(record: SignInRecord, view: View) -> Value {
    sign_in_log::render(&logged(record), view)
}

fn logged(record: SignInRecord) -> LoggedSignIn {
    LoggedSignIn {
        sign_in: record.sign_in,
        correlation: record.correlation,
        client_app_used: record.client_app_used,
        address: record.address,
        user_agent: record.user_agent,
        device: record.device.map(|device| Device {
            id: device.id,
            display_name: device.display_name,
            operating_system: device.operating_system,
            browser: device.browser,
        }),
        compliant_device: record.claims.compliant_device,
        hybrid_joined_device: record.claims.hybrid_joined_device,
        place: record.place.map(|place| Place {
            city: place.city,
            state: place.state,
            country: place.country,
        }),
        conditional_access: record.conditional_access,
        applied: record.applied,
        multi_factor_required: record.multi_factor_required,
        tenant_restricted: record.tenant_restricted,
    }
}

/// A row of Graph as the log keeps it.
pub fn kept(row: LoggedSignIn) -> SignInRecord {
    SignInRecord {
        sign_in: row.sign_in,
        correlation: row.correlation,
        client_app_used: row.client_app_used,
        address: row.address,
        user_agent: row.user_agent,
        device: row.device.map(|device| SignInDevice {
            id: device.id,
            display_name: device.display_name,
            operating_system: device.operating_system,
            browser: device.browser,
        }),
        place: row.place.map(|place| SignInPlace {
            city: place.city,
            state: place.state,
            country: place.country,
        }),
        claims: TrustClaims {
            // A row of Graph does not say what the home tenant vouched for, but what was asked.
            mfa: false,
            compliant_device: row.compliant_device,
            hybrid_joined_device: row.hybrid_joined_device,
        },
        conditional_access: row.conditional_access,
        applied: row.applied,
        multi_factor_required: row.multi_factor_required,
        tenant_restricted: row.tenant_restricted,
        synthetic: false,
    }
}

/// Whether a sign-in belongs into the log of that tenant. The masked row of tenant restrictions, which
/// names the other tenant alone, is in the log of whoever restricts (S15.6).
pub fn concerns(own: TenantId, sign_in: &SignIn) -> bool {
    let sides = [sign_in.home_tenant, sign_in.resource_tenant];
    sides.contains(&Some(own)) || sign_in.is_masked()
}

/// More rows in one request are refused.
const MOST: usize = 10_000;
/// Longer ids are refused: they have to fit into the link to the next page.
const LONGEST_ID: usize = 256;

pub(crate) async fn report(
    State(app): State<App>,
    principal: Principal,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal.may(&app, &REPORT_SIGN_INS).await?;
    let value = body::json(&headers, body, app.options.body_limit).await?;
    let rows = value.get("value").unwrap_or(&value);
    let read = sign_in_log::read_all(rows).map_err(|error| {
        let path = error.path.to_string();
        ApiError::bad_body(format!("The request body cannot be read: {error}.")).at(path)
    })?;
    if read.len() > MOST {
        let message = format!("At most {MOST} rows are taken at once.");
        return Err(ApiError::bad_body(message));
    }
    let own = principal.tenant();
    for (index, row) in read.iter().enumerate() {
        let sign_in = &row.sign_in;
        let concerns = concerns(own, sign_in);
        let id = rows.get(index).and_then(|row| row.get("id"));
        let id = id.and_then(Value::as_str).unwrap_or_default();
        let wrong = match id.len() {
            0 => Some(format!("[{index}].id: this member is missing.")),
            1..=LONGEST_ID if concerns => None,
            1..=LONGEST_ID => Some(format!(
                "[{index}]: homeTenantId or resourceTenantId must be the tenant {own}."
            )),
            _ => Some(format!(
                "[{index}].id: expected at most {LONGEST_ID} bytes."
            )),
        };
        if let Some(message) = wrong {
            return Err(ApiError::bad_body(message).at(format!("[{index}]")));
        }
    }
    let records: Vec<SignInRecord> = read.into_iter().map(kept).collect();
    let intake = app.store.keep_sign_ins(own, &records).await?;
    Ok(body::answer(
        200,
        &json!({"kept": intake.kept, "known": intake.known}),
    ))
}
