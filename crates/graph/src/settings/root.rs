//! The policy object itself: `/policies/crossTenantAccessPolicy`, and the whole of what hangs on
//! it when default and partners are written inside it, as worlds do.

use policy::settings::{Partners, Policy, Untreated};
use serde_json::Value;

use super::partner::Expand;
use super::untreated::{Members, Rendering};
use super::{Form, Mode, defaults, partner};
use crate::wire::{Result, WireError, Within, each, guid, list, object, optional, optional_text};
use policy::reason::Reason;
use policy::tenant::Cloud;

const ID: &str = "id";
const DISPLAY_NAME: &str = "displayName";
const CLOUDS: &str = "allowedCloudEndpoints";
const DEFAULT: &str = "default";
const PARTNERS: &str = "partners";

const MEMBERS: Members = Members {
    treated: &[ID, DISPLAY_NAME, CLOUDS, DEFAULT, PARTNERS],
    stored: &["description", "definition", "deletedDateTime", "templates"],
};

/// Reads a stored policy, with its default and partners when they are written inside it.
pub fn read(value: &Value, mode: Mode) -> Result<Policy> {
    let mut policy = Policy::default();
    for (member, value) in object(value)? {
        match member.as_str() {
            ID => policy.id = optional(value, guid).under(member)?,
            DISPLAY_NAME => policy.display_name = optional_text(value).under(member)?,
            CLOUDS => policy.allowed_clouds = each(value, cloud).under(member)?,
            DEFAULT => {
                let read = |value: &Value| defaults::read(value, mode);
                policy.defaults = optional(value, read).under(member)?.unwrap_or_default();
            }
            PARTNERS => {
                let read = |value: &Value| partners(value, mode);
                policy.partners = optional(value, read).under(member)?.unwrap_or_default();
            }
            other => MEMBERS.keep(&mut policy.untreated, mode, other, value)?,
        }
    }
    Ok(policy)
}

fn cloud(value: &Value) -> Result<Cloud> {
    let cloud = value.as_str().and_then(|text| text.parse().ok());
    cloud.ok_or_else(|| {
        WireError::form(
            "microsoftonline.com, microsoftonline.us or partner.microsoftonline.cn",
            value,
        )
    })
}

fn partners(value: &Value, mode: Mode) -> Result<Partners> {
    let mut partners = Partners::default();
    for (index, value) in list(value)?.iter().enumerate() {
        let entry = partner::read(value, mode).at(index)?;
        if partners.get(entry.tenant).is_some() {
            let error = WireError::rule(Reason::PartnerExists);
            return Err(error.under("tenantId").at(index));
        }
        partners.insert(entry);
    }
    Ok(partners)
}

/// Writes the policy object. In a world default and partners stand inside it; in an answer and in
/// an export they are documents of their own.
pub fn render(policy: &Policy, form: Form) -> Value {
    let Policy {
        id,
        display_name,
        allowed_clouds,
        defaults,
        partners,
        untreated,
    } = policy;
    let clouds: Vec<&str> = allowed_clouds
        .iter()
        .map(|cloud| cloud.endpoint())
        .collect();
    let mut rendering = Rendering::new(form, untreated);
    rendering.state(ID, id.map(|id| id.to_string().into()));
    rendering.state(DISPLAY_NAME, display_name.clone().map(Value::from));
    rendering.state(
        CLOUDS,
        (form != Form::World || !clouds.is_empty()).then(|| clouds.into()),
    );
    if form == Form::World {
        rendering.put(DEFAULT, defaults::render(defaults, None, form));
        let entries = partners.iter();
        let entries = entries.map(|entry| partner::render(entry, Expand::Synchronization, form));
        rendering.put(PARTNERS, entries.collect());
    }
    rendering.rest(&beside(untreated, form), &MEMBERS);
    rendering.into_value()
}

/// What stands beside the members of the object. Annotations of the list of partners
/// (`partners@odata.context`) go with that list, which an export writes as a document of its own.
fn beside(untreated: &Untreated, form: Form) -> Untreated {
    let mut beside = untreated.clone();
    if form == Form::Export {
        let of_partners = |name: &&str| name.split_once('@').is_some_and(|(of, _)| of == PARTNERS);
        let names = untreated.iter().map(|(name, _)| name);
        names
            .filter(of_partners)
            .for_each(|name| beside.remove(name));
    }
    beside
}

/// How many bytes of UTF-8 the whole policy takes as JSON, the measure of legacy storage (S14.11).
/// What counts is what is stored: inherited members take no room.
pub fn size_in_bytes(policy: &Policy) -> usize {
    render(policy, Form::World).to_string().len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy::settings::Partner;
    use policy::tenant::TenantId;
    use serde_json::json;

    #[test]
    fn a_policy_reads_and_writes_without_difference() {
        let value = json!({
            "id": "0c000000-0000-4000-8000-0000000000ff",
            "displayName": "Ours",
            "allowedCloudEndpoints": ["microsoftonline.us"],
            "default": {"inboundTrust": {"isMfaAccepted": true}},
            "partners": [{"tenantId": "0f000000-0000-4000-8000-000000000002"}],
            "definition": ["{}"],
        });
        let policy = read(&value, Mode::Strict).unwrap();
        assert_eq!(render(&policy, Form::World), value);
        let answer = render(&policy, Form::Answer);
        assert_eq!(answer.get("partners"), None);
    }

    #[test]
    fn a_partner_stands_in_the_list_once_whatever_the_case_of_its_id() {
        let value = json!({"partners": [
            {"tenantId": "0f000000-0000-4000-8000-00000000000a"},
            {"tenantId": "0F000000-0000-4000-8000-00000000000A"},
        ]});
        let error = read(&value, Mode::Import).unwrap_err();
        assert_eq!(error.path.to_string(), "partners[1].tenantId");
    }

    #[test]
    fn a_cloud_nobody_knows_is_refused() {
        // S5.7
        let value = json!({"allowedCloudEndpoints": ["microsoftonline.de"]});
        let error = read(&value, Mode::Import).unwrap_err();
        assert_eq!(error.path.to_string(), "allowedCloudEndpoints[0]");
    }

    #[test]
    fn the_size_counts_what_is_stored_in_bytes_of_utf8() {
        // S14.11
        let mut policy = Policy::default();
        let empty = size_in_bytes(&policy);
        policy.display_name = Some("Zürich".to_owned());
        assert_eq!(
            size_in_bytes(&policy),
            empty + "\"displayName\":\"Zürich\",".len()
        );
        policy.display_name = None;
        let entry = json!({"tenantId": "0f000000-0000-4000-8000-000000000002"}).to_string();
        let tenant: TenantId = "0f000000-0000-4000-8000-000000000002".parse().unwrap();
        policy.partners.insert(Partner::new(tenant));
        assert_eq!(size_in_bytes(&policy), empty + entry.len());
    }
}
