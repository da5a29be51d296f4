//! `organization`: what a tenant says about itself.

use policy::draft::Patch;
use policy::world::Tenant;
use serde_json::{Map, Value, json};

use crate::directory_object::{Echo, bounded_list, bounded_or_null, say, unknown};
use crate::query::{Member, Operators, QueryOption, Shape};
use crate::wire::{Result, WireError, Within, is_annotation, object};

pub(crate) const TEXTS: [&str; 6] = [
    "city",
    "country",
    "postalCode",
    "preferredLanguage",
    "state",
    "street",
];
pub(crate) const LISTS: [&str; 4] = [
    "businessPhones",
    "marketingNotificationEmails",
    "securityComplianceNotificationMails",
    "technicalNotificationMails",
];
const READ_ONLY: [&str; 12] = [
    "id",
    "assignedPlans",
    "countryLetterCode",
    "createdDateTime",
    "defaultUsageLocation",
    "deletedDateTime",
    "onPremisesLastSyncDateTime",
    "onPremisesSyncEnabled",
    "partnerTenantType",
    "provisionedPlans",
    "tenantType",
    "verifiedDomains",
];

/// What can be asked of the organization.
pub static SHAPE: Shape = Shape {
    members: &[
        Member::guid("id").filter(Operators::EQ),
        Member::opaque("assignedPlans"),
        Member::texts("businessPhones"),
        Member::text("city"),
        Member::text("country"),
        Member::text("countryLetterCode"),
        Member::time("createdDateTime"),
        Member::text("defaultUsageLocation"),
        Member::opaque("deletedDateTime"),
        Member::text("displayName"),
        Member::texts("marketingNotificationEmails"),
        Member::boolean("onPremisesSyncEnabled"),
        Member::text("postalCode"),
        Member::text("preferredLanguage"),
        Member::opaque("provisionedPlans"),
        Member::texts("securityComplianceNotificationMails"),
        Member::text("state"),
        Member::text("street"),
        Member::texts("technicalNotificationMails"),
        Member::text("tenantType"),
        Member::opaque("verifiedDomains"),
    ],
    always: &["id"],
    options: &[
        QueryOption::Select,
        QueryOption::Filter,
        QueryOption::Top,
        QueryOption::SkipToken,
        QueryOption::Count,
    ],
    ..Shape::EMPTY
};

/// The organization with every member.
pub fn render(tenant: &Tenant) -> Value {
    let organization = &tenant.organization;
    let mut members = Map::new();
    say(&mut members, "id", tenant.id.to_string());
    say(&mut members, "displayName", tenant.display_name.clone());
    say(
        &mut members,
        "countryLetterCode",
        organization.country.clone(),
    );
    say(
        &mut members,
        "defaultUsageLocation",
        organization.country.clone(),
    );
    say(&mut members, "createdDateTime", Value::Null);
    say(&mut members, "deletedDateTime", Value::Null);
    say(&mut members, "onPremisesSyncEnabled", Value::Null);
    say(&mut members, "tenantType", "AAD");
    for name in TEXTS {
        say(&mut members, name, organization.texts.get(name).cloned());
    }
    for name in LISTS {
        let list = organization.lists.get(name).cloned().unwrap_or_default();
        say(&mut members, name, list);
    }
    let plans = match tenant.p1 {
        // The plan by which Graph tells P1, and what contains it, from everything else.
        true => json!([{
            "capabilityStatus": "Enabled", "service": "AADPremiumService",
            "servicePlanId": "41781fb2-bc02-4b7c-bd55-b576c07bb09d",
        }]),
        false => json!([]),
    };
    say(&mut members, "assignedPlans", plans);
    say(&mut members, "provisionedPlans", json!([]));
    let domains = tenant.domains.iter().enumerate().map(|(index, domain)| {
        json!({
            "capabilities": "Email",
            "isDefault": index == 0,
            "isInitial": index == 0,
            "name": domain.as_str(),
            "type": "Managed",
        })
    });
    say(&mut members, "verifiedDomains", domains.collect::<Vec<_>>());
    Value::Object(members)
}

/// What a body says about the organization.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OrganizationDraft {
    /// `displayName`.
    pub display_name: Patch<String>,
    /// Texts by their names.
    pub texts: Vec<(String, Option<String>)>,
    /// Lists by their names.
    pub lists: Vec<(String, Vec<String>)>,
    /// What cannot be written.
    pub echoes: Vec<Echo>,
}

/// Reads the body of a PATCH.
pub fn read(body: &Value) -> Result<OrganizationDraft> {
    let mut draft = OrganizationDraft::default();
    let members = object(body)?;
    for (name, value) in members.iter().filter(|(name, _)| !is_annotation(name)) {
        member(&mut draft, name, value).under(name)?;
    }
    Ok(draft)
}

fn member(draft: &mut OrganizationDraft, name: &str, value: &Value) -> Result<()> {
    match name {
        "displayName" => match bounded_or_null(value)? {
            Some(name) => draft.display_name = Patch::Value(name),
            None => return Err(WireError::form("a name", value)),
        },
        name if TEXTS.contains(&name) => {
            draft.texts.push((name.to_owned(), bounded_or_null(value)?));
        }
        name if LISTS.contains(&name) => {
            draft.lists.push((name.to_owned(), bounded_list(value)?));
        }
        name if READ_ONLY.contains(&name) => draft.echoes.push(Echo {
            name: name.to_owned(),
            value: value.clone(),
        }),
        _ => return Err(unknown()),
    }
    Ok(())
}

impl OrganizationDraft {
    /// Writes what is said into a tenant.
    pub fn apply(&self, tenant: &mut Tenant) {
        if let Patch::Value(name) = &self.display_name {
            tenant.display_name = Some(name.clone());
        }
        let organization = &mut tenant.organization;
        for (name, text) in &self.texts {
            match text {
                Some(text) => drop(organization.texts.insert(name.clone(), text.clone())),
                None => drop(organization.texts.remove(name)),
            }
        }
        for (name, list) in &self.lists {
            match list.is_empty() {
                false => drop(organization.lists.insert(name.clone(), list.clone())),
                true => drop(organization.lists.remove(name)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy::tenant::{Cloud, TenantId};

    #[test]
    fn what_is_read_can_be_written_back() {
        let mut tenant = Tenant::registered(TenantId::from_u128(1), Cloud::Commercial);
        tenant.display_name = Some("Contoso".to_owned());
        tenant.domains = ["contoso.com".parse().unwrap()].into();
        let rendered = render(&tenant);
        let draft = read(&rendered).unwrap();
        assert!(draft.echoes.iter().all(|echo| echo.agrees(&rendered)));
        let mut same = tenant.clone();
        draft.apply(&mut same);
        assert_eq!(same, tenant);
        for name in rendered.as_object().unwrap().keys() {
            assert!(SHAPE.member(name).is_some(), "{name}");
        }
        assert_eq!(rendered["verifiedDomains"][0]["name"], "contoso.com");
    }
}
