//! How the program ends: scripts tell "no" from "could not say".

use std::process::ExitCode;

/// The exit code of a subcommand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0: what was asked is so: all tests passed, access is allowed.
    Yes,
    /// 1: it is not: a test failed, access is blocked.
    No,
    /// 2: it could not be said: bad usage, or a file that cannot be read. The command line's own
    /// errors end with this code, too.
    Broken,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Yes => 0,
            Exit::No => 1,
            Exit::Broken => 2,
        })
    }
}
