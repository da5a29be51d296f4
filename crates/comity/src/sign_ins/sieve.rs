//! Which of the rows that were read belong into the log of the tenant.

use graph::sign_in_log::{self, LoggedSignIn};
use intake::{Next, Row};
use policy::tenant::TenantId;
use signins::window::Moment;
use store::SignInRecord;
use tokio::sync::mpsc::Sender;

/// How many rows go together.
pub(super) const TOGETHER: usize = 10_000;
/// A longer id would not fit into the link to the next page.
const LONGEST_ID: usize = 256;

/// How many rows were not taken, and why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Left {
    /// They name two other tenants.
    pub(super) foreign: u64,
    /// They name no tenant.
    pub(super) nowhere: u64,
    /// They are older than rows are kept.
    pub(super) old: u64,
    /// Something stands in them that cannot be kept.
    pub(super) unreadable: u64,
}

/// Takes rows and hands on, several at a time, those that belong into the log.
pub(super) struct Sieve {
    tenant: TenantId,
    /// Older ones are not kept.
    since: Option<Moment>,
    to: Sender<Vec<LoggedSignIn>>,
    waiting: Vec<LoggedSignIn>,
    pub(super) left: Left,
}

impl Sieve {
    pub(super) fn new(
        tenant: TenantId,
        since: Option<Moment>,
        to: Sender<Vec<LoggedSignIn>>,
    ) -> Self {
        Sieve {
            tenant,
            since,
            to,
            waiting: Vec::new(),
            left: Left::default(),
        }
    }

    /// What becomes of a row.
    pub(super) fn take(&mut self, row: Row) -> Next {
        let created = row.sign_in.created;
        if let (Some(created), Some(since)) = (created, self.since)
            && created < since
        {
            self.left.old += 1;
            return Next::Outside;
        }
        if !server::concerns_sign_in(self.tenant, &row.sign_in) {
            let names = [row.sign_in.home_tenant, row.sign_in.resource_tenant];
            let mut names = names.into_iter().flatten();
            let why = match (names.next(), names.next()) {
                (None, _) => {
                    self.left.nowhere += 1;
                    "it names no tenant".to_owned()
                }
                (Some(one), other) => {
                    self.left.foreign += 1;
                    let other = other.map(|other| format!(" to {other}"));
                    format!("it is about {one}{}", other.unwrap_or_default())
                }
            };
            return Next::Left(why);
        }
        match logged(row) {
            Ok(row) => {
                self.waiting.push(row);
                match self.waiting.len() < TOGETHER || self.hand_on() {
                    true => Next::Taken,
                    false => Next::Stop,
                }
            }
            Err(why) => {
                self.left.unreadable += 1;
                Next::Left(why)
            }
        }
    }

    /// Hands on what waits, and says whether anybody took it.
    pub(super) fn hand_on(&mut self) -> bool {
        let rows = std::mem::take(&mut self.waiting);
        rows.is_empty() || self.to.blocking_send(rows).is_ok()
    }
}

/// The row as Graph lists it, if it can be kept.
fn logged(row: Row) -> Result<LoggedSignIn, String> {
    let Row {
        sign_in,
        claims,
        around,
    } = row;
    if sign_in.id.len() > LONGEST_ID {
        return Err(format!("id: expected at most {LONGEST_ID} bytes"));
    }
    let masked = sign_in.is_masked();
    let mut logged = sign_in_log::read(&around, sign_in).map_err(|error| error.to_string())?;
    if !masked {
        logged.compliant_device = claims.compliant_device;
        logged.hybrid_joined_device = claims.hybrid_joined_device;
    }
    let record: SignInRecord = server::sign_in_record(logged.clone());
    record.check().map_err(|error| error.to_string())?;
    Ok(logged)
}
