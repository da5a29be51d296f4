//! What stands in `demo/world.yaml`.

use std::collections::{BTreeMap, BTreeSet};

use graph::settings::{Mode, block};
use graph::world::{Fixture, write};
use policy::settings::BlockName;
use policy::tenant::{Cloud, MICROSOFT_ACCOUNTS, TenantId};
use policy::validate::{self, Place};
use policy::world::{External, Storage, UserType};
use serde_json::Value;

use super::demo;
use crate::demo::Demo;

/// Every block as it is written: whose, for whom (the default if nobody), which, and the value.
fn blocks(demo: &Demo) -> Vec<(TenantId, Option<TenantId>, BlockName, Value)> {
    let fixture = Fixture {
        world: demo.world().clone(),
        sign_ins: Vec::new(),
    };
    let written = write(&fixture);
    let id = |value: &Value| value["tenantId"].as_str().unwrap().parse().unwrap();
    let mut blocks = Vec::new();
    for tenant in written["tenants"].as_array().unwrap() {
        let Some(policy) = tenant.get("crossTenantAccessPolicy") else {
            continue;
        };
        let partners = policy.get("partners").and_then(Value::as_array);
        let entries = partners
            .into_iter()
            .flatten()
            .map(|entry| (Some(id(entry)), entry));
        for (partner, entry) in entries.chain([(None, &policy["default"])]) {
            for name in BlockName::ALL {
                if let Some(value) = entry.get(name.as_str()).filter(|value| !value.is_null()) {
                    blocks.push((id(tenant), partner, name, value.clone()));
                }
            }
        }
    }
    blocks
}

#[test]
fn every_block_could_have_been_stored_by_an_administrator_s4() {
    let demo = demo();
    let blocks = blocks(&demo);
    assert!(blocks.len() > 30, "{}", blocks.len());
    let mut warnings = BTreeSet::new();
    for (tenant, partner, name, value) in blocks {
        let place = match partner {
            None => Place::Default,
            Some(partner) => Place::Partner {
                other_cloud: demo.world().clouds_differ(tenant, partner),
                microsoft_accounts: partner == MICROSOFT_ACCOUNTS,
            },
        };
        let draft = block::draft(&value, name, Mode::Strict).unwrap();
        let judged = validate::block(name, place, &draft, &demo.world().suites);
        let valid =
            judged.unwrap_or_else(|errors| panic!("{tenant} {partner:?} {name:?}: {errors:?}"));
        warnings.extend(valid.warnings.iter().map(|warning| warning.as_str()));
    }
    // Settings are worth a second look here and there, as they are in life.
    for warning in [
        "half_block_completed",
        "all_apps_blocked_selected_users_blocked",
        "default_blocks_access",
    ] {
        assert!(warnings.contains(warning), "{warnings:?}");
    }
}

#[test]
fn without_the_licence_only_what_is_free_has_been_set_s14_10() {
    let demo = demo();
    let unlicensed: Vec<TenantId> = demo.hosted().filter(|t| !t.p1).map(|t| t.id).collect();
    assert!(!unlicensed.is_empty());
    for (tenant, _, name, value) in blocks(&demo) {
        if unlicensed.contains(&tenant) {
            let text = value.to_string();
            assert!(name.is_collaboration(), "{name:?}");
            assert!(
                text.contains("AllUsers") && text.contains("AllApplications"),
                "{text}"
            );
        }
    }
    for tenant in demo.hosted().filter(|tenant| !tenant.p1) {
        for partner in tenant.policy.as_ref().unwrap().partners.iter() {
            assert!(partner.trust.is_none() && partner.automatic_consent.inbound != Some(true));
        }
    }
}

#[test]
fn there_are_ten_organizations_over_three_clouds_and_contoso_is_the_first() {
    let demo = demo();
    let names: Vec<&str> = demo
        .hosted()
        .filter_map(|t| t.display_name.as_deref())
        .collect();
    assert_eq!(names[..3], ["Contoso", "Fabrikam", "Northwind Traders"]);
    assert_eq!(names.len(), 9);
    assert_eq!(demo.world().tenants.len(), 10);
    for cloud in Cloud::ALL {
        assert!(demo.hosted().any(|tenant| tenant.cloud == cloud), "{cloud}");
    }
    assert!(
        demo.hosted()
            .any(|tenant| tenant.storage == Storage::Legacy)
    );
    let family = &demo.world().multitenant_organizations[0];
    assert_eq!(
        family.members.iter().filter(|member| member.active).count(),
        2
    );
}

#[test]
fn the_relations_of_the_world_are_marked_on_both_sides_s2_12() {
    let demo = demo();
    let active = |member: &&policy::multitenant::Member| member.active;
    let family = &demo.world().multitenant_organizations[0];
    let active: Vec<TenantId> = family
        .members
        .iter()
        .filter(active)
        .map(|m| m.tenant)
        .collect();
    for tenant in demo.hosted() {
        for partner in tenant.policy.as_ref().unwrap().partners.iter() {
            let related = active.contains(&tenant.id) && active.contains(&partner.tenant);
            assert_eq!(partner.is_in_multitenant_organization, related);
        }
    }
}

#[test]
fn every_guest_stands_for_a_person_and_no_two_people_share_a_name_s1_4() {
    let demo = demo();
    let mut names = BTreeMap::new();
    let mut members = 0;
    for tenant in demo.hosted() {
        let directory = tenant.directory.as_ref().unwrap();
        for user in directory.users.values() {
            let before = names.insert(user.user_principal_name.to_lowercase(), user.id);
            assert_eq!(before, None, "{}", user.user_principal_name);
            assert_eq!(user.is_internal(), user.redemption.is_none());
            for group in user.groups.iter().flatten() {
                assert!(
                    directory.groups.contains_key(group),
                    "{}",
                    user.user_principal_name
                );
            }
            members += usize::from(user.is_internal());
            let Some(External::Tenant {
                home_tenant,
                home_user,
            }) = &user.external
            else {
                continue;
            };
            let home = demo.world().tenant(*home_tenant).unwrap();
            if let Some(home) = &home.directory {
                let person = home.internal(*home_user).unwrap();
                assert_eq!(user.display_name, person.display_name);
                assert_eq!(user.mail.as_ref(), Some(&person.user_principal_name));
            }
            assert_eq!(
                user.managed_by_synchronization,
                user.user_type == UserType::Member
            );
        }
    }
    assert!(members > 150, "{members}");
}

#[test]
fn a_loop_in_the_nesting_of_groups_is_there_and_harmless_s1_6() {
    let demo = demo();
    let looped = demo
        .hosted()
        .filter_map(|tenant| tenant.directory.as_ref())
        .any(|directory| {
            directory.groups.iter().any(|(group, parents)| {
                let above = directory.closure(parents);
                above.contains(group)
            })
        });
    assert!(looped);
}

#[test]
fn everything_that_is_owned_or_grouped_has_a_name() {
    let demo = demo();
    for tenant in demo.hosted() {
        let groups = demo.groups(tenant.id);
        assert_eq!(
            groups.len(),
            tenant.directory.as_ref().unwrap().groups.len()
        );
        assert!(groups.iter().all(|group| group.display_name.is_some()));
        assert!(
            demo.applications()
                .any(|application| application.tenant == tenant.id)
        );
    }
    let suites = &demo.world().suites;
    for application in &suites.all_microsoft_apps {
        assert!(
            demo.application_name(*application).is_some(),
            "{application}"
        );
    }
}
