//! What needs the P1 licence (S14.10): merged blocks are judged, but only the flags that are
//! written; clearing is free (S24).

use super::{Change, Operation, Refused};
use crate::audit::Value;
use crate::draft::{Patch, Written};
use crate::reason::Reason;
use crate::settings::{Block, BlockName, Partner};
use crate::target::{Access, Half};

pub(super) fn judge(operation: &Operation, change: &Change) -> Result<(), Refused> {
    let written = match operation {
        Operation::RestorePartner(_, Some(entry)) => return restored(entry, change),
        Operation::UpdateDefault(written)
        | Operation::AddPartner(written)
        | Operation::UpdatePartner(_, written) => written,
        _ => return Ok(()),
    };
    let flag = written.iter().find_map(switched_on);
    judge_both(flag, change)
}

/// An entry that is taken back is judged as if all of it were written.
fn restored(entry: &Partner, change: &Change) -> Result<(), Refused> {
    let trust = entry.trust.as_ref().is_some_and(|trust| {
        let flags = [
            trust.mfa,
            trust.compliant_device,
            trust.hybrid_joined_device,
        ];
        flags.contains(&Some(true))
    });
    let consent = entry.automatic_consent;
    let consent = [consent.inbound, consent.outbound].contains(&Some(true));
    let flag = match (trust, consent) {
        (true, _) => Some("inboundTrust"),
        (_, true) => Some("automaticUserConsentSettings"),
        _ => None,
    };
    judge_both(flag, change)
}

fn judge_both(flag: Option<&'static str>, change: &Change) -> Result<(), Refused> {
    let block = change.modified.iter().find_map(|property| {
        let name = BlockName::from_name(&property.name)?;
        match &property.new {
            Value::Block(block) if needs_licence(name, block) => Some(property.name.as_str()),
            _ => None,
        }
    });
    match flag.or(block) {
        Some(property) => Err(Refused::at(Reason::LicenseRequired, property)),
        None => Ok(()),
    }
}

fn switched_on(member: &Written) -> Option<&'static str> {
    let on = |flags: &[&Patch<bool>]| flags.contains(&&Patch::Value(true));
    match member {
        Written::Trust(Patch::Value(trust)) => on(&[
            &trust.mfa,
            &trust.compliant_device,
            &trust.hybrid_joined_device,
        ])
        .then_some("inboundTrust"),
        Written::Consent(Patch::Value(consent)) => {
            on(&[&consent.inbound, &consent.outbound]).then_some("automaticUserConsentSettings")
        }
        _ => None,
    }
}

fn needs_licence(name: BlockName, block: &Block) -> bool {
    let block = block.complete();
    let selected = !block.users.scope.is_all() || !block.applications.scope.is_all();
    let opens = allows(&block.users) || allows(&block.applications);
    name == BlockName::TenantRestrictions || selected || (name.is_direct_connect() && opens)
}

fn allows<T>(half: &Half<T>) -> bool {
    half.access == Access::Allowed
}
