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
use sts::{KeyRing, SigningKey};
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

fn now() -> Timestamp {
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
        let options = Options::at("https://comity.test");
        let app = App::new(
            Arc::clone(&store),
            keys(),
            Vec::new(),
            options,
            Clock::saying(now),
        );
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

    pub(crate) fn token(&self, tenant: TenantId, permissions: &[&str]) -> String {
        let client = sts::Client {
            id: "c1000000-0000-4000-8000-000000000001".parse().unwrap(),
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
        let request = self.client.request(method, format!("{}{path}", self.url));
        let request = request.bearer_auth(self.token(who.0, who.1));
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
        id
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
