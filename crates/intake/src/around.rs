//! What stands around a sign-in in its row, in the names of Graph: the address, the device, the place,
//! Conditional Access. No report looks at it; whoever keeps rows keeps it.
//!
//! What is written as text where Graph has an object (as Azure Monitor does) is read; what says
//! nothing is left out.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::meaning::says_nothing;

/// A column, and where it goes in a row of Graph.
enum Goes {
    /// A member with text.
    Text(&'static str),
    /// A member with text of one word, which the portal writes as several.
    Word(&'static str),
    /// `authenticationRequirement`.
    Requirement,
    /// A member that is an object, a list or a flag, or the same as text.
    Value(&'static str),
    /// A member inside of an object.
    Inside(&'static str, &'static str),
    /// `location`, an object, or a line such as "Lisbon, Lisboa, PT".
    Location,
}

/// By name, without case, blanks and punctuation.
fn goes(name: &str) -> Option<Goes> {
    Some(match name {
        "correlationid" => Goes::Text("correlationId"),
        "clientappused" | "clientapp" => Goes::Text("clientAppUsed"),
        "ipaddress" | "calleripaddress" => Goes::Text("ipAddress"),
        "useragent" => Goes::Text("userAgent"),
        "conditionalaccess" | "conditionalaccessstatus" => Goes::Word("conditionalAccessStatus"),
        "authenticationrequirement" => Goes::Requirement,
        "istenantrestricted" => Goes::Value("isTenantRestricted"),
        "appliedconditionalaccesspolicies" | "conditionalaccesspolicies" => {
            Goes::Value("appliedConditionalAccessPolicies")
        }
        "devicedetail" => Goes::Value("deviceDetail"),
        "deviceid" | "devicedetaildeviceid" => Goes::Inside("deviceDetail", "deviceId"),
        "devicedetaildisplayname" => Goes::Inside("deviceDetail", "displayName"),
        "operatingsystem" | "devicedetailoperatingsystem" => {
            Goes::Inside("deviceDetail", "operatingSystem")
        }
        "browser" | "devicedetailbrowser" => Goes::Inside("deviceDetail", "browser"),
        "locationdetails" => Goes::Value("location"),
        "locationcity" => Goes::Inside("location", "city"),
        "locationstate" => Goes::Inside("location", "state"),
        "locationcountryorregion" => Goes::Inside("location", "countryOrRegion"),
        "location" => Goes::Location,
        _ => return None,
    })
}

/// The members of a row that is being put together.
#[derive(Debug, Default)]
pub(crate) struct Around(Map<String, Value>);

impl Around {
    /// Whether something of that name, or inside of it, is taken up.
    pub(crate) fn wants(name: &str) -> bool {
        name.eq_ignore_ascii_case("properties") || goes(&plain(name)).is_some()
    }

    /// Takes a column up, if it is one of those.
    pub(crate) fn take(&mut self, name: &str, value: Value) {
        if let Some(goes) = goes(&plain(name)) {
            self.put(&goes, value);
        }
    }

    /// Takes the members of a JSON object, and of the row inside of an event of Azure Monitor.
    pub(crate) fn take_all(&mut self, members: Map<String, Value>) {
        for (name, value) in members {
            match value {
                Value::Object(inside) if name.eq_ignore_ascii_case("properties") => {
                    self.take_all(inside);
                }
                value => self.take(&name, value),
            }
        }
    }

    fn put(&mut self, goes: &Goes, value: Value) {
        if value.is_null() || value.as_str().is_some_and(is_empty) {
            return;
        }
        match goes {
            Goes::Text(member) => self.set(member, value),
            Goes::Word(member) => {
                let word = value.as_str().map(crate::meaning::closed);
                self.set(member, word.map_or(value, Value::String));
            }
            Goes::Requirement => {
                let multiple = value.as_str().map(|text| {
                    let text = text.trim().to_ascii_lowercase();
                    text.starts_with("multi")
                });
                let word = match multiple {
                    Some(true) => "multiFactorAuthentication".into(),
                    Some(false) => "singleFactorAuthentication".into(),
                    None => value,
                };
                self.set("authenticationRequirement", word);
            }
            Goes::Value(member) => {
                let text = value.as_str().map(str::trim);
                match text.map(|text| serde_json::from_str(&unspelled(text))) {
                    None => self.merge(member, value),
                    Some(Ok(value)) => self.merge(member, value),
                    // Text that is no JSON says nothing that could be kept.
                    Some(Err(_)) => {}
                }
            }
            Goes::Inside(object, member) => {
                let object = self.0.entry(*object).or_insert_with(|| Map::new().into());
                if let Some(object) = object.as_object_mut() {
                    object.insert((*member).to_owned(), value);
                }
            }
            Goes::Location => match value {
                Value::String(line) => self.located(&line),
                value => self.merge("location", value),
            },
        }
    }

    /// The first that says something counts.
    fn set(&mut self, member: &str, value: Value) {
        self.0.entry(member).or_insert(value);
    }

    /// An object beside single members of it that were there before.
    fn merge(&mut self, member: &str, value: Value) {
        match (self.0.get_mut(member), value) {
            (Some(Value::Object(known)), Value::Object(members)) => known.extend(members),
            (_, Value::Null) => {}
            (_, value) => {
                self.0.insert(member.to_owned(), value);
            }
        }
    }

    /// The portal writes city, state and country on one line, Azure Monitor the country alone.
    fn located(&mut self, line: &str) {
        let parts: Vec<&str> = line.split(',').map(str::trim).collect();
        let names: &[&'static str] = match parts.len() {
            1 => &["countryOrRegion"],
            2 => &["city", "countryOrRegion"],
            _ => &["city", "state", "countryOrRegion"],
        };
        for (name, part) in names.iter().zip(parts) {
            let known = self.0.get("location").and_then(|place| place.get(name));
            if known.is_none() {
                self.put(&Goes::Inside("location", name), part.into());
            }
        }
    }

    /// All of it.
    pub(crate) fn into_value(self) -> Value {
        Value::Object(self.0)
    }
}

fn plain(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|letter| letter.to_ascii_lowercase()).collect()
}

fn is_empty(text: &str) -> bool {
    text.trim().is_empty() || says_nothing(text)
}

/// A flag as JSON has it, for one that somebody wrote with a capital letter.
fn unspelled(text: &str) -> Cow<'_, str> {
    match text.len() <= "false".len() {
        true => text.to_ascii_lowercase().into(),
        false => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn around(columns: &[(&str, Value)]) -> Value {
        let mut around = Around::default();
        for (name, value) in columns {
            around.take(name, value.clone());
        }
        around.into_value()
    }

    #[test]
    fn every_writer_says_it_in_its_own_way() {
        let portal = around(&[
            ("Correlation ID", json!("k")),
            ("IP address", json!("192.0.2.1")),
            ("Client app", json!("Browser")),
            ("Operating System", json!("Windows 11")),
            ("Location", json!("Lisbon, Lisboa, PT")),
            ("Conditional Access", json!("Not Applied")),
            (
                "Authentication requirement",
                json!("Multifactor authentication"),
            ),
            ("Application", json!("CRM")),
        ]);
        let monitor = around(&[
            ("CorrelationId", json!("k")),
            ("IPAddress", json!("192.0.2.1")),
            ("ClientAppUsed", json!("Browser")),
            (
                "DeviceDetail",
                json!("{\"operatingSystem\":\"Windows 11\"}"),
            ),
            ("Location", json!("PT")),
            (
                "LocationDetails",
                json!("{\"city\":\"Lisbon\",\"state\":\"Lisboa\"}"),
            ),
            ("ConditionalAccessStatus", json!("notApplied")),
            (
                "AuthenticationRequirement",
                json!("multiFactorAuthentication"),
            ),
            ("UserAgent", json!("")),
        ]);
        assert_eq!(
            portal["authenticationRequirement"],
            "multiFactorAuthentication"
        );
        assert_eq!(
            portal["location"],
            json!({"city": "Lisbon", "state": "Lisboa", "countryOrRegion": "PT"})
        );
        for member in ["correlationId", "ipAddress", "clientAppUsed", "location"] {
            assert_eq!(portal[member], monitor[member], "{member}");
        }
        assert_eq!(portal["deviceDetail"], monitor["deviceDetail"]);
        assert_eq!(portal["conditionalAccessStatus"], "NotApplied");
        assert_eq!(monitor.get("userAgent"), None);
    }

    #[test]
    fn text_that_is_no_json_and_flags_in_words() {
        let told = around(&[
            ("DeviceDetail", json!("{\"browser\":")),
            ("isTenantRestricted", json!("True")),
        ]);
        assert_eq!(told, json!({"isTenantRestricted": true}));
    }
}
