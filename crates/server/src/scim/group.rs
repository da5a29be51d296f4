//! `/Groups`.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use graph::group::GroupDraft;
use policy::draft::Patch;
use serde_json::{Map, Value, json};
use store::{DirectoryQuery, GroupDetails, GroupRow, Member};

use super::filter::{Filter, member};
use super::list::{Asked, Attributes, LARGEST, MOST, too_many};
use super::patch::{self, Kind, Operation};
use super::user::with_meta;
use super::{Provisioner, in_scims_words, scim, wrong};
use crate::error::{ApiError, Result};

pub(super) const SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
/// How many members one request may name.
const MOST_NAMED: usize = 10_000;

fn missing() -> ApiError {
    ApiError::not_found("There is no such resource.")
}

fn found(error: ApiError) -> ApiError {
    match error.status {
        StatusCode::NOT_FOUND => missing(),
        _ => in_scims_words(error),
    }
}

fn id_of(member: &Member) -> String {
    match member {
        Member::User(id) => id.to_string(),
        Member::Group(id) => id.to_string(),
    }
}

/// A group as a SCIM resource; its members are read only if somebody asks for them.
async fn render(from: &Provisioner, row: &GroupRow, with_members: bool) -> Result<Value> {
    let mut members = Map::new();
    members.insert("schemas".to_owned(), json!([SCHEMA]));
    members.insert("id".to_owned(), row.group.id.to_string().into());
    if let Some(id) = &row.details.external_id {
        members.insert("externalId".to_owned(), id.clone().into());
    }
    if let Some(name) = &row.group.display_name {
        members.insert("displayName".to_owned(), name.clone().into());
    }
    if with_members {
        let found = from.desk().direct_members(row.group.id).await?;
        let found = found.iter().map(|member| {
            let (kind, place) = match member {
                Member::User(id) => ("User", format!("Users/{id}")),
                Member::Group(id) => ("Group", format!("Groups/{id}")),
            };
            json!({"value": id_of(member), "$ref": from.at(&place), "type": kind})
        });
        members.insert("members".to_owned(), found.collect());
    }
    let place = format!("Groups/{}", row.group.id);
    Ok(with_meta(
        from,
        "Group",
        &place,
        members,
        row.details.created,
    ))
}

async fn group(from: &Provisioner, id: &str) -> Result<GroupRow> {
    from.desk().find_group(id).await.map_err(found)
}

fn text(resource: &Value, name: &str) -> Result<Option<String>> {
    match member(resource, name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.chars().count() <= 1024 && !text.contains('\0') => {
            Ok(Some(text.clone()).filter(|text| !text.is_empty()))
        }
        Some(_) => {
            let message = format!("{name} is a string of at most 1024 characters.");
            Err(wrong("invalidValue", message))
        }
    }
}

/// The ids of a list of members: objects with a value, or texts.
fn ids(value: &Value) -> Result<BTreeSet<String>> {
    let list = match value {
        Value::Null => return Ok(BTreeSet::new()),
        Value::Array(list) => list.as_slice(),
        single => std::slice::from_ref(single),
    };
    if list.len() > MOST_NAMED {
        let message = format!("A request names at most {MOST_NAMED} members.");
        return Err(wrong("tooMany", message));
    }
    let id = |entry: &Value| {
        let named = member(entry, "value").unwrap_or(entry);
        let named = named
            .as_str()
            .filter(|id| uuid::Uuid::try_parse(id).is_ok());
        named
            .map(str::to_lowercase)
            .ok_or_else(|| wrong("invalidValue", "A member is named by its id."))
    };
    list.iter().map(id).collect()
}

fn draft(resource: &Value) -> Result<GroupDraft> {
    let name = text(resource, "displayName")?;
    let name = name.ok_or_else(|| wrong("invalidValue", "displayName is required."))?;
    Ok(GroupDraft {
        display_name: Patch::Value(name),
        ..GroupDraft::default()
    })
}

