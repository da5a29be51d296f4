//! `/tenantRelationships/multiTenantOrganization`: the organization of several tenants that the
//! caller's tenant is in, its tenants, and joining it (S13).
//!
//! A tenant that is active sees all of it. One that was invited sees who invited it, and itself;
//! everybody else sees that there is none.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use graph::multitenant_organization::{self as wire, JOIN_REQUEST, ORGANIZATION, TENANT};
use graph::query::Query;
use graph::wire::WireError;
use policy::joining;
use policy::membership::{self as law, Refusal};
use policy::multitenant::{Member, MultitenantOrganization, OrganizationId};
use policy::tenant::TenantId;
use policy::world::World;
use serde_json::Value;

use crate::access::surface::{
    ADD_MTO_TENANT, CREATE_MTO, DELETE_MTO_TENANT, GET_JOIN_REQUEST, GET_MTO, GET_MTO_TENANT,
    JOIN_MTO, LIST_MTO_TENANTS, UPDATE_MTO, UPDATE_MTO_TENANT,
};
use crate::body;
use crate::clock::moment;
use crate::context::Context;
use crate::error::{ApiError, Result};
use crate::membership::{
    ADD_TENANT, CREATE, DELETE_TENANT, Deed, JOIN, Membership, UPDATE, UPDATE_TENANT,
};
use crate::odata::{self, Address, Json};
use crate::principal::Principal;
use crate::state::App;

const PLACE: &str = "tenantRelationships/multiTenantOrganization";
const TENANTS: &str = "tenantRelationships/multiTenantOrganization/tenants";

/// What the caller's tenant may see.
struct Seen {
    own: TenantId,
    /// The organization it is active in, or else the first that invited it.
    organization: Option<MultitenantOrganization>,
    /// With the names of its tenants.
    world: World,
}

impl Seen {
    async fn by(app: &App, principal: &Principal) -> Result<Self> {
        let own = principal.tenant();
        let world = app.effective.with(&[own]).await?.world(&[own]);
        let mut listed = world.multitenant_organizations.iter();
        let organization = law::active_in(&world, own)
            .or_else(|| listed.find(|organization| organization.has(own)))
            .cloned();
        let members = organization.iter().flat_map(|organization| {
            let members = organization.members.iter();
            members.map(|member| member.tenant)
        });
        let members: Vec<TenantId> = members.collect();
        let world = app.effective.with(&members).await?.world(&members);
        Ok(Seen {
            own,
            organization,
            world,
        })
    }

    fn itself(&self) -> Option<&Member> {
        self.organization.as_ref()?.member(self.own)
    }

    /// The organization, for a tenant that is active in it.
    fn active(&self) -> Option<&MultitenantOrganization> {
        let active = self.itself().is_some_and(|member| member.active);
        self.organization.as_ref().filter(|_| active)
    }

    /// The tenants that may be seen.
    fn members(&self) -> Vec<&Member> {
        match self.active() {
            Some(organization) => organization.members.iter().collect(),
            None => self.itself().into_iter().collect(),
        }
    }

    fn tenants(&self) -> Json {
        let members = self.members();
        Json::by("tenantId", members.iter().map(|member| self.render(member)))
    }

    fn render(&self, member: &Member) -> Value {
        let tenant = self.world.tenant(member.tenant);
        let name = tenant.and_then(|tenant| tenant.display_name.as_deref());
        wire::render_tenant(member, name)
    }

    fn tenant(&self, id: &str) -> Result<Value> {
        let id: Option<TenantId> = id.parse().ok();
        let members = self.members();
        let member = members.iter().find(|member| Some(member.tenant) == id);
        let member = member.map(|member| self.render(member));
        member.ok_or_else(|| {
            ApiError::not_found("There is no such tenant in the multitenant organization.")
        })
    }

    fn join_request(&self) -> Result<Value> {
        let member = self.itself().map(wire::render_join_request);
        member
            .ok_or_else(|| ApiError::not_found("No multitenant organization has added the tenant."))
    }
}

fn unread(error: WireError) -> ApiError {
    ApiError::bad_body(format!("{error}.")).at(error.path.to_string())
}

/// Everything a write needs beside what is written.
struct Writing<'a> {
    app: &'a App,
    principal: &'a Principal,
    context: &'a Context,
}

impl Writing<'_> {
    fn of(&self, deed: Deed, about: TenantId) -> Membership<'_> {
        Membership {
            app: self.app,
            principal: self.principal,
            context: self.context,
            deed,
            about,
        }
    }

    fn now(&self) -> i128 {
        moment(self.context.received).as_nanoseconds()
    }

    async fn body(&self, headers: &HeaderMap, body: Body) -> Result<Value> {
        body::json(headers, body, self.app.options.body_limit).await
    }

    async fn seen(&self) -> Result<Seen> {
        Seen::by(self.app, self.principal).await
    }
}

pub(crate) async fn get_organization(
    State(app): State<App>,
    principal: Principal,
    address: Address,
) -> Result<Response> {
    principal.may(&app, &GET_MTO).await?;
    let query = address.query(&ORGANIZATION)?;
    let seen = Seen::by(&app, &principal).await?;
    let value = wire::render(seen.active());
    Ok(odata::entity(&address, 200, PLACE, &query, value, ()))
}

