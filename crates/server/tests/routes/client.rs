//! The one function that touches the API, and the people who call it.

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use http_body_util::BodyExt;
use jiff::Timestamp;
use policy::role::Role;
use policy::target::ApplicationId;
use policy::tenant::{Cloud, TenantId};
use policy::world::{Tenant, World};
use serde_json::{Value, json};
use server::{ALL_APPLICATION_PERMISSIONS, App, Clock, Options, ROLE_TEMPLATES};
use store::{Client, ClientSecret, Moment, Sqlite, Store};
use sts::secret::SecretHash;
use sts::{Bearer, Caller, KeyRing, SigningKey};
use tower::ServiceExt;
use uuid::Uuid;

pub(crate) const HERE: &str = "https://comity.test:8443";
pub(crate) const CONTOSO: &str = "0c000000-0000-4000-8000-000000000001";
pub(crate) const FABRIKAM: &str = "0f000000-0000-4000-8000-000000000002";
pub(crate) const NORTHWIND: &str = "00000000-0000-4000-8000-000000000003";
pub(crate) const WOODGROVE: &str = "00000000-0000-4000-8000-000000000004";
pub(crate) const FRED: &str = "0f000000-0000-4000-8000-00000000a001";
pub(crate) const CRM: &str = "aa000000-0000-4000-8000-000000000001";
pub(crate) const ERP: &str = "aa000000-0000-4000-8000-000000000002";
pub(crate) const SCRIPT: &str = "c1000000-0000-4000-8000-000000000001";
pub(crate) const SECRET: &str = "an-open+secret";
pub(crate) const NOW: &str = "2026-01-31T12:00:00Z";

const WORLD: &str = include_str!("world.yaml");

/// Who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Persona {
    Administrator,
    Reader,
    PartnerAdministrator,
    Stranger,
    Nobody,
    /// Programs of Contoso.
    Program(&'static [&'static str]),
    /// Programs of another tenant.
    Foreign(&'static str, &'static [&'static str]),
    /// The operator's program.
    Operator,
}

pub(crate) use Persona::{Administrator, Nobody, PartnerAdministrator, Program, Reader, Stranger};

/// An answer, read.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: axum::http::HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }
    /// Code and message of a refusal.
    pub(crate) fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or_default()
    }
    /// Our own reason code of a refusal.
    pub(crate) fn reason(&self) -> &str {
        let reason = &self.body["error"]["details"][0]["code"];
        reason.as_str().unwrap_or_default()
    }
}

/// A server for one test.
pub(crate) struct Server {
    pub(crate) app: App,
    pub(crate) store: Arc<dyn Store>,
    /// When its tokens are made.
    minted: Timestamp,
    router: Router,
}

pub(crate) fn now() -> Timestamp {
    NOW.parse().unwrap()
}

/// Making a key takes a while, so the tests share one.
pub(crate) fn keys() -> KeyRing {
    static KEYS: OnceLock<KeyRing> = OnceLock::new();
    let make = || KeyRing::new([SigningKey::generate(0).unwrap()]).unwrap();
    KEYS.get_or_init(make).clone()
}

pub(crate) fn world() -> World {
    let document = graph::document::Document::parse("world.yaml", WORLD.as_bytes()).unwrap();
    graph::world::read(document.value()).unwrap().world
}

impl Server {
    pub(crate) async fn new() -> Self {
        Self::with(Options::at(HERE)).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        let store: Arc<dyn Store> = Arc::new(Sqlite::in_memory().await.unwrap());
        Self::over(store, options).await
    }

    pub(crate) async fn over(store: Arc<dyn Store>, options: Options) -> Self {
        server::seed(&*store, &world(), now()).await.unwrap();
        store.put_client(&script()).await.unwrap();
        Self::on(store, options, Clock::saying(now))
    }

    /// A server over what the store holds already.
    pub(crate) fn holding(store: Arc<dyn Store>, options: Options) -> Self {
        Self::on(store, options, Clock::saying(now))
    }

    /// A server with another clock.
    pub(crate) async fn telling(clock: Clock) -> Self {
        let server = Self::new().await;
        Self::on(server.store, Options::at(HERE), clock)
    }

    /// A server that behaves otherwise, with another clock.
    pub(crate) async fn with_clock(options: Options, clock: Clock) -> Self {
        let server = Self::new().await;
        Self::on(server.store, options, clock)
    }

