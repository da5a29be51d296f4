//! Sign-in logs and their rollup.

use comity_store::{
    Arrival, Day, Error, Intake, Order, RollupKey, RollupPart, RollupQuery, RollupRow,
    SignInPosition, SignInQuery, SignInRecord, Store, Subject, TrustClaims, rollup,
};
use policy::target::UserId;
use policy::tenant::TenantId;
use signins::direction::Direction;
use signins::event::{CrossTenantAccess, SignIn, TokenIssuer};
use signins::window::Window;

use super::Place;
use crate::sample::{
    CONTOSO, CRM, ERP, FABRIKAM, FRED, NORTHWIND, create, crossing, full_row, hosted, partner,
    second,
};

async fn contoso(place: &impl Place) -> std::sync::Arc<dyn Store> {
    let store = place.open().await;
    create(&*store, vec![hosted(CONTOSO), hosted(FABRIKAM)]).await;
    store
}

const fn took(kept: u64, known: u64) -> Intake {
    Intake { kept, known }
}

async fn all(store: &dyn Store, tenant: TenantId) -> Vec<SignInRecord> {
    store
        .sign_ins(&SignInQuery::all(tenant, 10_000))
        .await
        .unwrap()
}

const EVERYTHING: RollupQuery = RollupQuery {
    tenant: CONTOSO,
    from: None,
    until: None,
    other: None,
    direction: None,
};

pub(crate) async fn a_row_is_kept_whole<P: Place>(place: P) {
    let store = contoso(&place).await;
    let bare = SignInRecord::bare(SignIn::bare("bare", 0));
    let rows = [full_row("full"), bare.clone()];
    assert_eq!(
        store.keep_sign_ins(CONTOSO, &rows).await.unwrap(),
        took(2, 0)
    );
    assert_eq!(
        store.sign_in(CONTOSO, "full").await.unwrap(),
        Some(full_row("full"))
    );
    assert_eq!(store.sign_in(CONTOSO, "bare").await.unwrap(), Some(bare));
    assert_eq!(store.sign_in(FABRIKAM, "full").await.unwrap(), None);
    assert_eq!(store.sign_in(CONTOSO, "other").await.unwrap(), None);
}

pub(crate) async fn a_row_is_kept_once<P: Place>(place: P) {
    let store = contoso(&place).await;
    let first = crossing("s1", 10);
    let changed = full_row("s1");
    let rows = [first.clone(), changed.clone(), crossing("s2", 11)];
    assert_eq!(
        store.keep_sign_ins(CONTOSO, &rows).await.unwrap(),
        took(2, 1)
    );
    let again = [changed, crossing("s3", 12)];
    assert_eq!(
        store.keep_sign_ins(CONTOSO, &again).await.unwrap(),
        took(1, 1)
    );
    assert_eq!(store.sign_in(CONTOSO, "s1").await.unwrap(), Some(first));
    // Another tenant's log tells of the same sign-in.
    assert_eq!(
        store.keep_sign_ins(FABRIKAM, &rows).await.unwrap(),
        took(2, 1)
    );
    let lines = store.rollup(&EVERYTHING).await.unwrap();
    assert_eq!(lines.iter().map(|line| line.count).collect::<Vec<_>>(), [3]);
    assert_eq!(store.keep_sign_ins(CONTOSO, &[]).await.unwrap(), took(0, 0));
}

pub(crate) async fn ids_of_rows_compare_byte_by_byte<P: Place>(place: P) {
    let store = contoso(&place).await;
    let ids = ["a", "A", "á", "a ", "ａ", "ß", "SS", "ss", "a\u{301}", ""];
    let rows: Vec<_> = ids.iter().map(|id| crossing(id, 10)).collect();
    assert_eq!(
        store.keep_sign_ins(CONTOSO, &rows).await.unwrap().kept,
        ids.len() as u64
    );
    for id in ids {
        let row = store.sign_in(CONTOSO, id).await.unwrap().unwrap();
        assert_eq!(row.sign_in.id, id);
    }
    let mut expected = ids;
    expected.sort_unstable();
    expected.reverse();
    let found = all(&*store, CONTOSO).await;
    let found: Vec<_> = found.iter().map(|row| row.sign_in.id.as_str()).collect();
    assert_eq!(found, expected);
}

