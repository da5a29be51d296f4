//! Everything that a row of the log may mean.
//!
//! Fred's object in Contoso opened the ERP. Which account at Fabrikam is it, and in which groups? If
//! Contoso's lists for Fabrikam name two people and a group, there are few cases that differ: one of
//! the people, in the group, neither. One of each is judged, and no more. What these cases are depends on
//! the two tenants and the direction, and is found out once for each.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use hashbrown::{HashMap, HashSet};
use policy::conditional_access::{Claims, ConditionalAccessPolicy, Control, Device};
use policy::resolve;
use policy::settings::BlockName;
use policy::sign_in::Journey;
use policy::target::{GroupId, Scope, UserId, UserTarget, UsersHalf};
use policy::tenant::TenantId;
use signins::behaviour::TrustClaims;

use super::asked::{Asked, Person};
use super::{Replay, alike, directory};

/// An account that nobody has listed.
const ANYBODY: UserId = UserId::from_u128(0xffff_ffff_ffff_4fff_bfff_ffff_ffff_ffff);

/// One case.
#[derive(Clone, Debug)]
pub(super) struct Possible {
    pub(super) journey: Journey,
    pub(super) user: UserId,
    /// `None`: the directory says.
    pub(super) groups: Option<Vec<GroupId>>,
    pub(super) claims: Claims,
}

/// What is known of sign-ins of one direction with one tenant.
pub(super) struct Lane {
    /// Both states say the same.
    pub(super) alike: bool,
    home: TenantId,
    resource: TenantId,
    /// Whom settings and conditions name. Where no directory is known, all others are alike.
    listed: Option<HashSet<UserId>>,
    ways: OnceCell<[Way; 2]>,
    carried: HashMap<TrustClaims, Vec<Claims>>,
}

/// The same for one way of access.
struct Way {
    /// Whom the lists name.
    targets: Vec<UserTarget>,
    /// One account for each way of being listed.
    people: Vec<UserId>,
    /// One set of groups for each way of being in some of them.
    groups: Vec<Vec<GroupId>>,
}

impl Lane {
    pub(super) fn new(replay: &Replay, asked: &Asked) -> Self {
        let (home, resource) = asked.ends(replay.local);
        let (now, draft) = (&replay.now().world, &replay.draft().world);
        let blind = [now, draft].iter().all(|world| {
            let ends = [home, resource];
            ends.iter()
                .all(|tenant| directory(world, *tenant).is_none())
        });
        let mut lane = Lane {
            alike: alike::towards(now, draft, replay.local, asked.other),
            home,
            resource,
            listed: None,
            ways: OnceCell::new(),
            carried: HashMap::new(),
        };
        if blind && !lane.alike {
            let ways = lane.ways(replay).iter();
            let targets = ways.flat_map(|way| &way.targets);
            let users = targets.filter_map(|target| match target {
                UserTarget::User(user) => Some(*user),
                UserTarget::Group(_) => None,
            });
            let mut listed: HashSet<UserId> = users.collect();
            let conditions = deciding(replay, resource)
                .flat_map(|policy| [&policy.include_users, &policy.exclude_users]);
            listed.extend(conditions.flat_map(|users| users.users.iter().copied()));
            lane.listed = Some(listed);
        }
        lane
    }

    /// The question that has the same answer and is put most often; `None` where that of everybody may
    /// differ.
    pub(super) fn common(&self, asked: &Asked) -> Option<Asked> {
        match asked.person {
            Person::Some => Some(*asked),
            Person::Known(user) => {
                let listed = self.listed.as_ref()?;
                let user = if listed.contains(&user) {
                    user
                } else {
                    ANYBODY
                };
                Some(Asked {
                    person: Person::Known(user),
                    ..*asked
                })
            }
        }
    }

    /// Whom the lists name that are asked on that way.
    pub(super) fn listed(&self, replay: &Replay, journey: Journey) -> &[UserTarget] {
        self.way(replay, journey)
            .map_or(&[], |way| way.targets.as_slice())
    }

