//! Who may do what: permissions, the built-in directory roles and the three recommended custom
//! roles (S14.2, S23).
//!
//! What an operation *needs* is said in [`crate::administer`]; what a caller *holds* is said here,
//! as data: one table of actions and the roles that hold them.

use std::collections::BTreeSet;

/// What every action of this product starts with.
pub const NAMESPACE: &str = "microsoft.directory/";

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $text:literal [$admin:literal $reader:literal $partner:literal];)*) => {
        /// A permission: one thing that can be done to a tenant's settings.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action { $($(#[$doc])* $name,)* }

        impl Action {
            /// Every action of S23, in its order.
            pub const ALL: &'static [Action] = &[$(Action::$name,)*];

            /// The action without `microsoft.directory/`.
            pub const fn short(self) -> &'static str {
                match self { $(Action::$name => $text,)* }
            }

            const fn holders(self) -> [bool; 3] {
                match self { $(Action::$name => [$admin, $reader, $partner],)* }
            }
        }
    };
}

// Columns: administrator (19), reader (5), partner administrator (14).
actions! {
    /// Look up a tenant by id or domain.
    ReadTenantRelationships = "tenantRelationships/standard/read" [true true true];
    /// Read the policy.
    ReadPolicy = "crossTenantAccessPolicy/standard/read" [true true true];
    /// Enable and disable clouds.
    UpdateClouds = "crossTenantAccessPolicy/allowedCloudEndpoints/update" [true false false];
    /// Rename the policy.
    UpdateBasic = "crossTenantAccessPolicy/basic/update" [true false true];
    /// Change collaboration, trust and redemption of the default.
    UpdateDefaultCollaboration = "crossTenantAccessPolicy/default/b2bCollaboration/update" [true false false];
    /// Change direct connect of the default.
    UpdateDefaultDirectConnect = "crossTenantAccessPolicy/default/b2bDirectConnect/update" [true false false];
    /// Change cross-cloud meetings of the default.
    UpdateDefaultMeetings = "crossTenantAccessPolicy/default/crossCloudMeetings/update" [true false false];
    /// Read the default.
    ReadDefault = "crossTenantAccessPolicy/default/standard/read" [true true true];
    /// Change tenant restrictions of the default.
    UpdateDefaultRestrictions = "crossTenantAccessPolicy/default/tenantRestrictions/update" [true false false];
    /// Change collaboration, trust and automatic redemption of a partner.
    UpdatePartnerCollaboration = "crossTenantAccessPolicy/partners/b2bCollaboration/update" [true false true];
    /// Change direct connect of a partner.
    UpdatePartnerDirectConnect = "crossTenantAccessPolicy/partners/b2bDirectConnect/update" [true false true];
    /// Add a partner.
    CreatePartner = "crossTenantAccessPolicy/partners/create" [true false true];
    /// Change cross-cloud meetings of a partner.
    UpdatePartnerMeetings = "crossTenantAccessPolicy/partners/crossCloudMeetings/update" [true false true];
    /// Remove a partner.
    DeletePartner = "crossTenantAccessPolicy/partners/delete" [true false true];
    /// Change or delete synchronization from a partner.
    UpdateSynchronization = "crossTenantAccessPolicy/partners/identitySynchronization/basic/update" [true false true];
    /// Create synchronization from a partner.
    CreateSynchronization = "crossTenantAccessPolicy/partners/identitySynchronization/create" [true false true];
    /// Read synchronization from a partner.
    ReadSynchronization = "crossTenantAccessPolicy/partners/identitySynchronization/standard/read" [true true true];
    /// Read partners.
    ReadPartners = "crossTenantAccessPolicy/partners/standard/read" [true true true];
    /// Change tenant restrictions of a partner.
    UpdatePartnerRestrictions = "crossTenantAccessPolicy/partners/tenantRestrictions/update" [true false true];
}

