//! What an application gets for somebody who has signed in: a code, tokens for the code, and new
//! tokens for as long as nothing speaks against it.
//!
//! A code and a refresh token are good once. One that comes a second time ends everything that came
//! of the same sign-in, because one of the two who showed it was not meant to have it. Each refresh
//! is judged like the first sign-in, by the settings of that moment (S8.13, S9.9).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use policy::decision::Verdict;
use policy::governance::PrincipalId;
use policy::tenant::TenantId;
use policy::world::UserType;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{AccountRecord, Pass, PassKind, Revision};
use sts::authorize::{Api, Kind, Scopes};
use sts::handle::Handle;
use sts::pkce::Challenge;
use sts::refusal::{Code, Refusal};
use sts::token::LIFETIME;
use sts::upstream::{Asked, Entrance};
use sts::{Seconds, SignedIn, Through};
use uuid::Uuid;

use super::away::{self, Answered};
use super::flow;
use super::journey::{Access, Journey, PASSWORD, after, read, tenant_id, user_id, written};
use super::judge::{self, Judged, name_of};
use super::passcode::EMAIL;
use crate::context::Context;
use crate::error::{ApiError, Result};
use crate::state::App;

/// How long a code is good.
const CODE: Seconds = 5 * 60;
/// How long a refresh token is good, of a program and of a page in a browser.
const REFRESH: Seconds = 90 * 24 * 60 * 60;
const REFRESH_OF_PAGE: Seconds = 24 * 60 * 60;

/// What a code or a refresh token stands for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Grant {
    pub(super) access: Access,
    pub(super) kind: Kind,
    pub(super) redirect_uri: String,
    pub(super) challenge: Option<Challenge>,
    pub(super) scopes: Scopes,
    pub(super) nonce: Option<String>,
    pub(super) contexts: Vec<String>,
    pub(super) correlation: Uuid,
    /// The person in the tenant that was entered.
    pub(super) object: Uuid,
    /// In which way they were let out to a tenant elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) entrance: Option<Entrance>,
}

impl Grant {
    pub(super) fn of(journey: &Journey, access: &Access, judged: &Judged) -> Self {
        let request = &journey.request;
        Grant {
            access: access.clone(),
            kind: request.kind,
            redirect_uri: request.redirect_uri.clone(),
            challenge: request.challenge.clone(),
            scopes: request.scopes.clone(),
            nonce: request.nonce.clone(),
            contexts: request.contexts.clone(),
            correlation: journey.correlation,
            object: judge::object_id(judged, access),
            entrance: judged.entrance,
        }
    }
}

/// What is answered to a request for a token: the body, or why there is none.
pub(super) type Answer = std::result::Result<Value, Refusal>;

fn invalid(number: u32, message: &str) -> Refusal {
    Refusal::new(Code::InvalidGrant, number, message)
}

/// A code for that access.
pub(super) async fn code(
    app: &App,
    journey: &Journey,
    access: &Access,
    judged: &Judged,
) -> Result<String> {
    let handle = Handle::draw();
    let grant = Grant::of(journey, access, judged);
    // With what the home tenant's provider elsewhere is asked, ends together with what came of it.
    let elsewhere = access.account.elsewhere.as_ref();
    put(
        app,
        PassKind::Code,
        &handle,
        elsewhere.map_or_else(sts::random::guid, |_| access.account.session),
        CODE,
        &grant,
    )
    .await?;
    Ok(handle.text().to_owned())
}

async fn put(
    app: &App,
    kind: PassKind,
    handle: &Handle,
    family: Uuid,
    lasts: Seconds,
    grant: &Grant,
) -> Result<()> {
    let pass = Pass {
        kind,
        handle: handle.hash(),
        family,
        version: Revision(1),
        expires: after(app, lasts),
        value: written(grant)?,
    };
    Ok(app.store.put_pass(&pass).await?)
}

/// Hands a device what it waits for.
pub(super) async fn admit_device(
    app: &App,
    device: &str,
    journey: &Journey,
    access: &Access,
    judged: &Judged,
) -> Result<bool> {
    let grant = Grant::of(journey, access, judged);
    super::device::tell(app, device, Some(grant)).await
}

