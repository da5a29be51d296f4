//! The demo on a server: its world in the store, its clients with their secrets, its month of
//! sign-ins, and `demo.json`, which tells scripts.
//!
//! The world is put in once; what somebody changes in it stays changed. Secrets are drawn with the
//! data folder and kept in its `demo.json`.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;
use server::showcase::{OWNER, SITES};
use store::{
    ApplicationDetails, ApplicationRow, Client, ClientSecret, DirectoryAct, DirectoryChange,
    Moment, Password, Revision, Store,
};
use sts::secret::{InvalidHash, SecretHash};
use tokio::task::JoinHandle;

use super::{chain, secret_file};
use crate::demo::{Demo, Handout, sign_ins};
use crate::exit::Failure;

const FILE: &str = "demo.json";
/// Set in the store when the world is complete.
const SEEDED: &str = "demo/seeded";
/// Set in the store when the logs are.
const LOGS: &str = "demo/logs";
/// Who administers the first organization.
const ADMINISTRATOR: &str = "carol@contoso.com";
/// Who visits another organization in the first story.
const VISITOR: &str = "fred@fabrikam.com";
/// How many rows of a log are put in at once.
const AT_ONCE: usize = 2_000;

/// The demo, in the store.
pub(super) struct Stage {
    demo: Demo,
    /// `None`: the data folder has its secrets already.
    handout: Option<Handout>,
}

fn failed(error: &dyn std::error::Error) -> Failure {
    Failure::failed(format!(
        "the demo cannot be put into the store: {}",
        chain(error)
    ))
}

impl Stage {
    /// Puts world and clients into the store, unless they are there.
    pub(super) async fn set(
        store: &Arc<dyn Store>,
        data: &Path,
        public_url: &str,
        now: Timestamp,
    ) -> Result<Self, Failure> {
        let demo = Demo::read()?;
        let seeded = store.value(SEEDED).await.map_err(|error| failed(&error))?;
        let handout = match seeded.is_some() && data.join(FILE).exists() {
            true => None,
            false => Some(Handout::new(&demo, sts::random::secret)),
        };
        let hashing = handout.as_ref().map(hashes).unwrap_or_default();
        if seeded.is_none() {
            let any = store
                .tenants(None, 1)
                .await
                .map_err(|error| failed(&error))?;
            if !any.is_empty() {
                let message = "the store already holds tenants that are not the demo's";
                return Err(Failure::failed(message).advise("--data with another folder"));
            }
            server::seed(&**store, &demo.staffed(), now)
                .await
                .map_err(|error| failed(&error))?;
        }
        let stage = Stage { demo, handout };
        stage.put_clients(store, hashing, now).await?;
        stage.put_passwords(store, now).await?;
        stage.put_sites(store, public_url).await?;
        if seeded.is_none() {
            let put = store.put_value(SEEDED, Revision(0), "1").await;
            put.map_err(|error| failed(&error))?;
        }
        Ok(stage)
    }

    async fn put_clients(
        &self,
        store: &Arc<dyn Store>,
        hashing: Vec<Hashing>,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let Some(handout) = &self.handout else {
            return Ok(());
        };
        for (access, hash) in handout.tenants().iter().zip(hashing) {
            let hash = hash.await.map_err(|error| failed(&error))?;
            let hash = hash.map_err(|error| failed(&error))?;
            let permissions = server::ALL_APPLICATION_PERMISSIONS.iter();
            let client = Client {
                id: access.client,
                tenant: access.tenant,
                display_name: Some("Demo client".to_owned()),
                secrets: vec![ClientSecret {
                    id: "demo".to_owned(),
                    phc: hash.as_str().to_owned(),
                    created: moment(now),
                    expires: None,
                }],
                permissions: permissions.map(|name| (*name).to_owned()).collect(),
                disabled: false,
            };
            let kept = store.put_client(&client).await;
            kept.map_err(|error| failed(&error))?;
        }
        Ok(())
    }

    /// Everybody who is handed a password gets it.
    async fn put_passwords(&self, store: &Arc<dyn Store>, now: Timestamp) -> Result<(), Failure> {
        let Some(handout) = &self.handout else {
            return Ok(());
        };
        for access in handout.tenants() {
            let tenant = self.demo.world().tenant(access.tenant);
            let directory = tenant.and_then(|tenant| tenant.directory.as_ref());
            let acts = access.people.iter().filter_map(|person| {
                let user = directory?.by_address(&person.user_principal_name)?;
                Some((user.id, person.password.clone()))
            });
            let hashed = acts.map(|(user, password)| {
                let phc = SecretHash::of_drawn(&password).map_err(|error| failed(&error))?;
                Ok(DirectoryAct::SetPassword {
                    user,
                    password: Password {
                        phc: phc.as_str().to_owned(),
                        changed: moment(now),
                        must_change: false,
                    },
                })
            });
            let acts = hashed.collect::<Result<Vec<_>, Failure>>()?;
            let change = DirectoryChange::new(access.tenant, acts, Vec::new());
            let written = store.write_directory(&change).await;
            written.map_err(|error| failed(&error))?;
        }
        Ok(())
    }

