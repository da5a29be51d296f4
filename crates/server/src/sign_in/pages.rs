//! The pages people see when they sign in. They work without script (passkeys apart), and nothing in
//! them is loaded from anywhere but here.

mod proof;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use policy::target::ApplicationId;
use policy::tenant::TenantId;
use sts::authorize::Answer;

use super::browser::Browser;
use super::journey::{Journey, Notice, Page, Refused, tenant_id};
use super::judge::name_of;
use super::terms::Terms;
use super::words::{ENGLISH, Words, permission};
use crate::error::Result;
use crate::state::App;

const STYLE: &str = include_str!("style.css");

/// Where the style lies.
pub(super) const STYLE_ADDRESS: &str = "/signin/style.css";
/// Sends a form that only has to be sent.
const SEND: &str = "document.forms[0].submit()";
/// Its hash, which the policy of the page names.
const SEND_HASH: &str = "sha256-ePniVEkSivX/c7XWBGafqh8tSpiRrKiqYeqbG7N1TOE=";

/// Where the script that asks for passkeys lies.
pub(super) const PASSKEY_ADDRESS: &str = "/signin/passkey.js";
const PASSKEY: &str = include_str!("passkey.js");

/// Which script a page may run.
enum Script {
    None,
    /// The one that sends its form.
    Send,
    /// The one that asks for a passkey.
    Passkey,
}

pub(super) const WORDS: &Words = &ENGLISH;

/// The style sheet.
pub(super) async fn style() -> Response {
    file("text/css; charset=utf-8", STYLE)
}

/// The script that asks for passkeys.
pub(super) async fn passkey_script() -> Response {
    file("text/javascript; charset=utf-8", PASSKEY)
}

fn file(kind: &'static str, text: &'static str) -> Response {
    let mut response = Response::new(Body::from(text));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let day = HeaderValue::from_static("public, max-age=86400");
    headers.insert(header::CACHE_CONTROL, day);
    response
}

/// A question for a passkey, as the script reads it.
pub(super) fn question(question: String) -> Response {
    let mut response = Response::new(Body::from(question));
    let headers = response.headers_mut();
    let json = HeaderValue::from_static("application/json");
    headers.insert(header::CONTENT_TYPE, json);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A page. `beyond` is where its forms may lead besides here: a browser also looks at where it is
/// sent after a form.
fn answer(status: StatusCode, page: Markup, beyond: &str, script: Script) -> Response {
    let mut response = Response::new(Body::from(page.into_string()));
    *response.status_mut() = status;
    let script = match script {
        Script::None => "'none'".to_owned(),
        Script::Send => format!("'{SEND_HASH}'"),
        Script::Passkey => "'self'; connect-src 'self'".to_owned(),
    };
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src {script}; \
         form-action 'self' {beyond}; frame-ancestors 'none'; base-uri 'none'"
    );
    let headers = response.headers_mut();
    let mut put = |name, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    put(header::CONTENT_TYPE, "text/html; charset=utf-8");
    put(header::CONTENT_SECURITY_POLICY, &policy);
    put(header::X_FRAME_OPTIONS, "DENY");
    // A browser that names no referrer names no origin either, and then no form would be ours.
    put(header::REFERRER_POLICY, "same-origin");
    put(header::CACHE_CONTROL, "no-store");
    response
}

/// The origin of an address, as a policy names it.
pub(super) fn origin(address: &str) -> String {
    let origin = address.split_once("://").map(|(scheme, rest)| {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        match scheme {
            "http" | "https" => format!("{scheme}://{host}"),
            other => format!("{other}:"),
        }
    });
    let legal = |c: char| c.is_ascii_alphanumeric() || ":/.-_[]+".contains(c);
    origin
        .filter(|origin| origin.chars().all(legal))
        .unwrap_or_default()
}

fn frame(organization: Option<&str>, title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(WORDS.language) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (title) }
                link rel="stylesheet" href=(STYLE_ADDRESS);
            }
            body {
                main {
                    @if let Some(name) = organization {
                        p.organization { bdi { (name) } }
                    }
                    h1 { (title) }
                    (body)
                }
            }
        }
    }
}

/// A page with one sentence.
pub(super) fn said(status: StatusCode, title: &str, sentence: &str) -> Response {
    let body = html! { p { (sentence) } };
    answer(status, frame(None, title, &body), "", Script::None)
}

/// A page that leads on by itself. Where somebody has sent a form, a redirect would be followed only as
/// far as the policy of the page with the form lets it lead, and that page may be another server's.
pub(super) fn onward(address: &str, sentence: &str) -> Response {
    let body = html! {
        p { (sentence) }
        p { a href=(address) { (WORDS.continues) } }
    };
    let page = frame(None, WORDS.sign_in, &body);
    let mut response = answer(StatusCode::OK, page, "", Script::None);
    if let Ok(value) = HeaderValue::from_str(&format!("0; url={address}")) {
        response.headers_mut().insert(header::REFRESH, value);
    }
    response
}

