//! A month of sign-ins, each judged by the law on the demo world, so that the logs agree with the
//! settings.
//!
//! Some people come often and most now and then (Zipf), in the hours of their own office and hardly
//! ever at weekends. Who is asked for a second factor usually brings it half a minute later; who is
//! refused gives up after a few tries; a shared channel is renewed every hour without anybody
//! sitting there (S9.9).

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use policy::decision::Verdict;
use policy::sign_in::{DIRECT_CONNECT_TOKEN_SECONDS, Decision, decide};
use policy::tenant::TenantId;
use store::{Moment, SignInRecord};

use super::calendar::{Calendar, later};
use super::company::{Company, Kind, companies};
use super::device::{COMPUTER, ELSEWHERE, TELEPHONE};
use super::random::Random;
use super::record::Occasion;
use super::traveller::{Carried, Traveller};
use super::world::Demo;

/// Names the month: another number is another month.
const MONTH: u64 = u64::from_be_bytes(*b"a month ");

/// The log of each tenant for the thirty days up to that moment, oldest first.
///
/// The same moment gives the same rows. Another moment gives rows of the same ids at other times,
/// so that a store which has taken one month in takes no second one.
pub(crate) fn sign_ins(demo: &Demo, until: Moment) -> BTreeMap<TenantId, Vec<SignInRecord>> {
    let mut month = Month {
        demo,
        calendar: Calendar::until(until),
        known: HashMap::new(),
        logs: BTreeMap::new(),
    };
    for company in companies(demo) {
        month.known.clear();
        for visit in 0..company.kind.visits() {
            month.visit(&company, visit);
        }
    }
    for log in month.logs.values_mut() {
        log.sort_by(|a, b| {
            (a.sign_in.created, &a.sign_in.id).cmp(&(b.sign_in.created, &b.sign_in.id))
        });
    }
    month.logs
}

/// A traveller and an errand of theirs, by their places in a company, and what was carried.
type Question = (usize, usize, Carried);

struct Month<'a> {
    demo: &'a Demo,
    calendar: Calendar,
    /// What has been decided for the company at hand.
    known: HashMap<Question, Option<Rc<Decision>>>,
    logs: BTreeMap<TenantId, Vec<SignInRecord>>,
}

/// One person on one errand.
struct Visit<'a> {
    place: usize,
    traveller: &'a Traveller,
    errand: usize,
    random: Random,
    /// Ids have a stream of their own, so that they do not depend on the date.
    ids: Random,
}

impl Month<'_> {
    fn visit(&mut self, company: &Company, number: u64) {
        let stream = |purpose: u64| Random::named(&[MONTH, company.kind as u64, number, purpose]);
        let mut random = stream(0);
        let Some((place, traveller)) = company.draw(&mut random) else {
            return;
        };
        let Some(errand) = traveller.errand(&mut random) else {
            return;
        };
        let mut moment = self.calendar.moment(&traveller.office, &mut stream(1));
        let mut carried = carried(&mut random);
        let mut visit = Visit {
            place,
            traveller,
            errand,
            random,
            ids: stream(2),
        };
        let mut verdict = self.sign_in(&mut visit, carried, moment);
        if verdict == Some(Verdict::Challenge) && visit.random.percent(85) {
            moment = later(moment, 12 + visit.random.below(70));
            carried = Carried {
                device: carried.device,
                ..Carried::ALL
            };
            verdict = self.sign_in(&mut visit, carried, moment);
        }
        if company.kind == Kind::Channels && verdict == Some(Verdict::Allow) {
            self.renew(&mut visit, carried, moment);
        }
    }

    /// Each renewal is judged again.
    fn renew(&mut self, visit: &mut Visit<'_>, carried: Carried, mut moment: Moment) {
        let carried = Carried {
            interactive: false,
            ..carried
        };
        for _ in 0..visit.random.below(5) {
            let early = visit.random.below(300);
            moment = later(moment, u64::from(DIRECT_CONNECT_TOKEN_SECONDS) - early);
            self.sign_in(visit, carried, moment);
        }
    }

    /// Writes what happened into the logs, unless it has not happened yet.
    fn sign_in(
        &mut self,
        visit: &mut Visit<'_>,
        carried: Carried,
        created: Moment,
    ) -> Option<Verdict> {
        let id = (u128::from(visit.ids.bits()) << 64) | u128::from(visit.ids.bits());
        if self.calendar.is_over(created) {
            return None;
        }
        let decision = self.decision(visit, carried)?;
        let occasion = Occasion {
            demo: self.demo,
            id,
            created,
            device: visit.traveller.device(carried.device),
            claims: visit.traveller.vouched(carried),
        };
        for (number, row) in (0..).zip(&decision.rows) {
            let record = occasion.record(number, row);
            self.logs.entry(row.tenant).or_default().push(record);
        }
        Some(decision.verdict)
    }

    fn decision(&mut self, visit: &Visit<'_>, carried: Carried) -> Option<Rc<Decision>> {
        let question = (visit.place, visit.errand, carried);
        let known = self.known.entry(question).or_insert_with(|| {
            let request = visit.traveller.request(visit.errand, carried)?;
            Some(Rc::new(decide(self.demo.world(), &request)))
        });
        known.clone()
    }
}

/// What somebody brings on an ordinary day.
fn carried(random: &mut Random) -> Carried {
    Carried {
        device: match random.below(100) {
            0..76 => COMPUTER,
            76..95 => TELEPHONE,
            _ => ELSEWHERE,
        },
        home_mfa: random.percent(84),
        resource_mfa: random.percent(72),
        terms: random.percent(92),
        interactive: true,
    }
}
