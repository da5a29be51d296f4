//! The messages that people get, put together. What they say is in [`super::words`].

use super::words::ENGLISH;
use crate::mail::{Letter, line, name, quotation};

/// Longer addresses are cut in what people read.
const ADDRESS: usize = 2048;

/// Whom an invitation is from, and to.
pub(crate) struct Invitation<'a> {
    /// The organization that invites.
    pub(crate) organization: &'a str,
    /// Who invites there, if it is a person.
    pub(crate) inviter: Option<&'a str>,
    /// Who is invited.
    pub(crate) to: &'a str,
    /// Who gets a copy.
    pub(crate) copy: Option<(Option<String>, String)>,
    /// What the inviter wants to say.
    pub(crate) message: Option<&'a str>,
    /// Where it leads.
    pub(crate) link: &'a str,
}

fn paragraphs(parts: &[String]) -> String {
    parts.join("\r\n\r\n") + "\r\n"
}

impl Invitation<'_> {
    fn letter(self, subject: &str, begins: &str, leads: &str, ends: &str) -> Letter {
        let organization = name(self.organization);
        let by = self.inviter.map(name).filter(|name| !name.is_empty());
        let mut parts = vec![match by {
            Some(by) => format!("{by} ({organization}) {begins} {organization}."),
            None => format!("{organization} {begins} {organization}."),
        }];
        let message = self.message.filter(|message| !message.trim().is_empty());
        if let Some(message) = message {
            parts.push(format!(
                "{}\r\n\r\n{}",
                ENGLISH.mail_says,
                quotation(message)
            ));
        }
        parts.push(format!("{leads}\r\n\r\n{}", line(self.link, ADDRESS)));
        parts.push(ends.to_owned());
        Letter {
            to: self.to.to_owned(),
            copy: self.copy,
            subject: format!("{organization} {subject}"),
            text: paragraphs(&parts),
            language: ENGLISH.language,
        }
    }

    /// Somebody is to accept (S6.8).
    pub(crate) fn asks(self) -> Letter {
        self.letter(
            ENGLISH.mail_invited,
            ENGLISH.mail_invites,
            ENGLISH.mail_accept,
            ENGLISH.mail_unknown,
        )
    }

    /// Somebody is in without having to accept (S6.8).
    pub(crate) fn tells(self) -> Letter {
        self.letter(
            ENGLISH.mail_added,
            ENGLISH.mail_adds,
            ENGLISH.mail_open,
            ENGLISH.mail_unknown,
        )
    }
}

/// A code.
pub(super) fn passcode(organization: &str, to: String, code: &str, minutes: i64) -> Letter {
    let organization = name(organization);
    let parts = [
        format!("{} {organization}:", ENGLISH.mail_code_for),
        code.to_owned(),
        ENGLISH
            .mail_code_lasts
            .replace("{minutes}", &minutes.to_string()),
        ENGLISH.mail_code_unknown.to_owned(),
    ];
    Letter {
        to,
        copy: None,
        subject: format!("{organization}: {}", ENGLISH.mail_code),
        text: paragraphs(&parts),
        language: ENGLISH.language,
    }
}
