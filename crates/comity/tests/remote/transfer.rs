//! Settings put and got as a whole, over HTTP: who may, what is judged, what is kept.

use policy::tenant::TenantId;
use reqwest::Method;
use serde_json::{Value, json};

use crate::documents::{self, CONTOSO, FABRIKAM};
use crate::export::{NOBODY, bring_in, empty_house, imported, path};
use crate::house::{House, OPERATOR};

const WRITES: &[&str] = &["Policy.ReadWrite.CrossTenantAccess"];

fn contoso() -> TenantId {
    CONTOSO.parse().unwrap()
}

async fn put(house: &House, who: (TenantId, &[&str]), body: &Value) -> (u16, Value) {
    let path = path(CONTOSO);
    let (status, answer) = house.call(who, Method::PUT, &path, Some(body)).await;
    (status.as_u16(), answer)
}

async fn rows(house: &House) -> Vec<Value> {
    let who = (contoso(), &["AuditLog.Read.All"][..]);
    let path = "/v1.0/auditLogs/directoryAudits?$top=100";
    let (status, answer) = house.call(who, Method::GET, path, None).await;
    assert_eq!(status, 200, "{answer}");
    answer["value"].as_array().unwrap().clone()
}

#[tokio::test]
async fn what_is_got_is_what_was_put() {
    let house = empty_house().await;
    let documents = documents::contoso();
    let report = bring_in(&house, CONTOSO, &documents).await;
    // Every partner nobody knew is registered: all but Fabrikam.
    assert_eq!(report["registered"].as_array().unwrap().len(), 299);
    assert_eq!(report["partners"], 300);
    let (status, answer) = house
        .call((contoso(), WRITES), Method::GET, &path(CONTOSO), None)
        .await;
    assert_eq!(status, 200);
    let got = answer["documents"].as_object().unwrap();
    assert_eq!(imported(got), imported(&documents));
    // And what was got may be put again, which changes nothing.
    let (status, again) = put(&house, (contoso(), WRITES), &json!({"documents": got})).await;
    assert_eq!((status, &again["changes"]), (200, &json!([])), "{again}");
    assert_eq!(again["revision"], answer["revision"]);
}

#[tokio::test]
async fn a_second_import_is_one_change_that_says_what_it_did() {
    // S14.1, S16.2
    let house = empty_house().await;
    let mut documents = documents::contoso();
    bring_in(&house, CONTOSO, &documents).await;
    let entries = documents["partners.json"]["value"].as_array_mut().unwrap();
    let removed = entries.remove(0)["tenantId"].clone();
    let changed = entries[3]["tenantId"].clone();
    entries[3]["inboundTrust"] = json!({"isMfaAccepted": true, "isCompliantDeviceAccepted": true, "isHybridAzureADJoinedDeviceAccepted": true});
    let added = documents::partner(5000);
    entries.push(json!({"tenantId": added, "b2bCollaborationInbound": null}));
    let mut body = json!({"documents": documents, "dryRun": true, "reason": "the yearly review"});
    let before = rows(&house).await.len();
    let (status, foretold) = put(&house, (contoso(), WRITES), &body).await;
    assert_eq!((status, rows(&house).await.len()), (200, before));
    body["dryRun"] = false.into();
    let (status, report) = put(&house, (contoso(), WRITES), &body).await;
    assert_eq!(status, 200, "{report}");
    assert_eq!(report["changes"], foretold["changes"]);
    assert_eq!(report["registered"], json!([added]));
    let about = |partner: &Value| {
        let changes = report["changes"].as_array().unwrap().iter();
        let about = changes.filter(|change| change["partner"] == *partner);
        let activities = about.map(|change| change["activity"].as_str().unwrap());
        activities.map(str::to_owned).collect::<Vec<_>>()
    };
    assert!(
        about(&removed).contains(&"Delete partner specific cross-tenant access setting".to_owned())
    );
    assert_eq!(
        about(&changed),
        ["Update a partner cross-tenant access setting"]
    );
    assert_eq!(
        about(&added.into()),
        ["Add a partner to cross-tenant access setting"]
    );
    let rows = rows(&house).await;
    let changes = report["changes"].as_array().unwrap().len();
    assert_eq!(rows.len(), before + changes);
    // All entries are of one request.
    let correlation = &rows[0]["correlationId"];
    let of_it = rows
        .iter()
        .filter(|row| row["correlationId"] == *correlation);
    assert_eq!(of_it.count(), changes);
}

