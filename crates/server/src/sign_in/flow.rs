//! What a journey comes to next.
//!
//! There is no order of steps here. When it is known who somebody is, the law is asked; where it
//! names something that is missing, there is one errand for that reason, and afterwards it is asked
//! again. A reason without an errand is a refusal, and so is one that comes back after its errand.

use policy::decision::Verdict;
use policy::reason::{Reason, Side as ReasonSide};
use sts::authorize::Api;
use sts::refusal::{Code, Refusal};

use super::away;
use super::browser::Browser;
use super::factor;
use super::home::{self, Home};
use super::journey::{Access, Account, Journey, Notice, Page, Refused, Side, tenant_id, user_id};
use super::judge::{self, Judged};
use super::{methods, passcode, redeem, terms};
use crate::console;
use crate::context::Context;
use crate::error::Result;
use crate::state::App;

/// What becomes of a journey.
pub(super) enum Next {
    /// The person is asked something, or told that it ends here.
    Ask,
    /// They are in.
    Arrived(Box<(Access, Judged)>),
}

/// What may be meant by a sign-in that is asked for: who of those who are signed in it can be.
fn candidates<'a>(browser: &'a Browser, journey: &Journey) -> Vec<&'a Account> {
    let request = &journey.request;
    let accounts = browser.accounts().iter();
    let accounts = accounts.filter(|account| account.is_known_to(journey.tenant));
    let hinted = request.login_hint.as_deref();
    // Some clients hint at `organizations`, which is no domain.
    let domain = request.domain_hint.as_deref();
    let domain = domain.filter(|domain| domain.contains('.'));
    let is_of = |account: &Account, domain: &str| {
        let own = account.name.rsplit_once('@').map(|(_, own)| own);
        own.is_some_and(|own| own.eq_ignore_ascii_case(domain))
    };
    accounts
        .filter(|account| hinted.is_none_or(|hint| account.name.eq_ignore_ascii_case(hint)))
        .filter(|account| domain.is_none_or(|domain| is_of(account, domain)))
        .collect()
}

/// Begins: with somebody who is signed in already, if that is who is meant.
pub(super) async fn begin(
    app: &App,
    context: &Context,
    journey: &mut Journey,
    browser: &Browser,
) -> Result<Next> {
    let request = &journey.request;
    let fresh = |account: &Account| {
        let age = app.clock.seconds() - account.since;
        request.max_age.is_none_or(|most| age <= most)
    };
    let found = candidates(browser, journey);
    let alone = match found.as_slice() {
        [one] if !request.prompt.select_account => Some((*one).clone()),
        _ => None,
    };
    if let Some(account) = alone.filter(|account| !request.prompt.login && fresh(account)) {
        // Who signed in elsewhere is asked for there: that provider knows whether they still are.
        if let Some(leaving) = away::again(app, journey, &account).await? {
            journey.address = Some(account.name);
            journey.leave(leaving);
            return Ok(Next::Ask);
        }
        journey.account = Some(account);
        return advance(app, context, journey).await;
    }
    let hint = request.domain_hint.clone();
    let toward = match (&request.login_hint, hint) {
        (None, Some(hint)) => home::hinted(app, &hint).await?,
        _ => Home::None,
    };
    let is_sure = found.is_empty() && matches!(toward, Home::Here(_) | Home::Away(_));
    let mut accounts = browser.accounts().iter();
    let someone = request.login_hint.is_none()
        && !is_sure
        && accounts.any(|account| account.is_known_to(journey.tenant));
    if someone && !request.prompt.login {
        journey.page = Page::Choose;
        return Ok(Next::Ask);
    }
    journey.page = Page::Address;
    match (request.login_hint.clone(), toward) {
        (Some(hint), _) => who(app, context, journey, &hint, By::Application).await?,
        // The application knows whose people it sends: their organization is where they begin.
        (None, Home::Away(tenant)) => {
            let leaving = away::to(app, journey, tenant, "").await?;
            journey.leave(leaving);
        }
        (None, Home::Here(tenant)) => journey.hinted = Some(home::uuid(tenant)),
        (None, Home::None | Home::Unknown | Home::Mailbox) => {}
    }
    Ok(Next::Ask)
}

/// Who says who somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// They do.
    Person,
    /// The application, or the link they followed. That sends nobody a message.
    Application,
}

