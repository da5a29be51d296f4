//! SCIM 2.0, as provisioning clients speak it.

use axum::body::Body;
use serde_json::{Value, json};

use crate::client::*;

const CLIENT: Persona = Program(&["Scim.ReadWrite.All"]);

fn at(rest: &str) -> String {
    format!("/scim/v2/{CONTOSO}{rest}")
}

async fn send(server: &Server, method: &str, path: &str, body: Option<Value>) -> Answer {
    let request = server
        .request(CLIENT, method, path)
        .header("content-type", "application/scim+json; charset=utf-8");
    let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
    server.send(request.body(body).unwrap()).await
}

/// The body with which Entra makes a user.
fn bob() -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
        "externalId": "bob-1",
        "userName": "Bob@contoso.com",
        "active": true,
        "emails": [{"primary": true, "type": "work", "value": "bob.b@contoso.com"}],
        "meta": {"resourceType": "User"},
        "name": {"formatted": "Bob B", "familyName": "B", "givenName": "Bob"},
        "roles": [],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Sales", "manager": {"value": "7"}},
    })
}

async fn make(server: &Server, body: Value) -> String {
    let answer = send(server, "POST", &at("/Users"), Some(body)).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.body["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn entra_keeps_a_user_current() {
    let server = Server::new().await;
    let path = at("/Users?filter=userName%20eq%20%22bob%40contoso.com%22");
    let answer = send(&server, "GET", &path, None).await;
    assert_eq!(
        (answer.status, &answer.body["totalResults"]),
        (200, &json!(0))
    );
    assert_eq!(answer.header("content-type"), "application/scim+json");
    let id = make(&server, bob()).await;
    let answer = send(&server, "GET", &path, None).await;
    let found = &answer.body["Resources"][0];
    assert_eq!(found["id"], id.as_str());
    assert_eq!(found["externalId"], "bob-1");
    assert_eq!(found["name"]["givenName"], "Bob");
    let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    assert_eq!(
        found[enterprise],
        json!({"department": "Sales", "manager": {"value": "7"}})
    );
    let answer = send(&server, "POST", &at("/Users"), Some(bob())).await;
    assert_eq!(
        (answer.status, &answer.body["scimType"]),
        (409, &json!("uniqueness"))
    );
    assert_eq!(answer.body["status"], "409");
    let user = at(&format!("/{}/{id}", "Users"));
    let change = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [
        {"op": "Replace", "path": "emails[type eq \"work\"].value", "value": "robert@contoso.com"},
        {"op": "Replace", "path": "name.familyName", "value": "Builder"},
        {"op": "Add", "path": "phoneNumbers[type eq \"mobile\"].value", "value": "+1 555"},
        {"op": "Replace", "path": "active", "value": "False"},
    ]});
    let answer = send(&server, "PATCH", &user, Some(change)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.body["active"], false);
    assert_eq!(answer.body["emails"][0]["value"], "robert@contoso.com");
    assert_eq!(
        answer.body["phoneNumbers"],
        json!([{"value": "+1 555", "type": "mobile"}])
    );
    // Graph shows the same user.
    let answer = server
        .get(
            Program(&["User.Read.All"]),
            "/v1.0/users/bob@contoso.com?$select=surname,department,accountEnabled,mail",
        )
        .await;
    assert_eq!(answer.body["surname"], "Builder");
    assert_eq!(answer.body["accountEnabled"], false);
    assert_eq!(send(&server, "DELETE", &user, None).await.status, 204);
    let answer = send(&server, "GET", &user, None).await;
    assert_eq!(
        (answer.status, &answer.body["status"]),
        (404, &json!("404"))
    );
    let audits = server
        .get(Administrator, "/v1.0/auditLogs/directoryAudits")
        .await;
    assert_eq!(
        audits.body["value"][0]["activityDisplayName"],
        "Delete user"
    );
}

