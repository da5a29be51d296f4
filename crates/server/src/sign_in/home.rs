//! Where somebody signs in, and how their password is checked there.

use policy::target::UserId;
use policy::tenant::{Domain, TenantId};
use policy::world::User;
use store::Password;
use sts::secret::SecretHash;
use uuid::Uuid;

use super::away::Provider;
use super::journey::{Account, PASSWORD};
use super::passcode;
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
    let account = accounts
        .find(User::is_internal)
        .filter(|account| account.enabled);
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
            let proved = proved(app, tenant, &account);
            Ok(match kept.must_change {
                true => Proof::Expired(proved),
                false => Proof::Right(proved),
            })
        }
        _ => Ok(Proof::Wrong),
    }
}

fn proved(app: &App, tenant: TenantId, account: &User) -> Account {
    Account {
        home: Some(uuid(tenant)),
        guest_of: None,
        user: crate::people::user::uuid(account.id),
        name: account.user_principal_name.clone(),
        since: app.clock.seconds(),
        methods: vec![PASSWORD.to_owned()],
        mfa: false,
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
    let Some(person) = app.store.person(tenant, user).await? else {
        return Ok(false);
    };
    let name = person.user.user_principal_name.clone();
    let deed = crate::people::Deed {
        category: "UserManagement",
        activity: "Change user password",
        operation: "Update",
        kind: "User",
    };
    let entry = deed.entry(Some(user.to_string()), Some(name.clone()), Vec::new());
    let initiator = store::Initiator {
        who: store::Who::User {
            id: user,
            user_principal_name: Some(name),
            display_name: person.user.display_name,
            home_tenant: None,
        },
        address: context.address.map(|address| address.to_string()),
        channel: Some(context.channel),
    };
    let record = entry.record_in(
        Some(tenant),
        crate::commit::occasion(context, initiator),
        None,
    );
    let act = store::DirectoryAct::SetPassword {
        user,
        password: Password {
            phc: hash.as_str().to_owned(),
            changed: crate::clock::moment(context.received),
            must_change: false,
        },
    };
    let change = store::DirectoryChange::new(tenant, vec![act], vec![record]);
    app.store.write_directory(&change).await?;
    Ok(true)
}
