//! What settings were: told, compared and taken back.

use serde_json::{Value, json};
use server::{Options, UnknownTenants};

use crate::client::*;

fn own(path: &str) -> String {
    format!("/comity/v1/tenants/{CONTOSO}/{path}")
}

fn fabrikam() -> String {
    policy(&format!("/partners/{FABRIKAM}"))
}

/// The default trusts MFA, then Fabrikam's devices are trusted, then MFA is trusted no more.
async fn changed() -> Server {
    let server = Server::new().await;
    for (path, flag, value) in [
        (policy("/default"), "isMfaAccepted", true),
        (fabrikam(), "isCompliantDeviceAccepted", true),
        (policy("/default"), "isMfaAccepted", false),
    ] {
        let body = json!({"inboundTrust": {flag: value}});
        let answer = server.patch(Administrator, &path, body).await;
        assert_eq!(answer.status, 204, "{answer:?}");
    }
    server
}

fn properties(differences: &Value) -> Vec<(&str, &str)> {
    let differences = differences.as_array().unwrap().iter();
    let told = |one: &'_ Value, name: &str| one[name].as_str().unwrap().to_owned();
    differences
        .map(|one| {
            let (part, property) = (told(one, "part"), told(one, "property"));
            (&*part.leak(), &*property.leak())
        })
        .collect()
}

#[tokio::test]
async fn every_revision_says_who_changed_which_property_by_which_door() {
    let server = changed().await;
    let answer = server.get(Reader, &own("history")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let revisions = answer.body["revisions"].as_array().unwrap();
    assert_eq!(revisions.len(), 4, "{revisions:#?}");
    let last = &revisions[0];
    assert_eq!(
        (&last["revision"], &last["channel"], &last["parts"]),
        (&json!("4"), &json!("graph"), &json!(["default"]))
    );
    let change = &last["changes"][0];
    assert_eq!(change["property"], "inboundTrust");
    assert_eq!(change["before"]["isMfaAccepted"], true);
    assert_eq!(change["after"]["isMfaAccepted"], false);
    assert_eq!(last["author"]["kind"], "user");

    let only = own(&format!("history?part=partners/{FABRIKAM}&top=1"));
    let answer = server.get(Reader, &only).await;
    assert_eq!(answer.body["revisions"][0]["revision"], "3");
    let next = answer.body["before"].as_str().unwrap();
    assert_eq!(next, "3");
}

#[tokio::test]
async fn settings_are_read_as_they_were_and_two_revisions_compared() {
    let server = changed().await;
    let answer = server.get(Reader, &own("settings?at=2")).await;
    let default = &answer.body["documents"]["default.json"];
    assert_eq!(default["inboundTrust"]["isMfaAccepted"], true);
    let answer = server.get(Reader, &own("settings?at=99")).await;
    assert_eq!(answer.status, 404, "{answer:?}");

    let answer = server.get(Reader, &own("compare?from=2&to=3")).await;
    let partner = format!("partners/{FABRIKAM}");
    assert_eq!(
        properties(&answer.body["differences"]),
        [(partner.as_str(), "inboundTrust")]
    );
    let answer = server.get(Reader, &own("compare?from=2")).await;
    assert_eq!(answer.body["to"], "4");
    assert_eq!(answer.body["differences"].as_array().unwrap().len(), 2);
    for wrong in ["compare", "compare?from=yesterday", "compare?from=1&til=2"] {
        let answer = server.get(Reader, &own(wrong)).await;
        assert_eq!(
            (answer.status, answer.code()),
            (400, "BadRequest"),
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn a_property_a_partner_or_everything_is_taken_back_as_a_new_change() {
    let server = changed().await;
    let path = own("restore");
    let body = json!({"to": "2", "part": "default", "property": "inboundTrust", "dryRun": true});
    let answer = server.post(Administrator, &path, body).await;
    assert_eq!(
        (answer.status, &answer.body["revision"]),
        (200, &json!("4"))
    );
    assert_eq!(
        answer.body["changes"][0]["properties"],
        json!(["inboundTrust"])
    );

    let body = json!({"to": "2", "part": "default", "reason": "It was a mistake"});
    let answer = server.post(Administrator, &path, body).await;
    assert_eq!(
        (answer.status, &answer.body["revision"]),
        (200, &json!("5"))
    );
    let answer = server.get(Reader, &policy("/default")).await;
    assert_eq!(answer.body["inboundTrust"]["isMfaAccepted"], true);
    let answer = server.get(Reader, &fabrikam()).await;
    assert_eq!(
        answer.body["inboundTrust"]["isCompliantDeviceAccepted"],
        true
    );

    let answer = server.post(Administrator, &path, json!({"to": "1"})).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let answer = server.get(Reader, &own("compare?from=1")).await;
    assert_eq!(answer.body["differences"], json!([]));
    let answer = server.get(Reader, &own("history")).await;
    let revisions = &answer.body["revisions"];
    assert_eq!(revisions[0]["reason"], "restore of revision 1");
    assert_eq!(revisions[0]["channel"], "comity");
    assert_eq!(revisions[1]["reason"], "It was a mistake");
}

#[tokio::test]
async fn a_partner_that_was_removed_comes_back_as_it_was() {
    let server = changed().await;
    let delete = server
        .call(Administrator, "DELETE", &fabrikam(), None)
        .await;
    assert_eq!(delete.status, 204, "{delete:?}");
    let body = json!({"to": "4", "part": format!("partners/{FABRIKAM}")});
    let answer = server.post(Administrator, &own("restore"), body).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let answer = server.get(Reader, &own("compare?from=4")).await;
    assert_eq!(answer.body["differences"], json!([]));
}

#[tokio::test]
async fn who_may_not_write_takes_nothing_back_and_strangers_see_nothing() {
    let server = changed().await;
    let body = json!({"to": "1"});
    let answer = server.post(Reader, &own("restore"), body.clone()).await;
    assert_eq!(
        (answer.status, answer.code()),
        (403, "Authorization_RequestDenied")
    );
    let other = format!("/comity/v1/tenants/{FABRIKAM}");
    for path in ["history", "compare?from=1", "settings?at=1"] {
        let answer = server.get(Administrator, &format!("{other}/{path}")).await;
        assert_eq!(answer.status, 404, "{path}");
    }
    let answer = server
        .post(Administrator, &format!("{other}/restore"), body)
        .await;
    assert_eq!(answer.status, 404);
    let wrong = json!({"to": "1", "part": "default", "property": "inboundTrst"});
    let answer = server.post(Administrator, &own("restore"), wrong).await;
    assert_eq!((answer.status, answer.code()), (400, "Request_BadRequest"));
}

#[tokio::test]
async fn a_revision_tells_all_of_its_changes_however_many() {
    let mut options = Options::at(HERE);
    options.unknown_tenants = UnknownTenants::Register;
    let server = Server::with(options).await;
    for number in 0..12 {
        let id = format!("1d000000-0000-4000-8000-0000000000{number:02}");
        let path = policy("/partners");
        let answer = server
            .post(Administrator, &path, json!({"tenantId": id}))
            .await;
        assert_eq!(answer.status, 201, "{answer:?}");
    }
    let answer = server
        .post(Administrator, &own("restore"), json!({"to": "1"}))
        .await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let answer = server.get(Reader, &own("history?top=1")).await;
    let changes = answer.body["revisions"][0]["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 12, "{changes:#?}");
    assert!(
        changes
            .iter()
            .all(|change| change["property"] == "tenantId")
    );
}
