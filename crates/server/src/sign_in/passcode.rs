//! A passcode by e-mail: how people prove who they are who belong to no tenant (S7.4, S8.11).
//!
//! Otto has an address with a provider of mailboxes, and Contoso has invited him. He types the
//! address, a code goes to it, and whoever types the code has the mailbox. The page is the same for
//! every address that is nobody's tenant's, and so is what it takes to get there: whether Contoso
//! has invited somebody cannot be found out by trying. Where a code goes is taken from the object,
//! never from what was typed.

use policy::redemption::{offers_passcodes, takes_passcode};
use policy::tenant::TenantId;
use policy::world::User;
use serde::{Deserialize, Serialize};
use store::{Pass, PassKind, Person, Revision};
use sts::Seconds;
use sts::handle::Handle;
use sts::secret::SecretHash;
use uuid::Uuid;

use super::journey::{Account, Journey, Notice, Page, after, read, tenant_id, user_id, written};
use super::{letters, pages};
use crate::clock::moment;
use crate::context::Context;
use crate::error::{ApiError, Result};
use crate::mail;
use crate::state::App;

/// How people sign in who were sent a code, among the methods of an account.
pub(super) const EMAIL: &str = "emailOneTimePasscode";

/// How long a code is good.
const LASTS: Seconds = 10 * 60;
/// How often it may be tried.
const TRIES: u64 = 5;
/// How many digits it has.
const DIGITS: usize = 8;

/// A code that was sent, or would have been.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Waiting {
    /// The hash of the code.
    hash: String,
    /// Whose it is; `None`: nobody's.
    object: Option<Uuid>,
}

/// Eight digits, each as likely as any other.
fn draw() -> String {
    let mut digits = String::with_capacity(DIGITS);
    while digits.len() < DIGITS {
        let drawn = sts::random::bytes::<16>();
        // Of the values of a byte 250 fall on ten digits evenly.
        let fair = drawn.iter().filter(|byte| **byte < 250);
        let more = fair.map(|byte| char::from(b'0' + byte % 10));
        digits.extend(more.take(DIGITS - digits.len()));
    }
    digits
}

/// What somebody typed, without what people put between digits.
fn typed(code: &str) -> String {
    let digits = code.chars().filter(|c| !c.is_whitespace() && *c != '-');
    digits.take(2 * DIGITS).collect()
}

/// Whether that tenant sends codes to people who belong to none.
pub(super) async fn offered(app: &App, tenant: TenantId) -> Result<bool> {
    if !app.post.is_open() {
        return Ok(false);
    }
    let sheet = app.effective.with(&[tenant]).await?;
    Ok(offers_passcodes(&sheet.world(&[tenant]), tenant))
}

/// The object in that tenant which a code to that address is for.
pub(super) async fn object(app: &App, tenant: TenantId, address: &str) -> Result<Option<Person>> {
    let found = app.store.persons_by_address(tenant, address).await?;
    let sheet = app.effective.with(&[tenant]).await?;
    let world = sheet.world(&[tenant]);
    let wanted = address.to_lowercase();
    let own = |user: &User| {
        let mail = user.mail.as_ref().map(|mail| mail.to_lowercase());
        mail.as_ref() == Some(&wanted) && takes_passcode(&world, tenant, user)
    };
    let mut found: Vec<Person> = found
        .into_iter()
        .filter(|person| own(&person.user))
        .collect();
    // Of several the one that was there first; whoever invites gets the same object anyway (S6.11).
    found.sort_by_key(|person| (person.details.created, person.user.id));
    Ok(found.into_iter().next())
}

/// Whether codes are still what proves that this is them: an administrator may have decided otherwise
/// since. Of an object that is gone the law speaks (S8.8).
pub(super) async fn stands(app: &App, tenant: Uuid, object: Uuid) -> Result<bool> {
    let tenant = tenant_id(tenant);
    let sheet = app.effective.with(&[tenant]).await?;
    let world = sheet.world(&[tenant]);
    let directory = world.tenant(tenant).and_then(|t| t.directory.as_ref());
    let user = directory.and_then(|directory| directory.users.get(&user_id(object)));
    Ok(user.is_none_or(|user| takes_passcode(&world, tenant, user)))
}

