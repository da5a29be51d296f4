//! The rollup: how often each distinct behaviour happened on each day.
//!
//! Adele of Fabrikam opens Contoso's CRM forty times on a Monday with the same client, the same
//! claims and the same result: forty rows in the log, one line here.

use std::collections::BTreeMap;

use policy::target::{ApplicationId, UserId};
use policy::tenant::TenantId;
use signins::direction::Direction;
use signins::event::{CrossTenantAccess, TokenIssuer};
use signins::window::Moment;

use crate::sign_ins::{SignInRecord, TrustClaims};

/// A day in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

const NANOSECONDS: i128 = 86_400_000_000_000;

impl Day {
    /// The day of that moment: days since 1970-01-01.
    pub fn of(moment: Moment) -> Self {
        let days = moment.as_nanoseconds().div_euclid(NANOSECONDS);
        // A moment that can be kept is within a hundred thousand days of 1970.
        Day(i32::try_from(days).unwrap_or(if days < 0 { i32::MIN } else { i32::MAX }))
    }
}

/// What makes a behaviour distinct.
///
/// A row whose far end is nobody foreign is in no line; a row that is foreign on both sides is in
/// two. Reports that look at less (S17.4 looks at neither access type nor issuer) add lines up.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RollupKey {
    /// When; `None` for rows that do not say.
    pub day: Option<Day>,
    /// Which way, by the far end of the row.
    pub direction: Direction,
    /// The tenant at the far end.
    pub other: TenantId,
    /// `userId`.
    pub user: Option<UserId>,
    /// `appId`.
    pub client_app: Option<ApplicationId>,
    /// `resourceId`.
    pub resource_app: Option<ApplicationId>,
    /// `crossTenantAccessType`.
    pub access_type: Option<CrossTenantAccess>,
    /// `tokenIssuerType`.
    pub token_issuer: TokenIssuer,
    /// What the home tenant vouched for.
    pub claims: TrustClaims,
    /// Whether these are masked rows of tenant restrictions (S15.6).
    pub masked: bool,
    /// Whether somebody sat in front of it.
    pub interactive: bool,
    /// `status.errorCode`.
    pub error_code: u32,
}

/// One line of the rollup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollupRow {
    /// The behaviour.
    pub key: RollupKey,
    /// How often.
    pub count: u64,
    /// The first time that day; `None` when no day is known.
    pub first: Option<Moment>,
    /// The last time that day.
    pub last: Option<Moment>,
}

/// The rollup of some rows of one log: what a store adds to what it has.
pub fn rollup<'a>(
    local: TenantId,
    rows: impl IntoIterator<Item = &'a SignInRecord>,
) -> Vec<RollupRow> {
    let mut lines: BTreeMap<RollupKey, RollupRow> = BTreeMap::new();
    for record in rows {
        let moment = record.sign_in.created;
        for key in keys(local, record) {
            let line = lines.entry(key).or_insert_with_key(|key| RollupRow {
                key: key.clone(),
                count: 0,
                first: moment,
                last: moment,
            });
            line.count += 1;
            line.first = line.first.min(moment);
            line.last = line.last.max(moment);
        }
    }
    lines.into_values().collect()
}

fn keys(local: TenantId, record: &SignInRecord) -> impl Iterator<Item = RollupKey> {
    let sign_in = &record.sign_in;
    Direction::ALL.into_iter().filter_map(move |direction| {
        Some(RollupKey {
            day: sign_in.created.map(Day::of),
            direction,
            other: direction.far_end(local, sign_in)?,
            user: sign_in.user,
            client_app: sign_in.client_app,
            resource_app: sign_in.resource_app,
            access_type: sign_in
                .access_type
                .clone()
                .filter(|access| !access.as_str().is_empty()),
            token_issuer: sign_in.token_issuer.clone(),
            claims: record.claims,
            masked: sign_in.is_masked(),
            interactive: sign_in.is_interactive(),
            error_code: sign_in.error_code,
        })
    })
}
