//! How somebody who signs in elsewhere enters the tenant: as a guest or by direct connect.
//!
//! Their home tenant has settings for either, on its own server, and which of the two counts shows
//! here, once it is known who they are. The home tenant's server is asked about the way that is
//! likely, and about the other one in case it is not; if the person turns out to enter in another way
//! than the one they were let out for, they are sent there once more, about that one alone. So each
//! side judges what happens, and its log tells of it.

use policy::sign_in::Journey as Way;
use policy::target::ApplicationId;
use policy::tenant::TenantId;
use policy::world::{External, World};
use sts::upstream::Entrance;

use super::super::journey::{Access, Journey, tenant_id, user_id};
use super::{Leaving, leaving};
use crate::error::Result;
use crate::state::App;

/// How somebody wants to reach the tenant: as a guest where they are one, else as a service
/// provider's user where their tenant is one, else by direct connect where the application can be
/// reached that way (S8.12, S9.1).
pub(in crate::sign_in) fn natural(world: &World, access: &Access) -> Way {
    let resource = tenant_id(access.resource);
    let Some(home) = access.account.home.map(tenant_id) else {
        return Way::Collaboration;
    };
    let tenant = world.tenant(resource);
    let directory = tenant.and_then(|tenant| tenant.directory.as_ref());
    let user = user_id(access.account.user);
    let has_object = directory.is_some_and(|there| there.object_for(home, user).is_some());
    if home == resource || has_object {
        return Way::Collaboration;
    }
    without_object(
        world,
        home,
        resource,
        ApplicationId::from_u128(access.resource_app.as_u128()),
    )
}

fn without_object(
    world: &World,
    home: TenantId,
    resource: TenantId,
    application: ApplicationId,
) -> Way {
    let policy = world.policy(resource);
    let entry = policy.and_then(|policy| policy.partners.get(home));
    if entry.and_then(|entry| entry.is_service_provider) == Some(true) {
        return Way::ServiceProvider;
    }
    match world.suites.direct_connect_capable.contains(&application) {
        true => Way::DirectConnect,
        false => Way::Collaboration,
    }
}

/// The home tenant's settings for guests count for its service providers too: that they are some is
/// what the other side says.
const fn asked(way: Way) -> Entrance {
    match way {
        Way::DirectConnect => Entrance::B2bDirectConnect,
        Way::Collaboration | Way::ServiceProvider => Entrance::B2bCollaboration,
    }
}

/// How somebody enters of whom it is known who they are.
pub(super) async fn of(app: &App, access: &Access) -> Result<Entrance> {
    let mut tenants = vec![tenant_id(access.resource)];
    tenants.extend(access.account.home.map(tenant_id));
    let sheet = app.effective.with(&tenants).await?;
    Ok(asked(natural(&sheet.world(&tenants), access)))
}

/// How the person with that address may be about to enter, the likeliest way first.
pub(super) async fn likely(
    app: &App,
    journey: &Journey,
    home: TenantId,
    address: &str,
) -> Result<Vec<Entrance>> {
    let resource = journey.tenant();
    let application = ApplicationId::from_u128(journey.resource_app.as_u128());
    let sheet = app.effective.with(&[resource, home]).await?;
    let world = sheet.world(&[resource, home]);
    let way = without_object(&world, home, resource, application);
    drop(sheet);
    let (guest, direct) = (Entrance::B2bCollaboration, Entrance::B2bDirectConnect);
    if way != Way::DirectConnect || journey.redeeming.is_some() {
        return Ok(vec![guest]);
    }
    let found = app.store.persons_by_address(resource, address).await?;
    let is_guest = found.iter().any(|person| match person.user.external {
        Some(External::Tenant { home_tenant, .. }) => home_tenant == home,
        _ => false,
    });
    Ok(match is_guest {
        true => vec![guest, direct],
        false => vec![direct, guest],
    })
}

/// The way in which the home tenant's own server let them out.
pub(in crate::sign_in) fn let_through(access: &Access) -> Option<Way> {
    let (entrance, _) = access.account.elsewhere.as_ref()?.entrance?;
    Some(match entrance {
        Entrance::B2bCollaboration => Way::Collaboration,
        Entrance::B2bDirectConnect => Way::DirectConnect,
    })
}

/// Whoever was let out for another way than the one they enter in is sent back, to be asked about
/// that one; `None` if there is nothing more to ask.
pub(in crate::sign_in) async fn another(app: &App, access: &Access) -> Result<Option<Leaving>> {
    let elsewhere = access.account.elsewhere.as_ref();
    let entrance = elsewhere.and_then(|elsewhere| elsewhere.entrance);
    let (Some((let_out, false)), Some(home)) = (entrance, access.account.home) else {
        return Ok(None);
    };
    let entrance = of(app, access).await?;
    Ok((entrance != let_out).then(|| leaving(tenant_id(home), false, vec![entrance])))
}
