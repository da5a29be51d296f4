//! Small worlds in which one question can be put to the evaluator.
//!
//! What a setting does depends on more than the setting: whether two clouds may meet, whether
//! tenant restrictions are enforced there at all, whether personal accounts are meant. None of that
//! is repeated here. Instead the evaluator is asked: with this entry and this default, everything
//! else being as favourable as it can be, what is the answer?

use std::collections::{BTreeSet, HashMap};

use policy::conditional_access::{
    ApplicationCondition, Claims, ConditionalAccessPolicy, Control, Device, Operator, PolicyState,
    UserCondition,
};
use policy::decision::Verdict;
use policy::settings::{
    AutomaticConsent, Block, BlockName, Blocks, CompleteBlock, IdentitySynchronization,
    InboundTrust, Partner, Policy,
};
use policy::sign_in::{Journey, SignIn, SignInAccount, decide};
use policy::synchronization::{SyncAction, SyncRequest, SyncScope, synchronize};
use policy::target::{Access, ApplicationId, UserId};
use policy::tenant::{Cloud, MICROSOFT_ACCOUNTS, PolicyId, TenantId};
use policy::tenant_restrictions::{self, Carrier, Header, RestrictedAccess, RestrictedAccount};
use policy::world::{Directory, External, RedemptionState, Suites, Tenant, User, UserType, World};

use super::{Applications, Person, Switch};

/// An account and an application like any other.
const USER: UserId = UserId::from_u128(0xffff_ffff_ffff_4fff_bfff_0000_0000_0001);
const OBJECT: UserId = UserId::from_u128(0xffff_ffff_ffff_4fff_bfff_0000_0000_0002);
const APPLICATION: ApplicationId =
    ApplicationId::from_u128(0xffff_ffff_ffff_4fff_bfff_0000_0000_0003);
/// The id of a policy object where nobody knows it.
const POLICY: PolicyId = PolicyId::from_u128(0xffff_ffff_ffff_4fff_bfff_0000_0000_0004);

/// The tenant whose settings change, and another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Two {
    pub(super) own: TenantId,
    own_cloud: Option<Cloud>,
    pub(super) other: TenantId,
    other_cloud: Option<Cloud>,
}

impl Two {
    pub(super) fn new(world: &World, own: TenantId, other: TenantId) -> Self {
        Two {
            own,
            own_cloud: world.tenant(own).map(|tenant| tenant.cloud),
            other,
            other_cloud: world.tenant(other).map(|tenant| tenant.cloud),
        }
    }

    /// Both, with the settings of the first only: the other side governs itself (S25.1).
    fn world(&self, policy: Policy, suites: Suites) -> World {
        let mut world = World {
            suites: suites.into(),
            ..World::default()
        };
        // A tenant nobody knows counts as being in the same cloud (S1.2).
        let own = self.own_cloud.unwrap_or(Cloud::Commercial);
        if let Some(cloud) = self.other_cloud.filter(|_| self.own_cloud.is_some()) {
            let other = Tenant::registered(self.other, cloud);
            world.tenants.insert(self.other, other);
        }
        let tenant = Tenant {
            // Whether the licence is there is not a matter of settings.
            p1: true,
            policy: Some(Policy {
                id: Some(POLICY),
                ..policy
            }),
            ..Tenant::registered(self.own, own)
        };
        world.tenants.insert(self.own, tenant);
        world
    }
}

/// The question of one block: may that person of the one tenant reach these applications of the
/// other?
pub(super) fn ask(
    two: &Two,
    policy: &Policy,
    suites: &Suites,
    name: BlockName,
    person: &Person,
    applications: &Applications,
) -> bool {
    let world = two.world(policy.clone(), suites.clone());
    match name {
        BlockName::TenantRestrictions => {
            let access = restricted_access(two, person, applications);
            tenant_restrictions::judge(&world, &access).verdict == Verdict::Allow
        }
        name => decide(&world, &sign_in(two, name, person, applications)).verdict == Verdict::Allow,
    }
}

