//! What one case changes about the world before it begins: `given`, a list of places and values.
//!
//! A place begins with a tenant of the fixture. `$contoso/default/…`,
//! `$contoso/partners/$fabrikam/…` and `$contoso/allowedCloudEndpoints` reach into its
//! cross-tenant access policy, `$contoso/users/$fred/…` and `$contoso/groups/$sales/…` into its
//! directory; any other second step is a member of the tenant. The value takes the place of what
//! was there: a whole partner entry is replaced, a property of an entry that is not listed makes
//! the entry. `null` for a partner, a user or a group removes it, `null` for a tenant makes it
//! unknown; everywhere else it is written as it is.

use graph::document::{Path, Printable, Segment};
use policy::tenant::TenantId;
use serde_json::{Map, Value};

use crate::members::{Mistake, text};

/// One change.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    place: Place,
    value: Value,
    at: Path,
}

/// Where the change goes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    tenant: TenantId,
    /// The steps from the tenant on, policy members moved into `crossTenantAccessPolicy`.
    steps: Vec<String>,
}

/// The members of a tenant whose items are found by an id, and the member that holds it.
const LISTS: [(&str, &str); 3] = [("partners", "tenantId"), ("users", "id"), ("groups", "id")];
/// The member of a tenant that holds its policy.
const POLICY: &str = "crossTenantAccessPolicy";
/// What stands in the policy although a place names it right after the tenant.
const IN_POLICY: [&str; 3] = ["default", "partners", "allowedCloudEndpoints"];

impl Given {
    /// Reads one entry of `given`.
    pub fn read(value: &Value, at: &Path) -> Result<Self, Mistake> {
        let Some([place, value]) = value.as_array().map(Vec::as_slice) else {
            let message = "expected a place and a value, for instance \
                           [\"$contoso/partners/$fabrikam/inboundTrust\", {isMfaAccepted: true}]";
            return Err(Mistake::at(at, message));
        };
        Ok(Given {
            place: Place::read(text(place, &at.index(0))?, &at.index(0))?,
            value: value.clone(),
            at: at.clone(),
        })
    }

    /// Where in the document the change is written.
    pub fn at(&self) -> &Path {
        &self.at
    }

    /// The tenant it changes.
    pub fn tenant(&self) -> TenantId {
        self.place.tenant
    }

    /// Whether the change can be judged only beside the tenants it leaves alone: a domain is
    /// verified in at most one tenant (S1.2).
    pub fn concerns_others(&self) -> bool {
        self.place
            .steps
            .first()
            .is_some_and(|step| step == "domains")
    }

    /// Makes the change in the fixture.
    pub fn apply(&self, fixture: &mut Value) -> Result<(), Mistake> {
        let refuse = |message: String| Mistake::at(&self.at.index(0), message);
        let id = self.place.tenant;
        let Some(Value::Array(tenants)) = fixture.get_mut("tenants") else {
            return Err(refuse("the fixture has no `tenants`".to_owned()));
        };
        let found = tenants
            .iter()
            .position(|tenant| names(tenant, "tenantId", id.as_u128()));
        let Some(at) = found else {
            return Err(refuse(format!("the fixture has no tenant `{id}`")));
        };
        if self.place.steps.is_empty() {
            if !self.value.is_null() {
                let message = "a whole tenant can only be taken away (null); name what to change";
                return Err(refuse(message.to_owned()));
            }
            tenants.remove(at);
            return Ok(());
        }
        match tenants.get_mut(at) {
            Some(tenant) => write(tenant, &self.place.steps, &self.value).map_err(refuse),
            None => Ok(()),
        }
    }

    /// Where in the document the value at that path of the changed fixture was written, if it was
    /// written by this change.
    pub fn origin(&self, path: &Path, fixture: &Value) -> Option<Path> {
        let mut inside = self.place.path(fixture)?;
        if let Some(rest) = path.after(&inside) {
            return Some(self.at.index(1).join(&rest));
        }
        // A mistake around the place is the change's, too: the fixture alone was well.
        while inside.pop().is_some() {
            if inside == *path {
                return Some(self.at.clone());
            }
        }
        None
    }
}

impl Place {
    fn read(text: &str, at: &Path) -> Result<Self, Mistake> {
        let mut steps = text.split('/').map(str::to_owned);
        let first = steps.next().unwrap_or_default();
        let tenant = first.parse().map_err(|_| {
            let shown: String = first.chars().take(64).collect();
            let message = format!(
                "expected a place that begins with a tenant, for instance `$contoso/default`; \
                 `{}` is not a tenant id",
                Printable(&shown)
            );
            Mistake::at(at, message)
        })?;
        let mut steps: Vec<String> = steps.collect();
        if steps.iter().any(String::is_empty) {
            return Err(Mistake::at(
                at,
                "a step of the place is empty; write it without `//`",
            ));
        }
        if steps
            .first()
            .is_some_and(|step| IN_POLICY.contains(&step.as_str()))
        {
            steps.insert(0, POLICY.to_owned());
        }
        Ok(Place { tenant, steps })
    }

