//! Multitenant organizations and the templates of their tenants, in a world (S13).

use std::collections::BTreeSet;

use policy::multitenant::{
    Member, MultitenantOrganization, PartnerTemplate, SynchronizationTemplate, Templates,
};
use policy::settings::{BlockName, InboundTrust};
use policy::tenant::TenantId;
use serde_json::{Map, Value};

use super::say;
use crate::settings::{Form, Mode, block, consent, synchronization, trust};
use crate::template;
use crate::wire::{
    Result, WireError, Within, each, guid, list, object, optional, optional_text, word,
};

const PARTNER: &str = "multiTenantOrganizationPartnerConfiguration";
const SYNCHRONIZATION: &str = "multiTenantOrganizationIdentitySynchronization";
const LEVEL: &str = "templateApplicationLevel";

/// Reads one organization, or a list of them.
pub(super) fn read(value: &Value) -> Result<Vec<MultitenantOrganization>> {
    let organizations = match value {
        Value::Object(_) => vec![read_organization(value)?],
        _ => each(value, read_organization)?,
    };
    Ok(organizations)
}

fn read_organization(value: &Value) -> Result<MultitenantOrganization> {
    let mut organization = MultitenantOrganization::default();
    for (member, value) in object(value)? {
        match member.as_str() {
            "displayName" => organization.display_name = optional_text(value).under(member)?,
            "tenants" => {
                let members = optional(value, read_members).under(member)?;
                organization.members = members.unwrap_or_default();
            }
            "id" => organization.id = optional(value, guid).under(member)?,
            "description" => organization.description = optional_text(value).under(member)?,
            // Graph's own members of the organization; none of them decides anything.
            "createdDateTime" | "state" => {}
            other => return Err(WireError::unknown(other, &[&["displayName", "tenants"]])),
        }
    }
    Ok(organization)
}

fn read_members(value: &Value) -> Result<Vec<Member>> {
    let mut members = Vec::new();
    let mut seen = BTreeSet::new();
    for (index, value) in list(value)?.iter().enumerate() {
        let Some(member) = read_tenant(value).at(index)? else {
            continue;
        };
        let id = member.tenant;
        if !seen.insert(id) {
            let message = format!("the tenant {id} stands in the list twice");
            return Err(WireError::conflict(message).under("tenantId").at(index));
        }
        members.push(member);
    }
    Ok(members)
}

/// A tenant of an organization, unless it has been removed from it.
fn read_tenant(value: &Value) -> Result<Option<Member>> {
    let mut tenant: Option<TenantId> = None;
    let (mut owner, mut state) = (false, "pending");
    let (mut display_name, mut added_by) = (None, None);
    for (member, value) in object(value)? {
        match member.as_str() {
            "tenantId" => tenant = Some(guid(value).under(member)?),
            "role" => {
                let role = |value: &Value| {
                    word(value, "owner or member", &["owner", "member"], |name| name)
                };
                owner = optional(value, role).under(member)? == Some("owner");
            }
            "state" => {
                let states = ["pending", "active", "removed"];
                let read =
                    |value: &Value| word(value, "pending, active or removed", &states, |name| name);
                state = optional(value, read).under(member)?.unwrap_or("pending");
            }
            "displayName" => display_name = optional_text(value).under(member)?,
            "addedByTenantId" => added_by = optional(value, guid).under(member)?,
            other => {
                let legal = [
                    "tenantId",
                    "role",
                    "state",
                    "displayName",
                    "addedByTenantId",
                ];
                return Err(WireError::unknown(other, &[&legal]));
            }
        }
    }
    let tenant = tenant.ok_or_else(|| WireError::missing("tenantId"))?;
    Ok((state != "removed").then_some(Member {
        owner,
        active: state == "active",
        display_name,
        added_by,
        ..Member::pending(tenant)
    }))
}

/// Writes the organizations: one as an object, several as a list.
pub(super) fn write(organizations: &[MultitenantOrganization]) -> Option<Value> {
    match organizations {
        [] => None,
        [organization] => Some(write_organization(organization)),
        several => Some(several.iter().map(write_organization).collect()),
    }
}

