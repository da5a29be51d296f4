//! Invented sign-ins.

use comity_policy::conditional_access::{Claims, Device};
use comity_policy::sign_in::{Journey, SignIn, SignInAccount};
use comity_policy::tenant::TenantId;
use comity_policy::tenant_restrictions::{Carrier, Header};
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;

use super::conditions::methods;
use super::ids::{ACCOUNTS, TENANTS, application, groups, policy_id, tenant_id, user_id};

fn claims() -> impl Strategy<Value = Claims> {
    let device = (any::<bool>(), any::<bool>());
    let device = device.prop_map(|(is_compliant, is_hybrid_joined)| Device {
        is_compliant,
        is_hybrid_joined,
    });
    let parts = (
        any::<bool>(),
        methods(),
        weighted(0.6, device),
        any::<bool>(),
        methods(),
        any::<bool>(),
        any::<bool>(),
    );
    parts.prop_map(
        |(mfa, methods, device, resource_mfa, resource_methods, terms, consent)| Claims {
            mfa,
            methods,
            device,
            resource_mfa,
            resource_methods,
            terms_accepted: terms,
            outbound_consent: consent,
        },
    )
}

pub(crate) fn header() -> impl Strategy<Value = Header> {
    let value = prop_oneof![
        16 => tenant_id().prop_map(|id| format!("{id}:{}", policy_id(id))),
        1 => tenant_id().prop_map(|id| format!("{id}:{id}")),
        1 => Just("not a header".to_owned()),
    ];
    let carrier = select(vec![Carrier::Proxy, Carrier::Universal, Carrier::Windows]);
    (value, carrier).prop_map(|(value, carrier)| Header { value, carrier })
}

/// Who and where to; mostly from one tenant to another.
fn crossing() -> impl Strategy<Value = (SignInAccount, TenantId)> {
    let step = prop_oneof![1 => Just(0), 9 => Just(1), 9 => Just(2)];
    let user = prop_oneof![14 => select(ACCOUNTS.to_vec()), 1 => user_id()];
    let home = (0..TENANTS.len(), step, user, weighted(0.3, groups()));
    prop_oneof![
        9 => home.prop_map(|(from, step, user, groups)| {
            let account = SignInAccount::Home {
                tenant: TENANTS[from],
                user,
                groups,
            };
            (account, TENANTS[(from + step) % TENANTS.len()])
        }),
        1 => (user_id(), tenant_id()).prop_map(|(object, to)| (SignInAccount::Guest(object), to)),
    ]
}

/// A sign-in without a tenant restrictions header.
pub(crate) fn sign_in() -> BoxedStrategy<SignIn> {
    let journey = prop_oneof![
        4 => Just(Journey::Collaboration),
        2 => Just(Journey::DirectConnect),
        1 => Just(Journey::ServiceProvider),
    ];
    let parts = (
        journey,
        crossing(),
        weighted(0.5, application()),
        application(),
        claims(),
        (any::<bool>(), any::<bool>(), any::<bool>()),
    );
    parts
        .prop_map(
            |(journey, crossing, client_app, resource_app, claims, flags)| {
                let (account, resource) = crossing;
                let (consent_accepted, first_access, is_interactive) = flags;
                SignIn {
                    journey,
                    account,
                    resource,
                    client_app,
                    resource_app,
                    claims,
                    consent_accepted,
                    first_access,
                    is_interactive,
                    client_app_used: None,
                    restrictions: None,
                }
            },
        )
        .boxed()
}

/// A sign-in, often with a header.
pub(crate) fn any_sign_in() -> BoxedStrategy<SignIn> {
    (sign_in(), weighted(0.4, header()))
        .prop_map(|(request, restrictions)| SignIn {
            restrictions,
            ..request
        })
        .boxed()
}
