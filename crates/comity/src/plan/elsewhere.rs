//! `comity apply` at any Graph.
//!
//! Such a Graph has no revision of the settings as a whole, and its answers get lost on their way. So
//! the settings are read as a whole before anything is asked for and when all is done, and after each
//! request the object it was about: what it says has to be what was planned. Whether a request was
//! carried out whose answer was lost is seen there, too, and only what was not is asked for again.

use ::plan::file::Kept;
use ::plan::stamp::Stamp;
use ::plan::steps::Step;
use policy::world::World;
use reqwest::Method;

use super::apply::AGAIN;
use super::named;
use crate::exit::Failure;
use crate::remote::elsewhere::{Graph, Sent, Settings};

/// How often a change is looked for that was made and is not to be seen yet: a large service answers
/// from several places.
const LOOKS: u32 = 5;

/// Does what is left to do, and says how much had been done before.
pub(super) async fn carry_out(
    kept: &Kept,
    mut graph: Graph,
    is_told: bool,
) -> Result<usize, Failure> {
    let mut settings = Settings::read(&mut graph, kept.tenant).await?;
    let mut now = settings.stamp()?;
    let before = kept.done(now).ok_or_else(|| {
        let message = format!(
            "the settings of {} are not those the plan was made for",
            kept.tenant
        );
        Failure::broken(message).advise(AGAIN)
    })?;
    let count = kept.steps.len();
    if before > 0 && before < count {
        anstream::eprintln!("{before} of {count} requests were carried out before");
    }
    for (at, step) in kept.steps.iter().enumerate().skip(before) {
        let what = format!(
            "request {} of {count}, {}",
            at + 1,
            named(step, &World::default())
        );
        let mut work = Work {
            graph: &mut graph,
            settings: &mut settings,
            before: now,
            step,
        };
        work.carry_out()
            .await
            .map_err(|failure| failure.during(&what))?;
        now = step.state;
        if is_told {
            anstream::println!("{:>3}. {}", at + 1, named(step, &World::default()));
        }
    }
    if before < count && Settings::read(&mut graph, kept.tenant).await?.stamp()? != now {
        let message = "every request was carried out, and yet the settings are not as planned: \
             somebody else has changed them meanwhile";
        return Err(Failure::failed(message).advise(AGAIN));
    }
    Ok(before)
}

/// One request.
struct Work<'a> {
    graph: &'a mut Graph,
    settings: &'a mut Settings,
    before: Stamp,
    step: &'a Step,
}

/// What is to be seen of it.
enum Seen {
    Done,
    NotYet,
}

impl Work<'_> {
    async fn carry_out(&mut self) -> Result<(), Failure> {
        let method: Method = self
            .step
            .method
            .parse()
            .map_err(|_| Failure::broken(format!("`{}` is no method", self.step.method)))?;
        let mut failures = 0;
        loop {
            let (url, body) = (&self.step.url, self.step.body.as_ref());
            let why = match self.graph.send(&method, url, body).await? {
                Sent::Done => return self.appears().await,
                // The one before may have been carried out after all.
                Sent::Refused(failure) if failures > 0 => match self.look().await? {
                    Seen::Done => return Ok(()),
                    Seen::NotYet => return Err(failure),
                },
                Sent::Refused(failure) => return Err(failure),
                Sent::Unknown(why) => why,
            };
            self.graph.rest(&mut failures, &why).await?;
            if let Seen::Done = self.look().await? {
                return Ok(());
            }
        }
    }

    /// Waits until a change is to be seen that was made.
    async fn appears(&mut self) -> Result<(), Failure> {
        let mut looks = 0;
        while let Seen::NotYet = self.look().await? {
            let why = "the request was accepted, and is not to be seen in the settings";
            if looks >= LOOKS {
                return Err(Failure::failed(why).advise("the same again later"));
            }
            self.graph.rest(&mut looks, why).await?;
        }
        Ok(())
    }

    /// Looks at what the request was about.
    async fn look(&mut self) -> Result<Seen, Failure> {
        let partner = self.step.partner();
        self.settings.refresh(self.graph, partner).await?;
        let now = self.settings.stamp()?;
        if now == self.step.state {
            return Ok(Seen::Done);
        }
        if now == self.before {
            return Ok(Seen::NotYet);
        }
        let message = "the settings are neither as before nor as planned: somebody else has \
             changed them";
        Err(Failure::failed(message).advise(AGAIN))
    }
}
