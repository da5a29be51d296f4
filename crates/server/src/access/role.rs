//! The built-in directory roles by which this server lets people do something, by the names under
//! which the operations ask for them. What they are is said in [`policy::role`].

use policy::role::Role;

/// A built-in directory role.
pub(crate) type DirectoryRole = Role;

macro_rules! roles {
    ($($name:ident = $role:ident;)*) => {
        $(
            #[doc = stringify!($role)]
            pub(crate) const $name: &DirectoryRole = &Role::$role;
        )*
    };
}

roles! {
    GLOBAL_ADMINISTRATOR = GlobalAdministrator;
    PRIVILEGED_ROLE_ADMINISTRATOR = PrivilegedRoleAdministrator;
    SECURITY_ADMINISTRATOR = SecurityAdministrator;
    SECURITY_OPERATOR = SecurityOperator;
    SECURITY_READER = SecurityReader;
    GLOBAL_READER = GlobalReader;
    REPORTS_READER = ReportsReader;
    CONDITIONAL_ACCESS_ADMINISTRATOR = ConditionalAccessAdministrator;
    USER_ADMINISTRATOR = UserAdministrator;
    GROUPS_ADMINISTRATOR = GroupsAdministrator;
    APPLICATION_ADMINISTRATOR = ApplicationAdministrator;
    CLOUD_APPLICATION_ADMINISTRATOR = CloudApplicationAdministrator;
    DIRECTORY_WRITERS = DirectoryWriters;
}
