//! Who of the many people in the demo world is handed a password: every role, and a few without one.

use policy::role::Role;

use Role::{
    ApplicationAdministrator, CloudApplicationAdministrator, ConditionalAccessAdministrator,
    CrossTenantAccessAdministrator, CrossTenantAccessPartnerAdministrator, CrossTenantAccessReader,
    DirectoryReaders, DirectoryWriters, GlobalAdministrator, GlobalReader,
    GlobalSecureAccessAdministrator, GroupsAdministrator, GuestInviter,
    PrivilegedRoleAdministrator, ReportsReader, SecurityAdministrator, SecurityOperator,
    SecurityReader, TeamsAdministrator, UserAdministrator,
};

/// User principal names with the directory roles they hold, in the order they are shown.
pub(super) const CAST: [(&str, &[Role]); 31] = [
    ("carol@contoso.com", &[GlobalAdministrator]),
    ("dan@contoso.com", &[SecurityAdministrator]),
    (
        "hannah@contoso.com",
        &[CrossTenantAccessPartnerAdministrator, GuestInviter],
    ),
    ("leon@contoso.com", &[CrossTenantAccessReader]),
    ("peter@contoso.com", &[TeamsAdministrator]),
    ("alice@contoso.com", &[]),
    ("felix@contoso.com", &[]),
    ("florian@fabrikam.com", &[GlobalAdministrator]),
    ("gisela@fabrikam.com", &[SecurityReader, SecurityOperator]),
    ("fred@fabrikam.com", &[]),
    ("anke@fabrikam.com", &[PrivilegedRoleAdministrator]),
    ("otto@fabrikam.com", &[GlobalSecureAccessAdministrator]),
    ("grant@northwindtraders.com", &[GlobalAdministrator]),
    ("nina@northwindtraders.com", &[]),
    (
        "jenna@northwindtraders.com",
        &[ApplicationAdministrator, CloudApplicationAdministrator],
    ),
    ("gwen@woodgrove.us", &[GlobalAdministrator]),
    (
        "simon@woodgrove.us",
        &[
            CrossTenantAccessAdministrator,
            ConditionalAccessAdministrator,
        ],
    ),
    ("gina@woodgrove.us", &[]),
    ("abigail@woodgrove.us", &[]),
    ("jian@tailspintoys.cn", &[GlobalAdministrator]),
    ("tao@tailspintoys.cn", &[]),
    ("kieran@litwareinc.com", &[GlobalAdministrator]),
    (
        "william@litwareinc.com",
        &[UserAdministrator, GroupsAdministrator, DirectoryWriters],
    ),
    ("aisha@litwareinc.com", &[]),
    ("esther@adatum.com", &[GlobalAdministrator]),
    (
        "andrea@adatum.com",
        &[GlobalReader, DirectoryReaders, ReportsReader],
    ),
    ("luca@adatum.com", &[]),
    ("anand@proseware.com", &[GlobalAdministrator]),
    ("bhavna@proseware.com", &[]),
    ("ethan@wingtiptoys.com", &[GlobalAdministrator]),
    ("bronte@wingtiptoys.com", &[]),
];
