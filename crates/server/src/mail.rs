//! Messages to people: invitations, and the passcodes of those whose address is no tenant's.
//!
//! A message is handed to a [`Carrier`]: a mail server, or a folder in which each message is a file.
//! If that fails for the moment it is tried again a few times while this process runs; nothing else
//! waits for it, and nothing else fails because of it.

mod carrier;
mod letter;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use lettre::message::Mailbox;
use sts::Seconds;
use tokio::sync::{Semaphore, oneshot};

pub use self::carrier::{Carrier, Encryption, Parcel, Smtp, Undelivered};
pub(crate) use self::letter::{Letter, line, name, quotation};
use crate::clock::Clock;

/// How many messages of either urgency are under way or wait at once; what comes beyond is not sent.
const AT_ONCE: usize = 1_000;
/// How long trouble with the carrier is taken to last.
const TROUBLE: Seconds = 2 * 60;
/// Invitations may come later.
pub(crate) const INVITATION: Urgency = Urgency {
    again: &[
        Duration::from_secs(60),
        Duration::from_secs(5 * 60),
        Duration::from_secs(30 * 60),
        Duration::from_secs(2 * 60 * 60),
        Duration::from_secs(6 * 60 * 60),
    ],
    is_patient: true,
};
/// Nobody wants a passcode later.
pub(crate) const PASSCODE: Urgency = Urgency {
    again: &[
        Duration::from_secs(5),
        Duration::from_secs(20),
        Duration::from_secs(60),
    ],
    is_patient: false,
};
/// How long somebody who invites waits to hear whether the message left.
const PATIENCE: Duration = Duration::from_secs(5);

/// How messages leave the server.
#[derive(Clone)]
pub struct Mail {
    from: Mailbox,
    carrier: Arc<dyn Carrier>,
}

/// Messages cannot leave in that way.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// The sender.
    #[error("from: `{0}` is not a mail address (expected name@domain, or Name <name@domain>)")]
    From(String),
    /// The authority of the mail server.
    #[error("the mail server's certificate authority is not usable: {0}")]
    Authority(String),
}

impl Mail {
    /// By that carrier, as that sender.
    pub fn by(from: &str, carrier: Arc<dyn Carrier>) -> Result<Self, MailError> {
        let mailbox = from.parse();
        let from = mailbox.map_err(|_| MailError::From(from.chars().take(128).collect()))?;
        Ok(Mail { from, carrier })
    }

    /// Through a mail server.
    pub fn through(from: &str, server: &Smtp) -> Result<Self, MailError> {
        Self::by(from, Arc::new(server.carrier()?))
    }

    /// Into a folder, each message a file.
    pub fn into_folder(from: &str, folder: PathBuf) -> Result<Self, MailError> {
        Self::by(from, Arc::new(carrier::Folder(folder)))
    }
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mail").finish_non_exhaustive()
    }
}

/// What becomes of a message that does not leave at once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Urgency {
    /// When it is tried again, after the time before.
    again: &'static [Duration],
    /// Whether it may wait for long. Those that may never stand in the way of those that may not.
    is_patient: bool,
}

/// What became of a message so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    /// The carrier has it.
    Yes,
    /// Not yet: it is tried again.
    Later,
    /// It is not going to be sent.
    No,
}

impl Sent {
    /// The word of answers.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Sent::Yes => "sent",
            Sent::Later => "later",
            Sent::No => "notSent",
        }
    }
}

/// The post office.
#[derive(Clone)]
pub(crate) struct Post(Arc<Office>);

struct Office {
    mail: Option<Mail>,
    host: String,
    clock: Clock,
    /// For messages that wait for long, and for those that do not.
    patient: Arc<Semaphore>,
    urgent: Arc<Semaphore>,
    /// When the carrier last could not be reached; 0: it can.
    trouble: AtomicI64,
}

impl Post {
    /// A post office; without `mail` nothing leaves it.
    pub(crate) fn new(mail: Option<Mail>, public_url: &str, clock: Clock) -> Self {
        let host = public_url.split_once("://").map_or(public_url, |(_, h)| h);
        let host = host.split([':', '/']).next().unwrap_or_default();
        Post(Arc::new(Office {
            mail,
            host: host.to_owned(),
            clock,
            patient: Arc::new(Semaphore::new(AT_ONCE)),
            urgent: Arc::new(Semaphore::new(AT_ONCE)),
            trouble: AtomicI64::new(0),
        }))
    }

