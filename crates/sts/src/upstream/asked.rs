//! What the server of a resource tenant asks of the home tenant's server beside who somebody is.
//!
//! Which settings of the home tenant count depends on how the person enters (S8, S9), and that shows
//! in the resource tenant only, once it is known who they are. So the home tenant is asked about each
//! way that may be meant, the likeliest first, and says which one it let through; if it turns out that
//! another one is meant, it is asked again, about that one.
//!
//! It stands in the `claims` parameter. The browser carries it on the way there, where it could be
//! changed; the token endpoint is told the same once more, by the client itself, and gives nothing
//! where the two differ.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

/// How many groups are asked about.
const MANY: usize = 500;

/// How somebody enters a tenant, where their home tenant's settings have a say in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Entrance {
    /// As a guest, or about to become one.
    B2bCollaboration,
    /// Without an object there.
    B2bDirectConnect,
}

impl Entrance {
    /// Its name, as sign-in logs have it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Entrance::B2bCollaboration => "b2bCollaboration",
            Entrance::B2bDirectConnect => "b2bDirectConnect",
        }
    }

    /// Reads the name.
    pub fn named(name: &str) -> Option<Self> {
        let both = [Entrance::B2bCollaboration, Entrance::B2bDirectConnect];
        both.into_iter().find(|known| known.as_str() == name)
    }
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    /// The application with which the person enters the resource tenant.
    pub client: Uuid,
    /// The application that is to be reached there.
    pub resource: Uuid,
    /// By which the rows of both logs are found (S15.1).
    pub correlation: Uuid,
    /// The groups that the settings of the resource tenant name, in their order.
    pub groups: Vec<Uuid>,
    /// The ways that may be meant, the likeliest first.
    pub entrances: Vec<Entrance>,
}

impl Asked {
    /// With its groups in order; `None` where they are more than can be asked about, or no way is.
    pub fn ordered(mut self) -> Option<Self> {
        self.groups.sort();
        self.groups.dedup();
        let legal = self.groups.len() <= MANY && (1..=2).contains(&self.entrances.len());
        legal.then_some(self)
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
        let entrances = asked.get("access_type")?.get("values")?.as_array()?;
        let entrances = entrances.iter().map(|name| Entrance::named(name.as_str()?));
        let entrances: Vec<Entrance> = entrances.collect::<Option<_>>()?;
        let asked = Asked {
            client: one("client_application")?,
            resource: one("resource_application")?,
            correlation: one("correlation_id")?,
            groups,
            entrances,
        };
        asked.ordered()
    }

    /// As `claims`, with a second factor that is asked for, or without.
    pub fn claims(&self, stronger: bool) -> String {
        let mut asked = json!({
            "client_application": {"value": self.client.to_string()},
            "resource_application": {"value": self.resource.to_string()},
            "correlation_id": {"value": self.correlation.to_string()},
            "groups": {"values": self.groups.iter().map(Uuid::to_string).collect::<Vec<_>>()},
            "access_type": {"values": self.entrances},
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
        let both = [Entrance::B2bDirectConnect, Entrance::B2bCollaboration];
        let asked = Asked {
            client: id(1),
            resource: id(2),
            correlation: id(5),
            groups: vec![id(4), id(3), id(4)],
            entrances: both.to_vec(),
        };
        let asked = asked.ordered().unwrap();
        assert_eq!(asked.groups, [id(3), id(4)]);
        for stronger in [false, true] {
            assert_eq!(Asked::read(&asked.claims(stronger)), Some(asked.clone()));
        }
        let claims = asked.claims(false);
        let other = claims.replace("b2bDirectConnect", "serviceProvider");
        let none = claims.replace(r#"["b2bDirectConnect","b2bCollaboration"]"#, "[]");
        assert!(![&other, &none].contains(&&claims));
        let of_acrs = r#"{"id_token":{"acrs":{"value":"c1"}}}"#;
        for nothing in ["", "{}", "[]", of_acrs, &other, &none] {
            assert_eq!(Asked::read(nothing), None, "{nothing}");
        }
        let many = Asked {
            groups: (0..501).map(id).collect(),
            ..asked
        };
        assert_eq!(many.ordered(), None);
    }
}