async fn matching(from: &Provisioner, filter: &Filter) -> Result<Vec<GroupRow>> {
    let (store, tenant) = (&from.app.store, from.principal.tenant());
    if let Some(id) = filter.demands("externalId") {
        return Ok(store.group_rows_by_external_id(tenant, id).await?);
    }
    if let Some(id) = filter.demands("id") {
        return match id.parse() {
            Ok(id) => Ok(store.group_rows_of(tenant, &[id]).await?),
            Err(_) => Ok(Vec::new()),
        };
    }
    let name = filter.demands("displayName").map(str::to_owned);
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let query = DirectoryQuery {
            display_prefix: name.clone(),
            after: after.take(),
            limit: 1_000,
            ..DirectoryQuery::default()
        };
        let page = store.group_rows(tenant, &query).await?;
        let is_last = page.len() < 1_000;
        after = page.last().map(|last| store::Place {
            key: String::new(),
            id: uuid::Uuid::from_u128(last.group.id.as_u128()),
        });
        all.extend(page);
        if is_last {
            return Ok(all);
        }
        if all.len() >= MOST {
            return Err(too_many());
        }
    }
}

pub(super) async fn list_groups(from: Provisioner) -> Result<Response> {
    let asked = Asked::of(&from.query)?;
    let with_members = asked.attributes.wants("members");
    let (store, tenant) = (&from.app.store, from.principal.tenant());
    let Some(filter) = &asked.filter else {
        let total = store.count_groups(tenant).await?;
        let query = DirectoryQuery {
            skip: u32::try_from(asked.start).unwrap_or(u32::MAX),
            limit: u32::try_from(asked.count.min(LARGEST)).unwrap_or(0),
            ..DirectoryQuery::default()
        };
        let rows = store.group_rows(tenant, &query).await?;
        let mut page = Vec::with_capacity(rows.len());
        for row in &rows {
            page.push(render(&from, row, with_members).await?);
        }
        let total = usize::try_from(total).unwrap_or(usize::MAX);
        return Ok(scim(200, &asked.answer(total, page)));
    };
    // Entra asks whether somebody is a member by a filter on id and members.
    let by_members = format!("{filter:?}").to_lowercase().contains("members");
    let mut all = Vec::new();
    for row in matching(&from, filter).await? {
        let resource = render(&from, &row, with_members || by_members).await?;
        if filter.holds(&resource) {
            all.push(resource);
        }
    }
    Ok(scim(200, &asked.page(all)))
}

