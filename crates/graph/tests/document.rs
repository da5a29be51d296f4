//! Documents of people and of other programs: what is read, and how what cannot be read is told.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests say what they expect"
)]

use graph::document::{Document, MAX_DEPTH, Path, Rewriting, Segment};
use serde_json::{Value, json};

fn yaml(text: &str) -> Value {
    Document::parse("a.yaml", text.as_bytes())
        .unwrap()
        .value()
        .clone()
}

fn refused(name: &str, text: &str) -> String {
    match Document::parse(name, text.as_bytes()) {
        Ok(document) => panic!("read as {}", document.value()),
        Err(error) => error.to_string(),
    }
}

fn path(segments: &[&str]) -> Path {
    let segments = segments.iter().map(|segment| match segment.parse() {
        Ok(at) => Segment::Index(at),
        Err(_) => Segment::Member((*segment).to_owned()),
    });
    Path::from(segments.collect::<Vec<_>>())
}

#[test]
fn scalars_mean_what_the_core_schema_says() {
    assert_eq!(
        yaml(
            "[~, null, '', true, false, yes, 12, -3, +4, 0x1f, 0o17, 1.5, .5, 2e3, 1.2.3, 2022-01-31, 0c1, '12', !!str 12, \"a\\nb\"]"
        ),
        json!([
            null,
            null,
            "",
            true,
            false,
            "yes",
            12,
            -3,
            4,
            31,
            15,
            1.5,
            0.5,
            2000.0,
            "1.2.3",
            "2022-01-31",
            "0c1",
            "12",
            "12",
            "a\nb"
        ])
    );
    assert_eq!(
        yaml("a:\nb: ''\n7: x\ntrue: y"),
        json!({"a": null, "b": "", "7": "x", "true": "y"})
    );
    assert_eq!(yaml("18446744073709551615"), json!(18446744073709551615u64));
}

#[test]
fn members_keep_their_order_and_a_byte_order_mark_is_accepted() {
    let document = Document::parse("a.yaml", "\u{FEFF}z: 1\na: 2\nm: 3".as_bytes()).unwrap();
    let names: Vec<&String> = document.value().as_object().unwrap().keys().collect();
    assert_eq!(names, ["z", "a", "m"]);
    let document = Document::parse("a.json", "\u{FEFF}{\"z\":1,\"a\":2}".as_bytes()).unwrap();
    let names: Vec<&String> = document.value().as_object().unwrap().keys().collect();
    assert_eq!(names, ["z", "a"]);
}

#[test]
fn aliases_stand_for_their_anchors() {
    assert_eq!(
        yaml("halves:\n  - &all {target: AllUsers}\n  - &name who\nuse: [*all, *all]\n*name : 1"),
        json!({"halves": [{"target": "AllUsers"}, "who"], "use": [{"target": "AllUsers"}, {"target": "AllUsers"}], "who": 1})
    );
}

#[test]
fn every_value_can_be_located() {
    let text = "vectors:\n  - id: V1\n    in:\n      user: &who {name: fred}\n  - {id: V2, in: {user: *who}}\n";
    let document = Document::parse("a.yaml", text.as_bytes()).unwrap();
    let at = |segments: &[&str]| {
        let path = path(segments);
        format!("{} {}", document.locate_name(&path), document.locate(&path))
    };
    assert_eq!(at(&[]), "1:1 1:1");
    assert_eq!(at(&["vectors"]), "1:1 2:3");
    assert_eq!(at(&["vectors", "0"]), "2:5 2:5");
    assert_eq!(at(&["vectors", "0", "in"]), "3:5 4:7");
    assert_eq!(at(&["vectors", "0", "in", "user"]), "4:7 4:13");
    assert_eq!(at(&["vectors", "1", "id"]), "5:6 5:10");
    // An alias points at what was written; what is not there, at what is around it.
    assert_eq!(at(&["vectors", "1", "in", "user", "name"]), "4:19 4:25");
    assert_eq!(at(&["vectors", "1", "in", "nobody", "x"]), "5:14 5:18");
}

