//! A sign-in that is under way: what is known of a person so far, and what they are asked next.
//!
//! It lies in the store, and the browser has a random text for it. Nothing that decides stands in an
//! address or in a form.

use policy::conditional_access::{Claims, Device};
use policy::sign_in::{Journey as Way, SignIn, SignInAccount};
use policy::target::{ApplicationId, GroupId, UserId};
use policy::tenant::TenantId;
use policy::tenant_restrictions::{Carrier, Header};
use serde::{Deserialize, Serialize};
use store::{Moment, Pass, PassKind, Revision};
use sts::Seconds;
use sts::authorize::{Kind, Request};
use sts::handle::Handle;
use sts::upstream::Asked;
use uuid::Uuid;

use super::away::{Elsewhere, Leaving};
use crate::error::{ApiError, Result};
use crate::state::App;

/// How long a journey may take.
const LASTS: Seconds = 15 * 60;

/// The method that every local sign-in begins with.
pub(super) const PASSWORD: &str = "password";
/// A passkey, as strengths name it.
pub(super) const FIDO2: &str = "fido2";
/// A password and the code of an authenticator app, as strengths name it (S10.9).
pub(super) const PASSWORD_AND_CODE: &str = "password,softwareOath";

/// A tenant's id as it is kept.
pub(super) fn tenant_id(id: Uuid) -> TenantId {
    TenantId::from_u128(id.as_u128())
}

pub(super) fn user_id(id: Uuid) -> UserId {
    UserId::from_u128(id.as_u128())
}

/// Somebody who has proved who they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Account {
    /// The home tenant; `None`: an identity without one, known by its object in `guest_of`.
    pub(super) home: Option<Uuid>,
    /// The tenant that has the object of an identity without a home. In no other one is it anybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) guest_of: Option<Uuid>,
    /// The account at home, or the object.
    pub(super) user: Uuid,
    /// What it is called there.
    pub(super) name: String,
    /// Since when.
    pub(super) since: Seconds,
    /// How: methods in the words of authentication strengths.
    pub(super) methods: Vec<String>,
    /// Whether that was more than one factor.
    pub(super) mfa: bool,
    /// What the home tenant's provider says of the device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) device: Option<(bool, bool)>,
    /// The groups that the home tenant's provider names, where its directory is not here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) groups: Option<Vec<Uuid>>,
    /// The session it came from.
    pub(super) session: Uuid,
    /// What the provider said that they signed in with, of people who signed in elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) elsewhere: Option<Elsewhere>,
}

impl Account {
    pub(super) fn is(&self, other: &Account) -> bool {
        (self.home, self.guest_of, self.user) == (other.home, other.guest_of, other.user)
    }

    /// Whether the account can enter that tenant at all.
    pub(super) fn is_known_to(&self, tenant: Uuid) -> bool {
        self.home.is_some() || self.guest_of == Some(tenant)
    }

    /// One more thing was proved.
    pub(super) fn proved(&mut self, method: &str) {
        self.mfa = true;
        if !self.methods.iter().any(|known| known == method) {
            self.methods.push(method.to_owned());
        }
    }
}

/// Everything that a judgment of somebody's access needs, besides the settings of that moment. A
/// refresh token keeps it, so that each refresh is judged like the first time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Access {
    /// The tenant that is entered.
    pub(super) resource: Uuid,
    /// The program that asks.
    pub(super) client: Uuid,
    /// The program that is to be reached.
    pub(super) resource_app: Uuid,
    /// Who.
    pub(super) account: Account,
    /// Second factors that were shown to the resource tenant.
    pub(super) resource_methods: Vec<String>,
    /// Its terms of use were accepted.
    pub(super) terms: bool,
    /// The consent page was accepted.
    pub(super) consented: bool,
    /// The tenant restrictions header, and by whom it was carried.
    pub(super) restrictions: Option<(String, String)>,
    /// What a server that sends its guests here asks about them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) asked: Option<Asked>,
    /// A program on somebody's machine asks, not a page in a browser.
    #[serde(default)]
    pub(super) installed: bool,
}

/// `clientAppUsed` of a page in a browser, and of a program on somebody's machine.
const BROWSER: &str = "Browser";
const INSTALLED: &str = "Mobile Apps and Desktop clients";

/// `clientAppUsed`.
pub(super) fn used(installed: bool) -> String {
    match installed {
        true => INSTALLED.to_owned(),
        false => BROWSER.to_owned(),
    }
}

