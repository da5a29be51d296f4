//! Every request of a small pair of settings, put to the plain evaluator one by one, against what
//! the difference says.

use policy::conditional_access::Claims;
use policy::decision::Verdict;
use policy::resolve;
use policy::settings::{BlockName, Policy};
use policy::sign_in::{self, Journey, SignIn, SignInAccount};
use policy::target::ApplicationId;
use policy::tenant::{Cloud, MICROSOFT_ACCOUNTS, PolicyId, TenantId};
use policy::tenant_restrictions::{self, Carrier, Header, RestrictedAccess, RestrictedAccount};
use policy::world::World;
use preview::difference::{
    self, Applications, Difference, Person, Population, Region, Switch, Turn,
};

use super::pairs::{self, OTHERS, OWN, Pair, USERS};

const POLICY: PolicyId = PolicyId::from_u128(0x99);

/// How much there was to compare.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) requests: u64,
    pub(crate) changed: u64,
    pub(crate) regions: u64,
    pub(crate) equal: u64,
}

impl Counts {
    pub(crate) fn add(&mut self, more: Counts) {
        self.requests += more.requests;
        self.changed += more.changed;
        self.regions += more.regions;
        self.equal += more.equal;
    }
}

/// The world as the plain evaluator sees it: the tenant with these settings, the others registered.
fn world(pair: &Pair, policy: &Policy) -> World {
    let mut world = pair.world.clone();
    let mut own = match world.tenant(OWN) {
        Some(tenant) => tenant.clone(),
        None => {
            // Nobody knows where the tenant is: then nobody counts as being elsewhere (S1.2).
            for other in OTHERS {
                world.tenants.remove(&other);
            }
            policy::world::Tenant::registered(OWN, Cloud::Commercial)
        }
    };
    own.p1 = true;
    own.policy = Some(Policy {
        id: Some(POLICY),
        ..policy.clone()
    });
    world.tenants.insert(OWN, own);
    world
}

/// A request by way of one block.
struct Request<'a> {
    block: BlockName,
    other: TenantId,
    person: &'a Person,
    applications: Applications,
}

impl Request<'_> {
    fn inbound(&self) -> bool {
        is_inbound(self.block)
    }

    fn passes(&self, world: &World) -> bool {
        let groups = Some(self.person.groups.clone());
        if self.block == BlockName::TenantRestrictions {
            // Personal accounts are in no groups; whoever is in one comes from elsewhere.
            let elsewhere = self.other == MICROSOFT_ACCOUNTS && !self.person.groups.is_empty();
            let access = RestrictedAccess {
                header: Some(Header {
                    value: format!("{OWN}:{POLICY}"),
                    carrier: Carrier::Proxy,
                }),
                account: RestrictedAccount::User {
                    home: Some(if elsewhere {
                        TenantId::from_u128(0x77)
                    } else {
                        self.other
                    }),
                    user: Some(self.person.user),
                    groups,
                },
                resource: self.other,
                client_app: self.applications.client,
                resource_app: self.applications.resource,
            };
            return tenant_restrictions::judge(world, &access).verdict == Verdict::Allow;
        }
        let (home, resource) = match self.inbound() {
            true => (self.other, OWN),
            false => (OWN, self.other),
        };
        let journey = match self.block.is_direct_connect() {
            true => Journey::DirectConnect,
            false => Journey::Collaboration,
        };
        let sign_in = SignIn {
            journey,
            account: SignInAccount::Home {
                tenant: home,
                user: self.person.user,
                groups,
            },
            resource,
            client_app: self.applications.client,
            resource_app: self.applications.resource,
            claims: Claims::default(),
            consent_accepted: false,
            first_access: false,
            is_interactive: true,
            client_app_used: None,
            restrictions: None,
        };
        sign_in::decide(world, &sign_in).verdict == Verdict::Allow
    }

    fn is_in(&self, pair: &Pair, region: &Region) -> bool {
        let capable = &pair.world.suites.direct_connect_capable;
        region.block == self.block
            && is_meant(pair, &region.partners, self.other, self.inbound())
            && region.users.holds(|name| self.person.is_named(name))
            && region
                .applications
                .holds(|name| self.applications.is_named(name))
            && (!self.block.is_direct_connect() || capable.contains(&self.applications.resource))
    }
}

fn is_inbound(block: BlockName) -> bool {
    matches!(
        block,
        BlockName::B2bCollaborationInbound | BlockName::B2bDirectConnectInbound
    )
}

/// Whether the tenant is one of the population, as its documentation says.
fn is_meant(pair: &Pair, population: &Population, other: TenantId, inbound: bool) -> bool {
    let listed = |policy: &Policy| policy.partners.get(other).is_some();
    match listed(&pair.before) || listed(&pair.after) {
        true => population.partners.contains(&other),
        false => {
            population.everyone_else
                && !pair.world.clouds_differ(OWN, other)
                && !(inbound && other == MICROSOFT_ACCOUNTS)
        }
    }
}

