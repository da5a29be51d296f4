//! What the server of a resource tenant asks of the home tenant's server beside who somebody is.
//!
//! It stands in the `claims` parameter. The browser carries it on the way there, where it could be
//! changed; the token endpoint is told the same once more, by the client itself, and gives nothing
//! where the two differ.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

/// How many groups are asked about.
const MANY: usize = 500;

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    /// The application with which the person enters the resource tenant.
    pub client: Uuid,
    /// The application that is to be reached there.
    pub resource: Uuid,
    /// The groups that the settings of the resource tenant name, in their order.
    pub groups: Vec<Uuid>,
}

impl Asked {
    /// About these groups; `None` where they are more than can be asked about.
    pub fn new(client: Uuid, resource: Uuid, mut groups: Vec<Uuid>) -> Option<Self> {
        groups.sort();
        groups.dedup();
        (groups.len() <= MANY).then_some(Asked {
            client,
            resource,
            groups,
        })
    }

    /// Reads `claims`; `None` where nothing of the kind is asked.
    pub fn read(claims: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(claims).ok()?;
        let asked = value.get("id_token")?;
        let id = |value: &Value| Uuid::try_parse(value.as_str()?).ok();
        let one = |name: &str| id(asked.get(name)?.get("value")?);
        let groups = asked.get("groups").and_then(|groups| groups.get("values"));
        let groups = groups
            .and_then(Value::as_array)
            .map_or(&[][..], Vec::as_slice);
        let groups: Vec<Uuid> = groups.iter().map(id).collect::<Option<_>>()?;
        Asked::new(
            one("client_application")?,
            one("resource_application")?,
            groups,
        )
    }

    /// As `claims`, with a second factor that is asked for, or without.
    pub fn claims(&self, stronger: bool) -> String {
        let mut asked = json!({
            "client_application": {"value": self.client.to_string()},
            "resource_application": {"value": self.resource.to_string()},
            "groups": {"values": self.groups.iter().map(Uuid::to_string).collect::<Vec<_>>()},
        });
        if let (true, Some(members)) = (stronger, asked.as_object_mut()) {
            // Any authentication context stands for more than one factor.
            let contexts = json!({"essential": true, "value": "c1"});
            members.insert("acrs".to_owned(), contexts);
        }
        json!({"id_token": asked}).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_is_read_as_it_was_meant() {
        let id = Uuid::from_u128;
        let asked = Asked::new(id(1), id(2), vec![id(4), id(3), id(4)]).unwrap();
        assert_eq!(asked.groups, [id(3), id(4)]);
        for stronger in [false, true] {
            assert_eq!(Asked::read(&asked.claims(stronger)), Some(asked.clone()));
        }
        for nothing in ["", "{}", "[]", r#"{"id_token":{"acrs":{"value":"c1"}}}"#] {
            assert_eq!(Asked::read(nothing), None, "{nothing}");
        }
        let many = (0..501).map(id).collect();
        assert_eq!(Asked::new(id(1), id(2), many), None);
    }
}
