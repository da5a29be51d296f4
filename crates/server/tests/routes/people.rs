//! Users, groups, applications, invitations, and what a tenant says about itself.

use serde_json::{Value, json};

use crate::client::*;

const ALL: Persona = Program(&["Directory.ReadWrite.All", "Application.ReadWrite.All"]);
const INVITER: Persona = Program(&["User.Invite.All"]);

fn person(name: &str) -> Value {
    json!({
        "accountEnabled": true,
        "displayName": name,
        "mailNickname": name,
        "userPrincipalName": format!("{name}@contoso.com"),
        "passwordProfile": {"password": "correct horse battery", "forceChangePasswordNextSignIn": false},
    })
}

async fn create(server: &Server, name: &str) -> String {
    let answer = server.post(ALL, "/v1.0/users", person(name)).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.body["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_user_is_made_read_changed_and_let_go() {
    let server = Server::new().await;
    let id = create(&server, "Alice").await;
    for key in [id.clone(), "alice@contoso.com".to_owned()] {
        let answer = server.get(ALL, &format!("/v1.0/users/{key}")).await;
        assert_eq!(answer.body["displayName"], "Alice", "{key}");
        assert_eq!(answer.body["userType"], Value::Null, "{key}");
    }
    let path = format!("/v1.0/users/{id}?$select=userType,identities,passwordProfile");
    assert_eq!(server.get(ALL, &path).await.status, 400);
    let path = format!("/v1.0/users/{id}?$select=userType,accountEnabled,createdDateTime");
    let answer = server.get(ALL, &path).await;
    assert_eq!(answer.body["userType"], "Member");
    assert_eq!(answer.body["createdDateTime"], "2026-01-31T12:00:00Z");
    let change = json!({"jobTitle": "Director", "accountEnabled": false, "id": id});
    let path = format!("/v1.0/users/{id}");
    assert_eq!(server.patch(ALL, &path, change).await.status, 204);
    let answer = server.get(ALL, &path).await;
    assert_eq!(answer.body["jobTitle"], "Director");
    assert!(!answer.body.to_string().contains("horse"));
    assert_eq!(server.call(ALL, "DELETE", &path, None).await.status, 204);
    let answer = server.get(ALL, &path).await;
    assert_eq!(
        (answer.status, answer.code()),
        (404, "Request_ResourceNotFound")
    );
    let audits = server
        .get(Administrator, "/v1.0/auditLogs/directoryAudits")
        .await;
    let names: Vec<&str> = audits.body["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["activityDisplayName"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["Delete user", "Update user", "Add user"]);
    assert!(!audits.body.to_string().contains("horse"));
}

#[tokio::test]
async fn a_user_needs_a_name_of_ours_that_is_its_own() {
    let server = Server::new().await;
    create(&server, "Alice").await;
    let answer = server.post(ALL, "/v1.0/users", person("ALICE")).await;
    assert_eq!((answer.status, answer.reason()), (400, "ObjectConflict"));
    assert_eq!(answer.body["error"]["target"], "userPrincipalName");
    for (member, value) in [
        ("userPrincipalName", json!("bob@fabrikam.com")),
        ("userPrincipalName", json!("bob")),
        ("passwordProfile", json!({"password": "short"})),
        ("favouriteColour", json!("blue")),
        ("creationType", json!("Invitation")),
        ("displayName", Value::Null),
    ] {
        let mut body = person("Bob");
        body[member] = value;
        let answer = server.post(ALL, "/v1.0/users", body).await;
        assert_eq!(answer.status, 400, "{member}: {answer:?}");
    }
}

#[tokio::test]
async fn users_are_listed_filtered_ordered_and_counted() {
    let server = Server::new().await;
    for name in ["Carol", "Alice", "Bob"] {
        create(&server, name).await;
    }
    let names = |answer: &Answer| -> Vec<String> {
        let list = answer.body["value"].as_array().unwrap().iter();
        list.map(|user| user["userPrincipalName"].as_str().unwrap().to_owned())
            .collect()
    };
    let guest = "fred_fabrikam.com#EXT#@contoso.com";
    let answer = server
        .get(ALL, "/v1.0/users?$filter=userType%20eq%20'Guest'")
        .await;
    assert_eq!(names(&answer), [guest]);
    let answer = server.get(ALL, "/v1.0/users/fred_fabrikam.com%23EXT%23@contoso.com?$select=identities,externalUserState,userPrincipalName").await;
    assert_eq!(answer.body["externalUserState"], "Accepted");
    assert_eq!(answer.body["identities"][0]["issuer"], "ExternalAzureAD");
    let answer = server
        .get(ALL, "/v1.0/users?$filter=startswith(displayName,'b')")
        .await;
    assert_eq!(names(&answer), ["Bob@contoso.com"]);
    let answer = server
        .get(ALL, "/v1.0/users?$orderby=displayName&$top=2")
        .await;
    assert_eq!(names(&answer), [guest, "Alice@contoso.com"]);
    let next = answer.body["@odata.nextLink"].as_str().unwrap();
    let answer = server.get(ALL, next.strip_prefix(HERE).unwrap()).await;
    assert_eq!(names(&answer), ["Bob@contoso.com", "Carol@contoso.com"]);
    assert_eq!(answer.body["@odata.nextLink"], Value::Null);
    assert_eq!(server.get(ALL, "/v1.0/users/$count").await.status, 400);
    let request = server
        .request(ALL, "GET", "/v1.0/users/$count")
        .header("consistencylevel", "eventual");
    let answer = server
        .send(request.body(axum::body::Body::empty()).unwrap())
        .await;
    assert_eq!(answer.body, json!(4));
    // Another tenant's people are not there.
    let answer = server.get(ALL, &format!("/v1.0/users/{FRED}")).await;
    assert_eq!(answer.status, 404);
}

#[tokio::test]
async fn groups_have_members_through_other_groups_and_loops_are_harmless() {
    // S1.6
    let server = Server::new().await;
    let alice = create(&server, "Alice").await;
    let group = async |name: &str, members: Value| {
        let body = json!({"displayName": name, "mailEnabled": false, "mailNickname": name,
            "securityEnabled": true, "members@odata.bind": members});
        let answer = server.post(ALL, "/v1.0/groups", body).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.body["id"].as_str().unwrap().to_owned()
    };
    let sales = group("Sales", json!([format!("{HERE}/v1.0/users/{alice}")])).await;
    let staff = group("Staff", json!([format!("{HERE}/v1.0/groups/{sales}")])).await;
    let reference = |id: &str| json!({"@odata.id": format!("{HERE}/v1.0/directoryObjects/{id}")});
    let path = format!("/v1.0/groups/{sales}/members/$ref");
    assert_eq!(server.post(ALL, &path, reference(&staff)).await.status, 204);
    assert_eq!(server.post(ALL, &path, reference(&staff)).await.status, 400);
    let ids = async |path: &str| {
        let answer = server.get(ALL, path).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let mut ids: Vec<String> = answer.body["value"]
            .as_array()
            .unwrap()
            .iter()
            .map(|object| object["id"].as_str().unwrap().to_owned())
            .collect();
        ids.sort();
        ids
    };
    let both = |one: &str, other: &str| {
        let mut both = vec![one.to_owned(), other.to_owned()];
        both.sort();
        both
    };
    assert_eq!(
        ids(&format!("/v1.0/groups/{staff}/members")).await,
        std::slice::from_ref(&sales)
    );
    assert_eq!(
        ids(&format!("/v1.0/groups/{sales}/members")).await,
        both(&alice, &staff)
    );
    let all = ids(&format!("/v1.0/groups/{staff}/transitiveMembers")).await;
    assert_eq!(all.len(), 3);
    assert_eq!(
        ids(&format!("/v1.0/users/{alice}/memberOf")).await,
        std::slice::from_ref(&sales)
    );
    assert_eq!(
        ids(&format!("/v1.0/users/{alice}/transitiveMemberOf")).await,
        both(&sales, &staff)
    );
    let path = format!("/v1.0/users/{alice}/checkMemberGroups");
    let asked = json!({"groupIds": [staff, "0c000000-0000-4000-8000-00000000dead"]});
    let answer = server.post(ALL, &path, asked).await;
    assert_eq!(answer.body["value"], json!([staff]));
    let path = format!("/v1.0/groups/{sales}/members/{alice}/$ref");
    assert_eq!(server.call(ALL, "DELETE", &path, None).await.status, 204);
    assert_eq!(server.call(ALL, "DELETE", &path, None).await.status, 404);
    assert_eq!(
        server
            .call(ALL, "DELETE", &format!("/v1.0/groups/{staff}"), None)
            .await
            .status,
        204
    );
    assert_eq!(
        ids(&format!("/v1.0/groups/{sales}/members")).await,
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn a_guest_is_invited_once() {
    // S6.8, S6.11
    let server = Server::new().await;
    let body = json!({"invitedUserEmailAddress": "gast@wingtip.example",
        "inviteRedirectUrl": "https://myapps.contoso.com/x?y=z"});
    let answer = server
        .post(INVITER, "/v1.0/invitations", body.clone())
        .await;
    assert_eq!(answer.status, 201, "{answer:?}");
    assert_eq!(answer.body["status"], "PendingAcceptance");
    let url = answer.body["inviteRedeemUrl"].as_str().unwrap();
    assert!(
        url.starts_with(&format!("{HERE}/{CONTOSO}/redeem?user=")),
        "{url}"
    );
    let id = answer.body["invitedUser"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!(
        "/v1.0/users/{id}?$select=userPrincipalName,userType,creationType,externalUserState,mail"
    );
    let answer = server.get(ALL, &path).await;
    assert_eq!(
        answer.body["userPrincipalName"],
        "gast_wingtip.example#EXT#@contoso.com"
    );
    assert_eq!(answer.body["creationType"], "Invitation");
    assert_eq!(answer.body["externalUserState"], "PendingAcceptance");
    let again = server.post(INVITER, "/v1.0/invitations", body).await;
    assert_eq!(again.status, 201);
    assert_eq!(again.body["invitedUser"]["id"], id.as_str());
    assert_eq!(server.get(INVITER, "/v1.0/invitations").await.status, 405);
    let audits = server
        .get(Administrator, "/v1.0/auditLogs/directoryAudits")
        .await;
    assert_eq!(audits.body["value"][0]["loggedByService"], "Invited Users");
    assert_eq!(
        audits.body["value"][0]["activityDisplayName"],
        "Invite external user"
    );
}

#[tokio::test]
async fn an_account_of_another_tenant_is_judged_by_both_sides() {
    // S6.7, S6.10
    let server = Server::new().await;
    let invite = async |address: &str| {
        let body = json!({"invitedUserEmailAddress": address, "inviteRedirectUrl": "https://x"});
        server.post(INVITER, "/v1.0/invitations", body).await
    };
    // Fred is here already.
    let answer = invite("fred@fabrikam.com").await;
    assert_eq!(
        (answer.status, &answer.body["status"]),
        (201, &json!("Completed"))
    );
    let answer = invite("anna@contoso.com").await;
    assert_eq!(
        (answer.status, answer.reason()),
        (400, "invitee_is_internal")
    );
    assert_eq!(
        answer.body["error"]["message"],
        "Invitee is in inviter tenant"
    );
    let closed = json!({"b2bCollaborationInbound": all("blocked")});
    let path = partner(FABRIKAM);
    assert_eq!(server.patch(Administrator, &path, closed).await.status, 204);
    let answer = invite("fred@fabrikam.com").await;
    assert_eq!((answer.status, answer.reason()), (403, "inbound_blocked"));
    assert!(
        answer.body["error"]["message"]
            .as_str()
            .unwrap()
            .contains("cross-tenant access settings")
    );
    // Whether an account exists elsewhere is not said.
    let answer = invite("nobody@fabrikam.com").await;
    assert_eq!((answer.status, answer.reason()), (403, "outbound_blocked"));
    let audits = server
        .get(Administrator, "/v1.0/auditLogs/directoryAudits")
        .await;
    assert_eq!(audits.body["value"][0]["result"], "failure");
}

#[tokio::test]
async fn who_may_invite_and_whom_is_a_matter_of_two_policies() {
    // S6.2, S6.4
    let server = Server::new().await;
    let writer = Program(&[
        "Policy.ReadWrite.Authorization",
        "Policy.ReadWrite.B2BManagementPolicy",
    ]);
    let invite = async |address: &str| {
        let body = json!({"invitedUserEmailAddress": address, "inviteRedirectUrl": "https://x"});
        server.post(INVITER, "/v1.0/invitations", body).await
    };
    let path = "/beta/policies/b2bManagementPolicies";
    let text = |allowed: &[&str], blocked: &[&str]| {
        let lists = json!({"AllowedDomains": allowed, "BlockedDomains": blocked});
        let inner = json!({"InvitationsAllowedAndBlockedDomainsPolicy": lists, "Other": 1});
        json!({"definition": [json!({"B2BManagementPolicy": inner}).to_string()]})
    };
    let answer = server
        .post(writer, path, text(&["a.example"], &["b.example"]))
        .await;
    assert_eq!(
        (answer.status, answer.reason()),
        (400, "domain_lists_exclusive")
    );
    let answer = server
        .post(writer, path, text(&[], &["evil.example"]))
        .await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let answer = server.get(writer, "/beta/legacy/policies").await;
    assert_eq!(answer.body["value"][0]["type"], 6);
    let text = answer.body["value"][0]["definition"][0].as_str().unwrap();
    assert!(
        text.contains("\"Other\":1") && text.contains("evil.example"),
        "{text}"
    );
    let answer = invite("x@evil.example").await;
    assert_eq!((answer.status, answer.reason()), (400, "domain_blocked"));
    assert_eq!(invite("x@good.example").await.status, 201);
    let path = "/v1.0/policies/authorizationPolicy";
    let change = json!({"allowInvitesFrom": "none"});
    assert_eq!(server.patch(writer, path, change).await.status, 204);
    let answer = invite("y@good.example").await;
    assert_eq!(
        (answer.status, answer.reason()),
        (403, "invitations_disabled")
    );
    assert_eq!(
        answer.body["error"]["message"],
        "Guest invitations not allowed for your company. Contact your company administrator for more details."
    );
    let answer = server.get(writer, path).await;
    assert_eq!(answer.body["allowInvitesFrom"], "none");
    let answer = server
        .get(writer, "/beta/policies/authorizationPolicy")
        .await;
    assert_eq!(answer.body["value"][0]["id"], "authorizationPolicy");
}

#[tokio::test]
async fn a_redemption_is_reset_without_losing_the_object() {
    let server = Server::new().await;
    let fred = "0c000000-0000-4000-8000-00000000b001";
    let body = json!({"invitedUserEmailAddress": "new@wingtip.example", "inviteRedirectUrl": "https://x",
        "resetRedemption": true, "invitedUser": {"id": fred}});
    let answer = server.post(INVITER, "/v1.0/invitations", body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    assert_eq!(answer.body["invitedUser"]["id"], fred);
    let path = format!("/v1.0/users/{fred}?$select=externalUserState,mail");
    let answer = server.get(ALL, &path).await;
    assert_eq!(answer.body["externalUserState"], "PendingAcceptance");
    assert_eq!(answer.body["mail"], "new@wingtip.example");
}

#[tokio::test]
async fn applications_and_their_principals_are_found_by_app_id() {
    let server = Server::new().await;
    let answer = server
        .post(
            ALL,
            "/v1.0/applications",
            json!({"displayName": "CRM",
        "web": {"redirectUris": ["https://crm.contoso.com/back"]}}),
        )
        .await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let app = answer.body["appId"].as_str().unwrap().to_owned();
    let object = answer.body["id"].as_str().unwrap().to_owned();
    let answer = server
        .post(ALL, "/v1.0/servicePrincipals", json!({"appId": app}))
        .await;
    assert_eq!(answer.status, 201, "{answer:?}");
    assert_eq!(
        answer.body["replyUrls"],
        json!(["https://crm.contoso.com/back"])
    );
    for path in [
        format!("/v1.0/servicePrincipals(appId='{app}')"),
        format!("/v1.0/applications(appId='{app}')"),
        format!("/v1.0/applications/{object}"),
    ] {
        let answer = server.get(ALL, &path).await;
        assert_eq!(
            (answer.status, &answer.body["appId"]),
            (200, &json!(app)),
            "{path}"
        );
    }
    let path = format!("/v1.0/servicePrincipals?$filter=appId%20eq%20'{app}'");
    let answer = server.get(ALL, &path).await;
    assert_eq!(answer.body["value"].as_array().unwrap().len(), 1);
    let path = format!("/v1.0/applications/{object}");
    let change = json!({"web": {"redirectUris": ["not an address"]}});
    assert_eq!(server.patch(ALL, &path, change).await.status, 400);
    assert_eq!(server.call(ALL, "DELETE", &path, None).await.status, 204);
    assert_eq!(server.get(ALL, &path).await.status, 404);
}

#[tokio::test]
async fn an_organization_is_the_callers_own() {
    let server = Server::new().await;
    let writer = Program(&["Organization.ReadWrite.All"]);
    let path = format!("/v1.0/organization/{CONTOSO}");
    let answer = server.get(writer, "/v1.0/organization").await;
    assert_eq!(
        answer.body["value"][0]["verifiedDomains"][0]["name"],
        "contoso.com"
    );
    let change =
        json!({"displayName": "Contoso Ltd", "technicalNotificationMails": ["it@contoso.com"]});
    assert_eq!(server.patch(writer, &path, change).await.status, 204);
    let answer = server.get(writer, &path).await;
    assert_eq!(answer.body["displayName"], "Contoso Ltd");
    assert_eq!(
        server
            .get(writer, &format!("/v1.0/organization/{FABRIKAM}"))
            .await
            .status,
        404
    );
    assert_eq!(
        server
            .patch(writer, &path, json!({"tenantType": "CIAM"}))
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn the_directory_needs_its_own_permissions() {
    let server = Server::new().await;
    let reader = Program(&["Directory.Read.All"]);
    let other = Program(&["Policy.ReadWrite.CrossTenantAccess"]);
    for path in [
        "/v1.0/users",
        "/v1.0/groups",
        "/v1.0/applications",
        "/v1.0/servicePrincipals",
        "/v1.0/organization",
    ] {
        assert_eq!(server.get(reader, path).await.status, 200, "{path}");
        assert_eq!(server.get(other, path).await.status, 403, "{path}");
        assert_eq!(server.get(Nobody, path).await.status, 401, "{path}");
    }
    assert_eq!(
        server.post(reader, "/v1.0/users", person("x")).await.status,
        403
    );
    assert_eq!(server.get(reader, "/v1.0/me").await.status, 400);
}

#[tokio::test]
async fn ended_sessions_are_over() {
    let server = Server::new().await;
    let fred = "0c000000-0000-4000-8000-00000000b001";
    let token = server.token_of(fred, &["User.Read"], &[], 0);
    let me = async |token: &str| server.with_token(token, "GET", "/v1.0/me").await.status;
    assert_eq!(me(&token).await, 200);
    // At home, Fred's sessions are ended: the token of the tenant that he visits is void as well.
    let path = format!("/v1.0/users/{fred}/revokeSignInSessions");
    let answer = server.call(ALL, "POST", &path, None).await;
    assert_eq!((answer.status, &answer.body["value"]), (200, &json!(true)));
    assert_eq!(me(&token).await, 401);
    let later = server.token_of(fred, &["User.Read"], &[], 1);
    assert_eq!(me(&later).await, 200);
}

#[tokio::test]
async fn a_guest_reads_what_the_tenant_lets_guests_read() {
    // S14.15
    let server = Server::new().await;
    let alice = create(&server, "Alice").await;
    let fred = "0c000000-0000-4000-8000-00000000b001";
    let token = server.token_of(
        fred,
        &["User.Read", "User.Read.All", "Group.Read.All"],
        &[],
        0,
    );
    let get = async |path: &str| server.with_token(&token, "GET", path).await.status;
    let writer = Program(&["Policy.ReadWrite.Authorization"]);
    let other = format!("/v1.0/users/{alice}");
    let own = format!("/v1.0/users/{fred}/memberOf");
    for (role, expected) in [
        (
            "10dae51f-b6af-4016-8d66-8c2a99b929b3",
            [200, 403, 200, 200, 403],
        ),
        (
            "2af84b1e-32c8-42b7-82bc-daa82404023b",
            [200, 403, 403, 403, 403],
        ),
        (
            "a0b1b346-4d3e-4e8b-98f8-753987be4970",
            [200, 200, 200, 200, 200],
        ),
    ] {
        let path = "/v1.0/policies/authorizationPolicy";
        let change = json!({"guestUserRoleId": role});
        assert_eq!(server.patch(writer, path, change).await.status, 204);
        let mut found = Vec::new();
        for path in ["/v1.0/me", "/v1.0/users", &other, &own, "/v1.0/groups"] {
            found.push(get(path).await);
        }
        assert_eq!(found, expected, "{role}");
    }
}
