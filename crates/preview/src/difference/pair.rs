//! The two blocks in force towards some tenants: which requests can they tell apart, and what do they
//! say about one of each kind?

use policy::block::{Ruling, judge};
use policy::matching::Subject;
use policy::settings::CompleteBlock;
use policy::target::{
    ApplicationId, ApplicationTarget, ApplicationsHalf, Scope, UserTarget, UsersHalf,
};
use policy::world::Suites;

use super::Turn;
use super::cells::{Cells, Side, cell};
use super::extent::{Applications, Extent, Listed, Named, Person};
use super::stage::Standing;

/// The two blocks in force, and what they are asked for.
pub(super) struct Pair<'a> {
    pub(super) blocks: [&'a CompleteBlock; 2],
    pub(super) standing: [Standing; 2],
    pub(super) suites: &'a Suites,
}

impl Pair<'_> {
    /// The kinds that one half of the two blocks tells apart. A block that is not asked tells nothing.
    pub(super) fn side<T: Named, W>(
        &self,
        listed: impl Fn(&CompleteBlock) -> Listed<T>,
        witness: impl Fn(&Extent<T>) -> Option<W>,
    ) -> Side<T, W> {
        let [before, after] = self.blocks;
        let [was, is] = self.standing;
        let listed = |block, standing| match standing {
            Standing::Asked => listed(block),
            Standing::Refused | Standing::Passed => Listed::All,
        };
        Side::new(listed(before, was), listed(after, is), witness)
    }

    /// The cells of which the requests turn that way.
    pub(super) fn cells(
        &self,
        users: &Side<UserTarget, Person>,
        applications: &Side<ApplicationId, Applications>,
        wanted: Turn,
    ) -> Cells {
        let mut cells = 0;
        for (u, person) in users.witnesses.iter().enumerate() {
            for (a, named) in applications.witnesses.iter().enumerate() {
                let (Some(person), Some(named)) = (person, named) else {
                    continue;
                };
                let [before, after] = self.verdicts(person, named);
                if Turn::of(before, after) == Some(wanted) {
                    cells |= cell(u, a);
                }
            }
        }
        cells
    }

    fn verdicts(&self, person: &Person, named: &Applications) -> [bool; 2] {
        let subject = Subject::user(person.user, person.groups.clone());
        let named = named.list();
        let [before, after] = self.blocks;
        let [was, is] = self.standing;
        [(before, was), (after, is)].map(|(block, standing)| match standing {
            Standing::Asked => {
                judge(block, &subject, &named, self.suites).ruling == Ruling::Allowed
            }
            Standing::Refused => false,
            Standing::Passed => true,
        })
    }
}

pub(super) fn users(half: &UsersHalf) -> Listed<UserTarget> {
    match &half.scope {
        Scope::All => Listed::All,
        Scope::Only(targets) => Listed::only(targets.as_slice().iter().copied()),
    }
}

/// What the half names, suites written out: they overlap with one another and with names.
pub(super) fn applications(half: &ApplicationsHalf, suites: &Suites) -> Listed<ApplicationId> {
    let Scope::Only(targets) = &half.scope else {
        return Listed::All;
    };
    let mut names = Vec::new();
    for target in targets.as_slice() {
        match target {
            ApplicationTarget::Application(application) => names.push(*application),
            ApplicationTarget::Office365 => names.extend(&suites.office365),
            ApplicationTarget::AllMicrosoftApps => names.extend(&suites.all_microsoft_apps),
        }
    }
    Listed::only(names)
}
