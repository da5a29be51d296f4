//! Whether two states say the same towards a tenant.

use policy::resolve;
use policy::settings::{BlockName, Policy};
use policy::tenant::TenantId;
use policy::world::{Tenant, World};

/// Whether nothing that is asked at a sign-in between the two differs. `false` when in doubt.
pub(super) fn towards(now: &World, draft: &World, local: TenantId, other: TenantId) -> bool {
    let shared = |world: &World| (world.suites.clone(), world.both_sides_required);
    if shared(now) != shared(draft) || now.tenant(other) != draft.tenant(other) {
        return false;
    }
    let (Some(ours), Some(drafted)) = (now.tenant(local), draft.tenant(local)) else {
        return false;
    };
    if around(ours) != around(drafted) {
        return false;
    }
    match (&ours.policy, &drafted.policy) {
        (Some(now), Some(draft)) => policies(now, draft, other),
        _ => false,
    }
}

/// The tenant without its policy and its people, who are not what a draft changes.
fn around(tenant: &Tenant) -> Tenant {
    Tenant {
        policy: None,
        directory: None,
        ..tenant.clone()
    }
}

fn policies(now: &Policy, draft: &Policy, other: TenantId) -> bool {
    let blocks = BlockName::ALL.into_iter().all(|name| {
        let block = |policy| resolve::block(policy, other, name).value;
        block(now) == block(draft)
    });
    let trust = |policy| {
        let trust = resolve::trust(policy, other);
        let flags = [
            trust.mfa,
            trust.compliant_device,
            trust.hybrid_joined_device,
        ];
        flags.map(|flag| flag.value)
    };
    let entry = |policy: &Policy| {
        let entry = policy.partners.get(other);
        entry.map(|entry| entry.is_service_provider == Some(true))
    };
    blocks
        && trust(now) == trust(draft)
        && resolve::automatic_consent(now, other).value
            == resolve::automatic_consent(draft, other).value
        && entry(now) == entry(draft)
        && now.allowed_clouds == draft.allowed_clouds
        && now.id == draft.id
}
