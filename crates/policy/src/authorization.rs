//! What a tenant lets its own people and its guests do in the directory (S14.15), and what it says
//! about itself.
//!
//! Fiona is a guest of Contoso. Whether she may look up Contoso's people with her own token is not a
//! matter of cross-tenant access: it is the tenant's authorization policy that says so.

/// What a guest's own token may read of the directory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum GuestAccess {
    /// What members may.
    LikeMembers,
    /// The own profile, and people and groups that are known already.
    #[default]
    Limited,
    /// The own profile.
    OwnProfile,
}

impl GuestAccess {
    /// All values.
    pub const ALL: [Self; 3] = [Self::LikeMembers, Self::Limited, Self::OwnProfile];

    /// `guestUserRoleId`: the directory role that stands for it.
    pub const fn role_id(self) -> &'static str {
        match self {
            Self::LikeMembers => "a0b1b346-4d3e-4e8b-98f8-753987be4970",
            Self::Limited => "10dae51f-b6af-4016-8d66-8c2a99b929b3",
            Self::OwnProfile => "2af84b1e-32c8-42b7-82bc-daa82404023b",
        }
    }

    /// The value that this role stands for, in either case.
    pub fn from_role_id(text: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|access| access.role_id().eq_ignore_ascii_case(text))
    }
}

/// The authorization policy beside `allowInvitesFrom`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorization {
    /// `guestUserRoleId`.
    pub guest_access: GuestAccess,
    /// `displayName`.
    pub display_name: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// The switches, by their names, as far as they are not as they were at the beginning. They are
    /// stored and returned, and no decision looks at them.
    pub switches: std::collections::BTreeMap<String, bool>,
    /// `permissionGrantPoliciesAssigned`.
    pub grant_policies: Vec<String>,
    /// The definition of the domain list policy, as it was written last, for the members that this
    /// product does not treat; the lists themselves are the tenant's domain list (S6.4).
    pub domain_policy: Option<String>,
}

impl Default for Authorization {
    fn default() -> Self {
        Authorization {
            guest_access: GuestAccess::default(),
            display_name: None,
            description: None,
            switches: std::collections::BTreeMap::new(),
            grant_policies: vec![
                "ManagePermissionGrantsForSelf.microsoft-user-default-legacy".to_owned(),
            ],
            domain_policy: None,
        }
    }
}

/// What a tenant says about itself beside its name and its domains.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Organization {
    /// `countryLetterCode`.
    pub country: Option<String>,
    /// The other texts, by their names.
    pub texts: std::collections::BTreeMap<String, String>,
    /// Lists of texts, by their names.
    pub lists: std::collections::BTreeMap<String, Vec<String>>,
}