impl Action {
    /// The action with that full or short name. `microsoft.directory.tenantRelationships/…`, as one
    /// document prints it, is accepted too (S19).
    pub fn from_name(name: &str) -> Option<Action> {
        let short = name
            .strip_prefix(NAMESPACE)
            .or_else(|| name.strip_prefix("microsoft.directory."))
            .unwrap_or(name);
        Self::ALL
            .iter()
            .copied()
            .find(|action| action.short() == short)
    }

    /// Whether the action changes nothing.
    pub fn is_read(self) -> bool {
        self.short().ends_with("/read")
    }
}

impl std::fmt::Display for Action {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{NAMESPACE}{}", self.short())
    }
}

/// A directory role that means something to cross-tenant access.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Everything.
    GlobalAdministrator,
    /// Everything here.
    SecurityAdministrator,
    /// Reads everything.
    GlobalReader,
    /// Reads everything here.
    SecurityReader,
    /// Reads all but synchronization (S14.2, U18).
    TeamsAdministrator,
    /// Custom: the 19 actions of S23.
    CrossTenantAccessAdministrator,
    /// Custom: the 5 actions of S23.
    CrossTenantAccessReader,
    /// Custom: the 14 actions of S23.
    CrossTenantAccessPartnerAdministrator,
    /// Invites guests, also as members.
    UserAdministrator,
    /// Invites guests.
    GuestInviter,
}

impl Role {
    /// Every role known here.
    pub const ALL: [Role; 10] = [
        Role::GlobalAdministrator,
        Role::SecurityAdministrator,
        Role::GlobalReader,
        Role::SecurityReader,
        Role::TeamsAdministrator,
        Role::CrossTenantAccessAdministrator,
        Role::CrossTenantAccessReader,
        Role::CrossTenantAccessPartnerAdministrator,
        Role::UserAdministrator,
        Role::GuestInviter,
    ];

    /// The display name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Role::GlobalAdministrator => "Global Administrator",
            Role::SecurityAdministrator => "Security Administrator",
            Role::GlobalReader => "Global Reader",
            Role::SecurityReader => "Security Reader",
            Role::TeamsAdministrator => "Teams Administrator",
            Role::CrossTenantAccessAdministrator => "Cross-tenant access administrator",
            Role::CrossTenantAccessReader => "Cross-tenant access reader",
            Role::CrossTenantAccessPartnerAdministrator => {
                "Cross-tenant access partner administrator"
            }
            Role::UserAdministrator => "User Administrator",
            Role::GuestInviter => "Guest Inviter",
        }
    }

    /// The role with that display name.
    pub fn from_name(name: &str) -> Option<Role> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }

    /// Whether the role holds the action.
    pub fn holds(self, action: Action) -> bool {
        let [administrator, reader, partner_administrator] = action.holders();
        match self {
            Role::GlobalAdministrator
            | Role::SecurityAdministrator
            | Role::CrossTenantAccessAdministrator => administrator,
            Role::GlobalReader | Role::SecurityReader | Role::CrossTenantAccessReader => reader,
            Role::TeamsAdministrator => reader && action != Action::ReadSynchronization,
            Role::CrossTenantAccessPartnerAdministrator => partner_administrator,
            Role::UserAdministrator | Role::GuestInviter => false,
        }
    }

    /// The actions the role holds.
    pub fn actions(self) -> BTreeSet<Action> {
        let held = Action::ALL.iter().copied();
        held.filter(|action| self.holds(*action)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_custom_roles_consist_of_exactly_their_actions() {
        // S14.2, S23
        assert_eq!(Role::CrossTenantAccessAdministrator.actions().len(), 19);
        assert_eq!(Role::CrossTenantAccessReader.actions().len(), 5);
        assert_eq!(
            Role::CrossTenantAccessPartnerAdministrator.actions().len(),
            14
        );
    }

    #[test]
    fn both_spellings_of_the_tenant_look_up_are_read() {
        // S19
        for name in [
            "microsoft.directory/tenantRelationships/standard/read",
            "microsoft.directory.tenantRelationships/standard/read",
        ] {
            assert_eq!(
                Action::from_name(name),
                Some(Action::ReadTenantRelationships)
            );
        }
    }
}
