//! What holds for every administrative request (S14, S16).

use std::collections::BTreeSet;

use comity_policy::administer::{Actor, ApplicationPermission, Operation, Outcome, administer};
use comity_policy::draft::{ConsentDraft, Patch, RedemptionDraft, TrustDraft, Written};
use comity_policy::effect::Effect;
use comity_policy::reason::Reason;
use comity_policy::resolve;
use comity_policy::role::Role;
use comity_policy::settings::{BlockName, InboundTrust, Partner};
use comity_policy::tenant::TenantId;
use comity_policy::world::{Storage, World};
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;

use crate::administration::administrator;
use crate::laws_block::written;
use crate::worlds::blocks::{PARTNER, any_block, block_for};
use crate::worlds::ids::{TENANTS, block_name, tenant_id};
use crate::worlds::known_world;

const OWNER: TenantId = TENANTS[0];
const OTHER: TenantId = TENANTS[1];

fn patched<T: std::fmt::Debug + Clone + 'static>(
    value: impl Strategy<Value = T> + 'static,
) -> BoxedStrategy<Patch<T>> {
    prop_oneof![
        1 => Just(Patch::Absent),
        1 => Just(Patch::Null),
        4 => value.prop_map(Patch::Value),
    ]
    .boxed()
}

/// A value or null: what a member that is there can say.
fn said<T: std::fmt::Debug + Clone + 'static>(
    value: impl Strategy<Value = T> + 'static,
) -> BoxedStrategy<Patch<T>> {
    prop_oneof![1 => Just(Patch::Null), 4 => value.prop_map(Patch::Value)].boxed()
}

fn trust_draft() -> impl Strategy<Value = TrustDraft> {
    let flag = || patched(any::<bool>());
    (flag(), flag(), flag()).prop_map(|(mfa, compliant_device, hybrid_joined_device)| TrustDraft {
        mfa,
        compliant_device,
        hybrid_joined_device,
        untreated: Vec::new(),
    })
}

fn consent_draft() -> impl Strategy<Value = ConsentDraft> {
    (patched(any::<bool>()), patched(any::<bool>()))
        .prop_map(|(inbound, outbound)| ConsentDraft { inbound, outbound })
}

/// Members of a partner entry, each at most once: blocks that can be stored, if `legal`.
fn members(legal: bool) -> BoxedStrategy<Vec<Written>> {
    let block = move |name| match legal {
        true => block_for(name, PARTNER),
        false => any_block().boxed(),
    };
    let blocks = BlockName::ALL.map(|name| {
        let draft = said(block(name).prop_map(|block| written(&block)));
        weighted(
            0.5,
            draft.prop_map(move |draft| Written::Block(name, draft)),
        )
    });
    let meetings = said(select(vec![
        "{}".to_owned(),
        "{\"inboundAllowed\":true}".to_owned(),
    ]));
    let parts = (
        blocks,
        weighted(0.5, said(trust_draft()).prop_map(Written::Trust)),
        weighted(0.5, said(consent_draft()).prop_map(Written::Consent)),
        weighted(
            0.3,
            meetings.prop_map(|json| {
                Written::Untreated("crossCloudMeetingConfiguration".to_owned(), json)
            }),
        ),
    );
    parts
        .prop_map(|(blocks, trust, consent, meetings)| {
            let rest = [trust, consent, meetings].into_iter().flatten();
            blocks.into_iter().flatten().chain(rest).collect()
        })
        .boxed()
}

/// Members of all kinds, right and wrong.
fn any_members() -> BoxedStrategy<Vec<Written>> {
    let odd = prop_oneof![
        2 => tenant_id().prop_map(|id| Written::TenantId(Patch::Value(id.to_string()))),
        1 => Just(Written::TenantId(Patch::Value("contoso.com".to_owned()))),
        1 => any::<bool>().prop_map(|value| Written::IsServiceProvider(Patch::Value(value))),
        1 => any::<bool>().prop_map(|value| Written::IsServiceDefault(Patch::Value(value))),
        1 => Just(Written::Redemption(Patch::Value(RedemptionDraft::default()))),
        1 => Just(Written::Clouds(Patch::Value(vec!["microsoftonline.us".to_owned()]))),
        1 => said(Just("name".to_owned())).prop_map(Written::DisplayName),
        1 => said(patched(any::<bool>())).prop_map(Written::SyncAllowed),
        1 => Just(Written::Unknown("b2bFoo".to_owned())),
    ];
    (members(false), weighted(0.6, odd))
        .prop_map(|(mut members, odd)| {
            members.extend(odd);
            members
        })
        .boxed()
}

