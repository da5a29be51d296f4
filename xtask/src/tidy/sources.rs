//! The files the rules look at, read once.

use crate::repository::Repository;

/// A file of the repository.
pub(super) struct Source {
    /// Its path, with `/` between names.
    pub(super) path: String,
    /// Its text, if it is text.
    pub(super) text: Option<String>,
    /// Its size in bytes.
    pub(super) size: u64,
}

/// Everything the rules look at.
pub(super) struct Sources<'a> {
    pub(super) repository: &'a Repository,
    pub(super) files: Vec<Source>,
}

impl<'a> Sources<'a> {
    pub(super) fn read(repository: &'a Repository) -> anyhow::Result<Self> {
        let read = |path: String| {
            let size = repository.root.join(&path).metadata()?.len();
            let text = repository.text(&path)?;
            Ok(Source { path, text, size })
        };
        let files = repository.files()?.into_iter().map(read);
        let files = files.collect::<anyhow::Result<_>>()?;
        Ok(Self { repository, files })
    }

    /// The text of one file; empty when there is no such file.
    pub(super) fn text(&self, path: &str) -> &str {
        let file = self.files.iter().find(|file| file.path == path);
        file.and_then(|file| file.text.as_deref()).unwrap_or("")
    }

    /// Path and text of the files with one of these endings.
    pub(super) fn with_ending<'s>(
        &'s self,
        endings: &'s [&str],
    ) -> impl Iterator<Item = (&'s str, &'s str)> {
        self.files.iter().filter_map(|file| {
            let matches = endings.iter().any(|ending| file.path.ends_with(ending));
            let text = file.text.as_deref().filter(|_| matches)?;
            Some((file.path.as_str(), text))
        })
    }
}
