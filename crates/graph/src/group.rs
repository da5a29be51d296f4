//! `group`: how a group looks on the wire, and what may be written about one.

use std::collections::BTreeSet;

use policy::draft::Patch;
use serde_json::{Map, Value};
use signins::window::Moment;

use crate::directory_object::{Echo, bounded, bounded_list, bounded_or_null, say, unknown};
use crate::query::{Member, Operators, QueryOption, Shape};
use crate::sign_in::time;
use crate::user::referenced;
use crate::wire::{Result, WireError, Within, flag, is_annotation, object};

/// Members that are only read.
const READ_ONLY: [&str; 15] = [
    "id",
    "createdDateTime",
    "creationOptions",
    "deletedDateTime",
    "expirationDateTime",
    "isAssignableToRole",
    "mail",
    "onPremisesSyncEnabled",
    "organizationId",
    "proxyAddresses",
    "renewedDateTime",
    "resourceProvisioningOptions",
    "securityIdentifier",
    "theme",
    "uniqueName",
];

/// How many members or owners a body may name.
const MOST_BOUND: usize = 20;

const EQUAL: Operators = Operators::EQUALITY;

/// What can be asked of groups.
pub static SHAPE: Shape = Shape {
    members: &[
        Member::guid("id").filter(EQUAL),
        Member::time("createdDateTime").filter(Operators::EQ.and(Operators::RANGE)),
        Member::opaque("deletedDateTime"),
        Member::text("description").filter(EQUAL.and(Operators::STARTS)),
        Member::text("displayName")
            .filter(EQUAL.and(Operators::STARTS).and(Operators::ENDS))
            .ordered(),
        Member::texts("groupTypes").filter(Operators::EQ),
        Member::boolean("isAssignableToRole").filter(Operators::EQ),
        Member::text("mail").filter(EQUAL.and(Operators::STARTS)),
        Member::boolean("mailEnabled").filter(EQUAL),
        Member::text("mailNickname").filter(EQUAL.and(Operators::STARTS)),
        Member::boolean("onPremisesSyncEnabled").filter(EQUAL),
        Member::texts("proxyAddresses").filter(Operators::EQ),
        Member::boolean("securityEnabled").filter(EQUAL),
        Member::text("visibility"),
    ],
    always: &["id"],
    options: &[
        QueryOption::Select,
        QueryOption::Filter,
        QueryOption::OrderBy,
        QueryOption::Top,
        QueryOption::SkipToken,
        QueryOption::Count,
    ],
    is_directory: true,
    ..Shape::EMPTY
};

/// What can be asked of a list that holds users and groups.
pub static OBJECTS: Shape = Shape {
    members: &[
        Member::guid("id").filter(EQUAL),
        Member::text("displayName").filter(EQUAL.and(Operators::STARTS)),
        Member::text("mail").filter(EQUAL.and(Operators::STARTS)),
        Member::text("userPrincipalName").filter(EQUAL.and(Operators::STARTS)),
        Member::text("userType").filter(EQUAL),
        Member::boolean("accountEnabled").filter(EQUAL).on_select(),
        Member::boolean("securityEnabled").filter(EQUAL),
        Member::boolean("mailEnabled").filter(EQUAL),
        Member::texts("groupTypes").filter(Operators::EQ),
        Member::text("description"),
        Member::text("givenName"),
        Member::text("surname"),
        Member::text("jobTitle"),
    ],
    always: &["id"],
    options: &[
        QueryOption::Select,
        QueryOption::Filter,
        QueryOption::Top,
        QueryOption::SkipToken,
        QueryOption::Count,
    ],
    is_directory: true,
    ..Shape::EMPTY
};

/// A group as the wire sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// `id`.
    pub id: String,
    /// `displayName`.
    pub display_name: Option<String>,
    /// `createdDateTime`.
    pub created: Option<Moment>,
    /// `description`.
    pub description: Option<String>,
    /// `mailNickname`.
    pub mail_nickname: Option<String>,
    /// `mailEnabled`.
    pub mail_enabled: bool,
    /// `securityEnabled`.
    pub security_enabled: bool,
    /// `groupTypes`.
    pub group_types: Vec<String>,
    /// `visibility`.
    pub visibility: Option<String>,
    /// `isAssignableToRole`.
    pub role_assignable: bool,
}

/// A group with every member.
pub fn render(group: &Group) -> Value {
    let mut members = Map::new();
    say(&mut members, "id", group.id.clone());
    say(&mut members, "deletedDateTime", Value::Null);
    let created = group.created.and_then(time);
    say(&mut members, "createdDateTime", created);
    say(&mut members, "description", group.description.clone());
    say(&mut members, "displayName", group.display_name.clone());
    say(&mut members, "groupTypes", group.group_types.clone());
    let assignable = group.role_assignable.then_some(true);
    say(&mut members, "isAssignableToRole", assignable);
    say(&mut members, "mail", Value::Null);
    say(&mut members, "mailEnabled", group.mail_enabled);
    say(&mut members, "mailNickname", group.mail_nickname.clone());
    say(&mut members, "onPremisesSyncEnabled", Value::Null);
    say(&mut members, "proxyAddresses", Vec::<String>::new());
    say(&mut members, "securityEnabled", group.security_enabled);
    say(&mut members, "visibility", group.visibility.clone());
    Value::Object(members)
}

