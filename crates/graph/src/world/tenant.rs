//! One tenant of a world.

use std::collections::{BTreeMap, BTreeSet};

use policy::authorization::GuestAccess;
use policy::reason::Reason;
use policy::role::Action;
use policy::settings::Policy;
use policy::tenant::{Cloud, Domain, TenantId};
use policy::world::{AllowInvitesFrom, DomainList, Storage, Tenant};
use serde_json::{Map, Value};

use super::{directory, governance, multitenant, say, say_if, texts};
use crate::conditional_access;
use crate::settings::{Form, Mode, root};
use crate::wire::{
    Result, WireError, Within, each, flag, guid, object, optional, optional_text, text, word,
};

const MEMBERS: &[&str] = &[
    "tenantId",
    "displayName",
    "federationBrandName",
    "cloud",
    "region",
    "domains",
    "p1",
    "allowInvitesFrom",
    "invitationDomains",
    "guestUserRoleId",
    "countryLetterCode",
    "emailOtpEnabled",
    "protectedActions",
    "storage",
    "crossTenantAccessPolicy",
    "templates",
    "inOtherMultiTenantOrganization",
    "conditionalAccessPolicies",
    "roleDefinitions",
    "roleAssignments",
    "authenticationContextClassReferences",
    "users",
    "groups",
];

const STORAGE: [(Storage, &str); 3] = [
    (Storage::Scalable, "scalable"),
    (Storage::Legacy, "legacy"),
    (Storage::Migrating, "migrating"),
];

pub(super) fn read(value: &Value) -> Result<Tenant> {
    let members = object(value)?;
    let id = members
        .get("tenantId")
        .ok_or_else(|| WireError::missing("tenantId"))?;
    let id = guid(id).under("tenantId")?;
    let cloud = match members.get("cloud") {
        Some(value) => optional(value, cloud).under("cloud")?,
        None => None,
    };
    let mut tenant = Tenant::registered(id, cloud.unwrap_or(Cloud::Commercial));
    for (member, value) in members {
        match member.as_str() {
            "tenantId" | "cloud" => {}
            // A directory is users and groups together; both are read with the first.
            "groups" => {}
            "users" => {
                let groups = members.get("groups").unwrap_or(&Value::Null);
                tenant.directory = directory::read(value, groups)?;
            }
            name => read_member(&mut tenant, name, value)?,
        }
    }
    Ok(tenant)
}

fn read_member(tenant: &mut Tenant, member: &str, value: &Value) -> Result<()> {
    let stated = |value: &Value, otherwise: bool| {
        let flag = flag(value).under(member)?;
        Ok(flag.unwrap_or(otherwise))
    };
    match member {
        "displayName" => tenant.display_name = optional_text(value).under(member)?,
        "federationBrandName" => {
            tenant.federation_brand_name = optional_text(value).under(member)?;
        }
        "region" => tenant.region = optional_text(value).under(member)?,
        "domains" => tenant.domains = domains(value).under(member)?,
        "p1" => tenant.p1 = stated(value, false)?,
        "allowInvitesFrom" => {
            let read = optional(value, allow_invites_from).under(member)?;
            tenant.allow_invites_from = read.unwrap_or(AllowInvitesFrom::initial(tenant.cloud));
        }
        "invitationDomains" => {
            tenant.domain_list = optional(value, domain_list).under(member)?.flatten();
        }
        "guestUserRoleId" => {
            let read = optional(value, guest_access).under(member)?;
            tenant.authorization.guest_access = read.unwrap_or_default();
        }
        "countryLetterCode" => {
            tenant.organization.country = optional_text(value).under(member)?;
        }
        "emailOtpEnabled" => tenant.email_passcode = stated(value, true)?,
        "protectedActions" => {
            let read = optional(value, protected_actions).under(member)?;
            tenant.protected_actions = read.unwrap_or_default();
        }
        "storage" => tenant.storage = optional(value, storage).under(member)?.unwrap_or_default(),
        "crossTenantAccessPolicy" => {
            let own = tenant.id;
            tenant.policy = optional(value, |value| policy(value, own)).under(member)?;
        }
        "templates" => {
            let read = optional(value, multitenant::read_templates).under(member)?;
            tenant.templates = read.unwrap_or_default();
        }
        "inOtherMultiTenantOrganization" => {
            tenant.in_other_multitenant_organization = stated(value, false)?;
        }
        "conditionalAccessPolicies" => {
            tenant.conditional_access = each(value, conditional_access::read).under(member)?;
        }
        "roleDefinitions" => {
            governance::read_roles(&mut tenant.governance, value).under(member)?;
        }
        "roleAssignments" => {
            governance::read_assignments(&mut tenant.governance, value).under(member)?;
        }
        "authenticationContextClassReferences" => {
            governance::read_contexts(&mut tenant.governance, value).under(member)?;
        }
        other => return Err(WireError::unknown(other, &[MEMBERS])),
    }
    Ok(())
}

fn cloud(value: &Value) -> Result<Cloud> {
    let expected = "microsoftonline.com, microsoftonline.us or partner.microsoftonline.cn";
    word(value, expected, &Cloud::ALL, Cloud::endpoint)
}

fn allow_invites_from(value: &Value) -> Result<AllowInvitesFrom> {
    word(
        value,
        "none, adminsAndGuestInviters, adminsGuestInvitersAndAllMembers or everyone",
        &AllowInvitesFrom::ALL,
        AllowInvitesFrom::as_str,
    )
}

fn guest_access(value: &Value) -> Result<GuestAccess> {
    let found = value.as_str().and_then(GuestAccess::from_role_id);
    found.ok_or_else(|| {
        let expected = "the id of the role User, Guest User or Restricted Guest User";
        WireError::form(expected, value)
    })
}

