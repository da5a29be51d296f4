//! What the forms of the pages do: each step fits one page, and of two steps of one journey the second
//! finds that the first was faster.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use sts::refusal::{Code, Refusal};
use uuid::Uuid;

use super::browser::Browser;
use super::flow::{self, By, Next};
use super::guard::Standing;
use super::home::{self, Proof};
use super::http::{FORM, arrive, ask, is_ours, restrictions, told};
use super::journey::{
    Access, Journey, Kept, Notice, PASSWORD_AND_CODE, Page, Side, tenant_id, user_id,
};
use super::judge::Judged;
use super::unjudged::{LOCKED, WRONG_CODE, WRONG_PASSCODE, WRONG_PASSWORD};
use super::{factor, grants, methods, pages, passcode, passkey, terms, unjudged};
use crate::body;
use crate::context::Context;
use crate::error::Result;
use crate::state::App;

/// A form that was sent.
pub(super) struct Sent {
    pub(super) fields: Vec<(String, String)>,
}

impl Sent {
    pub(super) fn field(&self, name: &str) -> &str {
        let found = self.fields.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }

    fn accepts(&self) -> bool {
        self.field("answer") == "accept"
    }
}

/// What a form of a page does.
pub(crate) async fn step(
    State(app): State<App>,
    context: Context,
    Path(step): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let bytes = body::bytes(&headers, body, FORM).await?;
    if !is_ours(&app, &headers) {
        return Ok(pages::expired());
    }
    let fields = form_urlencoded::parse(&bytes).into_owned().collect();
    let sent = Sent { fields };
    let mut browser = Browser::of(&app, &headers).await?;
    let Some(mut kept) = Kept::of(&app, sent.field("j"), browser.family).await? else {
        return Ok(pages::expired());
    };
    if let Some(restrictions) = restrictions(&context, &headers) {
        kept.journey.restrictions = Some(restrictions);
    }
    if step == "passkeyquestion" {
        return question(&app, kept).await;
    }
    let taken = take(
        &app,
        &context,
        &step,
        &sent,
        &mut kept.journey,
        &mut browser,
    )
    .await?;
    let leaves = match taken {
        Taken::Stays => Taken::Stays,
        other => {
            // Of two steps of one journey the second finds that the first was faster.
            if !kept.keep(&app).await? {
                return Ok(pages::expired());
            }
            other
        }
    };
    match leaves {
        Taken::Stays | Taken::Asks => ask(&app, &kept, &mut browser).await,
        Taken::Arrives(arrived) => arrive(&app, &mut kept, &mut browser, *arrived).await,
        Taken::Leaves(refusal) => told(&app, &kept.journey, &refusal).await,
    }
}

/// What a script asks the browser for a passkey with.
async fn question(app: &App, mut kept: Kept) -> Result<Response> {
    let Some(question) = passkey::ask(app, &mut kept.journey).await? else {
        return Ok(pages::expired());
    };
    match kept.keep(app).await? {
        true => Ok(pages::question(question)),
        false => Ok(pages::expired()),
    }
}

/// What came of a step.
enum Taken {
    /// The step does not fit the page: it is shown again as it is.
    Stays,
    /// Something is asked.
    Asks,
    /// They are in.
    Arrives(Box<(Access, Judged)>),
    /// They said no.
    Leaves(Refusal),
}

impl From<Next> for Taken {
    fn from(next: Next) -> Self {
        match next {
            Next::Ask => Taken::Asks,
            Next::Arrived(arrived) => Taken::Arrives(arrived),
        }
    }
}

fn declined(number: u32, what: &str) -> Taken {
    Taken::Leaves(Refusal::new(Code::AccessDenied, number, what))
}

