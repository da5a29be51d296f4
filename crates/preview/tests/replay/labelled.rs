//! Changes, and sign-ins of which it is known what the change does to them.

use std::collections::{BTreeMap, BTreeSet};

use policy::row::NO_USER;
use policy::settings::Policy;
use policy::sign_in::{SignIn, SignInAccount, decide};
use policy::target::GroupId;
use policy::tenant::TenantId;
use policy::world::{External, World};
use preview::replay::{Impact, Judge, Judged, Replay};
use signins::behaviour::{Behaviour, TrustClaims};
use signins::event::{self, CrossTenantAccess};

use crate::choices::Choices;
use crate::{ids, settings, worlds};

const CHANGES: u64 = 1_000;
const SIGN_INS: usize = 40;

/// Settings of one tenant, and others: all of them, or the default, or one entry.
fn change(choices: &mut Choices, tenant: TenantId, now: &Policy) -> Policy {
    let other = settings::policy(choices, tenant);
    match choices.below(3) {
        0 => other,
        1 => Policy {
            defaults: other.defaults,
            ..now.clone()
        },
        _ => {
            let mut draft = now.clone();
            if let Some(entry) = other.partners.iter().next() {
                draft.partners.insert(entry.clone());
            }
            draft
        }
    }
}

/// The world without the objects whose id is all zeros, which in a log is nobody (S15.3).
fn named(mut world: World) -> World {
    for tenant in world.tenants.values_mut() {
        if let Some(directory) = &mut tenant.directory {
            directory.users.remove(&NO_USER);
        }
    }
    world
}

fn with_policy(world: &World, tenant: TenantId, policy: Policy) -> World {
    let mut world = world.clone();
    let mut changed = world.tenant(tenant).expect("there").clone();
    changed.policy = Some(policy);
    world.tenants.insert(tenant, changed);
    world
}

/// What the administrator of one tenant sees who has its settings and a log, and no directory.
fn blind(world: &World, tenant: TenantId) -> World {
    let mut world = World {
        both_sides_required: false,
        ..world.clone()
    };
    for other in world.tenants.values_mut() {
        other.directory = None;
        if other.id != tenant {
            other.policy = None;
        }
    }
    world
}

/// A sign-in that is what it seems to be in a log: nothing about it is left to the moment.
fn plain(request: SignIn) -> SignIn {
    SignIn {
        consent_accepted: false,
        first_access: false,
        restrictions: None,
        ..request
    }
}

/// The account at home and the groups that it really is in. An identity without a tenant stays what
/// it is: no setting here is about it.
fn told(world: &World, request: &SignIn) -> SignIn {
    let mut request = request.clone();
    if let SignInAccount::Guest(object) = request.account {
        let tenant = world.tenant(request.resource);
        let directory = tenant.and_then(|tenant| tenant.directory.as_ref());
        let object = directory.and_then(|directory| directory.users.get(&object));
        if let Some(External::Tenant {
            home_tenant,
            home_user,
        }) = object.and_then(|object| object.external.clone())
        {
            request.account = SignInAccount::Home {
                tenant: home_tenant,
                user: home_user,
                groups: None,
            };
        }
    }
    if let SignInAccount::Home {
        tenant,
        user,
        groups,
    } = &mut request.account
    {
        let directory = world.tenant(*tenant);
        let directory = directory.and_then(|tenant| tenant.directory.as_ref());
        let known = directory.map(|directory| match directory.users.get(user) {
            Some(user) => directory.closure(&user.groups.clone().unwrap_or_default()),
            None => BTreeSet::new(),
        });
        let known: Option<BTreeSet<GroupId>> = known.or(groups.clone());
        *groups = Some(known.unwrap_or_default());
    }
    request
}

