//! Actions: the permissions of which roles consist (S14.1, S23).
//!
//! One table says for each action what it lets its holder do, which of the three recommended custom
//! roles hold it (S23) and which built-in roles do (S14.2). A custom role is a set of these actions
//! and of nothing else.

use crate::role::Role;
use crate::role::Role::{
    ConditionalAccessAdministrator, GlobalReader, GlobalSecureAccessAdministrator,
    PrivilegedRoleAdministrator, SecurityAdministrator, SecurityReader, TeamsAdministrator,
};

/// What every action of this product starts with.
pub const NAMESPACE: &str = "microsoft.directory/";

/// Whoever reads the settings, without synchronization (S14.2, U18).
const READ_SETTINGS: &[Role] = &[
    SecurityAdministrator,
    GlobalReader,
    SecurityReader,
    TeamsAdministrator,
    GlobalSecureAccessAdministrator,
];
/// Whoever reads everything about security (S14.2).
const READ_ALL: &[Role] = &[SecurityAdministrator, GlobalReader, SecurityReader];
/// Whoever changes the settings (S14.2).
const SECURITY: &[Role] = &[SecurityAdministrator];
/// Whoever reads Conditional Access.
const READ_CONDITIONS: &[Role] = &[
    SecurityAdministrator,
    ConditionalAccessAdministrator,
    GlobalReader,
    SecurityReader,
    GlobalSecureAccessAdministrator,
];
/// Whoever changes Conditional Access.
const CONDITIONS: &[Role] = &[SecurityAdministrator, ConditionalAccessAdministrator];
/// Whoever reads roles: every built-in role that reads the directory.
const READ_ROLES: &[Role] = &[
    SecurityAdministrator,
    GlobalReader,
    SecurityReader,
    ConditionalAccessAdministrator,
    PrivilegedRoleAdministrator,
    Role::SecurityOperator,
    Role::DirectoryReaders,
    Role::DirectoryWriters,
    Role::UserAdministrator,
    Role::GroupsAdministrator,
    Role::ApplicationAdministrator,
    Role::CloudApplicationAdministrator,
];
/// Whoever gives roles.
const ROLES: &[Role] = &[PrivilegedRoleAdministrator];

macro_rules! actions {
    ($($name:ident = $text:literal, $words:literal [$admin:literal $reader:literal $partner:literal] $built_in:ident;)*) => {
        /// A permission: one thing that can be done in a tenant.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action { $(#[doc = $words] $name,)* }

        impl Action {
            /// Every action: those of S23 first, in its order.
            pub const ALL: &'static [Action] = &[$(Action::$name,)*];

            /// The action without `microsoft.directory/`.
            pub const fn short(self) -> &'static str {
                match self { $(Action::$name => $text,)* }
            }

            /// What it lets its holder do.
            pub const fn description(self) -> &'static str {
                match self { $(Action::$name => $words,)* }
            }

            /// Whether the recommended administrator, reader and partner administrator hold it.
            pub(crate) const fn recommended(self) -> [bool; 3] {
                match self { $(Action::$name => [$admin, $reader, $partner],)* }
            }

            /// The built-in roles that hold it beside the Global Administrator, who holds all.
            pub(crate) const fn built_in(self) -> &'static [Role] {
                match self { $(Action::$name => $built_in,)* }
            }
        }
    };
}

