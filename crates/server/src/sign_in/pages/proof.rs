//! Pages on which somebody proves who they are once more: with an authenticator app, or a passkey.

use jiff::Timestamp;
use maud::{Markup, PreEscaped, html};

use super::{Setting, WORDS};
use crate::error::{ApiError, Result};
use crate::sign_in::journey::{Factor, Side};
use crate::sign_in::{factor, methods, passkey};

/// The day of a moment, as it is the same for everybody.
fn day(second: sts::Seconds) -> String {
    let moment = Timestamp::from_second(second).unwrap_or_default();
    moment.strftime("%Y-%m-%d").to_string()
}

impl Setting<'_> {
    pub(super) fn digits(&self, label: &str) -> Markup {
        let wrong = self.journey.notice.is_some();
        html! {
            (self.notice())
            label for="code" { (label) }
            input #code name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="12"
                required autofocus
                aria-invalid=[wrong.then_some("true")]
                aria-describedby=[wrong.then_some("notice")];
            (Self::submit(WORDS.verify))
        }
    }

    /// Why another step is needed, and with whom it is done.
    fn why(&self, factor: &Factor, of: &str) -> Markup {
        let why = match factor.side {
            Side::Home => WORDS.code_home,
            Side::Resource => WORDS.code_resource,
        };
        html! {
            (self.who())
            @if !self.journey.managing {
                p { (why) " " bdi { (of) } "." }
            }
        }
    }

    pub(super) async fn code(&self, factor: &Factor, of: &str) -> Result<Markup> {
        Ok(html! {
            (self.why(factor, of))
            (self.form("code", &self.digits(WORDS.code)))
            @if passkey::any(self.app, factor).await? {
                (self.passkey(WORDS.use_passkey, false))
            }
            (self.others())
        })
    }

    /// Where there is nothing but passkeys.
    pub(super) fn only_passkey(&self, factor: &Factor, of: &str) -> Markup {
        html! {
            (self.why(factor, of))
            (self.notice())
            (self.passkey(WORDS.use_passkey, true))
            noscript { p { (WORDS.passkey_needs_script) } }
            (self.others())
        }
    }

    /// The form that asks for a passkey. A script shows it where there can be any.
    pub(super) fn passkey(&self, label: &str, is_main: bool) -> Markup {
        let Some(_) = self.app.passkeys else {
            return html! {};
        };
        html! {
            form method="post" action="/signin/passkey" hidden data-failed=(WORDS.passkey_failed) {
                input type="hidden" name="j" value=(self.handle);
                input type="hidden" name="credential";
                p.error role="alert" {}
                div.buttons { button.main[is_main] { (label) } }
            }
        }
    }

    /// What somebody proves themselves with.
    pub(super) async fn methods(&self) -> Result<Markup> {
        let (has_app, passkeys) = methods::those(self.app, self.journey).await?;
        let remove = |record: &str, what: &str| {
            let fields = html! {
                input type="hidden" name="method" value=(record);
                button.link aria-label=(format!("{} {what}", WORDS.remove)) { (WORDS.remove) }
            };
            self.form("remove", &fields)
        };
        Ok(html! {
            (self.who())
            (self.notice())
            @if !has_app && passkeys.is_empty() {
                p { (WORDS.methods_none) }
            }
            ul.methods {
                @if has_app {
                    li { span { (WORDS.method_app) } (remove(factor::RECORD, WORDS.method_app)) }
                }
                @for known in &passkeys {
                    @let what = format!("{} {}", WORDS.method_passkey, day(known.created));
                    li { span { (what) } (remove(&known.name, &what)) }
                }
            }
            (self.passkey(WORDS.add_passkey, true))
            @if !has_app {
                (self.form("app", &html! { div.buttons { button { (WORDS.add_app) } } }))
            }
        })
    }

    pub(super) fn enrol(&self, factor: &Factor, sealed: &str, of: &str) -> Result<Markup> {
        let secret = factor::secret(self.app, factor, sealed)?;
        let name = self
            .journey
            .account
            .as_ref()
            .map(|account| account.name.as_str());
        let address = secret.address(of, name.unwrap_or_default());
        let code = qrcode::QrCode::new(address.as_bytes()).map_err(ApiError::internal)?;
        let picture = code.render::<qrcode::render::svg::Color<'_>>().build();
        // The declaration in front of the picture has no place inside of a page.
        let picture = picture.split_once("?>").map_or(&*picture, |(_, svg)| svg);
        let is_home = factor.side == Side::Home;
        Ok(html! {
            (self.why(factor, of))
            p { (WORDS.enrol_scan) }
            div.qr aria-hidden="true" { (PreEscaped(picture)) }
            p { (WORDS.enrol_type) }
            p.key { (secret.typed()) }
            (self.form("enrol", &self.digits(WORDS.code)))
            @if is_home {
                (self.passkey(WORDS.add_passkey_instead, false))
            }
            (self.others())
        })
    }
}
