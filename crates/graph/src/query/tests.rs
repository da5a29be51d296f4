//! Reading, refusing, evaluating and pushing down, on one small resource.

use std::borrow::Cow;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

static TARGET: &[Member] = &[
    Member::guid("id").filter(Operators::EQ),
    Member::text("displayName").filter(Operators::EQ.and(Operators::STARTS)),
];

static SETTING: Shape = Shape {
    members: &[Member::guid("tenantId"), Member::text("displayName")],
    ..Shape::EMPTY
};

static ENTRY: Shape = Shape {
    members: &[
        Member::guid("id").filter(Operators::EQUALITY),
        Member::text("name")
            .filter(
                Operators::EQUALITY
                    .and(Operators::RANGE)
                    .and(Operators::STARTS)
                    .and(Operators::ENDS)
                    .and(Operators::CONTAINS),
            )
            .ordered(),
        Member::exact("category").filter(Operators::EQUALITY),
        Member::boolean("enabled").filter(Operators::EQUALITY),
        Member::number("code").filter(Operators::EQUALITY.and(Operators::RANGE)),
        Member::time("time")
            .filter(Operators::EQUALITY.and(Operators::RANGE))
            .ordered(),
        Member::text("secret")
            .filter(Operators::EQ.and(Operators::STARTS))
            .on_select(),
        Member::text("later").beta(),
        Member::text("kind").evolved(&["passthrough"]),
        Member::complex(
            "by",
            &[Member::complex(
                "user",
                &[Member::guid("id").filter(Operators::EQ)],
            )],
        ),
        Member::texts("tags").filter(Operators::EQUALITY),
        Member::complexes("targets", TARGET),
    ],
    navigations: &[Navigation {
        name: "setting",
        shape: &SETTING,
        is_beta: false,
    }],
    always: &["id"],
    options: QueryOption::ALL,
    ..Shape::EMPTY
};

static PERSON: Shape = Shape {
    is_directory: true,
    ..Shape {
        members: ENTRY.members,
        options: QueryOption::ALL,
        ..Shape::EMPTY
    }
};

fn read_as(
    pairs: &[(&str, &str)],
    shape: &'static Shape,
    manner: Manner,
) -> Result<Query, QueryError> {
    let pairs = pairs.iter();
    let pairs = pairs.map(|(name, value)| (Cow::from(*name), Cow::from(*value)));
    Query::read(pairs, shape, &manner)
}

fn read(pairs: &[(&str, &str)]) -> Result<Query, QueryError> {
    read_as(pairs, &ENTRY, Manner::default())
}

fn entry() -> Value {
    json!({
        "id": "0F000000-0000-4000-8000-00000000000A",
        "name": "Ädele O'Neil",
        "category": "Core",
        "enabled": true,
        "code": 500213,
        "time": "2026-01-31T12:00:00.5Z",
        "secret": null,
        "later": "x",
        "kind": "passthrough",
        "by": {"user": {"id": "0f000000-0000-4000-8000-00000000000b"}},
        "tags": ["nonInteractiveUser"],
        "targets": [
            {"id": "0f000000-0000-4000-8000-00000000000c", "displayName": "Policy"},
            {"id": "0f000000-0000-4000-8000-00000000000d", "displayName": "Partner"},
        ],
        "setting": {"tenantId": "1", "displayName": "a"},
    })
}

