//! What a draft changes, exactly; which settings deserve a second look; who crossed; and what a sign-in
//! would be answered with.

use serde_json::{Value, json};

use crate::client::*;
use crate::preview::{BOTH, GUEST, block, draft, server};

#[tokio::test]
async fn the_exact_difference_of_a_draft_is_told_and_nothing_is_written() {
    let server = server().await;
    let path = "/comity/v1/difference";
    let body = json!({"b2bCollaborationInbound": block("blocked", ERP)});
    let body = draft(&policy("/default"), &body);
    let told = server.post(Reader, path, body.clone()).await;
    assert_eq!(told.status, 200, "{told:?}");
    assert_eq!(
        (&told.body["equal"], &told.body["tenantId"]),
        (&json!(false), &json!(CONTOSO))
    );
    let regions = told.body["regions"].as_array().unwrap();
    assert_eq!(regions.len(), 1, "{:#}", told.body);
    assert_eq!(regions[0]["turn"], "closes");
    assert_eq!(regions[0]["section"], "b2bCollaborationInbound");
    assert!(regions[0]["sentence"].as_str().unwrap().contains(ERP));
    // The other way round once it is saved.
    let url = policy("/default");
    let saved = server
        .patch(Administrator, &url, body["requests"][0]["body"].clone())
        .await;
    assert_eq!(saved.status, 204);
    let same = server.post(Reader, path, body).await;
    assert_eq!(same.body["equal"], true);
    let reset =
        json!({"requests": [{"method": "POST", "url": policy("/default/resetToSystemDefault")}]});
    let opened = server.post(Reader, path, reset).await;
    assert_eq!(opened.body["regions"][0]["turn"], "opens");
    // Nothing to compare, what cannot be saved, and somebody who may not look.
    let nothing = server.post(Reader, path, json!({"requests": []})).await;
    assert_eq!(nothing.status, 400);
    let wrong = json!({"inboundTrust": {"isMfaAccepted": "yes"}});
    let wrong = server.post(Reader, path, draft(&url, &wrong)).await;
    assert_eq!(
        (wrong.status, &wrong.body["error"]["target"]),
        (400, &json!("requests[0]")),
        "{wrong:?}"
    );
    let nobody = server
        .post(Program(&["User.Read.All"]), path, nothing.body)
        .await;
    assert_eq!(nobody.status, 403);
}

