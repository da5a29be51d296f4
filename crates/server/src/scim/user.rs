//! `/Users`.

use axum::body::Body;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use graph::user::{PasswordProfile, UserDraft};
use policy::draft::Patch;
use serde_json::{Map, Value, json};
use store::{DirectoryQuery, Person, UserDetails};

use super::filter::{Filter, member};
use super::list::{Asked, LARGEST, MOST, too_many};
use super::{Provisioner, in_scims_words, patch, scim, version, wrong};
use crate::error::{ApiError, Result};

pub(super) const SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub(super) const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// Attributes of the core that are kept as they are, because nobody here understands them.
const KEPT: [&str; 9] = [
    "nickName",
    "profileUrl",
    "locale",
    "timezone",
    "ims",
    "photos",
    "entitlements",
    "roles",
    "x509Certificates",
];
/// The same of the extension.
const KEPT_OF_EXTENSION: [&str; 3] = ["costCenter", "division", "manager"];
/// Texts of the core and of the extension, by the names under which a tenant keeps them.
const TEXTS: [(&str, &str); 3] = [
    ("title", "jobTitle"),
    ("preferredLanguage", "preferredLanguage"),
    ("userType", "employeeType"),
];
const EXTENSION: [(&str, &str); 3] = [
    ("employeeNumber", "employeeId"),
    ("department", "department"),
    ("organization", "companyName"),
];
const ADDRESS: [(&str, &str); 5] = [
    ("streetAddress", "streetAddress"),
    ("locality", "city"),
    ("region", "state"),
    ("postalCode", "postalCode"),
    ("country", "country"),
];

/// Adds the member if there is something to say: SCIM leaves out what is not.
fn say(members: &mut Map<String, Value>, name: &str, value: Option<Value>) {
    if let Some(value) = value {
        members.insert(name.to_owned(), value);
    }
}

fn text(person: &Person, name: &str) -> Option<Value> {
    person.user.attributes.get(name).cloned().map(Value::from)
}

/// A user as a SCIM resource.
pub(super) fn render(from: &Provisioner, person: &Person) -> Value {
    let (user, details) = (&person.user, &person.details);
    let mut members = Map::new();
    say(&mut members, "id", Some(user.id.to_string().into()));
    say(
        &mut members,
        "externalId",
        details.external_id.clone().map(Value::from),
    );
    say(
        &mut members,
        "userName",
        Some(user.user_principal_name.clone().into()),
    );
    say(&mut members, "active", Some(user.enabled.into()));
    say(
        &mut members,
        "displayName",
        user.display_name.clone().map(Value::from),
    );
    let mut name = Map::new();
    say(&mut name, "givenName", text(person, "givenName"));
    say(&mut name, "familyName", text(person, "surname"));
    say(
        &mut name,
        "formatted",
        user.display_name.clone().map(Value::from),
    );
    say(
        &mut members,
        "name",
        (!name.is_empty()).then_some(Value::Object(name)),
    );
    for (scim, own) in TEXTS {
        say(&mut members, scim, text(person, own));
    }
    let work = user.mail.iter();
    let work = work.map(|mail| json!({"value": mail, "type": "work", "primary": true}));
    let others = details.other_mails.iter();
    let others = others.map(|mail| json!({"value": mail, "type": "other"}));
    let emails: Vec<Value> = work.chain(others).collect();
    say(
        &mut members,
        "emails",
        (!emails.is_empty()).then(|| emails.into()),
    );
    say(&mut members, "phoneNumbers", phones(person));
    let mut address = Map::new();
    for (scim, own) in ADDRESS {
        say(&mut address, scim, text(person, own));
    }
    if !address.is_empty() {
        address.insert("type".to_owned(), "work".into());
        say(&mut members, "addresses", Some(json!([address])));
    }
    let mut extension = Map::new();
    for (scim, own) in EXTENSION {
        say(&mut extension, scim, text(person, own));
    }
    for (kept, value) in &details.further {
        let value = serde_json::from_str(value).unwrap_or(Value::Null);
        match KEPT_OF_EXTENSION.contains(&kept.as_str()) {
            true => say(&mut extension, kept, Some(value)),
            false => say(&mut members, kept, Some(value)),
        }
    }
    let mut schemas = vec![SCHEMA];
    if !extension.is_empty() {
        schemas.push(ENTERPRISE);
        members.insert(ENTERPRISE.to_owned(), Value::Object(extension));
    }
    members.insert("schemas".to_owned(), json!(schemas));
    let groups = user.groups.iter().flatten().map(|group| {
        let at = from.at(&format!("Groups/{group}"));
        json!({"value": group.to_string(), "$ref": at, "type": "direct"})
    });
    members.insert("groups".to_owned(), groups.collect());
    with_meta(
        from,
        "User",
        &format!("Users/{}", user.id),
        members,
        details.created,
    )
}

