//! Claims of other tenants that count here, whoever makes them.

use policy::resolve::{self, Effective, EffectiveTrust};

use crate::check::Look;
use crate::finding::{Seen, Setting, Source, Whom};
use crate::scene::Scene;

/// S10.7.
pub(crate) fn mfa_by_default(scene: &Scene<'_>) -> Look {
    Ok(by_default(scene, Setting::MfaTrust, |trust| trust.mfa))
}

/// S10.10.
pub(crate) fn compliant_devices_by_default(scene: &Scene<'_>) -> Look {
    Ok(by_default(scene, Setting::CompliantDeviceTrust, |trust| {
        trust.compliant_device
    }))
}

/// S10.10.
pub(crate) fn hybrid_devices_by_default(scene: &Scene<'_>) -> Look {
    Ok(by_default(
        scene,
        Setting::HybridJoinedDeviceTrust,
        |trust| trust.hybrid_joined_device,
    ))
}

fn by_default(
    scene: &Scene<'_>,
    setting: Setting,
    flag: impl Fn(&EffectiveTrust) -> Effective<bool>,
) -> Vec<Seen> {
    let whom = Whom::Everyone;
    let trust = resolve::trust(scene.subject.policy, scene.tenant(whom));
    let Effective { value, origin } = flag(&trust);
    if !value {
        return Vec::new();
    }
    let (claim, means) = match setting {
        Setting::MfaTrust => (
            "that multifactor authentication was done",
            "one that asks for too little opens every policy of yours that asks for MFA",
        ),
        Setting::CompliantDeviceTrust => (
            "that a device is compliant",
            "what compliance means there is not known here",
        ),
        _ => (
            "that a device is hybrid joined",
            "how devices are joined there is not known here",
        ),
    };
    vec![Seen {
        source: Source {
            setting,
            whom,
            origin,
        },
        reason: format!(
            "Every organization that is not listed is believed when it says {claim}: {means}."
        ),
        fix: "Switch it off in the default settings, and on in the entries of the organizations whose requirements you know.".to_owned(),
        witness: None,
    }]
}