    /// The path of the place in the fixture, as far as it is there.
    fn path(&self, fixture: &Value) -> Option<Path> {
        let tenants = fixture.get("tenants")?;
        let id = self.tenant.as_u128();
        let at = tenants
            .as_array()?
            .iter()
            .position(|tenant| names(tenant, "tenantId", id))?;
        let mut path = Path::root().member("tenants").index(at);
        let mut value = tenants.get(at);
        let mut steps = self.steps.iter();
        while let Some(step) = steps.next() {
            path.push(Segment::Member(step.clone()));
            value = value.and_then(|value| value.get(step));
            if let (Some((_, key)), Some(Value::Array(items))) = (list(step), value) {
                let Some(id) = steps.next() else {
                    break;
                };
                let at = items.iter().position(|item| is_called(item, key, id))?;
                path.push(Segment::Index(at));
                value = items.get(at);
            }
        }
        Some(path)
    }
}

fn list(step: &str) -> Option<(&'static str, &'static str)> {
    LISTS.into_iter().find(|(name, _)| *name == step)
}

fn names(item: &Value, key: &str, id: u128) -> bool {
    let text = item.get(key).and_then(Value::as_str);
    let named = text.and_then(|text| text.parse::<TenantId>().ok());
    named.is_some_and(|named| named.as_u128() == id)
}

fn is_called(item: &Value, key: &str, id: &str) -> bool {
    match id.parse::<TenantId>() {
        Ok(id) => names(item, key, id.as_u128()),
        Err(_) => item.get(key).and_then(Value::as_str) == Some(id),
    }
}

/// Writes the value at the end of the steps, making objects on the way.
fn write(into: &mut Value, steps: &[String], value: &Value) -> Result<(), String> {
    let Some((step, rest)) = steps.split_first() else {
        *into = value.clone();
        return Ok(());
    };
    if into.is_null() {
        *into = Value::Object(Map::new());
    }
    let Value::Object(members) = into else {
        return Err(format!(
            "there is no `{}` in what stands there",
            Printable(step)
        ));
    };
    let member = members.entry(step.clone()).or_insert(Value::Null);
    match (list(step), rest.split_first()) {
        (Some((_, key)), Some((id, rest))) => write_item(member, step, key, id, rest, value),
        _ => write(member, rest, value),
    }
}

/// Writes into the item with that id, or removes it, or makes it.
fn write_item(
    list: &mut Value,
    name: &str,
    key: &str,
    id: &str,
    rest: &[String],
    value: &Value,
) -> Result<(), String> {
    if list.is_null() {
        *list = Value::Array(Vec::new());
    }
    let Value::Array(items) = list else {
        return Err(format!("`{name}` is not a list"));
    };
    let found = items.iter().position(|item| is_called(item, key, id));
    if rest.is_empty() && value.is_null() {
        if let Some(at) = found {
            items.remove(at);
        }
        return Ok(());
    }
    if rest.is_empty() && !value.is_object() {
        return Err(format!(
            "expected an object or null for an entry of `{name}`"
        ));
    }
    if found.is_none() && !rest.is_empty() && name != "partners" {
        return Err(format!("`{name}` has no `{}`", Printable(id)));
    }
    let mut item = Map::new();
    item.insert(key.to_owned(), Value::String(id.to_owned()));
    let mut item = Value::Object(item);
    if rest.is_empty() {
        fill(&mut item, value, key, id)?;
    }
    let item = match found.and_then(|at| items.get_mut(at)) {
        Some(old) => {
            if rest.is_empty() {
                *old = item;
            }
            old
        }
        None => {
            items.push(item);
            match items.last_mut() {
                Some(new) => new,
                None => return Ok(()),
            }
        }
    };
    match rest.is_empty() {
        true => Ok(()),
        false => write(item, rest, value),
    }
}

