//! Where somebody signs in, and how their password is checked there.

use policy::target::UserId;
use policy::tenant::{Domain, TenantId};
use policy::world::User;
use store::Password;
use sts::secret::SecretHash;
use uuid::Uuid;

use super::away::Provider;
use super::journey::{Account, FIDO2, PASSWORD};
use super::{own, passcode};
use crate::error::Result;
use crate::state::App;

/// Whose address it is.
pub(super) enum Home {
    /// It is none.
    None,
    /// Nobody knows that organization.
    Unknown,
    /// A tenant whose people sign in here.
    Here(TenantId),
    /// A tenant whose people sign in with another provider.
    Away(TenantId),
    /// Whoever has the mailbox: the address is no tenant's, or the tenant that is entered has
    /// somebody by it who is not to sign in with theirs (S7.4).
    Mailbox,
}

pub(super) fn uuid(tenant: TenantId) -> Uuid {
    Uuid::from_u128(tenant.as_u128())
}

/// Home realm discovery: by the domain of the address.
pub(super) async fn of(app: &App, resource: TenantId, address: &str) -> Result<Home> {
    let domain = address
        .rsplit_once('@')
        .map(|(_, domain)| domain.parse::<Domain>());
    let Some(Ok(domain)) = domain else {
        return Ok(Home::None);
    };
    let tenant = app.store.tenant_of_domain(&domain).await?;
    if tenant != Some(resource)
        && passcode::offered(app, resource).await?
        && (tenant.is_none() || passcode::object(app, resource, address).await?.is_some())
    {
        return Ok(Home::Mailbox);
    }
    match tenant {
        Some(tenant) => of_tenant(app, tenant).await,
        None => Ok(Home::Unknown),
    }
}

/// Where the people of a tenant sign in whose domain an application names.
pub(super) async fn hinted(app: &App, hint: &str) -> Result<Home> {
    // Some clients hint at `organizations`, which is no domain.
    let domain = hint.parse::<Domain>().ok().filter(|_| hint.contains('.'));
    let Some(domain) = domain else {
        return Ok(Home::None);
    };
    match app.store.tenant_of_domain(&domain).await? {
        Some(tenant) => of_tenant(app, tenant).await,
        None => Ok(Home::Unknown),
    }
}

async fn of_tenant(app: &App, tenant: TenantId) -> Result<Home> {
    if Provider::of(app, tenant).await?.is_some() {
        return Ok(Home::Away(tenant));
    }
    let sheet = app.effective.with(&[tenant]).await?;
    let known = sheet.get(tenant).map(|known| &known.tenant);
    match known.is_some_and(|tenant| tenant.policy.is_some() && tenant.directory.is_some()) {
        true => Ok(Home::Here(tenant)),
        false => Ok(Home::Unknown),
    }
}

/// What came of a password.
pub(super) enum Proof {
    /// It is not theirs, or there is nobody of that name.
    Wrong,
    /// It is theirs.
    Right(Account),
    /// It is theirs, and has to be changed now.
    Expired(Account),
    /// It is theirs, and the account is disabled: nobody is signed in, but they are told (S8.4).
    Disabled(Account),
}

/// Checks a password. Whether there is such an account cannot be told from how long it takes.
pub(super) async fn prove(
    app: &App,
    tenant: TenantId,
    address: &str,
    password: &str,
) -> Result<Proof> {
    let found = app.store.persons_by_address(tenant, address).await?;
    let mut accounts = found.into_iter().map(|person| person.user);
    let account = accounts.find(User::is_internal);
    let kept = match &account {
        Some(account) => app.store.password(tenant, account.id).await?,
        None => None,
    };
    let hash = kept
        .as_ref()
        .and_then(|kept| kept.phc.parse::<SecretHash>().ok());
    let right = app.secrets.is_password(hash, password.to_owned()).await;
    match (account, kept) {
        (Some(account), Some(kept)) if right => {
            let proved = proved(app, tenant, &account, PASSWORD);
            Ok(match (account.enabled, kept.must_change) {
                (false, _) => Proof::Disabled(proved),
                (true, true) => Proof::Expired(proved),
                (true, false) => Proof::Right(proved),
            })
        }
        _ => Ok(Proof::Wrong),
    }
}

/// Somebody who has proved who they are in that way.
pub(super) fn proved(app: &App, tenant: TenantId, account: &User, method: &str) -> Account {
    Account {
        home: Some(uuid(tenant)),
        guest_of: None,
        user: crate::people::user::uuid(account.id),
        name: account.user_principal_name.clone(),
        since: app.clock.seconds(),
        methods: vec![method.to_owned()],
        mfa: method == FIDO2,
        device: None,
        groups: None,
        session: sts::random::guid(),
        elsewhere: None,
    }
}

/// Shorter passwords are not taken.
const SHORTEST: usize = 8;
const LONGEST: usize = 256;

/// Gives an account another password. `false`: it is too short, or too long.
pub(super) async fn change(
    app: &App,
    context: &crate::context::Context,
    tenant: TenantId,
    user: UserId,
    password: &str,
) -> Result<bool> {
    if !(SHORTEST..=LONGEST).contains(&password.chars().count()) {
        return Ok(false);
    }
    let Some(hash) = app.secrets.hash(password.to_owned()).await else {
        return Ok(false);
    };
    let act = store::DirectoryAct::SetPassword {
        user,
        password: Password {
            phc: hash.as_str().to_owned(),
            changed: crate::clock::moment(context.received),
            must_change: false,
        },
    };
    own::act(
        app,
        context,
        tenant,
        user,
        &own::PASSWORD_CHANGED,
        vec![act],
    )
    .await
}