/// The journey is not there any more.
pub(super) fn expired() -> Response {
    said(StatusCode::BAD_REQUEST, WORDS.expired, WORDS.expired_why)
}

/// The request was not made by an application that is known here.
pub(super) fn cannot(refusal: &sts::Refusal) -> Response {
    said(StatusCode::BAD_REQUEST, WORDS.cannot, &refusal.to_string())
}

/// The link of an invitation leads nowhere.
pub(super) fn not_invited() -> Response {
    said(
        StatusCode::NOT_FOUND,
        WORDS.not_invited,
        WORDS.not_invited_why,
    )
}

/// Nobody is signed in any more.
pub(super) fn signed_out() -> Response {
    said(StatusCode::OK, WORDS.signed_out, WORDS.signed_out_why)
}

/// Where the code of a device is entered.
pub(super) fn device(wrong: bool) -> Response {
    let body = html! {
        p { (WORDS.device_why) }
        form method="post" action="/signin/device" {
            @if wrong {
                p.error #notice role="alert" { (WORDS.notice(Notice::WrongCode)) }
            }
            label for="code" { (WORDS.device_code) }
            input #code name="code" autocomplete="off" spellcheck="false" maxlength="20" required
                autofocus aria-invalid=[wrong.then_some("true")]
                aria-describedby=[wrong.then_some("notice")];
            (Setting::submit(WORDS.next))
        }
    };
    let page = frame(None, WORDS.device, &body);
    answer(StatusCode::OK, page, "", Script::None)
}

/// The device goes on.
pub(super) fn device_done() -> Response {
    said(StatusCode::OK, WORDS.device_done, WORDS.device_done_why)
}

/// The person said no for a device.
pub(super) fn declined(refusal: &sts::Refusal) -> Response {
    said(StatusCode::OK, WORDS.cannot, &refusal.message)
}

/// Sends the browser to the application.
pub(super) fn leave(answered: Answer) -> Response {
    match answered {
        Answer::Redirect(address) => to(&address),
        Answer::Form { action, fields } => {
            let body = html! {
                form method="post" action=(action) {
                    @for (name, value) in &fields {
                        input type="hidden" name=(name) value=(value);
                    }
                    div.buttons { button.main { (WORDS.continues) } }
                }
                script { (PreEscaped(SEND)) }
            };
            let page = frame(None, WORDS.sign_in, &body);
            answer(StatusCode::OK, page, &origin(&action), Script::Send)
        }
    }
}

/// Sends the browser there, with GET.
pub(super) fn to(address: &str) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    let headers = response.headers_mut();
    match HeaderValue::from_str(address) {
        Ok(address) => {
            headers.insert(header::LOCATION, address);
        }
        Err(_) => return said(StatusCode::BAD_REQUEST, WORDS.cannot, ""),
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    response
}

/// What a page needs to know besides the journey.
struct Setting<'a> {
    app: &'a App,
    handle: &'a str,
    journey: &'a Journey,
    /// The tenant that is entered.
    resource: String,
    /// The tenant of the account.
    home: Option<String>,
    application: String,
}

/// What people call a tenant.
pub(crate) async fn organization(app: &App, tenant: TenantId) -> Result<String> {
    let sheet = app.effective.with(&[tenant]).await?;
    let name = sheet.get(tenant).and_then(|known| {
        let tenant = &known.tenant;
        tenant
            .federation_brand_name
            .clone()
            .or(tenant.display_name.clone())
    });
    Ok(name.unwrap_or_else(|| tenant.to_string()))
}

/// The page of a journey.
pub(super) async fn page(
    app: &App,
    handle: &str,
    journey: &Journey,
    browser: &Browser,
) -> Result<Response> {
    let client = journey.request.client;
    let home = journey.account.as_ref().and_then(|account| account.home);
    let setting = Setting {
        app,
        handle,
        journey,
        resource: organization(app, journey.tenant()).await?,
        home: match home {
            Some(home) => Some(organization(app, tenant_id(home)).await?),
            None => None,
        },
        application: name_of(
            app,
            journey.tenant(),
            ApplicationId::from_u128(client.as_u128()),
        )
        .await?
        .unwrap_or_else(|| client.to_string()),
    };
    let status = match journey.page {
        Page::Refused(_) => StatusCode::FORBIDDEN,
        _ => StatusCode::OK,
    };
    let (title, of, body) = setting.content(browser).await?;
    let body = html! {
        (body)
        @if body.0.contains("data-failed") {
            script src=(PASSKEY_ADDRESS) defer {}
        }
    };
    let page = frame(Some(&of), title, &body);
    let beyond = origin(&journey.request.redirect_uri);
    let script = match journey.page {
        Page::Password(_) | Page::Code(_) | Page::Passkey(_) | Page::Enrol(..) | Page::Methods => {
            Script::Passkey
        }
        _ => Script::None,
    };
    Ok(answer(status, page, &beyond, script))
}

