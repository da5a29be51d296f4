//! [beta] `/policies/deletedItems`.

use serde_json::{Value, json};

use crate::client::*;

const PARTNERS: &str = "/beta/policies/deletedItems/crossTenantPartners";
const SETTINGS: &str = "/beta/policies/deletedItems/crossTenantSyncPolicyPartners";

fn at(collection: &str, rest: &str) -> String {
    format!("{collection}/{FABRIKAM}{rest}")
}

/// Fabrikam's entry says something, and is deleted.
async fn deleted(server: &Server) {
    let consent = json!({"automaticUserConsentSettings": {"inboundAllowed": true}});
    let answer = server
        .patch(Administrator, &partner(FABRIKAM), consent)
        .await;
    assert_eq!(answer.status, 204, "{answer:?}");
    let answer = server
        .call(Administrator, "DELETE", &partner(FABRIKAM), None)
        .await;
    assert_eq!(answer.status, 204, "{answer:?}");
}

#[tokio::test]
async fn a_deleted_partner_is_listed_and_taken_back_as_it_was() {
    let server = Server::new().await;
    assert_eq!(server.get(Reader, PARTNERS).await.body["value"], json!([]));
    deleted(&server).await;
    let list = server.get(Reader, &format!("{PARTNERS}?$count=true")).await;
    assert_eq!(list.body["@odata.count"], 1, "{list:?}");
    assert_eq!(list.body["value"][0]["tenantId"], FABRIKAM);
    let one = server.get(Reader, &at(PARTNERS, "")).await;
    assert_eq!(one.body["deletedDateTime"], NOW);
    assert_eq!(
        one.body["automaticUserConsentSettings"]["inboundAllowed"],
        true
    );
    let restore = at(PARTNERS, "/restore");
    let answer = server.call(Administrator, "POST", &restore, None).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.body["deletedDateTime"], NOW);
    let context = answer.body["@odata.context"].as_str().unwrap();
    assert!(context.ends_with("#microsoft.graph.crossTenantAccessPolicyConfigurationPartner"));
    let live = server.get(Reader, &partner(FABRIKAM)).await;
    assert_eq!(
        live.body["automaticUserConsentSettings"]["inboundAllowed"],
        true
    );
    assert_eq!(server.get(Reader, &at(PARTNERS, "")).await.status, 404);
    // Who watches for new partners learns of it.
    let path = "/v1.0/auditLogs/directoryAudits?$top=1";
    let row = server.get(Administrator, path).await.body["value"][0].clone();
    assert_eq!(
        row["activityDisplayName"],
        "Add a partner to cross-tenant access setting"
    );
    let first = &row["targetResources"][0]["modifiedProperties"][0];
    assert_eq!(first["displayName"], "tenantId");
}

#[tokio::test]
async fn what_cannot_be_taken_back_is_refused() {
    let server = Server::new().await;
    let restore = at(PARTNERS, "/restore");
    let nothing = server.call(Administrator, "POST", &restore, None).await;
    assert_eq!(
        (nothing.status, nothing.reason()),
        (404, "partner_not_found")
    );
    deleted(&server).await;
    let added = json!({"tenantId": FABRIKAM});
    let answer = server
        .post(Administrator, &policy("/partners"), added)
        .await;
    assert_eq!(answer.status, 201);
    let live = server.call(Administrator, "POST", &restore, None).await;
    assert_eq!((live.status, live.reason()), (409, "partner_exists"));
    assert_eq!(
        server.call(Reader, "POST", &restore, None).await.status,
        403
    );
    assert_eq!(
        server.call(Nobody, "POST", &restore, None).await.status,
        401
    );
    // Nobody sees what another tenant deleted.
    assert_eq!(
        server.get(Stranger, PARTNERS).await.body["value"],
        json!([])
    );
    // v1.0 does not know it.
    let v1 = PARTNERS.replace("/beta/", "/v1.0/");
    assert_eq!(server.get(Reader, &v1).await.status, 400);
}

