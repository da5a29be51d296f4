//! What the application keywords stand for when nobody has said otherwise (S1.9, S9.3).
//!
//! An export of settings says `Office365` and never what that is. These are the applications of the
//! suites that Microsoft publishes by id, enough to answer for the common ones; a world file or the
//! operator's facts replace the whole list. An application that is missing here counts as outside
//! the suite.

use std::collections::BTreeSet;

use policy::target::{ApplicationId, well_known};
use policy::world::Suites;

/// Applications of Office 365.
const OFFICE_365: [u128; 18] = [
    0x00000002_0000_0ff1_ce00_000000000000, // Office 365 Exchange Online
    0x00000003_0000_0ff1_ce00_000000000000, // Office 365 SharePoint Online
    0x00000004_0000_0ff1_ce00_000000000000, // Skype for Business Online
    0x00000005_0000_0ff1_ce00_000000000000, // Office 365 Yammer
    0x00000006_0000_0ff1_ce00_000000000000, // Microsoft Office 365 Portal
    0xcc15fd57_2c6c_4117_a88c_83b1d56b4bbe, // Microsoft Teams Services
    0x1fec8e78_bce4_4aaf_ab1b_5451cc387264, // Microsoft Teams
    0x5e3ce6c0_2b1f_4285_8d4b_75ee78787346, // Microsoft Teams Web Client
    0xab9b8c07_8f02_4f72_87fa_80105867a763, // OneDrive SyncEngine
    0x4765445b_32c6_49b0_83e6_1d93765276ca, // OfficeHome
    0xc9a559d2_7aab_4f13_a6ed_e7e9c52aec87, // Microsoft Forms
    0x09abbdfd_ed23_44ee_a2d9_a627aa1c90f3, // Microsoft Planner
    0x2634dd23_5e5a_431c_81ca_11710d9079f4, // Microsoft Stream
    0x905fcf26_4eb7_48a0_9ff0_8dcc7194b5ba, // Sway
    0x22098786_6e16_43cc_a27d_191a01a1e3b5, // Microsoft To-Do
    0x95de633a_083e_42f5_b444_a4295d8e9314, // Microsoft Whiteboard Services
    0xd3590ed6_52b3_4102_aeff_aad2292ab01c, // Microsoft Office
    0x27922004_5251_4030_b22d_91ecd9a37ea4, // Outlook Mobile
];

/// Further Microsoft applications.
const OTHER_MICROSOFT: [u128; 8] = [
    0x00000003_0000_0000_c000_000000000000, // Microsoft Graph
    0x797f4846_ba00_4fd7_ba43_dac1f8f63013, // Azure Resource Manager
    0xc44b4083_3bb0_49c1_b47d_974e53cbdf3c, // Azure Portal
    0x04b07795_8ddb_461a_bbee_02f9e1bf7b46, // Azure CLI
    0x1950a258_227b_4e31_a9cf_717495945fc2, // Azure PowerShell
    0x14d82eec_204b_4c2f_b7e8_296a70dab67e, // Microsoft Graph Command Line Tools
    0x00000009_0000_0000_c000_000000000000, // Power BI Service
    0x18fbca16_2224_45f6_85b0_f7bf2b39b3f3, // Microsoft Docs
];

/// Applications that can be reached by direct connect: shared channels, what they need, My Apps.
const DIRECT_CONNECT: [u128; 3] = [
    0xcc15fd57_2c6c_4117_a88c_83b1d56b4bbe,
    0x00000003_0000_0ff1_ce00_000000000000,
    0x2793995e_0a7d_40d7_bd35_6968ba142197,
];

/// The list to use where no other is given.
pub fn published() -> Suites {
    let ids = |list: &[u128]| -> BTreeSet<ApplicationId> {
        list.iter().copied().map(ApplicationId::from_u128).collect()
    };
    let office365 = ids(&OFFICE_365);
    let mut all_microsoft_apps = ids(&OTHER_MICROSOFT);
    all_microsoft_apps.extend(&office365);
    all_microsoft_apps.extend(well_known::PORTAL);
    all_microsoft_apps.extend([
        well_known::RIGHTS_MANAGEMENT,
        well_known::INVITATION_ACCEPTANCE,
    ]);
    Suites {
        office365,
        all_microsoft_apps,
        direct_connect_capable: ids(&DIRECT_CONNECT),
    }
}