fn operation() -> BoxedStrategy<Operation> {
    use Operation::*;
    let key = || weighted(0.95, tenant_id());
    let body = any_members;
    prop_oneof![
        Just(ReadPolicy),
        Just(ReadDefault),
        Just(ListPartners),
        key().prop_map(ReadPartner),
        key().prop_map(ReadSynchronization),
        body().prop_map(UpdatePolicy),
        body().prop_map(UpdateDefault),
        Just(ResetDefault),
        body().prop_map(AddPartner),
        (key(), body()).prop_map(|(key, body)| UpdatePartner(key, body)),
        key().prop_map(RemovePartner),
        (key(), body()).prop_map(|(key, body)| CreateSynchronization(key, body)),
        (key(), body()).prop_map(|(key, body)| UpdateSynchronization(key, body)),
        key().prop_map(RemoveSynchronization),
    ]
    .boxed()
}

fn actor() -> impl Strategy<Value = Actor> {
    let application = select(vec![
        ApplicationPermission::Read,
        ApplicationPermission::ReadWrite,
    ]);
    let roles = vec(select(Role::ALL.to_vec()), 0..3);
    (roles, weighted(0.2, application)).prop_map(|(roles, application)| Actor {
        roles: roles.into_iter().collect(),
        application,
        ..Actor::default()
    })
}

/// A world in which the owner has the licence and an entry for the other tenant.
fn with_entry() -> impl Strategy<Value = World> {
    let entry = crate::worlds::partner(OTHER);
    (known_world(), entry).prop_map(|(mut world, entry)| {
        let tenant = world.tenants.get_mut(&OWNER).expect("hosted");
        tenant.p1 = true;
        tenant
            .policy
            .as_mut()
            .expect("hosted")
            .partners
            .insert(entry);
        world
    })
}

fn ask(world: &World, operation: Operation) -> Outcome {
    administer(world, OWNER, &administrator(), &operation, &|_| 0)
}

/// The world after the request.
fn after(world: &World, outcome: &Outcome) -> World {
    let mut world = world.clone();
    world.apply(&outcome.effects);
    world
}

fn entry(world: &World) -> &Partner {
    world.policy(OWNER).unwrap().partners.get(OTHER).unwrap()
}

/// What a reader of the entry would send back.
fn echo(entry: &Partner) -> Vec<Written> {
    let flag = |flag: Option<bool>| flag.map_or(Patch::Null, Patch::Value);
    let trust = |trust: &InboundTrust| {
        Patch::Value(TrustDraft {
            mfa: flag(trust.mfa),
            compliant_device: flag(trust.compliant_device),
            hybrid_joined_device: flag(trust.hybrid_joined_device),
            untreated: Vec::new(),
        })
    };
    let blocks = BlockName::ALL.map(|name| {
        let block = entry.blocks.get(name).map(written);
        Written::Block(name, block.map_or(Patch::Null, Patch::Value))
    });
    let rest = [
        Written::TenantId(Patch::Value(entry.tenant.to_string())),
        Written::IsServiceProvider(flag(entry.is_service_provider)),
        Written::IsInMultiTenantOrganization(Patch::Value(entry.is_in_multitenant_organization)),
        Written::Trust(entry.trust.as_ref().map_or(Patch::Null, trust)),
        Written::Consent(Patch::Value(ConsentDraft {
            inbound: flag(entry.automatic_consent.inbound),
            outbound: flag(entry.automatic_consent.outbound),
        })),
        Written::Redemption(Patch::Null),
        Written::DisplayName(Patch::Null),
    ];
    blocks.into_iter().chain(rest).collect()
}

