//! Who travels: everybody of the demo world, by what brings them to another organization.

use policy::settings::{BlockName, Partner, Policy};
use policy::sign_in::{Journey, SignInAccount};
use policy::target::UserId;
use policy::tenant::{MICROSOFT_ACCOUNTS, TenantId};
use policy::tenant_restrictions::{Carrier, Header};
use policy::world::{External, Tenant, User};

use super::errand::{Errand, administration, errands, personal, shared_channel};
use super::office::{HOME, Office};
use super::random::{Random, Weighted, zipf};
use super::traveller::{Route, Traveller};
use super::world::Demo;

/// What brings people together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// At work, in their own tenant (S15.5).
    AtWork,
    /// With a guest object (S8).
    Guests,
    /// In shared channels (S9).
    Channels,
    /// Looking after somebody else's tenant (S8.12).
    Providers,
    /// Following a link that was not meant for them.
    Strays,
    /// On a network that restricts tenants (S11).
    Restricted,
}

impl Kind {
    const ALL: [Kind; 6] = [
        Kind::AtWork,
        Kind::Guests,
        Kind::Channels,
        Kind::Providers,
        Kind::Strays,
        Kind::Restricted,
    ];

    /// How many visits they make in a month, all together.
    pub(super) const fn visits(self) -> u64 {
        match self {
            Kind::AtWork => 7_000,
            Kind::Guests => 5_600,
            Kind::Channels => 1_200,
            Kind::Providers => 700,
            Kind::Strays => 140,
            Kind::Restricted => 420,
        }
    }
}

/// People of one kind.
pub(super) struct Company {
    pub(super) kind: Kind,
    travellers: Vec<Traveller>,
    draws: Weighted<usize>,
}

impl Company {
    /// Who comes next, and their place among the others.
    pub(super) fn draw(&self, random: &mut Random) -> Option<(usize, &Traveller)> {
        let place = *self.draws.draw(random)?;
        Some((place, self.travellers.get(place)?))
    }

    fn of(kind: Kind, demo: &Demo) -> Self {
        let mut random = Random::named(&[SHUFFLED, kind as u64]);
        let travellers = match kind {
            Kind::AtWork => at_work(demo),
            Kind::Guests => guests(demo),
            Kind::Channels => channels(demo, &mut random),
            Kind::Providers => providers(demo),
            Kind::Strays => strays(demo, &mut random),
            Kind::Restricted => restricted(demo, &mut random),
        };
        let travellers = random.shuffled(travellers);
        let weights = travellers.iter().enumerate().map(|(place, traveller)| {
            let weight = zipf(place + NOBODY_STANDS_OUT);
            (weight / if traveller.discouraged { 12 } else { 1 }, place)
        });
        Company {
            kind,
            draws: Weighted::new(weights),
            travellers,
        }
    }
}

const SHUFFLED: u64 = u64::from_be_bytes(*b"shuffled");
/// Habits of a person fall off steeply, the zeal of people does not.
const NOBODY_STANDS_OUT: usize = 12;

/// Everybody.
pub(super) fn companies(demo: &Demo) -> [Company; 6] {
    Kind::ALL.map(|kind| Company::of(kind, demo))
}

/// The accounts of a tenant that can be used.
fn members(tenant: &Tenant) -> impl Iterator<Item = &User> {
    let users = tenant
        .directory
        .iter()
        .flat_map(|directory| directory.users.values());
    users.filter(|user| user.is_internal() && user.enabled)
}

fn account(tenant: TenantId, user: UserId) -> SignInAccount {
    SignInAccount::Home {
        tenant,
        user,
        groups: None,
    }
}

fn visit(account: SignInAccount, resource: TenantId, journey: Journey) -> Route {
    Route {
        account,
        resource,
        journey,
        header: None,
    }
}

/// Every partner entry of every tenant.
fn entries(demo: &Demo) -> impl Iterator<Item = (&Tenant, &Partner)> {
    demo.hosted().flat_map(|tenant| {
        let policy = tenant.policy.iter();
        policy.flat_map(move |policy| policy.partners.iter().map(move |partner| (tenant, partner)))
    })
}

fn at_work(demo: &Demo) -> Vec<Traveller> {
    let people = demo
        .hosted()
        .flat_map(|tenant| members(tenant).map(move |user| (tenant, user)));
    let travellers = people.filter_map(|(tenant, user)| {
        let route = visit(
            account(tenant.id, user.id),
            tenant.id,
            Journey::Collaboration,
        );
        let errands = errands(demo, tenant.id, user.id.as_u128());
        Traveller::new(demo, route, Office::of(tenant), errands)
    });
    travellers.collect()
}

fn guests(demo: &Demo) -> Vec<Traveller> {
    let objects = demo.hosted().flat_map(|tenant| {
        let directory = tenant.directory.iter();
        directory
            .flat_map(move |directory| directory.users.values().map(move |user| (tenant, user)))
    });
    let travellers = objects.filter_map(|(tenant, object)| {
        let (account, home, person) = match object.external.as_ref()? {
            External::Tenant {
                home_tenant,
                home_user,
            } => {
                let home = demo.world().tenant(*home_tenant);
                (account(*home_tenant, *home_user), home, home_user)
            }
            External::Providers(_) => (SignInAccount::Guest(object.id), None, &object.id),
        };
        let route = visit(account, tenant.id, Journey::Collaboration);
        let errands = errands(demo, tenant.id, person.as_u128());
        Traveller::new(demo, route, home.map_or(HOME, Office::of), errands)
    });
    travellers.collect()
}

