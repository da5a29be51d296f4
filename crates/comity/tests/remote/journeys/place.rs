//! A server that holds the world of a case, with what a sign-in needs besides: applications with an
//! address, sessions, passwords.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use cases::fixture::State;
use policy::target::{ApplicationId, UserId};
use policy::tenant::TenantId;
use policy::world::{External, Tenant, User, UserType, World};
use reqwest::Method;
use serde_json::{Value, json};
use store::{
    AccountRecord, Application, ApplicationDetails, ApplicationRow, DirectoryAct, DirectoryChange,
    Moment, Pass, PassKind, Password, Reach, Revision, ServicePrincipal, UserDetails,
};
use sts::handle::Handle;
use sts::secret::SecretHash;
use uuid::Uuid;

use crate::house::{House, now};

/// Where the applications are.
pub(super) const SHOP: &str = "https://shop.example/cb";
/// The password of whoever gets one.
pub(super) const PASSWORD: &str = "correct horse";
/// Whoever invites is called that.
const INVITER: &str = "inviter@";
/// What is not interactive is listed when it is asked for.
const RENEWALS: &str = "signInEventTypes/any(t:%20t%20eq%20'nonInteractiveUser')";
const LOGS: &[&str] = &["AuditLog.Read.All", "Policy.Read.All"];

/// A server for the steps of one case.
pub(super) struct Place {
    pub(super) house: Arc<House>,
    pub(super) client: reqwest::Client,
    /// The tenants whose settings are there.
    hosted: Vec<TenantId>,
    /// Which tenant owns an application.
    owners: BTreeMap<ApplicationId, TenantId>,
    /// The rows of the logs that are known.
    seen: BTreeSet<String>,
    /// Refresh tokens, by whose and for what.
    pub(super) refresh: BTreeMap<String, String>,
}

fn uuid(id: impl Into<u128>) -> Uuid {
    Uuid::from_u128(id.into())
}

impl Place {
    pub(super) async fn of(world: &World, client: &reqwest::Client) -> Self {
        let hosted = world
            .tenants
            .values()
            .filter(|tenant| tenant.policy.is_some());
        Place {
            house: Arc::new(House::holding(world).await),
            client: client.clone(),
            hosted: hosted.map(|tenant| tenant.id).collect(),
            owners: BTreeMap::new(),
            seen: BTreeSet::new(),
            refresh: BTreeMap::new(),
        }
    }

    async fn write(&self, tenant: TenantId, act: DirectoryAct) {
        let change = DirectoryChange::new(tenant, vec![act], Vec::new());
        self.house.store().write_directory(&change).await.unwrap();
    }

    /// Makes the application known in that tenant. One of another tenant gets a service principal.
    pub(super) async fn register(&mut self, tenant: TenantId, id: ApplicationId) {
        let owner = self.owners.get(&id).copied();
        let act = match owner {
            Some(owner) if owner == tenant => return,
            Some(owner) => {
                let known = self.house.store().service_principal_of(tenant, id).await;
                if known.unwrap().is_some() {
                    return;
                }
                DirectoryAct::PutServicePrincipal {
                    object: Box::new(ServicePrincipal {
                        id: sts::random::guid(),
                        application: id,
                        display_name: None,
                        enabled: true,
                        owner: Some(owner),
                        reply_urls: Vec::new(),
                        tags: Vec::new(),
                        created: None,
                    }),
                    expected: None,
                }
            }
            None => {
                self.owners.insert(id, tenant);
                DirectoryAct::PutApplication {
                    row: Box::new(ApplicationRow {
                        object: sts::random::guid(),
                        application: Application {
                            id,
                            tenant,
                            display_name: None,
                            redirect_uris: Vec::new(),
                        },
                        details: ApplicationDetails {
                            spa_redirect_uris: vec![SHOP.to_owned()],
                            ..ApplicationDetails::default()
                        },
                        version: Revision(1),
                    }),
                    expected: None,
                }
            }
        };
        self.write(tenant, act).await;
    }

    /// Gives an account a password.
    pub(super) async fn give_password(&self, tenant: TenantId, user: UserId) {
        let password = Password {
            phc: SecretHash::of(PASSWORD).unwrap().as_str().to_owned(),
            changed: Moment::from_nanoseconds(0),
            must_change: false,
        };
        self.write(tenant, DirectoryAct::SetPassword { user, password })
            .await;
    }

    /// Somebody of that tenant who may invite as far as the law lets that type.
    pub(super) async fn inviter(&self, tenant: TenantId, user_type: UserType) -> Uuid {
        let id = UserId::from_u128(sts::random::guid().as_u128());
        let user = User {
            user_principal_name: format!("{INVITER}{id}.example"),
            user_type,
            ..User::new(id)
        };
        let act = DirectoryAct::PutUser {
            user: Box::new(user),
            details: Box::new(UserDetails::default()),
            expected: None,
        };
        self.write(tenant, act).await;
        uuid(id.as_u128())
    }

