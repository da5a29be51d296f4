//! A replay in words: for the command line, the API and the console the same.

use policy::explain::{Explanation, Names};
use policy::settings::BlockName;
use policy::sign_in::decide;
use policy::target::{ApplicationId, UserId};
use policy::world::World;
use signins::direction::Direction;

use super::keep::{Adds, Keep};
use super::report::{Group, GroupKey};
use super::{Impact, Replay, Unknowns};

/// How many names of a list are told.
const FEW: usize = 4;

/// What things are called, and in which worlds they are.
pub struct Words<'a> {
    names: &'a dyn Names,
}

impl<'a> Words<'a> {
    /// By these names.
    pub fn new(names: &'a dyn Names) -> Self {
        Words { names }
    }

    /// What becomes of the sign-ins, and between whom they are.
    pub fn heading(&self, key: &GroupKey) -> String {
        let other = self.names.tenant(key.other);
        let way = match key.direction {
            Direction::Inbound => format!("from {other}"),
            Direction::Outbound => format!("to {other}"),
        };
        let what = match (key.impact, key.conditional) {
            (Impact::Closes, false) => "will be refused",
            (Impact::Closes, true) => "may be refused",
            (Impact::StepsUp, false) => "will ask for one more step",
            (Impact::StepsUp, true) => "may ask for one more step",
            (Impact::Opens, false) => "will pass",
            (Impact::Opens, true) => "may pass",
            (Impact::Eases, false) => "will pass without the step that is asked for now",
            (Impact::Eases, true) => "may pass without the step that is asked for now",
            (Impact::None, _) => "stay as they are",
        };
        format!("{way}: {what}")
    }

    /// Why: what the evaluator says of one of the sign-ins, with the state that refuses it.
    pub fn because(&self, replay: &Replay, group: &Group) -> Option<String> {
        let world: &World = match group.key.impact {
            Impact::Opens | Impact::Eases => &replay.now().world,
            Impact::Closes | Impact::StepsUp | Impact::None => &replay.draft().world,
        };
        let request = group.example.as_ref()?;
        let decision = decide(world, request);
        let explanation = Explanation::new(request, &decision, self.names);
        let deciding = decision.findings.last()?;
        Some(explanation.finding(deciding))
    }

    /// What would keep them.
    pub fn keep(&self, keep: &Keep) -> String {
        let partner = self.names.tenant(keep.partner);
        let block = title(keep.block);
        match &keep.adds {
            Adds::Applications(applications) => format!(
                "let {} pass in {block} of the entry for {partner}",
                self.applications(applications)
            ),
            Adds::Users(users) => format!(
                "let {} pass in {block} of the entry for {partner}",
                self.users(keep, users)
            ),
            Adds::Both(users, applications) => format!(
                "let {} pass to {} in {block} of the entry for {partner}",
                self.users(keep, users),
                self.applications(applications)
            ),
            Adds::AsNow => format!("keep {block} for {partner} as it is, in its entry"),
        }
    }

    /// What a conditional result depends on.
    pub fn unknowns(&self, unknowns: &Unknowns) -> String {
        let Unknowns {
            accounts,
            groups,
            claims,
            journey,
        } = unknowns;
        let mut all = Vec::new();
        if !groups.is_empty() {
            let names = groups.iter().map(|group| self.names.group(*group));
            all.push(format!("whether they are in {}", few(names, "or")));
        }
        if !accounts.is_empty() {
            let names = accounts.iter().map(ToString::to_string);
            all.push(format!("whether their account is {}", few(names, "or")));
        }
        if *claims {
            all.push("what Conditional Access was given".to_owned());
        }
        if *journey {
            all.push("whether it was B2B collaboration or B2B direct connect".to_owned());
        }
        format!("depends on {}", few(all.into_iter(), "and"))
    }

    fn applications(&self, applications: &std::collections::BTreeSet<ApplicationId>) -> String {
        let names = applications.iter().map(|id| self.names.application(*id));
        few(names, "and")
    }

    fn users(&self, keep: &Keep, users: &std::collections::BTreeSet<UserId>) -> String {
        let names = users.iter().map(|id| self.names.user(keep.partner, *id));
        few(names, "and")
    }
}

const fn title(block: BlockName) -> &'static str {
    match block {
        BlockName::B2bCollaborationInbound => "B2B collaboration, inbound,",
        BlockName::B2bCollaborationOutbound => "B2B collaboration, outbound,",
        BlockName::B2bDirectConnectInbound => "B2B direct connect, inbound,",
        BlockName::B2bDirectConnectOutbound => "B2B direct connect, outbound,",
        BlockName::TenantRestrictions => "tenant restrictions",
    }
}

/// A list in a sentence, of a few and how many more.
fn few(names: impl Iterator<Item = String>, word: &str) -> String {
    let names: Vec<String> = names.collect();
    let (told, rest) = names.split_at(names.len().min(FEW));
    match (told, rest.len()) {
        ([], _) => String::new(),
        ([one], 0) => one.clone(),
        ([firsts @ .., last], 0) => format!("{} {word} {last}", firsts.join(", ")),
        (told, more) => format!("{} {word} {more} more", told.join(", ")),
    }
}