#[test]
fn filters_hold_or_do_not() {
    for (filter, holds) in [
        ("id eq '0f000000-0000-4000-8000-00000000000a'", true),
        ("ID EQ 0f000000-0000-4000-8000-00000000000A", true),
        ("id eq 'anna'", false),
        ("name eq 'äDELE o''neil'", true),
        ("startswith(name, 'äde')", true),
        ("startsWith(name,'äde') eq true", true),
        ("startsWith(name,'äde') eq false", false),
        ("endsWith(Name,'NEIL') and contains(name,'le o')", true),
        ("name gt 'a' and name lt 'b'", false),
        ("category eq 'Core'", true),
        ("category eq 'core'", false),
        ("category in ('Other', 'Core')", true),
        ("enabled eq true and code eq 500213", true),
        ("not (enabled eq true) or code gt 500213", false),
        ("not enabled eq false", true),
        ("code ge 500213 and code le 500213 and code ne 0", true),
        (
            "time gt 2026-01-31T12:00:00Z and time lt 2026-01-31T12:00:01Z",
            true,
        ),
        ("time ge 2026-01-31 and time lt 2026-02-01", true),
        ("time eq 2026-01-31T13:00:00.500%2B01:00", false),
        ("secret eq null", true),
        ("name ne null", true),
        ("secret eq 'x'", false),
        ("by/user/id eq '0F000000-0000-4000-8000-00000000000B'", true),
        ("tags/any(t: t eq 'nonInteractiveUser')", true),
        ("tags/any(t:t ne 'nonInteractiveUser')", false),
        ("tags/any()", true),
        ("tags/all(t: t eq 'x')", false),
        (
            "targets/any(t: t/id eq '0f000000-0000-4000-8000-00000000000d')",
            true,
        ),
        (
            "targets/ANY(x : x/displayName eq 'partner' and x/id eq '0f000000-0000-4000-8000-00000000000c')",
            false,
        ),
        ("targets/all(t:startswith(t/displayName,'p'))", true),
        ("(((enabled eq true)))", true),
    ] {
        let filter = filter.replace("%2B", "+");
        match read(&[("$filter", &filter)]) {
            Ok(query) if filter.contains('+') => assert!(query.wants(&entry()), "{filter}"),
            Ok(query) => assert_eq!(query.wants(&entry()), holds, "{filter}"),
            Err(error) => panic!("{filter}: {error}"),
        }
    }
}

#[test]
fn what_is_not_a_filter_is_refused_with_the_place() {
    for (filter, at) in [
        ("name", 5),
        ("name eq", 8),
        ("name eq 'x", 9),
        ("name eq x", 9),
        ("name like 'x'", 6),
        ("(name eq 'x'", 13),
        ("name eq 'x' and", 16),
        ("name eq 'x' name eq 'y'", 13),
        ("name eq 'x')", 12),
        ("name in ()", 10),
        ("'x' eq name", 1),
        ("5 eq code", 1),
        ("tags/any(t t eq 'x')", 12),
        ("tags/any(t: name eq 'x')", 13),
        ("tags/all()", 11),
        ("startswith(name 'x')", 17),
        ("eq (name)", 1),
    ] {
        match read(&[("$filter", filter)]) {
            Err(QueryError::Filter { at: found, .. }) => assert_eq!(found, at, "{filter}"),
            other => panic!("{filter}: {other:?}"),
        }
    }
}

#[test]
fn what_a_resource_does_not_honour_is_refused_by_name() {
    for (filter, error) in [
        (
            "nothing eq 'x'",
            "the resource has no member 'nothing' that a query could name",
        ),
        (
            "by/user/name eq 'x'",
            "the resource has no member 'by/user/name' that a query could name",
        ),
        (
            "secret lt 'x'",
            "'lt' is not supported on the member 'secret' in a filter",
        ),
        (
            "by eq 'x'",
            "'eq' is not supported on the member 'by' in a filter",
        ),
        (
            "not startswith(secret,'x')",
            "'not' is not supported on the member 'secret' in a filter",
        ),
        (
            "targets/any(t: endswith(t/id,'x'))",
            "'endsWith' is not supported on the member 'id' in a filter",
        ),
        (
            "name/any(t: t eq 'x')",
            "'any' is not supported on the member 'name' in a filter",
        ),
        (
            "tolower(name) eq 'x'",
            "'tolower' is not supported in a query on this resource",
        ),
        (
            "tags/$count eq 0",
            "'tags/$count' is not supported in a query on this resource",
        ),
        (
            "enabled eq 'true'",
            "the member 'enabled' cannot be compared with that: expected true or false",
        ),
        (
            "code eq '1'",
            "the member 'code' cannot be compared with that: expected a whole number",
        ),
        (
            "time ge '2026-01-31'",
            "the member 'time' cannot be compared with that: expected a time without quotes, such as 2026-01-31T12:00:00Z",
        ),
        (
            "name eq 5",
            "the member 'name' cannot be compared with that: expected a string in quotes",
        ),
    ] {
        let found = read(&[("$filter", filter)]).unwrap_err().to_string();
        assert_eq!(found, error, "{filter}");
    }
}