    /// Another server over the same store.
    pub(crate) fn replica(&self) -> Self {
        let store = Arc::clone(&self.store);
        Self::on(store, Options::at(HERE), Clock::saying(now))
    }

    /// A server that believes these issuers, too.
    pub(crate) async fn trusting(issuers: Vec<sts::ExternalIssuer>) -> Self {
        let store = Self::new().await.store;
        Self::of(store, issuers, Options::at(HERE), Clock::saying(now))
    }

    fn on(store: Arc<dyn Store>, options: Options, clock: Clock) -> Self {
        Self::of(store, Vec::new(), options, clock)
    }

    fn of(
        store: Arc<dyn Store>,
        issuers: Vec<sts::ExternalIssuer>,
        options: Options,
        clock: Clock,
    ) -> Self {
        let app = App::new(Arc::clone(&store), keys(), issuers, options, clock);
        Server {
            router: server::app(app.clone()),
            app,
            store,
            minted: now(),
        }
    }

    /// Another server over the same store, at another time.
    pub(crate) fn later(&self, now: impl Fn() -> Timestamp + Copy + Send + Sync + 'static) -> Self {
        let store = Arc::clone(&self.store);
        let minted = now();
        Server {
            minted,
            ..Self::on(store, Options::at(HERE), Clock::saying(now))
        }
    }

    pub(crate) fn token(&self, persona: Persona) -> Option<String> {
        let person = |tenant: &str, role: Role| {
            let (id, _) = ROLE_TEMPLATES
                .iter()
                .find(|(_, known)| *known == role)
                .unwrap();
            let bearer = Bearer {
                tenant: tenant.parse().unwrap(),
                object: Uuid::from_u128(0xad),
                application: Some(ApplicationId::from_u128(1)),
                application_name: Some("Console".to_owned()),
                issued: self.minted.as_second(),
                caller: Caller::Person {
                    scopes: vec![
                        "Policy.ReadWrite.CrossTenantAccess".to_owned(),
                        "AuditLog.Read.All".to_owned(),
                    ],
                    roles: vec![*id],
                    user_principal_name: Some("anna@contoso.com".to_owned()),
                    display_name: Some("Anna".to_owned()),
                    contexts: Vec::new(),
                },
            };
            let token = self
                .app
                .verifier()
                .mint_for_person(&bearer, self.minted.as_second());
            token.unwrap().unwrap()
        };
        let program = |tenant: &str, permissions: &[&str]| {
            let client = sts::Client {
                id: SCRIPT.parse().unwrap(),
                tenant: tenant.parse().unwrap(),
                object: Uuid::from_u128(0xab),
                display_name: "Script".to_owned(),
                permissions: permissions.iter().map(|name| (*name).to_owned()).collect(),
                secrets: Vec::new(),
            };
            self.app
                .verifier()
                .mint(&client, self.minted.as_second())
                .unwrap()
        };
        Some(match persona {
            Administrator => person(CONTOSO, Role::SecurityAdministrator),
            Reader => person(CONTOSO, Role::SecurityReader),
            PartnerAdministrator => person(CONTOSO, Role::CrossTenantAccessPartnerAdministrator),
            Stranger => person(FABRIKAM, Role::GlobalAdministrator),
            Program(permissions) => program(CONTOSO, permissions),
            Persona::Foreign(tenant, permissions) => program(tenant, permissions),
            Persona::Operator => program(CONTOSO, &["Comity.Operator"]),
            Nobody => return None,
        })
    }

    /// A token of a person of Contoso with that object, so many seconds from now.
    pub(crate) fn token_of(
        &self,
        object: &str,
        scopes: &[&str],
        roles: &[Uuid],
        later: i64,
    ) -> String {
        let bearer = Bearer {
            tenant: CONTOSO.parse().unwrap(),
            object: object.parse().unwrap(),
            application: Some(ApplicationId::from_u128(1)),
            application_name: Some("Console".to_owned()),
            issued: self.minted.as_second(),
            caller: Caller::Person {
                scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
                roles: roles.to_vec(),
                user_principal_name: None,
                display_name: None,
                contexts: Vec::new(),
            },
        };
        let token = self
            .app
            .verifier()
            .mint_for_person(&bearer, self.minted.as_second() + later);
        token.unwrap().unwrap()
    }

