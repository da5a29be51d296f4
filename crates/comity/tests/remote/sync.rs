//! Every `sync` of `cases/` is done by a job of a server that holds the world of the case, and must
//! come to what `comity test` demands. And `comity sync`, which makes such jobs.

use std::path::{Path, PathBuf};

use cases::case_file::{Case, CaseFile};
use cases::compare::differences;
use cases::fixture::State;
use cases::folder as case_folder;
use policy::tenant::TenantId;
use reqwest::Method;
use serde_json::{Value, json};

use crate::command::{Caller, folder, run};
use crate::house::{House, OPERATOR};

/// The tenant of the operator's program: none of any world.
const NOBODY: TenantId = TenantId::from_u128(0x0a5c);

fn all() -> Vec<CaseFile> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases");
    let files = case_folder::files(&[folder]).into_iter();
    let read = |path: PathBuf| CaseFile::read(&case_folder::read(&path).unwrap(), None).unwrap();
    files.map(|path| read(path.unwrap())).collect()
}

/// The job of a step, as an administrator writes it.
fn job(input: &Value) -> Value {
    let mut scope = input["scope"].clone();
    if let Some(attributes) = scope["filter"].as_object() {
        let conditions = attributes.iter();
        let conditions = conditions.map(|(name, value)| json!({"attribute": name, "value": value}));
        scope["filter"] = conditions.collect();
    }
    let mut job = json!({
        "targetTenantId": input["targetTenant"],
        "schedule": {"enabled": false},
        "scope": scope,
    });
    for name in [
        "userTypeMapping",
        "applyUserTypeAlways",
        "targetObjectDelete",
    ] {
        if !input[name].is_null() {
            job[name] = input[name].clone();
        }
    }
    job
}

/// Does the step through the endpoints; status and answer.
pub(crate) async fn provision(house: &House, input: &Value) -> (u16, Value) {
    let operator = (NOBODY, OPERATOR);
    let source = input["sourceTenant"].as_str().unwrap();
    let path = format!("/comity/v1/tenants/{source}/synchronization/jobs");
    let (status, made) = house
        .call(operator, Method::POST, &path, Some(&job(input)))
        .await;
    assert_eq!(status, 201, "{made}");
    let path = format!("{path}/{}/provisionOnDemand", made["id"].as_str().unwrap());
    let user = json!({"user": input["user"]});
    let (status, answer) = house.call(operator, Method::POST, &path, Some(&user)).await;
    (status.as_u16(), answer)
}

/// Cases whose source is not hosted have no job: its administrators are elsewhere.
fn is_hosted(state: &State, input: &Value) -> bool {
    let source = input["sourceTenant"]
        .as_str()
        .and_then(|id| id.parse().ok());
    source.is_some_and(|source: TenantId| state.world.policy(source).is_some())
}

async fn ask(file: &CaseFile, case: &Case, count: &mut usize) -> Vec<String> {
    let mut state = file.fixture().changed(&case.vector.given).unwrap();
    let mut wrong = Vec::new();
    for step in &case.vector.steps {
        if step.question.op().as_str() == "sync" && is_hosted(&state, &step.input) {
            let house = House::holding(&state.world).await;
            let (status, answer) = provision(&house, &step.input).await;
            let differences = differences(&step.expected, &answer);
            if status != 200 || !differences.is_empty() {
                let id = &case.vector.id;
                wrong.push(format!("{id}: {status} {differences:#?}\n{answer:#}"));
            }
            *count += 1;
        }
        step.question.ask(&mut state).unwrap();
    }
    wrong
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_synchronization_of_the_cases_is_done_by_a_job() {
    // S12
    let (mut count, mut wrong) = (0, Vec::new());
    for file in all() {
        for case in file.cases() {
            wrong.extend(ask(&file, case, &mut count).await);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count >= 20, "only {count} cases were asked");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_is_made_listed_and_steered_from_the_command_line() {
    let files = all();
    let file = files
        .iter()
        .find(|file| file.name().ends_with("semantics.yaml"));
    let world = &file.unwrap().fixture().state().world;
    let house = House::holding(world).await;
    let mut hosted = world
        .tenants
        .values()
        .filter(|tenant| tenant.policy.is_some());
    let (source, target) = (hosted.next().unwrap().id, hosted.next().unwrap().id);
    let folder = folder("sync");
    let permissions = ["Policy.ReadWrite.CrossTenantAccess"];
    let caller = Caller::of(&house, &folder, source, &permissions).await;
    let (source, target) = (source.to_string(), target.to_string());
    let sync = |rest: &[&str]| {
        let mut arguments = vec!["sync"];
        arguments.extend(rest);
        arguments.extend(["--tenant", &source]);
        run(&folder, &caller.arguments(&arguments))
    };
    let none = sync(&["list"]);
    assert_eq!(
        (none.code, none.out.trim()),
        (Some(0), "no jobs"),
        "{none:?}"
    );
    let condition = "department!=Stock";
    let made = sync(&[
        "create", "--target", &target, "--all", "--where", condition, "--json",
    ]);
    assert_eq!(made.code, Some(0), "{made:?}");
    let job: Value = serde_json::from_str(&made.out).unwrap();
    assert_eq!(job["scope"]["filter"][0]["operator"], "notEquals");
    let id = job["id"].as_str().unwrap();
    let listed = sync(&["list"]);
    assert!(listed.out.contains(id), "{listed:?}");
    let paused = sync(&["pause", id]);
    assert!(paused.out.contains("paused"), "{paused:?}");
    let user = "0f000000-0000-4000-8000-00000000dead";
    let done = sync(&["provision", id, "--user", user]);
    assert_eq!(done.code, Some(0), "{done:?}");
    let refused = sync(&["allow-deletions", id]);
    assert_ne!(refused.code, Some(0), "{refused:?}");
    let ran = sync(&["run", id, "--json"]);
    let ran: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(ran["status"]["state"], "active");
    let gone = sync(&["delete", id]);
    assert_eq!(gone.code, Some(0), "{gone:?}");
    let missing = sync(&["status", id]);
    assert!(missing.err.contains("no such job"), "{missing:?}");
    let nowhere = run(&folder, &["sync", "list", "--tenant", &source]);
    assert_eq!(nowhere.code, Some(2), "{nowhere:?}");
}
