//! One operation of the description: where it is, who may, what goes in, what comes out.

use graph::schema::{self, Entity};
use serde_json::{Map, Value, json};

use super::{answer, parameter};
use crate::access::{Right, Roles};

/// Who may carry out an operation.
#[derive(Clone, Copy)]
pub(super) enum Who {
    /// Anybody, without a token.
    Anybody,
    /// Whoever has a token.
    Bearer,
    /// As that right says.
    Holder(&'static Right),
}

/// By whose rules an operation answers, and where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wire {
    /// Microsoft Graph, in both versions.
    Graph,
    /// Microsoft Graph, in beta alone.
    Beta,
    /// What this product has of its own.
    Own,
    /// AuthZEN.
    AuthZen,
    /// SCIM.
    Scim,
    /// Each tenant as an OpenID Provider.
    OAuth,
}

impl Wire {
    /// Before which addresses it stands.
    fn roots(self) -> &'static [&'static str] {
        match self {
            Wire::Graph => &["/v1.0", "/beta"],
            Wire::Beta => &["/beta"],
            _ => &[""],
        }
    }

    pub(super) fn is_graph(self) -> bool {
        matches!(self, Wire::Graph | Wire::Beta)
    }
}

/// One operation.
pub(super) struct Operation {
    /// The name of the handler.
    id: &'static str,
    method: &'static str,
    path: String,
    who: Who,
    wire: Wire,
    parameters: Vec<Value>,
    body: Option<Value>,
    answers: Vec<(u16, Value)>,
    /// Statuses of refusals beside those of every operation of its kind.
    refusals: Vec<u16>,
}

impl Operation {
    /// An operation where its right says.
    pub(super) fn of(id: &'static str, wire: Wire, right: &'static Right) -> Self {
        Operation::at(id, wire, right.method, right.path, Who::Holder(right))
    }

    /// An operation at another address, for which a right of another holds as well.
    pub(super) fn at(
        id: &'static str,
        wire: Wire,
        method: &'static str,
        path: impl Into<String>,
        who: Who,
    ) -> Self {
        let mut refusals = vec![400, 408, 414, 431];
        if !matches!(who, Who::Anybody) {
            refusals.extend([401, 503]);
        }
        if matches!(who, Who::Holder(_)) {
            refusals.extend([403, 404]);
        }
        if wire.is_graph() {
            refusals.push(429);
        }
        Operation {
            id,
            method,
            path: path.into(),
            who,
            wire,
            parameters: Vec::new(),
            body: None,
            answers: Vec::new(),
            refusals,
        }
    }

    /// An address that names it in another way.
    pub(super) fn also_at(self, path: &str) -> Self {
        let path = path.to_owned();
        Operation { path, ..self }
    }

    /// Answered with that status and that.
    pub(super) fn answers(mut self, status: u16, answer: Value) -> Self {
        self.answers.retain(|(known, _)| *known != status);
        self.answers.push((status, answer));
        self
    }

    /// Refused with these as well.
    pub(super) fn refuses(mut self, statuses: &[u16]) -> Self {
        self.refusals.extend(statuses);
        self
    }

    /// Never refused with that.
    pub(super) fn never(mut self, statuses: &[u16]) -> Self {
        self.refusals.retain(|status| !statuses.contains(status));
        self
    }

    /// Takes that parameter.
    pub(super) fn takes(mut self, parameter: Value) -> Self {
        self.parameters.push(parameter);
        self
    }

    /// Reads a body of that form.
    pub(super) fn reads(self, schema: Value) -> Self {
        let kind = match self.wire {
            Wire::Scim => "application/scim+json",
            _ => "application/json",
        };
        self.reads_as(kind, schema)
    }

    /// Reads a body of that kind and form.
    pub(super) fn reads_as(mut self, kind: &str, schema: Value) -> Self {
        self.body = Some(json!({"required": true, "content": {kind: {"schema": schema}}}));
        self.refuses(&[413, 415])
    }

    /// Reads a body of that form, if there is one.
    pub(super) fn may_read(self, schema: Value) -> Self {
        self.reads(schema).without_need()
    }

    /// Goes on without a body as well.
    pub(super) fn without_need(mut self) -> Self {
        let body = self.body.as_mut().and_then(Value::as_object_mut);
        if let Some(body) = body {
            body.insert("required".to_owned(), false.into());
        }
        self
    }

    /// Can be made to depend on what is there.
    pub(super) fn conditional(self) -> Self {
        self.takes(parameter::named("ifMatch")).refuses(&[412])
    }

    /// Every address of it, with its method and what there is to say.
    pub(super) fn described(&self) -> Vec<(String, &'static str, Value)> {
        let roots = self.wire.roots().iter();
        let described = roots.map(|root| {
            let path = format!("{root}{}", self.path);
            let said = self.at_root(root);
            (path, self.method, said)
        });
        described.collect()
    }

