//! `/comity/v1/decide`, AuthZEN, and who sees what of an answer.

use serde_json::{Value, json};

use crate::client::*;

const ALL: Persona = Program(&["Decision.Read.All", "Decision.Assert", "SignIn.Report.All"]);

fn question(user: &str, app: &str) -> Value {
    json!({"homeTenant": FABRIKAM, "user": user, "resourceTenant": CONTOSO, "resourceAppId": app})
}

fn evaluation(user: &str, app: &str) -> Value {
    json!({
        "subject": {"type": "user", "id": user, "properties": {"tenantId": FABRIKAM}},
        "action": {"name": "b2bCollaboration"},
        "resource": {"type": "application", "id": app, "properties": {"tenantId": CONTOSO}},
    })
}

#[tokio::test]
async fn blocking_an_application_is_effective_at_once_and_says_who_refused() {
    // S3.5, S8.7
    let server = Server::new().await;
    let answer = server
        .post(ALL, "/comity/v1/decide", question(FRED, CRM))
        .await;
    assert_eq!(
        (answer.status, &answer.body["decision"]),
        (200, &json!("allow")),
        "{answer:?}"
    );
    let change = json!({"b2bCollaborationInbound": application("blocked", CRM)});
    assert_eq!(
        server
            .patch(Administrator, &partner(FABRIKAM), change)
            .await
            .status,
        204
    );
    let answer = server
        .post(ALL, "/comity/v1/decide", question(FRED, CRM))
        .await;
    assert_eq!(answer.body["decision"], "block");
    assert_eq!(answer.body["reason"], "inbound_blocked");
    assert_eq!(answer.body["side"], "resource");
    assert_eq!(answer.body["detail"], "app_blocked");
    assert_eq!(answer.body["source"], "partner");
    let findings = answer.body["findings"].as_array().unwrap();
    assert!(
        findings
            .iter()
            .any(|finding| finding["clause"] == "S8.7" && finding["sentence"].is_string())
    );
    assert!(answer.body["remedy"].as_str().unwrap().contains("Contoso"));
    let answer = server
        .post(ALL, "/comity/v1/decide", question(FRED, ERP))
        .await;
    assert_eq!(answer.body["decision"], "allow");
}

#[tokio::test]
async fn of_the_other_side_only_side_and_reason_are_seen() {
    let server = Server::new().await;
    let change = json!({"b2bCollaborationOutbound": all("blocked")});
    let path = policy("/default");
    assert_eq!(server.patch(Stranger, &path, change).await.status, 204);
    let answer = server
        .post(ALL, "/comity/v1/decide", question(FRED, CRM))
        .await;
    assert_eq!(answer.body["reason"], "outbound_blocked");
    assert_eq!(answer.body["side"], "home");
    assert_eq!(answer.body["detail"], json!(null));
    assert_eq!(answer.body["source"], json!(null));
    assert_eq!(
        answer.body["findings"],
        json!([{
            "side": "home",
            "verdict": "block",
            "code": "outbound_blocked",
            "sentence": ::policy::reason::Reason::OutboundBlocked.sentence(),
        }])
    );
    let text = answer.body.to_string();
    assert!(
        !text.contains("Fabrikam") && !text.contains("fabrikam.com") && !text.contains("default"),
        "{text}"
    );
    let answer = server
        .post(Persona::Operator, "/comity/v1/decide", question(FRED, CRM))
        .await;
    assert_eq!(answer.body["source"], "default");
    assert!(
        answer.body["sentence"]
            .as_str()
            .unwrap()
            .contains("Fabrikam")
    );
}

#[tokio::test]
async fn whether_an_account_exists_elsewhere_is_not_told() {
    let server = Server::new().await;
    let unknown = "0f000000-0000-4000-8000-00000000ffff";
    for path in ["/comity/v1/decide"] {
        let answer = server.post(ALL, path, question(unknown, CRM)).await;
        assert_eq!(answer.body["reason"], "outbound_blocked");
        assert!(
            !answer.body.to_string().contains("account"),
            "{}",
            answer.body
        );
    }
    let answer = server
        .post(ALL, "/access/v1/evaluation", evaluation(unknown, CRM))
        .await;
    assert_eq!(answer.body["context"]["reason"], "outbound_blocked");
    let answer = server
        .post(
            Persona::Operator,
            "/comity/v1/decide",
            question(unknown, CRM),
        )
        .await;
    assert_eq!(answer.body["reason"], "account_not_found");
}

