//! How the program ends: scripts tell "no" from "could not say", and "blocked" from both.

use std::process::ExitCode;

/// The exit code of a subcommand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0: what was asked is so: all tests passed, access is allowed.
    Yes,
    /// 1: it is not: a test failed, something could not be written.
    No,
    /// 2: it could not be said: bad usage, or a file that cannot be read. The command line's own
    /// errors end with this code, too.
    Broken,
    /// 3: the decision is block.
    Blocked,
    /// 4: the decision is challenge: one more step of the user is needed.
    Challenged,
    /// 5: two states differ: some request gets another answer.
    Differs,
    /// 5: something was found in the settings that was not to be there.
    Found,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Yes => 0,
            Exit::No => 1,
            Exit::Broken => 2,
            Exit::Blocked => 3,
            Exit::Challenged => 4,
            Exit::Differs | Exit::Found => 5,
        })
    }
}

/// Why a command could not be carried out: what is wrong, and what to do next.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    advice: Option<String>,
    exit: Exit,
}

impl Failure {
    /// The input could not be read.
    pub(crate) fn broken(message: impl Into<String>) -> Self {
        Failure {
            message: message.into(),
            advice: None,
            exit: Exit::Broken,
        }
    }

    /// Something that should have been possible was not.
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Failure {
            exit: Exit::No,
            ..Failure::broken(message)
        }
    }

    /// Says at what it happened, in the middle of something that should have been possible.
    pub(crate) fn during(mut self, what: &str) -> Self {
        self.message = format!("{what}: {}", self.message);
        self.exit = Exit::No;
        self
    }

    /// Says what to do next.
    pub(crate) fn advise(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }

    /// Says it on the error stream.
    pub(crate) fn report(self) -> Exit {
        let error = crate::terminal::painted(crate::terminal::ERROR, "error:");
        anstream::eprintln!("{error} {}", self.message);
        if let Some(advice) = &self.advice {
            anstream::eprintln!("  try: {advice}");
        }
        self.exit
    }
}

/// What a command answers that can fail as a whole.
pub(crate) type Outcome = Result<Exit, Failure>;
