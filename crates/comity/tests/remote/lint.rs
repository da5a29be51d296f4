//! `comity lint` against a server: what is found there is what is found in its export.

use std::fs;

use serde_json::Value;

use crate::command::{Caller, folder, run};
use crate::documents::{self, CONTOSO};
use crate::export::{bring_in, empty_house};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_and_its_export_have_the_same_found_in_them() {
    let folder = folder("lint");
    let house = empty_house().await;
    bring_in(&house, CONTOSO, &documents::contoso()).await;
    let caller = Caller::of(
        &house,
        &folder,
        CONTOSO.parse().unwrap(),
        &["Policy.Read.All"],
    )
    .await;
    let export = folder.join("export");
    fs::create_dir_all(&export).unwrap();
    for (name, value) in &documents::contoso() {
        fs::write(export.join(name), value.to_string()).unwrap();
    }
    let findings = |arguments: &[&str]| {
        let said = run(&folder, arguments);
        let told: Value = serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("{said:?}"));
        (said.code, told["findings"].clone())
    };
    let lint = ["lint", "--tenant", CONTOSO, "--json"];
    let served = findings(&caller.arguments(&lint));
    let read = findings(&[&lint[..], &["export"]].concat());
    assert!(read.1.as_array().unwrap().len() > 100, "{read:?}");
    assert_eq!(served, read);
}
