//! `…/templates`: what joining a multitenant organization puts into the tenant's entries (S13.4).

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use graph::query::{Query, Shape};
use graph::template as wire;
use policy::administer::{Refused, partner_template, synchronization_template};
use policy::audit::ModifiedProperty;
use policy::draft::TemplateDraft;
use policy::multitenant::Templates;
use policy::reason::Reason;
use policy::world::{Storage, Tenant};
use serde_json::Value;
use store::Target;

use crate::access::Right;
use crate::access::surface::{
    GET_PARTNER_TEMPLATE, GET_SYNCHRONIZATION_TEMPLATE, RESET_PARTNER_TEMPLATE,
    RESET_SYNCHRONIZATION_TEMPLATE, UPDATE_PARTNER_TEMPLATE, UPDATE_SYNCHRONIZATION_TEMPLATE,
};
use crate::administration::IfMatch;
use crate::body;
use crate::context::Context;
use crate::entry::Entry;
use crate::error::{ApiError, Result};
use crate::odata::{self, Address};
use crate::principal::Principal;
use crate::profile::{self, Changed, Refusal};
use crate::state::App;

type Judged = std::result::Result<(Templates, Vec<ModifiedProperty>), Refused>;

/// One of the two templates.
struct Template {
    place: &'static str,
    shape: &'static Shape,
    category: &'static str,
    /// What the log calls a PATCH of it, and a reset.
    activities: [&'static str; 2],
    render: fn(&Tenant) -> Value,
    judge: fn(&Tenant, &TemplateDraft) -> Judged,
    reset: fn(&mut Templates),
}

const PARTNER: Template = Template {
    place: "policies/crossTenantAccessPolicy/templates/multiTenantOrganizationPartnerConfiguration",
    shape: &wire::PARTNER,
    category: "MultiTenantOrgPartnerConfigurationTemplate",
    activities: [
        "Update a multi tenant org partner configuration template",
        "Reset a multi tenant org partner configuration template",
    ],
    render: |tenant| wire::render_partner(&tenant.templates.partner, id(tenant)),
    judge: |tenant, draft| {
        let (partner, modified) = partner_template(tenant, draft)?;
        let synchronization = tenant.templates.synchronization.clone();
        let templates = Templates {
            partner,
            synchronization,
        };
        Ok((templates, modified))
    },
    reset: |templates| templates.partner = Default::default(),
};

const SYNCHRONIZATION: Template = Template {
    place: "policies/crossTenantAccessPolicy/templates/multiTenantOrganizationIdentitySynchronization",
    shape: &wire::SYNCHRONIZATION,
    category: "MultiTenantOrgIdentitySyncPolicyUpdate",
    activities: [
        "Update a multi tenant org identity sync policy template",
        "Reset a multi tenant org identity sync policy template",
    ],
    render: |tenant| wire::render_synchronization(&tenant.templates.synchronization, id(tenant)),
    judge: |tenant, draft| {
        let (synchronization, modified) = synchronization_template(tenant, draft)?;
        let partner = tenant.templates.partner.clone();
        let templates = Templates {
            partner,
            synchronization,
        };
        Ok((templates, modified))
    },
    reset: |templates| templates.synchronization = Default::default(),
};

fn id(tenant: &Tenant) -> Option<policy::tenant::PolicyId> {
    tenant.policy.as_ref().and_then(|policy| policy.id)
}

pub(crate) async fn get_partner(
    State(app): State<App>,
    principal: Principal,
    address: Address,
) -> Result<Response> {
    get(&app, &principal, &address, &GET_PARTNER_TEMPLATE, &PARTNER).await
}

pub(crate) async fn get_synchronization(
    State(app): State<App>,
    principal: Principal,
    address: Address,
) -> Result<Response> {
    let right = &GET_SYNCHRONIZATION_TEMPLATE;
    get(&app, &principal, &address, right, &SYNCHRONIZATION).await
}

async fn get(
    app: &App,
    principal: &Principal,
    address: &Address,
    right: &Right,
    template: &Template,
) -> Result<Response> {
    principal.may(app, right).await?;
    let query = address.query(template.shape)?;
    let (tenant, revision) = profile::read(app, principal).await?;
    let value = (template.render)(&tenant);
    Ok(odata::entity(
        address,
        200,
        template.place,
        &query,
        value,
        revision,
    ))
}

pub(crate) async fn update_partner(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal.may(&app, &UPDATE_PARTNER_TEMPLATE).await?;
    let draft = draft(&app, &headers, body).await?;
    let write = Write {
        app: &app,
        principal: &principal,
        context: &context,
        template: &PARTNER,
        if_match: IfMatch::of(&headers)?,
    };
    write.update(&address, &draft).await
}

pub(crate) async fn update_synchronization(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal
        .may(&app, &UPDATE_SYNCHRONIZATION_TEMPLATE)
        .await?;
    let draft = draft(&app, &headers, body).await?;
    let write = Write {
        app: &app,
        principal: &principal,
        context: &context,
        template: &SYNCHRONIZATION,
        if_match: IfMatch::of(&headers)?,
    };
    write.update(&address, &draft).await
}

pub(crate) async fn reset_partner(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal.may(&app, &RESET_PARTNER_TEMPLATE).await?;
    body::bytes(&headers, body, app.options.body_limit).await?;
    let write = Write {
        app: &app,
        principal: &principal,
        context: &context,
        template: &PARTNER,
        if_match: IfMatch::of(&headers)?,
    };
    write.reset().await
}

pub(crate) async fn reset_synchronization(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal.may(&app, &RESET_SYNCHRONIZATION_TEMPLATE).await?;
    body::bytes(&headers, body, app.options.body_limit).await?;
    let write = Write {
        app: &app,
        principal: &principal,
        context: &context,
        template: &SYNCHRONIZATION,
        if_match: IfMatch::of(&headers)?,
    };
    write.reset().await
}

async fn draft(app: &App, headers: &HeaderMap, body: Body) -> Result<TemplateDraft> {
    let value = body::json(headers, body, app.options.body_limit).await?;
    wire::read(&value)
        .map_err(|error| ApiError::bad_body(format!("The request body cannot be read: {error}.")))
}

struct Write<'a> {
    app: &'a App,
    principal: &'a Principal,
    context: &'a Context,
    template: &'a Template,
    if_match: Option<IfMatch>,
}

