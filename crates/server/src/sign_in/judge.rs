//! Puts what is known of a sign-in to the law, and does what follows of its own accord: the rows of
//! both logs, and an invitation that was accepted on the way.
//!
//! There is no rule here. Rows are kept before anybody is handed anything (S15.1).

use policy::decision::Verdict;
use policy::effect::Effect;
use policy::redemption::{self, Redemption, RedemptionOutcome};
use policy::row::{NO_USER, SignInRow};
use policy::sign_in::{self, Decision, Journey as Way, SignInAccount};
use policy::target::{ApplicationId, UserId};
use policy::tenant::{Cloud, TenantId};
use policy::world::{Directory, RedemptionState, Tenant, User, World};
use store::{DirectoryChange, SignInDevice, SignInOccasion, SignInRecord, TrustClaims};
use sts::upstream::Entrance;
use uuid::Uuid;

use super::journey::{Access, tenant_id, user_id};
use super::{away, methods, own};
use crate::clock::moment;
use crate::commit;
use crate::console;
use crate::context::Context;
use crate::error::Result;
use crate::people::Deed;
use crate::people::user::{put, render, uuid};
use crate::question;
use crate::state::App;

/// The record of an account that has been in a tenant without an object before (S9.7).
pub(super) const VISITED: &str = "visited";

/// Microsoft Graph, which has the same id in every tenant (S1.7).
pub(super) const GRAPH: ApplicationId =
    ApplicationId::from_u128(0x0000_0003_0000_0000_c000_0000_0000_0000);

const REDEEM: Deed = Deed {
    category: "UserManagement",
    activity: "Redeem external user invite",
    operation: "Update",
    kind: "User",
};

/// What came of asking.
pub(super) struct Judged {
    pub(super) decision: Decision,
    /// The person in the tenant that is entered: their object, or their account where they need
    /// none.
    pub(super) object: Option<User>,
    /// In which way they were let out to a tenant elsewhere.
    pub(super) entrance: Option<Entrance>,
}

/// The object, or the account, that the tokens of that access are about.
fn object(world: &World, access: &Access) -> Option<User> {
    let find = |tenant: TenantId| world.tenant(tenant)?.directory.as_ref();
    let resource = tenant_id(access.resource);
    let user = user_id(access.account.user);
    let Some(home) = access.account.home.map(tenant_id) else {
        return find(resource)
            .and_then(|there| there.users.get(&user))
            .cloned();
    };
    let there = match home == resource {
        true => find(resource).and_then(|there| there.internal(user)),
        false => find(resource).and_then(|there| there.object_for(home, user)),
    };
    there
        .or_else(|| find(home).and_then(|there| there.users.get(&user)))
        .cloned()
}

/// Asks, and keeps the rows.
pub(super) async fn judge(
    app: &App,
    context: &Context,
    access: &Access,
    interactive: bool,
    correlation: Uuid,
) -> Result<Judged> {
    let resource = tenant_id(access.resource);
    let mut tenants = vec![resource];
    tenants.extend(access.account.home.map(tenant_id));
    if let Some(acting) = away::acts_for(app, access).await? {
        return judge_outbound(app, context, access, acting, interactive, correlation).await;
    }
    let sheet = app.effective.with(&tenants).await?;
    let mut way = away::natural(&sheet.world(&tenants), access);
    // Whom another server let out for one way does not enter in another one.
    if let Some(only) = away::let_through(access).filter(|_| way != Way::ServiceProvider) {
        way = only;
    }
    let first_access = match way {
        Way::DirectConnect => !visited(app, access).await?,
        Way::Collaboration | Way::ServiceProvider => false,
    };
    let question = access.question(way, first_access, interactive);
    let mut tenants = question::concerned(&question);
    let sheet = question::sheet(app, &question, &mut tenants).await?;
    let mut world = sheet.world(&tenants);
    let gone = forsaken(&mut world, access);
    let mut decision = sign_in::decide(&world, &question);
    decision.rows.retain(|row| Some(row.tenant) != gone);
    app.metrics.decided(decision.verdict, decision.reason);
    let object = object(&world, access);
    carry_out(app, context, access, decision.verdict, &decision.effects).await?;
    if decision.verdict == Verdict::Allow && way == Way::DirectConnect && first_access {
        record(app, access.resource, access.account.user, VISITED).await?;
    }
    drop(sheet);
    log(app, context, access, &decision.rows, correlation).await?;
    Ok(Judged {
        decision,
        object,
        entrance: None,
    })
}

/// An account whose tenant is not here any more, and has no provider that could be asked, is there no
/// more either (S8.4): nobody comes in on the word of an organization that is gone. Gives back that
/// tenant if there is no log of it.
fn forsaken(world: &mut World, access: &Access) -> Option<TenantId> {
    let home = tenant_id(access.account.home?);
    let known = world.tenant(home).cloned();
    let has_people = known
        .as_ref()
        .is_some_and(|known| known.directory.is_some());
    if access.account.elsewhere.is_some() || has_people {
        return None;
    }
    let is_hosted = known.as_ref().is_some_and(|known| known.policy.is_some());
    let empty = known.unwrap_or_else(|| Tenant::registered(home, Cloud::Commercial));
    let empty = Tenant {
        policy: Some(empty.policy.clone().unwrap_or_default()),
        directory: Some(Directory::default()),
        ..empty
    };
    world.tenants.insert(home, std::sync::Arc::new(empty));
    (!is_hosted).then_some(home)
}

