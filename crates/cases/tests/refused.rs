//! Files that are refused: every kind of bad input, with the exact line people read.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests say what they expect"
)]

use cases::case_file::{CaseFile, Fault, Supplied};
use cases::run::{Counts, FileResult, Outcome, run};
use graph::document::Document;

/// A world of two tenants, and the places that tests write into.
const FILE: &str = "\
fixture:
  ids: {contoso: 0c000000-0000-4000-8000-000000000001, fabrikam: 0f000000-0000-4000-8000-000000000002, fred: 0f000000-0000-4000-8000-00000000a001, crm: aa000000-0000-4000-8000-000000000001}
  tenants:
    - tenantId: $contoso
      crossTenantAccessPolicy: {default: {}, partners: [{tenantId: $fabrikam}]}
      users: []
    - tenantId: $fabrikam
      crossTenantAccessPolicy: {default: {}, partners: []}
      users: [{id: $fred, userPrincipalName: fred@fabrikam.com}]
vectors:
";

/// What is told about the file, before or while it runs.
fn told(name: &str, text: &str) -> Vec<String> {
    let shown = |faults: &[Fault]| faults.iter().map(Fault::to_string).collect();
    let document = match Document::parse(name, text.as_bytes()) {
        Ok(document) => document,
        Err(error) => return vec![Fault::from(error).to_string()],
    };
    let file = match CaseFile::read(&document, None) {
        Ok(file) => file,
        Err(faults) => return shown(&faults),
    };
    let results = run(&file, None);
    let cases = results.cases.unwrap();
    let broken = cases.iter().filter_map(|case| match &case.outcome {
        Outcome::Broken(faults) => Some(shown(faults)),
        _ => None,
    });
    broken.collect::<Vec<Vec<String>>>().concat()
}

fn check(text: &str, expected: &[&str]) {
    let shown: String = text.chars().take(1000).collect();
    assert_eq!(told("t.yaml", text), expected, "{shown}");
}

/// The file with these vectors.
fn vectors(vectors: &str) -> String {
    format!("{FILE}{vectors}")
}

#[test]
fn text_that_is_no_document() {
    check("", &["t.yaml: the file is empty; expected one document"]);
    check(
        "vectors: [",
        &[
            "t.yaml:2:1: vectors[0]: this is not YAML: while parsing a node, did not find expected node content",
        ],
    );
    check(
        "a: b: c",
        &["t.yaml:1:5: this is not YAML: mapping values are not allowed in this context"],
    );
    check(
        "a:\n\tb: 1",
        &[
            "t.yaml:2:2: a: this is not YAML: tabs disallowed within this context (block indentation)",
        ],
    );
    check(
        "a: \u{0}",
        &["t.yaml:1:4: the control character U+0000 is not allowed here; remove it"],
    );
    check(
        "\u{202e}vectors: []",
        &[
            "t.yaml:1:1: [\"\\u{202e}vectors\"]: the name `\\u{202e}vectors` holds the character U+202E, which turns the direction of writing; remove it",
        ],
    );
    assert_eq!(
        told("t.json", "{\"vectors\": [],}"),
        [
            "t.json:1:16: this is not JSON: expected the name of a member in double quotes, found `}`"
        ]
    );
    check("[]", &["t.yaml:1:1: expected an object, found a list"]);
    check(
        "vectors",
        &["t.yaml:1:1: expected an object, found the text `vectors`"],
    );
}