fn checks(told: &Value, of: &str) -> Vec<String> {
    let findings = told[of].as_array().unwrap().iter();
    let names = findings.filter(|finding| of != "findings" || finding["isNew"] == true);
    names
        .map(|finding| finding["check"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn findings_say_what_a_draft_adds_and_what_it_settles() {
    let server = server().await;
    let path = "/comity/v1/lint";
    let now = server.post(BOTH, path, json!({})).await;
    assert_eq!(now.status, 200, "{now:?}");
    assert!(
        checks(&now.body, "findings").is_empty(),
        "nothing is new without a draft"
    );
    assert!(!now.body["findings"].as_array().unwrap().is_empty());
    // Shut, nobody comes in who is not listed; taken back, everybody does.
    let shut = json!({"b2bCollaborationInbound": block("blocked", "AllApplications")});
    let mut shut_everybody = shut["b2bCollaborationInbound"].clone();
    shut_everybody["usersAndGroups"]["accessType"] = "blocked".into();
    let shut = json!({"b2bCollaborationInbound": shut_everybody});
    let draft = draft(&policy("/default"), &shut);
    let closed = server.post(BOTH, path, draft).await;
    let settled = checks(&closed.body, "settled");
    assert!(
        settled.contains(&"collaboration-inbound-default".to_owned()),
        "{settled:?}"
    );
    let saved = server.patch(Administrator, &policy("/default"), shut).await;
    assert_eq!(saved.status, 204, "{saved:?}");
    let reset =
        json!({"requests": [{"method": "POST", "url": policy("/default/resetToSystemDefault")}]});
    let back = server.post(BOTH, path, reset).await;
    let added = checks(&back.body, "findings");
    assert!(
        added.contains(&"collaboration-inbound-default".to_owned()),
        "{added:?}"
    );
    // Whoever may not read the log gets the findings all the same.
    let reader = Program(&["Policy.Read.All"]);
    let reader = server.post(reader, path, json!({})).await;
    assert_eq!(checks(&reader.body, "settled"), Vec::<String>::new());
}

#[tokio::test]
async fn what_crossed_is_counted_by_day_tenant_application_user_and_outcome() {
    let server = server().await;
    let path = "/comity/v1/activity";
    let told = server.get(BOTH, path).await.body;
    assert_eq!(told["total"]["inbound"], 5, "{told:#}");
    assert_eq!(told["total"]["failed"], 1);
    assert_eq!(told["tenants"][0]["tenantId"], FABRIKAM);
    assert_eq!(told["tenants"][0]["displayName"], "Fabrikam");
    assert_eq!(told["applications"][0]["applicationId"], ERP);
    assert_eq!(told["applications"][0]["inbound"], 3);
    assert_eq!(
        told["users"][0]["userPrincipalName"],
        "fred_fabrikam.com#EXT#@contoso.com"
    );
    let sum: u64 = told["days"]
        .as_array()
        .unwrap()
        .iter()
        .map(|day| day["inbound"].as_u64().unwrap())
        .sum();
    assert_eq!(sum, 5);
    let outcome = &told["outcomes"][1];
    assert_eq!(outcome["errorCode"], 53_003);
    let reasons = outcome["reasons"].as_array().unwrap();
    assert!(reasons.contains(&json!("ca_blocked")), "{outcome}");
    for (query, count) in [
        ("status=failure", 1),
        ("status=success", 4),
        ("direction=outbound", 0),
        (&*format!("applicationId={ERP}"), 3),
        (&*format!("applicationId={ERP}&status=failure"), 0),
        (&*format!("tenantId={NORTHWIND}"), 0),
    ] {
        let some = server.get(BOTH, &format!("{path}?{query}")).await;
        let total = &some.body["total"];
        let crossed = total["inbound"].as_u64().unwrap() + total["outbound"].as_u64().unwrap();
        assert_eq!(crossed, count, "{query}: {total}");
    }
    for wrong in [
        "days=0",
        "days=91",
        "direction=up",
        "tenantId=x",
        "status=ok",
        "x=1",
    ] {
        let refused = server.get(BOTH, &format!("{path}?{wrong}")).await;
        assert_eq!(refused.status, 400, "{wrong}");
    }
    let reader = Program(&["Policy.Read.All"]);
    assert_eq!(server.get(reader, path).await.status, 403);
}

#[tokio::test]
async fn a_sign_in_is_judged_with_a_draft_and_with_the_past() {
    let server = server().await;
    let path = "/comity/v1/decide";
    let question = json!({"accessType": "b2bCollaboration", "homeTenant": FABRIKAM, "user": FRED,
        "resourceTenant": CONTOSO, "resourceAppId": ERP});
    let ask = async |more: &[(&str, Value)]| {
        let mut body = json!({"op": "whatif", "question": question});
        for (name, value) in more {
            body[*name] = value.clone();
        }
        let told = server.post(BOTH, path, body).await;
        assert_eq!(told.status, 200, "{told:?}");
        told.body["reason"].as_str().unwrap_or_default().to_owned()
    };
    let now = ask(&[]).await;
    assert_ne!(now, "inbound_blocked");
    let shut = json!({"b2bCollaborationInbound": block("blocked", ERP)});
    let requests = draft(&policy("/default"), &shut)["requests"].clone();
    assert_eq!(ask(&[("requests", requests)]).await, "inbound_blocked");
    let saved = server.patch(Administrator, &policy("/default"), shut).await;
    assert_eq!(saved.status, 204);
    assert_eq!(ask(&[]).await, "inbound_blocked");
    assert_eq!(ask(&[("at", json!("1"))]).await, now);
    let wrong = json!({"op": "whatif", "question": question, "at": "then"});
    let refused = server.post(BOTH, path, wrong).await;
    assert_eq!(
        (refused.status, &refused.body["error"]["target"]),
        (400, &json!("at"))
    );
}

#[tokio::test]
async fn of_a_guest_the_resource_tenant_learns_no_more_than_of_the_account_behind_it() {
    let server = server().await;
    let shut = json!({"b2bCollaborationOutbound": {
        "usersAndGroups": {"accessType": "blocked", "targets": [{"target": "AllUsers", "targetType": "user"}]},
        "applications": {"accessType": "blocked", "targets": [{"target": "AllApplications", "targetType": "application"}]}}});
    let saved = server.patch(Stranger, &policy("/default"), shut).await;
    assert_eq!(saved.status, 204, "{saved:?}");
    let ask = async |op: &str, who: Value| {
        let mut question = json!({"accessType": "b2bCollaboration", "resourceTenant": CONTOSO, "resourceAppId": ERP});
        let members = question.as_object_mut().unwrap();
        members.append(who.clone().as_object_mut().unwrap());
        let body = match op {
            "whatif" => json!({"op": op, "question": question}),
            _ => question,
        };
        server.post(BOTH, "/comity/v1/decide", body).await.body
    };
    for op in ["signin", "whatif"] {
        let account = ask(op, json!({"homeTenant": FABRIKAM, "user": FRED})).await;
        let guest = ask(op, json!({"guest": GUEST})).await;
        assert_eq!(guest["reason"], "outbound_blocked", "{guest:#}");
        let home = |told: &Value| {
            let findings = told["findings"].as_array().unwrap().iter();
            let of = findings.filter(|finding| finding["side"] == "home");
            of.cloned().collect::<Vec<_>>()
        };
        assert_eq!(home(&guest), home(&account));
        assert!(!guest.to_string().contains("AllUsers"), "{guest:#}");
    }
}
