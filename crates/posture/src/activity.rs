//! Partners whom something was opened for, and nobody uses it.

use policy::resolve::Origin;
use policy::settings::BlockName;
use policy::tenant::TenantId;
use signins::window::{Moment, Window};

use crate::Subject;
use crate::check::Look;
use crate::facts::Activity;
use crate::finding::{Seen, Setting, Source, Whom};
use crate::scene::Scene;

/// The blocks that people cross by.
const CROSSING: [BlockName; 4] = [
    BlockName::B2bCollaborationInbound,
    BlockName::B2bCollaborationOutbound,
    BlockName::B2bDirectConnectInbound,
    BlockName::B2bDirectConnectOutbound,
];

/// S17.1: open by its own entry, and no sign-in either way.
pub(crate) fn unused(scene: &Scene<'_>) -> Look {
    let facts = scene.subject.facts;
    let days = facts.unused_days;
    let Some(activity) = &facts.activity else {
        return Err("no sign-in log is given (--log)".to_owned());
    };
    let Some(window) = activity.speaks_of(days) else {
        let message = "the log does not reach back so many days; ask for fewer (--unused-days)";
        return Err(format!("{message}: {days}"));
    };
    let mut found = Vec::new();
    for partner in scene.partners() {
        let whom = Whom::Partner(partner.tenant);
        if activity.is_used(partner.tenant, &window) {
            continue;
        }
        // What everybody has is a matter of the default. In another cloud nobody has it without an
        // entry (S5.2).
        let Subject { world, tenant, .. } = scene.subject;
        let elsewhere = world.clouds_differ(tenant, partner.tenant);
        let own = CROSSING
            .into_iter()
            .filter(|name| elsewhere || scene.block(*name, whom).origin == Origin::Partner);
        let open = own.into_iter().find_map(|name| scene.witness(name, whom));
        if let Some((name, witness)) = open {
            let called = scene.called(whom);
            found.push(Seen {
                source: Source {
                    setting: Setting::Block(name),
                    whom,
                    origin: scene.block(name, whom).origin,
                },
                reason: format!(
                    "The entry for {called} lets people pass, and in the last {days} days of the log nobody signed in either way."
                ),
                fix: format!(
                    "Ask whether {called} is still needed; if not, close its entry or remove it."
                ),
                witness: Some((name, witness)),
            });
        }
    }
    Ok(found)
}

impl Activity {
    /// The last days of the log, if it reaches so far.
    fn speaks_of(&self, days: u32) -> Option<Window> {
        let (from, until) = self.stretch?;
        let window = Window::last_days(until, days);
        let reaches = |begin: Moment| from <= begin;
        window.from.is_some_and(reaches).then_some(window)
    }

    /// A sign-in that does not say when it was may be one of these days.
    fn is_used(&self, partner: TenantId, window: &Window) -> bool {
        let last = self.last.get(&partner);
        last.is_some_and(|last| window.contains(*last)) || self.undated.contains(&partner)
    }
}
