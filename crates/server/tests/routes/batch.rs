//! `/$batch`.

use serde_json::{Value, json};

use crate::client::*;

const BATCH: &str = "/v1.0/$batch";

async fn batch(server: &Server, who: Persona, requests: Value) -> Answer {
    server.post(who, BATCH, json!({"requests": requests})).await
}

fn get(id: &str, url: &str) -> Value {
    json!({"id": id, "method": "GET", "url": url})
}

fn change(id: &str, url: &str, body: Value) -> Value {
    let headers = json!({"Content-Type": "application/json"});
    json!({"id": id, "method": "PATCH", "url": url, "headers": headers, "body": body})
}

fn statuses(answer: &Answer) -> Vec<(&str, u64)> {
    let responses = answer.body["responses"].as_array();
    assert!(responses.is_some(), "{answer:?}");
    let responses = responses.unwrap().iter();
    responses
        .map(|response| {
            (
                response["id"].as_str().unwrap(),
                response["status"].as_u64().unwrap(),
            )
        })
        .collect()
}

const ROOT: &str = "/policies/crossTenantAccessPolicy";

#[tokio::test]
async fn each_request_is_answered_as_if_it_had_come_alone() {
    let server = Server::new().await;
    let requests = json!([
        get("a", ROOT),
        get("b", &format!("{ROOT}/partners?$select=tenantId&$filter=tenantId eq '{FABRIKAM}'")),
        get("c", "policies/nothing"),
        get("d", &format!("{ROOT}/partners/{NORTHWIND}")),
        get("e", &format!("{ROOT}/partners/$count")),
        change("f", &format!("{ROOT}/default"), json!({"inboundTrust": {"isMfaAccepted": true}})),
        {"id": "g", "method": "TRACE", "url": ROOT},
    ]);
    let answer = batch(&server, Administrator, requests).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(
        statuses(&answer),
        [
            ("a", 200),
            ("b", 200),
            ("c", 400),
            ("d", 404),
            ("e", 200),
            ("f", 204),
            ("g", 405)
        ]
    );
    let responses = &answer.body["responses"];
    assert_eq!(responses[1]["body"]["value"][0]["tenantId"], FABRIKAM);
    let code = &responses[3]["body"]["error"]["code"];
    assert_eq!(code, "Request_ResourceNotFound");
    assert_eq!(responses[4]["body"], 1);
    assert!(responses[5].get("body").is_none());
    // Each has ids of its own.
    let id = |index: usize| responses[index]["headers"]["request-id"].as_str().unwrap();
    assert!(id(0) != id(1) && id(0) != answer.header("request-id"));
    let inner = &responses[3]["body"]["error"]["innerError"]["request-id"];
    assert_eq!(inner, id(3));
    let read = server.get(Reader, &policy("/default")).await;
    assert_eq!(read.body["inboundTrust"]["isMfaAccepted"], true);
}

#[tokio::test]
async fn a_request_comes_after_those_it_depends_on_and_not_at_all_if_one_of_them_failed() {
    let server = Server::new().await;
    let mut add = change(
        "add",
        &format!("{ROOT}/partners"),
        json!({"tenantId": NORTHWIND}),
    );
    add["method"] = json!("POST");
    add["dependsOn"] = json!(["first"]);
    let mut read = get("read", &format!("{ROOT}/partners/{NORTHWIND}"));
    read["dependsOn"] = json!(["ADD"]);
    let mut never = change(
        "never",
        &format!("{ROOT}/default"),
        json!({"inboundTrust": {"isMfaAccepted": true}}),
    );
    never["dependsOn"] = json!(["lost"]);
    let mut neither = get("neither", ROOT);
    neither["dependsOn"] = json!(["never"]);
    let lost = get("lost", &format!("{ROOT}/partners/{WOODGROVE}"));
    let requests = json!([read, add, neither, never, lost, get("first", ROOT)]);
    let answer = batch(&server, Administrator, requests).await;
    assert_eq!(
        statuses(&answer),
        [
            ("read", 200),
            ("add", 201),
            ("neither", 424),
            ("never", 424),
            ("lost", 404),
            ("first", 200)
        ]
    );
    let error = &answer.body["responses"][3]["body"]["error"];
    assert_eq!(error["code"], "FailedDependency");
    assert!(error["innerError"]["request-id"].is_string());
    let default = server.get(Reader, &policy("/default")).await;
    assert_eq!(default.body["isServiceDefault"], true);
}

