//! What the settings let pass: the difference from settings that let nobody pass.

use std::collections::{HashMap, HashSet};

use policy::settings::{BlockName, CompleteBlock, Policy};
use policy::target::{Access, ApplicationId};
use policy::tenant::TenantId;
use policy::world::World;
use preview::difference::{self, Population, Region, Switch};

use crate::finding::Whom;

/// Everything that passes, and every switch that is on.
pub(crate) struct Exposure {
    regions: Vec<Region>,
    by_whom: HashMap<(BlockName, Whom), Vec<usize>>,
    switches: HashSet<(Switch, Whom)>,
}

/// Settings by which nobody crosses.
fn shut() -> Policy {
    let mut policy = Policy::default();
    for name in BlockName::ALL {
        let block = CompleteBlock::all(Access::Blocked).into();
        policy.defaults.blocks.set(name, Some(block));
    }
    policy
}

fn each(population: &Population) -> impl Iterator<Item = Whom> {
    let everyone = population.everyone_else.then_some(Whom::Everyone);
    let partners = population.partners.iter().copied().map(Whom::Partner);
    everyone.into_iter().chain(partners)
}

impl Exposure {
    pub(crate) fn of(world: &World, tenant: TenantId, policy: &Policy) -> Self {
        let found = difference::between(world, tenant, &shut(), policy);
        let mut by_whom: HashMap<_, Vec<usize>> = HashMap::new();
        for (place, region) in found.regions.iter().enumerate() {
            for whom in each(&region.partners) {
                by_whom.entry((region.block, whom)).or_default().push(place);
            }
        }
        let switches = found.switches.iter();
        let switches = switches.flat_map(|on| each(&on.partners).map(|whom| (on.switch, whom)));
        Exposure {
            switches: switches.collect(),
            regions: found.regions,
            by_whom,
        }
    }

    /// What passes the block towards them.
    pub(crate) fn open(&self, block: BlockName, whom: Whom) -> impl Iterator<Item = &Region> {
        let places = self.by_whom.get(&(block, whom));
        let places = places.into_iter().flatten();
        places.filter_map(|place| self.regions.get(*place))
    }

    /// Whether anybody can reach the application by that block.
    pub(crate) fn reaches(&self, block: BlockName, whom: Whom, application: ApplicationId) -> bool {
        let mut open = self.open(block, whom);
        open.any(|region| region.applications.holds(|name| *name == application))
    }

    pub(crate) fn is_on(&self, switch: Switch, whom: Whom) -> bool {
        self.switches.contains(&(switch, whom))
    }
}
