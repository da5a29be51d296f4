//! What a batch consists of, and in which order it is carried out.

use serde_json::{Map, Value};

use crate::error::{ApiError, Result};

/// More requests in one batch are refused.
pub(super) const MOST: usize = 20;
/// Longer ids and urls are refused.
const LONGEST_ID: usize = 256;
const LONGEST_URL: usize = 8 * 1024;

/// One request.
pub(super) struct Item<'a> {
    pub(super) id: &'a str,
    pub(super) method: &'a str,
    pub(super) url: &'a str,
    pub(super) headers: Vec<(&'a str, &'a str)>,
    pub(super) body: Option<&'a Value>,
    /// The places of those it depends on.
    pub(super) after: Vec<usize>,
}

fn wrong(message: impl Into<String>) -> ApiError {
    ApiError::bad_query(message)
}

/// The requests, if they can be a batch.
pub(super) fn items(value: &Value) -> Result<Vec<Item<'_>>> {
    let requests = value.get("requests").and_then(Value::as_array);
    let requests = requests.ok_or_else(|| {
        wrong("The batch cannot be read: expected an object with a list 'requests'.")
    })?;
    if requests.is_empty() || requests.len() > MOST {
        let many = requests.len();
        return Err(wrong(format!(
            "The batch has {many} requests: expected 1 to {MOST}."
        )));
    }
    let ids: Vec<&str> = requests.iter().map(id).collect::<Result<_>>()?;
    for (index, id) in ids.iter().enumerate() {
        let before = ids.iter().take(index);
        if before.clone().any(|other| other.eq_ignore_ascii_case(id)) {
            return Err(wrong(format!("The id '{id}' stands in the batch twice.")));
        }
    }
    let requests = requests.iter().zip(&ids);
    requests.map(|(value, id)| item(value, id, &ids)).collect()
}

fn id(value: &Value) -> Result<&str> {
    let id = value.get("id").and_then(Value::as_str);
    id.filter(|id| !id.is_empty() && id.len() <= LONGEST_ID)
        .ok_or_else(|| wrong("Each request of a batch needs an 'id', a string."))
}

fn item<'a>(value: &'a Value, id: &'a str, ids: &[&str]) -> Result<Item<'a>> {
    let nothing = Map::new();
    let members = value.as_object().unwrap_or(&nothing);
    let known = ["id", "method", "url", "headers", "body", "dependsOn"];
    if let Some(unknown) = members.keys().find(|name| !known.contains(&name.as_str())) {
        let unknown: String = unknown.chars().take(64).collect();
        return Err(wrong(format!(
            "The request '{id}' has a property '{unknown}' that is not known."
        )));
    }
    let text = |name: &str| {
        let text = value.get(name).and_then(Value::as_str);
        text.filter(|text| !text.is_empty())
            .ok_or_else(|| wrong(format!("The request '{id}' needs '{name}', a string.")))
    };
    let url = text("url")?;
    let absolute = url.contains("://") && !url.contains('?') || url.starts_with("//");
    if url.len() > LONGEST_URL || absolute {
        return Err(wrong(format!(
            "The url of the request '{id}' must be relative to the version, such as /users."
        )));
    }
    let path = url.split('?').next().unwrap_or_default();
    let path = path.trim_matches('/').replace("%24", "$");
    if path.eq_ignore_ascii_case("$batch") {
        return Err(wrong(format!("The request '{id}' is a batch itself.")));
    }
    Ok(Item {
        id,
        method: text("method")?,
        url,
        headers: headers(value, id)?,
        body: value.get("body").filter(|body| !body.is_null()),
        after: after(value, id, ids)?,
    })
}

fn headers<'a>(value: &'a Value, id: &str) -> Result<Vec<(&'a str, &'a str)>> {
    let wrong = || {
        wrong(format!(
            "The headers of the request '{id}' must be an object of strings."
        ))
    };
    match value.get("headers") {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Object(headers)) => headers
            .iter()
            .map(|(name, value)| Ok((name.as_str(), value.as_str().ok_or_else(wrong)?)))
            .collect(),
        Some(_) => Err(wrong()),
    }
}

fn after(value: &Value, id: &str, ids: &[&str]) -> Result<Vec<usize>> {
    let named = match value.get("dependsOn") {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(named)) => named.as_slice(),
        Some(_) => {
            return Err(wrong(format!(
                "'dependsOn' of the request '{id}' must be a list of ids."
            )));
        }
    };
    let place = |value: &Value| {
        let name = value.as_str().unwrap_or_default();
        let place = ids
            .iter()
            .position(|other| other.eq_ignore_ascii_case(name));
        place.ok_or_else(|| {
            wrong(format!(
                "The request '{id}' depends on one that is not in the batch."
            ))
        })
    };
    named.iter().map(place).collect()
}

/// The places in the order in which they are carried out: as they stand, but each after those it
/// depends on.
pub(super) fn order(items: &[Item<'_>]) -> Result<Vec<usize>> {
    let mut order: Vec<usize> = Vec::new();
    while order.len() < items.len() {
        let ready = items.iter().enumerate().find(|(index, item)| {
            !order.contains(index) && item.after.iter().all(|other| order.contains(other))
        });
        let (index, _) = ready
            .ok_or_else(|| wrong("Requests of the batch depend on each other in a circle."))?;
        order.push(index);
    }
    Ok(order)
}
