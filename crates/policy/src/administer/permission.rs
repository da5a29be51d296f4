//! Which permissions an operation needs: one per property (S14.1, S14.3).

use std::collections::BTreeSet;

use super::Operation;
use crate::draft::Written;
use crate::role::Action;
use crate::settings::{BlockName, Partner};

/// The permissions the operation needs, all of them.
pub fn required(operation: &Operation) -> BTreeSet<Action> {
    match operation {
        Operation::ReadPolicy => BTreeSet::from([Action::ReadPolicy]),
        Operation::ReadDefault => BTreeSet::from([Action::ReadDefault]),
        Operation::ListPartners | Operation::ReadPartner(_) => {
            BTreeSet::from([Action::ReadPartners])
        }
        Operation::ReadSynchronization(_) => BTreeSet::from([Action::ReadSynchronization]),
        Operation::UpdatePolicy(written) => of_policy(written),
        Operation::UpdateDefault(written) => {
            or_else(of_properties(written, &DEFAULT), DEFAULT.collaboration)
        }
        Operation::ResetDefault => BTreeSet::from([
            DEFAULT.collaboration,
            DEFAULT.direct_connect,
            DEFAULT.restrictions,
        ]),
        Operation::AddPartner(written) => {
            let mut needed = of_properties(written, &PARTNER);
            needed.insert(Action::CreatePartner);
            needed
        }
        Operation::UpdatePartner(_, written) => {
            or_else(of_properties(written, &PARTNER), PARTNER.collaboration)
        }
        Operation::RemovePartner(_) | Operation::ForgetPartner(..) => {
            BTreeSet::from([Action::DeletePartner])
        }
        Operation::RestorePartner(_, entry) => {
            let mut needed = entry.as_deref().map(of_entry).unwrap_or_default();
            needed.insert(Action::CreatePartner);
            needed
        }
        Operation::CreateSynchronization(..) | Operation::RestoreSynchronization(..) => {
            BTreeSet::from([Action::CreateSynchronization])
        }
        Operation::UpdateSynchronization(..)
        | Operation::RemoveSynchronization(_)
        | Operation::ForgetSynchronization(..) => BTreeSet::from([Action::UpdateSynchronization]),
    }
}

/// What an entry would have needed if it were written as it is.
fn of_entry(entry: &Partner) -> BTreeSet<Action> {
    let blocks = BlockName::ALL.into_iter();
    let blocks = blocks.filter(|name| entry.blocks.get(*name).is_some());
    let mut needed: BTreeSet<Action> = blocks
        .map(|name| of_name(name.as_str(), &PARTNER))
        .collect();
    let flags = entry
        .automatic_consent
        .inbound
        .or(entry.automatic_consent.outbound);
    if entry.trust.is_some() || flags.is_some() {
        needed.insert(PARTNER.collaboration);
    }
    let others = entry.untreated.iter();
    needed.extend(others.map(|(name, _)| of_name(name, &PARTNER)));
    needed
}

struct Actions {
    collaboration: Action,
    direct_connect: Action,
    restrictions: Action,
    meetings: Action,
}

const DEFAULT: Actions = Actions {
    collaboration: Action::UpdateDefaultCollaboration,
    direct_connect: Action::UpdateDefaultDirectConnect,
    restrictions: Action::UpdateDefaultRestrictions,
    meetings: Action::UpdateDefaultMeetings,
};

const PARTNER: Actions = Actions {
    collaboration: Action::UpdatePartnerCollaboration,
    direct_connect: Action::UpdatePartnerDirectConnect,
    restrictions: Action::UpdatePartnerRestrictions,
    meetings: Action::UpdatePartnerMeetings,
};

/// A body with no known property needs the collaboration permission (S24).
fn or_else(needed: BTreeSet<Action>, otherwise: Action) -> BTreeSet<Action> {
    match needed.is_empty() {
        true => BTreeSet::from([otherwise]),
        false => needed,
    }
}

fn of_policy(written: &[Written]) -> BTreeSet<Action> {
    let needed = written.iter().filter_map(|member| match member {
        Written::Clouds(_) => Some(Action::UpdateClouds),
        Written::DisplayName(_) => Some(Action::UpdateBasic),
        // In the wrong form: what it would have needed.
        Written::Malformed { path, .. } if member_of(path) == "allowedCloudEndpoints" => {
            Some(Action::UpdateClouds)
        }
        _ => None,
    });
    or_else(needed.collect(), Action::UpdateBasic)
}

fn of_properties(written: &[Written], actions: &Actions) -> BTreeSet<Action> {
    let needed = written.iter().filter_map(|member| match member {
        Written::Block(name, _) if name.is_collaboration() => Some(actions.collaboration),
        Written::Block(name, _) if name.is_direct_connect() => Some(actions.direct_connect),
        Written::Block(..) => Some(actions.restrictions),
        Written::Trust(_) | Written::Consent(_) | Written::Redemption(_) => {
            Some(actions.collaboration)
        }
        Written::Untreated(name, _) if name == "crossCloudMeetingConfiguration" => {
            Some(actions.meetings)
        }
        Written::Untreated(..) => Some(actions.collaboration),
        // A member Graph knows, in the wrong form: what it would have needed.
        Written::Malformed { path, .. } => Some(of_name(path, actions)),
        Written::Clouds(_)
        | Written::DisplayName(_)
        | Written::SyncAllowed(_)
        | Written::TenantId(_)
        | Written::Domain(_)
        | Written::Id(_)
        | Written::IsServiceDefault(_)
        | Written::IsServiceProvider(_)
        | Written::IsInMultiTenantOrganization(_)
        | Written::Unknown(_) => None,
    });
    needed.collect()
}

fn member_of(path: &str) -> &str {
    path.split(['.', '[']).next().unwrap_or(path)
}

fn of_name(path: &str, actions: &Actions) -> Action {
    let member = member_of(path);
    match crate::settings::BlockName::from_name(member) {
        Some(name) if name.is_direct_connect() => actions.direct_connect,
        Some(name) if !name.is_collaboration() => actions.restrictions,
        _ if member == "crossCloudMeetingConfiguration" => actions.meetings,
        _ => actions.collaboration,
    }
}