/// The sign-in that asks that block.
pub(super) fn sign_in(
    two: &Two,
    name: BlockName,
    person: &Person,
    applications: &Applications,
) -> SignIn {
    let inbound = matches!(
        name,
        BlockName::B2bCollaborationInbound | BlockName::B2bDirectConnectInbound
    );
    let (home, resource) = match inbound {
        true => (two.other, two.own),
        false => (two.own, two.other),
    };
    SignIn {
        journey: match name.is_direct_connect() {
            true => Journey::DirectConnect,
            false => Journey::Collaboration,
        },
        account: SignInAccount::Home {
            tenant: home,
            user: person.user,
            groups: Some(person.groups.clone()),
        },
        resource,
        client_app: applications.client,
        resource_app: applications.resource,
        claims: Claims::default(),
        consent_accepted: true,
        first_access: false,
        is_interactive: true,
        client_app_used: None,
        restrictions: None,
    }
}

/// The access that asks tenant restrictions.
pub(super) fn restricted_access(
    two: &Two,
    person: &Person,
    applications: &Applications,
) -> RestrictedAccess {
    // Personal accounts are in no groups (S1.3): whoever is in one comes from elsewhere.
    let elsewhere = !person.groups.is_empty() && two.other == MICROSOFT_ACCOUNTS;
    RestrictedAccess {
        header: Some(Header {
            value: format!("{}:{POLICY}", two.own),
            carrier: Carrier::Proxy,
        }),
        account: RestrictedAccount::User {
            home: Some(match elsewhere {
                true => super::ANYBODY,
                false => two.other,
            }),
            user: Some(person.user),
            groups: Some(person.groups.clone()),
        },
        resource: two.other,
        client_app: applications.client,
        resource_app: applications.resource,
    }
}

/// What the block is for these two tenants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Standing {
    /// It decides.
    Asked,
    /// Whatever it says, the answer is no.
    Refused,
    /// Whatever it says, the answer is yes.
    Passed,
}

/// The standing of a block, given which clouds are enabled and whether there is an entry.
pub(super) fn standing(two: &Two, policy: &Policy, listed: bool, name: BlockName) -> Standing {
    let suites = Suites {
        direct_connect_capable: BTreeSet::from([APPLICATION]),
        ..Suites::default()
    };
    let person = Person {
        user: USER,
        groups: BTreeSet::new(),
    };
    let applications = Applications {
        client: None,
        resource: APPLICATION,
    };
    let with = |access| {
        let mut probe = Policy {
            allowed_clouds: policy.allowed_clouds.clone(),
            ..Policy::default()
        };
        probe.defaults.blocks = all(access);
        if listed {
            probe.partners.insert(Partner::new(two.other));
        }
        ask(two, &probe, &suites, name, &person, &applications)
    };
    match (with(Access::Allowed), with(Access::Blocked)) {
        (true, false) => Standing::Asked,
        (true, true) => Standing::Passed,
        (false, _) => Standing::Refused,
    }
}

fn all(access: Access) -> Blocks {
    let mut blocks = Blocks::default();
    for name in BlockName::ALL {
        blocks.set(name, Some(Block::from(CompleteBlock::all(access))));
    }
    blocks
}

/// What an entry says beside its blocks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Flags {
    pub(super) trust: Option<[Option<bool>; 3]>,
    pub(super) consent: [Option<bool>; 2],
    pub(super) synchronization: Option<bool>,
    pub(super) service_provider: Option<bool>,
}

impl Flags {
    pub(super) fn of(entry: &Partner) -> Self {
        let AutomaticConsent { inbound, outbound } = entry.automatic_consent;
        let synchronization = entry.synchronization.as_ref();
        Flags {
            trust: entry.trust.as_ref().map(|trust| {
                [
                    trust.mfa,
                    trust.compliant_device,
                    trust.hybrid_joined_device,
                ]
            }),
            consent: [inbound, outbound],
            synchronization: synchronization.and_then(|setting| setting.is_sync_allowed),
            service_provider: entry.is_service_provider,
        }
    }