    /// The cases, on that way.
    pub(super) fn possible(
        &mut self,
        replay: &Replay,
        asked: &Asked,
        journey: Journey,
    ) -> Vec<Possible> {
        self.carry(replay, asked.claims);
        let way = self.way(replay, journey);
        let known;
        let people: &[UserId] = match asked.person {
            Person::Known(user) => {
                known = [user];
                &known
            }
            Person::Some => way.map_or(&[ANYBODY], |way| &way.people),
        };
        let carried = self.carried.get(&asked.claims);
        let mut all = Vec::new();
        for user in people {
            let groups = self.groups(replay, way, *user);
            for groups in &groups {
                for claims in carried.into_iter().flatten() {
                    all.push(Possible {
                        journey,
                        user: *user,
                        groups: groups.map(<[GroupId]>::to_vec),
                        claims: claims.clone(),
                    });
                }
            }
        }
        all
    }

    /// The groups that an account may be in; `None`: the directory says.
    fn groups<'a>(
        &self,
        replay: &Replay,
        way: Option<&'a Way>,
        user: UserId,
    ) -> Vec<Option<&'a [GroupId]>> {
        let known = || {
            let directory = directory(&replay.now().world, self.home);
            directory.is_some_and(|directory| {
                let account = directory.users.get(&user);
                account.is_none_or(|account| account.groups.is_some())
            })
        };
        let known = (self.home == replay.local && replay.own().knows_groups) || known();
        match (known, way) {
            (true, _) => vec![None],
            (false, None) => vec![Some(&[])],
            (false, Some(way)) => way.groups.iter().map(|set| Some(set.as_slice())).collect(),
        }
    }

    /// The only case there is, if there is only one.
    pub(super) fn only(
        &mut self,
        replay: &Replay,
        asked: &Asked,
    ) -> Option<(Journey, UserId, Option<&[GroupId]>, &Claims)> {
        let [journey] = asked.journeys() else {
            return None;
        };
        self.carry(replay, asked.claims);
        let way = self.way(replay, *journey);
        let user = match (asked.person, way) {
            (Person::Known(user), _) => user,
            (Person::Some, None) => ANYBODY,
            (Person::Some, Some(way)) => match way.people.as_slice() {
                [user] => *user,
                _ => return None,
            },
        };
        let groups = match self.groups(replay, way, user).as_slice() {
            [groups] => *groups,
            _ => return None,
        };
        match self.carried.get(&asked.claims)?.as_slice() {
            [claims] => Some((*journey, user, groups, claims)),
            _ => None,
        }
    }

    fn carry(&mut self, replay: &Replay, stated: TrustClaims) {
        let (home, resource) = (self.home, self.resource);
        let carried = self.carried.entry(stated);
        carried.or_insert_with(|| Lane::claims(replay, stated, home, resource));
    }

    fn way(&self, replay: &Replay, journey: Journey) -> Option<&Way> {
        let [collaboration, direct_connect] = self.ways(replay);
        match journey {
            Journey::Collaboration => Some(collaboration),
            Journey::DirectConnect => Some(direct_connect),
            Journey::ServiceProvider => None,
        }
    }

    fn ways(&self, replay: &Replay) -> &[Way; 2] {
        let way = |outbound, inbound| {
            let lists = self.lists(replay, outbound, inbound);
            Way {
                targets: named_by(&lists),
                people: some_account(&lists),
                groups: some_groups(&lists),
            }
        };
        self.ways.get_or_init(|| {
            [
                way(
                    BlockName::B2bCollaborationOutbound,
                    BlockName::B2bCollaborationInbound,
                ),
                way(
                    BlockName::B2bDirectConnectOutbound,
                    BlockName::B2bDirectConnectInbound,
                ),
            ]
        })
    }

    /// The users halves that are asked on that way, in either state.
    fn lists(&self, replay: &Replay, outbound: BlockName, inbound: BlockName) -> Vec<UsersHalf> {
        let (home, resource) = (self.home, self.resource);
        let mut lists: Vec<UsersHalf> = Vec::new();
        for state in [replay.now(), replay.draft()] {
            for (tenant, partner, name) in [(home, resource, outbound), (resource, home, inbound)] {
                let policy = state.world.policy(tenant);
                let half = policy.map(|policy| resolve::block(policy, partner, name).value.users);
                if let Some(half) = half
                    && !lists.contains(&half)
                {
                    lists.push(half);
                }
            }
        }
        lists
    }

    /// What the sign-in may have carried: what the log states, and more where Conditional Access of
    /// the resource tenant asks for it, with either state. What a home elsewhere has vouched for no log
    /// states; it matters where the resource tenant has agreed not to ask (S7.2).
    fn claims(
        replay: &Replay,
        stated: TrustClaims,
        home: TenantId,
        resource: TenantId,
    ) -> Vec<Claims> {
        let deciding: Vec<&ConditionalAccessPolicy> = deciding(replay, resource).collect();
        let controls = || deciding.iter().flat_map(|policy| &policy.controls);
        let mut strengths: BTreeMap<&String, Named> = BTreeMap::new();
        for (place, control) in controls().enumerate() {
            if let Control::Strength(methods) = control {
                for method in methods {
                    *strengths.entry(method).or_default() |= bit(place);
                }
            }
        }
        let methods = unions(strengths);
        let any = |of: fn(&Control) -> bool| controls().any(of);
        let mfa = any(|control| matches!(control, Control::Mfa | Control::Strength(_)));
        let device = any(|control| {
            matches!(
                control,
                Control::CompliantDevice | Control::HybridJoinedDevice
            )
        });
        let terms = any(|control| *control == Control::TermsOfUse);
        let ways = |open: bool, stated: bool| match (stated, open) {
            (true, _) => &[true][..],
            (false, true) => &[false, true],
            (false, false) => &[false],
        };
        let mut all = vec![Claims {
            mfa: stated.mfa,
            ..Claims::default()
        }];
        vary(&mut all, ways(mfa, stated.mfa), |claims, mfa| {
            claims.mfa = *mfa;
        });
        vary(&mut all, &devices(stated, device), |claims, device| {
            claims.device.clone_from(device);
        });
        vary(&mut all, ways(mfa, false), |claims, mfa| {
            claims.resource_mfa = *mfa;
        });
        vary(&mut all, ways(terms, false), |claims, accepted| {
            claims.terms_accepted = *accepted;
        });
        let vouched = [replay.now(), replay.draft()].iter().any(|state| {
            let policy = state.world.policy(resource);
            let agreed =
                policy.is_some_and(|policy| resolve::automatic_consent(policy, home).value.0);
            agreed && state.world.policy(home).is_none()
        });
        vary(&mut all, ways(vouched, false), |claims, consent| {
            claims.outbound_consent = *consent;
        });
        vary(&mut all, &methods, |claims, methods| {
            claims.methods = methods.iter().copied().cloned().collect();
        });
        vary(&mut all, &methods, |claims, methods| {
            claims.resource_methods = methods.iter().copied().cloned().collect();
        });
        all
    }
}

