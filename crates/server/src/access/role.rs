//! The built-in directory roles by which this server lets people do something, with the template
//! ids that stand in tokens.

#![allow(dead_code, reason = "the operations that need the others come next")]

use uuid::Uuid;

/// A built-in directory role.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct DirectoryRole {
    /// Its template id, the same in every tenant.
    pub(crate) id: Uuid,
    /// Its name.
    pub(crate) name: &'static str,
}

macro_rules! roles {
    ($($name:ident = $id:literal $text:literal;)*) => {
        $(
            #[doc = $text]
            pub(crate) const $name: &DirectoryRole =
                &DirectoryRole { id: Uuid::from_u128($id), name: $text };
        )*

        /// All of them.
        pub(crate) const ALL: &[&DirectoryRole] = &[$($name,)*];
    };
}

roles! {
    GLOBAL_ADMINISTRATOR = 0x62e90394_69f5_4237_9190_012177145e10 "Global Administrator";
    PRIVILEGED_ROLE_ADMINISTRATOR = 0xe8611ab8_c189_46e8_94e1_60213ab1f814 "Privileged Role Administrator";
    SECURITY_ADMINISTRATOR = 0x194ae4cb_b126_40b2_bd5b_6091b380977d "Security Administrator";
    SECURITY_OPERATOR = 0x5f2222b1_57c3_48ba_8ad5_d4759f1fde6f "Security Operator";
    SECURITY_READER = 0x5d6b6bb7_de71_4623_b4af_96380a352509 "Security Reader";
    GLOBAL_READER = 0xf2ef992c_3afb_46b9_b7cf_a126ee74c451 "Global Reader";
    REPORTS_READER = 0x4a5d8f65_41da_4de4_8968_e035b65339cf "Reports Reader";
    CONDITIONAL_ACCESS_ADMINISTRATOR = 0xb1be1c3e_b65d_4f19_8427_f6fa0d97feb9 "Conditional Access Administrator";
    TEAMS_ADMINISTRATOR = 0x69091246_20e8_4a56_aa4d_066075b2a7a8 "Teams Administrator";
    GLOBAL_SECURE_ACCESS_ADMINISTRATOR = 0xac434307_12b9_4fa1_a708_88bf58caabc1 "Global Secure Access Administrator";
    USER_ADMINISTRATOR = 0xfe930be7_5e62_47db_91af_98c3a49a38b1 "User Administrator";
    GUEST_INVITER = 0x95e79109_95c0_4d8e_aee3_d01accf2d47b "Guest Inviter";
    GROUPS_ADMINISTRATOR = 0xfdd7a751_b60b_444a_984c_02652fe8fa1c "Groups Administrator";
    APPLICATION_ADMINISTRATOR = 0x9b895d92_2cd3_44c7_9d02_a6ac2d5ea5c3 "Application Administrator";
    CLOUD_APPLICATION_ADMINISTRATOR = 0x158c047a_c907_4556_b7ef_446551a6b5f7 "Cloud Application Administrator";
    DIRECTORY_READERS = 0x88d8e3e3_8f55_4a1e_953a_9b9898b8876b "Directory Readers";
    DIRECTORY_WRITERS = 0x9360feb5_f418_4baa_8175_e2a00bac4301 "Directory Writers";
}