pub(super) async fn get_group(
    from: Provisioner,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response> {
    let row = group(&from, &id).await?;
    let with_members = Attributes::of(&from.query)?.wants("members");
    let resource = render(&from, &row, with_members).await?;
    from.answer(200, resource)
}

pub(super) async fn create_group(from: Provisioner, body: Body) -> Result<Response> {
    let resource = from.read(body).await?;
    let mut draft = draft(&resource)?;
    draft.members = ids(member(&resource, "members").unwrap_or(&Value::Null))?;
    let details = GroupDetails {
        external_id: text(&resource, "externalId")?,
        ..GroupDetails::default()
    };
    let made = from.desk().create_group(&draft, details).await;
    let row = made.map_err(in_scims_words)?;
    let resource = render(&from, &row, true).await?;
    from.answer(201, resource)
}

pub(super) async fn replace_group(
    from: Provisioner,
    Path((_, id)): Path<(String, String)>,
    body: Body,
) -> Result<Response> {
    let row = group(&from, &id).await?;
    from.precondition(&render(&from, &row, true).await?)?;
    let resource = from.read(body).await?;
    let draft = draft(&resource)?;
    let external_id = text(&resource, "externalId")?;
    let wanted = ids(member(&resource, "members").unwrap_or(&Value::Null))?;
    write(&from, &row, &draft, Some(external_id)).await?;
    set_members(&from, &row, &wanted).await?;
    let row = group(&from, &id).await?;
    let resource = render(&from, &row, true).await?;
    from.answer(200, resource)
}

async fn write(
    from: &Provisioner,
    row: &GroupRow,
    draft: &GroupDraft,
    external_id: Option<Option<String>>,
) -> Result<()> {
    let more = |details: &mut GroupDetails| {
        if let Some(id) = &external_id {
            details.external_id.clone_from(id);
        }
    };
    let id = row.group.id.to_string();
    let written = from.desk().update_group(&id, draft, more, |_| Ok(())).await;
    written.map(drop).map_err(found)
}

/// These, and nobody else, are members.
async fn set_members(from: &Provisioner, row: &GroupRow, wanted: &BTreeSet<String>) -> Result<()> {
    let members = from.desk().direct_members(row.group.id).await?;
    let members: BTreeSet<String> = members.iter().map(id_of).collect();
    let join = wanted.difference(&members).cloned().collect();
    let leave = members.difference(wanted).cloned().collect();
    let id = row.group.id.to_string();
    let changed = from.desk().change_members(&id, &join, &leave).await;
    changed.map_err(in_scims_words)
}

/// Members are changed without reading those who stay: a large group costs what changes.
pub(super) async fn patch_group(
    from: Provisioner,
    Path((_, id)): Path<(String, String)>,
    body: Body,
) -> Result<Response> {
    let operations = patch::read(&from.read(body).await?)?;
    let row = group(&from, &id).await?;
    if from.headers.contains_key(axum::http::header::IF_MATCH) {
        from.precondition(&render(&from, &row, true).await?)?;
    }
    let mut resource = render(&from, &row, false).await?;
    for operation in &operations {
        match &operation.path {
            Some(path) if path.is("members") => members(&from, &row, operation).await?,
            Some(_) => patch::apply(&mut resource, std::slice::from_ref(operation))?,
            None => {
                let named = member(&operation.value, "members").cloned();
                if let Some(value) = named {
                    let operation = Operation {
                        path: None,
                        kind: operation.kind,
                        value,
                    };
                    members(&from, &row, &operation).await?;
                }
                let mut operation = operation.clone();
                if let Some(written) = operation.value.as_object_mut() {
                    written.retain(|name, _| !name.eq_ignore_ascii_case("members"));
                }
                patch::apply(&mut resource, &[operation])?;
            }
        }
    }
    let external_id = text(&resource, "externalId")?;
    write(&from, &row, &draft(&resource)?, Some(external_id)).await?;
    let row = group(&from, &id).await?;
    let with_members = Attributes::of(&from.query)?.wants("members");
    let resource = render(&from, &row, with_members).await?;
    from.answer(200, resource)
}

/// One operation on the members.
async fn members(from: &Provisioner, row: &GroupRow, operation: &Operation) -> Result<()> {
    let filter = operation
        .path
        .as_ref()
        .and_then(|path| path.filter.as_ref());
    let named = match filter {
        None => ids(&operation.value)?,
        Some(filter) => match filter.demands("value") {
            Some(id) => ids(&Value::from(id))?,
            None => {
                let message = "Members are found by value: members[value eq \"…\"].";
                return Err(wrong("invalidFilter", message));
            }
        },
    };
    let none = BTreeSet::new();
    let id = row.group.id.to_string();
    let desk = from.desk();
    let changed = match operation.kind {
        Kind::Add => desk.change_members(&id, &named, &none).await,
        Kind::Remove if named.is_empty() => return set_members(from, row, &none).await,
        Kind::Remove => {
            // Whoever is gone altogether is no member either.
            let members = desk.direct_members(row.group.id).await?;
            let members: BTreeSet<String> = members.iter().map(id_of).collect();
            let leave = named.intersection(&members).cloned().collect();
            desk.change_members(&id, &none, &leave).await
        }
        Kind::Replace => return set_members(from, row, &named).await,
    };
    changed.map_err(|error| match error.status {
        StatusCode::NOT_FOUND => wrong("invalidValue", "A member is not here."),
        _ => in_scims_words(error),
    })
}

pub(super) async fn delete_group(
    from: Provisioner,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response> {
    let row = group(&from, &id).await?;
    if from.headers.contains_key(axum::http::header::IF_MATCH) {
        from.precondition(&render(&from, &row, true).await?)?;
    }
    from.desk()
        .delete_group(&id, |_| Ok(()))
        .await
        .map_err(found)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
