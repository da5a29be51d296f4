//! The policy, its default, its partners, and what belongs to them.

use graph::schema::{
    CAPABILITY, DEFAULT, DELETED_PARTNER, DELETED_SYNCHRONIZATION, PARTNER, PARTNER_TEMPLATE,
    POLICY, SYNCHRONIZATION, SYNCHRONIZATION_TEMPLATE, named,
};

use super::answer;
use super::operation::{
    Operation, Wire, count, create, delete, done, get, list, of_collection, of_one, update,
};
use crate::access::Right;
use crate::access::settings as rights;
use crate::access::surface as more;

/// All of them.
pub(super) fn operations() -> Vec<Operation> {
    let mut all = vec![
        get("get_policy", &rights::READ_POLICY, &POLICY),
        update("update_policy", &rights::UPDATE_POLICY, &POLICY),
        get("get_default", &rights::READ_DEFAULT, &DEFAULT),
        update("update_default", &rights::UPDATE_DEFAULT, &DEFAULT),
        action("reset_default", &rights::RESET_DEFAULT),
        list("list_partners", &rights::LIST_PARTNERS, &PARTNER),
        count("count_partners", &rights::COUNT_PARTNERS, &PARTNER),
        create("create_partner", &rights::ADD_PARTNER, &PARTNER),
        get("get_partner", &rights::READ_PARTNER, &PARTNER),
        update("update_partner", &rights::UPDATE_PARTNER, &PARTNER),
        delete("delete_partner", &rights::REMOVE_PARTNER).refuses(&[409, 413, 415]),
        get(
            "get_synchronization",
            &rights::READ_SYNCHRONIZATION,
            &SYNCHRONIZATION,
        ),
        set("create_synchronization", &rights::CREATE_SYNCHRONIZATION),
        set("update_synchronization", &rights::UPDATE_SYNCHRONIZATION),
        delete("delete_synchronization", &rights::REMOVE_SYNCHRONIZATION).refuses(&[413, 415]),
        get(
            "get_partner_template",
            &more::GET_PARTNER_TEMPLATE,
            &PARTNER_TEMPLATE,
        ),
        update(
            "update_partner_template",
            &more::UPDATE_PARTNER_TEMPLATE,
            &PARTNER_TEMPLATE,
        ),
        action("reset_partner_template", &more::RESET_PARTNER_TEMPLATE),
        get(
            "get_synchronization_template",
            &more::GET_SYNCHRONIZATION_TEMPLATE,
            &SYNCHRONIZATION_TEMPLATE,
        ),
        update(
            "update_synchronization_template",
            &more::UPDATE_SYNCHRONIZATION_TEMPLATE,
            &SYNCHRONIZATION_TEMPLATE,
        ),
        action(
            "reset_synchronization_template",
            &more::RESET_SYNCHRONIZATION_TEMPLATE,
        ),
    ];
    all.extend(capabilities());
    all.extend(deleted());
    for (id, method) in [
        ("get_service_provider_constraints", "GET"),
        ("create_service_provider_constraints", "POST"),
        ("put_service_provider_constraints", "PUT"),
        ("update_service_provider_constraints", "PATCH"),
        ("delete_service_provider_constraints", "DELETE"),
    ] {
        let path = "/policies/crossTenantAccessPolicy/partners/{id}/serviceProviderConstraints";
        // They are not kept: whoever asks is told that there are none.
        let operation = Operation::at(id, Wire::Graph, method, path, super::operation::Who::Bearer);
        all.push(operation.refuses(&[404]));
    }
    all
}

/// A POST without a body, that is answered with nothing.
fn action(id: &'static str, right: &'static Right) -> Operation {
    done(Operation::of(id, Wire::Graph, right).conditional()).refuses(&[413, 415])
}

/// Synchronization, written.
fn set(id: &'static str, right: &'static Right) -> Operation {
    let written = named("crossTenantIdentitySyncPolicyPartnerWritten");
    let operation = Operation::of(id, Wire::Graph, right).conditional();
    done(operation.reads(written)).refuses(&[409])
}

fn capabilities() -> Vec<Operation> {
    let change = |id, right: &'static Right| {
        let operation = Operation::of(id, Wire::Graph, right).conditional();
        done(operation.reads(named("m365CapabilityBaseWritten")))
    };
    vec![
        list(
            "list_default_capabilities",
            &more::LIST_DEFAULT_CAPABILITIES,
            &CAPABILITY,
        ),
        get(
            "get_default_capability",
            &more::GET_DEFAULT_CAPABILITY,
            &CAPABILITY,
        ),
        create(
            "add_default_capability",
            &more::ADD_DEFAULT_CAPABILITY,
            &CAPABILITY,
        ),
        change(
            "update_default_capability",
            &more::UPDATE_DEFAULT_CAPABILITY,
        ),
        delete(
            "delete_default_capability",
            &more::DELETE_DEFAULT_CAPABILITY,
        )
        .refuses(&[413, 415]),
        list(
            "list_partner_capabilities",
            &more::LIST_PARTNER_CAPABILITIES,
            &CAPABILITY,
        ),
        get(
            "get_partner_capability",
            &more::GET_PARTNER_CAPABILITY,
            &CAPABILITY,
        ),
        create(
            "add_partner_capability",
            &more::ADD_PARTNER_CAPABILITY,
            &CAPABILITY,
        ),
        change(
            "update_partner_capability",
            &more::UPDATE_PARTNER_CAPABILITY,
        ),
        delete(
            "delete_partner_capability",
            &more::DELETE_PARTNER_CAPABILITY,
        )
        .refuses(&[413, 415]),
    ]
}

/// What was deleted, in beta.
fn deleted() -> Vec<Operation> {
    let of = |id, right| Operation::of(id, Wire::Beta, right);
    let restore = |id, right, entity: &'static str| {
        of(id, right)
            .conditional()
            .answers(200, answer::json("It is there again.", named(entity)))
            .refuses(&[409, 413, 415])
    };
    let forget = |id, right| done(of(id, right).conditional()).refuses(&[413, 415]);
    vec![
        of_collection(
            of("list_deleted_partners", &more::LIST_DELETED_PARTNERS),
            &DELETED_PARTNER,
        ),
        of_one(
            of("get_deleted_partner", &more::GET_DELETED_PARTNER),
            &DELETED_PARTNER,
        ),
        restore(
            "restore_partner",
            &more::RESTORE_PARTNER,
            DELETED_PARTNER.name,
        ),
        restore(
            "restore_partner_in_place",
            &more::RESTORE_PARTNER,
            DELETED_PARTNER.name,
        )
        .also_at("/policies/crossTenantAccessPolicy/partners/{id}/restore"),
        forget("forget_partner", &more::FORGET_PARTNER),
        of_collection(
            of(
                "list_deleted_synchronization",
                &more::LIST_DELETED_SYNCHRONIZATION,
            ),
            &DELETED_SYNCHRONIZATION,
        ),
        of_one(
            of(
                "get_deleted_synchronization",
                &more::GET_DELETED_SYNCHRONIZATION,
            ),
            &DELETED_SYNCHRONIZATION,
        ),
        restore(
            "restore_synchronization",
            &more::RESTORE_SYNCHRONIZATION,
            DELETED_SYNCHRONIZATION.name,
        ),
        forget("forget_synchronization", &more::FORGET_SYNCHRONIZATION),
    ]
}
