//! What people hold in their hands when they sign in.

use policy::conditional_access::Device as Claim;
use store::SignInDevice;

use super::office::Office;
use super::random::Random;

/// One of the things somebody signs in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Device {
    /// What the log shows.
    pub(super) shown: SignInDevice,
    /// What the home tenant says about it; `None`: it does not know it.
    pub(super) claim: Option<Claim>,
    pub(super) address: String,
}

/// The place of the device that most sign-ins come from: a computer of the organization.
pub(super) const COMPUTER: usize = 0;
/// A telephone.
pub(super) const TELEPHONE: usize = 1;
/// Somebody else's computer.
pub(super) const ELSEWHERE: usize = 2;

/// What that person has, in the order of these constants.
pub(super) fn devices(person: u128, office: &Office) -> [Device; 3] {
    let random = &mut Random::of_id(u64::from_be_bytes(*b"devices "), person);
    [
        computer(office, random),
        telephone(random),
        elsewhere(random),
    ]
}

fn computer(office: &Office, random: &mut Random) -> Device {
    let (system, browsers) = match random.percent(78) {
        true => ("Windows 11", ["Edge 143.0.0", "Chrome 143.0.0"]),
        false => ("macOS 15", ["Safari 18.6", "Chrome 143.0.0"]),
    };
    let host = random.below(14) as u8;
    let address = match random.percent(70) {
        true => format!("203.0.113.{}", office.address + 1 + host),
        false => format!("198.51.100.{}", 1 + random.below(254)),
    };
    Device {
        shown: SignInDevice {
            id: Some(id(random)),
            display_name: Some(format!("{}-{:04}", office.computers, random.below(10_000))),
            operating_system: Some(system.to_owned()),
            browser: random.one_of(&browsers).map(|name| (*name).to_owned()),
        },
        claim: Some(Claim {
            is_compliant: random.percent(92),
            is_hybrid_joined: office.hybrid && system == "Windows 11",
        }),
        address,
    }
}

fn telephone(random: &mut Random) -> Device {
    let (system, browser) = match random.percent(60) {
        true => ("iOS 18.6", "Mobile Safari 18.6"),
        false => ("Android 15", "Chrome Mobile 143.0.0"),
    };
    Device {
        shown: SignInDevice {
            id: Some(id(random)),
            display_name: None,
            operating_system: Some(system.to_owned()),
            browser: Some(browser.to_owned()),
        },
        claim: Some(Claim {
            is_compliant: random.percent(55),
            is_hybrid_joined: false,
        }),
        address: format!(
            "2001:db8:{:x}::{:x}",
            random.below(0xffff),
            1 + random.below(0xfffe)
        ),
    }
}

fn elsewhere(random: &mut Random) -> Device {
    Device {
        shown: SignInDevice {
            id: None,
            display_name: None,
            operating_system: Some("Windows 10".to_owned()),
            browser: Some("Chrome 142.0.0".to_owned()),
        },
        claim: None,
        address: format!("192.0.2.{}", 1 + random.below(254)),
    }
}

fn id(random: &mut Random) -> String {
    let bits = (u128::from(random.bits()) << 64) | u128::from(random.bits());
    super::record::guid(super::record::Prefix::Device, bits)
}
