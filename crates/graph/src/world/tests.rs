//! What holds for every world, and what is refused about one.

use policy::conditional_access::Control;
use policy::target::UserId;
use policy::tenant::{Cloud, TenantId};
use policy::world::{AllowInvitesFrom, DomainList, UserType};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Fixture, read, sample, write};

const CONTOSO: &str = "0c000000-0000-4000-8000-000000000001";
const FABRIKAM: &str = "0f000000-0000-4000-8000-000000000002";
const FRED: &str = "0c000000-0000-4000-8000-00000000b001";

proptest! {
    #[test]
    fn a_world_that_was_written_reads_as_the_same_world(fixture in sample::fixture()) {
        let written = write(&fixture);
        let again = read(&written);
        prop_assert_eq!(again.as_ref(), Ok(&fixture), "{}", written);
    }
}

/// A world with one tenant that says this as well.
fn tenant_with(member: &str, value: Value) -> Value {
    json!({"tenants": [{"tenantId": CONTOSO, member: value}]})
}

#[track_caller]
fn contoso(member: &str, value: Value) -> policy::world::Tenant {
    let fixture = read(&tenant_with(member, value)).unwrap();
    let id: TenantId = CONTOSO.parse().unwrap();
    fixture.world.tenants.get(&id).unwrap().clone()
}

#[track_caller]
fn refused(value: Value, path: &str, message: &str) {
    let error = read(&value).unwrap_err();
    assert_eq!(error.path.to_string(), path, "{error}");
    assert!(error.message.contains(message), "{error}");
}

#[test]
fn what_a_tenant_does_not_say_has_the_meaning_one_expects() {
    // S1.1, S1.11, S6.2, S7.4, S25.1, S25.2
    let tenant = contoso("displayName", Value::Null);
    assert_eq!(tenant.cloud, Cloud::Commercial);
    assert!(!tenant.p1 && tenant.email_passcode);
    assert_eq!(tenant.allow_invites_from, AllowInvitesFrom::Everyone);
    assert!(tenant.policy.is_none() && tenant.directory.is_none());
    let tenant = contoso("cloud", json!("microsoftonline.us"));
    assert_eq!(tenant.allow_invites_from, AllowInvitesFrom::None);
}

#[test]
fn groups_of_a_user_are_none_when_left_out_and_unknown_when_null() {
    // S25.3
    let groups = |member_of: Value| {
        let mut user = json!({"id": FRED});
        if member_of != json!("absent") {
            user["memberOf"] = member_of;
        }
        let tenant = contoso("users", json!([user]));
        let id: UserId = FRED.parse().unwrap();
        let user = tenant.directory.unwrap().users[&id].clone();
        assert_eq!(user.user_type, UserType::Member);
        user.groups.map(|groups| groups.len())
    };
    assert_eq!(groups(json!("absent")), Some(0));
    assert_eq!(groups(Value::Null), None);
    assert_eq!(groups(json!([FABRIKAM, FABRIKAM])), Some(1));
}

#[test]
fn a_directory_is_unknown_when_null_and_empty_when_empty() {
    // S25.2
    assert!(contoso("users", Value::Null).directory.is_none());
    assert!(contoso("users", json!([])).directory.is_some());
}

#[test]
fn one_domain_list_is_in_use_or_none() {
    // S6.4
    let both = json!({"allowedDomains": ["a.com"], "blockedDomains": ["b.com"]});
    let path = "tenants[0].invitationDomains";
    refused(
        tenant_with("invitationDomains", both),
        path,
        "domain_lists_exclusive",
    );
    let empty = json!({"allowedDomains": [], "blockedDomains": ["B.com"]});
    let Some(DomainList::Blocked(domains)) = contoso("invitationDomains", empty).domain_list else {
        panic!("a block list");
    };
    assert_eq!(domains.first().unwrap().as_str(), "b.com");
    let neither = json!({"allowedDomains": []});
    assert_eq!(contoso("invitationDomains", neither).domain_list, None);
}

#[test]
fn a_member_nobody_knows_is_refused_with_its_path_and_what_is_legal() {
    let partner = json!({"tenantId": FABRIKAM, "b2BCollaborationInbound": null});
    refused(
        tenant_with("crossTenantAccessPolicy", json!({"partners": [partner]})),
        "tenants[0].crossTenantAccessPolicy.partners[0].b2BCollaborationInbound",
        "b2bCollaborationInbound",
    );
    refused(
        tenant_with("licence", json!("P1")),
        "tenants[0].licence",
        "p1",
    );
    refused(json!({"tenant": []}), "tenant", "tenants");
    refused(
        tenant_with("users", json!([{"id": FRED, "shoeSize": "44"}])),
        "tenants[0].users[0].shoeSize",
        "department",
    );
}