#[tokio::test]
async fn only_its_administrators_and_the_operator_reach_a_tenant() {
    let house = empty_house().await;
    let documents = documents::contoso();
    let body = json!({"documents": documents});
    // A tenant cannot bring itself in, nor another one.
    for tenant in [contoso(), FABRIKAM.parse().unwrap()] {
        let (status, _) = put(&house, (tenant, WRITES), &body).await;
        assert_eq!(status, 404);
    }
    bring_in(&house, CONTOSO, &documents).await;
    let reads: &[&str] = &["Policy.Read.All"];
    let (status, _) = put(&house, (contoso(), reads), &body).await;
    assert_eq!(status, 403);
    let other = (FABRIKAM.parse().unwrap(), WRITES);
    let (status, _) = put(&house, other, &body).await;
    assert_eq!(status, 404);
    let (status, _) = house.call(other, Method::GET, &path(CONTOSO), None).await;
    assert_eq!(status, 404);
    // Whoever is hosted is left alone by the operator.
    let (status, answer) = put(&house, (NOBODY, OPERATOR), &body).await;
    assert_eq!(status, 403, "{answer}");
    let (status, _) = house
        .call((NOBODY, OPERATOR), Method::GET, &path(CONTOSO), None)
        .await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn what_the_law_refuses_is_refused_with_its_partner_and_nothing_is_kept() {
    // S14.10: a licence is needed.
    let house = empty_house().await;
    let mut documents = documents::contoso();
    let small = documents["partners.json"]["value"].as_array().unwrap()[..2].to_vec();
    documents["partners.json"]["value"] = json!([]);
    documents["organization.json"]["value"][0]["assignedPlans"] = json!([]);
    bring_in(&house, CONTOSO, &documents).await;
    let mut entry = small[0].clone();
    entry["tenantRestrictions"] = json!(null);
    for name in [
        "b2bCollaborationInbound",
        "b2bCollaborationOutbound",
        "b2bDirectConnectInbound",
        "b2bDirectConnectOutbound",
    ] {
        entry[name] = json!(null);
    }
    entry["b2bDirectConnectInbound"] = json!({
        "usersAndGroups": {"accessType": "allowed", "targets": [{"target": "AllUsers", "targetType": "user"}]},
        "applications": {"accessType": "allowed", "targets": [{"target": "Office365", "targetType": "application"}]},
    });
    documents["partners.json"]["value"] = json!([entry]);
    let (status, answer) = put(
        &house,
        (contoso(), WRITES),
        &json!({"documents": documents}),
    )
    .await;
    assert_eq!(status, 403, "{answer}");
    let error = &answer["error"];
    assert_eq!(error["details"][0]["code"], "license_required");
    let partner = entry["tenantId"].as_str().unwrap();
    assert!(
        error["message"].as_str().unwrap().contains(partner),
        "{error}"
    );
    let (_, got) = house
        .call((contoso(), WRITES), Method::GET, &path(CONTOSO), None)
        .await;
    assert_eq!(got["documents"]["partners.json"]["value"], json!([]));
}

#[tokio::test]
async fn documents_that_cannot_be_read_are_named() {
    let house = empty_house().await;
    let documents = documents::contoso();
    let who = (NOBODY, OPERATOR);
    let mut broken = documents.clone();
    broken["partners.json"]["value"][7]["inboundTrust"] = json!("yes");
    let mut incomplete = documents.clone();
    incomplete.remove("default.json");
    let mut another = documents.clone();
    another["organization.json"]["value"][0]["id"] = FABRIKAM.into();
    for (body, target) in [
        (
            json!({"documents": broken}),
            "documents[\"partners.json\"].value[7].inboundTrust",
        ),
        (json!({"documents": incomplete}), "documents"),
        (json!({"documents": another}), "documents"),
        (json!({"documents": {}}), "documents"),
        (json!({"documents": documents, "reason": 5}), "reason"),
        (
            json!({"documents": documents, "reason": "x".repeat(1001)}),
            "reason",
        ),
        (json!({"documents": documents, "dryRun": "no"}), "dryRun"),
        (json!({"documents": documents, "dry": true}), "dry"),
    ] {
        let (status, answer) = put(&house, who, &body).await;
        assert_eq!(
            (status, &answer["error"]["target"]),
            (400, &json!(target)),
            "{answer}"
        );
    }
    let (status, _) = house.call(who, Method::GET, &path(CONTOSO), None).await;
    assert_eq!(status, 404, "nothing was kept");
}
