//! The sign-in log of each tenant, and its rollup.

use async_trait::async_trait;
use policy::conditional_access::{AppliedPolicy, Status};
use policy::row::SignInRow;
use policy::target::{ApplicationId, UserId};
use policy::tenant::TenantId;
pub use signins::behaviour::TrustClaims;
use signins::direction::Direction;
use signins::event::SignIn;
use signins::window::{Moment, Window};
use tokio::sync::mpsc::Sender;

use crate::audit::Order;
use crate::error::Result;
use crate::rollup::{Day, RollupRow};
use crate::writing::SignInColumns;

/// The device of a sign-in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignInDevice {
    /// `deviceId`.
    pub id: Option<String>,
    /// `displayName`.
    pub display_name: Option<String>,
    /// `operatingSystem`.
    pub operating_system: Option<String>,
    /// `browser`.
    pub browser: Option<String>,
}

/// Where somebody was: `location`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignInPlace {
    /// `city`.
    pub city: Option<String>,
    /// `state`.
    pub state: Option<String>,
    /// `countryOrRegion`.
    pub country: Option<String>,
}

/// One row of a tenant's sign-in log: what reports look at, and what the log shows besides.
///
/// `None` means that the log does not say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInRecord {
    /// What reports look at.
    pub sign_in: SignIn,
    /// `correlationId`, as it was written.
    pub correlation: Option<String>,
    /// `clientAppUsed`.
    pub client_app_used: Option<String>,
    /// `ipAddress`.
    pub address: Option<String>,
    /// `deviceDetail`, without what it claims.
    pub device: Option<SignInDevice>,
    /// `location`.
    pub place: Option<SignInPlace>,
    /// `userAgent`.
    pub user_agent: Option<String>,
    /// What the home tenant vouched for.
    pub claims: TrustClaims,
    /// `conditionalAccessStatus`.
    pub conditional_access: Option<Status>,
    /// `appliedConditionalAccessPolicies`.
    pub applied: Vec<AppliedPolicy>,
    /// `authenticationRequirement`.
    pub multi_factor_required: Option<bool>,
    /// `isTenantRestricted`.
    pub tenant_restricted: Option<bool>,
    /// Made up for a demonstration: never happened.
    pub synthetic: bool,
}

impl SignInRecord {
    /// Whether the row can be kept, so that one that cannot does not hold up those beside it.
    ///
    /// # Errors
    ///
    /// [`crate::Error::Unkeepable`], which says why not.
    pub fn check(&self) -> Result<()> {
        SignInColumns::check(self)
    }

    /// A row that says nothing but what reports look at.
    pub fn bare(sign_in: SignIn) -> Self {
        SignInRecord {
            sign_in,
            correlation: None,
            client_app_used: None,
            address: None,
            device: None,
            place: None,
            user_agent: None,
            claims: TrustClaims::default(),
            conditional_access: None,
            applied: Vec::new(),
            multi_factor_required: None,
            tenant_restricted: None,
            synthetic: false,
        }
    }
}

/// What the judged row of a sign-in (S15.2) does not say: whoever writes the log adds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInOccasion {
    /// The id of the row; no other row of that log has it.
    pub id: String,
    /// When.
    pub created: Moment,
    /// `correlationId`: the same in every row of one sign-in (S15.1).
    pub correlation: String,
    /// `ipAddress`.
    pub address: Option<String>,
    /// What the home tenant vouched for.
    pub claims: TrustClaims,
}

