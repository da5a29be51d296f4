//! Long lists: pages, and pages that are missing.

use serde_json::{Value, json};

use super::{
    FABRIKAM, XTAP, all, block, entry, half, imported, page, refused, restrictions, with, without,
};
use crate::export;
use crate::import::{Note, Options, read};

/// Three hundred partners of every kind, on three pages, without anything drawn at random.
fn many_pages() -> (Vec<Value>, Vec<(String, Value)>) {
    let id = |n: usize, kind: u32| format!("{n:08x}-0000-4000-8000-00000000{kind:04x}");
    let entries: Vec<Value> = (1..=300)
        .map(|n| {
            let mut entry = entry(&id(n, 1));
            let users = json!({"accessType": if n % 2 == 0 { "allowed" } else { "blocked" }, "targets": [
                {"target": id(n, 2), "targetType": "user"}, {"target": id(n, 3), "targetType": "group"},
            ]});
            let applications = half("blocked", &id(n, 4), "application");
            match n % 5 {
                0 => {}
                1 => entry["b2bCollaborationInbound"] = block(users, applications),
                2 => entry["b2bDirectConnectOutbound"] = json!({"applications": half("allowed", "Office365", "application")}),
                3 => entry["inboundTrust"] = json!({"isMfaAccepted": true, "isCompliantDeviceAccepted": null, "isHybridAzureADJoinedDeviceAccepted": null}),
                _ => {
                    let tenant = id(n, 1);
                    entry["identitySynchronization"] = json!({"tenantId": tenant, "displayName": "Sync", "userSyncInbound": {"isSyncAllowed": n % 2 == 0}});
                    entry["automaticUserConsentSettings"] = json!({"inboundAllowed": true, "outboundAllowed": null});
                    entry["tenantRestrictions"] = restrictions();
                }
            }
            if n % 7 == 0 {
                entry["crossCloudMeetingConfiguration"] = json!({"inboundAllowed": true, "outboundAllowed": null});
            }
            entry
        })
        .collect();
    let mut documents = without("partners.json");
    for (number, chunk) in entries.chunks(100).enumerate() {
        let mut page = page(chunk.to_vec());
        if number < 2 {
            let link = format!(
                "https://graph.microsoft.com/v1.0/policies/crossTenantAccessPolicy/partners?$skiptoken={number}"
            );
            page["@odata.nextLink"] = link.into();
        }
        documents.push((format!("partners-{number}.json"), page));
    }
    (entries, documents)
}

#[test]
fn a_few_hundred_partners_on_several_pages_come_back_without_difference() {
    let (entries, documents) = many_pages();
    let imported = imported(&documents);
    assert_eq!(
        imported.notes,
        [Note::PagesUncounted(3), Note::LicenceUnknown]
    );
    let exported = export::write(&imported.tenant).unwrap();
    assert_eq!(exported.partners, page(entries));
    assert_eq!(
        read(&all(&exported), &Options::default()).unwrap().tenant,
        imported.tenant
    );
}

#[test]
fn an_export_of_which_a_page_is_missing_is_refused() {
    let (_, documents) = many_pages();
    let lacking = |name: &str| {
        let mut documents = documents.clone();
        documents.retain(|(known, _)| known != name);
        documents
    };
    refused(
        &lacking("partners-2.json"),
        &[
            "partners-1.json",
            "@odata.nextLink",
            "the last page is missing",
        ],
    );
    let mut first_only = lacking("partners-2.json");
    first_only.retain(|(name, _)| name != "partners-1.json");
    refused(
        &first_only,
        &["partners-0.json", "the page it goes on with is missing"],
    );
    // Whatever says how many there are makes a page missing in the middle visible, too.
    let mut counted = lacking("partners-1.json");
    counted[2].1["@odata.count"] = json!(300);
    refused(&counted, &["has 300 partners and the pages hold 200"]);
    let mut linked = lacking("partners-0.json");
    linked[2].1["@odata.nextLink"] =
        "https://graph.microsoft.com/v1.0/policies/crossTenantAccessPolicy/partners?$skip=200"
            .into();
    refused(&linked, &["begins after 200 partners, and 100 were given"]);
    let mut twice = documents.clone();
    let again = (String::from("copy.json"), documents[2].1.clone());
    twice.push(again);
    refused(&twice, &["copy.json", "the same page as partners-0.json"]);
    let mut two_ends = documents.clone();
    two_ends.push(("other.json".to_owned(), page(vec![entry(FABRIKAM)])));
    refused(
        &two_ends,
        &["other.json", "ends the partner list", "partners-2.json"],
    );
}

#[test]
fn an_answer_that_was_asked_for_in_part_is_not_taken_for_the_whole() {
    let context = format!("{XTAP}/partners(tenantId,identitySynchronization())");
    let selected = json!({"@odata.context": context, "value": [{"tenantId": FABRIKAM}]});
    refused(
        &with("partners.json", selected),
        &["partners.json", "$select", "b2bCollaborationInbound"],
    );
    let context = format!("{XTAP}/default(isServiceDefault)/$entity");
    let selected = json!({"@odata.context": context, "isServiceDefault": true});
    refused(
        &with("default.json", selected),
        &["default.json", "$select"],
    );
}
