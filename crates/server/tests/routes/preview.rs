//! `/comity/v1/preview`: a draft beside the log, before it is saved.

use policy::target::{ApplicationId, UserId};
use policy::tenant::TenantId;
use serde_json::{Value, json};
use signins::event::{CrossTenantAccess, SignIn};
use store::{Moment, SignInRecord};

use crate::client::*;

pub(crate) const BOTH: Persona = Program(&["Policy.Read.All", "AuditLog.Read.All"]);
const PATH: &str = "/comity/v1/preview";
/// Fred's object at Contoso.
pub(crate) const GUEST: &str = "0c000000-0000-4000-8000-00000000b001";

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

fn fred(number: u64, application: &str, error_code: u32) -> SignInRecord {
    let moment = now().as_nanosecond() - i128::from(number) * 3_600_000_000_000;
    SignInRecord::bare(SignIn {
        created: Some(Moment::from_nanoseconds(moment)),
        home_tenant: Some(id(FABRIKAM)),
        resource_tenant: Some(id(CONTOSO)),
        access_type: Some(CrossTenantAccess::B2bCollaboration),
        user: Some(id::<UserId>(GUEST)),
        client_app: Some(id::<ApplicationId>(application)),
        resource_app: Some(id::<ApplicationId>(application)),
        ..SignIn::bare(format!("51000000-0000-4000-8000-{number:012x}"), error_code)
    })
}

/// Contoso's log: Fred reached the ERP three times, the CRM twice, once in vain.
pub(crate) async fn server() -> Server {
    let server = Server::new().await;
    let rows = [
        fred(1, ERP, 0),
        fred(2, ERP, 0),
        fred(30, ERP, 0),
        fred(4, CRM, 0),
        fred(5, CRM, 53_003),
    ];
    let kept = server.store.keep_sign_ins(id::<TenantId>(CONTOSO), &rows);
    kept.await.unwrap();
    server
}

pub(crate) fn block(access: &str, application: &str) -> Value {
    json!({
        "usersAndGroups": {"accessType": "allowed", "targets": [{"target": "AllUsers", "targetType": "user"}]},
        "applications": {"accessType": access, "targets": [{"target": application, "targetType": "application"}]},
    })
}

pub(crate) fn draft(url: &str, body: &Value) -> Value {
    json!({"requests": [{"method": "PATCH", "url": url, "body": body}]})
}

#[tokio::test]
async fn a_draft_says_whom_it_closes_out_and_what_would_keep_them() {
    let server = server().await;
    let body = json!({"b2bCollaborationInbound": block("blocked", ERP)});
    let answer = server
        .post(BOTH, PATH, draft(&policy("/default"), &body))
        .await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let told = &answer.body;
    assert_eq!(told["signIns"], 5);
    assert_eq!(told["certain"]["closes"], 3, "{told:#}");
    assert_eq!(
        (&told["unchanged"], &told["conditional"]["closes"]),
        (&json!(2), &json!(0))
    );
    let group = &told["groups"][0];
    assert_eq!(group["reason"], "inbound_blocked");
    assert_eq!(
        (&group["side"], &group["detail"]),
        (&json!("resource"), &json!("app_blocked"))
    );
    assert_eq!(
        (&group["count"], &group["succeeded"]),
        (&json!(3), &json!(3))
    );
    assert_eq!(
        group["users"][0]["userPrincipalName"],
        "fred_fabrikam.com#EXT#@contoso.com"
    );
    assert_eq!(group["applications"][0]["resourceId"], ERP);
    // The entry for Fabrikam would let the ERP pass; the proposal is a body that Graph takes.
    let keep = &group["keep"];
    assert_eq!(
        (&keep["tenantId"], &keep["section"]),
        (&json!(FABRIKAM), &json!("b2bCollaborationInbound"))
    );
    let url = policy(&format!("/partners/{FABRIKAM}"));
    let both = json!({"requests": [
        {"method": "PATCH", "url": policy("/default"), "body": body},
        {"method": "PATCH", "url": url, "body": {"b2bCollaborationInbound": keep["value"]}},
    ]});
    let kept = server.post(BOTH, PATH, both).await;
    assert_eq!(kept.body["unchanged"], 5, "{kept:?}");
    // Nothing was written.
    let now = server.get(Reader, &policy("/default")).await;
    assert_eq!(now.body["isServiceDefault"], true);
}

