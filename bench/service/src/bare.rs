//! The yardstick of `http`: handlers that read the same bodies behind the same layers and always say
//! yes.
//!
//! The layers are the server's own ([`server::around`]): request ids, canonical paths, limited time,
//! metrics, headers and the log. The connections are the server's own too. A handler takes the whole
//! body, at most as long as the server allows, reads it into structures that borrow every text, groups
//! included, and answers `{"decision":true}`, a hundred of them to a batch of a hundred. It looks at
//! no token, knows no tenant and decides nothing.

use std::borrow::Cow;
use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::post;
use serde::{Deserialize, Serialize};
use server::listen::Limits;
use server::{App, Clock, Options};
use store::Sqlite;
use sts::{KeyRing, SigningKey};

use crate::client::HOST;

/// A text that is borrowed unless something in it is escaped.
#[derive(Deserialize)]
struct Text<'a>(
    #[serde(borrow)]
    #[allow(dead_code, reason = "read to be there")]
    Cow<'a, str>,
);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
#[allow(dead_code, reason = "read to be there")]
struct Properties<'a> {
    #[serde(borrow)]
    tenant_id: Option<Text<'a>>,
    #[serde(borrow)]
    groups: Option<Vec<Text<'a>>>,
    #[serde(borrow)]
    client_app_id: Option<Text<'a>>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "read to be there")]
struct Party<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Text<'a>>,
    #[serde(borrow)]
    id: Option<Text<'a>>,
    #[serde(borrow, default)]
    properties: Properties<'a>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "read to be there")]
struct Action<'a> {
    #[serde(borrow)]
    name: Option<Text<'a>>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "read to be there")]
struct Evaluation<'a> {
    #[serde(borrow)]
    subject: Option<Party<'a>>,
    #[serde(borrow)]
    resource: Option<Party<'a>>,
    #[serde(borrow)]
    action: Option<Action<'a>>,
}

#[derive(Deserialize)]
struct Evaluations<'a> {
    #[serde(borrow, default)]
    evaluations: Vec<Evaluation<'a>>,
}

#[derive(Serialize)]
struct Yes {
    decision: bool,
}

#[derive(Serialize)]
struct Answers {
    evaluations: Vec<Yes>,
}

const YES: Yes = Yes { decision: true };

fn answer(value: &impl Serialize) -> Response {
    let bytes = serde_json::to_vec(value).expect("plain values");
    let mut response = Response::new(Body::from(bytes));
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

async fn evaluate(body: Bytes) -> Result<Response, StatusCode> {
    let evaluation: Evaluation<'_> =
        serde_json::from_slice(&body).map_err(|_| StatusCode::BAD_REQUEST)?;
    black_box(&evaluation);
    Ok(answer(&YES))
}

async fn evaluate_many(body: Bytes) -> Result<Response, StatusCode> {
    let batch: Evaluations<'_> =
        serde_json::from_slice(&body).map_err(|_| StatusCode::BAD_REQUEST)?;
    let answers = black_box(&batch).evaluations.iter().map(|_| YES);
    Ok(answer(&Answers {
        evaluations: answers.collect(),
    }))
}

/// Serves them where `LISTEN` says.
pub fn serve() {
    crate::home::wait(async {
        let listen = std::env::var("LISTEN").expect("LISTEN says where");
        let listener = tokio::net::TcpListener::bind(listen);
        let listener = listener.await.expect("a free port");
        let store = Arc::new(Sqlite::in_memory().await.expect("a store"));
        let keys = KeyRing::new([SigningKey::generate(0).expect("a key")]).expect("a ring");
        let mut options = Options::at(&format!("https://{HOST}"));
        // As the product's configuration says, so that the layers do the same.
        options.trusted_proxies = [IpAddr::from(Ipv4Addr::LOCALHOST)].into();
        let limit = options.body_limit;
        let app = App::new(store, keys, Vec::new(), options, Clock::of_the_machine());
        let routes = Router::new()
            .route("/access/v1/evaluation", post(evaluate))
            .route("/access/v1/evaluations", post(evaluate_many))
            .layer(DefaultBodyLimit::max(limit));
        println!("ready");
        let forever = std::future::pending();
        let router = server::around(app, routes);
        server::listen::serve(listener, None, router, Limits::default(), forever).await;
    });
}