fn storage(value: &Value) -> Result<Storage> {
    let (storage, _) = word(
        value,
        "scalable, legacy or migrating",
        &STORAGE,
        |(_, name)| name,
    )?;
    Ok(storage)
}

fn domains(value: &Value) -> Result<BTreeSet<Domain>> {
    let domain = |value: &Value| {
        let domain = value.as_str().and_then(|text| text.parse().ok());
        domain.ok_or_else(|| WireError::form("a domain name", value))
    };
    let domains: Vec<Domain> = each(value, domain)?;
    Ok(domains.into_iter().collect())
}

/// One list or the other (S6.4); an empty list is not in use.
fn domain_list(value: &Value) -> Result<Option<DomainList>> {
    let (mut allowed, mut blocked) = (BTreeSet::new(), BTreeSet::new());
    for (member, value) in object(value)? {
        match member.as_str() {
            "allowedDomains" => allowed = domains(value).under(member)?,
            "blockedDomains" => blocked = domains(value).under(member)?,
            other => {
                return Err(WireError::unknown(
                    other,
                    &[&["allowedDomains", "blockedDomains"]],
                ));
            }
        }
    }
    match (allowed.is_empty(), blocked.is_empty()) {
        (true, true) => Ok(None),
        (false, true) => Ok(Some(DomainList::Allowed(allowed))),
        (true, false) => Ok(Some(DomainList::Blocked(blocked))),
        (false, false) => Err(WireError::rule(Reason::DomainListsExclusive)),
    }
}

fn protected_actions(value: &Value) -> Result<BTreeMap<Action, String>> {
    let mut contexts = BTreeMap::new();
    for (name, value) in object(value)? {
        let action = Action::from_name(name)
            .filter(|action| !action.is_read())
            .ok_or_else(|| {
                let message = "this is not an action that changes cross-tenant access settings";
                WireError::conflict(message).under(name)
            })?;
        contexts.insert(action, text(value).under(name)?);
    }
    Ok(contexts)
}

fn policy(value: &Value, own: TenantId) -> Result<Policy> {
    let policy = root::read(value, Mode::Strict)?;
    let itself = policy
        .partners
        .iter()
        .position(|partner| partner.tenant == own);
    match itself {
        Some(index) => {
            let error = WireError::rule(Reason::PartnerIsSelf);
            Err(error.under("tenantId").at(index).under("partners"))
        }
        None => Ok(policy),
    }
}

pub(super) fn write(tenant: &Tenant) -> Value {
    let Tenant {
        id,
        display_name,
        federation_brand_name,
        cloud,
        region,
        domains,
        p1,
        policy,
        allow_invites_from,
        domain_list,
        authorization,
        organization,
        email_passcode,
        directory,
        conditional_access,
        protected_actions,
        storage,
        templates,
        in_other_multitenant_organization,
        governance: governed,
    } = tenant;
    let mut members = Map::new();
    say(&mut members, "tenantId", Some(id.to_string()));
    say(&mut members, "displayName", display_name.clone());
    say(
        &mut members,
        "federationBrandName",
        federation_brand_name.clone(),
    );
    say(&mut members, "cloud", Some(cloud.endpoint()));
    say(&mut members, "region", region.clone());
    say(
        &mut members,
        "domains",
        (!domains.is_empty()).then(|| texts(domains)),
    );
    say_if(&mut members, "p1", *p1);
    let initial = AllowInvitesFrom::initial(*cloud);
    let inviters = (*allow_invites_from != initial).then(|| allow_invites_from.as_str());
    say(&mut members, "allowInvitesFrom", inviters);
    say(
        &mut members,
        "invitationDomains",
        domain_list.as_ref().map(write_domain_list),
    );
    let guests = authorization.guest_access;
    let guests = (guests != GuestAccess::default()).then(|| guests.role_id());
    say(&mut members, "guestUserRoleId", guests);
    say(
        &mut members,
        "countryLetterCode",
        organization.country.clone(),
    );
    say(
        &mut members,
        "emailOtpEnabled",
        (!email_passcode).then_some(false),
    );
    if !protected_actions.is_empty() {
        let contexts = protected_actions.iter();
        let contexts =
            contexts.map(|(action, context)| (action.to_string(), context.as_str().into()));
        say(
            &mut members,
            "protectedActions",
            Some(Value::Object(contexts.collect())),
        );
    }
    let stored = STORAGE.iter().find(|(known, _)| known == storage);
    let stored = stored.filter(|_| *storage != Storage::default());
    say(&mut members, "storage", stored.map(|(_, name)| *name));
    let policy = policy
        .as_ref()
        .map(|policy| root::render(policy, Form::World));
    say(&mut members, "crossTenantAccessPolicy", policy);
    say(
        &mut members,
        "templates",
        multitenant::write_templates(templates),
    );
    let elsewhere = *in_other_multitenant_organization;
    say_if(&mut members, "inOtherMultiTenantOrganization", elsewhere);
    if !conditional_access.is_empty() {
        let policies = conditional_access.iter().map(conditional_access::write);
        say(
            &mut members,
            "conditionalAccessPolicies",
            Some(policies.collect::<Value>()),
        );
    }
    governance::write(&mut members, governed);
    if let Some(directory) = directory {
        directory::write(&mut members, directory);
    }
    Value::Object(members)
}

fn write_domain_list(domains: &DomainList) -> Value {
    let (name, domains) = match domains {
        DomainList::Allowed(domains) => ("allowedDomains", domains),
        DomainList::Blocked(domains) => ("blockedDomains", domains),
    };
    Value::Object(Map::from_iter([(name.to_owned(), texts(domains))]))
}
