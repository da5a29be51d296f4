//! How often somebody may try a password or a code, or have a message sent.
//!
//! What is counted is the address together with the account, and the address alone. So whoever
//! guesses somebody's password shuts themselves out, and not the person whose password it is. Of
//! messages the mailbox is counted as well, from wherever they are asked for: nobody's is to be
//! flooded. And what is refused before it is judged is written down only so often.

use std::net::IpAddr;
use std::sync::Mutex;

use quick_cache::sync::Cache;
use sts::Seconds;
use uuid::Uuid;

/// In which time attempts are counted.
const WINDOW: Seconds = 15 * 60;
/// How many may fail for one account from one address.
const FOR_ONE: u32 = 10;
/// How many may fail from one address.
const FROM_ONE: u32 = 200;
/// How many messages may be had for one mailbox from one address.
const LETTERS_FOR_ONE: u32 = 3;
/// How many for one mailbox, from wherever.
const LETTERS_TO_ONE: u32 = 12;
/// How many from one address.
const LETTERS_FROM_ONE: u32 = 60;
/// How many steps that failed are written into the log of one tenant.
const ROWS: u32 = 2_000;
/// How many of them come from one address.
const ROWS_FROM_ONE: u32 = 200;
/// How many addresses and accounts are remembered.
const REMEMBERED: usize = 50_000;

/// From where; a network of version six counts as one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Origin(u128);

impl Origin {
    fn of(address: Option<IpAddr>) -> Self {
        Origin(match address {
            None => 0,
            Some(IpAddr::V4(address)) => u128::from(u32::from(address)) | 1 << 127,
            Some(IpAddr::V6(address)) => u128::from(address) >> 64,
        })
    }
}

/// What is counted together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Subject {
    /// Attempts for an account, or for any.
    Tries(Origin, Option<(Uuid, String)>),
    /// That somebody was told that they are shut out.
    Shut(Origin, Option<(Uuid, String)>),
    /// Messages, by where they are asked for and where they go.
    Letters(Option<Origin>, Option<String>),
    /// Rows of a tenant's log, from wherever or from one address.
    Rows(Option<Origin>, Uuid),
}

/// Whether one more attempt may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It may.
    Open,
    /// Not any more.
    Shut {
        /// They are told so for the first time.
        first: bool,
    },
}

/// Counts attempts that failed.
pub(crate) struct Guard {
    counted: Cache<Subject, (Seconds, u32)>,
    /// Counting is reading and writing.
    counting: Mutex<()>,
}

impl Default for Guard {
    fn default() -> Self {
        Guard {
            counted: Cache::new(REMEMBERED),
            counting: Mutex::new(()),
        }
    }
}

impl Guard {
    fn subjects(address: Option<IpAddr>, tenant: Uuid, name: &str) -> [(Subject, u32); 2] {
        let origin = Origin::of(address);
        let account = (tenant, name.to_lowercase());
        [
            (Subject::Tries(origin, Some(account)), FOR_ONE),
            (Subject::Tries(origin, None), FROM_ONE),
        ]
    }

    /// How often that was counted in this window.
    fn count(&self, subject: &Subject, now: Seconds) -> u32 {
        match self.counted.get(subject) {
            Some((since, count)) if now < since + WINDOW => count,
            _ => 0,
        }
    }

    /// Counts once more; gives back how often it was before. Somebody else must not count meanwhile.
    fn add(&self, subject: Subject, now: Seconds) -> u32 {
        let (since, count) = match self.counted.get(&subject) {
            Some((since, count)) if now < since + WINDOW => (since, count),
            _ => (now, 0),
        };
        let more = (since, count.saturating_add(1));
        self.counted.insert(subject, more);
        count
    }

    /// Whether one more attempt may be made.
    pub(super) fn allows(
        &self,
        address: Option<IpAddr>,
        tenant: Uuid,
        name: &str,
        now: Seconds,
    ) -> Standing {
        let subjects = Self::subjects(address, tenant, name);
        let full = |(subject, most): &&(Subject, u32)| self.count(subject, now) >= *most;
        // Whoever is shut out with all names is told so once, not once for each name.
        let Some((Subject::Tries(origin, account), _)) = subjects.iter().rev().find(full) else {
            return Standing::Open;
        };
        let _counting = self.counting.lock();
        let told = self.add(Subject::Shut(*origin, account.clone()), now);
        Standing::Shut { first: told == 0 }
    }

    /// One attempt failed.
    pub(super) fn failed(&self, address: Option<IpAddr>, tenant: Uuid, name: &str, now: Seconds) {
        let _counting = self.counting.lock();
        for (subject, _) in Self::subjects(address, tenant, name) {
            self.add(subject, now);
        }
    }

    /// One attempt was right: that account from that address begins anew.
    pub(super) fn passed(&self, address: Option<IpAddr>, tenant: Uuid, name: &str) {
        let [(account, _), _] = Self::subjects(address, tenant, name);
        if let Subject::Tries(origin, name) = &account {
            self.counted.remove(&Subject::Shut(*origin, name.clone()));
        }
        self.counted.remove(&account);
    }

