//! The surface on one page.

mod governance;
mod jobs;
mod routes;
mod surface;

use axum::Router;
use axum::extract::{OriginalUri, Request};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{delete, get, post};

pub(crate) use self::routes::Routes;
use crate::error::ApiError;
use crate::openapi;
use crate::routes::throttle::refuse_next;
use crate::routes::{
    activity, applications, audit_head, authzen, decide, default, difference, directory_audits,
    groups, health, history, invitations, lint, me, openid, organization, partner, partner_names,
    partners, policy, preview, sign_ins, sms_sign_in, synchronization, transfer, users,
};
use crate::state::App;
use crate::trace::Canonical;
use crate::{batch, scim, sign_in, throttle, trace};

/// Everything the server answers.
pub fn app(app: App) -> Router {
    let (routes, _) = surface(&app).into_parts();
    let routes = routes
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(nothing);
    around(app, routes)
}

/// Every address, as the router spells it.
pub fn addresses(app: &App) -> Vec<String> {
    surface(app).into_parts().1
}

fn surface(app: &App) -> Routes {
    let limited = |routes: Routes, app: &App| {
        let limit = from_fn_with_state(app.clone(), throttle::limit);
        let all = routes.merge(governance::routes());
        all.within(|routes| routes.route_layer(limit))
    };
    let beta = |app: &App| limited(graph().merge(surface::beta()), app);
    let graph = |app: &App| limited(graph(), app);
    let versions = Routes::new()
        .nest("/v1.0", graph(app))
        .nest("/beta", beta(app));
    let (versions, _) = versions.into_parts();
    let versions = versions
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(nothing);
    // What a batch is made of is answered by the same routes, but a batch of batches by none.
    let single = around(app.clone(), versions);
    Routes::new()
        .nest("/v1.0", graph(app))
        .nest("/beta", beta(app))
        .route("/v1.0/$batch", batch::route("v1.0", single.clone()))
        .route("/beta/$batch", batch::route("beta", single))
        .route(
            "/{tenant}/v2.0/.well-known/openid-configuration",
            get(openid::get_configuration),
        )
        .route(
            "/{tenant}/.well-known/openid-configuration",
            get(openid::get_configuration),
        )
        .route("/{tenant}/discovery/v2.0/keys", get(openid::get_keys))
        .merge(sign_in::routes())
        .route(
            "/.well-known/authzen-configuration",
            get(authzen::get_configuration),
        )
        .route("/access/v1/evaluation", post(authzen::evaluate))
        .route("/access/v1/evaluations", post(authzen::evaluate_many))
        .merge(scim::routes())
        .route("/comity/v1/me", get(me::who_am_i))
        .route("/comity/v1/decide", post(decide::decide))
        .route("/comity/v1/preview", post(preview::preview))
        .route("/comity/v1/difference", post(difference::difference))
        .route("/comity/v1/lint", post(lint::lint))
        .route("/comity/v1/activity", get(activity::get_activity))
        .route(
            "/comity/v1/tenants/{id}/settings",
            get(transfer::get_settings).put(transfer::put_settings),
        )
        .route(
            "/comity/v1/tenants/{id}/partners",
            get(partner_names::list_partner_names),
        )
        .route(
            "/comity/v1/tenants/{id}/smsSignIn",
            get(sms_sign_in::list_sms_sign_in),
        )
        .route(
            "/comity/v1/tenants/{id}/history",
            get(history::list_revisions),
        )
        .route("/comity/v1/tenants/{id}/compare", get(history::compare))
        .route("/comity/v1/tenants/{id}/restore", post(history::restore))
        .merge(surface::registry())
        .merge(jobs::jobs())
        .route("/comity/v1/signins", post(sign_ins::report))
        .route("/comity/v1/throttle", post(refuse_next))
        .route("/comity/v1/audit/head", get(audit_head::get_head))
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .route("/openapi.json", get(openapi::get_document))
}

/// These routes behind everything that is the same for every request.
pub fn around(app: App, routes: Router<App>) -> Router {
    let routes = routes
        .layer(from_fn(trace::note_route))
        .with_state(app.clone());
    // The outer router has no routes: what it wraps is around the inner one, before routing.
    Router::new()
        .fallback_service(routes)
        .layer(from_fn_with_state(app, trace::enter))
}

/// Microsoft Graph. Segments are in lower case, as [`crate::path`] leaves them.
fn graph() -> Routes {
    settings().merge(people()).merge(programs()).merge(tenant())
}

