//! A provider made by hand: it says what a test wants it to say, and remembers what it was asked.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use server::listen::{Limits, serve};
use sts::SigningKey;
use tokio::net::TcpListener;

use crate::client::{FRED, now};
use crate::walk::{Browser, Seen, encoded, request};

type Fields = BTreeMap<String, String>;

/// What it is to say.
struct Script {
    key: Arc<SigningKey>,
    published: Vec<Arc<SigningKey>>,
    /// Claims of the id token; `null` leaves one out.
    claims: Value,
    nonce: String,
    failure: (u16, String),
    redeemed: Fields,
    refreshed: u32,
    /// How often its keys were read.
    keys_read: u32,
}

/// The provider.
pub(super) struct Upstream {
    pub(super) issuer: String,
    script: Arc<Mutex<Script>>,
}

fn answer(status: u16, value: &Value) -> Response<Body> {
    let response = Response::builder()
        .status(status)
        .header("content-type", "application/json");
    response.body(Body::from(value.to_string())).unwrap()
}

impl Upstream {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let key = Arc::new(SigningKey::generate(0).unwrap());
        let script = Arc::new(Mutex::new(Script {
            published: vec![Arc::clone(&key)],
            key,
            claims: json!({}),
            nonce: String::new(),
            failure: (200, String::new()),
            redeemed: Fields::new(),
            refreshed: 0,
            keys_read: 0,
        }));
        let described = json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"),
            "jwks_uri": format!("{issuer}/keys"),
            "authorization_response_iss_parameter_supported": true,
        });
        let (keys, tokens) = (Arc::clone(&script), Arc::clone(&script));
        let own = issuer.clone();
        let router = Router::new()
            .route(
                "/.well-known/openid-configuration",
                get(async move || answer(200, &described)),
            )
            .route(
                "/keys",
                get(async move || answer(200, &keys.lock().unwrap().keys())),
            )
            .route(
                "/token",
                post(async move |headers: HeaderMap, body: Bytes| {
                    tokens.lock().unwrap().tokens(&own, &headers, &body)
                }),
            );
        tokio::spawn(serve(
            listener,
            None,
            router,
            Limits::default(),
            std::future::pending(),
        ));
        Upstream { issuer, script }
    }

    /// What the browser is sent away with.
    pub(super) fn asked(&self, page: &Seen) -> Fields {
        let address = page
            .headers
            .get("refresh")
            .map(|value| value.to_str().unwrap());
        let address = address.and_then(|address| address.strip_prefix("0; url="));
        let address = address.unwrap_or_else(|| unreachable!("not on the way: {}", page.text));
        let query = address.strip_prefix(&format!("{}/authorize?", self.issuer));
        let query = query.unwrap_or_else(|| unreachable!("not on the way: {}", page.text));
        let asked: Fields = form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        self.script
            .lock()
            .unwrap()
            .nonce
            .clone_from(&asked["nonce"]);
        asked
    }

    /// The way back, with other parameters; an empty one is left out.
    pub(super) fn answer(&self, asked: &Fields, more: &[(&str, &str)]) -> String {
        let mut fields = vec![
            ("code", "one"),
            ("state", asked["state"].as_str()),
            ("iss", self.issuer.as_str()),
        ];
        for (name, value) in more {
            fields.retain(|(known, _)| known != name);
            fields.push((name, value));
        }
        fields.retain(|(_, value)| !value.is_empty());
        format!("/signin/return?{}", encoded(&fields))
    }

    /// Fred goes there and comes back.
    pub(super) async fn walk(&self, browser: &mut Browser<'_>, more: &[(&str, &str)]) -> Seen {
        let page = browser.open(&request(more)).await;
        let page = browser
            .send(&page, "address", &[("address", "fred@fabrikam.com")])
            .await;
        let asked = self.asked(&page);
        browser.open(&self.answer(&asked, &[])).await
    }

    /// What its token endpoint was sent last.
    pub(super) fn redeemed(&self) -> Fields {
        self.script.lock().unwrap().redeemed.clone()
    }

    /// What its token endpoint answers from now on.
    pub(super) fn fail(&self, status: u16, error: &str) {
        self.script.lock().unwrap().failure = (status, error.to_owned());
    }

    /// What its tokens say from now on.
    pub(super) fn says(&self, claims: Value) {
        self.script.lock().unwrap().claims = claims;
    }

    /// It signs with another key from now on, which it publishes or not.
    pub(super) fn changes_key(&self, publishes: bool) {
        let key = Arc::new(SigningKey::generate(1).unwrap());
        let mut script = self.script.lock().unwrap();
        if publishes {
            script.published.push(Arc::clone(&key));
        }
        script.key = key;
    }

    pub(super) fn keys_read(&self) -> u32 {
        self.script.lock().unwrap().keys_read
    }
}

impl Script {
    fn keys(&mut self) -> Value {
        self.keys_read += 1;
        let keys = self.published.iter().map(|key| {
            let key = key.public();
            json!({"kty": "RSA", "use": "sig", "kid": key.id, "n": sts::jws::base64(&key.modulus),
                   "e": sts::jws::base64(&key.exponent)})
        });
        json!({"keys": keys.collect::<Vec<Value>>()})
    }

    fn tokens(&mut self, issuer: &str, headers: &HeaderMap, body: &[u8]) -> Response<Body> {
        let fields = form_urlencoded::parse(body).into_owned();
        self.redeemed = fields.collect();
        let who = headers
            .get("authorization")
            .map(|value| value.to_str().unwrap().to_owned());
        self.redeemed
            .insert("authorization".to_owned(), who.unwrap_or_default());
        if self.failure.0 != 200 {
            return answer(self.failure.0, &json!({"error": self.failure.1}));
        }
        let moment = now().as_second();
        let mut claims = json!({"iss": issuer, "aud": "contoso", "sub": FRED, "iat": moment,
            "exp": moment + 300, "preferred_username": "fred@fabrikam.com"});
        if self.redeemed["grant_type"] == "authorization_code" {
            claims["nonce"] = self.nonce.clone().into();
        }
        for (name, value) in self.claims.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims
            .as_object_mut()
            .unwrap()
            .retain(|_, value| !value.is_null());
        self.refreshed += 1;
        let tokens = json!({
            "token_type": "Bearer",
            "id_token": sts::jws::sign(&self.key, &claims).unwrap(),
            "refresh_token": format!("refresh {}", self.refreshed),
        });
        answer(200, &tokens)
    }
}
