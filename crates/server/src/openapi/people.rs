//! People, groups, programs and invitations.

use graph::schema::{
    APPLICATION, DELETED_USER, DIRECTORY_OBJECT, Entity, GROUP, INVITATION, SERVICE_PRINCIPAL,
    USER, flag, list as list_of, named, or_null, text, with,
};
use serde_json::{Value, json};

use super::answer;
use super::operation::{
    Operation, Who, Wire, count, create, delete, done, get, list, of_collection, of_one,
};
use crate::access::Right;
use crate::access::directory as rights;

/// All of them.
pub(super) fn operations() -> Vec<Operation> {
    let mut all = users();
    all.extend(oneself());
    all.extend(groups());
    all.extend(programs());
    all.push(create("create_invitation", &rights::CREATE_INVITATION, &INVITATION).refuses(&[404]));
    all
}

/// Some members of an entry, answered with nothing.
fn change(id: &'static str, right: &'static Right, entity: &'static Entity) -> Operation {
    let written = named(&format!("{}Written", entity.name));
    let operation = Operation::of(id, Wire::Graph, right).conditional();
    done(operation.reads(written)).refuses(&[409])
}

fn remove(id: &'static str, right: &'static Right) -> Operation {
    delete(id, right).refuses(&[413, 415])
}

fn users() -> Vec<Operation> {
    let mut all = vec![
        list("list_users", &rights::LIST_USERS, &USER),
        count("count_users", &rights::LIST_USERS, &USER),
        create("create_user", &rights::CREATE_USER, &USER),
        get("get_user", &rights::GET_USER, &USER),
        change("update_user", &rights::UPDATE_USER, &USER),
        remove("delete_user", &rights::DELETE_USER),
        referring("add_sponsor", &rights::ADD_SPONSOR),
        remove("remove_sponsor", &rights::REMOVE_SPONSOR),
    ];
    let of = |id, right| Operation::of(id, Wire::Graph, right);
    let restored = answer::json("It is there again.", named(USER.name));
    all.extend([
        of_collection(
            of("list_deleted_users", &rights::LIST_DELETED_USERS),
            &DELETED_USER,
        ),
        of_one(
            of("get_deleted_user", &rights::GET_DELETED_USER),
            &DELETED_USER,
        ),
        of("restore_user", &rights::RESTORE_USER)
            .answers(200, restored)
            .refuses(&[413, 415]),
        done(of("forget_user", &rights::FORGET_USER)).refuses(&[413, 415]),
    ]);
    all.extend([
        objects(of("list_member_of", &rights::LIST_MEMBER_OF)),
        objects(of(
            "list_transitive_member_of",
            &rights::LIST_TRANSITIVE_MEMBER_OF,
        )),
        objects(of("list_sponsors", &rights::LIST_SPONSORS)),
        member_groups(of("get_member_groups", &rights::GET_MEMBER_GROUPS)),
        member_groups(
            of("get_member_objects", &rights::GET_MEMBER_GROUPS)
                .also_at("/users/{id}/getMemberObjects"),
        ),
        checked(of("check_member_groups", &rights::CHECK_MEMBER_GROUPS)),
        checked(
            of("check_member_objects", &rights::CHECK_MEMBER_GROUPS)
                .also_at("/users/{id}/checkMemberObjects"),
        ),
        revoked(of("revoke_sessions", &rights::REVOKE_SESSIONS_OF)),
    ]);
    all
}

/// What can be asked of a user, asked of oneself.
fn oneself() -> Vec<Operation> {
    let at = |id, method, rest: &str, right| {
        let path = format!("/me{rest}");
        Operation::at(id, Wire::Graph, method, path, Who::Holder(right))
    };
    vec![
        of_one(at("get_me", "GET", "", &rights::GET_ME), &USER),
        objects(at(
            "list_my_member_of",
            "GET",
            "/memberOf",
            &rights::LIST_MEMBER_OF,
        )),
        objects(at(
            "list_my_transitive_member_of",
            "GET",
            "/transitiveMemberOf",
            &rights::LIST_TRANSITIVE_MEMBER_OF,
        )),
        objects(at(
            "list_my_sponsors",
            "GET",
            "/sponsors",
            &rights::LIST_SPONSORS,
        )),
        member_groups(at(
            "get_my_member_groups",
            "POST",
            "/getMemberGroups",
            &rights::GET_MEMBER_GROUPS,
        )),
        member_groups(at(
            "get_my_member_objects",
            "POST",
            "/getMemberObjects",
            &rights::GET_MEMBER_GROUPS,
        )),
        checked(at(
            "check_my_member_groups",
            "POST",
            "/checkMemberGroups",
            &rights::CHECK_MEMBER_GROUPS,
        )),
        checked(at(
            "check_my_member_objects",
            "POST",
            "/checkMemberObjects",
            &rights::CHECK_MEMBER_GROUPS,
        )),
        revoked(at(
            "revoke_my_sessions",
            "POST",
            "/revokeSignInSessions",
            &rights::REVOKE_OWN_SESSIONS,
        )),
    ]
}