/// Puts the members of the value into the item; its id may be repeated, not changed.
fn fill(item: &mut Value, value: &Value, key: &str, id: &str) -> Result<(), String> {
    if value.get(key).is_some() && !is_called(value, key, id) {
        return Err(format!(
            "`{key}` of the value is another one than in the place"
        ));
    }
    if let (Value::Object(item), Value::Object(value)) = (item, value) {
        let members = value.iter().filter(|(name, _)| *name != key);
        item.extend(members.map(|(name, value)| (name.clone(), value.clone())));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const T: &str = "0c000000-0000-4000-8000-00000000000a";
    const P: &str = "0f000000-0000-4000-8000-00000000000b";

    fn fixture() -> Value {
        json!({"tenants": [
            {"tenantId": P},
            {
                "tenantId": T,
                "allowInvitesFrom": "everyone",
                "crossTenantAccessPolicy": {"default": {}, "partners": [
                    {"tenantId": P, "isServiceProvider": true},
                ]},
                "users": [{"id": "u1", "userType": "Guest"}],
            },
        ]})
    }

    fn changed(place: &str, value: Value) -> Result<Value, String> {
        let path = Path::root().member("given").index(0);
        let place = place.replace("$T", T).replace("$P", P);
        let given = Given::read(&json!([place, value]), &path).map_err(|m| m.message)?;
        let mut fixture = fixture();
        given
            .apply(&mut fixture)
            .map_err(|mistake| mistake.message)?;
        Ok(fixture["tenants"][1].clone())
    }

    #[test]
    fn a_place_reaches_into_the_policy_the_directory_and_the_tenant() {
        let policy = |place: &str, value: Value| changed(place, value).unwrap()[POLICY].take();
        assert_eq!(policy("$T/default/a", json!(1))["default"], json!({"a": 1}));
        assert_eq!(
            policy("$T/allowedCloudEndpoints", json!([]))["allowedCloudEndpoints"],
            json!([])
        );
        assert_eq!(
            policy("$T/partners/$P/inboundTrust/isMfaAccepted", json!(true))["partners"][0],
            json!({"tenantId": P, "isServiceProvider": true, "inboundTrust": {"isMfaAccepted": true}})
        );
        assert_eq!(
            changed("$T/users/u1/userType", json!("Member")).unwrap()["users"][0]["userType"],
            "Member"
        );
        assert_eq!(
            changed("$T/allowInvitesFrom", json!("none")).unwrap()["allowInvitesFrom"],
            "none"
        );
        assert_eq!(
            changed("$T/domains", json!(["a"])).unwrap()["domains"],
            json!(["a"])
        );
        // The case of an id does not matter.
        let upper = format!("{}/users", T.to_uppercase());
        assert_eq!(changed(&upper, Value::Null).unwrap()["users"], Value::Null);
    }

    #[test]
    fn a_partner_is_added_replaced_and_removed() {
        let partners =
            |place: &str, value: Value| changed(place, value).unwrap()[POLICY]["partners"].take();
        let other = "0f000000-0000-4000-8000-00000000000c";
        let place = format!("$T/partners/{other}");
        assert_eq!(partners(&place, json!({}))[1], json!({"tenantId": other}));
        assert_eq!(
            partners(&format!("{place}/isServiceProvider"), json!(true))[1],
            json!({"tenantId": other, "isServiceProvider": true})
        );
        assert_eq!(
            partners("$T/partners/$P", json!({"a": 1})),
            json!([{"tenantId": P, "a": 1}])
        );
        assert_eq!(partners("$T/partners/$P", Value::Null), json!([]));
        assert_eq!(partners(&place, Value::Null).as_array().unwrap().len(), 1);
    }

    #[test]
    fn a_place_that_is_none_is_told() {
        for (place, value, message) in [
            (
                P.replace('0', "1").as_str(),
                json!(1),
                "the fixture has no tenant `1f111111-1111-4111-8111-11111111111b`",
            ),
            (
                "contoso/default",
                json!(1),
                "expected a place that begins with a tenant, for instance `$contoso/default`; `contoso` is not a tenant id",
            ),
            (
                "$T",
                json!({}),
                "a whole tenant can only be taken away (null); name what to change",
            ),
            (
                "$T//a",
                json!(1),
                "a step of the place is empty; write it without `//`",
            ),
            ("$T/users/u2/mail", json!("x"), "`users` has no `u2`"),
            (
                "$T/partners/$P",
                json!(1),
                "expected an object or null for an entry of `partners`",
            ),
            (
                "$T/partners/$P",
                json!({"tenantId": T}),
                "`tenantId` of the value is another one than in the place",
            ),
            (
                "$T/allowInvitesFrom/a",
                json!(1),
                "there is no `a` in what stands there",
            ),
        ] {
            assert_eq!(changed(place, value).unwrap_err(), message);
        }
    }

    #[test]
    fn a_mistake_in_the_changed_fixture_is_traced_to_the_change() {
        let at = Path::root().member("given").index(0);
        let given = json!([format!("{T}/partners/{P}/inboundTrust"), {"isMfa": true}]);
        let given = Given::read(&given, &at).unwrap();
        let mut fixture = fixture();
        given.apply(&mut fixture).unwrap();
        let path = Path::root().member("tenants").index(1).member(POLICY);
        let trust = path.member("partners").index(0).member("inboundTrust");
        let origin = |path: &Path| given.origin(path, &fixture).map(|path| path.to_string());
        assert_eq!(origin(&trust.member("isMfa")).unwrap(), "given[0][1].isMfa");
        assert_eq!(origin(&path).unwrap(), "given[0]");
        assert_eq!(origin(&Path::root().member("tenants").index(0)), None);
    }
}
