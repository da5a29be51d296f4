//! `tenantRestrictions` (S11).

use policy::target::{ApplicationId, UserId};
use policy::tenant::TenantId;
use policy::tenant_restrictions::{Carrier, Header, RestrictedAccess, RestrictedAccount, judge};
use serde_json::{Value, json};

use super::wording::{Decided, groups, text as shown};
use super::{Ask, State};
use crate::members::{Members, Mistake};

/// The application of a question that names none: only `AllApplications` means it.
pub(super) const NO_APPLICATION: ApplicationId = ApplicationId::from_u128(0);

/// Who carried the header.
pub(super) fn signal(members: &mut Members<'_>) -> Result<Carrier, Mistake> {
    let words = [
        ("proxy", Carrier::Proxy),
        ("universal", Carrier::Universal),
        ("windows", Carrier::Windows),
    ];
    Ok(members.word("signal", &words)?.unwrap_or_default())
}

#[derive(Debug)]
struct Access(RestrictedAccess);

/// Reads `tenantRestrictions`.
pub(super) fn read(members: &mut Members<'_>) -> Result<Box<dyn Ask>, Mistake> {
    let carrier = signal(members)?;
    let header = members.text("header")?.map(|value| Header {
        value: value.to_owned(),
        carrier,
    });
    let account = members.members("account")?;
    let account = members.required("account", account)?;
    let resource: Option<TenantId> = members.parsed("resourceTenant")?;
    let resource_app: Option<ApplicationId> = members.parsed("resourceAppId")?;
    Ok(Box::new(Access(RestrictedAccess {
        header,
        account: read_account(account)?,
        resource: members.required("resourceTenant", resource)?,
        client_app: members.parsed("clientAppId")?,
        resource_app: resource_app.unwrap_or(NO_APPLICATION),
    })))
}

fn read_account(mut members: Members<'_>) -> Result<RestrictedAccount, Mistake> {
    let home: Option<TenantId> = members.parsed("homeTenantId")?;
    // A personal account goes by ids that are no GUIDs; no list could name it.
    let user = members
        .text("userId")?
        .and_then(|id| id.parse::<UserId>().ok());
    let anonymous = members.flag("anonymous")?;
    let service_principal = members.flag("servicePrincipal")?;
    let path = members.path().clone();
    members.finish()?;
    match (anonymous, service_principal) {
        (true, true) => {
            let message = "expected one of `anonymous` and `servicePrincipal`, found both";
            Err(Mistake::at(&path, message))
        }
        (true, false) => Ok(RestrictedAccount::Anonymous),
        (false, true) => Ok(RestrictedAccount::ServicePrincipal { home }),
        (false, false) => Ok(RestrictedAccount::User {
            home,
            user,
            groups: None,
        }),
    }
}

impl Ask for Access {
    fn ask(&self, state: &mut State) -> Result<Value, Mistake> {
        let restriction = judge(&state.world, &self.0);
        let decided = Decided {
            verdict: restriction.verdict,
            reason: restriction.reason,
            side: None,
            detail: restriction.detail,
            origin: restriction.origin,
            findings: &restriction.findings,
        };
        Ok(decided.with(json!({
            "enforced": restriction.enforced,
            "errorCode": restriction.reason.error_code(),
            "policyTenantId": shown(restriction.policy_tenant),
            "unknownGroups": groups(&restriction.unknown_groups),
        })))
    }
}