/// The groups that Conditional Access of that tenant means, with the draft.
pub(super) fn conditions(replay: &Replay, tenant: TenantId) -> BTreeSet<GroupId> {
    let tenant = replay.draft().world.tenant(tenant);
    let policies = tenant.into_iter().flat_map(|t| &t.conditional_access);
    let deciding = policies.filter(|policy| policy.decides());
    let groups = deciding.flat_map(|policy| {
        let conditions = [&policy.include_users, &policy.exclude_users];
        conditions.into_iter().flat_map(|users| &users.groups)
    });
    groups.copied().collect()
}

/// The policies of Conditional Access that decide in that tenant, in either state.
fn deciding(
    replay: &Replay,
    tenant: TenantId,
) -> impl Iterator<Item = &ConditionalAccessPolicy> + use<'_> {
    let worlds = [&replay.now().world, &replay.draft().world];
    let tenants = worlds
        .into_iter()
        .filter_map(move |world| world.tenant(tenant));
    let policies = tenants.flat_map(|tenant| &tenant.conditional_access);
    policies.filter(|policy| policy.decides())
}

/// Whom those halves name.
fn named_by(lists: &[UsersHalf]) -> Vec<UserTarget> {
    let targets = lists.iter().map(|half| match &half.scope {
        Scope::All => Vec::new(),
        Scope::Only(targets) => targets.as_slice().to_vec(),
    });
    targets.flatten().collect()
}