#[test]
fn bombs_and_depths_and_megabytes() {
    let mut bomb = "halves:\n  - &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..8 {
        let inner = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb.push_str(&format!("  - &a{level} [{inner}]\n"));
    }
    check(
        &bomb,
        &[
            "t.yaml:7:45: halves[5][7]: the aliases of the document stand for more than 1000000 values; write fewer aliases of smaller anchors",
        ],
    );
    let deep = format!("halves: {}", "[".repeat(10_000));
    check(
        &deep,
        &["t.yaml:1:264: more than 128 arrays and objects stand inside one another here"],
    );
    assert_eq!(
        told("t.json", &"[".repeat(10_000)),
        ["t.json:1:129: more than 128 arrays and objects stand inside one another here"]
    );
    let half = "  - {accessType: allowed, targets: [{target: $crm, targetType: application}]}\n";
    let large = format!(
        "halves:\n{}{}",
        half.repeat(10 * 1024 * 1024 / half.len()),
        vectors("- {id: V, op: nothing, in: {}, out: {}}\n")
    );
    let told = told("t.yaml", &large);
    assert_eq!(told.len(), 1);
    assert!(told[0].ends_with("expected `block`, `reach`, `validate`, `resolve`, `partner`, `invite`, `redeem`, `signin`, `tenantRestrictions`, `sync`, `mtoJoin`, `admin`, `summary`, `workbook`, `pairs`, `panel` or `trPanel`, found `nothing`"), "{told:?}");
}

#[test]
fn members_nobody_knows_at_each_level() {
    check(
        "vectors: []\nvector: []",
        &[
            "t.yaml:2:1: vector: unknown member `vector`; expected `halves`, `blocks`, `fixture` or `vectors`",
        ],
    );
    check(
        &vectors("- {id: V, claus: S3.5, op: block, in: {}, out: {}}"),
        &[
            "t.yaml:11:11: vectors[0].claus: unknown member `claus`; expected `id`, `clause`, `note`, `given`, `steps`, `op`, `in` or `out`",
        ],
    );
    check(
        &vectors("- id: V\n  steps:\n  - {op: mtoJoin, in: {tenant: $contoso}, out: {}, ouch: 1}"),
        &[
            "t.yaml:13:52: vectors[0].steps[0].ouch: unknown member `ouch`; expected `op`, `in` or `out`",
        ],
    );
    check(
        &vectors("- {id: V, op: mtoJoin, in: {tenant: $contoso, partner: $fabrikam}, out: {}}"),
        &[
            "t.yaml:11:47: vectors[0].in.partner: unknown member `partner`; expected `extraActiveTenants` or `tenant`",
        ],
    );
    check(
        &vectors(
            "- {id: V, op: signin, in: {homeTenant: $fabrikam, user: $fred, resourceTenant: $contoso, claims: {mfa: true, device: {compliant: true}}}, out: {}}",
        ),
        &[
            "t.yaml:11:119: vectors[0].in.claims.device.compliant: unknown member `compliant`; expected `trustType` or `isCompliant`",
        ],
    );
    let fixture = FILE.replace("users: []", "user: []");
    let told = told(
        "t.yaml",
        &format!("{fixture}- {{id: V, op: block, in: {{}}, out: {{}}}}"),
    );
    assert_eq!(told.len(), 1);
    assert!(
        told[0].starts_with("t.yaml:6:7: fixture.tenants[0].user: "),
        "{told:?}"
    );
    check(
        &vectors("- {id: V, op: block, in: {block: {users: ~}}, out: {}}"),
        &[
            "t.yaml:11:35: vectors[0].in.block.users: this member is not known here (legal here: usersAndGroups, applications)",
        ],
    );
}