#[test]
fn filters_that_nobody_writes_are_refused_unread() {
    for filter in [
        "(".repeat(10_000),
        "not ".repeat(1_000),
        vec!["code eq 1"; 100].join(" or "),
        format!("name eq '{}'", "x".repeat(10_000)),
        format!("code in ({})", vec!["1"; 1_000].join(",")),
        "targets/any(t: t/id eq 'x' and t/x/any(y: y eq 'z'))".to_owned(),
    ] {
        let start: String = filter.chars().take(20).collect();
        assert_eq!(
            read(&[("$filter", &filter)]).unwrap_err(),
            QueryError::TooComplex,
            "{start}"
        );
    }
}

#[test]
fn advanced_queries_on_directory_objects_say_so() {
    let eventual = Manner {
        eventual: true,
        ..Manner::default()
    };
    for pairs in [
        &[("$count", "true")][..],
        &[("$filter", "name ne 'x'")],
        &[("$filter", "not (name eq 'x')")],
        &[("$filter", "endswith(name,'x')")],
        &[("$filter", "name eq 'x'"), ("$orderby", "name")],
    ] {
        let error = read_as(pairs, &PERSON, Manner::default()).unwrap_err();
        assert!(
            matches!(error, QueryError::NeedsConsistencyLevel(_)),
            "{pairs:?}"
        );
        assert!(read_as(pairs, &PERSON, eventual).is_ok(), "{pairs:?}");
        assert!(read(pairs).is_ok(), "{pairs:?}");
    }
    assert!(read_as(&[("$filter", "name eq 'x'")], &PERSON, Manner::default()).is_ok());
}

#[test]
fn members_are_answered_as_version_and_selection_want() {
    let names = |query: Query| {
        let Value::Object(members) = query.project(entry()) else {
            panic!("an object");
        };
        let mut names: Vec<_> = members.keys().cloned().collect();
        names.sort();
        names.join(" ")
    };
    let all = read(&[]).unwrap();
    assert_eq!(all.project(entry())["kind"], "unknownFutureValue");
    let everybody = "by category code enabled id kind name tags targets time";
    assert_eq!(names(all), everybody);
    let beta = read_as(&[], &ENTRY, Version::Beta.into()).unwrap();
    assert_eq!(
        names(beta),
        "by category code enabled id kind later name tags targets time"
    );
    let some = read(&[
        ("$select", "Secret,NAME,name"),
        ("$expand", "setting($select=tenantId)"),
    ]);
    let some = some.unwrap();
    assert_eq!(some.selection(), "(secret,name,setting(tenantId))");
    assert_eq!(some.project(entry())["setting"], json!({"tenantId": "1"}));
    assert_eq!(names(some), "id name secret setting");
    assert_eq!(names(read(&[("$select", "*")]).unwrap()), everybody);
    let manner = Manner {
        all_enum_members: true,
        ..Manner::default()
    };
    let known = read_as(&[], &ENTRY, manner).unwrap();
    assert_eq!(known.project(entry())["kind"], "passthrough");
}

