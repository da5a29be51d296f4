//! A disk that fills up, and has room again.
//!
//! The system refuses every write beyond a size (`RLIMIT_FSIZE`), from one moment to the next and
//! until it does not any more: nothing between the program and its files is made up.

use serde_json::json;

use crate::client::policy;
use crate::program::{CONTOSO, Place, until};

#[test]
fn a_full_disk_refuses_writes_with_a_reason_and_decisions_go_on() {
    let place = Place::new("");
    let mut program = place.start();
    let mut client = program.client_of(&place.credentials);
    let partner = "0f000000-0000-4000-8000-000000000002";
    let added = client.post(&policy("/partners"), &json!({"tenantId": partner}));
    assert_eq!(added.status, 201);
    let ask = json!({"homeTenant": partner, "user": "0f000000-0000-4000-8000-00000000a001",
        "resourceTenant": CONTOSO, "resourceAppId": "aa000000-0000-4000-8000-000000000001"});
    let decided = client.post("/comity/v1/decide", &ask);
    assert_eq!(decided.status, 200, "{decided:?}");
    let before = client.get(&policy("/default")).json();

    program.limit_files("4096");
    let change = json!({"inboundTrust": {"isMfaAccepted": true}});
    for _ in 0..3 {
        let refused = client.patch(&policy("/default"), &change);
        assert_eq!(refused.status, 503, "{refused:?}");
        assert_ne!(refused.header("retry-after"), "");
        let error = &refused.json()["error"];
        assert_eq!(error["code"], "serviceNotAvailable");
        let message = error["message"].as_str().unwrap();
        assert!(message.contains("no room left"), "{message}");
        let again = client.post("/comity/v1/decide", &ask);
        assert_eq!((again.status, &again.json()), (200, &decided.json()));
        assert_eq!(client.get(&policy("/default")).json(), before);
    }
    // Whoever has no token yet gets one: that needs no room.
    program.client().token(&place.credentials);
    assert_eq!(program.client().get("/readyz").status, 200);

    program.limit_files("unlimited");
    until("room for a write", || {
        let answer = client.patch(&policy("/default"), &change);
        (answer.status == 204).then_some(())
    });
    let after = client.get(&policy("/default")).json();
    assert_eq!(after["inboundTrust"]["isMfaAccepted"], true);
    assert!(!program.log().contains("panicked"), "{}", program.log());

    // And it is on the disk.
    program.kill();
    let program = place.start();
    let mut client = program.client_of(&place.credentials);
    assert_eq!(client.get(&policy("/default")).json(), after);
}
