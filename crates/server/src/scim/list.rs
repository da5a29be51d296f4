//! Lists, and how much of a resource is answered (RFC 7644, 3.4.2 and 3.9).

use serde_json::{Map, Value, json};

use super::filter::Filter;
use super::wrong;
use crate::error::Result;

/// How many resources a page has, unless the client says otherwise.
const PAGE: usize = 100;
/// The largest page.
pub(super) const LARGEST: usize = 200;
/// Resources that one request looks at when it has to look at each.
pub(super) const MOST: usize = 50_000;

/// What is always answered.
const ALWAYS: [&str; 3] = ["schemas", "id", "meta"];

/// `attributes` and `excludedAttributes`.
pub(super) struct Attributes {
    wanted: Option<Vec<String>>,
    unwanted: Vec<String>,
}

fn parameter(query: &str, name: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let found = pairs.find(|(known, _)| known.eq_ignore_ascii_case(name));
    found
        .map(|(_, value)| value.trim().to_owned())
        .filter(|value| !value.is_empty())
}

fn names(text: Option<String>) -> Option<Vec<String>> {
    let text = text?;
    Some(
        text.split(',')
            .map(|name| name.trim().to_lowercase())
            .collect(),
    )
}

impl Attributes {
    pub(super) fn of(query: &str) -> Result<Self> {
        let wanted = names(parameter(query, "attributes"));
        let unwanted = names(parameter(query, "excludedAttributes"));
        if wanted.is_some() && unwanted.is_some() {
            let message = "Either attributes or excludedAttributes can be given, not both.";
            return Err(wrong("invalidValue", message));
        }
        Ok(Attributes {
            wanted,
            unwanted: unwanted.unwrap_or_default(),
        })
    }

    /// Whether that attribute, or something in it, is asked for.
    pub(super) fn wants(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        let inside = |asked: &String| {
            *asked == name
                || asked
                    .strip_prefix(&name)
                    .is_some_and(|rest| rest.starts_with(['.', ':']))
                || asked.ends_with(&format!(":{name}"))
        };
        match &self.wanted {
            Some(wanted) => wanted.iter().any(inside),
            None => !self.unwanted.contains(&name),
        }
    }

    /// As much of a resource as is asked for.
    pub(super) fn select(&self, resource: Value) -> Value {
        let Value::Object(members) = resource else {
            return resource;
        };
        let members = members.into_iter().filter_map(|(name, value)| {
            let always = ALWAYS.iter().any(|always| *always == name);
            if !always && !self.wants(&name) {
                return None;
            }
            let value = match always {
                true => value,
                false => self.inside(&name, value),
            };
            Some((name, value))
        });
        Value::Object(members.collect())
    }

    /// `name.familyName` wants one member of a complex attribute.
    fn inside(&self, name: &str, value: Value) -> Value {
        let prefix = format!("{}.", name.to_lowercase());
        let whole = |asked: &String| *asked == name.to_lowercase();
        let narrow = |member: &str| -> bool {
            let path = format!("{prefix}{}", member.to_lowercase());
            match &self.wanted {
                Some(wanted) => wanted.iter().any(whole) || wanted.contains(&path),
                None => !self.unwanted.contains(&path),
            }
        };
        match value {
            Value::Object(members) if !name.starts_with("urn:") => {
                let kept = members.into_iter().filter(|(member, _)| narrow(member));
                Value::Object(kept.collect())
            }
            value => value,
        }
    }
}

/// What a list request asks.
pub(super) struct Asked {
    pub(super) filter: Option<Filter>,
    /// From 0.
    pub(super) start: usize,
    pub(super) count: usize,
    pub(super) attributes: Attributes,
}

impl Asked {
    pub(super) fn of(query: &str) -> Result<Self> {
        let number = |name: &str, otherwise: i64| match parameter(query, name) {
            None => Ok(otherwise),
            Some(text) => text
                .parse::<i64>()
                .map_err(|_| wrong("invalidValue", format!("{name} is a whole number."))),
        };
        // What is smaller than the smallest means the smallest.
        let start = number("startIndex", 1)?.max(1);
        let page = i64::try_from(PAGE).unwrap_or(i64::MAX);
        let count = number("count", page)?.max(0);
        if parameter(query, "sortBy").is_some() {
            let message = "Sorting is not supported, as ServiceProviderConfig says.";
            return Err(wrong("invalidValue", message));
        }
        let filter = parameter(query, "filter").map(|text| Filter::read(&text));
        Ok(Asked {
            filter: filter.transpose()?,
            start: usize::try_from(start - 1).unwrap_or(usize::MAX),
            count: usize::try_from(count).unwrap_or(LARGEST).min(LARGEST),
            attributes: Attributes::of(query)?,
        })
    }

    /// The page of resources that were all looked at.
    pub(super) fn page(&self, all: Vec<Value>) -> Value {
        let total = all.len();
        let page = all.into_iter().skip(self.start).take(self.count).collect();
        self.answer(total, page)
    }

    /// A list answer; `total` is how many there are in all.
    pub(super) fn answer(&self, total: usize, page: Vec<Value>) -> Value {
        let resources = page
            .into_iter()
            .map(|resource| self.attributes.select(resource));
        let resources: Vec<Value> = resources.collect();
        let mut members = Map::new();
        members.insert(
            "schemas".to_owned(),
            json!(["urn:ietf:params:scim:api:messages:2.0:ListResponse"]),
        );
        members.insert("totalResults".to_owned(), total.into());
        members.insert(
            "startIndex".to_owned(),
            (self.start.saturating_add(1)).into(),
        );
        members.insert("itemsPerPage".to_owned(), resources.len().into());
        members.insert("Resources".to_owned(), resources.into());
        Value::Object(members)
    }
}

/// A filter that would have to look at more than is looked at.
pub(super) fn too_many() -> crate::error::ApiError {
    wrong(
        "tooMany",
        format!(
            "The filter would have to look at more than {MOST} resources; ask for userName, \
                 externalId or id."
        ),
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests say what they expect")]
mod tests {
    use super::*;

    #[test]
    fn as_much_is_answered_as_is_asked_for() {
        let resource = json!({"id": "1", "schemas": [], "userName": "a", "active": true,
            "name": {"givenName": "A", "familyName": "B"}, "members": [1]});
        let select = |query: &str| Attributes::of(query).unwrap().select(resource.clone());
        assert_eq!(
            select("attributes=userName,name.familyName"),
            json!({"id": "1", "schemas": [], "userName": "a", "name": {"familyName": "B"}})
        );
        let without = select("excludedAttributes=members,name.givenName");
        assert_eq!(without.get("members"), None);
        assert_eq!(without.get("name"), Some(&json!({"familyName": "B"})));
        assert_eq!(select(""), resource);
        assert!(Attributes::of("attributes=a&excludedAttributes=b").is_err());
    }

    #[test]
    fn pages_begin_at_one_and_have_bounds() {
        let asked = Asked::of("startIndex=-3&count=100000").unwrap();
        assert_eq!((asked.start, asked.count), (0, LARGEST));
        let asked = Asked::of("startIndex=3&count=0").unwrap();
        let answer = asked.page(vec![json!({"id": "1"}); 5]);
        assert_eq!(answer.get("totalResults"), Some(&json!(5)));
        assert_eq!(answer.get("itemsPerPage"), Some(&json!(0)));
        assert!(Asked::of("count=many").is_err());
        assert!(Asked::of("sortBy=userName").is_err());
    }
}
