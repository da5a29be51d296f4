//! `/applications` and `/servicePrincipals`: what decisions and sign-ins need to know of programs.

mod list;

use std::collections::HashMap;

use axum::body::Body;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use graph::application::{self, APPLICATION, SERVICE_PRINCIPAL};
use policy::target::ApplicationId;
use serde_json::{Map, Value};
use store::{
    Application, ApplicationDetails, ApplicationRow, DirectoryAct, Revision, ServicePrincipal,
};
use uuid::Uuid;

use self::list::{Applications, Principals};
use super::users::{precondition, written};
use crate::access::Right;
use crate::access::directory::{
    CREATE_APPLICATION, CREATE_PRINCIPAL, DELETE_APPLICATION, DELETE_PRINCIPAL, GET_APPLICATION,
    GET_PRINCIPAL, LIST_APPLICATIONS, LIST_PRINCIPALS, Reach, UPDATE_APPLICATION, UPDATE_PRINCIPAL,
};
use crate::administration::IfMatch;
use crate::body;
use crate::clock::moment;
use crate::context::Context;
use crate::error::{ApiError, Result};
use crate::odata::{self, Address};
use crate::people::user::own_domain;
use crate::people::{Deed, Desk, Judged, no_object, unchanged, unreadable};
use crate::principal::Principal;
use crate::state::App;

const APPLICATIONS: &str = "applications";
const PRINCIPALS: &str = "servicePrincipals";

const fn deed(activity: &'static str, operation: &'static str, kind: &'static str) -> Deed {
    Deed {
        category: "ApplicationManagement",
        activity,
        operation,
        kind,
    }
}

const ADD: Deed = deed("Add application", "Add", "Application");
const UPDATE: Deed = deed("Update application", "Update", "Application");
const DELETE: Deed = deed("Delete application", "Delete", "Application");
const ADD_PRINCIPAL: Deed = deed("Add service principal", "Add", "ServicePrincipal");
const CHANGE_PRINCIPAL: Deed = deed("Update service principal", "Update", "ServicePrincipal");
const REMOVE_PRINCIPAL: Deed = deed("Remove service principal", "Delete", "ServicePrincipal");

fn nothing() -> Value {
    Value::Object(Map::new())
}

/// An application as the wire sees it.
fn view(row: &ApplicationRow) -> application::Application {
    let ApplicationDetails {
        created,
        audience,
        identifier_uris,
        public_redirect_uris,
        spa_redirect_uris,
        tags,
        description,
    } = &row.details;
    application::Application {
        id: row.object.to_string(),
        app_id: row.application.id.to_string(),
        display_name: row.application.display_name.clone(),
        description: description.clone(),
        created: *created,
        audience: audience.clone(),
        identifier_uris: identifier_uris.clone(),
        web: row.application.redirect_uris.clone(),
        public: public_redirect_uris.clone(),
        spa: spa_redirect_uris.clone(),
        tags: tags.clone(),
    }
}

fn apply(draft: &application::ApplicationDraft, row: &mut ApplicationRow) {
    let mut said = view(row);
    draft.apply(&mut said);
    row.application.display_name = said.display_name;
    row.application.redirect_uris = said.web;
    row.details = ApplicationDetails {
        created: row.details.created,
        audience: said.audience,
        identifier_uris: said.identifier_uris,
        public_redirect_uris: said.public,
        spa_redirect_uris: said.spa,
        tags: said.tags,
        description: said.description,
    };
}

/// A service principal as the wire sees it.
fn principal_view(object: &ServicePrincipal) -> application::ServicePrincipal {
    application::ServicePrincipal {
        id: object.id.to_string(),
        app_id: object.application.to_string(),
        display_name: object.display_name.clone(),
        enabled: object.enabled,
        owner: object.owner.map(|owner| owner.to_string()),
        reply_urls: object.reply_urls.clone(),
        tags: object.tags.clone(),
        created: object.created,
    }
}

fn render_principal(object: &ServicePrincipal) -> Value {
    application::render_principal(&principal_view(object))
}

/// Which object an address names: by its id, or, `servicePrincipals(appId='…')`, by its application's.
pub(crate) struct Key {
    text: String,
    is_app_id: bool,
}

impl FromRequestParts<App> for Key {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let named = Path::<HashMap<String, String>>::from_request_parts(parts, app).await;
        let mut named = named.map(|Path(named)| named).unwrap_or_default();
        let missing = || ApiError::unknown_segment("");
        match named.remove("appid") {
            Some(text) => Ok(Key {
                text,
                is_app_id: true,
            }),
            None => Ok(Key {
                text: named.remove("id").ok_or_else(missing)?,
                is_app_id: false,
            }),
        }
    }
}