#[test]
fn values_of_the_wrong_form_are_refused_with_their_path() {
    refused(
        tenant_with("p1", json!("yes")),
        "tenants[0].p1",
        "true, false or null",
    );
    refused(
        tenant_with("cloud", json!("azure")),
        "tenants[0].cloud",
        "microsoftonline.us",
    );
    refused(
        tenant_with("domains", json!(["a b"])),
        "tenants[0].domains[0]",
        "a domain name",
    );
    refused(
        tenant_with("users", json!([{}])),
        "tenants[0].users[0]",
        "`id` is missing",
    );
    refused(
        json!({"tenants": [{}]}),
        "tenants[0]",
        "`tenantId` is missing",
    );
    refused(
        tenant_with("groups", json!(5))
            .as_object_mut()
            .map_or(Value::Null, |world| {
                world["tenants"][0]["users"] = json!([]);
                Value::Object(world.clone())
            }),
        "tenants[0].groups",
        "a list",
    );
    refused(json!([]), "the whole document", "an object");
}

#[test]
fn what_must_be_unique_is() {
    let twice = json!({"tenants": [{"tenantId": CONTOSO}, {"tenantId": CONTOSO.to_uppercase()}]});
    refused(twice, "tenants[1].tenantId", "twice");
    let domains = json!({"tenants": [
        {"tenantId": CONTOSO, "domains": ["contoso.com"]},
        {"tenantId": FABRIKAM, "domains": ["Contoso.com"]},
    ]});
    refused(domains, "tenants[1].domains", "already verified");
    let users = tenant_with("users", json!([{"id": FRED}, {"id": FRED}]));
    refused(users, "tenants[0].users[1].id", "twice");
}

#[test]
fn a_tenant_is_not_its_own_partner() {
    // S14.8
    refused(
        tenant_with(
            "crossTenantAccessPolicy",
            json!({"partners": [{"tenantId": CONTOSO}]}),
        ),
        "tenants[0].crossTenantAccessPolicy.partners[0].tenantId",
        "partner_is_self",
    );
}

#[test]
fn an_external_user_authenticates_with_a_tenant_or_with_something_else() {
    // S1.4
    let external =
        |external: Value| tenant_with("users", json!([{"id": FRED, "external": external}]));
    let path = "tenants[0].users[0].external";
    refused(
        external(json!({"homeTenantId": FABRIKAM})),
        path,
        "homeUserId",
    );
    refused(
        external(json!({"homeTenantId": FABRIKAM, "homeUserId": FRED, "identityProviders": []})),
        path,
        "either",
    );
    assert!(
        read(&external(
            json!({"identityProviders": ["microsoftAccount"]})
        ))
        .is_ok()
    );
}

#[test]
fn a_conditional_access_policy_has_the_shape_of_graph() {
    // S10.4, S10.5, S10.9
    let policy = json!({
        "id": "p1",
        "state": "enabled",
        "conditions": {
            "users": {
                "includeUsers": ["None"],
                "includeRoles": ["62e90394-69f5-4237-9190-012177145e10"],
                "includeGuestsOrExternalUsers": {
                    "guestOrExternalUserTypes": "b2bCollaborationGuest,b2bDirectConnectUser",
                    "externalTenants": {
                        "@odata.type": "#microsoft.graph.conditionalAccessEnumeratedExternalTenants",
                        "membershipKind": "enumerated",
                        "members": [FABRIKAM],
                    },
                },
                "excludeGroups": [],
            },
            "applications": {"includeApplications": ["Office365"], "excludeApplications": ["MicrosoftAdminPortals"]},
            "clientAppTypes": ["all"],
            "locations": null,
        },
        "grantControls": {
            "operator": "AND",
            "builtInControls": ["mfa", "approvedApplication"],
            "authenticationStrength": {"id": "x", "allowedCombinations": ["fido2"]},
            "termsOfUse": ["ce580154-086a-40fd-91df-8a60abac81a0"],
        },
        "sessionControls": null,
    });
    let tenant = contoso("conditionalAccessPolicies", json!([policy]));
    let read = &tenant.conditional_access[0];
    assert_eq!(
        read.controls,
        [
            Control::Mfa,
            Control::Unsupported("approvedApplication"),
            Control::Strength(["fido2".to_owned()].into()),
            Control::TermsOfUse,
        ]
    );
    assert!(!read.include_users.all && read.exclude_applications.admin_portals);
    let external = read.include_users.external.as_ref().unwrap();
    assert_eq!(
        (
            external.categories.len(),
            external.tenants.as_ref().unwrap().len()
        ),
        (2, 1)
    );
}

#[test]
fn a_policy_without_controls_asks_for_nothing_and_the_keyword_for_guests_means_all_of_them() {
    let users = json!({"includeUsers": ["GuestsOrExternalUsers"]});
    let policy = json!({"id": "p1", "state": "disabled", "conditions": {"users": users}, "grantControls": null});
    let tenant = contoso("conditionalAccessPolicies", json!([policy]));
    let read = &tenant.conditional_access[0];
    assert!(read.controls.is_empty());
    assert_eq!(
        read.include_users
            .external
            .as_ref()
            .unwrap()
            .categories
            .len(),
        6
    );
}

