//! The month of sign-ins.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use policy::tenant::TenantId;
use signins::event::CrossTenantAccess;
use store::{Moment, SignInRecord};

use super::demo;
use crate::demo::sign_ins;

const DAY: i128 = 86_400_000_000_000;
/// 1 March 2026, a Sunday, at noon.
const NOW: Moment = Moment::from_nanoseconds(1_772_366_400_000_000_000);
const CONTOSO: TenantId = TenantId::from_u128(0x0c000000_0000_4000_8000_000000000001);

type Logs = BTreeMap<TenantId, Vec<SignInRecord>>;

fn month() -> &'static Logs {
    static MONTH: LazyLock<Logs> = LazyLock::new(|| sign_ins(&demo(), NOW));
    &MONTH
}

fn rows(logs: &Logs) -> impl Iterator<Item = &SignInRecord> {
    logs.values().flatten()
}

fn ids(logs: &Logs) -> BTreeSet<&str> {
    rows(logs).map(|row| row.sign_in.id.as_str()).collect()
}

#[test]
fn the_same_moment_gives_the_same_rows() {
    assert!(*month() == sign_ins(&demo(), NOW));
}

#[test]
fn another_moment_gives_the_same_ids_at_other_times() {
    let (first, later) = (
        month(),
        sign_ins(
            &demo(),
            Moment::from_nanoseconds(NOW.as_nanoseconds() + 9 * DAY),
        ),
    );
    let (first, later) = (ids(first), ids(&later));
    // Only what would happen after the end is missing from either.
    let missing = first.symmetric_difference(&later).count();
    assert!(missing * 50 < first.len(), "{missing}");
}

#[test]
fn there_are_tens_of_thousands_of_rows_and_every_tenant_has_some() {
    let logs = month();
    let count = rows(logs).count();
    assert!((20_000..50_000).contains(&count), "{count}");
    let demo = demo();
    assert!(
        logs.keys().copied().eq(demo
            .world()
            .tenants
            .values()
            .filter(|t| t.policy.is_some())
            .map(|t| t.id))
    );
    assert!(logs.values().all(|log| log.len() > 200));
}

#[test]
fn every_row_is_marked_as_made_up() {
    let logs = month();
    assert_eq!(ids(logs).len(), rows(logs).count());
    for row in rows(logs) {
        assert!(row.synthetic);
        assert!(row.sign_in.id.starts_with("facade01-"));
        assert!(row.correlation.as_deref().unwrap().starts_with("facade00-"));
        let address = row.address.as_deref().unwrap_or("203.0.113.1");
        let documentation = ["203.0.113.", "198.51.100.", "192.0.2.", "2001:db8:"];
        assert!(
            documentation.iter().any(|block| address.starts_with(block)),
            "{address}"
        );
    }
}

#[test]
fn everything_happened_within_thirty_days_and_each_log_is_in_order() {
    let logs = month();
    let created = |row: &SignInRecord| row.sign_in.created.unwrap().as_nanoseconds();
    for log in logs.values() {
        assert!(log.is_sorted_by_key(created));
        for row in log {
            let ago = NOW.as_nanoseconds() - created(row);
            assert!((0..=30 * DAY).contains(&ago), "{ago}");
        }
    }
}

#[test]
fn weekends_are_thin_and_nights_are_quiet() {
    let logs = month();
    let contoso = &logs[&CONTOSO];
    let (mut weekend, mut week, mut night) = (0, 0, 0);
    for row in contoso
        .iter()
        .filter(|row| row.sign_in.access_type == Some(CrossTenantAccess::None))
    {
        // Contoso's clocks are five hours behind.
        let local = row.sign_in.created.unwrap().as_nanoseconds() - DAY / 24 * 5;
        match (local.div_euclid(DAY) + 3).rem_euclid(7) {
            5 | 6 => weekend += 1,
            _ => week += 1,
        }
        night += u32::from(local.rem_euclid(DAY) < DAY / 4);
    }
    assert!(weekend > 0 && weekend * 10 < week, "{weekend} {week}");
    assert!(night * 20 < week, "{night} {week}");
}

