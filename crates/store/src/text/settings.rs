//! The settings of a tenant, entity by entity: the policy's root, its default, each partner.

use policy::settings::{
    AutomaticConsent, Blocks, Defaults, FallbackIdentityProvider, IdentitySynchronization,
    InboundTrust, Partner, Partners, Policy, PrimaryIdentityProvider, RedemptionOrder, Untreated,
};
use policy::tenant::{Cloud, PolicyId, TenantId};
use serde::{Deserialize, Serialize};

use super::half::BlocksText;
use super::spelling::Spelled;
use super::{V1, is_false};

/// Members nobody here treats: their names and their JSON, in the order they came.
#[derive(Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct UntreatedText(Vec<(String, String)>);

impl UntreatedText {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&Untreated> for UntreatedText {
    fn from(members: &Untreated) -> Self {
        let pairs = members.iter();
        UntreatedText(
            pairs
                .map(|(name, json)| (name.into(), json.into()))
                .collect(),
        )
    }
}

impl From<UntreatedText> for Untreated {
    fn from(text: UntreatedText) -> Self {
        let mut members = Untreated::default();
        for (name, json) in text.0 {
            members.set(&name, json);
        }
        members
    }
}

#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct TrustText {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mfa: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    compliant_device: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hybrid_joined_device: Option<bool>,
    #[serde(default, skip_serializing_if = "UntreatedText::is_empty")]
    untreated: UntreatedText,
}

impl From<&InboundTrust> for TrustText {
    fn from(trust: &InboundTrust) -> Self {
        let InboundTrust {
            mfa,
            compliant_device,
            hybrid_joined_device,
            untreated,
        } = trust;
        TrustText {
            mfa: *mfa,
            compliant_device: *compliant_device,
            hybrid_joined_device: *hybrid_joined_device,
            untreated: untreated.into(),
        }
    }
}

