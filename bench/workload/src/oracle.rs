//! The right answers, slow and obvious: inheritance, matching, and the truth table of semantics
//! S3.5. Every engine is held to the number of requests this allows.

use crate::request::{Request, Requests};
use crate::settings::{Block, Workload, sides};
use crate::target_list::Target;

/// The truth table of S3.5. Two block lists describe the *pair*; in the other three lines both
/// halves must let the access pass.
pub fn passes(
    users_allowed: bool,
    apps_allowed: bool,
    user_matches: bool,
    app_matches: bool,
) -> bool {
    match (users_allowed, apps_allowed) {
        (false, false) => !(user_matches && app_matches),
        _ => user_matches == users_allowed && app_matches == apps_allowed,
    }
}

impl Workload {
    /// Whether the request is allowed: by the home tenant's outbound and the resource tenant's
    /// inbound settings.
    pub fn decide(&self, q: &Request, groups: &[u32]) -> bool {
        let (outbound, inbound) = sides(q.direct_connect);
        self.block_passes(self.effective(q.home, q.resource, outbound), q, groups)
            && self.block_passes(self.effective(q.resource, q.home, inbound), q, groups)
    }

    fn block_passes(&self, block: &Block, q: &Request, groups: &[u32]) -> bool {
        let named = |code: &u32| match Target::of(*code) {
            Target::User(user) => user == q.user,
            Target::Group(group) => groups.contains(&group),
        };
        let user_matches = block.users.all || self.targets(&block.users).iter().any(named);
        let app_matches = block.apps.all || self.targets(&block.apps).contains(&q.app);
        passes(
            block.users.allowed,
            block.apps.allowed,
            user_matches,
            app_matches,
        )
    }

    /// How many of the requests are allowed.
    pub fn allowed<'a>(
        &self,
        requests: &Requests,
        some: impl IntoIterator<Item = &'a Request>,
    ) -> u64 {
        some.into_iter()
            .map(|q| self.decide(q, requests.groups(q)) as u64)
            .sum()
    }
}