/// Rows that differ in everything a line can differ in, many of them alike.
fn varied() -> Vec<SignInRecord> {
    let row = |number: usize| {
        let mut row = crossing(&format!("r{number}"), 3_000 * number as i64);
        let sign_in = &mut row.sign_in;
        match number % 12 {
            0 => sign_in.user = None,
            1 => sign_in.user = Some(policy::row::NO_USER),
            2 => sign_in.client_app = None,
            3 => sign_in.resource_app = None,
            4 => sign_in.error_code = 500_213,
            5 => sign_in.access_type = None,
            6 => sign_in.token_issuer = TokenIssuer::Other("Federation".into()),
            7 => (sign_in.home_tenant, sign_in.resource_tenant) = (Some(CONTOSO), Some(FABRIKAM)),
            8 => sign_in.resource_tenant = Some(NORTHWIND),
            9 => (sign_in.created, sign_in.is_interactive) = (None, Some(false)),
            10 => row.claims.mfa = number % 24 == 10,
            _ => {
                *sign_in = SignIn {
                    created: sign_in.created,
                    resource_tenant: Some(FABRIKAM),
                    user: Some(policy::row::NO_USER),
                    user_display_name: Some(policy::row::TENANT_RESTRICTION.into()),
                    ..SignIn::bare(sign_in.id.clone(), 5_000_211)
                }
            }
        }
        row
    };
    (0..240).map(row).collect()
}

pub(crate) async fn the_rollup_is_the_rollup_of_the_rows<P: Place>(place: P) {
    let store = contoso(&place).await;
    let rows = varied();
    // Neither in the order of time nor against it.
    for batch in [2, 0, 4, 1, 3].map(|batch| &rows[batch * 50..rows.len().min(batch * 50 + 50)]) {
        store.keep_sign_ins(CONTOSO, batch).await.unwrap();
        store.keep_sign_ins(CONTOSO, &batch[..7]).await.unwrap();
    }
    let lines = store.rollup(&EVERYTHING).await.unwrap();
    assert_eq!(lines, rollup(CONTOSO, &rows));
    assert!(lines.len() < 150 && lines.iter().any(|line| line.count > 3));
    // In the order of their keys.
    assert!(lines.is_sorted_by_key(|line| &line.key));

    type Part = (RollupQuery, fn(&RollupKey) -> bool);
    let parts: [Part; 4] = [
        (
            RollupQuery {
                direction: Some(Direction::Outbound),
                ..EVERYTHING
            },
            |key| key.direction == Direction::Outbound,
        ),
        (
            RollupQuery {
                other: Some(NORTHWIND),
                ..EVERYTHING
            },
            |key| key.other == NORTHWIND,
        ),
        (
            RollupQuery {
                from: Some(Day::of(second(100_000))),
                ..EVERYTHING
            },
            |key| key.day.is_none_or(|day| day >= Day::of(second(100_000))),
        ),
        (
            RollupQuery {
                until: Some(Day::of(second(100_000))),
                ..EVERYTHING
            },
            |key| key.day.is_none_or(|day| day <= Day::of(second(100_000))),
        ),
    ];
    for (query, belongs) in parts {
        let expected: Vec<_> = lines.iter().filter(|line| belongs(&line.key)).collect();
        let found = store.rollup(&query).await.unwrap();
        assert!(!found.is_empty() && found.len() < lines.len());
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{query:?}");
        let (end, mut parts) = in_parts(&*store, query).await;
        assert!(parts.is_sorted_by_key(|line| std::cmp::Reverse(line.key.day)));
        parts.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        assert_eq!(parts, found, "{query:?}");
        assert!(
            store
                .sign_in_ends()
                .await
                .unwrap()
                .contains(&(CONTOSO, end))
        );
    }
    let other = RollupQuery {
        tenant: FABRIKAM,
        ..EVERYTHING
    };
    assert_eq!(store.rollup(&other).await.unwrap(), []);
}

