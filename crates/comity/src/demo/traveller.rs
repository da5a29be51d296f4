//! One person on the way to one organization, with all that is theirs.

use policy::conditional_access::Claims;
use policy::decision::Verdict;
use policy::sign_in::{Journey, SignIn, SignInAccount, decide};
use policy::tenant::TenantId;
use policy::tenant_restrictions::Header;
use store::TrustClaims;

use super::device::{COMPUTER, Device, devices};
use super::errand::Errand;
use super::office::Office;
use super::random::{Random, Weighted, zipf};
use super::world::Demo;

/// What differs from one sign-in of a person to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Carried {
    /// Which of the devices.
    pub(super) device: usize,
    pub(super) home_mfa: bool,
    pub(super) resource_mfa: bool,
    pub(super) terms: bool,
    pub(super) interactive: bool,
}

impl Carried {
    /// Everything that can be asked of somebody.
    pub(super) const ALL: Carried = Carried {
        device: COMPUTER,
        home_mfa: true,
        resource_mfa: true,
        terms: true,
        interactive: true,
    };
}

/// Who goes where, and how.
#[derive(Clone, Debug)]
pub(super) struct Route {
    pub(super) account: SignInAccount,
    pub(super) resource: TenantId,
    pub(super) journey: Journey,
    pub(super) header: Option<Header>,
}

/// A person on the way.
#[derive(Clone, Debug)]
pub(super) struct Traveller {
    pub(super) route: Route,
    pub(super) office: Office,
    devices: [Device; 3],
    /// The second factor the person has at home.
    method: &'static str,
    errands: Vec<Errand>,
    /// Places in `errands`.
    habits: Weighted<usize>,
    /// Somebody who gets in nowhere, and has noticed.
    pub(super) discouraged: bool,
}

/// How much less often people try again what was refused.
const GIVE_UP: u64 = 20;

const METHODS: [(u64, &str); 5] = [
    (60, "password,microsoftAuthenticatorPush"),
    (15, "windowsHelloForBusiness"),
    (10, "fido2"),
    (10, "password,sms"),
    (5, "deviceBasedPush"),
];
/// The second factor that visitors register with the organization they visit.
const METHOD_THERE: &str = "password,microsoftAuthenticatorPush";

impl Traveller {
    /// Somebody with these errands, the dearest first. `None` without any.
    pub(super) fn new(
        demo: &Demo,
        route: Route,
        office: Office,
        errands: Vec<Errand>,
    ) -> Option<Self> {
        if errands.is_empty() {
            return None;
        }
        let person = person(&route.account);
        let mut random = Random::of_id(u64::from_be_bytes(*b"methods "), person);
        let method = Weighted::new(METHODS).draw(&mut random).copied();
        let mut traveller = Traveller {
            devices: devices(person, &office),
            method: method.unwrap_or(METHOD_THERE),
            habits: Weighted::new([]),
            discouraged: true,
            route,
            office,
            errands,
        };
        let mut habits = Vec::new();
        for place in 0..traveller.errands.len() {
            let request = traveller.request(place, Carried::ALL);
            let welcome =
                request.is_some_and(|r| decide(demo.world(), &r).verdict == Verdict::Allow);
            traveller.discouraged &= !welcome;
            let weight = zipf(place) / if welcome { 1 } else { GIVE_UP };
            habits.push((weight, place));
        }
        traveller.habits = Weighted::new(habits);
        Some(traveller)
    }

    /// The place of the next errand.
    pub(super) fn errand(&self, random: &mut Random) -> Option<usize> {
        self.habits.draw(random).copied()
    }

    /// What is asked when the person goes on that errand.
    pub(super) fn request(&self, errand: usize, carried: Carried) -> Option<SignIn> {
        let errand = self.errands.get(errand)?;
        Some(SignIn {
            journey: self.route.journey,
            account: self.route.account.clone(),
            resource: self.route.resource,
            client_app: Some(errand.client),
            resource_app: errand.resource,
            claims: self.claims(carried),
            // The world is as it is at the end of the month: who is pending has not agreed yet.
            consent_accepted: false,
            first_access: false,
            is_interactive: carried.interactive,
            client_app_used: Some(errand.used.to_owned()),
            restrictions: self.route.header.clone(),
        })
    }

    /// The device with that place; the first one if there is no such place.
    pub(super) fn device(&self, place: usize) -> &Device {
        let [first, ..] = &self.devices;
        self.devices.get(place).unwrap_or(first)
    }

    fn claims(&self, carried: Carried) -> Claims {
        let methods = |done: bool, method: &str| match done {
            true => vec![method.to_owned()],
            false => vec!["password".to_owned()],
        };
        Claims {
            mfa: carried.home_mfa,
            methods: methods(carried.home_mfa, self.method),
            device: self.device(carried.device).claim.clone(),
            resource_mfa: carried.resource_mfa,
            resource_methods: methods(carried.resource_mfa, METHOD_THERE),
            terms_accepted: carried.terms,
            outbound_consent: false,
        }
    }

    /// What the log says the home tenant vouched for; whoever has none has nobody to vouch.
    pub(super) fn vouched(&self, carried: Carried) -> TrustClaims {
        if let SignInAccount::Guest(_) = self.route.account {
            return TrustClaims::default();
        }
        let device = self.device(carried.device).claim.as_ref();
        TrustClaims {
            mfa: carried.home_mfa,
            compliant_device: device.is_some_and(|device| device.is_compliant),
            hybrid_joined_device: device.is_some_and(|device| device.is_hybrid_joined),
        }
    }
}

/// What names the person, wherever the person goes.
pub(super) fn person(account: &SignInAccount) -> u128 {
    match account {
        SignInAccount::Home { user, .. } | SignInAccount::Guest(user) => user.as_u128(),
    }
}
