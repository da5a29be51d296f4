//! Who somebody is here, of whom another provider says who they are there.

use policy::resolve;
use policy::settings::BlockName;
use policy::target::{Scope, UserTarget};
use policy::tenant::TenantId;
use policy::world::User;
use serde_json::{Map, Value};
use sts::upstream::{Asked, Entrance, Expected, Person, Subject};
use uuid::Uuid;

use super::super::journey::{Account, Journey, tenant_id};
use super::trouble::Trouble;
use super::{Elsewhere, Leaving, Provider};
use crate::error::Result;
use crate::state::App;

type Found<T> = std::result::Result<T, Trouble>;

/// The `claims` that are asked for.
pub(super) async fn claims(
    app: &App,
    provider: &Provider,
    journey: &Journey,
    leaving: &Leaving,
) -> Result<Option<String>> {
    let asked = Asked {
        client: journey.request.client,
        resource: journey.resource_app,
        correlation: journey.correlation,
        groups: Vec::new(),
        entrances: leaving.entrances.clone(),
    };
    let (resource, home) = (journey.tenant(), tenant_id(leaving.tenant));
    let asked = about_groups(app, provider, (resource, home), asked).await?;
    Ok(asked.map(|asked| asked.claims(leaving.stronger)))
}

/// What another Comity is asked about somebody who enters that tenant: also which of the groups they
/// are in that the tenant's settings for their home name.
pub(super) async fn about_groups(
    app: &App,
    provider: &Provider,
    (resource, home): (TenantId, TenantId),
    mut asked: Asked,
) -> Result<Option<Asked>> {
    if !provider.is_comity {
        return Ok(None);
    }
    let sheet = app.effective.with(&[resource]).await?;
    let tenant = sheet.get(resource).map(|known| &known.tenant);
    if let Some(policy) = tenant.and_then(|tenant| tenant.policy.as_ref()) {
        let blocks = [
            BlockName::B2bCollaborationInbound,
            BlockName::B2bDirectConnectInbound,
        ];
        for name in blocks {
            let block = resolve::block(policy, home, name).value;
            if let Scope::Only(targets) = block.users.scope {
                asked
                    .groups
                    .extend(targets.as_slice().iter().filter_map(|target| match target {
                        UserTarget::Group(id) => Some(Uuid::from_u128(id.as_u128())),
                        UserTarget::User(_) => None,
                    }));
            }
        }
    }
    Ok(asked.ordered())
}

/// The account that the tokens of a provider are about, and addresses that are theirs.
pub(super) async fn of(
    app: &App,
    journey: &Journey,
    leaving: &Leaving,
    provider: &Provider,
    tokens: &Value,
) -> Result<Found<(Account, Vec<String>)>> {
    let expected = Expected {
        issuer: &provider.issuer,
        client: &provider.client_id,
        nonce: Some(&leaving.departure.nonce),
        max_age: journey.request.max_age,
        now: app.clock.seconds(),
    };
    let tenant = tenant_id(leaving.tenant);
    let entrances = &leaving.entrances;
    let said = match said(app, tenant, provider, tokens, entrances, &expected).await {
        Ok(said) => said,
        Err(trouble) => return Ok(Err(trouble)),
    };
    if leaving.stronger && !said.person.mfa {
        return Ok(Err(Trouble::NoSecondFactor));
    }
    let Some((user, name)) = here(app, tenant, provider, &said.person).await? else {
        return Ok(Err(Trouble::NoAccount));
    };
    let now = expected.now;
    let account = Account {
        home: Some(leaving.tenant),
        guest_of: None,
        user,
        name,
        since: said.person.since.unwrap_or(now).min(now),
        methods: said.person.methods,
        mfa: said.person.mfa,
        device: said.person.device,
        groups: said.person.groups,
        session: sts::random::guid(),
        elsewhere: Some(Elsewhere {
            stronger: leaving.stronger,
            outbound_consent: said.outbound_consent,
            entrance: said.entrance.map(|one| (one, entrances.len() == 1)),
            subject: said.person.subject,
        }),
    };
    Ok(Ok((account, said.person.addresses)))
}

/// What a provider says that is believed.
pub(super) struct Said {
    pub(super) person: Person,
    pub(super) outbound_consent: bool,
    /// The way in which another Comity let them out.
    pub(super) entrance: Option<Entrance>,
}

/// What the id token of an answer says.
pub(super) async fn said(
    app: &App,
    tenant: TenantId,
    provider: &Provider,
    tokens: &Value,
    entrances: &[Entrance],
    expected: &Expected<'_>,
) -> Found<Said> {
    let token = tokens.get("id_token").and_then(Value::as_str);
    let token = token.ok_or_else(|| Trouble::Refused("no id token".to_owned()))?;
    let claims = app.upstreams.claims(token, expected).await?;
    let entrance = match provider.is_comity {
        true => Some(vouched(&claims, tenant, entrances)?),
        false => None,
    };
    let flag = claims.get("auto_redemption_outbound") == Some(&Value::Bool(true));
    Ok(Said {
        person: provider.mapping.person(&claims)?,
        outbound_consent: provider.is_comity && flag,
        entrance,
    })
}

/// Another Comity says for which of its tenants it speaks, and in which of the ways it was asked about
/// that tenant's own settings let the person out. What it does not say is not so.
fn vouched(
    claims: &Map<String, Value>,
    tenant: TenantId,
    entrances: &[Entrance],
) -> Found<Entrance> {
    let own = claims.get("tid").and_then(Value::as_str) == Some(&tenant.to_string());
    if !own {
        return Err(Trouble::Tenant);
    }
    let allowed = claims.get("outbound_allowed") == Some(&Value::Bool(true));
    let entrance = claims.get("access_type").and_then(Value::as_str);
    let entrance = entrance.and_then(Entrance::named).filter(|_| allowed);
    entrance
        .filter(|entrance| entrances.contains(entrance))
        .ok_or(Trouble::NotVouched)
}

/// The account that is meant, and its name: here, where the tenant's people are here.
async fn here(
    app: &App,
    tenant: TenantId,
    provider: &Provider,
    person: &Person,
) -> Result<Option<(Uuid, String)>> {
    let subject = &person.subject;
    let found: Option<User> = match provider.mapping.subject_is {
        Subject::Id => {
            let name = person.name.clone().unwrap_or_else(|| subject.clone());
            return Ok(Some((person.id(&provider.issuer), name)));
        }
        Subject::UserPrincipalName => {
            let found = app.store.persons_by_address(tenant, subject).await?;
            let mut users = found.into_iter().map(|person| person.user);
            // An address alone may be somebody else's.
            users.find(|user| user.user_principal_name.eq_ignore_ascii_case(subject))
        }
        Subject::ExternalId => {
            let found = app.store.persons_by_external_id(tenant, subject).await?;
            let mut users = found.into_iter().map(|person| person.user);
            users.next().filter(|_| users.next().is_none())
        }
    };
    let found = found.filter(|user| user.is_internal() && user.enabled);
    Ok(found.map(|user| (crate::people::user::uuid(user.id), user.user_principal_name)))
}
