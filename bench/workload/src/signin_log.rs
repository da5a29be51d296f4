//! The sign-in log of one tenant, in Graph's `signIn` names: half of the rows outbound, half
//! inbound, about 15 % internal; partner, user and application are Zipf.

use crate::entity::{GLOBAL_APPS, Guid, Kind, app_guid, guid, tenant_guid, user_guid, write_guid};
use crate::random::{Rng, Zipf};
use crate::settings::{Partner, Workload};

/// The (at most 200) partners that occur in the log of `me`.
pub fn log_partners(workload: &Workload, me: u32) -> &[Partner] {
    let owned = workload.owned(me);
    &owned[..owned.len().min(200)]
}

/// Writes the rows of `me`'s log one after the other.
pub fn signin_rows(
    workload: &Workload,
    me: u32,
    rows: usize,
    seed: u64,
    mut emit: impl FnMut(&[u8]),
) {
    let mut r = Rng::new(seed ^ 0x10C);
    let own = log_partners(workload, me);
    // Exponents chosen so that a million rows give about six sign-ins per direction, tenant,
    // application and user.
    let partners = Zipf::new(own.len(), 1.1);
    let users = Zipf::new(300, 1.0);
    let apps = Zipf::new(60, 1.1);
    let mut out: Vec<u8> = Vec::with_capacity(1024);
    for i in 0..rows {
        out.clear();
        let x = r.fraction();
        let partner = own[partners.sample(&mut r) as usize].partner;
        let (home, resource) = if x < 0.15 {
            (me, me)
        } else if x < 0.575 {
            (me, partner)
        } else {
            (partner, me)
        };
        let user = users.sample(&mut r);
        let app = apps.sample(&mut r);
        let app = match app % 2 {
            0 => app / 2,
            _ => GLOBAL_APPS + app / 2,
        };
        // A month, evenly.
        let second = i as u64 * 2_592_000 / rows as u64;
        row(
            &mut r,
            &mut out,
            Row {
                i,
                second,
                home,
                resource,
                user,
                app,
            },
        );
        emit(&out);
    }
}

struct Row {
    i: usize,
    second: u64,
    home: u32,
    resource: u32,
    user: u32,
    app: u32,
}

fn row(r: &mut Rng, out: &mut Vec<u8>, row: Row) {
    let Row {
        i,
        second,
        home,
        resource,
        user,
        app,
    } = row;
    let access = if home == resource {
        "none"
    } else if r.chance(0.8) {
        "b2bCollaboration"
    } else {
        "b2bDirectConnect"
    };
    let error = if r.chance(0.06) {
        500_213
    } else if r.chance(0.04) {
        50_126
    } else {
        0
    };
    let failure = match error {
        0 => "null",
        _ => "\"Blocked or failed\"",
    };
    let (day, time) = (second / 86400 + 1, second % 86400);
    let (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60);
    let id = |out: &mut Vec<u8>, before: &str, guid: Guid| {
        out.extend_from_slice(before.as_bytes());
        write_guid(&guid, out);
    };
    id(out, "{\"id\":\"", guid(Kind::User, 0xFFFF_FFF0, i as u32));
    out.extend_from_slice(format!("\",\"createdDateTime\":\"2026-09-{day:02}T{hour:02}:{minute:02}:{second:02}Z\",\"userDisplayName\":\"User {user}\",\"userPrincipalName\":\"user{user}@tenant{home}.example.com\"").as_bytes());
    id(out, ",\"userId\":\"", user_guid(home, user));
    id(out, "\",\"appId\":\"", app_guid(resource, app));
    out.extend_from_slice(format!("\",\"appDisplayName\":\"Application {app}\",\"ipAddress\":\"{}.{}.{}.{}\",\"clientAppUsed\":\"Browser\",\"conditionalAccessStatus\":\"notApplied\",\"isInteractive\":true,\"crossTenantAccessType\":\"{access}\"", 20 + r.below(180), r.below(256), r.below(256), r.below(256)).as_bytes());
    id(out, ",\"homeTenantId\":\"", tenant_guid(home));
    id(out, "\",\"resourceTenantId\":\"", tenant_guid(resource));
    out.extend_from_slice(format!("\",\"resourceDisplayName\":\"Resource {}\",\"status\":{{\"errorCode\":{error},\"failureReason\":{failure},\"additionalDetails\":null}}}}\n", app % 40).as_bytes());
}