    /// The applications with a page are known with the address at which they are today.
    async fn put_sites(&self, store: &Arc<dyn Store>, public_url: &str) -> Result<(), Failure> {
        for site in &SITES {
            let named = self.demo.applications().find(|known| known.id == site.id);
            let Some(application) = named else {
                continue;
            };
            let known = store.application_row(OWNER, site.id).await;
            let known = known.map_err(|error| failed(&error))?;
            let expected = known.as_ref().map(|row| row.version);
            let mut row = known.unwrap_or_else(|| ApplicationRow {
                object: sts::random::guid(),
                application,
                details: ApplicationDetails::default(),
                version: Revision(1),
            });
            let address = site.address(public_url);
            if row.details.spa_redirect_uris.contains(&address) {
                continue;
            }
            row.details.spa_redirect_uris.push(address);
            let act = DirectoryAct::PutApplication {
                row: Box::new(row),
                expected,
            };
            let change = DirectoryChange::new(OWNER, vec![act], Vec::new());
            let written = store.write_directory(&change).await;
            written.map_err(|error| failed(&error))?;
        }
        Ok(())
    }

    /// Says who can sign in, and writes `demo.json`: it is there when the server is.
    pub(super) fn announce(
        &self,
        data: &Path,
        public_url: &str,
        authority: Option<&Path>,
    ) -> Result<(), Failure> {
        let path = data.join(FILE);
        let authority = authority.map_or(String::new(), |path| path.display().to_string());
        let value = match &self.handout {
            Some(handout) => handout.json(public_url, &authority),
            None => told_before(&path, public_url, &authority)?,
        };
        let text = serde_json::to_string_pretty(&value).unwrap_or_default() + "\n";
        // Whoever waits for the file must not find half of it.
        let draft = path.with_extension("json.new");
        secret_file(&draft, &text)
            .and_then(|()| std::fs::rename(&draft, &path))
            .map_err(|error| {
                Failure::failed(format!("{} cannot be written: {error}", path.display()))
            })?;
        println!("Who can sign in, and with what: {}", path.display());
        let tenants = value.get("tenants").and_then(Value::as_array);
        for tenant in tenants.into_iter().flatten() {
            let text = |pointer: &str| {
                tenant
                    .pointer(pointer)
                    .and_then(Value::as_str)
                    .unwrap_or("")
            };
            println!(
                "  {:<12} {}  client {}  secret {}",
                text("/displayName"),
                text("/tenantId"),
                text("/client/clientId"),
                text("/client/clientSecret"),
            );
        }
        invite(&value, public_url);
        Ok(())
    }

    /// What no decision looks at: the names of applications and groups, and the month of sign-ins.
    /// It is put in while the server already answers.
    pub(super) async fn fill(&self, store: &Arc<dyn Store>, now: Timestamp) -> Result<(), Failure> {
        let done = store.value(LOGS).await.map_err(|error| failed(&error))?;
        if done.is_some() {
            return Ok(());
        }
        for application in self.demo.applications() {
            let kept = store.put_application(&application).await;
            kept.map_err(|error| failed(&error))?;
        }
        for tenant in self.demo.hosted() {
            let kept = store
                .put_groups(tenant.id, &self.demo.groups(tenant.id))
                .await;
            kept.map_err(|error| failed(&error))?;
        }
        let demo = self.demo.clone();
        let made = tokio::task::spawn_blocking(move || sign_ins(&demo, moment(now)));
        let logs = made.await.map_err(|error| failed(&error))?;
        for (tenant, rows) in logs {
            for some in rows.chunks(AT_ONCE) {
                let kept = store.keep_sign_ins(tenant, some).await;
                kept.map_err(|error| failed(&error))?;
            }
        }
        let put = store.put_value(LOGS, Revision(0), "1").await;
        put.map(|_| ()).map_err(|error| failed(&error))
    }
}

/// What to open first.
fn invite(value: &Value, public_url: &str) {
    let tenants = value.get("tenants").and_then(Value::as_array);
    let password = |name: &str| {
        let people = tenants.into_iter().flatten();
        let mut people = people
            .filter_map(|tenant| tenant.get("people")?.as_array())
            .flatten();
        let person = people.find(|person| person.get("userPrincipalName") == Some(&name.into()));
        let password = person.and_then(|person| person.get("password")?.as_str());
        password.unwrap_or_default()
    };
    println!(
        "The console, for instance as {ADMINISTRATOR} with the password {}:",
        password(ADMINISTRATOR)
    );
    println!("  {public_url}/console/");
    println!(
        "Applications to sign in to, for instance as {VISITOR} with the password {}:",
        password(VISITOR)
    );
    for site in &SITES {
        println!("  {}", site.address(public_url));
    }
}

type Hashing = JoinHandle<Result<SecretHash, InvalidHash>>;

/// Hashing takes its time on purpose, so all of it happens at once, while the world is put in.
fn hashes(handout: &Handout) -> Vec<Hashing> {
    let secrets = handout.tenants().iter();
    let secrets = secrets.map(|access| access.client_secret.clone());
    let hash = |secret: String| tokio::task::spawn_blocking(move || SecretHash::of(&secret));
    secrets.map(hash).collect()
}

fn moment(time: Timestamp) -> Moment {
    Moment::from_nanoseconds(time.as_nanosecond())
}

/// The file as it was, with the addresses of today.
fn told_before(path: &Path, public_url: &str, authority: &str) -> Result<Value, Failure> {
    let unread = |error: &dyn std::fmt::Display| {
        Failure::failed(format!("{} cannot be read: {error}", path.display()))
    };
    let text = std::fs::read_to_string(path).map_err(|error| unread(&error))?;
    let mut value: Value = serde_json::from_str(&text).map_err(|error| unread(&error))?;
    if let Some(members) = value.as_object_mut() {
        members.insert("baseUrl".to_owned(), public_url.into());
        members.insert("caFile".to_owned(), authority.into());
    }
    Ok(value)
}
