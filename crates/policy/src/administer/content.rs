//! Whether the content of a request is legal, and what the settings are afterwards (S14.6 to S14.9,
//! S14.12).

mod default;
mod names;
mod partner;
mod restore;
mod root;
mod synchronization;
mod template;

use super::{Answer, Change, Operation, PartnerKey, Refused, merge};
use crate::audit::{ModifiedProperty, Value};
use crate::draft::{Patch, Written};
use crate::reason::{Reason, Warning};
use crate::settings::{BlockName, Blocks, Partner, Policy, Untreated};
use crate::validate::{self, Place};
use crate::world::{Tenant, World};

pub use template::{partner_template, synchronization_template};

type Judged<T = ()> = Result<T, Refused>;

/// Judges the content and says what would be stored.
pub(super) fn judge(
    world: &World,
    tenant: &Tenant,
    policy: &Policy,
    operation: &Operation,
) -> Judged<Change> {
    let mut edit = Edit {
        world,
        tenant,
        policy: policy.clone(),
        modified: Vec::new(),
        warnings: Vec::new(),
    };
    let answer = edit.operation(operation)?;
    // S16.2, S24: tenantId first, then in alphabetical order.
    edit.modified
        .sort_by(|a, b| (a.name != "tenantId", &a.name).cmp(&(b.name != "tenantId", &b.name)));
    let warnings = edit.warnings;
    Ok(Change {
        policy: edit.policy,
        modified: edit.modified,
        warnings,
        answer,
    })
}

struct Edit<'a> {
    world: &'a World,
    tenant: &'a Tenant,
    policy: Policy,
    modified: Vec<ModifiedProperty>,
    warnings: Vec<Warning>,
}

impl Edit<'_> {
    fn operation(&mut self, operation: &Operation) -> Judged<Option<Answer>> {
        match operation {
            Operation::ReadPolicy => Ok(Some(Answer::Policy)),
            Operation::ReadDefault => Ok(Some(Answer::Default)),
            Operation::ListPartners => Ok(Some(Answer::Partners)),
            Operation::ReadPartner(key) => {
                let entry = self.entry(*key)?;
                Ok(Some(Answer::Partner(entry.tenant)))
            }
            Operation::ReadSynchronization(key) => {
                let entry = self.entry(*key)?;
                synchronization::of(&entry)?;
                Ok(Some(Answer::Synchronization(entry.tenant)))
            }
            Operation::UpdatePolicy(written) => self.update_policy(written),
            Operation::UpdateDefault(written) => self.update_default(written),
            Operation::ResetDefault => self.reset_default(),
            Operation::AddPartner(written) => self.add_partner(written),
            Operation::UpdatePartner(key, written) => self.update_partner(*key, written),
            Operation::RemovePartner(key) => self.remove_partner(*key),
            Operation::CreateSynchronization(key, written) => {
                let entry = self.entry(*key)?;
                match entry.synchronization {
                    Some(_) => Err(Reason::IdentitySynchronizationExists.into()),
                    None => self.put_synchronization(entry, written),
                }
            }
            Operation::UpdateSynchronization(key, written) => {
                let entry = self.entry(*key)?;
                synchronization::of(&entry)?;
                self.put_synchronization(entry, written)
            }
            Operation::RemoveSynchronization(key) => self.remove_synchronization(*key),
            Operation::RestorePartner(_, deleted) => self.restore_partner(deleted.as_deref()),
            Operation::RestoreSynchronization(key, deleted) => {
                self.restore_synchronization(*key, deleted.as_deref())
            }
            Operation::ForgetPartner(key, deleted)
            | Operation::ForgetSynchronization(key, deleted) => self.forget(*key, *deleted),
        }
    }

    fn modify(&mut self, name: impl Into<String>, old: Value, new: Value) {
        self.modified.push(ModifiedProperty {
            name: name.into(),
            old,
            new,
        });
    }

    fn entry(&self, key: PartnerKey) -> Judged<Partner> {
        let entry = key.and_then(|tenant| self.policy.partners.get(tenant));
        entry.cloned().ok_or(Reason::PartnerNotFound.into())
    }

    /// The blocks in the order of S2.2, which decides which of two wrong ones is the reason (S24).
    fn blocks(&mut self, written: &[Written], place: Place, blocks: &mut Blocks) -> Judged {
        let mut found = Vec::new();
        for name in BlockName::ALL {
            for member in written {
                let draft = match member {
                    Written::Block(written, draft) if *written == name => draft,
                    _ => continue,
                };
                let stored = blocks.get(name);
                let new = match draft {
                    Patch::Absent => continue,
                    Patch::Null => None,
                    Patch::Value(draft) => {
                        let merged = merge::block(stored, draft);
                        let valid = validate::block(name, place, &merged, &self.world.suites)
                            .map_err(|errors| {
                                let first = errors.first().copied();
                                let reason = first.unwrap_or(Reason::InvalidProperty);
                                Refused::at(reason, name.as_str())
                            })?;
                        found.extend(valid.warnings);
                        Some(valid.block)
                    }
                };
                let value = |block: Option<_>| block.map_or(Value::Null, Value::Block);
                let old = value(stored.cloned());
                self.modify(name.as_str(), old, value(new.clone()));
                blocks.set(name, new);
            }
        }
        self.warnings.extend(found);
        Ok(())
    }
}

fn trust(trust: Option<crate::settings::InboundTrust>) -> Value {
    trust.map_or(Value::Null, Value::Trust)
}

fn text(text: Option<String>) -> Value {
    text.map_or(Value::Null, Value::Text)
}

fn untreated(stored: &mut Untreated, name: &str, written: &Patch<String>) -> (Value, Value) {
    let json = |json: Option<&str>| json.map_or(Value::Null, |json| Value::Json(json.to_owned()));
    let old = json(stored.get(name));
    let new = written.value().map_or("null", String::as_str);
    stored.set(name, new.to_owned());
    (old, json(Some(new)))
}
