//! Everything that is looked for.

use crate::finding::Seen;
use crate::scene::Scene;
use crate::{
    activity, applications, blocks, collaboration, demands, direct_connect, entries, restrictions,
    synchronization, trust,
};

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Wide open, or broken for whoever it was meant for.
    Error,
    /// Deserves a decision.
    Warning,
    /// Worth knowing.
    Note,
}

impl Severity {
    /// All of them, the gravest first.
    pub const ALL: [Severity; 3] = [Severity::Error, Severity::Warning, Severity::Note];

    /// The word in reports and arguments.
    pub const fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

impl std::fmt::Display for Severity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What looking gave: what was seen, or what is missing for a look.
pub(crate) type Look = Result<Vec<Seen>, String>;

/// Something that is looked for.
#[derive(Debug)]
pub struct Check {
    /// Its name, which stays.
    pub name: &'static str,
    /// How much a finding matters.
    pub severity: Severity,
    /// What is looked for.
    pub what: &'static str,
    /// The clauses it follows from.
    pub clauses: &'static str,
    pub(crate) look: fn(&Scene<'_>) -> Look,
}

impl PartialEq for Check {
    /// The same name.
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Check {}

/// The check of that name.
pub fn named(name: &str) -> Option<&'static Check> {
    ALL.iter().find(|check| check.name == name)
}

/// Every check, the gravest first.
pub static ALL: [Check; 18] = [
    Check {
        name: "direct-connect-inbound-default",
        severity: Severity::Error,
        what: "B2B direct connect inbound is open in the default, to users of every organization that is not listed",
        clauses: "S2.2, S9.6",
        look: direct_connect::inbound_by_default,
    },
    Check {
        name: "direct-connect-without-trust",
        severity: Severity::Error,
        what: "B2B direct connect inbound is open, and an enabled Conditional Access policy asks those users for MFA or a device claim that is not trusted",
        clauses: "S10.8, S10.10",
        look: demands::direct_connect_without_trust,
    },
    Check {
        name: "mfa-registration-trust",
        severity: Severity::Error,
        what: "MFA done at home is trusted, and a policy for MFA registration includes external users",
        clauses: "S10.7",
        look: demands::mfa_registration,
    },
    Check {
        name: "contradictory-block",
        severity: Severity::Error,
        what: "a block contradicts itself or its place: all users blocked without all applications, all applications blocked with users allowed, direct connect with another cloud",
        clauses: "S4.11, S4.12, S4.14",
        look: blocks::contradictory,
    },
    Check {
        name: "direct-connect-outbound-default",
        severity: Severity::Warning,
        what: "B2B direct connect outbound is open in the default, towards every organization that is not listed",
        clauses: "S2.2, S9.5",
        look: direct_connect::outbound_by_default,
    },
    Check {
        name: "mfa-trust-default",
        severity: Severity::Warning,
        what: "the default trusts MFA done in any organization",
        clauses: "S2.4, S10.7",
        look: trust::mfa_by_default,
    },
    Check {
        name: "compliant-device-trust-default",
        severity: Severity::Warning,
        what: "the default trusts any organization to say that a device is compliant",
        clauses: "S2.4, S10.10",
        look: trust::compliant_devices_by_default,
    },
    Check {
        name: "hybrid-device-trust-default",
        severity: Severity::Warning,
        what: "the default trusts any organization to say that a device is hybrid joined",
        clauses: "S2.4, S10.10",
        look: trust::hybrid_devices_by_default,
    },
    Check {
        name: "synchronization-unasked",
        severity: Severity::Warning,
        what: "a partner may synchronize users into this tenant, with automatic redemption",
        clauses: "S7.3, S12.4, S12.6",
        look: synchronization::with_automatic_redemption,
    },
    Check {
        name: "tenant-restrictions-open",
        severity: Severity::Warning,
        what: "tenant restrictions let external accounts in: the default at all, or a partner's entry with all users and all applications",
        clauses: "S11.1, S11.7",
        look: restrictions::allow_external_accounts,
    },
    Check {
        name: "mail-decryption-unreachable",
        severity: Severity::Warning,
        what: "B2B collaboration outbound lets nobody reach Rights Management, so that encrypted mail cannot be opened",
        clauses: "S1.8, S4.15",
        look: applications::mail_decryption,
    },
    Check {
        name: "portal-applications-missing",
        severity: Severity::Warning,
        what: "the allowed applications of B2B collaboration inbound lack My Apps, App Access Panel, My Profile or My Sign-ins",
        clauses: "S1.8, S4.15",
        look: applications::portal,
    },
    Check {
        name: "partner-unused",
        severity: Severity::Warning,
        what: "a partner's entry lets people pass, and the log has no sign-in either way",
        clauses: "S17.1",
        look: activity::unused,
    },
    Check {
        name: "partner-unknown",
        severity: Severity::Warning,
        what: "a partner's entry is for a tenant that is not among the known ones",
        clauses: "S1.2",
        look: entries::unknown_tenant,
    },
    Check {
        name: "collaboration-inbound-default",
        severity: Severity::Note,
        what: "B2B collaboration inbound is open in the default, for all users and all applications",
        clauses: "S2.2, S8.7",
        look: collaboration::inbound_by_default,
    },
    Check {
        name: "partner-without-effect",
        severity: Severity::Note,
        what: "a partner's entry changes no answer: it customizes nothing, or only to what it would inherit",
        clauses: "S2.7, S2.8",
        look: entries::without_effect,
    },
    Check {
        name: "half-block",
        severity: Severity::Note,
        what: "a block has one half only, and the other one is completed",
        clauses: "S3.2, S4.15",
        look: blocks::half,
    },
    Check {
        name: "selected-users-blocked",
        severity: Severity::Note,
        what: "all applications are blocked for selected users, which lets everybody else into all of them",
        clauses: "S3.5, S4.13",
        look: blocks::selected_users_blocked,
    },
];
