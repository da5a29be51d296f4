//! Settings, drawn at random.

use policy::settings::{
    AutomaticConsent, Block, BlockName, Blocks, Defaults, FallbackIdentityProvider,
    IdentitySynchronization, InboundTrust, Partner, Partners, Policy, PrimaryIdentityProvider,
    RedemptionOrder, Untreated,
};
use policy::target::{Access, ApplicationTarget, Half, Scope, Targets, UserTarget};
use policy::tenant::{Cloud, PolicyId};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::{application_id, bits, flag, group_id, name, tenant_id, user_id};

fn half<T: std::fmt::Debug + Clone + 'static>(
    target: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = Half<T>> {
    let scope = option::of(vec(target, 1..4)).prop_map(|targets| {
        let targets = targets.and_then(Targets::new);
        targets.map_or(Scope::All, Scope::Only)
    });
    (select(vec![Access::Allowed, Access::Blocked]), scope)
        .prop_map(|(access, scope)| Half { access, scope })
}

fn block(name: BlockName) -> impl Strategy<Value = Block> {
    let user = prop_oneof![
        user_id().prop_map(UserTarget::User),
        group_id().prop_map(UserTarget::Group),
    ];
    let suite = match name {
        // S4.6
        BlockName::TenantRestrictions => ApplicationTarget::Office365,
        _ => ApplicationTarget::AllMicrosoftApps,
    };
    let application = prop_oneof![
        application_id().prop_map(ApplicationTarget::Application),
        Just(suite),
        Just(ApplicationTarget::Office365),
    ];
    (option::of(half(user)), option::of(half(application)))
        .prop_filter("a block says something", |(users, applications)| {
            users.is_some() || applications.is_some()
        })
        .prop_map(|(users, applications)| Block {
            users,
            applications,
        })
}

pub(super) fn blocks() -> impl Strategy<Value = Blocks> {
    BlockName::ALL
        .map(|name| option::weighted(0.3, block(name)).boxed())
        .prop_map(|drawn| {
            let mut blocks = Blocks::default();
            for (name, block) in BlockName::ALL.into_iter().zip(drawn) {
                blocks.set(name, block);
            }
            blocks
        })
}

pub(super) fn trust() -> impl Strategy<Value = InboundTrust> {
    let untreated = untreated("isCompliantNetworkAccepted");
    (flag(), flag(), flag(), untreated).prop_map(|(mfa, compliant, hybrid, untreated)| {
        InboundTrust {
            mfa,
            compliant_device: compliant,
            hybrid_joined_device: hybrid,
            untreated,
        }
    })
}

pub(super) fn consent() -> impl Strategy<Value = AutomaticConsent> {
    (flag(), flag()).prop_map(|(inbound, outbound)| AutomaticConsent { inbound, outbound })
}

fn defaults() -> impl Strategy<Value = Defaults> {
    let order = (
        subsequence(PrimaryIdentityProvider::ALL.to_vec(), 0..=3).prop_shuffle(),
        select(FallbackIdentityProvider::ALL.to_vec()),
    )
        .prop_map(|(primary, fallback)| RedemptionOrder { primary, fallback });
    let written = (
        (blocks(), option::of(trust()), option::of(order)),
        untreated("protectedContentSharing"),
    );
    prop_oneof![
        Just(Defaults::default()),
        written.prop_map(|((blocks, trust, redemption), untreated)| Defaults {
            customized: true,
            blocks,
            trust,
            redemption,
            untreated,
        }),
    ]
}

fn synchronization() -> impl Strategy<Value = IdentitySynchronization> {
    let parts = (option::of(name()), flag(), untreated("groupSyncInbound"));
    parts.prop_map(
        |(display_name, is_sync_allowed, untreated)| IdentitySynchronization {
            display_name,
            is_sync_allowed,
            untreated,
        },
    )
}

fn partner() -> impl Strategy<Value = Partner> {
    (
        (tenant_id(), flag(), any::<bool>()),
        (blocks(), option::of(trust()), consent()),
        option::of(synchronization()),
        untreated("crossCloudMeetingConfiguration"),
    )
        .prop_map(
            |((tenant, provider, in_mto), settings, synchronization, untreated)| {
                let (blocks, trust, automatic_consent) = settings;
                Partner {
                    tenant,
                    is_service_provider: provider,
                    is_in_multitenant_organization: in_mto,
                    blocks,
                    trust,
                    automatic_consent,
                    synchronization,
                    untreated,
                }
            },
        )
}

/// Members of an import: known to Graph, annotations, and what Graph will say next year.
fn untreated(known: &'static str) -> impl Strategy<Value = Untreated> {
    let names = vec![
        "@odata.etag",
        "inboundTrust@odata.type",
        "futureMember",
        known,
    ];
    let texts = vec!["null", "{\"a\":[1,2.5,\"x\"]}", "\"Zürich\"", "{}"];
    vec((select(names), select(texts)), 0..3).prop_map(|members| {
        let mut untreated = Untreated::default();
        for (name, json) in members {
            untreated.set(name, json.to_owned());
        }
        untreated
    })
}

/// The settings of any tenant; the entry for the own tenant is left out by whoever uses them.
pub(super) fn policy() -> impl Strategy<Value = Policy> {
    (
        option::of(bits()),
        option::of(name()),
        subsequence(Cloud::ALL.to_vec(), 0..=2),
        (defaults(), untreated("partners@odata.context")),
        vec(partner(), 0..4),
    )
        .prop_map(|(id, display_name, allowed_clouds, rest, entries)| {
            let mut partners = Partners::default();
            for entry in entries {
                partners.insert(entry);
            }
            Policy {
                id: id.map(PolicyId::from_u128),
                display_name,
                allowed_clouds,
                defaults: rest.0,
                partners,
                untreated: rest.1,
            }
        })
}