/// Somebody says who they are: their organization is looked up by the address.
pub(super) async fn who(
    app: &App,
    context: &Context,
    journey: &mut Journey,
    address: &str,
    by: By,
) -> Result<()> {
    let mut address = address.trim().to_owned();
    if let (Some(_), Some(domain), false) = (
        journey.hinted,
        &journey.request.domain_hint,
        address.is_empty() || address.contains('@'),
    ) {
        address = format!("{address}@{}", domain.to_lowercase());
    }
    journey.account = None;
    journey.leaving = None;
    journey.passcode = None;
    journey.address = Some(address.chars().take(320).collect());
    let (page, notice) = match home::of(app, journey.tenant(), &address).await? {
        Home::Mailbox => {
            journey.page = Page::Address;
            journey.notice = None;
            return match by {
                By::Person => passcode::send(app, context, journey).await,
                By::Application => Ok(()),
            };
        }
        Home::None => (Page::Address, Some(Notice::NoAddress)),
        Home::Unknown => (Page::Address, Some(Notice::UnknownOrganization)),
        Home::Away(tenant) => {
            let leaving = away::to(app, journey, tenant, &address).await?;
            journey.leave(leaving);
            (Page::Address, None)
        }
        Home::Here(tenant) => (Page::Password(home::uuid(tenant)), None),
    };
    journey.page = page;
    journey.notice = notice;
    Ok(())
}

/// Goes on as far as nothing has to be asked.
pub(super) async fn advance(app: &App, context: &Context, journey: &mut Journey) -> Result<Next> {
    journey.notice = None;
    let Some(mut access) = journey.access() else {
        journey.page = Page::Address;
        return Ok(Next::Ask);
    };
    if methods::is_elsewhere(journey, &access) {
        return Ok(Next::Ask);
    }
    let records = (journey.tenant(), user_id(access.account.user));
    let records = app.store.account_records(records.0, records.1).await?;
    access.terms |= terms::are_accepted(app, journey.tenant(), &records).await?;
    if !standing(app, &access).await? {
        let (reason, side) = match access.account.home {
            Some(_) => (Reason::AccountDisabled, ReasonSide::Home),
            None => (Reason::UserNotInResourceTenant, ReasonSide::Resource),
        };
        return Ok(refuse(journey, reason, Some(side)));
    }
    if let Some(object) = journey.redeeming {
        if !vouched(app, &access).await? {
            let reason = Reason::AccountDisabled;
            return Ok(refuse(journey, reason, Some(ReasonSide::Home)));
        }
        return redeem::advance(app, context, journey, &access, object).await;
    }
    if let Some(leaving) = away::another(app, &access).await? {
        journey.leave(leaving);
        return Ok(Next::Ask);
    }
    let judged = judge::judge(app, context, &access, true, journey.correlation).await?;
    let decision = &judged.decision;
    match decision.verdict {
        Verdict::Block => return Ok(refuse(journey, decision.reason, decision.side)),
        Verdict::Challenge => {
            if let Some(leaving) = away::errand(app, &access, decision.reason).await? {
                journey.leave(leaving);
                return Ok(Next::Ask);
            }
            let page = errand(app, journey, &access, &judged).await?;
            return Ok(match page {
                Some(page) => {
                    journey.page = page;
                    Next::Ask
                }
                None => refuse(journey, decision.reason, decision.side),
            });
        }
        Verdict::Allow => {}
    }
    // A context stands for more than one factor, shown to whoever is asked for it.
    let proved = access.account.mfa || !access.resource_methods.is_empty();
    let wanted =
        !journey.request.contexts.is_empty() || methods::needs_factor(app, journey).await?;
    if wanted && !proved {
        let side = match access.account.home == Some(access.resource) {
            true => Side::Home,
            false => Side::Resource,
        };
        let reason = Reason::MfaChallengeHome;
        if side == Side::Home && access.account.elsewhere.is_some() {
            return Ok(match away::errand(app, &access, reason).await? {
                Some(leaving) => {
                    journey.leave(leaving);
                    Next::Ask
                }
                None => refuse(journey, reason, Some(ReasonSide::Home)),
            });
        }
        journey.page = factor::page(app, side, &access, &judged).await?;
        return Ok(Next::Ask);
    }
    if needs_agreement(app, journey, &access, &judged).await? {
        journey.page = Page::Agree;
        return Ok(Next::Ask);
    }
    if journey.managing {
        journey.page = Page::Methods;
        return Ok(Next::Ask);
    }
    Ok(Next::Arrived(Box::new((access, judged))))
}

/// Whether an account of the tenant itself may sign in. That of accounts from elsewhere is the law's
/// to say (S8.4); for the tenant's own people the law ends at S8.3. Whoever was sent a code is who
/// they are for as long as codes are what proves it.
pub(super) async fn standing(app: &App, access: &Access) -> Result<bool> {
    if access.account.home.is_none() {
        let account = &access.account;
        return Ok(account.is_known_to(access.resource)
            && passcode::stands(app, access.resource, account.user).await?);
    }
    if access.account.home != Some(access.resource) {
        return Ok(true);
    }
    let tenant = tenant_id(access.resource);
    let sheet = app.effective.with(&[tenant]).await?;
    let tenant = sheet.get(tenant).map(|known| &known.tenant);
    let directory = tenant.and_then(|tenant| tenant.directory.as_ref());
    let user = directory.and_then(|directory| directory.internal(user_id(access.account.user)));
    Ok(user.is_some_and(|user| user.enabled))
}

