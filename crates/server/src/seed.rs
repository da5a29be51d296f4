//! A world put into a store: how a demonstration, a test or an import begins.
//!
//! What `comity test` calls a fixture and what a store holds are the same thing, so this is nothing
//! but a number of commits that create every tenant of the world, with an entry in the operator's
//! log for each.

use jiff::Timestamp;
use policy::world::{Tenant, World};
use store::{
    AuditRecord, AuditedChange, Change, Channel, Facts, Initiator, Occasion, Reach, Stamp, Store,
    Target, Unfit, Who,
};

use crate::clock::moment;
use crate::entry::Entry;

/// How many tenants are created in one commit.
const AT_ONCE: usize = 100;

/// Why a world could not be put into a store.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The store refused.
    #[error("the world cannot be kept")]
    Store(#[from] store::Error),
    /// The world itself cannot be kept.
    #[error("the world is not one that can be kept")]
    Unfit(#[from] Unfit),
}

/// Creates every tenant of the world, and states what they share.
pub async fn seed(store: &dyn Store, world: &World, now: Timestamp) -> Result<(), SeedError> {
    let facts = Change::Facts(Box::new(Facts::of(world)));
    commit(store, vec![facts], vec![record(None, now)], now).await?;
    let tenants: Vec<&Tenant> = world.tenants.values().collect();
    for some in tenants.chunks(AT_ONCE) {
        let changes = some
            .iter()
            .map(|tenant| Change::Create(Box::new((*tenant).clone())));
        let audit = some.iter().map(|tenant| record(Some(tenant), now));
        commit(store, changes.collect(), audit.collect(), now).await?;
    }
    Ok(())
}

async fn commit(
    store: &dyn Store,
    changes: Vec<Change>,
    audit: Vec<AuditRecord>,
    now: Timestamp,
) -> Result<(), SeedError> {
    let snapshot = store.world(&[], Reach::Settings).await?;
    let stamp = Stamp {
        id: sts::random::guid(),
        time: moment(now),
        initiator: system(),
        reason: Some("import of a world".to_owned()),
    };
    let change = AuditedChange::new(&snapshot, stamp, changes, audit)?;
    store.commit(&change).await?;
    Ok(())
}

fn system() -> Initiator {
    Initiator {
        who: Who::System,
        address: None,
        channel: Some(Channel::Seed),
    }
}

/// The entry of the operator's log about a tenant, or about what all share.
fn record(tenant: Option<&Tenant>, now: Timestamp) -> AuditRecord {
    let entry = match tenant {
        Some(tenant) => Entry::registry(tenant, "Create tenant", "Add"),
        None => Entry {
            service: "Comity",
            category: "TenantRegistry",
            activity: "Update shared facts",
            operation: "Update",
            target: Target {
                kind: "Facts".to_owned(),
                id: None,
                display_name: None,
                user_principal_name: None,
            },
            modified: Vec::new(),
            details: Vec::new(),
        },
    };
    let occasion = Occasion {
        id: sts::random::guid(),
        time: moment(now),
        correlation: sts::random::guid(),
        initiator: system(),
        user_agent: None,
    };
    entry.record_in(None, occasion, None)
}