#[tokio::test]
async fn a_question_between_others_is_not_answered() {
    let server = Server::new().await;
    let body = json!({"homeTenant": FABRIKAM, "user": FRED, "resourceTenant": NORTHWIND, "resourceAppId": CRM});
    assert_eq!(
        server.post(ALL, "/comity/v1/decide", body).await.status,
        403
    );
    let none = Program(&["AuditLog.Read.All"]);
    assert_eq!(
        server
            .post(none, "/comity/v1/decide", question(FRED, CRM))
            .await
            .status,
        403
    );
    assert_eq!(
        server
            .post(Nobody, "/comity/v1/decide", question(FRED, CRM))
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn groups_are_taken_only_from_those_who_may_state_them_and_never_against_a_directory() {
    // S25.3
    let server = Server::new().await;
    let group = "9a000000-0000-4000-8000-000000000001";
    let change = json!({"b2bCollaborationInbound": {
        "usersAndGroups": {"accessType": "allowed", "targets": [{"target": group, "targetType": "group"}]},
        "applications": {"accessType": "allowed", "targets": [{"target": "AllApplications", "targetType": "application"}]}}});
    let northwind = json!({"tenantId": NORTHWIND, "b2bCollaborationInbound": change["b2bCollaborationInbound"]});
    assert_eq!(
        server
            .post(Administrator, &policy("/partners"), northwind)
            .await
            .status,
        201
    );
    assert_eq!(
        server
            .patch(Administrator, &partner(FABRIKAM), change)
            .await
            .status,
        204
    );
    let ask = |home: &str, user: &str| json!({"homeTenant": home, "user": user, "resourceTenant": CONTOSO, "resourceAppId": CRM, "groups": [group]});
    let mute = Program(&["Decision.Read.All"]);
    let answer = server
        .post(mute, "/comity/v1/decide", ask(NORTHWIND, FRED))
        .await;
    assert_eq!(answer.body["reason"], "groups_unknown", "{answer:?}");
    let answer = server
        .post(ALL, "/comity/v1/decide", ask(NORTHWIND, FRED))
        .await;
    assert_eq!(
        answer.body["reason"], "user_not_in_resource_tenant",
        "{answer:?}"
    );
    let answer = server
        .post(ALL, "/comity/v1/decide", ask(FABRIKAM, FRED))
        .await;
    assert_eq!(answer.body["reason"], "inbound_blocked", "{answer:?}");
}

#[tokio::test]
async fn authzen_answers_yes_or_no_with_the_reason_in_the_context() {
    let server = Server::new().await;
    let answer = server
        .post(ALL, "/access/v1/evaluation", evaluation(FRED, CRM))
        .await;
    assert_eq!(
        answer.body,
        json!({"decision": true, "context": {
            "verdict": "allow", "reason": "granted", "side": null, "detail": null, "errorCode": 0,
            "trust": {"isMfaAccepted": false, "isCompliantDeviceAccepted": false,
                      "isHybridAzureADJoinedDeviceAccepted": false, "source": "system"}}})
    );
    let mut asked = evaluation(FRED, CRM);
    asked["context"] = json!({"findings": true});
    asked["action"]["name"] = json!("b2bDirectConnect");
    let answer = server.post(ALL, "/access/v1/evaluation", asked).await;
    assert_eq!(answer.body["decision"], json!(false));
    assert_eq!(
        answer.body["context"]["reason"],
        "direct_connect_app_unsupported"
    );
    assert!(answer.body["context"]["findings"].is_array());
}

#[tokio::test]
async fn a_batch_takes_from_the_whole_what_its_questions_leave_out() {
    let server = Server::new().await;
    let change = json!({"b2bCollaborationInbound": application("blocked", CRM)});
    server
        .patch(Administrator, &partner(FABRIKAM), change)
        .await;
    let mut batch = evaluation(FRED, CRM);
    let resource = |app: &str| json!({"resource": {"type": "application", "id": app, "properties": {"tenantId": CONTOSO}}});
    batch["evaluations"] = json!([resource(ERP), {}, resource("crm"), resource(ERP)]);
    let decisions = |answer: &Answer| -> Vec<Value> {
        let list = answer.body["evaluations"].as_array().unwrap().iter();
        list.map(|one| one["decision"].clone()).collect()
    };
    let answer = server
        .post(ALL, "/access/v1/evaluations", batch.clone())
        .await;
    assert_eq!(decisions(&answer), [true, false, false, true]);
    assert_eq!(
        answer.body["evaluations"][2]["context"]["error"]["status"],
        400
    );
    for (semantic, expected) in [
        ("deny_on_first_deny", vec![true, false]),
        ("permit_on_first_permit", vec![true]),
    ] {
        batch["options"] = json!({"evaluations_semantic": semantic});
        let answer = server
            .post(ALL, "/access/v1/evaluations", batch.clone())
            .await;
        assert_eq!(decisions(&answer), expected, "{semantic}");
    }
    let answer = server
        .post(ALL, "/access/v1/evaluations", evaluation(FRED, ERP))
        .await;
    assert_eq!(answer.body["decision"], json!(true));
}

#[tokio::test]
async fn questions_that_make_no_sense_are_refused_with_the_member() {
    let server = Server::new().await;
    for (member, value, path) in [
        (
            "subject",
            json!({"type": "group", "id": FRED}),
            "subject.type",
        ),
        (
            "subject",
            json!({"type": "user", "id": "fred", "properties": {"tenantId": FABRIKAM}}),
            "subject.id",
        ),
        (
            "resource",
            json!({"type": "application", "id": CRM}),
            "resource.properties.tenantId",
        ),
        ("action", json!({"name": "read"}), "action.name"),
    ] {
        let mut asked = evaluation(FRED, CRM);
        asked[member] = value;
        let answer = server.post(ALL, "/access/v1/evaluation", asked).await;
        assert_eq!(
            (answer.status, &answer.body["error"]["status"]),
            (400, &json!(400))
        );
        let message = answer.body["error"]["message"].as_str().unwrap();
        assert!(message.starts_with(path), "{message}");
    }
    let mut wrong = question(FRED, CRM);
    wrong["colour"] = json!("blue");
    let answer = server.post(ALL, "/comity/v1/decide", wrong).await;
    assert_eq!((answer.status, answer.code()), (400, "Request_BadRequest"));
}

#[tokio::test]
async fn the_metadata_of_authzen_names_the_endpoints() {
    let server = Server::new().await;
    let answer = server
        .get(Nobody, "/.well-known/authzen-configuration")
        .await;
    assert_eq!(answer.body["policy_decision_point"], HERE);
    assert_eq!(
        answer.body["access_evaluation_endpoint"],
        format!("{HERE}/access/v1/evaluation")
    );
    let request = server
        .request(ALL, "POST", "/access/v1/evaluation")
        .header("x-request-id", "mine")
        .header("content-type", "application/json")
        .body(axum::body::Body::from(evaluation(FRED, CRM).to_string()));
    assert_eq!(
        server.send(request.unwrap()).await.header("x-request-id"),
        "mine"
    );
}

#[tokio::test]
async fn reported_sign_ins_are_kept_once() {
    let server = Server::new().await;
    let row = |id: &str, home: &str| {
        json!({"id": id, "createdDateTime": NOW, "homeTenantId": home, "resourceTenantId": CONTOSO,
               "crossTenantAccessType": "b2bCollaboration", "userId": FRED, "appId": CRM,
               "resourceId": CRM, "status": {"errorCode": 0}})
    };
    let batch = json!([row("s1", FABRIKAM), row("s2", FABRIKAM)]);
    let answer = server.post(ALL, "/comity/v1/signins", batch.clone()).await;
    assert_eq!(
        (answer.status, &answer.body),
        (200, &json!({"kept": 2, "known": 0})),
        "{answer:?}"
    );
    let answer = server.post(ALL, "/comity/v1/signins", batch).await;
    assert_eq!(answer.body, json!({"kept": 0, "known": 2}));
    let mut foreign = row("s3", FABRIKAM);
    foreign["resourceTenantId"] = json!(NORTHWIND);
    let answer = server
        .post(ALL, "/comity/v1/signins", json!([foreign]))
        .await;
    assert_eq!(answer.status, 400);
    let answer = server
        .post(ALL, "/comity/v1/signins", json!([{"errorCode": 0}]))
        .await;
    assert_eq!(answer.status, 400);
    let answer = server
        .post(
            Program(&["Policy.Read.All"]),
            "/comity/v1/signins",
            json!([]),
        )
        .await;
    assert_eq!(answer.status, 403);
}