/// Asks for a client that acts for a tenant elsewhere: what the home tenant's own settings say of a
/// sign-in to that tenant, in the first way they allow of those that may be meant there.
async fn judge_outbound(
    app: &App,
    context: &Context,
    access: &Access,
    elsewhere: TenantId,
    interactive: bool,
    correlation: Uuid,
) -> Result<Judged> {
    let mut question = access.question(Way::Collaboration, false, interactive);
    question.resource = elsewhere;
    let home = tenant_id(access.resource);
    if access.account.home != Some(access.resource) {
        // A guest is not an account of this tenant (S8.4), and nobody else's are vouched for here.
        question.account = SignInAccount::Home {
            tenant: home,
            user: NO_USER,
            groups: None,
        };
    }
    let mut entrances = [Entrance::B2bCollaboration].as_slice();
    if let Some(asked) = &access.asked {
        let id = |id: Uuid| ApplicationId::from_u128(id.as_u128());
        question.client_app = Some(id(asked.client));
        question.resource_app = id(asked.resource);
        entrances = &asked.entrances;
    }
    let mut tenants = question::concerned(&question);
    let sheet = question::sheet(app, &question, &mut tenants).await?;
    let mut world = sheet.world(&tenants);
    if let Some(known) = world.tenant(elsewhere).cloned() {
        // What may be known of it here is not what its own server goes by.
        let unhosted = Tenant {
            policy: None,
            directory: None,
            ..known
        };
        world
            .tenants
            .insert(elsewhere, std::sync::Arc::new(unhosted));
    }
    let mut judge = |entrance: Entrance| {
        question.journey = match entrance {
            Entrance::B2bCollaboration => Way::Collaboration,
            Entrance::B2bDirectConnect => Way::DirectConnect,
        };
        sign_in::decide(&world, &question)
    };
    let (likeliest, others) = match entrances {
        [likeliest, others @ ..] => (*likeliest, others),
        [] => (Entrance::B2bCollaboration, entrances),
    };
    let mut decision = judge(likeliest);
    let mut entrance = (decision.verdict == Verdict::Allow).then_some(likeliest);
    // Where none is allowed, it is refused as the likeliest one.
    for other in others {
        if entrance.is_none() {
            let instead = judge(*other);
            if instead.verdict == Verdict::Allow {
                (decision, entrance) = (instead, Some(*other));
            }
        }
    }
    app.metrics.decided(decision.verdict, decision.reason);
    let object = object(&world, access);
    drop(sheet);
    decision.rows.retain(|row| row.tenant != elsewhere);
    log(app, context, access, &decision.rows, correlation).await?;
    Ok(Judged {
        decision,
        object,
        entrance,
    })
}

async fn visited(app: &App, access: &Access) -> Result<bool> {
    let (tenant, user) = (tenant_id(access.resource), user_id(access.account.user));
    let records = app.store.account_records(tenant, user).await?;
    Ok(records.iter().any(|record| record.name == VISITED))
}

/// Asks whether an invitation may be accepted (S7.1), and keeps the rows (S15.8).
pub(super) async fn accept(
    app: &App,
    context: &Context,
    access: &Access,
    object: Uuid,
    correlation: Uuid,
) -> Result<RedemptionOutcome> {
    let resource = tenant_id(access.resource);
    let mut tenants = vec![resource];
    tenants.extend(access.account.home.map(tenant_id));
    let sheet = app.effective.with(&tenants).await?;
    let asked = Redemption {
        resource,
        object: user_id(object),
        consent_accepted: access.consented,
    };
    let outcome = redemption::redeem(&sheet.world(&tenants), &asked);
    drop(sheet);
    app.metrics.decided(outcome.verdict, outcome.reason);
    carry_out(app, context, access, outcome.verdict, &outcome.effects).await?;
    log(app, context, access, &outcome.rows, correlation).await?;
    Ok(outcome)
}

/// Does what the law says follows of an access that is allowed.
async fn carry_out(
    app: &App,
    context: &Context,
    access: &Access,
    verdict: Verdict,
    effects: &[Effect],
) -> Result<()> {
    if verdict != Verdict::Allow {
        return Ok(());
    }
    for effect in effects {
        if let Effect::Redeemed {
            tenant,
            user,
            provider,
        } = effect
        {
            redeem(app, context, access, *tenant, *user, provider).await?;
        }
    }
    Ok(())
}

