//! Everything that a row of the log may mean.
//!
//! Fred's object in Contoso opened the ERP. Which account at Fabrikam is it, and in which groups? If
//! Contoso's lists for Fabrikam name two people and a group, there are few cases that differ: one of
//! the people, in the group, neither. One of each is judged, and no more.

use std::collections::{BTreeMap, BTreeSet};

use policy::conditional_access::{Claims, ConditionalAccessPolicy, Control, Device};
use policy::resolve;
use policy::row::NO_USER;
use policy::settings::BlockName;
use policy::sign_in::Journey;
use policy::target::{GroupId, Scope, UserId, UserTarget, UsersHalf};
use policy::tenant::TenantId;
use policy::world::{External, World};
use signins::behaviour::TrustClaims;
use signins::direction::Direction;
use signins::event::CrossTenantAccess;
use signins::observation::Observation;

use super::{Asked, Replay, Unjudged};

/// An account that nobody has listed.
const ANYBODY: UserId = UserId::from_u128(0xffff_ffff_ffff_4fff_bfff_ffff_ffff_ffff);

/// Who it was, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Person {
    /// This account of the home tenant.
    Known(UserId),
    /// Some account of the home tenant.
    Some,
}

/// One case.
#[derive(Clone, Debug)]
pub(super) struct Possible {
    pub(super) journey: Journey,
    pub(super) user: UserId,
    /// `None`: the directory says.
    pub(super) groups: Option<Vec<GroupId>>,
    pub(super) claims: Claims,
}

impl Replay {
    pub(super) fn person(
        &self,
        direction: Direction,
        other: TenantId,
        observed: &Observation<'_>,
    ) -> Result<Person, Unjudged> {
        let stated = observed.user.filter(|user| *user != NO_USER);
        let guest = direction == Direction::Inbound
            && matches!(
                observed.access_type,
                None | Some(CrossTenantAccess::B2bCollaboration)
            );
        if !guest {
            return Ok(stated.map_or(Person::Some, Person::Known));
        }
        // In the resource tenant's log a guest goes by the object there (S15.2).
        let world = &self.now.world;
        let object = stated.and_then(|id| directory(world, self.local)?.users.get(&id));
        if let Some(External::Tenant { home_user, .. }) =
            object.and_then(|object| object.external.as_ref())
        {
            return Ok(Person::Known(*home_user));
        }
        let Some(directory) = directory(world, other) else {
            return Ok(Person::Some);
        };
        let name = observed.user_principal_name.unwrap_or_default();
        let mut called = directory.users.values().filter(|user| {
            let theirs = &user.user_principal_name;
            theirs.eq_ignore_ascii_case(name)
        });
        match (called.next(), called.next()) {
            (Some(account), None) => Ok(Person::Known(account.id)),
            _ => Err(Unjudged::AccountUnknown),
        }
    }

    /// The cases, on that way.
    pub(super) fn possible(&self, asked: &Asked, journey: Journey) -> Vec<Possible> {
        let (home, resource) = asked.ends(self.local);
        let lists = self.lists(home, resource, journey);
        let people = match asked.person {
            Person::Known(user) => vec![user],
            Person::Some => some_account(&lists),
        };
        let directory = directory(&self.now.world, home);
        let stated = self.claims(asked, resource);
        let mut all = Vec::new();
        for user in &people {
            let known = directory.is_some_and(|directory| {
                let account = directory.users.get(user);
                account.is_none_or(|account| account.groups.is_some())
            });
            let groups: Vec<Option<Vec<GroupId>>> = match known {
                true => vec![None],
                false => some_groups(&lists).into_iter().map(Some).collect(),
            };
            for groups in &groups {
                for carried in &stated {
                    all.push(Possible {
                        journey,
                        user: *user,
                        groups: groups.clone(),
                        claims: carried.clone(),
                    });
                }
            }
        }
        all
    }

    /// The users halves that are asked on that way, in either state.
    fn lists(&self, home: TenantId, resource: TenantId, journey: Journey) -> Vec<UsersHalf> {
        let (outbound, inbound) = match journey {
            Journey::Collaboration => (
                BlockName::B2bCollaborationOutbound,
                BlockName::B2bCollaborationInbound,
            ),
            Journey::DirectConnect => (
                BlockName::B2bDirectConnectOutbound,
                BlockName::B2bDirectConnectInbound,
            ),
            Journey::ServiceProvider => return Vec::new(),
        };
        let mut lists: Vec<UsersHalf> = Vec::new();
        for state in [&self.now, &self.draft] {
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

    /// The groups that Conditional Access of that tenant means.
    pub(super) fn conditions(&self, tenant: TenantId) -> BTreeSet<GroupId> {
        let tenant = self.draft.world.tenant(tenant);
        let policies = tenant.into_iter().flat_map(|t| &t.conditional_access);
        let deciding = policies.filter(|policy| policy.decides());
        let groups = deciding.flat_map(|policy| {
            let conditions = [&policy.include_users, &policy.exclude_users];
            conditions.into_iter().flat_map(|users| &users.groups)
        });
        groups.copied().collect()
    }

    /// Whom those halves name.
    pub(super) fn listed(
        &self,
        home: TenantId,
        resource: TenantId,
        journey: Journey,
    ) -> Vec<UserTarget> {
        let lists = self.lists(home, resource, journey).into_iter();
        let targets = lists.map(|half| match half.scope {
            Scope::All => Vec::new(),
            Scope::Only(targets) => targets.as_slice().to_vec(),
        });
        targets.flatten().collect()
    }

    /// What the sign-in may have carried: what the log states, and more where Conditional Access of
    /// the resource tenant asks for it, with either state.
    fn claims(&self, asked: &Asked, resource: TenantId) -> Vec<Claims> {
        let worlds = [&self.now.world, &self.draft.world];
        let tenants = worlds.iter().filter_map(|world| world.tenant(resource));
        let policies = tenants.flat_map(|tenant| &tenant.conditional_access);
        let deciding: Vec<&ConditionalAccessPolicy> =
            policies.filter(|policy| policy.decides()).collect();
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
        let stated = asked.claims;
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
        vary(&mut all, &methods, |claims, methods| {
            claims.methods = methods.iter().copied().cloned().collect();
        });
        vary(&mut all, &methods, |claims, methods| {
            claims.resource_methods = methods.iter().copied().cloned().collect();
        });
        all
    }
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

fn directory(world: &World, tenant: TenantId) -> Option<&policy::world::Directory> {
    world.tenant(tenant)?.directory.as_ref()
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