#[test]
fn options_that_cannot_be_honoured_are_refused() {
    for (name, value, unsupported) in [
        ("$apply", "x", false),
        ("$search", "x", true),
        ("$top", "0", true),
        ("$top", "1000", true),
        ("$top", "99999999999999999999", true),
        ("$top", "-1", false),
        ("$top", "x", false),
        ("$skip", "-1", false),
        ("$count", "yes", false),
        ("$select", "nothing", false),
        ("$select", "later", false),
        ("$select", "by/user", false),
        ("$expand", "nothing", true),
        ("$expand", "setting(", false),
        ("$expand", "setting($top)", false),
        ("$expand", "setting($expand=setting)", true),
        ("$expand", "setting($select=nothing)", false),
        ("$expand", "setting,setting", false),
        ("$orderby", "nothing", false),
        ("$orderby", "secret", true),
        ("$orderby", "name sideways", false),
        ("$orderby", "name,name,name,name,name", true),
    ] {
        let error = read(&[(name, value)]).unwrap_err();
        assert_eq!(
            error.is_unsupported(),
            unsupported,
            "{name}={value}: {error}"
        );
    }
    let twice = read(&[("$top", "1"), ("$TOP", "2")]).unwrap_err();
    assert_eq!(twice, QueryError::Repeated("$top"));
    assert!(read(&[("$format", "json"), ("$filter", ""), ("mine", "x")]).is_ok());
    let only = Query::read_only(
        [(Cow::from("$top"), Cow::from("1"))],
        &ENTRY,
        &Manner::default(),
        &[QueryOption::Filter],
    );
    assert_eq!(
        only.unwrap_err(),
        QueryError::Unsupported("$top".to_owned())
    );
}

#[test]
fn entries_are_ordered_by_several_members() {
    let query = read(&[("$orderby", "name desc, Time")]).unwrap();
    let of = |name: &str, time: &str| json!({"name": name, "time": time});
    let mut entries = [
        of("a", "2026-01-31T12:00:00Z"),
        of("B", "2026-01-31T12:00:00.5Z"),
        of("b", "2026-01-31T12:00:00Z"),
        json!({"name": null}),
    ];
    entries.sort_by(|one, other| query.compare(one, other));
    let names: Vec<_> = entries.iter().map(|entry| entry["name"].as_str()).collect();
    assert_eq!(names, [Some("b"), Some("B"), Some("a"), None]);
}

#[test]
fn what_every_wanted_entry_satisfies_can_be_asked_of_a_store() {
    let query = read(&[(
        "$filter",
        "Category eq 'Core' and time ge 2026-01-01 and time lt 2026-02-01 and time ge 2025-01-01
         and targets/any(t: t/id eq 'x') and tags/any(t: t eq 'y') and startswith(name,'a')
         and enabled eq true and code in (1,2)",
    )]);
    let query = query.unwrap();
    assert_eq!(query.equal_text("category"), Some("Core"));
    assert_eq!(query.equal_boolean("enabled"), Some(true));
    assert_eq!(query.start("name"), Some("a"));
    assert_eq!(query.one_of("code").map(|all| all.len()), Some(2));
    let span = query.span("time");
    assert_eq!(span.from, "2026-01-01T00:00:00Z".parse().ok());
    assert_eq!(span.until, "2026-02-01T00:00:00Z".parse().ok());
    assert_eq!(
        query.any_equal("targets", "id").and_then(Literal::text),
        Some("x")
    );
    assert_eq!(
        query.any_equal("tags", "").and_then(Literal::text),
        Some("y")
    );
    assert!(!query.is_only_about(&["category"]));
    let either = read(&[("$filter", "category eq 'a' or category eq 'b'")]).unwrap();
    assert_eq!(either.equal("category"), None);
    let one = read(&[("$filter", "category eq 'a'")]).unwrap();
    assert!(one.is_only_about(&["category"]) && !one.is_only_about(&["name"]));
}