/// Compares them; what is wrong, if anything is.
pub(crate) fn compare(pair: &Pair) -> Result<Counts, String> {
    let found = difference::between(&pair.world, OWN, &pair.before, &pair.after);
    let [before, after] = [world(pair, &pair.before), world(pair, &pair.after)];
    let mut counts = Counts {
        regions: found.regions.len() as u64,
        equal: u64::from(found.is_equal()),
        ..Counts::default()
    };
    let told = |what: String| {
        format!(
            "{what}\nbefore: {:#?}\nafter: {:#?}\nsuites: {:#?}\nfound: {found:#?}",
            pair.before, pair.after, pair.world.suites
        )
    };
    let people: Vec<Person> = USERS
        .into_iter()
        .flat_map(|user| {
            pairs::memberships()
                .into_iter()
                .map(move |groups| Person { user, groups })
        })
        .collect();
    for block in BlockName::ALL {
        for other in pair.others.iter().copied() {
            // Personal accounts have no applications: nobody goes there (S1.3).
            if other == MICROSOFT_ACCOUNTS
                && !is_inbound(block)
                && block != BlockName::TenantRestrictions
            {
                continue;
            }
            for person in &people {
                for applications in applications(pair.applications) {
                    let request = Request {
                        block,
                        other,
                        person,
                        applications,
                    };
                    let turn = match (request.passes(&before), request.passes(&after)) {
                        (false, true) => Some(Turn::Opens),
                        (true, false) => Some(Turn::Closes),
                        (true, true) | (false, false) => None,
                    };
                    let of = found
                        .regions
                        .iter()
                        .filter(|region| request.is_in(pair, region));
                    let of: Vec<Turn> = of.map(|region| region.turn).collect();
                    counts.requests += 1;
                    counts.changed += u64::from(turn.is_some());
                    if of != turn.into_iter().collect::<Vec<_>>() {
                        return Err(told(format!(
                            "{block} {other} {person:?} {applications:?}: {turn:?}, told as {of:?}"
                        )));
                    }
                }
            }
        }
    }
    witnesses(pair, &found)
        .and_then(|()| switches(pair, &found))
        .map_err(told)?;
    Ok(counts)
}

/// Every client, or none, with every resource.
fn applications(names: &[ApplicationId]) -> impl Iterator<Item = Applications> {
    let clients = [None].into_iter().chain(names.iter().copied().map(Some));
    clients.flat_map(|client| {
        let resources = names.iter().copied();
        resources.map(move |resource| Applications { client, resource })
    })
}

/// Each region's witness is in it and turns as it says.
fn witnesses(pair: &Pair, found: &Difference) -> Result<(), String> {
    for region in &found.regions {
        let request = Request {
            block: region.block,
            other: region.witness.partner,
            person: &region.witness.person,
            applications: region.witness.applications,
        };
        let [before, after] = [&pair.before, &pair.after].map(|policy| {
            difference::passes(&pair.world, OWN, policy, region.block, &region.witness)
                && request.passes(&world(pair, policy))
        });
        let turned = match region.turn {
            Turn::Opens => !before && after,
            Turn::Closes => before && !after,
        };
        if !turned || !request.is_in(pair, region) {
            return Err(format!("the witness of {region:?}: {before} then {after}"));
        }
    }
    Ok(())
}

/// The switches, from what the clauses say about each.
fn switches(pair: &Pair, found: &Difference) -> Result<(), String> {
    for other in pair.others.iter().copied() {
        for switch in Switch::ALL {
            let [before, after] =
                [&pair.before, &pair.after].map(|policy| is_on(pair, policy, other, switch));
            let outbound =
                [Switch::RedemptionOutbound, Switch::ServiceProviderOutbound].contains(&switch);
            let of = found.switches.iter().filter(|one| {
                one.switch == switch && is_meant(pair, &one.partners, other, !outbound)
            });
            let of: Vec<Turn> = of.map(|one| one.turn).collect();
            let turn = match (before, after) {
                (false, true) => vec![Turn::Opens],
                (true, false) => vec![Turn::Closes],
                (true, true) | (false, false) => vec![],
            };
            if of != turn {
                return Err(format!(
                    "{switch:?} {other}: {before} then {after}, told as {of:?}"
                ));
            }
        }
    }
    let [before, after] =
        [&pair.before, &pair.after].map(|policy| resolve::redemption_order(policy).value);
    match (before != after) == found.redemption.is_some() {
        true => Ok(()),
        false => Err("the redemption order".to_owned()),
    }
}

fn is_on(pair: &Pair, policy: &Policy, other: TenantId, switch: Switch) -> bool {
    let entry = policy.partners.get(other);
    let differ = pair.world.clouds_differ(OWN, other);
    // The gate knows the clouds of tenants that are registered.
    let clouds = pair.world.tenant(OWN).zip(pair.world.tenant(other));
    let gate = clouds.is_none_or(|(own, there)| {
        let enabled = policy.allowed_clouds.contains(&there.cloud);
        !differ || (own.cloud.pairs_with(there.cloud) && enabled && entry.is_some())
    });
    let person = other != MICROSOFT_ACCOUNTS; // S1.3
    let trust = resolve::trust(policy, other);
    let (inbound, outbound) = resolve::automatic_consent(policy, other).value;
    match switch {
        Switch::MfaTrust => gate && person && trust.mfa.value,
        Switch::CompliantDeviceTrust => gate && person && trust.compliant_device.value,
        Switch::HybridJoinedDeviceTrust => gate && person && trust.hybrid_joined_device.value,
        Switch::RedemptionInbound => !differ && person && inbound,
        Switch::RedemptionOutbound => !differ && outbound,
        Switch::SynchronizationInbound => {
            !differ
                && pair.world.cloud(OWN) != Some(Cloud::China)
                && inbound
                && resolve::synchronization_allowed(policy, other).value
        }
        Switch::ServiceProviderInbound => {
            gate && person && entry.and_then(|entry| entry.is_service_provider) == Some(true)
        }
        Switch::ServiceProviderOutbound => gate,
    }
}
