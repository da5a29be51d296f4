//! A row of a sign-in log.

use policy::conditional_access::{AppliedPolicy, Status};
use policy::target::{ApplicationId, UserId};
use policy::tenant::TenantId;
use policy::world::UserType;
use serde::{Deserialize, Serialize};
use signins::event::{CrossTenantAccess, SignIn, TokenIssuer};
use signins::window::Moment;

use super::spelling::Spelled;
use super::{V1, is_false};
use crate::sign_ins::{SignInDevice, SignInPlace, SignInRecord, TrustClaims};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AppliedText {
    id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    satisfied: bool,
}

impl From<&AppliedPolicy> for AppliedText {
    fn from(applied: &AppliedPolicy) -> Self {
        let AppliedPolicy {
            id,
            display_name,
            satisfied,
        } = applied;
        AppliedText {
            id: id.clone(),
            display_name: display_name.clone(),
            satisfied: *satisfied,
        }
    }
}

impl From<AppliedText> for AppliedPolicy {
    fn from(text: AppliedText) -> Self {
        AppliedPolicy {
            id: text.id,
            display_name: text.display_name,
            satisfied: text.satisfied,
        }
    }
}

#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ClaimsText {
    #[serde(default, skip_serializing_if = "is_false")]
    mfa: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    compliant_device: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    hybrid_joined_device: bool,
}

impl ClaimsText {
    fn is_empty(&self) -> bool {
        !(self.mfa || self.compliant_device || self.hybrid_joined_device)
    }
}

impl From<TrustClaims> for ClaimsText {
    fn from(claims: TrustClaims) -> Self {
        let TrustClaims {
            mfa,
            compliant_device,
            hybrid_joined_device,
        } = claims;
        ClaimsText {
            mfa,
            compliant_device,
            hybrid_joined_device,
        }
    }
}

impl From<ClaimsText> for TrustClaims {
    fn from(text: ClaimsText) -> Self {
        TrustClaims {
            mfa: text.mfa,
            compliant_device: text.compliant_device,
            hybrid_joined_device: text.hybrid_joined_device,
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct DeviceText {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    operating_system: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    browser: Option<String>,
}

impl From<&SignInDevice> for DeviceText {
    fn from(device: &SignInDevice) -> Self {
        let SignInDevice {
            id,
            display_name,
            operating_system,
            browser,
        } = device.clone();
        DeviceText {
            id,
            display_name,
            operating_system,
            browser,
        }
    }
}

impl From<DeviceText> for SignInDevice {
    fn from(text: DeviceText) -> Self {
        SignInDevice {
            id: text.id,
            display_name: text.display_name,
            operating_system: text.operating_system,
            browser: text.browser,
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlaceText {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    city: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    state: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    country: Option<String>,
}

impl From<SignInPlace> for PlaceText {
    fn from(place: SignInPlace) -> Self {
        let SignInPlace {
            city,
            state,
            country,
        } = place;
        PlaceText {
            city,
            state,
            country,
        }
    }
}

impl From<PlaceText> for SignInPlace {
    fn from(text: PlaceText) -> Self {
        SignInPlace {
            city: text.city,
            state: text.state,
            country: text.country,
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SignInText {
    v: V1,
    id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    created: Option<Spelled<Moment>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    home_tenant: Option<Spelled<TenantId>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    resource_tenant: Option<Spelled<TenantId>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    access_type: Option<Spelled<CrossTenantAccess>>,
    token_issuer: Spelled<TokenIssuer>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user: Option<Spelled<UserId>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user_type: Option<Spelled<UserType>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user_display_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user_principal_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client_app: Option<Spelled<ApplicationId>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client_app_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    resource_app: Option<Spelled<ApplicationId>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    resource_app_name: Option<String>,
    error_code: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failure_reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    is_interactive: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    correlation: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client_app_used: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    device: Option<DeviceText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    place: Option<PlaceText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user_agent: Option<String>,
    #[serde(default, skip_serializing_if = "ClaimsText::is_empty")]
    claims: ClaimsText,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    conditional_access: Option<Spelled<Status>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    applied: Vec<AppliedText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    multi_factor_required: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tenant_restricted: Option<bool>,
    #[serde(default, skip_serializing_if = "is_false")]
    synthetic: bool,
}

impl From<&SignInRecord> for SignInText {
    fn from(record: &SignInRecord) -> Self {
        let SignInRecord {
            sign_in:
                SignIn {
                    id,
                    created,
                    home_tenant,
                    resource_tenant,
                    access_type,
                    token_issuer,
                    user,
                    user_type,
                    user_display_name,
                    user_principal_name,
                    client_app,
                    client_app_name,
                    resource_app,
                    resource_app_name,
                    error_code,
                    failure_reason,
                    is_interactive,
                },
            correlation,
            client_app_used,
            address,
            device,
            place,
            user_agent,
            claims,
            conditional_access,
            applied,
            multi_factor_required,
            tenant_restricted,
            synthetic,
        } = record.clone();
        SignInText {
            v: V1,
            id,
            created: created.map(Spelled),
            home_tenant: home_tenant.map(Spelled),
            resource_tenant: resource_tenant.map(Spelled),
            access_type: access_type.map(Spelled),
            token_issuer: Spelled(token_issuer),
            user: user.map(Spelled),
            user_type: user_type.map(Spelled),
            user_display_name,
            user_principal_name,
            client_app: client_app.map(Spelled),
            client_app_name,
            resource_app: resource_app.map(Spelled),
            resource_app_name,
            error_code,
            failure_reason,
            is_interactive,
            correlation,
            client_app_used,
            address,
            device: device.as_ref().map(DeviceText::from),
            place: place.map(PlaceText::from),
            user_agent,
            claims: claims.into(),
            conditional_access: conditional_access.map(Spelled),
            applied: applied.iter().map(AppliedText::from).collect(),
            multi_factor_required,
            tenant_restricted,
            synthetic,
        }
    }
}

impl From<SignInText> for SignInRecord {
    fn from(text: SignInText) -> Self {
        SignInRecord {
            sign_in: SignIn {
                id: text.id,
                created: text.created.map(|word| word.0),
                home_tenant: text.home_tenant.map(|id| id.0),
                resource_tenant: text.resource_tenant.map(|id| id.0),
                access_type: text.access_type.map(|word| word.0),
                token_issuer: text.token_issuer.0,
                user: text.user.map(|id| id.0),
                user_type: text.user_type.map(|word| word.0),
                user_display_name: text.user_display_name,
                user_principal_name: text.user_principal_name,
                client_app: text.client_app.map(|id| id.0),
                client_app_name: text.client_app_name,
                resource_app: text.resource_app.map(|id| id.0),
                resource_app_name: text.resource_app_name,
                error_code: text.error_code,
                failure_reason: text.failure_reason,
                is_interactive: text.is_interactive,
            },
            correlation: text.correlation,
            client_app_used: text.client_app_used,
            address: text.address,
            device: text.device.map(SignInDevice::from),
            place: text.place.map(SignInPlace::from),
            user_agent: text.user_agent,
            claims: text.claims.into(),
            conditional_access: text.conditional_access.map(|word| word.0),
            applied: text.applied.into_iter().map(AppliedPolicy::from).collect(),
            multi_factor_required: text.multi_factor_required,
            tenant_restricted: text.tenant_restricted,
            synthetic: text.synthetic,
        }
    }
}
