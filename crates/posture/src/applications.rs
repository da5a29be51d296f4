//! Applications that are missed without being thought of.

use policy::settings::BlockName;
use policy::target::{Access, Scope, well_known};

use crate::check::Look;
use crate::finding::Seen;
use crate::scene::Scene;

/// S1.8: nobody can open mail that the other organization has encrypted.
pub(crate) fn mail_decryption(scene: &Scene<'_>) -> Look {
    let name = BlockName::B2bCollaborationOutbound;
    let rights = well_known::RIGHTS_MANAGEMENT;
    let found = scene.own_block(name).filter(|source| {
        !scene.exposure.reaches(name, source.whom, rights) && scene.matters(name, source.whom)
    });
    let seen = found.map(|source| Seen {
        source,
        reason: format!(
            "None of your users can open encrypted mail of {}: Rights Management ({rights}) cannot be reached there.",
            scene.called(source.whom)
        ),
        fix: format!(
            "Let application {rights} pass in B2B collaboration outbound {}.",
            scene.place(source.whom)
        ),
        witness: None,
    });
    Ok(seen.collect())
}

/// S1.8: an allow list names what is shared, and guests need a little more.
pub(crate) fn portal(scene: &Scene<'_>) -> Look {
    let name = BlockName::B2bCollaborationInbound;
    let mut found = Vec::new();
    for source in scene.own_block(name) {
        let whom = source.whom;
        let half = scene.block(name, whom).value.applications;
        let is_allow_list = half.access == Access::Allowed && matches!(half.scope, Scope::Only(_));
        let witness = scene.witness(name, whom);
        let Some(witness) = witness.filter(|_| is_allow_list) else {
            continue;
        };
        let missing = well_known::PORTAL.iter().zip(PORTAL_NAMES);
        let missing = missing.filter(|(id, _)| !scene.exposure.reaches(name, whom, **id));
        let missing: Vec<String> = missing
            .map(|(id, called)| format!("{called} ({id})"))
            .collect();
        if !missing.is_empty() {
            found.push(Seen {
                source,
                reason: format!(
                    "Guests of {} can reach what is on the list of applications, but cannot see or leave what they were given: {} cannot be reached.",
                    scene.called(whom),
                    missing.join(", ")
                ),
                fix: format!(
                    "Add the missing ones to the allowed applications of B2B collaboration inbound {}.",
                    scene.place(whom)
                ),
                witness: Some(witness),
            });
        }
    }
    Ok(found)
}

/// What [`well_known::PORTAL`] are called, in that order.
const PORTAL_NAMES: [&str; 4] = ["My Apps", "App Access Panel", "My Profile", "My Sign-ins"];
