//! `comity propose`: what is proposed keeps what it says it keeps.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::{CONTOSO, comity, example, folder, json};

/// What the proposal says it keeps, and what a replay of the same log makes of it.
fn proposed(folder: &Path, keep: &str) -> (Value, Value) {
    let log = &example("contoso-signins.json");
    let propose = ["propose", log, "--tenant", CONTOSO, "--keep", keep];
    let told = comity(
        folder,
        &[&propose[..], &["--out", "tight.yaml", "--json"]].concat(),
    );
    assert_eq!(told.status.code(), Some(0), "{told:?}");
    let contoso = &example("contoso");
    let plan = ["plan", "tight.yaml", contoso, "--log", log, "--json"];
    let plan = comity(folder, &plan);
    assert_eq!(plan.status.code(), Some(5), "{plan:?}");
    (json(&told), json(&plan))
}

#[test]
fn all_that_is_in_use_is_kept_and_nothing_else_is_open() {
    let folder = folder("propose");
    let (told, plan) = proposed(&folder, "100");
    assert_eq!((&told["kept"], &told["signIns"]), (&json!(12), &json!(12)));
    assert_eq!(plan["preview"]["certain"]["closes"], 0);
    assert_eq!(plan["preview"]["conditional"]["closes"], 0);
    // Nothing opens by it.
    let regions = plan["difference"]["regions"].as_array().unwrap();
    assert!(regions.iter().all(|region| region["turn"] == "closes"));
    // The text and the JSON say the same.
    let again = comity(
        &folder,
        &["plan", "tight.yaml", &example("contoso"), "--json"],
    );
    fs::write(folder.join("tight.json"), told["wanted"].to_string()).unwrap();
    let other = comity(
        &folder,
        &["plan", "tight.json", &example("contoso"), "--json"],
    );
    assert_eq!(json(&again)["steps"], json(&other)["steps"]);
}

#[test]
fn a_smaller_share_closes_as_many_sign_ins_as_it_says() {
    let folder = folder("propose-share");
    let (told, plan) = proposed(&folder, "50");
    let lost = told["signIns"].as_u64().unwrap() - told["kept"].as_u64().unwrap();
    assert!(lost > 0, "{told}");
    assert_eq!(plan["preview"]["certain"]["closes"], lost);
    let curve = told["tradeOff"].as_array().unwrap();
    assert_eq!(curve.first().unwrap()["signIns"], told["kept"]);
    assert_eq!(curve.last().unwrap()["signIns"], told["signIns"]);
}

#[test]
fn nothing_is_proposed_where_nothing_is_known() {
    let folder = folder("propose-nothing");
    fs::write(folder.join("log.json"), "[]").unwrap();
    let output = comity(&folder, &["propose", "log.json", "--tenant", CONTOSO]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let output = comity(
        &folder,
        &["propose", "log.json", "--tenant", CONTOSO, "--keep", "101"],
    );
    assert_eq!(output.status.code(), Some(2), "{output:?}");
}
