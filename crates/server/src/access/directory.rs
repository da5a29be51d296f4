//! Reading and changing the directory of a tenant, what the tenant says about itself, and who may be
//! invited.
//!
//! Fiona is a guest of Contoso and has a token of her own. Her program has the scope to read users;
//! whether she may use it is said by Contoso's authorization policy (S14.15), and is judged here as
//! well: [`Reach`].

use policy::authorization::GuestAccess;
use policy::target::{GroupId, UserId};
use policy::world::UserType;
use store::{GroupRow, Person};

use super::role::{
    APPLICATION_ADMINISTRATOR, CLOUD_APPLICATION_ADMINISTRATOR, DIRECTORY_WRITERS,
    GLOBAL_ADMINISTRATOR, GLOBAL_READER, GROUPS_ADMINISTRATOR, PRIVILEGED_ROLE_ADMINISTRATOR,
    SECURITY_ADMINISTRATOR, SECURITY_READER, USER_ADMINISTRATOR,
};
use super::{Right, Roles};
use crate::error::{ApiError, Result};
use crate::permission::{
    APPLICATION_READ, APPLICATION_WRITE, AUTHORIZATION_WRITE, B2B_READ, B2B_WRITE, DIRECTORY_READ,
    DIRECTORY_WRITE, GROUP_READ, GROUP_WRITE, INVITE, MEMBERS_READ, MEMBERS_WRITE,
    ORGANIZATION_READ, ORGANIZATION_WRITE, POLICY_READ, REVOKE_SESSIONS, SCIM, SYNCHRONIZE,
    USER_BASIC, USER_READ, USER_READ_ALL, USER_WRITE,
};
use crate::principal::Principal;
use crate::state::App;

type Names = &'static [&'static str];

const READ_USERS: Names = &[
    USER_BASIC,
    USER_READ_ALL,
    USER_WRITE,
    DIRECTORY_READ,
    DIRECTORY_WRITE,
];
const READ_ONESELF: Names = &[
    USER_READ,
    USER_BASIC,
    USER_READ_ALL,
    USER_WRITE,
    DIRECTORY_READ,
    DIRECTORY_WRITE,
];
const READ_DELETED: Names = &[USER_READ_ALL, USER_WRITE, DIRECTORY_READ, DIRECTORY_WRITE];
const WRITE_USERS: Names = &[USER_WRITE, DIRECTORY_WRITE];
const READ_MEMBERSHIP: Names = &[
    USER_READ_ALL,
    USER_WRITE,
    MEMBERS_READ,
    DIRECTORY_READ,
    DIRECTORY_WRITE,
];
const READ_OWN_MEMBERSHIP: Names = &[
    USER_READ,
    USER_READ_ALL,
    USER_WRITE,
    MEMBERS_READ,
    DIRECTORY_READ,
    DIRECTORY_WRITE,
];
const REVOKE: Names = &[REVOKE_SESSIONS, USER_WRITE, DIRECTORY_WRITE];
const READ_GROUPS: Names = &[
    MEMBERS_READ,
    GROUP_READ,
    MEMBERS_WRITE,
    GROUP_WRITE,
    DIRECTORY_READ,
    DIRECTORY_WRITE,
];
const WRITE_GROUPS: Names = &[GROUP_WRITE, DIRECTORY_WRITE];
const WRITE_MEMBERS: Names = &[MEMBERS_WRITE, GROUP_WRITE, DIRECTORY_WRITE];
const READ_APPLICATIONS: Names = &[
    APPLICATION_READ,
    APPLICATION_WRITE,
    DIRECTORY_READ,
    DIRECTORY_WRITE,
];
const WRITE_APPLICATIONS: Names = &[APPLICATION_WRITE, DIRECTORY_WRITE];
const READ_ORGANIZATION: Names = &[
    ORGANIZATION_READ,
    ORGANIZATION_WRITE,
    DIRECTORY_READ,
    DIRECTORY_WRITE,
];
const SEE_ORGANIZATION: Names = &[
    USER_READ,
    ORGANIZATION_READ,
    ORGANIZATION_WRITE,
    DIRECTORY_READ,
    DIRECTORY_WRITE,
];
const READ_AUTHORIZATION: Names = &[POLICY_READ, AUTHORIZATION_WRITE];
const READ_DOMAINS: Names = &[B2B_READ, B2B_WRITE, POLICY_READ];
const INVITE_GUESTS: Names = &[INVITE, USER_WRITE, DIRECTORY_WRITE];

