//! Who may do what: the built-in directory roles and the three recommended custom roles (S14.2,
//! S23).
//!
//! What an operation *needs* is said in [`crate::administer`]; what a caller *holds* is said here
//! and in [`crate::action`], as data. Roles that a tenant made itself, and who was given which role,
//! are facts of the tenant: [`crate::governance`].

use std::collections::BTreeSet;

use crate::guid::guid;

pub use crate::action::{Action, NAMESPACE};

guid! {
    /// Names a role definition: for a built-in role the same in every tenant.
    RoleId
}

macro_rules! roles {
    ($($(#[$doc:meta])* $name:ident = $id:literal, $text:literal, $words:literal;)*) => {
        /// A directory role that means something here.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Role { $($(#[$doc])* $name,)* }

        impl Role {
            /// Every role known here.
            pub const ALL: &'static [Role] = &[$(Role::$name,)*];

            /// The display name.
            pub const fn as_str(self) -> &'static str {
                match self { $(Role::$name => $text,)* }
            }

            /// What it is for.
            pub const fn description(self) -> &'static str {
                match self { $(Role::$name => $words,)* }
            }

            /// The template id, as it stands in tokens. Those of the built-in roles are
            /// Microsoft's; those of the three recommended roles are ours.
            pub const fn id(self) -> RoleId {
                match self { $(Role::$name => RoleId::from_u128($id),)* }
            }
        }
    };
}

roles! {
    /// Everything.
    GlobalAdministrator = 0x62e90394_69f5_4237_9190_012177145e10, "Global Administrator",
        "Can manage all aspects of Microsoft Entra ID and Microsoft services that use Microsoft Entra identities.";
    /// Everything about the settings.
    SecurityAdministrator = 0x194ae4cb_b126_40b2_bd5b_6091b380977d, "Security Administrator",
        "Can read security information and reports, and manage configuration in Microsoft Entra ID and Office 365.";
    /// Reads everything.
    GlobalReader = 0xf2ef992c_3afb_46b9_b7cf_a126ee74c451, "Global Reader",
        "Can read everything that a Global Administrator can, but not update anything.";
    /// Reads everything about the settings.
    SecurityReader = 0x5d6b6bb7_de71_4623_b4af_96380a352509, "Security Reader",
        "Can read security information and reports in Microsoft Entra ID and Office 365.";
    /// Reads all but synchronization (S14.2, U18).
    TeamsAdministrator = 0x69091246_20e8_4a56_aa4d_066075b2a7a8, "Teams Administrator",
        "Can manage the Microsoft Teams service.";
    /// Custom: the 19 actions of S23.
    CrossTenantAccessAdministrator = 0xc0317a00_0000_4000_8000_000000000001, "Cross-tenant access administrator",
        "Manages everything in cross-tenant access, including default settings and organizational settings.";
    /// Custom: the 5 actions of S23.
    CrossTenantAccessReader = 0xc0317a00_0000_4000_8000_000000000002, "Cross-tenant access reader",
        "Reads everything in cross-tenant access, including default settings and organizational settings.";
    /// Custom: the 14 actions of S23.
    CrossTenantAccessPartnerAdministrator = 0xc0317a00_0000_4000_8000_000000000003, "Cross-tenant access partner administrator",
        "Manages the settings of partners, and reads default settings.";
    /// Invites guests, also as members.
    UserAdministrator = 0xfe930be7_5e62_47db_91af_98c3a49a38b1, "User Administrator",
        "Can manage all aspects of users and groups, including resetting passwords for limited admins.";
    /// Invites guests.
    GuestInviter = 0x95e79109_95c0_4d8e_aee3_d01accf2d47b, "Guest Inviter",
        "Can invite guest users independent of the 'members can invite guests' setting.";
    /// Gives roles to others.
    PrivilegedRoleAdministrator = 0xe8611ab8_c189_46e8_94e1_60213ab1f814, "Privileged Role Administrator",
        "Can manage role assignments in Microsoft Entra ID, and all aspects of Privileged Identity Management.";
    /// Manages Conditional Access and protects actions.
    ConditionalAccessAdministrator = 0xb1be1c3e_b65d_4f19_8427_f6fa0d97feb9, "Conditional Access Administrator",
        "Can manage Conditional Access capabilities.";
    /// Manages applications.
    ApplicationAdministrator = 0x9b895d92_2cd3_44c7_9d02_a6ac2d5ea5c3, "Application Administrator",
        "Can create and manage all aspects of app registrations and enterprise apps.";
    /// Manages applications.
    CloudApplicationAdministrator = 0x158c047a_c907_4556_b7ef_446551a6b5f7, "Cloud Application Administrator",
        "Can create and manage all aspects of app registrations and enterprise apps except App Proxy.";
    /// Manages groups.
    GroupsAdministrator = 0xfdd7a751_b60b_444a_984c_02652fe8fa1c, "Groups Administrator",
        "Members of this role can create/manage groups, create/manage groups settings like naming and expiration policies, and view groups activity and audit reports.";
    /// Reads the directory.
    DirectoryReaders = 0x88d8e3e3_8f55_4a1e_953a_9b9898b8876b, "Directory Readers",
        "Can read basic directory information. Commonly used to grant directory read access to applications and guests.";
    /// Reads and writes the directory.
    DirectoryWriters = 0x9360feb5_f418_4baa_8175_e2a00bac4301, "Directory Writers",
        "Can read and write basic directory information. For granting access to applications, not intended for users.";
    /// Reads the logs.
    ReportsReader = 0x4a5d8f65_41da_4de4_8968_e035b65339cf, "Reports Reader",
        "Can read sign-in and audit reports.";
    /// Reads the logs and ends sessions.
    SecurityOperator = 0x5f2222b1_57c3_48ba_8ad5_d4759f1fde6f, "Security Operator",
        "Creates and manages security events.";
    /// Reads all but synchronization.
    GlobalSecureAccessAdministrator = 0xac434307_12b9_4fa1_a708_88bf58caabc1, "Global Secure Access Administrator",
        "Create and manage all aspects of Global Secure Internet Access and Microsoft Global Secure Private Access, including managing access to public and private endpoints.";
}

