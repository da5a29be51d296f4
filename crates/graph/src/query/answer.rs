//! What of an entry is answered.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::evaluate::order_by;
use super::shape::Member;
use super::{Query, Version};

/// What stands for a value above the sentinel.
const UNKNOWN: &str = "unknownFutureValue";

impl Query {
    /// Whether `$filter` lets the entry through.
    pub fn wants(&self, entry: &Value) -> bool {
        self.filter
            .as_ref()
            .is_none_or(|filter| filter.holds(entry))
    }

    /// Which of two entries comes first by `$orderby`.
    pub fn compare(&self, one: &Value, other: &Value) -> Ordering {
        let each = self.order.iter().map(|order| {
            let ordering = order_by(&order.steps, one, other);
            match order.descending {
                true => ordering.reverse(),
                false => ordering,
            }
        });
        each.fold(Ordering::Equal, Ordering::then)
    }

    /// The members of an entry that this version, `$select` and `$expand` ask for.
    pub fn project(&self, entry: Value) -> Value {
        let Value::Object(members) = entry else {
            return entry;
        };
        let mut projected = Map::new();
        for (name, value) in members {
            if let Some(expand) = self.expand.iter().find(|expand| expand.name == name) {
                projected.insert(name, expand.query.expanded(value));
            } else if let Some(value) = self.member(&name, value) {
                projected.insert(name, value);
            }
        }
        Value::Object(projected)
    }

    fn member(&self, name: &str, value: Value) -> Option<Value> {
        if name.contains('@') {
            return Some(value);
        }
        let Some(member) = self.shape.member(name).filter(|known| known.name == name) else {
            return (self.shape.is_open && self.select.is_none()).then_some(value);
        };
        if member.is_beta && self.manner.version == Version::V1 {
            return None;
        }
        let selected = match &self.select {
            None => member.is_default,
            Some(select) => select.contains(&member.name) || self.is_always(member),
        };
        selected.then(|| self.known(member, value))
    }

    fn is_always(&self, member: &Member) -> bool {
        self.shape.always.contains(&member.name)
    }

    /// A value the client can be expected to know.
    fn known(&self, member: &Member, value: Value) -> Value {
        if member.evolved.is_empty() || self.manner.all_enum_members {
            return value;
        }
        let is_new = |value: &Value| {
            value
                .as_str()
                .is_some_and(|text| member.evolved.contains(&text))
        };
        match value {
            Value::Array(values) => {
                let known = values.into_iter().map(|value| match is_new(&value) {
                    true => UNKNOWN.into(),
                    false => value,
                });
                Value::Array(known.collect())
            }
            value if is_new(&value) => UNKNOWN.into(),
            value => value,
        }
    }

    /// What is at the other end of a navigation: one entry, or several.
    fn expanded(&self, value: Value) -> Value {
        let Value::Array(entries) = value else {
            return self.project(value);
        };
        let mut entries: Vec<Value> = entries
            .into_iter()
            .filter(|entry| self.wants(entry))
            .collect();
        entries.sort_by(|one, other| self.compare(one, other));
        entries.truncate(self.top.map_or(usize::MAX, |top| top as usize));
        entries
            .into_iter()
            .map(|entry| self.project(entry))
            .collect()
    }

    /// What stands behind the place in `@odata.context`: `(id,members(id))`.
    pub fn selection(&self) -> String {
        let selected = self.select.iter().flatten();
        let expanded = |name: &str| self.expand.iter().any(|expand| expand.name == name);
        let selected = selected
            .filter(|name| !expanded(name))
            .map(|name| (*name).to_owned());
        let expanded = self.expand.iter().map(|expand| {
            let inside = expand.query.select.as_ref();
            let inside = inside.map(|select| select.join(",")).unwrap_or_default();
            format!("{}({inside})", expand.name)
        });
        let all: Vec<String> = selected.chain(expanded).collect();
        match all.is_empty() {
            true => String::new(),
            false => format!("({})", all.join(",")),
        }
    }
}
