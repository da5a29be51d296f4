//! Bodies nobody foresaw, at every address that takes one: never our fault, always an answer that can
//! be read, and what was refused has changed nothing.

use std::cell::RefCell;

use axum::body::Body;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::client::*;

/// Where bodies are taken, and one that is right.
fn doors() -> Vec<(&'static str, String, Value)> {
    let question = json!({
        "homeTenant": FABRIKAM, "user": FRED, "resourceTenant": CONTOSO, "resourceAppId": CRM,
        "groups": [CRM], "claims": {"mfa": true}, "accessType": "b2bCollaboration",
    });
    let subject = json!({"type": "user", "id": FRED,
        "properties": {"tenantId": FABRIKAM, "groups": [CRM]}});
    let evaluation = json!({"subject": subject, "action": {"name": "b2bCollaboration"},
        "resource": {"type": "application", "id": CRM, "properties": {"tenantId": CONTOSO}},
        "context": {"findings": true}});
    let mut many = evaluation.clone();
    many["evaluations"] = json!([{}, {"resource": {"type": "application", "id": ERP}}]);
    many["options"] = json!({"evaluations_semantic": "execute_all"});
    let row = json!({"id": "1", "createdDateTime": NOW, "homeTenantId": FABRIKAM, "userId": FRED,
        "resourceTenantId": CONTOSO, "appId": CRM, "status": {"errorCode": 0}});
    let default = json!({
        "b2bCollaborationInbound": application("blocked", CRM), "b2bDirectConnectOutbound": all("blocked"),
        "inboundTrust": {"isMfaAccepted": true, "isCompliantDeviceAccepted": false},
    });
    let mut settings = default.clone();
    settings["automaticUserConsentSettings"] =
        json!({"inboundAllowed": true, "outboundAllowed": null});
    let mut added = settings.clone();
    added["tenantId"] = json!(NORTHWIND);
    let sync = json!({"displayName": "Fabrikam", "userSyncInbound": {"isSyncAllowed": true}});
    let sync_at = partner(&format!("{FABRIKAM}/identitySynchronization"));
    let policy_change =
        json!({"displayName": "Ours", "allowedCloudEndpoints": ["microsoftonline.us"]});
    vec![
        ("PATCH", policy(""), policy_change),
        ("PATCH", policy("/default"), default),
        ("POST", policy("/default/resetToSystemDefault"), json!({})),
        ("POST", policy("/partners"), added),
        ("PATCH", partner(FABRIKAM), settings),
        ("PUT", sync_at.clone(), sync.clone()),
        ("PATCH", sync_at, sync),
        ("POST", "/access/v1/evaluation".to_owned(), evaluation),
        ("POST", "/access/v1/evaluations".to_owned(), many),
        ("POST", "/comity/v1/decide".to_owned(), question),
        (
            "POST",
            "/comity/v1/signins".to_owned(),
            json!({"value": [row]}),
        ),
    ]
}

/// What is put where something else was expected.
fn intruder() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,40}".prop_map(Value::from),
        Just(json!("AllUsers")),
        Just(json!(CRM)),
        Just(json!([])),
        Just(json!({})),
        Just(json!([{"target": "", "targetType": "user"}])),
        Just(json!({"@odata.type": "#microsoft.graph.entity"})),
        Just(json!("x".repeat(100_000))),
        Just(json!(vec![CRM; 3000])),
    ]
}

/// Puts the intruder at the place with that number, counted through the whole tree: in place of what
/// is there, or beside it.
fn mutate(value: &mut Value, place: &mut usize, intruder: &Value, how: u8) {
    if *place == 0 {
        match (how % 3, value) {
            (0, Value::Object(members)) => {
                members.insert("unheardOf".to_owned(), intruder.clone());
            }
            (1, Value::Array(elements)) => elements.push(intruder.clone()),
            (_, value) => *value = intruder.clone(),
        }
        *place = usize::MAX;
        return;
    }
    *place = place.saturating_sub(1);
    match value {
        Value::Object(members) => {
            for member in members.values_mut() {
                if *place < 1000 {
                    mutate(member, place, intruder, how);
                }
            }
        }
        Value::Array(elements) => {
            for element in elements {
                if *place < 1000 {
                    mutate(element, place, intruder, how);
                }
            }
        }
        _ => {}
    }
}

/// One attack: at which address, with what.
#[derive(Clone, Debug)]
enum Attack {
    Bytes(Vec<u8>),
    Cut(prop::sample::Index),
    Flipped(prop::sample::Index, u8),
    Mutated(Vec<(usize, Value, u8)>),
}

