//! A message, and how it is written down.
//!
//! Names, addresses and texts come from people who may mean harm: a line break in a name would begin
//! another header, and a character that turns the direction of writing would show another name. So
//! what belongs on one line is brought to one line, what cannot be seen is left out, and every body
//! is plain text, in which markup is just letters.

use jiff::Timestamp;
use lettre::address::{AddressError, Envelope};
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox};
use lettre::{Address, Message};

use super::Parcel;
use graph::guest::is_invisible;

/// Longer names are cut, in characters.
const NAME: usize = 120;
/// Longer lines are broken, in bytes.
const LINE: usize = 990;
/// Longer subjects are cut.
const SUBJECT: usize = 200;

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Letter {
    /// To whom.
    pub(crate) to: String,
    /// Who gets a copy: name and address.
    pub(crate) copy: Option<(Option<String>, String)>,
    /// What it is about.
    pub(crate) subject: String,
    /// What it says.
    pub(crate) text: String,
    /// In which language.
    pub(crate) language: &'static str,
}

/// The message cannot be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unwritable {
    /// To nobody, in other words.
    #[error("the address of a recipient cannot be used")]
    Address(#[from] AddressError),
    /// What else could be.
    #[error("the message cannot be put together")]
    Message(#[from] lettre::error::Error),
}

/// A text on one line, of which everything can be seen.
pub(crate) fn line(text: &str, longest: usize) -> String {
    let seen = text.chars().filter(|c| !is_invisible(*c));
    let spaced: String = seen.map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words: Vec<&str> = spaced.split_whitespace().collect();
    words.join(" ").chars().take(longest).collect()
}

/// A name as it stands in a sentence.
pub(crate) fn name(text: &str) -> String {
    line(text, NAME)
}

/// What somebody wrote, as a quotation: whoever reads it sees where it begins and ends.
pub(crate) fn quotation(text: &str) -> String {
    let lines = text.lines().map(|one| {
        let one = line(one, usize::MAX);
        match one.is_empty() {
            true => ">".to_owned(),
            false => format!("> {one}"),
        }
    });
    lines.collect::<Vec<_>>().join("\r\n")
}

/// How a text travels. A link that is broken in two is hard to follow, so a text of plain letters
/// stays as it is for as long as its lines may be (RFC 5322, 2.1.1).
fn body(text: &str) -> Body {
    let legal = |c: &char| !c.is_control() || matches!(c, '\r' | '\n' | '\t');
    let text: String = text.chars().filter(legal).collect();
    let plain = |line: &str| {
        let mut bytes = line.bytes();
        line.len() <= LINE && bytes.all(|byte| byte == b'\t' || (b' '..=b'~').contains(&byte))
    };
    match text.split("\r\n").all(plain) {
        true => Body::dangerous_pre_encoded(text.into_bytes(), ContentTransferEncoding::SevenBit),
        false => Body::new(text),
    }
}

fn mailbox(name: Option<&str>, address: &str) -> Result<Mailbox, AddressError> {
    let name = name.map(self::name).filter(|name| !name.is_empty());
    Ok(Mailbox::new(name, address.parse::<Address>()?))
}

impl Letter {
    /// The message as it is carried.
    pub(super) fn parcel(
        &self,
        from: &Mailbox,
        host: &str,
        now: Timestamp,
    ) -> Result<Parcel, Unwritable> {
        let id = format!("{}-{}", now.as_second(), sts::random::guid());
        let to = mailbox(None, &self.to)?;
        let mut recipients = vec![to.email.clone()];
        let mut message = Message::builder()
            .from(from.clone())
            .to(to)
            .date(now.into())
            .message_id(Some(format!("<{id}@{host}>")))
            .subject(line(&self.subject, SUBJECT));
        if let Some((name, address)) = &self.copy {
            let copy = mailbox(name.as_deref(), address)?;
            recipients.push(copy.email.clone());
            message = message.cc(copy);
        }
        for (name, value) in [
            ("Content-Language", self.language),
            // No answers from machines, of which there would be no end (RFC 3834).
            ("Auto-Submitted", "auto-generated"),
            ("X-Auto-Response-Suppress", "All"),
        ] {
            if let Ok(name) = HeaderName::new_from_ascii(name.to_owned()) {
                message = message.raw_header(HeaderValue::new(name, value.to_owned()));
            }
        }
        let message = message
            .header(ContentType::TEXT_PLAIN)
            .body(body(&self.text))?;
        let envelope = Envelope::new(Some(from.email.clone()), recipients)?;
        Ok(Parcel {
            id,
            envelope,
            bytes: message.formatted(),
        })
    }
}
