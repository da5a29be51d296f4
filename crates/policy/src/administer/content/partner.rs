//! Partner entries: adding, changing and removing an organization (S14.6 to S14.9).

use super::names::{self, Echo};
use super::{Answer, Edit, Judged, PartnerKey, Refused, trust, untreated};
use crate::administer::merge;
use crate::audit::Value;
use crate::draft::{Patch, Written};
use crate::reason::Reason;
use crate::settings::Partner;
use crate::tenant::{Cloud, Domain, MICROSOFT_ACCOUNTS, TenantId};
use crate::validate::Place;

impl Edit<'_> {
    pub(super) fn add_partner(&mut self, written: &[Written]) -> Judged<Option<Answer>> {
        names::read_only(written, |member| match member {
            Written::IsServiceProvider(value) => Echo::of(value.value() != Some(&true)),
            Written::IsInMultiTenantOrganization(value) => Echo::of(value.value() != Some(&true)),
            Written::Id(_) => Echo::Differs,
            _ => Echo::NotReadOnly,
        })?;
        names::known(written, |member| {
            matches!(member, Written::TenantId(_) | Written::Domain(_)) || partner_member(member)
        })?;
        let partner = self.newcomer(written)?;
        let entry = self.partner_values(Partner::new(partner), written)?;
        self.policy.partners.insert(entry);
        self.modify("tenantId", Value::Null, Value::Text(partner.to_string()));
        Ok(Some(Answer::Partner(partner)))
    }

    /// S14.8: whom the request wants to add.
    fn newcomer(&self, written: &[Written]) -> Judged<TenantId> {
        let id = written.iter().find_map(|member| match member {
            Written::TenantId(Patch::Value(text)) => Some(text),
            _ => None,
        });
        let domain = written.iter().find_map(|member| match member {
            Written::Domain(Patch::Value(text)) => Some(text),
            _ => None,
        });
        let partner = match (id, domain) {
            (Some(text), _) => {
                let id: Result<TenantId, _> = text.parse();
                let id = id.map_err(|_| Refused::at(Reason::InvalidTenantId, "tenantId"))?;
                match self.world.tenant(id).is_some() || id == MICROSOFT_ACCOUNTS {
                    true => id,
                    false => return Err(Refused::at(Reason::TenantNotFound, "tenantId")),
                }
            }
            (None, Some(text)) => {
                let domain: Option<Domain> = text.parse().ok();
                let found = domain.and_then(|domain| self.world.tenant_of_domain(&domain));
                let found = found.ok_or(Refused::at(Reason::TenantNotFound, "domain"))?;
                if found.cloud != self.tenant.cloud {
                    let reason = Reason::CrossCloudDomainLookupUnsupported;
                    return Err(Refused::at(reason, "domain"));
                }
                found.id
            }
            (None, None) => return Err(Refused::at(Reason::InvalidTenantId, "tenantId")),
        };
        self.admit(partner)?;
        Ok(partner)
    }

    /// Whether that tenant, which is known, may become a partner (S14.8).
    pub(super) fn admit(&self, partner: TenantId) -> Judged {
        if partner == self.tenant.id {
            return Err(Reason::PartnerIsSelf.into());
        }
        if self.policy.partners.get(partner).is_some() {
            return Err(Reason::PartnerExists.into());
        }
        let (own, other) = (self.tenant.cloud, self.cloud_of(partner));
        if own != other && !own.pairs_with(other) {
            return Err(Reason::CloudPairUnsupported.into());
        }
        if own != other && !self.policy.allowed_clouds.contains(&other) {
            return Err(Reason::CloudNotEnabled.into());
        }
        Ok(())
    }

    /// The cloud of a tenant; one nobody knows counts as being in the same cloud (S1.2).
    pub(super) fn cloud_of(&self, partner: TenantId) -> Cloud {
        self.world.cloud(partner).unwrap_or(self.tenant.cloud)
    }

    pub(super) fn update_partner(
        &mut self,
        key: PartnerKey,
        written: &[Written],
    ) -> Judged<Option<Answer>> {
        let entry = self.entry(key)?;
        let own_id = entry.tenant;
        names::read_only(written, |member| match member {
            Written::TenantId(Patch::Value(text)) => Echo::of(text.parse() == Ok(own_id)),
            Written::TenantId(_) | Written::Id(_) => Echo::Differs,
            Written::IsServiceProvider(value) => {
                let stored = entry.is_service_provider.unwrap_or_default();
                Echo::of(value.value().copied().unwrap_or_default() == stored)
            }
            Written::IsInMultiTenantOrganization(value) => {
                let stored = entry.is_in_multitenant_organization;
                Echo::of(value.value().copied().unwrap_or_default() == stored)
            }
            _ => Echo::NotReadOnly,
        })?;
        names::known(written, |member| {
            matches!(member, Written::TenantId(_)) || partner_member(member)
        })?;
        let entry = self.partner_values(entry, written)?;
        self.policy.partners.insert(entry);
        Ok(None)
    }

    /// The values of S14.6, merged by S14.7.
    fn partner_values(&mut self, mut entry: Partner, written: &[Written]) -> Judged<Partner> {
        let other_cloud = self.cloud_of(entry.tenant) != self.tenant.cloud;
        for member in written {
            if let Written::Consent(Patch::Value(consent)) = member
                && other_cloud
                && [&consent.inbound, &consent.outbound].contains(&&Patch::Value(true))
            {
                let reason = Reason::AutoRedemptionCrossCloudUnsupported;
                return Err(Refused::at(reason, "automaticUserConsentSettings"));
            }
        }
        let place = Place::Partner {
            other_cloud,
            microsoft_accounts: entry.tenant == MICROSOFT_ACCOUNTS,
        };
        self.blocks(written, place, &mut entry.blocks)?;
        for member in written {
            match member {
                Written::Trust(draft) => {
                    let new = merge::trust(entry.trust.as_ref(), draft);
                    let old = std::mem::replace(&mut entry.trust, new.clone());
                    self.modify("inboundTrust", trust(old), trust(new));
                }
                Written::Consent(draft) => {
                    let new = merge::consent(entry.automatic_consent, draft);
                    let old = std::mem::replace(&mut entry.automatic_consent, new);
                    let name = "automaticUserConsentSettings";
                    self.modify(name, Value::Consent(old), Value::Consent(new));
                }
                Written::Untreated(name, json) => {
                    let (old, new) = untreated(&mut entry.untreated, name, json);
                    self.modify(name, old, new);
                }
                _ => {}
            }
        }
        Ok(entry)
    }

    /// S14.9, in this order.
    pub(super) fn remove_partner(&mut self, key: PartnerKey) -> Judged<Option<Answer>> {
        let entry = self.entry(key)?;
        if entry.is_service_provider == Some(true) {
            return Err(Reason::PartnerIsServiceProvider.into());
        }
        if entry.is_in_multitenant_organization {
            return Err(Reason::PartnerInMultitenantOrganization.into());
        }
        if entry.synchronization.is_some() {
            return Err(Reason::PartnerHasIdentitySynchronization.into());
        }
        self.policy.partners.remove(entry.tenant);
        let id = entry.tenant.to_string();
        self.modify("tenantId", Value::Text(id), Value::Null);
        Ok(None)
    }
}

/// What a partner entry has. The redemption order exists in the default only, and that is a matter
/// of names, judged before anybody is looked up (S14.6); a null that was read may be sent back.
fn partner_member(member: &Written) -> bool {
    matches!(
        member,
        Written::Block(..)
            | Written::Trust(_)
            | Written::Consent(_)
            | Written::Redemption(Patch::Null)
            | Written::Untreated(..)
            | Written::IsServiceProvider(_)
            | Written::IsInMultiTenantOrganization(_)
            | Written::DisplayName(Patch::Null)
    )
}
