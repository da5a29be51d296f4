//! A tenant with many partners: three halves in five name everything, three in ten up to 20 targets,
//! one in ten up to 500, as in the workload of the decision.

use std::collections::BTreeSet;

use policy::settings::{AutomaticConsent, Block, BlockName, Blocks, InboundTrust, Partner, Policy};
use policy::target::{
    Access, ApplicationId, ApplicationTarget, GroupId, Half, Scope, Targets, UserId, UserTarget,
};
use policy::tenant::TenantId;
use workload::SEED;
use workload::random::Rng;

pub const OWN: TenantId = TenantId::from_u128(1);

/// What makes up a policy: a seed for each entry, so that two policies can be built alike without
/// sharing anything.
#[derive(Clone)]
pub struct Settings {
    defaults: u64,
    entries: Vec<Entry>,
}

#[derive(Clone)]
struct Entry {
    tenant: u128,
    seed: u64,
    change: Change,
}

#[derive(Clone, Copy, PartialEq)]
enum Change {
    None,
    /// The users of one block are others.
    List,
    /// Every list is another one.
    Everything,
}

/// The first applications.
pub fn suite(of: u128) -> BTreeSet<ApplicationId> {
    (0..of)
        .map(|n| ApplicationId::from_u128(0xa000 + n))
        .collect()
}

impl Settings {
    pub fn new(partners: usize) -> Self {
        let entries = (0..partners as u64).map(|n| Entry {
            tenant: 0x1000 + u128::from(n),
            seed: SEED ^ (n << 20),
            change: Change::None,
        });
        Settings {
            defaults: SEED,
            entries: entries.collect(),
        }
    }

    pub fn with_lists(&self, one_in: usize) -> Self {
        self.changed(one_in, |entry| entry.change = Change::List)
    }

    pub fn with_everything(&self) -> Self {
        self.changed(1, |entry| entry.change = Change::Everything)
    }

    /// Other tenants in the place of some, with the same settings.
    pub fn with_others(&self, one_in: usize) -> Self {
        self.changed(one_in, |entry| entry.tenant += 0x1_0000_0000)
    }

    pub fn with_defaults(mut self) -> Self {
        self.defaults ^= 0xdef;
        self
    }

    fn changed(&self, one_in: usize, change: impl Fn(&mut Entry)) -> Self {
        let mut after = self.clone();
        after.entries.iter_mut().step_by(one_in).for_each(change);
        after
    }

    pub fn policy(&self) -> Policy {
        let mut policy = Policy::default();
        let mut random = Rng::new(self.defaults);
        for name in BlockName::ALL {
            let applications = applications(&mut random);
            let block = Block {
                users: Some(Half::all(applications.access)),
                applications: Some(applications),
            };
            policy.defaults.blocks.set(name, Some(block));
        }
        for entry in &self.entries {
            policy.partners.insert(entry.partner());
        }
        policy
    }
}

impl Entry {
    fn partner(&self) -> Partner {
        let mut random = Rng::new(self.seed);
        let mut other = Rng::new(self.seed ^ 0xc4a);
        let mut blocks = Blocks::default();
        for name in BlockName::ALL {
            let customized = random.chance(0.5);
            let mut block = block(&mut random);
            // The first block is always there, so that there is always a list to change.
            let is_first = name == BlockName::B2bCollaborationInbound;
            match self.change {
                Change::List if is_first => block.users = Some(users(&mut other)),
                Change::Everything => block = self::block(&mut other),
                Change::List | Change::None => {}
            }
            blocks.set(name, (is_first || customized).then_some(block));
        }
        let mut flag = || random.chance(0.5).then(|| random.chance(0.5));
        Partner {
            blocks,
            trust: Some(InboundTrust {
                mfa: flag(),
                compliant_device: flag(),
                hybrid_joined_device: flag(),
                ..InboundTrust::default()
            }),
            automatic_consent: AutomaticConsent {
                inbound: flag(),
                outbound: flag(),
            },
            ..Partner::new(TenantId::from_u128(self.tenant))
        }
    }
}

fn block(random: &mut Rng) -> Block {
    Block {
        users: Some(users(random)),
        applications: Some(applications(random)),
    }
}

fn users(random: &mut Rng) -> Half<UserTarget> {
    half(random, |random| {
        let id = u128::from(random.below(1 << 20));
        match random.chance(0.3) {
            true => UserTarget::Group(GroupId::from_u128(0x6000_0000 + id)),
            false => UserTarget::User(UserId::from_u128(0x5000_0000 + id)),
        }
    })
}

fn applications(random: &mut Rng) -> Half<ApplicationTarget> {
    half(random, |random| match random.below(20) {
        0 => ApplicationTarget::Office365,
        1 => ApplicationTarget::AllMicrosoftApps,
        _ => {
            let id = u128::from(random.below(2_000));
            ApplicationTarget::Application(ApplicationId::from_u128(0xa000 + id))
        }
    })
}

fn half<T>(random: &mut Rng, target: impl Fn(&mut Rng) -> T) -> Half<T> {
    let access = match random.chance(0.3) {
        true => Access::Blocked,
        false => Access::Allowed,
    };
    let most = match random.below(10) {
        0..6 => 0,
        6..9 => 20,
        _ => 500,
    };
    let targets = match most {
        0 => 0,
        most => 1 + random.below(most),
    };
    let targets = (0..targets).map(|_| target(random)).collect();
    Half {
        access,
        scope: Targets::new(targets).map_or(Scope::All, Scope::Only),
    }
}
