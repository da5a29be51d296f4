//! External accounts on the own network and devices.

use policy::settings::BlockName;

use crate::check::Look;
use crate::finding::{Seen, Whom};
use crate::scene::Scene;

/// S11.7, S11.8: the default names no users (S4.8), so whatever it opens is open to all.
pub(crate) fn allow_external_accounts(scene: &Scene<'_>) -> Look {
    let name = BlockName::TenantRestrictions;
    let mut found = Vec::new();
    for source in scene.own_block(name) {
        let whom = source.whom;
        let mut open = scene.exposure.open(name, whom);
        let broad = open.find(|region| {
            region.users.is_all() && (whom == Whom::Everyone || region.applications.is_all())
        });
        let Some(region) = broad else {
            continue;
        };
        let what = match region.applications.is_all() {
            true => "every application",
            false => "some applications",
        };
        found.push(Seen {
            source,
            reason: format!(
                "On your network and devices, people may use accounts you do not govern to enter {what} of {}, which neither your settings nor your logs see.",
                scene.called(whom)
            ),
            fix: format!(
                "Block external accounts {}, and let people go as guests by B2B collaboration: both sides govern that, Conditional Access applies, and it ends with the account.",
                scene.place(whom)
            ),
            witness: Some((name, scene.request(region, whom))),
        });
    }
    Ok(found)
}