#[test]
fn values_of_the_wrong_kind() {
    check(
        "vectors: 1",
        &["t.yaml:1:10: vectors: expected a list, found the number 1"],
    );
    check(
        &vectors("- 7"),
        &["t.yaml:11:3: vectors[0]: expected an object, found the number 7"],
    );
    check(
        &vectors("- {id: 7, op: block, in: {}, out: {}}"),
        &["t.yaml:11:8: vectors[0].id: expected text, found the number 7"],
    );
    check(
        &vectors("- {id: V, clause: \"3.5\", op: block, in: {}, out: {}}"),
        &["t.yaml:11:19: vectors[0].clause: expected clauses such as `S3.5` or `S3.5,S8.7`"],
    );
    check(
        &vectors("- {id: \"V\\u200e1\", op: block, in: {}, out: {}}"),
        &[
            "t.yaml:11:8: vectors[0].id: expected a name that can be read and has no space around it",
        ],
    );
    check(
        &vectors("- {id: V, op: mtoJoin, in: {tenant: contoso}, out: {}}"),
        &[
            "t.yaml:11:37: vectors[0].in.tenant: `contoso` is not a GUID (expected the form 00000000-0000-0000-0000-000000000000)",
        ],
    );
    check(
        &vectors(
            "- {id: V, op: mtoJoin, in: {tenant: $contoso, extraActiveTenants: many}, out: {}}",
        ),
        &[
            "t.yaml:11:67: vectors[0].in.extraActiveTenants: expected a whole number, found the text `many`",
        ],
    );
    check(
        &vectors(
            "- {id: V, op: signin, in: {accessType: b2b, homeTenant: $fabrikam, user: $fred, resourceTenant: $contoso}, out: {}}",
        ),
        &[
            "t.yaml:11:40: vectors[0].in.accessType: expected `b2bCollaboration`, `b2bDirectConnect` or `serviceProvider`, found `b2b`",
        ],
    );
    check(
        &vectors(
            "- {id: V, op: signin, in: {homeTenant: $fabrikam, user: $fred, resourceTenant: $contoso, consentAccepted: \"yes\"}, out: {}}",
        ),
        &[
            "t.yaml:11:107: vectors[0].in.consentAccepted: expected true or false, found the text `yes`",
        ],
    );
    check(
        &vectors("- {id: V, op: mtoJoin, in: {tenant: $contoso}, out: [allow]}"),
        &["t.yaml:11:53: vectors[0].out: expected an object, found a list"],
    );
    check(
        &vectors("- {id: V, op: admin, in: {tenant: $contoso, method: GET, path: /me}, out: {}}"),
        &[
            "t.yaml:11:64: vectors[0].in.path: `/me` is not a path of the cross-tenant access policy (expected /policies/crossTenantAccessPolicy, …/default, …/default/resetToSystemDefault, …/partners, …/partners/{id} or …/partners/{id}/identitySynchronization)",
        ],
    );
    check(
        &vectors(
            "- {id: V, op: admin, in: {tenant: $contoso, method: DELETE, path: /policies/crossTenantAccessPolicy/default}, out: {}}",
        ),
        &[
            "t.yaml:11:53: vectors[0].in.method: `DELETE` is not offered here (expected GET or PATCH)",
        ],
    );
    check(
        &vectors(
            "- {id: V, op: invite, in: {resourceTenant: $contoso, invitedUserEmailAddress: fred}, out: {}}",
        ),
        &[
            "t.yaml:11:79: vectors[0].in.invitedUserEmailAddress: `fred` is not a mail address (expected name@domain)",
        ],
    );
}