const USER_WRITERS: Roles =
    Roles::AnyOf(&[GLOBAL_ADMINISTRATOR, USER_ADMINISTRATOR, DIRECTORY_WRITERS]);
const GROUP_WRITERS: Roles = Roles::AnyOf(&[
    GLOBAL_ADMINISTRATOR,
    GROUPS_ADMINISTRATOR,
    USER_ADMINISTRATOR,
    DIRECTORY_WRITERS,
]);
const APPLICATION_WRITERS: Roles = Roles::AnyOf(&[
    GLOBAL_ADMINISTRATOR,
    APPLICATION_ADMINISTRATOR,
    CLOUD_APPLICATION_ADMINISTRATOR,
]);
const POLICY_READERS: Roles = Roles::AnyOf(&[
    GLOBAL_ADMINISTRATOR,
    GLOBAL_READER,
    SECURITY_ADMINISTRATOR,
    SECURITY_READER,
    PRIVILEGED_ROLE_ADMINISTRATOR,
    USER_ADMINISTRATOR,
]);
const PRIVILEGED: Roles = Roles::AnyOf(&[GLOBAL_ADMINISTRATOR, PRIVILEGED_ROLE_ADMINISTRATOR]);
const ADMINISTRATORS: Roles = Roles::AnyOf(&[GLOBAL_ADMINISTRATOR]);
const ANYBODY: Roles = Roles::Anybody;

macro_rules! rights {
    ($($name:ident: $method:literal $path:literal, $application:expr, $delegated:expr, $roles:expr;)*) => {
        $(
            #[doc = concat!($method, " ", $path)]
            pub(crate) const $name: Right = Right {
                method: $method,
                path: $path,
                application: $application,
                delegated: $delegated,
                roles: $roles,
            };
        )*

        /// All of them.
        pub(crate) const ALL: &[&Right] = &[$(&$name,)*];
    };
}

