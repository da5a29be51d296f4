//! Invented blocks, and which of them can be stored.

use comity_policy::settings::{Block, BlockName, CompleteBlock};
use comity_policy::target::{
    Access, ApplicationTarget, ApplicationsHalf, Half, Scope, Targets, UserTarget, UsersHalf,
};
use comity_policy::validate::{self, Place};
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;

use super::ids::{GROUPS, application, user_id};

pub(crate) fn access() -> impl Strategy<Value = Access> {
    prop_oneof![3 => Just(Access::Allowed), 2 => Just(Access::Blocked)]
}

pub(crate) fn user_target() -> impl Strategy<Value = UserTarget> {
    prop_oneof![
        user_id().prop_map(UserTarget::User),
        select(GROUPS.to_vec()).prop_map(UserTarget::Group),
    ]
}

pub(crate) fn application_target() -> impl Strategy<Value = ApplicationTarget> {
    prop_oneof![
        4 => application().prop_map(ApplicationTarget::Application),
        1 => Just(ApplicationTarget::Office365),
        1 => Just(ApplicationTarget::AllMicrosoftApps),
    ]
}

fn scope<T: Clone + std::fmt::Debug + 'static>(
    target: impl Strategy<Value = T> + 'static,
) -> BoxedStrategy<Scope<T>> {
    let listed = vec(target, 0..4);
    listed
        .prop_map(|targets| Targets::new(targets).map_or(Scope::All, Scope::Only))
        .boxed()
}

pub(crate) fn users_half() -> impl Strategy<Value = UsersHalf> {
    (access(), scope(user_target())).prop_map(|(access, scope)| Half { access, scope })
}

pub(crate) fn applications_half() -> impl Strategy<Value = ApplicationsHalf> {
    (access(), scope(application_target())).prop_map(|(access, scope)| Half { access, scope })
}

/// A block, perhaps half of one, perhaps one that contradicts itself.
pub(crate) fn any_block() -> impl Strategy<Value = Block> {
    prop_oneof![
        6 => (users_half(), applications_half()).prop_map(|(users, apps)| (Some(users), Some(apps))),
        1 => users_half().prop_map(|users| (Some(users), None)),
        1 => applications_half().prop_map(|applications| (None, Some(applications))),
    ]
    .prop_map(|(users, applications)| Block {
        users,
        applications,
    })
}

fn selects_users(block: &Block) -> bool {
    let half = block.users.as_ref();
    half.is_some_and(|half| !half.scope.is_all())
}

fn names_all_microsoft_apps(block: &Block) -> bool {
    let scope = block.applications.as_ref().map(|half| &half.scope);
    let Some(Scope::Only(targets)) = scope else {
        return false;
    };
    let mut targets = targets.as_slice().iter();
    targets.any(|target| *target == ApplicationTarget::AllMicrosoftApps)
}

/// Whether users cannot be named there (S4.8).
fn is_for_all_users(name: BlockName, place: Place) -> bool {
    let outbound = matches!(
        name,
        BlockName::B2bCollaborationOutbound | BlockName::B2bDirectConnectOutbound
    );
    place == Place::Default && !outbound
}

/// Whether the block could have been stored there (S4).
pub(crate) fn can_be_stored(name: BlockName, place: Place, block: &Block) -> bool {
    let users_refused = is_for_all_users(name, place) && selects_users(block);
    let suite_refused = name == BlockName::TenantRestrictions && names_all_microsoft_apps(block);
    let contradictions = validate::contradictions(name, place, &block.complete());
    !users_refused && !suite_refused && contradictions.is_empty()
}

/// A block of that name that can be stored there: what cannot is mended.
pub(crate) fn block_for(name: BlockName, place: Place) -> BoxedStrategy<Block> {
    any_block()
        .prop_map(move |mut block| {
            if is_for_all_users(name, place)
                && let Some(half) = &mut block.users
            {
                half.scope = Scope::All;
            }
            if name == BlockName::TenantRestrictions && names_all_microsoft_apps(&block) {
                block.applications = None;
                block.users.get_or_insert(Half::all(Access::Allowed));
            }
            match can_be_stored(name, place, &block) {
                true => block,
                false => CompleteBlock::all(Access::Blocked).into(),
            }
        })
        .boxed()
}

pub(super) fn blocks(place: Place) -> impl Strategy<Value = [Option<Block>; 5]> {
    BlockName::ALL.map(|name| weighted(0.4, block_for(name, place)))
}

/// Where partner entries of these worlds are: in one cloud.
pub(crate) const PARTNER: Place = Place::Partner {
    other_cloud: false,
    microsoft_accounts: false,
};