/// Adds what every resource says about itself.
pub(super) fn with_meta(
    from: &Provisioner,
    kind: &str,
    place: &str,
    mut members: Map<String, Value>,
    created: Option<store::Moment>,
) -> Value {
    let version = version(&Value::Object(members.clone()));
    let mut meta = Map::new();
    meta.insert("resourceType".to_owned(), kind.into());
    meta.insert("location".to_owned(), from.at(place).into());
    meta.insert("version".to_owned(), version.into());
    let created =
        created.and_then(|created| jiff::Timestamp::from_nanosecond(created.as_nanoseconds()).ok());
    if let Some(created) = created {
        meta.insert("created".to_owned(), created.to_string().into());
    }
    members.insert("meta".to_owned(), Value::Object(meta));
    Value::Object(members)
}

fn phones(person: &Person) -> Option<Value> {
    let work = person.details.business_phones.iter();
    let work = work.map(|phone| json!({"value": phone, "type": "work"}));
    let single = |name: &str, kind: &str| {
        let phone = person.user.attributes.get(name);
        phone.map(|phone| json!({"value": phone, "type": kind}))
    };
    let mobile = single("mobilePhone", "mobile");
    let fax = single("faxNumber", "fax");
    let phones: Vec<Value> = work.chain(mobile).chain(fax).collect();
    (!phones.is_empty()).then(|| phones.into())
}

/// What a resource says about a user: all of it, because what it does not say is not so (PUT).
pub(super) struct Said {
    pub(super) draft: UserDraft,
    pub(super) external_id: Option<String>,
    further: std::collections::BTreeMap<String, String>,
}

fn said_text(value: Option<&Value>, name: &str) -> Result<Option<String>> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.chars().count() <= 1024 && !text.contains('\0') => {
            Ok(Some(text.clone()).filter(|text| !text.is_empty()))
        }
        Some(_) => Err(wrong(
            "invalidValue",
            format!("{name} is a string of at most 1024 characters."),
        )),
    }
}

/// The entries of a list: values with their types.
fn entries(resource: &Value, name: &str) -> Result<Vec<(String, String, bool)>> {
    let list = match member(resource, name) {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(list)) if list.len() <= 100 => list,
        Some(_) => {
            return Err(wrong(
                "invalidValue",
                format!("{name} is a list of at most 100 entries."),
            ));
        }
    };
    let mut entries = Vec::new();
    for entry in list {
        let Some(value) = said_text(member(entry, "value"), name)? else {
            continue;
        };
        let kind = said_text(member(entry, "type"), name)?.unwrap_or_default();
        let primary = truth(member(entry, "primary")).unwrap_or(false);
        entries.push((value, kind.to_lowercase(), primary));
    }
    Ok(entries)
}

/// A flag, which some clients write as a text.
fn truth(value: Option<&Value>) -> Option<bool> {
    match value? {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) => text.to_ascii_lowercase().parse().ok(),
        _ => None,
    }
}

fn stated(text: Option<String>) -> Patch<String> {
    text.map_or(Patch::Null, Patch::Value)
}

pub(super) fn read(resource: &Value) -> Result<Said> {
    let at = |name: &str| member(resource, name);
    let name = said_text(at("userName"), "userName")?;
    let name = name.ok_or_else(|| wrong("invalidValue", "userName is required."))?;
    let mut draft = UserDraft {
        user_principal_name: Patch::Value(name.clone()),
        ..UserDraft::default()
    };
    match at("active") {
        None | Some(Value::Null) => {}
        value => {
            let flag = truth(value);
            let flag = flag.ok_or_else(|| wrong("invalidValue", "active is true or false."))?;
            draft.enabled = Patch::Value(flag);
        }
    }
    let parts = at("name").unwrap_or(&Value::Null);
    let given = said_text(member(parts, "givenName"), "name.givenName")?;
    let family = said_text(member(parts, "familyName"), "name.familyName")?;
    let formatted = said_text(member(parts, "formatted"), "name.formatted")?;
    let both = [given.clone(), family.clone()].into_iter().flatten();
    let both = Some(both.collect::<Vec<_>>().join(" ")).filter(|both| !both.is_empty());
    let shown = said_text(at("displayName"), "displayName")?;
    draft.display_name = stated(shown.or(formatted).or(both).or(Some(name)));
    draft.texts.push(("givenName".to_owned(), given));
    draft.texts.push(("surname".to_owned(), family));
    for (scim, own) in TEXTS {
        draft
            .texts
            .push((own.to_owned(), said_text(at(scim), scim)?));
    }
    emails(resource, &mut draft)?;
    numbers(resource, &mut draft)?;
    let address = at("addresses").and_then(Value::as_array);
    let is_work = |entry: &&Value| {
        let kind = member(entry, "type")
            .and_then(Value::as_str)
            .unwrap_or("work");
        kind.eq_ignore_ascii_case("work")
    };
    let address = address.and_then(|list| list.iter().find(is_work));
    for (scim, own) in ADDRESS {
        let said = said_text(address.and_then(|entry| member(entry, scim)), scim)?;
        draft.texts.push((own.to_owned(), said));
    }
    let extension = at(ENTERPRISE).unwrap_or(&Value::Null);
    for (scim, own) in EXTENSION {
        draft
            .texts
            .push((own.to_owned(), said_text(member(extension, scim), scim)?));
    }
    if let Some(password) = said_text(at("password"), "password")? {
        if !(8..=256).contains(&password.chars().count()) {
            return Err(wrong("invalidValue", "A password has 8 to 256 characters."));
        }
        draft.password = Some(PasswordProfile {
            password,
            must_change: false,
        });
    }
    Ok(Said {
        draft,
        external_id: said_text(at("externalId"), "externalId")?,
        further: further(resource, extension)?,
    })
}

