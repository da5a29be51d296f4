//! The partner entries of an import, and their synchronization settings.

use std::collections::BTreeMap;

use policy::reason::Reason;
use policy::settings::{Partner, Policy};
use policy::tenant::{MICROSOFT_ACCOUNTS, TenantId};
use policy::validate::Place;
use serde_json::Value;

use super::recognise::{Answer, Found};
use super::{Note, Outcome, contradictions, pages};
use crate::context::Context;
use crate::document::Printable;
use crate::settings::partner::SYNCHRONIZATION;
use crate::settings::{Mode, json_text, partner, synchronization};
use crate::wire::{Result, WireError, is_annotation, object};

/// Members that Graph always writes, in the default as in an entry, and that decide something.
pub(super) const SETTINGS: [&str; 6] = [
    "b2bCollaborationInbound",
    "b2bCollaborationOutbound",
    "b2bDirectConnectInbound",
    "b2bDirectConnectOutbound",
    "tenantRestrictions",
    "inboundTrust",
];

/// Reads every entry into the policy.
pub(super) fn read(
    policy: &mut Policy,
    own: TenantId,
    found: &[Found<'_>],
    notes: &mut Vec<Note>,
) -> Outcome<()> {
    pages::check(found, notes)?;
    let entries = entries(policy, found)?;
    let mut seen: BTreeMap<TenantId, &str> = BTreeMap::new();
    for entry in &entries {
        let partner = entry.read(|value| read_entry(value, own))?;
        if let Some(first) = seen.insert(partner.tenant, entry.document) {
            let message = format!(
                "{}: {} (also in {})",
                Reason::PartnerExists,
                Reason::PartnerExists.sentence(),
                Printable(first)
            );
            return Err(entry.refuse(WireError::conflict(message).under("tenantId")));
        }
        policy.partners.insert(partner);
    }
    note_what_is_missing(found, &entries, notes);
    read_settings(policy, found)
}

/// The entries of all pages and those that came alone, in the order of the documents.
fn entries<'a>(policy: &mut Policy, found: &[Found<'a>]) -> Outcome<Vec<Found<'a>>> {
    let mut entries = Vec::new();
    for found in found {
        match found.answer {
            Answer::Partner => {
                found.is_whole(&SETTINGS)?;
                entries.push(found.clone());
            }
            Answer::Page => {
                found.is_whole(&SETTINGS)?;
                found.read(|value| keep_annotations(policy, value))?;
                let values = found.value.get("value").and_then(Value::as_array);
                let values = values.map(Vec::as_slice).unwrap_or_default();
                let path = found.path.member("value");
                entries.extend(values.iter().enumerate().map(|(index, value)| Found {
                    path: path.index(index),
                    answer: Answer::Partner,
                    value,
                    document: found.document,
                }));
            }
            _ => {}
        }
    }
    Ok(entries)
}

/// Keeps what a page says about the list as a whole; how it is cut into pages is forgotten.
fn keep_annotations(policy: &mut Policy, page: &Value) -> Result<()> {
    for (name, value) in object(page)? {
        match name.as_str() {
            "value" | "@odata.nextLink" | "@odata.count" => {}
            annotation if is_annotation(annotation) => {
                let name = format!("{}{annotation}", crate::export::PARTNERS_ANNOTATION);
                if policy.untreated.get(&name).is_none() {
                    policy.untreated.set(&name, json_text(value)?);
                }
            }
            other => return Err(WireError::unknown(other, &[&["value"]])),
        }
    }
    Ok(())
}

fn read_entry(value: &Value, own: TenantId) -> Result<Partner> {
    let deleted = value.get("deletedDateTime");
    if deleted.is_some_and(|time| !time.is_null()) {
        let message = "this partner has been deleted; only live ones are imported";
        return Err(WireError::conflict(message).under("deletedDateTime"));
    }
    let entry = partner::read(value, Mode::Import)?;
    if entry.tenant == own {
        return Err(WireError::rule(Reason::PartnerIsSelf).under("tenantId"));
    }
    let place = Place::Partner {
        other_cloud: false,
        microsoft_accounts: entry.tenant == MICROSOFT_ACCOUNTS,
    };
    contradictions(&entry.blocks, place)?;
    Ok(entry)
}

fn note_what_is_missing(found: &[Found<'_>], entries: &[Found<'_>], notes: &mut Vec<Note>) {
    let of = |answer: Answer| found.iter().any(|found| found.answer == answer);
    if !of(Answer::Page) && entries.is_empty() {
        notes.push(Note::NoPartnerList);
    }
    let says = |member: &str| {
        entries
            .iter()
            .filter(|entry| entry.value.get(member).is_some())
            .count()
    };
    let mut contexts = found.iter().filter_map(|found| Context::of(found.value));
    let asked = contexts.any(|context| context.expands(SYNCHRONIZATION));
    let told = asked || says(SYNCHRONIZATION) > 0 || of(Answer::Synchronization);
    if !entries.is_empty() && !told {
        notes.push(Note::NoSynchronization);
    }
    for member in SETTINGS {
        let missing = entries.len() - says(member);
        if missing > 0 {
            notes.push(Note::Inherited {
                member,
                entries: missing,
            });
        }
    }
}

/// Synchronization settings that came alone belong to the entry of their tenant.
fn read_settings(policy: &mut Policy, found: &[Found<'_>]) -> Outcome<()> {
    for found in found
        .iter()
        .filter(|found| found.answer == Answer::Synchronization)
    {
        let (tenant, setting) = found.read(|value| synchronization::read(value, Mode::Import))?;
        let entry = tenant.and_then(|tenant| policy.partners.get_mut(tenant));
        let Some(entry) = entry else {
            let message = "no partner entry belongs to this synchronization setting";
            return Err(found.refuse(WireError::conflict(message).under("tenantId")));
        };
        if entry
            .synchronization
            .as_ref()
            .is_some_and(|known| *known != setting)
        {
            let message = "the partner entry has another synchronization setting";
            return Err(found.refuse(WireError::conflict(message)));
        }
        entry.synchronization = Some(setting);
    }
    Ok(())
}
