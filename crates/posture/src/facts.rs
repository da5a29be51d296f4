//! What settings do not say: facts that an administrator states, and what a log tells.

use std::collections::{BTreeSet, HashMap};

use policy::tenant::TenantId;
use signins::direction::Direction;
use signins::observation::Observation;
use signins::window::Moment;

/// What is known beside the settings. What nobody stated is not assumed: the checks that need it are
/// not made, and say so.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Whether a policy that makes users register for MFA includes external users.
    pub mfa_registration_includes_external_users: bool,
    /// Whether the world knows the tenant's Conditional Access policies.
    pub conditional_access_is_known: bool,
    /// Whether the world lists every tenant that there is.
    pub tenants_are_known: bool,
    /// Partners whose entries say something that no decision here depends on.
    pub say_more: BTreeSet<TenantId>,
    /// What the log says about partners.
    pub activity: Option<Activity>,
    /// A partner is unused when nobody has crossed for so many days.
    pub unused_days: u32,
}

/// When somebody last crossed between the tenant and each other one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Activity {
    pub(crate) last: HashMap<TenantId, Moment>,
    /// The first and the last moment of which the log speaks.
    pub(crate) stretch: Option<(Moment, Moment)>,
    /// Tenants with sign-ins that do not say when they were.
    pub(crate) undated: BTreeSet<TenantId>,
}

impl Activity {
    /// What two parts of one log say.
    #[must_use]
    pub fn and(mut self, other: Activity) -> Self {
        for (partner, last) in other.last {
            let known = self.last.entry(partner).or_insert(last);
            *known = last.max(*known);
        }
        self.stretch = match (self.stretch, other.stretch) {
            (Some((from, until)), Some((first, last))) => Some((from.min(first), until.max(last))),
            (one, other) => one.or(other),
        };
        self.undated.extend(other.undated);
        self
    }

    /// What the log of that tenant says. Whoever tried to cross counts, let in or not.
    pub fn of<'a>(tenant: TenantId, log: impl IntoIterator<Item = Observation<'a>>) -> Self {
        let mut activity = Activity::default();
        for seen in log {
            if let (Some(first), Some(last)) = (seen.first, seen.last) {
                let (from, until) = activity.stretch.unwrap_or((first, last));
                activity.stretch = Some((from.min(first), until.max(last)));
            }
            let ends = Direction::ALL.map(|direction| direction.external_tenant(tenant, seen));
            for partner in ends.into_iter().flatten() {
                match seen.last {
                    Some(last) => {
                        let known = activity.last.entry(partner).or_insert(last);
                        *known = last.max(*known);
                    }
                    None => {
                        activity.undated.insert(partner);
                    }
                }
            }
        }
        activity
    }
}