/// Keeps a record of an account that says nothing but that it is there.
pub(super) async fn record(app: &App, tenant: Uuid, user: Uuid, name: &str) -> Result<()> {
    let record = store::AccountRecord {
        name: name.to_owned(),
        version: store::Revision(1),
        value: "{}".to_owned(),
    };
    let kept = app
        .store
        .put_account_record(tenant_id(tenant), user_id(user), &record)
        .await;
    match kept {
        // It was there.
        Ok(()) | Err(store::Error::Conflict { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// S7.6: the object is accepted. Of two browsers that accept at once the second finds it done.
async fn redeem(
    app: &App,
    context: &Context,
    access: &Access,
    tenant: TenantId,
    user: UserId,
    provider: &'static str,
) -> Result<()> {
    for _ in 0..16 {
        let Some(mut person) = app.store.person(tenant, user).await? else {
            return Ok(());
        };
        if person.user.redemption == Some(RedemptionState::Accepted) {
            return Ok(());
        }
        let before = render(&person, "");
        person.user.redemption = Some(RedemptionState::Accepted);
        person.user.identity_provider = Some(provider);
        person.details.state_changed = Some(moment(context.received));
        let name = person.user.user_principal_name.clone();
        let entry = REDEEM.changed(user, Some(name), &before, &render(&person, ""));
        let home = access.account.home.map(tenant_id);
        let initiator = own::themselves(context, &person, home);
        let occasion = commit::occasion(context, initiator);
        let record = entry.record_in(Some(tenant), occasion, None);
        let act = put(&person, Some(person.version));
        let change = DirectoryChange::new(tenant, vec![act], vec![record]);
        match app.store.write_directory(&change).await {
            Ok(_) => {
                app.effective.refresh(&[]).await?;
                return Ok(());
            }
            Err(store::Error::Conflict { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(crate::error::ApiError::internal(
        "an invitation could not be accepted",
    ))
}

/// The rows of a judged sign-in, in the logs of the tenants it touched (S15.1).
async fn log(
    app: &App,
    context: &Context,
    access: &Access,
    rows: &[SignInRow],
    correlation: Uuid,
) -> Result<()> {
    let device = access.account.device;
    let (compliant, hybrid) = device.unwrap_or_default();
    let claims = TrustClaims {
        mfa: access.account.mfa,
        compliant_device: compliant,
        hybrid_joined_device: hybrid,
    };
    let programs = (access.client, access.resource_app);
    keep(
        app,
        context,
        (access.resource, programs),
        claims,
        rows,
        correlation,
    )
    .await
}

/// Keeps rows of a sign-in to that tenant, by and to these programs.
pub(super) async fn keep(
    app: &App,
    context: &Context,
    (resource, (client, resource_app)): (Uuid, (Uuid, Uuid)),
    claims: TrustClaims,
    rows: &[SignInRow],
    correlation: Uuid,
) -> Result<()> {
    let id = |program: Uuid| ApplicationId::from_u128(program.as_u128());
    let resource = tenant_id(resource);
    let client_name = name_of(app, resource, id(client)).await?;
    let resource_name = match resource_app == client {
        true => client_name.clone(),
        false => name_of(app, resource, id(resource_app)).await?,
    };
    for row in rows {
        let tenant = row.tenant;
        let occasion = SignInOccasion {
            id: sts::random::guid().to_string(),
            created: moment(app.clock.now()),
            correlation: correlation.to_string(),
            address: context.address.map(|address| address.to_string()),
            claims,
        };
        let masked = row.masked;
        let mut record = SignInRecord::judged(row.clone(), occasion);
        record.sign_in.client_app_name.clone_from(&client_name);
        record.sign_in.resource_app_name.clone_from(&resource_name);
        if !masked {
            record.user_agent.clone_from(&context.user_agent);
            record.device = Some(SignInDevice::default());
        }
        app.store.keep_sign_ins(tenant, &[record]).await?;
    }
    Ok(())
}

const GRAPH_NAME: &str = "Microsoft Graph";

/// What people call that program.
pub(crate) async fn name_of(
    app: &App,
    tenant: TenantId,
    program: ApplicationId,
) -> Result<Option<String>> {
    if program == GRAPH {
        return Ok(Some(GRAPH_NAME.to_owned()));
    }
    if program == methods::PROGRAM {
        return Ok(Some("My Sign-Ins".to_owned()));
    }
    if program == console::CLIENT {
        return Ok(Some(console::NAME.to_owned()));
    }
    let row = app.store.application_row(tenant, program).await?;
    if let Some(name) = row.and_then(|row| row.application.display_name) {
        return Ok(Some(name));
    }
    let principal = app.store.service_principal_of(tenant, program).await?;
    Ok(principal.and_then(|(principal, _)| principal.display_name))
}

/// The account whose second factor counts with the tenant that is entered.
pub(super) fn with_resource(judged: &Judged, access: &Access) -> (TenantId, UserId) {
    let id = judged.object.as_ref().map(|object| object.id);
    let id = id.unwrap_or(user_id(access.account.user));
    (tenant_id(access.resource), id)
}

/// The id that tokens of that access carry.
pub(super) fn object_id(judged: &Judged, access: &Access) -> Uuid {
    judged
        .object
        .as_ref()
        .map_or(access.account.user, |object| uuid(object.id))
}