/// The rollup as it is handed on, and how far the log went.
async fn in_parts(store: &dyn Store, query: RollupQuery) -> (Arrival, Vec<RollupRow>) {
    let (to, mut parts) = tokio::sync::mpsc::channel(1);
    let take = async {
        let mut taken = (Arrival::default(), Vec::new());
        while let Some(part) = parts.recv().await {
            match part {
                RollupPart::Begin(end) => taken = (end, Vec::new()),
                RollupPart::Lines(lines) => taken.1.extend(lines),
                RollupPart::End => return taken,
            }
        }
        panic!("the rollup ended without its end");
    };
    let (read, taken) = tokio::join!(store.rollup_parts(&query, to), take);
    read.unwrap();
    taken
}

pub(crate) async fn overlapping_batches_at_once_count_once<P: Place>(place: P) {
    let store = contoso(&place).await;
    let rows = varied();
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..6 {
        let store = store.clone();
        let mut batch = rows[number * 20..number * 20 + 120].to_vec();
        if number % 2 == 0 {
            batch.reverse();
        }
        tasks.spawn(async move { store.keep_sign_ins(CONTOSO, &batch).await.unwrap() });
    }
    let took = tasks.join_all().await;
    assert_eq!(took.iter().map(|intake| intake.kept).sum::<u64>(), 220);
    assert_eq!(
        took.iter().map(|intake| intake.known).sum::<u64>(),
        6 * 120 - 220
    );
    assert_eq!(
        store.rollup(&EVERYTHING).await.unwrap(),
        rollup(CONTOSO, &rows[..220])
    );
}

pub(crate) async fn rows_are_read_in_pages_newest_first<P: Place>(place: P) {
    let store = contoso(&place).await;
    let mut rows: Vec<SignInRecord> = (0..20)
        .map(|number| crossing(&format!("r{number:02}"), number / 3))
        .collect();
    for row in &mut rows[..5] {
        row.sign_in.created = None;
    }
    store.keep_sign_ins(CONTOSO, &rows).await.unwrap();
    rows.sort_by_key(|row| (row.sign_in.created, row.sign_in.id.clone()));
    rows.reverse();
    let mut query = SignInQuery::all(CONTOSO, 3);
    let mut found = Vec::new();
    loop {
        let page = store.sign_ins(&query).await.unwrap();
        assert!(page.len() <= 3);
        let Some(last) = page.last() else { break };
        query.after = Some(SignInPosition::of(last));
        found.extend(page);
        // Somebody brings in a new row and an old one meanwhile.
        let late = found.len();
        let late = [
            crossing(&format!("new{late}"), 100),
            crossing(&format!("old{late}"), -100),
        ];
        store.keep_sign_ins(CONTOSO, &late).await.unwrap();
    }
    found.retain(|row| row.sign_in.id.starts_with('r'));
    assert_eq!(found, rows);
}

pub(crate) async fn rows_are_found_by_what_they_say<P: Place>(place: P) {
    let store = contoso(&place).await;
    let mut row = full_row("found");
    row.sign_in.user = Some(UserId::from_u128(1));
    row.sign_in.client_app = Some(ERP);
    row.sign_in.resource_app = Some(CRM);
    row.sign_in.home_tenant = Some(NORTHWIND);
    row.sign_in.resource_tenant = Some(partner(1));
    let others = [
        crossing("other", 1),
        SignInRecord::bare(SignIn::bare("bare", 0)),
    ];
    store.keep_sign_ins(CONTOSO, &others).await.unwrap();
    store
        .keep_sign_ins(CONTOSO, std::slice::from_ref(&row))
        .await
        .unwrap();
    let narrow: [fn(&mut SignInQuery); 8] = [
        |query| query.home_tenant = Some(NORTHWIND),
        |query| query.resource_tenant = Some(partner(1)),
        |query| query.user = Some(UserId::from_u128(1)),
        |query| query.client_app = Some(ERP),
        |query| query.resource_app = Some(CRM),
        |query| query.error_code = Some(53_003),
        |query| query.correlation = Some("k".into()),
        |query| query.user_name = Some("FRED@fabrikam.com".into()),
    ];
    for (number, narrow) in (1..).zip(narrow) {
        let mut query = SignInQuery::all(CONTOSO, 10);
        narrow(&mut query);
        let found = store.sign_ins(&query).await.unwrap();
        assert_eq!(found, std::slice::from_ref(&row), "condition {number}");
        query.user = Some(FRED);
        query.correlation = Some("K".into());
        assert_eq!(
            store.sign_ins(&query).await.unwrap(),
            [],
            "condition {number}"
        );
    }
}