    /// Asks with a token.
    pub(crate) async fn with_token(&self, token: &str, method: &str, path: &str) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "comity.test:8443")
            .header("authorization", format!("Bearer {token}"));
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// Sends a request; the answer as it comes.
    pub(crate) async fn exchange(
        &self,
        request: Request<Body>,
    ) -> (u16, axum::http::HeaderMap, axum::body::Bytes) {
        let response: Response<Body> = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        (parts.status.as_u16(), parts.headers, bytes)
    }

    /// Sends a request and reads the answer.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let (method, uri) = (request.method().clone(), request.uri().clone());
        let response: Response<Body> = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let body = match bytes.is_empty() {
            true => Value::Null,
            false => serde_json::from_slice(&bytes)
                .unwrap_or_else(|_| String::from_utf8_lossy(&bytes).into_owned().into()),
        };
        let status = parts.status.as_u16();
        crate::contract::uphold(&method, &uri, status, &parts.headers, &bytes, &body);
        Answer {
            status,
            headers: parts.headers,
            body,
        }
    }

    pub(crate) fn request(
        &self,
        who: Persona,
        method: &str,
        path: &str,
    ) -> axum::http::request::Builder {
        let builder = Request::builder()
            .method(method)
            .uri(path.replace(' ', "%20"))
            .header("host", "comity.test:8443");
        match self.token(who) {
            Some(token) => builder.header("authorization", format!("Bearer {token}")),
            None => builder,
        }
    }

    pub(crate) async fn call(
        &self,
        who: Persona,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> Answer {
        let request = self.request(who, method, path);
        let request = match body {
            Some(body) => request
                .header("content-type", "application/json; charset=utf-8")
                .body(Body::from(body.to_string())),
            None => request.body(Body::empty()),
        };
        self.send(request.unwrap()).await
    }

    pub(crate) async fn get(&self, who: Persona, path: &str) -> Answer {
        self.call(who, "GET", path, None).await
    }
    pub(crate) async fn patch(&self, who: Persona, path: &str, body: Value) -> Answer {
        self.call(who, "PATCH", path, Some(body)).await
    }
    pub(crate) async fn post(&self, who: Persona, path: &str, body: Value) -> Answer {
        self.call(who, "POST", path, Some(body)).await
    }
}

/// A question over AuthZEN that a program of Contoso may ask.
pub(crate) fn evaluation() -> Value {
    json!({
        "subject": {"type": "user", "id": FRED, "properties": {"tenantId": FABRIKAM}},
        "action": {"name": "b2bCollaboration"},
        "resource": {"type": "application", "id": CRM, "properties": {"tenantId": CONTOSO}},
    })
}

/// The address of something in the policy.
pub(crate) fn policy(rest: &str) -> String {
    format!("/v1.0/policies/crossTenantAccessPolicy{rest}")
}

/// The address of a partner.
pub(crate) fn partner(id: &str) -> String {
    policy(&format!("/partners/{id}"))
}

/// A block with the same access for everybody and everything.
pub(crate) fn all(access: &str) -> Value {
    json!({
        "usersAndGroups": {"accessType": access, "targets": [{"target": "AllUsers", "targetType": "user"}]},
        "applications": {"accessType": access, "targets": [{"target": "AllApplications", "targetType": "application"}]},
    })
}

/// A block that names one application.
pub(crate) fn application(access: &str, id: &str) -> Value {
    json!({
        "usersAndGroups": {"accessType": "allowed", "targets": [{"target": "AllUsers", "targetType": "user"}]},
        "applications": {"accessType": access, "targets": [{"target": id, "targetType": "application"}]},
    })
}

fn script() -> Client {
    static HASH: OnceLock<SecretHash> = OnceLock::new();
    let hash = HASH.get_or_init(|| SecretHash::of(SECRET).unwrap());
    Client {
        id: SCRIPT.parse().unwrap(),
        tenant: CONTOSO.parse().unwrap(),
        display_name: Some("Nightly script".to_owned()),
        secrets: vec![ClientSecret {
            id: "first".to_owned(),
            phc: hash.as_str().to_owned(),
            created: Moment::from_nanoseconds(0),
            expires: None,
        }],
        permissions: ALL_APPLICATION_PERMISSIONS
            .iter()
            .map(|name| (*name).to_owned())
            .collect(),
        disabled: false,
    }
}

/// A tenant that is only registered.
pub(crate) fn registered(id: &str) -> Tenant {
    let id: TenantId = id.parse().unwrap();
    Tenant::registered(id, Cloud::Commercial)
}
