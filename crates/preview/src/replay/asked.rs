//! What a judgement depends on, of all that a row says.

use policy::row::NO_USER;
use policy::sign_in::Journey;
use policy::target::{ApplicationId, UserId};
use policy::tenant::TenantId;
use signins::behaviour::TrustClaims;
use signins::direction::Direction;
use signins::event::CrossTenantAccess;
use signins::observation::Observation;

use super::{Replay, Unjudged};

/// Who it was, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Person {
    /// This account of the home tenant.
    Known(UserId),
    /// Some account of the home tenant.
    Some,
}

/// The question that a behaviour puts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Asked {
    pub(super) direction: Direction,
    pub(super) other: TenantId,
    /// `None`: the log does not say.
    pub(super) journey: Option<Journey>,
    pub(super) person: Person,
    pub(super) client_app: Option<ApplicationId>,
    pub(super) resource_app: ApplicationId,
    pub(super) claims: TrustClaims,
    /// Whether it passed when it happened.
    pub(super) succeeded: bool,
}

impl Asked {
    pub(super) fn of(replay: &Replay, observed: &Observation<'_>) -> Result<Self, Unjudged> {
        let (direction, other) = crossing(replay.local, observed)?;
        Ok(Asked {
            direction,
            other,
            journey: journey(observed)?,
            person: person(replay, direction, other, observed)?,
            client_app: observed.client_app,
            resource_app: observed.resource_app.ok_or(Unjudged::NoApplication)?,
            claims: observed.claims,
            succeeded: observed.succeeded(),
        })
    }

    /// The ways on which it may have come.
    pub(super) const fn journeys(&self) -> &'static [Journey] {
        match self.journey {
            Some(Journey::Collaboration) => &[Journey::Collaboration],
            Some(Journey::DirectConnect) => &[Journey::DirectConnect],
            Some(Journey::ServiceProvider) => &[Journey::ServiceProvider],
            None => &[Journey::Collaboration, Journey::DirectConnect],
        }
    }

    /// Home and resource tenant.
    pub(super) const fn ends(&self, local: TenantId) -> (TenantId, TenantId) {
        match self.direction {
            Direction::Outbound => (local, self.other),
            Direction::Inbound => (self.other, local),
        }
    }
}

fn journey(observed: &Observation<'_>) -> Result<Option<Journey>, Unjudged> {
    Ok(match observed.access_type {
        None => None,
        Some(CrossTenantAccess::B2bDirectConnect) => Some(Journey::DirectConnect),
        Some(CrossTenantAccess::ServiceProvider) => Some(Journey::ServiceProvider),
        Some(
            CrossTenantAccess::MicrosoftSupport
            | CrossTenantAccess::Passthrough
            | CrossTenantAccess::Other(_),
        ) => return Err(Unjudged::AccessType),
        Some(_) => Some(Journey::Collaboration),
    })
}

/// Which way a row crossed, and from or to whom (S17.1).
pub(super) fn crossing(
    local: TenantId,
    observed: &Observation<'_>,
) -> Result<(Direction, TenantId), Unjudged> {
    let end = |direction: Direction| direction.external_tenant(local, *observed);
    match (end(Direction::Outbound), end(Direction::Inbound)) {
        (Some(_), Some(_)) => Err(Unjudged::Passthrough),
        (Some(other), None) if observed.home_tenant.is_some() => Ok((Direction::Outbound, other)),
        (None, Some(other)) if observed.resource_tenant == Some(local) => {
            Ok((Direction::Inbound, other))
        }
        _ => Err(Unjudged::NotCrossTenant),
    }
}

fn person(
    replay: &Replay,
    direction: Direction,
    other: TenantId,
    observed: &Observation<'_>,
) -> Result<Person, Unjudged> {
    let stated = observed.user.filter(|user| *user != NO_USER);
    let guest = direction == Direction::Inbound
        && matches!(
            observed.access_type,
            None | Some(CrossTenantAccess::B2bCollaboration)
        );
    if !guest {
        return Ok(stated.map_or(Person::Some, Person::Known));
    }
    // In the resource tenant's log a guest goes by the object there (S15.2).
    let known = stated.and_then(|object| replay.own().guests.get(&object));
    if let Some(account) = known {
        return Ok(Person::Known(*account));
    }
    match replay.called(other, observed.user_principal_name.unwrap_or_default()) {
        None => Ok(Person::Some),
        Some(Some(account)) => Ok(Person::Known(account)),
        Some(None) => Err(Unjudged::AccountUnknown),
    }
}
