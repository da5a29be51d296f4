//! A browser and who is signed in in it.
//!
//! The cookie is a random text, the store has its hash. It is the browser's alone (`__Host-`, no
//! script, not sent along with forms of other sites), and it changes whenever somebody signs in, so
//! that a cookie which somebody else planted is worth nothing afterwards.

use axum::http::{HeaderMap, HeaderValue, header};
use policy::tenant::TenantId;
use serde::{Deserialize, Serialize};
use store::{Pass, PassKind, Revision};
use sts::Seconds;
use sts::handle::Handle;
use uuid::Uuid;

use super::journey::{Account, after, read, tenant_id, user_id, written};
use crate::clock::moment;
use crate::error::Result;
use crate::state::App;

const COOKIE: &str = "__Host-comity-session";
/// How long somebody stays signed in.
const LASTS: Seconds = 12 * 60 * 60;
/// How many accounts are signed in in one browser.
const ACCOUNTS: usize = 10;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Session {
    accounts: Vec<Account>,
}

/// A browser.
pub(super) struct Browser {
    /// What ends when the person signs out: the session, and what waits in it.
    pub(super) family: Uuid,
    session: Session,
    handle: Handle,
    version: Revision,
    /// Whether the browser has to be told its cookie.
    is_new: bool,
}

impl Browser {
    /// The browser that sent these headers; a new one if it is not known.
    pub(super) async fn of(app: &App, headers: &HeaderMap) -> Result<Self> {
        for text in cookies(headers) {
            let Some(handle) = Handle::shown(text) else {
                continue;
            };
            let pass = app.store.pass(PassKind::Session, &handle.hash()).await?;
            let now = moment(app.clock.now());
            if let Some(pass) = pass.filter(|pass| pass.expires > now) {
                let mut session: Session = read(&pass.value)?;
                still_signed_in(app, &mut session).await?;
                return Ok(Browser {
                    family: pass.family,
                    session,
                    handle,
                    version: pass.version,
                    is_new: false,
                });
            }
        }
        Ok(Browser {
            family: sts::random::guid(),
            session: Session::default(),
            handle: Handle::draw(),
            version: Revision(0),
            is_new: true,
        })
    }

    /// Who is signed in.
    pub(super) fn accounts(&self) -> &[Account] {
        &self.session.accounts
    }

    /// Somebody has proved who they are. The cookie changes.
    pub(super) fn signed_in(&mut self, account: &Account) {
        self.session.accounts.retain(|known| !known.is(account));
        self.session.accounts.insert(0, account.clone());
        self.session.accounts.truncate(ACCOUNTS);
        self.handle = Handle::draw();
        self.version = Revision(0);
        self.is_new = true;
    }

    /// Keeps the session, if it is new.
    pub(super) async fn keep(&mut self, app: &App) -> Result<()> {
        if !self.is_new || self.version != Revision(0) {
            return Ok(());
        }
        let pass = Pass {
            kind: PassKind::Session,
            handle: self.handle.hash(),
            family: self.family,
            version: Revision(1),
            expires: after(app, LASTS),
            value: written(&self.session)?,
        };
        app.store.put_pass(&pass).await?;
        self.version = Revision(1);
        Ok(())
    }

    /// Signs everybody out, and ends what waits in the browser.
    pub(super) async fn end(&self, app: &App) -> Result<()> {
        app.store.drop_passes(self.family).await?;
        Ok(())
    }

    /// The header that tells the browser its cookie, if it does not know it yet.
    pub(super) fn cookie(&self) -> Option<HeaderValue> {
        let text = format!(
            "{COOKIE}={}; Path=/; Secure; HttpOnly; SameSite=Lax",
            self.handle.text()
        );
        let value = HeaderValue::from_str(&text).ok();
        value.filter(|_| self.is_new)
    }
}

/// The header that makes a browser forget its cookie.
pub(super) fn forget() -> HeaderValue {
    HeaderValue::from_static(
        "__Host-comity-session=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0",
    )
}

fn cookies(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let values = headers.get_all(header::COOKIE).iter();
    let pairs = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'));
    pairs.filter_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        (name == COOKIE).then_some(value)
    })
}

/// Whoever was disabled, deleted or whose sessions were ended is not signed in any more.
async fn still_signed_in(app: &App, session: &mut Session) -> Result<()> {
    let homes: Vec<TenantId> = session
        .accounts
        .iter()
        .filter_map(|account| account.home.or(account.guest_of).map(tenant_id))
        .collect();
    let sheet = app.effective.with(&homes).await?;
    session.accounts.retain(|account| {
        let Some(home) = account.home.or(account.guest_of).map(tenant_id) else {
            return false;
        };
        let user = user_id(account.user);
        let revoked = sheet.revoked(home, user);
        let ended = revoked.map(|moment| moment.as_nanoseconds().div_euclid(1_000_000_000));
        if ended.is_some_and(|ended| i128::from(account.since) <= ended) {
            return false;
        }
        // Whoever else signs in in the browser makes nobody's session longer.
        if account.elsewhere.is_none() && app.clock.seconds() - account.since >= LASTS {
            return false;
        }
        let tenant = sheet.get(home).map(|known| &known.tenant);
        match tenant.and_then(|tenant| tenant.directory.as_ref()) {
            Some(directory) => {
                let known = match account.home {
                    Some(_) => directory.internal(user),
                    None => directory.users.get(&user),
                };
                known.is_some_and(|user| user.enabled)
            }
            // Only a provider elsewhere vouches for people who are not known here.
            None => account.elsewhere.is_some(),
        }
    });
    Ok(())
}