fn emails(resource: &Value, draft: &mut UserDraft) -> Result<()> {
    let mut emails = entries(resource, "emails")?;
    // The primary address is the mail; else the one for work, else the first.
    let found = emails.iter().position(|(_, _, primary)| *primary);
    let found = found.or_else(|| emails.iter().position(|(_, kind, _)| kind == "work"));
    let first = (!emails.is_empty()).then_some(0);
    let mail = found.or(first).map(|index| emails.remove(index).0);
    draft.mail = stated(mail);
    draft.other_mails = Some(emails.into_iter().map(|(mail, _, _)| mail).collect());
    Ok(())
}

fn numbers(resource: &Value, draft: &mut UserDraft) -> Result<()> {
    let numbers = entries(resource, "phoneNumbers")?;
    let single = |wanted: &str| {
        let found = numbers.iter().find(|(_, kind, _)| kind == wanted);
        found.map(|(number, _, _)| number.clone())
    };
    draft
        .texts
        .push(("mobilePhone".to_owned(), single("mobile")));
    draft.texts.push(("faxNumber".to_owned(), single("fax")));
    let work = numbers
        .iter()
        .filter(|(_, kind, _)| !["mobile", "fax"].contains(&kind.as_str()));
    draft.business_phones = Some(work.map(|(number, _, _)| number.clone()).collect());
    Ok(())
}

/// What is kept as it is.
fn further(
    resource: &Value,
    extension: &Value,
) -> Result<std::collections::BTreeMap<String, String>> {
    let core = KEPT.iter().map(|name| (*name, member(resource, name)));
    let more = KEPT_OF_EXTENSION
        .iter()
        .map(|name| (*name, member(extension, name)));
    let mut kept = std::collections::BTreeMap::new();
    for (name, value) in core.chain(more) {
        let Some(value) = value.filter(|value| !value.is_null()) else {
            continue;
        };
        let text = value.to_string();
        if text.len() > 8 * 1024 || text.contains("\\u0000") {
            return Err(wrong(
                "invalidValue",
                format!("{name} is larger than 8 KiB."),
            ));
        }
        kept.insert(name.to_owned(), text);
    }
    Ok(kept)
}

/// What a user is not told of: nobody who provisions decides about guests.
fn found(error: ApiError) -> ApiError {
    match error.status {
        StatusCode::NOT_FOUND => ApiError::not_found("There is no such resource."),
        _ => in_scims_words(error),
    }
}