#[tokio::test]
async fn a_draft_that_opens_says_so() {
    let server = server().await;
    let shut = json!({"b2bCollaborationInbound": block("allowed", CRM)});
    let saved = server.patch(Administrator, &policy("/default"), shut).await;
    assert_eq!(saved.status, 204);
    let requests = json!({"requests": [{"method": "post", "url": policy("/default/resetToSystemDefault")}], "days": 90});
    let answer = server.post(BOTH, PATH, requests).await;
    assert_eq!(answer.body["certain"]["opens"], 3, "{answer:?}");
    // Of one tenant, and of a single day.
    let none = json!({"requests": [{"method": "POST", "url": policy("/default/resetToSystemDefault")}], "tenantId": NORTHWIND});
    assert_eq!(server.post(BOTH, PATH, none).await.body["signIns"], 0);
}

#[tokio::test]
async fn whose_sign_ins_they_are_is_told_to_those_who_may_read_the_log() {
    let server = server().await;
    let body = json!({"b2bCollaborationInbound": block("blocked", ERP)});
    let body = draft(&policy("/default"), &body);
    let log_only = Program(&["AuditLog.Read.All"]);
    assert_eq!(server.post(Nobody, PATH, body.clone()).await.status, 401);
    assert_eq!(server.post(log_only, PATH, body.clone()).await.status, 403);
    let settings_only = Program(&["Policy.Read.All"]);
    let told = server.post(settings_only, PATH, body.clone()).await;
    let group = &told.body["groups"][0];
    assert_eq!(
        (&group["count"], &group["userCount"]),
        (&json!(3), &json!(1))
    );
    assert_eq!(
        (&group["users"], &group["keep"]),
        (&json!([]), &Value::Null)
    );
    // Fabrikam's log has nothing of Contoso's.
    let foreign = Persona::Foreign(FABRIKAM, &["Policy.Read.All", "AuditLog.Read.All"]);
    assert_eq!(server.post(foreign, PATH, body).await.body["signIns"], 0);
}

#[tokio::test]
async fn a_draft_that_could_not_be_saved_is_refused_and_named() {
    let server = server().await;
    let wrong = json!({"b2bCollaborationInbound": {"usersAndGroups": {"accessType": "maybe", "targets": []}}});
    let reads = json!({"requests": [{"method": "GET", "url": policy("/default")}]});
    let elsewhere = draft("/v1.0/users", &json!({}));
    for (body, place) in [
        (draft(&policy("/default"), &wrong), "requests[0]"),
        (reads, "requests[0]"),
        (elsewhere, "requests[0]"),
        (json!({"requests": []}), "requests"),
        (
            json!({"requests": [{"method": "PATCH", "url": policy("/default"), "body": {}}], "days": 91}),
            "days",
        ),
        (
            json!({"requests": [{"method": "PATCH", "url": policy("/default"), "body": {}}], "tenantId": "contoso"}),
            "tenantId",
        ),
        (json!({"request": []}), ""),
    ] {
        let answer = server.post(BOTH, PATH, body.clone()).await;
        assert_eq!(answer.status, 400, "{body}: {answer:?}");
        let target = answer.body["error"]["target"].as_str().unwrap_or_default();
        assert!(target.starts_with(place), "{body}: {answer:?}");
    }
    let gone = draft(&policy(&format!("/partners/{NORTHWIND}")), &json!({}));
    assert_eq!(server.post(BOTH, PATH, gone).await.status, 404);
}