/// What may have been known about the device: whatever is more than what is stated, if it is asked for.
fn devices(stated: TrustClaims, asked_for: bool) -> Vec<Option<Device>> {
    let known = |is_compliant, is_hybrid_joined| {
        Some(Device {
            is_compliant,
            is_hybrid_joined,
        })
    };
    let (compliant, hybrid) = (stated.compliant_device, stated.hybrid_joined_device);
    match (asked_for, compliant, hybrid) {
        (false, false, false) => vec![None],
        (false, ..) | (true, true, true) => vec![known(compliant, hybrid)],
        (true, true, false) => vec![known(true, false), known(true, true)],
        (true, false, true) => vec![known(false, true), known(true, true)],
        (true, false, false) => vec![
            None,
            known(false, false),
            known(true, false),
            known(false, true),
            known(true, true),
        ],
    }
}

/// Each of them in each of these ways.
fn vary<T>(all: &mut Vec<Claims>, ways: &[T], set: impl Fn(&mut Claims, &T)) {
    let varied = all.iter().flat_map(|claims| {
        let set = &set;
        ways.iter().map(move |way| {
            let mut claims = claims.clone();
            set(&mut claims, way);
            claims
        })
    });
    *all = varied.collect();
}

/// By which of some lists something is named: a bit for each.
type Named = u64;

fn bit(place: usize) -> Named {
    1 << place.min(63)
}

fn named<'a, T: Ord + Copy>(
    lists: &'a [UsersHalf],
    pick: impl Fn(&UserTarget) -> Option<T> + 'a,
) -> BTreeMap<T, Named> {
    let mut named: BTreeMap<T, Named> = BTreeMap::new();
    for (place, half) in lists.iter().enumerate() {
        if let Scope::Only(targets) = &half.scope {
            for target in targets.as_slice().iter().filter_map(&pick) {
                *named.entry(target).or_default() |= bit(place);
            }
        }
    }
    named
}

/// Somebody nobody has listed, and one account for each way of being listed.
fn some_account(lists: &[UsersHalf]) -> Vec<UserId> {
    let users = named(lists, |target| match target {
        UserTarget::User(user) => Some(*user),
        UserTarget::Group(_) => None,
    });
    let mut classes: BTreeMap<Named, UserId> = BTreeMap::from([(0, ANYBODY)]);
    for (user, by) in users {
        classes.entry(by).or_insert(user);
    }
    classes.into_values().collect()
}

/// No group, and one set of groups for each way of being in some that are listed.
fn some_groups(lists: &[UsersHalf]) -> Vec<Vec<GroupId>> {
    unions(named(lists, |target| match target {
        UserTarget::Group(group) => Some(*group),
        UserTarget::User(_) => None,
    }))
}

/// None of them, and one set for each way in which several together can be named. Those that are named
/// alike are in a set together.
fn unions<T: Ord + Copy>(named: BTreeMap<T, Named>) -> Vec<Vec<T>> {
    let mut classes: BTreeMap<Named, Vec<T>> = BTreeMap::new();
    for (one, by) in named {
        classes.entry(by).or_default().push(one);
    }
    let mut sets: BTreeMap<Named, Vec<T>> = BTreeMap::from([(0, Vec::new())]);
    for (by, class) in classes {
        let new = sets
            .iter()
            .filter(|(named, _)| !sets.contains_key(&(*named | by)));
        let with = new.map(|(named, set)| (*named | by, [set.as_slice(), &class].concat()));
        let with: Vec<(Named, Vec<T>)> = with.collect();
        sets.extend(with);
    }
    sets.into_values().collect()
}
