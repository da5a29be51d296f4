//! A decision as it is printed. It is the same JSON whether it was made here from files or came
//! from a server, so both print the same.

use policy::decision::Verdict;
use serde_json::{Map, Value};

use crate::exit::{Exit, Failure};
use crate::terminal;

/// A decision with its sentences.
pub(crate) struct Answer {
    rendered: Map<String, Value>,
    verdict: Verdict,
    notes: Vec<String>,
}

/// The verdict in the words of the wire.
fn verdict(word: Option<&Value>) -> Option<Verdict> {
    let all = [Verdict::Allow, Verdict::Challenge, Verdict::Block];
    let word = word?.as_str()?;
    all.into_iter().find(|verdict| verdict.as_str() == word)
}

impl Answer {
    /// What was decided, and what the reader should know about where it comes from.
    pub(crate) fn new(rendered: Map<String, Value>, notes: Vec<String>) -> Result<Self, Failure> {
        let Some(verdict) = verdict(rendered.get("decision")) else {
            return Err(
                Failure::failed("the answer holds no `decision` that is known here")
                    .advise("a program of the version of the server"),
            );
        };
        Ok(Answer {
            rendered,
            verdict,
            notes,
        })
    }

    /// The exit code.
    pub(crate) const fn exit(&self) -> Exit {
        match self.verdict {
            Verdict::Allow => Exit::Yes,
            Verdict::Block => Exit::Blocked,
            Verdict::Challenge => Exit::Challenged,
        }
    }

    fn text(&self, member: &str) -> Option<&str> {
        self.rendered.get(member).and_then(Value::as_str)
    }

    fn list(&self, member: &str) -> impl Iterator<Item = &Value> {
        let list = self.rendered.get(member).and_then(Value::as_array);
        list.into_iter().flatten()
    }

    /// All of it as JSON.
    pub(crate) fn print_json(&self) {
        let mut whole = self.rendered.clone();
        whole.insert("notes".to_owned(), self.notes.clone().into());
        anstream::println!("{:#}", Value::Object(whole));
    }

    /// Question, verdict and remedy.
    pub(crate) fn print_verdict(&self) {
        let painted = terminal::painted(terminal::verdict(self.verdict), self.verdict.as_str());
        anstream::println!("{}", self.text("question").unwrap_or_default());
        anstream::println!("{painted}  {}", self.text("sentence").unwrap_or_default());
        if let Some(remedy) = self.text("remedy") {
            anstream::println!("To change this: {remedy}");
        }
    }

    /// Every step, and the rows it would leave.
    pub(crate) fn print_steps(&self) {
        let sentence = |item: &Value| {
            let text = item.get("sentence").or_else(|| item.get("code"));
            text.and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        for finding in self.list("findings") {
            let verdict = verdict(finding.get("verdict")).unwrap_or(Verdict::Block);
            let mark = match verdict {
                Verdict::Allow => "✔",
                Verdict::Challenge => "?",
                Verdict::Block => "✘",
            };
            let mark = terminal::painted(terminal::verdict(verdict), mark);
            anstream::println!("  {mark} {}", sentence(finding));
        }
        if self.list("rows").next().is_some() {
            anstream::println!("\nSign-in rows this would leave:");
        }
        for row in self.list("rows") {
            anstream::println!("  {}", sentence(row));
        }
    }

    /// What the reader should know about where the answer comes from.
    pub(crate) fn print_notes(&self) {
        for note in &self.notes {
            anstream::println!("note: {note}");
        }
    }
}