#[test]
fn every_value_of_a_json_file_can_be_located() {
    let text = "{\"é\": [1,\r\n  {\"b\": \"x\"}]}";
    let document = Document::parse("a.json", text.as_bytes()).unwrap();
    let at = |segments: &[&str]| {
        let path = path(segments);
        format!("{} {}", document.locate_name(&path), document.locate(&path))
    };
    assert_eq!(at(&["é"]), "1:2 1:7");
    assert_eq!(at(&["é", "0"]), "1:8 1:8");
    assert_eq!(at(&["é", "1", "b"]), "2:4 2:9");
}

#[test]
fn json_is_read_as_json() {
    let text = r#"{"a": [1, -2.5e3, "\ud83d\ude00\/\u00e9", true, null, {}], "b": {"c": []}}"#;
    let document = Document::parse("a.JSON", text.as_bytes()).unwrap();
    assert_eq!(
        document.value(),
        &json!({"a": [1, -2500.0, "😀/é", true, null, {}], "b": {"c": []}})
    );
}

#[test]
fn what_is_not_json_is_told_with_its_place_and_what_was_expected() {
    let cases = [
        ("", "a.json: the file is empty; expected one document"),
        (
            "{\"a\": 1,}",
            "a.json:1:9: this is not JSON: expected the name of a member in double quotes, found `}`",
        ),
        (
            "[1,]",
            "a.json:1:4: [1]: this is not JSON: expected a value, found `]`",
        ),
        (
            "[1 2]",
            "a.json:1:4: [1]: this is not JSON: expected `,` or `]`, found `2`",
        ),
        (
            "{\"a\" 1}",
            "a.json:1:6: a: this is not JSON: expected `:`, found `1`",
        ),
        (
            "{a: 1}",
            "a.json:1:2: this is not JSON: expected the name of a member in double quotes, found `a`",
        ),
        (
            "{\"a\": {\"b\": tru}}",
            "a.json:1:13: a.b: this is not JSON: expected a value, found `tru`",
        ),
        (
            "{\"a\": 1} {}",
            "a.json:1:10: this is not JSON: expected the end of the file, found `{`",
        ),
        (
            "{\"a\": [1",
            "a.json:1:9: a[1]: this is not JSON: expected `,` or `]`, found the end of the file",
        ),
        (
            "[\"a\nb\"]",
            "a.json:1:4: [0]: this is not JSON: a text must end on its line; expected `\"`",
        ),
        (
            "[\"ab",
            "a.json:1:5: [0]: this is not JSON: expected `\"` at the end of the text, found the end of the file",
        ),
        (
            "[\"\\x\"]",
            "a.json:1:4: [0]: this is not JSON: invalid escape",
        ),
        (
            "[01]",
            "a.json:1:2: [0]: this is not JSON: expected a value, found `01`",
        ),
        (
            "[1e999]",
            "a.json:1:2: [0]: `1e999` is not a number that can be kept; quote it if it is text",
        ),
        (
            "[NaN]",
            "a.json:1:2: [0]: `NaN` is not a number that can be kept; quote it if it is text",
        ),
        (
            "{\"a\": 1,\n \"a\": 2}",
            "a.json:2:2: a: the member `a` stands here twice; keep one",
        ),
        (
            "# no\n{}",
            "a.json:1:1: this is not JSON: expected a value, found `#`",
        ),
    ];
    for (text, message) in cases {
        assert_eq!(refused("a.json", text), message, "{text}");
    }
}