async fn take(
    app: &App,
    context: &Context,
    step: &str,
    sent: &Sent,
    journey: &mut Journey,
    browser: &mut Browser,
) -> Result<Taken> {
    let page = journey.page.clone();
    match (step, page) {
        ("other", _) => {
            journey.account = None;
            journey.leaving = None;
            journey.notice = None;
            journey.passcode = None;
            // What the one accepted, the other has not.
            journey.consented = false;
            journey.terms = false;
            journey.agreed = false;
            journey.resource_methods.clear();
            let mut accounts = browser.accounts().iter();
            journey.page = match accounts.any(|account| account.is_known_to(journey.tenant)) {
                true => Page::Choose,
                false => Page::Address,
            };
            Ok(Taken::Asks)
        }
        ("leave", Page::Refused(refused)) => Ok(Taken::Leaves(flow::refusal(&refused))),
        ("choose", Page::Choose) => choose(app, context, sent, journey, browser).await,
        ("address", Page::Address) => {
            let address = sent.field("address");
            flow::who(app, context, journey, address, By::Person).await?;
            Ok(Taken::Asks)
        }
        ("passcode", Page::Passcode) => passcode(app, context, sent, journey, browser).await,
        ("resend", Page::Passcode) => {
            passcode::send(app, context, journey).await?;
            Ok(Taken::Asks)
        }
        ("password", Page::Password(tenant)) => {
            password(app, context, sent, journey, browser, tenant).await
        }
        ("newpassword", Page::NewPassword) => {
            new_password(app, context, sent, journey, browser).await
        }
        ("code" | "enrol", Page::Code(_) | Page::Enrol(..)) => {
            code(app, context, sent, journey, browser).await
        }
        ("passkey", _) => {
            let answer = sent.field("credential");
            let next = passkey::take(app, context, journey, browser, answer).await?;
            Ok(next.map_or(Taken::Stays, Taken::from))
        }
        ("app", Page::Methods) => {
            methods::add_app(app, journey).await?;
            Ok(Taken::Asks)
        }
        ("remove", Page::Methods) => {
            methods::remove(app, context, journey, sent.field("method")).await?;
            Ok(Taken::Asks)
        }
        ("consent", Page::Consent) => match sent.accepts() {
            true => {
                journey.consented = true;
                Ok(flow::advance(app, context, journey).await?.into())
            }
            false => Ok(declined(65_004, "The person declined to become a guest.")),
        },
        ("terms", Page::Terms) => {
            let (shown, accepts) = (sent.field("version"), sent.accepts());
            if !terms::answer(app, context, journey, shown, accepts).await? {
                return Ok(Taken::Stays);
            }
            if !accepts {
                return Ok(declined(50_158, "The person declined the terms of use."));
            }
            journey.terms = true;
            Ok(flow::advance(app, context, journey).await?.into())
        }
        ("agree", Page::Agree) => match sent.accepts() {
            true => {
                journey.agreed = true;
                let next = flow::advance(app, context, journey).await?;
                if let Next::Arrived(arrived) = &next {
                    grants::agree(app, journey, &arrived.0, &arrived.1).await?;
                }
                Ok(next.into())
            }
            false => Ok(declined(
                65_004,
                "The person declined what the application asks for.",
            )),
        },
        _ => Ok(Taken::Stays),
    }
}

async fn choose(
    app: &App,
    context: &Context,
    sent: &Sent,
    journey: &mut Journey,
    browser: &Browser,
) -> Result<Taken> {
    let number: Option<usize> = sent.field("account").parse().ok();
    let account = number.and_then(|number| browser.accounts().get(number));
    let account = account.filter(|account| account.is_known_to(journey.tenant));
    let Some(account) = account else {
        journey.page = Page::Address;
        return Ok(Taken::Asks);
    };
    let age = app.clock.seconds() - account.since;
    let fresh = journey.request.max_age.is_none_or(|most| age <= most);
    if !fresh || journey.request.prompt.login {
        let name = account.name.clone();
        flow::who(app, context, journey, &name, By::Person).await?;
        return Ok(Taken::Asks);
    }
    let leaving = super::away::again(app, journey, account).await?;
    if let Some(leaving) = leaving {
        journey.address = Some(account.name.clone());
        journey.leave(leaving);
        return Ok(Taken::Asks);
    }
    journey.account = Some(account.clone());
    Ok(flow::advance(app, context, journey).await?.into())
}

async fn password(
    app: &App,
    context: &Context,
    sent: &Sent,
    journey: &mut Journey,
    browser: &mut Browser,
    tenant: Uuid,
) -> Result<Taken> {
    let address = journey.address.clone().unwrap_or_default();
    let now = app.clock.seconds();
    if let Standing::Shut { first } = app.guard.allows(context.address, tenant, &address, now) {
        if first {
            unjudged::password(app, context, journey, tenant, LOCKED).await?;
        }
        journey.notice = Some(Notice::TooMany);
        return Ok(Taken::Asks);
    }
    let proof = home::prove(app, tenant_id(tenant), &address, sent.field("password")).await?;
    if !matches!(proof, Proof::Wrong) {
        app.guard.passed(context.address, tenant, &address);
    }
    match proof {
        Proof::Wrong => {
            app.guard.failed(context.address, tenant, &address, now);
            unjudged::password(app, context, journey, tenant, WRONG_PASSWORD).await?;
            journey.notice = Some(Notice::WrongPassword);
            Ok(Taken::Asks)
        }
        Proof::Expired(account) => {
            journey.account = Some(account);
            journey.page = Page::NewPassword;
            journey.notice = None;
            Ok(Taken::Asks)
        }
        Proof::Disabled(account) => {
            journey.account = Some(account);
            Ok(flow::advance(app, context, journey).await?.into())
        }
        Proof::Right(account) => {
            browser.signed_in(&account);
            journey.account = Some(account);
            Ok(flow::advance(app, context, journey).await?.into())
        }
    }
}

