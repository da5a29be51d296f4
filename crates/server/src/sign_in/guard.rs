//! How often somebody may try a password or a code.
//!
//! What is counted is the address together with the account, and the address alone. So whoever
//! guesses somebody's password shuts themselves out, and not the person whose password it is.

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
/// How many addresses and accounts are remembered.
const REMEMBERED: usize = 50_000;

/// From where; a network of version six counts as one address.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
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
type Subject = (Origin, Option<(Uuid, String)>);

/// Counts attempts that failed.
pub(crate) struct Guard {
    failed: Cache<Subject, (Seconds, u32)>,
    /// Counting is reading and writing.
    counting: Mutex<()>,
}

impl Default for Guard {
    fn default() -> Self {
        Guard {
            failed: Cache::new(REMEMBERED),
            counting: Mutex::new(()),
        }
    }
}

impl Guard {
    fn subjects(address: Option<IpAddr>, tenant: Uuid, name: &str) -> [(Subject, u32); 2] {
        let origin = Origin::of(address);
        let account = (tenant, name.to_lowercase());
        [
            ((origin, Some(account)), FOR_ONE),
            ((origin, None), FROM_ONE),
        ]
    }

    /// Whether one more attempt may be made.
    pub(super) fn allows(
        &self,
        address: Option<IpAddr>,
        tenant: Uuid,
        name: &str,
        now: Seconds,
    ) -> bool {
        let subjects = Self::subjects(address, tenant, name);
        subjects.iter().all(|(subject, most)| {
            let failed = self.failed.get(subject);
            failed.is_none_or(|(since, count)| now >= since + WINDOW || count < *most)
        })
    }

    /// One attempt failed.
    pub(super) fn failed(&self, address: Option<IpAddr>, tenant: Uuid, name: &str, now: Seconds) {
        let _counting = self.counting.lock();
        for (subject, _) in Self::subjects(address, tenant, name) {
            let (since, count) = match self.failed.get(&subject) {
                Some((since, count)) if now < since + WINDOW => (since, count),
                _ => (now, 0),
            };
            self.failed
                .insert(subject, (since, count.saturating_add(1)));
        }
    }

    /// One attempt was right: that account from that address begins anew.
    pub(super) fn passed(&self, address: Option<IpAddr>, tenant: Uuid, name: &str) {
        let [(account, _), _] = Self::subjects(address, tenant, name);
        self.failed.remove(&account);
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
            assert!(guard.allows(HERE, TENANT, "Alice@x", 0));
            guard.failed(HERE, TENANT, "alice@X", 0);
        }
        assert!(!guard.allows(HERE, TENANT, "alice@x", WINDOW - 1));
        assert!(guard.allows(HERE, TENANT, "alice@x", WINDOW));
        assert!(guard.allows(THERE, TENANT, "alice@x", 0));
        assert!(guard.allows(HERE, TENANT, "bob@x", 0));
    }

    #[test]
    fn whoever_guesses_many_peoples_passwords_is_shut_out_as_well() {
        let guard = Guard::default();
        for number in 0..FROM_ONE {
            guard.failed(HERE, TENANT, &number.to_string(), 0);
        }
        assert!(!guard.allows(HERE, TENANT, "anybody", 1));
        assert!(guard.allows(THERE, TENANT, "anybody", 1));
    }

    #[test]
    fn a_right_password_begins_anew() {
        let guard = Guard::default();
        for _ in 0..FOR_ONE {
            guard.failed(HERE, TENANT, "a", 0);
        }
        guard.passed(HERE, TENANT, "a");
        assert!(guard.allows(HERE, TENANT, "a", 1));
    }
}