fn attack() -> impl Strategy<Value = (prop::sample::Index, Attack)> {
    let bytes = prop_oneof![
        vec(any::<u8>(), 0..200),
        "[\\[\\]{}\",:0-9eE+.a-z\\\\ -]{0,100}".prop_map(String::into_bytes),
    ];
    let attack = prop_oneof![
        1 => bytes.prop_map(Attack::Bytes),
        1 => any::<prop::sample::Index>().prop_map(Attack::Cut),
        1 => (any::<prop::sample::Index>(), any::<u8>()).prop_map(|(at, byte)| Attack::Flipped(at, byte)),
        4 => vec((0_usize..30, intruder(), any::<u8>()), 1..3).prop_map(Attack::Mutated),
    ];
    (any::<prop::sample::Index>(), attack)
}

impl Attack {
    fn body(&self, right: &Value) -> Vec<u8> {
        let mut bytes = right.to_string().into_bytes();
        match self {
            Attack::Bytes(bytes) => return bytes.clone(),
            Attack::Cut(at) => bytes.truncate(at.index(bytes.len())),
            Attack::Flipped(at, byte) => {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            Attack::Mutated(mutations) => {
                let mut value = right.clone();
                for (place, intruder, how) in mutations {
                    mutate(&mut value, &mut place.clone(), intruder, *how);
                }
                return value.to_string().into_bytes();
            }
        }
        bytes
    }
}

/// Whether the answer is a refusal in the words of the wire.
fn is_refusal(path: &str, answer: &Answer) -> bool {
    let error = &answer.body["error"];
    match path.starts_with("/access") {
        true => error["status"] == answer.status && error["message"].is_string(),
        false => {
            let said = |name: &str| error[name].as_str().is_some_and(|text| !text.is_empty());
            said("code") && said("message") && error["innerError"].is_object()
        }
    }
}

/// All settings of Contoso.
async fn settings(server: &Server) -> [Value; 4] {
    let paths = [
        policy(""),
        policy("/default"),
        policy("/partners"),
        partner(&format!("{FABRIKAM}/identitySynchronization")),
    ];
    let mut all = [Value::Null, Value::Null, Value::Null, Value::Null];
    for (path, kept) in paths.iter().zip(&mut all) {
        let mut body = server.get(Administrator, path).await.body;
        // The refusal of what is not there names the request.
        if let Some(error) = body.get_mut("error") {
            error["innerError"].take();
        }
        *kept = body;
    }
    all
}

/// Sends it. `kept` are the settings before, and then those after.
async fn attempt(
    server: &Server,
    door: prop::sample::Index,
    attack: &Attack,
    kept: &mut [Value; 4],
) {
    let doors = doors();
    let (method, path, right) = door.get(&doors);
    let who = match path.starts_with("/v1.0") {
        true => Administrator,
        false => Program(&server::ALL_APPLICATION_PERMISSIONS),
    };
    let body = attack.body(right);
    let request = server
        .request(who, method, path)
        .header("content-type", "application/json")
        .body(Body::from(body.clone()));
    let answer = server.send(request.unwrap()).await;
    let said = || {
        format!(
            "{method} {path} {:.300} → {answer:?}",
            String::from_utf8_lossy(&body)
        )
    };
    assert!(answer.status < 500, "{}", said());
    let now = settings(server).await;
    if answer.status >= 400 {
        assert!(is_refusal(path, &answer), "{}", said());
        assert_eq!(&now, kept, "{}", said());
    }
    *kept = now;
}

#[test]
fn no_body_breaks_anything() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let server = runtime.block_on(Server::new());
    let config = Config {
        cases: 1000,
        failure_persistence: None,
        ..Config::default()
    };
    let mut runner = TestRunner::new(config);
    let kept = RefCell::new(runtime.block_on(settings(&server)));
    let ran = runner.run(&attack(), |(door, attack)| {
        runtime.block_on(attempt(&server, door, &attack, &mut kept.borrow_mut()));
        Ok(())
    });
    ran.unwrap();
}

#[tokio::test]
async fn what_the_attacks_start_from_is_right() {
    let server = Server::new().await;
    for (method, path, right) in doors() {
        let who = match path.starts_with("/v1.0") {
            true => Administrator,
            false => Program(&server::ALL_APPLICATION_PERMISSIONS),
        };
        let answer = server.call(who, method, &path, Some(right.clone())).await;
        assert!(answer.status < 300, "{method} {path} {right}: {answer:?}");
    }
}
