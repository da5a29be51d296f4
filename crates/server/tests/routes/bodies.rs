//! Bodies that are too large, broken, compressed, or something else entirely.

use axum::body::Body;
use serde_json::json;

use crate::client::*;

async fn patch(server: &Server, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
    let mut request = server.request(Administrator, "PATCH", &policy("/default"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    server.send(request.body(Body::from(body)).unwrap()).await
}

const JSON: (&str, &str) = ("content-type", "application/json");

#[tokio::test]
async fn broken_bodies_are_refused_with_the_place_and_change_nothing() {
    let server = Server::new().await;
    let deep = "[".repeat(100_000);
    for body in [
        "",
        "{",
        "[]",
        "null",
        "\"x\"",
        "{\"a\":1,\"a\":2}",
        "\u{feff}",
        "{\"inboundTrust\":1e999}",
        &deep,
        "{\"inboundTrust\": {\"isMfaAccepted\": true}} x",
    ] {
        let answer = patch(&server, &[JSON], body.as_bytes().to_vec()).await;
        let start: String = body.chars().take(40).collect();
        assert_eq!(
            (answer.status, answer.code()),
            (400, "Request_BadRequest"),
            "{start}: {answer:?}"
        );
    }
    let answer = patch(&server, &[JSON], b"{\"a\":\xff}".to_vec()).await;
    assert_eq!(answer.status, 400);
    let answer = server.get(Reader, &policy("/default")).await;
    assert_eq!(answer.body["isServiceDefault"], json!(true));
}

#[tokio::test]
async fn bodies_in_another_format_are_refused() {
    let server = Server::new().await;
    let body = || b"{}".to_vec();
    for headers in [
        vec![("content-type", "text/plain")],
        vec![],
        vec![JSON, ("content-encoding", "br")],
        vec![JSON, ("content-encoding", "gzip, gzip")],
    ] {
        assert_eq!(
            patch(&server, &headers, body()).await.status,
            415,
            "{headers:?}"
        );
    }
    let answer = patch(
        &server,
        &[("Content-type", "APPLICATION/JSON;charset=utf-8")],
        body(),
    )
    .await;
    assert_eq!(answer.status, 204, "{answer:?}");
}

async fn gzip(bytes: &[u8]) -> Vec<u8> {
    use tokio::io::AsyncReadExt;
    let mut encoder = async_compression::tokio::bufread::GzipEncoder::new(bytes);
    let mut compressed = Vec::new();
    encoder.read_to_end(&mut compressed).await.unwrap();
    compressed
}

#[tokio::test]
async fn compressed_bodies_are_read_and_bombs_are_not() {
    let server = Server::new().await;
    let headers = [JSON, ("content-encoding", "gzip")];
    let change = json!({"inboundTrust": {"isMfaAccepted": true}}).to_string();
    let answer = patch(&server, &headers, gzip(change.as_bytes()).await).await;
    assert_eq!(answer.status, 204, "{answer:?}");
    let bomb = gzip(&vec![b' '; 20 * 1024 * 1024]).await;
    assert!(bomb.len() < 100_000);
    assert_eq!(patch(&server, &headers, bomb).await.status, 413);
    assert_eq!(
        patch(&server, &headers, b"not gzip".to_vec()).await.status,
        400
    );
}

#[tokio::test]
async fn large_bodies_are_refused_in_json() {
    let server = Server::new().await;
    let answer = patch(&server, &[JSON], vec![b' '; 10 * 1024 * 1024]).await;
    assert_eq!((answer.status, answer.code()), (413, "Request_BadRequest"));
    assert_eq!(answer.header("content-type"), "application/json");
}
