//! Who is handed what.

use std::collections::BTreeSet;

use policy::role::Role;
use serde_json::{Value, json};

use super::demo;
use crate::demo::Handout;
use crate::demo::cast::CAST;

fn numbered() -> impl FnMut() -> String {
    let mut number = 0;
    move || {
        number += 1;
        format!("secret {number}")
    }
}

#[test]
fn demo_json_says_how_to_reach_every_tenant() {
    let value = Handout::new(&demo(), numbered()).json("https://localhost:8443", "data/ca.pem");
    assert_eq!(value["baseUrl"], "https://localhost:8443");
    assert_eq!(value["caFile"], "data/ca.pem");
    let tenants = value["tenants"].as_array().unwrap();
    assert!(tenants.len() >= 8);
    assert_eq!(
        tenants[0],
        json!({
            "tenantId": "0c000000-0000-4000-8000-000000000001",
            "displayName": "Contoso",
            "domain": "contoso.com",
            "cloud": "microsoftonline.com",
            "client": {
                "clientId": "0c000000-0000-4000-8000-00000000d001",
                "clientSecret": "secret 1",
            },
            "people": [
                {"userPrincipalName": "carol@contoso.com", "password": "secret 2", "roles": ["Global Administrator"]},
                {"userPrincipalName": "dan@contoso.com", "password": "secret 3", "roles": ["Security Administrator"]},
                {"userPrincipalName": "hannah@contoso.com", "password": "secret 4", "roles": ["Cross-tenant access partner administrator", "Guest Inviter"]},
                {"userPrincipalName": "leon@contoso.com", "password": "secret 5", "roles": ["Cross-tenant access reader"]},
                {"userPrincipalName": "peter@contoso.com", "password": "secret 6", "roles": ["Teams Administrator"]},
                {"userPrincipalName": "alice@contoso.com", "password": "secret 7", "roles": []},
                {"userPrincipalName": "felix@contoso.com", "password": "secret 8", "roles": []},
            ],
        })
    );
}

#[test]
fn every_tenant_has_somebody_in_charge_and_every_role_somebody() {
    let handout = Handout::new(&demo(), numbered());
    for access in handout.tenants() {
        let mut roles = access.people.iter().flat_map(|person| person.roles);
        assert!(roles.any(|role| *role == Role::GlobalAdministrator));
        assert!(access.people.iter().any(|person| person.roles.is_empty()));
    }
    let held: BTreeSet<Role> = CAST.iter().flat_map(|(_, roles)| *roles).copied().collect();
    assert_eq!(held, Role::ALL.iter().copied().collect());
}

#[test]
fn everybody_of_the_cast_is_in_the_world_and_has_a_secret_of_their_own() {
    let value = Handout::new(&demo(), numbered()).json("", "");
    let tenants = value["tenants"].as_array().unwrap();
    let people = tenants
        .iter()
        .flat_map(|tenant| tenant["people"].as_array().unwrap());
    let people: Vec<&Value> = people.collect();
    assert_eq!(people.len(), CAST.len());
    let clients = tenants
        .iter()
        .map(|tenant| &tenant["client"]["clientSecret"]);
    let secrets = people
        .iter()
        .map(|person| &person["password"])
        .chain(clients);
    let different: BTreeSet<&str> = secrets.map(|secret| secret.as_str().unwrap()).collect();
    assert_eq!(different.len(), people.len() + tenants.len());
}