/// Whoever's own side has opened direct connect; of those who cannot, one in ten tries.
fn channels(demo: &Demo, random: &mut Random) -> Vec<Traveller> {
    let opened = entries(demo).filter(|(_, partner)| {
        let block = partner.blocks.get(BlockName::B2bDirectConnectOutbound);
        block.is_some_and(|block| !block.complete().users.blocks_all())
    });
    let people =
        opened.flat_map(|(home, partner)| members(home).map(move |user| (home, partner, user)));
    let travellers = people.filter_map(|(home, partner, user)| {
        let route = visit(
            account(home.id, user.id),
            partner.tenant,
            Journey::DirectConnect,
        );
        let traveller = Traveller::new(demo, route, Office::of(home), shared_channel(demo))?;
        (!traveller.discouraged || random.percent(10)).then_some(traveller)
    });
    travellers.collect()
}

fn providers(demo: &Demo) -> Vec<Traveller> {
    let relations = entries(demo).filter(|(_, partner)| partner.is_service_provider == Some(true));
    let relations = relations.filter_map(|(customer, partner)| {
        let provider = demo.world().tenant(partner.tenant)?;
        Some((customer, provider))
    });
    let people = relations.flat_map(|(customer, provider)| {
        let staff = members(provider);
        let staff = staff.filter(|user| {
            user.groups
                .as_ref()
                .is_some_and(|groups| !groups.is_empty())
        });
        staff.map(move |user| (customer, provider, user))
    });
    let travellers = people.filter_map(|(customer, provider, user)| {
        let route = visit(
            account(provider.id, user.id),
            customer.id,
            Journey::ServiceProvider,
        );
        Traveller::new(demo, route, Office::of(provider), administration(demo))
    });
    travellers.collect()
}

/// How many people follow a link that was not meant for them.
const STRAYS: u32 = 60;

fn strays(demo: &Demo, random: &mut Random) -> Vec<Traveller> {
    let tenants: Vec<&Tenant> = demo.hosted().collect();
    let mut travellers = Vec::new();
    for _ in 0..STRAYS {
        let (Some(home), Some(resource)) = (random.one_of(&tenants), random.one_of(&tenants))
        else {
            continue;
        };
        let people: Vec<&User> = members(home).collect();
        let Some(user) = random.one_of(&people) else {
            continue;
        };
        let (journey, errands) = match random.percent(70) {
            true => (
                Journey::Collaboration,
                errands(demo, resource.id, user.id.as_u128()),
            ),
            false => (Journey::DirectConnect, shared_channel(demo)),
        };
        if home.id != resource.id {
            let route = visit(account(home.id, user.id), resource.id, journey);
            travellers.extend(Traveller::new(demo, route, Office::of(home), errands));
        }
    }
    travellers
}

/// How many people of each other tenant come to a network that restricts tenants.
const VISITORS: usize = 3;

/// Consultants who open their own organization's applications where others write the rules, and
/// people who read their own mail at work.
fn restricted(demo: &Demo, random: &mut Random) -> Vec<Traveller> {
    let mut travellers = Vec::new();
    for network in demo.hosted() {
        let Some(header) = network
            .policy
            .as_ref()
            .and_then(|policy| header(network.id, policy))
        else {
            continue;
        };
        for home in demo.hosted().filter(|home| home.id != network.id) {
            let people = random.shuffled(members(home).collect());
            for user in people.into_iter().take(VISITORS) {
                let errands = errands(demo, home.id, user.id.as_u128());
                let account = account(home.id, user.id);
                travellers.extend(under(demo, &header, network, home, account, errands));
            }
        }
        for _ in 0..VISITORS {
            let user =
                UserId::from_u128((MICROSOFT_ACCOUNTS.as_u128() << 64) | u128::from(random.bits()));
            let account = account(MICROSOFT_ACCOUNTS, user);
            travellers.extend(under(
                demo,
                &header,
                network,
                network,
                account,
                personal(demo),
            ));
        }
    }
    travellers
}

/// What the network adds to every sign-in, if its tenant has said anything about others.
fn header(tenant: TenantId, policy: &Policy) -> Option<Header> {
    let restricts = |partner: &Partner| partner.blocks.get(BlockName::TenantRestrictions).is_some();
    policy.partners.iter().find(|partner| restricts(partner))?;
    Some(Header {
        value: format!("{tenant}:{}", policy.id?),
        carrier: Carrier::Proxy,
    })
}

/// Somebody with a computer of their own on another network, in their own tenant.
fn under(
    demo: &Demo,
    header: &Header,
    network: &Tenant,
    home: &Tenant,
    account: SignInAccount,
    errands: Vec<Errand>,
) -> Option<Traveller> {
    let own = Office::of(home);
    let office = Office {
        computers: own.computers,
        hybrid: own.hybrid,
        ..Office::of(network)
    };
    let resource = match account {
        SignInAccount::Home { tenant, .. } => tenant,
        SignInAccount::Guest(_) => home.id,
    };
    let route = Route {
        header: Some(header.clone()),
        ..visit(account, resource, Journey::Collaboration)
    };
    Traveller::new(demo, route, office, errands)
}
