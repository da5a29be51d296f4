//! Checking an exported log, line by line, without the server: is it what was written?

use std::collections::{BTreeMap, BTreeSet};

use policy::tenant::TenantId;
use serde_json::{Map, Value};
use store::{AuditRecord, AuditRow, Link, Position};
use sts::StatementPublicKey;
use sts::statement;

use super::head::Place;
use super::line::{self, log_name, position_of_text, position_text};
use super::{CHECKPOINT, HEAD};

/// Why a head cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeadError {
    /// Not the form in which heads are exported.
    #[error("this is not an exported head of an audit log")]
    Form,
    /// A key that was not expected, or the signature does not fit.
    #[error("the head is not signed by the key it names, or by none that was given")]
    Signature,
    /// A checkpoint beside it is not signed.
    #[error("checkpoint {0} beside the head is not signed by a key that was given")]
    Checkpoint(usize),
    /// Two heads of different logs.
    #[error("the heads are those of two different logs, `{0}` and `{1}`")]
    OtherLog(String, String),
    /// None at all.
    #[error("there is no head to check against")]
    None,
}

/// What is wrong with a log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The line cannot be read.
    #[error("line {line}: this is not a line of an exported audit log ({missing})")]
    Unreadable {
        /// Counted from one.
        line: u64,
        /// What is missing or wrong.
        missing: &'static str,
    },
    /// An entry of another log.
    #[error("line {line}: the entry belongs to another log")]
    OtherLog {
        /// Counted from one.
        line: u64,
    },
    /// The entry stands before the one above it, or is the same.
    #[error("line {line}: the entry does not stand after the one above it")]
    Order {
        /// Counted from one.
        line: u64,
    },
    /// The chain is broken here: this entry was changed, or what stood before it was.
    #[error(
        "line {line}: the chain is broken: this entry was changed, or one before it is missing"
    )]
    Broken {
        /// Counted from one.
        line: u64,
    },
    /// What the line shows is not what it proves.
    #[error("line {line}: `{member}` does not agree with the entry that was written")]
    Shown {
        /// Counted from one.
        line: u64,
        /// The member.
        member: String,
    },
    /// The first line is neither the first entry nor the one after a checkpoint.
    #[error("the log does not begin at its first entry, nor after a signed checkpoint")]
    Beginning,
    /// At a head's place stands something else, or nothing.
    #[error(
        "the entry at {position}, where a signed head says that the log ended, is not the one \
             that was signed, or is missing"
    )]
    Head {
        /// Where.
        position: String,
    },
    /// Entries behind the last head.
    #[error("line {line}: no signed head vouches for this entry and what comes after it")]
    Unsigned {
        /// Counted from one.
        line: u64,
    },
}

/// The signed ends and checkpoints to check a log against.
#[derive(Clone, Debug)]
pub struct Evidence {
    log: Option<TenantId>,
    heads: BTreeMap<Position, Link>,
    checkpoints: Vec<Place>,
}

impl Evidence {
    /// Reads exported heads of one log; several, noted down at different times, must all be met.
    /// The keys are those that are trusted; without any, the keys that the heads bring with them.
    pub fn read(heads: &[Value], trusted: &[StatementPublicKey]) -> Result<Self, HeadError> {
        let mut evidence: Option<Evidence> = None;
        for head in heads {
            let (place, checkpoints) = opened(head, trusted)?;
            let known = evidence.get_or_insert_with(|| Evidence {
                log: place.log,
                heads: BTreeMap::new(),
                checkpoints: Vec::new(),
            });
            if known.log != place.log {
                return Err(HeadError::OtherLog(
                    log_name(known.log),
                    log_name(place.log),
                ));
            }
            let other = known.heads.insert(place.position, place.link);
            if other.is_some_and(|other| other != place.link) {
                // Two signed heads say different things about one place: the log was forked.
                return Err(HeadError::Signature);
            }
            known.checkpoints.extend(checkpoints);
        }
        evidence.ok_or(HeadError::None)
    }

    /// Whose log it is about.
    pub fn log(&self) -> Option<TenantId> {
        self.log
    }
}

/// A head and the checkpoints beside it, if they are signed.
fn opened(head: &Value, trusted: &[StatementPublicKey]) -> Result<(Place, Vec<Place>), HeadError> {
    let texts = |member: &str| head.get(member).and_then(Value::as_array);
    let own: Vec<StatementPublicKey> = match trusted {
        [] => texts("keys")
            .into_iter()
            .flatten()
            .filter_map(StatementPublicKey::of_jwk)
            .collect(),
        trusted => trusted.to_vec(),
    };
    let text = head.get("head").and_then(Value::as_str);
    let text = text.ok_or(HeadError::Form)?;
    let said = statement::verify(HEAD, text, &own).map_err(|_| HeadError::Signature)?;
    let place = Place::of_said(&said).ok_or(HeadError::Form)?;
    let mut checkpoints: Vec<Place> = Vec::new();
    for (index, text) in texts("checkpoints").into_iter().flatten().enumerate() {
        let wrong = || HeadError::Checkpoint(index + 1);
        let said = statement::verify(CHECKPOINT, text.as_str().ok_or_else(wrong)?, &own);
        let place = Place::of_said(&said.map_err(|_| wrong())?).ok_or_else(wrong)?;
        checkpoints.push(place);
    }
    if checkpoints
        .iter()
        .any(|checkpoint| checkpoint.log != place.log)
    {
        return Err(HeadError::Form);
    }
    Ok((place, checkpoints))
}

/// More faults are counted and not told.
const MOST: usize = 1000;