rights! {
    LIST_USERS: "GET" "/users", READ_USERS, READ_USERS, ANYBODY;
    GET_USER: "GET" "/users/{id}", READ_USERS, READ_USERS, ANYBODY;
    CREATE_USER: "POST" "/users", WRITE_USERS, WRITE_USERS, USER_WRITERS;
    UPDATE_USER: "PATCH" "/users/{id}", WRITE_USERS, WRITE_USERS, USER_WRITERS;
    DELETE_USER: "DELETE" "/users/{id}", WRITE_USERS, WRITE_USERS, USER_WRITERS;
    LIST_DELETED_USERS: "GET" "/directory/deletedItems/microsoft.graph.user", READ_DELETED, READ_DELETED, USER_WRITERS;
    GET_DELETED_USER: "GET" "/directory/deletedItems/{id}", READ_DELETED, READ_DELETED, USER_WRITERS;
    RESTORE_USER: "POST" "/directory/deletedItems/{id}/restore", WRITE_USERS, WRITE_USERS, USER_WRITERS;
    FORGET_USER: "DELETE" "/directory/deletedItems/{id}", WRITE_USERS, WRITE_USERS, USER_WRITERS;
    GET_ME: "GET" "/me", &[], READ_ONESELF, ANYBODY;
    REVOKE_SESSIONS_OF: "POST" "/users/{id}/revokeSignInSessions", REVOKE, REVOKE, USER_WRITERS;
    REVOKE_OWN_SESSIONS: "POST" "/me/revokeSignInSessions", &[], &[REVOKE_SESSIONS, USER_READ, USER_WRITE, DIRECTORY_WRITE], ANYBODY;
    LIST_MEMBER_OF: "GET" "/users/{id}/memberOf", READ_MEMBERSHIP, READ_OWN_MEMBERSHIP, ANYBODY;
    LIST_TRANSITIVE_MEMBER_OF: "GET" "/users/{id}/transitiveMemberOf", READ_MEMBERSHIP, READ_OWN_MEMBERSHIP, ANYBODY;
    GET_MEMBER_GROUPS: "POST" "/users/{id}/getMemberGroups", READ_MEMBERSHIP, READ_OWN_MEMBERSHIP, ANYBODY;
    CHECK_MEMBER_GROUPS: "POST" "/users/{id}/checkMemberGroups", READ_MEMBERSHIP, READ_OWN_MEMBERSHIP, ANYBODY;
    LIST_SPONSORS: "GET" "/users/{id}/sponsors", READ_USERS, READ_ONESELF, ANYBODY;
    ADD_SPONSOR: "POST" "/users/{id}/sponsors/$ref", WRITE_USERS, WRITE_USERS, USER_WRITERS;
    REMOVE_SPONSOR: "DELETE" "/users/{id}/sponsors/{sponsor}/$ref", WRITE_USERS, WRITE_USERS, USER_WRITERS;

    LIST_GROUPS: "GET" "/groups", READ_GROUPS, READ_GROUPS, ANYBODY;
    GET_GROUP: "GET" "/groups/{id}", READ_GROUPS, READ_GROUPS, ANYBODY;
    CREATE_GROUP: "POST" "/groups", WRITE_GROUPS, WRITE_GROUPS, GROUP_WRITERS;
    UPDATE_GROUP: "PATCH" "/groups/{id}", WRITE_GROUPS, WRITE_GROUPS, GROUP_WRITERS;
    DELETE_GROUP: "DELETE" "/groups/{id}", WRITE_GROUPS, WRITE_GROUPS, GROUP_WRITERS;
    LIST_MEMBERS: "GET" "/groups/{id}/members", READ_GROUPS, READ_GROUPS, ANYBODY;
    LIST_TRANSITIVE_MEMBERS: "GET" "/groups/{id}/transitiveMembers", READ_GROUPS, READ_GROUPS, ANYBODY;
    LIST_PARENTS: "GET" "/groups/{id}/memberOf", READ_GROUPS, READ_GROUPS, ANYBODY;
    LIST_OWNERS: "GET" "/groups/{id}/owners", READ_GROUPS, READ_GROUPS, ANYBODY;
    ADD_MEMBER: "POST" "/groups/{id}/members/$ref", WRITE_MEMBERS, WRITE_MEMBERS, GROUP_WRITERS;
    REMOVE_MEMBER: "DELETE" "/groups/{id}/members/{member}/$ref", WRITE_MEMBERS, WRITE_MEMBERS, GROUP_WRITERS;

    LIST_APPLICATIONS: "GET" "/applications", READ_APPLICATIONS, READ_APPLICATIONS, ANYBODY;
    GET_APPLICATION: "GET" "/applications/{id}", READ_APPLICATIONS, READ_APPLICATIONS, ANYBODY;
    CREATE_APPLICATION: "POST" "/applications", WRITE_APPLICATIONS, WRITE_APPLICATIONS, APPLICATION_WRITERS;
    UPDATE_APPLICATION: "PATCH" "/applications/{id}", WRITE_APPLICATIONS, WRITE_APPLICATIONS, APPLICATION_WRITERS;
    DELETE_APPLICATION: "DELETE" "/applications/{id}", WRITE_APPLICATIONS, WRITE_APPLICATIONS, APPLICATION_WRITERS;
    LIST_PRINCIPALS: "GET" "/servicePrincipals", READ_APPLICATIONS, READ_APPLICATIONS, ANYBODY;
    GET_PRINCIPAL: "GET" "/servicePrincipals/{id}", READ_APPLICATIONS, READ_APPLICATIONS, ANYBODY;
    CREATE_PRINCIPAL: "POST" "/servicePrincipals", WRITE_APPLICATIONS, WRITE_APPLICATIONS, APPLICATION_WRITERS;
    UPDATE_PRINCIPAL: "PATCH" "/servicePrincipals/{id}", WRITE_APPLICATIONS, WRITE_APPLICATIONS, APPLICATION_WRITERS;
    DELETE_PRINCIPAL: "DELETE" "/servicePrincipals/{id}", WRITE_APPLICATIONS, WRITE_APPLICATIONS, APPLICATION_WRITERS;

    LIST_ORGANIZATIONS: "GET" "/organization", READ_ORGANIZATION, SEE_ORGANIZATION, ANYBODY;
    GET_ORGANIZATION: "GET" "/organization/{id}", READ_ORGANIZATION, SEE_ORGANIZATION, ANYBODY;
    UPDATE_ORGANIZATION: "PATCH" "/organization/{id}", &[ORGANIZATION_WRITE], &[ORGANIZATION_WRITE], ADMINISTRATORS;
    GET_AUTHORIZATION: "GET" "/policies/authorizationPolicy", READ_AUTHORIZATION, READ_AUTHORIZATION, POLICY_READERS;
    UPDATE_AUTHORIZATION: "PATCH" "/policies/authorizationPolicy", &[AUTHORIZATION_WRITE], &[AUTHORIZATION_WRITE], PRIVILEGED;
    LIST_DOMAIN_LISTS: "GET" "/policies/b2bManagementPolicies", READ_DOMAINS, READ_DOMAINS, POLICY_READERS;
    GET_DOMAIN_LIST: "GET" "/policies/b2bManagementPolicies/{id}", READ_DOMAINS, READ_DOMAINS, POLICY_READERS;
    CREATE_DOMAIN_LIST: "POST" "/policies/b2bManagementPolicies", &[B2B_WRITE], &[B2B_WRITE], ADMINISTRATORS;
    UPDATE_DOMAIN_LIST: "PATCH" "/policies/b2bManagementPolicies/{id}", &[B2B_WRITE], &[B2B_WRITE], ADMINISTRATORS;
    DELETE_DOMAIN_LIST: "DELETE" "/policies/b2bManagementPolicies/{id}", &[B2B_WRITE], &[B2B_WRITE], ADMINISTRATORS;
    LIST_LEGACY_POLICIES: "GET" "/legacy/policies", READ_DOMAINS, READ_DOMAINS, POLICY_READERS;

    CREATE_INVITATION: "POST" "/invitations", INVITE_GUESTS, INVITE_GUESTS, ANYBODY;

    PROVISION: "POST" "/scim/v2/{tenant}", &[SCIM, DIRECTORY_WRITE, SYNCHRONIZE], &[], Roles::Nobody;
}

