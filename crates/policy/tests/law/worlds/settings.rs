//! Invented settings, such as could have been stored.

use comity_policy::settings::{
    AutomaticConsent, BlockName, Defaults, InboundTrust, Partner, Policy,
};
use comity_policy::tenant::{Cloud, TenantId};
use comity_policy::validate::Place;
use proptest::option::weighted;
use proptest::prelude::*;

use super::blocks::{PARTNER, blocks};
use super::ids::{TENANTS, policy_id};

pub(crate) fn trust() -> impl Strategy<Value = InboundTrust> {
    let flag = || weighted(0.7, any::<bool>());
    (flag(), flag(), flag()).prop_map(|(mfa, compliant_device, hybrid_joined_device)| {
        InboundTrust {
            mfa,
            compliant_device,
            hybrid_joined_device,
            ..InboundTrust::default()
        }
    })
}

pub(crate) fn partner(tenant: TenantId) -> impl Strategy<Value = Partner> {
    let flag = || weighted(0.5, any::<bool>());
    let parts = (
        blocks(PARTNER),
        weighted(0.4, trust()),
        flag(),
        flag(),
        weighted(0.5, prop::bool::weighted(0.8)),
    );
    parts.prop_map(
        move |(blocks, trust, inbound, outbound, is_service_provider)| {
            let mut entry = Partner::new(tenant);
            for (name, block) in BlockName::ALL.into_iter().zip(blocks) {
                entry.blocks.set(name, block);
            }
            entry.trust = trust;
            entry.automatic_consent = AutomaticConsent { inbound, outbound };
            entry.is_service_provider = is_service_provider;
            entry
        },
    )
}

fn defaults() -> impl Strategy<Value = Defaults> {
    (blocks(Place::Default), weighted(0.4, trust())).prop_map(|(blocks, trust)| {
        let mut defaults = Defaults {
            customized: true,
            trust,
            ..Defaults::default()
        };
        for (name, block) in BlockName::ALL.into_iter().zip(blocks) {
            defaults.blocks.set(name, block);
        }
        defaults
    })
}

pub(crate) fn policy(owner: TenantId) -> BoxedStrategy<Policy> {
    let others: Vec<TenantId> = TENANTS.into_iter().filter(|id| *id != owner).collect();
    let entries: Vec<_> = others
        .into_iter()
        .map(|other| weighted(0.7, partner(other)))
        .collect();
    (defaults(), entries)
        .prop_map(move |(defaults, entries)| {
            let mut policy = Policy {
                id: Some(policy_id(owner)),
                allowed_clouds: Cloud::ALL.to_vec(),
                defaults,
                ..Policy::default()
            };
            for entry in entries.into_iter().flatten() {
                policy.partners.insert(entry);
            }
            policy
        })
        .boxed()
}
