//! Which way a sign-in crossed, seen from the local tenant (S17.1).

use policy::tenant::TenantId;

use crate::event::TokenIssuer;
use crate::observation::Observation;

/// Out of the local tenant or into it. Outbound comes first wherever both are listed (S17.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// Alice of Contoso opens Fabrikam's CRM: outbound in Contoso's log, and Fabrikam, the
    /// resource tenant, is the external one.
    Outbound,
    /// Fred of Fabrikam opens Contoso's ERP: inbound in Contoso's log, and Fabrikam, the home
    /// tenant, is the external one.
    Inbound,
}

impl Direction {
    /// Both, in the order of S17.3.
    pub const ALL: [Direction; 2] = [Direction::Outbound, Direction::Inbound];

    /// The word in a report.
    pub const fn as_str(self) -> &'static str {
        match self {
            Direction::Outbound => "Outbound",
            Direction::Inbound => "Inbound",
        }
    }

    /// The direction called that, without regard to case.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|direction| direction.as_str().eq_ignore_ascii_case(name))
    }

    /// The tenant at the far end of this direction, if the row names one and it is not the local
    /// one. This is all that the workbook asks (S17.4).
    ///
    /// A row without that tenant says nothing about an external one and has no far end. A row that
    /// is foreign on both sides (somebody passed through) has a far end in both directions.
    pub fn far_end<'a>(self, local: TenantId, row: impl Into<Observation<'a>>) -> Option<TenantId> {
        let row = row.into();
        let tenant = match self {
            Direction::Outbound => row.resource_tenant,
            Direction::Inbound => row.home_tenant,
        };
        tenant.filter(|tenant| *tenant != local)
    }

    /// The external tenant of a sign-in that crossed in this direction (S17.1): the far end, if
    /// the access type is not none and, inbound, a tenant vouched for the account.
    pub fn external_tenant<'a>(
        self,
        local: TenantId,
        row: impl Into<Observation<'a>>,
    ) -> Option<TenantId> {
        let row = row.into();
        let vouched = match self {
            Direction::Outbound => true,
            Direction::Inbound => *row.token_issuer == TokenIssuer::AzureAd,
        };
        self.far_end(local, row)
            .filter(|_| vouched && row.may_have_crossed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{CrossTenantAccess, SignIn};
    use crate::sample::{CONTOSO, FABRIKAM, NORTHWIND, crossing};

    fn ends(row: &SignIn) -> [Option<TenantId>; 2] {
        Direction::ALL.map(|direction| direction.external_tenant(CONTOSO, row))
    }

    #[test]
    fn own_users_elsewhere_are_outbound_and_others_here_are_inbound_s17_1() {
        assert_eq!(ends(&crossing(CONTOSO, FABRIKAM)), [Some(FABRIKAM), None]);
        assert_eq!(ends(&crossing(FABRIKAM, CONTOSO)), [None, Some(FABRIKAM)]);
        assert_eq!(ends(&crossing(CONTOSO, CONTOSO)), [None, None]);
    }

    #[test]
    fn a_row_foreign_on_both_sides_counts_in_both_directions_s17_1() {
        let through = SignIn {
            access_type: Some(CrossTenantAccess::Passthrough),
            ..crossing(NORTHWIND, FABRIKAM)
        };
        assert_eq!(ends(&through), [Some(FABRIKAM), Some(NORTHWIND)]);
    }

    #[test]
    fn access_type_none_crosses_nothing_s17_1() {
        let none = SignIn {
            access_type: Some(CrossTenantAccess::None),
            ..crossing(NORTHWIND, FABRIKAM)
        };
        assert_eq!(ends(&none), [None, None]);
    }

    #[test]
    fn an_export_without_access_types_is_judged_by_its_tenants_s17_1() {
        let v1 = SignIn {
            access_type: None,
            ..crossing(FABRIKAM, CONTOSO)
        };
        assert_eq!(ends(&v1), [None, Some(FABRIKAM)]);
    }

    #[test]
    fn an_identity_without_a_tenant_is_not_inbound_s17_1_s15_7() {
        let social = SignIn {
            home_tenant: None,
            ..crossing(FABRIKAM, CONTOSO)
        };
        assert_eq!(ends(&social), [None, None]);
    }

    #[test]
    fn the_token_issuer_matters_inbound_only_s17_1() {
        let issuer = TokenIssuer::from_name("ADFederationServices");
        let federated = SignIn {
            token_issuer: issuer,
            ..crossing(NORTHWIND, FABRIKAM)
        };
        assert_eq!(ends(&federated), [Some(FABRIKAM), None]);
    }

    #[test]
    fn a_row_that_names_no_resource_tenant_is_not_outbound_s17_1() {
        let nowhere = SignIn {
            resource_tenant: None,
            ..crossing(CONTOSO, FABRIKAM)
        };
        assert_eq!(ends(&nowhere), [None, None]);
    }
}
