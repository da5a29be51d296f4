//! What is asked of visitors, and whether they can answer.

use std::collections::BTreeSet;

use policy::conditional_access::{Claims, Device};
use policy::decision::{Code, Verdict};
use policy::reason::Reason;
use policy::resolve::{self, Effective, EffectiveTrust, Origin};
use policy::settings::BlockName;
use policy::sign_in::{self, Journey, SignIn, SignInAccount};
use policy::target::ApplicationId;
use policy::tenant::Cloud;
use policy::world::{Directory, Tenant, World};
use preview::difference::{Applications, Region, Witness};

use crate::check::Look;
use crate::finding::{Seen, Setting, Source, Whom};
use crate::scene::Scene;

/// The blocks by which somebody comes in.
const INBOUND: [BlockName; 2] = [
    BlockName::B2bCollaborationInbound,
    BlockName::B2bDirectConnectInbound,
];

/// S10.7: to register somebody must do MFA here, and MFA done here does not count instead.
pub(crate) fn mfa_registration(scene: &Scene<'_>) -> Look {
    if !scene.subject.facts.mfa_registration_includes_external_users {
        return Err(
            "nobody says that a policy for MFA registration includes external users (--mfa-registration-includes-external-users)"
                .to_owned(),
        );
    }
    let mut told_by_default = false;
    let mut found = Vec::new();
    for whom in scene.everybody() {
        let Effective { value, origin } =
            resolve::trust(scene.subject.policy, scene.tenant(whom)).mfa;
        let source = Source {
            setting: Setting::MfaTrust,
            whom,
            origin,
        };
        // Trusting somebody who cannot come in asks nothing of anybody.
        let mut inbound = INBOUND.into_iter();
        let witness = inbound.find_map(|name| scene.witness(name, whom));
        let (true, Some(witness)) = (value, witness) else {
            continue;
        };
        if told_by_default && !source.is_own() {
            continue;
        }
        told_by_default |= whom == Whom::Everyone;
        found.push(Seen {
            source,
            reason: format!(
                "MFA done at home counts for users of {}, and a registration policy makes them register MFA here: nobody from there could satisfy both.",
                scene.called(whom)
            ),
            fix: "Exclude external users from the policy for MFA registration.".to_owned(),
            witness: Some(witness),
        });
    }
    Ok(found)
}

/// S10.8, S10.10: opened, and nobody gets through.
pub(crate) fn direct_connect_without_trust(scene: &Scene<'_>) -> Look {
    if !scene.subject.facts.conditional_access_is_known {
        return Err(
            "the Conditional Access policies of the tenant are not known (--world)".to_owned(),
        );
    }
    let name = BlockName::B2bDirectConnectInbound;
    let world = stage(scene);
    let mut told_by_default = BTreeSet::new();
    let mut found = Vec::new();
    for whom in scene.everybody() {
        let mut refusals = BTreeSet::new();
        for region in scene.exposure.open(name, whom) {
            for request in requests(scene, &world, region, whom) {
                refusals.extend(refused(scene, &world, &request));
            }
        }
        let trust = resolve::trust(scene.subject.policy, scene.tenant(whom));
        let inherits_block = scene.block(name, whom).origin != Origin::Partner;
        refusals.retain(|refusal @ (setting, _)| {
            let inherits = inherits_block && origin(&trust, *setting) != Origin::Partner;
            !(inherits && told_by_default.contains(refusal))
        });
        if whom == Whom::Everyone {
            told_by_default.clone_from(&refusals);
        }
        for (setting, policies) in by_setting(refusals) {
            found.push(Seen {
                source: Source {
                    setting,
                    whom,
                    origin: origin(&trust, setting),
                },
                reason: format!(
                    "B2B direct connect is open for {}, but Conditional Access ({}) asks for {}, and what is done at home is not trusted: they are refused whatever they do.",
                    scene.called(whom),
                    policies.join(", "),
                    demanded(setting)
                ),
                fix: format!(
                    "Switch on {} {}, or exclude direct connect users from the policy.",
                    setting.as_str(),
                    scene.place(whom)
                ),
                witness: scene.witness(name, whom),
            });
        }
    }
    Ok(found)
}