pub(crate) async fn rows_are_read_oldest_first_if_asked_for<P: Place>(place: P) {
    let store = contoso(&place).await;
    let mut rows: Vec<_> = (0..9)
        .map(|number| crossing(&format!("r{number}"), number / 2))
        .collect();
    rows.extend(["x", "y"].map(|id| SignInRecord::bare(SignIn::bare(id, 0))));
    store.keep_sign_ins(CONTOSO, &rows).await.unwrap();
    for limit in [1, 2, 5, 100] {
        let mut query = SignInQuery {
            order: Order::OldestFirst,
            ..SignInQuery::all(CONTOSO, limit)
        };
        let mut found = Vec::new();
        loop {
            let page = store.sign_ins(&query).await.unwrap();
            let Some(last) = page.last() else { break };
            query.after = Some(SignInPosition::of(last));
            found.extend(page);
        }
        assert_eq!(found, rows, "pages of {limit}");
    }
}

pub(crate) async fn rows_that_crossed_or_failed_are_found<P: Place>(place: P) {
    let store = contoso(&place).await;
    let row = |id: &str, home: Option<TenantId>, resource: Option<TenantId>, code: u32| {
        SignInRecord::bare(SignIn {
            home_tenant: home,
            resource_tenant: resource,
            created: Some(second(1)),
            ..SignIn::bare(id, code)
        })
    };
    let (own, other) = (Some(CONTOSO), Some(FABRIKAM));
    let rows = [
        row("f-at-home", own, own, 53_003),
        row("e-inbound", other, own, 0),
        row("d-outbound", own, other, 500_212),
        row("c-passing", other, Some(NORTHWIND), 0),
        row("b-nobody", None, own, 0),
        row("a-nowhere", own, None, 0),
    ];
    store.keep_sign_ins(CONTOSO, &rows).await.unwrap();
    type Narrow = fn(&mut SignInQuery);
    let narrow: [(Narrow, &str); 6] = [
        (|query| query.outbound = true, "dca"),
        (|query| query.inbound = true, "ecb"),
        (|query| query.failed = true, "fd"),
        (|query| (query.inbound, query.outbound) = (true, true), "c"),
        (|query| query.home_tenant = Some(CONTOSO), "fda"),
        (
            |query| (query.inbound, query.home_tenant) = (true, Some(CONTOSO)),
            "",
        ),
    ];
    for (narrow, expected) in narrow {
        let mut query = SignInQuery::all(CONTOSO, 10);
        narrow(&mut query);
        let found = store.sign_ins(&query).await.unwrap();
        let found: String = found.iter().map(|row| &row.sign_in.id[..1]).collect();
        assert_eq!(found, expected, "{query:?}");
    }
}

pub(crate) async fn rows_are_read_in_the_order_of_arrival<P: Place>(place: P) {
    let store = contoso(&place).await;
    assert_eq!(store.sign_in_ends().await.unwrap(), []);
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..4 {
        let store = store.clone();
        writers.spawn(async move {
            for batch in 0..5 {
                // Half of every batch has been there before, and newer rows arrive earlier.
                let rows: Vec<_> = (0..20)
                    .map(|row| crossing(&format!("w{writer}-{}", batch * 10 + row), 1000 - row))
                    .collect();
                store.keep_sign_ins(CONTOSO, &rows).await.unwrap();
            }
        });
    }
    let mut seen: Vec<(Arrival, String)> = Vec::new();
    loop {
        let done = writers.is_empty();
        let after = seen
            .last()
            .map_or(Arrival::default(), |(arrival, _)| *arrival);
        let rows = store.sign_in_feed(CONTOSO, after, 7).await.unwrap();
        let end = rows.is_empty();
        seen.extend(
            rows.into_iter()
                .map(|(arrival, row)| (arrival, row.sign_in.id)),
        );
        if end && done {
            break;
        }
        while writers.try_join_next().is_some_and(|ended| ended.is_ok()) {}
        tokio::task::yield_now().await;
    }
    assert!(seen.is_sorted_by(|one, next| one.0 < next.0));
    let ids: std::collections::BTreeSet<_> = seen.iter().map(|(_, id)| id).collect();
    assert_eq!((seen.len(), ids.len()), (4 * 60, 4 * 60));
    let ends = store.sign_in_ends().await.unwrap();
    assert!(ends.len() == 1 && ends[0].0 == CONTOSO && ends[0].1 >= seen[239].0);
    assert_eq!(
        store.sign_in_feed(FABRIKAM, Arrival(0), 10).await.unwrap(),
        []
    );
}