// Columns: administrator (19), reader (5), partner administrator (14); then the built-in roles.
actions! {
    ReadTenantRelationships = "tenantRelationships/standard/read",
        "Look up a tenant by id or domain" [true true true] READ_SETTINGS;
    ReadPolicy = "crossTenantAccessPolicy/standard/read",
        "Read basic properties of the cross-tenant access policy" [true true true] READ_SETTINGS;
    UpdateClouds = "crossTenantAccessPolicy/allowedCloudEndpoints/update",
        "Enable and disable clouds in the cross-tenant access policy" [true false false] SECURITY;
    UpdateBasic = "crossTenantAccessPolicy/basic/update",
        "Rename the cross-tenant access policy" [true false true] SECURITY;
    UpdateDefaultCollaboration = "crossTenantAccessPolicy/default/b2bCollaboration/update",
        "Change collaboration, trust and redemption of the default" [true false false] SECURITY;
    UpdateDefaultDirectConnect = "crossTenantAccessPolicy/default/b2bDirectConnect/update",
        "Change direct connect of the default" [true false false] SECURITY;
    UpdateDefaultMeetings = "crossTenantAccessPolicy/default/crossCloudMeetings/update",
        "Change cross-cloud meetings of the default" [true false false] SECURITY;
    ReadDefault = "crossTenantAccessPolicy/default/standard/read",
        "Read the default" [true true true] READ_SETTINGS;
    UpdateDefaultRestrictions = "crossTenantAccessPolicy/default/tenantRestrictions/update",
        "Change tenant restrictions of the default" [true false false] SECURITY;
    UpdatePartnerCollaboration = "crossTenantAccessPolicy/partners/b2bCollaboration/update",
        "Change collaboration, trust and automatic redemption of a partner" [true false true] SECURITY;
    UpdatePartnerDirectConnect = "crossTenantAccessPolicy/partners/b2bDirectConnect/update",
        "Change direct connect of a partner" [true false true] SECURITY;
    CreatePartner = "crossTenantAccessPolicy/partners/create",
        "Add a partner" [true false true] SECURITY;
    UpdatePartnerMeetings = "crossTenantAccessPolicy/partners/crossCloudMeetings/update",
        "Change cross-cloud meetings of a partner" [true false true] SECURITY;
    DeletePartner = "crossTenantAccessPolicy/partners/delete",
        "Remove a partner" [true false true] SECURITY;
    UpdateSynchronization = "crossTenantAccessPolicy/partners/identitySynchronization/basic/update",
        "Change or delete synchronization from a partner" [true false true] SECURITY;
    CreateSynchronization = "crossTenantAccessPolicy/partners/identitySynchronization/create",
        "Create synchronization from a partner" [true false true] SECURITY;
    ReadSynchronization = "crossTenantAccessPolicy/partners/identitySynchronization/standard/read",
        "Read synchronization from a partner" [true true true] READ_ALL;
    ReadPartners = "crossTenantAccessPolicy/partners/standard/read",
        "Read partners" [true true true] READ_SETTINGS;
    UpdatePartnerRestrictions = "crossTenantAccessPolicy/partners/tenantRestrictions/update",
        "Change tenant restrictions of a partner" [true false true] SECURITY;

    ReadSynchronizationTemplate = "crossTenantAccessPolicy/partners/templates/multiTenantOrganizationIdentitySynchronization/standard/read",
        "Read the synchronization template of the multitenant organization" [false false false] READ_ALL;
    UpdateSynchronizationTemplate = "crossTenantAccessPolicy/partners/templates/multiTenantOrganizationIdentitySynchronization/basic/update",
        "Change the synchronization template of the multitenant organization" [false false false] SECURITY;
    ResetSynchronizationTemplate = "crossTenantAccessPolicy/partners/templates/multiTenantOrganizationIdentitySynchronization/resetToDefaultSettings",
        "Reset the synchronization template of the multitenant organization" [false false false] SECURITY;
    ReadPartnerTemplate = "crossTenantAccessPolicy/partners/templates/multiTenantOrganizationPartnerConfiguration/standard/read",
        "Read the partner template of the multitenant organization" [false false false] READ_ALL;
    UpdatePartnerTemplate = "crossTenantAccessPolicy/partners/templates/multiTenantOrganizationPartnerConfiguration/basic/update",
        "Change the partner template of the multitenant organization" [false false false] SECURITY;
    ResetPartnerTemplate = "crossTenantAccessPolicy/partners/templates/multiTenantOrganizationPartnerConfiguration/resetToDefaultSettings",
        "Reset the partner template of the multitenant organization" [false false false] SECURITY;

    ReadConditionalAccess = "conditionalAccessPolicies/standard/read",
        "Read Conditional Access policies" [false false false] READ_CONDITIONS;
    CreateConditionalAccess = "conditionalAccessPolicies/create",
        "Create Conditional Access policies" [false false false] CONDITIONS;
    UpdateConditionalAccess = "conditionalAccessPolicies/basic/update",
        "Update basic properties of Conditional Access policies" [false false false] CONDITIONS;
    DeleteConditionalAccess = "conditionalAccessPolicies/delete",
        "Delete Conditional Access policies" [false false false] CONDITIONS;
    UpdateActionContext = "resourceNamespaces/resourceActions/authenticationContext/update",
        "Update the authentication context of resource actions" [false false false] CONDITIONS;

    ReadRoleDefinitions = "roleDefinitions/standard/read",
        "Read basic properties of role definitions" [false false false] READ_ROLES;
    ManageRoleDefinitions = "roleDefinitions/allProperties/allTasks",
        "Create and delete role definitions, and read and update all properties" [false false false] ROLES;
    ReadRoleAssignments = "roleAssignments/standard/read",
        "Read basic properties of role assignments" [false false false] READ_ROLES;
    ManageRoleAssignments = "roleAssignments/allProperties/allTasks",
        "Create and delete role assignments, and read and update all properties" [false false false] ROLES;
}

