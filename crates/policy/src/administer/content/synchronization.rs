//! Synchronization from a partner (S14.12).

use super::names::{self, Echo};
use super::{Answer, Edit, Judged, PartnerKey, Refused, text, untreated};
use crate::administer::merge;
use crate::audit::Value;
use crate::draft::{Patch, Written};
use crate::reason::Reason;
use crate::settings::{IdentitySynchronization, Partner};

impl Edit<'_> {
    pub(super) fn put_synchronization(
        &mut self,
        mut entry: Partner,
        written: &[Written],
    ) -> Judged<Option<Answer>> {
        let own_id = entry.tenant;
        names::read_only(written, |member| match member {
            Written::TenantId(Patch::Value(text)) => Echo::of(text.parse() == Ok(own_id)),
            Written::TenantId(_) | Written::Id(_) => Echo::Differs,
            _ => Echo::NotReadOnly,
        })?;
        names::known(written, |member| {
            matches!(
                member,
                Written::TenantId(_)
                    | Written::DisplayName(_)
                    | Written::SyncAllowed(_)
                    | Written::Untreated(..)
            )
        })?;
        let old = entry.synchronization.clone();
        let mut new = old.clone().unwrap_or_default();
        for member in written {
            match member {
                Written::DisplayName(name) => {
                    let before = text(new.display_name.take());
                    new.display_name = name.value().cloned();
                    self.modify("displayName", before, text(new.display_name.clone()));
                }
                Written::SyncAllowed(Patch::Value(allowed)) => {
                    merge::flag(&mut new.is_sync_allowed, allowed);
                }
                Written::SyncAllowed(Patch::Null) => new.is_sync_allowed = None,
                Written::Untreated(name, json) => {
                    let (before, after) = untreated(&mut new.untreated, name, json);
                    self.modify(name, before, after);
                }
                _ => {}
            }
        }
        let switches = |member: &Written| matches!(member, Written::SyncAllowed(_));
        let other_cloud = self.cloud_of(entry.tenant) != self.tenant.cloud;
        if other_cloud && new.is_sync_allowed == Some(true) && written.iter().any(switches) {
            let reason = Reason::SyncCrossCloudUnsupported;
            return Err(Refused::at(reason, "userSyncInbound"));
        }
        if written.iter().any(switches) {
            self.modify("userSyncInbound", sync(old), sync(Some(new.clone())));
        }
        entry.synchronization = Some(new);
        self.policy.partners.insert(entry);
        Ok(None)
    }

    pub(super) fn remove_synchronization(&mut self, key: PartnerKey) -> Judged<Option<Answer>> {
        let mut entry = self.entry(key)?;
        let old = of(&entry)?.clone();
        self.modify("userSyncInbound", sync(Some(old)), Value::Null);
        entry.synchronization = None;
        self.policy.partners.insert(entry);
        Ok(None)
    }
}

/// The setting of an entry that must have one.
pub(super) fn of(entry: &Partner) -> Judged<&IdentitySynchronization> {
    let setting = entry.synchronization.as_ref();
    setting.ok_or(Reason::IdentitySynchronizationNotFound.into())
}

fn sync(setting: Option<IdentitySynchronization>) -> Value {
    setting.map_or(Value::Null, Value::Synchronization)
}
