//! Blocks that contradict themselves, or mean more or less than they say.

use policy::reason::{Reason, Warning};
use policy::resolve::Origin;
use policy::settings::{Block, BlockName};
use policy::target::Access;
use policy::tenant::MICROSOFT_ACCOUNTS;
use policy::validate::{self, Place};

use crate::check::Look;
use crate::finding::{Seen, Setting, Source, Whom};
use crate::scene::Scene;

impl Scene<'_> {
    /// Every block that somebody has stored.
    fn stored(&self) -> impl Iterator<Item = (Source, BlockName, &Block)> {
        let policy = self.subject.policy;
        let defaults = [(Whom::Everyone, Origin::Default, &policy.defaults.blocks)];
        let partners = policy.partners.iter();
        let partners = partners.map(|partner| {
            let whom = Whom::Partner(partner.tenant);
            (whom, Origin::Partner, &partner.blocks)
        });
        let all = defaults.into_iter().chain(partners);
        all.flat_map(|(whom, origin, blocks)| {
            BlockName::ALL.into_iter().filter_map(move |name| {
                let source = Source {
                    setting: Setting::Block(name),
                    whom,
                    origin,
                };
                Some((source, name, blocks.get(name)?))
            })
        })
    }

    fn validated_as(&self, whom: Whom) -> Place {
        match whom {
            Whom::Everyone => Place::Default,
            Whom::Partner(partner) => Place::Partner {
                other_cloud: self
                    .subject
                    .world
                    .clouds_differ(self.subject.tenant, partner),
                microsoft_accounts: partner == MICROSOFT_ACCOUNTS,
            },
        }
    }
}

/// S4.11, S4.12, S4.14: such a block could not be stored today; older ones and hand-written ones exist.
pub(crate) fn contradictory(scene: &Scene<'_>) -> Look {
    let mut found = Vec::new();
    for (source, name, block) in scene.stored() {
        let place = scene.validated_as(source.whom);
        for reason in validate::contradictions(name, place, &block.complete()) {
            found.push(Seen {
                source,
                reason: format!(
                    "{} As it stands it is judged half by half, and cannot be saved again.",
                    reason.sentence()
                ),
                fix: contradiction_fix(reason, &scene.place(source.whom)),
                witness: None,
            });
        }
    }
    Ok(found)
}

fn contradiction_fix(reason: Reason, place: &str) -> String {
    match reason {
        Reason::AllUsersBlockedAppsNotBlocked => {
            format!("Block all applications as well {place}, or name the users who are kept out.")
        }
        Reason::AllApplicationsBlockedUsersAllowed => {
            format!("Block the users as well {place}, or allow at least one application.")
        }
        _ => format!(
            "Block all users and all applications {place}: direct connect stays within a cloud."
        ),
    }
}

/// S3.2: the missing half counts as something, and not everybody knows as what.
pub(crate) fn half(scene: &Scene<'_>) -> Look {
    let found = scene.stored().filter_map(|(source, _, block)| {
        let (missing, access) = match (&block.users, &block.applications) {
            (None, Some(_)) => ("users", block.complete().users.access),
            (Some(_), None) => ("applications", block.complete().applications.access),
            _ => return None,
        };
        let counts = match access {
            Access::Allowed => "allowed",
            Access::Blocked => "blocked",
        };
        Some(Seen {
            source,
            reason: format!(
                "{} All {missing} are {counts}.",
                Warning::HalfBlockCompleted.sentence()
            ),
            fix: format!(
                "Say which {missing} are meant {}.",
                scene.place(source.whom)
            ),
            witness: None,
        })
    });
    Ok(found.collect())
}

/// S4.13: the pair keeps these users out of everything, and lets everybody else into everything.
pub(crate) fn selected_users_blocked(scene: &Scene<'_>) -> Look {
    let found = scene.stored().filter(|(source, name, block)| {
        let block = block.complete();
        let selected = block.users.access == Access::Blocked && !block.users.scope.is_all();
        let mut open = scene.exposure.open(*name, source.whom);
        selected && block.applications.blocks_all() && open.next().is_some()
    });
    let seen = found.map(|(source, name, _)| Seen {
        source,
        reason: "All applications are blocked, for the selected users only: everybody else reaches all of them.".to_owned(),
        fix: format!("Check that this is meant; to close it for everybody, block all users {}.", scene.place(source.whom)),
        witness: scene.witness(name, source.whom),
    });
    Ok(seen.collect())
}