    /// Whether messages leave at all.
    pub(crate) fn is_open(&self) -> bool {
        self.0.mail.is_some()
    }

    /// Whether messages do not leave at the moment. It says nothing about any message.
    pub(crate) fn is_in_trouble(&self) -> bool {
        let trouble = self.0.trouble.load(Ordering::Relaxed);
        trouble != 0 && self.0.clock.seconds() < trouble + TROUBLE
    }

    /// Sends a message, and waits a little to hear what becomes of it.
    pub(crate) async fn send(&self, letter: &Letter, urgency: Urgency) -> Sent {
        // Whoever invites many people need not wait for each.
        let waits = !self.is_in_trouble();
        let Some(first) = self.post(letter, urgency) else {
            return Sent::No;
        };
        match waits {
            true => match tokio::time::timeout(PATIENCE, first).await {
                Ok(first) => first.unwrap_or(Sent::No),
                Err(_) => Sent::Later,
            },
            false => Sent::Later,
        }
    }

    /// Sends a message while nobody waits. What comes of the first attempt can be heard.
    pub(crate) fn post(
        &self,
        letter: &Letter,
        urgency: Urgency,
    ) -> Option<oneshot::Receiver<Sent>> {
        let office = Arc::clone(&self.0);
        let mail = office.mail.clone()?;
        let room = match urgency.is_patient {
            true => &office.patient,
            false => &office.urgent,
        };
        let Ok(room) = Arc::clone(room).try_acquire_owned() else {
            tracing::warn!("too many messages wait; one was not sent");
            return None;
        };
        let parcel = match letter.parcel(&mail.from, &office.host, office.clock.now()) {
            Ok(parcel) => parcel,
            Err(error) => {
                tracing::warn!(error = %error, "a message could not be written");
                return None;
            }
        };
        let (tell, first) = oneshot::channel();
        tokio::spawn(async move {
            let _room = room;
            office.carry(&mail, &parcel, urgency.again, tell).await;
        });
        Some(first)
    }

    /// Finds out whether the carrier can be reached, as a message would, without one. So whether a
    /// message was sent to somebody cannot be told from what is learned of the carrier.
    pub(crate) fn knock(&self) {
        let office = Arc::clone(&self.0);
        let Some(mail) = office.mail.clone() else {
            return;
        };
        let Ok(room) = Arc::clone(&office.urgent).try_acquire_owned() else {
            return;
        };
        tokio::spawn(async move {
            let _room = room;
            let reached = mail.carrier.reach().await;
            office.note(&reached);
        });
    }
}

impl Office {
    /// Remembers whether the carrier can be reached.
    fn note(&self, done: &Result<(), Undelivered>) {
        match done {
            Ok(()) => self.trouble.store(0, Ordering::Relaxed),
            Err(Undelivered::Carrier(_)) => {
                let now = self.clock.seconds().max(1);
                self.trouble.store(now, Ordering::Relaxed);
            }
            // A word about this message says nothing about others.
            Err(Undelivered::NotNow(_) | Undelivered::Never(_)) => {}
        }
    }

    /// Tries until it is done, or no more use.
    async fn carry(
        &self,
        mail: &Mail,
        parcel: &Parcel,
        again: &[Duration],
        tell: oneshot::Sender<Sent>,
    ) {
        let mut tell = Some(tell);
        let mut hear = |sent| {
            if let Some(tell) = tell.take() {
                // Nobody may be waiting any more.
                let _ = tell.send(sent);
            }
        };
        let mut waits = again.iter();
        loop {
            let done = mail.carrier.carry(parcel).await;
            self.note(&done);
            let error = match done {
                Ok(()) => return hear(Sent::Yes),
                Err(error) => error,
            };
            let wait = waits.next().filter(|_| error.may_pass());
            tracing::warn!(
                message = %parcel.id,
                error = %error,
                again_seconds = wait.map(Duration::as_secs),
                "a message was not sent"
            );
            let Some(wait) = wait else {
                return hear(Sent::No);
            };
            hear(Sent::Later);
            tokio::time::sleep(*wait).await;
        }
    }
}

#[cfg(test)]
mod tests;
