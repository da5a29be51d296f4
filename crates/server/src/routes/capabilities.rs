//! `…/m365Capabilities` of the default and of a partner: stored and given back.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use graph::capability::{self as wire, Draft, MEMBER, SHAPE};
use graph::query::Query;
use graph::wire::WireError;
use policy::administer::{Operation, PartnerKey};
use policy::draft::{Patch, Written};
use policy::reason::Reason;
use policy::settings::{Policy, Untreated};
use policy::tenant::TenantId;
use serde_json::Value;
use store::Snapshot;

use crate::access::Right;
use crate::access::surface::{
    ADD_DEFAULT_CAPABILITY, ADD_PARTNER_CAPABILITY, DELETE_DEFAULT_CAPABILITY,
    DELETE_PARTNER_CAPABILITY, GET_DEFAULT_CAPABILITY, GET_PARTNER_CAPABILITY,
    LIST_DEFAULT_CAPABILITIES, LIST_PARTNER_CAPABILITIES, UPDATE_DEFAULT_CAPABILITY,
    UPDATE_PARTNER_CAPABILITY,
};
use crate::administration::{self, Answer};
use crate::body;
use crate::context::Context;
use crate::error::{ApiError, Result};
use crate::odata::{self, Address, Json, Writing};
use crate::principal::Principal;
use crate::state::App;

/// Where capabilities stand.
#[derive(Clone, Copy)]
enum Owner {
    Default,
    Partner(PartnerKey),
}

impl Owner {
    fn of(partner: Option<&str>) -> Self {
        match partner {
            None => Owner::Default,
            Some(id) => Owner::Partner(id.parse().ok()),
        }
    }

    fn place(self) -> String {
        let root = "policies/crossTenantAccessPolicy";
        match self {
            Owner::Partner(Some(id)) => format!("{root}/partners('{id}')/{MEMBER}"),
            Owner::Default | Owner::Partner(None) => format!("{root}/default/{MEMBER}"),
        }
    }

    /// One of two rights: for the default, or for a partner.
    fn right(self, rights: [&'static Right; 2]) -> &'static Right {
        let [default, partner] = rights;
        match self {
            Owner::Default => default,
            Owner::Partner(_) => partner,
        }
    }

    fn untreated(self, policy: &Policy) -> Option<&Untreated> {
        match self {
            Owner::Default => Some(&policy.defaults.untreated),
            Owner::Partner(key) => {
                let entry = key.and_then(|key| policy.partners.get(key));
                entry.map(|entry| &entry.untreated)
            }
        }
    }

    /// The capabilities as they become these.
    fn write(self, capabilities: Vec<Value>) -> Operation {
        let json = Value::Array(capabilities).to_string();
        let written = vec![Written::Untreated(MEMBER.to_owned(), Patch::Value(json))];
        match self {
            Owner::Default => Operation::UpdateDefault(written),
            Owner::Partner(key) => Operation::UpdatePartner(key, written),
        }
    }
}

fn unread(error: WireError) -> ApiError {
    ApiError::bad_body(format!("{error}.")).at(error.path.to_string())
}

fn absent() -> ApiError {
    ApiError::not_found("There is no such capability.")
}

async fn read(app: &App, principal: &Principal, owner: Owner) -> Result<Vec<Value>> {
    let sheet = app.effective.with(&[principal.tenant()]).await?;
    let known = sheet.get(principal.tenant());
    let policy = known.and_then(|known| known.tenant.policy.as_ref());
    let untreated = policy.and_then(|policy| owner.untreated(policy));
    let untreated =
        untreated.ok_or_else(|| ApiError::not_found(Reason::PartnerNotFound.sentence()))?;
    Ok(wire::stored(untreated))
}

/// The ids of an address: the partner, if it names one, and the capability, if it does.
type Ids = Path<std::collections::HashMap<String, String>>;

fn owner(ids: &Ids) -> Owner {
    Owner::of(ids.get("id").map(String::as_str))
}

fn name(ids: &Ids) -> Result<&'static str> {
    let name = ids.get("name").and_then(|name| wire::named(name));
    name.ok_or_else(absent)
}

pub(crate) async fn list_capabilities(
    State(app): State<App>,
    principal: Principal,
    address: Address,
    ids: Ids,
) -> Result<Response> {
    let owner = owner(&ids);
    let rights = [&LIST_DEFAULT_CAPABILITIES, &LIST_PARTNER_CAPABILITIES];
    principal.may(&app, owner.right(rights)).await?;
    let query = address.query(&SHAPE)?;
    let capabilities = read(&app, &principal, owner).await?;
    let capabilities = Json::by("name", capabilities);
    odata::page(&address, &owner.place(), &query, &capabilities)
}

pub(crate) async fn get_capability(
    State(app): State<App>,
    principal: Principal,
    address: Address,
    ids: Ids,
) -> Result<Response> {
    let owner = owner(&ids);
    let rights = [&GET_DEFAULT_CAPABILITY, &GET_PARTNER_CAPABILITY];
    principal.may(&app, owner.right(rights)).await?;
    let query = address.query_of_one(&SHAPE)?;
    let name = name(&ids)?;
    let capabilities = read(&app, &principal, owner).await?;
    let found = capabilities.into_iter().find(|value| wire::is(value, name));
    let value = found.ok_or_else(absent)?;
    let place = owner.place();
    Ok(odata::entity(&address, 200, &place, &query, value, ()))
}

/// What becomes of the stored capabilities.
enum Edit {
    Add(Draft),
    Change(Draft),
    Drop,
}

/// The capabilities after the edit.
struct Edited<'a> {
    owner: Owner,
    own: TenantId,
    name: &'static str,
    edit: &'a Edit,
    time: String,
}

