//! What is stored after a PATCH (S14.7): what is not given stays, null returns to inheritance, and
//! a given half, flag or list replaces the old one.

use crate::draft::{BlockDraft, ConsentDraft, HalfDraft, Patch, TargetDraft, TrustDraft};
use crate::settings::{AutomaticConsent, Block, InboundTrust};
use crate::target::{Access, ApplicationTarget, ApplicationsHalf, Scope, UserTarget, UsersHalf};

/// The block that would be stored, to be judged by S4.
pub(super) fn block(stored: Option<&Block>, written: &BlockDraft) -> BlockDraft {
    let users = stored.and_then(|block| block.users.as_ref());
    let applications = stored.and_then(|block| block.applications.as_ref());
    BlockDraft {
        users: keep(&written.users, users.map(users_draft)),
        applications: keep(&written.applications, applications.map(applications_draft)),
        devices: written.devices,
    }
}

fn keep(written: &Patch<HalfDraft>, stored: Option<HalfDraft>) -> Patch<HalfDraft> {
    match (written, stored) {
        (Patch::Absent, Some(stored)) => Patch::Value(stored),
        (written, _) => written.clone(),
    }
}

const fn access(access: Access) -> &'static str {
    match access {
        Access::Allowed => "allowed",
        Access::Blocked => "blocked",
    }
}

fn target(target: impl Into<String>, target_type: &str) -> TargetDraft {
    TargetDraft {
        target: target.into(),
        target_type: target_type.to_owned(),
    }
}

fn users_draft(half: &UsersHalf) -> HalfDraft {
    let targets = match &half.scope {
        Scope::All => vec![target("AllUsers", "user")],
        Scope::Only(targets) => targets
            .as_slice()
            .iter()
            .map(|entry| match entry {
                UserTarget::User(id) => target(id.to_string(), "user"),
                UserTarget::Group(id) => target(id.to_string(), "group"),
            })
            .collect(),
    };
    HalfDraft {
        access_type: Some(access(half.access).to_owned()),
        targets,
    }
}

fn applications_draft(half: &ApplicationsHalf) -> HalfDraft {
    let targets = match &half.scope {
        Scope::All => vec![target("AllApplications", "application")],
        Scope::Only(targets) => targets
            .as_slice()
            .iter()
            .map(|entry| match entry {
                ApplicationTarget::Application(id) => target(id.to_string(), "application"),
                ApplicationTarget::Office365 => target("Office365", "application"),
                ApplicationTarget::AllMicrosoftApps => target("AllMicrosoftApps", "application"),
            })
            .collect(),
    };
    HalfDraft {
        access_type: Some(access(half.access).to_owned()),
        targets,
    }
}

/// The trust that would be stored.
pub(super) fn trust(
    stored: Option<&InboundTrust>,
    written: &Patch<TrustDraft>,
) -> Option<InboundTrust> {
    let written = match written {
        Patch::Absent => return stored.cloned(),
        Patch::Null => return None,
        Patch::Value(written) => written,
    };
    let mut merged = stored.cloned().unwrap_or_default();
    flag(&mut merged.mfa, &written.mfa);
    flag(&mut merged.compliant_device, &written.compliant_device);
    flag(
        &mut merged.hybrid_joined_device,
        &written.hybrid_joined_device,
    );
    for (name, json) in &written.untreated {
        merged.untreated.set(name, json.clone());
    }
    Some(merged)
}

/// The automatic redemption flags that would be stored.
pub(super) fn consent(stored: AutomaticConsent, written: &Patch<ConsentDraft>) -> AutomaticConsent {
    let mut merged = stored;
    match written {
        Patch::Absent => {}
        Patch::Null => merged = AutomaticConsent::default(),
        Patch::Value(written) => {
            flag(&mut merged.inbound, &written.inbound);
            flag(&mut merged.outbound, &written.outbound);
        }
    }
    merged
}

/// One flag.
pub(super) fn flag(stored: &mut Option<bool>, written: &Patch<bool>) {
    match written {
        Patch::Absent => {}
        Patch::Null => *stored = None,
        Patch::Value(value) => *stored = Some(*value),
    }
}
