//! Whether the content of a request is legal, and what the settings are afterwards (S14.6 to S14.9,
//! S14.12).

use super::{Answer, Change, Operation, PartnerKey, Refused, merge};
use crate::audit::{ModifiedProperty, Value};
use crate::draft::{Patch, RedemptionDraft, Written};
use crate::reason::{Reason, Warning};
use crate::settings::{
    BlockName, Blocks, Defaults, FallbackIdentityProvider, IdentitySynchronization, Partner,
    Policy, PrimaryIdentityProvider, RedemptionOrder, Untreated,
};
use crate::tenant::{Cloud, Domain, MICROSOFT_ACCOUNTS, TenantId};
use crate::validate::{self, Place};
use crate::world::{Tenant, World};

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
                synchronization_of(&entry)?;
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
                synchronization_of(&entry)?;
                self.put_synchronization(entry, written)
            }
            Operation::RemoveSynchronization(key) => self.remove_synchronization(*key),
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

    // ---- the policy itself

    fn update_policy(&mut self, written: &[Written]) -> Judged<Option<Answer>> {
        let id = self.policy.id.map(|id| id.to_string());
        read_only(written, |member| match member {
            Written::Id(value) => Echo::of(same_text(value, id.as_deref())),
            _ => Echo::NotReadOnly,
        })?;
        known(written, |member| {
            matches!(
                member,
                Written::Id(_)
                    | Written::DisplayName(_)
                    | Written::Clouds(Patch::Value(_))
                    | Written::Untreated(..)
            )
        })?;
        for member in written {
            match member {
                Written::Clouds(Patch::Value(endpoints)) => self.clouds(endpoints)?,
                Written::DisplayName(name) => {
                    let old = text(self.policy.display_name.take());
                    self.policy.display_name = name.value().cloned();
                    let new = text(self.policy.display_name.clone());
                    self.modify("displayName", old, new);
                }
                Written::Untreated(name, json) => {
                    let (old, new) = untreated(&mut self.policy.untreated, name, json);
                    self.modify(name, old, new);
                }
                _ => {}
            }
        }
        Ok(None)
    }

    /// S5.7; the list is replaced as a whole.
    fn clouds(&mut self, endpoints: &[String]) -> Judged {
        let refused = |reason| Refused::at(reason, "allowedCloudEndpoints");
        let parsed: Result<Vec<Cloud>, _> = endpoints.iter().map(|e| e.parse()).collect();
        let mut clouds = parsed.map_err(|_| refused(Reason::InvalidCloudEndpoint))?;
        let own = self.tenant.cloud;
        if clouds.contains(&own) {
            return Err(refused(Reason::OwnCloudEndpoint));
        }
        if clouds.iter().any(|cloud| !own.pairs_with(*cloud)) {
            return Err(refused(Reason::CloudPairUnsupported));
        }
        let mut seen = Vec::new();
        clouds.retain(|cloud| {
            let new = !seen.contains(cloud);
            seen.push(*cloud);
            new
        });
        let old = std::mem::replace(&mut self.policy.allowed_clouds, clouds.clone());
        self.modify(
            "allowedCloudEndpoints",
            Value::Clouds(old),
            Value::Clouds(clouds),
        );
        Ok(())
    }

    // ---- the default

    fn update_default(&mut self, written: &[Written]) -> Judged<Option<Answer>> {
        let is_service_default = !self.policy.defaults.customized;
        let id = self.policy.defaults.untreated.get("id").map(unquoted);
        read_only(written, |member| match member {
            Written::IsServiceDefault(value) => {
                Echo::of(value.value() == Some(&is_service_default))
            }
            Written::Id(value) => Echo::of(same_text(value, id)),
            _ => Echo::NotReadOnly,
        })?;
        known(written, |member| {
            matches!(
                member,
                Written::IsServiceDefault(_)
                    | Written::Id(_)
                    | Written::Block(..)
                    | Written::Trust(_)
                    | Written::Consent(_)
                    | Written::Redemption(_)
                    | Written::Untreated(..)
                    | Written::DisplayName(Patch::Null)
            )
        })?;
        for member in written {
            if let Written::Consent(Patch::Value(consent)) = member
                && [&consent.inbound, &consent.outbound].contains(&&Patch::Value(true))
            {
                let reason = Reason::DefaultAutoConsentReadOnly;
                return Err(Refused::at(reason, "automaticUserConsentSettings"));
            }
        }
        let mut defaults = self.policy.defaults.clone();
        for member in written {
            if let Written::Redemption(draft) = member {
                let new = redemption(defaults.redemption.as_ref(), draft)?;
                let old = std::mem::replace(&mut defaults.redemption, new.clone());
                let value =
                    |order: Option<RedemptionOrder>| order.map_or(Value::Null, Value::Redemption);
                let name = "invitationRedemptionIdentityProviderConfiguration";
                self.modify(name, value(old), value(new));
            }
        }
        self.blocks(written, Place::Default, &mut defaults.blocks)?;
        for member in written {
            match member {
                Written::Trust(draft) => {
                    let new = merge::trust(defaults.trust.as_ref(), draft);
                    let old = std::mem::replace(&mut defaults.trust, new.clone());
                    self.modify("inboundTrust", trust(old), trust(new));
                }
                Written::Untreated(name, json) => {
                    let (old, new) = untreated(&mut defaults.untreated, name, json);
                    self.modify(name, old, new);
                }
                _ => {}
            }
        }
        // S2.10: the first successful write counts, whatever values it wrote.
        defaults.customized |= !self.modified.is_empty();
        self.policy.defaults = defaults;
        Ok(None)
    }

    /// S2.10: partner entries are not touched.
    fn reset_default(&mut self) -> Judged<Option<Answer>> {
        let mut fresh = Defaults::default();
        if let Some(id) = self.policy.defaults.untreated.get("id") {
            fresh.untreated.set("id", id.to_owned());
        }
        let old = std::mem::replace(&mut self.policy.defaults, fresh);
        for name in BlockName::ALL {
            if let Some(block) = old.blocks.get(name) {
                self.modify(name.as_str(), Value::Block(block.clone()), Value::Null);
            }
        }
        if let Some(old) = old.trust {
            self.modify("inboundTrust", Value::Trust(old), Value::Null);
        }
        if let Some(old) = old.redemption {
            let name = "invitationRedemptionIdentityProviderConfiguration";
            self.modify(name, Value::Redemption(old), Value::Null);
        }
        for (name, json) in old.untreated.iter().filter(|(name, _)| *name != "id") {
            self.modify(name, Value::Json(json.to_owned()), Value::Null);
        }
        Ok(None)
    }

    // ---- partners

    fn add_partner(&mut self, written: &[Written]) -> Judged<Option<Answer>> {
        read_only(written, |member| match member {
            Written::IsServiceProvider(value) => Echo::of(value.value() != Some(&true)),
            Written::IsInMultiTenantOrganization(value) => Echo::of(value.value() != Some(&true)),
            Written::Id(_) => Echo::Differs,
            _ => Echo::NotReadOnly,
        })?;
        known(written, |member| {
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
        Ok(partner)
    }

    /// The cloud of a tenant; one nobody knows counts as being in the same cloud (S1.2), and
    /// personal accounts live in the commercial cloud (S1.3).
    fn cloud_of(&self, partner: TenantId) -> Cloud {
        match self.world.tenant(partner) {
            Some(tenant) => tenant.cloud,
            None if partner == MICROSOFT_ACCOUNTS => Cloud::Commercial,
            None => self.tenant.cloud,
        }
    }

    fn update_partner(&mut self, key: PartnerKey, written: &[Written]) -> Judged<Option<Answer>> {
        let entry = self.entry(key)?;
        let own_id = entry.tenant;
        read_only(written, |member| match member {
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
        known(written, |member| {
            matches!(member, Written::TenantId(_)) || partner_member(member)
        })?;
        let entry = self.partner_values(entry, written)?;
        self.policy.partners.insert(entry);
        Ok(None)
    }

    /// The values of S14.6, merged by S14.7.
    fn partner_values(&mut self, mut entry: Partner, written: &[Written]) -> Judged<Partner> {
        let redeems = |member: &Written| {
            matches!(member, Written::Redemption(Patch::Value(_) | Patch::Absent))
        };
        if written.iter().any(redeems) {
            let name = "invitationRedemptionIdentityProviderConfiguration";
            return Err(Refused::at(Reason::InvalidProperty, name));
        }
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
    fn remove_partner(&mut self, key: PartnerKey) -> Judged<Option<Answer>> {
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

    // ---- blocks of either

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

    // ---- synchronization

    fn put_synchronization(
        &mut self,
        mut entry: Partner,
        written: &[Written],
    ) -> Judged<Option<Answer>> {
        let own_id = entry.tenant;
        read_only(written, |member| match member {
            Written::TenantId(Patch::Value(text)) => Echo::of(text.parse() == Ok(own_id)),
            Written::TenantId(_) | Written::Id(_) => Echo::Differs,
            _ => Echo::NotReadOnly,
        })?;
        known(written, |member| {
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

    fn remove_synchronization(&mut self, key: PartnerKey) -> Judged<Option<Answer>> {
        let mut entry = self.entry(key)?;
        let old = synchronization_of(&entry)?.clone();
        self.modify("userSyncInbound", sync(Some(old)), Value::Null);
        entry.synchronization = None;
        self.policy.partners.insert(entry);
        Ok(None)
    }
}

fn synchronization_of(entry: &Partner) -> Judged<&IdentitySynchronization> {
    let setting = entry.synchronization.as_ref();
    setting.ok_or(Reason::IdentitySynchronizationNotFound.into())
}

fn sync(setting: Option<IdentitySynchronization>) -> Value {
    setting.map_or(Value::Null, Value::Synchronization)
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

/// The text of a JSON string that holds an id.
fn unquoted(json: &str) -> &str {
    json.trim_matches('"')
}

fn same_text(written: &Patch<String>, stored: Option<&str>) -> bool {
    match (written.value(), stored) {
        (Some(written), Some(stored)) => written.eq_ignore_ascii_case(stored),
        (None, None) => true,
        _ => false,
    }
}

fn partner_member(member: &Written) -> bool {
    matches!(
        member,
        Written::Block(..)
            | Written::Trust(_)
            | Written::Consent(_)
            | Written::Redemption(_)
            | Written::Untreated(..)
            | Written::IsServiceProvider(_)
            | Written::IsInMultiTenantOrganization(_)
            | Written::DisplayName(Patch::Null)
    )
}

/// What a written member means for a property that cannot be written: an echo of what was read is
/// ignored, anything else refused (S14.6).
enum Echo {
    NotReadOnly,
    Same,
    Differs,
}

impl Echo {
    fn of(same: bool) -> Self {
        match same {
            true => Echo::Same,
            false => Echo::Differs,
        }
    }
}

fn read_only(written: &[Written], judge: impl Fn(&Written) -> Echo) -> Judged {
    for member in written {
        if matches!(judge(member), Echo::Differs) {
            return Err(Refused::at(Reason::ReadOnlyProperty, name(member)));
        }
    }
    Ok(())
}

fn known(written: &[Written], known: impl Fn(&Written) -> bool) -> Judged {
    match written.iter().find(|member| !known(member)) {
        Some(member) => Err(Refused::at(Reason::InvalidProperty, name(member))),
        None => Ok(()),
    }
}

/// The JSON name of a written member.
fn name(member: &Written) -> String {
    match member {
        Written::Block(name, _) => name.as_str(),
        Written::Trust(_) => "inboundTrust",
        Written::Consent(_) => "automaticUserConsentSettings",
        Written::Redemption(_) => "invitationRedemptionIdentityProviderConfiguration",
        Written::Clouds(_) => "allowedCloudEndpoints",
        Written::DisplayName(_) => "displayName",
        Written::SyncAllowed(_) => "userSyncInbound",
        Written::TenantId(_) => "tenantId",
        Written::Domain(_) => "domain",
        Written::Id(_) => "id",
        Written::IsServiceDefault(_) => "isServiceDefault",
        Written::IsServiceProvider(_) => "isServiceProvider",
        Written::IsInMultiTenantOrganization(_) => "isInMultiTenantOrganization",
        Written::Untreated(name, _) | Written::Unknown(name) => name,
        Written::Malformed { path, .. } => path,
    }
    .to_owned()
}

/// S14.6: a redemption order needs a fallback; values of the other list are illegal in their place.
fn redemption(
    stored: Option<&RedemptionOrder>,
    written: &Patch<RedemptionDraft>,
) -> Judged<Option<RedemptionOrder>> {
    const NAME: &str = "invitationRedemptionIdentityProviderConfiguration";
    let draft = match written {
        Patch::Absent => return Ok(stored.cloned()),
        Patch::Null => return Ok(None),
        Patch::Value(draft) => draft,
    };
    let primary = match &draft.primary {
        Patch::Value(names) => primary(names)?,
        Patch::Absent | Patch::Null => Vec::new(),
    };
    // The order is replaced as a whole (S14.7 merges blocks and flags only).
    let Patch::Value(name) = &draft.fallback else {
        return Err(Refused::at(Reason::FallbackIdentityProviderRequired, NAME));
    };
    let fallback = FallbackIdentityProvider::ALL
        .into_iter()
        .find(|fallback| fallback.as_str() == name)
        .ok_or_else(|| {
            let target = format!("{NAME}.fallbackIdentityProvider");
            Refused::at(Reason::InvalidProperty, target)
        })?;
    Ok(Some(RedemptionOrder { primary, fallback }))
}

fn primary(names: &[String]) -> Judged<Vec<PrimaryIdentityProvider>> {
    const NAME: &str =
        "invitationRedemptionIdentityProviderConfiguration.primaryIdentityProviderPrecedenceOrder";
    let mut order = Vec::with_capacity(names.len());
    for name in names {
        let mut all = PrimaryIdentityProvider::ALL.into_iter();
        match all.find(|provider| provider.as_str() == name) {
            Some(provider) if !order.contains(&provider) => order.push(provider),
            _ => return Err(Refused::at(Reason::InvalidProperty, NAME)),
        }
    }
    Ok(order)
}
