//! Groups: found, made, changed.

use std::collections::BTreeSet;

use graph::group::GroupDraft;
use policy::draft::Patch;
use policy::target::{GroupId, UserId};
use serde_json::{Map, Value};
use store::{DirectoryAct, Group, GroupDetails, GroupRow};

use super::{Deed, Desk, Judged, no_object, unchanged};
use crate::clock::moment;
use crate::error::{ApiError, Result};

const fn deed(activity: &'static str, operation: &'static str) -> Deed {
    Deed {
        category: "GroupManagement",
        activity,
        operation,
        kind: "Group",
    }
}

pub(crate) const ADD: Deed = deed("Add group", "Add");
pub(crate) const UPDATE: Deed = deed("Update group", "Update");
pub(crate) const DELETE: Deed = deed("Delete group", "Delete");

/// A group as the wire sees it.
pub(crate) fn view(row: &GroupRow) -> graph::group::Group {
    let GroupDetails {
        created,
        description,
        mail_nickname,
        mail_enabled,
        not_for_security,
        group_types,
        visibility,
        role_assignable,
        owners: _,
        external_id: _,
    } = &row.details;
    graph::group::Group {
        id: row.group.id.to_string(),
        display_name: row.group.display_name.clone(),
        created: *created,
        description: description.clone(),
        mail_nickname: mail_nickname.clone(),
        mail_enabled: *mail_enabled,
        security_enabled: !not_for_security,
        group_types: group_types.clone(),
        visibility: visibility.clone(),
        role_assignable: *role_assignable,
    }
}

pub(crate) fn render(row: &GroupRow) -> Value {
    graph::group::render(&view(row))
}

fn apply(draft: &GroupDraft, row: &mut GroupRow) {
    let mut said = view(row);
    draft.apply(&mut said);
    row.group.display_name = said.display_name;
    let details = &mut row.details;
    details.description = said.description;
    details.mail_nickname = said.mail_nickname;
    details.mail_enabled = said.mail_enabled;
    details.not_for_security = !said.security_enabled;
    details.group_types = said.group_types;
    details.visibility = said.visibility;
}

/// Writes a group as it is.
pub(crate) fn put(row: &GroupRow, expected: Option<store::Revision>) -> DirectoryAct {
    DirectoryAct::PutGroup {
        group: Box::new(row.group.clone()),
        details: Box::new(row.details.clone()),
        expected,
    }
}

impl Desk<'_> {
    /// The group with that id.
    pub(crate) async fn find_group(&self, key: &str) -> Result<GroupRow> {
        let id: GroupId = key.parse().map_err(|_| no_object(key))?;
        let found = self.app.store.group_row(self.tenant(), id).await?;
        found.ok_or_else(|| no_object(key))
    }

    /// Makes a group, with members and owners.
    pub(crate) async fn create_group(
        &self,
        draft: &GroupDraft,
        details: GroupDetails,
    ) -> Result<GroupRow> {
        let id = GroupId::from_u128(sts::random::guid().as_u128());
        let details = &details;
        let attempt = || async move {
            if !matches!(draft.display_name, Patch::Value(_)) {
                let message = "A value is required for property 'displayName' of resource 'Group'.";
                return Err(ApiError::bad_body(message).at("displayName"));
            }
            let nothing = Value::Object(Map::new());
            unchanged(&draft.echoes, &nothing)?;
            let mut row = GroupRow {
                group: Group {
                    id,
                    display_name: None,
                    member_of: BTreeSet::new(),
                },
                details: GroupDetails {
                    created: Some(moment(self.context.received)),
                    role_assignable: draft.role_assignable.unwrap_or(false),
                    ..details.clone()
                },
                version: store::Revision(1),
            };
            apply(draft, &mut row);
            for owner in &draft.owners {
                let owner = self.find_user(owner).await?;
                row.details.owners.insert(owner.user.id);
            }
            let name = row.group.display_name.clone();
            let entry = ADD.changed(id, name, &nothing, &render(&row));
            let mut judged = Judged::one(put(&row, None), entry, row.clone());
            let members: Vec<&str> = draft.members.iter().map(String::as_str).collect();
            let (acts, entries) = self.joining(&row, &members).await?;
            judged.acts.extend(acts);
            judged.entries.extend(entries);
            Ok(judged)
        };
        self.carry_out(&ADD, Some(id.to_string()), attempt).await
    }

    /// Changes a group.
    pub(crate) async fn update_group(
        &self,
        key: &str,
        draft: &GroupDraft,
        more: impl Fn(&mut GroupDetails) + Send + Sync,
        if_match: impl Fn(&GroupRow) -> Result<()> + Send + Sync,
    ) -> Result<GroupRow> {
        let (more, if_match) = (&more, &if_match);
        let attempt = || async move {
            let before = self.find_group(key).await?;
            if_match(&before)?;
            let rendered = render(&before);
            unchanged(&draft.echoes, &rendered)?;
            if draft
                .role_assignable
                .is_some_and(|said| said != before.details.role_assignable)
            {
                let message = "Property 'isAssignableToRole' can be set at creation only.";
                return Err(ApiError::bad_body(message).at("isAssignableToRole"));
            }
            let mut after = before.clone();
            apply(draft, &mut after);
            more(&mut after.details);
            if after == before {
                return Ok(Judged::nothing(after));
            }
            let act = put(&after, Some(before.version));
            let name = after.group.display_name.clone();
            let entry = UPDATE.changed(after.group.id, name, &rendered, &render(&after));
            after.version = before.version.next();
            Ok(Judged::one(act, entry, after))
        };
        self.carry_out(&UPDATE, Some(key.to_owned()), attempt).await
    }

    /// Lets a group go.
    pub(crate) async fn delete_group(
        &self,
        key: &str,
        if_match: impl Fn(&GroupRow) -> Result<()> + Send + Sync,
    ) -> Result<()> {
        let if_match = &if_match;
        let attempt = || async move {
            let row = self.find_group(key).await?;
            if_match(&row)?;
            let act = DirectoryAct::DropGroup {
                id: row.group.id,
                expected: row.version,
            };
            let id = row.group.id.to_string();
            let entry = DELETE.entry(Some(id), row.group.display_name, Vec::new());
            Ok(Judged::one(act, entry, ()))
        };
        self.carry_out(&DELETE, Some(key.to_owned()), attempt).await
    }
}

/// The users among these ids.
pub(crate) fn user_ids(ids: &BTreeSet<UserId>) -> Vec<UserId> {
    ids.iter().copied().collect()
}
