//! Rows of a decision as rows of a log, marked as made up.
//!
//! `synthetic` says it where it can be said; for whoever reads the log through Graph, which has no
//! such member, every id that belongs to a made-up row begins with `facade`.

use policy::row::SignInRow;
use policy::target::ApplicationId;
use signins::event::{SignIn, TokenIssuer};
use store::{Moment, SignInRecord, TrustClaims};

use super::device::Device;
use super::world::Demo;

/// What the ids of made-up things begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Prefix {
    Correlation = 0xfaca_de00,
    Row = 0xfaca_de01,
    Device = 0xfaca_de02,
}

/// A GUID of that kind.
pub(super) fn guid(prefix: Prefix, bits: u128) -> String {
    const FREE: u128 = 0xffff_0fff_3fff_ffff_ffff_ffff;
    const RANDOM_GUID: u128 = 0x4000_8000_0000_0000_0000;
    let bits = (u128::from(prefix as u32) << 96) | (bits & FREE) | RANDOM_GUID;
    uuid::Uuid::from_u128(bits).to_string()
}

/// What surrounds the rows of one sign-in.
pub(super) struct Occasion<'a> {
    pub(super) demo: &'a Demo,
    /// Names the sign-in; its rows differ from it in the last digits.
    pub(super) id: u128,
    pub(super) created: Moment,
    pub(super) device: &'a Device,
    pub(super) claims: TrustClaims,
}

impl Occasion<'_> {
    /// The row with that number among those of the sign-in.
    pub(super) fn record(&self, number: u8, row: &SignInRow) -> SignInRecord {
        let bare = SignInRecord {
            sign_in: self.sign_in(number, row),
            correlation: Some(guid(Prefix::Correlation, self.id)),
            tenant_restricted: Some(row.is_tenant_restricted),
            synthetic: true,
            ..SignInRecord::bare(SignIn::bare("", 0))
        };
        if row.masked {
            return bare; // S15.6: no other field.
        }
        SignInRecord {
            client_app_used: row.client_app_used.clone(),
            address: Some(self.device.address.clone()),
            // S15.4: what is known about the client of a direct connect is in the home tenant.
            device: row
                .client_app_used
                .is_some()
                .then(|| self.device.shown.clone()),
            claims: self.claims,
            conditional_access: Some(row.conditional_access_status),
            applied: row.applied.clone(),
            multi_factor_required: Some(row.multi_factor_required),
            ..bare
        }
    }

    fn sign_in(&self, number: u8, row: &SignInRow) -> SignIn {
        let name = |id: ApplicationId| self.demo.application_name(id).map(str::to_owned);
        SignIn {
            id: guid(Prefix::Row, (self.id << 4) | u128::from(number)),
            created: Some(self.created),
            home_tenant: row.home_tenant,
            resource_tenant: Some(row.resource_tenant),
            access_type: row.access_type.map(Into::into),
            token_issuer: TokenIssuer::AzureAd,
            user: Some(row.user),
            user_type: row.user_type,
            user_display_name: row.user_display_name.clone(),
            user_principal_name: row.user_principal_name.clone(),
            client_app: row.client_app,
            client_app_name: row.client_app.and_then(name),
            resource_app: Some(row.resource_app),
            resource_app_name: name(row.resource_app),
            error_code: row.error_code,
            failure_reason: row.failure_reason.map(str::to_owned),
            is_interactive: (!row.masked).then_some(row.is_interactive),
        }
    }
}