    /// Puts the session of somebody who has signed in at home into the store; the cookie for it.
    pub(super) async fn signed_in(&self, account: Value) -> String {
        let handle = Handle::draw();
        let later = now().as_nanosecond() + 3_600_000_000_000;
        let pass = Pass {
            kind: PassKind::Session,
            handle: handle.hash(),
            family: sts::random::guid(),
            version: Revision(1),
            expires: Moment::from_nanoseconds(later),
            value: json!({"accounts": [account]}).to_string(),
        };
        self.house.store().put_pass(&pass).await.unwrap();
        handle.text().to_owned()
    }

    /// Whether the account has that record: an authenticator app, terms, an earlier visit.
    pub(super) async fn remember(&self, tenant: TenantId, user: UserId, name: &str, has: bool) {
        let store = self.house.store();
        store.drop_account_record(tenant, user, name).await.unwrap();
        if has {
            let record = AccountRecord {
                name: name.to_owned(),
                version: Revision(1),
                value: "{}".to_owned(),
            };
            store
                .put_account_record(tenant, user, &record)
                .await
                .unwrap();
        }
    }

    /// The rows that came into the logs since it was last looked, as the vectors write them.
    pub(super) async fn fresh_rows(&mut self) -> Vec<Value> {
        let mut fresh = Vec::new();
        for tenant in self.hosted.clone() {
            let log = "/beta/auditLogs/signIns";
            let mut all = Vec::new();
            for path in [log.to_owned(), format!("{log}?$filter={RENEWALS}")] {
                let reader = (tenant, LOGS);
                let (status, said) = self.house.call(reader, Method::GET, &path, None).await;
                assert_eq!(status, 200, "{said}");
                all.extend(said["value"].as_array().unwrap().clone());
            }
            for row in &all {
                if !self.seen.insert(row["id"].as_str().unwrap().to_owned()) {
                    continue;
                }
                let mut row = row.clone();
                row["tenantId"] = json!(tenant.to_string());
                row["errorCode"] = row["status"]["errorCode"].clone();
                row["failureReason"] = row["status"]["failureReason"].clone();
                fresh.push(row);
            }
        }
        fresh
    }

    /// The ids of everybody in that tenant.
    pub(super) async fn known_objects(&self, tenant: TenantId) -> BTreeSet<UserId> {
        let store = self.house.store();
        let snapshot = store.world(&[tenant], Reach::Everything).await.unwrap();
        let known = snapshot.world().tenant(tenant);
        let directory = known.and_then(|tenant| tenant.directory.as_ref());
        directory
            .into_iter()
            .flat_map(|directory| directory.users.values().map(|user| user.id))
            .collect()
    }

    /// An object as it is in the store now.
    pub(super) async fn user(&self, tenant: TenantId, user: UserId) -> Option<User> {
        let person = self.house.store().person(tenant, user).await.unwrap();
        person.map(|person| person.user)
    }

    /// Where the people of the tenants are others than those of that state.
    pub(super) async fn strangers(&self, state: &State) -> Vec<String> {
        let store = self.house.store();
        let ids: Vec<TenantId> = state.world.tenants.values().map(|t| t.id).collect();
        let snapshot = store.world(&ids, Reach::Everything).await.unwrap();
        let mut wrong = Vec::new();
        for tenant in state.world.tenants.values() {
            let kept = snapshot.world().tenant(tenant.id).map(people);
            let meant = people(tenant);
            if kept.as_ref() != Some(&meant) {
                let id = tenant.id;
                wrong.push(format!("people of {id}: {kept:#?} instead of {meant:#?}"));
            }
        }
        wrong
    }
}

/// Everybody of a tenant, without the ids: of new objects they differ from run to run.
fn people(tenant: &Tenant) -> Vec<String> {
    let directory = tenant.directory.iter();
    let users = directory.flat_map(|directory| directory.users.values());
    let users = users.filter(|user| !user.user_principal_name.starts_with(INVITER));
    let shown = |user: &User| {
        let home = match &user.external {
            None => "here".to_owned(),
            Some(External::Tenant { home_user, .. }) => home_user.to_string(),
            Some(other) => format!("{other:?}"),
        };
        format!(
            "{home} {:?} enabled {} {:?} {:?}",
            user.user_type, user.enabled, user.redemption, user.identity_provider
        )
    };
    let mut shown: Vec<String> = users.map(shown).collect();
    shown.sort();
    shown
}
