//! What holds for every resource of Graph: addresses, queries, pages, preferences.

use axum::body::Body;
use serde_json::{Value, json};

use crate::client::*;

const AUDITS: &str = "/v1.0/auditLogs/directoryAudits";

async fn ask(server: &Server, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = server.request(Reader, "GET", path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    server.send(request.body(Body::empty()).unwrap()).await
}

/// Changes that leave so many rows in the audit log.
async fn rows(server: &Server, many: usize) {
    for n in 0..many {
        let change = json!({"inboundTrust": {"isMfaAccepted": n % 2 == 0}});
        let answer = server
            .patch(Administrator, &partner(FABRIKAM), change)
            .await;
        assert_eq!(answer.status, 204);
    }
}

/// All ids, page by page; no page but the last is empty, and none has more than asked for.
async fn walk(server: &Server, first: &str, most: usize) -> (Vec<Value>, usize) {
    let (mut all, mut pages, mut path) = (Vec::new(), 0, first.to_owned());
    loop {
        let answer = server.get(Reader, &path).await;
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        pages += 1;
        let entries = answer.body["value"].as_array().unwrap();
        assert!(entries.len() <= most, "{path}");
        all.extend(entries.iter().map(|entry| entry["id"].clone()));
        let Some(link) = answer.body.get("@odata.nextLink") else {
            return (all, pages);
        };
        assert!(!entries.is_empty(), "{path}");
        let link = link.as_str().unwrap();
        assert_eq!(link.matches('?').count(), 1, "{link}");
        path = link.strip_prefix(HERE).unwrap().to_owned();
    }
}

#[tokio::test]
async fn the_pages_of_a_log_together_are_the_log() {
    let server = Server::new().await;
    rows(&server, 7).await;
    let (all, _) = walk(&server, AUDITS, 100).await;
    assert_eq!(all.len(), 7);
    for top in [1, 2, 3, 7, 8] {
        let (found, pages) = walk(&server, &format!("{AUDITS}?$top={top}"), top).await;
        assert_eq!(found, all, "{top}");
        assert_eq!(pages, 7_usize.div_ceil(top), "{top}");
    }
    let filter = "$filter=not%20(activityDisplayName%20eq%20'x')";
    assert_eq!(
        ask(&server, &format!("{AUDITS}?{filter}"), &[])
            .await
            .status,
        400
    );
    let filter =
        "$filter=category%20eq%20'CrossTenantAccessSettings'%20or%20category%20eq%20'Other'";
    let (found, pages) = walk(&server, &format!("{AUDITS}?{filter}&$top=3"), 3).await;
    assert_eq!((found, pages), (all.clone(), 3));
    let (oldest, _) = walk(
        &server,
        &format!("{AUDITS}?$orderby=activityDateTime&$top=2"),
        2,
    )
    .await;
    assert_eq!(oldest, all.into_iter().rev().collect::<Vec<_>>());
    let count = server.get(Reader, &format!("{AUDITS}/$count")).await;
    assert_eq!(
        (count.header("content-type"), &count.body),
        ("text/plain", &json!(7))
    );
}

#[tokio::test]
async fn a_log_is_filtered_by_what_its_entries_hold() {
    let server = Server::new().await;
    rows(&server, 2).await;
    server
        .post(
            Administrator,
            &policy("/partners"),
            json!({"tenantId": NORTHWIND}),
        )
        .await;
    for (filter, many) in [
        (
            "targetResources/any(t: t/id eq '0c000000-0000-4000-8000-0000000000ff')",
            3,
        ),
        ("targetResources/any(x:x/id eq '0f')", 0),
        (
            "initiatedBy/user/userPrincipalName eq 'ANNA@contoso.com'",
            3,
        ),
        ("startswith(initiatedBy/user/userPrincipalName,'anna')", 3),
        (
            "INITIATEDBY/app/appId eq '00000000-0000-0000-0000-000000000001'",
            0,
        ),
        (
            "startsWith(activityDisplayName,'Add a') or startsWith(activityDisplayName,'Remove')",
            1,
        ),
        (
            "activityDateTime ge 2026-01-31 and activityDateTime lt 2026-02-01",
            3,
        ),
        ("activityDateTime gt 2026-01-31T12:00:00Z", 0),
        (
            "loggedByService eq 'Core Directory' and (category eq 'x' or category eq 'CrossTenantAccessSettings')",
            3,
        ),
    ] {
        let query = filter.replace(' ', "%20");
        let answer = ask(&server, &format!("{AUDITS}?$filter={query}"), &[]).await;
        assert_eq!(answer.status, 200, "{filter}: {answer:?}");
        assert_eq!(
            answer.body["value"].as_array().unwrap().len(),
            many,
            "{filter}"
        );
    }
}

#[tokio::test]
async fn queries_that_cannot_be_answered_are_refused_by_name() {
    let server = Server::new().await;
    let deep = format!("$filter={}", "(".repeat(5_000));
    let long = format!("$filter=category%20eq%20'{}'", "x".repeat(9_000));
    for (query, code, says) in [
        (
            "$filter=nothing%20eq%20'x'",
            "BadRequest",
            "no member 'nothing'",
        ),
        (
            "$filter=category%20lt%20'x'",
            "Request_UnsupportedQuery",
            "'lt' is not supported",
        ),
        (
            "$filter=result%20eq%20'failure'",
            "Request_UnsupportedQuery",
            "'result'",
        ),
        ("$filter=category%20eq", "BadRequest", "at character 12"),
        (
            "$filter=category%20eq%20'x'%20union%20select%201",
            "BadRequest",
            "at character 17",
        ),
        (
            "$filter=category%20eq%20'x';drop",
            "BadRequest",
            "at character 16",
        ),
        (&deep, "Request_UnsupportedQuery", "too complex"),
        (&long, "Request_UnsupportedQuery", "too complex"),
        ("$select=nothing", "BadRequest", "no member 'nothing'"),
        ("$select=id&$SELECT=id", "BadRequest", "more than once"),
        (
            "$orderby=category",
            "Request_UnsupportedQuery",
            "cannot be ordered by",
        ),
        ("$top=0", "Request_UnsupportedQuery", "expected 1 to 1000"),
        (
            "$top=1001",
            "Request_UnsupportedQuery",
            "expected 1 to 1000",
        ),
        (
            "$top=18446744073709551616",
            "Request_UnsupportedQuery",
            "expected 1 to 1000",
        ),
        ("$top=-1", "BadRequest", "a whole number"),
        ("$skip=1", "Request_UnsupportedQuery", "'$skip'"),
        ("$expand=x", "Request_UnsupportedQuery", "'$expand'"),
        ("$skiptoken=x", "BadRequest", "$skiptoken"),
        (
            "$skiptoken=9999999999999999999999.1",
            "BadRequest",
            "$skiptoken",
        ),
    ] {
        let answer = server.get(Reader, &format!("{AUDITS}?{query}")).await;
        let start: String = query.chars().take(60).collect();
        assert_eq!(
            (answer.status, answer.code()),
            (400, code),
            "{start}: {answer:?}"
        );
        let message = answer.body["error"]["message"].as_str().unwrap();
        assert!(message.contains(says), "{start}: {message}");
    }
}

#[tokio::test]
async fn links_repeat_the_address_as_the_client_wrote_it() {
    let server = Server::new().await;
    rows(&server, 2).await;
    let answer = ask(
        &server,
        "/V1.0//auditlogs/DirectoryAudits/?$top=1&?&$filter=&mine=a%20b",
        &[],
    )
    .await;
    let link = answer.body["@odata.nextLink"].as_str().unwrap();
    let start = format!("{HERE}/v1.0/auditlogs/DirectoryAudits?$top=1&");
    assert!(
        link.starts_with(&start) && link.contains("mine=a+b"),
        "{link}"
    );
    let context = answer.body["@odata.context"].as_str().unwrap();
    assert_eq!(
        context,
        format!("{HERE}/v1.0/$metadata#auditLogs/directoryAudits")
    );
}

#[tokio::test]
async fn an_expanded_navigation_takes_options_of_its_own() {
    let server = Server::new().await;
    let path = partner(&format!("{FABRIKAM}/identitySynchronization"));
    let setting = json!({"displayName": "Fabrikam", "userSyncInbound": {"isSyncAllowed": true}});
    assert_eq!(
        server
            .call(Administrator, "PUT", &path, Some(setting))
            .await
            .status,
        204
    );
    let one = partner(&format!(
        "{FABRIKAM}?$select=inboundTrust&$expand=identitySynchronization($select=displayName)"
    ));
    let answer = server.get(Reader, &one).await;
    assert_eq!(
        answer.body["identitySynchronization"],
        json!({"tenantId": FABRIKAM, "displayName": "Fabrikam"})
    );
    let context = answer.body["@odata.context"].as_str().unwrap();
    assert!(
        context.ends_with("/partners(inboundTrust,identitySynchronization(displayName))/$entity"),
        "{context}"
    );
    assert!(answer.body.get("b2bCollaborationInbound").is_none());
    for options in ["$select=nothing", "$apply=x", "$expand=x", "x"] {
        let one = partner(&format!(
            "{FABRIKAM}?$expand=identitySynchronization({options})"
        ));
        assert_eq!(server.get(Reader, &one).await.status, 400, "{options}");
    }
}

#[tokio::test]
async fn members_of_beta_are_answered_by_beta() {
    let server = Server::new().await;
    let path =
        "/policies/crossTenantAccessPolicy/partners?$select=blockServiceProviderOutboundAccess";
    assert_eq!(
        server.get(Reader, &format!("/v1.0{path}")).await.status,
        400
    );
    assert_eq!(
        server.get(Reader, &format!("/beta{path}")).await.status,
        200
    );
}

#[tokio::test]
async fn a_client_that_wants_the_result_of_a_change_gets_it() {
    let server = Server::new().await;
    let change = || json!({"inboundTrust": {"isMfaAccepted": true}});
    for (path, member) in [
        (partner(FABRIKAM), "tenantId"),
        (policy("/default"), "isServiceDefault"),
    ] {
        let send = |prefer: &'static str| {
            let request = server
                .request(Administrator, "PATCH", &path)
                .header("content-type", "application/json")
                .header("prefer", prefer);
            server.send(request.body(Body::from(change().to_string())).unwrap())
        };
        let minimal = send("return=minimal").await;
        assert_eq!((minimal.status, &minimal.body), (204, &Value::Null));
        let whole = send("respond-async, return=representation").await;
        assert_eq!(whole.status, 200, "{path}");
        assert_eq!(whole.header("preference-applied"), "return=representation");
        assert_eq!(whole.body["inboundTrust"]["isMfaAccepted"], true);
        assert!(whole.body.get(member).is_some() && whole.body.get("@odata.context").is_some());
        assert!(!whole.header("etag").is_empty());
    }
}