#[tokio::test]
async fn okta_keeps_groups_current() {
    let server = Server::new().await;
    let id = make(&server, bob()).await;
    let group = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Sales",
        "members": [{"value": id, "display": "Bob"}]});
    let answer = send(&server, "POST", &at("/Groups"), Some(group)).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let place = at(&format!("/Groups/{}", answer.body["id"].as_str().unwrap()));
    assert_eq!(answer.body["members"][0]["value"], id.as_str());
    let operations = |operations: Value| Some(json!({"Operations": operations}));
    let gone = json!([{"op": "remove", "path": format!("members[value eq \"{id}\"]")}]);
    let answer = send(&server, "PATCH", &place, operations(gone)).await;
    assert_eq!((answer.status, &answer.body["members"]), (200, &json!([])));
    let back = json!([{"op": "replace", "value": {"displayName": "Sellers"}},
        {"op": "add", "path": "members", "value": [{"value": id}]}]);
    let answer = send(&server, "PATCH", &place, operations(back)).await;
    assert_eq!(answer.body["displayName"], "Sellers");
    assert_eq!(answer.body["members"][0]["value"], id.as_str());
    // Entra removes by listing, and reads without the members.
    let gone = json!([{"op": "Remove", "path": "members", "value": [{"value": id}]}]);
    let answer = send(&server, "PATCH", &place, operations(gone)).await;
    assert_eq!(answer.body["members"], json!([]));
    let answer = send(
        &server,
        "GET",
        &format!("{place}?excludedAttributes=members"),
        None,
    )
    .await;
    assert_eq!(answer.body["members"], Value::Null);
    let answer = send(
        &server,
        "GET",
        &at("/Groups?filter=displayName%20eq%20%22sellers%22"),
        None,
    )
    .await;
    assert_eq!(answer.body["totalResults"], 1);
    let stranger = json!([{"op": "add", "path": "members", "value": [{"value": FRED}]}]);
    assert_eq!(
        send(&server, "PATCH", &place, operations(stranger))
            .await
            .status,
        400
    );
    let all = json!({"displayName": "Sellers", "members": [{"value": id}]});
    let answer = send(&server, "PUT", &place, Some(all)).await;
    assert_eq!(answer.body["members"].as_array().unwrap().len(), 1);
    assert_eq!(send(&server, "DELETE", &place, None).await.status, 204);
}

#[tokio::test]
async fn pages_and_etags_are_those_of_the_rfc() {
    // RFC 7644, 3.4.2.4 and 3.14
    let server = Server::new().await;
    let id = make(&server, bob()).await;
    let answer = send(&server, "GET", &at("/Users?startIndex=2&count=1"), None).await;
    assert_eq!(answer.body["totalResults"], 2);
    assert_eq!(answer.body["startIndex"], 2);
    assert_eq!(answer.body["itemsPerPage"], 1);
    let user = at(&format!("/{}/{id}", "Users"));
    let read = send(&server, "GET", &user, None).await;
    let tag = read.header("etag").to_owned();
    assert_eq!(read.body["meta"]["version"], tag.as_str());
    let write = async |tag: &str| {
        let request = server
            .request(CLIENT, "PUT", &user)
            .header("content-type", "application/scim+json")
            .header("if-match", tag);
        let mut body = bob();
        body["title"] = "Boss".into();
        server
            .send(request.body(Body::from(body.to_string())).unwrap())
            .await
            .status
    };
    assert_eq!(write("W/\"other\"").await, 412);
    assert_eq!(write(&tag).await, 200);
    assert_eq!(write(&tag).await, 412);
}

#[tokio::test]
async fn a_client_learns_what_is_supported() {
    let server = Server::new().await;
    let answer = send(&server, "GET", &at("/ServiceProviderConfig"), None).await;
    assert_eq!(answer.body["bulk"]["supported"], false);
    assert_eq!(answer.body["patch"]["supported"], true);
    let answer = send(&server, "GET", &at("/ResourceTypes"), None).await;
    assert_eq!(answer.body["totalResults"], 2);
    let answer = send(
        &server,
        "GET",
        &at("/Schemas/urn:ietf:params:scim:schemas:core:2.0:Group"),
        None,
    )
    .await;
    assert_eq!(answer.body["name"], "Group");
    assert_eq!(
        send(&server, "POST", &at("/Bulk"), Some(json!({})))
            .await
            .status,
        501
    );
}

#[tokio::test]
async fn what_is_wrong_is_said_in_scims_words() {
    let server = Server::new().await;
    for (path, kind) in [
        ("/Users?filter=userName%20eq", "invalidFilter"),
        ("/Users?sortBy=userName", "invalidValue"),
        ("/Users?count=x", "invalidValue"),
    ] {
        let answer = send(&server, "GET", &at(path), None).await;
        assert_eq!(
            (answer.status, &answer.body["scimType"]),
            (400, &json!(kind)),
            "{path}"
        );
        assert_eq!(
            answer.body["schemas"][0],
            "urn:ietf:params:scim:api:messages:2.0:Error"
        );
    }
    for body in [
        json!({}),
        json!({"userName": "bob@fabrikam.com"}),
        json!({"userName": 5}),
        json!({"userName": "x@contoso.com", "emails": "x"}),
    ] {
        assert_eq!(
            send(&server, "POST", &at("/Users"), Some(body))
                .await
                .status,
            400
        );
    }
    // Another tenant is not there, and other permissions are not enough.
    let other = format!("/scim/v2/{FABRIKAM}/Users");
    assert_eq!(send(&server, "GET", &other, None).await.status, 404);
    let reader = Program(&["Directory.Read.All"]);
    assert_eq!(server.get(reader, &at("/Users")).await.status, 403);
    assert_eq!(server.get(Administrator, &at("/Users")).await.status, 403);
    assert_eq!(server.get(Nobody, &at("/Users")).await.status, 401);
}