    /// Whether one more message may go to that mailbox; it is counted then.
    pub(super) fn may_send(&self, address: Option<IpAddr>, mailbox: &str, now: Seconds) -> bool {
        let origin = Some(Origin::of(address));
        let mailbox = Some(mailbox.to_lowercase());
        let subjects = [
            (Subject::Letters(origin, mailbox.clone()), LETTERS_FOR_ONE),
            (Subject::Letters(None, mailbox), LETTERS_TO_ONE),
            (Subject::Letters(origin, None), LETTERS_FROM_ONE),
        ];
        let _counting = self.counting.lock();
        let free = |(subject, most): &(Subject, u32)| self.count(subject, now) < *most;
        if !subjects.iter().all(free) {
            return false;
        }
        for (subject, _) in subjects {
            self.add(subject, now);
        }
        true
    }

    /// Whether one more step that failed may be written into the log of that tenant; it is counted
    /// then.
    pub(super) fn may_note(&self, address: Option<IpAddr>, tenant: Uuid, now: Seconds) -> bool {
        let _counting = self.counting.lock();
        let from_there = Subject::Rows(Some(Origin::of(address)), tenant);
        self.add(from_there, now) < ROWS_FROM_ONE
            && self.add(Subject::Rows(None, tenant), now) < ROWS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1)));
    const THERE: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2)));
    const TENANT: Uuid = Uuid::from_u128(1);

    #[test]
    fn whoever_guesses_shuts_themselves_out_and_nobody_else() {
        let guard = Guard::default();
        for _ in 0..FOR_ONE {
            assert_eq!(guard.allows(HERE, TENANT, "Alice@x", 0), Standing::Open);
            guard.failed(HERE, TENANT, "alice@X", 0);
        }
        let again = |now| guard.allows(HERE, TENANT, "alice@x", now);
        assert_eq!(again(1), Standing::Shut { first: true });
        assert_eq!(again(WINDOW - 1), Standing::Shut { first: false });
        assert_eq!(again(WINDOW), Standing::Open);
        assert_eq!(guard.allows(THERE, TENANT, "alice@x", 0), Standing::Open);
        assert_eq!(guard.allows(HERE, TENANT, "bob@x", 0), Standing::Open);
    }

    #[test]
    fn whoever_guesses_many_peoples_passwords_is_shut_out_as_well() {
        let guard = Guard::default();
        for number in 0..FROM_ONE {
            guard.failed(HERE, TENANT, &number.to_string(), 0);
        }
        let anybody = |address, name| guard.allows(address, TENANT, name, 1);
        assert_eq!(anybody(HERE, "anybody"), Standing::Shut { first: true });
        // Another name is no news.
        assert_eq!(anybody(HERE, "else"), Standing::Shut { first: false });
        assert_eq!(anybody(THERE, "anybody"), Standing::Open);
    }

    #[test]
    fn a_right_password_begins_anew() {
        let guard = Guard::default();
        for _ in 0..FOR_ONE {
            guard.failed(HERE, TENANT, "a", 0);
        }
        guard.passed(HERE, TENANT, "a");
        assert_eq!(guard.allows(HERE, TENANT, "a", 1), Standing::Open);
    }

    #[test]
    fn nobodys_mailbox_is_flooded_from_one_place_or_from_many() {
        let guard = Guard::default();
        for _ in 0..LETTERS_FOR_ONE {
            assert!(guard.may_send(HERE, "Otto@x", 0));
        }
        assert!(!guard.may_send(HERE, "otto@X", 1));
        assert!(guard.may_send(HERE, "other@x", 1));
        let place = |number: u32| Some(IpAddr::V4((0xc633_0000 | number).into()));
        let sent = (0..100).filter(|number| guard.may_send(place(*number), "otto@x", 2));
        assert_eq!(sent.count() as u32, LETTERS_TO_ONE - LETTERS_FOR_ONE);
        assert!(guard.may_send(HERE, "otto@x", WINDOW));
    }

    #[test]
    fn the_log_of_a_tenant_takes_so_many_failures_and_then_no_more() {
        let guard = Guard::default();
        let written = (0..ROWS).filter(|_| guard.may_note(HERE, TENANT, 0));
        assert_eq!(written.count() as u32, ROWS_FROM_ONE);
        let place = |number: u32| Some(IpAddr::V4((0xc633_0000 | number).into()));
        let written = (0..ROWS * 2).filter(|number| guard.may_note(place(*number), TENANT, 0));
        assert_eq!(written.count() as u32, ROWS - ROWS_FROM_ONE);
        assert!(guard.may_note(HERE, Uuid::from_u128(2), 0));
        assert!(guard.may_note(HERE, TENANT, WINDOW));
    }
}
