//! The stream of requests: popular tenants, users and applications ask more often, and one request
//! in ten names a partner that is not listed.

use crate::entity::{GLOBAL_APPS, GROUPS, TENANT_APPS, USERS};
use crate::random::{Rng, Zipf, scatter};
use crate::settings::Workload;

/// One request, by indices.
#[derive(Clone, Copy)]
pub struct Request {
    pub home: u32,
    pub user: u32,
    pub resource: u32,
    pub app: u32,
    pub direct_connect: bool,
    first_group: u32,
    groups: u32,
}

/// A stream of them; the groups of all lie side by side.
pub struct Requests {
    pub list: Vec<Request>,
    pub all_groups: Vec<u32>,
}

impl Requests {
    #[inline]
    pub fn groups(&self, q: &Request) -> &[u32] {
        let first = q.first_group as usize;
        &self.all_groups[first..first + q.groups as usize]
    }

    /// Where the request's groups lie among all groups: first and count.
    pub fn group_range(&self, q: &Request) -> (u32, u32) {
        (q.first_group, q.groups)
    }
}

impl Workload {
    pub fn requests(&self, count: usize, seed: u64) -> Requests {
        let mut r = Rng::new(seed ^ 0x5EED);
        let tenants = Zipf::new(self.tenants as usize, 0.9);
        let users = Zipf::new(USERS as usize, 0.6);
        let apps = Zipf::new((GLOBAL_APPS + TENANT_APPS) as usize, 0.7);
        let mut list = Vec::with_capacity(count);
        let mut all_groups = Vec::new();
        while list.len() < count {
            // Popularity is scattered over the ids, so that popular tenants are no neighbours in
            // memory.
            let home = scatter(tenants.sample(&mut r), self.tenants);
            let Some(resource) = self.resource_for(home, &mut r) else {
                continue;
            };
            let user = users.sample(&mut r);
            let first_group = all_groups.len() as u32;
            user_groups(self.seed, home, user, &mut all_groups);
            let app = popular_app(apps.sample(&mut r));
            list.push(Request {
                home,
                user,
                resource,
                app,
                direct_connect: r.chance(0.2),
                first_group,
                groups: all_groups.len() as u32 - first_group,
            });
        }
        Requests { list, all_groups }
    }

    fn resource_for(&self, home: u32, r: &mut Rng) -> Option<u32> {
        let own = self.owned(home);
        if own.is_empty() {
            return None;
        }
        if r.chance(0.10) {
            Some(r.below(self.tenants)).filter(|resource| *resource != home)
        } else {
            Some(own[r.below(own.len() as u32) as usize].partner)
        }
    }
}

/// Popularity alternates between first-party and tenant-owned applications.
fn popular_app(rank: u32) -> u32 {
    match rank % 2 {
        0 => (rank / 2) % GLOBAL_APPS,
        _ => GLOBAL_APPS + (rank / 2) % TENANT_APPS,
    }
}

/// 0–50 distinct groups, a function of tenant and user alone.
pub fn user_groups(seed: u64, tenant: u32, user: u32, out: &mut Vec<u32>) {
    let key = ((tenant as u64) << 32 | user as u64).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    let mut r = Rng::new(seed ^ key);
    let n = match r.chance(0.9) {
        true => r.below(41),
        false => 41 + r.below(10),
    };
    let start = out.len();
    while out.len() - start < n as usize {
        let group = r.below(GROUPS);
        if !out[start..].contains(&group) {
            out.push(group);
        }
    }
}