pub(super) fn carrier(name: &str) -> Carrier {
    match name {
        "universal" => Carrier::Universal,
        "windows" => Carrier::Windows,
        _ => Carrier::Proxy,
    }
}

impl Access {
    /// The question that the law is asked.
    pub(super) fn question(&self, way: Way, first_access: bool, interactive: bool) -> SignIn {
        let account = &self.account;
        let device = account.device;
        SignIn {
            journey: way,
            account: match account.home {
                Some(home) => SignInAccount::Home {
                    tenant: tenant_id(home),
                    user: user_id(account.user),
                    groups: account.groups.as_ref().map(|groups| {
                        let ids = groups.iter();
                        ids.map(|id| GroupId::from_u128(id.as_u128())).collect()
                    }),
                },
                None => SignInAccount::Guest(user_id(account.user)),
            },
            resource: tenant_id(self.resource),
            client_app: Some(ApplicationId::from_u128(self.client.as_u128())),
            resource_app: ApplicationId::from_u128(self.resource_app.as_u128()),
            claims: Claims {
                mfa: account.mfa,
                methods: account.methods.clone(),
                device: device.map(|(is_compliant, is_hybrid_joined)| Device {
                    is_compliant,
                    is_hybrid_joined,
                }),
                resource_mfa: !self.resource_methods.is_empty(),
                resource_methods: self.resource_methods.clone(),
                terms_accepted: self.terms,
                outbound_consent: account
                    .elsewhere
                    .as_ref()
                    .is_some_and(|elsewhere| elsewhere.outbound_consent),
            },
            consent_accepted: self.consented,
            first_access,
            is_interactive: interactive,
            client_app_used: Some(used(self.installed)),
            restrictions: self.restrictions.as_ref().map(|(value, by)| Header {
                value: value.clone(),
                carrier: carrier(by),
            }),
        }
    }
}

/// Where somebody's second factor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Side {
    /// With the tenant the account belongs to.
    Home,
    /// With the tenant that is entered.
    Resource,
}

/// Whose second factor is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Factor {
    /// With which side.
    pub(super) side: Side,
    /// Of which tenant.
    pub(super) tenant: Uuid,
    /// The account, or the object, there.
    pub(super) user: Uuid,
}

/// What a person is asked, or told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Page {
    /// As whom of those who are signed in.
    Choose,
    /// Who they are.
    Address,
    /// Their password, of that tenant.
    Password(Uuid),
    /// A new password.
    NewPassword,
    /// The code of their authenticator app.
    Code(Factor),
    /// One of their passkeys: they have no authenticator app.
    Passkey(Factor),
    /// To set up an authenticator app with that secret, which is sealed.
    Enrol(Factor, String),
    /// The code that was sent to them.
    Passcode,
    /// Whether to become a guest.
    Consent,
    /// The terms of use.
    Terms,
    /// Whether the application may act for them.
    Agree,
    /// That they may not.
    Refused(Refused),
    /// That they are a guest now.
    Accepted,
    /// How they prove who they are.
    Methods,
}

/// Why somebody may not enter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Refused {
    /// The reason's code.
    pub(super) reason: String,
    /// Its number.
    pub(super) number: u32,
    /// Whose settings refuse.
    pub(super) side: Option<String>,
    /// What it means, in one sentence.
    pub(super) sentence: String,
}

/// What was wrong with the last step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Notice {
    /// This is no address.
    NoAddress,
    /// Nobody here knows the organization of that address.
    UnknownOrganization,
    /// Name or password.
    WrongPassword,
    /// The code.
    WrongCode,
    /// The passkey.
    WrongPasskey,
    /// People of other organizations have no business here.
    OwnPage,
    /// Too many attempts from there.
    TooMany,
    /// The two passwords differ, or are too short.
    UnfitPassword,
    /// The code that was sent.
    WrongPasscode,
    /// It was tried too often, or too late.
    PasscodeOver,
    /// That mailbox has had enough of them.
    TooManyMessages,
}

