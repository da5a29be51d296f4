//! A tenant as the operator's registry shows it and as the operator writes it: Comity's own form,
//! below `/comity/v1/tenants`.

use std::collections::BTreeSet;

use policy::draft::Patch;
use policy::tenant::{Cloud, Domain, TenantId};
use policy::world::{Storage, Tenant};
use serde_json::{Value, json};

use crate::wire::{Result, WireError, Within, each, flag, guid, object, text, text_patch};

const MEMBERS: &[&str] = &[
    "tenantId",
    "displayName",
    "federationBrandName",
    "cloud",
    "domains",
    "p1",
    "region",
    "hosted",
    "storage",
];
/// What an answer says beyond what can be written.
const ANSWERED: &[&str] = &["directoryKnown", "serviceProviders", "revision"];

/// The longest name.
const LONGEST_NAME: usize = 256;
/// The longest region.
const LONGEST_REGION: usize = 16;
/// The most domains.
const MOST_DOMAINS: usize = 5_000;

const STORAGE: [(Storage, &str); 3] = [
    (Storage::Scalable, "scalable"),
    (Storage::Legacy, "legacy"),
    (Storage::Migrating, "migrating"),
];

/// A tenant as the operator wrote it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TenantDraft {
    /// `tenantId`.
    pub id: Option<TenantId>,
    /// `displayName`.
    pub display_name: Patch<String>,
    /// `federationBrandName`.
    pub federation_brand_name: Patch<String>,
    /// `cloud`.
    pub cloud: Option<Cloud>,
    /// `domains`: all of them.
    pub domains: Option<BTreeSet<Domain>>,
    /// `p1`.
    pub p1: Option<bool>,
    /// `region`.
    pub region: Patch<String>,
    /// `hosted`.
    pub hosted: Option<bool>,
    /// `storage`.
    pub storage: Option<Storage>,
}

/// Reads what an operator wrote. What an answer says and nobody writes is passed over.
pub fn read(value: &Value) -> Result<TenantDraft> {
    let mut draft = TenantDraft::default();
    for (member, value) in object(value)? {
        match member.as_str() {
            "tenantId" => draft.id = Some(guid(value).under(member)?),
            "displayName" => draft.display_name = name(value, LONGEST_NAME).under(member)?,
            "federationBrandName" => {
                draft.federation_brand_name = name(value, LONGEST_NAME).under(member)?;
            }
            "region" => draft.region = name(value, LONGEST_REGION).under(member)?,
            "cloud" => draft.cloud = Some(cloud(value).under(member)?),
            "domains" => draft.domains = Some(domains(value).under(member)?),
            "p1" => draft.p1 = flag(value).under(member)?,
            "hosted" => draft.hosted = flag(value).under(member)?,
            "storage" => draft.storage = Some(storage(value).under(member)?),
            other if ANSWERED.contains(&other) => {}
            other => return Err(WireError::unknown(other, &[MEMBERS])),
        }
    }
    Ok(draft)
}

fn name(value: &Value, longest: usize) -> Result<Patch<String>> {
    let name = text_patch(value)?;
    match name.value() {
        Some(text) if text.trim().is_empty() => Err(WireError::form("a name or null", value)),
        Some(text) if text.chars().count() > longest => Err(WireError::conflict(format!(
            "longer than the {longest} characters that are kept"
        ))),
        _ => Ok(name),
    }
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

fn domains(value: &Value) -> Result<BTreeSet<Domain>> {
    let domains = each(value, |value| {
        text(value)?
            .parse()
            .map_err(|_| WireError::form("a full domain name", value))
    })?;
    match domains.len() > MOST_DOMAINS {
        true => Err(WireError::conflict(format!(
            "more than the {MOST_DOMAINS} domains a tenant may have"
        ))),
        false => Ok(domains.into_iter().collect()),
    }
}

fn storage(value: &Value) -> Result<Storage> {
    let found = STORAGE
        .iter()
        .find(|(_, name)| value.as_str() == Some(*name));
    let found = found.ok_or_else(|| WireError::form("scalable, legacy or migrating", value))?;
    Ok(found.0)
}

/// The word for it.
pub fn storage_name(storage: Storage) -> &'static str {
    let found = STORAGE.iter().find(|(known, _)| *known == storage);
    found.map_or("scalable", |(_, name)| name)
}

/// Writes a tenant; whether its policy and its people are here is known to the registry alone.
pub fn render(tenant: &Tenant, hosted: bool, directory_known: bool) -> Value {
    let domains: Vec<&str> = tenant.domains.iter().map(Domain::as_str).collect();
    json!({
        "tenantId": tenant.id.to_string(),
        "displayName": tenant.display_name,
        "federationBrandName": tenant.federation_brand_name,
        "cloud": tenant.cloud.endpoint(),
        "domains": domains,
        "p1": tenant.p1,
        "region": tenant.region,
        "hosted": hosted,
        "directoryKnown": directory_known,
        "storage": storage_name(tenant.storage),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_may_be_written_back() {
        let id = "0c000000-0000-4000-8000-000000000001".parse().unwrap();
        let tenant = Tenant {
            display_name: Some("Contoso".to_owned()),
            domains: ["contoso.com".parse().unwrap()].into(),
            region: Some("EU".to_owned()),
            ..Tenant::registered(id, Cloud::Commercial)
        };
        let draft = read(&render(&tenant, true, true)).unwrap();
        assert_eq!(draft.id, Some(id));
        assert_eq!(draft.region, Patch::Value("EU".to_owned()));
        assert_eq!(draft.federation_brand_name, Patch::Null);
        assert_eq!(draft.domains, Some(tenant.domains));
        assert_eq!(draft.hosted, Some(true));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        for (value, message) in [
            (json!({"licence": "P1"}), "licence"),
            (
                json!({"domains": ["contoso.com", "no domain"]}),
                "domains[1]: expected a full domain name, found \"no domain\"",
            ),
            (json!({"displayName": "x".repeat(257)}), "displayName"),
            (json!({"region": " "}), "region"),
        ] {
            let error = read(&value).unwrap_err().to_string();
            assert!(error.starts_with(message), "{error}");
        }
    }
}
