//! Rows of what fails before anything is judged: a wrong password, a code that is not right, a
//! provider elsewhere that says no.
//!
//! Whose log it is follows from who is concerned. A password is between somebody and their home: the
//! organization they wanted to visit does not learn of it, because nobody has shown yet that they
//! are that person. A second factor is asked for by a sign-in that both have in their logs already,
//! so both have its failure. Nobody fills a log by failing: what is not allowed to be tried is not
//! written down, but for the first time, and each tenant's log takes so many of these rows.

use policy::conditional_access::Status;
use policy::row::{AccessType, NO_USER, SignInRow};
use policy::target::ApplicationId;
use policy::tenant::TenantId;
use policy::world::{User, UserType};
use store::TrustClaims;
use uuid::Uuid;

use super::journey::{Journey, tenant_id, used, user_id};
use super::{judge, passcode};
use crate::context::Context;
use crate::error::Result;
use crate::state::App;

/// What failed, as error codes and sentences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Failure(u32, &'static str);

pub(super) const WRONG_PASSWORD: Failure =
    Failure(50_126, "The user name or the password is wrong.");
pub(super) const WRONG_PASSCODE: Failure = Failure(50_126, "The code that was sent is not right.");
pub(super) const WRONG_CODE: Failure = Failure(500_121, "The second factor was not right.");
pub(super) const LOCKED: Failure =
    Failure(50_053, "Too many attempts have failed for the account.");
const NO_ACCOUNT: Failure = Failure(50_034, "There is no such account.");
const DISABLED: Failure = Failure(50_057, "The account is disabled.");