pub(crate) async fn a_window_holds_the_rows_that_do_not_say_when<P: Place>(place: P) {
    let store = contoso(&place).await;
    let mut rows: Vec<_> = (0..6)
        .map(|number| crossing(&format!("r{number}"), number))
        .collect();
    rows.push(SignInRecord::bare(SignIn::bare("bare", 0)));
    store.keep_sign_ins(CONTOSO, &rows).await.unwrap();
    let window = |from: Option<i64>, until: Option<i64>| Window {
        from: from.map(second),
        until: until.map(second),
    };
    let windows = [
        (window(None, None), "r5 r4 r3 r2 r1 r0 bare"),
        (window(Some(2), Some(4)), "r4 r3 r2 bare"),
        (window(Some(5), None), "r5 bare"),
        (window(None, Some(0)), "r0 bare"),
        (window(Some(9), None), "bare"),
    ];
    for (window, expected) in windows {
        let query = SignInQuery {
            window,
            ..SignInQuery::all(CONTOSO, 10)
        };
        let found = store.sign_ins(&query).await.unwrap();
        let found: Vec<_> = found.iter().map(|row| row.sign_in.id.as_str()).collect();
        assert_eq!(found.join(" "), expected);
        for row in &rows {
            assert_eq!(
                found.contains(&row.sign_in.id.as_str()),
                window.holds(&row.sign_in)
            );
        }
    }
}

pub(crate) async fn a_large_batch_is_kept<P: Place>(place: P) {
    let store = contoso(&place).await;
    let row = |number: u32| {
        let mut row = full_row(&format!("r{number}"));
        row.sign_in.user = Some(UserId::from_u128(number.into()));
        row.claims = TrustClaims::default();
        row
    };
    let rows: Vec<_> = (0..2_500).map(row).collect();
    assert_eq!(
        store.keep_sign_ins(CONTOSO, &rows).await.unwrap(),
        took(2_500, 0)
    );
    assert_eq!(
        store.keep_sign_ins(CONTOSO, &rows).await.unwrap(),
        took(0, 2_500)
    );
    assert_eq!(all(&*store, CONTOSO).await.len(), 2_500);
    assert_eq!(store.rollup(&EVERYTHING).await.unwrap().len(), 2_500);
}

pub(crate) async fn rows_of_a_tenant_nobody_knows_are_refused<P: Place>(place: P) {
    let store = contoso(&place).await;
    let error = store
        .keep_sign_ins(NORTHWIND, &[crossing("s1", 1)])
        .await
        .unwrap_err();
    assert!(
        matches!(error, Error::NotFound(Subject::Tenant(NORTHWIND))),
        "{error}"
    );
    assert_eq!(all(&*store, NORTHWIND).await, []);
}

pub(crate) async fn forgetting_rows_leaves_the_rollup<P: Place>(place: P) {
    let store = contoso(&place).await;
    let mut rows: Vec<_> = (0..6)
        .map(|number| crossing(&format!("r{number}"), number * 86_400))
        .collect();
    let mut bare = crossing("bare", 0);
    bare.sign_in.created = None;
    bare.sign_in.access_type = Some(CrossTenantAccess::Other("quantumLeap".into()));
    rows.push(bare);
    store.keep_sign_ins(CONTOSO, &rows).await.unwrap();
    assert_eq!(store.forget_sign_ins(second(2 * 86_400)).await.unwrap(), 2);
    assert_eq!(all(&*store, CONTOSO).await.len(), 5);
    assert_eq!(
        store.rollup(&EVERYTHING).await.unwrap(),
        rollup(CONTOSO, &rows)
    );
    assert_eq!(
        store
            .forget_rollup(Day::of(second(3 * 86_400)))
            .await
            .unwrap(),
        3
    );
    assert_eq!(
        store.rollup(&EVERYTHING).await.unwrap(),
        rollup(CONTOSO, &rows[3..])
    );
}