    /// Only what can matter for that switch: then there are few to ask about.
    pub(super) fn relevant(&self, switch: Switch) -> Self {
        let nothing = Flags::default();
        match switch {
            Switch::MfaTrust | Switch::CompliantDeviceTrust | Switch::HybridJoinedDeviceTrust => {
                Flags {
                    trust: self.trust,
                    ..nothing
                }
            }
            Switch::RedemptionInbound | Switch::RedemptionOutbound => Flags {
                consent: self.consent,
                ..nothing
            },
            Switch::SynchronizationInbound => Flags {
                consent: self.consent,
                synchronization: self.synchronization,
                ..nothing
            },
            Switch::ServiceProviderInbound | Switch::ServiceProviderOutbound => Flags {
                service_provider: self.service_provider,
                ..nothing
            },
        }
    }

    fn entry(&self, tenant: TenantId) -> Partner {
        let [inbound, outbound] = self.consent;
        Partner {
            trust: self.trust.map(|[mfa, compliant, hybrid]| InboundTrust {
                mfa,
                compliant_device: compliant,
                hybrid_joined_device: hybrid,
                ..InboundTrust::default()
            }),
            automatic_consent: AutomaticConsent { inbound, outbound },
            synchronization: self.synchronization.map(|allowed| IdentitySynchronization {
                is_sync_allowed: Some(allowed),
                ..IdentitySynchronization::default()
            }),
            is_service_provider: self.service_provider,
            ..Partner::new(tenant)
        }
    }
}

/// Whether the switch is on, as far as the tenant's own settings go. With every block open, so that
/// a switch is one thing and a block another.
pub(super) fn is_on(two: &Two, policy: &Policy, entry: Option<&Flags>, switch: Switch) -> bool {
    let mut own = Policy {
        allowed_clouds: policy.allowed_clouds.clone(),
        ..Policy::default()
    };
    own.defaults.blocks = all(Access::Allowed);
    own.defaults.trust.clone_from(&policy.defaults.trust);
    if let Some(flags) = entry {
        own.partners.insert(flags.entry(two.other));
    }
    let mut world = two.world(own, Suites::default());
    match switch {
        Switch::MfaTrust => trusted(two, world, Control::Mfa),
        Switch::CompliantDeviceTrust => trusted(two, world, Control::CompliantDevice),
        Switch::HybridJoinedDeviceTrust => trusted(two, world, Control::HybridJoinedDevice),
        Switch::RedemptionInbound => redeemed(two, &mut world, two.other, two.own),
        Switch::RedemptionOutbound => redeemed(two, &mut world, two.own, two.other),
        Switch::SynchronizationInbound => synchronized(two, world),
        Switch::ServiceProviderInbound => provided(&world, two.other, two.own),
        Switch::ServiceProviderOutbound => provided(&world, two.own, two.other),
    }
}

fn visit(home: TenantId, resource: TenantId) -> SignIn {
    SignIn {
        journey: Journey::Collaboration,
        account: SignInAccount::Home {
            tenant: home,
            user: USER,
            groups: Some(BTreeSet::new()),
        },
        resource,
        client_app: None,
        resource_app: APPLICATION,
        claims: Claims::default(),
        consent_accepted: false,
        first_access: false,
        is_interactive: true,
        client_app_used: None,
        restrictions: None,
    }
}

/// Whether a sign-in passes that brings the claim from home to a tenant that asks for it.
fn trusted(two: &Two, mut world: World, control: Control) -> bool {
    if let Some(own) = world.tenants.get_mut(&two.own) {
        own.conditional_access = vec![ConditionalAccessPolicy {
            id: String::new(),
            display_name: None,
            state: PolicyState::Enabled,
            include_users: UserCondition {
                all: true,
                ..UserCondition::default()
            },
            exclude_users: UserCondition::default(),
            include_applications: ApplicationCondition {
                all: true,
                ..ApplicationCondition::default()
            },
            exclude_applications: ApplicationCondition::default(),
            operator: Operator::And,
            controls: vec![control],
            elsewhere: false,
            source: None,
        }];
    }
    let claims = Claims {
        mfa: true,
        device: Some(Device {
            is_compliant: true,
            is_hybrid_joined: true,
        }),
        ..Claims::default()
    };
    let visit = SignIn {
        claims,
        ..visit(two.other, two.own)
    };
    decide(&world, &visit).verdict == Verdict::Allow
}

