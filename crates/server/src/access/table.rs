//! The table of roles, permissions and operations: what is checked, told.

use std::collections::BTreeSet;
use std::fmt::Write;

use policy::governance::Held;
use policy::role::{Action, Role};
use serde_json::Value;

use super::{Right, Roles, all, settings};

/// One line of the table: a request, and who may make it.
#[derive(Debug)]
pub struct Line {
    right: &'static Right,
    /// The member that is written, where that makes a difference.
    pub member: Option<&'static str>,
    /// A body that writes it.
    pub body: Option<Value>,
    /// What the law demands, where it judges.
    actions: Option<BTreeSet<Action>>,
}

impl Line {
    /// `GET`, `POST` and so on.
    pub fn method(&self) -> &'static str {
        self.right.method
    }

    /// The address below the version.
    pub fn path(&self) -> &'static str {
        self.right.path
    }

    /// The scopes that do for a person's program: any of these.
    pub fn scopes(&self) -> &'static [&'static str] {
        self.right.delegated
    }

    /// The application permissions that do: any of these.
    pub fn permissions(&self) -> &'static [&'static str] {
        self.right.application
    }

    /// Whether somebody with that role and the scope may.
    pub fn is_open_to(&self, role: Role) -> bool {
        self.is_open_to_holder(&Held {
            roles: BTreeSet::from([role]),
            actions: BTreeSet::new(),
        })
    }

    /// Whether somebody who holds that and has the scope may.
    pub(crate) fn is_open_to_holder(&self, held: &Held) -> bool {
        match &self.actions {
            Some(actions) => actions.iter().all(|action| held.holds(*action)),
            None => self.right.roles.held_by(held),
        }
    }

    /// The actions that are needed, where actions decide.
    pub fn actions(&self) -> Option<BTreeSet<Action>> {
        match (&self.actions, &self.right.roles) {
            (Some(actions), _) => Some(actions.clone()),
            (None, Roles::Actions(actions)) => Some(actions.iter().copied().collect()),
            (None, _) => None,
        }
    }

    fn name(&self) -> String {
        let member = self.member.map(|member| format!(" · {member}"));
        format!(
            "`{} {}`{}",
            self.right.method,
            self.right.path,
            member.unwrap_or_default()
        )
    }
}

/// Every request that a right of this server is about.
pub fn lines() -> Vec<Line> {
    let others = all().filter(|right| !matches!(right.roles, Roles::Law));
    let others = others.map(|right| Line {
        right,
        member: None,
        body: None,
        actions: None,
    });
    let settings = settings::demands().into_iter().map(|demand| Line {
        right: demand.right,
        member: demand.member,
        body: demand.body,
        actions: Some(demand.actions),
    });
    let mut lines: Vec<Line> = settings.chain(others).collect();
    lines.sort_by_key(|line| (line.right.path, order(line.right.method)));
    lines
}

fn order(method: &str) -> usize {
    let methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];
    let found = methods.iter().position(|known| *known == method);
    found.unwrap_or(methods.len())
}

/// Every application permission that an operation of Graph asks for.
pub fn permissions() -> BTreeSet<&'static str> {
    all().flat_map(|right| right.application).copied().collect()
}

/// The page of the documentation.
pub fn page() -> String {
    let mut page = String::from(HEAD);
    let lines = lines();
    table(
        &mut page,
        Role::ALL.iter().map(|role| role.as_str()),
        &lines,
        |line| {
            Role::ALL
                .iter()
                .map(|role| line.is_open_to(*role))
                .collect()
        },
    );
    page.push_str(PROGRAMS);
    let permissions = permissions();
    table(&mut page, permissions.iter().copied(), &lines, |line| {
        let granted = permissions.iter();
        granted
            .map(|name| line.permissions().contains(name))
            .collect()
    });
    page.push_str(SCOPES);
    for line in lines
        .iter()
        .filter(|line| line.scopes() != line.permissions())
    {
        let scopes: Vec<String> = line
            .scopes()
            .iter()
            .map(|scope| format!("`{scope}`"))
            .collect();
        let scopes = match scopes.is_empty() {
            true => "no scope: no person may".to_owned(),
            false => scopes.join(", "),
        };
        let _ = writeln!(page, "| {} | {scopes} |", line.name());
    }
    page
}

const HEAD: &str = "# Who may do what

A person needs a directory role *and* a program with the scope; a program without a person needs an
application permission (S14.14). This page is written from what the server checks, and a test compares
the two: do not edit it.

The role of a column may come with the token (`wids`) or by a role assignment in the tenant. A custom
role may do what its actions let it; the three recommended ones (`comity roles create-recommended`)
are shown as they are created. *PATCH* lines name the member that is written, because each has its
own permission (S14.3); a body that writes several needs all of them. Importing settings as a whole
(`PUT /comity/v1/tenants/{id}/settings`) and restoring them are not in the table: they need what the
writes need that they consist of.

## Directory roles

";
const PROGRAMS: &str = "
## Application permissions

A program that lacks the permission may have been given a directory role instead; it then may do what
the role may.

";
const SCOPES: &str = "
## Scopes

A person's program needs the scope of the same name as the application permission, except here:

| operation | scopes, any of |
| --- | --- |
";

fn table<'a>(
    page: &mut String,
    columns: impl Iterator<Item = &'a str>,
    lines: &[Line],
    cells: impl Fn(&Line) -> Vec<bool>,
) {
    let columns: Vec<&str> = columns.collect();
    let _ = writeln!(page, "| operation | {} |", columns.join(" | "));
    let _ = writeln!(page, "| --- |{}", " :-: |".repeat(columns.len()));
    for line in lines {
        let cells: Vec<&str> = cells(line)
            .into_iter()
            .map(|may| if may { "✔" } else { "✘" })
            .collect();
        let _ = writeln!(page, "| {} | {} |", line.name(), cells.join(" | "));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_right_that_is_written_down_is_in_the_table() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/access");
        let mut written = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            let methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];
            let line = |line: &str| {
                let line = line.trim();
                let constant = line.starts_with("pub(crate) const") && !line.contains('$');
                let listed = methods.iter().any(|method| {
                    line.contains(&format!(" = \"{method}\""))
                        || line.contains(&format!(": \"{method}\" \""))
                });
                (constant && line.contains(": Right =")) || listed
            };
            written += text.lines().filter(|text| line(text)).count();
        }
        assert_eq!(written, all().count() + super::super::logs::MORE.len());
    }

    #[test]
    fn no_request_stands_in_the_table_twice() {
        let names: Vec<String> = lines().iter().map(Line::name).collect();
        let distinct: BTreeSet<&String> = names.iter().collect();
        assert_eq!(distinct.len(), names.len());
    }
}