    /// By which right it may be carried out.
    #[cfg(test)]
    pub(super) fn right(&self) -> Option<&'static Right> {
        match self.who {
            Who::Holder(right) => Some(right),
            Who::Anybody | Who::Bearer => None,
        }
    }

    fn at_root(&self, root: &str) -> Value {
        let mut said = Map::new();
        let version = match root {
            "/v1.0" => "",
            "/beta" => "beta.",
            _ => "",
        };
        said.insert(
            "operationId".to_owned(),
            format!("{version}{}", self.id).into(),
        );
        said.insert("summary".to_owned(), summary(self.id).into());
        said.insert("tags".to_owned(), json!([self.tag(root)]));
        match self.who {
            Who::Anybody => said.insert("security".to_owned(), json!([])),
            Who::Bearer | Who::Holder(_) => None,
        };
        if let Who::Holder(right) = self.who {
            said.insert("x-permissions".to_owned(), permissions(right));
        }
        let parameters: Vec<Value> = self.parameters().collect();
        if !parameters.is_empty() {
            said.insert("parameters".to_owned(), parameters.into());
        }
        if let Some(body) = &self.body {
            said.insert("requestBody".to_owned(), body.clone());
        }
        said.insert("responses".to_owned(), self.responses());
        Value::Object(said)
    }

    fn tag(&self, root: &str) -> &'static str {
        match (self.wire, root) {
            (Wire::Graph | Wire::Beta, "/beta") => "Microsoft Graph beta",
            (Wire::Graph | Wire::Beta, _) => "Microsoft Graph v1.0",
            (Wire::Own, _) => "Comity",
            (Wire::AuthZen, _) => "AuthZEN",
            (Wire::Scim, _) => "SCIM",
            (Wire::OAuth, _) => "OpenID Connect",
        }
    }

    /// Those of the address, and those that were named.
    fn parameters(&self) -> impl Iterator<Item = Value> {
        let names = placeholders(&self.path);
        let of_path = names.into_iter().map(parameter::of_path);
        of_path.chain(self.parameters.iter().cloned())
    }

    fn responses(&self) -> Value {
        let mut responses = Map::new();
        for status in &self.refusals {
            responses.insert(status.to_string(), answer::refusal(self.wire, *status));
        }
        for (status, answer) in &self.answers {
            responses.insert(status.to_string(), answer.clone());
        }
        Value::Object(responses)
    }
}

/// The names between braces.
fn placeholders(path: &str) -> Vec<&str> {
    let parts = path.split('{').skip(1);
    parts
        .filter_map(|part| part.split_once('}').map(|(name, _)| name))
        .collect()
}

/// `list_member_of` is "List member of".
fn summary(id: &str) -> String {
    let mut text = id.replace(['_', '.'], " ");
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

/// What a program or a person's program needs, and what the person needs beside it.
fn permissions(right: &Right) -> Value {
    let mut said = json!({"application": right.application, "delegated": right.delegated});
    let roles = match &right.roles {
        Roles::AnyOf(roles) => {
            let names: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
            Some(("roles", json!(names)))
        }
        Roles::Actions(actions) => {
            let names: Vec<String> = actions.iter().map(ToString::to_string).collect();
            Some(("actions", json!(names)))
        }
        // Which, follows from the members that are written: docs/permissions.md has them.
        Roles::Law => Some(("actions", json!("of the members that are read or written"))),
        Roles::Anybody | Roles::Nobody => None,
    };
    if let (Some((name, needed)), Some(members)) = (roles, said.as_object_mut()) {
        members.insert(name.to_owned(), needed);
    }
    said
}

/// Entries of a collection.
pub(super) fn list(id: &'static str, right: &'static Right, entity: &'static Entity) -> Operation {
    of_collection(Operation::of(id, Wire::Graph, right), entity)
}

/// The same for an operation that is there.
pub(super) fn of_collection(mut operation: Operation, entity: &'static Entity) -> Operation {
    operation
        .parameters
        .extend(parameter::of_collection(entity));
    operation.answers(
        200,
        answer::json(
            "A page.",
            schema::named(&format!("{}Collection", entity.name)),
        ),
    )
}

/// How many entries a collection has.
pub(super) fn count(id: &'static str, right: &'static Right, entity: &'static Entity) -> Operation {
    let path = match right.path.ends_with("/$count") {
        true => right.path.to_owned(),
        false => format!("{}/$count", right.path),
    };
    let mut operation = Operation::at(id, Wire::Graph, "GET", path, Who::Holder(right));
    operation.parameters.extend(parameter::of_count(entity));
    let number = json!({"description": "The number.", "content": {"text/plain": {"schema": {"type": "string", "pattern": "^[0-9]+$"}}}});
    operation.answers(200, number)
}

/// One entry.
pub(super) fn get(id: &'static str, right: &'static Right, entity: &'static Entity) -> Operation {
    of_one(Operation::of(id, Wire::Graph, right), entity)
}

/// The same for an operation that is there.
pub(super) fn of_one(mut operation: Operation, entity: &'static Entity) -> Operation {
    operation.parameters.extend(parameter::of_one(entity));
    operation
        .takes(parameter::named("ifNoneMatch"))
        .answers(200, answer::entity(entity.name))
        .answers(304, answer::empty("It is what `If-None-Match` names."))
}

/// A new entry.
pub(super) fn create(
    id: &'static str,
    right: &'static Right,
    entity: &'static Entity,
) -> Operation {
    Operation::of(id, Wire::Graph, right)
        .reads(schema::named(&format!("{}Created", entity.name)))
        .answers(201, answer::created(entity.name))
        .refuses(&[409, 412])
}

/// Some members of an entry.
pub(super) fn update(
    id: &'static str,
    right: &'static Right,
    entity: &'static Entity,
) -> Operation {
    Operation::of(id, Wire::Graph, right)
        .conditional()
        .takes(parameter::named("prefer"))
        .reads(schema::named(&format!("{}Written", entity.name)))
        .answers(200, answer::entity(entity.name))
        .answers(204, answer::empty("It is as it was written."))
        .refuses(&[409])
}

/// No entry any more.
pub(super) fn delete(id: &'static str, right: &'static Right) -> Operation {
    done(Operation::of(id, Wire::Graph, right).conditional())
}

/// Something that is answered with nothing.
pub(super) fn done(operation: Operation) -> Operation {
    operation.answers(204, answer::empty("It is done."))
}