#[test]
fn a_condition_that_would_narrow_a_policy_is_refused() {
    let conditions = json!({"users": {}, "locations": {"includeLocations": ["All"]}});
    let policy = json!({"id": "p1", "state": "enabled", "conditions": conditions});
    refused(
        tenant_with("conditionalAccessPolicies", json!([policy])),
        "tenants[0].conditionalAccessPolicies[0].conditions.locations",
        "more widely",
    );
}

#[test]
fn what_governs_a_tenant_is_read_and_written_back() {
    // S14.2, S14.4
    let role = "0c000000-0000-4000-8000-00000000d001";
    let document = json!({
        "displayName": "Guests at home",
        "state": "enabled",
        "conditions": {
            "users": {"includeUsers": ["All"]},
            "applications": {"includeApplications": ["All"]},
            "signInRiskLevels": ["high"],
        },
        "grantControls": {"operator": "OR", "builtInControls": ["block"]},
    });
    let world = json!({"tenants": [{
        "tenantId": CONTOSO,
        "roleDefinitions": [{
            "id": role,
            "displayName": "Partner desk",
            "isEnabled": true,
            "rolePermissions": [{"allowedResourceActions": ["crossTenantAccessPolicy/partners/create"]}],
        }],
        "roleAssignments": [{"roleDefinitionId": role, "principalId": FRED, "directoryScopeId": "/"}],
        "authenticationContextClassReferences": [{"id": "c1", "displayName": "Strong", "isAvailable": true}],
        "conditionalAccessPolicies": [{"id": "p1", "@comity.document": document}],
    }]});
    let fixture = read(&world).unwrap();
    let id: TenantId = CONTOSO.parse().unwrap();
    let tenant = fixture.world.tenants.get(&id).unwrap();
    assert_eq!(tenant.governance.roles.len(), 1);
    assert_eq!(tenant.governance.assignments.len(), 1);
    assert_eq!(tenant.governance.contexts.len(), 1);
    assert!(tenant.conditional_access[0].elsewhere);
    let written = write(&fixture);
    assert_eq!(read(&written).as_ref(), Ok(&fixture), "{written}");
    refused(
        tenant_with(
            "roleDefinitions",
            json!([{"id": role, "displayName": "x", "isEnabled": true,
            "rolePermissions": [{"allowedResourceActions": ["users/fly"]}]}]),
        ),
        "tenants[0].roleDefinitions[0].rolePermissions[0].allowedResourceActions[0]",
        "an action of this service",
    );
}

#[test]
fn template_levels_are_flags() {
    // S13.5
    let level = |level: &str| {
        let template = json!({"templateApplicationLevel": level});
        let templates = json!({"multiTenantOrganizationIdentitySynchronization": template});
        let level = contoso("templates", templates)
            .templates
            .synchronization
            .level;
        (level.new_partners, level.existing_partners)
    };
    assert_eq!(level("newPartners,existingPartners"), (true, true));
    assert_eq!(level("existingPartners"), (false, true));
    assert_eq!(level("none"), (false, false));
    let wrong =
        json!({"multiTenantOrganizationPartnerConfiguration": {"templateApplicationLevel": "all"}});
    refused(
        tenant_with("templates", wrong),
        "tenants[0].templates.multiTenantOrganizationPartnerConfiguration.templateApplicationLevel",
        "newPartners",
    );
}

#[test]
fn protected_actions_are_changes_and_may_be_written_short() {
    // S14.4
    let contexts = json!({"microsoft.directory/crossTenantAccessPolicy/partners/delete": "c1"});
    assert_eq!(
        contoso("protectedActions", contexts)
            .protected_actions
            .len(),
        1
    );
    let reads = json!({"crossTenantAccessPolicy/standard/read": "c1"});
    refused(
        tenant_with("protectedActions", reads),
        "tenants[0].protectedActions[\"crossTenantAccessPolicy/standard/read\"]",
        "not an action",
    );
}

#[test]
fn one_multitenant_organization_or_several_can_be_written() {
    // S13.1
    let organization = json!({"displayName": "Family", "tenants": [
        {"tenantId": CONTOSO, "role": "owner", "state": "active"},
        {"tenantId": FABRIKAM, "role": "member", "state": "removed"},
    ]});
    let count = |value: Value| {
        let fixture = read(&json!({"multiTenantOrganization": value})).unwrap();
        let organizations = fixture.world.multitenant_organizations;
        organizations
            .iter()
            .map(|one| one.members.len())
            .collect::<Vec<_>>()
    };
    assert_eq!(count(organization.clone()), [1]);
    assert_eq!(count(json!([organization, {"tenants": []}])), [1, 0]);
    assert_eq!(count(Value::Null), [0usize; 0]);
}

#[test]
fn an_empty_world_is_a_world() {
    assert_eq!(
        read(&json!({"ids": {}, "apps": []})).unwrap(),
        Fixture::default()
    );
}
