//! The audit log.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use comity_store::{
    Actor, AuditQuery, AuditRecord, Checkpoint, Error, Head, Initiator, Order, Position, Store,
    Subject, Who,
};
use policy::audit::{Activity, AuditEntry, ModifiedProperty, Value};
use policy::reason::Reason;
use policy::tenant::TenantId;
use uuid::Uuid;

use super::Place;
use crate::sample::{
    ALICE, CONTOSO, CRM, FABRIKAM, change, contoso, create, entry, hosted, initiator, record,
    second, unique,
};

fn of(tenant: Option<TenantId>, order: Order) -> AuditQuery {
    AuditQuery {
        tenant,
        order,
        limit: 1000,
        ..AuditQuery::default()
    }
}

async fn ids(store: &dyn Store, query: &AuditQuery) -> Vec<Uuid> {
    let rows = store.audit(query).await.unwrap();
    rows.into_iter().map(|row| row.record.id).collect()
}

pub(crate) async fn entries_are_read_in_pages_both_ways<P: Place>(place: P) {
    let store = place.open().await;
    let mut written = Vec::new();
    for batch in [1, 3, 2, 4] {
        let records: Vec<AuditRecord> = (0..batch).map(|_| record(None)).collect();
        written.extend(records.iter().map(|record| record.id));
        store.append_audit(&records).await.unwrap();
        store.append_audit(&[record(Some(CONTOSO))]).await.unwrap();
    }
    for order in [Order::OldestFirst, Order::NewestFirst] {
        let mut query = AuditQuery {
            limit: 3,
            ..of(None, order)
        };
        let mut found = Vec::new();
        loop {
            let page = store.audit(&query).await.unwrap();
            let Some(last) = page.last() else { break };
            query.after = Some(last.position);
            found.extend(page.iter().map(|row| row.record.id));
        }
        assert_eq!(found, written);
        written.reverse();
    }
}

fn modified() -> Vec<ModifiedProperty> {
    let property = |name: &str, old, new| ModifiedProperty {
        name: name.into(),
        old,
        new,
    };
    let entry = entry(FABRIKAM, 0);
    let block = entry
        .blocks
        .get(policy::settings::BlockName::ALL[0])
        .unwrap()
        .clone();
    vec![
        property("tenantId", Value::Null, Value::Text(FABRIKAM.to_string())),
        property(
            "b2bCollaborationInbound",
            Value::Block(block),
            Value::Json("{}".into()),
        ),
        property(
            "inboundTrust",
            Value::Trust(entry.trust.unwrap()),
            Value::Null,
        ),
    ]
}

pub(crate) async fn entries_are_found_by_what_they_say<P: Place>(place: P) {
    let store = place.open().await;
    let written = AuditRecord {
        time: second(50),
        correlation: Uuid::from_u128(0xfeed),
        category: "AuthorizationPolicy".into(),
        activity: "Update authorization policy".into(),
        initiator: Initiator {
            who: Who::Application {
                id: CRM,
                display_name: Some("Script".into()),
            },
            address: None,
            channel: None,
        },
        modified: modified(),
        details: vec![("a".into(), "b".into())],
        user_agent: Some("curl".into()),
        ..record(Some(CONTOSO))
    };
    let other = record(Some(CONTOSO));
    store
        .append_audit(&[other.clone(), written.clone()])
        .await
        .unwrap();
    let all = of(Some(CONTOSO), Order::OldestFirst);
    let rows = store.audit(&all).await.unwrap();
    assert_eq!(rows[1].record, written);
    let one = store.audit_entry(Some(CONTOSO), written.id).await.unwrap();
    assert_eq!(one.as_ref(), Some(&rows[1]));

    type Narrow = fn(&mut AuditQuery);
    let narrow: [Narrow; 6] = [
        |query| query.category = Some("AuthorizationPolicy".into()),
        |query| query.activity = Some("Update authorization policy".into()),
        |query| query.from = Some(second(50)),
        |query| query.actor = Some(Actor::Application(CRM)),
        |query| query.correlation = Some(Uuid::from_u128(0xfeed)),
        |query| (query.from, query.until) = (Some(second(1)), Some(second(50))),
    ];
    for (number, narrow) in (1..).zip(narrow) {
        let mut query = all.clone();
        narrow(&mut query);
        assert_eq!(
            ids(&*store, &query).await,
            [written.id],
            "condition {number}"
        );
    }
    let nothing: [Narrow; 7] = [
        |query| query.category = Some("authorizationpolicy".into()),
        |query| query.activity = Some("Update".into()),
        |query| query.from = Some(second(51)),
        |query| query.until = Some(second(-1)),
        |query| query.actor = Some(Actor::System),
        |query| query.correlation = Some(Uuid::from_u128(0xdead)),
        |query| query.tenant = Some(FABRIKAM),
    ];
    for (number, nothing) in (1..).zip(nothing) {
        let mut query = all.clone();
        nothing(&mut query);
        assert!(ids(&*store, &query).await.is_empty(), "condition {number}");
    }
    let by_alice = AuditQuery {
        actor: Some(Actor::User(ALICE)),
        until: Some(second(0)),
        ..all
    };
    assert_eq!(ids(&*store, &by_alice).await, [other.id]);
}