/// Whether the home organization of an account from elsewhere still vouches for it, where nothing
/// that is asked afterwards looks at the account (S7.1).
async fn vouched(app: &App, access: &Access) -> Result<bool> {
    let (Some(home), None) = (access.account.home, &access.account.elsewhere) else {
        return Ok(true);
    };
    let home = tenant_id(home);
    let sheet = app.effective.with(&[home]).await?;
    let tenant = sheet.get(home).map(|known| &known.tenant);
    let directory = tenant.and_then(|tenant| tenant.directory.as_ref());
    let user = directory.and_then(|directory| directory.internal(user_id(access.account.user)));
    Ok(user.is_some_and(|user| user.enabled))
}

pub(super) fn refuse(journey: &mut Journey, reason: Reason, side: Option<ReasonSide>) -> Next {
    journey.page = Page::Refused(Refused {
        reason: reason.as_str().to_owned(),
        number: reason.error_code_at(side),
        side: side.map(|side| side.as_str().to_owned()),
        sentence: reason.sentence().to_owned(),
    });
    Next::Ask
}

/// The one thing that a challenge asks for; `None` if there is nothing to be done about it, or it
/// was done and did not help.
async fn errand(
    app: &App,
    journey: &Journey,
    access: &Access,
    judged: &Judged,
) -> Result<Option<Page>> {
    let is_guest = access.account.home != Some(access.resource);
    Ok(match judged.decision.reason {
        Reason::RedemptionRequired | Reason::DirectConnectConsentRequired => {
            (!journey.consented).then_some(Page::Consent)
        }
        Reason::TermsOfUseRequired => (!access.terms).then_some(Page::Terms),
        Reason::MfaChallengeHome | Reason::AuthStrengthChallengeHome
            if !access.account.mfa && access.account.elsewhere.is_none() =>
        {
            match access.account.home {
                Some(_) => Some(factor::page(app, Side::Home, access, judged).await?),
                None => None,
            }
        }
        Reason::MfaChallengeResource | Reason::AuthStrengthChallengeResource
            if access.resource_methods.is_empty() && is_guest =>
        {
            Some(factor::page(app, Side::Resource, access, judged).await?)
        }
        _ => None,
    })
}

/// Whether the person has to agree to what the application asks for. Signing in alone is nothing to
/// agree to.
async fn needs_agreement(
    app: &App,
    journey: &Journey,
    access: &Access,
    judged: &Judged,
) -> Result<bool> {
    if journey.agreed {
        return Ok(false);
    }
    if journey.request.prompt.consent {
        return Ok(true);
    }
    // The console shows people what their own roles let them do; there is nobody else to be let in.
    let is_console = journey.request.client.as_u128() == console::CLIENT.as_u128();
    if journey.request.scopes.api == Api::None || is_console {
        return Ok(false);
    }
    let (tenant, user) = judge::with_resource(judged, access);
    let records = app.store.account_records(tenant, user).await?;
    let name = agreement(journey);
    let record = records.iter().find(|record| record.name == name);
    let known: Vec<String> = match record {
        Some(record) => super::journey::read(&record.value)?,
        None => return Ok(true),
    };
    let asked = journey.request.scopes.words();
    Ok(!asked.iter().all(|scope| known.contains(scope)))
}

/// The name of the record of what an account agreed to.
pub(super) fn agreement(journey: &Journey) -> String {
    format!("agreed:{}", journey.request.client)
}

/// What an application is told when nothing may be asked and something would have to be.
pub(super) fn silent(page: &Page) -> Refusal {
    match page {
        Page::Choose | Page::Address | Page::Password(_) | Page::NewPassword | Page::Passcode => {
            Refusal::new(
                Code::LoginRequired,
                50_058,
                "Nobody is signed in who could be meant, and nothing may be asked (prompt none).",
            )
        }
        Page::Consent | Page::Agree => Refusal::new(
            Code::ConsentRequired,
            65_001,
            "The person has to agree first, and nothing may be asked (prompt none).",
        ),
        Page::Code(_) | Page::Passkey(_) | Page::Enrol(..) | Page::Terms => Refusal::new(
            Code::InteractionRequired,
            50_076,
            "One more step of the person is needed, and nothing may be asked (prompt none).",
        ),
        Page::Refused(refused) => refusal(refused),
        // Only journeys that end there have these pages, and no application waits for them.
        Page::Accepted | Page::Methods => Refusal::new(
            Code::InvalidRequest,
            90_014,
            "No application waits for this.",
        ),
    }
}

/// A refusal as the application hears of it.
pub(super) fn refusal(refused: &Refused) -> Refusal {
    Refusal::new(Code::AccessDenied, refused.number, refused.sentence.clone())
}