#[test]
fn a_few_people_and_applications_make_most_of_the_traffic() {
    let logs = month();
    let mut people: BTreeMap<_, usize> = BTreeMap::new();
    for row in &logs[&CONTOSO] {
        *people
            .entry(row.sign_in.user_principal_name.clone())
            .or_default() += 1;
    }
    let mut counts: Vec<usize> = people.into_values().collect();
    counts.sort_unstable_by(|a, b| b.cmp(a));
    let all: usize = counts.iter().sum();
    let busiest: usize = counts.iter().take(counts.len() / 5).sum();
    assert!(
        busiest * 100 > all * 40 && busiest * 100 < all * 90,
        "{busiest} of {all}"
    );
}

#[test]
fn some_sign_ins_fail_in_many_ways_and_most_do_not() {
    let logs = month();
    let all = rows(logs).count();
    let failed: Vec<_> = rows(logs).filter(|row| !row.sign_in.succeeded()).collect();
    assert!(
        failed.len() * 100 > all * 5 && failed.len() * 100 < all * 20,
        "{} of {all}",
        failed.len()
    );
    let codes: BTreeSet<u32> = failed.iter().map(|row| row.sign_in.error_code).collect();
    for code in [
        50014, 50020, 50057, 50076, 50158, 53000, 53003, 500_212, 500_213, 5_000_211, 9_900_003,
    ] {
        assert!(codes.contains(&code), "{code} {codes:?}");
    }
}

#[test]
fn both_logs_tell_the_same_story_s15_1() {
    let logs = month();
    let mut events: BTreeMap<&str, Vec<&SignInRecord>> = BTreeMap::new();
    for row in rows(logs) {
        events
            .entry(row.correlation.as_deref().unwrap())
            .or_default()
            .push(row);
    }
    for rows in events.values() {
        let codes: BTreeSet<u32> = rows.iter().map(|row| row.sign_in.error_code).collect();
        assert_eq!(codes.len(), 1);
        let crossing = rows.iter().find(|row| {
            let far = row.sign_in.home_tenant;
            far.is_some() && far != row.sign_in.resource_tenant
        });
        let Some(crossing) = crossing else { continue };
        let hosted = [
            crossing.sign_in.home_tenant,
            crossing.sign_in.resource_tenant,
        ];
        let hosted = hosted
            .into_iter()
            .flatten()
            .filter(|tenant| logs.contains_key(tenant))
            .count();
        assert!(rows.len() >= hosted, "{rows:?}");
    }
}

#[test]
fn shared_channels_are_renewed_without_anybody_there_s9_9() {
    let logs = month();
    let channel =
        |row: &&SignInRecord| row.sign_in.access_type == Some(CrossTenantAccess::B2bDirectConnect);
    let renewals = rows(logs)
        .filter(channel)
        .filter(|row| !row.sign_in.is_interactive());
    let renewals: Vec<_> = renewals.collect();
    assert!(renewals.len() > 1000);
    assert!(
        rows(logs)
            .filter(channel)
            .any(|row| row.sign_in.is_interactive())
    );
    // S15.4: the client is told in the home tenant's log only.
    for row in rows(logs).filter(channel) {
        assert_eq!(row.client_app_used.is_none(), row.device.is_none());
    }
}

#[test]
fn masked_rows_name_nobody_s15_6() {
    let logs = month();
    let masked: Vec<_> = rows(logs).filter(|row| row.sign_in.is_masked()).collect();
    assert!(masked.iter().any(|row| row.sign_in.error_code == 5_000_211));
    assert!(masked.iter().any(|row| row.sign_in.succeeded()));
    for row in masked {
        assert!(row.address.is_none() && row.device.is_none() && row.sign_in.home_tenant.is_none());
    }
}
