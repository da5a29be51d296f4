//! B2B collaboration by default.

use policy::settings::BlockName;

use crate::check::Look;
use crate::finding::{Seen, Setting, Source, Whom};
use crate::scene::Scene;

/// S8.7, S2.2: guests of any tenant, for any application.
pub(crate) fn inbound_by_default(scene: &Scene<'_>) -> Look {
    let (name, whom) = (BlockName::B2bCollaborationInbound, Whom::Everyone);
    let mut open = scene.exposure.open(name, whom);
    let region = open.find(|region| region.users.is_all() && region.applications.is_all());
    let seen = region.map(|region| Seen {
        source: Source {
            setting: Setting::Block(name),
            whom,
            origin: scene.block(name, whom).origin,
        },
        reason: "Guests of every organization that is not listed may be invited, and may sign in to every application here.".to_owned(),
        fix: "Look at who comes in (comity activity, comity preview), give those organizations entries, and let the default allow selected applications only or nothing.".to_owned(),
        witness: Some((name, scene.request(region, whom))),
    });
    Ok(seen.into_iter().collect())
}