pub(crate) async fn an_entry_once_read_never_moves_while_others_write<P: Place>(place: P) {
    let store = place.open().await;
    create(&*store, [CONTOSO, FABRIKAM].map(hosted).into()).await;
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..6 {
        let store = store.clone();
        writers.spawn(async move {
            for _ in 0..15 {
                // Writers with much to do and writers with little, so that they overtake.
                let records: Vec<_> = (0..=writer * 4).map(|_| record(Some(CONTOSO))).collect();
                store.append_audit(&records).await.unwrap();
                if writer == 0 {
                    change(&*store, FABRIKAM, 1, |_| {}).await;
                }
            }
        });
    }
    let done = Arc::new(AtomicBool::new(false));
    let reader = {
        let (store, done) = (store.clone(), done.clone());
        tokio::spawn(async move {
            let query = AuditQuery {
                limit: 10_000,
                ..of(Some(CONTOSO), Order::OldestFirst)
            };
            let mut seen: Vec<(Position, Uuid)> = Vec::new();
            loop {
                let last = done.load(Ordering::SeqCst);
                let rows = store.audit(&query).await.unwrap();
                let rows: Vec<_> = rows
                    .iter()
                    .map(|row| (row.position, row.record.id))
                    .collect();
                assert!(rows.starts_with(&seen), "what had been read has changed");
                seen = rows;
                if last {
                    return seen.len();
                }
            }
        })
    };
    writers.join_all().await;
    done.store(true, Ordering::SeqCst);
    let entries: usize = (0..6).map(|writer| (writer * 4 + 1) * 15).sum();
    assert_eq!(reader.await.unwrap(), entries + 1);
}