pub(crate) async fn create_organization(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal.may(&app, &CREATE_MTO).await?;
    let writing = Writing {
        app: &app,
        principal: &principal,
        context: &context,
    };
    let body = writing.body(&headers, body).await?;
    let described = wire::read(&body, &wire::render(None)).map_err(unread)?;
    let own = principal.tenant();
    let id = OrganizationId::from_u128(sts::random::guid().as_u128());
    writing
        .of(CREATE, own)
        .carry_out(|world| law::create(world, own, id, &described, writing.now()))
        .await?;
    Ok(odata::no_content(()))
}

pub(crate) async fn update_organization(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal.may(&app, &UPDATE_MTO).await?;
    let writing = Writing {
        app: &app,
        principal: &principal,
        context: &context,
    };
    let body = writing.body(&headers, body).await?;
    let stored = wire::render(writing.seen().await?.active());
    let described = wire::read(&body, &stored).map_err(unread)?;
    let own = principal.tenant();
    writing
        .of(UPDATE, own)
        .carry_out(|world| law::rename(world, own, &described))
        .await?;
    Ok(odata::no_content(()))
}

pub(crate) async fn list_tenants(
    State(app): State<App>,
    principal: Principal,
    address: Address,
) -> Result<Response> {
    principal.may(&app, &LIST_MTO_TENANTS).await?;
    let query = address.query(&TENANT)?;
    let tenants = Seen::by(&app, &principal).await?.tenants();
    odata::page(&address, TENANTS, &query, &tenants)
}

pub(crate) async fn count_tenants(
    State(app): State<App>,
    principal: Principal,
    address: Address,
) -> Result<Response> {
    principal.may(&app, &LIST_MTO_TENANTS).await?;
    let query = address.query_of_count(&TENANT)?;
    let tenants = Seen::by(&app, &principal).await?.tenants();
    Ok(odata::count(&query, &tenants))
}

pub(crate) async fn get_tenant(
    State(app): State<App>,
    principal: Principal,
    address: Address,
    Path(id): Path<String>,
) -> Result<Response> {
    principal.may(&app, &GET_MTO_TENANT).await?;
    let query = address.query_of_one(&TENANT)?;
    let value = Seen::by(&app, &principal).await?.tenant(&id)?;
    Ok(odata::entity(&address, 200, TENANTS, &query, value, ()))
}

pub(crate) async fn add_tenant(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal.may(&app, &ADD_MTO_TENANT).await?;
    let writing = Writing {
        app: &app,
        principal: &principal,
        context: &context,
    };
    let body = writing.body(&headers, body).await?;
    let draft = wire::read_tenant(&body, None).map_err(unread)?;
    let own = principal.tenant();
    let about = draft.tenant.unwrap_or(own);
    let member = Member {
        owner: draft.owner.unwrap_or(false),
        display_name: draft.display_name.value().cloned(),
        ..Member::pending(about)
    };
    writing
        .of(ADD_TENANT, about)
        .carry_out(|world| law::add(world, own, member.clone(), writing.now()))
        .await?;
    let value = writing.seen().await?.tenant(&about.to_string())?;
    let query = Query::all(&TENANT, address.manner());
    let location = format!("{TENANTS}/{about}");
    Ok(odata::created(
        &address,
        TENANTS,
        &query,
        value,
        &location,
        (),
    ))
}

pub(crate) async fn update_tenant(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal.may(&app, &UPDATE_MTO_TENANT).await?;
    let writing = Writing {
        app: &app,
        principal: &principal,
        context: &context,
    };
    let body = writing.body(&headers, body).await?;
    let stored = writing.seen().await?.tenant(&id)?;
    let draft = wire::read_tenant(&body, Some(&stored)).map_err(unread)?;
    let own = principal.tenant();
    let about = id.parse().unwrap_or(own);
    writing
        .of(UPDATE_TENANT, about)
        .carry_out(|world| law::change(world, own, about, draft.owner, &draft.display_name))
        .await?;
    Ok(odata::no_content(()))
}

pub(crate) async fn delete_tenant(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal.may(&app, &DELETE_MTO_TENANT).await?;
    body::bytes(&headers, body, app.options.body_limit).await?;
    let writing = Writing {
        app: &app,
        principal: &principal,
        context: &context,
    };
    writing.seen().await?.tenant(&id)?;
    let own = principal.tenant();
    let about = id.parse().unwrap_or(own);
    writing
        .of(DELETE_TENANT, about)
        .carry_out(|world| law::leave(world, own, about))
        .await?;
    Ok(odata::no_content(()))
}

pub(crate) async fn get_join_request(
    State(app): State<App>,
    principal: Principal,
    address: Address,
) -> Result<Response> {
    principal.may(&app, &GET_JOIN_REQUEST).await?;
    let query = address.query(&JOIN_REQUEST)?;
    let value = Seen::by(&app, &principal).await?.join_request()?;
    let place = format!("{PLACE}/joinRequest");
    Ok(odata::entity(&address, 200, &place, &query, value, ()))
}

pub(crate) async fn join(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal.may(&app, &JOIN_MTO).await?;
    let writing = Writing {
        app: &app,
        principal: &principal,
        context: &context,
    };
    let body = writing.body(&headers, body).await?;
    let stored = writing.seen().await?.join_request().unwrap_or_default();
    let invited_by = wire::read_join_request(&body, &stored).map_err(unread)?;
    let own = principal.tenant();
    writing
        .of(JOIN, own)
        .carry_out(|world| {
            let accepted = joining::accept(world, own, invited_by, writing.now());
            accepted.map_err(Refusal::Ruled)
        })
        .await?;
    Ok(odata::no_content(()))
}