/// How far a caller sees into the directory (S14.15).
#[derive(Clone, Debug)]
pub(crate) enum Reach {
    /// All of it.
    All,
    /// Oneself, and people and groups that are known already.
    Known(Box<Person>),
    /// Oneself.
    Oneself(UserId),
}

impl Reach {
    /// How far that caller sees.
    pub(crate) async fn of(app: &App, principal: &Principal) -> Result<Self> {
        let Some(id) = principal.person() else {
            return Ok(Reach::All);
        };
        let person = app.store.person(principal.tenant(), id).await?;
        let Some(person) = person.filter(|person| person.user.user_type == UserType::Guest) else {
            return Ok(Reach::All);
        };
        let (tenant, _) = crate::profile::read(app, principal).await?;
        // A role was given by an administrator and says more than the rule for guests.
        if principal.has_role(&tenant.governance) {
            return Ok(Reach::All);
        }
        Ok(match tenant.authorization.guest_access {
            GuestAccess::LikeMembers => Reach::All,
            GuestAccess::Limited => Reach::Known(Box::new(person)),
            GuestAccess::OwnProfile => Reach::Oneself(id),
        })
    }

    /// Demands that the caller may list what is there.
    pub(crate) fn may_list(&self) -> Result<()> {
        match self {
            Reach::All => Ok(()),
            Reach::Known(_) | Reach::Oneself(_) => Err(ApiError::forbidden()),
        }
    }

    /// Demands that the caller may see of which groups that user is a member.
    pub(crate) fn may_see_groups_of(&self, id: UserId) -> Result<()> {
        match self {
            Reach::All => Ok(()),
            Reach::Known(person) if person.user.id == id => Ok(()),
            Reach::Known(_) | Reach::Oneself(_) => Err(ApiError::forbidden()),
        }
    }

    /// Demands that the caller may see that group: that it is a member, or an owner.
    pub(crate) fn may_see_group(&self, row: &GroupRow) -> Result<()> {
        let is_in = |person: &Person, group: GroupId| {
            let groups = person.user.groups.as_ref();
            groups.is_some_and(|groups| groups.contains(&group))
                || row.details.owners.contains(&person.user.id)
        };
        match self {
            Reach::All => Ok(()),
            Reach::Known(person) if is_in(person, row.group.id) => Ok(()),
            Reach::Known(_) | Reach::Oneself(_) => Err(ApiError::forbidden()),
        }
    }

    /// Demands that the caller may see more than itself.
    pub(crate) fn may_see_others(&self) -> Result<()> {
        match self {
            Reach::All | Reach::Known(_) => Ok(()),
            Reach::Oneself(_) => Err(ApiError::forbidden()),
        }
    }
}