impl Role {
    /// The three recommended custom roles, in the order of S23.
    pub const RECOMMENDED: [Role; 3] = [
        Role::CrossTenantAccessAdministrator,
        Role::CrossTenantAccessReader,
        Role::CrossTenantAccessPartnerAdministrator,
    ];

    /// The role with that display name.
    pub fn from_name(name: &str) -> Option<Role> {
        let mut all = Self::ALL.iter().copied();
        all.find(|role| role.as_str() == name)
    }

    /// The role with that template id.
    pub fn from_id(id: RoleId) -> Option<Role> {
        Self::ALL.iter().copied().find(|role| role.id() == id)
    }

    /// Whether every tenant has it; the recommended roles have to be created.
    pub fn is_built_in(self) -> bool {
        !Self::RECOMMENDED.contains(&self)
    }

    /// Whether the role holds the action.
    pub fn holds(self, action: Action) -> bool {
        let [administrator, reader, partner_administrator] = action.recommended();
        match self {
            Role::GlobalAdministrator => true,
            Role::CrossTenantAccessAdministrator => administrator,
            Role::CrossTenantAccessReader => reader,
            Role::CrossTenantAccessPartnerAdministrator => partner_administrator,
            built_in => action.built_in().contains(&built_in),
        }
    }

    /// The actions the role holds.
    pub fn actions(self) -> BTreeSet<Action> {
        let held = Action::ALL.iter().copied();
        held.filter(|action| self.holds(*action)).collect()
    }

    /// Whether whoever holds it can give access to others.
    pub const fn is_privileged(self) -> bool {
        matches!(
            self,
            Role::GlobalAdministrator
                | Role::SecurityAdministrator
                | Role::GlobalReader
                | Role::SecurityReader
                | Role::UserAdministrator
                | Role::PrivilegedRoleAdministrator
                | Role::ConditionalAccessAdministrator
                | Role::ApplicationAdministrator
                | Role::CloudApplicationAdministrator
                | Role::DirectoryWriters
                | Role::SecurityOperator
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_custom_roles_consist_of_exactly_their_actions() {
        // S14.2, S23
        let sizes = Role::RECOMMENDED.map(|role| role.actions().len());
        assert_eq!(sizes, [19, 5, 14]);
    }

    #[test]
    fn no_two_roles_share_an_id_or_a_name() {
        let ids: BTreeSet<RoleId> = Role::ALL.iter().map(|role| role.id()).collect();
        let names: BTreeSet<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
        assert_eq!((ids.len(), names.len()), (Role::ALL.len(), Role::ALL.len()));
        for role in Role::ALL {
            assert_eq!(Role::from_id(role.id()), Some(*role));
            assert_eq!(Role::from_name(role.as_str()), Some(*role));
        }
    }

    #[test]
    fn who_reads_changes_nothing() {
        // S14.2
        for role in [
            Role::GlobalReader,
            Role::SecurityReader,
            Role::TeamsAdministrator,
            Role::GlobalSecureAccessAdministrator,
            Role::DirectoryReaders,
        ] {
            assert!(role.actions().into_iter().all(Action::is_read), "{role:?}");
        }
    }
}
