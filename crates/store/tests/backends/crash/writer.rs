//! The child: writes as fast as it can until it is killed, and says what was acknowledged.

use std::io::Write;
use std::sync::Arc;

use comity_store::{
    AuditRecord, AuditedChange, Change, Error, Initiator, Outage, Revision, Stamp, Store, Who,
};
use policy::settings::Partner;
use policy::tenant::TenantId;
use uuid::Uuid;

use crate::sample::{crossing, policy, put_policy, read, record, second};

pub(super) const ADDRESS: &str = "COMITY_CRASH_ADDRESS";
pub(super) const ROUND: &str = "COMITY_CRASH_ROUND";

/// Where to write, and in which round.
pub(crate) struct Orders {
    address: String,
    round: u64,
}

impl Orders {
    pub(crate) fn given() -> Option<Self> {
        Some(Orders {
            address: std::env::var(ADDRESS).ok()?,
            round: std::env::var(ROUND).ok()?.parse().ok()?,
        })
    }
}

/// The two tenants of a round.
pub(crate) fn tenants(round: u64) -> [TenantId; 2] {
    let id = |number: u128| TenantId::from_u128((0xc << 64) + u128::from(round) * 2 + number);
    [id(0), id(1)]
}

/// Number `n` of a task's writes: the id of the partner, the audit entries, the row.
fn id(round: u64, task: u64, n: u64) -> u128 {
    (1 << 100) + (u128::from(round) << 64) + (u128::from(task) << 32) + u128::from(n)
}

/// Says that something has been acknowledged, in one system call.
fn say(line: String) {
    let mut output = std::io::stdout().lock();
    // If nobody listens any more the end is near.
    let _ = output
        .write_all(line.as_bytes())
        .and_then(|()| output.flush());
}

pub(crate) fn write(orders: Orders) {
    let Orders { address, round } = orders;
    super::with_store(&address, |store| async move {
        let mut tasks = tokio::task::JoinSet::new();
        for task in 0..3 {
            tasks.spawn(commits(store.clone(), round, task));
        }
        tasks.spawn(sign_ins(store.clone(), round));
        tasks.spawn(values(store.clone(), round));
        // The first that ends does so because the server has been killed.
        tasks.join_next().await;
        std::process::exit(0);
    });
}

fn is_lost(error: &Error) -> bool {
    matches!(
        error,
        Error::Unavailable {
            outage: Outage::Lost | Outage::Busy,
            ..
        }
    )
}

/// Adds partners: to one tenant, or to both in one commit.
async fn commits(store: Arc<dyn Store>, round: u64, task: u64) {
    let both = tenants(round);
    for n in 0.. {
        let tenants = match task {
            0 => both.as_slice(),
            _ => &both[..1],
        };
        loop {
            let snapshot = match store.world(tenants, comity_store::Reach::Settings).await {
                Ok(snapshot) => snapshot,
                Err(error) if is_lost(&error) => return,
                Err(error) => panic!("{error}: {error:?}"),
            };
            let partner = TenantId::from_u128(id(round, task, n));
            let add = |tenant: &TenantId| {
                let mut policy = policy(&snapshot, *tenant);
                policy.partners.insert(Partner::new(partner));
                put_policy(*tenant, policy)
            };
            let changes: Vec<Change> = tenants.iter().map(add).collect();
            let audit = tenants.iter().map(|tenant| entry(*tenant)).collect();
            let stamp = Stamp {
                id: Uuid::from_u128(id(round, task, n)),
                time: second(0),
                initiator: Initiator {
                    who: Who::System,
                    address: None,
                    channel: None,
                },
                reason: None,
            };
            let change = AuditedChange::new(&snapshot, stamp, changes, audit).unwrap();
            match store.commit(&change).await {
                Ok(committed) => {
                    say(format!(
                        "commit {} {partner} {}\n",
                        committed.sequence,
                        tenants.len()
                    ));
                    break;
                }
                Err(Error::Conflict { .. }) => {}
                Err(error) if is_lost(&error) => return,
                Err(error) => panic!("{error}: {error:?}"),
            }
        }
    }
}

/// An entry with an id that no process has drawn before.
fn entry(tenant: TenantId) -> AuditRecord {
    let entry = record(Some(tenant));
    let process = u128::from(std::process::id());
    AuditRecord {
        id: Uuid::from_u128(tenant.as_u128() << 48 ^ process << 90 ^ entry.id.as_u128()),
        ..entry
    }
}

/// Brings in batches of rows, each overlapping the one before.
async fn sign_ins(store: Arc<dyn Store>, round: u64) {
    let [tenant, _] = tenants(round);
    for n in 0_i64.. {
        let rows: Vec<_> = (0..8)
            .map(|row| crossing(&format!("{}", n * 5 + row), row))
            .collect();
        match store.keep_sign_ins(tenant, &rows).await {
            Ok(_) => say(format!("rows {}\n", n * 5 + 8)),
            Err(error) if is_lost(&error) => return,
            Err(error) => panic!("{error}: {error:?}"),
        }
    }
}

/// Counts in a named value.
async fn values(store: Arc<dyn Store>, round: u64) {
    let name = format!("round {round}");
    for n in 0.. {
        match store.put_value(&name, Revision(n), &n.to_string()).await {
            Ok(revision) => say(format!("value {revision}\n")),
            Err(error) if is_lost(&error) => return,
            Err(error) => panic!("{error}: {error:?}"),
        }
    }
}

/// Everything that the child of that round can have read, for whoever checks.
pub(crate) async fn snapshot(store: &dyn Store, round: u64) -> comity_store::Snapshot {
    read(store, &tenants(round)).await
}
