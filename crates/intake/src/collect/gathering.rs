//! Behaviours that were put together elsewhere, such as by a store, in as little memory as those of files.

use signins::observation::Observation;
use signins::window::Moment;

use super::learned::{Before, Learned};
use crate::log::{Log, NEVER, Times};
use crate::moment::Nanoseconds;
use crate::print;

/// What has been gathered so far.
#[derive(Debug)]
pub struct Gathering {
    learned: Learned,
    before: Before,
    /// By the number of the behaviour.
    times: Vec<Times>,
}

impl Default for Gathering {
    fn default() -> Self {
        Gathering {
            learned: Learned::new(print::seed()),
            before: Before::default(),
            times: Vec::new(),
        }
    }
}

impl Gathering {
    /// Adds a behaviour; the same one may come again, and counts together.
    pub fn add(&mut self, observed: &Observation<'_>) {
        let line = self.learned.line_of(observed, &mut self.before) as usize;
        if self.times.len() <= line {
            self.times.resize(line + 1, Times::NONE);
        }
        let time = |moment: Option<Moment>| -> Nanoseconds {
            let nanoseconds = moment.map(|moment| moment.as_nanoseconds());
            nanoseconds
                .and_then(|nanoseconds| nanoseconds.try_into().ok())
                .unwrap_or(NEVER)
        };
        if let Some(times) = self.times.get_mut(line) {
            times.add(Times {
                count: observed.count as u64,
                first: time(observed.first),
                last: time(observed.last),
            });
        }
    }

    /// The behaviours, each once.
    pub fn finish(self) -> Log {
        let mut log = self.learned.finish();
        log.count(&self.times);
        log
    }
}

#[cfg(test)]
mod tests {
    use policy::row::TENANT_RESTRICTION;
    use policy::target::{ApplicationId, UserId};
    use policy::tenant::TenantId;
    use signins::behaviour::TrustClaims;
    use signins::event::{CrossTenantAccess, SignIn, TokenIssuer};

    use super::*;

    #[test]
    fn what_was_gathered_is_what_was_added() {
        let sign_in = SignIn {
            created: Some(Moment::from_nanoseconds(5)),
            home_tenant: Some(TenantId::from_u128(1)),
            resource_tenant: Some(TenantId::from_u128(2)),
            access_type: Some(CrossTenantAccess::from_name("somethingNew")),
            token_issuer: TokenIssuer::from_name("elsewhere"),
            user: Some(UserId::from_u128(3)),
            user_display_name: Some(TENANT_RESTRICTION.to_owned()),
            resource_app: Some(ApplicationId::from_u128(4)),
            is_interactive: Some(false),
            ..SignIn::bare("", 53_003)
        };
        let claims = TrustClaims {
            mfa: true,
            ..TrustClaims::default()
        };
        let one = Observation {
            id: None,
            claims,
            ..Observation::from(&sign_in)
        };
        let other = Observation {
            claims: TrustClaims::default(),
            ..one
        };
        let later = Observation {
            count: 6,
            first: Some(Moment::from_nanoseconds(4)),
            last: Some(Moment::from_nanoseconds(9)),
            ..one
        };
        let mut gathering = Gathering::default();
        for observed in [&one, &other, &later] {
            gathering.add(observed);
        }
        let log = gathering.finish();
        assert_eq!(log.len(), 2);
        let together = Observation {
            count: 7,
            first: later.first,
            last: later.last,
            ..one
        };
        for observed in log.iter() {
            let expected = if observed.claims.mfa { together } else { other };
            assert_eq!(observed, expected);
        }
    }
}