/// The other side as it would be if it agreed to everything.
fn agreeing(two: &Two, world: &mut World) {
    let cloud = world.cloud(two.other).or_else(|| world.cloud(two.own));
    let cloud = cloud.unwrap_or(Cloud::Commercial);
    let mut policy = Policy {
        allowed_clouds: Cloud::ALL.to_vec(),
        ..Policy::default()
    };
    policy.defaults.blocks = all(Access::Allowed);
    policy.partners.insert(Partner {
        automatic_consent: AutomaticConsent {
            inbound: Some(true),
            outbound: Some(true),
        },
        ..Partner::new(two.own)
    });
    let other = Tenant {
        p1: true,
        policy: Some(policy),
        ..Tenant::registered(two.other, cloud)
    };
    world.tenants.insert(two.other, other);
}

/// The object of the user of the other tenant.
fn object(home: TenantId, redemption: RedemptionState) -> User {
    User {
        user_type: UserType::Guest,
        external: Some(External::Tenant {
            home_tenant: home,
            home_user: USER,
        }),
        redemption: Some(redemption),
        ..User::new(OBJECT)
    }
}

fn directory(world: &mut World, tenant: TenantId, user: User) {
    if let Some(tenant) = world.tenants.get_mut(&tenant) {
        tenant.directory = Some(Directory {
            users: [(user.id, user)].into_iter().collect(),
            ..Directory::default()
        });
    }
}

/// Whether a pending invitation is accepted without a question (S7.2).
fn redeemed(two: &Two, world: &mut World, home: TenantId, resource: TenantId) -> bool {
    agreeing(two, world);
    directory(
        world,
        resource,
        object(home, RedemptionState::PendingAcceptance),
    );
    decide(world, &visit(home, resource)).verdict == Verdict::Allow
}

/// Whether a user who has an object already is pushed (S12.4). Creating one passes the collaboration
/// blocks as well (S12.6), and these are told apart.
fn synchronized(two: &Two, mut world: World) -> bool {
    agreeing(two, &mut world);
    directory(&mut world, two.other, User::new(USER));
    directory(
        &mut world,
        two.own,
        object(two.other, RedemptionState::Accepted),
    );
    let request = SyncRequest {
        source: two.other,
        target: two.own,
        user: USER,
        scope: SyncScope {
            all: true,
            ..SyncScope::default()
        },
        user_type: UserType::Member,
        apply_user_type_always: false,
        delete_in_target: false,
        new_object: OBJECT,
    };
    synchronize(&world, &request).action == SyncAction::Update
}

/// Whether a service provider's user gets in (S8.12).
fn provided(world: &World, home: TenantId, resource: TenantId) -> bool {
    let visit = SignIn {
        journey: Journey::ServiceProvider,
        ..visit(home, resource)
    };
    decide(world, &visit).verdict == Verdict::Allow
}

/// Answers by question, so that each is put once.
#[derive(Default)]
pub(super) struct Asked {
    standings: HashMap<(Place, bool, BlockName), Standing>,
    switches: HashMap<(Place, Option<Flags>, Switch), bool>,
}

/// Before or after, and between which tenants, as far as that can matter beside the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Place {
    is_after: bool,
    cloud: Option<Cloud>,
    is_own: bool,
    is_personal: bool,
}

impl Place {
    fn new(two: &Two, is_after: bool) -> Self {
        Place {
            is_after,
            cloud: two.other_cloud,
            is_own: two.other == two.own,
            is_personal: two.other == MICROSOFT_ACCOUNTS,
        }
    }
}

impl Asked {
    pub(super) fn standing(
        &mut self,
        two: &Two,
        (is_after, policy): (bool, &Policy),
        listed: bool,
        name: BlockName,
    ) -> Standing {
        let key = (Place::new(two, is_after), listed, name);
        let answer = self.standings.entry(key);
        *answer.or_insert_with(|| standing(two, policy, listed, name))
    }

    pub(super) fn is_on(
        &mut self,
        two: &Two,
        (is_after, policy): (bool, &Policy),
        entry: Option<&Flags>,
        switch: Switch,
    ) -> bool {
        let entry = entry.map(|flags| flags.relevant(switch));
        let key = (Place::new(two, is_after), entry.clone(), switch);
        let answer = self.switches.entry(key);
        *answer.or_insert_with(|| is_on(two, policy, entry.as_ref(), switch))
    }
}
