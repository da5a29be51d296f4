//! `/roleManagement/directory/resourceNamespaces`: what roles consist of, and which authentication
//! context protects which action.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use graph::query::Query;
use graph::resource_action::{self as wire, NAMESPACE, NAMESPACE_SHAPE, SHAPE};
use policy::governance::Refusal;
use policy::role::Action;
use policy::world::Tenant;
use serde_json::Value;

use crate::access::governance as rights;
use crate::body;
use crate::context::Context;
use crate::error::{ApiError, Result};
use crate::governance::{self, Activity, Done};
use crate::odata::{self, Address, Json, Writing};
use crate::principal::Principal;
use crate::profile;
use crate::state::App;

const PLACE: &str = "roleManagement/directory/resourceNamespaces";
const ACTIONS: &str =
    "roleManagement/directory/resourceNamespaces('microsoft.directory')/resourceActions";

const PROTECT: Activity = Activity {
    service: "Core Directory",
    category: "RoleManagement",
    name: "Update authentication context of a resource action",
    operation: "Update",
    target: "ResourceAction",
};

pub(crate) async fn list_namespaces(
    State(app): State<App>,
    principal: Principal,
    address: Address,
) -> Result<Response> {
    principal.may(&app, &rights::LIST_NAMESPACES).await?;
    let query = address.query(&NAMESPACE_SHAPE)?;
    let entries = Json::by("id", [wire::render_namespace()]);
    odata::page(&address, PLACE, &query, &entries)
}

pub(crate) async fn get_namespace(
    State(app): State<App>,
    principal: Principal,
    address: Address,
    Path(id): Path<String>,
) -> Result<Response> {
    principal.may(&app, &rights::GET_NAMESPACE).await?;
    let query = address.query_of_one(&NAMESPACE_SHAPE)?;
    namespace(&id)?;
    let value = wire::render_namespace();
    Ok(odata::entity(&address, 200, PLACE, &query, value, ()))
}

pub(crate) async fn list_actions(
    State(app): State<App>,
    principal: Principal,
    address: Address,
    Path(id): Path<String>,
) -> Result<Response> {
    principal.may(&app, &rights::LIST_ACTIONS).await?;
    let query = address.query(&SHAPE)?;
    namespace(&id)?;
    let (tenant, _) = profile::read(&app, &principal).await?;
    let entries = Json::by("id", all(&tenant));
    odata::page(&address, ACTIONS, &query, &entries)
}

pub(crate) async fn count_actions(
    State(app): State<App>,
    principal: Principal,
    address: Address,
    Path(id): Path<String>,
) -> Result<Response> {
    principal.may(&app, &rights::COUNT_ACTIONS).await?;
    let query = address.query_of_count(&SHAPE)?;
    namespace(&id)?;
    let (tenant, _) = profile::read(&app, &principal).await?;
    Ok(odata::count(&query, &Json::by("id", all(&tenant))))
}

pub(crate) async fn get_action(
    State(app): State<App>,
    principal: Principal,
    address: Address,
    Path((id, action)): Path<(String, String)>,
) -> Result<Response> {
    principal.may(&app, &rights::GET_ACTION).await?;
    let query = address.query_of_one(&SHAPE)?;
    namespace(&id)?;
    let action = named(&action)?;
    let (tenant, revision) = profile::read(&app, &principal).await?;
    let value = render(&tenant, action);
    Ok(odata::entity(
        &address, 200, ACTIONS, &query, value, revision,
    ))
}

pub(crate) async fn update_action(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
    Path((id, action)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let body = body::json(&headers, body, app.options.body_limit).await?;
    principal.may(&app, &rights::UPDATE_ACTION).await?;
    namespace(&id)?;
    let action = named(&action)?;
    let writing = Writing {
        app: &app,
        principal: &principal,
        context: &context,
        headers: &headers,
    };
    let written = governance::write(&writing, &PROTECT, &wire::id(action), |tenant| {
        let before = render(tenant, action);
        match wire::change(action, &body)? {
            Some(Some(context)) => {
                if !action.is_protectable() {
                    return Err(Refusal::NotProtectable(action).into());
                }
                let choosable = tenant.governance.choosable(context);
                choosable.map_err(|refusal| {
                    ApiError::bad_body(ApiError::from(refusal).message.clone())
                        .at("authenticationContextId")
                })?;
                tenant.protected_actions.insert(action, context.to_string());
            }
            Some(None) => {
                tenant.protected_actions.remove(&action);
            }
            None => {}
        }
        let after = render(tenant, action);
        Ok(Done {
            name: Some(action.to_string()),
            before,
            after: after.clone(),
            answer: after,
        })
    })
    .await?;
    let query = Query::all(&SHAPE, address.manner());
    let (value, revision) = (written.answer, written.revision);
    Ok(odata::updated(
        &address,
        ACTIONS,
        &query,
        || value,
        revision,
    ))
}

fn all(tenant: &Tenant) -> Vec<Value> {
    let actions = Action::ALL.iter();
    actions.map(|action| render(tenant, *action)).collect()
}

fn render(tenant: &Tenant, action: Action) -> Value {
    let context = tenant.protected_actions.get(&action);
    wire::render(action, context.map(String::as_str))
}

fn namespace(id: &str) -> Result<()> {
    match id.eq_ignore_ascii_case(NAMESPACE) {
        true => Ok(()),
        false => Err(ApiError::not_found(
            "There is no resource namespace with this id.",
        )),
    }
}

fn named(id: &str) -> Result<Action> {
    let missing = || ApiError::not_found("There is no resource action with this id.");
    wire::from_id(id).ok_or_else(missing)
}