/// Sends a code to the address that was typed, if somebody has it, and asks for it.
pub(super) async fn send(app: &App, context: &Context, journey: &mut Journey) -> Result<()> {
    let address = journey.address.clone().unwrap_or_default();
    let now = app.clock.seconds();
    if !app.guard.may_send(context.address, &address, now) {
        journey.notice = Some(Notice::TooManyMessages);
        return Ok(());
    }
    let tenant = journey.tenant();
    let person = object(app, tenant, &address).await?;
    let code = draw();
    let hash = app.secrets.hash(code.clone()).await;
    let hash = hash.ok_or_else(|| ApiError::internal("a code could not be hashed"))?;
    let waiting = Waiting {
        hash: hash.as_str().to_owned(),
        object: person
            .as_ref()
            .map(|person| crate::people::user::uuid(person.user.id)),
    };
    let handle = Handle::draw().hash();
    let pass = Pass {
        kind: PassKind::Passcode,
        handle,
        family: journey.browser,
        version: Revision(1),
        expires: after(app, LASTS),
        value: written(&waiting)?,
    };
    app.store.put_pass(&pass).await?;
    journey.passcode = Some(handle);
    journey.page = Page::Passcode;
    journey.notice = None;
    match person.and_then(|person| person.user.mail) {
        Some(mail) => {
            let organization = pages::organization(app, tenant).await?;
            let letter = letters::passcode(&organization, mail, &code, LASTS / 60);
            // Nobody waits for it: the page comes as fast as for anybody.
            drop(app.post.post(&letter, mail::PASSCODE));
        }
        None => app.post.knock(),
    }
    Ok(())
}

/// What came of a code.
pub(super) enum Proof {
    /// It is right.
    Right(Box<Account>),
    /// It is not.
    Wrong,
    /// It is over, or was tried too often: another one is needed.
    Over,
}

/// Checks a code. An attempt is spent before it is known what comes of it, so that of many at once
/// no more count than there are.
pub(super) async fn prove(app: &App, journey: &Journey, code: &str) -> Result<Proof> {
    let Some(handle) = &journey.passcode else {
        return Ok(Proof::Over);
    };
    let Some(pass) = app.store.pass(PassKind::Passcode, handle).await? else {
        return Ok(Proof::Over);
    };
    if pass.expires <= moment(app.clock.now()) || pass.version > Revision(TRIES) {
        return Ok(Proof::Over);
    }
    let waiting: Waiting = read(&pass.value)?;
    let spent = Pass {
        version: pass.version.next(),
        ..pass
    };
    match app.store.put_pass(&spent).await {
        Ok(()) => {}
        Err(store::Error::Conflict { .. }) => return Ok(Proof::Wrong),
        Err(error) => return Err(error.into()),
    }
    let hash: Option<SecretHash> = waiting.hash.parse().ok();
    if !app.secrets.is_password(hash, typed(code)).await {
        return Ok(Proof::Wrong);
    }
    // It is good once.
    let used = Pass {
        version: spent.version.next(),
        expires: moment(app.clock.now()),
        ..spent
    };
    match app.store.put_pass(&used).await {
        Ok(()) => {}
        Err(store::Error::Conflict { .. }) => return Ok(Proof::Over),
        Err(error) => return Err(error.into()),
    }
    let Some(object) = waiting.object else {
        return Ok(Proof::Wrong);
    };
    let person = app.store.person(journey.tenant(), user_id(object)).await?;
    let Some(person) = person.filter(|person| !person.user.is_internal()) else {
        return Ok(Proof::Wrong);
    };
    match stands(app, journey.tenant, object).await? {
        true => Ok(Proof::Right(Box::new(account(app, journey, person.user)))),
        false => Ok(Proof::Wrong),
    }
}

fn account(app: &App, journey: &Journey, user: User) -> Account {
    Account {
        home: None,
        guest_of: Some(journey.tenant),
        user: crate::people::user::uuid(user.id),
        name: user.mail.unwrap_or(user.user_principal_name),
        since: app.clock.seconds(),
        methods: vec![EMAIL.to_owned()],
        mfa: false,
        device: None,
        groups: None,
        session: sts::random::guid(),
        elsewhere: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_eight_digits_and_is_read_as_people_write_it() {
        for _ in 0..100 {
            let code = draw();
            assert!(code.len() == DIGITS && code.bytes().all(|b| b.is_ascii_digit()));
        }
        let mut drawn: Vec<String> = (0..100).map(|_| draw()).collect();
        drawn.sort();
        drawn.dedup();
        assert!(drawn.len() > 90);
        assert_eq!(typed(" 1234 56-78\n"), "12345678");
        assert_eq!(typed(&"1".repeat(1000)).len(), 2 * DIGITS);
    }
}
