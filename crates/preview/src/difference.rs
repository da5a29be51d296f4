//! For which requests would the answer be another one? All of them, in few boxes.
//!
//! Contoso adds three people to what it lets in from Fabrikam, and takes an application off its
//! default. The first opens one box: these three people, from Fabrikam, to what the list of
//! applications allows. The second closes another: everybody, that application, from every partner
//! that inherits the default and from everyone else. The boxes do not overlap, nothing outside of
//! them changes, and everything inside does.
//!
//! What is compared is what the tenant's own settings say: of the other side nothing is known, and
//! it governs itself (S25.1). Who is in which group is not known either; a box says under which
//! condition it holds (S25.3). Licences and Conditional Access are left aside.

mod cells;
mod extent;
mod pair;
mod stage;
mod words;

use std::collections::{BTreeSet, HashMap};
use std::hash::{Hash, Hasher};

use policy::resolve;
use policy::settings::{Block, BlockName, Partner, Policy, RedemptionOrder};
use policy::target::{ApplicationId, Half, Scope, UserTarget};
use policy::tenant::{Cloud, TenantId};
use policy::world::World;

use self::cells::Solved;
use self::pair::{Pair, applications, users};
use self::stage::{Asked, Flags, Standing, Two};

pub use self::extent::{Applications, Extent, Person, spelled};
pub use self::words::Words;

/// A tenant that nobody has listed.
const ANYBODY: TenantId = TenantId::from_u128(0xffff_ffff_ffff_4fff_bfff_ffff_ffff_ffff);

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Turn {
    /// Refused before, passed after.
    Opens,
    /// Passed before, refused after.
    Closes,
}

impl Turn {
    /// Both, in the order in which they are told.
    pub const ALL: [Turn; 2] = [Turn::Opens, Turn::Closes];

    fn of(before: bool, after: bool) -> Option<Turn> {
        match (before, after) {
            (false, true) => Some(Turn::Opens),
            (true, false) => Some(Turn::Closes),
            (true, true) | (false, false) => None,
        }
    }
}

/// The tenants that something is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Population {
    /// Those that neither state lists, in the own cloud: in another one an unlisted tenant is refused
    /// whatever the default says (S5.3). Personal accounts have no part in what comes in (S1.3).
    pub everyone_else: bool,
    /// Those that one of the states lists, by id.
    pub partners: Vec<TenantId>,
}

impl Population {
    fn add(&mut self, other: Option<TenantId>) {
        match other {
            Some(partner) => self.partners.push(partner),
            None => self.everyone_else = true,
        }
    }

    fn extend(&mut self, other: Population) {
        self.everyone_else |= other.everyone_else;
        self.partners.extend(other.partners);
    }
}

/// A box: every request of these users, for these applications, between the tenant and any of these
/// others, by way of that block.
///
/// A sign-in is for an application if the client's or the resource's is that one (S3.4). By direct
/// connect only applications capable of it can be reached (S9.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    /// Which block is asked.
    pub block: BlockName,
    /// What becomes of the requests.
    pub turn: Turn,
    /// The tenants on the other side.
    pub partners: Population,
    /// The users, by the ids of the tenant that the block names (S3.7).
    pub users: Extent<UserTarget>,
    /// The applications, suites written out.
    pub applications: Extent<ApplicationId>,
    /// One of the requests.
    pub witness: Witness,
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// The tenant on the other side.
    pub partner: TenantId,
    /// Whose it is.
    pub person: Person,
    /// For what.
    pub applications: Applications,
}

/// A setting that is on or off for a partner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Switch {
    /// Multifactor authentication done at home counts (S10.7).
    MfaTrust,
    /// Compliance of the device, stated by the home tenant, counts (S10.10).
    CompliantDeviceTrust,
    /// Hybrid join, stated by the home tenant, counts (S10.10).
    HybridJoinedDeviceTrust,
    /// Guests of the partner are not asked, if the partner agrees (S7.2).
    RedemptionInbound,
    /// Own users are not asked by the partner, if it agrees (S7.2). It is the own half of pushing
    /// users to the partner as well (S12.4).
    RedemptionOutbound,
    /// The partner may push users: both switches of the target are on (S12.4).
    SynchronizationInbound,
    /// The partner's users may come as a service provider's (S8.12).
    ServiceProviderInbound,
    /// Own users may go as a service provider's, as far as clouds are concerned.
    ServiceProviderOutbound,
}

