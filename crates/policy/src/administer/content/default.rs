//! The default configuration (S2.10, S14.6).

use super::names::{self, Echo};
use super::{Answer, Edit, Judged, Refused, trust, untreated};
use crate::administer::merge;
use crate::audit::Value;
use crate::draft::{Patch, RedemptionDraft, Written};
use crate::reason::Reason;
use crate::settings::{
    BlockName, Defaults, FallbackIdentityProvider, PrimaryIdentityProvider, RedemptionOrder,
};
use crate::validate::Place;

impl Edit<'_> {
    pub(super) fn update_default(&mut self, written: &[Written]) -> Judged<Option<Answer>> {
        let is_service_default = !self.policy.defaults.customized;
        let stored = self.policy.defaults.untreated.get("id").map(unquoted);
        // Where none is stored, a read answers with the policy's.
        let of_policy = self.policy.id.map(|id| id.to_string());
        let id = stored.map(str::to_owned).or(of_policy);
        names::read_only(written, |member| match member {
            Written::IsServiceDefault(value) => {
                Echo::of(value.value() == Some(&is_service_default))
            }
            Written::Id(value) => Echo::of(names::same_text(value, id.as_deref())),
            _ => Echo::NotReadOnly,
        })?;
        names::known(written, |member| {
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
    pub(super) fn reset_default(&mut self) -> Judged<Option<Answer>> {
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
}

/// The text of a JSON string that holds an id.
fn unquoted(json: &str) -> &str {
    json.trim_matches('"')
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
