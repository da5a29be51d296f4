//! The audit log.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use comity_store::{
    Actor, AuditQuery, AuditRecord, Checkpoint, Error, Initiator, Order, Position, Store, Subject,
    Who,
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
