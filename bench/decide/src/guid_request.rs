//! Requests as they come in: GUIDs, parsed once at the door.

use policy::target::{ApplicationId, GroupId, UserId};
use policy::tenant::TenantId;
use workload::{Guid, Request, Requests};

/// One request.
#[derive(Clone, Copy)]
pub struct GuidRequest {
    pub home: TenantId,
    pub user: UserId,
    pub resource: TenantId,
    pub app: ApplicationId,
    pub direct_connect: bool,
    first_group: u32,
    groups: u32,
}

/// A stream of them; the groups of all lie side by side.
pub struct GuidRequests {
    pub list: Vec<GuidRequest>,
    all_groups: Vec<GroupId>,
}

pub fn bits(guid: Guid) -> u128 {
    u128::from_be_bytes(guid)
}

pub fn tenant_id(tenant: u32) -> TenantId {
    TenantId::from_u128(bits(workload::tenant_guid(tenant)))
}

pub fn user_id(tenant: u32, user: u32) -> UserId {
    UserId::from_u128(bits(workload::user_guid(tenant, user)))
}

pub fn group_id(tenant: u32, group: u32) -> GroupId {
    GroupId::from_u128(bits(workload::group_guid(tenant, group)))
}

pub fn app_id(resource: u32, app: u32) -> ApplicationId {
    ApplicationId::from_u128(bits(workload::app_guid(resource, app)))
}

impl GuidRequests {
    pub fn new(requests: &Requests) -> Self {
        let mut all_groups = Vec::with_capacity(requests.all_groups.len());
        let parse = |q: &Request| {
            let (first_group, groups) = requests.group_range(q);
            let ids = requests.groups(q).iter();
            all_groups.extend(ids.map(|&group| group_id(q.home, group)));
            GuidRequest {
                home: tenant_id(q.home),
                user: user_id(q.home, q.user),
                resource: tenant_id(q.resource),
                app: app_id(q.resource, q.app),
                direct_connect: q.direct_connect,
                first_group,
                groups,
            }
        };
        let list = requests.list.iter().map(parse).collect();
        GuidRequests { list, all_groups }
    }

    #[inline]
    pub fn groups(&self, q: &GuidRequest) -> &[GroupId] {
        let first = q.first_group as usize;
        &self.all_groups[first..first + q.groups as usize]
    }

    /// Answers every request and counts those that are allowed.
    #[inline]
    pub fn count(&self, decide: impl Fn(&GuidRequest, &[GroupId]) -> bool) -> u64 {
        let answers = self.list.iter().map(|q| decide(q, self.groups(q)) as u64);
        answers.sum()
    }
}