fn path() -> impl Strategy<Value = Path> {
    let steps = prop::collection::vec("[a-zA-Z_][a-zA-Z0-9_.@-]{0,6}", 1..4);
    // A word that means something else is no member.
    steps
        .prop_filter("a literal", |steps| {
            let words = ["null", "true", "false", "not", "and", "or", "in"];
            let taken = |step: &String| words.iter().any(|word| word.eq_ignore_ascii_case(step));
            !steps.iter().any(taken)
        })
        .prop_map(|steps| Path {
            steps,
            exact: false,
        })
}

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        ".{0,8}".prop_map(Literal::Text),
        any::<i64>().prop_map(Literal::Number),
        any::<bool>().prop_map(Literal::Boolean),
        Just(Literal::Null),
        (0..4_000_000_000_i64, 0..1_000_000_000_i32)
            .prop_map(|(s, ns)| Literal::Time(jiff::Timestamp::new(s, ns).unwrap())),
        "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}".prop_map(Literal::Guid),
    ]
}

fn condition() -> impl Strategy<Value = Filter> {
    let comparison = prop::sample::select(&Comparison::ALL[..]);
    let part = prop::sample::select(&Part::ALL[..]);
    prop_oneof![
        (path(), comparison, literal()).prop_map(|(p, c, l)| Filter::Compare(p, c, l)),
        (path(), prop::collection::vec(literal(), 1..4)).prop_map(|(p, l)| Filter::In(p, l)),
        (part, path(), ".{0,8}").prop_map(|(part, p, text)| Filter::Part(part, p, text)),
    ]
}

fn tree(leaf: impl Strategy<Value = Filter> + 'static) -> impl Strategy<Value = Filter> {
    leaf.prop_recursive(3, 12, 3, |inner| {
        let several = prop::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            several.clone().prop_map(Filter::And),
            several.prop_map(Filter::Or),
            inner.prop_map(|inner| Filter::Not(Box::new(inner))),
        ]
    })
}

fn filter() -> impl Strategy<Value = Filter> {
    let quantifier = prop::sample::select(&[Quantifier::Any, Quantifier::All][..]);
    let lambda = (quantifier, path(), tree(condition()))
        .prop_map(|(q, p, inside)| Filter::Lambda(q, p, Some(Box::new(inside))));
    tree(prop_oneof![3 => condition(), 1 => lambda])
}

proptest! {
    #[test]
    fn a_filter_reads_as_it_prints(filter in filter()) {
        let printed = filter.to_string();
        match parse::read(&printed) {
            Ok(read) => prop_assert_eq!(read, filter, "{}", printed),
            Err(QueryError::TooComplex) => prop_assert!(printed.len() > 500, "{}", printed),
            Err(error) => prop_assert!(false, "{printed}: {error}"),
        }
    }

    #[test]
    fn nothing_that_is_written_makes_the_reader_fail(text in ".{0,200}") {
        for name in ["$filter", "$expand", "$select", "$orderby", "$top"] {
            let _ = read(&[(name, &text)]).map(|query| query.wants(&entry()));
        }
    }

    #[test]
    fn neither_do_words_in_any_order(
        words in prop::collection::vec(
            prop::sample::select(&[
                "name", "tags/any", "targets/all", "t:", "t/id", "t", "(", ")", ",", "eq", "not",
                "and", "or", "in", "'x'", "''", "'", "5", "null", "true", "2026-01-31T12:00:00Z",
                "startswith", "contains", ":", "/", "$count",
            ][..]),
            0..30,
        ),
    ) {
        if let Ok(query) = read(&[("$filter", &words.join(" "))]) {
            let _ = query.wants(&entry());
        }
    }

    #[test]
    fn a_filter_and_its_negation_divide_the_entries(filter in tree(condition())) {
        let _ = Filter::Not(Box::new(filter.clone()));
        prop_assert_ne!(filter.holds(&entry()), Filter::Not(Box::new(filter)).holds(&entry()));
    }
}