/// A sign-in that is under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Journey {
    /// The tenant whose provider was asked: the one that is entered.
    pub(super) tenant: Uuid,
    /// What the application asked.
    pub(super) request: Request,
    /// The program that is to be reached.
    pub(super) resource_app: Uuid,
    /// Whose it is: the family of the browser's session.
    pub(super) browser: Uuid,
    /// By which the rows of both logs are found.
    pub(super) correlation: Uuid,
    /// What is asked now.
    pub(super) page: Page,
    /// What was wrong with the last step.
    pub(super) notice: Option<Notice>,
    /// What was typed as an address.
    pub(super) address: Option<String>,
    /// Who they are.
    pub(super) account: Option<Account>,
    /// Second factors shown to the resource tenant.
    pub(super) resource_methods: Vec<String>,
    /// Terms of use were accepted on this journey.
    pub(super) terms: bool,
    /// The consent page was accepted on this journey.
    pub(super) consented: bool,
    /// The application was agreed to on this journey.
    pub(super) agreed: bool,
    /// Tenant restrictions.
    pub(super) restrictions: Option<(String, String)>,
    /// A passcode that was sent: where it lies in the store.
    pub(super) passcode: Option<[u8; 32]>,
    /// The organization that the application says they belong to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) hinted: Option<Uuid>,
    /// The object whose invitation is accepted, where that is all there is to do.
    pub(super) redeeming: Option<Uuid>,
    /// The device that waits for this sign-in: the hash of its code, in hexadecimal.
    pub(super) device: Option<String>,
    /// They want to see how they prove who they are, where that is all there is to do.
    #[serde(default)]
    pub(super) managing: bool,
    /// What has to be known of the question for a passkey until it is answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) passkey: Option<String>,
    /// They are on their way to another provider, or there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) leaving: Option<Leaving>,
}

impl Journey {
    pub(super) fn tenant(&self) -> TenantId {
        tenant_id(self.tenant)
    }

    /// Sends them to another provider. If they come back another way, they are asked who they are.
    pub(super) fn leave(&mut self, leaving: Leaving) {
        self.page = Page::Address;
        self.leaving = Some(leaving);
    }

    /// Whether an application waits for its end.
    pub(super) fn has_application(&self) -> bool {
        self.redeeming.is_none() && !self.managing
    }

    /// The access this journey is about, once it is known whose.
    pub(super) fn access(&self) -> Option<Access> {
        Some(Access {
            resource: self.tenant,
            client: self.request.client,
            resource_app: self.resource_app,
            account: self.account.clone()?,
            resource_methods: self.resource_methods.clone(),
            terms: self.terms,
            consented: self.consented,
            restrictions: self.restrictions.clone(),
            asked: self.request.asked.clone(),
            installed: self.is_installed(),
        })
    }

    /// Whether a program on somebody's machine asks: a device, or one that listens there.
    pub(super) fn is_installed(&self) -> bool {
        let listens = self.request.kind == Kind::Public && self.redeeming.is_none();
        self.device.is_some() || listens
    }
}

/// A journey in the store.
pub(super) struct Kept {
    pub(super) handle: Handle,
    pub(super) journey: Journey,
    version: Revision,
}

impl Kept {
    /// A journey that begins.
    pub(super) fn new(journey: Journey) -> Self {
        Kept {
            handle: Handle::draw(),
            journey,
            version: Revision(0),
        }
    }

    /// The journey with that handle, if it is that browser's and not over.
    pub(super) async fn of(app: &App, handle: &str, browser: Uuid) -> Result<Option<Self>> {
        let Some(handle) = Handle::shown(handle) else {
            return Ok(None);
        };
        let pass = app.store.pass(PassKind::Journey, &handle.hash()).await?;
        let Some(pass) = pass.filter(|pass| pass.expires > crate::clock::moment(app.clock.now()))
        else {
            return Ok(None);
        };
        let journey: Journey = read(&pass.value)?;
        Ok((journey.browser == browser).then_some(Kept {
            handle,
            journey,
            version: pass.version,
        }))
    }

    /// Keeps what became of it. `false`: another step of the same journey was faster.
    pub(super) async fn keep(&mut self, app: &App) -> Result<bool> {
        let version = self.version.next();
        let pass = Pass {
            kind: PassKind::Journey,
            handle: self.handle.hash(),
            family: self.journey.browser,
            version,
            expires: after(app, LASTS),
            value: written(&self.journey)?,
        };
        match app.store.put_pass(&pass).await {
            Ok(()) => {
                self.version = version;
                Ok(true)
            }
            Err(store::Error::Conflict { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

/// The moment so many seconds from now.
pub(super) fn after(app: &App, seconds: Seconds) -> Moment {
    let now = crate::clock::moment(app.clock.now()).as_nanoseconds();
    Moment::from_nanoseconds(now + i128::from(seconds) * 1_000_000_000)
}

/// What is kept, as it is written.
pub(super) fn written(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(ApiError::internal)
}

/// The other way round.
pub(super) fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T> {
    serde_json::from_str(text).map_err(ApiError::internal)
}