impl SignInRecord {
    /// The row as it stands in the log of its tenant. Names of applications are for whoever knows
    /// them to add.
    pub fn judged(row: SignInRow, occasion: SignInOccasion) -> Self {
        let SignInRow {
            tenant: _,
            masked,
            home_tenant,
            resource_tenant,
            access_type,
            user,
            user_type,
            user_principal_name,
            user_display_name,
            client_app,
            resource_app,
            client_app_used,
            error_code,
            failure_reason,
            conditional_access_status,
            applied,
            multi_factor_required,
            is_interactive,
            is_tenant_restricted,
        } = row;
        let sign_in = SignIn {
            created: Some(occasion.created),
            home_tenant,
            resource_tenant: Some(resource_tenant),
            access_type: access_type.map(Into::into),
            user: Some(user),
            user_type,
            user_display_name,
            user_principal_name,
            client_app,
            resource_app: Some(resource_app),
            failure_reason: failure_reason.map(str::to_owned),
            ..SignIn::bare(occasion.id, error_code)
        };
        let correlation = Some(occasion.correlation);
        if masked {
            // It carries the applications, the resource tenant and the code, that it was
            // restricted, and no more (S15.6).
            return SignInRecord {
                correlation,
                tenant_restricted: Some(is_tenant_restricted),
                ..SignInRecord::bare(sign_in)
            };
        }
        SignInRecord {
            sign_in: SignIn {
                is_interactive: Some(is_interactive),
                ..sign_in
            },
            correlation,
            client_app_used,
            address: occasion.address,
            device: None,
            place: None,
            user_agent: None,
            claims: occasion.claims,
            conditional_access: Some(conditional_access_status),
            applied,
            multi_factor_required: Some(multi_factor_required),
            tenant_restricted: Some(is_tenant_restricted),
            synthetic: false,
        }
    }
}

/// What became of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Intake {
    /// Rows that are new.
    pub kept: u64,
    /// Rows whose id had been there before; they were left alone.
    pub known: u64,
}

/// Which of the rows of a log came first: counts up, with gaps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Arrival(pub u64);

/// Where a row stands in the order of reading: newest first, and rows without a time last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInPosition {
    /// Its time.
    pub created: Option<Moment>,
    /// Its id.
    pub id: String,
}

impl SignInPosition {
    /// Where that row stands.
    pub fn of(record: &SignInRecord) -> Self {
        SignInPosition {
            created: record.sign_in.created,
            id: record.sign_in.id.clone(),
        }
    }
}

/// Which rows to read. Conditions that are given must all hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInQuery {
    /// Whose log.
    pub tenant: TenantId,
    /// When; rows without a time are in every window.
    pub window: Window,
    /// `homeTenantId`.
    pub home_tenant: Option<TenantId>,
    /// `resourceTenantId`.
    pub resource_tenant: Option<TenantId>,
    /// `userId`.
    pub user: Option<UserId>,
    /// `appId`.
    pub client_app: Option<ApplicationId>,
    /// `resourceId`.
    pub resource_app: Option<ApplicationId>,
    /// `userPrincipalName`, in any case.
    pub user_name: Option<String>,
    /// `status/errorCode`.
    pub error_code: Option<u32>,
    /// `correlationId`.
    pub correlation: Option<String>,
    /// Only rows whose `resourceTenantId` is another tenant than the one whose log it is.
    pub outbound: bool,
    /// Only rows whose `homeTenantId` is not the tenant whose log it is; none is not.
    pub inbound: bool,
    /// Only rows that did not succeed.
    pub failed: bool,
    /// Which way to read; rows without a time stand last either way.
    pub order: Order,
    /// Go on after this row.
    pub after: Option<SignInPosition>,
    /// At most so many.
    pub limit: u32,
}

impl SignInQuery {
    /// All rows of a log.
    pub fn all(tenant: TenantId, limit: u32) -> Self {
        SignInQuery {
            tenant,
            window: Window::ALL,
            home_tenant: None,
            resource_tenant: None,
            user: None,
            client_app: None,
            resource_app: None,
            user_name: None,
            error_code: None,
            correlation: None,
            outbound: false,
            inbound: false,
            failed: false,
            order: Order::NewestFirst,
            after: None,
            limit,
        }
    }
}

/// Which part of the rollup to read. Conditions that are given must all hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RollupQuery {
    /// Whose log.
    pub tenant: TenantId,
    /// Not before; what happened on no known day is always in.
    pub from: Option<Day>,
    /// Not after.
    pub until: Option<Day>,
    /// With whom.
    pub other: Option<TenantId>,
    /// Which way.
    pub direction: Option<Direction>,
}

/// A part of what a rollup says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RollupPart {
    /// Reading begins, or begins anew: parts that came before are void. The log goes up to there;
    /// what arrives after that is in none of the parts.
    Begin(Arrival),
    /// Lines.
    Lines(Vec<RollupRow>),
    /// There are no more.
    End,
}

/// How many lines are a part.
pub(crate) const PART: usize = 8_192;