impl Desk<'_> {
    async fn find_application(&self, key: &Key) -> Result<ApplicationRow> {
        let (store, tenant) = (&self.app.store, self.tenant());
        let found = match key.is_app_id {
            true => {
                let id = key.text.parse().map_err(|_| no_object(&key.text))?;
                store.application_row(tenant, id).await?
            }
            false => {
                let object = Uuid::try_parse(&key.text).map_err(|_| no_object(&key.text))?;
                store.application_object(tenant, object).await?
            }
        };
        found.ok_or_else(|| no_object(&key.text))
    }

    async fn find_principal(&self, key: &Key) -> Result<(ServicePrincipal, Revision)> {
        let (store, tenant) = (&self.app.store, self.tenant());
        let found = match key.is_app_id {
            true => {
                let id = key.text.parse().map_err(|_| no_object(&key.text))?;
                store.service_principal_of(tenant, id).await?
            }
            false => {
                let id = Uuid::try_parse(&key.text).map_err(|_| no_object(&key.text))?;
                store.service_principal(tenant, id).await?
            }
        };
        found.ok_or_else(|| no_object(&key.text))
    }
}

/// Whether the caller may read one of these, or all of them.
async fn may_read(app: &App, principal: &Principal, right: &Right, lists: bool) -> Result<()> {
    principal.may(app, right).await?;
    let reach = Reach::of(app, principal).await?;
    match lists {
        true => reach.may_list(),
        false => reach.may_see_others(),
    }
}

pub(crate) async fn list_applications(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
) -> Result<Response> {
    may_read(&app, &principal, &LIST_APPLICATIONS, true).await?;
    let query = address.query(&APPLICATION)?;
    let desk = Desk::of(&app, &principal, &context);
    let list = Applications::of(&desk, &query).await?;
    odata::scan(&address, APPLICATIONS, &query, &list).await
}

pub(crate) async fn count_applications(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
) -> Result<Response> {
    may_read(&app, &principal, &LIST_APPLICATIONS, true).await?;
    let query = address.query_of_count(&APPLICATION)?;
    let desk = Desk::of(&app, &principal, &context);
    odata::scan_count(&query, &Applications::of(&desk, &query).await?).await
}

pub(crate) async fn get_application(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
    id: Key,
) -> Result<Response> {
    may_read(&app, &principal, &GET_APPLICATION, false).await?;
    let query = address.query_of_one(&APPLICATION)?;
    let desk = Desk::of(&app, &principal, &context);
    let row = desk.find_application(&id).await?;
    let value = application::render(&view(&row), &own_domain(&*desk.profile().await?));
    Ok(odata::entity(
        &address,
        200,
        APPLICATIONS,
        &query,
        value,
        Some(row.version),
    ))
}

pub(crate) async fn create_application(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal.may(&app, &CREATE_APPLICATION).await?;
    // Before anything is done: a refusal leaves nothing behind.
    let query = address.query_of_one(&APPLICATION)?;
    let value = written(&app, &headers, body).await?;
    let draft = application::read(&value).map_err(unreadable)?;
    let desk = Desk::of(&app, &principal, &context);
    let domain = own_domain(&*desk.profile().await?);
    let (object, id) = (sts::random::guid(), sts::random::guid());
    let (draft, domain) = (&draft, &domain);
    let attempt = || async move {
        if draft.display_name.value().is_none() {
            let message =
                "A value is required for property 'displayName' of resource 'Application'.";
            return Err(ApiError::bad_body(message).at("displayName"));
        }
        unchanged(&draft.echoes, &nothing())?;
        let mut row = ApplicationRow {
            object,
            application: Application {
                id: ApplicationId::from_u128(id.as_u128()),
                tenant: desk.tenant(),
                display_name: None,
                redirect_uris: Vec::new(),
            },
            details: ApplicationDetails {
                created: Some(moment(desk.context.received)),
                ..ApplicationDetails::default()
            },
            version: Revision(1),
        };
        apply(draft, &mut row);
        let rendered = application::render(&view(&row), domain);
        let name = row.application.display_name.clone();
        let entry = ADD.changed(object, name, &nothing(), &rendered);
        let act = DirectoryAct::PutApplication {
            row: Box::new(row),
            expected: None,
        };
        Ok(Judged::one(act, entry, rendered))
    };
    let rendered = desk
        .carry_out(&ADD, Some(object.to_string()), attempt)
        .await?;
    let location = format!("{APPLICATIONS}/{object}");
    let tag = Some(Revision(1));
    Ok(odata::created(
        &address,
        APPLICATIONS,
        &query,
        rendered,
        &location,
        tag,
    ))
}