fn origin(trust: &EffectiveTrust, setting: Setting) -> Origin {
    match setting {
        Setting::MfaTrust => trust.mfa.origin,
        Setting::CompliantDeviceTrust => trust.compliant_device.origin,
        _ => trust.hybrid_joined_device.origin,
    }
}

const fn demanded(setting: Setting) -> &'static str {
    match setting {
        Setting::MfaTrust => "MFA",
        Setting::CompliantDeviceTrust => "a compliant device",
        _ => "a hybrid joined device",
    }
}

/// The tenant with its settings and its Conditional Access; of everybody else only where they are.
/// Nobody has an object here: that is what direct connect is for.
fn stage(scene: &Scene<'_>) -> World {
    let known = scene.subject.world;
    let mut world = World {
        suites: known.suites.clone(),
        ..World::default()
    };
    for other in known.tenants.values() {
        let other = Tenant::registered(other.id, other.cloud);
        world.tenants.insert(other.id, other);
    }
    let id = scene.subject.tenant;
    let own = known.tenant(id);
    let tenant = Tenant {
        // Whether the licence is there is not a matter of settings.
        p1: true,
        policy: Some(scene.subject.policy.clone()),
        directory: Some(Directory::default()),
        conditional_access: own
            .map(|own| own.conditional_access.clone())
            .unwrap_or_default(),
        ..Tenant::registered(id, known.cloud(id).unwrap_or(Cloud::Commercial))
    };
    world.tenants.insert(id, tenant);
    world
}

/// A request of the region for each application that it opens, and its own.
fn requests<'a>(
    scene: &Scene<'_>,
    world: &'a World,
    region: &'a Region,
    whom: Whom,
) -> impl Iterator<Item = Witness> + use<'a> {
    let first = scene.request(region, whom);
    let capable = world.suites.direct_connect_capable.iter();
    let more = capable.filter(|id| region.applications.holds(|name| name == *id));
    let more = more.map({
        let first = first.clone();
        move |resource: &ApplicationId| Witness {
            applications: Applications {
                client: None,
                resource: *resource,
            },
            ..first.clone()
        }
    });
    [first].into_iter().chain(more)
}

/// The policies that refuse somebody who has done everything at home that can be done there.
fn refused(scene: &Scene<'_>, world: &World, request: &Witness) -> Vec<(Setting, String)> {
    let claims = Claims {
        mfa: true,
        device: Some(Device {
            is_compliant: true,
            is_hybrid_joined: true,
        }),
        ..Claims::default()
    };
    let request = SignIn {
        journey: Journey::DirectConnect,
        account: SignInAccount::Home {
            tenant: request.partner,
            user: request.person.user,
            groups: Some(request.person.groups.clone()),
        },
        resource: scene.subject.tenant,
        client_app: request.applications.client,
        resource_app: request.applications.resource,
        claims,
        consent_accepted: true,
        first_access: false,
        is_interactive: true,
        client_app_used: None,
        restrictions: None,
    };
    let decision = sign_in::decide(world, &request);
    let refusing = decision.findings.into_iter().filter_map(|finding| {
        let setting = match finding.code {
            Code::Reason(Reason::MfaTrustRequired) => Setting::MfaTrust,
            Code::Reason(Reason::CompliantDeviceTrustRequired) => Setting::CompliantDeviceTrust,
            Code::Reason(Reason::HybridDeviceTrustRequired) => Setting::HybridJoinedDeviceTrust,
            _ => return None,
        };
        let policy = finding.policy.unwrap_or_default();
        (finding.verdict == Verdict::Block).then_some((setting, policy))
    });
    refusing.collect()
}

fn by_setting(refusals: BTreeSet<(Setting, String)>) -> Vec<(Setting, Vec<String>)> {
    let mut grouped: Vec<(Setting, Vec<String>)> = Vec::new();
    for (setting, policy) in refusals {
        match grouped.last_mut().filter(|(last, _)| *last == setting) {
            Some((_, policies)) => policies.push(policy),
            None => grouped.push((setting, vec![policy])),
        }
    }
    grouped
}