#[test]
fn what_is_not_yaml_is_told_with_its_place() {
    let cases = [
        ("", "a.yaml: the file is empty; expected one document"),
        (
            "# nothing\n",
            "a.yaml: the file is empty; expected one document",
        ),
        (
            "a: 1\n---\nb: 2",
            "a.yaml:2:1: a second document begins here; expected one document per file",
        ),
        (
            "a:\n  b: 1\n  b: 2",
            "a.yaml:3:3: a.b: the member `b` stands here twice; keep one",
        ),
        (
            "a: {<<: {b: 1}}",
            "a.yaml:1:5: a: merge keys (`<<`) are not read; repeat the members instead",
        ),
        (
            "a: [*who]",
            "a.yaml:1:5: a[0]: this is not YAML: while parsing node, found unknown anchor",
        ),
        (
            "a: &who [*who]",
            "a.yaml:1:10: a[0]: this alias stands inside its own anchor",
        ),
        (
            "? {a: 1}\n: 2",
            "a.yaml:1:3: the name of a member must be text on one line",
        ),
        (
            "a: !secret x",
            "a.yaml:1:4: a: the tag `!secret` does not fit here; leave it out",
        ),
        (
            "a: !!int x",
            "a.yaml:1:4: a: the tag `!!int` does not fit here; leave it out",
        ),
        (
            "a: .nan",
            "a.yaml:1:4: a: `.nan` is not a number that can be kept; quote it if it is text",
        ),
        (
            "a: 99999999999999999999",
            "a.yaml:1:4: a: `99999999999999999999` is not a number that can be kept; quote it if it is text",
        ),
    ];
    for (text, message) in cases {
        assert_eq!(refused("a.yaml", text), message, "{text}");
    }
}

#[test]
fn broken_yaml_is_an_error_and_never_a_panic() {
    for text in [
        "a: [1, 2",
        "a: {b: 1",
        "a: 'x",
        "a: \"x",
        "\ta: 1",
        "a:\n\tb: 1",
        "a: b: c",
        "- a\nb: c",
        "}",
        "]",
        "{",
        "[",
        "&",
        "*",
        "!",
        "%",
        "%YAML 3.0\n---\na",
        "@",
        "`",
        "a: |9\n x",
        "? ",
        ": ",
        "- - - -",
        "{a, b: , c}",
        "[a: b]",
        "--- --- ---",
        "...",
        "a: \"\\u00",
        "\"\\ud800\"",
        "{? : }",
        "[? x]",
        "&a &b c",
        "*a : b",
        "!<tag:x> y",
        "a: >\n\n\n",
        "\u{2028}",
        "- ? - : -",
    ] {
        let _ = Document::parse("a.yaml", text.as_bytes());
    }
}

#[test]
fn characters_nobody_can_see_are_refused_and_never_printed() {
    for (name, text, message) in [
        (
            "a.yaml",
            "a: x\n b: \u{0}y",
            "a.yaml:2:5: the control character U+0000 is not allowed here; remove it",
        ),
        (
            "a.json",
            "{\"a\": \"\u{7}\"}",
            "a.json:1:8: the control character U+0007 is not allowed here; remove it",
        ),
        (
            "a.json",
            "{\"a\": \"\\u0000\"}",
            "a.json:1:7: a: the control character U+0000 is not allowed here; remove it",
        ),
        (
            "a.yaml",
            "a: \"\\0\"",
            "a.yaml:1:4: a: the control character U+0000 is not allowed here; remove it",
        ),
        (
            "a.json",
            "{\"a\\n\": 1}",
            "a.json:1:2: [\"a\\u{a}\"]: the control character U+000A is not allowed here; remove it",
        ),
        (
            "a.yaml",
            "\u{202e}a: 1",
            "a.yaml:1:1: [\"\\u{202e}a\"]: the name `\\u{202e}a` holds the character U+202E, which turns the direction of writing; remove it",
        ),
    ] {
        assert_eq!(refused(name, text), message, "{text:?}");
    }
    assert_eq!(yaml("a: \u{202e}x"), json!({"a": "\u{202e}x"}));
    assert_eq!(
        Document::parse("a.yaml", b"a: \n b: \xff\xfe")
            .unwrap_err()
            .to_string(),
        "a.yaml:2:5: this is not UTF-8 text; save the file as UTF-8"
    );
    assert_eq!(
        Document::parse("a.json", b"\xff\xfe{\0}\0")
            .unwrap_err()
            .to_string(),
        "a.json:1:1: this is UTF-16 text; save the file as UTF-8"
    );
}