#[tokio::test]
async fn an_entry_the_client_knows_already_is_not_sent_again() {
    let server = Server::new().await;
    let path = partner(FABRIKAM);
    let first = ask(&server, &path, &[]).await;
    let tag = first.header("etag").to_owned();
    let same = ask(&server, &path, &[("if-none-match", &tag)]).await;
    assert_eq!((same.status, &same.body), (304, &Value::Null));
    assert_eq!(same.header("etag"), tag);
    rows(&server, 1).await;
    assert_eq!(
        ask(&server, &path, &[("if-none-match", &tag)]).await.status,
        200
    );
}

#[tokio::test]
async fn unknown_segments_and_methods_are_answered_as_graph_does() {
    let server = Server::new().await;
    for (path, segment) in [
        ("/v1.0/Nothing", "Nothing"),
        ("/v1.0/policies/Nothing/", "Nothing"),
        ("/beta/auditLogs/directoryAudits/1/x(y='Z')", "x(y='Z')"),
    ] {
        let answer = server.get(Reader, path).await;
        assert_eq!(
            (answer.status, answer.code()),
            (400, "BadRequest"),
            "{path}"
        );
        let message = format!("Resource not found for the segment '{segment}'.");
        assert_eq!(answer.body["error"]["message"], message);
    }
    for method in ["PUT", "DELETE", "OPTIONS", "TRACE", "CONNECTED"] {
        let answer = server.call(Administrator, method, &policy(""), None).await;
        assert_eq!(answer.status, 405, "{method}");
        assert!(answer.body["error"]["code"].is_string(), "{method}");
    }
}