impl Switch {
    /// All of them, in the order in which they are told.
    pub const ALL: [Switch; 8] = [
        Switch::MfaTrust,
        Switch::CompliantDeviceTrust,
        Switch::HybridJoinedDeviceTrust,
        Switch::RedemptionInbound,
        Switch::RedemptionOutbound,
        Switch::SynchronizationInbound,
        Switch::ServiceProviderInbound,
        Switch::ServiceProviderOutbound,
    ];
}

/// A switch that is turned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switched {
    /// Which.
    pub switch: Switch,
    /// On or off.
    pub turn: Turn,
    /// For whom.
    pub partners: Population,
}

/// What a change does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Every request that a block answers differently: what opens first, then in the order of S2.2.
    pub regions: Vec<Region>,
    /// Every switch that is turned.
    pub switches: Vec<Switched>,
    /// The redemption order before and after, where it is another one (S7.4).
    pub redemption: Option<[RedemptionOrder; 2]>,
    /// Entries that appear. What they open or close is told above.
    pub added: Vec<TenantId>,
    /// Entries that go.
    pub removed: Vec<TenantId>,
    /// Clouds that are enabled. That alone opens nothing (S5.2).
    pub clouds_enabled: Vec<Cloud>,
    /// Clouds that are disabled. What that closes is told above (S5.8).
    pub clouds_disabled: Vec<Cloud>,
}

impl Difference {
    /// Whether every request gets the same answer.
    pub fn is_equal(&self) -> bool {
        self.regions.is_empty() && self.switches.is_empty() && self.redemption.is_none()
    }
}

/// What becomes of the requests to and from that tenant when its settings change from `before` to
/// `after`. The world knows the suites and the clouds of tenants; what it says about settings, people
/// and licences is not looked at.
pub fn between(world: &World, tenant: TenantId, before: &Policy, after: &Policy) -> Difference {
    let mut search = Search::new(world, tenant, before, after);
    search.partners();
    search.everyone_else();
    search.finish()
}

/// Whether the request passes the block, as the evaluator sees it with those settings.
pub fn passes(
    world: &World,
    tenant: TenantId,
    settings: &Policy,
    block: BlockName,
    request: &Witness,
) -> bool {
    let two = Two::new(world, tenant, request.partner);
    let Witness {
        person,
        applications,
        ..
    } = request;
    stage::ask(&two, settings, &world.suites, block, person, applications)
}

/// What one block says before and after: the same for every tenant of which this is the same.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Change<'a> {
    block: BlockName,
    stored: [Option<&'a Block>; 2],
    standing: [Standing; 2],
}

/// As for extents: how the lists begin is enough to tell most of them apart.
impl Hash for Change<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        fn half<T: Copy + Hash>(half: Option<&Half<T>>) -> impl Hash {
            half.map(|half| match &half.scope {
                Scope::All => (half.access, 0, None),
                Scope::Only(targets) => {
                    let targets = targets.as_slice();
                    (half.access, targets.len(), targets.first().copied())
                }
            })
        }
        (self.block, self.standing).hash(state);
        for block in self.stored.iter().flatten() {
            half(block.users.as_ref()).hash(state);
            half(block.applications.as_ref()).hash(state);
        }
    }
}

struct Search<'a> {
    world: &'a World,
    tenant: TenantId,
    settings: [&'a Policy; 2],
    /// A tenant that neither state lists.
    stranger: TenantId,
    asked: Asked,
    /// Blocks whose default is another one.
    shifted: Vec<BlockName>,
    trust_shifted: bool,
    clouds_shifted: bool,
    changes: Grouped<Change<'a>>,
    switches: Grouped<(Switch, Turn)>,
    found: Difference,
}

/// Tenants by what is the same for all of them, in the order in which they were found.
struct Grouped<K> {
    places: HashMap<K, usize>,
    groups: Vec<(K, Population)>,
}