impl From<(u32, &'static str)> for Failure {
    fn from((number, why): (u32, &'static str)) -> Self {
        Failure(number, why)
    }
}

fn row(
    journey: &Journey,
    tenant: TenantId,
    home: Option<TenantId>,
    Failure(number, why): Failure,
) -> SignInRow {
    let program = |id: Uuid| ApplicationId::from_u128(id.as_u128());
    let resource = journey.tenant();
    SignInRow {
        tenant,
        masked: false,
        home_tenant: home,
        resource_tenant: resource,
        access_type: Some(match home == Some(resource) {
            true => AccessType::None,
            false => AccessType::B2bCollaboration,
        }),
        user: NO_USER,
        user_type: Some(match home == Some(tenant) {
            true => UserType::Member,
            false => UserType::Guest,
        }),
        user_principal_name: None,
        user_display_name: None,
        client_app: Some(program(journey.request.client)),
        resource_app: program(journey.resource_app),
        client_app_used: Some(used(journey.is_installed())),
        error_code: number,
        failure_reason: Some(why),
        conditional_access_status: Status::NotApplied,
        applied: Vec::new(),
        multi_factor_required: false,
        is_interactive: true,
        is_tenant_restricted: false,
    }
}

/// The row of somebody who is known.
fn of(row: SignInRow, user: &User, name: Option<String>) -> SignInRow {
    SignInRow {
        user: user.id,
        user_type: Some(user.user_type),
        user_principal_name: name.or_else(|| Some(user.user_principal_name.clone())),
        user_display_name: user.display_name.clone(),
        ..row
    }
}

async fn keep(app: &App, context: &Context, journey: &Journey, rows: Vec<SignInRow>) -> Result<()> {
    let tenants: Vec<TenantId> = rows.iter().map(|row| row.tenant).collect();
    let sheet = app.effective.with(&tenants).await?;
    let now = app.clock.seconds();
    let kept = |row: &SignInRow| {
        // A tenant whose settings live elsewhere keeps its log elsewhere (S25.1).
        let known = sheet.get(row.tenant).map(|known| &known.tenant);
        known.is_some_and(|tenant| tenant.policy.is_some())
            && app
                .guard
                .may_note(context.address, super::home::uuid(row.tenant), now)
    };
    let rows: Vec<SignInRow> = rows.into_iter().filter(kept).collect();
    drop(sheet);
    let programs = (journey.request.client, journey.resource_app);
    let programs = (journey.tenant, programs);
    let claims = TrustClaims::default();
    judge::keep(app, context, programs, claims, &rows, journey.correlation).await
}

/// A password at home.
pub(super) async fn password(
    app: &App,
    context: &Context,
    journey: &Journey,
    home: Uuid,
    failure: Failure,
) -> Result<()> {
    let home = tenant_id(home);
    let address = journey.address.clone().unwrap_or_default();
    let found = app.store.persons_by_address(home, &address).await?;
    let found = found.into_iter().find(|person| person.user.is_internal());
    let failure = match &found {
        _ if failure == LOCKED => LOCKED,
        None => NO_ACCOUNT,
        Some(person) if !person.user.enabled => DISABLED,
        Some(_) => failure,
    };
    let row = row(journey, home, Some(home), failure);
    let row = match found {
        Some(person) => of(row, &person.user, None),
        None => SignInRow {
            user_principal_name: Some(address),
            ..row
        },
    };
    keep(app, context, journey, vec![row]).await
}

/// A second factor, at whichever side.
pub(super) async fn factor(
    app: &App,
    context: &Context,
    journey: &Journey,
    failure: Failure,
) -> Result<()> {
    let Some(account) = &journey.account else {
        return Ok(());
    };
    let (resource, home) = (journey.tenant(), account.home.map(tenant_id));
    let user = user_id(account.user);
    let mut tenants = vec![resource];
    tenants.extend(home);
    let sheet = app.effective.with(&tenants).await?;
    let directory = |tenant: TenantId| {
        let known = sheet.get(tenant).map(|known| &known.tenant);
        known.and_then(|tenant| tenant.directory.as_ref())
    };
    let asked = |tenant| SignInRow {
        user_principal_name: Some(account.name.clone()),
        multi_factor_required: true,
        ..row(journey, tenant, home, failure)
    };
    let name = || Some(account.name.clone());
    let mut rows = Vec::new();
    if let Some(home) = home {
        let there = directory(home).and_then(|there| there.internal(user));
        let row = SignInRow {
            user,
            ..asked(home)
        };
        rows.push(match there {
            Some(there) => of(row, there, name()),
            None => row,
        });
    }
    if home != Some(resource) {
        let object = directory(resource).and_then(|here| match home {
            Some(home) => here.object_for(home, user),
            None => here.users.get(&user),
        });
        rows.push(match object {
            Some(object) => of(asked(resource), object, name()),
            None => asked(resource),
        });
    }
    drop(sheet);
    keep(app, context, journey, rows).await
}

/// A code that was sent to a mailbox (S15.7).
pub(super) async fn passcode(
    app: &App,
    context: &Context,
    journey: &Journey,
    failure: Failure,
) -> Result<()> {
    let resource = journey.tenant();
    let address = journey.address.clone();
    let object = passcode::object(app, resource, address.as_deref().unwrap_or_default()).await?;
    let failure = match &object {
        None if failure != LOCKED => NO_ACCOUNT,
        _ => failure,
    };
    let row = row(journey, resource, None, failure);
    let row = match object {
        Some(person) => of(row, &person.user, address),
        None => SignInRow {
            user_principal_name: address,
            ..row
        },
    };
    keep(app, context, journey, vec![row]).await
}

/// A sign-in with the provider of that tenant.
pub(super) async fn elsewhere(
    app: &App,
    context: &Context,
    journey: &Journey,
    home: Uuid,
    failure: Failure,
) -> Result<()> {
    let (resource, home) = (journey.tenant(), tenant_id(home));
    let mut tenants = vec![home];
    if home != resource {
        tenants.push(resource);
    }
    let rows = tenants.into_iter().map(|tenant| SignInRow {
        user_principal_name: journey.address.clone(),
        ..row(journey, tenant, Some(home), failure)
    });
    keep(app, context, journey, rows.collect()).await
}
