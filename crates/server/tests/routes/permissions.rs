//! Who may do what, as the server says and as it does: the page of the documentation, and every
//! request made by nobody, by each role, with each permission, and from another tenant.

use std::collections::BTreeSet;

use policy::role::{Action, Role};
use serde_json::json;
use server::{Line, permission_lines};

use crate::client::*;
use crate::person::*;

/// An address where the placeholders name something that is not there.
fn address(line: &Line) -> String {
    let somewhere = line.path().replace(
        "resourceNamespaces/{id}",
        "resourceNamespaces/microsoft.directory",
    );
    let own = format!("/comity/v1/tenants/{CONTOSO}");
    let somewhere = match somewhere.as_str() {
        "/scim/v2/{tenant}" => format!("/scim/v2/{CONTOSO}/Users"),
        "/comity/v1/tenants/{id}/settings" => format!("{own}/settings"),
        "/comity/v1/tenants/{id}/history" => format!("{own}/history"),
        "/comity/v1/tenants/{id}/partners" => format!("{own}/partners"),
        "/comity/v1/tenants/{id}/smsSignIn" => format!("{own}/smsSignIn"),
        "/comity/v1/tenants/{id}/compare" => format!("{own}/compare?from=1"),
        _ => somewhere.replace("{action}", "no-such-action"),
    };
    let somewhere = somewhere.replace("{domainName}", "nobody.example");
    let somewhere: String = somewhere
        .split_inclusive('}')
        .map(|part| match part.split_once('{') {
            Some((before, _)) => format!("{before}00000000-0000-4000-8000-00000000dead"),
            None => part.to_owned(),
        })
        .collect();
    let own = ["/access/", "/comity/", "/scim/"];
    let is_own = own.iter().any(|root| somewhere.starts_with(root));
    match (is_own, PREVIEWS.iter().any(|name| somewhere.contains(name))) {
        (true, _) => somewhere,
        (false, true) => format!("/beta{somewhere}"),
        (false, false) => format!("/v1.0{somewhere}"),
    }
}

/// What is offered under `/beta` alone.
const PREVIEWS: [&str; 4] = [
    "/b2bManagementPolicies",
    "/deletedItems/",
    "/legacy/",
    "/m365Capabilities",
];

/// Somebody of Contoso whose sessions nobody ends meanwhile, not even themselves.
fn somebody(roles: &[Role]) -> Person {
    Person {
        object: "0c000000-0000-4000-8000-00000000fade".parse().unwrap(),
        ..Person::with(roles)
    }
}

fn body(line: &Line) -> Option<serde_json::Value> {
    let writes = matches!(line.method(), "POST" | "PATCH" | "PUT");
    let resets = line.path().contains("/resetTo") || line.path().contains("/revoke");
    // Questions are read before it is known whom they concern.
    let asks = line.path().starts_with("/access/");
    let empty = (writes && !resets).then(|| match asks {
        true => evaluation(),
        false => json!({}),
    });
    line.body.clone().or(empty)
}

/// Whether the answer says that the caller may not.
fn is_refused(answer: &Answer) -> bool {
    let text = answer.body.to_string();
    answer.status == 403 && text.contains("Insufficient privileges to complete the operation.")
}

#[test]
fn the_page_of_the_documentation_is_what_the_server_checks() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/permissions.md");
    let page = server::permission_page();
    if std::env::var_os("COMITY_WRITE_PAGES").is_some() {
        std::fs::write(path, &page).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    let is: Vec<&str> = written.lines().collect();
    let should: Vec<&str> = page.lines().collect();
    let gone = is.iter().filter(|line| !should.contains(line));
    let new = should.iter().filter(|line| !is.contains(line));
    let difference: Vec<String> = gone
        .map(|line| format!("- {line}"))
        .chain(new.map(|line| format!("+ {line}")))
        .collect();
    assert!(
        is == should,
        "docs/permissions.md is out of date; COMITY_WRITE_PAGES=1 with this test writes it\n{}",
        difference.join("\n")
    );
}

#[tokio::test]
async fn nobody_may_do_anything() {
    let server = Server::new().await;
    for line in permission_lines() {
        let path = address(&line);
        let answer = server.call(Nobody, line.method(), &path, body(&line)).await;
        assert_eq!(answer.status, 401, "{} {path}: {answer:?}", line.method());
    }
}

