//! `signin` (S8 to S10), with the rows it leaves (S15).

use policy::conditional_access::{Claims, Device};
use policy::sign_in::{Journey, SignIn, SignInAccount, decide};
use policy::target::{ApplicationId, UserId};
use policy::tenant::TenantId;
use policy::tenant_restrictions::Header;
use serde_json::Value;

use super::restriction::{NO_APPLICATION, signal};
use super::{Ask, State};
use crate::members::{Members, Mistake, text};

#[derive(Debug)]
struct Attempt(SignIn);

/// Reads `signin`.
pub(super) fn read(members: &mut Members<'_>) -> Result<Box<dyn Ask>, Mistake> {
    let journeys = [
        ("b2bCollaboration", Journey::Collaboration),
        ("b2bDirectConnect", Journey::DirectConnect),
        ("serviceProvider", Journey::ServiceProvider),
    ];
    let journey = members.word("accessType", &journeys)?.unwrap_or_default();
    let account = account(members)?;
    let resource: Option<TenantId> = members.parsed("resourceTenant")?;
    let resource_app: Option<ApplicationId> = members.parsed("resourceAppId")?;
    let claims = members.members("claims")?;
    let is_interactive = match members.value("isInteractive") {
        None => true,
        Some(_) => members.flag("isInteractive")?,
    };
    let client_app_used = members.text("clientAppUsed")?.unwrap_or("Browser");
    let header = members.text("tenantRestrictionsHeader")?;
    let carrier = signal(members)?;
    Ok(Box::new(Attempt(SignIn {
        journey,
        account,
        resource: members.required("resourceTenant", resource)?,
        client_app: members.parsed("clientAppId")?,
        resource_app: resource_app.unwrap_or(NO_APPLICATION),
        claims: claims.map(read_claims).transpose()?.unwrap_or_default(),
        consent_accepted: members.flag("consentAccepted")?,
        first_access: members.flag("firstAccess")?,
        is_interactive,
        client_app_used: Some(client_app_used.to_owned()),
        restrictions: header.map(|value| Header {
            value: value.to_owned(),
            carrier,
        }),
    })))
}

fn account(members: &mut Members<'_>) -> Result<SignInAccount, Mistake> {
    let tenant: Option<TenantId> = members.parsed("homeTenant")?;
    let user: Option<UserId> = members.parsed("user")?;
    let guest: Option<UserId> = members.parsed("guest")?;
    match (tenant, user, guest) {
        (Some(tenant), Some(user), None) => Ok(SignInAccount::Home {
            tenant,
            user,
            groups: None,
        }),
        (None, None, Some(guest)) => Ok(SignInAccount::Guest(guest)),
        _ => {
            let message =
                "expected `homeTenant` and `user`, or `guest` for an identity without tenant";
            Err(Mistake::at(members.path(), message))
        }
    }
}

fn read_claims(mut members: Members<'_>) -> Result<Claims, Mistake> {
    let methods = |value: &Value, path: &_| text(value, path).map(str::to_owned);
    let device = members.members("device")?;
    let claims = Claims {
        mfa: members.flag("mfa")?,
        methods: members.list("methods", methods)?.unwrap_or_default(),
        device: device.map(read_device).transpose()?,
        resource_mfa: members.flag("resourceMfa")?,
        resource_methods: members
            .list("resourceMethods", methods)?
            .unwrap_or_default(),
        terms_accepted: members.flag("termsAccepted")?,
        outbound_consent: false,
    };
    members.finish()?;
    Ok(claims)
}

fn read_device(mut members: Members<'_>) -> Result<Device, Mistake> {
    let trust_type = members.text("trustType")?;
    let device = Device {
        is_compliant: members.flag("isCompliant")?,
        is_hybrid_joined: trust_type == Some("ServerAd"),
    };
    members.finish()?;
    Ok(device)
}

impl Ask for Attempt {
    fn ask(&self, state: &mut State) -> Result<Value, Mistake> {
        let decision = decide(&state.world, &self.0);
        state.world.apply(&decision.effects);
        Ok(Value::Object(graph::decision::render(&decision)))
    }
}
