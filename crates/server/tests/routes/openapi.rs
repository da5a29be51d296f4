//! The published description: the file that is reviewed, every route and nothing else, and every
//! operation asked by nobody, by the wrong one and from another tenant.

use std::collections::BTreeSet;

use axum::http::{Method, Uri};
use serde_json::{Value, json};

use crate::client::*;
use crate::person::Person;

/// Every operation: its method, its path, and what is said about it.
fn operations() -> Vec<(String, &'static str, &'static Value)> {
    let paths = server::openapi()["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().iter();
        methods.map(move |(method, said)| (method.to_uppercase(), path.as_str(), said))
    });
    operations.collect()
}

/// The path with something in the place of every placeholder.
fn address(path: &str) -> String {
    let tenants = [
        "/comity/v1/tenants/{id}/partners",
        "/comity/v1/tenants/{id}/smsSignIn",
        "/comity/v1/tenants/{id}/settings",
        "/comity/v1/tenants/{id}/history",
        "/comity/v1/tenants/{id}/compare",
        "/comity/v1/tenants/{id}/restore",
    ];
    let path = match tenants.contains(&path) {
        true => path
            .replace("{id}", CONTOSO)
            .replace("/compare", "/compare?from=1"),
        false => path.replace("{tenant}", CONTOSO),
    };
    let path = path.replace(
        "resourceNamespaces/{id}",
        "resourceNamespaces/microsoft.directory",
    );
    let filled = path
        .split_inclusive('}')
        .map(|part| match part.split_once('{') {
            Some((before, "domainName}")) => format!("{before}nobody.example"),
            Some((before, _)) => format!("{before}00000000-0000-4000-8000-00000000dead"),
            None => part.to_owned(),
        });
    filled.collect()
}

/// Something in the place of a body.
fn body(path: &str, said: &Value) -> Option<Value> {
    let asks = path.starts_with("/access/");
    said.get("requestBody").map(|_| match asks {
        true => evaluation(),
        false => json!({}),
    })
}

fn needs_token(said: &Value) -> bool {
    said.get("security").is_none()
}

/// A line for every member, and one blank for every level: the description is deep.
fn pretty(value: &Value) -> String {
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b" ");
    let mut text = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut text, formatter);
    serde::Serialize::serialize(value, &mut serializer).unwrap();
    String::from_utf8(text).unwrap()
}

#[test]
fn the_file_that_is_reviewed_is_the_description_of_this_server() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
    let text = pretty(server::openapi()) + "\n";
    if std::env::var_os("COMITY_WRITE_PAGES").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        written == text,
        "docs/openapi.json is out of date; `COMITY_WRITE_PAGES=1 cargo test -p comity-server --test \
         routes openapi` writes it"
    );
}

#[tokio::test]
async fn the_description_is_served_to_everybody() {
    let server = Server::new().await;
    let answer = server.get(Nobody, "/openapi.json").await;
    assert_eq!(answer.status, 200);
    assert_eq!(&answer.body, server::openapi());
}

#[tokio::test]
async fn every_reference_leads_somewhere_and_every_operation_has_a_name_of_its_own() {
    fn walk(value: &Value) {
        if let Some(place) = value["$ref"].as_str() {
            let found = server::openapi().pointer(place.trim_start_matches('#'));
            assert!(found.is_some(), "{place}");
        }
        match value {
            Value::Object(members) => members.values().for_each(walk),
            Value::Array(entries) => entries.iter().for_each(walk),
            _ => {}
        }
    }
    walk(server::openapi());
    let operations = operations();
    let names: BTreeSet<&str> = operations
        .iter()
        .map(|(_, _, said)| said["operationId"].as_str().unwrap())
        .collect();
    assert_eq!(names.len(), operations.len());
}

#[tokio::test]
async fn every_route_is_described_with_its_methods_and_nothing_else_is() {
    let server = Server::new().await;
    let methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];
    let mut wrong = Vec::new();
    let mut met = BTreeSet::new();
    for route in server::addresses(&server.app) {
        // What a placeholder of the router stands for, as well as names in it, is fine anywhere.
        // A function takes its parameters in parentheses.
        let path = match route.split_once(")/{") {
            Some((function, name)) => format!("{function}='{name}')"),
            None => route.clone(),
        };
        let path = path.replace(['{', '}'], "");
        let uri: Uri = path.parse().unwrap();
        for method in methods {
            let answer = server.call(Nobody, method, &path, None).await;
            let is_there = answer.status != 405;
            let verb: Method = method.parse().unwrap();
            let described = server::openapi_operation(&verb, &uri);
            if is_there != described.is_some() {
                wrong.push(format!("{method} {route}: {}", answer.status));
            }
            met.extend(described.map(|(path, _)| (method.to_owned(), path)));
        }
    }
    for (method, path, _) in operations() {
        if !met.contains(&(method.clone(), path)) {
            wrong.push(format!("{method} {path}: described, and not there"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn nobody_gets_anything_but_what_is_open_to_everybody() {
    let server = Server::new().await;
    for (method, path, said) in operations() {
        let answer = server
            .call(Nobody, &method, &address(path), body(path, said))
            .await;
        let refused = answer.status == 401;
        let is_token = path.ends_with("/token");
        assert_eq!(
            refused,
            needs_token(said) && !is_token,
            "{method} {path}: {answer:?}"
        );
    }
}

#[tokio::test]
async fn whoever_holds_nothing_is_refused_everywhere() {
    let server = Server::new().await;
    let somebody = Person::with(&[]).scoped(&["openid"]);
    for (method, path, said) in operations() {
        if said.get("x-permissions").is_none() {
            continue;
        }
        let body = body(path, said);
        let answer = somebody.call(&server, &method, &address(path), body).await;
        assert_eq!(answer.status, 403, "{method} {path}: {answer:?}");
    }
}

#[tokio::test]
async fn another_tenants_program_sees_and_changes_nothing_of_contoso() {
    let server = Server::new().await;
    let all: Vec<&'static str> = server::ALL_APPLICATION_PERMISSIONS.clone();
    let stranger = Persona::Foreign(FABRIKAM, all.leak());
    let before = server.get(Administrator, &policy("/partners")).await;
    for (method, path, said) in operations() {
        if !needs_token(said) {
            continue;
        }
        let body = body(path, said);
        let path = address(path);
        let answer = server.call(stranger, &method, &path, body).await;
        let text = answer.body.to_string();
        assert!(!text.contains("Contoso"), "{method} {path}: {text}");
        // The id stands in refusals that repeat the address, and nowhere else.
        let said_back = answer.status >= 400 && path.contains(CONTOSO);
        assert!(
            said_back || !text.contains("0c000000-"),
            "{method} {path}: {text}"
        );
    }
    let after = server.get(Administrator, &policy("/partners")).await;
    assert_eq!(before.body, after.body);
}
