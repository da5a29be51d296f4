//! A server over a store in memory, on a port of its own, for as long as a test runs.

use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use policy::target::ApplicationId;
use policy::tenant::TenantId;
use policy::world::World;
use reqwest::{Method, StatusCode};
use serde_json::Value;
use server::{App, Clock, Options};
use store::{Client, ClientSecret, Moment, Sqlite, Store};
use sts::secret::SecretHash;
use sts::{KeyRing, MasterKey, SigningKey};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use uuid::Uuid;

/// What the operator's program holds.
pub(crate) const OPERATOR: &[&str] = &[server::OPERATOR_PERMISSION];

/// The secret of every client that is admitted.
pub(crate) const SECRET: &str = "an-open+secret";

/// A server, and the way to it.
pub(crate) struct House {
    app: App,
    store: Arc<dyn Store>,
    /// Where it is.
    pub(crate) url: String,
    client: reqwest::Client,
    serving: JoinHandle<()>,
}

/// What time it is in the house.
pub(crate) fn now() -> Timestamp {
    "2026-01-31T12:00:00Z".parse().unwrap()
}

/// Making a key takes a while, so the tests share one.
fn keys() -> KeyRing {
    static KEYS: OnceLock<KeyRing> = OnceLock::new();
    let make = || KeyRing::new([SigningKey::generate(0).unwrap()]).unwrap();
    KEYS.get_or_init(make).clone()
}

impl House {
    /// A server that holds that world.
    pub(crate) async fn holding(world: &World) -> Self {
        let store: Arc<dyn Store> = Arc::new(Sqlite::in_memory().await.unwrap());
        server::seed(&*store, world, now()).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut options = Options::at("https://comity.test");
        options.synchronization_networks = vec!["127.0.0.1".parse().unwrap()];
        options.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
        let app = App::new(
            Arc::clone(&store),
            keys(),
            Vec::new(),
            options,
            Clock::saying(now),
        );
        let master = MasterKey::generate();
        app.set_master_key(Arc::new(MasterKey::parse(&master).unwrap()));
        let router = server::app(app.clone());
        let serving = tokio::spawn(async move {
            let limits = server::listen::Limits::default();
            server::listen::serve(listener, None, router, limits, std::future::pending()).await;
        });
        House {
            app,
            store,
            url,
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            serving,
        }
    }

    /// What it keeps.
    pub(crate) fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store)
    }

    /// Runs the jobs that are due, to their end.
    pub(crate) async fn synchronize(&self) {
        let mut synchronizer = server::Synchronizer::new(self.app.clone());
        while synchronizer.step().await.unwrap() {}
    }

    pub(crate) fn token(&self, tenant: TenantId, permissions: &[&str]) -> String {
        let script = "c1000000-0000-4000-8000-000000000001";
        self.token_of(script, tenant, permissions)
    }

    /// A token of that client.
    fn token_of(&self, client: &str, tenant: TenantId, permissions: &[&str]) -> String {
        let client = sts::Client {
            id: client.parse().unwrap(),
            tenant,
            object: Uuid::from_u128(0xab),
            display_name: "Script".to_owned(),
            permissions: permissions.iter().map(|name| (*name).to_owned()).collect(),
            secrets: Vec::new(),
        };
        let verifier = self.app.verifier();
        verifier.mint(&client, now().as_second()).unwrap()
    }

    /// Sends a request as a program of that tenant with these permissions.
    pub(crate) async fn call(
        &self,
        who: (TenantId, &[&str]),
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> (StatusCode, Value) {
        self.send(&self.token(who.0, who.1), method, path, body)
            .await
    }

    /// The same as that client.
    pub(crate) async fn call_as(
        &self,
        client: &str,
        (tenant, permissions): (TenantId, &[&str]),
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> (StatusCode, Value) {
        let token = self.token_of(client, tenant, permissions);
        self.send(&token, method, path, body).await
    }

    /// A token of somebody of that tenant, with these roles and every scope.
    pub(crate) fn token_of_person(
        &self,
        tenant: TenantId,
        object: Uuid,
        roles: &[policy::role::Role],
    ) -> String {
        let lines = server::permission_lines();
        let scopes = lines.iter().flat_map(|line| line.scopes());
        let bearer = sts::Bearer {
            tenant,
            object,
            application: Some(ApplicationId::from_u128(1)),
            application_name: Some("Console".to_owned()),
            issued: now().as_second(),
            caller: sts::Caller::Person {
                scopes: scopes.map(|scope| (*scope).to_owned()).collect(),
                roles: roles
                    .iter()
                    .map(|role| Uuid::from_u128(role.id().as_u128()))
                    .collect(),
                user_principal_name: None,
                display_name: None,
                contexts: Vec::new(),
            },
        };
        let token = self
            .app
            .verifier()
            .mint_for_person(&bearer, now().as_second());
        token.unwrap().unwrap()
    }

    /// Sends a request with a token.
    pub(crate) async fn send(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> (StatusCode, Value) {
        let request = self.client.request(method, format!("{}{path}", self.url));
        let request = request.bearer_auth(token);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        let response = request.send().await.unwrap();
        let status = response.status();
        let text = response.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(text.into()))
    }

    /// Gives a client of that tenant the secret [`SECRET`], and its id back.
    pub(crate) async fn admit(&self, tenant: TenantId, permissions: &[&str]) -> ApplicationId {
        let id = ApplicationId::from_u128(sts::random::guid().as_u128());
        self.admit_as(id, tenant, permissions).await;
        id
    }

    /// Gives that client of that tenant the secret [`SECRET`].
    pub(crate) async fn admit_as(&self, id: ApplicationId, tenant: TenantId, permissions: &[&str]) {
        let client = Client {
            id,
            tenant,
            display_name: Some("Script".to_owned()),
            secrets: vec![ClientSecret {
                id: "first".to_owned(),
                phc: SecretHash::of(SECRET).unwrap().as_str().to_owned(),
                created: Moment::from_nanoseconds(0),
                expires: None,
            }],
            permissions: permissions.iter().map(|name| (*name).to_owned()).collect(),
            disabled: false,
        };
        self.store.put_client(&client).await.unwrap();
    }

    /// Asks `/comity/v1/decide`.
    pub(crate) async fn decide(
        &self,
        who: (TenantId, &[&str]),
        question: &Value,
    ) -> (StatusCode, Value) {
        self.call(who, Method::POST, "/comity/v1/decide", Some(question))
            .await
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