#[test]
fn members_that_are_missing() {
    check("fixture: {}", &["t.yaml:1:1: `vectors` is missing"]);
    check(
        "vectors: []",
        &["t.yaml:1:10: vectors: expected at least one vector"],
    );
    check(
        "vectors: [{id: V, op: mtoJoin, in: {tenant: 0c000000-0000-4000-8000-000000000001}, out: {}}]",
        &["t.yaml:1:1: `fixture` is missing; write one, or give a world with `--world FILE`"],
    );
    check(
        &vectors("- {op: block}"),
        &["t.yaml:11:3: vectors[0]: `id` is missing"],
    );
    check(
        &vectors("- {id: V}"),
        &["t.yaml:11:3: vectors[0]: `op` is missing; expected `op`, `in` and `out`, or `steps`"],
    );
    check(
        &vectors("- {id: V, op: block, in: {}}"),
        &["t.yaml:11:26: vectors[0].in: `block` is missing"],
    );
    check(
        &vectors("- {id: V, op: mtoJoin, in: {tenant: $contoso}}"),
        &["t.yaml:11:3: vectors[0]: `out` is missing"],
    );
    check(
        &vectors("- {id: V, steps: []}"),
        &["t.yaml:11:18: vectors[0].steps: expected at least one step"],
    );
    check(
        &vectors("- {id: V, op: block, steps: [{op: block, in: {}, out: {}}]}"),
        &[
            "t.yaml:11:3: vectors[0]: has `steps` and its own `op`, `in` or `out`; write it in one of the two ways",
        ],
    );
    check(
        &vectors("- {id: V, op: resolve, in: {tenant: $contoso, partner: $fabrikam}, out: {}}"),
        &["t.yaml:11:28: vectors[0].in: expected either `property` or `column`"],
    );
    check(
        &vectors("- {id: V, op: signin, in: {user: $fred, resourceTenant: $contoso}, out: {}}"),
        &[
            "t.yaml:11:27: vectors[0].in: expected `homeTenant` and `user`, or `guest` for an identity without tenant",
        ],
    );
}

#[test]
fn names_and_ids() {
    check(
        &vectors("- {id: V, op: mtoJoin, in: {tenant: $contso}, out: {}}"),
        &[
            "t.yaml:11:37: vectors[0].in.tenant: `$contso` is not a name of `fixture.ids`; add it there, or write `$$` for a dollar sign",
        ],
    );
    check(
        &vectors(
            "- {id: V, given: [[\"$contoso/partners/$fabrikams\", ~]], op: mtoJoin, in: {tenant: $contoso}, out: {}}",
        ),
        &[
            "t.yaml:11:20: vectors[0].given[0][0]: `$fabrikams` is not a name of `fixture.ids` (is it `$fabrikam`?); add it there, or write `$$` for a dollar sign",
        ],
    );
    check(
        &vectors(
            "- {id: V, op: mtoJoin, in: {tenant: $contoso}, out: {}}\n- {id: W, op: mtoJoin, in: {tenant: $contoso}, out: {}}\n- {id: V, op: mtoJoin, in: {tenant: $contoso}, out: {}}",
        ),
        &[
            "t.yaml:13:8: vectors[2].id: the id `V` is that of the vector at line 11; give each its own",
        ],
    );
    check(
        &vectors(
            "- {id: V, note: it costs $9, op: mtoJoin, in: {tenant: 77000000-0000-4000-8000-000000000000}, out: {}}",
        ),
        &[
            "t.yaml:11:56: vectors[0].in.tenant: the world has no tenant `77000000-0000-4000-8000-000000000000`",
        ],
    );
    let spaced = FILE.replace("contoso:", "con toso:");
    check(
        &format!("{spaced}- {{id: V, op: block, in: {{}}, out: {{}}}}"),
        &[
            "t.yaml:2:9: fixture.ids[\"con toso\"]: expected a name without spaces, `$`, `/` and `:`",
        ],
    );
}

#[test]
fn worlds_that_contradict_themselves() {
    let refused = |from: &str, to: &str| {
        let text = FILE.replacen(from, to, 1);
        assert_ne!(text, FILE);
        told(
            "t.yaml",
            &format!("{text}- {{id: V, op: mtoJoin, in: {{tenant: $contoso}}, out: {{}}}}"),
        )
    };
    assert_eq!(
        refused("tenantId: $fabrikam\n", "tenantId: $contoso\n"),
        [
            "t.yaml:7:17: fixture.tenants[1].tenantId: the tenant 0c000000-0000-4000-8000-000000000001 stands in the list twice"
        ]
    );
    assert_eq!(
        refused(
            "default: {}, partners: [{",
            "default: {b2bCollaborationInbound: {usersAndGroups: {accessType: maybe, targets: []}}}, partners: [{"
        ),
        [
            "t.yaml:5:98: fixture.tenants[0].crossTenantAccessPolicy.default.b2bCollaborationInbound.usersAndGroups.accessType: invalid_access_type: The access type must be `allowed` or `blocked`."
        ]
    );
    let own = refused("[{tenantId: $fabrikam}]", "[{tenantId: $contoso}]");
    assert!(
        own[0].starts_with(
            "t.yaml:5:68: fixture.tenants[0].crossTenantAccessPolicy.partners[0].tenantId: "
        ),
        "{own:?}"
    );
}

