//! Short ways to say a block, a sign-in and a Conditional Access policy.

use comity_policy::conditional_access::{
    ApplicationCondition, Category, Claims, ConditionalAccessPolicy, Control, ExternalUsers,
    Operator, PolicyState, UserCondition,
};
use comity_policy::settings::Block;
use comity_policy::sign_in::{Decision, Journey, SignIn, SignInAccount};
use comity_policy::target::{
    Access, ApplicationId, ApplicationTarget, ApplicationsHalf, GroupId, Half, Scope, Targets,
    UserId, UserTarget, UsersHalf,
};
use comity_policy::tenant::TenantId;
use comity_policy::tenant_restrictions::{Carrier, Header};
use comity_policy::world::World;

use crate::town::{
    CONTOSO, CONTOSO_POLICY, ERP, FABRIKAM, FRANK, FRED, GUEST_OTTO, NINA, NORTHWIND, TEAMS,
};

fn scope<T>(targets: Vec<T>) -> Scope<T> {
    Targets::new(targets).map_or(Scope::All, Scope::Only)
}

/// A users half; nobody named means everybody.
pub(crate) fn users(access: Access, targets: &[UserTarget]) -> UsersHalf {
    Half {
        access,
        scope: scope(targets.to_vec()),
    }
}

/// An applications half; nothing named means everything.
pub(crate) fn apps(access: Access, targets: &[ApplicationId]) -> ApplicationsHalf {
    let targets = targets.iter().copied();
    Half {
        access,
        scope: scope(targets.map(ApplicationTarget::Application).collect()),
    }
}

pub(crate) fn block(users: UsersHalf, applications: ApplicationsHalf) -> Block {
    Block {
        users: Some(users),
        applications: Some(applications),
    }
}

pub(crate) fn open() -> Block {
    block(users(Access::Allowed, &[]), apps(Access::Allowed, &[]))
}

pub(crate) fn shut() -> Block {
    block(users(Access::Blocked, &[]), apps(Access::Blocked, &[]))
}

pub(crate) fn only_apps(named: &[ApplicationId]) -> Block {
    block(users(Access::Allowed, &[]), apps(Access::Allowed, named))
}

pub(crate) fn only_users(named: &[UserTarget]) -> Block {
    block(users(Access::Allowed, named), apps(Access::Allowed, &[]))
}

pub(crate) fn person(id: UserId) -> UserTarget {
    UserTarget::User(id)
}

pub(crate) fn group(id: GroupId) -> UserTarget {
    UserTarget::Group(id)
}

/// As a guest; the claims say nothing.
pub(crate) fn visit(
    home: TenantId,
    user: UserId,
    resource: TenantId,
    app: ApplicationId,
) -> SignIn {
    SignIn {
        journey: Journey::Collaboration,
        account: SignInAccount::Home {
            tenant: home,
            user,
            groups: None,
        },
        resource,
        client_app: None,
        resource_app: app,
        claims: Claims::default(),
        consent_accepted: false,
        first_access: false,
        is_interactive: true,
        client_app_used: None,
        restrictions: None,
    }
}

/// Fred, an accepted guest, opens Contoso's ERP.
pub(crate) fn fred() -> SignIn {
    visit(FABRIKAM, FRED, CONTOSO, ERP)
}

/// Frank of Fabrikam opens Contoso's Teams by direct connect.
pub(crate) fn frank_connects() -> SignIn {
    SignIn {
        journey: Journey::DirectConnect,
        ..visit(FABRIKAM, FRANK, CONTOSO, TEAMS)
    }
}

/// Nina of Northwind comes as a service provider's user.
pub(crate) fn nina_serves() -> SignIn {
    SignIn {
        journey: Journey::ServiceProvider,
        ..visit(NORTHWIND, NINA, CONTOSO, ERP)
    }
}

/// Otto, who has a personal account.
pub(crate) fn otto() -> SignIn {
    SignIn {
        account: SignInAccount::Guest(GUEST_OTTO),
        ..fred()
    }
}

pub(crate) fn decide(world: &World, request: &SignIn) -> Decision {
    comity_policy::sign_in::decide(world, request)
}

/// Contoso's header.
pub(crate) fn header(carrier: Carrier) -> Header {
    Header {
        value: format!("{CONTOSO}:{CONTOSO_POLICY}"),
        carrier,
    }
}

/// A policy for everybody and every application.
pub(crate) fn asks(
    id: &str,
    operator: Operator,
    controls: Vec<Control>,
) -> ConditionalAccessPolicy {
    ConditionalAccessPolicy {
        id: id.to_owned(),
        elsewhere: false,
        source: None,
        display_name: None,
        state: PolicyState::Enabled,
        include_users: UserCondition {
            all: true,
            ..UserCondition::default()
        },
        exclude_users: UserCondition::default(),
        include_applications: ApplicationCondition {
            all: true,
            ..ApplicationCondition::default()
        },
        exclude_applications: ApplicationCondition::default(),
        operator,
        controls,
    }
}

/// One control for everybody.
pub(crate) fn asks_for(control: Control) -> ConditionalAccessPolicy {
    asks("p", Operator::Or, vec![control])
}

/// Users by category, of all tenants or of these.
pub(crate) fn categories(categories: &[Category], tenants: Option<&[TenantId]>) -> UserCondition {
    UserCondition {
        external: Some(ExternalUsers {
            categories: categories.iter().copied().collect(),
            tenants: tenants.map(|tenants| tenants.iter().copied().collect()),
        }),
        ..UserCondition::default()
    }
}
