//! The two numbers by which writes are told apart.

/// How often the settings of one tenant have been written: 1, 2, 3 … without a gap. The ETag of an
/// entity is the revision that last changed it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(pub u64);

/// A place in the order of all writes that a decision or an auditor may see. A later write has a
/// larger number, and one that becomes visible later never has a smaller one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sequence(pub u64);

impl Revision {
    /// The one after this.
    pub const fn next(self) -> Self {
        Revision(self.0.saturating_add(1))
    }
}

impl Sequence {
    /// The one after this.
    pub const fn next(self) -> Self {
        Sequence(self.0.saturating_add(1))
    }
}

impl std::fmt::Display for Revision {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::fmt::Display for Sequence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