#[tokio::test]
async fn what_cannot_be_a_batch_is_refused_before_anything_is_done() {
    let server = Server::new().await;
    let write = change(
        "w",
        &format!("{ROOT}/default"),
        json!({"inboundTrust": {"isMfaAccepted": true}}),
    );
    let many: Vec<Value> = (0..21).map(|n| get(&n.to_string(), ROOT)).collect();
    let after = |id: &str, other: &str| json!({"id": id, "method": "GET", "url": ROOT, "dependsOn": [other]});
    for requests in [
        json!(null),
        json!("x"),
        json!([]),
        json!(many),
        json!([write, 5]),
        json!([write, {"method": "GET", "url": ROOT}]),
        json!([write, {"id": 1, "method": "GET", "url": ROOT}]),
        json!([write, get("W", ROOT)]),
        json!([write, {"id": "x", "url": ROOT}]),
        json!([write, {"id": "x", "method": "GET"}]),
        json!([write, get("x", "https://example.com/v1.0/users")]),
        json!([write, get("x", "//example.com/users")]),
        json!([write, get("x", "/$batch")]),
        json!([write, get("x", "%24BATCH/")]),
        json!([write, {"id": "x", "method": "GET", "url": ROOT, "headers": {"a": 5}}]),
        json!([write, {"id": "x", "method": "GET", "url": ROOT, "dependsOn": "w"}]),
        json!([write, {"id": "x", "method": "GET", "url": ROOT, "what": "w"}]),
        json!([write, after("x", "y")]),
        json!([write, after("x", "x")]),
        json!([write, after("x", "y"), after("y", "x")]),
    ] {
        let answer = batch(&server, Administrator, requests.clone()).await;
        assert_eq!(
            (answer.status, answer.code()),
            (400, "BadRequest"),
            "{requests}"
        );
    }
    assert_eq!(batch(&server, Nobody, json!([write])).await.status, 401);
    assert_eq!(server.get(Administrator, BATCH).await.status, 405);
    let read = server.get(Reader, &policy("/default")).await;
    assert_eq!(read.body["isServiceDefault"], true);
}

#[tokio::test]
async fn a_request_asks_in_the_name_of_the_batch_whatever_its_headers_say() {
    let server = Server::new().await;
    let token = server.token(Administrator).unwrap();
    let mut write = change(
        "w",
        &format!("{ROOT}/default"),
        json!({"inboundTrust": {"isMfaAccepted": true}}),
    );
    write["headers"]["Authorization"] = json!(format!("Bearer {token}"));
    let mut odd = get("x", ROOT);
    odd["headers"] = json!({"bad header": "x"});
    let mut host = get("y", ROOT);
    host["headers"] = json!({"Host": "elsewhere.example", "client-request-id": "mine"});
    let answer = batch(&server, Reader, json!([write, odd, host, get("z", "/%ff")])).await;
    assert_eq!(
        statuses(&answer),
        [("w", 403), ("x", 400), ("y", 200), ("z", 400)]
    );
    let response = &answer.body["responses"][2];
    let context = response["body"]["@odata.context"].as_str().unwrap();
    assert!(context.starts_with(HERE), "{context}");
    assert_eq!(response["headers"]["client-request-id"], "mine");
}

#[tokio::test]
async fn a_batch_that_is_sent_twice_does_what_its_requests_do_when_they_are_sent_twice() {
    let server = Server::new().await;
    let mut add = change(
        "add",
        &format!("{ROOT}/partners"),
        json!({"tenantId": NORTHWIND}),
    );
    add["method"] = json!("POST");
    let requests = json!([add, get("count", &format!("{ROOT}/partners/$count"))]);
    let first = batch(&server, Administrator, requests.clone()).await;
    assert_eq!(statuses(&first), [("add", 201), ("count", 200)]);
    let second = batch(&server, Administrator, requests).await;
    assert_eq!(statuses(&second), [("add", 409), ("count", 200)]);
    assert_eq!(second.body["responses"][1]["body"], 2);
}

#[tokio::test]
async fn a_batch_speaks_the_version_it_was_sent_to() {
    let server = Server::new().await;
    let requests = json!({"requests": [get("a", ROOT)]});
    let answer = server.post(Reader, "/beta/$batch", requests).await;
    let context = &answer.body["responses"][0]["body"]["@odata.context"];
    assert!(
        context
            .as_str()
            .unwrap()
            .starts_with(&format!("{HERE}/beta/"))
    );
}
