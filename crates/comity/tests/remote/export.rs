//! An export of hundreds of partners that was imported into a server answers as the files do.

use std::collections::{BTreeMap, BTreeSet};

use graph::decision::render_explained;
use graph::import::{Options, read};
use policy::conditional_access::{Claims, Device};
use policy::sign_in::{Journey, SignIn, SignInAccount, decide};
use policy::tenant::{Cloud, TenantId};
use policy::tenant_restrictions::{Carrier, Header};
use policy::world::{Tenant, World};
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::documents::{self, CONTOSO, Dice, FABRIKAM, PARTNERS};
use crate::house::{House, OPERATOR};

/// How many questions are asked.
const QUESTIONS: usize = 3000;

pub(crate) const NOBODY: TenantId = TenantId::from_u128(0x0a5c);

pub(crate) fn imported(documents: &Map<String, Value>) -> Tenant {
    let named: Vec<(String, Value)> = documents.clone().into_iter().collect();
    read(&named, &Options::default()).unwrap().tenant
}

/// A server that knows the suites, and hosts no tenant.
pub(crate) async fn empty_house() -> House {
    let mut world = World {
        suites: graph::suites::published().into(),
        ..World::default()
    };
    // Clients belong to a tenant that is known; the operator's to one of its own.
    for id in [NOBODY, FABRIKAM.parse().unwrap()] {
        let tenant = Tenant::registered(id, Cloud::Commercial);
        world.tenants.insert(id, tenant);
    }
    House::holding(&world).await
}

pub(crate) fn path(tenant: &str) -> String {
    format!("/comity/v1/tenants/{tenant}/settings")
}

/// Brings a tenant in, as the operator.
pub(crate) async fn bring_in(house: &House, tenant: &str, documents: &Map<String, Value>) -> Value {
    let body = json!({"documents": documents, "reason": "moving in"});
    let who = (NOBODY, OPERATOR);
    let (status, report) = house
        .call(who, Method::PUT, &path(tenant), Some(&body))
        .await;
    assert_eq!(status, 200, "{report}");
    report
}

/// A tenant of the export, one that stands in none, or one of the two that are hosted.
fn tenant(dice: &mut Dice) -> String {
    match dice.below(10) {
        0 | 1 => FABRIKAM.to_owned(),
        2 => CONTOSO.to_owned(),
        _ => documents::partner(dice.below(PARTNERS + 30)),
    }
}

fn question(dice: &mut Dice) -> SignIn {
    let (home, resource) = match dice.falls(70) {
        true => (tenant(dice), CONTOSO.to_owned()),
        false => (CONTOSO.to_owned(), tenant(dice)),
    };
    // Nobody says which groups, or none, or some.
    let groups = match dice.below(3) {
        0 => None,
        1 => Some(BTreeSet::new()),
        _ => {
            let groups = (0..dice.below(4)).map(|_| documents::group(dice.below(15)));
            Some(groups.map(|group| group.parse().unwrap()).collect())
        }
    };
    let header = format!("{CONTOSO}:{}", CONTOSO.replace("-4000-", "-4001-"));
    SignIn {
        journey: *dice.pick(&[
            Journey::Collaboration,
            Journey::Collaboration,
            Journey::DirectConnect,
            Journey::ServiceProvider,
        ]),
        account: SignInAccount::Home {
            tenant: home.parse().unwrap(),
            user: documents::user(dice.below(30)).parse().unwrap(),
            groups,
        },
        resource: resource.parse().unwrap(),
        client_app: dice
            .falls(50)
            .then(|| documents::application(dice).parse().unwrap()),
        resource_app: documents::application(dice).parse().unwrap(),
        claims: Claims {
            mfa: dice.falls(50),
            device: dice.falls(50).then(|| Device {
                is_compliant: dice.falls(50),
                is_hybrid_joined: dice.falls(50),
            }),
            ..Claims::default()
        },
        consent_accepted: dice.falls(50),
        first_access: dice.falls(20),
        is_interactive: true,
        client_app_used: Some("Browser".to_owned()),
        restrictions: dice.falls(10).then_some(Header {
            value: header,
            carrier: Carrier::Proxy,
        }),
    }
}

/// The question on the wire.
fn written(question: &SignIn) -> Value {
    let SignInAccount::Home {
        tenant,
        user,
        groups,
    } = &question.account
    else {
        unreachable!("every question is about an account of a tenant");
    };
    let groups = groups.as_ref();
    let groups: Option<Vec<String>> =
        groups.map(|groups| groups.iter().map(ToString::to_string).collect());
    let device = question.claims.device.as_ref().map(|device| {
        json!({
            "isCompliant": device.is_compliant,
            "trustType": device.is_hybrid_joined.then_some("ServerAd"),
        })
    });
    let header = question.restrictions.as_ref();
    json!({
        "accessType": match question.journey {
            Journey::Collaboration => "b2bCollaboration",
            Journey::DirectConnect => "b2bDirectConnect",
            Journey::ServiceProvider => "serviceProvider",
        },
        "homeTenant": tenant.to_string(),
        "user": user.to_string(),
        "groups": groups,
        "resourceTenant": question.resource.to_string(),
        "clientAppId": question.client_app.map(|app| app.to_string()),
        "resourceAppId": question.resource_app.to_string(),
        "claims": {"mfa": question.claims.mfa, "device": device},
        "consentAccepted": question.consent_accepted,
        "firstAccess": question.first_access,
        "tenantRestrictionsHeader": header.map(|header| header.value.clone()),
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_imported_export_answers_as_its_files_do() {
    let house = empty_house().await;
    let mut world = World {
        suites: graph::suites::published().into(),
        ..World::default()
    };
    for (id, documents) in [
        (CONTOSO, documents::contoso()),
        (FABRIKAM, documents::fabrikam()),
    ] {
        let report = bring_in(&house, id, &documents).await;
        assert_eq!(report["created"], true);
        let tenant = imported(&documents);
        world.tenants.insert(tenant.id, tenant);
    }
    let mut dice = Dice::new(2026);
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for number in 0..QUESTIONS {
        let question = question(&mut dice);
        let asked = written(&question);
        let (status, answer) = house.decide((NOBODY, OPERATOR), &asked).await;
        assert_eq!(status, 200, "{asked}\n{answer}");
        let decision = decide(&world, &question);
        let expected = Value::Object(render_explained(&question, &decision, &world));
        assert_eq!(answer, expected, "question {number}: {asked}");
        let detail = answer["detail"].as_str().unwrap_or("-").to_owned();
        let key = format!("{} {} {}", answer["reason"], answer["side"], detail);
        *reasons.entry(key).or_default() += 1;
    }
    // The questions must have reached into many corners for their agreement to say something.
    println!("{reasons:#?}");
    assert!(reasons.len() >= 15, "{reasons:#?}");
    let granted = reasons.iter().filter(|(key, _)| key.contains("granted"));
    assert!(granted.map(|(_, count)| count).sum::<usize>() > 50);
}
