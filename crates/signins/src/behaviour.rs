//! The same sign-in, as often as it happened.
//!
//! Adele of Fabrikam opens Contoso's CRM forty times in a month with the same client and the same
//! result: forty rows in the log, one behaviour here. A log of ten million rows has about a million
//! behaviours, and a question about the past costs as much as there are behaviours, not rows.

use crate::event::SignIn;
use crate::window::Moment;

/// What the home tenant vouched for at a sign-in, as far as trust can accept it (S10).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TrustClaims {
    /// Multifactor authentication was done at home.
    pub mfa: bool,
    /// The device is compliant.
    pub compliant_device: bool,
    /// The device is hybrid joined.
    pub hybrid_joined_device: bool,
}

/// One distinct behaviour of one log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Behaviour {
    /// What all its rows have in common; `id` and `created` are those of one of them.
    pub sign_in: SignIn,
    /// What the home tenant vouched for.
    pub claims: TrustClaims,
    /// How many rows, each id counted once.
    pub count: u64,
    /// The first time; `None` when no row says.
    pub first: Option<Moment>,
    /// The last time.
    pub last: Option<Moment>,
}

impl Behaviour {
    /// A single row.
    pub fn once(sign_in: SignIn, claims: TrustClaims) -> Self {
        let moment = sign_in.created;
        Behaviour {
            sign_in,
            claims,
            count: 1,
            first: moment,
            last: moment,
        }
    }
}
