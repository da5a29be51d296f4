//! What Graph's entities look like, as JSON Schema: for the published description of the API, and
//! for the tests that hold every answer against it.
//!
//! Names and kinds of members are those of the [`Shape`] by which queries are read. What a shape
//! does not say stands here, noun by noun: the form of members that cannot be asked about, words
//! from a list, what is never null, and what may be written.

mod directory;
mod governance;
mod logs;
mod organization;
mod settings;

use serde_json::{Map, Value, json};

use crate::directory_object::{LONGEST_LIST, LONGEST_TEXT};
use crate::query::{Kind, Member, Shape};

/// An entity: what is answered of it.
#[derive(Debug)]
pub struct Entity {
    /// The name of Graph's type.
    pub name: &'static str,
    /// Its members.
    pub shape: &'static Shape,
    /// Members that the shape does not describe closely enough.
    closer: fn() -> Vec<(&'static str, Value)>,
    /// Members that are never null.
    sure: &'static [&'static str],
}

pub use directory::{
    APPLICATION, DELETED_USER, DIRECTORY_OBJECT, GROUP, INVITATION, SERVICE_PRINCIPAL, USER,
};
pub use governance::{
    AUTHENTICATION_CONTEXT, CONDITIONAL_ACCESS_POLICY, RESOURCE_ACTION, RESOURCE_NAMESPACE,
    ROLE_ASSIGNMENT, ROLE_DEFINITION,
};
pub use logs::{DIRECTORY_AUDIT, PROVISIONING, SIGN_IN};
pub use organization::{
    AUTHORIZATION_POLICY, B2B_MANAGEMENT_POLICY, JOIN_REQUEST, MULTITENANT_ORGANIZATION,
    MULTITENANT_ORGANIZATION_MEMBER, ORGANIZATION, TENANT_INFORMATION,
};
pub use settings::{
    CAPABILITY, DEFAULT, DELETED_PARTNER, DELETED_SYNCHRONIZATION, PARTNER, PARTNER_TEMPLATE,
    POLICY, SYNCHRONIZATION, SYNCHRONIZATION_TEMPLATE,
};

/// Every entity.
pub static ENTITIES: [&Entity; 32] = [
    &USER,
    &GROUP,
    &DIRECTORY_OBJECT,
    &APPLICATION,
    &SERVICE_PRINCIPAL,
    &INVITATION,
    &ORGANIZATION,
    &AUTHORIZATION_POLICY,
    &B2B_MANAGEMENT_POLICY,
    &MULTITENANT_ORGANIZATION,
    &MULTITENANT_ORGANIZATION_MEMBER,
    &JOIN_REQUEST,
    &TENANT_INFORMATION,
    &POLICY,
    &DEFAULT,
    &PARTNER,
    &SYNCHRONIZATION,
    &CAPABILITY,
    &PARTNER_TEMPLATE,
    &SYNCHRONIZATION_TEMPLATE,
    &DELETED_PARTNER,
    &DELETED_SYNCHRONIZATION,
    &ROLE_DEFINITION,
    &ROLE_ASSIGNMENT,
    &RESOURCE_NAMESPACE,
    &RESOURCE_ACTION,
    &AUTHENTICATION_CONTEXT,
    &CONDITIONAL_ACCESS_POLICY,
    &SIGN_IN,
    &DIRECTORY_AUDIT,
    &PROVISIONING,
    &DELETED_USER,
];

/// Every schema by its name: the entities, what may be written of them, and what they consist of.
pub fn all() -> Map<String, Value> {
    let answered = ENTITIES.iter();
    let answered = answered.map(|entity| (entity.name.to_owned(), entity.answered()));
    let parts = [
        directory::parts(),
        governance::parts(),
        logs::parts(),
        organization::parts(),
        settings::parts(),
    ];
    let parts = parts.into_iter().flatten();
    let parts = parts.map(|(name, schema)| (name.to_owned(), schema));
    answered.chain(parts).collect()
}

impl Entity {
    /// What is answered.
    fn answered(&self) -> Value {
        let closer = (self.closer)();
        let mut properties = Map::new();
        for member in self.shape.members {
            let known = closer.iter().find(|(name, _)| *name == member.name());
            let schema = known.map_or_else(|| of_kind(member), |(_, schema)| schema.clone());
            let sure = known.is_some() || self.sure.contains(&member.name());
            let mut schema = if sure { schema } else { or_null(schema) };
            if let Some(said) = remark(member) {
                schema = described(schema, said);
            }
            properties.insert(member.name().to_owned(), schema);
        }
        for (name, schema) in closer {
            properties.entry(name).or_insert(schema);
        }
        let always = self.shape.always.iter();
        let required: Vec<&str> = always.copied().collect();
        let mut schema = json!({
            "type": "object",
            "properties": properties,
            "patternProperties": annotations(),
            "additionalProperties": self.shape.is_open,
        });
        if let (false, Some(members)) = (required.is_empty(), schema.as_object_mut()) {
            members.insert("required".to_owned(), required.into());
        }
        schema
    }
}

