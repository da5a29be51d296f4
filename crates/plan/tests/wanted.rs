//! What may be written, what it means, and which requests it comes to.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests say what they expect"
)]

use graph::import::{self, Options};
use plan::drift::{self, Whose};
use plan::stamp::Stamp;
use plan::steps::{self, Plan};
use plan::{Fault, Names, wanted};
use policy::tenant::TenantId;
use policy::world::World;
use serde_json::{Value, json};

const CONTOSO: &str = "0c000000-0000-4000-8000-000000000001";
const FABRIKAM: &str = "0f000000-0000-4000-8000-000000000002";
const GROUP: &str = "0c000000-0000-4000-8000-00000000c001";
const CRM: &str = "aa000000-0000-4000-8000-000000000001";

fn documents(folder: &str) -> Vec<(String, Value)> {
    let folder = format!("{}/../../examples/{folder}", env!("CARGO_MANIFEST_DIR"));
    let names = [
        "organization",
        "crossTenantAccessPolicy",
        "default",
        "partners",
    ];
    let read = |name: &str| {
        let text = std::fs::read(format!("{folder}/{name}.json")).unwrap();
        (name.to_owned(), serde_json::from_slice(&text).unwrap())
    };
    names.map(read).to_vec()
}

fn world(folder: &str) -> World {
    let options = Options {
        p1: Some(true),
        ..Options::default()
    };
    let tenant = import::read(&documents(folder), &options).unwrap().tenant;
    let mut world = World {
        suites: graph::suites::published().into(),
        ..World::default()
    };
    world.tenants.insert(tenant.id, tenant);
    world
}

fn contoso() -> TenantId {
    CONTOSO.parse().unwrap()
}

fn make(world: &World, wanted: &Value) -> Result<Plan, Fault> {
    let wanted = wanted::read(wanted, Names::default())?;
    steps::make(world, contoso(), &wanted)
}

/// The only request that this comes to.
#[track_caller]
fn body(wanted: &Value) -> Value {
    let plan = make(&world("contoso"), wanted).unwrap();
    assert_eq!(plan.steps.len(), 1, "{:?}", plan.steps);
    plan.steps[0].body.clone().unwrap()
}

fn half(access: &str, targets: &[(&str, &str)]) -> Value {
    let target = |(target, kind): &(&str, &str)| json!({"target": target, "targetType": kind});
    json!({"accessType": access, "targets": targets.iter().map(target).collect::<Value>()})
}

#[test]
fn what_graph_answers_can_be_wanted_as_it_is_and_comes_to_the_same_settings() {
    let (now, draft) = (world("contoso"), world("contoso-draft"));
    let documents = documents("contoso-draft");
    let mut default = documents[2].1.clone();
    default.as_object_mut().unwrap().retain(|name, _| {
        !name.starts_with('@') && !matches!(name.as_str(), "id" | "isServiceDefault")
    });
    let mut partners = json!({});
    for entry in documents[3].1["value"].as_array().unwrap() {
        let mut entry = entry.clone();
        let id = entry["tenantId"].as_str().unwrap().to_owned();
        entry.as_object_mut().unwrap().retain(|name, _| {
            !name.contains('@')
                && !matches!(name.as_str(), "tenantId" | "isInMultiTenantOrganization")
        });
        if let Some(sync) = entry["identitySynchronization"].as_object_mut() {
            sync.retain(|name, _| name != "tenantId");
        }
        partners[id] = entry;
    }
    let plan = make(&now, &json!({"default": default, "partners": partners})).unwrap();
    let draft = draft.policy(contoso()).unwrap();
    let after = plan.after().unwrap();
    assert_eq!(Stamp::of(after), Stamp::of(draft));
    assert_eq!(plan.steps.last().unwrap().state, Stamp::of(draft));
    // Only what differs is asked for.
    let asked: Vec<usize> = plan
        .steps
        .iter()
        .map(|step| step.body.as_ref().unwrap().as_object().unwrap().len())
        .collect();
    assert_eq!(asked, [2, 1, 3]);
}

