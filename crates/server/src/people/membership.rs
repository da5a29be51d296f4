//! Who is in which group, directly and through other groups. A loop in the nesting is harmless
//! (S1.6).

use std::collections::BTreeSet;

use policy::target::{GroupId, UserId};
use serde_json::Value;
use store::{DirectoryAct, GroupRow, Member, Person};

use super::{Deed, Desk, Judged, group, no_object, user};
use crate::entry::Entry;
use crate::error::{ApiError, Result};

const ADD: Deed = Deed {
    category: "GroupManagement",
    activity: "Add member to group",
    operation: "Assign",
    kind: "Group",
};
const REMOVE: Deed = Deed {
    category: "GroupManagement",
    activity: "Remove member from group",
    operation: "Unassign",
    kind: "Group",
};

/// More members than that are not looked at for one answer.
pub(crate) const MOST: usize = 200_000;
const AT_ONCE: u32 = 1_000;

/// A member as it is kept.
enum Found {
    User(Box<Person>),
    Group(Box<GroupRow>),
}

impl Desk<'_> {
    async fn find_member(&self, key: &str) -> Result<Found> {
        if let Ok(person) = self.find_user(key).await {
            return Ok(Found::User(Box::new(person)));
        }
        self.find_group(key)
            .await
            .map(|row| Found::Group(Box::new(row)))
    }

    /// What is to be done so that these become members of a group.
    pub(crate) async fn joining(
        &self,
        row: &GroupRow,
        members: &[&str],
    ) -> Result<(Vec<DirectoryAct>, Vec<Entry>)> {
        self.moving(row, members, true).await
    }

    /// The acts and the entry for each who is not yet what they are to be.
    async fn moving(
        &self,
        row: &GroupRow,
        members: &[&str],
        joins: bool,
    ) -> Result<(Vec<DirectoryAct>, Vec<Entry>)> {
        let (mut acts, mut entries) = (Vec::new(), Vec::new());
        let id = row.group.id;
        let deed = if joins { ADD } else { REMOVE };
        for key in members {
            let (act, object, name) = match self.find_member(key).await? {
                Found::User(mut person) => {
                    let groups = person.user.groups.get_or_insert_default();
                    if !change(groups, id, joins) {
                        continue;
                    }
                    let name = person.user.user_principal_name.clone();
                    let act = user::put(&person, Some(person.version));
                    (act, person.user.id.to_string(), Some(name))
                }
                Found::Group(mut member) => {
                    if !change(&mut member.group.member_of, id, joins) {
                        continue;
                    }
                    let name = member.group.display_name.clone();
                    let act = group::put(&member, Some(member.version));
                    (act, member.group.id.to_string(), name)
                }
            };
            acts.push(act);
            let value = |stands: bool| match stands {
                true => Value::from(object.clone()),
                false => Value::Null,
            };
            let changes = vec![
                (
                    "Group.ObjectID".to_owned(),
                    value_of(id, !joins),
                    value_of(id, joins),
                ),
                ("Member.ObjectID".to_owned(), value(!joins), value(joins)),
                ("Member.Name".to_owned(), Value::Null, name.into()),
            ];
            let shown = row.group.display_name.clone();
            entries.push(deed.entry(Some(id.to_string()), shown, changes));
        }
        Ok((acts, entries))
    }

    /// Makes somebody a member.
    pub(crate) async fn add_member(&self, key: &str, member: &str) -> Result<()> {
        let attempt = || async move {
            let row = self.find_group(key).await?;
            let (acts, entries) = self.joining(&row, &[member]).await?;
            if acts.is_empty() {
                return Err(ApiError::bad_body(
                    "One or more added object references already exist for the following modified \
                     properties: 'members'.",
                ));
            }
            Ok(Judged {
                acts,
                entries,
                relying: None,
                answer: (),
            })
        };
        self.carry_out(&ADD, Some(key.to_owned()), attempt).await
    }

    /// Lets a member go.
    pub(crate) async fn remove_member(&self, key: &str, member: &str) -> Result<()> {
        let attempt = || async move {
            let row = self.find_group(key).await?;
            let (acts, entries) = self.moving(&row, &[member], false).await?;
            if acts.is_empty() {
                return Err(no_object(member));
            }
            Ok(Judged {
                acts,
                entries,
                relying: None,
                answer: (),
            })
        };
        self.carry_out(&REMOVE, Some(key.to_owned()), attempt).await
    }

    /// Makes members of some and lets others go, all at once. Who is already what they are to be is
    /// passed over.
    pub(crate) async fn change_members(
        &self,
        key: &str,
        join: &BTreeSet<String>,
        leave: &BTreeSet<String>,
    ) -> Result<()> {
        let attempt = || async move {
            let row = self.find_group(key).await?;
            let list = |ids: &BTreeSet<String>| -> Vec<String> { ids.iter().cloned().collect() };
            let (joining, leaving) = (list(join), list(leave));
            let joining: Vec<&str> = joining.iter().map(String::as_str).collect();
            let leaving: Vec<&str> = leaving.iter().map(String::as_str).collect();
            let (mut acts, mut entries) = self.moving(&row, &joining, true).await?;
            let (left, about) = self.moving(&row, &leaving, false).await?;
            acts.extend(left);
            entries.extend(about);
            Ok(Judged {
                acts,
                entries,
                relying: None,
                answer: (),
            })
        };
        self.carry_out(&ADD, Some(key.to_owned()), attempt).await
    }

    /// All direct members of a group.
    pub(crate) async fn direct_members(&self, group: GroupId) -> Result<BTreeSet<Member>> {
        let (mut found, mut after) = (BTreeSet::new(), None);
        loop {
            let store = &self.app.store;
            let page = store.members(self.tenant(), group, after, AT_ONCE).await?;
            let is_last = page.len() < AT_ONCE as usize;
            after = page.last().copied();
            found.extend(page);
            if found.len() > MOST {
                return Err(too_many());
            }
            if is_last {
                return Ok(found);
            }
        }
    }

    /// The members of a group and of the groups in it.
    pub(crate) async fn all_members(&self, group: GroupId) -> Result<BTreeSet<Member>> {
        let (mut found, mut open) = (BTreeSet::new(), vec![group]);
        let mut seen = BTreeSet::from([group]);
        while let Some(group) = open.pop() {
            for member in self.direct_members(group).await? {
                if let Member::Group(nested) = member
                    && seen.insert(nested)
                {
                    open.push(nested);
                }
                found.insert(member);
            }
            if found.len() > MOST {
                return Err(too_many());
            }
        }
        Ok(found)
    }

    /// The groups somebody with these direct groups is in, through other groups as well, by id.
    pub(crate) async fn all_groups(&self, direct: &BTreeSet<GroupId>) -> Result<Vec<GroupRow>> {
        let mut seen: BTreeSet<GroupId> = direct.clone();
        let mut open: Vec<GroupId> = direct.iter().copied().collect();
        let mut found = Vec::new();
        while !open.is_empty() {
            let rows = self.app.store.group_rows_of(self.tenant(), &open).await?;
            let parents = rows.iter().flat_map(|row| &row.group.member_of);
            open = parents.copied().filter(|id| seen.insert(*id)).collect();
            found.extend(rows);
        }
        found.sort_by_key(|row| row.group.id);
        Ok(found)
    }

    /// Users and groups as a list of objects shows them.
    pub(crate) async fn objects(&self, members: &[Member], domain: &str) -> Result<Vec<Value>> {
        let users = members.iter().filter_map(|member| match member {
            Member::User(id) => Some(*id),
            Member::Group(_) => None,
        });
        let groups = members.iter().filter_map(|member| match member {
            Member::Group(id) => Some(*id),
            Member::User(_) => None,
        });
        let users: Vec<UserId> = users.collect();
        let groups: Vec<GroupId> = groups.collect();
        let users = self.app.store.persons_of(self.tenant(), &users).await?;
        let groups = self.app.store.group_rows_of(self.tenant(), &groups).await?;
        let users = users.iter().map(|person| user_object(person, domain));
        Ok(users.chain(groups.iter().map(group_object)).collect())
    }
}

/// A user in a list that holds other objects as well.
pub(crate) fn user_object(person: &Person, domain: &str) -> Value {
    typed("#microsoft.graph.user", user::render(person, domain))
}

/// A group in a list that holds other objects as well.
pub(crate) fn group_object(row: &GroupRow) -> Value {
    typed("#microsoft.graph.group", group::render(row))
}

fn typed(name: &str, mut value: Value) -> Value {
    if let Some(members) = value.as_object_mut() {
        members.insert("@odata.type".to_owned(), name.into());
    }
    value
}

fn value_of(id: GroupId, stands: bool) -> Value {
    match stands {
        true => id.to_string().into(),
        false => Value::Null,
    }
}

fn change(groups: &mut BTreeSet<GroupId>, id: GroupId, joins: bool) -> bool {
    match joins {
        true => groups.insert(id),
        false => groups.remove(&id),
    }
}

fn too_many() -> ApiError {
    ApiError::unsupported_query(format!(
        "The group has more than {MOST} members, which are not listed at once."
    ))
}