impl Edited<'_> {
    fn of(&self, policy: Option<&Policy>) -> Result<Vec<Value>> {
        let untreated = policy.and_then(|policy| self.owner.untreated(policy));
        let mut all = untreated.map(wire::stored).unwrap_or_default();
        let place = all.iter().position(|value| wire::is(value, self.name));
        match (self.edit, place) {
            (Edit::Add(_), Some(_)) => {
                let message =
                    "Another object with the same value for property name already exists.";
                return Err(ApiError::conflict(message));
            }
            (Edit::Add(draft), None) => all.push(draft.put(None, &self.time)),
            // Whether the partner is there is said first.
            (_, None) if untreated.is_some() => return Err(absent()),
            (_, None) => {}
            (Edit::Drop, Some(place)) => drop(all.remove(place)),
            (Edit::Change(draft), Some(place)) => {
                if let Some(value) = all.get_mut(place) {
                    *value = draft.put(Some(value), &self.time);
                }
            }
        }
        Ok(all)
    }
}

impl administration::Make for Edited<'_> {
    async fn make(&self, snapshot: &Snapshot) -> Result<Operation> {
        let all = self.of(snapshot.world().policy(self.own))?;
        Ok(self.owner.write(all))
    }
}

/// Changes the capability of that name, judged like every other write of the settings.
async fn change(
    writing: &Writing<'_>,
    owner: Owner,
    name: &'static str,
    edit: &Edit,
) -> Result<(Answer, Value)> {
    let edited = Edited {
        owner,
        own: writing.principal.tenant(),
        name,
        edit,
        time: writing.context.received.to_string(),
    };
    let other = match owner {
        Owner::Default => None,
        Owner::Partner(key) => key,
    };
    let answer = administration::write_made(writing, other, &edited).await?;
    let untreated = owner.untreated(&answer.policy);
    let stored = untreated.map(wire::stored).unwrap_or_default();
    let value = stored.into_iter().find(|value| wire::is(value, name));
    Ok((answer, value.unwrap_or_default()))
}

pub(crate) async fn add_capability(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
    ids: Ids,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let owner = owner(&ids);
    let rights = [&ADD_DEFAULT_CAPABILITY, &ADD_PARTNER_CAPABILITY];
    principal.may(&app, owner.right(rights)).await?;
    let body = body::json(&headers, body, app.options.body_limit).await?;
    let draft = wire::read(&body, None).map_err(unread)?;
    let name = draft.name.unwrap_or_default();
    let writing = Writing {
        app: &app,
        principal: &principal,
        context: &context,
        headers: &headers,
    };
    let (answer, value) = change(&writing, owner, name, &Edit::Add(draft)).await?;
    let place = owner.place();
    let location = format!("{}/{name}", place.replace("('", "/").replace("')", ""));
    let query = Query::all(&SHAPE, address.manner());
    Ok(odata::created(
        &address, &place, &query, value, &location, &answer,
    ))
}

pub(crate) async fn update_capability(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    ids: Ids,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let owner = owner(&ids);
    let rights = [&UPDATE_DEFAULT_CAPABILITY, &UPDATE_PARTNER_CAPABILITY];
    principal.may(&app, owner.right(rights)).await?;
    let name = name(&ids)?;
    let body = body::json(&headers, body, app.options.body_limit).await?;
    let draft = wire::read(&body, Some(name)).map_err(unread)?;
    let writing = Writing {
        app: &app,
        principal: &principal,
        context: &context,
        headers: &headers,
    };
    let (answer, _) = change(&writing, owner, name, &Edit::Change(draft)).await?;
    Ok(odata::no_content(&answer))
}

pub(crate) async fn delete_capability(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    ids: Ids,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let owner = owner(&ids);
    let rights = [&DELETE_DEFAULT_CAPABILITY, &DELETE_PARTNER_CAPABILITY];
    principal.may(&app, owner.right(rights)).await?;
    body::bytes(&headers, body, app.options.body_limit).await?;
    let name = name(&ids)?;
    let writing = Writing {
        app: &app,
        principal: &principal,
        context: &context,
        headers: &headers,
    };
    change(&writing, owner, name, &Edit::Drop).await?;
    Ok(odata::no_content(()))
}

/// `serviceProviderConstraints`: outside of what is kept here.
pub(crate) async fn no_constraints(_: Principal) -> ApiError {
    ApiError::not_found("Constraints of service providers are not kept here.")
}