/// A verification under way: lines go in, oldest first, and faults come out.
#[derive(Debug)]
pub struct Verification {
    evidence: Evidence,
    first: Option<Position>,
    last: Option<(Position, Link)>,
    /// The heads whose entry was found.
    met: BTreeSet<Position>,
    lines: u64,
    entries: u64,
    unsigned: bool,
    faults: Vec<Fault>,
}

/// What came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// How many entries were looked at.
    pub entries: u64,
    /// What is wrong; nothing, if the log is what was written.
    pub faults: Vec<Fault>,
}

impl Verification {
    /// Begins at the beginning of the log.
    pub fn new(evidence: Evidence) -> Self {
        Verification {
            evidence,
            first: None,
            last: None,
            met: BTreeSet::new(),
            lines: 0,
            entries: 0,
            unsigned: false,
            faults: Vec::new(),
        }
    }

    fn fault(&mut self, fault: Fault) {
        if self.faults.len() < MOST {
            self.faults.push(fault);
        }
    }

    /// Looks at the next line. Empty lines mean nothing.
    pub fn line(&mut self, text: &str) {
        self.lines += 1;
        if text.trim().is_empty() {
            return;
        }
        self.entries += 1;
        match Exported::read(text, self.lines) {
            Ok(exported) => self.take(exported),
            Err(fault) => self.fault(fault),
        }
    }

    fn take(&mut self, exported: Exported) {
        let line = self.lines;
        let Exported { row, stated, shown } = exported;
        if row.record.tenant != self.evidence.log {
            self.fault(Fault::OtherLog { line });
            return;
        }
        let last = self.last;
        if last.is_some_and(|(position, _)| row.position <= position) {
            self.fault(Fault::Order { line });
        }
        let next = |before: Link| before.next(row.record.tenant, row.position, &row.text);
        match last {
            Some((_, before)) if next(before) != stated => self.fault(Fault::Broken { line }),
            None if !self
                .beginnings(row.position)
                .any(|before| next(before) == stated) =>
            {
                self.fault(Fault::Beginning);
            }
            _ => {}
        }
        if self.evidence.heads.get(&row.position) == Some(&stated) {
            self.met.insert(row.position);
        }
        let end = self.evidence.heads.last_key_value();
        let beyond = end.is_none_or(|(end, _)| row.position > *end);
        if beyond && !self.unsigned {
            self.unsigned = true;
            self.fault(Fault::Unsigned { line });
        }
        // What is shown is worked out again from what is proved.
        self.first = self.first.or(Some(row.position));
        self.last = Some((row.position, stated));
        if let Some(member) = difference(&line::line(row), &shown) {
            self.fault(Fault::Shown { line, member });
        }
    }

    /// The links that may stand before the first line at that place.
    fn beginnings(&self, first: Position) -> impl Iterator<Item = Link> {
        let checkpoints = self.evidence.checkpoints.iter();
        let pruned = checkpoints.filter(move |place| place.position < first);
        std::iter::once(Link::BEGINNING).chain(pruned.map(|place| place.link))
    }

    /// Whether what a head vouches for had been pruned before the log was exported.
    fn is_pruned(&self, position: Position, link: Link) -> bool {
        let gone = |place: &&Place| self.first.is_none_or(|first| place.position < first);
        let mut checkpoints = self.evidence.checkpoints.iter().filter(gone);
        checkpoints.any(|place| {
            place.position > position || (place.position == position && place.link == link)
        })
    }

    /// What came out, after the last line.
    pub fn end(mut self) -> Verified {
        for (position, link) in std::mem::take(&mut self.evidence.heads) {
            // The head of a log that had no entry says nothing about any.
            let is_empty = (position, link) == (Position::default(), Link::BEGINNING);
            if !(is_empty || self.met.contains(&position) || self.is_pruned(position, link)) {
                let position = position_text(position);
                self.fault(Fault::Head { position });
            }
        }
        Verified {
            entries: self.entries,
            faults: self.faults,
        }
    }
}

/// A line taken apart.
struct Exported {
    /// The entry that the line proves, with the link that it states.
    row: AuditRow,
    stated: Link,
    /// The whole line.
    shown: Map<String, Value>,
}

impl Exported {
    fn read(text: &str, line: u64) -> Result<Self, Fault> {
        let unreadable = |missing| Fault::Unreadable { line, missing };
        let Ok(Value::Object(shown)) = serde_json::from_str(text) else {
            return Err(unreadable("not a JSON object"));
        };
        let member = |name: &'static str| {
            let value = shown.get(name).and_then(Value::as_str);
            value.ok_or_else(|| unreadable(name))
        };
        let entry = member(line::ENTRY)?;
        let record = AuditRecord::read(entry).map_err(|_| unreadable(line::ENTRY))?;
        let position = position_of_text(member(line::POSITION)?);
        let stated: Option<Link> = member(line::LINK)?.parse().ok();
        let stated = stated.ok_or_else(|| unreadable(line::LINK))?;
        let row = AuditRow {
            position: position.ok_or_else(|| unreadable(line::POSITION))?,
            record,
            text: entry.to_owned(),
            link: stated,
        };
        Ok(Exported { row, stated, shown })
    }
}

/// The first member by which a line differs from the line it ought to be.
fn difference(expected: &Value, shown: &Map<String, Value>) -> Option<String> {
    let expected = expected.as_object()?;
    let names = expected.keys().chain(shown.keys());
    let mut names = names.filter(|name| expected.get(*name) != shown.get(*name));
    names.next().cloned()
}