pub(crate) async fn update_application(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    id: Key,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal.may(&app, &UPDATE_APPLICATION).await?;
    let value = written(&app, &headers, body).await?;
    let draft = application::read(&value).map_err(unreadable)?;
    let if_match = IfMatch::of(&headers)?;
    let desk = Desk::of(&app, &principal, &context);
    let domain = own_domain(&*desk.profile().await?);
    let (draft, domain, key, if_match) = (&draft, &domain, &id, if_match.as_ref());
    let attempt = || async move {
        let before = desk.find_application(key).await?;
        precondition(if_match, before.version)?;
        let rendered = application::render(&view(&before), domain);
        unchanged(&draft.echoes, &rendered)?;
        let mut after = before.clone();
        apply(draft, &mut after);
        if after == before {
            return Ok(Judged::nothing(before.version));
        }
        let now = application::render(&view(&after), domain);
        let name = after.application.display_name.clone();
        let entry = UPDATE.changed(after.object, name, &rendered, &now);
        let act = DirectoryAct::PutApplication {
            row: Box::new(after),
            expected: Some(before.version),
        };
        Ok(Judged::one(act, entry, before.version.next()))
    };
    let version = desk
        .carry_out(&UPDATE, Some(id.text.clone()), attempt)
        .await?;
    Ok(odata::no_content(Some(version)))
}

