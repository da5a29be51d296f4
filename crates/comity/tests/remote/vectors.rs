//! Every sign-in, every block and every resolution of `cases/` is asked of a server that holds the
//! world of the case, and must get the answer that `comity test` demands.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use cases::case_file::{Case, CaseFile};
use cases::compare::differences;
use cases::folder;
use policy::tenant::TenantId;
use serde_json::{Value, json};

use crate::house::{House, OPERATOR};

/// The operations that are asked over HTTP.
const ASKED: [&str; 3] = ["signin", "block", "resolve"];
/// The tenant of whoever asks: none of any world.
const NOBODY: TenantId = TenantId::from_u128(0x0a5c);

fn all() -> Vec<CaseFile> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases");
    let files = folder::files(&[folder]).into_iter();
    let read = |path: PathBuf| CaseFile::read(&folder::read(&path).unwrap(), None).unwrap();
    files.map(|path| read(path.unwrap())).collect()
}

/// Asks the steps of a case that can be asked over HTTP, and lets the others happen to the world.
async fn ask(file: &CaseFile, case: &Case, counts: &mut BTreeMap<&str, usize>) -> Vec<String> {
    assert_eq!(case.faults, []);
    let mut state = file.fixture().changed(&case.vector.given).unwrap();
    let mut wrong = Vec::new();
    for step in &case.vector.steps {
        let op = step.question.op().as_str();
        if ASKED.contains(&op) {
            // What the steps before did is part of the world.
            let house = House::holding(&state.world).await;
            let mut question = json!({"op": op});
            let input = step.input.as_object().unwrap().clone();
            question.as_object_mut().unwrap().extend(input);
            let (status, answer) = house.decide((NOBODY, OPERATOR), &question).await;
            let differences = differences(&step.expected, &answer);
            if status != 200 || !differences.is_empty() {
                let id = &case.vector.id;
                wrong.push(format!(
                    "{id} ({op}): {status} {differences:#?}\n{answer:#}"
                ));
            }
            *counts.entry(op).or_default() += 1;
        }
        step.question.ask(&mut state).unwrap();
    }
    wrong
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_vector_gets_its_answer_over_http() {
    let mut counts = BTreeMap::from(ASKED.map(|op| (op, 0)));
    let mut wrong = Vec::new();
    for file in all() {
        for case in file.cases() {
            wrong.extend(ask(&file, case, &mut counts).await);
        }
    }
    println!("{counts:?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for (op, count) in counts {
        assert!(count > 0, "no case asks `{op}`");
    }
}

/// The first file: Contoso, Fabrikam and the others of the specification.
fn specification() -> CaseFile {
    let mut files = all().into_iter();
    files
        .find(|file| file.name().ends_with("semantics.yaml"))
        .unwrap()
}

#[tokio::test]
async fn settings_of_another_tenant_are_not_told() {
    // S2.3
    let file = specification();
    let world = &file.fixture().state().world;
    let house = House::holding(world).await;
    let mut hosted = world.tenants.values().filter(|t| t.policy.is_some());
    let (own, other) = (hosted.next().unwrap().id, hosted.next().unwrap().id);
    let question = |tenant: TenantId| {
        json!({
            "op": "resolve",
            "tenant": tenant.to_string(),
            "partner": NOBODY.to_string(),
            "property": "b2bCollaborationInbound",
        })
    };
    let reads: &[&str] = &["Policy.Read.All"];
    let (status, answer) = house.decide((own, reads), &question(own)).await;
    assert_eq!(status, 200);
    assert!(answer["source"].is_string(), "{answer}");
    // A tenant that is here and one that is not look the same.
    for tenant in [other, NOBODY] {
        let (status, answer) = house.decide((own, reads), &question(tenant)).await;
        assert_eq!((status.as_u16(), &answer["value"]), (404, &Value::Null));
    }
    // To ask for decisions is not to read settings.
    let asks: &[&str] = &["Decision.Read.All"];
    let (status, _) = house.decide((own, asks), &question(own)).await;
    assert_eq!(status, 403);
    let (status, _) = house
        .decide((own, &["AuditLog.Read.All"]), &question(own))
        .await;
    assert_eq!(status, 403);
}

#[tokio::test]
async fn a_question_that_makes_no_sense_names_the_member() {
    let file = specification();
    let house = House::holding(&file.fixture().state().world).await;
    let id = NOBODY.to_string();
    for (question, target) in [
        (json!({"op": "invade"}), "op"),
        (json!({"op": "block"}), "block"),
        (json!({"op": "block", "block": {}}), "block"),
        (
            json!({"op": "block", "block": {"usersAndGroups": {"accessType": "open"}}}),
            "block.usersAndGroups.accessType",
        ),
        (
            json!({"op": "block", "block": {"usersAndGroups": {"accessType": "allowed", "targets": [{"target": "AllUsers", "targetType": "user"}]}}, "userIds": ["x"]}),
            "userIds[0]",
        ),
        (json!({"op": "resolve", "partner": id}), "tenant"),
        (
            json!({"op": "resolve", "tenant": id, "partner": id, "property": "colour"}),
            "property",
        ),
        (
            json!({"op": "resolve", "tenant": id, "partner": id, "column": "colour"}),
            "column",
        ),
        (json!({"op": "resolve", "tenant": 5}), "tenant"),
        (
            json!({"op": "invite", "resourceTenant": id}),
            "invitedUserEmailAddress",
        ),
        (
            json!({"op": "invite", "resourceTenant": id, "invitedUserEmailAddress": "fred"}),
            "invitedUserEmailAddress",
        ),
        (
            json!({"op": "invite", "resourceTenant": id, "invitedUserEmailAddress": "a@b.example", "inviter": {"userType": "Robot"}}),
            "inviter.userType",
        ),
        (json!({"homeTenant": "x"}), "homeTenant"),
        (json!({"claims": {"mfa": "yes"}}), "claims.mfa"),
    ] {
        let (status, answer) = house.decide((NOBODY, OPERATOR), &question).await;
        assert_eq!(status, 400, "{question} {answer}");
        assert_eq!(answer["error"]["target"], target, "{question} {answer}");
    }
}
