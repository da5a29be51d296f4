//! Who asks: a token turned into a tenant, a name for the log, and what is held.
//!
//! A program holds application permissions, or roles that it was given. A person holds directory
//! roles, and may use them through a program only as far as the program was given the scope for it:
//! both are needed (S14.14). A caller belongs to one tenant and sees nothing of another.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, header};
use policy::administer::{Actor, ApplicationPermission};
use policy::governance::{Governance, Held, PrincipalId};
use policy::role::RoleId;
use policy::target::UserId;
use policy::tenant::TenantId;
use store::{Initiator, Who};
use sts::{Bearer, Caller};
use uuid::Uuid;

use crate::access::{own, settings};
use crate::context::Context;
use crate::error::{ApiError, Result};
use crate::permission::{DECISION_ASSERT, OPERATOR};
use crate::state::App;

/// The caller of a request.
#[derive(Clone, Debug)]
pub(crate) struct Principal(Arc<Bearer>);

impl Principal {
    /// The tenant that let the caller in: whose settings all requests are about.
    pub(crate) fn tenant(&self) -> TenantId {
        self.0.tenant
    }

    /// Program or person, with what they hold.
    pub(crate) fn caller(&self) -> &Caller {
        &self.0.caller
    }

    /// The program that asks, for itself or for a person.
    pub(crate) fn application(&self) -> uuid::Uuid {
        let application = self.0.application;
        application.map_or(self.0.object, |id| uuid::Uuid::from_u128(id.as_u128()))
    }

    /// The application permissions of a program, or the scopes of a person's program.
    fn granted(&self) -> &[String] {
        match &self.0.caller {
            Caller::Application { permissions } => permissions,
            Caller::Person { scopes, .. } => scopes,
        }
    }

    /// Whether one of these permissions, or scopes, was granted.
    pub(crate) fn is_granted(&self, any: &[&str]) -> bool {
        self.granted()
            .iter()
            .any(|granted| any.contains(&granted.as_str()))
    }

    /// The caller's object in its tenant.
    pub(crate) fn object(&self) -> Uuid {
        self.0.object
    }

    /// The program that calls, unless a person does.
    pub(crate) fn program(&self) -> Option<policy::target::ApplicationId> {
        self.0
            .application
            .filter(|_| self.0.caller.is_application())
    }

    /// The person who calls, unless it is a program.
    pub(crate) fn person(&self) -> Option<UserId> {
        let id = UserId::from_u128(self.0.object.as_u128());
        (!self.0.caller.is_application()).then_some(id)
    }

    /// What the caller holds in its tenant: by the roles that the token names, and by those it was
    /// given there. A program's token names none.
    pub(crate) fn held(&self, governance: &Governance) -> Held {
        let named: &[Uuid] = match self.caller() {
            Caller::Person { roles, .. } => roles,
            Caller::Application { .. } => &[],
        };
        let named = named.iter().map(|id| RoleId::from_u128(id.as_u128()));
        governance.held(named, self.assignable())
    }

    /// The ids of the roles that the caller has, whatever they open.
    pub(crate) fn roles(&self, governance: &Governance) -> Vec<RoleId> {
        let named: &[Uuid] = match self.caller() {
            Caller::Person { roles, .. } => roles,
            Caller::Application { .. } => &[],
        };
        let named = named.iter().map(|id| RoleId::from_u128(id.as_u128()));
        let principal = self.assignable();
        let given = governance.assignments.iter();
        let given = given.filter(|given| Some(given.principal) == principal);
        named.chain(given.map(|given| given.role)).collect()
    }

    /// Whether the caller was given a role, one that means something here or another.
    pub(crate) fn has_role(&self, governance: &Governance) -> bool {
        let named = matches!(self.caller(), Caller::Person { roles, .. } if !roles.is_empty());
        named || self.held(governance) != Held::default()
    }

    /// Under which id the caller can have been given roles. A program is only ever itself: a token
    /// without scopes must not be a way to use a person's roles without being asked (S14.4).
    fn assignable(&self) -> Option<PrincipalId> {
        let itself = match (self.caller(), self.0.application) {
            (Caller::Person { .. }, _) => true,
            (Caller::Application { .. }, Some(id)) => {
                sts::client::object_of(self.0.tenant, id) == self.0.object
            }
            (Caller::Application { .. }, None) => false,
        };
        itself.then(|| PrincipalId::from_u128(self.0.object.as_u128()))
    }

    /// The authentication contexts of the session; none for a program, which is not asked (S14.4).
    pub(crate) fn contexts(&self) -> Option<&[String]> {
        match self.caller() {
            Caller::Person { contexts, .. } => Some(contexts),
            Caller::Application { .. } => None,
        }
    }