pub(crate) async fn delete_application(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    id: Key,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal.may(&app, &DELETE_APPLICATION).await?;
    body::bytes(&headers, body, app.options.body_limit).await?;
    let if_match = IfMatch::of(&headers)?;
    let desk = Desk::of(&app, &principal, &context);
    let (key, if_match) = (&id, if_match.as_ref());
    let attempt = || async move {
        let row = desk.find_application(key).await?;
        precondition(if_match, row.version)?;
        let act = DirectoryAct::DropApplication {
            id: row.application.id,
            expected: row.version,
        };
        let name = row.application.display_name;
        let entry = DELETE.entry(Some(row.object.to_string()), name, Vec::new());
        Ok(Judged::one(act, entry, ()))
    };
    desk.carry_out(&DELETE, Some(id.text.clone()), attempt)
        .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(crate) async fn list_principals(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
) -> Result<Response> {
    may_read(&app, &principal, &LIST_PRINCIPALS, true).await?;
    let query = address.query(&SERVICE_PRINCIPAL)?;
    let desk = Desk::of(&app, &principal, &context);
    let list = Principals::of(&desk, &query);
    odata::scan(&address, PRINCIPALS, &query, &list).await
}

pub(crate) async fn count_principals(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
) -> Result<Response> {
    may_read(&app, &principal, &LIST_PRINCIPALS, true).await?;
    let query = address.query_of_count(&SERVICE_PRINCIPAL)?;
    let desk = Desk::of(&app, &principal, &context);
    odata::scan_count(&query, &Principals::of(&desk, &query)).await
}

pub(crate) async fn get_principal(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
    id: Key,
) -> Result<Response> {
    may_read(&app, &principal, &GET_PRINCIPAL, false).await?;
    let query = address.query_of_one(&SERVICE_PRINCIPAL)?;
    let desk = Desk::of(&app, &principal, &context);
    let (object, version) = desk.find_principal(&id).await?;
    let value = render_principal(&object);
    Ok(odata::entity(
        &address,
        200,
        PRINCIPALS,
        &query,
        value,
        Some(version),
    ))
}

pub(crate) async fn create_principal(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal.may(&app, &CREATE_PRINCIPAL).await?;
    // Before anything is done: a refusal leaves nothing behind.
    let query = address.query_of_one(&SERVICE_PRINCIPAL)?;
    let value = written(&app, &headers, body).await?;
    let draft = application::read_principal(&value).map_err(unreadable)?;
    let desk = Desk::of(&app, &principal, &context);
    let (id, draft) = (sts::random::guid(), &draft);
    let attempt = || async move {
        let said = draft.app_id.as_deref().and_then(|id| id.parse().ok());
        let Some(application) = said else {
            let message = "A GUID is required for property 'appId' of resource 'ServicePrincipal'.";
            return Err(ApiError::bad_body(message).at("appId"));
        };
        unchanged(&draft.echoes, &nothing())?;
        if desk
            .app
            .store
            .service_principal_of(desk.tenant(), application)
            .await?
            .is_some()
        {
            let message = "The service principal cannot be created, updated, or restored because \
                           the service principal name is already in use.";
            return Err(ApiError::conflicting(message, "ObjectConflict", "appId"));
        }
        let owned = offered(&desk, application).await?;
        let mut object = ServicePrincipal {
            id,
            application,
            display_name: owned.as_ref().and_then(|owned| owned.display_name.clone()),
            enabled: true,
            owner: owned.as_ref().map(|owned| owned.tenant),
            reply_urls: owned.map(|owned| owned.redirect_uris).unwrap_or_default(),
            tags: Vec::new(),
            created: Some(moment(desk.context.received)),
        };
        apply_principal(draft, &mut object);
        let rendered = render_principal(&object);
        let name = object.display_name.clone();
        let entry = ADD_PRINCIPAL.changed(id, name, &nothing(), &rendered);
        let act = DirectoryAct::PutServicePrincipal {
            object: Box::new(object),
            expected: None,
        };
        Ok(Judged::one(act, entry, rendered))
    };
    let rendered = desk
        .carry_out(&ADD_PRINCIPAL, Some(id.to_string()), attempt)
        .await?;
    let location = format!("{PRINCIPALS}/{id}");
    let tag = Some(Revision(1));
    Ok(odata::created(
        &address, PRINCIPALS, &query, rendered, &location, tag,
    ))
}

/// The application behind a service principal, if it is known here: the tenant's own, or one of
/// another tenant that lets others sign in. Of any other nothing is told, not even that it exists.
async fn offered(desk: &Desk<'_>, id: ApplicationId) -> Result<Option<store::Application>> {
    let store = &desk.app.store;
    let Some(application) = store.application(id).await? else {
        return Ok(None);
    };
    if application.tenant == desk.tenant() {
        return Ok(Some(application));
    }
    let row = store.application_row(application.tenant, id).await?;
    let audience = row.and_then(|row| row.details.audience);
    let open = audience.is_some_and(|name| name != "AzureADMyOrg");
    Ok(open.then_some(application))
}

fn apply_principal(draft: &application::PrincipalDraft, object: &mut ServicePrincipal) {
    let mut said = principal_view(object);
    draft.apply(&mut said);
    object.display_name = said.display_name;
    object.enabled = said.enabled;
    object.reply_urls = said.reply_urls;
    object.tags = said.tags;
}

pub(crate) async fn update_principal(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    id: Key,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal.may(&app, &UPDATE_PRINCIPAL).await?;
    let value = written(&app, &headers, body).await?;
    let draft = application::read_principal(&value).map_err(unreadable)?;
    let if_match = IfMatch::of(&headers)?;
    let desk = Desk::of(&app, &principal, &context);
    let (draft, key, if_match) = (&draft, &id, if_match.as_ref());
    let attempt = || async move {
        let (before, version) = desk.find_principal(key).await?;
        precondition(if_match, version)?;
        let rendered = render_principal(&before);
        unchanged(&draft.echoes, &rendered)?;
        let said = draft.app_id.as_deref();
        if said.is_some_and(|said| !said.eq_ignore_ascii_case(&before.application.to_string())) {
            let message = "Property 'appId' is read-only and cannot be set.";
            return Err(ApiError::bad_body(message).at("appId"));
        }
        let mut after = before.clone();
        apply_principal(draft, &mut after);
        if after == before {
            return Ok(Judged::nothing(version));
        }
        let now = render_principal(&after);
        let entry = CHANGE_PRINCIPAL.changed(after.id, after.display_name.clone(), &rendered, &now);
        let act = DirectoryAct::PutServicePrincipal {
            object: Box::new(after),
            expected: Some(version),
        };
        Ok(Judged::one(act, entry, version.next()))
    };
    let version = desk
        .carry_out(&CHANGE_PRINCIPAL, Some(id.text.clone()), attempt)
        .await?;
    Ok(odata::no_content(Some(version)))
}

pub(crate) async fn delete_principal(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    id: Key,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal.may(&app, &DELETE_PRINCIPAL).await?;
    body::bytes(&headers, body, app.options.body_limit).await?;
    let if_match = IfMatch::of(&headers)?;
    let desk = Desk::of(&app, &principal, &context);
    let (key, if_match) = (&id, if_match.as_ref());
    let attempt = || async move {
        let (object, version) = desk.find_principal(key).await?;
        precondition(if_match, version)?;
        let act = DirectoryAct::DropServicePrincipal {
            id: object.id,
            expected: version,
        };
        let id = object.id.to_string();
        let entry = REMOVE_PRINCIPAL.entry(Some(id), object.display_name, Vec::new());
        Ok(Judged::one(act, entry, ()))
    };
    desk.carry_out(&REMOVE_PRINCIPAL, Some(id.text.clone()), attempt)
        .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