/// Takes sign-ins in and gives them back. Rows are kept for retention only and never changed.
#[async_trait]
pub trait SignInLog: Send + Sync {
    /// Keeps the rows in the tenant's log and counts them into its rollup, in one transaction.
    /// Idempotent by the rows' ids, which compare byte by byte: a row whose id is there already, or
    /// came earlier in the batch, is left as it was and not counted again.
    async fn keep_sign_ins(&self, tenant: TenantId, rows: &[SignInRecord]) -> Result<Intake>;

    /// Reads a page, newest first, and the larger id first at the same time, or the other way round
    /// as the query says. A row that exists
    /// during the whole walk from page to page is met exactly once; a late one may be missed.
    async fn sign_ins(&self, query: &SignInQuery) -> Result<Vec<SignInRecord>>;

    /// The row with that id.
    async fn sign_in(&self, tenant: TenantId, id: &str) -> Result<Option<SignInRecord>>;

    /// How far each log goes that has ever had a row: nothing new has a number up to that one.
    async fn sign_in_ends(&self) -> Result<Vec<(TenantId, Arrival)>>;

    /// The rows of a log that arrived after that one, in the order of their arrival. Whoever goes on
    /// after the last one misses none.
    async fn sign_in_feed(
        &self,
        tenant: TenantId,
        after: Arrival,
        limit: u32,
    ) -> Result<Vec<(Arrival, SignInRecord)>>;

    /// Reads the rollup, all of the part that was asked for: it grows with distinct behaviour, not
    /// with rows. In the order of [`crate::RollupKey`].
    async fn rollup(&self, query: &RollupQuery) -> Result<Vec<RollupRow>>;

    /// Hands the same on in parts while it reads, the newest day first, all of one moment. Reads no
    /// further when nobody takes them any more.
    async fn rollup_parts(&self, query: &RollupQuery, to: Sender<RollupPart>) -> Result<()>;

    /// Forgets the rows before that moment, of every tenant; the rollup keeps what it counted.
    /// Gives back how many. A row that comes in again after that is counted again.
    async fn forget_sign_ins(&self, before: Moment) -> Result<u64>;

    /// Forgets the rollup before that day, of every tenant. Gives back how many lines.
    async fn forget_rollup(&self, before: Day) -> Result<u64>;
}

#[cfg(test)]
mod tests {
    use policy::target::{ApplicationId, UserId};
    use policy::tenant::TenantId;

    use super::*;

    fn row(masked: bool) -> SignInRow {
        SignInRow {
            tenant: TenantId::from_u128(1),
            masked,
            home_tenant: None,
            resource_tenant: TenantId::from_u128(2),
            access_type: None,
            user: policy::row::NO_USER,
            user_type: None,
            user_principal_name: None,
            user_display_name: Some(policy::row::TENANT_RESTRICTION.to_owned()),
            client_app: None,
            resource_app: ApplicationId::from_u128(3),
            client_app_used: None,
            error_code: 5_000_211,
            failure_reason: None,
            conditional_access_status: Status::NotApplied,
            applied: Vec::new(),
            multi_factor_required: false,
            is_interactive: true,
            is_tenant_restricted: true,
        }
    }

    fn occasion() -> SignInOccasion {
        SignInOccasion {
            id: "s1".into(),
            created: Moment::from_nanoseconds(1),
            correlation: "k".into(),
            address: Some("192.0.2.1".into()),
            claims: TrustClaims {
                mfa: true,
                ..TrustClaims::default()
            },
        }
    }

    #[test]
    fn a_masked_row_stays_masked_and_says_no_more_s15_6() {
        let record = SignInRecord::judged(row(true), occasion());
        assert!(record.sign_in.is_masked());
        assert_eq!(record.claims, TrustClaims::default());
        assert_eq!(
            (record.address, record.tenant_restricted),
            (None, Some(true))
        );
        assert_eq!(record.correlation.as_deref(), Some("k"));
    }

    #[test]
    fn a_judged_row_is_told_in_full_s15_2() {
        let known = SignInRow {
            user: UserId::from_u128(4),
            user_display_name: Some("Fred".into()),
            ..row(false)
        };
        let record = SignInRecord::judged(known, occasion());
        assert_eq!(record.sign_in.user, Some(UserId::from_u128(4)));
        assert_eq!(record.sign_in.error_code, 5_000_211);
        assert!(record.claims.mfa && record.tenant_restricted == Some(true));
    }
}