pub(crate) async fn a_refusal_is_kept_alone<P: Place>(place: P) {
    let store = place.open().await;
    create(&*store, vec![contoso()]).await;
    let before = store.tenant(CONTOSO).await.unwrap();
    let entry = AuditEntry {
        activity: Activity::AddPartner,
        partner: Some(FABRIKAM),
        failure: Some(Reason::PartnerExists),
        modified: Vec::new(),
    };
    let occasion = comity_store::Occasion {
        id: unique(),
        time: second(3),
        correlation: unique(),
        initiator: initiator(),
        user_agent: None,
    };
    let id = contoso().policy.unwrap().id;
    let refusal = AuditRecord::of_settings(CONTOSO, id, entry, occasion);
    let sequence = store
        .append_audit(std::slice::from_ref(&refusal))
        .await
        .unwrap();
    let row = store
        .audit_entry(Some(CONTOSO), refusal.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(row.position, Position { sequence, entry: 0 });
    assert_eq!(row.record.failure, Some(Reason::PartnerExists));
    assert_eq!(row.record, refusal);
    assert_eq!(store.tenant(CONTOSO).await.unwrap(), before);
}

pub(crate) async fn an_entry_of_another_log_is_not_there<P: Place>(place: P) {
    let store = place.open().await;
    let entry = record(Some(CONTOSO));
    store
        .append_audit(std::slice::from_ref(&entry))
        .await
        .unwrap();
    for tenant in [Some(FABRIKAM), None] {
        assert_eq!(store.audit_entry(tenant, entry.id).await.unwrap(), None);
        assert_eq!(
            store.audit(&of(tenant, Order::NewestFirst)).await.unwrap(),
            []
        );
    }
}

pub(crate) async fn an_entry_has_its_id_alone<P: Place>(place: P) {
    let store = place.open().await;
    let first = record(Some(CONTOSO));
    store
        .append_audit(std::slice::from_ref(&first))
        .await
        .unwrap();
    let second = AuditRecord {
        tenant: Some(FABRIKAM),
        ..first.clone()
    };
    let error = store
        .append_audit(&[record(Some(FABRIKAM)), second])
        .await
        .unwrap_err();
    assert!(
        matches!(error, Error::Taken(Subject::AuditEntry)),
        "{error}"
    );
    let log = of(Some(FABRIKAM), Order::NewestFirst);
    assert_eq!(store.audit(&log).await.unwrap(), []);
}

pub(crate) async fn pruning_leaves_a_checkpoint<P: Place>(place: P) {
    let store = place.open().await;
    let mut last = Vec::new();
    for _ in 0..4 {
        let entry = record(Some(CONTOSO));
        last.push(
            store
                .append_audit(std::slice::from_ref(&entry))
                .await
                .unwrap(),
        );
        store.append_audit(&[record(Some(FABRIKAM))]).await.unwrap();
    }
    let checkpoint = Checkpoint {
        tenant: Some(CONTOSO),
        until: last[1],
        time: second(9),
        statement: "two entries, signed".into(),
    };
    assert_eq!(store.prune_audit(&checkpoint).await.unwrap(), 2);
    let error = store.prune_audit(&checkpoint).await.unwrap_err();
    assert!(
        matches!(error, Error::Taken(Subject::Checkpoint(_))),
        "{error}"
    );
    assert_eq!(
        store.checkpoints(Some(CONTOSO)).await.unwrap(),
        [checkpoint]
    );
    assert_eq!(store.checkpoints(None).await.unwrap(), []);
    let rest = store
        .audit(&of(Some(CONTOSO), Order::OldestFirst))
        .await
        .unwrap();
    let rest: Vec<_> = rest.iter().map(|row| row.position.sequence).collect();
    assert_eq!(rest, last[2..]);
    let others = store
        .audit(&of(Some(FABRIKAM), Order::OldestFirst))
        .await
        .unwrap();
    assert_eq!(others.len(), 4);
}

/// Walks a whole log and works out its chain anew.
pub(crate) async fn walked(store: &dyn Store, tenant: Option<TenantId>) -> Head {
    let rows = store.audit(&of(tenant, Order::OldestFirst)).await.unwrap();
    let mut head = Head::default();
    for row in rows {
        head.link = head.link.next(tenant, row.position, &row.text);
        assert_eq!(row.link, head.link, "{:?}", row.position);
        assert_eq!(AuditRecord::read(&row.text).unwrap(), row.record);
        head.position = row.position;
        head.entries += 1;
    }
    head
}

pub(crate) async fn each_log_is_a_chain_whoever_writes<P: Place>(place: P) {
    let store = place.open().await;
    assert_eq!(store.audit_head(None).await.unwrap(), Head::default());
    create(&*store, [CONTOSO, FABRIKAM].map(hosted).into()).await;
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..4 {
        let store = store.clone();
        writers.spawn(async move {
            for round in 0..10 {
                let logs = [Some(CONTOSO), None, Some(FABRIKAM), Some(CONTOSO)];
                let records = logs.iter().cycle().skip(writer).take(round + 1);
                let records: Vec<_> = records.map(|log| record(*log)).collect();
                store.append_audit(&records).await.unwrap();
            }
            if let Some(tenant) = [CONTOSO, FABRIKAM].get(writer) {
                change(&*store, *tenant, 1, |_| {}).await;
            }
        });
    }
    writers.join_all().await;
    let logs = store.audit_logs().await.unwrap();
    assert_eq!(logs, [None, Some(CONTOSO), Some(FABRIKAM)]);
    let mut entries = 0;
    for log in logs {
        let head = store.audit_head(log).await.unwrap();
        assert_eq!(head, walked(&*store, log).await);
        entries += head.entries;
    }
    // Every commit has an entry in the log of each tenant and in the operator's.
    assert_eq!(entries, 4 * 55 + 3 + 2 * 2);
}

pub(crate) async fn pruning_leaves_the_end_of_the_chain<P: Place>(place: P) {
    let store = place.open().await;
    for _ in 0..3 {
        let records = [record(Some(CONTOSO)), record(Some(CONTOSO))];
        store.append_audit(&records).await.unwrap();
    }
    let log = of(Some(CONTOSO), Order::OldestFirst);
    let rows = store.audit(&log).await.unwrap();
    let head = store.audit_head(Some(CONTOSO)).await.unwrap();
    assert_eq!((head.entries, head.link), (6, rows[5].link));
    let checkpoint = Checkpoint {
        tenant: Some(CONTOSO),
        until: rows[3].position.sequence,
        time: second(9),
        statement: "signed".into(),
    };
    store.prune_audit(&checkpoint).await.unwrap();
    assert_eq!(store.audit_head(Some(CONTOSO)).await.unwrap(), head);
    let rest = store.audit(&log).await.unwrap();
    assert_eq!(rest, rows[4..]);
    let next = record(Some(CONTOSO));
    store.append_audit(&[next]).await.unwrap();
    let last = store.audit(&log).await.unwrap().pop().unwrap();
    let link = head.link.next(Some(CONTOSO), last.position, &last.text);
    assert_eq!(last.link, link);
    assert_eq!(store.audit_head(Some(CONTOSO)).await.unwrap().entries, 7);
}

pub(crate) async fn all_logs_are_read_in_the_order_of_writing<P: Place>(place: P) {
    let store = place.open().await;
    let mut written = Vec::new();
    for round in 0..5 {
        let logs = [Some(CONTOSO), None, Some(FABRIKAM)];
        let records: Vec<_> = logs
            .iter()
            .take(round % 3 + 1)
            .map(|log| record(*log))
            .collect();
        written.extend(records.iter().map(|record| record.id));
        store.append_audit(&records).await.unwrap();
    }
    let mut found = Vec::new();
    let mut after = Position::default();
    loop {
        let page = store.audit_feed(after, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        after = last.position;
        found.extend(page.iter().map(|row| row.record.id));
    }
    assert_eq!(found, written);
}

pub(crate) async fn the_old_part_of_a_log_ends_before_the_first_entry_that_is_not_old<P: Place>(
    place: P,
) {
    let store = place.open().await;
    let at = |seconds: i64| AuditRecord {
        time: second(seconds),
        ..record(Some(CONTOSO))
    };
    // A clock that went back: the fourth is older than the third, and stays with it.
    let mut last = Vec::new();
    for records in [vec![at(1)], vec![at(2), at(2)], vec![at(10)], vec![at(3)]] {
        last.push(store.append_audit(&records).await.unwrap());
    }
    let before = async |tenant, seconds: i64| {
        let row = store.audit_before(tenant, second(seconds)).await.unwrap();
        row.map(|row| (row.position.sequence, row.position.entry))
    };
    assert_eq!(before(Some(CONTOSO), 1).await, None);
    assert_eq!(before(Some(CONTOSO), 2).await, Some((last[0], 0)));
    assert_eq!(before(Some(CONTOSO), 5).await, Some((last[1], 1)));
    assert_eq!(before(Some(CONTOSO), 11).await, Some((last[3], 0)));
    assert_eq!(before(Some(FABRIKAM), 11).await, None);
}