/// The pass that somebody shows, if it is good; one that was shown before ends its family.
async fn shown(
    app: &App,
    kind: PassKind,
    text: &str,
) -> Result<std::result::Result<(Pass, Grant), Refusal>> {
    let unknown = || invalid(70_000, "The code or refresh token is not valid.");
    let Some(handle) = Handle::shown(text) else {
        return Ok(Err(unknown()));
    };
    let Some(pass) = app.store.pass(kind, &handle.hash()).await? else {
        return Ok(Err(unknown()));
    };
    if pass.version > Revision(1) {
        app.store.drop_passes(pass.family).await?;
        let message = "The code or refresh token was used before. Everything that came of the same \
                       sign-in has been ended.";
        return Ok(Err(invalid(54_005, message)));
    }
    if pass.expires <= crate::clock::moment(app.clock.now()) {
        let message = "The code or refresh token has expired. Send the person to sign in again.";
        return Ok(Err(invalid(70_008, message)));
    }
    let grant = read(&pass.value)?;
    Ok(Ok((pass, grant)))
}

/// Notes that a pass was shown. `false`: somebody else showed it at the same moment, and everything
/// that came of it ends.
async fn spend(app: &App, pass: &Pass) -> Result<bool> {
    let spent = Pass {
        version: pass.version.next(),
        ..pass.clone()
    };
    match app.store.put_pass(&spent).await {
        Ok(()) => Ok(true),
        Err(store::Error::Conflict { .. }) => {
            app.store.drop_passes(pass.family).await?;
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}

/// Who shows a code or a token.
pub(super) struct Shower<'a> {
    pub(super) tenant: TenantId,
    pub(super) client: Uuid,
    /// Whether it proved who it is by its secret.
    pub(super) proved: bool,
    /// The restrictions of the network it asks from, now.
    pub(super) restrictions: Option<(String, String)>,
    pub(super) context: &'a Context,
}

impl Shower<'_> {
    /// Whether the grant is this program's.
    fn may_use(&self, grant: &Grant) -> std::result::Result<(), Refusal> {
        let own =
            grant.access.client == self.client && tenant_id(grant.access.resource) == self.tenant;
        if !own {
            return Err(invalid(
                70_000,
                "The code or refresh token was given to another application.",
            ));
        }
        match grant.kind == Kind::Web && !self.proved {
            true => Err(Refusal::missing_secret()),
            false => Ok(()),
        }
    }
}