#[tokio::test]
async fn what_arrives_later_is_in_the_next_preview_as_in_that_of_a_server_that_has_just_begun() {
    let server = server().await;
    let body = json!({"b2bCollaborationInbound": block("blocked", ERP)});
    let body = draft(&policy("/default"), &body);
    let mut of_one = body.clone();
    of_one["tenantId"] = FABRIKAM.into();
    let contoso = id::<TenantId>(CONTOSO);
    let first = server.post(BOTH, PATH, body.clone()).await;
    assert_eq!(first.body["signIns"], 5);
    let batches = [
        vec![fred(6, ERP, 0), fred(7, CRM, 0)],
        // One that came before, and one from before the window.
        vec![fred(7, CRM, 0), fred(8, ERP, 50_126), fred(24 * 40, ERP, 0)],
        (10..1_500).map(|hour| fred(hour, ERP, 0)).collect(),
    ];
    let mut last = 5;
    for rows in batches {
        server.store.keep_sign_ins(contoso, &rows).await.unwrap();
        for asked in [&body, &of_one] {
            let warm = server.post(BOTH, PATH, asked.clone()).await;
            let cold = server.replica().post(BOTH, PATH, asked.clone()).await;
            assert_eq!(warm.body, cold.body);
            assert!(warm.body["signIns"].as_u64() > Some(last), "{warm:?}");
        }
        let again = server.post(BOTH, PATH, body.clone()).await;
        last = again.body["signIns"].as_u64().unwrap();
    }
}

#[tokio::test]
async fn an_answer_can_come_line_by_line_and_the_last_line_is_the_whole() {
    let server = server().await;
    let body = json!({"b2bCollaborationInbound": block("blocked", ERP)});
    let body = draft(&policy("/default"), &body);
    let whole = server.post(BOTH, PATH, body.clone()).await;
    let request = server
        .request(BOTH, "POST", PATH)
        .header("content-type", "application/json")
        .header("accept", "application/x-ndjson")
        .body(axum::body::Body::from(body.to_string()));
    let (status, headers, lines) = server.exchange(request.unwrap()).await;
    assert_eq!(status, 200);
    assert_eq!(headers["content-type"], "application/x-ndjson");
    let lines = String::from_utf8(lines.to_vec()).unwrap();
    let mut last: Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
    let complete = last.as_object_mut().unwrap().remove("complete");
    assert_eq!((complete, last), (Some(true.into()), whole.body));
}

/// How many behaviours a server has in memory.
async fn loaded(server: &Server) -> u64 {
    let numbers = server.get(Nobody, "/metrics").await.body;
    let numbers = numbers.as_str().unwrap().to_owned();
    let mut lines = numbers.lines();
    let line = lines.find_map(|line| line.strip_prefix("comity_behaviours_loaded "));
    line.unwrap().parse().unwrap()
}

#[tokio::test]
async fn the_log_of_a_tenant_whose_settings_are_read_is_in_memory_before_a_preview_asks_for_it() {
    let server = server().await;
    let reading = tokio::spawn(server.app.clone().read_ahead());
    assert_eq!(loaded(&server).await, 0);
    assert_eq!(server.get(Reader, &policy("/default")).await.status, 200);
    while loaded(&server).await == 0 {
        tokio::task::yield_now().await;
    }
    // The ERP, the CRM, and the CRM in vain.
    assert_eq!(loaded(&server).await, 3);
    let body = json!({"b2bCollaborationInbound": block("blocked", ERP)});
    let body = draft(&policy("/default"), &body);
    let cold = server.replica().post(BOTH, PATH, body.clone()).await;
    assert_eq!(server.post(BOTH, PATH, body.clone()).await.body, cold.body);
    // What arrives later counts as well.
    let rows = [fred(6, CRM, 0)];
    let kept = server.store.keep_sign_ins(id::<TenantId>(CONTOSO), &rows);
    kept.await.unwrap();
    assert_eq!(server.post(BOTH, PATH, body).await.body["signIns"], 6);
    assert_eq!(loaded(&server).await, 4);
    reading.abort();
}

#[tokio::test]
async fn a_preview_of_one_partner_has_the_whole_log_read_for_the_next_one() {
    let server = server().await;
    let reading = tokio::spawn(server.app.clone().read_ahead());
    let body = json!({"b2bCollaborationInbound": block("blocked", ERP)});
    let mut of_one = draft(&policy("/default"), &body);
    of_one["tenantId"] = NORTHWIND.into();
    let answer = server.post(BOTH, PATH, of_one).await;
    assert_eq!(answer.body["signIns"], 0);
    while loaded(&server).await == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(loaded(&server).await, 3);
    reading.abort();
}
