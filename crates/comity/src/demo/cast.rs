//! Who of the many people in the demo world is handed a password: every role, and a few without one.

use policy::role::Role;

use Role::{
    CrossTenantAccessAdministrator, CrossTenantAccessPartnerAdministrator, CrossTenantAccessReader,
    GlobalAdministrator, GlobalReader, GuestInviter, SecurityAdministrator, SecurityReader,
    TeamsAdministrator, UserAdministrator,
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
    ("gisela@fabrikam.com", &[SecurityReader]),
    ("fred@fabrikam.com", &[]),
    ("anke@fabrikam.com", &[]),
    ("otto@fabrikam.com", &[]),
    ("grant@northwindtraders.com", &[GlobalAdministrator]),
    ("nina@northwindtraders.com", &[]),
    ("jenna@northwindtraders.com", &[]),
    ("gwen@woodgrove.us", &[GlobalAdministrator]),
    ("simon@woodgrove.us", &[CrossTenantAccessAdministrator]),
    ("gina@woodgrove.us", &[]),
    ("abigail@woodgrove.us", &[]),
    ("jian@tailspintoys.cn", &[GlobalAdministrator]),
    ("tao@tailspintoys.cn", &[]),
    ("kieran@litwareinc.com", &[GlobalAdministrator]),
    ("william@litwareinc.com", &[UserAdministrator]),
    ("aisha@litwareinc.com", &[]),
    ("esther@adatum.com", &[GlobalAdministrator]),
    ("andrea@adatum.com", &[GlobalReader]),
    ("luca@adatum.com", &[]),
    ("anand@proseware.com", &[GlobalAdministrator]),
    ("bhavna@proseware.com", &[]),
    ("ethan@wingtiptoys.com", &[GlobalAdministrator]),
    ("bronte@wingtiptoys.com", &[]),
];
