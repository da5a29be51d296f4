//! Comparing what a case expects with what was answered.
//!
//! An expectation is a part of the answer: of an object the named members count, of a list every
//! item in its order, each again as a part; a text that is a GUID compares without case; `null`
//! expects null or nothing.

use graph::document::{Path, Segment};
use policy::tenant::TenantId;
use serde_json::Value;

/// One place where the answer is not what was expected.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The place in the answer.
    pub path: Path,
    /// What was expected there.
    pub expected: Value,
    /// What is there; `None`: nothing.
    pub got: Option<Value>,
}

/// Every difference, in the order of the expectation.
pub fn differences(expected: &Value, got: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    compare(expected, Some(got), &mut Path::root(), &mut found);
    found
}

fn compare(expected: &Value, got: Option<&Value>, path: &mut Path, found: &mut Vec<Difference>) {
    match (expected, got) {
        (Value::Null, None | Some(Value::Null)) => {}
        (Value::Object(members), Some(Value::Object(answered))) => {
            for (name, member) in members {
                path.push(Segment::Member(name.clone()));
                compare(member, answered.get(name), path, found);
                path.pop();
            }
        }
        (Value::Array(items), Some(Value::Array(answered))) if items.len() == answered.len() => {
            for (at, (item, answer)) in items.iter().zip(answered).enumerate() {
                path.push(Segment::Index(at));
                compare(item, Some(answer), path, found);
                path.pop();
            }
        }
        (Value::String(expected), Some(Value::String(got))) if same_text(expected, got) => {}
        (Value::Number(expected), Some(Value::Number(got)))
            if expected == got || expected.as_f64() == got.as_f64() => {}
        (Value::Bool(expected), Some(Value::Bool(got))) if expected == got => {}
        _ => found.push(Difference {
            path: path.clone(),
            expected: expected.clone(),
            got: got.cloned(),
        }),
    }
}

fn same_text(expected: &str, got: &str) -> bool {
    let guid = |text: &str| text.parse::<TenantId>().ok();
    expected == got || guid(expected).is_some_and(|id| guid(got) == Some(id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(expected: Value, got: Value) -> Vec<String> {
        let found = differences(&expected, &got);
        let shown = found.iter().map(|difference| {
            let got = difference
                .got
                .as_ref()
                .map_or("nothing".to_owned(), Value::to_string);
            format!("{}: {} / {got}", difference.path, difference.expected)
        });
        shown.collect()
    }

    #[test]
    fn an_expectation_is_a_part_of_the_answer() {
        let answer = json!({"a": 1, "b": {"c": [1, {"d": "x", "e": null}], "f": true}});
        for expected in [
            json!({}),
            json!({"a": 1.0}),
            json!({"a": 1, "b": {"c": [1, {}]}}),
            json!({"b": {"c": [1, {"d": "x", "e": null, "nothing": null}]}}),
        ] {
            assert_eq!(told(expected, answer.clone()), [""; 0]);
        }
    }

    #[test]
    fn lists_compare_in_full_and_in_order() {
        assert_eq!(
            told(json!([1, 2]), json!([2, 1])),
            ["[0]: 1 / 2", "[1]: 2 / 1"]
        );
        assert_eq!(
            told(json!({"a": [1]}), json!({"a": [1, 2]})),
            ["a: [1] / [1,2]"]
        );
        assert_eq!(
            told(json!([]), json!([1])),
            ["the whole document: [] / [1]"]
        );
    }

    #[test]
    fn guids_compare_without_case_and_other_texts_with_it() {
        let lower = "0c000000-0000-4000-8000-00000000abcd";
        assert_eq!(told(json!(lower.to_uppercase()), json!(lower)), [""; 0]);
        assert_eq!(told(json!("Guest"), json!("guest")).len(), 1);
    }

    #[test]
    fn null_expects_null_or_nothing() {
        assert_eq!(told(json!({"a": null}), json!({})), [""; 0]);
        assert_eq!(told(json!({"a": null}), json!({"a": 0})), ["a: null / 0"]);
        assert_eq!(told(json!({"a": 0}), json!({})), ["a: 0 / nothing"]);
        assert_eq!(
            told(json!({"a": {"b": 1}}), json!({"a": null})),
            ["a: {\"b\":1} / null"]
        );
    }
}
