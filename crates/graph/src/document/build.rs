//! Putting a document together from what its reader meets, within the bounds. Nothing recurses, so
//! no input can exhaust the stack.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::{
    Entry, Location, MAX_COPIED, MAX_DEPTH, MAX_VALUES, Mark, Path, Problem, Segment, text,
};

/// Why reading stopped.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) location: Option<Location>,
    pub(super) path: Path,
    pub(super) problem: Problem,
}

impl Fault {
    pub(super) fn whole(problem: Problem) -> Self {
        Fault {
            location: None,
            path: Path::root(),
            problem,
        }
    }
    pub(super) fn at(location: Location, problem: Problem) -> Self {
        Fault {
            location: Some(location),
            ..Fault::whole(problem)
        }
    }
}

/// A finished value: where it is, how much it weighs and how deep it is.
#[derive(Clone)]
struct Node {
    value: Value,
    mark: Mark,
    weight: usize,
    depth: usize,
}

/// An array or object that is not finished.
struct Open {
    at: Location,
    anchor: usize,
    weight: usize,
    depth: usize,
    entries: Vec<Entry>,
    kind: Kind,
}

enum Kind {
    Items(Vec<Value>),
    Members {
        members: Map<String, Value>,
        name: Option<(String, Location)>,
    },
}

/// The document as far as it has been read.
#[derive(Default)]
pub(super) struct Builder {
    open: Vec<Open>,
    anchors: HashMap<usize, Node>,
    weight: usize,
    copied: usize,
    root: Option<Node>,
}

impl Builder {
    /// Whether the next thing must be the name of a member.
    pub(super) fn wants_name(&self) -> bool {
        matches!(
            self.open.last(),
            Some(Open {
                kind: Kind::Members { name: None, .. },
                ..
            })
        )
    }

    /// A fault inside whatever is open.
    pub(super) fn fault(&self, at: Location, problem: Problem) -> Fault {
        let mut path = Path::root();
        for open in &self.open {
            match &open.kind {
                Kind::Items(items) => path.push(Segment::Index(items.len())),
                Kind::Members {
                    name: Some((name, _)),
                    ..
                } => path.push(Segment::Member(name.clone())),
                Kind::Members { name: None, .. } => {}
            }
        }
        Fault {
            location: Some(at),
            path,
            problem,
        }
    }

    /// An array begins.
    pub(super) fn begin_items(&mut self, at: Location, anchor: usize) -> Result<(), Fault> {
        self.begin(at, anchor, Kind::Items(Vec::new()))
    }

    /// An object begins.
    pub(super) fn begin_members(&mut self, at: Location, anchor: usize) -> Result<(), Fault> {
        let members = Map::new();
        self.begin(
            at,
            anchor,
            Kind::Members {
                members,
                name: None,
            },
        )
    }

    fn begin(&mut self, at: Location, anchor: usize, kind: Kind) -> Result<(), Fault> {
        if self.open.len() >= MAX_DEPTH {
            return Err(Fault::at(at, Problem::TooDeep));
        }
        self.open.push(Open {
            at,
            anchor,
            weight: 1,
            depth: 1,
            entries: Vec::new(),
            kind,
        });
        self.grow(at, 1)
    }

    /// The array or object that was begun last ends.
    pub(super) fn end(&mut self) -> Result<(), Fault> {
        let Some(open) = self.open.pop() else {
            return Ok(());
        };
        let value = match open.kind {
            Kind::Items(items) => Value::Array(items),
            Kind::Members { members, .. } => Value::Object(members),
        };
        let inside = (!open.entries.is_empty()).then(|| Arc::new(open.entries));
        let mark = Mark {
            at: open.at,
            inside,
        };
        let node = Node {
            value,
            mark,
            weight: open.weight,
            depth: open.depth,
        };
        self.keep(open.anchor, &node)?;
        self.place(node)
    }