fn objects(operation: Operation) -> Operation {
    of_collection(operation, &DIRECTORY_OBJECT)
}

fn referring(id: &'static str, right: &'static Right) -> Operation {
    let operation = Operation::of(id, Wire::Graph, right);
    done(operation.reads(named("reference"))).refuses(&[409])
}

/// The value of an action, in the context that says its type.
fn value(of: Value) -> Value {
    let value = graph::schema::object(&[("@odata.context", text()), ("value", of)]);
    answer::json("The value.", with(value, &["value"]))
}

fn member_groups(operation: Operation) -> Operation {
    let wanted = json!({
        "type": "object",
        "properties": {"securityEnabledOnly": or_null(flag())},
    });
    operation.reads(wanted).answers(200, value(list_of(text())))
}

fn checked(operation: Operation) -> Operation {
    let ids = || json!({"type": ["array", "null"], "items": text(), "maxItems": 20});
    // Where there is one list, the other is not looked at.
    let either = |name: &str| json!({"properties": {name: ids()}, "required": [name]});
    let wanted = json!({"type": "object", "anyOf": [either("ids"), either("groupIds")]});
    operation.reads(wanted).answers(200, value(list_of(text())))
}

fn revoked(operation: Operation) -> Operation {
    operation
        .answers(200, value(flag()))
        .refuses(&[412, 413, 415])
}

fn groups() -> Vec<Operation> {
    let of = |id, right| Operation::of(id, Wire::Graph, right);
    vec![
        list("list_groups", &rights::LIST_GROUPS, &GROUP),
        count("count_groups", &rights::LIST_GROUPS, &GROUP),
        create("create_group", &rights::CREATE_GROUP, &GROUP),
        get("get_group", &rights::GET_GROUP, &GROUP),
        change("update_group", &rights::UPDATE_GROUP, &GROUP),
        remove("delete_group", &rights::DELETE_GROUP),
        objects(of("list_members", &rights::LIST_MEMBERS)),
        count("count_members", &rights::LIST_MEMBERS, &DIRECTORY_OBJECT),
        objects(of(
            "list_transitive_members",
            &rights::LIST_TRANSITIVE_MEMBERS,
        )),
        objects(of("list_parents", &rights::LIST_PARENTS)),
        objects(of("list_owners", &rights::LIST_OWNERS)),
        referring("add_member", &rights::ADD_MEMBER).also_at("/groups/{id}/members/$ref"),
        remove("remove_member", &rights::REMOVE_MEMBER),
    ]
}

fn programs() -> Vec<Operation> {
    let mut all = vec![
        list(
            "list_applications",
            &rights::LIST_APPLICATIONS,
            &APPLICATION,
        ),
        count(
            "count_applications",
            &rights::LIST_APPLICATIONS,
            &APPLICATION,
        ),
        create(
            "create_application",
            &rights::CREATE_APPLICATION,
            &APPLICATION,
        ),
        list(
            "list_principals",
            &rights::LIST_PRINCIPALS,
            &SERVICE_PRINCIPAL,
        ),
        count(
            "count_principals",
            &rights::LIST_PRINCIPALS,
            &SERVICE_PRINCIPAL,
        ),
        create(
            "create_principal",
            &rights::CREATE_PRINCIPAL,
            &SERVICE_PRINCIPAL,
        ),
    ];
    // By their own id, and by that of the application.
    for (named, ids) in [
        (
            "/applications{key}",
            [
                "get_application",
                "update_application",
                "delete_application",
                "get_application_by_app_id",
                "update_application_by_app_id",
                "delete_application_by_app_id",
            ],
        ),
        (
            "/servicePrincipals{key}",
            [
                "get_principal",
                "update_principal",
                "delete_principal",
                "get_principal_by_app_id",
                "update_principal_by_app_id",
                "delete_principal_by_app_id",
            ],
        ),
    ] {
        let (entity, get_it, change_it, delete_it) = match named.contains("applications") {
            true => (
                &APPLICATION,
                &rights::GET_APPLICATION,
                &rights::UPDATE_APPLICATION,
                &rights::DELETE_APPLICATION,
            ),
            false => (
                &SERVICE_PRINCIPAL,
                &rights::GET_PRINCIPAL,
                &rights::UPDATE_PRINCIPAL,
                &rights::DELETE_PRINCIPAL,
            ),
        };
        let [read, write, drop, read_by, write_by, drop_by] = ids;
        let by = named.replace("{key}", "(appId='{appId}')");
        all.extend([
            get(read, get_it, entity),
            change(write, change_it, entity),
            remove(drop, delete_it),
            get(read_by, get_it, entity).also_at(&by),
            change(write_by, change_it, entity).also_at(&by),
            remove(drop_by, delete_it).also_at(&by),
        ]);
    }
    all
}
