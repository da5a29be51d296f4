//! What a report sees of a log: rows one by one, or behaviours with how often they happened.
//!
//! Reports count [`Observation`]s. A row of the log is one that happened once and has an id; a
//! behaviour is one that happened as often as its count says, and its ids have been counted by
//! whoever put it together. Both become observations by `From`, so every report takes either.

use policy::row::{NO_USER, TENANT_RESTRICTION};
use policy::target::{ApplicationId, UserId};
use policy::tenant::TenantId;
use policy::world::UserType;

use crate::behaviour::{Behaviour, TrustClaims};
use crate::event::{CrossTenantAccess, SignIn, TokenIssuer};
use crate::window::Moment;

/// One row, or one behaviour with its count; the columns are those of [`SignIn`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Observation<'a> {
    /// The id of a single row. `None` when ids were counted already.
    pub id: Option<&'a str>,
    /// How many rows.
    pub count: usize,
    /// The first time; `None` when no row says.
    pub first: Option<Moment>,
    /// The last time.
    pub last: Option<Moment>,
    /// `homeTenantId`.
    pub home_tenant: Option<TenantId>,
    /// `resourceTenantId`.
    pub resource_tenant: Option<TenantId>,
    /// `crossTenantAccessType`.
    pub access_type: Option<&'a CrossTenantAccess>,
    /// `tokenIssuerType`.
    pub token_issuer: &'a TokenIssuer,
    /// `userId`.
    pub user: Option<UserId>,
    /// `userType`.
    pub user_type: Option<UserType>,
    /// `userDisplayName`.
    pub user_display_name: Option<&'a str>,
    /// `userPrincipalName`.
    pub user_principal_name: Option<&'a str>,
    /// `appId`.
    pub client_app: Option<ApplicationId>,
    /// `appDisplayName`.
    pub client_app_name: Option<&'a str>,
    /// `resourceId`.
    pub resource_app: Option<ApplicationId>,
    /// `resourceDisplayName`.
    pub resource_app_name: Option<&'a str>,
    /// `status.errorCode`.
    pub error_code: u32,
    /// `status.failureReason`.
    pub failure_reason: Option<&'a str>,
    /// `isInteractive`.
    pub is_interactive: Option<bool>,
    /// What the home tenant vouched for.
    pub claims: TrustClaims,
}

impl<'a> From<&'a SignIn> for Observation<'a> {
    fn from(row: &'a SignIn) -> Self {
        Observation {
            id: Some(&row.id),
            count: 1,
            first: row.created,
            last: row.created,
            home_tenant: row.home_tenant,
            resource_tenant: row.resource_tenant,
            access_type: row.access_type.as_ref(),
            token_issuer: &row.token_issuer,
            user: row.user,
            user_type: row.user_type,
            user_display_name: row.user_display_name.as_deref(),
            user_principal_name: row.user_principal_name.as_deref(),
            client_app: row.client_app,
            client_app_name: row.client_app_name.as_deref(),
            resource_app: row.resource_app,
            resource_app_name: row.resource_app_name.as_deref(),
            error_code: row.error_code,
            failure_reason: row.failure_reason.as_deref(),
            is_interactive: row.is_interactive,
            claims: TrustClaims::default(),
        }
    }
}

impl<'a> From<&'a Behaviour> for Observation<'a> {
    fn from(behaviour: &'a Behaviour) -> Self {
        Observation {
            id: None,
            count: usize::try_from(behaviour.count).unwrap_or(usize::MAX),
            first: behaviour.first,
            last: behaviour.last,
            claims: behaviour.claims,
            ..Observation::from(&behaviour.sign_in)
        }
    }
}

impl Observation<'_> {
    /// Whether nothing went wrong (S17.2).
    pub fn succeeded(&self) -> bool {
        self.error_code == 0
    }

    /// Whether somebody sat in front of it. A log that does not say lists interactive sign-ins,
    /// as Graph does unless asked for others.
    pub fn is_interactive(&self) -> bool {
        self.is_interactive.unwrap_or(true)
    }

    /// Whether this is the masked row of a tenant restrictions policy (S15.6): it is called
    /// "Tenant Restriction" and names no account. The name alone would not do, because anybody may
    /// be called that, and zeros alone would not, because a refused visitor has them too (S15.3).
    pub fn is_masked(&self) -> bool {
        self.user_display_name == Some(TENANT_RESTRICTION)
            && self.user_principal_name.is_none()
            && self.user.is_none_or(|user| user == NO_USER)
    }

    /// Whether the access type is anything but none (S17.1). A row that does not say may have
    /// crossed, and the tenants it names decide; only the masked row, which never says (S15.6),
    /// is nobody's crossing.
    pub fn may_have_crossed(&self) -> bool {
        match self.access_type {
            Some(access) => *access != CrossTenantAccess::None,
            None => !self.is_masked(),
        }
    }

    /// The behaviour that stands for it, with names of its own.
    pub fn to_behaviour(&self) -> Behaviour {
        let text = |text: Option<&str>| text.map(str::to_owned);
        Behaviour {
            sign_in: SignIn {
                id: self.id.unwrap_or_default().to_owned(),
                created: self.last,
                home_tenant: self.home_tenant,
                resource_tenant: self.resource_tenant,
                access_type: self.access_type.cloned(),
                token_issuer: self.token_issuer.clone(),
                user: self.user,
                user_type: self.user_type,
                user_display_name: text(self.user_display_name),
                user_principal_name: text(self.user_principal_name),
                client_app: self.client_app,
                client_app_name: text(self.client_app_name),
                resource_app: self.resource_app,
                resource_app_name: text(self.resource_app_name),
                error_code: self.error_code,
                failure_reason: text(self.failure_reason),
                is_interactive: self.is_interactive,
            },
            claims: self.claims,
            count: u64::try_from(self.count).unwrap_or(u64::MAX),
            first: self.first,
            last: self.last,
        }
    }
}
