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