impl Write<'_> {
    /// What the log says (S16.4).
    fn entry(&self, tenant: &Tenant, resets: bool, modified: Vec<ModifiedProperty>) -> Entry {
        let [update, reset] = self.template.activities;
        let activity = if resets { reset } else { update };
        Entry {
            service: "Core Directory",
            category: self.template.category,
            activity,
            operation: "Update",
            target: Target {
                kind: "Policy".to_owned(),
                id: id(tenant).map(|id| id.to_string()),
                display_name: None,
                user_principal_name: None,
            },
            modified,
            details: Vec::new(),
        }
    }

    async fn update(&self, address: &Address, draft: &TemplateDraft) -> Result<Response> {
        let judge = |tenant: &Tenant| match (self.template.judge)(tenant, draft) {
            Ok((templates, modified)) => {
                let changed = Tenant {
                    templates,
                    ..tenant.clone()
                };
                Ok(Changed {
                    answer: (self.template.render)(&changed),
                    entry: self.entry(tenant, false, modified),
                    tenant: changed,
                })
            }
            Err(refused) => Err(self.refusal(tenant, false, &refused, draft)),
        };
        let written = self.write(judge).await?;
        let query = Query::all(self.template.shape, address.manner());
        let value = || written.answer;
        Ok(odata::updated(
            address,
            self.template.place,
            &query,
            value,
            written.revision,
        ))
    }

    async fn reset(&self) -> Result<Response> {
        let judge = |tenant: &Tenant| {
            if tenant.storage == Storage::Migrating {
                let refused = Refused::from(Reason::PolicyMigrating);
                let draft = TemplateDraft::default();
                return Err(self.refusal(tenant, true, &refused, &draft));
            }
            let mut changed = tenant.clone();
            (self.template.reset)(&mut changed.templates);
            let modified = profile::difference(
                &(self.template.render)(tenant),
                &(self.template.render)(&changed),
            );
            Ok(Changed {
                tenant: changed,
                entry: self.entry(tenant, true, modified),
                answer: (),
            })
        };
        let written = self.write(judge).await?;
        Ok(odata::no_content(written.revision))
    }

    fn refusal(
        &self,
        tenant: &Tenant,
        resets: bool,
        refused: &Refused,
        draft: &TemplateDraft,
    ) -> Refusal {
        let error = ApiError::of_refused(refused, &draft.written);
        match policy::audit::leaves_failure_row(refused.reason) {
            true => Refusal::logged(
                error,
                self.entry(tenant, resets, Vec::new()),
                refused.reason,
            ),
            false => error.into(),
        }
    }

    async fn write<T>(
        &self,
        judge: impl Fn(&Tenant) -> std::result::Result<Changed<T>, Refusal>,
    ) -> Result<profile::Written<T>> {
        let if_match = self.if_match.as_ref();
        profile::write(self.app, self.principal, self.context, if_match, judge).await
    }
}
