//! The templates for partners of a multitenant organization:
//! `/policies/crossTenantAccessPolicy/templates/…` (S13.4).

use policy::draft::{Patch, TemplateDraft, Written};
use policy::multitenant::{PartnerTemplate, SynchronizationTemplate, TemplateLevel};
use policy::settings::BlockName;
use policy::tenant::PolicyId;
use serde_json::{Map, Value, json};

use crate::query::{Member, QueryOption, Shape};
use crate::settings::{Form, block, consent, synchronization, trust};
use crate::wire::{Result, WireError};

const LEVEL: &str = "templateApplicationLevel";

/// The template for partner entries.
pub static PARTNER: Shape = Shape {
    members: &[
        Member::guid("id"),
        Member::text(LEVEL),
        Member::opaque("inboundTrust"),
        Member::opaque("b2bCollaborationOutbound"),
        Member::opaque("b2bCollaborationInbound"),
        Member::opaque("b2bDirectConnectOutbound"),
        Member::opaque("b2bDirectConnectInbound"),
        Member::opaque("automaticUserConsentSettings"),
    ],
    options: &[QueryOption::Select],
    ..Shape::EMPTY
};

/// The template for synchronization.
pub static SYNCHRONIZATION: Shape = Shape {
    members: &[
        Member::guid("id"),
        Member::text(LEVEL),
        Member::opaque("userSyncInbound"),
    ],
    options: &[QueryOption::Select],
    ..Shape::EMPTY
};

/// A set of flags, written as one text with commas (S13.5).
pub(crate) fn level(value: &Value) -> Result<TemplateLevel> {
    let wrong = || {
        WireError::form(
            "none, newPartners, existingPartners or newPartners,existingPartners",
            value,
        )
    };
    let mut level = TemplateLevel {
        new_partners: false,
        existing_partners: false,
    };
    for flag in value.as_str().ok_or_else(wrong)?.split(',').map(str::trim) {
        match flag {
            "none" => {}
            "newPartners" => level.new_partners = true,
            "existingPartners" => level.existing_partners = true,
            _ => return Err(wrong()),
        }
    }
    Ok(level)
}

/// What the body of a PATCH says. The only error is a body that is not an object.
pub fn read(body: &Value) -> Result<TemplateDraft> {
    let mut draft = TemplateDraft::default();
    for written in crate::body::read(body)? {
        match written {
            Written::Unknown(name) if name == LEVEL => {
                let value = body.get(LEVEL).unwrap_or(&Value::Null);
                match level(value) {
                    Ok(level) => draft.level = Patch::Value(level),
                    Err(_) => draft.written.push(Written::Malformed {
                        path: name,
                        expected: "none, newPartners, existingPartners or both with a comma",
                    }),
                }
            }
            other => draft.written.push(other),
        }
    }
    Ok(draft)
}

fn beginning(id: Option<PolicyId>, level: TemplateLevel) -> Map<String, Value> {
    let mut members = Map::new();
    members.insert("id".to_owned(), id.map(|id| id.to_string()).into());
    members.insert(LEVEL.to_owned(), level.as_str().into());
    members
}

/// Writes the template for partner entries.
pub fn render_partner(template: &PartnerTemplate, id: Option<PolicyId>) -> Value {
    let PartnerTemplate {
        level,
        blocks,
        trust,
        automatic_consent,
    } = template;
    let mut members = beginning(id, *level);
    let stated = (!trust.is_null()).then(|| trust::render(trust, Form::Answer));
    members.insert("inboundTrust".to_owned(), stated.into());
    for name in [
        BlockName::B2bCollaborationOutbound,
        BlockName::B2bCollaborationInbound,
        BlockName::B2bDirectConnectOutbound,
        BlockName::B2bDirectConnectInbound,
    ] {
        let block = blocks.get(name);
        let block = block.map(|block| block::render(block, name, Form::Answer));
        members.insert(name.as_str().to_owned(), block.into());
    }
    let consent = consent::render(*automatic_consent, Form::Answer);
    members.insert("automaticUserConsentSettings".to_owned(), consent);
    Value::Object(members)
}

/// Writes the template for synchronization.
pub fn render_synchronization(template: &SynchronizationTemplate, id: Option<PolicyId>) -> Value {
    let SynchronizationTemplate {
        level,
        is_sync_allowed,
    } = template;
    let mut members = beginning(id, *level);
    let allowed = synchronization::render_user_sync(*is_sync_allowed);
    let allowed = allowed.unwrap_or_else(|| json!({"isSyncAllowed": null}));
    members.insert("userSyncInbound".to_owned(), allowed);
    Value::Object(members)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_that_nobody_changed_say_nothing() {
        // S13.5, S13.6
        let expected = json!({
            "id": null,
            "templateApplicationLevel": "newPartners,existingPartners",
            "inboundTrust": null,
            "b2bCollaborationOutbound": null,
            "b2bCollaborationInbound": null,
            "b2bDirectConnectOutbound": null,
            "b2bDirectConnectInbound": null,
            "automaticUserConsentSettings": {"inboundAllowed": null, "outboundAllowed": null},
        });
        let answer = render_partner(&PartnerTemplate::default(), None);
        assert_eq!(answer.to_string(), expected.to_string());
        let answer = render_synchronization(&SynchronizationTemplate::default(), None);
        assert_eq!(answer["userSyncInbound"], json!({"isSyncAllowed": null}));
    }

    #[test]
    fn a_level_is_read_with_the_members_beside_it() {
        let body = json!({"templateApplicationLevel": "newPartners, existingPartners", "id": "x"});
        let draft = read(&body).unwrap();
        assert_eq!(draft.level, Patch::Value(TemplateLevel::default()));
        assert_eq!(draft.written.len(), 1);
        let draft = read(&json!({"templateApplicationLevel": "allPartners"})).unwrap();
        assert!(matches!(&draft.written[..], [Written::Malformed { path, .. }] if path == LEVEL));
    }
}