impl<K: Copy + Eq + std::hash::Hash> Grouped<K> {
    fn new() -> Self {
        Grouped {
            places: HashMap::new(),
            groups: Vec::new(),
        }
    }

    fn of(&mut self, key: K) -> Option<&mut Population> {
        let place = *self.places.entry(key).or_insert_with(|| {
            self.groups.push((key, Population::default()));
            self.groups.len() - 1
        });
        self.groups.get_mut(place).map(|(_, population)| population)
    }
}

impl<'a> Search<'a> {
    fn new(world: &'a World, tenant: TenantId, before: &'a Policy, after: &'a Policy) -> Self {
        let listed = |id| before.partners.get(id).is_some() || after.partners.get(id).is_some();
        let mut others = extent::others().map(TenantId::from_u128);
        let stranger =
            others.find(|id| !listed(*id) && *id != tenant && world.tenant(*id).is_none());
        let stranger = stranger.unwrap_or(ANYBODY);
        let value = |policy, name| resolve::block(policy, stranger, name).value;
        let shifted = |name: &BlockName| value(before, *name) != value(after, *name);
        let trust = |policy| {
            let trust = resolve::trust(policy, stranger);
            [
                trust.mfa,
                trust.compliant_device,
                trust.hybrid_joined_device,
            ]
            .map(|flag| flag.value)
        };
        let clouds = |policy: &Policy| -> BTreeSet<Cloud> {
            policy.allowed_clouds.iter().copied().collect()
        };
        let (old, new) = (clouds(before), clouds(after));
        let (order_before, order_after) = (
            resolve::redemption_order(before).value,
            resolve::redemption_order(after).value,
        );
        let redemption = (order_before != order_after)
            .then(|| [order_before.into_owned(), order_after.into_owned()]);
        Search {
            world,
            tenant,
            settings: [before, after],
            stranger,
            asked: Asked::default(),
            shifted: BlockName::ALL.into_iter().filter(shifted).collect(),
            trust_shifted: trust(before) != trust(after),
            clouds_shifted: old != new,
            changes: Grouped::new(),
            switches: Grouped::new(),
            found: Difference {
                redemption,
                clouds_enabled: new.difference(&old).copied().collect(),
                clouds_disabled: old.difference(&new).copied().collect(),
                ..Difference::default()
            },
        }
    }

    fn partners(&mut self) {
        let [before, after] = self.settings;
        for old in before.partners.iter() {
            let new = after.partners.get(old.tenant);
            if new.is_none() {
                self.found.removed.push(old.tenant);
            }
            self.entry(old.tenant, [Some(old), new]);
        }
        for new in after.partners.iter() {
            if before.partners.get(new.tenant).is_none() {
                self.found.added.push(new.tenant);
                self.entry(new.tenant, [None, Some(new)]);
            }
        }
    }

