//! What can be asked beside the address: query options, by what the resources say of themselves, and
//! headers.

use graph::query::{Operators, QueryOption, Shape};
use graph::schema::{self, Entity};
use serde_json::{Map, Value, json};

/// A parameter that several operations have.
pub(super) fn named(name: &str) -> Value {
    json!({"$ref": format!("#/components/parameters/{name}")})
}

/// A part of the address.
pub(super) fn of_path(name: &str) -> Value {
    named(&format!("path.{name}"))
}

/// An option of a query.
pub(super) fn query(name: &str, schema: Value, sentence: &str) -> Value {
    json!({"name": name, "in": "query", "description": sentence, "schema": schema})
}

fn header(name: &str, schema: Value, sentence: &str) -> Value {
    json!({"name": name, "in": "header", "description": sentence, "schema": schema})
}

/// What a list of that entity can be asked.
pub(super) fn of_collection(entity: &Entity) -> Vec<Value> {
    let mut options = asked(entity, |_| true);
    if entity.shape.is_directory {
        options.push(named("consistencyLevel"));
    }
    options
}

/// What one entry can be asked.
pub(super) fn of_one(entity: &Entity) -> Vec<Value> {
    let one = |option| matches!(option, QueryOption::Select | QueryOption::Expand);
    asked(entity, one)
}

/// What `/$count` can be asked.
pub(super) fn of_count(entity: &Entity) -> Vec<Value> {
    let mut options = asked(entity, |option| option == QueryOption::Filter);
    if entity.shape.is_directory {
        options.push(named("consistencyLevel"));
    }
    options
}

fn asked(entity: &Entity, wanted: impl Fn(QueryOption) -> bool) -> Vec<Value> {
    let options = entity.shape.options.iter();
    let options = options.filter(|option| wanted(**option));
    options.map(|option| named(&key(entity, *option))).collect()
}

/// The name of the component.
fn key(entity: &Entity, option: QueryOption) -> String {
    let option = option.as_str().trim_start_matches('$');
    match option {
        "skip" | "skiptoken" | "count" => format!("query.{option}"),
        _ => format!("{}.{option}", entity.name),
    }
}

/// All parameters that have a name.
pub(super) fn all(entities: &[&'static Entity]) -> Map<String, Value> {
    let mut all = Map::new();
    for entity in entities {
        for option in entity.shape.options {
            all.insert(key(entity, *option), option_of(entity.shape, *option));
        }
    }
    for (name, sentence) in PATHS {
        let parameter = json!({
            "name": name, "in": "path", "required": true, "description": sentence,
            "schema": {"type": "string", "minLength": 1},
        });
        all.insert(format!("path.{name}"), parameter);
    }
    let headers = [
        (
            "ifMatch",
            header(
                "If-Match",
                schema::text(),
                "The ETag that was read: 412 if it has changed since.",
            ),
        ),
        (
            "ifNoneMatch",
            header(
                "If-None-Match",
                schema::text(),
                "The ETag that is known: 304 if it is still that.",
            ),
        ),
        (
            "prefer",
            header(
                "Prefer",
                schema::text(),
                "`return=representation` is answered with 200 and the entry, not with 204.",
            ),
        ),
        (
            "consistencyLevel",
            header(
                "ConsistencyLevel",
                schema::text(),
                "`eventual`: what `$count`, `ne`, `not`, `endsWith`, and `$filter` with `$orderby` need.",
            ),
        ),
    ];
    all.extend(headers.map(|(name, header)| (name.to_owned(), header)));
    all
}

/// What stands between braces.
const PATHS: [(&str, &str); 14] = [
    ("id", "The id of the entry."),
    ("member", "The id of the member."),
    ("sponsor", "The id of the sponsor."),
    ("appId", "The `appId`, in quotes."),
    ("name", "The name of the capability, in any case."),
    ("action", "The id of the action."),
    ("provider", "The id of the other tenant."),
    ("clientId", "The id of the program."),
    ("job", "The id of the job."),
    ("source", "The id of the tenant that pushes."),
    (
        "tenant",
        "The id of the tenant; elsewhere than for SCIM, a domain of it as well.",
    ),
    ("step", "Which form of a page was sent."),
    ("tenantId", "The id of the tenant, in quotes."),
    ("domainName", "A domain of the tenant, in quotes."),
];

fn option_of(shape: &Shape, option: QueryOption) -> Value {
    let name = option.as_str();
    let names = |names: Vec<String>| names.join(", ");
    let text = |sentence: String| {
        query(
            name,
            json!({"type": "string", "maxLength": 8192}),
            &sentence,
        )
    };
    let members = shape.members.iter();
    match option {
        QueryOption::Select => {
            let all = names(members.map(|member| member.name().to_owned()).collect());
            text(format!("Some of these with commas, or `*`: {all}."))
        }
        QueryOption::Expand => {
            let all = shape.navigations.iter();
            let all = names(all.map(|navigation| navigation.name.to_owned()).collect());
            text(format!("Some of these with commas: {all}."))
        }
        QueryOption::Filter => {
            let all = members.filter(|member| member.operators() != Operators::NONE);
            let all = all.map(|member| {
                format!(
                    "{} ({})",
                    member.name(),
                    member.operators().names().join(" ")
                )
            });
            text(format!("Conditions on these: {}.", names(all.collect())))
        }
        QueryOption::OrderBy => {
            let all = members.filter(|member| member.is_ordered());
            let all = names(all.map(|member| member.name().to_owned()).collect());
            text(format!(
                "Some of these with commas, each with `asc` or `desc`: {all}."
            ))
        }
        QueryOption::Top => {
            let schema = json!({"type": "integer", "minimum": 1, "maximum": shape.largest_page});
            query(name, schema, "How many entries a page has.")
        }
        QueryOption::Skip => {
            let schema = json!({"type": "integer", "minimum": 0, "maximum": u32::MAX});
            query(name, schema, "How many entries are passed over.")
        }
        QueryOption::SkipToken => text("What `@odata.nextLink` says.".to_owned()),
        QueryOption::Count => query(name, schema::flag(), "Whether all entries are counted."),
    }
}