#[test]
fn a_bomb_of_aliases_is_refused() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..10 {
        let inner = vec![format!("*a{}", level - 1); 10].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{inner}]\n"));
    }
    assert_eq!(
        refused("a.yaml", &text),
        "a.yaml:6:45: a5[7]: the aliases of the document stand for more than 1000000 values; write fewer aliases of smaller anchors"
    );
    let long = format!(
        "a: &a {}\nb: [{}]",
        "x".repeat(1 << 20),
        vec!["*a"; 100].join(", ")
    );
    assert!(refused("a.yaml", &long).contains("stand for more than"));
}

#[test]
fn a_document_nested_too_deep_is_refused_before_the_stack_ends() {
    for (name, open) in [
        ("a.json", "["),
        ("a.json", "{\"a\":"),
        ("a.yaml", "["),
        ("a.yaml", "{a: "),
        ("a.yaml", "- "),
        ("a.yaml", "? "),
    ] {
        let message = refused(name, &open.repeat(100_000));
        assert!(
            message.ends_with(": more than 128 arrays and objects stand inside one another here")
                || message.contains("the name of a member must be text"),
            "{open}: {message}"
        );
    }
    // Aliases do not smuggle depth in.
    let mut text = String::new();
    for level in 0..4 {
        let inner = if level == 0 {
            "x".to_owned()
        } else {
            format!("*a{}", level - 1)
        };
        text.push_str(&format!(
            "a{level}: &a{level} {}{inner}{}\n",
            "[".repeat(40),
            "]".repeat(40)
        ));
    }
    assert!(refused("a.yaml", &text).contains("more than 128 arrays"));
    let legal = format!("{}{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
    assert!(Document::parse("a.json", legal.as_bytes()).is_ok());
    assert!(Document::parse("a.yaml", legal.as_bytes()).is_ok());
}

#[test]
fn ten_megabytes_are_read_and_too_many_values_are_refused() {
    let item = "- {target: 0f000000-0000-4000-8000-00000000c001, targetType: group}\n";
    let text = item.repeat(10 * 1024 * 1024 / item.len());
    let document = Document::parse("a.yaml", text.as_bytes()).unwrap();
    assert_eq!(
        document.value().as_array().unwrap().len(),
        text.lines().count()
    );
    let item = "{\"target\":\"0f000000-0000-4000-8000-00000000c001\"},";
    let text = format!("[{}0]", item.repeat(10 * 1024 * 1024 / item.len()));
    assert!(Document::parse("a.json", text.as_bytes()).is_ok());
    let many = format!("[{}0]", "0,".repeat(5_000_000));
    assert!(
        refused("a.json", &many)
            .ends_with("the document holds more than 4000000 values; split it into several files")
    );
    let large = vec![b' '; 64 * 1024 * 1024 + 1];
    assert_eq!(
        Document::parse("a.yaml", &large).unwrap_err().to_string(),
        "a.yaml: the file has 67108865 bytes, more than the 67108864 that are read; split it into several files"
    );
}

#[test]
fn texts_and_names_are_rewritten_and_stay_where_they_were() {
    let document = Document::parse("a.yaml", b"a: $x\n$x: [1, $y]").unwrap();
    let mut rename = |path: &Path, text: &str| match text {
        "$y" => Err(path.to_string()),
        other => Ok(other.replace("$x", "long")),
    };
    assert_eq!(
        document.rewrite(&mut rename).unwrap_err(),
        Rewriting::Refused(path(&["$x", "1"]), "$x[1]".to_owned())
    );
    let mut rename = |_: &Path, text: &str| Ok::<_, ()>(text.replace('$', "very long "));
    let rewritten = document.rewrite(&mut rename).unwrap();
    assert_eq!(
        rewritten.value(),
        &json!({"a": "very long x", "very long x": [1, "very long y"]})
    );
    assert_eq!(
        rewritten.locate(&path(&["very long x", "1"])).to_string(),
        "2:9"
    );
    let mut collide = |_: &Path, _: &str| Ok::<_, ()>("a".to_owned());
    assert_eq!(
        document.rewrite(&mut collide).unwrap_err(),
        Rewriting::Collision(path(&["$x"]), "a".to_owned())
    );
}
