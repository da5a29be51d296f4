//! `…/partners`.

use serde_json::json;

use crate::client::*;

#[tokio::test]
async fn a_new_partner_inherits_everything() {
    // S2.7
    let server = Server::new().await;
    let body = json!({"tenantId": NORTHWIND});
    let answer = server.post(Administrator, &policy("/partners"), body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    assert_eq!(answer.body["tenantId"], NORTHWIND);
    assert_eq!(answer.body["b2bCollaborationInbound"], json!(null));
    assert_eq!(
        answer.body["automaticUserConsentSettings"],
        json!({"inboundAllowed": null, "outboundAllowed": null})
    );
    assert_eq!(
        answer.header("location"),
        format!("{HERE}{}", partner(NORTHWIND))
    );
}

#[tokio::test]
async fn a_partner_is_added_by_its_domain() {
    // S14.8
    let server = Server::new().await;
    let body = json!({"domain": "Northwind.example"});
    let answer = server.post(Administrator, &policy("/partners"), body).await;
    assert_eq!(
        (answer.status, &answer.body["tenantId"]),
        (201, &json!(NORTHWIND))
    );
}

#[tokio::test]
async fn adding_is_refused_with_the_reason() {
    // S14.8
    let server = Server::new().await;
    for (body, status, reason) in [
        (json!({"tenantId": FABRIKAM}), 409, "partner_exists"),
        (json!({"tenantId": CONTOSO}), 400, "partner_is_self"),
        (json!({"tenantId": "contoso"}), 400, "invalid_tenant_id"),
        (json!({"tenantId": WOODGROVE}), 400, "cloud_not_enabled"),
        (
            json!({"tenantId": "99000000-0000-4000-8000-000000000009"}),
            400,
            "tenant_not_found",
        ),
        (
            json!({"domain": "nowhere.example"}),
            400,
            "tenant_not_found",
        ),
        (json!({}), 400, "invalid_tenant_id"),
    ] {
        let answer = server
            .post(Administrator, &policy("/partners"), body.clone())
            .await;
        assert_eq!((answer.status, answer.reason()), (status, reason), "{body}");
    }
}

#[tokio::test]
async fn where_the_operator_wishes_an_unknown_tenant_is_registered_by_adding_it() {
    let mut options = server::Options::at(HERE);
    options.unknown_tenants = server::UnknownTenants::Register;
    let server = Server::with(options).await;
    let id = "99000000-0000-4000-8000-000000000009";
    let answer = server
        .post(Administrator, &policy("/partners"), json!({"tenantId": id}))
        .await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let known = server.store.tenant(id.parse().unwrap()).await.unwrap();
    assert!(!known.unwrap().hosted);
}

#[tokio::test]
async fn pages_follow_one_another_until_the_last_which_has_no_link() {
    let server = Server::new().await;
    let mut ids = vec![FABRIKAM.to_owned()];
    for n in 1..=6 {
        let id = format!("77000000-0000-4000-8000-00000000000{n}");
        let mut world = policy_world();
        world.tenants.insert(id.parse().unwrap(), registered(&id));
        server::seed(&*server.store, &world, now()).await.unwrap();
        let body = json!({"tenantId": id});
        let answer = server.post(Administrator, &policy("/partners"), body).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        ids.push(id);
    }
    let mut seen = Vec::new();
    let mut path = policy("/partners?$top=3&$select=tenantId&$count=true");
    let mut pages = 0;
    loop {
        let answer = server.get(Reader, &path).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        pages += 1;
        assert_eq!(answer.body.get("@odata.count").is_some(), pages == 1);
        let entries = answer.body["value"].as_array().unwrap();
        assert!(!entries.is_empty());
        seen.extend(
            entries
                .iter()
                .map(|entry| entry["tenantId"].as_str().unwrap().to_owned()),
        );
        match answer.body.get("@odata.nextLink") {
            None => break,
            Some(link) => {
                let link = link.as_str().unwrap();
                assert!(
                    link.contains("$select=tenantId") && link.contains("$top=3"),
                    "{link}"
                );
                assert_eq!(link.matches('?').count(), 1);
                path = link.strip_prefix(HERE).unwrap().to_owned();
            }
        }
    }
    assert_eq!((seen, pages), (ids, 3));
    let answer = server.get(Reader, &policy("/partners/$count")).await;
    assert_eq!((answer.status, &answer.body), (200, &json!(7)));
}

fn policy_world() -> ::policy::world::World {
    ::policy::world::World::default()
}

#[tokio::test]
async fn a_page_is_not_lost_when_the_entry_before_it_is_removed() {
    let server = Server::new().await;
    let body = json!({"tenantId": NORTHWIND});
    server.post(Administrator, &policy("/partners"), body).await;
    let first = server.get(Reader, &policy("/partners?$top=1")).await;
    let link = first.body["@odata.nextLink"].as_str().unwrap();
    let next = link.strip_prefix(HERE).unwrap().to_owned();
    let answer = server
        .call(Administrator, "DELETE", &partner(FABRIKAM), None)
        .await;
    assert_eq!(answer.status, 204);
    let second = server.get(Reader, &next).await;
    assert_eq!(second.body["value"][0]["tenantId"], NORTHWIND);
}

#[tokio::test]
async fn filters_that_are_honoured_filter_and_the_others_are_refused() {
    let server = Server::new().await;
    let list = |filter: &str| policy(&format!("/partners?$filter={filter}"));
    let upper = FABRIKAM.to_uppercase();
    for (filter, many) in [
        (format!("tenantId%20eq%20%27{upper}%27"), 1),
        (format!("TenantID+eq+'{NORTHWIND}'"), 0),
        ("isServiceProvider eq false".replace(' ', "%20"), 1),
        ("isInMultiTenantOrganization%20eq%20true".to_owned(), 0),
        (String::new(), 1),
    ] {
        let answer = server.get(Reader, &list(&filter)).await;
        assert_eq!(answer.status, 200, "{filter}");
        assert_eq!(
            answer.body["value"].as_array().unwrap().len(),
            many,
            "{filter}"
        );
    }
    for (query, code) in [
        ("$filter=displayName%20eq%20'x'", "Request_UnsupportedQuery"),
        ("$filter=tenantId%20ne%20'x'", "Request_UnsupportedQuery"),
        ("$filter=(((", "BadRequest"),
        ("$orderby=tenantId", "Request_UnsupportedQuery"),
        ("$search=x", "Request_UnsupportedQuery"),
        ("$expand=default", "Request_UnsupportedQuery"),
        ("$top=many", "BadRequest"),
        ("$skiptoken=x", "BadRequest"),
        ("$apply=x", "BadRequest"),
    ] {
        let answer = server
            .get(Reader, &policy(&format!("/partners?{query}")))
            .await;
        assert_eq!((answer.status, answer.code()), (400, code), "{query}");
    }
}

#[tokio::test]
async fn synchronization_is_in_the_list_only_when_it_is_expanded() {
    let server = Server::new().await;
    let path = partner(&format!("{FABRIKAM}/identitySynchronization"));
    let body = json!({"userSyncInbound": {"isSyncAllowed": true}});
    assert_eq!(
        server
            .call(Administrator, "PUT", &path, Some(body))
            .await
            .status,
        204
    );
    let plain = server.get(Reader, &policy("/partners")).await;
    assert!(
        plain.body["value"][0]
            .get("identitySynchronization")
            .is_none()
    );
    let expanded = server
        .get(
            Reader,
            &policy("/partners?$expand=identitySynchronization&$select=tenantId"),
        )
        .await;
    assert_eq!(
        expanded.body["value"][0]["identitySynchronization"]["userSyncInbound"],
        json!({"isSyncAllowed": true})
    );
}