#[tokio::test]
async fn what_needs_the_licence_is_not_taken_back_without_it() {
    // S14.10
    let server = Server::new().await;
    deleted(&server).await;
    let registry = format!("/comity/v1/tenants/{CONTOSO}");
    let free = json!({"p1": false});
    let answer = server.patch(Persona::Operator, &registry, free).await;
    assert_eq!(answer.status, 200);
    let path = format!("/beta/policies/crossTenantAccessPolicy/partners/{FABRIKAM}/restore");
    let answer = server.call(Administrator, "POST", &path, None).await;
    assert_eq!((answer.status, answer.reason()), (403, "license_required"));
}

#[tokio::test]
async fn a_deleted_partner_is_given_up_for_good() {
    let server = Server::new().await;
    deleted(&server).await;
    let path = at(PARTNERS, "");
    assert_eq!(server.call(Reader, "DELETE", &path, None).await.status, 403);
    let gone = server.call(Administrator, "DELETE", &path, None).await;
    assert_eq!(gone.status, 204, "{gone:?}");
    assert_eq!(server.get(Reader, &path).await.status, 404);
    let again = server.call(Administrator, "DELETE", &path, None).await;
    assert_eq!(again.status, 404);
    let rows = server
        .get(Administrator, "/v1.0/auditLogs/directoryAudits")
        .await;
    let told: Vec<&Value> = rows.body["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["activityDisplayName"])
        .collect();
    assert!(
        told.contains(&&json!(
            "Hard delete partner specific cross-tenant access setting"
        )),
        "{told:?}"
    );
}

#[tokio::test]
async fn deleted_synchronization_comes_back_to_a_partner_that_is_there() {
    // S14.12
    let server = Server::new().await;
    let live = partner(&format!("{FABRIKAM}/identitySynchronization"));
    let on = json!({"userSyncInbound": {"isSyncAllowed": true}});
    let answer = server.call(Administrator, "PUT", &live, Some(on)).await;
    assert_eq!(answer.status, 204);
    let answer = server.call(Administrator, "DELETE", &live, None).await;
    assert_eq!(answer.status, 204);
    let one = server.get(Reader, &at(SETTINGS, "")).await;
    assert_eq!(one.body["userSyncInbound"], json!({"isSyncAllowed": true}));
    let restore = at(SETTINGS, "/restore");
    let answer = server.call(Administrator, "POST", &restore, None).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let back = server.get(Reader, &live).await;
    assert_eq!(back.body["userSyncInbound"], json!({"isSyncAllowed": true}));
    let again = server.call(Administrator, "POST", &restore, None).await;
    assert_eq!(again.status, 404);
    let answer = server.call(Administrator, "DELETE", &live, None).await;
    assert_eq!(answer.status, 204);
    let answer = server
        .call(Administrator, "DELETE", &partner(FABRIKAM), None)
        .await;
    assert_eq!(answer.status, 204);
    let alone = server.call(Administrator, "POST", &restore, None).await;
    assert_eq!((alone.status, alone.reason()), (404, "partner_not_found"));
    let path = at(SETTINGS, "");
    let gone = server.call(Administrator, "DELETE", &path, None).await;
    assert_eq!(gone.status, 204);
}

#[tokio::test]
async fn after_thirty_days_nothing_comes_back() {
    let server = Server::new().await;
    deleted(&server).await;
    let days = jiff::SignedDuration::from_hours(24 * 30);
    for (extra, status) in [(0, 200), (1, 404)] {
        let later = move || {
            let moment = now().checked_add(days).unwrap();
            moment
                .checked_add(jiff::SignedDuration::from_secs(extra))
                .unwrap()
        };
        let server = server.later(later);
        let answer = server.get(Reader, &at(PARTNERS, "")).await;
        assert_eq!(answer.status, status, "{extra}");
    }
}