/// Tokens for a code.
pub(super) async fn by_code(
    app: &App,
    shower: &Shower<'_>,
    code: &str,
    redirect_uri: Option<&str>,
    verifier: Option<&str>,
    claims: Option<&str>,
) -> Result<Answer> {
    let (pass, grant) = match shown(app, PassKind::Code, code).await? {
        Ok(found) => found,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if let Err(refusal) = shower.may_use(&grant) {
        return Ok(Err(refusal));
    }
    if redirect_uri != Some(&grant.redirect_uri) {
        let message = "The redirect URI is not the one of the request that led to the code.";
        return Ok(Err(invalid(50_011, message)));
    }
    let met = match (&grant.challenge, verifier) {
        (Some(challenge), Some(verifier)) => challenge.is_met_by(verifier),
        (None, None) => true,
        // A verifier without a challenge: somebody took the challenge out of the request.
        _ => false,
    };
    if !met {
        let message = "The code verifier does not match the code challenge of the request.";
        return Ok(Err(invalid(501_481, message)));
    }
    let acting = away::acts_for(app, &grant.access).await?;
    if acting.is_some() && !(shower.proved && away::same(&grant.access, claims)) {
        let message = "What is asked about the person is not what was asked when they signed in.";
        return Ok(Err(invalid(90_014, message)));
    }
    let grant = match under_restrictions(app, shower, grant).await? {
        Ok(grant) => grant,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if !spend(app, &pass).await? {
        return Ok(Err(invalid(54_005, "The code was used before.")));
    }
    let answer = tokens(app, &grant, pass.family).await?;
    match still_good(app, &pass).await? {
        true => Ok(Ok(answer)),
        false => Ok(Err(invalid(54_005, "The code was used again."))),
    }
}

/// Whoever fetches tokens on a network that restricts its people is judged by that network's policy,
/// wherever the person signed in (S11.2).
pub(super) async fn under_restrictions(
    app: &App,
    shower: &Shower<'_>,
    mut grant: Grant,
) -> Result<std::result::Result<Grant, Refusal>> {
    let asked = &shower.restrictions;
    if asked.is_none() || *asked == grant.access.restrictions {
        return Ok(Ok(grant));
    }
    grant.access.restrictions.clone_from(asked);
    let access = &grant.access;
    let judged = judge::judge(app, shower.context, access, false, grant.correlation).await?;
    let decision = &judged.decision;
    if decision.verdict != Verdict::Allow {
        let number = decision.reason.error_code_at(decision.side);
        return Ok(Err(invalid(number, decision.reason.sentence())));
    }
    Ok(Ok(grant))
}

/// Whether nobody showed the same code or token again while something was made of it. What came of it
/// before that was known would be left over otherwise: it ends here.
async fn still_good(app: &App, spent: &Pass) -> Result<bool> {
    if app.store.pass(spent.kind, &spent.handle).await?.is_some() {
        return Ok(true);
    }
    app.store.drop_passes(spent.family).await?;
    Ok(false)
}

/// New tokens for a refresh token.
pub(super) async fn by_refresh(
    app: &App,
    shower: &Shower<'_>,
    token: &str,
    scope: Option<&str>,
    claims: Option<&str>,
) -> Result<Answer> {
    let (pass, mut grant) = match shown(app, PassKind::Refresh, token).await? {
        Ok(found) => found,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if let Err(refusal) = shower.may_use(&grant) {
        return Ok(Err(refusal));
    }
    let narrower = match scope
        .map(|scope| Scopes::read(scope, &app.resource))
        .transpose()
    {
        Ok(narrower) => narrower,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if let Some(narrower) = &narrower
        && !narrower.are_within(&grant.scopes)
    {
        return Ok(Err(Refusal::invalid_scope(scope.unwrap_or_default())));
    }
    if let Err(refusal) = stands(app, &grant).await? {
        app.store.drop_passes(pass.family).await?;
        return Ok(Err(refusal));
    }
    // Those of the first time were of another moment, and perhaps of another network.
    grant.access.restrictions.clone_from(&shower.restrictions);
    // A server that sends its guests here asks about them as its settings are now.
    if away::acts_for(app, &grant.access).await?.is_some() {
        grant.access.asked = claims.and_then(Asked::read);
        if grant.access.asked.is_none() || !shower.proved {
            return Ok(Err(invalid(90_014, "Nothing is asked about the person.")));
        }
    }
    // The home tenant's provider is asked before anything is judged, and what cannot be asked is
    // refused. The token stays good for as long as that provider has not said no.
    if grant.access.account.elsewhere.is_some() {
        match away::ask_again(app, &mut grant.access, grant.correlation).await? {
            Answered::Stands => {}
            Answered::Ended(refusal) => {
                app.store.drop_passes(pass.family).await?;
                return Ok(Err(refusal));
            }
            Answered::Unknown(refusal) => return Ok(Err(refusal)),
        }
    }
    let access = &grant.access;
    let judged = judge::judge(app, shower.context, access, false, grant.correlation).await?;
    if judged.decision.verdict != Verdict::Allow {
        let reason = judged.decision.reason;
        let number = reason.error_code_at(judged.decision.side);
        return Ok(Err(invalid(number, reason.sentence())));
    }
    // The object may be another one than at the first time.
    grant.object = judge::object_id(&judged, access);
    grant.entrance = judged.entrance;
    if !spend(app, &pass).await? {
        return Ok(Err(invalid(54_005, "The refresh token was used before.")));
    }
    let whole = grant.clone();
    if let Some(narrower) = narrower {
        grant.scopes = Scopes {
            offline: whole.scopes.offline,
            ..narrower
        };
    }
    let mut answer = answer(app, &grant).await?;
    keep_refreshing(app, &whole, pass.family, &mut answer).await?;
    match still_good(app, &pass).await? {
        true => Ok(Ok(answer)),
        false => Ok(Err(invalid(54_005, "The refresh token was used again."))),
    }
}

/// Whether nothing has been done to the account since, at home or in the tenant that was entered,
/// that ends what it has.
async fn stands(app: &App, grant: &Grant) -> Result<std::result::Result<(), Refusal>> {
    let access = &grant.access;
    let resource = tenant_id(access.resource);
    let mut accounts = vec![(resource, user_id(grant.object))];
    let home = access.account.home.map(tenant_id);
    accounts.extend(home.map(|home| (home, user_id(access.account.user))));
    let tenants: Vec<TenantId> = accounts.iter().map(|(tenant, _)| *tenant).collect();
    let sheet = app.effective.with(&tenants).await?;
    let since = i128::from(access.account.since);
    for (tenant, user) in accounts {
        let revoked = sheet.revoked(tenant, user);
        let revoked = revoked.map(|moment| moment.as_nanoseconds().div_euclid(1_000_000_000));
        if revoked.is_some_and(|revoked| since <= revoked) {
            let message = "The sessions of the account have been ended. Send the person to sign in \
                           again.";
            return Ok(Err(invalid(50_173, message)));
        }
    }
    match flow::standing(app, access).await? {
        true => Ok(Ok(())),
        false => Ok(Err(invalid(50_057, "The account is disabled or gone."))),
    }
}

/// Tokens for a grant, and a refresh token if one was asked for.
pub(super) async fn tokens(app: &App, grant: &Grant, family: Uuid) -> Result<Value> {
    let mut answer = answer(app, grant).await?;
    keep_refreshing(app, grant, family, &mut answer).await?;
    Ok(answer)
}

async fn keep_refreshing(app: &App, grant: &Grant, family: Uuid, answer: &mut Value) -> Result<()> {
    if !grant.scopes.offline {
        return Ok(());
    }
    let handle = Handle::draw();
    let lasts = match grant.kind {
        Kind::SinglePage => REFRESH_OF_PAGE,
        Kind::Web | Kind::Public => REFRESH,
    };
    let grant = Grant {
        nonce: None,
        challenge: None,
        ..grant.clone()
    };
    put(app, PassKind::Refresh, &handle, family, lasts, &grant).await?;
    if let Some(members) = answer.as_object_mut() {
        members.insert("refresh_token".to_owned(), handle.text().into());
    }
    Ok(())
}

async fn answer(app: &App, grant: &Grant) -> Result<Value> {
    let person = person(app, grant).await?;
    let client_name = name_of(
        app,
        tenant_id(grant.access.resource),
        policy::target::ApplicationId::from_u128(grant.access.client.as_u128()),
    )
    .await?;
    let through = Through {
        client: grant.access.client,
        client_name,
        audience: match &grant.scopes.api {
            Api::Program(..) => Some(grant.access.resource_app.to_string()),
            Api::None | Api::Graph(_) => None,
        },
        scopes: match &grant.scopes.api {
            Api::Program(_, scopes) => scopes.clone(),
            Api::None | Api::Graph(_) => grant.scopes.words(),
        },
        nonce: grant.nonce.clone(),
        profile: grant.scopes.profile,
        email: grant.scopes.email,
    };
    let now = app.clock.seconds();
    let access_token = app.verifier.access_token(&person, &through, now);
    let expires = LIFETIME - 1;
    let info = json!({"uid": person.object.to_string(), "utid": person.tenant.to_string()});
    let mut answer = json!({
        "token_type": "Bearer",
        "scope": grant.scopes.words().join(" "),
        "expires_in": expires,
        "ext_expires_in": expires,
        "access_token": access_token.map_err(ApiError::internal)?,
        "client_info": URL_SAFE_NO_PAD.encode(info.to_string()),
    });
    if grant.scopes.openid {
        let token = match away::acts_for(app, &grant.access).await? {
            Some(elsewhere) => {
                let more = away::vouched(app, &grant.access, elsewhere, grant.entrance).await?;
                app.verifier.id_token_with(&person, &through, more, now)
            }
            None => app.verifier.id_token(&person, &through, now),
        };
        let token = token.map_err(ApiError::internal)?;
        if let Some(members) = answer.as_object_mut() {
            members.insert("id_token".to_owned(), token.into());
        }
    }
    Ok(answer)
}

/// The person as tokens tell of them.
async fn person(app: &App, grant: &Grant) -> Result<SignedIn> {
    let access = &grant.access;
    let tenant = tenant_id(access.resource);
    let object = user_id(grant.object);
    let sheet = app.effective.with(&[tenant]).await?;
    let known = sheet.get(tenant).map(|known| &known.tenant);
    let directory = known.and_then(|known| known.directory.as_ref());
    let user = directory.and_then(|directory| directory.users.get(&object));
    let principal = PrincipalId::from_u128(grant.object.as_u128());
    let assigned = known.map(|known| known.governance.assignments.iter());
    let roles = assigned.into_iter().flatten();
    let roles = roles.filter(|assignment| assignment.principal == principal);
    let home = access.account.home.filter(|home| *home != access.resource);
    let issuer =
        home.map(|home| sts::discovery::issuer(app.verifier.public_url(), tenant_id(home)));
    Ok(SignedIn {
        tenant,
        object: grant.object,
        user_principal_name: match (access.account.home, home, user) {
            (Some(_), None, Some(user)) => Some(user.user_principal_name.clone()),
            _ => Some(access.account.name.clone()),
        },
        display_name: user.and_then(|user| user.display_name.clone()),
        mail: user.and_then(|user| user.mail.clone()),
        roles: roles
            .map(|assignment| Uuid::from_u128(assignment.role.as_u128()))
            .collect(),
        home: issuer.or(access.account.home.is_none().then(|| "mail".to_owned())),
        guest: user.map_or(home.is_some(), |user| user.user_type == UserType::Guest),
        methods: methods(access),
        contexts: grant.contexts.clone(),
        since: access.account.since,
        session: access.account.session,
    })
}

/// `amr` (RFC 8176), of what was shown at home and here.
fn methods(access: &Access) -> Vec<String> {
    let mut found = Vec::new();
    let shown = access
        .account
        .methods
        .iter()
        .chain(&access.resource_methods);
    for method in shown {
        let words: &[&str] = match method.as_str() {
            PASSWORD => &["pwd"],
            EMAIL => &["otp"],
            "fido2" => &["fido", "mfa"],
            combination if combination.contains(',') => &["otp", "mfa"],
            _ => &[],
        };
        for word in words {
            if !found.iter().any(|known| known == word) {
                found.push((*word).to_owned());
            }
        }
    }
    if access.account.mfa && !found.iter().any(|known| known == "mfa") {
        found.push("mfa".to_owned());
    }
    found
}

/// Remembers what a person agreed to.
pub(super) async fn agree(
    app: &App,
    journey: &Journey,
    access: &Access,
    judged: &Judged,
) -> Result<()> {
    let (tenant, user) = judge::with_resource(judged, access);
    let name = flow::agreement(journey);
    let records = app.store.account_records(tenant, user).await?;
    let known = records.into_iter().find(|record| record.name == name);
    let (mut scopes, version): (Vec<String>, _) = match &known {
        Some(record) => (read(&record.value)?, record.version.next()),
        None => (Vec::new(), Revision(1)),
    };
    scopes.extend(journey.request.scopes.words());
    scopes.sort();
    scopes.dedup();
    let record = AccountRecord {
        name,
        version,
        value: written(&scopes)?,
    };
    match app.store.put_account_record(tenant, user, &record).await {
        // Whoever agreed at the same moment is asked again next time.
        Ok(()) | Err(store::Error::Conflict { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
