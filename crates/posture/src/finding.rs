//! What one check found in one setting.

use policy::resolve::Origin;
use policy::settings::BlockName;
use policy::tenant::TenantId;
use preview::difference::Witness;

use crate::check::Check;

/// Whose settings: those for everyone who is not listed, or those for one partner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Whom {
    /// The default configuration.
    Everyone,
    /// The entry of that tenant.
    Partner(TenantId),
}

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Setting {
    /// One of the five blocks.
    Block(BlockName),
    /// Multifactor authentication done at home counts.
    MfaTrust,
    /// The home tenant's word that the device is compliant counts.
    CompliantDeviceTrust,
    /// The home tenant's word that the device is hybrid joined counts.
    HybridJoinedDeviceTrust,
    /// Users may be pushed into this tenant.
    Synchronization,
    /// The entry as a whole.
    Entry,
}

impl Setting {
    /// The path of the property in the default configuration or in the entry; empty for the whole
    /// entry.
    pub const fn as_str(self) -> &'static str {
        match self {
            Setting::Block(name) => name.as_str(),
            Setting::MfaTrust => "inboundTrust.isMfaAccepted",
            Setting::CompliantDeviceTrust => "inboundTrust.isCompliantDeviceAccepted",
            Setting::HybridJoinedDeviceTrust => "inboundTrust.isHybridAzureADJoinedDeviceAccepted",
            Setting::Synchronization => "identitySynchronization.userSyncInbound.isSyncAllowed",
            Setting::Entry => "",
        }
    }
}

/// Where to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// Which setting.
    pub setting: Setting,
    /// Of the default, or of which partner.
    pub whom: Whom,
    /// Where the value in force comes from. The default of a tenant may be the system's (S2.2).
    pub origin: Origin,
}

/// What a check found.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Which check.
    pub check: &'static Check,
    /// Where to look.
    pub source: Source,
    /// What is so, and why it matters, in a sentence.
    pub reason: String,
    /// What to do, in a sentence.
    pub fix: String,
    /// A request that passes, where the finding says that something is open.
    pub witness: Option<(BlockName, Witness)>,
}

/// A finding that does not know yet under which check it goes.
pub(crate) struct Seen {
    pub(crate) source: Source,
    pub(crate) reason: String,
    pub(crate) fix: String,
    pub(crate) witness: Option<(BlockName, Witness)>,
}

impl Seen {
    pub(crate) fn under(self, check: &'static Check) -> Finding {
        let Seen {
            source,
            reason,
            fix,
            witness,
        } = self;
        Finding {
            check,
            source,
            reason,
            fix,
            witness,
        }
    }
}
