//! What people go to another organization for.

use policy::target::ApplicationId;
use policy::tenant::TenantId;
use policy::world::World;

use super::random::Random;
use super::world::{Application, Demo};

/// One thing to do: an application, and what it is reached with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Errand {
    pub(super) client: ApplicationId,
    pub(super) resource: ApplicationId,
    /// `clientAppUsed`.
    pub(super) used: &'static str,
}

const BROWSER: &str = "Browser";
const PROGRAM: &str = "Mobile Apps and Desktop clients";

impl Errand {
    fn to(application: &Application) -> Self {
        Errand {
            client: application.client.unwrap_or(application.id),
            resource: application.id,
            used: match application.client {
                Some(_) => PROGRAM,
                None => BROWSER,
            },
        }
    }
}

/// How many different things one person goes for.
const FEW: usize = 6;

/// What somebody does in that tenant, the most frequent first: its own applications as the file
/// lists them, and the suite; everybody likes something else best.
pub(super) fn errands(demo: &Demo, tenant: TenantId, person: u128) -> Vec<Errand> {
    let random = &mut Random::of_id(u64::from_be_bytes(*b"errands "), person);
    let office365 = &demo.world().suites.office365;
    let wanted = |application: &&Application| {
        let own = application.owner == Some(tenant);
        !application.is_client && (own || office365.contains(&application.id))
    };
    let applications = demo.all_applications().iter().filter(wanted);
    let mut errands: Vec<Errand> = applications.map(Errand::to).collect();
    // Half of them follow the house's habits, the others their own.
    if random.percent(50) {
        errands = random.shuffled(errands);
    }
    errands.truncate(FEW);
    errands
}

/// What a shared channel needs (S9.3).
pub(super) fn shared_channel(demo: &Demo) -> Vec<Errand> {
    listed(demo, |world, id| {
        world.suites.direct_connect_capable.contains(&id) && world.suites.office365.contains(&id)
    })
}

/// What a service provider looks after: what is Microsoft's and no part of the suite.
pub(super) fn administration(demo: &Demo) -> Vec<Errand> {
    let mut errands = listed(demo, |world, id| {
        world.suites.all_microsoft_apps.contains(&id) && !world.suites.office365.contains(&id)
    });
    // Whatever has a tool of its own is administered; pages for people are not.
    errands.retain(|errand| errand.client != errand.resource);
    errands
}

/// Every Microsoft application, for personal accounts.
pub(super) fn personal(demo: &Demo) -> Vec<Errand> {
    listed(demo, |world, id| {
        world.suites.all_microsoft_apps.contains(&id)
            && !world.suites.direct_connect_capable.contains(&id)
    })
}

fn listed(demo: &Demo, wanted: impl Fn(&World, ApplicationId) -> bool) -> Vec<Errand> {
    let applications = demo.all_applications().iter();
    let wanted = applications.filter(|a| !a.is_client && wanted(demo.world(), a.id));
    wanted.map(Errand::to).collect()
}
