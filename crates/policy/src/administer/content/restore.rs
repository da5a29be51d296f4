//! What was deleted is taken back, or given up for good. Taking back is adding: the entry must still
//! be one that could be added now (S14.8, S14.12).

use super::{Answer, Edit, Judged, PartnerKey, trust};
use crate::audit::Value;
use crate::reason::Reason;
use crate::settings::{AutomaticConsent, BlockName, IdentitySynchronization, Partner};

impl Edit<'_> {
    pub(super) fn restore_partner(&mut self, deleted: Option<&Partner>) -> Judged<Option<Answer>> {
        let entry = deleted.ok_or(Reason::PartnerNotFound)?.clone();
        let partner = entry.tenant;
        self.admit(partner)?;
        for name in BlockName::ALL {
            if let Some(block) = entry.blocks.get(name) {
                self.modify(name.as_str(), Value::Null, Value::Block(block.clone()));
            }
        }
        if entry.trust.is_some() {
            self.modify("inboundTrust", Value::Null, trust(entry.trust.clone()));
        }
        let consent = entry.automatic_consent;
        if consent != AutomaticConsent::default() {
            let name = "automaticUserConsentSettings";
            self.modify(name, Value::Null, Value::Consent(consent));
        }
        for (name, json) in entry.untreated.iter() {
            self.modify(name, Value::Null, Value::Json(json.to_owned()));
        }
        self.modify("tenantId", Value::Null, Value::Text(partner.to_string()));
        self.policy.partners.insert(entry);
        Ok(Some(Answer::Partner(partner)))
    }

    pub(super) fn restore_synchronization(
        &mut self,
        key: PartnerKey,
        deleted: Option<&IdentitySynchronization>,
    ) -> Judged<Option<Answer>> {
        let deleted = deleted
            .ok_or(Reason::IdentitySynchronizationNotFound)?
            .clone();
        let mut entry = self.entry(key)?;
        if entry.synchronization.is_some() {
            return Err(Reason::IdentitySynchronizationExists.into());
        }
        let other_cloud = self.cloud_of(entry.tenant) != self.tenant.cloud;
        if other_cloud && deleted.is_sync_allowed == Some(true) {
            return Err(Reason::SyncCrossCloudUnsupported.into());
        }
        let value = Value::Synchronization(deleted.clone());
        self.modify("userSyncInbound", Value::Null, value);
        let partner = entry.tenant;
        entry.synchronization = Some(deleted);
        self.policy.partners.insert(entry);
        Ok(Some(Answer::Synchronization(partner)))
    }

    /// The settings stay as they are.
    pub(super) fn forget(&mut self, key: PartnerKey, deleted: bool) -> Judged<Option<Answer>> {
        let partner = key.filter(|_| deleted).ok_or(Reason::PartnerNotFound)?;
        let id = partner.to_string();
        self.modify("tenantId", Value::Text(id), Value::Null);
        Ok(None)
    }
}