/// What a body says about a group.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GroupDraft {
    /// `displayName`.
    pub display_name: Patch<String>,
    /// `description`.
    pub description: Patch<String>,
    /// `mailNickname`.
    pub mail_nickname: Patch<String>,
    /// `visibility`.
    pub visibility: Patch<String>,
    /// `mailEnabled`.
    pub mail_enabled: Option<bool>,
    /// `securityEnabled`.
    pub security_enabled: Option<bool>,
    /// `isAssignableToRole`, which can be said at the beginning only.
    pub role_assignable: Option<bool>,
    /// `groupTypes`.
    pub group_types: Option<Vec<String>>,
    /// `members@odata.bind`: the ids.
    pub members: BTreeSet<String>,
    /// `owners@odata.bind`: the ids.
    pub owners: BTreeSet<String>,
    /// What cannot be written.
    pub echoes: Vec<Echo>,
}

/// Reads the body of a POST or PATCH.
pub fn read(body: &Value) -> Result<GroupDraft> {
    let mut draft = GroupDraft::default();
    for (name, value) in object(body)? {
        match name.as_str() {
            "members@odata.bind" => draft.members = bound(value).under(name)?,
            "owners@odata.bind" => draft.owners = bound(value).under(name)?,
            name if is_annotation(name) => {}
            name => member(&mut draft, name, value).under(name)?,
        }
    }
    Ok(draft)
}

fn bound(value: &Value) -> Result<BTreeSet<String>> {
    let addresses = bounded_list(value)?;
    if addresses.len() > MOST_BOUND {
        return Err(WireError::form("a list of at most 20 addresses", value));
    }
    let ids = addresses.iter().map(|address| {
        let id = referenced(address);
        id.ok_or_else(|| WireError::form("addresses of objects", value))
    });
    ids.collect()
}

fn patch(value: &Value) -> Result<Patch<String>> {
    Ok(bounded_or_null(value)?.map_or(Patch::Null, Patch::Value))
}

fn member(draft: &mut GroupDraft, name: &str, value: &Value) -> Result<()> {
    match name {
        "displayName" => draft.display_name = patch(value)?,
        "description" => draft.description = patch(value)?,
        "mailNickname" => draft.mail_nickname = patch(value)?,
        "visibility" => {
            let known = ["Private", "Public", "HiddenMembership"];
            if !value.is_null() && !known.contains(&bounded(value)?.as_str()) {
                let expected = "Private, Public or HiddenMembership";
                return Err(WireError::form(expected, value));
            }
            draft.visibility = patch(value)?;
        }
        "mailEnabled" => draft.mail_enabled = flag(value)?,
        "securityEnabled" => draft.security_enabled = flag(value)?,
        "isAssignableToRole" => draft.role_assignable = flag(value)?,
        "groupTypes" => {
            let types = bounded_list(value)?;
            // Who is in a dynamic group is worked out from a rule, which nobody here does.
            if types.iter().any(|name| name != "Unified") {
                return Err(WireError::form("a list of nothing but Unified", value));
            }
            draft.group_types = Some(types);
        }
        name if READ_ONLY.contains(&name) => draft.echoes.push(Echo {
            name: name.to_owned(),
            value: value.clone(),
        }),
        _ => return Err(unknown()),
    }
    Ok(())
}

impl GroupDraft {
    /// Writes what is said into a group.
    pub fn apply(&self, group: &mut Group) {
        let texts = [
            (&self.display_name, &mut group.display_name),
            (&self.description, &mut group.description),
            (&self.mail_nickname, &mut group.mail_nickname),
            (&self.visibility, &mut group.visibility),
        ];
        for (written, stored) in texts {
            match written {
                Patch::Absent => {}
                written => *stored = written.value().cloned(),
            }
        }
        group.mail_enabled = self.mail_enabled.unwrap_or(group.mail_enabled);
        group.security_enabled = self.security_enabled.unwrap_or(group.security_enabled);
        if let Some(types) = &self.group_types {
            group.group_types.clone_from(types);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_read_can_be_written_back() {
        let group = Group {
            id: "0c".to_owned(),
            display_name: Some("Sales".to_owned()),
            security_enabled: true,
            visibility: Some("Private".to_owned()),
            ..Group::default()
        };
        let rendered = render(&group);
        let draft = read(&rendered).unwrap();
        let mut same = group.clone();
        draft.apply(&mut same);
        assert_eq!(same, group);
        assert!(draft.echoes.iter().all(|echo| echo.agrees(&rendered)));
        for name in rendered.as_object().unwrap().keys() {
            assert!(SHAPE.member(name).is_some(), "{name}");
        }
    }

    #[test]
    fn members_are_bound_by_their_addresses_twenty_at_most() {
        let body =
            json!({"members@odata.bind": ["https://x/v1.0/users/a", "https://x/v1.0/groups('b')"]});
        let draft = read(&body).unwrap();
        assert_eq!(Vec::from_iter(&draft.members), ["a", "b"]);
        let many: Vec<String> = (0..21).map(|n| format!("https://x/users/{n}")).collect();
        let error = read(&json!({"members@odata.bind": many})).unwrap_err();
        assert!(error.path.to_string().contains("members@odata.bind"));
    }

    #[test]
    fn what_is_not_a_group_of_ours_is_refused_by_name() {
        for (body, path) in [
            (json!({"groupTypes": ["DynamicMembership"]}), "groupTypes"),
            (json!({"visibility": "Secret"}), "visibility"),
            (json!({"membershipRule": "x"}), "membershipRule"),
        ] {
            assert_eq!(read(&body).unwrap_err().path.to_string(), path);
        }
    }
}