impl Action {
    /// The action with that full or short name, without regard to case.
    /// `microsoft.directory.tenantRelationships/…`, as one document prints it, is accepted too
    /// (S19).
    pub fn from_name(name: &str) -> Option<Action> {
        let prefixed = ["microsoft.directory/", "microsoft.directory."];
        let short = prefixed.iter().find_map(|prefix| {
            let (front, rest) = name.split_at_checked(prefix.len())?;
            front.eq_ignore_ascii_case(prefix).then_some(rest)
        });
        let short = short.unwrap_or(name);
        let mut all = Self::ALL.iter().copied();
        all.find(|action| action.short().eq_ignore_ascii_case(short))
    }

    /// Whether the action changes nothing.
    pub fn is_read(self) -> bool {
        self.short().ends_with("/read")
    }

    /// The method that goes with it; none for one that stands for many.
    pub fn verb(self) -> Option<&'static str> {
        match self.short().rsplit('/').next() {
            Some("read") => Some("GET"),
            Some("create" | "resetToDefaultSettings") => Some("POST"),
            Some("update") => Some("PATCH"),
            Some("delete") => Some("DELETE"),
            _ => None,
        }
    }

    /// Whether an authentication context may be demanded for it: for every single change, but not
    /// for an action that stands for many (S14.4, U19).
    pub fn is_protectable(self) -> bool {
        !self.is_read() && self.verb().is_some()
    }

    /// Whether it is sensitive: whoever holds it can give access to others, or take away what
    /// protects the others.
    pub const fn is_privileged(self) -> bool {
        matches!(
            self,
            Action::UpdateActionContext
                | Action::ManageRoleDefinitions
                | Action::ManageRoleAssignments
        )
    }
}

impl std::fmt::Display for Action {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{NAMESPACE}{}", self.short())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn both_spellings_of_the_tenant_look_up_are_read() {
        // S19
        for name in [
            "microsoft.directory/tenantRelationships/standard/read",
            "microsoft.directory.tenantRelationships/standard/read",
            "Microsoft.Directory/TenantRelationships/standard/READ",
            "tenantRelationships/standard/read",
        ] {
            assert_eq!(
                Action::from_name(name),
                Some(Action::ReadTenantRelationships)
            );
        }
        assert_eq!(Action::from_name("microsoft.directory/users/create"), None);
    }

    #[test]
    fn no_two_actions_have_the_same_name() {
        let names: BTreeSet<String> = Action::ALL
            .iter()
            .map(|action| action.to_string().to_lowercase())
            .collect();
        assert_eq!(names.len(), Action::ALL.len());
    }

    #[test]
    fn every_change_of_the_settings_may_be_protected() {
        // S14.4
        for action in Action::ALL {
            let settings = action.short().starts_with("crossTenantAccessPolicy/");
            if settings {
                assert_ne!(action.is_protectable(), action.is_read(), "{action}");
            }
        }
    }
}
