//! Users that a partner pushes, and who are not asked.

use policy::resolve::Origin;
use policy::settings::BlockName;
use preview::difference::Switch;

use crate::check::Look;
use crate::finding::{Seen, Setting, Source, Whom};
use crate::scene::Scene;

/// S12.4, S12.6: whoever the partner chooses gets an object here, accepted at once.
pub(crate) fn with_automatic_redemption(scene: &Scene<'_>) -> Look {
    let is_open = |whom: &Whom| {
        let inbound = BlockName::B2bCollaborationInbound;
        let mut open = scene.exposure.open(inbound, *whom);
        scene.exposure.is_on(Switch::SynchronizationInbound, *whom) && open.next().is_some()
    };
    let found = scene.everybody().filter(is_open);
    let seen = found.map(|whom| {
        let name = scene.called(whom);
        Seen {
            source: Source {
                setting: Setting::Synchronization,
                whom,
                origin: Origin::Partner,
            },
            reason: format!(
                "{name} decides alone which of its users get an account here: they are pushed, by default as members, and nobody accepts anything."
            ),
            fix: format!(
                "If that is not meant, switch synchronization off in the entry for {name}; if it is, say for which applications in its B2B collaboration inbound settings."
            ),
            witness: scene.witness(BlockName::B2bCollaborationInbound, whom),
        }
    });
    Ok(seen.collect())
}