async fn matching(from: &Provisioner, filter: &Filter) -> Result<Vec<Person>> {
    let (store, tenant) = (&from.app.store, from.principal.tenant());
    if let Some(name) = filter.demands("userName") {
        return Ok(store.persons_by_address(tenant, name).await?);
    }
    if let Some(id) = filter.demands("externalId") {
        return Ok(store.persons_by_external_id(tenant, id).await?);
    }
    if let Some(id) = filter.demands("id") {
        let id = id.parse().ok();
        return match id {
            Some(id) => Ok(store.persons_of(tenant, &[id]).await?),
            None => Ok(Vec::new()),
        };
    }
    if let Some(mail) = filter
        .demands("emails.value")
        .or_else(|| filter.demands("emails"))
    {
        let found = store.persons_by_address(tenant, mail).await?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    let (mut all, mut query) = (Vec::new(), DirectoryQuery::default());
    query.limit = 1_000;
    loop {
        let page = store.persons(tenant, &query).await?;
        let is_last = page.len() < 1_000;
        query.after = page.last().map(|last| store::Place {
            key: String::new(),
            id: crate::people::user::uuid(last.user.id),
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

pub(super) async fn list_users(from: Provisioner) -> Result<Response> {
    if let Some(pushing) = from.pushing() {
        return pushing.list().await;
    }
    let asked = Asked::of(&from.query)?;
    let (store, tenant) = (&from.app.store, from.principal.tenant());
    let answer = match &asked.filter {
        Some(filter) => {
            let all = matching(&from, filter).await?;
            let all = all.iter().map(|person| render(&from, person));
            asked.page(all.filter(|resource| filter.holds(resource)).collect())
        }
        None => {
            let total = store.count_persons(tenant, None).await?;
            let query = DirectoryQuery {
                skip: u32::try_from(asked.start).unwrap_or(u32::MAX),
                limit: u32::try_from(asked.count.min(LARGEST)).unwrap_or(0),
                ..DirectoryQuery::default()
            };
            let page = store.persons(tenant, &query).await?;
            let page = page.iter().map(|person| render(&from, person)).collect();
            asked.answer(usize::try_from(total).unwrap_or(usize::MAX), page)
        }
    };
    Ok(scim(200, &answer))
}

pub(super) async fn get_user(
    from: Provisioner,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response> {
    if let Some(pushing) = from.pushing() {
        return from.answer(200, pushing.shown(&pushing.find(&id).await?));
    }
    let person = person(&from, &id).await?;
    from.answer(200, render(&from, &person))
}

/// By id only: a name is what a filter is for.
async fn person(from: &Provisioner, id: &str) -> Result<Person> {
    let missing = || ApiError::not_found("There is no such resource.");
    let id = id.parse().map_err(|_| missing())?;
    let found = from.app.store.person(from.principal.tenant(), id).await?;
    found.ok_or_else(missing)
}

pub(super) async fn create_user(from: Provisioner, body: Body) -> Result<Response> {
    if let Some(pushing) = from.pushing() {
        let made = pushing.put(&from.read(body).await?, None).await?;
        return from.answer(201, pushing.shown(&made));
    }
    let said = read(&from.read(body).await?)?;
    let details = UserDetails {
        external_id: said.external_id,
        further: said.further,
        ..UserDetails::default()
    };
    let made = from.desk().create_user(&said.draft, details).await;
    let person = made.map_err(found)?;
    from.answer(201, render(&from, &person))
}

/// Writes what a resource says; `precondition` is judged on what is there then.
async fn write(from: &Provisioner, id: &str, said: Said) -> Result<Response> {
    let more = |details: &mut UserDetails| {
        details.external_id.clone_from(&said.external_id);
        details.further.clone_from(&said.further);
    };
    let holds = |person: &Person| from.precondition(&render(from, person));
    let written = from.desk().update_user(id, &said.draft, more, holds).await;
    let person = written.map_err(found)?;
    from.answer(200, render(from, &person))
}

pub(super) async fn replace_user(
    from: Provisioner,
    Path((_, id)): Path<(String, String)>,
    body: Body,
) -> Result<Response> {
    if let Some(pushing) = from.pushing() {
        let object = pushing.find(&id).await?;
        let made = pushing.put(&from.read(body).await?, Some(&object)).await?;
        return from.answer(200, pushing.shown(&made));
    }
    person(&from, &id).await?;
    let said = read(&from.read(body).await?)?;
    write(&from, &id, said).await
}

pub(super) async fn patch_user(
    from: Provisioner,
    Path((_, id)): Path<(String, String)>,
    body: Body,
) -> Result<Response> {
    if from.pushing().is_some() {
        let message = "A client that pushes people replaces them whole (PUT).";
        return Err(ApiError::not_implemented(message));
    }
    let operations = patch::read(&from.read(body).await?)?;
    let before = render(&from, &person(&from, &id).await?);
    from.precondition(&before)?;
    let mut after = before;
    patch::apply(&mut after, &operations)?;
    // The formatted name is made of the display name, and must not win over a new one.
    if operations.iter().any(|operation| {
        operation
            .path
            .as_ref()
            .is_none_or(|path| path.is("displayName") || path.is("name"))
    }) && let Some(name) = after.get_mut("name").and_then(Value::as_object_mut)
    {
        name.remove("formatted");
    }
    let said = read(&after)?;
    write(&from, &id, said).await
}

pub(super) async fn delete_user(
    from: Provisioner,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response> {
    if let Some(pushing) = from.pushing() {
        pushing.remove(&pushing.find(&id).await?).await?;
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    person(&from, &id).await?;
    let holds = |person: &Person| from.precondition(&render(&from, person));
    from.desk().delete_user(&id, holds).await.map_err(found)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