#[tokio::test]
async fn every_role_may_do_what_the_table_says_and_nothing_else() {
    // S14.1 to S14.3
    let server = Server::new().await;
    let mut wrong = Vec::new();
    for role in Role::ALL {
        let person = somebody(&[*role]);
        for line in permission_lines() {
            let path = address(&line);
            let answer = person
                .call(&server, line.method(), &path, body(&line))
                .await;
            let may = line.is_open_to(*role);
            let name = format!("{role:?} {} {path} {:?}", line.method(), line.member);
            let answered = answer.status < 500 && answer.status != 401;
            if is_refused(&answer) == may || !answered {
                wrong.push(format!("{name}: {} {}", answer.status, answer.body));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn without_the_scope_no_role_helps_and_without_a_role_no_scope() {
    // S14.14
    let server = Server::new().await;
    let scopeless = somebody(&[Role::GlobalAdministrator]).scoped(&["openid"]);
    let roleless = somebody(&[]);
    for line in permission_lines() {
        let path = address(&line);
        let name = format!("{} {path} {:?}", line.method(), line.member);
        let answer = scopeless
            .call(&server, line.method(), &path, body(&line))
            .await;
        assert!(is_refused(&answer), "{name}: {answer:?}");
        if line.actions().is_some() {
            let answer = roleless
                .call(&server, line.method(), &path, body(&line))
                .await;
            assert!(is_refused(&answer), "{name}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn every_application_permission_does_what_the_table_says_and_nothing_else() {
    // S14.14
    let server = Server::new().await;
    let mut wrong = Vec::new();
    for permission in server::graph_permissions() {
        let granted: &'static [&'static str] = Box::leak(Box::new([permission]));
        for line in permission_lines() {
            let path = address(&line);
            let answer = server
                .call(Program(granted), line.method(), &path, body(&line))
                .await;
            let may = line.permissions().contains(&permission);
            // A program that asks who it is as a person is told that it is none.
            let is_told = line.permissions().is_empty() && answer.status == 400;
            if is_refused(&answer) == may && !is_told {
                let name = format!("{permission} {} {path} {:?}", line.method(), line.member);
                wrong.push(format!("{name}: {} {}", answer.status, answer.body));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn another_tenants_administrator_sees_and_changes_nothing_of_contoso() {
    let server = Server::new().await;
    let stranger = Person {
        tenant: FABRIKAM,
        object: "0f000000-0000-4000-8000-00000000fade".parse().unwrap(),
        ..Person::with(&[Role::GlobalAdministrator])
    };
    let before = server.get(Administrator, &policy("/partners")).await;
    for line in permission_lines() {
        let path = address(&line).replace("00000000-0000-4000-8000-00000000dead", FABRIKAM);
        let answer = stranger
            .call(&server, line.method(), &path, body(&line))
            .await;
        let text = answer.body.to_string();
        let name = format!("{} {path}", line.method());
        assert!(!text.contains("Contoso"), "{name}: {text}");
        // The id stands in refusals that repeat the address, and nowhere else.
        let said_back = answer.status >= 400 && path.contains(CONTOSO);
        assert!(said_back || !text.contains("0c000000-"), "{name}: {text}");
    }
    let after = server.get(Administrator, &policy("/partners")).await;
    assert_eq!(before.body, after.body);
}

#[tokio::test]
async fn the_three_recommended_roles_are_what_their_actions_let_them_action_by_action() {
    // S14.2, S23: made as custom roles and given to somebody whose token names none
    let server = Server::new().await;
    let administrator = Person::with(&[Role::GlobalAdministrator]);
    for (role, size) in Role::RECOMMENDED.into_iter().zip([19, 5, 14]) {
        let names: Vec<String> = role.actions().iter().map(Action::to_string).collect();
        assert_eq!(names.len(), size);
        let definition = json!({
            "displayName": role.as_str(),
            "templateId": role.id().to_string(),
            "isEnabled": true,
            "rolePermissions": [{"allowedResourceActions": names}],
        });
        let path = format!("{ROLES}/roleDefinitions");
        let made = administrator.post(&server, &path, definition).await;
        assert_eq!(made.status, 201, "{made:?}");
        let given = json!({
            "roleDefinitionId": made.body["id"],
            "principalId": FRED_THERE,
            "directoryScopeId": "/",
        });
        let path = format!("{ROLES}/roleAssignments");
        let given = administrator.post(&server, &path, given).await;
        assert_eq!(given.status, 201, "{given:?}");
        let fred = Person::with(&[]);
        let mut seen = BTreeSet::new();
        for line in permission_lines() {
            let Some(needed) = line.actions() else {
                continue;
            };
            let path = address(&line);
            let answer = fred.call(&server, line.method(), &path, body(&line)).await;
            let may = needed.is_subset(&role.actions());
            let name = format!("{role:?} {} {path} {:?}", line.method(), line.member);
            assert_ne!(is_refused(&answer), may, "{name}: {answer:?}");
            seen.extend(needed);
        }
        // Looking up a tenant is no settings operation.
        let unseen: Vec<Action> = role.actions().difference(&seen).copied().collect();
        assert!(
            unseen
                .iter()
                .all(|action| *action == Action::ReadTenantRelationships),
            "{unseen:?}"
        );
        let path = format!("{path}/{}", given.body["id"].as_str().unwrap());
        assert_eq!(administrator.delete(&server, &path).await.status, 204);
    }
}