    /// One partner, of which at least one state has an entry.
    fn entry(&mut self, partner: TenantId, entries: [Option<&'a Partner>; 2]) {
        let shifted = self.clouds_shifted || self.trust_shifted || !self.shifted.is_empty();
        let [old, new] = entries;
        if !shifted && old == new {
            return;
        }
        let two = Two::new(self.world, self.tenant, partner);
        let listed = entries.map(|entry| entry.is_some());
        let moved = self.clouds_shifted || old.is_none() || new.is_none();
        for block in BlockName::ALL {
            let stored = entries.map(|entry| entry.and_then(|entry| entry.blocks.get(block)));
            let inherits = stored == [None, None] && self.shifted.contains(&block);
            let [was, is] = stored;
            if moved || inherits || was != is {
                self.block(&two, Some(partner), block, stored, listed);
            }
        }
        let flags = entries.map(|entry| entry.map(Flags::of));
        if moved || self.trust_shifted || {
            let [was, is] = &flags;
            was != is
        } {
            self.flags(&two, Some(partner), &flags);
        }
    }

    fn everyone_else(&mut self) {
        let two = Two::new(self.world, self.tenant, self.stranger);
        for block in self.shifted.clone() {
            self.block(&two, None, block, [None, None], [false, false]);
        }
        self.flags(&two, None, &[None, None]);
    }

    fn block(
        &mut self,
        two: &Two,
        partner: Option<TenantId>,
        block: BlockName,
        stored: [Option<&'a Block>; 2],
        [was, is]: [bool; 2],
    ) {
        let [before, after] = self.settings;
        let standing = [
            self.asked.standing(two, (false, before), was, block),
            self.asked.standing(two, (true, after), is, block),
        ];
        let [old, new] = standing;
        if old == new && old != Standing::Asked {
            return;
        }
        let change = Change {
            block,
            stored,
            standing,
        };
        if let Some(population) = self.changes.of(change) {
            population.add(partner);
        }
    }

    fn flags(&mut self, two: &Two, partner: Option<TenantId>, flags: &[Option<Flags>; 2]) {
        let [before, after] = self.settings;
        let [was, is] = flags;
        for switch in Switch::ALL {
            let old = self.asked.is_on(two, (false, before), was.as_ref(), switch);
            let new = self.asked.is_on(two, (true, after), is.as_ref(), switch);
            if let Some(turn) = Turn::of(old, new)
                && let Some(population) = self.switches.of((switch, turn))
            {
                population.add(partner);
            }
        }
    }

    fn finish(mut self) -> Difference {
        type Said = (Turn, BlockName, Extent<UserTarget>, Extent<ApplicationId>);
        let mut places: HashMap<Said, usize> = HashMap::new();
        let mut regions: Vec<Region> = Vec::new();
        let mut solved = Solved::default();
        for (change, population) in std::mem::take(&mut self.changes.groups) {
            for region in self.regions(&change, population, &mut solved) {
                let said = (
                    region.turn,
                    region.block,
                    region.users.clone(),
                    region.applications.clone(),
                );
                let place = *places.entry(said).or_insert(regions.len());
                match regions.get_mut(place) {
                    Some(known) => known.partners.extend(region.partners),
                    None => regions.push(region),
                }
            }
        }
        regions.sort_by_key(|region| (region.turn, region.block));
        let switches = self.switches.groups.into_iter();
        let mut switches: Vec<Switched> = switches
            .map(|((switch, turn), partners)| Switched {
                switch,
                turn,
                partners,
            })
            .collect();
        switches.sort_by_key(|switched| (switched.turn, switched.switch));
        let mut found = self.found;
        let populations = regions.iter_mut().map(|region| &mut region.partners);
        let populations = populations.chain(switches.iter_mut().map(|one| &mut one.partners));
        let lists = populations.map(|population| &mut population.partners);
        for list in lists.chain([&mut found.added, &mut found.removed]) {
            list.sort_unstable();
        }
        Difference {
            regions,
            switches,
            ..found
        }
    }

    /// The boxes of one change.
    fn regions(
        &self,
        change: &Change<'_>,
        partners: Population,
        solved: &mut Solved,
    ) -> Vec<Region> {
        let partner = partners.partners.first().copied();
        let partner = partner.unwrap_or(self.stranger);
        let name = change.block;
        let [before, after] = self
            .settings
            .map(|policy| resolve::block(policy, partner, name).value);
        let suites = &self.world.suites;
        let pair = Pair {
            blocks: [&before, &after],
            standing: change.standing,
            suites,
        };
        let resources = name
            .is_direct_connect()
            .then_some(&suites.direct_connect_capable);
        let users = pair.side(|block| users(&block.users), Person::of);
        let applications = pair.side(
            |block| applications(&block.applications, suites),
            |extent| Applications::of(extent, resources),
        );
        let mut regions = Vec::new();
        for wanted in Turn::ALL {
            let cells = pair.cells(&users, &applications, wanted);
            for (people, apps) in solved.boxes(cells, &users, &applications) {
                let extents = users.extent(people).zip(applications.extent(apps));
                let witness = users.witness(people).zip(applications.witness(apps));
                let (Some((users, applications)), Some((person, named))) = (extents, witness)
                else {
                    continue;
                };
                regions.push(Region {
                    block: name,
                    turn: wanted,
                    partners: partners.clone(),
                    users,
                    applications,
                    witness: Witness {
                        partner,
                        person: person.clone(),
                        applications: *named,
                    },
                });
            }
        }
        regions
    }
}
