//! Few ids, so that collisions are common: the same number names a tenant, a user, a group and an
//! application, and some numbers fall into the same place of every hash table.

use comity_policy::target::{ApplicationId, GroupId, UserId};
use comity_policy::tenant::{MICROSOFT_ACCOUNTS, PolicyId, TenantId};

use super::choices::Choices;

/// With this upper half every digest of the compiled evaluator is the same.
const COLLIDING: u128 = 0xD6E8_FEB8_6659_FD93 << 64;

/// Ids of any kind, the simplest first.
const NUMBERS: [u128; 8] = [
    1,
    2,
    3,
    4,
    0,
    COLLIDING | 1,
    COLLIDING | 2,
    0x0c00_0000_0000_4000_8000_0000_0000_0001,
];

pub(crate) const HOME: TenantId = TenantId::from_u128(1);
pub(crate) const RESOURCE: TenantId = TenantId::from_u128(2);
pub(crate) const THIRD: TenantId = TenantId::from_u128(3);
/// In no world.
pub(crate) const NOBODY: TenantId = TenantId::from_u128(COLLIDING | 9);

pub(crate) const TENANTS: [TenantId; 4] = [HOME, RESOURCE, THIRD, MICROSOFT_ACCOUNTS];

/// The first ones more often, so that what a sign-in names is likely to exist.
fn number(choices: &mut Choices) -> u128 {
    let (a, b) = (choices.below(NUMBERS.len()), choices.below(NUMBERS.len()));
    NUMBERS[a.min(b)]
}

/// A number from a longer range, for lists that need more than one bucket.
fn from_many(choices: &mut Choices) -> u128 {
    match choices.below(3) {
        0 => number(choices),
        1 => choices.below(200) as u128,
        _ => COLLIDING | choices.below(200) as u128,
    }
}

pub(crate) fn tenant(choices: &mut Choices) -> TenantId {
    match choices.percent(4) {
        true => NOBODY,
        false => choices.one(&TENANTS),
    }
}

pub(crate) fn policy_id(choices: &mut Choices) -> PolicyId {
    PolicyId::from_u128(choices.one(&NUMBERS[..3]))
}

pub(crate) fn user(choices: &mut Choices) -> UserId {
    UserId::from_u128(number(choices))
}

pub(crate) fn group(choices: &mut Choices) -> GroupId {
    GroupId::from_u128(number(choices))
}

pub(crate) fn app(choices: &mut Choices) -> ApplicationId {
    ApplicationId::from_u128(number(choices))
}

pub(crate) fn any_user(choices: &mut Choices) -> UserId {
    UserId::from_u128(from_many(choices))
}

pub(crate) fn any_group(choices: &mut Choices) -> GroupId {
    GroupId::from_u128(from_many(choices))
}

pub(crate) fn any_app(choices: &mut Choices) -> ApplicationId {
    ApplicationId::from_u128(from_many(choices))
}
