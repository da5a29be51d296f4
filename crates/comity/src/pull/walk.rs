//! From page to page through a window, writing down how far it is.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::Url;

use super::checkpoint::{Checkpoint, FORMAT, Kind, Open, Window};
use super::folder::Folder;
use super::pace::{Pace, Pacer, share};
use super::page::Page;
use super::source::{Source, Trouble};
use crate::exit::Failure;

/// How often a window is begun again that brings nothing new.
const RESTARTS: u32 = 3;

/// What a pull did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) pages: u64,
    /// Rows that were written.
    pub(crate) rows: u64,
    /// Rows that were there already.
    pub(crate) duplicates: u64,
    /// Questions that had to be asked again.
    pub(crate) repeated: u64,
}

/// Who wants to know how far it is.
pub(crate) trait Watch {
    /// A window begins, so many kinds of sign-ins of it.
    fn begins(&self, window: Window, kinds: usize);
    /// A page is written. So many kinds are left; the one at hand goes back to that time.
    fn page(&self, tally: Tally, back_to: Option<Timestamp>, kinds: usize);
    /// It is waited before the same is asked again.
    fn waits(&self, why: &str, pause: Duration);
}

/// Nobody wants to know.
impl Watch for () {
    fn begins(&self, _: Window, _: usize) {}
    fn page(&self, _: Tally, _: Option<Timestamp>, _: usize) {}
    fn waits(&self, _: &str, _: Duration) {}
}

/// A pull into a folder.
pub(crate) struct Walk<'a> {
    source: Source,
    folder: Folder,
    checkpoint: Checkpoint,
    pacer: Pacer,
    watch: &'a dyn Watch,
    pub(crate) tally: Tally,
}

impl<'a> Walk<'a> {
    /// Goes on in a folder, which has to hold the log of the same tenant.
    pub(crate) fn new(
        source: Source,
        (folder, checkpoint): (Folder, Option<Checkpoint>),
        pace: Pace,
        watch: &'a dyn Watch,
    ) -> Result<Self, Failure> {
        let checkpoint = checkpoint.unwrap_or_else(|| Checkpoint {
            format: FORMAT,
            endpoint: source.endpoint().to_owned(),
            authority: source.authority().to_owned(),
            reached: None,
            open: None,
            length: folder.length(),
        });
        let (endpoint, authority) = (&checkpoint.endpoint, &checkpoint.authority);
        if (endpoint.as_str(), authority.as_str()) != (source.endpoint(), source.authority()) {
            let message = format!(
                "the folder holds what {endpoint} answered to a client of {authority}, not of {}",
                source.authority()
            );
            return Err(Failure::broken(message).advise("another folder for another log"));
        }
        Ok(Walk {
            source,
            folder,
            checkpoint,
            pacer: Pacer::new(pace),
            watch,
            tally: Tally::default(),
        })
    }

    /// The window that an earlier pull did not finish.
    pub(crate) fn open(&self) -> Option<Window> {
        self.checkpoint.open.as_ref().map(|open| open.window)
    }

    /// The end of what was pulled without a gap.
    pub(crate) fn reached(&self) -> Option<Timestamp> {
        self.checkpoint.reached
    }

    /// Begins a window.
    pub(crate) fn begin(&mut self, window: Window, kinds: &[Kind]) -> Result<(), Failure> {
        self.checkpoint.open = Some(Open {
            window,
            kinds: kinds.to_vec(),
            next: None,
            rows: 0,
        });
        self.keep()
    }

    fn keep(&mut self) -> Result<(), Failure> {
        self.checkpoint.length = self.folder.length();
        self.folder.keep(&self.checkpoint)
    }

    /// Goes to the end of the window that is open.
    pub(crate) async fn finish(&mut self) -> Result<(), Failure> {
        if let Some(open) = &self.checkpoint.open {
            self.watch.begins(open.window, open.kinds.len());
        }
        let mut restarts = 0;
        while let Some(open) = &self.checkpoint.open {
            let Some(kind) = open.kinds.first().copied() else {
                self.checkpoint.close();
                return self.keep();
            };
            let url = match &open.next {
                Some(link) => self.source.link(link)?,
                None => self.source.first(open.window, kind)?,
            };
            let goes_on = open.next.is_some();
            match self.ask(&url).await {
                Ok(page) => {
                    if self.take(page)? {
                        restarts = 0;
                    }
                }
                // A link does not hold forever; from the beginning, ids make it right.
                Err(Trouble::Refused(_)) if goes_on && restarts < RESTARTS => {
                    restarts += 1;
                    self.begin_again()?;
                }
                Err(Trouble::Refused(failure) | Trouble::End(failure)) => return Err(failure),
                Err(Trouble::Again { why, .. }) => return Err(self.given_up(&why)),
            }
        }
        Ok(())
    }

    fn given_up(&self, why: &str) -> Failure {
        let rows = self.checkpoint.open.as_ref().map_or(0, |open| open.rows);
        let message = format!("the log could not be pulled to its end: {why}");
        Failure::failed(message).advise(format!(
            "the same again, later: it goes on after the {rows} rows it has of this window"
        ))
    }

    fn begin_again(&mut self) -> Result<(), Failure> {
        if let Some(open) = &mut self.checkpoint.open {
            open.next = None;
        }
        self.tally.repeated += 1;
        self.keep()
    }

    /// Asks for a page until it comes, or there is no use any more.
    async fn ask(&mut self, url: &Url) -> Result<Page, Trouble> {
        let mut failures = 0;
        loop {
            self.pacer.turn().await;
            let trouble = match self.source.page(url).await {
                Ok(page) => return Ok(page),
                Err(trouble) => trouble,
            };
            let Trouble::Again { why, after } = trouble else {
                return Err(trouble);
            };
            failures += 1;
            let Some(pause) = self.pacer.pause(failures, after, share()) else {
                return Err(Trouble::Again { why, after });
            };
            self.tally.repeated += 1;
            self.watch.waits(&why, pause);
            if !pause.is_zero() {
                tokio::time::sleep(pause).await;
            }
        }
    }

    /// Writes a page, and then how far it is; whether anything was new.
    fn take(&mut self, page: Page) -> Result<bool, Failure> {
        // Before anything is written: a page that leads astray is not taken.
        if let Some(link) = &page.next {
            self.source.link(link)?;
        }
        let mut back_to = page.rows.iter().filter_map(|row| row.created).min();
        let all = page.rows.len() as u64;
        let new = self.folder.append(page.rows)?;
        self.tally.pages += 1;
        self.tally.rows += new;
        self.tally.duplicates += all.saturating_sub(new);
        let mut left = 0;
        if let Some(open) = &mut self.checkpoint.open {
            open.rows += new;
            open.next = page.next;
            if open.next.is_none() && !open.kinds.is_empty() {
                open.kinds.remove(0);
                back_to = None;
            }
            left = open.kinds.len();
        }
        self.keep()?;
        self.watch.page(self.tally, back_to, left);
        Ok(new > 0)
    }
}
