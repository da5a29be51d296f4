//! Over random settings: what is called open is open, and what is open by default is called so.

use policy::conditional_access::Claims;
use policy::decision::Verdict;
use policy::explain::Names;
use policy::settings::{BlockName, Policy};
use policy::sign_in::{self, Journey, SignIn, SignInAccount};
use policy::target::ApplicationId;
use policy::tenant::{Cloud, PolicyId, TenantId};
use policy::tenant_restrictions::{self, Carrier, Header, RestrictedAccess, RestrictedAccount};
use policy::world::{Tenant, World};
use posture::Subject;
use posture::facts::Facts;
use preview::difference::{Applications, Person, Witness};

use crate::choices::Choices;
use crate::pairs::{self, APPLICATIONS, OWN, USERS};

const HEADER: PolicyId = PolicyId::from_u128(0x99);
/// Neither listed nor known to any world.
const STRANGER: TenantId = TenantId::from_u128(0xfe);

/// In no suite and on no list.
const UNLISTED: ApplicationId = ApplicationId::from_u128(0x3f);

/// The world as the plain evaluator sees it: this tenant with its settings, of the others where they
/// are.
fn world(world: &World, policy: &Policy) -> World {
    let mut world = world.clone();
    let own = world.tenant(OWN).cloned();
    let mut own = match own {
        Some(own) => own,
        None => {
            // Nobody knows where the tenant is: then nobody counts as being elsewhere (S1.2).
            world.tenants = Default::default();
            Tenant::registered(OWN, Cloud::Commercial)
        }
    };
    own.p1 = true;
    own.policy = Some(Policy {
        id: Some(HEADER),
        ..policy.clone()
    });
    world.tenants.insert(OWN, own);
    world
}

fn passes(world: &World, block: BlockName, request: &Witness) -> bool {
    let Witness {
        partner,
        person,
        applications,
    } = request;
    if block == BlockName::TenantRestrictions {
        let access = RestrictedAccess {
            header: Some(Header {
                value: format!("{OWN}:{HEADER}"),
                carrier: Carrier::Proxy,
            }),
            account: RestrictedAccount::User {
                home: Some(*partner),
                user: Some(person.user),
                groups: Some(person.groups.clone()),
            },
            resource: *partner,
            client_app: applications.client,
            resource_app: applications.resource,
        };
        return tenant_restrictions::judge(world, &access).verdict == Verdict::Allow;
    }
    let is_inbound = matches!(
        block,
        BlockName::B2bCollaborationInbound | BlockName::B2bDirectConnectInbound
    );
    let (home, resource) = match is_inbound {
        true => (*partner, OWN),
        false => (OWN, *partner),
    };
    let request = SignIn {
        journey: match block.is_direct_connect() {
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
    };
    sign_in::decide(world, &request).verdict == Verdict::Allow
}

/// Whether anybody passes between the tenant and one that nobody knows.
fn is_open_to_strangers(world: &World, block: BlockName) -> bool {
    let resources: Vec<_> = APPLICATIONS.into_iter().chain([UNLISTED]).collect();
    let clients = APPLICATIONS.into_iter().map(Some);
    let clients: Vec<_> = clients.chain([None]).collect();
    let memberships = pairs::memberships();
    let people = USERS
        .iter()
        .flat_map(|user| memberships.iter().map(|groups| (*user, groups)));
    let mut people = people.map(|(user, groups)| Person {
        user,
        groups: groups.clone(),
    });
    people.any(|person| {
        clients.iter().any(|client| {
            resources.iter().any(|resource| {
                let request = Witness {
                    partner: STRANGER,
                    person: person.clone(),
                    applications: Applications {
                        client: *client,
                        resource: *resource,
                    },
                };
                passes(world, block, &request)
            })
        })
    })
}

#[test]
fn what_is_called_open_lets_its_request_pass_and_what_is_open_by_default_is_called_so() {
    let facts = Facts {
        mfa_registration_includes_external_users: true,
        conditional_access_is_known: true,
        ..Facts::default()
    };
    let (mut asked, mut found_open, mut found_shut) = (0, 0, 0);
    for seed in 0..1_500 {
        let pair = pairs::pair(&mut Choices::stream(seed));
        let plain = world(&pair.world, &pair.before);
        let subject = Subject {
            world: &pair.world,
            tenant: OWN,
            policy: &pair.before,
            names: &pair.world as &dyn Names,
            facts: &facts,
        };
        let report = posture::lint(&subject, |_| true);
        for found in &report.findings {
            if let Some((block, witness)) = &found.witness {
                asked += 1;
                assert!(passes(&plain, *block, witness), "seed {seed}: {found:?}");
            }
        }
        for (name, block) in [
            (
                "direct-connect-inbound-default",
                BlockName::B2bDirectConnectInbound,
            ),
            (
                "direct-connect-outbound-default",
                BlockName::B2bDirectConnectOutbound,
            ),
            ("tenant-restrictions-open", BlockName::TenantRestrictions),
        ] {
            let called = report.findings.iter().any(|found| {
                found.check.name == name && found.source.whom == posture::finding::Whom::Everyone
            });
            let is_open = is_open_to_strangers(&plain, block);
            match is_open {
                true => found_open += 1,
                false => found_shut += 1,
            }
            // Settings that are not valid may open tenant restrictions to some users (S4.8).
            if block != BlockName::TenantRestrictions || called {
                assert_eq!(called, is_open, "seed {seed}: {name}");
            }
        }
    }
    assert!(
        asked > 2_500 && found_open > 300 && found_shut > 300,
        "{asked} {found_open} {found_shut}"
    );
}