fn remark(member: &Member) -> Option<&'static str> {
    match (member.is_beta(), member.is_default()) {
        (true, true) => Some("Answered by beta only."),
        (true, false) => Some("Answered by beta only, and if `$select` names it."),
        (false, false) => Some("Answered if `$select` names it."),
        (false, true) => None,
    }
}

fn of_kind(member: &Member) -> Value {
    match member.kind() {
        Kind::Text | Kind::Exact => text(),
        Kind::Guid => guid(),
        Kind::Boolean => flag(),
        Kind::Number => number(),
        Kind::Time => time(),
        Kind::Complex(members) => of_members(members),
        Kind::Texts => list(text()),
        Kind::Complexes(members) => list(of_members(members)),
        // What is answered and never asked about has a form of its own, or is never anything.
        Kind::Opaque => json!({"type": "null"}),
    }
}

fn of_members(members: &[Member]) -> Value {
    let properties = members.iter();
    let properties = properties.map(|member| (member.name(), or_null(of_kind(member))));
    object(&properties.collect::<Vec<_>>())
}

/// Members that say something about others, such as `@odata.type`.
fn annotations() -> Value {
    json!({"@": {}})
}

/// A text.
pub fn text() -> Value {
    json!({"type": "string"})
}

/// A text of at most so many characters.
pub fn short(longest: usize) -> Value {
    json!({"type": "string", "maxLength": longest})
}

/// An id.
pub fn guid() -> Value {
    json!({"type": "string", "format": "uuid"})
}

/// A time.
pub fn time() -> Value {
    json!({"type": "string", "format": "date-time"})
}

/// `true` or `false`.
pub fn flag() -> Value {
    json!({"type": "boolean"})
}

/// A whole number.
pub fn number() -> Value {
    json!({"type": "integer"})
}

/// One of these words.
pub fn words<'a>(words: impl IntoIterator<Item = &'a str>) -> Value {
    let words: Vec<&str> = words.into_iter().collect();
    json!({"type": "string", "enum": words})
}

/// A list.
pub fn list(entry: Value) -> Value {
    json!({"type": "array", "items": entry})
}

/// A list of at most so many entries.
pub fn short_list(entry: Value, most: usize) -> Value {
    json!({"type": "array", "items": entry, "maxItems": most})
}

/// An object of these members and no others, beside annotations.
pub fn object(members: &[(&str, Value)]) -> Value {
    let properties = members.iter();
    let properties = properties.map(|(name, schema)| ((*name).to_owned(), schema.clone()));
    let properties: Map<String, Value> = properties.collect();
    json!({
        "type": "object",
        "properties": properties,
        "patternProperties": annotations(),
        "additionalProperties": false,
    })
}

/// An object that has these members, always.
pub fn with(mut schema: Value, required: &[&str]) -> Value {
    if let Some(members) = schema.as_object_mut() {
        members.insert("required".to_owned(), required.into());
    }
    schema
}

/// What stands under that name.
pub fn named(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// That, or null.
pub fn or_null(mut schema: Value) -> Value {
    let Some(members) = schema.as_object_mut() else {
        return schema;
    };
    let kind = members.get("type").and_then(Value::as_str);
    match kind.map(str::to_owned) {
        Some(kind) if kind == "null" => schema,
        Some(kind) => {
            members.insert("type".to_owned(), json!([kind, "null"]));
            if let Some(Value::Array(words)) = members.get_mut("enum") {
                words.push(Value::Null);
            }
            schema
        }
        None => json!({"anyOf": [schema, {"type": "null"}]}),
    }
}

/// With a sentence about it.
pub fn described(mut schema: Value, sentence: &str) -> Value {
    if let Some(members) = schema.as_object_mut() {
        members.insert("description".to_owned(), sentence.into());
    }
    schema
}

/// A text of the directory, or null.
fn bounded() -> Value {
    or_null(short(LONGEST_TEXT))
}

/// A list of texts of the directory, or null.
fn bounded_list() -> Value {
    or_null(short_list(short(LONGEST_TEXT), LONGEST_LIST))
}

/// Nothing that has to be closer described.
fn nothing() -> Vec<(&'static str, Value)> {
    Vec::new()
}