/// The row that the sign-in leaves in the tenant's log.
fn row(world: &World, tenant: TenantId, request: &SignIn) -> Option<Behaviour> {
    let decision = decide(world, request);
    let mut rows = decision.rows.into_iter();
    let row = rows.find(|row| row.tenant == tenant && !row.masked)?;
    let device = request.claims.device.clone().unwrap_or_default();
    let claims = TrustClaims {
        mfa: request.claims.mfa,
        compliant_device: device.is_compliant,
        hybrid_joined_device: device.is_hybrid_joined,
    };
    let sign_in = event::SignIn {
        home_tenant: row.home_tenant,
        resource_tenant: Some(row.resource_tenant),
        access_type: row.access_type.map(CrossTenantAccess::from),
        user: Some(row.user),
        user_principal_name: row.user_principal_name,
        client_app: row.client_app,
        resource_app: Some(row.resource_app),
        ..event::SignIn::bare("s1", row.error_code)
    };
    Some(Behaviour::once(sign_in, claims))
}

fn possible(judged: &Judged) -> Option<Vec<Impact>> {
    match judged {
        Judged::Definite(turn) => Some(vec![turn.impact()]),
        Judged::Conditional(turns, _) => Some(turns.iter().map(|turn| turn.impact()).collect()),
        Judged::Not(_) => None,
    }
}

fn truth(now: &World, draft: &World, request: &SignIn) -> Impact {
    let verdict = |world| decide(world, request).verdict;
    Impact::between(verdict(now), verdict(draft))
}

#[test]
fn no_impact_is_missed_and_none_is_made_up_s25_3() {
    let mut judged: BTreeMap<&str, u64> = BTreeMap::new();
    for seed in 0..CHANGES {
        let mut choices = Choices::stream(seed);
        let now = named(worlds::world(&mut choices));
        let local = ids::RESOURCE;
        let Some(policy) = now.policy(local) else {
            continue;
        };
        let draft = with_policy(&now, local, change(&mut choices, local, policy));
        let (now_blind, draft_blind) = (blind(&now, local), blind(&draft, local));
        let mut seeing = Judge::new(&Replay::new(&now, &draft, local));
        let mut reading = Judge::new(&Replay::new(&now_blind, &draft_blind, local));
        for _ in 0..SIGN_INS {
            let request = plain(worlds::sign_in(&mut choices, &now));
            let request = told(&now, &request);
            if matches!(&request.account, SignInAccount::Home { user, .. } if *user == NO_USER) {
                continue;
            }
            let Some(behaviour) = row(&now, local, &request) else {
                continue;
            };
            let label = truth(&now, &draft, &request);
            // Whoever has no directory cannot know whom Conditional Access means; where that matters, a
            // sign-in that succeeded says more about itself than the settings do.
            let blind_label = truth(&now_blind, &draft_blind, &request);
            let either = match behaviour.sign_in.succeeded() {
                true => [label, blind_label],
                false => [blind_label; 2],
            };
            let cases = [
                (seeing.judge(&behaviour), [label; 2]),
                (reading.judge(&behaviour), either),
            ];
            for (place, (said, labels)) in cases.into_iter().enumerate() {
                let said_impacts = possible(&said);
                let kind = match (&said, place) {
                    (Judged::Definite(turn), 0) if turn.impact() == Impact::None => "none, seeing",
                    (Judged::Definite(_), 0) => "some, seeing",
                    (Judged::Conditional(..), 0) => "perhaps, seeing",
                    (Judged::Definite(turn), _) if turn.impact() == Impact::None => "none, blind",
                    (Judged::Definite(_), _) => "some, blind",
                    (Judged::Conditional(..), _) => "perhaps, blind",
                    (Judged::Not(reason), _) => reason.as_str(),
                };
                *judged.entry(kind).or_default() += 1;
                if let Some(impacts) = said_impacts {
                    assert!(
                        labels.iter().any(|label| impacts.contains(label)),
                        "seed {seed}, case {place}: {labels:?}, not {said:?}\n{behaviour:#?}\n{request:#?}"
                    );
                }
            }
        }
    }
    // Each kind of answer was given often enough to have been wrong.
    for kind in [
        "none, seeing",
        "some, seeing",
        "none, blind",
        "some, blind",
        "perhaps, blind",
    ] {
        let count = judged.get(kind).copied().unwrap_or_default();
        assert!(count > 100, "{kind}: {count} of {judged:?}");
    }
}