#[test]
fn short_words_mean_what_graph_says_at_length() {
    let everybody = half("allowed", &[("AllUsers", "user")]);
    for (short, long) in [
        (
            json!("blocked"),
            json!({
                "usersAndGroups": half("blocked", &[("AllUsers", "user")]),
                "applications": half("blocked", &[("AllApplications", "application")]),
            }),
        ),
        (
            json!({"users": "all", "applications": ["Office365", "CRM"]}),
            json!({
                "usersAndGroups": everybody,
                "applications": half("allowed", &[("Office365", "application"), (CRM, "application")]),
            }),
        ),
        (
            json!({"users": {"blocked": ["group Apprentices"]}, "applications": {"blocked": "all"}}),
            json!({
                "usersAndGroups": half("blocked", &[(GROUP, "group")]),
                "applications": half("blocked", &[("AllApplications", "application")]),
            }),
        ),
        (
            json!({"usersAndGroups": everybody, "applications": half("allowed", &[(CRM, "application")])}),
            json!({"usersAndGroups": everybody, "applications": half("allowed", &[(CRM, "application")])}),
        ),
    ] {
        let names = json!({"CRM": CRM, "Apprentices": GROUP});
        let wanted = json!({"names": names, "default": {"b2bCollaborationOutbound": short}});
        assert_eq!(body(&wanted), json!({"b2bCollaborationOutbound": long}));
    }
    let inherited = json!({"partners": {FABRIKAM: {"b2bCollaborationInbound": "inherited"}}});
    assert_eq!(body(&inherited), json!({"b2bCollaborationInbound": null}));
}

#[test]
fn what_is_wrong_is_named_where_it_is_written() {
    let inbound = |block: Value| json!({"default": {"b2bCollaborationInbound": block}});
    for (wanted, path, message) in [
        (json!([]), "", "expected `default`"),
        (json!({"unlisted": "drop"}), "unlisted", "keep or remove"),
        (
            json!({"names": {"CRM": "crm"}}),
            "names.CRM",
            "expected the id",
        ),
        (
            json!({"partners": {"Nobody": {}}}),
            "partners.Nobody",
            "nobody says which tenant",
        ),
        (
            json!({"names": {"F": FABRIKAM}, "partners": {FABRIKAM: {}, "F": {}}}),
            "partners.F",
            "the same tenant",
        ),
        (
            json!({"partners": {FABRIKAM: 7}}),
            &format!("partners.{FABRIKAM}"),
            "or absent",
        ),
        (
            inbound(json!("open")),
            "default.b2bCollaborationInbound",
            "got `open`",
        ),
        (
            inbound(json!({"users": [GROUP]})),
            "default.b2bCollaborationInbound.users[0]",
            "a user or a group?",
        ),
        (
            inbound(json!({"users": ["group Nobody"]})),
            "default.b2bCollaborationInbound.users[0]",
            "stands for",
        ),
        (
            inbound(json!({"users": {"permitted": "all"}})),
            "default.b2bCollaborationInbound.users.permitted",
            "expected all, none",
        ),
        (
            inbound(json!({"users": "all", "usersAndGroups": "all"})),
            "default.b2bCollaborationInbound.usersAndGroups",
            "said twice",
        ),
        // What a server would refuse (S4.6).
        (
            inbound(json!({"users": "all", "applications": ["MicrosoftAdminPortals"]})),
            "default.b2bCollaborationInbound",
            "invalid_application_target",
        ),
        (
            json!({"default": {"inboundTrust": 1}}),
            "default.inboundTrust",
            "wrong form",
        ),
    ] {
        let fault = make(&world("contoso"), &wanted).unwrap_err();
        let found = fault.path.to_string();
        assert!(found.starts_with(path), "{wanted}: {found}: {fault}");
        assert!(fault.message.contains(message), "{wanted}: {fault}");
    }
}

#[test]
fn a_name_for_several_ids_is_refused_once_it_is_used() {
    let mut names = Names::default();
    names.add("Fabrikam", FABRIKAM);
    names.add("fabrikam", CONTOSO);
    let unused = wanted::read(&json!({"partners": {FABRIKAM: {}}}), names.clone());
    assert!(unused.is_ok());
    let fault = wanted::read(&json!({"partners": {"FABRIKAM": {}}}), names).unwrap_err();
    assert!(fault.message.contains("the name of several"), "{fault}");
}