    /// The caller as the law sees it, for a read or a write of the settings (S14.14).
    pub(crate) fn actor(&self, is_read: bool, governance: &Governance) -> Result<Actor> {
        let writes = self.is_granted(settings::WRITE);
        let reads = is_read && self.is_granted(settings::READ);
        let program = match (self.contexts(), writes, reads) {
            (Some(_), false, false) => return Err(ApiError::forbidden()),
            (Some(_), ..) => None,
            (None, true, _) => Some(ApplicationPermission::ReadWrite),
            (None, false, true) => Some(ApplicationPermission::Read),
            (None, false, false) => Some(ApplicationPermission::Assigned),
        };
        let Held { roles, actions } = match program {
            // What a program was granted for everybody is all it needs.
            Some(ApplicationPermission::ReadWrite | ApplicationPermission::Read) => Held::default(),
            Some(ApplicationPermission::Assigned) | None => self.held(governance),
        };
        let contexts = self.contexts().unwrap_or_default();
        Ok(Actor {
            roles,
            actions,
            application: program,
            authentication_contexts: contexts.iter().cloned().collect(),
        })
    }

    /// The caller as the law sees it, for a write that has a permission of its own.
    pub(crate) fn writer(&self, governance: &Governance) -> Actor {
        match &self.0.caller {
            Caller::Application { .. } => Actor {
                application: Some(ApplicationPermission::ReadWrite),
                ..Actor::default()
            },
            Caller::Person { contexts, .. } => {
                let Held { roles, actions } = self.held(governance);
                Actor {
                    roles,
                    actions,
                    authentication_contexts: contexts.iter().cloned().collect(),
                    ..Actor::default()
                }
            }
        }
    }

    /// Demands that the caller may ask for decisions that concern its tenant.
    pub(crate) fn may_ask(&self) -> Result<()> {
        match self.is_granted(own::ASK) {
            true => Ok(()),
            false => Err(ApiError::forbidden()),
        }
    }

    /// Whether what the caller says about groups and claims is taken into account.
    pub(crate) fn may_assert(&self) -> bool {
        self.0.caller.is_application() && self.is_granted(&[DECISION_ASSERT])
    }

    /// Whether the caller runs the server.
    pub(crate) fn is_operator(&self) -> bool {
        self.0.caller.is_application() && self.is_granted(&[OPERATOR])
    }

    /// The caller as the audit log names it.
    pub(crate) fn initiator(&self, context: &Context) -> Initiator {
        let who = match (&self.0.caller, self.0.application) {
            (
                Caller::Person {
                    user_principal_name,
                    display_name,
                    ..
                },
                _,
            ) => Who::User {
                id: UserId::from_u128(self.0.object.as_u128()),
                user_principal_name: user_principal_name.clone(),
                display_name: display_name.clone(),
                home_tenant: None,
            },
            (Caller::Application { .. }, Some(id)) => Who::Application {
                id,
                display_name: self.0.application_name.clone(),
            },
            (Caller::Application { .. }, None) => Who::Application {
                id: policy::target::ApplicationId::from_u128(self.0.object.as_u128()),
                display_name: self.0.application_name.clone(),
            },
        };
        Initiator {
            who,
            address: context.address.map(|address| address.to_string()),
            channel: Some(context.channel),
        }
    }

    /// What was issued to a person before their sessions were ended is void, at home and wherever
    /// they are a guest. Memory knows, so that reads go on without the database.
    async fn still_believed(&self, app: &App) -> Result<()> {
        let Some(id) = self.person() else {
            return Ok(());
        };
        let tenant = self.tenant();
        let sheet = app.effective.with(&[tenant]).await?;
        let mut revoked = sheet.revoked(tenant, id);
        if let Some((home, account)) = sheet.home_of(tenant, id) {
            let sheet = app.effective.with(&[home]).await?;
            revoked = revoked.max(sheet.revoked(home, account));
        }
        // A token says when it was issued in whole seconds; one of the same second is not believed.
        let until = revoked.map(|revoked| revoked.as_nanoseconds().div_euclid(1_000_000_000));
        match until.is_some_and(|until| i128::from(self.0.issued) <= until) {
            false => Ok(()),
            true => {
                let url = &app.options.public_url;
                let authorize = format!("{url}/{}/oauth2/v2.0/authorize", self.tenant());
                let message = "Access token validation failure: the session was ended.";
                Err(ApiError::unauthenticated(message, &authorize))
            }
        }
    }

    /// Whoever the token says.
    pub(crate) fn of(app: &App, headers: &HeaderMap, extensions: &Extensions) -> Result<Self> {
        let refuse = |message: &str| {
            let authorize = format!("{}/common/oauth2/v2.0/authorize", app.options.public_url);
            ApiError::unauthenticated(message, &authorize)
        };
        let header = headers
            .get(header::AUTHORIZATION)
            .ok_or_else(|| refuse("Access token is empty."))?;
        let (scheme, token) = header
            .to_str()
            .ok()
            .and_then(|text| text.trim().split_once(' '))
            .ok_or_else(|| refuse("The Authorization header must be Bearer with a token."))?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(refuse(
                "The Authorization header must be Bearer with a token.",
            ));
        }
        let received = extensions.get::<Context>().map(|context| context.received);
        let now = received.unwrap_or_else(|| app.clock.now()).as_second();
        let bearer = app.verifier.verify(token.trim(), now);
        bearer
            .map(Principal)
            .map_err(|doubt| refuse(&format!("Access token validation failure: {doubt}.")))
    }
}

impl FromRequestParts<App> for Principal {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let principal = Principal::of(app, &parts.headers, &parts.extensions)?;
        principal.still_believed(app).await?;
        Ok(principal)
    }
}
