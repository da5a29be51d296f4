//! `/tenantRelationships/findTenantInformationBy…`.

use serde_json::json;

use crate::client::*;

const FINDER: Persona = Program(&["CrossTenantInformation.ReadBasic.All"]);

fn by_id(id: &str) -> String {
    format!("/v1.0/tenantRelationships/findTenantInformationByTenantId(tenantId='{id}')")
}

fn by_domain(domain: &str) -> String {
    format!("/beta/tenantRelationships/findTenantInformationByDomainName(domainName='{domain}')")
}

#[tokio::test]
async fn a_tenant_is_found_by_its_id_in_every_cloud_and_by_its_domain_in_the_own_one() {
    // S14.8
    let server = Server::new().await;
    let answer = server.get(FINDER, &by_id(FABRIKAM)).await;
    assert_eq!(
        answer.body,
        json!({
            "@odata.context": format!("{HERE}/v1.0/$metadata#microsoft.graph.tenantInformation"),
            "tenantId": FABRIKAM,
            "federationBrandName": null,
            "displayName": "Fabrikam",
            "defaultDomainName": "fabrikam.com",
        })
    );
    let answer = server.get(FINDER, &by_domain("FABRIKAM.com")).await;
    assert_eq!(answer.body["tenantId"], FABRIKAM);
    // Woodgrove lives in another cloud, and has a domain there.
    assert_eq!(server.get(FINDER, &by_id(WOODGROVE)).await.status, 200);
    let answer = server.get(FINDER, &by_domain("woodgrove.example")).await;
    assert_eq!(
        (answer.status, answer.code()),
        (404, "Request_ResourceNotFound")
    );
}

#[tokio::test]
async fn parentheses_and_quotes_may_be_encoded() {
    let server = Server::new().await;
    let path = format!(
        "/v1.0/tenantRelationships/findTenantInformationByTenantId%28tenantId=%27{FABRIKAM}%27%29"
    );
    assert_eq!(server.get(FINDER, &path).await.status, 200);
}

#[tokio::test]
async fn what_cannot_be_looked_up_is_refused() {
    let server = Server::new().await;
    let unknown = "99999999-0000-4000-8000-000000000001";
    assert_eq!(server.get(FINDER, &by_id(unknown)).await.status, 404);
    for path in [
        by_id("somewhere"),
        by_domain("no%20domain"),
        "/v1.0/tenantRelationships/findTenantInformationByTenantId".to_owned(),
        format!("/v1.0/tenantRelationships/findTenantInformationByTenantId(id='{FABRIKAM}')"),
        "/v1.0/tenantRelationships/somethingElse".to_owned(),
    ] {
        let answer = server.get(FINDER, &path).await;
        assert_eq!(
            (answer.status, answer.code()),
            (400, "BadRequest"),
            "{path}"
        );
    }
    assert_eq!(server.get(Nobody, &by_id(FABRIKAM)).await.status, 401);
    assert_eq!(server.get(Reader, &by_id(FABRIKAM)).await.status, 403);
}
