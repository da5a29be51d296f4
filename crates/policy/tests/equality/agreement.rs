//! Asks both evaluators the same and compares what they say.

use comity_policy::compiled::{self, Answer, Question, Registry, Snapshot, Trust};
use comity_policy::resolve;
use comity_policy::sign_in::{self, SignIn};
use comity_policy::world::World;

use super::choices::Choices;
use super::people;

/// What the plain evaluator answers, as the compiled one would say it.
fn plain(world: &World, request: &SignIn) -> Answer {
    let decision = sign_in::decide(world, request);
    Answer {
        verdict: decision.verdict,
        reason: decision.reason,
        side: decision.side,
        detail: decision.detail,
        origin: decision.origin,
    }
}

/// The same tenants, put into the registry one after the other.
pub(crate) fn one_by_one(world: &World) -> Registry {
    let mut registry = Registry::new([], &world.suites, world.both_sides_required);
    for tenant in world.tenants.values() {
        let snapshot = Snapshot::compile(tenant);
        registry = registry.with(snapshot.compile_settings(tenant));
    }
    registry
}

/// The same tenants, each after its people have come, changed and gone.
pub(crate) fn after_changes(choices: &mut Choices, world: &World) -> Registry {
    let tenants = world
        .tenants
        .values()
        .map(|tenant| match &tenant.directory {
            Some(directory) => people::step_by_step(choices, tenant, directory),
            None => Snapshot::compile(tenant),
        });
    let tenants: Vec<Snapshot> = tenants.collect();
    Registry::new(tenants, &world.suites, world.both_sides_required)
}

/// The answer, if both give the same; else both.
pub(crate) fn agreed(
    world: &World,
    registry: &Registry,
    request: &SignIn,
) -> Result<Answer, String> {
    let mut groups = Vec::new();
    let question = Question::of(request, &mut groups);
    let compiled = compiled::decide(registry, &question);
    let plain = plain(world, request);
    trusts(world, registry, request)?;
    match compiled == plain {
        true => Ok(plain),
        false => Err(format!(
            "the plain evaluator says {plain:?}, the compiled one {compiled:?},\nto {request:#?}\nin {world:#?}"
        )),
    }
}

/// Trust in force is the same, towards every tenant there is (S2.4).
fn trusts(world: &World, registry: &Registry, request: &SignIn) -> Result<(), String> {
    let resource = request.resource;
    let policy = world.policy(resource);
    for home in world.tenants.values().map(|tenant| tenant.id) {
        let plain = policy
            .map(|policy| resolve::trust(policy, home))
            .map(|trust| Trust {
                mfa: trust.mfa.value,
                compliant_device: trust.compliant_device.value,
                hybrid_joined_device: trust.hybrid_joined_device.value,
                origin: trust.origin,
            });
        let compiled = registry.trust(resource, home);
        if compiled != plain {
            return Err(format!(
                "of {home} {resource} trusts {plain:?}, the compiled one says {compiled:?}, in {world:#?}"
            ));
        }
    }
    Ok(())
}
