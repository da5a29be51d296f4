//! Direct connect, which lets people in without an object that could be looked at or removed.

use policy::settings::BlockName;
use policy::target::Scope;

use crate::check::Look;
use crate::finding::{Seen, Setting, Source, Whom};
use crate::scene::Scene;

/// S9.6: users of any tenant come in.
pub(crate) fn inbound_by_default(scene: &Scene<'_>) -> Look {
    let reason = "Users of every organization that is not listed may come in by B2B direct connect, where no guest object in this tenant says who they are.";
    let fix = "Block B2B direct connect inbound in the default settings, and allow it in the entries of the organizations that share channels with you.";
    Ok(by_default(
        scene,
        BlockName::B2bDirectConnectInbound,
        reason.to_owned(),
        fix,
    ))
}

/// S9.5: own users go anywhere that lets them in.
pub(crate) fn outbound_by_default(scene: &Scene<'_>) -> Look {
    let name = BlockName::B2bDirectConnectOutbound;
    let who = match scene.block(name, Whom::Everyone).value.users.scope {
        Scope::All => "Your users",
        Scope::Only(_) => "Some of your users",
    };
    let reason = format!(
        "{who} may go to every organization that lets them in by B2B direct connect, and those see their names and addresses."
    );
    let fix = "Block B2B direct connect outbound in the default settings, and allow it in the entries of the organizations that are meant.";
    Ok(by_default(scene, name, reason, fix))
}

fn by_default(scene: &Scene<'_>, name: BlockName, reason: String, fix: &str) -> Vec<Seen> {
    let whom = Whom::Everyone;
    let witness = scene.witness(name, whom);
    let seen = witness.map(|witness| Seen {
        source: Source {
            setting: Setting::Block(name),
            whom,
            origin: scene.block(name, whom).origin,
        },
        reason,
        fix: fix.to_owned(),
        witness: Some(witness),
    });
    seen.into_iter().collect()
}
