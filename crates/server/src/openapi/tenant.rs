//! What a tenant says about itself, who may come in, and the organizations of several tenants.

use graph::schema::{
    AUTHORIZATION_POLICY, B2B_MANAGEMENT_POLICY, Entity, JOIN_REQUEST, MULTITENANT_ORGANIZATION,
    MULTITENANT_ORGANIZATION_MEMBER, ORGANIZATION, TENANT_INFORMATION, named,
};
use serde_json::json;

use super::answer;
use super::operation::{Operation, Wire, count, create, delete, done, get, list, of_one};
use crate::access::Right;
use crate::access::directory as rights;
use crate::access::surface as more;

/// All of them.
pub(super) fn operations() -> Vec<Operation> {
    let authorization = "/policies/authorizationPolicy/authorizationPolicy";
    vec![
        list(
            "list_organizations",
            &rights::LIST_ORGANIZATIONS,
            &ORGANIZATION,
        ),
        get("get_organization", &rights::GET_ORGANIZATION, &ORGANIZATION),
        change(
            "update_organization",
            &rights::UPDATE_ORGANIZATION,
            &ORGANIZATION,
        ),
        authorization_policy(),
        change(
            "update_authorization_policy",
            &rights::UPDATE_AUTHORIZATION,
            &AUTHORIZATION_POLICY,
        ),
        get(
            "get_named_authorization_policy",
            &rights::GET_AUTHORIZATION,
            &AUTHORIZATION_POLICY,
        )
        .also_at(authorization),
        change(
            "update_named_authorization_policy",
            &rights::UPDATE_AUTHORIZATION,
            &AUTHORIZATION_POLICY,
        )
        .also_at(authorization),
        list(
            "list_domain_lists",
            &rights::LIST_DOMAIN_LISTS,
            &B2B_MANAGEMENT_POLICY,
        ),
        get(
            "get_domain_list",
            &rights::GET_DOMAIN_LIST,
            &B2B_MANAGEMENT_POLICY,
        ),
        Operation::of(
            "create_domain_list",
            Wire::Graph,
            &rights::CREATE_DOMAIN_LIST,
        )
        .reads(named("b2bManagementPolicyWritten"))
        .answers(201, answer::created(B2B_MANAGEMENT_POLICY.name))
        .refuses(&[409, 412]),
        change(
            "update_domain_list",
            &rights::UPDATE_DOMAIN_LIST,
            &B2B_MANAGEMENT_POLICY,
        ),
        delete("delete_domain_list", &rights::DELETE_DOMAIN_LIST).refuses(&[413, 415]),
        list(
            "list_legacy_policies",
            &rights::LIST_LEGACY_POLICIES,
            &B2B_MANAGEMENT_POLICY,
        ),
        get(
            "get_multitenant_organization",
            &more::GET_MTO,
            &MULTITENANT_ORGANIZATION,
        ),
        change(
            "create_multitenant_organization",
            &more::CREATE_MTO,
            &MULTITENANT_ORGANIZATION,
        ),
        change(
            "update_multitenant_organization",
            &more::UPDATE_MTO,
            &MULTITENANT_ORGANIZATION,
        ),
        list(
            "list_organization_tenants",
            &more::LIST_MTO_TENANTS,
            &MULTITENANT_ORGANIZATION_MEMBER,
        ),
        count(
            "count_organization_tenants",
            &more::LIST_MTO_TENANTS,
            &MULTITENANT_ORGANIZATION_MEMBER,
        ),
        create(
            "add_organization_tenant",
            &more::ADD_MTO_TENANT,
            &MULTITENANT_ORGANIZATION_MEMBER,
        ),
        get(
            "get_organization_tenant",
            &more::GET_MTO_TENANT,
            &MULTITENANT_ORGANIZATION_MEMBER,
        ),
        change(
            "update_organization_tenant",
            &more::UPDATE_MTO_TENANT,
            &MULTITENANT_ORGANIZATION_MEMBER,
        ),
        delete("delete_organization_tenant", &more::DELETE_MTO_TENANT).refuses(&[409, 413, 415]),
        get("get_join_request", &more::GET_JOIN_REQUEST, &JOIN_REQUEST),
        change("join_organization", &more::JOIN_MTO, &JOIN_REQUEST),
        get("find_tenant_by_id", &more::FIND_BY_ID, &TENANT_INFORMATION),
        get(
            "find_tenant_by_domain",
            &more::FIND_BY_DOMAIN,
            &TENANT_INFORMATION,
        ),
    ]
}

/// Some members of an entry, answered with nothing.
fn change(id: &'static str, right: &'static Right, entity: &'static Entity) -> Operation {
    let written = named(&format!("{}Written", entity.name));
    let operation = Operation::of(id, Wire::Graph, right).conditional();
    done(operation.reads(written)).refuses(&[409])
}

/// Beta answers with a collection, v1.0 with the one there is.
fn authorization_policy() -> Operation {
    let right = &rights::GET_AUTHORIZATION;
    let operation = Operation::of("get_authorization_policy", Wire::Graph, right);
    let name = AUTHORIZATION_POLICY.name;
    let either = json!({"anyOf": [named(name), named(&format!("{name}Collection"))]});
    let answer = answer::json("The policy; in beta, a list of it.", either);
    of_one(operation, &AUTHORIZATION_POLICY).answers(200, answer)
}
