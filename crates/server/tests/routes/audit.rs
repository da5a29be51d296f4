//! `/auditLogs/directoryAudits` (S16).

use serde_json::{Value, json};

use crate::client::*;

const AUDITS: &str = "/v1.0/auditLogs/directoryAudits";

async fn some_writes(server: &Server) {
    let change = json!({"inboundTrust": {"isMfaAccepted": true}});
    server
        .patch(Administrator, &partner(FABRIKAM), change)
        .await;
    let add = json!({"tenantId": NORTHWIND, "b2bCollaborationInbound": all("blocked")});
    server.post(Administrator, &policy("/partners"), add).await;
    server
        .call(Administrator, "DELETE", &partner(NORTHWIND), None)
        .await;
    // Refused for its content: leaves a row (S16.3).
    let wrong = json!({"b2bCollaborationInbound": {}});
    server.patch(Administrator, &partner(FABRIKAM), wrong).await;
    // Refused for want of a permission: leaves none.
    server.patch(Reader, &partner(FABRIKAM), json!({})).await;
}

fn names(answer: &Answer) -> Vec<(&str, &str)> {
    let entries = answer.body["value"].as_array().unwrap().iter();
    entries
        .map(|entry| {
            (
                entry["activityDisplayName"].as_str().unwrap(),
                entry["result"].as_str().unwrap(),
            )
        })
        .collect()
}

#[tokio::test]
async fn every_write_leaves_its_row_the_latest_first() {
    // S16.2, S16.3
    let server = Server::new().await;
    some_writes(&server).await;
    let answer = server.get(Reader, AUDITS).await;
    assert_eq!(
        names(&answer),
        [
            ("Update a partner cross-tenant access setting", "failure"),
            (
                "Delete partner specific cross-tenant access setting",
                "success"
            ),
            ("Add a partner to cross-tenant access setting", "success"),
            ("Update a partner cross-tenant access setting", "success"),
        ]
    );
    let added = &answer.body["value"][2];
    assert_eq!(added["category"], "CrossTenantAccessSettings");
    assert_eq!(added["loggedByService"], "Core Directory");
    assert_eq!(added["operationType"], "Add");
    assert_eq!(added["activityDateTime"], NOW);
    assert_eq!(
        added["initiatedBy"]["user"]["userPrincipalName"],
        "anna@contoso.com"
    );
    let target = &added["targetResources"][0];
    assert_eq!(target["type"], "Policy");
    assert_eq!(target["id"], "0c000000-0000-4000-8000-0000000000ff");
    let first = &target["modifiedProperties"][0];
    assert_eq!(first["displayName"], "tenantId");
    assert_eq!(first["newValue"], format!("\"{NORTHWIND}\""));
    let second = &target["modifiedProperties"][1];
    assert_eq!(second["displayName"], "b2bCollaborationInbound");
    let value: Value = serde_json::from_str(second["newValue"].as_str().unwrap()).unwrap();
    assert_eq!(value["usersAndGroups"]["accessType"], 2);
    assert_eq!(answer.body["value"][0]["resultReason"], "empty_block");
}

#[tokio::test]
async fn a_row_is_found_by_its_id_and_by_filters() {
    let server = Server::new().await;
    some_writes(&server).await;
    let all = server.get(Reader, AUDITS).await;
    let id = all.body["value"][0]["id"].as_str().unwrap();
    let one = server.get(Reader, &format!("{AUDITS}/{id}")).await;
    assert_eq!(one.body["id"], id);
    for (filter, many) in [
        ("category eq 'CrossTenantAccessSettings'", 4),
        ("category eq 'Other'", 0),
        (
            "activityDisplayName eq 'Add a partner to cross-tenant access setting'",
            1,
        ),
        ("startswith(activityDisplayName,'Update')", 2),
        (
            "activityDateTime ge 2026-01-31T12:00:00Z and activityDateTime le 2026-01-31T12:00:00Z",
            4,
        ),
        ("activityDateTime lt 2026-01-31T12:00:00Z", 0),
        (
            "initiatedBy/user/id eq '00000000-0000-0000-0000-0000000000ad'",
            4,
        ),
        ("initiatedBy/user/id eq 'anna'", 0),
    ] {
        let query = filter.replace(' ', "%20");
        let answer = server
            .get(Reader, &format!("{AUDITS}?$filter={query}"))
            .await;
        assert_eq!(answer.status, 200, "{filter}: {answer:?}");
        assert_eq!(names(&answer).len(), many, "{filter}");
    }
    for query in [
        "$filter=result%20eq%20'x'",
        "$orderby=id",
        "$filter=activityDateTime%20ge%20x",
    ] {
        let answer = server.get(Reader, &format!("{AUDITS}?{query}")).await;
        assert_eq!(answer.status, 400, "{query}");
    }
    assert_eq!(
        server
            .get(Reader, &format!("{AUDITS}/unknown"))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn pages_of_the_log_neither_skip_nor_repeat_while_others_write() {
    let server = Server::new().await;
    some_writes(&server).await;
    let first = server.get(Reader, &format!("{AUDITS}?$top=2")).await;
    some_writes(&server).await;
    let link = first.body["@odata.nextLink"].as_str().unwrap().to_owned();
    let second = server.get(Reader, link.strip_prefix(HERE).unwrap()).await;
    assert_eq!(names(&second).len(), 2);
    assert_eq!(second.body.get("@odata.nextLink"), None);
    let ids = |answer: &Answer| -> Vec<String> {
        let entries = answer.body["value"].as_array().unwrap().iter();
        entries.map(|entry| entry["id"].to_string()).collect()
    };
    assert!(ids(&first).iter().all(|id| !ids(&second).contains(id)));
}

#[tokio::test]
async fn only_those_who_may_read_logs_read_the_log_of_their_own_tenant() {
    let server = Server::new().await;
    some_writes(&server).await;
    assert_eq!(
        server
            .get(Program(&["Policy.Read.All"]), AUDITS)
            .await
            .status,
        403
    );
    assert_eq!(server.get(PartnerAdministrator, AUDITS).await.status, 403);
    assert_eq!(
        server
            .get(Program(&["AuditLog.Read.All"]), AUDITS)
            .await
            .status,
        200
    );
    let stranger = server.get(Stranger, AUDITS).await;
    assert_eq!((stranger.status, names(&stranger).len()), (200, 0));
    let all = server.get(Reader, AUDITS).await;
    let id = all.body["value"][0]["id"].as_str().unwrap();
    let stranger = server.get(Stranger, &format!("{AUDITS}/{id}")).await;
    assert_eq!(stranger.status, 404);
}