async fn new_password(
    app: &App,
    context: &Context,
    sent: &Sent,
    journey: &mut Journey,
    browser: &mut Browser,
) -> Result<Taken> {
    let chosen = sent.field("password");
    let account = journey.account.clone();
    let Some((account, home)) = account.and_then(|account| Some((account.clone(), account.home?)))
    else {
        journey.page = Page::Address;
        return Ok(Taken::Asks);
    };
    let same = chosen == sent.field("again");
    let (tenant, user) = (tenant_id(home), user_id(account.user));
    if !same || !home::change(app, context, tenant, user, chosen).await? {
        journey.notice = Some(Notice::UnfitPassword);
        return Ok(Taken::Asks);
    }
    browser.signed_in(&account);
    Ok(flow::advance(app, context, journey).await?.into())
}

async fn code(
    app: &App,
    context: &Context,
    sent: &Sent,
    journey: &mut Journey,
    browser: &mut Browser,
) -> Result<Taken> {
    let (factor, sealed) = match &journey.page {
        Page::Code(factor) => (*factor, None),
        Page::Enrol(factor, sealed) => (*factor, Some(sealed.clone())),
        _ => return Ok(Taken::Stays),
    };
    let name = format!("code of {}", factor.user);
    let now = app.clock.seconds();
    let standing = app.guard.allows(context.address, factor.tenant, &name, now);
    if let Standing::Shut { first } = standing {
        if first {
            unjudged::factor(app, context, journey, LOCKED).await?;
        }
        journey.notice = Some(Notice::TooMany);
        return Ok(Taken::Asks);
    }
    let good = match sealed {
        None => factor::accepts(app, &factor, sent.field("code")).await?,
        Some(sealed) => factor::enrol(app, context, &factor, &sealed, sent.field("code")).await?,
    };
    if !good {
        app.guard.failed(context.address, factor.tenant, &name, now);
        unjudged::factor(app, context, journey, WRONG_CODE).await?;
        journey.notice = Some(Notice::WrongCode);
        return Ok(Taken::Asks);
    }
    app.guard.passed(context.address, factor.tenant, &name);
    match (factor.side, &mut journey.account) {
        (Side::Home, Some(account)) => {
            account.proved(PASSWORD_AND_CODE);
            browser.signed_in(account);
        }
        _ => journey.resource_methods.push(PASSWORD_AND_CODE.to_owned()),
    }
    Ok(flow::advance(app, context, journey).await?.into())
}

/// The code that was sent to them.
async fn passcode(
    app: &App,
    context: &Context,
    sent: &Sent,
    journey: &mut Journey,
    browser: &mut Browser,
) -> Result<Taken> {
    let address = journey.address.clone().unwrap_or_default();
    let name = format!("passcode of {address}");
    let now = app.clock.seconds();
    let standing = app
        .guard
        .allows(context.address, journey.tenant, &name, now);
    if let Standing::Shut { first } = standing {
        if first {
            unjudged::passcode(app, context, journey, LOCKED).await?;
        }
        journey.notice = Some(Notice::TooMany);
        return Ok(Taken::Asks);
    }
    match passcode::prove(app, journey, sent.field("code")).await? {
        passcode::Proof::Right(account) => {
            app.guard.passed(context.address, journey.tenant, &name);
            journey.passcode = None;
            browser.signed_in(&account);
            journey.account = Some(*account);
            Ok(flow::advance(app, context, journey).await?.into())
        }
        passcode::Proof::Wrong => {
            app.guard
                .failed(context.address, journey.tenant, &name, now);
            unjudged::passcode(app, context, journey, WRONG_PASSCODE).await?;
            journey.notice = Some(Notice::WrongPasscode);
            Ok(Taken::Asks)
        }
        passcode::Proof::Over => {
            journey.notice = Some(Notice::PasscodeOver);
            Ok(Taken::Asks)
        }
    }
}