/// People and groups.
fn people() -> Routes {
    let mut routes = jobs::graph()
        .route("/users", get(users::list_users).post(users::create_user))
        .route("/users/$count", get(users::count_users))
        .route(
            "/users/{id}",
            get(users::get_user)
                .patch(users::update_user)
                .delete(users::delete_user),
        )
        .route("/users/{id}/sponsors/$ref", post(users::add_sponsor))
        .route(
            "/users/{id}/sponsors/{sponsor}/$ref",
            delete(users::remove_sponsor),
        )
        .route("/me", get(users::get_user))
        .route("/invitations", post(invitations::create_invitation))
        .route(
            "/groups",
            get(groups::list_groups).post(groups::create_group),
        )
        .route("/groups/$count", get(groups::count_groups))
        .route(
            "/groups/{id}",
            get(groups::get_group)
                .patch(groups::update_group)
                .delete(groups::delete_group),
        )
        .route("/groups/{id}/members", get(groups::list_members))
        .route("/groups/{id}/members/$count", get(groups::count_members))
        .route("/groups/{id}/members/$ref", post(groups::add_member))
        .route(
            "/groups/{id}/members/{member}/$ref",
            delete(groups::remove_member),
        )
        .route(
            "/groups/{id}/transitivemembers",
            get(groups::list_transitive_members),
        )
        .route("/groups/{id}/memberof", get(groups::list_parents))
        .route("/groups/{id}/owners", get(groups::list_owners));
    // What can be asked of a user can be asked of oneself.
    for user in ["/users/{id}", "/me"] {
        let at = |rest: &str| format!("{user}{rest}");
        routes = routes
            .route(&at("/memberof"), get(users::list_member_of))
            .route(
                &at("/transitivememberof"),
                get(users::list_transitive_member_of),
            )
            .route(&at("/sponsors"), get(users::list_sponsors))
            .route(&at("/getmembergroups"), post(users::get_member_groups))
            .route(&at("/getmemberobjects"), post(users::get_member_groups))
            .route(&at("/checkmembergroups"), post(users::check_member_groups))
            .route(&at("/checkmemberobjects"), post(users::check_member_groups))
            .route(&at("/revokesigninsessions"), post(users::revoke_sessions));
    }
    routes
}

/// Applications, and what stands for them.
fn programs() -> Routes {
    let mut routes = Routes::new();
    for key in ["/{id}", "(appid)/{appid}"] {
        routes = routes
            .route(
                &format!("/applications{key}"),
                get(applications::get_application)
                    .patch(applications::update_application)
                    .delete(applications::delete_application),
            )
            .route(
                &format!("/serviceprincipals{key}"),
                get(applications::get_principal)
                    .patch(applications::update_principal)
                    .delete(applications::delete_principal),
            );
    }
    routes
        .route(
            "/applications",
            get(applications::list_applications).post(applications::create_application),
        )
        .route(
            "/applications/$count",
            get(applications::count_applications),
        )
        .route(
            "/serviceprincipals",
            get(applications::list_principals).post(applications::create_principal),
        )
        .route(
            "/serviceprincipals/$count",
            get(applications::count_principals),
        )
}

/// What a tenant says about itself, and lets people do.
fn tenant() -> Routes {
    let authorization = "/policies/authorizationpolicy";
    Routes::new()
        .route("/organization", get(organization::list_organizations))
        .route(
            "/organization/{id}",
            get(organization::get_organization).patch(organization::update_organization),
        )
        .route(
            authorization,
            get(organization::get_authorization_policy)
                .patch(organization::update_authorization_policy),
        )
        .route(
            &format!("{authorization}/authorizationpolicy"),
            get(organization::get_named_authorization_policy)
                .patch(organization::update_authorization_policy),
        )
        .route(
            "/policies/b2bmanagementpolicies",
            get(organization::list_domain_lists).post(organization::create_domain_list),
        )
        .route(
            "/policies/b2bmanagementpolicies/{id}",
            get(organization::get_domain_list)
                .patch(organization::update_domain_list)
                .delete(organization::delete_domain_list),
        )
        .route("/legacy/policies", get(organization::list_legacy_policies))
}

/// Cross-tenant access, and the log about it.
fn settings() -> Routes {
    let root = "/policies/crosstenantaccesspolicy";
    let at = |rest: &str| format!("{root}{rest}");
    Routes::new()
        .merge(surface::graph())
        .route(root, get(policy::get_policy).patch(policy::update_policy))
        .route(
            &at("/default"),
            get(default::get_default).patch(default::update_default),
        )
        .route(
            &at("/default/resettosystemdefault"),
            post(default::reset_default),
        )
        .route(
            &at("/partners"),
            get(partners::list_partners).post(partners::create_partner),
        )
        .route(&at("/partners/$count"), get(partners::count_partners))
        .route(
            &at("/partners/{id}"),
            get(partner::get_partner)
                .patch(partner::update_partner)
                .delete(partner::delete_partner),
        )
        .route(
            &at("/partners/{id}/identitysynchronization"),
            get(synchronization::get_synchronization)
                .put(synchronization::create_synchronization)
                .patch(synchronization::update_synchronization)
                .delete(synchronization::delete_synchronization),
        )
        .route("/auditlogs/signins", get(sign_ins::list_sign_ins))
        .route("/auditlogs/signins/{id}", get(sign_ins::get_sign_in))
        .route(
            "/auditlogs/directoryaudits",
            get(directory_audits::list_audits),
        )
        .route(
            "/auditlogs/directoryaudits/$count",
            get(directory_audits::count_audits),
        )
        .route(
            "/auditlogs/directoryaudits/{id}",
            get(directory_audits::get_audit),
        )
}

async fn method_not_allowed() -> ApiError {
    ApiError::method_not_allowed()
}

/// Graph names the segment it does not know, and answers 400; everywhere else it is 404.
async fn nothing(OriginalUri(uri): OriginalUri, request: Request) -> ApiError {
    // As the client wrote it, if that is known.
    let written = request.extensions().get::<Canonical>();
    let uri = written.map_or(&uri, |address| &address.written);
    let mut segments = uri.path().split('/').filter(|segment| !segment.is_empty());
    let first = segments.next().unwrap_or_default().to_ascii_lowercase();
    match first.as_str() {
        "v1.0" | "beta" => ApiError::unknown_segment(segments.next_back().unwrap_or_default()),
        _ => ApiError::not_found("There is nothing at this address."),
    }
}