#[test]
fn partners_that_are_not_listed_stay_unless_they_are_to_go() {
    let world = world("contoso");
    let partners = world.policy(contoso()).unwrap().partners.len();
    let listed = json!({FABRIKAM: {}});
    let kept = make(&world, &json!({"partners": listed})).unwrap();
    assert!(kept.steps.is_empty());
    let removed = make(&world, &json!({"partners": listed, "unlisted": "remove"})).unwrap();
    let methods: Vec<&str> = removed.steps.iter().map(|step| &*step.method).collect();
    assert_eq!(methods, vec!["DELETE"; partners - 1]);
    assert_eq!(removed.after().unwrap().partners.len(), 1);
}

#[test]
fn a_plan_that_is_kept_is_read_back_and_holds_nothing_but_settings() {
    let wanted = json!({"default": {"b2bCollaborationInbound": "blocked"}, "partners": {FABRIKAM: "absent"}});
    let plan = make(&world("contoso"), &wanted).unwrap();
    let written = Value::Object(plan::file::write(&plan));
    let kept = plan::file::read(&written).unwrap();
    assert_eq!(
        (kept.tenant, kept.state, &kept.steps),
        (plan.tenant, plan.state, &plan.steps)
    );
    // Where it stands is told by what the settings are.
    let now = world("contoso");
    assert_eq!(
        kept.done(Stamp::of(now.policy(contoso()).unwrap())),
        Some(0)
    );
    for (done, state) in plan.states.iter().enumerate() {
        assert_eq!(kept.done(Stamp::of(state)), Some(done + 1));
    }
    let draft = world("contoso-draft");
    assert_eq!(kept.done(Stamp::of(draft.policy(contoso()).unwrap())), None);
    for (member, value) in [
        ("url", json!("/users/7")),
        ("method", json!("GET")),
        ("body", json!([])),
        ("stateAfter", json!("7")),
    ] {
        let mut edited = written.clone();
        edited["steps"][0][member] = value;
        let error = plan::file::read(&edited).unwrap_err();
        assert!(error.to_string().starts_with("steps[0]: "), "{error}");
    }
}

#[test]
fn members_that_nobody_knows_are_named_and_no_others() {
    let mut documents = documents("contoso");
    documents[2].1["newKindOfAccess"] = json!({"isOpen": true});
    documents[2].1["m365CollaborationInbound"] = json!({"users": null});
    documents[3].1["value"][0]["anotherKind"] = json!(7);
    let tenant = import::read(&documents, &Options::default())
        .unwrap()
        .tenant;
    let unknown = drift::unknown(&tenant.policy.unwrap());
    assert_eq!(
        unknown,
        [
            (Whose::Default, "newKindOfAccess".to_owned()),
            (
                Whose::Partner(FABRIKAM.parse().unwrap()),
                "anotherKind".to_owned()
            )
        ]
    );
}

#[test]
fn the_schema_accepts_what_can_be_read_and_refuses_slips_of_the_pen() {
    let schema: Value = serde_json::from_str(wanted::SCHEMA).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let text = std::fs::read(format!(
        "{}/../../examples/contoso-wanted.yaml",
        env!("CARGO_MANIFEST_DIR")
    ));
    let example = graph::document::Document::parse("example", &text.unwrap()).unwrap();
    assert!(validator.is_valid(example.value()));
    assert!(wanted::read(example.value(), Names::default()).is_ok());
    for slip in [
        json!({"defaults": {}}),
        json!({"tenantId": "contoso.com"}),
        json!({"default": {"b2bCollaborationInbound": "open"}}),
        json!({"partners": {FABRIKAM: "gone"}}),
        json!({"default": {"b2bCollaborationInbound": {"users": {"allow": "all"}}}}),
    ] {
        assert!(!validator.is_valid(&slip), "{slip}");
    }
}