fn write_organization(organization: &MultitenantOrganization) -> Value {
    let MultitenantOrganization {
        id,
        display_name,
        description,
        created: _,
        members,
    } = organization;
    let mut object = Map::new();
    say(&mut object, "id", id.map(|id| id.to_string()));
    say(&mut object, "displayName", display_name.clone());
    say(&mut object, "description", description.clone());
    let tenants = members.iter().map(|member| {
        let mut tenant = Map::new();
        let role = if member.owner { "owner" } else { "member" };
        let state = if member.active { "active" } else { "pending" };
        say(&mut tenant, "tenantId", Some(member.tenant.to_string()));
        say(&mut tenant, "role", Some(role));
        say(&mut tenant, "state", Some(state));
        say(&mut tenant, "displayName", member.display_name.clone());
        let added_by = member.added_by.map(|id| id.to_string());
        say(&mut tenant, "addedByTenantId", added_by);
        Value::Object(tenant)
    });
    say(&mut object, "tenants", Some(tenants.collect::<Value>()));
    Value::Object(object)
}

/// Reads the two templates of a tenant (S13.4).
pub(super) fn read_templates(value: &Value) -> Result<Templates> {
    let mut templates = Templates::default();
    for (member, value) in object(value)? {
        match member.as_str() {
            PARTNER => {
                let read = optional(value, read_partner).under(member)?;
                templates.partner = read.unwrap_or_default();
            }
            SYNCHRONIZATION => {
                let read = optional(value, read_synchronization).under(member)?;
                templates.synchronization = read.unwrap_or_default();
            }
            other => return Err(WireError::unknown(other, &[&[PARTNER, SYNCHRONIZATION]])),
        }
    }
    Ok(templates)
}

fn read_partner(value: &Value) -> Result<PartnerTemplate> {
    let mut template = PartnerTemplate::default();
    for (member, value) in object(value)? {
        if let Some(name) = BlockName::from_name(member) {
            let block = block::read(value, name, Mode::Strict).under(member)?;
            template.blocks.set(name, block);
            continue;
        }
        match member.as_str() {
            "id" => {}
            LEVEL => {
                template.level = optional(value, template::level)
                    .under(member)?
                    .unwrap_or_default()
            }
            "inboundTrust" => {
                let read = |value: &Value| trust::read(value, Mode::Strict);
                template.trust = optional(value, read).under(member)?.unwrap_or_default();
            }
            "automaticUserConsentSettings" => {
                template.automatic_consent = consent::read(value, Mode::Strict).under(member)?;
            }
            other => {
                let legal = ["id", LEVEL, "inboundTrust", "automaticUserConsentSettings"];
                let blocks = BlockName::ALL.map(BlockName::as_str);
                return Err(WireError::unknown(other, &[&legal, &blocks]));
            }
        }
    }
    Ok(template)
}

fn read_synchronization(value: &Value) -> Result<SynchronizationTemplate> {
    let mut template = SynchronizationTemplate::default();
    for (member, value) in object(value)? {
        match member.as_str() {
            "id" => {}
            LEVEL => {
                template.level = optional(value, template::level)
                    .under(member)?
                    .unwrap_or_default()
            }
            "userSyncInbound" => {
                let read = synchronization::read_user_sync(value, Mode::Strict);
                template.is_sync_allowed = read.under(member)?;
            }
            other => {
                return Err(WireError::unknown(
                    other,
                    &[&["id", LEVEL, "userSyncInbound"]],
                ));
            }
        }
    }
    Ok(template)
}

/// Writes the templates, unless they are as they were in the beginning.
pub(super) fn write_templates(templates: &Templates) -> Option<Value> {
    if *templates == Templates::default() {
        return None;
    }
    let Templates {
        partner,
        synchronization,
    } = templates;
    let mut members = Map::new();
    say(&mut members, PARTNER, Some(write_partner(partner)));
    let mut setting = Map::new();
    say(&mut setting, LEVEL, Some(synchronization.level.as_str()));
    let allowed = synchronization::render_user_sync(synchronization.is_sync_allowed);
    say(&mut setting, "userSyncInbound", allowed);
    say(&mut members, SYNCHRONIZATION, Some(Value::Object(setting)));
    Some(Value::Object(members))
}

fn write_partner(template: &PartnerTemplate) -> Value {
    let PartnerTemplate {
        level,
        blocks,
        trust,
        automatic_consent,
    } = template;
    let mut members = Map::new();
    say(&mut members, LEVEL, Some(level.as_str()));
    let stated = *trust != InboundTrust::default();
    say(
        &mut members,
        "inboundTrust",
        stated.then(|| trust::render(trust, Form::World)),
    );
    for name in BlockName::ALL {
        let block = blocks.get(name);
        say(
            &mut members,
            name.as_str(),
            block.map(|block| block::render(block, name, Form::World)),
        );
    }
    let consent = consent::render(*automatic_consent, Form::World);
    say(&mut members, "automaticUserConsentSettings", Some(consent));
    Value::Object(members)
}
