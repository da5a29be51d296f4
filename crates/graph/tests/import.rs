//! The sample organizations, imported and exported.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests say what they expect"
)]

use std::path::Path;

use graph::document::Document;
use graph::export;
use graph::import::{self, Note, Options};
use policy::tenant::Cloud;
use serde_json::Value;

const FILES: [&str; 4] = [
    "organization.json",
    "crossTenantAccessPolicy.json",
    "default.json",
    "partners.json",
];

fn sample(folder: &str) -> Vec<(String, Value)> {
    let read = |file: &str| {
        let name = format!("examples/{folder}/{file}");
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../..")
            .join(&name);
        let document = Document::parse(&name, &std::fs::read(path).unwrap()).unwrap();
        (name, document.value().clone())
    };
    FILES.map(read).into()
}

#[test]
fn the_sample_organizations_are_imported_and_exported_without_difference() {
    for folder in ["contoso", "fabrikam", "woodgrove"] {
        let documents = sample(folder);
        let imported = import::read(&documents, &Options::default());
        let imported = imported.unwrap_or_else(|error| panic!("{error}"));
        let notes = &imported.notes;
        assert!(
            notes.iter().all(|note| *note == Note::LicenceUnknown),
            "{folder}: {notes:?}"
        );
        let exported = export::write(&imported.tenant).unwrap();
        assert_eq!(exported.policy, documents[1].1, "{folder}");
        assert_eq!(exported.default, documents[2].1, "{folder}");
        assert_eq!(exported.partners, documents[3].1, "{folder}");
        let again = [
            ("organization.json".to_owned(), exported.organization),
            ("policy.json".to_owned(), exported.policy),
            ("default.json".to_owned(), exported.default),
            ("partners.json".to_owned(), exported.partners),
        ];
        let again = import::read(&again, &Options::default()).unwrap();
        assert_eq!(again.tenant, imported.tenant, "{folder}");
    }
}

#[test]
fn the_sample_of_the_us_government_cloud_is_known_by_its_address() {
    let imported = import::read(&sample("woodgrove"), &Options::default()).unwrap();
    assert_eq!(imported.tenant.cloud, Cloud::UsGovernment);
}

/// A list of one hundred partners a page, the way scripts save it.
fn pages(names: &[&str]) -> Vec<(String, Value)> {
    let mut documents = sample("contoso");
    documents.retain(|(name, _)| !name.ends_with("partners.json"));
    for (at, name) in names.iter().enumerate() {
        let entries = (0..100).map(|entry| {
            let id = format!("0f000000-0000-4000-8000-{at:04}{entry:08}");
            // Older answers lack most members; an export must not make them up.
            serde_json::json!({"tenantId": id, "inboundTrust": null, "newMember": {"kept": [1, 2.50]}})
        });
        let mut page = serde_json::json!({"value": entries.collect::<Value>()});
        if at + 1 < names.len() {
            page["@odata.nextLink"] = format!("https://graph.microsoft.com/v1.0/policies/crossTenantAccessPolicy/partners?$skiptoken=p{at}").into();
        }
        documents.push(((*name).to_owned(), page));
    }
    documents
}

#[test]
fn a_few_hundred_partners_come_back_as_they_were_written() {
    let documents = pages(&["partners-1.json", "partners-2.json", "partners-3.json"]);
    let imported = import::read(&documents, &Options::default()).unwrap();
    let exported = export::write(&imported.tenant).unwrap();
    let entries = exported.partners["value"].as_array().unwrap();
    let written = documents
        .iter()
        .filter(|(name, _)| name.contains("partners"));
    let written: Vec<&Value> = written
        .flat_map(|(_, page)| page["value"].as_array().unwrap())
        .collect();
    assert_eq!(entries.iter().collect::<Vec<_>>(), written);
}

#[test]
fn a_gap_in_the_numbers_of_the_pages_is_a_missing_page() {
    let documents = pages(&["partners-1.json", "partners-2.json", "partners-4.json"]);
    let error = import::read(&documents, &Options::default()).unwrap_err();
    assert_eq!(error.document.as_deref(), Some("partners-4.json"));
    let message = error.to_string();
    assert!(
        message.contains("`partners-3.json` is missing"),
        "{message}"
    );
}
