//! Which settings would be tight, and still keep what is in use?
//!
//! Contoso is open to everybody, and its log says who comes and for what. For each partner the
//! applications that are used are counted, and the fewest of them are kept with which a chosen share
//! of the sign-ins still passes. What has never succeeded is no use, and is not counted.

use std::collections::BTreeMap;

use policy::settings::BlockName;
use policy::target::ApplicationId;
use policy::tenant::TenantId;
use signins::direction::Direction;
use signins::event::CrossTenantAccess;
use signins::observation::Observation;

/// The blocks about which a log can say something.
pub const BLOCKS: [BlockName; 4] = [
    BlockName::B2bCollaborationInbound,
    BlockName::B2bCollaborationOutbound,
    BlockName::B2bDirectConnectInbound,
    BlockName::B2bDirectConnectOutbound,
];

/// What a log says is in use: partner and block, application, and how many sign-ins succeeded.
#[derive(Clone, Debug, Default)]
pub struct Use {
    cells: BTreeMap<(TenantId, BlockName), BTreeMap<ApplicationId, u64>>,
    /// What applications are called.
    names: BTreeMap<ApplicationId, String>,
    total: u64,
}

/// The applications that are kept, by partner and block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// A partner in use has each of [`BLOCKS`], without an application where nothing is kept.
    pub partners: BTreeMap<TenantId, BTreeMap<BlockName, Vec<ApplicationId>>>,
    /// How many sign-ins of those that succeeded these let pass.
    pub sign_ins: u64,
}

impl Kept {
    /// How many applications are allowed, over all partners and blocks.
    pub fn applications(&self) -> usize {
        let lists = self.partners.values().flat_map(BTreeMap::values);
        lists.map(Vec::len).sum()
    }
}

impl Use {
    /// Counts the log of that tenant.
    pub fn of<'a, T: Into<Observation<'a>>>(
        local: TenantId,
        log: impl IntoIterator<Item = T>,
    ) -> Self {
        let mut used = Use::default();
        for behaviour in log {
            let observed: Observation<'a> = behaviour.into();
            used.count(local, &observed);
        }
        used
    }

    fn count(&mut self, local: TenantId, observed: &Observation<'_>) {
        let Some(application) = observed.resource_app else {
            return;
        };
        if !observed.succeeded() || observed.is_masked() {
            return;
        }
        for direction in Direction::ALL {
            let partner = direction.external_tenant(local, *observed);
            let (Some(partner), Some(block)) = (partner, block(direction, observed.access_type))
            else {
                continue;
            };
            let count = observed.count as u64;
            let cell = self.cells.entry((partner, block)).or_default();
            *cell.entry(application).or_default() += count;
            self.total += count;
        }
        if let Some(name) = observed.resource_app_name {
            self.names
                .entry(application)
                .or_insert_with(|| name.to_owned());
        }
    }

    /// How many sign-ins succeeded.
    pub const fn total(&self) -> u64 {
        self.total
    }

    /// What the log calls an application.
    pub fn name(&self, application: ApplicationId) -> Option<&str> {
        self.names.get(&application).map(String::as_str)
    }

    /// The fewest applications of each partner and block that keep at least that share of its
    /// sign-ins, in per mille.
    pub fn keeping(&self, share: u16) -> Kept {
        let mut kept = Kept::default();
        for ((partner, block), used) in &self.cells {
            let blocks = kept
                .partners
                .entry(*partner)
                .or_insert_with(|| BLOCKS.map(|block| (block, Vec::new())).into());
            let mut used: Vec<(ApplicationId, u64)> =
                used.iter().map(|(id, count)| (*id, *count)).collect();
            used.sort_by_key(|(id, count)| (std::cmp::Reverse(*count), *id));
            let all: u64 = used.iter().map(|(_, count)| count).sum();
            let (mut reached, mut list) = (0, Vec::new());
            for (application, count) in used {
                if u128::from(reached) * 1000 >= u128::from(all) * u128::from(share) {
                    break;
                }
                reached += count;
                list.push(application);
            }
            kept.sign_ins += reached;
            blocks.insert(*block, list);
        }
        kept
    }
}

/// The block that governs it. An export that does not say how somebody crossed is taken to mean
/// collaboration, which is what nearly all sign-ins are.
fn block(direction: Direction, access: Option<&CrossTenantAccess>) -> Option<BlockName> {
    let collaboration = match access {
        None | Some(CrossTenantAccess::B2bCollaboration) => true,
        Some(CrossTenantAccess::B2bDirectConnect) => false,
        Some(
            CrossTenantAccess::None
            | CrossTenantAccess::MicrosoftSupport
            | CrossTenantAccess::ServiceProvider
            | CrossTenantAccess::Passthrough
            | CrossTenantAccess::Other(_),
        ) => return None,
    };
    Some(match (direction, collaboration) {
        (Direction::Inbound, true) => BlockName::B2bCollaborationInbound,
        (Direction::Outbound, true) => BlockName::B2bCollaborationOutbound,
        (Direction::Inbound, false) => BlockName::B2bDirectConnectInbound,
        (Direction::Outbound, false) => BlockName::B2bDirectConnectOutbound,
    })
}