proptest! {
    #[test]
    fn a_request_does_all_of_it_or_nothing_and_says_which(
        mut world in known_world(),
        actor in actor(),
        operation in operation(),
        storage in select(vec![Storage::Scalable, Storage::Legacy, Storage::Migrating]),
        large: bool,
    ) {
        // S14.7, S14.13, S16.3, S14.15
        world.tenants.get_mut(&OWNER).unwrap().storage = storage;
        let bytes = if large { 25_601 } else { 25_600 };
        let outcome = administer(&world, OWNER, &actor, &operation, &|_| bytes);
        let done = outcome.reason == Reason::Ok;
        prop_assert_eq!(done, outcome.status < 300);
        prop_assert_eq!(outcome.reason == Reason::Forbidden, !outcome.missing.is_empty());
        prop_assert_eq!(outcome.effects.is_empty(), !done || operation.is_read());
        let failure = outcome.audit.as_ref().map(|entry| entry.failure);
        match (operation.is_read(), done) {
            (true, _) => prop_assert_eq!(failure, None),
            (false, true) => prop_assert_eq!(failure, Some(None)),
            (false, false) => {
                let leaves = comity_policy::audit::leaves_failure_row(outcome.reason);
                prop_assert_eq!(failure, leaves.then_some(Some(outcome.reason)));
                prop_assert!(outcome.warnings.is_empty() && outcome.answer.is_none());
            }
        }
        if !operation.is_read() && storage == Storage::Migrating {
            prop_assert!(!done);
        }
        // Nothing changes but the settings of the tenant: neither another tenant's, nor who may
        // invite, nor the domain list.
        let mut after = after(&world, &outcome);
        let written = outcome.effects.iter().all(|effect| {
            matches!(effect, Effect::PutPolicy { tenant, .. } if *tenant == OWNER)
        });
        prop_assert!(written);
        let before = world.policy(OWNER).cloned();
        after.tenants.get_mut(&OWNER).unwrap().policy = before;
        prop_assert_eq!(after, world);
    }

    #[test]
    fn sending_back_what_was_read_changes_nothing(world in with_entry()) {
        // S14.6, S14.7
        let body = echo(entry(&world));
        let outcome = ask(&world, Operation::UpdatePartner(Some(OTHER), body));
        prop_assert_eq!(outcome.reason, Reason::Ok);
        prop_assert_eq!(after(&world, &outcome), world);
    }

    #[test]
    fn a_change_and_the_change_back_is_nothing(world in with_entry(), body in members(true)) {
        // S14.7; members this text does not treat are compared elsewhere.
        let treated = |member: &Written| !matches!(member, Written::Untreated(..));
        let body: Vec<Written> = body.into_iter().filter(treated).collect();
        let change = ask(&world, Operation::UpdatePartner(Some(OTHER), body));
        // A merged block may contradict itself where neither part does.
        if change.reason != Reason::Ok { return Ok(()); }
        let changed = after(&world, &change);
        let back = ask(&changed, Operation::UpdatePartner(Some(OTHER), echo(entry(&world))));
        prop_assert_eq!(back.reason, Reason::Ok);
        let restored = after(&changed, &back);
        prop_assert_eq!(entry(&restored), entry(&world));
    }

    #[test]
    fn null_returns_each_property_to_inheritance(world in with_entry(), name in block_name()) {
        // S2.11, S14.7
        let body = vec![
            Written::Block(name, Patch::Null),
            Written::Trust(Patch::Null),
            Written::Consent(Patch::Null),
        ];
        let outcome = ask(&world, Operation::UpdatePartner(Some(OTHER), body));
        prop_assert_eq!(outcome.reason, Reason::Ok);
        let after = after(&world, &outcome);
        let policy = after.policy(OWNER).unwrap();
        let mut unlisted = policy.clone();
        unlisted.partners.remove(OTHER);
        prop_assert_eq!(resolve::block(policy, OTHER, name), resolve::block(&unlisted, OTHER, name));
        prop_assert_eq!(resolve::trust(policy, OTHER), resolve::trust(&unlisted, OTHER));
        prop_assert_eq!(resolve::automatic_consent(policy, OTHER).value, (false, false));
    }

    #[test]
    fn the_order_of_the_members_says_nothing(
        world in with_entry(),
        (body, shuffled) in any_members().prop_flat_map(|body| {
            (Just(body.clone()), Just(body).prop_shuffle())
        }),
        add: bool,
    ) {
        // S14.6: the reason is that of the law, not of the body.
        let operation = |body| match add {
            true => Operation::AddPartner(body),
            false => Operation::UpdatePartner(Some(OTHER), body),
        };
        let (one, other) = (ask(&world, operation(body)), ask(&world, operation(shuffled)));
        prop_assert_eq!((one.status, one.reason), (other.status, other.reason));
        prop_assert_eq!(one.warnings, other.warnings);
        prop_assert_eq!(one.audit, other.audit);
        prop_assert_eq!(one.effects, other.effects);
    }

    #[test]
    fn writing_a_property_twice_is_writing_it_once(world in with_entry(), body in members(true)) {
        // S14.7
        let operation = || Operation::UpdatePartner(Some(OTHER), body.clone());
        let first = ask(&world, operation());
        if first.reason != Reason::Ok { return Ok(()); }
        let once = after(&world, &first);
        let second = ask(&once, operation());
        prop_assert_eq!((second.reason, &second.warnings), (Reason::Ok, &first.warnings));
        prop_assert_eq!(after(&once, &second), once);
    }

    #[test]
    fn a_property_that_is_not_given_stays(world in with_entry(), body in members(true)) {
        // S14.7, S16.2: and the audit entry names exactly what was given.
        let outcome = ask(&world, Operation::UpdatePartner(Some(OTHER), body.clone()));
        if outcome.reason != Reason::Ok { return Ok(()); }
        let names: BTreeSet<String> = body
            .iter()
            .map(|member| match member {
                Written::Block(name, _) => name.to_string(),
                Written::Trust(_) => "inboundTrust".to_owned(),
                Written::Consent(_) => "automaticUserConsentSettings".to_owned(),
                Written::Untreated(name, _) => name.clone(),
                other => unreachable!("{other:?}"),
            })
            .collect();
        let modified = outcome.audit.clone().unwrap().modified;
        let listed: Vec<&str> = modified.iter().map(|property| property.name.as_str()).collect();
        prop_assert_eq!(listed, names.iter().map(String::as_str).collect::<Vec<_>>());
        let changed = after(&world, &outcome);
        let (before, after) = (entry(&world), entry(&changed));
        for name in BlockName::ALL.into_iter().filter(|name| !names.contains(name.as_str())) {
            prop_assert_eq!(after.blocks.get(name), before.blocks.get(name));
        }
        if !names.contains("inboundTrust") {
            prop_assert_eq!(&after.trust, &before.trust);
        }
        prop_assert_eq!(after.is_service_provider, before.is_service_provider);
        prop_assert_eq!(&after.synchronization, &before.synchronization);
    }

    #[test]
    fn adding_and_removing_an_organization_is_nothing(
        mut world in known_world(),
        body in members(true),
    ) {
        // S14.8, S14.9, S2.8
        let tenant = world.tenants.get_mut(&OWNER).unwrap();
        tenant.p1 = true;
        tenant.policy.as_mut().unwrap().partners.remove(OTHER);
        let mut body = body;
        body.push(Written::TenantId(Patch::Value(OTHER.to_string())));
        let added = ask(&world, Operation::AddPartner(body));
        if added.reason != Reason::Ok { return Ok(()); }
        let with = after(&world, &added);
        prop_assert!(with.policy(OWNER).unwrap().partners.get(OTHER).is_some());
        let removed = ask(&with, Operation::RemovePartner(Some(OTHER)));
        prop_assert_eq!(removed.status, 204);
        prop_assert_eq!(after(&with, &removed), world);
    }
}
