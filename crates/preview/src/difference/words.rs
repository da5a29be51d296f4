//! A difference in words, one line for each thing that changes.
//!
//! The command line and the API show these sentences; neither makes its own.

use policy::decision::Section;
use policy::explain::{Names, section_words};
use policy::settings::{BlockName, RedemptionOrder};
use policy::target::{ApplicationId, ApplicationTarget, UserTarget};
use policy::tenant::TenantId;
use policy::world::Suites;

use super::extent::is_other;
use super::{Extent, Population, Region, Switch, Switched, Turn, Witness, spelled};

/// Says what changes for one tenant.
pub struct Words<'a> {
    names: &'a dyn Names,
    tenant: TenantId,
    suites: &'a Suites,
    most: usize,
}

impl<'a> Words<'a> {
    /// How many names of a list are said unless somebody wants them all.
    pub const FEW: usize = 4;

    /// Words about that tenant; of long lists `most` names are said, and how many there are beside.
    pub fn new(names: &'a dyn Names, tenant: TenantId, suites: &'a Suites, most: usize) -> Self {
        Words {
            names,
            tenant,
            suites,
            most,
        }
    }

    /// Who reaches what, from or to where.
    pub fn region(&self, region: &Region) -> String {
        let whose = match region.partners.partners.as_slice() {
            [partner] if !is_own(region.block) && !region.partners.everyone_else => *partner,
            // Of many tenants nobody knows whose user it is.
            _ if !is_own(region.block) => super::ANYBODY,
            _ => self.tenant,
        };
        format!(
            "{}, {}: {} → {}",
            section_words(Section::Block(region.block)),
            self.population(&region.partners),
            self.users(&region.users, whose),
            self.applications(&region.applications)
        )
    }

    /// What is switched on or off, and for whom.
    pub fn switched(&self, switched: &Switched) -> String {
        let what = switch_words(switched.switch, switched.turn);
        format!("{what}: {}", self.population(&switched.partners))
    }

    /// One request of a region.
    pub fn witness(&self, block: BlockName, witness: &Witness) -> String {
        let Witness {
            partner,
            person,
            applications,
        } = witness;
        let whose = match is_own(block) {
            true => self.tenant,
            false => *partner,
        };
        let user = match is_other(person.user.as_u128()) {
            true => "a user on no list".to_owned(),
            false => self.names.user(whose, person.user),
        };
        let groups = person.groups.iter().map(|group| self.names.group(*group));
        let groups: Vec<String> = groups.collect();
        let groups = match groups.as_slice() {
            [] => String::new(),
            groups => format!(" in {}", groups.join(" and ")),
        };
        let application = |id: ApplicationId| match is_other(id.as_u128()) {
            true => "an application on no list".to_owned(),
            false => self.names.application(id),
        };
        let client = applications.client.map(application);
        let client = client.map_or(String::new(), |client| format!(", with {client} as client"));
        let resource = application(applications.resource);
        format!(
            "{user}{groups} → {resource}{client}, {}",
            self.tenant(*partner)
        )
    }

    /// The redemption order.
    pub fn redemption(&self, order: &RedemptionOrder) -> String {
        let primary = order.primary.iter().map(|provider| provider.as_str());
        let all: Vec<&str> = primary.chain([order.fallback.as_str()]).collect();
        all.join(", then ")
    }

    /// Tenants.
    pub fn tenants(&self, tenants: &[TenantId]) -> String {
        let population = Population {
            everyone_else: false,
            partners: tenants.to_vec(),
        };
        self.population(&population)
    }

    fn tenant(&self, tenant: TenantId) -> String {
        match is_other(tenant.as_u128()) {
            true => "a tenant that is not listed".to_owned(),
            false => self.names.tenant(tenant),
        }
    }

    fn population(&self, population: &Population) -> String {
        let names = population.partners.iter();
        let mut names = self.few(names.map(|partner| self.names.tenant(*partner)), "partners");
        if population.everyone_else {
            names.push("everyone else".to_owned());
        }
        listed(names, "and")
    }

    fn users(&self, users: &Extent<UserTarget>, whose: TenantId) -> String {
        let name = |target: &UserTarget| match target {
            UserTarget::User(user) => self.names.user(whose, *user),
            UserTarget::Group(group) => format!("members of {}", self.names.group(*group)),
        };
        let list =
            |names: &[UserTarget], last| listed(self.few(names.iter().map(name), "names"), last);
        let mut text = match users.any_of.as_slice() {
            [] => "all users".to_owned(),
            [list_of] => list(list_of, "and"),
            [first, rest @ ..] => {
                let rest = rest.iter().map(|names| list(names, "or"));
                let rest: Vec<String> = rest.collect();
                format!("{} who are also {}", list(first, "and"), rest.join(" and "))
            }
        };
        if !users.none_of.is_empty() {
            text += &format!(" except {}", list(&users.none_of, "and"));
        }
        text
    }