#[test]
fn a_change_that_contradicts_the_world_is_told_where_it_is_written() {
    let given = |given: &str| {
        told(
            "t.yaml",
            &vectors(&format!(
                "- {{id: V, given: [{given}], op: mtoJoin, in: {{tenant: $contoso}}, out: {{}}}}"
            )),
        )
    };
    assert_eq!(
        given("[\"$contoso/partners/$fabrikam/inboundTrust\", {isMfaAccepted: \"true\"}]"),
        [
            "t.yaml:11:80: vectors[0].given[0][1].isMfaAccepted: expected true, false or null, found \"true\""
        ]
    );
    assert!(
        given("[$contoso/p2, true]")[0]
            .starts_with("t.yaml:11:33: vectors[0].given[0][1]: this member is not known here")
    );
    assert_eq!(
        given("[$contoso/users/$fred/userType, Guest]"),
        [
            "t.yaml:11:20: vectors[0].given[0][0]: `users` has no `0f000000-0000-4000-8000-00000000a001`"
        ]
    );
    assert_eq!(
        given("[contoso, ~]"),
        [
            "t.yaml:11:20: vectors[0].given[0][0]: expected a place that begins with a tenant, for instance `$contoso/default`; `contoso` is not a tenant id"
        ]
    );
    assert_eq!(
        given("$contoso"),
        [
            "t.yaml:11:19: vectors[0].given[0]: expected a place and a value, for instance [\"$contoso/partners/$fabrikam/inboundTrust\", {isMfaAccepted: true}]"
        ]
    );
}

#[test]
fn a_bad_question_breaks_its_case_alone() {
    let text = vectors(
        "- {id: A, op: mtoJoin, in: {}, out: {}}\n- {id: B, op: mtoJoin, in: {tenant: $contoso}, out: {reason: mto_not_invited}}\n- {id: C, op: mtoJoin, in: {tenant: $contoso}, out: {reason: mto_joined}}",
    );
    let document = Document::parse("t.yaml", text.as_bytes()).unwrap();
    let file = CaseFile::read(&document, None).unwrap();
    let counts = Counts::of(&[run(&file, None)]);
    assert_eq!(
        counts,
        Counts {
            passed: 1,
            failed: 1,
            broken: 1
        }
    );
    let broken = FileResult {
        name: "t.yaml".to_owned(),
        cases: Err(Vec::new()),
    };
    assert_eq!(Counts::of(&[broken]).total(), 1);
}

#[test]
fn a_file_without_a_fixture_uses_the_supplied_world() {
    let world = Document::parse("world.yaml", FILE.replace("vectors:\n", "").as_bytes()).unwrap();
    let supplied = Supplied::read(&world).unwrap();
    let text =
        "vectors: [{id: V, op: mtoJoin, in: {tenant: $contoso}, out: {reason: mto_not_invited}}]";
    let document = Document::parse("t.yaml", text.as_bytes()).unwrap();
    let file = CaseFile::read(&document, Some(&supplied)).unwrap();
    assert_eq!(Counts::of(&[run(&file, None)]).passed, 1);
    let nothing = Document::parse("world.yaml", b"halves: []").unwrap();
    let told = Supplied::read(&nothing).unwrap_err();
    assert_eq!(
        told[0].to_string(),
        "world.yaml: `fixture` is missing; a world is a file with a `fixture`"
    );
}