type Content = (&'static str, String, Markup);

impl Setting<'_> {
    async fn content(&self, browser: &Browser) -> Result<Content> {
        let here = self.resource.clone();
        let at_home = || self.home.clone().unwrap_or_else(|| self.resource.clone());
        Ok(match &self.journey.page {
            Page::Choose => (WORDS.choose, here, self.choose(browser)),
            Page::Address => {
                let of = match self.journey.hinted {
                    Some(tenant) => organization(self.app, tenant_id(tenant)).await?,
                    None => here,
                };
                (WORDS.sign_in, of, self.address())
            }
            Page::Password(tenant) => {
                let of = organization(self.app, tenant_id(*tenant)).await?;
                (WORDS.enter_password, of, self.password())
            }
            Page::NewPassword => (WORDS.new_password, at_home(), self.new_password()),
            Page::Code(factor) => {
                let of = organization(self.app, tenant_id(factor.tenant)).await?;
                (WORDS.verify, of.clone(), self.code(factor, &of).await?)
            }
            Page::Passkey(factor) => {
                let of = organization(self.app, tenant_id(factor.tenant)).await?;
                (WORDS.verify, of.clone(), self.only_passkey(factor, &of))
            }
            Page::Enrol(factor, sealed) => {
                let of = organization(self.app, tenant_id(factor.tenant)).await?;
                let body = self.enrol(factor, sealed, &of)?;
                (WORDS.enrol, of, body)
            }
            Page::Passcode => (WORDS.verify, here, self.passcode()),
            Page::Consent => (WORDS.consent, here, self.consent()),
            Page::Terms => (WORDS.terms, here, self.terms().await?),
            Page::Agree => (WORDS.agree, here, self.agree()),
            Page::Refused(refused) => (WORDS.refused, here, self.refused(refused)),
            Page::Methods => (WORDS.methods, here, self.methods().await?),
            Page::Accepted => (
                WORDS.accepted,
                here,
                html! { (self.who()) p { (WORDS.accepted_why) } },
            ),
        })
    }

    fn form(&self, step: &str, fields: &Markup) -> Markup {
        html! {
            form method="post" action={ "/signin/" (step) } {
                input type="hidden" name="j" value=(self.handle);
                (fields)
            }
        }
    }

    fn notice(&self) -> Markup {
        html! {
            @if let Some(notice) = self.journey.notice {
                p.error #notice role="alert" { (WORDS.notice(notice)) }
            }
        }
    }

    fn field(&self, name: &str, label: &str, kind: &str, complete: &str, value: &str) -> Markup {
        let wrong = self.journey.notice.is_some();
        html! {
            label for=(name) { (label) }
            input id=(name) name=(name) type=(kind) autocomplete=(complete) value=(value)
                required autofocus spellcheck="false" autocapitalize="none"
                aria-invalid=[wrong.then_some("true")]
                aria-describedby=[wrong.then_some("notice")];
        }
    }

    fn submit(label: &str) -> Markup {
        html! { div.buttons { button.main { (label) } } }
    }

    fn who(&self) -> Markup {
        let account = self
            .journey
            .account
            .as_ref()
            .map(|account| account.name.as_str());
        let name = account
            .or(self.journey.address.as_deref())
            .unwrap_or_default();
        html! { p { bdi { (name) } } }
    }

    fn continues(&self) -> Markup {
        html! { p { (WORDS.to_continue) " " bdi { (self.application) } } }
    }

    /// Back to where one says who one is.
    fn others(&self) -> Markup {
        self.form(
            "other",
            &html! { p { button.link { (WORDS.other_account) } } },
        )
    }

    fn choose(&self, browser: &Browser) -> Markup {
        let accounts = html! {
            @for (number, account) in browser.accounts().iter().enumerate()
                .filter(|(_, account)| account.is_known_to(self.journey.tenant)) {
                button.account name="account" value=(number) { bdi { (account.name) } }
            }
            button.account name="account" value="other" { (WORDS.another_account) }
        };
        html! { (self.continues()) (self.form("choose", &accounts)) }
    }

    fn address(&self) -> Markup {
        let typed = self.journey.address.as_deref().unwrap_or_default();
        let fields = html! {
            (self.notice())
            (self.field("address", WORDS.address, "text", "username", typed))
            (Self::submit(WORDS.next))
        };
        html! { (self.continues()) (self.form("address", &fields)) }
    }

    fn password(&self) -> Markup {
        let fields = html! {
            (self.notice())
            (self.field("password", WORDS.password, "password", "current-password", ""))
            (Self::submit(WORDS.sign_in))
        };
        html! {
            (self.who())
            (self.form("password", &fields))
            (self.passkey(WORDS.use_passkey, false))
            (self.others())
        }
    }

    fn new_password(&self) -> Markup {
        let fields = html! {
            (self.notice())
            (self.field("password", WORDS.new_password, "password", "new-password", ""))
            label for="again" { (WORDS.again) }
            input #again name="again" type="password" autocomplete="new-password" required;
            (Self::submit(WORDS.next))
        };
        html! {
            (self.who())
            p { (WORDS.new_password_why) }
            (self.form("newpassword", &fields))
        }
    }

    fn passcode(&self) -> Markup {
        let address = self.journey.address.as_deref().unwrap_or_default();
        let again = html! { p { button.link { (WORDS.passcode_again) } } };
        html! {
            @match self.app.post.is_in_trouble() {
                true => p.error role="alert" { (WORDS.no_messages) },
                false => p { (WORDS.passcode_sent) " " bdi { (address) } "." },
            }
            (self.form("passcode", &self.digits(WORDS.passcode)))
            (self.form("resend", &again))
            (self.others())
        }
    }

    fn answers() -> Markup {
        html! {
            div.buttons {
                button name="answer" value="decline" { (WORDS.decline) }
                button.main name="answer" value="accept" { (WORDS.accept) }
            }
        }
    }

    fn decide(&self, step: &str) -> Markup {
        self.form(step, &Self::answers())
    }

    fn consent(&self) -> Markup {
        html! {
            (self.who())
            p { (WORDS.consent_learns) " (" bdi { strong { (self.resource) } } ")" }
            ul {
                li { (WORDS.consent_name) }
                li { (WORDS.consent_mail) }
                @if let Some(home) = &self.home {
                    li { (WORDS.consent_home) " " bdi { (home) } "," }
                }
                li { (WORDS.consent_activity) }
            }
            p { (WORDS.consent_leave) }
            (self.decide("consent"))
        }
    }

    async fn terms(&self) -> Result<Markup> {
        let terms = Terms::of(self.app, self.journey.tenant()).await?;
        // Which one was shown: if it is another one by then, that is shown first.
        let version = terms.as_ref().map_or("", |terms| &terms.version);
        let fields = html! {
            input type="hidden" name="version" value=(version);
            (Self::answers())
        };
        Ok(html! {
            (self.who())
            p { (WORDS.terms_text) }
            @if let Some(terms) = &terms {
                div.terms role="region" aria-label=(WORDS.terms) tabindex="0" dir="auto" {
                    (terms.text)
                }
                p { (WORDS.terms_version) " " bdi { (terms.version) } }
            }
            (self.form("terms", &fields))
        })
    }

    fn agree(&self) -> Markup {
        html! {
            (self.who())
            p { bdi { strong { (self.application) } } }
            p { (WORDS.agree_to) }
            ul {
                @for scope in self.journey.request.scopes.words() {
                    li { (permission(&scope)) }
                }
            }
            (self.decide("agree"))
        }
    }

    fn refused(&self, refused: &Refused) -> Markup {
        let home = self.home.as_deref().unwrap_or_default();
        let (why, of, ask) = match (refused.side.as_deref(), &*refused.reason) {
            (Some("home"), "outbound_blocked") => (WORDS.refused_outbound, home, WORDS.ask_home),
            (Some("home"), _) => (WORDS.refused_home, home, WORDS.ask_home),
            (Some("policy"), _) => (WORDS.refused_policy, "", WORDS.ask_policy),
            (_, "inbound_blocked") => (WORDS.refused_inbound, &*self.resource, WORDS.ask_resource),
            _ => (WORDS.refused_resource, &*self.resource, WORDS.ask_resource),
        };
        let account = self
            .journey
            .account
            .as_ref()
            .map(|account| account.name.as_str());
        html! {
            p { (why) " " bdi { strong { (of) } } }
            p #sentence { (refused.sentence) }
            p { (ask) " " bdi { (of) } ". " (WORDS.tell_them) }
            dl {
                dt { (WORDS.reason) } dd { (refused.reason) }
                dt { (WORDS.number) } dd { "AADSTS" (refused.number) }
                dt { (WORDS.correlation) } dd { (self.journey.correlation) }
                dt { (WORDS.account) } dd { bdi { (account.unwrap_or_default()) } }
                dt { (WORDS.application) } dd { bdi { (self.application) } }
            }
            (self.others())
            @if self.journey.has_application() {
                (self.form("leave", &html! { p { button.link { (WORDS.back_to_application) } } }))
            }
        }
    }
}