    /// The name of a member.
    pub(super) fn name(&mut self, at: Location, text: String) -> Result<(), Fault> {
        let Some(Open {
            kind: Kind::Members { members, name },
            ..
        }) = self.open.last_mut()
        else {
            return Err(self.fault(at, Problem::Name));
        };
        let problem = if members.contains_key(&text) {
            Some(Problem::Duplicate(text.clone()))
        } else if let Some(c) = text.chars().find(|c| c.is_control()) {
            Some(Problem::Control(c))
        } else {
            let turn = text.chars().find(|c| text::turns_direction(*c));
            turn.map(|character| Problem::Direction {
                name: text.clone(),
                character,
            })
        };
        *name = Some((text, at));
        match problem {
            Some(problem) => Err(self.fault(at, problem)),
            None => Ok(()),
        }
    }

    /// A value that holds no other.
    pub(super) fn scalar(
        &mut self,
        at: Location,
        anchor: usize,
        value: Value,
    ) -> Result<(), Fault> {
        let mut weight = 1;
        if let Value::String(text) = &value {
            if let Some(c) = text.chars().find(|c| text::is_control(*c)) {
                return Err(self.fault(at, Problem::Control(c)));
            }
            // Long texts count as several values, so that copies of them are bounded too.
            weight += text.len() / 64;
        }
        self.grow(at, weight)?;
        let node = Node {
            value,
            mark: Mark { at, inside: None },
            weight,
            depth: 0,
        };
        self.keep(anchor, &node)?;
        self.place(node)
    }

    /// The text an anchor stands for, when it may be the name of a member.
    pub(super) fn anchored_text(&self, anchor: usize) -> Option<&str> {
        self.anchors.get(&anchor)?.value.as_str()
    }

    /// A copy of what the anchor stands for.
    pub(super) fn copy(&mut self, at: Location, anchor: usize) -> Result<(), Fault> {
        let Some((weight, depth)) = self.anchors.get(&anchor).map(|n| (n.weight, n.depth)) else {
            return Err(self.fault(at, Problem::Endless));
        };
        if self.open.len() + depth > MAX_DEPTH {
            return Err(Fault::at(at, Problem::TooDeep));
        }
        self.copied = self.copied.saturating_add(weight);
        if self.copied > MAX_COPIED {
            return Err(self.fault(at, Problem::TooManyCopies));
        }
        self.grow(at, weight)?;
        match self.anchors.get(&anchor).cloned() {
            Some(node) => self.place(node),
            None => Ok(()),
        }
    }

    /// Remembers what an anchor stands for; the copy counts.
    fn keep(&mut self, anchor: usize, node: &Node) -> Result<(), Fault> {
        if anchor > 0 {
            self.grow(node.mark.at, node.weight)?;
            self.anchors.insert(anchor, node.clone());
        }
        Ok(())
    }

    fn grow(&mut self, at: Location, by: usize) -> Result<(), Fault> {
        self.weight = self.weight.saturating_add(by);
        if self.weight > MAX_VALUES {
            return Err(self.fault(at, Problem::TooMany));
        }
        Ok(())
    }

    fn place(&mut self, node: Node) -> Result<(), Fault> {
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        open.weight = open.weight.saturating_add(node.weight);
        open.depth = open.depth.max(node.depth + 1);
        let key = match &mut open.kind {
            Kind::Items(items) => {
                items.push(node.value);
                node.mark.at
            }
            Kind::Members { members, name } => {
                let Some((name, key)) = name.take() else {
                    return Err(self.fault(node.mark.at, Problem::Name));
                };
                members.insert(name, node.value);
                key
            }
        };
        open.entries.push(Entry {
            key,
            mark: node.mark,
        });
        Ok(())
    }

    /// The whole value.
    pub(super) fn finish(self) -> Result<(Value, Mark), Fault> {
        match self.root {
            Some(node) => Ok((node.value, node.mark)),
            None => Err(Fault::whole(Problem::Empty)),
        }
    }
}
