//! A pull is undisturbed by whatever happens to it.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests say what they expect"
)]

mod endpoint;
mod resumed;
mod schedules;
mod trouble;

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::Client;

use self::endpoint::Endpoint;
use super::checkpoint::{Kind, Window};
use super::folder::{Durability, Folder};
use super::pace::Pace;
use super::source::Source;
use super::walk::{Tally, Walk};
use super::{Asked, Failure};
use crate::remote::grant::Grant;

/// As fast as it goes.
const AT_ONCE: Pace = Pace {
    requests: usize::MAX,
    per: Duration::ZERO,
    first: Duration::ZERO,
    most: Duration::ZERO,
    patience: Duration::ZERO,
    tries: 10,
};

/// A folder of one test, removed with it.
struct Place(PathBuf);

impl Place {
    fn new() -> Self {
        let name = format!("comity-pull-{}", sts::random::guid());
        Place(std::env::temp_dir().join(name))
    }

    fn rows(&self) -> String {
        std::fs::read_to_string(self.0.join(super::folder::ROWS)).unwrap()
    }

    fn checkpoint(&self) -> serde_json::Value {
        let path = self.0.join(super::folder::CHECKPOINT);
        serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn client() -> Client {
    Client::builder().no_proxy().build().unwrap()
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn january() -> Asked {
    Asked {
        from: Some(time("2026-01-01T00:00:00Z")),
        until: time("2026-01-31T00:00:00Z"),
        days: 30,
        kinds: vec![Kind::InteractiveUser, Kind::NonInteractiveUser],
    }
}

/// Pulls what is wanted into a folder.
async fn pull(
    client: &Client,
    endpoint: &Endpoint,
    place: &Place,
    asked: &Asked,
    durability: Durability,
) -> Result<(Vec<Window>, Tally), Failure> {
    let url = format!("{}/beta", endpoint.url).parse().unwrap();
    let source = Source::new(url, Grant::of_a_test(client, &endpoint.url));
    let folder = Folder::open(&place.0, durability)?;
    let mut walk = Walk::new(source, folder, AT_ONCE, &())?;
    let windows = asked.pull(&mut walk).await?;
    Ok((windows, walk.tally))
}

/// What went wrong, in words.
#[track_caller]
fn wrong<T: std::fmt::Debug>(outcome: Result<T, Failure>) -> String {
    format!("{:?}", outcome.unwrap_err())
}