impl From<TrustText> for InboundTrust {
    fn from(text: TrustText) -> Self {
        InboundTrust {
            mfa: text.mfa,
            compliant_device: text.compliant_device,
            hybrid_joined_device: text.hybrid_joined_device,
            untreated: text.untreated.into(),
        }
    }
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConsentText {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    inbound: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    outbound: Option<bool>,
}

impl ConsentText {
    pub(crate) fn is_empty(&self) -> bool {
        self.inbound.is_none() && self.outbound.is_none()
    }
}

impl From<&AutomaticConsent> for ConsentText {
    fn from(consent: &AutomaticConsent) -> Self {
        let AutomaticConsent { inbound, outbound } = *consent;
        ConsentText { inbound, outbound }
    }
}

impl From<ConsentText> for AutomaticConsent {
    fn from(text: ConsentText) -> Self {
        let ConsentText { inbound, outbound } = text;
        AutomaticConsent { inbound, outbound }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SynchronizationText {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    is_sync_allowed: Option<bool>,
    #[serde(default, skip_serializing_if = "UntreatedText::is_empty")]
    untreated: UntreatedText,
}

impl From<&IdentitySynchronization> for SynchronizationText {
    fn from(synchronization: &IdentitySynchronization) -> Self {
        let IdentitySynchronization {
            display_name,
            is_sync_allowed,
            untreated,
        } = synchronization;
        SynchronizationText {
            display_name: display_name.clone(),
            is_sync_allowed: *is_sync_allowed,
            untreated: untreated.into(),
        }
    }
}

impl From<SynchronizationText> for IdentitySynchronization {
    fn from(text: SynchronizationText) -> Self {
        IdentitySynchronization {
            display_name: text.display_name,
            is_sync_allowed: text.is_sync_allowed,
            untreated: text.untreated.into(),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RedemptionText {
    primary: Vec<Spelled<PrimaryIdentityProvider>>,
    fallback: Spelled<FallbackIdentityProvider>,
}

impl From<&RedemptionOrder> for RedemptionText {
    fn from(order: &RedemptionOrder) -> Self {
        let RedemptionOrder { primary, fallback } = order;
        RedemptionText {
            primary: primary.iter().copied().map(Spelled).collect(),
            fallback: Spelled(*fallback),
        }
    }
}

impl From<RedemptionText> for RedemptionOrder {
    fn from(text: RedemptionText) -> Self {
        RedemptionOrder {
            primary: text.primary.into_iter().map(|word| word.0).collect(),
            fallback: text.fallback.0,
        }
    }
}

/// The policy without its default and its partners, which are entities of their own.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RootText {
    v: V1,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<Spelled<PolicyId>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    allowed_clouds: Vec<Spelled<Cloud>>,
    #[serde(default, skip_serializing_if = "UntreatedText::is_empty")]
    untreated: UntreatedText,
}

impl From<&Policy> for RootText {
    fn from(policy: &Policy) -> Self {
        let Policy {
            id,
            display_name,
            allowed_clouds,
            defaults: _,
            partners: _,
            untreated,
        } = policy;
        RootText {
            v: V1,
            id: id.map(Spelled),
            display_name: display_name.clone(),
            allowed_clouds: allowed_clouds.iter().copied().map(Spelled).collect(),
            untreated: untreated.into(),
        }
    }
}

impl From<RootText> for Policy {
    fn from(text: RootText) -> Self {
        Policy {
            id: text.id.map(|id| id.0),
            display_name: text.display_name,
            allowed_clouds: text.allowed_clouds.into_iter().map(|word| word.0).collect(),
            defaults: Defaults::default(),
            partners: Partners::default(),
            untreated: text.untreated.into(),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DefaultsText {
    v: V1,
    #[serde(default, skip_serializing_if = "is_false")]
    customized: bool,
    #[serde(default, skip_serializing_if = "BlocksText::is_empty")]
    blocks: BlocksText,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trust: Option<TrustText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    redemption: Option<RedemptionText>,
    #[serde(default, skip_serializing_if = "UntreatedText::is_empty")]
    untreated: UntreatedText,
}

impl From<&Defaults> for DefaultsText {
    fn from(defaults: &Defaults) -> Self {
        let Defaults {
            customized,
            blocks,
            trust,
            redemption,
            untreated,
        } = defaults;
        DefaultsText {
            v: V1,
            customized: *customized,
            blocks: blocks.into(),
            trust: trust.as_ref().map(TrustText::from),
            redemption: redemption.as_ref().map(RedemptionText::from),
            untreated: untreated.into(),
        }
    }
}

impl From<DefaultsText> for Defaults {
    fn from(text: DefaultsText) -> Self {
        Defaults {
            customized: text.customized,
            blocks: text.blocks.into(),
            trust: text.trust.map(InboundTrust::from),
            redemption: text.redemption.map(RedemptionOrder::from),
            untreated: text.untreated.into(),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PartnerText {
    v: V1,
    tenant: Spelled<TenantId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    is_service_provider: Option<bool>,
    #[serde(default, skip_serializing_if = "is_false")]
    is_in_multitenant_organization: bool,
    #[serde(default, skip_serializing_if = "BlocksText::is_empty")]
    blocks: BlocksText,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trust: Option<TrustText>,
    #[serde(default, skip_serializing_if = "ConsentText::is_empty")]
    automatic_consent: ConsentText,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    synchronization: Option<SynchronizationText>,
    #[serde(default, skip_serializing_if = "UntreatedText::is_empty")]
    untreated: UntreatedText,
}

impl From<&Partner> for PartnerText {
    fn from(partner: &Partner) -> Self {
        let Partner {
            tenant,
            is_service_provider,
            is_in_multitenant_organization,
            blocks,
            trust,
            automatic_consent,
            synchronization,
            untreated,
        } = partner;
        PartnerText {
            v: V1,
            tenant: Spelled(*tenant),
            is_service_provider: *is_service_provider,
            is_in_multitenant_organization: *is_in_multitenant_organization,
            blocks: blocks.into(),
            trust: trust.as_ref().map(TrustText::from),
            automatic_consent: automatic_consent.into(),
            synchronization: synchronization.as_ref().map(SynchronizationText::from),
            untreated: untreated.into(),
        }
    }
}

impl From<PartnerText> for Partner {
    fn from(text: PartnerText) -> Self {
        Partner {
            tenant: text.tenant.0,
            is_service_provider: text.is_service_provider,
            is_in_multitenant_organization: text.is_in_multitenant_organization,
            blocks: Blocks::from(text.blocks),
            trust: text.trust.map(InboundTrust::from),
            automatic_consent: text.automatic_consent.into(),
            synchronization: text.synchronization.map(IdentitySynchronization::from),
            untreated: text.untreated.into(),
        }
    }
}
