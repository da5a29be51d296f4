//! `/directory/deletedItems`: users who were deleted in the last 30 days, by whoever or whatever, to
//! be taken back or given up for good.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use graph::deleted::{USER, render_user};
use graph::user::SHAPE;
use policy::target::UserId;
use store::{DeletedUser, DirectoryAct, KEPT_NANOSECONDS, Moment, Person, UserDetails};

use super::users;
use crate::access::directory::{FORGET_USER, GET_DELETED_USER, LIST_DELETED_USERS, RESTORE_USER};
use crate::body;
use crate::clock::moment;
use crate::context::Context;
use crate::error::Result;
use crate::odata::{self, Address, Row, Source};
use crate::people::user::{own_domain, put, render, uuid};
use crate::people::{Deed, Desk, Judged, no_object};
use crate::principal::Principal;
use crate::state::App;

const PLACE: &str = "directory/deletedItems";

const RESTORE: Deed = Deed {
    category: "UserManagement",
    activity: "Restore user",
    operation: "Update",
    kind: "User",
};
const FORGET: Deed = Deed {
    activity: "Hard Delete user",
    operation: "Delete",
    ..RESTORE
};

/// The beginning of the 30 days.
fn since(context: &Context) -> Moment {
    let now = moment(context.received).as_nanoseconds();
    Moment::from_nanoseconds(now - KEPT_NANOSECONDS)
}

async fn find(desk: &Desk<'_>, id: &str) -> Result<DeletedUser> {
    let key: UserId = id.parse().map_err(|_| no_object(id))?;
    let since = since(desk.context);
    let found = desk.app.store.deleted_user(desk.tenant(), since, key);
    found.await?.ok_or_else(|| no_object(id))
}

struct Deleted<'a> {
    desk: Desk<'a>,
    domain: String,
}

impl Source for Deleted<'_> {
    async fn read(&self, after: Option<&str>, limit: usize) -> Result<Vec<Row>> {
        let after = after.map(|text| text.parse().map_err(|_| odata::foreign_token()));
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        let (store, tenant) = (&self.desk.app.store, self.desk.tenant());
        let since = since(self.desk.context);
        let found = store
            .deleted_users(tenant, since, after.transpose()?, limit)
            .await?;
        let rows = found.iter().map(|one| Row {
            token: one.person.user.id.to_string(),
            value: render_user(render(&one.person, &self.domain), one.deleted),
        });
        Ok(rows.collect())
    }
}

pub(crate) async fn list_deleted_users(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
) -> Result<Response> {
    principal.may(&app, &LIST_DELETED_USERS).await?;
    let query = address.query(&USER)?;
    let desk = Desk::of(&app, &principal, &context);
    let domain = own_domain(&*desk.profile().await?);
    odata::scan(&address, PLACE, &query, &Deleted { desk, domain }).await
}

pub(crate) async fn get_deleted_user(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
    Path(id): Path<String>,
) -> Result<Response> {
    principal.may(&app, &GET_DELETED_USER).await?;
    let query = address.query_of_one(&USER)?;
    let desk = Desk::of(&app, &principal, &context);
    let found = find(&desk, &id).await?;
    let domain = own_domain(&*desk.profile().await?);
    let value = render_user(render(&found.person, &domain), found.deleted);
    Ok(odata::entity(&address, 200, PLACE, &query, value, ()))
}

pub(crate) async fn restore_user(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal.may(&app, &RESTORE_USER).await?;
    body::bytes(&headers, body, app.options.body_limit).await?;
    let query = address.query_of_one(&SHAPE)?;
    let desk = Desk::of(&app, &principal, &context);
    let domain = own_domain(&*desk.profile().await?);
    let attempt = || async {
        let found = find(&desk, &id).await?;
        let user = found.person.user;
        // What was issued before the deletion stays void.
        let person = Person {
            details: UserDetails {
                sessions_revoked: Some(found.deleted),
                ..found.person.details
            },
            version: store::Revision(1),
            user,
        };
        let name = Some(person.user.user_principal_name.clone());
        let entry = RESTORE.entry(Some(person.user.id.to_string()), name, Vec::new());
        let mut judged = Judged::one(put(&person, None), entry, person.clone());
        let id = person.user.id;
        judged.acts.push(DirectoryAct::ForgetUser { id });
        Ok(judged)
    };
    let about = Some(id.clone());
    let person = desk.carry_out(&RESTORE, about, attempt).await?;
    let value = render(&person, &domain);
    Ok(odata::entity(
        &address,
        200,
        users::PLACE,
        &query,
        value,
        (),
    ))
}

pub(crate) async fn forget_user(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal.may(&app, &FORGET_USER).await?;
    body::bytes(&headers, body, app.options.body_limit).await?;
    let desk = Desk::of(&app, &principal, &context);
    let attempt = || async {
        let found = find(&desk, &id).await?;
        let user = found.person.user;
        let object = uuid(user.id).to_string();
        let entry = FORGET.entry(Some(object), Some(user.user_principal_name), Vec::new());
        let act = DirectoryAct::ForgetUser { id: user.id };
        Ok(Judged::one(act, entry, ()))
    };
    let about = Some(id.clone());
    desk.carry_out(&FORGET, about, attempt).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