    fn applications(&self, applications: &Extent<ApplicationId>) -> String {
        let name = |target: ApplicationTarget| match target {
            ApplicationTarget::Application(id) => self.names.application(id),
            ApplicationTarget::Office365 => "Office365".to_owned(),
            ApplicationTarget::AllMicrosoftApps => "AllMicrosoftApps".to_owned(),
        };
        let list = |names: &[ApplicationId], last| {
            let names = spelled(names, self.suites).into_iter().map(name);
            listed(self.few(names, "applications"), last)
        };
        let (mut text, except) = match applications.any_of.as_slice() {
            [] => ("all applications".to_owned(), "except"),
            [list_of] => (list(list_of, "and"), "unless together with"),
            [first, rest @ ..] => {
                let rest = rest.iter().map(|names| list(names, "or"));
                let rest: Vec<String> = rest.collect();
                let first = list(first, "or");
                (
                    format!("{first} together with {}", rest.join(" and ")),
                    "but not with",
                )
            }
        };
        if !applications.none_of.is_empty() {
            text += &format!(" {except} {}", list(&applications.none_of, "or"));
        }
        text
    }

    /// Some of the names, and how many there are beside.
    fn few(&self, names: impl ExactSizeIterator<Item = String>, what: &str) -> Vec<String> {
        let all = names.len();
        // "And one more" takes as much room as its name.
        let shown = match all <= self.most + 1 {
            true => all,
            false => self.most,
        };
        let mut said: Vec<String> = names.take(shown).collect();
        if shown < all {
            said.push(format!("{} more {what}", all - shown));
        }
        said
    }
}

/// "a", "a and b", "a, b and c".
fn listed(mut names: Vec<String>, last: &str) -> String {
    match (names.pop(), names.as_slice()) {
        (None, _) => "nobody".to_owned(),
        (Some(only), []) => only,
        (Some(end), before) => format!("{} {last} {end}", before.join(", ")),
    }
}

/// Whether the block names users of the tenant itself (S3.7).
const fn is_own(block: BlockName) -> bool {
    match block {
        BlockName::B2bCollaborationOutbound | BlockName::B2bDirectConnectOutbound => true,
        BlockName::B2bCollaborationInbound
        | BlockName::B2bDirectConnectInbound
        | BlockName::TenantRestrictions => false,
    }
}

const fn switch_words(switch: Switch, turn: Turn) -> &'static str {
    match (switch, turn) {
        (Switch::MfaTrust, Turn::Opens) => "Multifactor authentication done at home counts",
        (Switch::MfaTrust, Turn::Closes) => {
            "Multifactor authentication done at home no longer counts"
        }
        (Switch::CompliantDeviceTrust, Turn::Opens) => "Compliant devices of the home tenant count",
        (Switch::CompliantDeviceTrust, Turn::Closes) => {
            "Compliant devices of the home tenant no longer count"
        }
        (Switch::HybridJoinedDeviceTrust, Turn::Opens) => {
            "Hybrid joined devices of the home tenant count"
        }
        (Switch::HybridJoinedDeviceTrust, Turn::Closes) => {
            "Hybrid joined devices of the home tenant no longer count"
        }
        (Switch::RedemptionInbound, Turn::Opens) => {
            "Guests are no longer asked to agree, if their tenant says so too"
        }
        (Switch::RedemptionInbound, Turn::Closes) => "Guests are asked to agree",
        (Switch::RedemptionOutbound, Turn::Opens) => {
            "Own users are no longer asked to agree and may be synchronized there, if that tenant says so too"
        }
        (Switch::RedemptionOutbound, Turn::Closes) => {
            "Own users are asked to agree and are no longer synchronized there"
        }
        (Switch::SynchronizationInbound, Turn::Opens) => {
            "Users may be synchronized into this tenant, if theirs says so too"
        }
        (Switch::SynchronizationInbound, Turn::Closes) => {
            "Users are no longer synchronized into this tenant"
        }
        (Switch::ServiceProviderInbound, Turn::Opens) => "Service providers may enter",
        (Switch::ServiceProviderInbound, Turn::Closes) => "Service providers may no longer enter",
        (Switch::ServiceProviderOutbound, Turn::Opens) => {
            "Own users may enter as a service provider's"
        }
        (Switch::ServiceProviderOutbound, Turn::Closes) => {
            "Own users may no longer enter as a service provider's"
        }
    }
}
