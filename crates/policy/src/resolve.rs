//! What is in force for a partner: its entry before the default, the default before the system
//! default, property by property (S2).

use std::borrow::Cow;

use crate::settings::{
    AutomaticConsent, Block, BlockName, CompleteBlock, InboundTrust, Partner, Policy,
    RedemptionOrder,
};
use crate::target::Access;
use crate::tenant::TenantId;

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// The partner's entry.
    Partner = 0,
    /// The tenant's default configuration.
    Default = 1,
    /// The system default: nobody has customized it.
    System = 2,
}

impl Origin {
    /// The word on the wire (`source`).
    pub const fn as_str(self) -> &'static str {
        match self {
            Origin::Partner => "partner",
            Origin::Default => "default",
            Origin::System => "system",
        }
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A value and where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effective<T> {
    /// The value in force.
    pub value: T,
    /// Where it comes from.
    pub origin: Origin,
}

/// The system default of a block (S2.2): collaboration is open, everything else is shut.
pub const fn system_block(name: BlockName) -> CompleteBlock {
    CompleteBlock::all(match name.is_collaboration() {
        true => Access::Allowed,
        false => Access::Blocked,
    })
}

/// The block in force towards the partner, completed (S2.3, S3.2).
pub fn block(policy: &Policy, partner: TenantId, name: BlockName) -> Effective<CompleteBlock> {
    let entry = policy.partners.get(partner);
    let own = entry.and_then(|entry| entry.blocks.get(name));
    match (own, policy.defaults.blocks.get(name)) {
        (Some(block), _) => effective(block, Origin::Partner),
        (None, Some(block)) => effective(block, Origin::Default),
        (None, None) => Effective {
            value: system_block(name),
            origin: Origin::System,
        },
    }
}

fn effective(block: &Block, origin: Origin) -> Effective<CompleteBlock> {
    Effective {
        value: block.complete(),
        origin,
    }
}

/// The trust flags in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EffectiveTrust {
    /// `isMfaAccepted`.
    pub mfa: Effective<bool>,
    /// `isCompliantDeviceAccepted`.
    pub compliant_device: Effective<bool>,
    /// `isHybridAzureADJoinedDeviceAccepted`.
    pub hybrid_joined_device: Effective<bool>,
    /// The first layer that states any flag.
    pub origin: Origin,
}

/// Trust in force towards the partner, flag by flag (S2.4).
pub fn trust(policy: &Policy, partner: TenantId) -> EffectiveTrust {
    let entry = policy.partners.get(partner);
    let own = stated(entry.and_then(|entry| entry.trust.as_ref()));
    let default = stated(policy.defaults.trust.as_ref());
    let flag = |get: fn(&InboundTrust) -> Option<bool>| {
        let layers = [(own, Origin::Partner), (default, Origin::Default)];
        layers
            .into_iter()
            .find_map(|(layer, origin)| {
                let value = layer.and_then(get)?;
                Some(Effective { value, origin })
            })
            .unwrap_or(Effective {
                value: false,
                origin: Origin::System,
            })
    };
    EffectiveTrust {
        mfa: flag(|trust| trust.mfa),
        compliant_device: flag(|trust| trust.compliant_device),
        hybrid_joined_device: flag(|trust| trust.hybrid_joined_device),
        origin: match (own, default) {
            (Some(_), _) => Origin::Partner,
            (None, Some(_)) => Origin::Default,
            (None, None) => Origin::System,
        },
    }
}

/// An object whose members are all null counts as null (S24 on S2.3).
fn stated(trust: Option<&InboundTrust>) -> Option<&InboundTrust> {
    trust.filter(|trust| !trust.is_null())
}

/// Automatic redemption towards the partner: on only when the entry says so (S2.5).
pub fn automatic_consent(policy: &Policy, partner: TenantId) -> Effective<(bool, bool)> {
    let flags = policy
        .partners
        .get(partner)
        .map(|entry| entry.automatic_consent);
    let AutomaticConsent { inbound, outbound } = flags.unwrap_or_default();
    Effective {
        value: (inbound == Some(true), outbound == Some(true)),
        origin: match (inbound, outbound) {
            (None, None) => Origin::System,
            _ => Origin::Partner,
        },
    }
}

/// Whether the partner may push users (S2.6).
pub fn synchronization_allowed(policy: &Policy, partner: TenantId) -> Effective<bool> {
    let entry = policy.partners.get(partner);
    let stated = entry.and_then(|entry| entry.synchronization.as_ref()?.is_sync_allowed);
    Effective {
        value: stated == Some(true),
        origin: match stated {
            Some(_) => Origin::Partner,
            None => Origin::System,
        },
    }
}

/// The redemption order in force; there is one per tenant (S7.4).
pub fn redemption_order(policy: &Policy) -> Effective<Cow<'_, RedemptionOrder>> {
    match &policy.defaults.redemption {
        Some(order) => Effective {
            value: Cow::Borrowed(order),
            origin: Origin::Default,
        },
        None => Effective {
            value: Cow::Owned(RedemptionOrder::default()),
            origin: Origin::System,
        },
    }
}

/// A column of the list of organizations (S2.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// Inbound access.
    Inbound,
    /// Outbound access.
    Outbound,
    /// Tenant restrictions.
    TenantRestrictions,
}

/// What the column says about an entry (S2.9).
pub fn column_label(entry: &Partner, column: Column) -> &'static str {
    let customized = |name| entry.blocks.get(name).is_some();
    let configured = match column {
        Column::Inbound => {
            customized(BlockName::B2bCollaborationInbound)
                || customized(BlockName::B2bDirectConnectInbound)
                || stated(entry.trust.as_ref()).is_some()
                || entry.automatic_consent.inbound.is_some()
        }
        Column::Outbound => {
            customized(BlockName::B2bCollaborationOutbound)
                || customized(BlockName::B2bDirectConnectOutbound)
                || entry.automatic_consent.outbound.is_some()
        }
        Column::TenantRestrictions => customized(BlockName::TenantRestrictions),
    };
    match configured {
        true => "Configured",
        false => "Inherited from default",
    }
}
