//! Which rows a judged sign-in leaves, and in whose logs (S15).

use crate::conditional_access::Status;
use crate::decision::Verdict;
use crate::row::{AccessType, NO_USER, SignInRow, TENANT_RESTRICTION};
use crate::sign_in::{self, Decision, SignIn, SignInAccount};
use crate::target::{ApplicationId, UserId};
use crate::tenant::TenantId;
use crate::tenant_restrictions::{RestrictedAccess, Restriction};
use crate::world::{User, UserType, World};

/// What a row says beyond the decision.
pub(crate) struct Context<'a> {
    pub(crate) world: &'a World,
    pub(crate) request: &'a SignIn,
    /// A tenant restrictions header was enforced.
    pub(crate) restricted: bool,
    /// Whose policy was enforced.
    pub(crate) policy_tenant: Option<TenantId>,
    pub(crate) multi_factor_required: bool,
}

/// The rows (S15.1): home, resource, and a masked one for the tenant whose restrictions were
/// enforced (S15.6). A tenant whose settings live elsewhere keeps its log elsewhere (S25.1).
pub(crate) fn of(context: &Context<'_>, decision: &Decision) -> Vec<SignInRow> {
    let mut rows = Vec::new();
    let resource = context.request.resource;
    match &context.request.account {
        SignInAccount::Guest(object) => {
            let found = sign_in::object_of(context.world, resource, *object);
            let name = found.map(|u| {
                u.mail
                    .clone()
                    .unwrap_or_else(|| u.user_principal_name.clone())
            });
            rows.push(SignInRow {
                user: found.map_or(NO_USER, |user| user.id),
                user_type: Some(found.map_or(UserType::Guest, |user| user.user_type)),
                user_principal_name: name,
                user_display_name: found.and_then(|user| user.display_name.clone()),
                ..judged(context, decision, resource, None)
            });
        }
        SignInAccount::Home { tenant, user, .. } => {
            // A guest object of the home tenant is not an account of it (S8.4).
            let account = sign_in::object_of(context.world, *tenant, *user)
                .filter(|account| account.is_internal() || *tenant == resource);
            rows.push(home_row(context, decision, *tenant, *user, account));
            if *tenant != resource {
                rows.push(resource_row(context, decision, *tenant, *user, account));
            }
        }
    }
    rows.extend(
        context
            .policy_tenant
            .map(|tenant| masked(context, decision, tenant)),
    );
    rows.retain(|row| context.world.policy(row.tenant).is_some());
    rows
}

fn home_row(
    context: &Context<'_>,
    decision: &Decision,
    home: TenantId,
    user: UserId,
    account: Option<&User>,
) -> SignInRow {
    let same_tenant = home == context.request.resource;
    let mut row = SignInRow {
        user,
        user_type: Some(account.map_or(UserType::Member, |account| account.user_type)),
        user_principal_name: account.map(|account| account.user_principal_name.clone()),
        user_display_name: account.and_then(|account| account.display_name.clone()),
        ..judged(context, decision, home, Some(home))
    };
    if !same_tenant {
        // S15.2, S15.4: policies are listed in the resource tenant only.
        row.conditional_access_status = Status::NotApplied;
        row.applied.clear();
    }
    row
}

fn resource_row(
    context: &Context<'_>,
    decision: &Decision,
    home: TenantId,
    user: UserId,
    account: Option<&User>,
) -> SignInRow {
    let resource = context.request.resource;
    let directory = context
        .world
        .tenant(resource)
        .and_then(|tenant| tenant.directory.as_ref());
    let object = directory.and_then(|directory| directory.object_for(home, user));
    let collaboration = decision.access_type == AccessType::B2bCollaboration;
    let mut row = SignInRow {
        user: match collaboration {
            true => object.map_or(NO_USER, |object| object.id),
            false => user,
        },
        user_type: Some(object.map_or(UserType::Guest, |object| object.user_type)),
        user_principal_name: account.map(|account| account.user_principal_name.clone()),
        user_display_name: account.and_then(|account| account.display_name.clone()),
        ..judged(context, decision, resource, Some(home))
    };
    if decision.access_type == AccessType::B2bDirectConnect {
        row.client_app_used = None; // S15.4: client details are in the home tenant.
    }
    row
}

/// What the rows of a pair have in common.
fn judged(
    context: &Context<'_>,
    decision: &Decision,
    tenant: TenantId,
    home: Option<TenantId>,
) -> SignInRow {
    let request = context.request;
    let used = request.client_app_used.clone();
    SignInRow {
        tenant,
        masked: false,
        home_tenant: home,
        resource_tenant: request.resource,
        access_type: Some(decision.access_type),
        user: NO_USER,
        user_type: None,
        user_principal_name: None,
        user_display_name: None,
        client_app: request.client_app,
        resource_app: request.resource_app,
        client_app_used: Some(used.unwrap_or_else(|| "Browser".to_owned())),
        error_code: decision.error_code(),
        failure_reason: (decision.verdict != Verdict::Allow).then(|| decision.reason.sentence()),
        conditional_access_status: decision.conditional_access,
        applied: decision.applied.clone(),
        multi_factor_required: context.multi_factor_required,
        is_interactive: request.is_interactive,
        is_tenant_restricted: context.restricted,
    }
}

/// S15.6: applications, resource tenant and error code, and no other field (S24).
fn masked(context: &Context<'_>, decision: &Decision, tenant: TenantId) -> SignInRow {
    let request = context.request;
    SignInRow {
        is_interactive: request.is_interactive,
        is_tenant_restricted: context.restricted,
        ..masked_row(
            tenant,
            request.resource,
            (request.client_app, request.resource_app),
            decision.error_code(),
        )
    }
}

fn masked_row(
    tenant: TenantId,
    resource: TenantId,
    (client_app, resource_app): (Option<ApplicationId>, ApplicationId),
    error_code: u32,
) -> SignInRow {
    SignInRow {
        tenant,
        masked: true,
        home_tenant: None,
        resource_tenant: resource,
        access_type: None,
        user: NO_USER,
        user_type: None,
        user_principal_name: None,
        user_display_name: Some(TENANT_RESTRICTION.to_owned()),
        client_app,
        resource_app,
        client_app_used: None,
        error_code,
        failure_reason: None,
        conditional_access_status: Status::NotApplied,
        applied: Vec::new(),
        multi_factor_required: false,
        is_interactive: true,
        is_tenant_restricted: true,
    }
}

/// The masked row about the access of a program.
pub(crate) fn of_program(
    access: &RestrictedAccess,
    restriction: &Restriction,
) -> Option<SignInRow> {
    let tenant = restriction.policy_tenant?;
    let apps = (access.client_app, access.resource_app);
    let code = restriction.reason.error_code();
    Some(masked_row(tenant, access.resource, apps, code))
}
